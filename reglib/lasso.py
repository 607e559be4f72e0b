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
    s, u, v, a, b = basis.s, basis.u, basis.v, basis.a, basis.b
    varies, rounding = basis.length > 0, 100 * np.finfo(float).eps * basis.length
    free = varies.copy()  # may join: neither active nor dependent on the active ones
    lam, lams, coefs = np.inf, [], []
    with np.errstate(divide="ignore", invalid="ignore"):
        for _ in range(1000 * len(s)):
            # |a + λb| reaches λ on the side of a, its value at λ = 0. Only what nears its limit as
            # λ falls, by more than the rounding of b, can reach it: so none that has just joined
            # leaves again, none that has just left rejoins, and none that moves along the limit
            # joins. By Cauchy and Schwarz |b_j| ≤ length_j · √(sᵀv).
            side = np.sign(a)
            nearing = 1 - side * b
            near = free & (nearing > rounding * abs(s @ v) ** 0.5)
            join = np.where(near, side * a / nearing, 0)
            leave = np.where(s * v < 0, u / v, 0)
            j, i = join.argmax(), leave.argmax()
            event = max(join[j], leave[i])
            at = max(event, lam_min)
            w = u - at * v
            leaving = lam_min < event == leave[i]
            if joining := lam_min < event and not leaving:
                free[j] = False
                if not basis.join(j, side[j]):
                    continue  # it depends on the active features, and moves along with them
            if at < lam:  # else one more event at the same knot
                lam = at
                lams.append(lam)
                coefs.append(w)
            if leaving:
                basis.leave(i)
                free = varies & (s == 0)
                # The smaller set has the smaller error: it is the one to trust at the knot.
                coefs[-1][i] = 0.0
                coefs[-1] = np.where(coefs[-1] == 0, 0, u - lam * v)
            elif not joining:
                return np.array(lams), np.array(coefs)
    raise RuntimeError(f"the lasso's path does not leave λ = {lam:g}: add a little noise to X")


class Segment:
    """One segment of the path: the active features' signs s, and u, v, a, b; each (p,).

    A feature that joins adds one direction e to the fit: its part that the active ones do not
    explain, scaled so that eᵀGe = 1. These parts do not overlap (eᵀGe' = 0), so that each adds
    e · eᵀc to u and e · eᵀs to v, for itself.
    """

    def __init__(self, X: np.ndarray, y: np.ndarray, n: int) -> None:
        p = X.shape[1]
        self.c = y @ X / n
        self.k, self.s, self.u, self.v = 0, np.zeros(p), np.zeros(p), np.zeros(p)
        self.a, self.b = self.c.copy(), np.zeros(p)

    def add(self, e: np.ndarray, Ge: np.ndarray) -> None:
        self.k += 1
        du, dv = e @ self.c, e @ self.s
        self.u += du * e
        self.v += dv * e
        self.a -= du * Ge
        self.b += dv * Ge


def reflector(t: np.ndarray) -> np.ndarray:
    """Return the r for which the reflection I − rrᵀ turns t into the last axis."""
    r = t / np.linalg.norm(t)
    r[-1] += np.copysign(1.0, r[-1])
    return r * (2**0.5 / np.linalg.norm(r))


class Gram(Segment):
    """The directions as the rows of E (k, p), with EG beside them.

    Exact while the features are far from collinear: `join` raises `LinAlgError` when the new one
    keeps less than 1e-3 of its squared length beside the others.
    """

    def __init__(self, X: np.ndarray, y: np.ndarray, n: int) -> None:
        super().__init__(X, y, n)
        self.G = X.T @ X / n
        self.length = np.sqrt(self.G.diagonal())
        self.E, self.EG = np.zeros_like(self.G), np.zeros_like(self.G)  # of which k rows are in use

    def join(self, j: int, sign: float) -> bool:
        k, E, EG = self.k, self.E[: self.k], self.EG[: self.k]
        h = EG[:, j]
        e, Ge = -(h @ E), self.G[j] - h @ EG
        e[j] = 1.0
        if Ge[j] < 0.1 * self.G[j, j]:  # then rounding counts, and a second time takes it off
            h = E @ Ge
            e, Ge = e - h @ E, Ge - h @ EG
        if Ge[j] < 1e-3 * self.G[j, j]:
            raise np.linalg.LinAlgError("features too close to collinear")
        d = Ge[j] ** 0.5
        self.E[k], self.EG[k], self.s[j] = e / d, Ge / d, sign
        self.add(self.E[k], self.EG[k])
        return True

    def leave(self, i: int) -> None:
        """Reflect E so that only its last row has feature i, and take that row away."""
        E, EG = self.E[: self.k], self.EG[: self.k]
        r = reflector(E[:, i])
        E -= np.outer(r, r @ E)
        EG -= np.outer(r, r @ EG)
        self.k, E, EG = self.k - 1, E[:-1], EG[:-1]
        self.E[:, i] = self.s[i] = 0.0
        c, s = E @ self.c, E @ self.s
        self.u[:], self.v[:], self.a[:], self.b[:] = c @ E, s @ E, self.c - c @ EG, s @ EG


class Orthonormal(Segment):
    """The directions as the columns of T (k, k), over the active features A, and Q = (X_A T)ᵀ.

    Exact for features however collinear, since the rows of Q are orthonormal; one that depends on
    the others to within rounding is refused.
    """

    def __init__(self, X: np.ndarray, y: np.ndarray, n: int) -> None:
        super().__init__(X, y, n)
        self.X, self.y, self.n = X, y, n
        self.length = np.sqrt((X**2).sum(axis=0) / n)
        self.tolerance = np.finfo(float).eps * 10 * max(X.shape)
        most = min(X.shape)
        self.A, self.T = np.zeros(most, dtype=int), np.zeros((most, most))
        self.Q = np.zeros((most, len(X)))

    def join(self, j: int, sign: float) -> bool:
        k, Q, T = self.k, self.Q[: self.k], self.T[: self.k, : self.k]
        q = self.X[:, j].copy()
        length = q @ q
        h = Q @ q
        q -= h @ Q
        if q @ q < 0.1 * length:
            again = Q @ q
            q, h = q - again @ Q, h + again
        d = (q @ q) ** 0.5
        if d <= self.tolerance * length**0.5:
            return False
        self.A[k], self.Q[k], self.s[j] = j, q / d, sign
        self.T[:k, k], self.T[k, k] = T @ (h / -d), 1 / d
        e = np.zeros(len(self.s))
        e[self.A[: k + 1]] = self.T[: k + 1, k]
        root = self.n**0.5
        self.add(e * root, self.Q[k] @ self.X / root)
        return True

    def leave(self, i: int) -> None:
        """Reflect T so that only its last column has feature i, and take that column away."""
        k, A, Q, T = self.k, self.A[: self.k], self.Q[: self.k], self.T[: self.k, : self.k]
        at = i == A
        r = reflector(T[at][0])
        Q -= np.outer(r, r @ Q)
        T -= np.outer(T @ r, r)
        self.k = k - 1
        A[:-1], T[:-1], T[-1] = A[~at], T[~at], 0.0
        A, Q, T = A[:-1], Q[:-1], T[:-1, :-1]
        self.s[i] = 0.0
        c, s = Q @ self.y, self.s[A] @ T
        self.u[:] = self.v[:] = 0.0
        self.u[A], self.v[A] = T @ c, self.n * (T @ s)
        self.a[:], self.b[:] = (self.y - c @ Q) @ self.X / self.n, (s @ Q) @ self.X


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
