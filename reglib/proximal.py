"""Any penalty at all: proximal gradient descent, with momentum.

Even one that is not convex, as MCP, the minimax concave penalty of Zhang (2010, *Annals of
Statistics* 38(2)): it costs |w_j| at first, then less and less, and from |w_j| = a on nothing more,
so that large coefficients are not shrunk. What is found is stationary, and need not be the minimum.

>>> class MCP:
...     a = 3.0
...
...     def value(self, w):
...         size = np.minimum(np.abs(w), self.a)
...         return (size - size**2 / (2 * self.a)).sum()
...
...     def prox(self, w, t):
...         if t >= self.a:  # nothing between is stationary: 0 or w, whichever is better
...             return np.where(w**2 > t * self.a, w, 0.0)
...         less = np.sign(w) * np.maximum(np.abs(w) - t, 0.0) / (1 - t / self.a)
...         return np.where(np.abs(w) <= self.a, less, w)
...
...     def violation(self, w, gradient, lam):
...         slope = lam * np.sign(w) * np.maximum(1 - np.abs(w) / self.a, 0.0)
...         at_zero = np.maximum(np.abs(gradient) - lam, 0.0)
...         return np.where(w == 0, at_zero, np.abs(gradient + slope))
...
...     def lam_max(self, gradient):
...         return np.abs(gradient).max()
>>> X = np.array([[1, 1], [1, -1], [-1, 1], [-1, -1.0]])
>>> y = X @ [5.0, 0.5]
>>> proximal_path(X, y, [0.8], MCP()).coef.round(6)  # L1 would give 4.2 and 0
array([[5., 0.]])
"""

import warnings

import numpy as np
from numpy.typing import ArrayLike

from reglib import inputs
from reglib.decompose import fewer_rows
from reglib.features import center
from reglib.path import Path
from reglib.penalty import Penalty, checked

STEPS = 20_000


def proximal_path(X: ArrayLike, y: ArrayLike, lams: ArrayLike, penalty: Penalty) -> Path:
    """Fit any penalty P for every λ in `lams`: minimise

        J(w, b) = 1/(2n) · ‖y − b − Xw‖² + λ·P(w)

    X is (n, p), y is (n,), lams is (L,), in any order; `reglib.penalty` says what a penalty is.
    Returns a `Path`. Where there is a closed form or an exact walk (`ridge_path`, `lasso_path`,
    `elastic_net_path`), that is faster; this one takes a penalty of your own.

    Centring X and y removes b. A step goes down the gradient of the squared error, no farther than
    its curvature allows, and then lets P have its way:

        w ← prox(z − Xᵀ(Xz − y)/n · step, step · λ),      step = n/s₁²,

    s₁ the largest singular value of X, and z ahead of w on the line of its last move, the farther
    the longer the moves have gone the same way. From the largest λ down, each fit starts from the
    last. It ends when what `kkt_violation` measures is at most 1e-10 of the largest slope at w = 0;
    after 20 000 steps it gives up with a `RuntimeWarning`. For a P that is not convex the result is
    stationary: no small move lowers J to first order, but another w may be better.

    Raises `ValueError` for a bad X, y or lams, and for a penalty that lacks a method or whose prox
    returns something other than p finite numbers.

    Source: Beck & Teboulle (2009), *SIAM J. Imaging Sci.* 2(1); O'Donoghue & Candès (2015), *Found.
    Comput. Math.* 15(3), § 3.2, for when the momentum starts anew.

    A penalty on groups of features: all of a group's coefficients are zero, or none is.

    >>> class Groups:
    ...     def __init__(self, *groups):
    ...         self.groups = [list(group) for group in groups]
    ...
    ...     def value(self, w):
    ...         return sum(np.linalg.norm(w[group]) for group in self.groups)
    ...
    ...     def prox(self, w, t):
    ...         u = np.zeros(len(w))
    ...         for group in self.groups:
    ...             size = np.linalg.norm(w[group])
    ...             if size > t:
    ...                 u[group] = (1 - t / size) * w[group]
    ...         return u
    ...
    ...     def violation(self, w, gradient, lam):
    ...         far = np.empty(len(w))
    ...         for group in self.groups:
    ...             size, slope = np.linalg.norm(w[group]), gradient[group]
    ...             if size > 0:
    ...                 far[group] = np.linalg.norm(slope + lam * w[group] / size)
    ...             else:
    ...                 far[group] = max(np.linalg.norm(slope) - lam, 0.0)
    ...         return far
    ...
    ...     def lam_max(self, gradient):
    ...         return max(np.linalg.norm(gradient[group]) for group in self.groups)
    >>> X = np.array([[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1.0]])
    >>> path = proximal_path(X, X @ [3.0, 4.0, 1.0], [0.5, 0.0], Groups([0, 1], [2]))
    >>> path.coef.round(6)
    array([[2.1, 2.8, 0. ],
           [3. , 4. , 1. ]])
    """
    X = inputs.matrix(X)
    y = inputs.target(y, len(X))
    lams = inputs.penalties(lams)
    penalty = checked(penalty)
    X, x_mean = center(X)
    y, y_mean = center(y)
    inputs.in_range(X, y)
    n, p = X.shape
    X, y = fewer_rows(X / n**0.5, y / n**0.5)
    step = 1 / (np.linalg.norm(X, 2) ** 2 or 1.0)
    w, coef = np.zeros(p), np.empty((len(lams), p))
    for k in np.argsort(-lams):
        coef[k] = w = descend(X, y, lams[k], penalty, step, w)
    return Path(lams, y_mean - coef @ x_mean, coef)


def descend(
    X: np.ndarray, y: np.ndarray, lam: float, penalty: Penalty, step: float, w: np.ndarray
) -> np.ndarray:
    """Minimise 1/2 · ‖y − Xw‖² + λ·P(w), starting from w (p,)."""

    def gradient(w: np.ndarray) -> np.ndarray:
        return X.T @ (X @ w - y)

    rounding = 100 * np.finfo(float).eps * np.linalg.norm(X, axis=0).max() * np.linalg.norm(y)
    enough = max(1e-10 * np.abs(X.T @ y).max(), rounding)
    z, momentum = w, 1.0
    for _ in range(STEPS):
        if np.max(penalty.violation(w, gradient(w), lam)) <= enough:
            return w
        new = np.asarray(penalty.prox(z - step * gradient(z), step * lam), dtype=float)
        if new.shape != w.shape or not np.isfinite(new).all():
            raise ValueError(
                f"penalty.prox returns NaN or shape {new.shape}: return {len(w)} finite numbers"
            )
        if (z - new) @ (new - w) > 0:  # the step turns back: the momentum carried too far
            momentum = 1.0
        faster = (1 + np.sqrt(1 + 4 * momentum**2)) / 2
        z = new + (momentum - 1) / faster * (new - w)
        w, momentum = new, faster
    warnings.warn(
        f"proximal_path has not come to rest at λ = {lam:g}: see kkt_violation",
        RuntimeWarning,
        stacklevel=3,
    )
    return w
