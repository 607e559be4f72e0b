"""Least squares and ridge regression: every λ from one singular value decomposition."""

import numpy as np
from numpy.typing import ArrayLike

from reglib import inputs
from reglib.decompose import svd
from reglib.features import center
from reglib.path import Path


def ridge_path(X: ArrayLike, y: ArrayLike, lams: ArrayLike) -> Path:
    """Fit ridge regression for every λ in `lams`: minimise

        J(w, b) = 1/(2n) · ‖y − b − Xw‖² + λ/2 · ‖w‖²

    X is (n, p), y is (n,), lams is (L,), in any order. Returns a `Path`.

    Centring X and y removes b: at the optimum b = ȳ − x̄ᵀw. With X = U diag(s) Vᵀ (centred), setting
    the gradient to zero gives (XᵀX + nλI) w = Xᵀy, hence

        w = V diag( s / (s² + nλ) ) Uᵀ y

    so that one SVD serves every λ. Directions with s = 0 are left out. At λ = 0 this is then least
    squares, and the solution of minimum norm when X is singular.

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
    y, y_mean = center(y)
    U, s, Vt = svd(X)
    # s / (s² + nλ) with s divided out, so that the square of a large or small s stays in range.
    along = (y @ U) / (s + len(y) * lams[:, None] / s)  # (L, directions)
    coef = along @ Vt
    return Path(lams, y_mean - coef @ x_mean, coef)


def least_squares(X: ArrayLike, y: ArrayLike) -> tuple[np.ndarray, float]:
    """Fit least squares: minimise 1/(2n) · ‖y − b − Xw‖².

    X is (n, p), y is (n,). Returns (w, b), of shape (p,) and a float. When X is singular many w
    fit equally well, and the one of minimum norm is returned: ridge at λ = 0, w = V diag(1/s) Uᵀy.

    Raises `ValueError` for an X that is not a finite (n, p) array or a y that is not a finite
    (n,) array.

    Source: Golub & Van Loan (2013), *Matrix Computations*, § 5.5.

    >>> w, b = least_squares([[0.0, 0.0], [1.0, 1.0]], [1.0, 5.0])
    >>> w, round(b, 12)
    (array([2., 2.]), 1.0)
    """
    path = ridge_path(X, y, [0.0])
    return path.coef[0], float(path.intercept[0])


def ridge_loo(
    X: ArrayLike, y: ArrayLike, lams: ArrayLike
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return ridge's leave-one-out error, its GCV score and its degrees of freedom, each (L,).

    X is (n, p), y is (n,), lams is (L,), in any order; the first two are mean squared errors, in
    the squared units of y.

    loo is what `cross_validate` gives with n folds, but from one fit. Leave row i out, call what
    the rest predicts for it p_i, and put it back with the answer p_i: the fit stays as it was. Now
    move that answer from p_i to y_i. A fitted value moves by its leverage h_i times as much, to
    ŷ_i = p_i + h_i(y_i − p_i). Hence y_i − p_i = (y_i − ŷ_i)/(1 − h_i), and

        loo = 1/n · Σ_i ((y_i − ŷ_i)/(1 − h_i))²,     h_i = 1/n + Σ_k U_ik² · s_k² / (s_k² + (n−1)λ)

    where 1/n is the intercept's part. A refit keeps λ on n − 1 rows, so that (n − 1)λ stands where
    `ridge_path` has nλ, in ŷ too. The other two are at nλ: dof = Σ s²/(s² + nλ) leaves the
    intercept out, and gcv = (RSS/n) / (1 − (1 + dof)/n)² has the mean of h in place of each h_i.

    Raises `ValueError` for a bad X, y or lams, for an X of one row, and when a row has leverage 1
    (it determines a coefficient alone: λ = 0 with p ≥ n − 1, for one), since then nothing is left
    to predict it.

    Source: Allen (1974), *Technometrics* 16(1); Golub, Heath & Wahba (1979), *Technometrics*
    21(2).

    >>> loo, gcv, dof = ridge_loo([[-1.0], [0.0], [1.0]], [0.0, 3.0, 3.0], lams=[0.0, 1.0])
    >>> loo.round(3), gcv.round(3), dof.round(3)
    (array([6.75, 3.87]), array([4.5  , 3.656]), array([1. , 0.4]))
    """
    X = inputs.matrix(X)
    y = inputs.target(y, len(X))
    lams = inputs.penalties(lams)
    n = len(X)
    if n == 1:
        raise ValueError("X has 1 row, so that none is left to fit on: pass at least two")
    U, s, _ = svd(center(X)[0])
    y = center(y)[0]
    z = y @ U
    lam_s = lams[:, None] / s
    kept = s / (s + n * lam_s)  # s² / (s² + nλ)
    left = (n - 1) * lam_s / (s + (n - 1) * lam_s)  # 1 − s² / (s² + (n−1)λ), exact near 0
    outside, room = y - U @ z, 1 - 1 / n - (U**2).sum(axis=1)
    rounding = n * np.finfo(float).eps
    if len(s) == n - 1:  # the columns of U and the intercept span every y
        outside, room, rounding = np.zeros(n), np.zeros(n), 0.0
    slack = left @ (U**2).T + room  # 1 − h = Σ U²·left + (1 − 1/n − Σ U²), (L, n)
    if slack.min() <= rounding:
        k, i = np.argwhere(slack <= rounding)[0]
        raise ValueError(
            f"at lams[{k}] = {lams[k]:g} row {i} has leverage 1, so that nothing is left to "
            "predict it: pass larger λ"
        )
    loo = (((left * z @ U.T + outside) / slack) ** 2).mean(axis=1)
    dof = kept.sum(axis=1)
    rss = outside @ outside + ((z * (1 - kept)) ** 2).sum(axis=1)
    return loo, rss / n / (1 - (1 + dof) / n) ** 2, dof
