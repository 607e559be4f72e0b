"""Right implementations of the exercises of `ridge`, by methods that learners use."""

import numpy as np
import pytest

from reglib.exercises import find

# --- ridge_objective ---


def objective_by_vectors(w, b, X, y, lam):
    residual = y - X @ w - b
    return np.mean(residual**2) / 2 + lam / 2 * np.sum(w**2)


def objective_by_loops(w, b, X, y, lam):
    total = 0.0
    for i in range(len(y)):
        prediction = b
        for j in range(len(w)):
            prediction += w[j] * X[i][j]
        total += (y[i] - prediction) ** 2
    return total / (2 * len(y)) + lam / 2 * sum(wj**2 for wj in w)


def objective_by_norms(w, b, X, y, lam):
    loss = np.linalg.norm(y - (b + X.dot(w))) ** 2 / (2 * X.shape[0])
    return np.array(loss + 0.5 * lam * np.linalg.norm(w) ** 2)  # a 0-d array


def objective_by_augmented_rows(w, b, X, y, lam):
    n, p = X.shape
    rows = np.vstack([np.column_stack([np.ones(n), X]), np.zeros((p, p + 1))])
    rows[n:, 1:] = np.sqrt(n * lam) * np.eye(p)
    residual = np.concatenate([y, np.zeros(p)]) - rows @ np.concatenate([[b], w])
    return residual @ residual / 2 / n


def objective_by_columns(w, b, X, y, lam):
    residual = y.reshape(-1, 1) - X @ w.reshape(-1, 1) - b
    return (residual.T @ residual).item() / 2 / len(y) + lam * np.dot(w, w) / 2


# --- ridge_gradient ---


def gradient_by_vectors(w, b, X, y, lam):
    residual = X @ w + b - y
    return X.T @ residual / len(y) + lam * w, residual.mean()


def gradient_by_loops(w, b, X, y, lam):
    n, p = X.shape
    grad_w, grad_b = [lam * wj for wj in w], 0.0
    for i in range(n):
        residual = y[i] - b - sum(X[i, j] * w[j] for j in range(p))
        grad_b -= residual / n
        for j in range(p):
            grad_w[j] -= residual * X[i, j] / n
    return [grad_w, grad_b]  # lists


def gradient_by_moments(w, b, X, y, lam):
    n = len(y)
    grad_w = X.T @ X @ w / n + b * X.mean(axis=0) - X.T @ y / n + lam * w
    return grad_w, np.float64(b + X.mean(axis=0) @ w - y.mean())


def gradient_by_differences(w, b, X, y, lam):
    """Central differences of a quadratic are exact up to rounding."""
    at, step = np.append(w, b).astype(float), 1e-3
    grad = np.empty(len(at))
    for j, move in enumerate(step * np.eye(len(at))):
        up, down = (objective_by_vectors(v[:-1], v[-1], X, y, lam) for v in (at + move, at - move))
        grad[j] = (up - down) / (2 * step)
    return grad[:-1], grad[-1]


def gradient_by_broadcasting(w, b, X, y, lam):
    residual = y - b - (X * w).sum(axis=1)
    return np.array(
        [-(X * residual[:, None]).mean(axis=0) + lam * w, -np.mean(residual)], dtype=object
    )  # a pair in an array


# --- ridge_fit ---


def fit_by_least_squares_with_rows(X, y, lam):
    n, p = X.shape
    mean = X.mean(axis=0)
    rows = np.vstack([X - mean, np.sqrt(n * lam) * np.eye(p)])
    w = np.linalg.lstsq(rows, np.append(y - y.mean(), np.zeros(p)), rcond=None)[0]
    return w, y.mean() - mean @ w


def fit_by_svd(X, y, lam):
    n, mean = len(y), X.mean(axis=0)
    U, s, Vt = np.linalg.svd(X - mean, full_matrices=False)
    keep = s > 1e-10 * s.max()
    w = Vt[keep].T @ (s[keep] / (s[keep] ** 2 + n * lam) * (U[:, keep].T @ (y - y.mean())))
    return [list(w), np.array(y.mean() - mean @ w)]  # lists, and a 0-d array


def fit_by_pseudo_inverse(X, y, lam):
    n, p = X.shape
    Xc = X - np.mean(X, axis=0)
    w = np.linalg.pinv(Xc.T @ Xc + n * lam * np.eye(p), hermitian=True) @ Xc.T @ y
    return w, np.mean(y - X @ w)


def fit_by_the_small_side(X, y, lam):
    """The dual form: an (n, n) system instead of a (p, p) one."""
    n, Xc = len(y), X - X.mean(axis=0)
    dual = np.linalg.lstsq(Xc @ Xc.T + n * lam * np.eye(n), y - y.mean(), rcond=1e-12)[0]
    w = Xc.T @ dual
    return w, float(y.mean() - X.mean(axis=0) @ w)


def fit_by_solving_where_it_can(X, y, lam):
    n, p = X.shape
    Xc, yc = X - X.mean(axis=0), y - y.mean()
    if lam > 0:
        w = np.linalg.solve(Xc.T @ Xc / n + lam * np.eye(p), Xc.T @ yc / n)
    else:
        w = np.linalg.lstsq(Xc, yc)[0]
    return w, y.mean() - X.mean(axis=0) @ w


def fit_by_gradient_descent(X, y, lam):
    """Started at zero, so that at λ = 0 it ends at the shortest w."""
    n, p = X.shape
    Xc, yc = X - X.mean(axis=0), y - y.mean()
    step = 1 / (np.linalg.norm(Xc, 2) ** 2 / n + lam)
    w = np.zeros(p)
    for _ in range(20_000):
        gradient = Xc.T @ (Xc @ w - yc) / n + lam * w
        w = w - step * gradient
        if np.abs(gradient).max() < 1e-13:
            break
    return w, y.mean() - X.mean(axis=0) @ w


def fit_in_place_and_restored(X, y, lam):
    if X.dtype != float:
        X = X.astype(float)
    before = X.copy()
    X -= X.mean(axis=0)
    w = fit_by_least_squares_with_rows(X, y, lam)[0]
    X[:] = before
    return w, y.mean() - X.mean(axis=0) @ w


# --- standardize ---


def standardize_by_vectors(X_train, X_new):
    mean, scale = X_train.mean(axis=0), X_train.std(axis=0)
    scale[scale == 0] = 1
    return (X_train - mean) / scale, (X_new - mean) / scale


def standardize_by_loops(X_train, X_new):
    n, p = X_train.shape
    Z_train, Z_new = np.zeros((n, p)), np.zeros((len(X_new), p))
    for j in range(p):
        mean = sum(X_train[:, j]) / n
        scale = (sum((x - mean) ** 2 for x in X_train[:, j]) / n) ** 0.5 or 1.0
        Z_train[:, j] = (X_train[:, j] - mean) / scale
        Z_new[:, j] = (X_new[:, j] - mean) / scale
    return Z_train, Z_new


def standardize_by_moments(X_train, X_new):
    mean = np.mean(X_train, axis=0, keepdims=True)
    scale = np.sqrt(np.mean((X_train - mean) ** 2, axis=0, keepdims=True))
    scale = np.where(np.ptp(X_train, axis=0) == 0, 1.0, scale)
    return [((X - mean) / scale).tolist() for X in (X_train, X_new)]  # lists


def standardize_by_matrices(X_train, X_new):
    n = len(X_train)
    centring = np.eye(n) - 1 / n
    scale = np.sqrt(np.diag(X_train.T @ centring @ X_train) / n)
    scale = np.array([s if s > 1e-9 else 1.0 for s in scale])
    shift = X_train.mean(axis=0)
    return tuple((X - shift) @ np.diag(1 / scale) for X in (X_train, X_new))


def standardize_together(X_train, X_new):
    both = np.vstack([X_train, X_new]).astype(float)
    n = len(X_train)
    both -= both[:n].mean(0)
    scale = both[:n].std(0)
    both /= np.where(scale > 0, scale, 1)
    return both[:n], both[n:]


# --- ridge_path ---


def path_by_a_fit_for_each(X, y, lams):
    W, b = [], []
    for lam in lams:
        w, intercept = fit_by_least_squares_with_rows(X, y, lam)
        W.append(w)
        b.append(intercept)
    return W, b  # lists


def path_by_one_svd(X, y, lams):
    n, mean = len(y), X.mean(axis=0)
    U, s, Vt = np.linalg.svd(X - mean, full_matrices=False)
    keep = s > 1e-10 * s[0]
    U, s, Vt = U[:, keep], s[keep], Vt[keep]
    W = (s / (s**2 + n * lams[:, np.newaxis]) * (U.T @ (y - y.mean()))) @ Vt
    return W, y.mean() - W @ mean


def path_by_eigenvalues(X, y, lams):
    """The Gram matrix taken apart once; rounding around zero is called zero."""
    n, mean = len(y), X.mean(axis=0)
    values, V = np.linalg.eigh((X - mean).T @ (X - mean))
    along = V.T @ (X - mean).T @ y
    W = np.empty((len(lams), X.shape[1]))
    for k, lam in enumerate(lams):
        kept = values > 1e-10 * values[-1]
        W[k] = V[:, kept] @ (along[kept] / (values[kept] + n * lam))
    return [W, [y.mean() - mean @ w for w in W]]


def path_by_pseudo_inverses_at_once(X, y, lams):
    """One stack of (p, p) matrices, one for each λ."""
    n, p = X.shape
    Xc = X - np.mean(X, axis=0)
    stack = Xc.T @ Xc + n * lams.reshape(-1, 1, 1) * np.eye(p)
    W = np.linalg.pinv(stack, hermitian=True) @ (Xc.T @ y)
    return W, np.mean(y - W @ X.T, axis=1)


def path_from_large_to_small(X, y, lams):
    """Computed in descending order of λ, and put back in the order that was asked for."""
    order = np.argsort(lams)[::-1]
    W, b = np.zeros((len(lams), X.shape[1])), np.zeros(len(lams))
    for k in order:
        W[k], b[k] = fit_by_the_small_side(X, y, lams[k])
    return W, b


def path_by_augmented_rows(X, y, lams):
    n, p = X.shape
    Xc, answers = X - X.mean(axis=0), np.concatenate([y - y.mean(), np.zeros(p)])
    W = np.vstack(
        [np.linalg.pinv(np.vstack([Xc, np.sqrt(n * lam) * np.eye(p)])) @ answers for lam in lams]
    )
    return W, np.mean(y) - X.mean(axis=0) @ W.T


# --- shrinkage_factors ---


def factors_by_svd(X, lam):
    n = X.shape[0]
    s = np.linalg.svd(X - X.mean(axis=0), full_matrices=False)[1]
    return s**2 / (s**2 + n * lam)


def factors_by_variances(X, lam):
    variance = np.linalg.svd(X - np.mean(X, axis=0))[1] ** 2 / len(X)
    return [v / (v + lam) for v in variance]  # a list


def factors_by_the_small_gram_matrix(X, lam):
    n, p = X.shape
    Xc = X - X.mean(axis=0)
    gram = Xc.T @ Xc if p <= n else Xc @ Xc.T
    squares = np.linalg.eigvalsh(gram)[::-1]
    return squares / (squares + n * lam)


def factors_by_covariance(X, lam):
    n, p = X.shape
    variance = np.linalg.eigvalsh(np.atleast_2d(np.cov(X, rowvar=False, bias=True)))
    variance = np.sort(np.clip(variance, 0, None))[::-1][: min(n, p)]
    return 1 - lam / (variance + lam)


def factors_by_the_hat_matrix(X, lam):
    """The eigenvalues of what makes the fitted values out of y."""
    n, p = X.shape
    Xc = X - X.mean(axis=0)
    hat = Xc @ np.linalg.solve(Xc.T @ Xc + n * lam * np.eye(p), Xc.T)
    return np.sort(np.linalg.eigvalsh((hat + hat.T) / 2))[::-1][: min(n, p)]


def factors_by_triangles(X, lam):
    s = np.linalg.svd(np.linalg.qr(X - X.mean(axis=0), mode="r"))[1]
    return 1 / (1 + len(X) * lam / s**2) if s.all() else s**2 / (s**2 + len(X) * lam)


# --- effective_dof ---


def dof_by_svd(X, lam):
    return factors_by_svd(X, lam).sum()


def dof_by_the_trace_of_the_hat_matrix(X, lam):
    n, p = X.shape
    Xc = X - X.mean(axis=0)
    return np.trace(Xc @ np.linalg.inv(Xc.T @ Xc + n * lam * np.eye(p)) @ Xc.T)


def dof_by_the_trace_on_the_other_side(X, lam):
    n, p = X.shape
    Xc = X - X.mean(axis=0)
    gram = Xc.T @ Xc
    return np.array(np.trace(np.linalg.solve(gram + n * lam * np.eye(p), gram)))  # a 0-d array


def dof_by_nudges(X, lam):
    """How far each fitted value moves with its own y, less the 1/n by which the mean moves."""
    n = len(X)
    y, total = np.zeros(n), 0.0
    for i in range(n):
        w, b = fit_by_least_squares_with_rows(X, y + np.eye(n)[i], lam)
        total += b + X[i] @ w - 1 / n
    return total


def dof_by_loops(X, lam):
    total = 0
    for s in np.linalg.svd(X - X.mean(axis=0), compute_uv=False):
        total += s * s / (s * s + len(X) * lam)
    return float(total)


def dof_by_what_is_left(X, lam):
    n, p = X.shape
    variance = np.linalg.eigvalsh((X - X.mean(axis=0)).T @ (X - X.mean(axis=0)) / n)
    return p - sum(lam / (variance + lam)) if lam else p


RIGHT = {
    "ridge.ridge_objective": [
        objective_by_vectors,
        objective_by_loops,
        objective_by_norms,
        objective_by_augmented_rows,
        objective_by_columns,
    ],
    "ridge.ridge_gradient": [
        gradient_by_vectors,
        gradient_by_loops,
        gradient_by_moments,
        gradient_by_differences,
        gradient_by_broadcasting,
    ],
    "ridge.ridge_fit": [
        fit_by_least_squares_with_rows,
        fit_by_svd,
        fit_by_pseudo_inverse,
        fit_by_the_small_side,
        fit_by_solving_where_it_can,
        fit_by_gradient_descent,
        fit_in_place_and_restored,
    ],
    "ridge.standardize": [
        standardize_by_vectors,
        standardize_by_loops,
        standardize_by_moments,
        standardize_by_matrices,
        standardize_together,
    ],
    "ridge.ridge_path": [
        path_by_a_fit_for_each,
        path_by_one_svd,
        path_by_eigenvalues,
        path_by_pseudo_inverses_at_once,
        path_from_large_to_small,
        path_by_augmented_rows,
    ],
    "ridge.shrinkage_factors": [
        factors_by_svd,
        factors_by_variances,
        factors_by_the_small_gram_matrix,
        factors_by_covariance,
        factors_by_the_hat_matrix,
        factors_by_triangles,
    ],
    "ridge.effective_dof": [
        dof_by_svd,
        dof_by_the_trace_of_the_hat_matrix,
        dof_by_the_trace_on_the_other_side,
        dof_by_nudges,
        dof_by_loops,
        dof_by_what_is_left,
    ],
}


@pytest.mark.parametrize(
    ("name", "function"),
    [(name, function) for name, functions in RIGHT.items() for function in functions],
)
def test_full_marks(verdict, seeds, name, function):
    entry = find(name)
    for seed in seeds:
        assert verdict(entry, function, seed).points == entry.most, f"seed {seed}"
