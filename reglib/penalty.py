"""A penalty is a thing: P(w) without its λ, which the fit multiplies in.

`objective`, `kkt_violation`, `lambda_grid`, `lasso_cd` and `proximal_path` take any object that has

    value(w)                     P(w), a float; infinite where w is not allowed
    prox(w, t)                   the u (p,) that minimises 1/2 · ‖u − w‖² + t·P(u), called with
                                 t = step · λ
    violation(w, gradient, lam)  how far −gradient is from λ∂P(w), one distance ≥ 0 a coordinate;
                                 a group gives its distance to each of its members
    lam_max(gradient)            the smallest λ at which w = 0 is stationary; infinite if none

where `gradient` is that of the squared error, at w or, for lam_max, at w = 0, and `step` a number
> 0 that the solver picks. ∂P(w) are the slopes that P has at w: where P is smooth its gradient; at
a kink all slopes between those on either side, for |w_j| at 0 all of [−1, 1]; at the edge of what
is allowed, all steeper ones outwards too. w is stationary when −gradient is λ times one of them.

So a penalty of your own is four short functions. Here is one that allows no w_j < 0:

>>> class NonNegative:
...     def value(self, w):
...         return w.sum() if (w >= 0).all() else np.inf
...
...     def prox(self, w, t):
...         return np.maximum(w - t, 0.0)
...
...     def violation(self, w, gradient, lam):
...         slope = gradient + lam
...         at_zero = np.maximum(-slope, 0.0)  # to be pushed against 0 is no fault
...         return np.select([w > 0, w == 0], [np.abs(slope), at_zero], np.inf)
...
...     def lam_max(self, gradient):
...         return max(-gradient.min(), 0.0)
>>> from reglib import kkt_violation, proximal_path
>>> X, y = np.array([[-1.0, 1.0], [1.0, 1.0], [0.0, -2.0]]), np.array([-2.0, 0.0, 2.0])
>>> path = proximal_path(X, y, [0.1], NonNegative())
>>> path.coef.round(6)
array([[0.85, 0.  ]])
>>> kkt_violation(path.coef[0], path.intercept[0], X, y, 0.1, NonNegative()) < 1e-9
True

Source: Parikh & Boyd (2014), *Foundations and Trends in Optimization* 1(3), for prox; the
interface follows the separable penalties of skglm (Bertrand et al., 2022, NeurIPS).
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike

from reglib import inputs


class Penalty(Protocol):
    """What a penalty can be asked, as said at the top of this file."""

    def value(self, w: np.ndarray) -> float: ...

    def prox(self, w: np.ndarray, t: float) -> np.ndarray: ...

    def violation(self, w: np.ndarray, gradient: np.ndarray, lam: float) -> np.ndarray: ...

    def lam_max(self, gradient: np.ndarray) -> float: ...


@dataclass(frozen=True)
class ElasticNet:
    """P(w) = ρ‖w‖₁ + (1−ρ)/2 · ‖w‖² with ρ = l1_ratio from 0, which is L2, to 1, which is L1.

    Raises `ValueError` for an l1_ratio outside [0, 1].

    Source: Zou & Hastie (2005), *J. R. Stat. Soc. B* 67(2).

    >>> w = np.array([3.0, -0.5])
    >>> L1.value(w), L2.value(w), ElasticNet(0.5).value(w)
    (3.5, 4.625, 4.0625)
    >>> L1.prox(w, 1.0), L2.prox(w, 1.0)
    (array([ 2., -0.]), array([ 1.5 , -0.25]))
    """

    l1_ratio: float

    def __post_init__(self) -> None:
        inputs.real("l1_ratio", self.l1_ratio, least=0.0, most=1.0)

    def value(self, w: np.ndarray) -> float:
        """Return P(w)."""
        return float(self.l1_ratio * np.abs(w).sum() + (1 - self.l1_ratio) / 2 * (w @ w))

    def prox(self, w: np.ndarray, t: float) -> np.ndarray:
        """Return the u that minimises 1/2 · ‖u − w‖² + t·P(u): threshold, then shrink."""
        return soft_threshold(w, t * self.l1_ratio) / (1 + t * (1 - self.l1_ratio))

    def violation(self, w: np.ndarray, gradient: np.ndarray, lam: float) -> np.ndarray:
        """Return |g_j + λρ sign(w_j)| where w_j ≠ 0, else (|g_j| − λρ)₊, g = gradient + λ(1−ρ)w."""
        l1, g = lam * self.l1_ratio, gradient + lam * (1 - self.l1_ratio) * w
        return np.where(w == 0, np.maximum(np.abs(g) - l1, 0.0), np.abs(g + l1 * np.sign(w)))

    def lam_max(self, gradient: np.ndarray) -> float:
        """Return max|gradient_j| / ρ; infinite for ρ = 0, as L2 never reaches w = 0."""
        largest = float(np.abs(gradient).max())
        return largest / self.l1_ratio if self.l1_ratio > 0 else np.inf


L1, L2 = ElasticNet(1.0), ElasticNet(0.0)


def soft_threshold(z: ArrayLike, t: ArrayLike) -> np.ndarray:
    """Return z moved towards 0 by t, and 0 where it would pass it: the minimiser over w of

        1/2 · (w − z)² + t|w|

    for every entry of z and t ≥ 0 (any shapes that broadcast; z and t have the same unit).

    Source: Donoho & Johnstone (1994), *Biometrika* 81(3).

    >>> soft_threshold([-3.0, 0.5, 2.0], 1.0)
    array([-2.,  0.,  1.])
    """
    z = np.asarray(z, dtype=float)
    return np.sign(z) * np.maximum(np.abs(z) - t, 0.0)


def checked(penalty: Penalty) -> Penalty:
    """Return the penalty, or raise a `ValueError` that says what it lacks.

    >>> checked(0.5)
    Traceback (most recent call last):
    ValueError: penalty is 0.5: pass L1, L2, ElasticNet(l1_ratio), or an object with the methods
    value, prox, violation and lam_max
    """
    names = [name for name in dir(Penalty) if not name.startswith("_")]
    if isinstance(penalty, type) or not all(callable(getattr(penalty, n, None)) for n in names):
        raise ValueError(
            f"penalty is {penalty!r}: pass L1, L2, ElasticNet(l1_ratio), or an object with the "
            "methods value, prox, violation and lam_max"
        )
    return penalty
