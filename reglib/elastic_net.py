"""The elastic net: both penalties at once, exactly, by an active set carried from λ to λ."""

import warnings

import numpy as np
from numpy.typing import ArrayLike

from reglib import inputs
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
    array, lams that are not finite and ≥ 0, or an l1_ratio outside [0, 1].

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
    problem, w = ActiveSet(X, y), np.zeros(X.shape[1])
    coef = np.empty((len(lams), X.shape[1]))
    for k in np.argsort(-lams):
        if lams[k] == 0:
            coef[k] = least_squares
        else:
            coef[k] = w = problem.solve(w, lams[k] * l1_ratio, lams[k] * (1 - l1_ratio))
    return Path(lams, y_mean - coef @ x_mean, coef)


class ActiveSet:
    """The part of the work that is the same for every λ: G and c of centred X and y."""

    def __init__(self, X: np.ndarray, y: np.ndarray) -> None:
        n, p = X.shape
        eps = np.finfo(float).eps
        self.X = X
        self.G = X.T @ X / n if n >= p else None  # else only parts are formed
        self.c = y @ X / n
        self.length = np.sqrt((X**2).mean(axis=0))
        self.y_length = np.sqrt((y**2).mean())
        self.rounding = 10 * eps * self.length
        self.least = p * eps * self.length**2  # less would be lost in the rounding of G
        self.s = None

    def take(self, s: np.ndarray) -> None:
        """Gather what belongs to the active features, those of sign s ≠ 0, until s changes."""
        if self.s is not None and (s == self.s).all():
            return
        A = s.nonzero()[0]
        if self.G is None:
            self.X_A = self.X[:, A]
            self.G_AA = self.X_A.T @ self.X_A / len(self.X)
        else:
            self.G_A = self.G[A]
            self.G_AA = self.G_A[:, A]
        self.s, self.A, self.s_A = s.copy(), A, s[A]
        self.c_A, self.length_A = self.c[A], self.length[A]

    def solve(self, w: np.ndarray, l1: float, l2: float) -> np.ndarray:
        """Return w at λρ = l1 and λ(1−ρ) = l2, starting from another λ's w."""
        X, ridge = self.X, np.maximum(l2, self.least)
        w, s = w.copy(), np.sign(w)
        for _ in range(1000 + 10 * len(w)):
            self.take(s)
            A = self.A
            H = self.G_AA.copy()
            H.flat[:: len(A) + 1] += ridge[A]
            new = np.linalg.solve(H, self.c_A - l1 * self.s_A)
            crosses = self.s_A * new < 0
            if crosses.any():
                crossing, old = crosses.nonzero()[0], w[A]
                share = old[crossing] / (old - new)[crossing]
                w[A] = old + share.min() * (new - old)
                out = A[crossing[share == share.min()]]
                w[out] = s[out] = 0.0
                continue
            w[A] = new
            G_new = new @ self.G_A if self.G is not None else (self.X_A @ new) @ X / len(X)
            g = self.c - G_new
            limit = l1 + self.rounding * (self.y_length + self.length_A @ np.abs(new))
            over = np.abs(g) > limit
            over[A] = False
            if not over.any():
                return w
            s[over] = np.sign(g[over])
        warnings.warn(
            f"the elastic net did not settle at λρ = {l1:g}, λ(1−ρ) = {l2:g}: see kkt_violation",
            RuntimeWarning,
            stacklevel=3,
        )
        return w
