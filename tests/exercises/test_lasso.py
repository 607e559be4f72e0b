"""Right implementations of the exercises of `lasso`, by methods that learners use."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from reglib.checks.trial import trial
from reglib.exercises import find

# --- soft_threshold ---


def soft_by_sign(z, t):
    return np.sign(z) * np.maximum(np.abs(z) - t, 0)


def soft_by_cases(z, t):
    z = np.asarray(z)
    return np.where(z > t, z - t, np.where(z < -t, z + t, 0.0))


def soft_by_two_hinges(z, t):
    return np.maximum(z - t, 0) - np.maximum(-z - t, 0)


def soft_by_clipping(z, t):
    return z - np.clip(z, -t, t)


def soft_by_loops(z, t):
    if np.ndim(z) == 0:
        return 0 if -t <= z <= t else (z - t if z > 0 else z + t)
    return [
        soft_by_loops(zi, ti) for zi, ti in zip(z, np.broadcast_to(t, np.shape(z)), strict=True)
    ]


def soft_in_place_on_a_copy(z, t):
    u = np.array(z, dtype=float)
    u[...] = np.where(np.abs(u) <= t, 0, u - np.copysign(t, u))
    return u


def soft_by_the_middle(z, t):
    """The middle of z − t, 0 and z + t."""
    return np.median(np.broadcast_arrays(z - t, 0.0 * z, z + t), axis=0)


# --- lasso_objective ---


def objective_by_vectors(w, b, X, y, lam):
    residual = y - X @ w - b
    return np.mean(residual**2) / 2 + lam * np.sum(np.abs(w))


def objective_by_loops(w, b, X, y, lam):
    total = 0.0
    for i in range(len(y)):
        total += (y[i] - b - sum(X[i][j] * w[j] for j in range(len(w)))) ** 2
    return total / (2 * len(y)) + lam * sum(abs(wj) for wj in w)


def objective_by_norms(w, b, X, y, lam):
    loss = np.linalg.norm(y - b - X.dot(w)) ** 2 / (2 * X.shape[0])
    return np.array(loss + lam * np.linalg.norm(w, ord=1))  # a 0-d array


def objective_by_signs(w, b, X, y, lam):
    residual = X @ w + b - y
    return residual @ residual / 2 / len(residual) + lam * (np.sign(w) @ w)


def objective_by_columns(w, b, X, y, lam):
    residual = y.reshape(-1, 1) - X @ w.reshape(-1, 1) - b
    return ((residual.T @ residual) / (2 * len(y))).item() + lam * np.maximum(w, -w).sum()


def objective_by_one_matrix(w, b, X, y, lam):
    A = np.hstack([X, np.ones((len(y), 1)), y[:, None]])
    return 0.5 * np.var(A @ [*w, b, -1]) + 0.5 * np.mean(A @ [*w, b, -1]) ** 2 + lam * abs(w).sum()


# --- lambda_max ---


def lambda_max_by_vectors(X, y):
    return np.max(np.abs(X.T @ (y - np.mean(y)))) / len(y)


def lambda_max_centring_both(X, y):
    Xc, yc = X - X.mean(axis=0), y - y.mean()
    return np.linalg.norm(Xc.T @ yc / len(y), np.inf)


def lambda_max_by_loops(X, y):
    n, mean, most = len(y), sum(y) / len(y), 0
    for j in range(X.shape[1]):
        most = max(most, abs(sum(X[i, j] * (y[i] - mean) for i in range(n)) / n))
    return most


def lambda_max_by_covariances(X, y):
    C = np.cov(np.column_stack([X, y]), rowvar=False, bias=True)
    return np.array(max(abs(C[-1, :-1])))  # a 0-d array


def lambda_max_by_moments(X, y):
    c = (X * y[:, None]).mean(axis=0) - X.mean(axis=0) * y.mean()
    return max(c.max(), -c.min())


def lambda_max_by_correlations(X, y):
    most = 0.0
    for x in X.T:
        if np.ptp(x) > 0:
            most = max(most, abs(np.corrcoef(x, y)[0, 1]) * np.std(x) * np.std(y))
    return most


def lambda_max_by_pairs_of_rows(X, y):
    """Half the mean product of all differences between two rows."""
    D, d = X[:, None] - X[None], y[:, None] - y[None]
    return np.abs((D * d[..., None]).mean(axis=(0, 1)) / 2).max()


# --- coordinate_update ---


def update_with_own_part_put_back(j, w, X, y, lam):
    x, n = X[:, j], len(y)
    a = x @ x / n
    return soft_by_sign(x @ (y - X @ w) / n + a * w[j], lam) / a if a else 0.0


def update_from_the_partial_residual(j, w, X, y, lam):
    n = len(y)
    others = np.delete(np.arange(len(w)), j)
    residual = y - X[:, others] @ w[others]
    a = np.mean(X[:, j] ** 2)
    if a == 0:
        return 0
    return np.array(soft_by_clipping(X[:, j] @ residual / n, lam) / a)  # a 0-d array


def update_with_w_j_set_to_zero(j, w, X, y, lam):
    w = w.copy()
    w[j] = 0
    length = np.linalg.norm(X[:, j]) ** 2
    if length < 1e-12:
        return 0.0
    c = X[:, j] @ (y - X @ w)
    return np.sign(c) * max(abs(c) - len(y) * lam, 0) / length


def update_by_the_gram_matrix(j, w, X, y, lam):
    G, c = X.T @ X / len(y), X.T @ y / len(y)
    if G[j, j] == 0:
        return 0.0
    return soft_by_cases(c[j] - G[j] @ w + G[j, j] * w[j], lam) / G[j, j]


def update_by_loops(j, w, X, y, lam):
    n = len(y)
    c = a = 0.0
    for i in range(n):
        rest = y[i] - sum(X[i, k] * w[k] for k in range(len(w)) if k != j)
        c += X[i, j] * rest / n
        a += X[i, j] ** 2 / n
    if a == 0 or abs(c) <= lam:
        return 0.0
    return (c - lam) / a if c > 0 else (c + lam) / a


def update_scaling_both(j, w, X, y, lam):
    """S(c/a, λ/a) is the same."""
    x = X[:, j]
    a = x.dot(x) / x.size
    if a > 0:
        return soft_by_two_hinges(w[j] + x.dot(y - X @ w) / x.size / a, lam / a)
    return a


def update_in_place_and_restored(j, w, X, y, lam):
    old, w[j] = w[j], 0
    residual = y - X @ w
    w[j] = old
    x, n = X[:, j], len(y)
    if not x.any():
        return 0.0
    return soft_by_loops(float(x @ residual), n * lam) / float(x @ x)


def update_by_three_candidates(j, w, X, y, lam):
    """The best of the minimum on either side, and of zero."""
    x = X[:, j]
    if not x.any():
        return 0.0
    r, found = y - X @ w + x * w[j], [0.0]
    for sign in (-1, 1):
        v = (x @ r / len(y) - sign * lam) / (x @ x / len(y))
        found += [v] if sign * v > 0 else []
    return min(found, key=lambda v: np.mean((r - x * v) ** 2) / 2 + lam * abs(v))


# --- kkt_violation ---


def kkt_by_vectors(w, b, X, y, lam):
    residual = y - b - X @ w
    g = X.T @ residual / len(y)
    v = np.where(w == 0, np.maximum(np.abs(g) - lam, 0), np.abs(g - lam * np.sign(w)))
    return max(v.max(), abs(residual.mean()))


def kkt_by_loops(w, b, X, y, lam):
    n = len(y)
    residual = [y[i] - b - sum(X[i, j] * w[j] for j in range(len(w))) for i in range(n)]
    worst = abs(sum(residual) / n)
    for j in range(len(w)):
        c = sum(X[i, j] * residual[i] for i in range(n)) / n
        if w[j] > 0:
            failed = abs(c - lam)
        elif w[j] < 0:
            failed = abs(c + lam)
        else:
            failed = abs(c) - lam
        worst = max(worst, failed)
    return worst


def kkt_by_masks(w, b, X, y, lam):
    residual = (X @ w + b) - y
    g = (X * residual[:, None]).mean(axis=0)
    zero = w == 0
    violations = [0.0, abs(residual.mean())]
    violations.extend(np.abs(g[zero]) - lam)
    violations.extend(np.abs(g[~zero] + lam * np.sign(w[~zero])))
    return np.array(max(violations))  # a 0-d array


def kkt_by_distances(w, b, X, y, lam):
    """The distance from the negative gradient to the interval of slopes."""
    A = np.column_stack([X, np.ones(len(y))])
    pull = A.T @ (y - A @ np.append(w, b)) / len(y)
    low = np.append(np.where(w > 0, lam, -lam), 0)
    high = np.append(np.where(w < 0, -lam, lam), 0)
    return np.linalg.norm(pull - np.clip(pull, low, high), np.inf)


def kkt_by_slopes(w, b, X, y, lam):
    """How far each slope of J, on either side, is from allowing no step."""
    r = y - b - X @ w
    worst = abs(np.sum(r)) / len(y)
    for x, w_j in zip(X.T, w, strict=True):
        slope = -np.dot(x, r) / len(y)
        up = slope + (lam if w_j >= 0 else -lam)
        down = slope + (lam if w_j > 0 else -lam)
        worst = max(worst, -up, down)
    return worst


# --- the fits: each is an elastic net, of which the lasso is the case ρ = 1 ---


def finish(X, y, w):
    return w, y.mean() - X.mean(axis=0) @ w


def net_by_coordinates(X, y, lam, l1_ratio):
    """Coordinate descent with the residual at hand, until the conditions hold."""
    n, p = X.shape
    Xc, residual = X - X.mean(axis=0), y - y.mean()
    l1, l2 = lam * l1_ratio, lam * (1 - l1_ratio)
    a, w = (Xc**2).mean(axis=0), np.zeros(p)
    for _ in range(5000):
        for j in range(p):
            if a[j] < 1e-12:
                continue
            old = w[j]
            c = Xc[:, j] @ residual / n + a[j] * old
            w[j] = np.sign(c) * max(abs(c) - l1, 0) / (a[j] + l2)
            residual = residual - Xc[:, j] * (w[j] - old)
        g = Xc.T @ residual / n - l2 * w
        if np.where(w == 0, np.abs(g) - l1, np.abs(g - l1 * np.sign(w))).max() < 1e-9:
            break
    return finish(X, y, w)


def net_by_a_fixed_number_of_sweeps(X, y, lam, l1_ratio):
    """On the Gram matrix, in the opposite order; lists come back."""
    n, p = X.shape
    Xc, yc = X - X.mean(axis=0), y - y.mean()
    G, c = (Xc.T @ Xc / n).tolist(), (Xc.T @ yc / n).tolist()
    w = [0.0] * p
    for _ in range(600):
        for j in reversed(range(p)):
            if G[j][j] > 1e-12:
                z = c[j] - sum(G[j][k] * w[k] for k in range(p) if k != j)
                size = max(abs(z) - lam * l1_ratio, 0) / (G[j][j] + lam * (1 - l1_ratio))
                w[j] = size if z > 0 else -size
    return [w, np.array(finish(X, y, np.array(w))[1])]


def net_by_proximal_gradient(X, y, lam, l1_ratio):
    n, p = X.shape
    Xc, yc = X - X.mean(axis=0), y - y.mean()
    step = 1 / (np.linalg.norm(Xc, 2) ** 2 / n + lam * (1 - l1_ratio))
    w = np.zeros(p)
    for _ in range(4000):
        gradient = Xc.T @ (Xc @ w - yc) / n + lam * (1 - l1_ratio) * w
        w, old = soft_by_sign(w - step * gradient, step * lam * l1_ratio), w
        if np.abs(w - old).max() < 1e-10:
            break
    return finish(X, y, w)


def net_by_accelerated_gradient(X, y, lam, l1_ratio):
    n, p = X.shape
    Xc, yc = X - np.mean(X, axis=0), y - np.mean(y)
    G, c = Xc.T @ Xc / n + lam * (1 - l1_ratio) * np.eye(p), Xc.T @ yc / n
    L = np.linalg.eigvalsh(G).max()
    w, v, t = np.zeros(p), np.zeros(p), 1.0
    for _ in range(3000):
        new = soft_by_sign(v - (G @ v - c) / L, lam * l1_ratio / L)
        t, before = (1 + np.sqrt(1 + 4 * t**2)) / 2, t
        v = new + (before - 1) / t * (new - w)
        w, old = new, w
        if np.abs(w - old).max() + np.abs(w - v).max() < 1e-10:
            break
    return finish(X, y, w)


def net_by_augmented_rows(X, y, lam, l1_ratio):
    """A lasso on p more rows, by alternating directions (ADMM)."""
    n, p = X.shape
    A = np.vstack([X - X.mean(axis=0), np.sqrt(n * lam * (1 - l1_ratio)) * np.eye(p)])
    z = np.concatenate([y - y.mean(), np.zeros(p)])
    s = np.linalg.svd(A, compute_uv=False)
    rho = s[0] * s[s > 1e-9 * s[0]][-1] / n
    inverse = np.linalg.inv(A.T @ A / n + rho * np.eye(p))
    v, u = np.zeros(p), np.zeros(p)
    for _ in range(3000):
        w = inverse @ (A.T @ z / n + rho * (v - u))
        v, old = soft_by_sign(w + u, lam * l1_ratio / rho), v
        u += w - v
        if max(np.abs(w - v).max(), np.abs(v - old).max()) < 1e-10:
            break
    return finish(X, y, v)


def net_from_least_squares(X, y, lam, l1_ratio):
    """From the other end, feature by feature in an order that is drawn, in place on copies."""
    X, y, means = X.astype(float), np.array(y, dtype=float), (X.mean(axis=0), y.mean())
    X -= means[0]
    y -= means[1]
    w, a, rng = np.linalg.pinv(X) @ y, np.mean(X**2, axis=0), np.random.default_rng(0)
    w[a < 1e-12] = 0
    for _ in range(2000):
        before = w.copy()
        for j in rng.permutation(np.flatnonzero(a >= 1e-12)):
            c = X[:, j] @ (y - X @ w) / len(y) + a[j] * w[j]
            w[j] = soft_by_clipping(c, lam * l1_ratio) / (a[j] + lam * (1 - l1_ratio))
        if np.abs(w - before).max() < 1e-9:
            break
    return w, means[1] - means[0] @ w


def net_by_all_signs(X, y, lam, l1_ratio):
    """Solve for every pattern of signs, and keep the one of least J."""
    n, p = X.shape
    Xc, yc = X - X.mean(axis=0), y - y.mean()
    G, c = Xc.T @ Xc / n + lam * (1 - l1_ratio) * np.eye(p), Xc.T @ yc / n
    best, lowest = np.zeros(p), 0.0
    for signs in itertools.product([-1, 0, 1], repeat=p):
        s = np.array(signs)
        A = np.flatnonzero(s)
        w = np.zeros(p)
        w[A] = np.linalg.pinv(G[np.ix_(A, A)]) @ (c[A] - lam * l1_ratio * s[A])
        value = w @ G @ w / 2 - c @ w + lam * l1_ratio * np.abs(w).sum()
        if value < lowest:
            best, lowest = w, value
    return finish(X, y, best)


NETS = [
    net_by_coordinates,
    net_by_a_fixed_number_of_sweeps,
    net_by_proximal_gradient,
    net_by_accelerated_gradient,
    net_by_augmented_rows,
    net_by_all_signs,
    net_from_least_squares,
]


def as_lasso(net):
    def lasso(X, y, lam):
        return net(X, y, lam, 1.0)

    lasso.__name__ = net.__name__.replace("net", "lasso")
    return lasso


RIGHT = {
    "lasso.soft_threshold": [
        soft_by_sign,
        soft_by_cases,
        soft_by_two_hinges,
        soft_by_clipping,
        soft_by_loops,
        soft_in_place_on_a_copy,
        soft_by_the_middle,
    ],
    "lasso.lasso_objective": [
        objective_by_vectors,
        objective_by_loops,
        objective_by_norms,
        objective_by_signs,
        objective_by_columns,
        objective_by_one_matrix,
    ],
    "lasso.lambda_max": [
        lambda_max_by_vectors,
        lambda_max_centring_both,
        lambda_max_by_loops,
        lambda_max_by_covariances,
        lambda_max_by_moments,
        lambda_max_by_correlations,
        lambda_max_by_pairs_of_rows,
    ],
    "lasso.coordinate_update": [
        update_with_own_part_put_back,
        update_from_the_partial_residual,
        update_with_w_j_set_to_zero,
        update_by_the_gram_matrix,
        update_by_loops,
        update_scaling_both,
        update_in_place_and_restored,
        update_by_three_candidates,
    ],
    "lasso.kkt_violation": [
        kkt_by_vectors,
        kkt_by_loops,
        kkt_by_masks,
        kkt_by_distances,
        kkt_by_slopes,
    ],
    "lasso.lasso_fit": [as_lasso(net) for net in NETS],
    "lasso.elastic_net_fit": NETS,
}


@pytest.mark.parametrize(
    ("name", "function"),
    [(name, function) for name, functions in RIGHT.items() for function in functions],
)
def test_full_marks(verdict, seeds, name, function):
    entry = find(name)
    for seed in seeds:
        judged = verdict(entry, function, seed, seconds=60)
        assert judged.points == entry.most, f"seed {seed}: {[f.case.name for f in judged.faults]}"


@pytest.mark.parametrize("name", ["lasso.lasso_fit", "lasso.elastic_net_fit"])
def test_fits_are_tried_where_iterations_converge(name, seeds):
    """Singular values within a factor of 10, and no λ = 0 with more features than rows."""
    for seed in seeds:
        for case in find(name).draw(seed):
            X, _, lam, *_ = case.args
            s = np.linalg.svd(X - X.mean(axis=0), compute_uv=False)
            assert s[0] <= 10 * s[s > 1e-9 * s[0]][-1]
            assert lam > 0 or X.shape[0] > X.shape[1]


@pytest.mark.parametrize(
    ("sweeps", "named"), [(1, True), (2, True), (6, True), (2000, False)], ids=str
)
def test_too_few_sweeps_are_named_however_few(verdict, sweeps, named):
    def fit(X, y, lam):
        p = X.shape[1]
        Xc, yc, w = X - X.mean(axis=0), y - y.mean(), np.zeros(p)
        for _ in range(sweeps):
            for j in range(p):
                if np.ptp(X[:, j]) > 0:
                    w[j] = update_with_own_part_put_back(j, w, Xc, yc, lam)
        return finish(X, y, w)

    judged = verdict(find("lasso.lasso_fit"), fit, seconds=60)
    if named:
        assert judged.misconception.name == "the iteration stops too early"
    else:
        assert judged.points == 6


def descend(
    X, y, *, l1, l2=0.0, put_back=1, divide=True, sweeps=1000, tol=0.0, order=1, start=None
):
    """Coordinate descent with strengths, an update and an end of one's own."""
    n, p = X.shape
    Xc, yc = X - X.mean(axis=0), y - y.mean()
    a, w = (Xc**2).mean(axis=0), np.zeros(p) if start is None else start(Xc, yc)
    for _ in range(sweeps):
        old = w.copy()
        for j in [*range(p)][::order]:
            if a[j] > 1e-12:
                c = Xc[:, j] @ (yc - Xc @ w) / n + put_back * a[j] * w[j]
                w[j] = soft_by_sign(c, l1) / ((a[j] if divide else 1) + l2)
        if tol and np.abs(w - old).max() < tol:
            break
    return finish(X, y, w)


STOPS = [
    {"tol": 1e-2},
    {"tol": 1e-3},
    {"sweeps": 5, "order": -1},
    {"sweeps": 6, "start": lambda X, y: np.linalg.pinv(X) @ y},
]


@pytest.mark.parametrize("stop", STOPS, ids=["coarse", "fine", "backwards", "from least squares"])
def test_a_stop_on_the_way_is_named_however_it_comes_about(verdict, stop):
    def lasso(X, y, lam):
        return descend(X, y, l1=lam, **stop)

    def net(X, y, lam, l1_ratio):
        return descend(X, y, l1=lam * l1_ratio, l2=lam * (1 - l1_ratio), **stop)

    for name, fit in (("lasso.lasso_fit", lasso), ("lasso.elastic_net_fit", net)):
        judged = verdict(find(name), fit)
        assert judged.misconception.name == "the iteration stops too early"


@pytest.mark.parametrize("times", [0.97, 0.999, 1.001, 1.03])
def test_a_penalty_that_is_nearly_right_is_no_stop(verdict, times):
    """J is close to its least then, though the iteration has come to its end."""
    judged = verdict(find("lasso.lasso_fit"), lambda X, y, lam: descend(X, y, l1=times * lam))
    assert judged.points < 6
    assert judged.misconception is None


@pytest.mark.parametrize(
    ("l1", "l2", "words"),
    [
        (lambda n, lam: 1.7 * lam, lambda n, lam: 0, ("1.7 λ", "0")),
        (lambda n, lam: 0.3 * lam, lambda n, lam: 0.7 * lam, ("0.3 λ", "0.7 λ")),
        (lambda n, lam: lam, lambda n, lam: 2 * lam, ("λ", "2 λ")),
        (lambda n, lam: 3 * lam / n, lambda n, lam: 0, ("3 λ/n", "0")),
        (lambda n, lam: 0.2 * np.sqrt(lam), lambda n, lam: 5 * lam**2, ("0.2 √λ", "5 λ²")),
    ],
    ids=["1.7 λ", "shares", "an L2 part too", "λ/n", "powers"],
)
def test_a_penalty_without_a_name_is_read_off_the_fit(verdict, l1, l2, words):
    def fit(X, y, lam):
        return descend(X, y, l1=l1(len(y), lam), l2=l2(len(y), lam))

    judged = verdict(find("lasso.lasso_fit"), fit)
    assert judged.misconception is None
    assert judged.seen[0] == (
        f"Your w is the minimum for an L1 penalty of strength {words[0]} and an L2 penalty of "
        f"{words[1]}."
    )


def test_the_shares_of_a_net_are_read_off_it(verdict):
    def fit(X, y, lam, l1_ratio):
        return descend(X, y, l1=3 * lam * l1_ratio, l2=0.2 * lam * (1 - l1_ratio))

    seen = verdict(find("lasso.elastic_net_fit"), fit).seen[0]
    assert "L1 penalty of strength 3 λρ and an L2 penalty of 0.2 λ(1 − ρ)" in seen


@pytest.mark.parametrize("sweeps", [30, 100, 1000])
@pytest.mark.parametrize(
    ("mistake", "name"),
    [
        ({"put_back": 0}, "in each update, feature j's own part is not put back"),
        ({"divide": False}, "in each update, the division is left out"),
    ],
    ids=["not put back", "not divided"],
)
def test_the_mistakes_of_an_update_are_named_in_the_fit(verdict, mistake, name, sweeps):
    def fit(X, y, lam):
        return descend(X, y, l1=lam, sweeps=sweeps, **mistake)

    assert verdict(find("lasso.lasso_fit"), fit).misconception.name == name


def test_what_is_not_a_number_names_nothing_by_itself(verdict):
    def none(X, y, lam):
        return np.full(X.shape[1], np.nan), np.nan

    def runs_away(X, y, lam):
        w, Xc, yc = np.zeros(X.shape[1]), X - X.mean(axis=0), y - y.mean()
        for _ in range(3000):
            w = w + Xc.T @ (yc - Xc @ w) - lam * np.sign(w)
        return finish(X, y, w)

    for fit in (none, runs_away):
        assert verdict(find("lasso.lasso_fit"), fit).misconception is None


def test_numbers_without_a_cause_name_nothing(verdict):
    def fit(X, y, lam, l1_ratio=1.0):
        return finish(X, y, np.cos(np.arange(X.shape[1]) + X.sum()))

    for name in ("lasso.lasso_fit", "lasso.elastic_net_fit"):
        assert verdict(find(name), fit).misconception is None


def never_back(X, y, lam, l1_ratio=1.0):
    """What is zero after a sweep is not looked at again."""
    n, p = X.shape
    Xc, yc = X - X.mean(axis=0), y - y.mean()
    a, w, there = (Xc**2).mean(axis=0), np.zeros(p), [*range(p)]
    for _ in range(500):
        for j in there:
            c = Xc[:, j] @ (yc - Xc @ w) / n + a[j] * w[j]
            if a[j] > 1e-12:
                w[j] = soft_by_sign(c, lam * l1_ratio) / (a[j] + lam * (1 - l1_ratio))
        there = [j for j in there if w[j] != 0]
    return finish(X, y, w)


def moved_within_its_type(z, t):
    u = np.zeros_like(z)
    u[...] = np.sign(z) * np.maximum(np.abs(z) - t, 0)
    return u


def one_side(side):
    """Only a mean of the residuals on one side counts as a violation."""

    def violation(w, b, X, y, lam):
        r = y - b - X @ w
        return max(kkt_by_vectors(w, b + r.mean(), X, y, lam), side * r.mean())

    return violation


def single_precision(X, y):
    X, y = np.float32(X), np.float32(y)
    return float(np.abs((X * y[:, None]).mean(axis=0) - X.mean(axis=0) * y.mean()).max())


def fit_with_a_positive_intercept(X, y, lam, l1_ratio=1.0):
    w, b = net_by_coordinates(X, y, lam, l1_ratio)
    return w, abs(b)


def net_dividing_by_a_alone_where_it_is_constant(X, y, lam, l1_ratio):
    """A lasso's update, with 0/0 for a column of zeros, once the L2 part is gone."""
    w, b = net_by_coordinates(X, y, lam, l1_ratio)
    bad = (np.ptp(X, axis=0) == 0) & (l1_ratio == 1)
    return np.where(bad, np.nan, w), b


ALMOST_RIGHT = [
    ("lasso.soft_threshold", moved_within_its_type),
    ("lasso.lambda_max", single_precision),
    ("lasso.kkt_violation", one_side(1)),
    ("lasso.kkt_violation", one_side(-1)),
    ("lasso.lasso_fit", never_back),
    ("lasso.lasso_fit", fit_with_a_positive_intercept),
    ("lasso.elastic_net_fit", never_back),
    ("lasso.elastic_net_fit", fit_with_a_positive_intercept),
    ("lasso.elastic_net_fit", net_dividing_by_a_alone_where_it_is_constant),
]


@pytest.mark.parametrize(("name", "function"), ALMOST_RIGHT)
def test_what_is_right_in_most_cases_only_loses_points(verdict, seeds, name, function):
    entry = find(name)
    for seed in seeds:
        assert verdict(entry, function, seed, seconds=60).points < entry.most, f"seed {seed}"


@pytest.mark.parametrize("rounds", [2, 5, 60, 5000])
def test_all_at_once_is_named_however_far_it_ran(verdict, rounds):
    def fit(X, y, lam):
        Xc, yc, w = X - X.mean(axis=0), y - y.mean(), np.zeros(X.shape[1])
        a = (Xc**2).mean(axis=0)
        a[a < 1e-12] = 1
        for _ in range(rounds):
            w = soft_by_sign(Xc.T @ (yc - Xc @ w) / len(y) + a * w, lam) / a
        return finish(X, y, w)

    judged = verdict(find("lasso.lasso_fit"), fit, seconds=60)
    assert judged.misconception.name.startswith("all coordinates move at once")


def test_wrong_fits_agree_to_a_ten_thousandth():
    entry = find("lasso.lasso_fit")
    for case in entry.draw():
        y = case.args[1]
        w, b = entry.reference(*case.args)
        other = w, b + np.std(y)  # far from the minimum
        for share, same in ((1e-5, True), (1e-3, False)):
            assert entry.compare(case.args, (w, other[1] + share * np.std(y)), other) == same


def test_a_gap_of_a_millionth_is_not_enough_and_of_a_billionth_is():
    entry = find("lasso.lasso_fit")
    for case in entry.draw():
        y = case.args[1]
        w, b = entry.reference(*case.args)
        nothing = np.mean((y - y.mean()) ** 2) / 2
        for share, right in ((1e-5, False), (1e-9, True)):
            moved = b + np.sqrt(2 * share * nothing)  # J grows by half the square of the step
            assert entry.compare(case.args, (w, moved), (w, b)) == right


@pytest.mark.parametrize("name", ["lasso.lasso_fit", "lasso.elastic_net_fit"])
def test_what_leaves_features_out_for_good_is_not_taken_for_what_stops_early(name):
    entry = find(name)
    (known,) = (m for m in entry.misconceptions if "stays out for ever" in m.name)
    others = tuple(m for m in entry.misconceptions if m is not known)
    for seed in (None, 1, 2):
        assert trial(replace(entry, misconceptions=others), known.wrong, seed).misconception is None
        assert trial(entry, known.wrong, seed).misconception is known
