"""A path: one fit per λ, and what is common to every kind of fit."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from reglib import inputs
from reglib.features import center
from reglib.penalty import L1, Penalty, checked


class Path(NamedTuple):
    """Fits along a sequence of λ, in the order in which the caller gave them.

    lams       (L,)    the penalty strengths
    intercept  (L,)    b, in the units of y
    coef       (L, p)  w, in units of y per unit of each feature

    >>> Path(np.array([0.0]), np.array([1.0]), np.array([[2.0, 3.0]])).coef.shape
    (1, 2)
    """

    lams: np.ndarray
    intercept: np.ndarray
    coef: np.ndarray


def predict(path: Path, X: ArrayLike) -> np.ndarray:
    """Return b + Xw for every row of X and every λ of the path, of shape (n, L).

    Raises `ValueError` if X is not a finite array of shape (n, p) with the path's p.

    >>> predict(Path(np.array([0.0]), np.array([1.0]), np.array([[2.0]])), [[10.0], [20.0]])
    array([[21.],
           [41.]])
    """
    X = inputs.matrix(X)
    p = path.coef.shape[1]
    if X.shape[1] != p:
        raise ValueError(
            f"X has {X.shape[1]} columns: pass the {p} features the path was fitted on"
        )
    return path.intercept + X @ path.coef.T


def lambda_grid(
    X: ArrayLike, y: ArrayLike, num: int = 100, eps: float = 1e-3, penalty: Penalty = L1
) -> np.ndarray:
    """Return `num` values of λ from λ_max down to eps · λ_max, evenly spaced on a log scale.

    λ_max is the smallest λ at which w = 0 is optimal. There the squared-error part of J has the
    gradient −Xᵀ(y − ȳ)/n, X centred, and for the elastic net

        λ_max = max_j |x_jᵀ(y − ȳ)| / (nρ),      ρ = max(l1_ratio, 0.001).

    Ridge (l1_ratio = 0) never reaches zero; the floor of 0.001 gives its grid a top end all the
    same. Likewise for any other penalty: the grid begins at 1000 times the largest slope where its
    λ_max is larger, or infinite.

    Raises `ValueError` for a bad X, y or penalty, num < 1, eps outside [1e-16, 1], or when λ_max
    is 0 because y is constant or no column varies with it.

    Source: Friedman, Hastie & Tibshirani (2010), *J. Stat. Softw.* 33(1), § 2.5.

    >>> lambda_grid([[-1.0], [1.0]], [0.0, 4.0], num=3, eps=0.01)
    array([2.  , 0.2 , 0.02])
    """
    X = inputs.matrix(X)
    y = inputs.target(y, len(X))
    num = inputs.whole("num", num, least=1)
    eps = inputs.real("eps", eps, least=1e-16, most=1.0)
    if y.min() == y.max():
        raise ValueError("y is constant, so λ_max is 0: pass a y that varies")
    X, y = center(X)[0], center(y)[0]
    inputs.in_range(X, y)
    gradient = -X.T @ y / len(y)
    rounding = 100 * np.finfo(float).eps * np.sqrt((X**2).mean(axis=0) * (y**2).mean())
    gradient[np.abs(gradient) <= rounding] = 0.0
    lam_max = min(checked(penalty).lam_max(gradient), 1000 * np.abs(gradient).max())
    if lam_max == 0:
        raise ValueError("X has no column that varies with y, so λ_max is 0: pass other features")
    return np.geomspace(lam_max, eps * lam_max, num)
