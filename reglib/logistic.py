"""Logistic regression with a ridge penalty, by Newton's method."""

import warnings

import numpy as np
from numpy.typing import ArrayLike

from reglib import inputs
from reglib.features import center
from reglib.path import Path
from reglib.ridge import eigen, svd


def logistic_path(X: ArrayLike, y: ArrayLike, lams: ArrayLike) -> Path:
    """Fit ridge-penalised logistic regression for every λ in `lams`: minimise

        J(w, b) = 1/n · Σ_i [ log(1 + exp f_i) − y_i f_i ] + λ/2 · ‖w‖²,      f = b + Xw

    X is (n, p), y is (n,) of zeros and ones, lams is (L,), in any order. Returns a `Path`; its
    `predict` gives f, the log-odds of y = 1, and 1/(1 + exp(−f)) is the probability.

    With the probabilities π, the gradient of J in w is Xᵀ(π − y)/n + λw and its Hessian is
    XᵀDX/n + λI, D = diag(π(1 − π)); likewise for b, without λ. A Newton step goes by the gradient
    over the Hessian, and is halved until J falls. XᵀDX costs more than all else and is kept for
    as long as steps cut the gradient enough. From the largest λ down, each fit starts where the
    last two point to, over log λ.

    At λ = 0 the solution of minimum norm is given when X is singular. When the classes can be
    separated there is none at λ = 0: a `RuntimeWarning` says so, and the last step is returned.
    Raises `ValueError` for an X that is not a finite (n, p) array, a y that is not (n,) or not of
    zeros and ones with both present, or lams that are not finite and ≥ 0.

    Source: Hastie, Tibshirani & Friedman (2009), *The Elements of Statistical Learning*, § 4.4.

    >>> path = logistic_path([[-1.0], [0.0], [0.0], [1.0]], [0, 0, 1, 1], lams=[0.1, 1e6])
    >>> path.coef.round(4).ravel()
    array([1.1775, 0.    ])
    """
    X = inputs.matrix(X)
    y = inputs.target(y, len(X))
    lams = inputs.penalties(lams)
    if not np.isin(y, (0, 1)).all():
        raise ValueError("y must hold only 0 and 1: pass (labels == name_of_one_class)")
    if y.min() == y.max():
        raise ValueError(f"y holds only {y[0]:g}: pass rows of both classes")
    X, x_mean = center(X)
    n, p = X.shape
    U = Vt = None
    # If w can be put together from few directions, the Hessian is small and regular along those.
    if p > n and (found := eigen(X)):
        s, U = np.sqrt(found[0]), found[1]
    elif p > n or n * lams.min() <= 1e-8 * (X**2).sum():
        U, s, Vt = svd(X)
    problem = Newton(X if U is None else U * s, y)
    betas = {}
    for lam in sorted(set(lams), reverse=True):
        betas[lam] = problem.solve(lam)
    coef, b = np.split(np.array([betas[lam] for lam in lams]), [-1], axis=1)
    if Vt is not None:
        coef = coef @ Vt
    elif U is not None:
        coef = coef / s @ U.T @ X
    return Path(lams, b[:, 0] - coef @ x_mean, coef.copy())


class Newton:
    """Fits for falling λ, each of which leaves its XᵀDX and its direction to the next.

    A fit is a λ, its coordinates β, the last of which is b, and its margins Aβ: f, but positive
    where the class is the right one.
    """

    def __init__(self, X: np.ndarray, y: np.ndarray) -> None:
        n, p = X.shape
        sign = 2 * y - 1
        self.A = np.column_stack([X, np.ones(n)]) * sign[:, None]
        self.length = np.sqrt((self.A**2).mean(axis=0))
        self.length[self.length == 0] = 1.0
        self.D = self.XDX = None
        self.worth = 100 if p < 50 else 30  # what a step must cut the gradient by, to keep XᵀDX
        base = np.log(y.mean() / (1 - y.mean()))
        self.last = self.before = np.inf, np.append(np.zeros(p), base), sign * base

    def start(self, lam: float) -> tuple[np.ndarray, np.ndarray]:
        """Return the β and margins on the line through those of the last two fits, over log λ."""
        (first, *begin), (second, *end) = self.before, self.last
        if not 0 < lam < second < first < np.inf:
            return tuple(end)
        share = np.log(lam / second) / np.log(second / first)
        return tuple(now + share * (now - then) for then, now in zip(begin, end, strict=True))

    def solve(self, lam: float) -> np.ndarray:
        """Return the minimiser β."""
        A, n = self.A, len(self.A)
        penalty = np.full(A.shape[1], lam)
        penalty[-1] = 0.0
        beta, margin = self.start(lam)
        losses = np.logaddexp(0.0, -margin)
        J = losses.sum() / n + penalty @ beta**2 / 2
        before = np.inf
        for _ in range(50):
            wrong = -np.expm1(-losses)  # the probability of the wrong class
            D = wrong * (1 - wrong)
            gradient = penalty * beta - wrong @ A / n
            size = np.abs(gradient / self.length).max()
            if self.D is None or size > before / self.worth:
                B = A * np.sqrt(D / n)[:, None]
                self.D, self.XDX = D, B.T @ B
            H = self.XDX.copy()
            H.flat[:: len(H) + 1] += penalty
            try:
                step = np.linalg.solve(H, gradient)
            except np.linalg.LinAlgError:  # every row is fitted: the curvature has vanished
                break
            move = A @ step
            farthest = np.abs(move).max()
            if farthest <= 1e-4:
                # With each row's D known to this share of itself, so much of the gradient can be
                # left after the step, in units of `length`.
                rest = (np.abs(D - self.D) + farthest * D) * move
                if rest @ rest <= n * 1e-20:
                    # Without λ and with separable classes the curvature fades along with it.
                    scaled = H / np.outer(self.length, self.length)
                    if lam == 0 and np.linalg.eigvalsh(scaled)[0] <= 1e-8:
                        break
                    beta, margin = beta - step, margin - move
                    self.before, self.last = self.last, (lam, beta, margin)
                    return beta
            before, share = size, 1.0
            for _ in range(60):
                new_beta, new_margin = beta - share * step, margin - share * move
                losses = np.logaddexp(0.0, -new_margin)
                new_J = losses.sum() / n + penalty @ new_beta**2 / 2
                if new_J <= J - 1e-4 * share * (gradient @ step) + 1e-15:
                    break
                share /= 2
            beta, margin, J = new_beta, new_margin, new_J
        warnings.warn(
            f"no minimum found at λ = {lam:g}: the classes may be separable, pass λ > 0",
            RuntimeWarning,
            stacklevel=3,
        )
        return beta
