"""The lasso: its whole path exactly, from knot to knot, and coordinate descent as it is taught."""

import warnings

import numpy as np
from numpy.typing import ArrayLike

from reglib import inputs
from reglib.certify import duality_gap
from reglib.features import center
from reglib.path import Path
from reglib.ridge import fewer_rows


def lasso_knots(X: ArrayLike, y: ArrayLike, lam_min: float = 0.0) -> Path:
    """Find every λ ≥ lam_min at which the lasso's path bends, and the solution there: minimise

        J(w, b) = 1/(2n) · ‖y − b − Xw‖² + λ‖w‖₁

    X is (n, p), y is (n,). Returns a `Path` whose lams fall from λ_max to lam_min (lam_min alone
    when it is the larger); between two neighbours every coefficient is linear in λ, so that the
    knots hold the whole path.

    Centring X and y removes b. With G = XᵀX/n and c = Xᵀy/n, w is optimal when c_j − (Gw)_j = λs_j
    for each active feature (w_j ≠ 0, s_j its sign) and lies within ±λ for every other. While the
    set A of active features and their signs stay the same, that makes

        w_A = u − λv,   u = G_AA⁻¹ c_A,   v = G_AA⁻¹ s,       c − Gw = a + λb,

    and the next knot is where one of the two conditions is about to fail: a feature joins A when
    |a_j + λb_j| reaches λ, or leaves it when its w_j reaches 0. At λ = 0 the solution is least
    squares, for singular X the limit of the path. Where the solution is not unique (duplicate
    columns, p > n) this is one of them.

    Raises `ValueError` for an X that is not a finite (n, p) array, a y that is not a finite (n,)
    array, or a lam_min that is not finite and ≥ 0.

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
    lams, coef = knots(X, y, lam_min)
    return Path(lams, y_mean - coef @ x_mean, coef)


def knots(X: np.ndarray, y: np.ndarray, lam_min: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the knots (K,) and w (K, p) of centred X and y, by the cheapest form that is exact."""
    n, p = X.shape
    if n >= p:
        try:
            return follow(Gram(X, y, n), lam_min)
        except np.linalg.LinAlgError:
            X, y = fewer_rows(X, y)
    return follow(Orthonormal(X, y, n), lam_min)


def follow(basis: "Gram | Orthonormal", lam_min: float) -> tuple[np.ndarray, np.ndarray]:
    """Walk from λ_max down to lam_min; return the knots (K,) and w (K, p) at each."""
    varies, rounding = basis.length > 0, 100 * np.finfo(float).eps * basis.length
    free = varies.copy()  # may join: neither active nor dependent on the active ones
    s, leaving = np.zeros(0), False
    lam, lams, coefs = np.inf, [], []
    with np.errstate(divide="ignore", invalid="ignore"):
        for _ in range(1000 * len(free)):
            A = basis.active
            u, v, a, b = basis.line(s)
            if leaving:  # the smaller set has the smaller error: it is the one to trust at the knot
                coefs[-1][A] = np.where(coefs[-1][A] == 0, 0, u - lam * v)
            # |a + λb| reaches λ on the side of a, its value at λ = 0. Only what nears its limit as
            # λ falls, by more than the rounding of b, can reach it: so none that has just joined
            # leaves again, none that has just left rejoins, and none that moves along the limit
            # joins. By Cauchy and Schwarz |b_j| ≤ length_j · √(sᵀv).
            nearing = 1 - np.sign(a) * b
            join = np.where(free & (nearing > rounding * abs(s @ v) ** 0.5), np.abs(a) / nearing, 0)
            leave = np.where(s * v < 0, u / v, 0)
            j, i = join.argmax(), leave.argmax() if len(s) else None
            event = max(join[j], 0 if i is None else leave[i])
            leaving = i is not None and lam_min < event == leave[i]
            joining = lam_min < event and not leaving
            if joining:
                free[j] = False
                if not basis.join(j):
                    continue  # it depends on the active features, and moves along with them
            if event < lam:  # else one more event at the same knot
                lam = max(event, lam_min)
                lams.append(lam)
                coefs.append(np.zeros(len(free)))
                coefs[-1][A] = u - lam * v
            if joining:
                s = np.append(s, np.sign(a[j]))
            elif leaving:
                coefs[-1][A[i]] = 0.0
                basis.leave(i)
                s = np.delete(s, i)
                free = varies.copy()
                free[basis.active] = False
            else:
                return np.array(lams), np.array(coefs)
    raise RuntimeError(f"the lasso's path does not leave λ = {lam:g}: add a little noise to X")


def wider(M: np.ndarray, column: np.ndarray, corner: float) -> np.ndarray:
    """Return M with one more column and one more row, the row zero but for its corner."""
    k = len(M)
    wide = np.zeros((k + 1, k + 1))
    wide[:k, :k], wide[:k, k], wide[k, k] = M, column, corner
    return wide


class Gram:
    """The active features through G_AA⁻¹, kept up to date in k² operations per event.

    Exact while the features are far from collinear: `join` raises `LinAlgError` when the new one
    keeps less than 1e-4 of its squared length beside the others.
    """

    def __init__(self, X: np.ndarray, y: np.ndarray, n: int) -> None:
        self.G = X.T @ X / n
        self.c = X.T @ y / n
        self.length = np.sqrt(self.G.diagonal())
        self.active = np.zeros(0, dtype=int)
        self.inverse = np.zeros((0, 0))

    def line(self, s: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Return u, v, a, b of the present segment; one step of refinement takes off rounding."""
        A, G_A = self.active, self.G[self.active]
        right = np.array([self.c[A], s])
        uv = right @ self.inverse
        G_uv = uv @ G_A
        step = (right - G_uv[:, A]) @ self.inverse
        uv += step
        G_uv += step @ G_A
        return uv[0], uv[1], self.c - G_uv[0], G_uv[1]

    def join(self, j: int) -> bool:
        g = self.G[j, self.active]
        h = self.inverse @ g
        d = self.G[j, j] - g @ h
        if d < 1e-4 * self.G[j, j]:
            raise np.linalg.LinAlgError("features too close to collinear")
        self.inverse = wider(self.inverse + np.outer(h, h / d), -h / d, 1 / d)
        self.inverse[-1, :-1] = -h / d
        self.active = np.append(self.active, j)
        return True

    def leave(self, i: int) -> None:
        keep = np.delete(np.arange(len(self.active)), i)
        row = self.inverse[i, keep]
        self.inverse = self.inverse[np.ix_(keep, keep)] - np.outer(row, row / self.inverse[i, i])
        self.active = self.active[keep]


class Orthonormal:
    """The active features through X_A = QR, Q with orthonormal columns, and T = R⁻¹.

    Exact for features however collinear; one that depends on the others to within rounding is
    refused.
    """

    def __init__(self, X: np.ndarray, y: np.ndarray, n: int) -> None:
        self.X, self.y, self.n = X, y, n
        self.c = X.T @ y / n
        self.length = np.sqrt((X**2).sum(axis=0) / n)
        self.tolerance = np.finfo(float).eps * 10 * max(X.shape)
        self.active = np.zeros(0, dtype=int)
        self.Q, self.R, self.T = np.zeros((len(X), 0)), np.zeros((0, 0)), np.zeros((0, 0))

    def line(self, s: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Return u, v, a, b of the present segment; one step of refinement takes off rounding."""
        right = np.array([self.y @ self.Q, self.n * s @ self.T])  # R [u v] = [Qᵀy  nTᵀs]
        uv = right @ self.T.T
        uv += (right - uv @ self.R.T) @ self.T.T
        a, b = np.array([self.y - self.Q @ right[0], self.Q @ right[1]]) @ self.X / self.n
        return uv[0], uv[1], a, b

    def join(self, j: int) -> bool:
        x = self.X[:, j].copy()
        h = x @ self.Q
        q = x - self.Q @ h
        again = q @ self.Q  # Gram–Schmidt twice is enough
        q, h = q - self.Q @ again, h + again
        d = np.sqrt(q @ q)
        if d <= self.tolerance * np.sqrt(x @ x):
            return False
        self.R, self.T = wider(self.R, h, d), wider(self.T, -self.T @ h / d, 1 / d)
        self.Q = np.column_stack([self.Q, q / d])
        self.active = np.append(self.active, j)
        return True

    def leave(self, i: int) -> None:
        """Reflect Q so that what only x_i needs is its last column, and take that column away."""
        t = self.T[i] / np.linalg.norm(self.T[i])
        t[-1] += np.copysign(1.0, t[-1])
        t *= np.sqrt(2) / np.linalg.norm(t)  # I − ttᵀ is the reflection
        self.Q = (self.Q - np.outer(self.Q @ t, t))[:, :-1]
        self.R = np.delete((self.R - np.outer(t, t @ self.R))[:-1], i, axis=1)
        self.T = np.delete((self.T - np.outer(self.T @ t, t))[:, :-1], i, axis=0)
        self.active = np.delete(self.active, i)


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
    bends, coefs = knots(X, y, lams.min())
    low = np.searchsorted(-bends, -lams).clip(max=len(bends) - 1)  # bends fall
    high = np.maximum(low - 1, 0)
    width = bends[high] - bends[low]
    step = np.divide(bends[high] - lams, width, out=np.zeros(len(lams)), where=width > 0)[:, None]
    coef = (1 - step) * coefs[high] + step * coefs[low]
    return Path(lams, y_mean - coef @ x_mean, coef)


def soft_threshold(z: ArrayLike, t: ArrayLike) -> np.ndarray:
    """Return z moved towards 0 by t, and 0 where it would pass it: the minimiser over w of

        1/2 · (w − z)² + t|w|

    for every entry of z and t ≥ 0 (any shapes that broadcast, one unit for both).

    Source: Donoho & Johnstone (1994), *Biometrika* 81(3).

    >>> soft_threshold([-3.0, 0.5, 2.0], 1.0)
    array([-2.,  0.,  1.])
    """
    z = np.asarray(z, dtype=float)
    return np.sign(z) * np.maximum(np.abs(z) - t, 0.0)


def lasso_cd(X: ArrayLike, y: ArrayLike, lam: float, tol: float = 1e-10) -> Path:
    """Fit the lasso at one λ by coordinate descent, as it is taught: minimise

        J(w, b) = 1/(2n) · ‖y − b − Xw‖² + λ‖w‖₁

    X is (n, p), y is (n,). Returns a `Path` of one λ. With all coefficients but w_j fixed, and r
    the residual of centred X and y, J is least at

        w_j = S(x_jᵀr/n + v_j w_j, λ) / v_j,      v_j = ‖x_j‖²/n,      S the soft threshold,

    so that each sweep updates every w_j in turn. It ends when `duality_gap` is at most `tol`;
    after 10 000 sweeps it gives up with a `RuntimeWarning`. `lasso_path` is exact and faster.

    Raises `ValueError` for a bad X or y, a lam that is not finite and ≥ 0, or a tol that is not
    finite and positive.

    Source: Friedman, Hastie, Höfling & Tibshirani (2007), *Annals of Applied Statistics* 1(2).

    >>> lasso_cd([[-1.0], [1.0]], [0.0, 4.0], lam=0.5).coef
    array([[1.5]])
    """
    X = inputs.matrix(X)
    y = inputs.target(y, len(X))
    lam = inputs.real("lam", lam, least=0.0)
    tol = inputs.real("tol", tol, least=np.finfo(float).tiny)
    X, x_mean = center(X)
    y, y_mean = center(y)
    n, p = X.shape
    v = (X**2).sum(axis=0) / n
    w, r = np.zeros(p), y.copy()
    for _ in range(10_000):
        for j in v.nonzero()[0]:
            old = w[j]
            w[j] = soft_threshold(X[:, j] @ r / n + v[j] * old, lam) / v[j]
            r += X[:, j] * (old - w[j])
        if duality_gap(w, 0.0, X, y, lam) <= tol:
            break
    else:
        warnings.warn(
            f"lasso_cd did not reach tol = {tol:g} at lam = {lam:g}: use lasso_path",
            RuntimeWarning,
            stacklevel=2,
        )
    return Path(np.array([lam]), np.array([y_mean - x_mean @ w]), w[None])
