"""A path: one fit per λ, and what is common to every kind of fit."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from reglib import inputs
from reglib.features import center


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
    X: ArrayLike, y: ArrayLike, num: int = 100, eps: float = 1e-3, l1_ratio: float = 1.0
) -> np.ndarray:
    """Return `num` values of λ from λ_max down to eps · λ_max, evenly spaced on a log scale.

    At w = 0 the squared-error part of J has gradient −Xᵀ(y − ȳ)/n, X centred, and w = 0 stays
    optimal as long as no entry of it exceeds λρ. Hence

        λ_max = max_j |x_jᵀ(y − ȳ)| / (nρ),      ρ = max(l1_ratio, 0.001)

    is the smallest λ at which the elastic net with that l1_ratio has every coefficient zero. Ridge
    (l1_ratio = 0) never reaches zero; the floor of 0.001 gives its grid a top end all the same.

    Raises `ValueError` for a bad X or y, num < 1, eps outside [1e-16, 1], l1_ratio outside
    [0, 1], or when λ_max is 0 because y is constant or no column varies with it.

    Source: Friedman, Hastie & Tibshirani (2010), *J. Stat. Softw.* 33(1), § 2.5.

    >>> lambda_grid([[-1.0], [1.0]], [0.0, 4.0], num=3, eps=0.01)
    array([2.  , 0.2 , 0.02])
    """
    X = inputs.matrix(X)
    y = inputs.target(y, len(X))
    num = inputs.whole("num", num, least=1)
    eps = inputs.real("eps", eps, least=1e-16, most=1.0)
    l1_ratio = inputs.real("l1_ratio", l1_ratio, least=0.0, most=1.0)
    if y.min() == y.max():
        raise ValueError("y is constant, so λ_max is 0: pass a y that varies")
    lam_max = np.abs(center(X)[0].T @ (y - y.mean())).max() / (len(X) * max(l1_ratio, 1e-3))
    if lam_max == 0:
        raise ValueError("X has no column that varies with y, so λ_max is 0: pass other features")
    return np.geomspace(lam_max, eps * lam_max, num)
