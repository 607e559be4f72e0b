"""The lasso: its whole path exactly, from knot to knot, and coordinate descent as it is taught."""

import warnings

import numpy as np
from numpy.typing import ArrayLike

from reglib import inputs
from reglib.bases import Basis
from reglib.decompose import fewer_rows
from reglib.features import center
from reglib.path import Path
from reglib.penalty import L1, Penalty, checked

SAME = 1e-12  # two λ are one when they differ by no more than this share


def lasso_knots(X: ArrayLike, y: ArrayLike, lam_min: float = 0.0) -> Path:
    """Find every λ ≥ lam_min at which the lasso's path bends, and the solution there: minimise

        J(w, b) = 1/(2n) · ‖y − b − Xw‖² + λ‖w‖₁

    X is (n, p), y is (n,). Returns a `Path` whose lams fall from λ_max to lam_min (lam_min alone
    when it is the larger); between two neighbours every coefficient is linear in λ, so that the
    knots hold the whole path.

    Centring X and y removes b. With G = XᵀX/n and c = Xᵀy/n, w is optimal when c_j − (Gw)_j = λs_j
    for each active feature (w_j ≠ 0, s_j its sign) and lies within ±λ for every other, as |w_j|
    has all slopes from −1 to 1 at 0. While the set A of active features and their signs stay the
    same, that makes

        w_A = u − λv,   u = G_AA⁻¹ c_A,   v = G_AA⁻¹ s,       c − Gw = a + λd,

    and the next knot is where one of the two conditions is about to fail: a feature joins A when
    |a_j + λd_j| reaches λ, or leaves it when its w_j reaches 0. At λ = 0 the solution is least
    squares, for singular X the limit of the path. Where the solution is not unique (duplicate
    columns, p > n) this is one of them.

    Raises `ValueError` for an X that is not a finite (n, p) array, a y that is not a finite (n,)
    array, one of them in units so small or large that squares are no floats, or a lam_min that is
    not finite and ≥ 0.

    Source: Osborne, Presnell & Turlach (2000), *IMA J. Numer. Anal.* 20(3); Efron, Hastie,
    Johnstone & Tibshirani (2004), *Annals of Statistics* 32(2), § 3.1.

    >>> path = lasso_knots([[-1.0, 0.0], [1.0, 0.0], [0.0, 3.0], [0.0, -3.0]], [-2, 2, 1, -1])
    >>> path.lams
    array([1.5, 1. , 0. ])
    >>> path.coef.round(12) + 0.0
    array([[0.        , 0.        ],
           [0.        , 0.11111111],
           [2.        , 0.33333333]])
    """
    X = inputs.matrix(X)
    y = inputs.target(y, len(X))
    lam_min = inputs.real("lam_min", lam_min, least=0.0)
    X, x_mean = center(X)
    y, y_mean = center(y)
    inputs.in_range(X, y)
    lams, coef = knots(X, y, lam_min)
    return Path(lams, y_mean - coef @ x_mean, coef)


def knots(X: np.ndarray, y: np.ndarray, lam_min: float) -> tuple[np.ndarray, np.ndarray]:
    """Walk from λ_max down to lam_min, for centred X and y; return the knots (K,) and w (K, p)."""
    n, p = X.shape
    basis, s = Basis(*fewer_rows(X / n**0.5, y / n**0.5)), np.zeros(p)
    varies = basis.length > 0
    free = varies.copy()  # may join: neither active nor dependent on the active ones
    lam, lams, coefs = np.inf, [], []
    for _ in range(1000 * p):
        u, v, u_off, v_off, a, d = basis.segment(s)
        # Solved for λ: side · (a + λd) = λ at λ = side · a / (1 − side · d), on the side of a, its
        # value at λ = 0. Only what nears its limit as λ falls can reach it: so none that has just
        # joined leaves again, none that has just left rejoins, and none that moves along it joins.
        side = np.sign(a)
        nearing = 1 - side * d
        join = np.divide(side * a, nearing, out=np.zeros(p), where=free & (nearing > 0))
        leave = np.divide(u, v, out=np.zeros(p), where=s * v < 0)
        j, i = join.argmax(), leave.argmax()
        event = max(join[j], leave[i])
        leaving = event > lam_min and event == leave[i]
        joining = event > lam_min and not leaving
        at = min(lam, max(event, lam_min))
        w = u - at * v  # and exactly 0 where it is no more than the rounding of u and v
        w[(s * w < 0) | (np.abs(w) <= u_off + at * v_off)] = 0.0
        if joining:
            free[j] = False
            if not basis.join(j):
                continue  # it depends on the active features, and moves along with them
            s[j] = side[j]
        if not lams or lam - at > SAME * lam:  # else one more event at the same knot
            lam = at
            lams.append(lam)
            coefs.append(w)
        if leaving:
            basis.leave(i)
            s[i] = coefs[-1][i] = 0.0
            free = varies & (s == 0)
        elif not joining:
            return np.array([*lams[:-1], lam_min]), np.array(coefs)
    raise RuntimeError(f"the lasso's path does not leave λ = {lam:g}: add a little noise to X")


def lasso_path(X: ArrayLike, y: ArrayLike, lams: ArrayLike) -> Path:
    """Fit the lasso for every λ in `lams`, exactly: minimise

        J(w, b) = 1/(2n) · ‖y − b − Xw‖² + λ‖w‖₁

    X is (n, p), y is (n,), lams is (L,), in any order. Returns a `Path`. For λ ≥ λ_max every
    coefficient is exactly 0.

    The path is linear between its knots (see `lasso_knots`, whose source, errors and words on
    uniqueness hold here too): each λ interpolates its two neighbours.

    >>> path = lasso_path([[-1.0], [1.0]], [0.0, 4.0], lams=[0.5, 0.0, 5.0])
    >>> path.coef.ravel()
    array([1.5, 2. , 0. ])
    >>> path.intercept
    array([2., 2., 2.])
    """
    X = inputs.matrix(X)
    y = inputs.target(y, len(X))
    lams = inputs.penalties(lams)
    X, x_mean = center(X)
    y, y_mean = center(y)
    inputs.in_range(X, y)
    bends, coefs = knots(X, y, lams.min())
    low = np.searchsorted(-bends, -lams).clip(max=len(bends) - 1)  # bends fall
    high = np.maximum(low - 1, 0)
    width = bends[high] - bends[low]
    step = np.divide(bends[high] - lams, width, out=np.zeros(len(lams)), where=width > 0)[:, None]
    coef = (1 - step) * coefs[high] + step * coefs[low]
    for end in (high, low):  # at a knot, but for rounding, what is 0 there is 0
        coef[(np.abs(bends[end] - lams) <= SAME * lams)[:, None] & (coefs[end] == 0)] = 0.0
    return Path(lams, y_mean - coef @ x_mean, coef)


def lasso_cd(
    X: ArrayLike, y: ArrayLike, lam: float, tol: float = 1e-11, penalty: Penalty = L1
) -> Path:
    """Fit the lasso at one λ by coordinate descent, as it is taught: minimise

        J(w, b) = 1/(2n) · ‖y − b − Xw‖² + λ·P(w),      P(w) = ‖w‖₁ or another sum over the w_j

    X is (n, p), y is (n,). Returns a `Path` of one λ. With all coefficients but w_j fixed, and r
    the residual of centred X and y, J is least at

        w_j = prox(x_jᵀr/(n v_j) + w_j, λ/v_j),      v_j = ‖x_j‖²/n,

    for L1 the soft threshold, so that each sweep updates every w_j in turn. It ends when what
    `kkt_violation` measures is at most `tol` times the largest slope at w = 0; after 10 000 sweeps
    it gives up with a `RuntimeWarning`. `lasso_path` is exact and faster.

    Raises `ValueError` for a bad X, y or penalty, a lam that is not finite and ≥ 0, or a tol that
    is not finite and positive.

    Source: Friedman, Hastie, Höfling & Tibshirani (2007), *Annals of Applied Statistics* 1(2).

    >>> lasso_cd([[-1.0], [1.0]], [0.0, 4.0], lam=0.5).coef
    array([[1.5]])
    """
    X = inputs.matrix(X)
    y = inputs.target(y, len(X))
    lam = inputs.real("lam", lam, least=0.0)
    tol = inputs.real("tol", tol, least=np.finfo(float).tiny)
    penalty = checked(penalty)
    X, x_mean = center(X)
    y, y_mean = center(y)
    inputs.in_range(X, y)
    n, p = X.shape
    v = (X**2).sum(axis=0) / n
    w, r = np.zeros(p), y.copy()
    enough = tol * np.abs(X.T @ y).max() / n
    for _ in range(10_000):
        for j in v.nonzero()[0]:
            old = w[j]
            w[j] += X[:, j] @ r / (n * v[j])  # least squares along w_j
            w[j] = penalty.prox(w, lam / v[j])[j]
            r += X[:, j] * (old - w[j])
        if penalty.violation(w, -X.T @ r / n, lam).max() <= enough:
            break
    else:
        warnings.warn(
            f"lasso_cd did not reach tol = {tol:g} at lam = {lam:g}: use lasso_path",
            RuntimeWarning,
            stacklevel=2,
        )
    return Path(np.array([lam]), np.array([y_mean - x_mean @ w]), w[None])
