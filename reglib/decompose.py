"""The singular value decomposition, by way of a triangle where that is faster."""

import numpy as np


def svd(X: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the thin SVD (U, s, Vᵀ) of a centred X without its numerically zero directions.

    Singular values under eps · max(n, p) · s₁ are rounding, not data, and are dropped. A long or
    wide X is reduced to a square triangle first, which costs one QR and saves most of the SVD. A
    constant column, all zeros here, has exact zeros in Vᵀ, so that its coefficient is 0.

    >>> U, s, Vt = svd(np.array([[3.0, 0.0], [-3.0, 0.0]]))
    >>> s.round(6), ((U * s) @ Vt).round(6)
    (array([4.242641]), array([[ 3.,  0.],
           [-3.,  0.]]))
    """
    n, p = X.shape
    if n > 2 * p:
        Q, R = np.linalg.qr(X)
        U, s, Vt = np.linalg.svd(R, full_matrices=False)
        U = Q @ U
    elif p > 2 * n:
        U, s, Vt = np.linalg.svd(np.linalg.qr(X.T, mode="r").T)
    else:
        U, s, Vt = np.linalg.svd(X, full_matrices=False)
    keep = s > np.finfo(float).eps * max(n, p) * s[0]
    U, s, Vt = U[:, keep], s[keep], Vt[keep]
    if p > 2 * n:
        Vt = U.T @ X / s[:, None]
    Vt[:, ~X.any(axis=0)] = 0.0
    return U, s, Vt


def fewer_rows(X: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return an X of at most p + 1 rows and its y for which XᵀX, Xᵀy and yᵀy are the same.

    Rotating the rows of [X y] changes no least-squares fit; one QR turns all but these to 0.

    >>> X, y = fewer_rows(np.array([[3.0], [0.0], [4.0]]), np.array([1.0, 7.0, 2.0]))
    >>> X.shape, (X.T @ X).round(12), (X.T @ y).round(12), (y @ y).round(12)
    ((2, 1), array([[25.]]), array([11.]), np.float64(54.0))
    """
    n, p = X.shape
    if n <= 2 * p:
        return X, y
    R = np.linalg.qr(np.column_stack([X, y]), mode="r")
    return R[:, :p], R[:, p]
