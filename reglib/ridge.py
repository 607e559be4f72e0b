"""Least squares and ridge regression: every λ from one singular value decomposition."""

import numpy as np
from numpy.typing import ArrayLike

from reglib import inputs
from reglib.features import center
from reglib.path import Path


def eigen(X: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """Return the squares s² of centred X's singular values, and the vectors that belong to them.

    These are the eigenvectors V of XᵀX, (p, p), or those of XXᵀ if it is the smaller, (n, n − 1):
    centred rows add up to zero, and that direction is left out. Found this way they cost a
    fraction of `svd`, but an error of eps · (s₁/s_k)². That costs no digit that counts as long as
    s₁ < 10 s_k; otherwise, and where squares leave the range of floats, None is returned.
    """
    n, p = X.shape
    with np.errstate(over="ignore", invalid="ignore"):
        G = X.T @ X if p < n else X @ X.T
    if not 1e-200 < G.trace() < 1e200:
        return None
    squares, vectors = np.linalg.eigh(G)
    if p >= n:
        squares, vectors = squares[1:], vectors[:, 1:]
    return (squares, vectors) if squares[0] > 0.01 * squares[-1] else None


def svd(X: np.ndarray, rows: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the thin SVD (U, s, Vᵀ) of a centred X without its numerically zero directions.

    Singular values under eps · max(n, p) · s₁ are rounding, not data, and are dropped. A long or
    wide X is reduced to a square triangle first, which costs one QR and saves most of the SVD. A
    constant column, all zeros here, has exact zeros in Vᵀ, so that its coefficient is 0. `rows` is
    given for what `fewer_rows` has left of an X that `eigen` refused: the n that it had before.
    """
    n, p = X.shape
    if not rows and (found := eigen(X)):
        s, vectors = np.sqrt(found[0][::-1]), found[1][:, ::-1]
        return (X @ vectors / s, s, vectors.T) if p < n else (vectors, s, (vectors / s).T @ X)
    if n > 2 * p:
        Q, R = np.linalg.qr(X)
        U, s, Vt = np.linalg.svd(R, full_matrices=False)
        U = Q @ U
    elif p > 2 * n:
        U, s, Vt = np.linalg.svd(np.linalg.qr(X.T, mode="r").T)
    else:
        U, s, Vt = np.linalg.svd(X, full_matrices=False)
    keep = s > np.finfo(float).eps * max(n, p, rows) * s[0]
    U, s, Vt = U[:, keep], s[keep], Vt[keep]
    if p > 2 * n:
        Vt = U.T @ X / s[:, None]
    Vt[:, ~X.any(axis=0)] = 0.0
    return U, s, Vt


def fewer_rows(X: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return an X of at most p rows and its y for which XᵀX and Xᵀy are the same.

    Rotating the rows of [X y] changes no least-squares fit; one QR turns all but p of them to 0.
    """
    n, p = X.shape
    if n <= 2 * p:
        return X, y
    R = np.linalg.qr(np.column_stack([X, y]), mode="r")
    return R[:p, :p], R[:p, p]


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
    n, p = X.shape
    total = n * lams[:, None]
    X, x_mean = center(X)
    y, y_mean = center(y)
    if found := eigen(X):
        squares, vectors = found
        if p < n:
            coef = (y @ X @ vectors) / (squares + total) @ vectors.T
        else:
            coef = (y @ vectors) / (squares + total) @ vectors.T @ X
    else:
        X, y = fewer_rows(X, y)
        U, s, Vt = svd(X, rows=n)
        # s / (s² + nλ) with s divided out, so that the square of a large or small s stays in range.
        coef = (y @ U) / (s + total / s) @ Vt
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

    loo is what `cross_validate` gives with n folds, but from one fit. Each of its refits keeps λ
    on n − 1 rows, hence the total penalty (n − 1)λ: with the fitted values ŷ and leverages

        h_i = 1/n + Σ_k U_ik² · s_k² / (s_k² + (n−1)λ),     loo = 1/n · Σ_i ((y_i − ŷ_i)/(1 − h_i))²

    both at that penalty, the 1/n from the intercept. The other two are at nλ, as in `ridge_path`:
    dof = Σ s²/(s² + nλ) leaves the intercept out, and gcv = (RSS/n) / (1 − (1 + dof)/n)².

    Raises `ValueError` for a bad X, y or lams, and when a row has leverage 1 (it determines a
    coefficient alone: λ = 0 with p ≥ n − 1, for one), since then nothing is left to predict it.

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
    X, y = center(X)[0], center(y)[0]
    U, s, _ = svd(X)
    squares = s**2
    z = y @ U
    outside = y - U @ z
    room = 1 - 1 / n - (U**2).sum(axis=1)
    rounding = n * np.finfo(float).eps
    if len(squares) == n - 1:  # the columns of U and the intercept span every y
        outside, room, rounding = np.zeros(n), np.zeros(n), 0.0
    total = (n - 1) * lams[:, None]
    kept_out = total / (squares + total)  # 1 − s²/(s² + (n−1)λ), exact however close to 0
    slack = kept_out @ (U**2).T  # 1 − h, (L, n); in place, since these are the largest arrays
    slack += room
    if slack.min() <= rounding:
        k, i = np.argwhere(slack <= rounding)[0]
        raise ValueError(
            f"at lams[{k}] = {lams[k]:g} row {i} has leverage 1, so that nothing is left to "
            "predict it: pass larger λ"
        )
    left_out = (z * kept_out) @ U.T
    left_out += outside
    left_out /= slack
    loo = np.einsum("ki,ki->k", left_out, left_out) / n
    shrinkage = squares / (squares + n * lams[:, None])
    dof = shrinkage.sum(axis=1)
    rss = outside @ outside + ((z * (1 - shrinkage)) ** 2).sum(axis=1)
    return loo, rss / n / (1 - (1 + dof) / n) ** 2, dof
