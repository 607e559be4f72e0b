"""Ridge regression: every λ from one singular value decomposition."""

import numpy as np
from numpy.typing import ArrayLike

from reglib import inputs
from reglib.features import center
from reglib.path import Path


def svd(X: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the thin SVD (U, s, Vᵀ) of a centred X without its numerically zero directions.

    Singular values under eps · max(n, p) · s₁ are rounding, not data, and are dropped. A long or
    wide X is reduced to a square triangle first, which costs one QR and saves most of the SVD.
    A constant column, all zeros here, has exact zeros in Vᵀ, so that its coefficient is 0.
    """
    n, p = X.shape
    if n > 2 * p:
        Q, R = np.linalg.qr(X)
        U, s, Vt = np.linalg.svd(R, full_matrices=False)
        U = Q @ U
    elif p > 2 * n:
        Q, R = np.linalg.qr(X.T)
        U, s, Vt = np.linalg.svd(R.T, full_matrices=False)
        Vt = Vt @ Q.T
    else:
        U, s, Vt = np.linalg.svd(X, full_matrices=False)
    Vt[:, ~X.any(axis=0)] = 0.0
    keep = s > np.finfo(float).eps * max(n, p) * s[0]
    return U[:, keep], s[keep], Vt[keep]


def ridge_path(X: ArrayLike, y: ArrayLike, lams: ArrayLike) -> Path:
    """Fit ridge regression for every λ in `lams`: minimise

        J(w, b) = 1/(2n) · ‖y − b − Xw‖² + λ/2 · ‖w‖²

    X is (n, p), y is (n,), lams is (L,), in any order. Returns a `Path`.

    Centring X and y removes b: at the optimum b = ȳ − x̄ᵀw. With X = U diag(s) Vᵀ (centred), setting
    the gradient to zero gives (XᵀX + nλI) w = Xᵀy, hence

        w = V diag( s / (s² + nλ) ) Uᵀ y

    so that one SVD serves every λ. At λ = 0 this is least squares, and the solution of minimum
    norm when X is singular.

    Raises `ValueError` for an X that is not a finite (n, p) array, a y that is not a finite (n,)
    array, or lams that are not finite and ≥ 0.

    Source: Hoerl & Kennard (1970), *Technometrics* 12(1); Hastie, Tibshirani & Friedman (2009),
    *The Elements of Statistical Learning*, § 3.4.1.

    >>> path = ridge_path([[-1.0], [1.0]], [0.0, 4.0], lams=[0.0, 1.0])
    >>> path.coef
    array([[2.],
           [1.]])
    >>> path.intercept
    array([2., 2.])
    """
    X = inputs.matrix(X)
    y = inputs.target(y, len(X))
    lams = inputs.penalties(lams)
    X, x_mean = center(X)
    y_mean = y.mean()
    U, s, Vt = svd(X)
    # s / (s² + nλ) with s divided out, so that the square of a large or small s stays in range.
    coef = (U.T @ (y - y_mean)) / (s + len(X) * lams[:, None] / s) @ Vt
    return Path(lams, y_mean - coef @ x_mean, coef)
