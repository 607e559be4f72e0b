"""Certificates: how far is any (w, b), by whatever method, from the optimum of

    J(w, b) = 1/(2n) · ‖y − b − Xw‖² + λ·P(w)

with `penalty` P: L1, L2, ElasticNet(l1_ratio) or your own? λ = 0 is least squares. Each function
takes one w of shape (p,), one b, X (n, p), y (n,), one λ, and returns one float. Each raises
`ValueError` when a shape does not fit, an entry is not finite, λ < 0, or the penalty is none.
"""

import numpy as np
from numpy.typing import ArrayLike

from reglib import inputs
from reglib.decompose import svd
from reglib.features import center
from reglib.penalty import L1, ElasticNet, Penalty, checked


def _checked(
    w: ArrayLike, b: float, X: ArrayLike, y: ArrayLike, lam: float
) -> tuple[np.ndarray, float, np.ndarray, np.ndarray, float]:
    """Return the five as what they are meant to be."""
    X = inputs.matrix(X)
    y = inputs.target(y, len(X))
    w = inputs.numbers("w", w, 1, "pass an array of shape (p,); w.ravel() flattens a column")
    if len(w) != X.shape[1]:
        raise ValueError(
            f"w has {len(w)} entries and X has {X.shape[1]} columns: pass one for each"
        )
    b = inputs.real("b", b, least=-np.inf)
    return w, b, X, y, inputs.real("lam", lam, least=0.0)


def objective(
    w: ArrayLike, b: float, X: ArrayLike, y: ArrayLike, lam: float, penalty: Penalty = L1
) -> float:
    """Return J(w, b), in the squared units of y.

    Source: Zou & Hastie (2005), *J. R. Stat. Soc. B* 67(2).

    >>> objective([2.0], 1.0, [[-1.0], [1.0]], [0.0, 4.0], lam=0.5)
    1.5
    """
    w, b, X, y, lam = _checked(w, b, X, y, lam)
    residual = y - b - X @ w
    value = checked(penalty).value(w)
    cost = value if np.isinf(value) else lam * value  # not allowed: nor is it at λ = 0
    return float(residual @ residual / (2 * len(y)) + cost)


def duality_gap(
    w: ArrayLike, b: float, X: ArrayLike, y: ArrayLike, lam: float, penalty: ElasticNet = L1
) -> float:
    """Return an upper bound on J(w, b) − min J, as a share of J(0, ȳ): 0 proves w, b optimal.

    P must be L1, L2 or ElasticNet(ρ), since the bound needs P's conjugate.
    Every θ (n,) with Σθ_i = 0 bounds min J from below by the dual objective

        D(θ) = yᵀθ − n/2 · ‖θ‖² − Σ_j h*(x_jᵀθ),    h*(z) = (|z| − λρ)₊² / (2λ(1−ρ)),

    where for ρ = 1, and for λ = 0, h* is 0 up to |z| ≤ λρ and infinite beyond. At the optimum
    θ = (y − b − Xw)/n and D(θ) = J. Here θ is that residual, centred, and where h* can be
    infinite shrunk until |x_jᵀθ| ≤ λρ (at λ = 0: freed of its part along the columns of X).
    J − D is summed as terms that are each ≥ 0, so that small gaps keep their digits. For a
    constant y, J(0, ȳ) is 0 and the bound itself is returned.

    Source: Boyd & Vandenberghe (2004), *Convex Optimization*, § 5.5.1; Kim et al. (2007), *IEEE
    J. Sel. Top. Signal Process.* 1(4), § III.

    >>> duality_gap([1.5], 2.0, [[-1.0], [1.0]], [0.0, 4.0], lam=0.5)
    0.0
    >>> duality_gap([0.0], 2.0, [[-1.0], [1.0]], [0.0, 4.0], lam=0.5)
    0.5625
    """
    w, b, X, y, lam = _checked(w, b, X, y, lam)
    if not isinstance(penalty, ElasticNet):
        raise ValueError(f"penalty is {penalty!r}: pass L1, L2 or ElasticNet(l1_ratio)")
    n, l1, l2 = len(y), lam * penalty.l1_ratio, lam * (1 - penalty.l1_ratio)
    X, x_mean = center(X)
    y, y_mean = center(y)
    offset = y_mean - b - x_mean @ w  # the mean of the residual
    residual = y - X @ w
    theta = residual / n
    if l1 == l2 == 0:
        U = svd(X)[0]
        theta = theta - U @ (U.T @ theta)
    elif l2 == 0:
        theta = theta * min(1.0, l1 / max(np.abs(X.T @ theta).max(), np.finfo(float).tiny))
    z = X.T @ theta
    excess = np.maximum(np.abs(z) - l1, 0.0)
    penalty = l1 * np.abs(w) + l2 / 2 * w**2 - w * z
    if l2 > 0:
        penalty += excess**2 / (2 * l2)
    gap = ((residual - n * theta) ** 2).sum() / (2 * n) + offset**2 / 2 + penalty.sum()
    return float(max(gap, 0.0) / (y @ y / (2 * n) or 1.0))


def kkt_violation(
    w: ArrayLike, b: float, X: ArrayLike, y: ArrayLike, lam: float, penalty: Penalty = L1
) -> float:
    """Return the largest violation of the optimality conditions of J, in units of its gradient.

    With the residual r = y − b − Xw they are

        mean(r) = 0      and      Xᵀr/n ∈ λ∂P(w);

    for the elastic net, with g_j = −x_jᵀr/n + λ(1−ρ)w_j, the second is

        g_j + λρ sign(w_j) = 0 where w_j ≠ 0,    |g_j| ≤ λρ where w_j = 0.

    For a P that is not convex they say that (w, b) is stationary, not that it is the minimum.

    Source: Hastie, Tibshirani & Wainwright (2015), *Statistical Learning with Sparsity*, § 2.4 and
    § 5.2.

    >>> kkt_violation([1.5], 2.0, [[-1.0], [1.0]], [0.0, 4.0], lam=0.5)
    0.0
    >>> kkt_violation([0.0], 2.0, [[-1.0], [1.0]], [0.0, 4.0], lam=0.5)
    1.5
    """
    w, b, X, y, lam = _checked(w, b, X, y, lam)
    residual = y - b - X @ w
    violation = checked(penalty).violation(w, -X.T @ residual / len(y), lam)
    return float(max(np.max(violation), abs(residual.mean())))
