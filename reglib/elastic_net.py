"""The elastic net: both penalties at once, exactly, by an active set carried from λ to λ."""

import warnings

import numpy as np
from numpy.typing import ArrayLike

from reglib import inputs
from reglib.decompose import fewer_rows
from reglib.features import center
from reglib.lasso import lasso_path
from reglib.path import Path
from reglib.ridge import ridge_path


def elastic_net_path(X: ArrayLike, y: ArrayLike, lams: ArrayLike, l1_ratio: float) -> Path:
    """Fit the elastic net for every λ in `lams`, exactly: minimise, with ρ = l1_ratio in [0, 1],

        J(w, b) = 1/(2n) · ‖y − b − Xw‖² + λ · ( ρ‖w‖₁ + (1−ρ)/2 · ‖w‖² )

    X is (n, p), y is (n,), lams is (L,), in any order. Returns a `Path`. ρ = 1 is the lasso, ρ = 0
    ridge; λ = 0 is least squares, of minimum norm when X is singular.

    Centring X and y removes b. With G = XᵀX/n, c = Xᵀy/n, the active features A (w_j ≠ 0) and
    their signs s, w is optimal when

        (G_AA + λ(1−ρ)I) w_A = c_A − λρs    and    |c_j − (Gw)_j| ≤ λρ for every j outside A.

    From the largest λ down, each fit starts from the last one's w, and moves towards the solution
    of the first condition. Where a coefficient would change its sign on the way, it stops, and that
    feature leaves A; arrived, the features that violate the second condition join A. Every move
    lowers J, so that no A with its signs comes twice.

    Raises `ValueError` for an X that is not a finite (n, p) array, a y that is not a finite (n,)
    array, one of them in units so small or large that squares are no floats, lams that are not
    finite and ≥ 0, or an l1_ratio outside [0, 1].

    Source: Zou & Hastie (2005), *J. R. Stat. Soc. B* 67(2), for J; Nocedal & Wright (2006),
    *Numerical Optimization*, § 16.5, for active sets.

    >>> path = elastic_net_path([[-1.0], [1.0]], [0.0, 4.0], lams=[1.0, 4.0], l1_ratio=0.5)
    >>> path.coef.ravel()
    array([1., 0.])
    """
    X = inputs.matrix(X)
    y = inputs.target(y, len(X))
    lams = inputs.penalties(lams)
    l1_ratio = inputs.real("l1_ratio", l1_ratio, least=0.0, most=1.0)
    if l1_ratio == 1:
        return lasso_path(X, y, lams)
    if l1_ratio == 0:
        return ridge_path(X, y, lams)
    least_squares = ridge_path(X, y, [0.0]).coef[0] if lams.min() == 0 else None
    X, x_mean = center(X)
    y, y_mean = center(y)
    inputs.in_range(X, y)
    n, p = X.shape
    X, y = fewer_rows(X / n**0.5, y / n**0.5)
    w, coef = np.zeros(p), np.empty((len(lams), p))
    for k in np.argsort(-lams):
        if lams[k] == 0:
            coef[k] = least_squares
        else:
            coef[k] = w = solve(X, y, lams[k] * l1_ratio, lams[k] * (1 - l1_ratio), w)
    return Path(lams, y_mean - coef @ x_mean, coef)


def solve(X: np.ndarray, y: np.ndarray, l1: float, l2: float, w: np.ndarray) -> np.ndarray:
    """Minimise 1/2 · ‖y − Xw‖² + l1·‖w‖₁ + l2/2 · ‖w‖², starting from w (p,)."""
    eps, p = np.finfo(float).eps, len(w)
    length = np.sqrt((X**2).sum(axis=0))
    ridge = np.maximum(l2, p * eps * length**2)  # less would be lost in the rounding of XᵀX
    w, s = w.copy(), np.sign(w)
    for _ in range(1000 + 10 * p):
        A = s.nonzero()[0]
        X_A = X[:, A]
        new = np.linalg.solve(X_A.T @ X_A + np.diag(ridge[A]), y @ X_A - l1 * s[A])
        crosses = s[A] * new < 0
        if crosses.any():
            share = w[A][crosses] / (w[A] - new)[crosses]
            w[A] += share.min() * (new - w[A])
            out = A[crosses][share == share.min()]
            w[out] = s[out] = 0.0
            continue
        w[A] = new
        g = (y - X_A @ new) @ X
        rounding = 10 * eps * length * (np.linalg.norm(y) + length[A] @ np.abs(new))
        over = (np.abs(g) > l1 + rounding) & (s == 0)
        if not over.any():
            return w
        s[over] = np.sign(g[over])
    warnings.warn(
        f"the elastic net did not settle at λρ = {l1:g}, λ(1−ρ) = {l2:g}: see kkt_violation",
        RuntimeWarning,
        stacklevel=3,
    )
    return w
