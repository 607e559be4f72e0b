"""Right implementations of the exercises of `overfitting`, by methods that learners use."""

from math import comb

import numpy as np
import pytest

from reglib.exercises import chance, find
from reglib.exercises.overfitting.train_validation_split import LARGE, STRETCHES

# --- polynomial_features ---


def powers_by_broadcasting(x, degree):
    return x[:, np.newaxis] ** np.arange(1, degree + 1)


def powers_by_columns(x, degree):
    return np.column_stack([x**k for k in range(1, degree + 1)])


def powers_by_loops(x, degree):
    P = np.zeros((len(x), degree))
    for i in range(len(x)):
        P[i, 0] = x[i]
        for k in range(1, degree):
            P[i, k] = P[i, k - 1] * x[i]
    return P


def powers_by_vander(x, degree):
    return np.vander(x, degree + 1, increasing=True)[:, 1:]


def powers_by_lists(x, degree):
    return [[float(value) ** k for k in range(1, degree + 1)] for value in x]


def powers_by_cumulative_products(x, degree):
    return np.cumprod(np.tile(x, (degree, 1)), axis=0).T


def powers_by_outer(x, degree):
    return np.power.outer(np.asarray(x, dtype=float), range(1, degree + 1))


def powers_by_stacked_rows(x, degree):
    return np.vstack([x**k for k in range(1, degree + 1)]).T


def powers_by_multiplying_up(x, degree):
    P = np.ones((len(x), degree))
    P[:, 0] = x
    for k in range(1, degree):
        P[:, k] = P[:, k - 1] * x
    return P


# --- fit_least_squares ---


def fit_by_lstsq(X, y):
    x_mean, y_mean = X.mean(axis=0), y.mean()
    w = np.linalg.lstsq(X - x_mean, y - y_mean, rcond=None)[0]
    return w, y_mean - x_mean @ w


def fit_by_pseudo_inverse(X, y):
    w = np.linalg.pinv(X - X.mean(axis=0)) @ y
    return w, np.mean(y - X @ w)


def fit_by_svd(X, y):
    x_mean = X.mean(axis=0)
    U, s, Vt = np.linalg.svd(X - x_mean, full_matrices=False)
    w = np.zeros(X.shape[1])
    for k in range(len(s)):
        if s[k] > 1e-10 * s[0]:
            w += (U[:, k] @ y) / s[k] * Vt[k]
    return [w.tolist(), np.array(y.mean() - x_mean @ w)]  # a list, and a 0-d array


def fit_by_eigenvectors(X, y):
    Xc = X - X.mean(axis=0)
    values, vectors = np.linalg.eigh(Xc.T @ Xc)
    keep = values > 1e-10 * values.max()
    w = vectors[:, keep] @ (vectors[:, keep].T @ Xc.T @ y / values[keep])
    return w, y.mean() - X.mean(axis=0) @ w


def fit_by_the_normal_equations(X, y):
    Xc, yc = X - X.mean(axis=0), y - y.mean()
    w = np.linalg.pinv(Xc.T @ Xc, hermitian=True) @ (Xc.T @ yc)
    return w, float(y.mean() - X.mean(axis=0) @ w)


def fit_by_solving_where_it_can(X, y):
    Xc, yc = X - X.mean(axis=0), y - y.mean()
    if np.linalg.matrix_rank(Xc) == X.shape[1]:
        w = np.linalg.solve(Xc.T @ Xc, Xc.T @ yc)
    else:
        w = Xc.T @ np.linalg.lstsq(Xc @ Xc.T, yc, rcond=1e-12)[0]
    return w, y.mean() - X.mean(axis=0) @ w


def fit_with_ones_beside_centred_columns(X, y):
    """The ones are at right angles to centred columns, so the norm can be made small apart."""
    x_mean = X.mean(axis=0)
    b, *w = np.linalg.lstsq(np.column_stack([np.ones(len(y)), X - x_mean]), y, rcond=None)[0]
    return np.array(w), b - x_mean @ w


def fit_by_gradient_descent(X, y):
    """Started at zero, so that it ends at the shortest w."""
    Xc, yc = X - X.mean(axis=0), y - y.mean()
    step, w = 1 / np.linalg.norm(Xc, 2) ** 2, np.zeros(X.shape[1])
    for _ in range(20_000):
        gradient = Xc.T @ (Xc @ w - yc)
        w = w - step * gradient
        if np.abs(gradient).max() < 1e-12:
            break
    return w, y.mean() - X.mean(axis=0) @ w


def fit_in_place_and_restored(X, y):
    X = X if X.dtype == float else X.astype(float)
    before = X.copy()
    X -= X.mean(axis=0)
    w = np.linalg.lstsq(X, y, rcond=None)[0]
    X[:] = before
    return w, y.mean() - X.mean(axis=0) @ w


def fit_by_qr_where_it_can(X, y):
    Xc = X - X.mean(axis=0)
    Q, R = np.linalg.qr(Xc)
    if X.shape[0] > X.shape[1] and np.abs(np.diag(R)).min() > 1e-9:
        w = np.linalg.solve(R, Q.T @ y)
    else:
        w = np.linalg.pinv(Xc) @ y
    return w, np.array([y.mean() - X.mean(axis=0) @ w])[0]


def fit_by_dual_pseudo_inverse(X, y):
    Xc = X - X.mean(axis=0)
    w = Xc.T @ np.linalg.pinv(Xc @ Xc.T, rcond=1e-10, hermitian=True) @ (y - y.mean())
    return list(w), float(y.mean()) - float(X.mean(axis=0) @ w)


# --- mean_squared_error ---


def mse_by_mean(y, y_hat):
    return np.mean((y_hat - y) ** 2)


def mse_by_loops(y, y_hat):
    total = 0
    for actual, predicted in zip(y, y_hat, strict=True):
        total += (actual - predicted) ** 2
    return total / len(y)


def mse_by_products(y, y_hat):
    return y @ y / len(y) - 2 * y @ y_hat / len(y) + y_hat @ y_hat / len(y)


def mse_by_norm(y, y_hat):
    return np.array(np.linalg.norm(y - y_hat) ** 2 / y.size)  # a 0-d array


def mse_by_mean_and_variance(y, y_hat):
    residual = y - y_hat
    return residual.mean() ** 2 + residual.var()


def mse_by_columns(y, y_hat):
    residual = y.reshape(-1, 1) - y_hat.reshape(-1, 1)
    return (residual.T @ residual).item() / len(residual)


def mse_in_place_on_a_copy(y, y_hat):
    residual = y.astype(float)
    residual -= y_hat
    residual *= residual
    return residual.sum() / residual.shape[0]


def mse_by_average_of_lists(y, y_hat):
    squares = [(a - b) ** 2 for a, b in zip(y.tolist(), y_hat.tolist(), strict=True)]
    return sum(squares) / len(squares)


# --- train_validation_split ---


def split_by_permutation(n, fraction, rng):
    order = rng.permutation(n)
    m = round(fraction * n)
    return order[: n - m], order[n - m :]


def split_by_shuffling(n, fraction, rng):
    rows = list(range(n))
    rng.shuffle(rows)
    m = int(np.round(fraction * n))
    return [rows[m:], rows[:m]]


def split_by_choice(n, fraction, rng):
    validation = rng.choice(n, size=round(n * fraction), replace=False, shuffle=False)
    return np.setdiff1d(np.arange(n), validation), validation


def split_by_sorting(n, fraction, rng):
    order = np.argsort(rng.random(n))
    m = int(fraction * n + 0.5)
    return np.sort(order[m:]), np.sort(order[:m])


def split_by_mask(n, fraction, rng):
    held = np.zeros(n, dtype=bool)
    held[rng.permutation(n)[: round(fraction * n)]] = True
    return np.where(~held)[0], np.where(held)[0]


def split_by_drawing_one_by_one(n, fraction, rng):
    left, validation = list(range(n)), []
    while len(validation) < round(fraction * n):
        validation.append(left.pop(int(rng.integers(len(left)))))
    return left, validation


def split_by_rejection(n, fraction, rng):
    validation = []
    while len(validation) < round(fraction * n):
        row = int(rng.uniform() * n)
        if row not in validation:
            validation.append(row)
    return [row for row in range(n) if row not in validation], validation


def split_by_a_child_generator(n, fraction, rng):
    return split_by_permutation(n, fraction, rng.spawn(1)[0])


# --- degree_errors ---


def degrees_by_steps(x_train, y_train, x_val, y_val, degrees):
    train_errors, val_errors = [], []
    for degree in degrees:
        P_train, P_val = powers_by_columns(x_train, degree), powers_by_columns(x_val, degree)
        w, b = fit_by_lstsq(P_train, y_train)
        train_errors.append(mse_by_mean(y_train, b + P_train @ w))
        val_errors.append(mse_by_mean(y_val, b + P_val @ w))
    return train_errors, val_errors  # lists


def degrees_by_polyfit(x_train, y_train, x_val, y_val, degrees):
    fits = [np.polyfit(x_train, y_train, degree) for degree in degrees]
    return np.array(
        [
            [np.mean((y - np.polyval(fit, x)) ** 2) for fit in fits]
            for x, y in ((x_train, y_train), (x_val, y_val))
        ]
    )  # both in one array


def degrees_by_chebyshev_polynomials(x_train, y_train, x_val, y_val, degrees):
    train_errors, val_errors = np.zeros(len(degrees)), np.zeros(len(degrees))
    for i, degree in enumerate(degrees):
        fit = np.polynomial.Chebyshev.fit(x_train, y_train, degree)
        train_errors[i] = mse_by_loops(y_train, fit(x_train))
        val_errors[i] = mse_by_loops(y_val, fit(x_val))
    return train_errors, val_errors


def degrees_by_the_normal_equations(x_train, y_train, x_val, y_val, degrees):
    errors = []
    for degree in degrees:
        A = np.vander(x_train.astype(float), degree + 1)
        coef = np.linalg.inv(A.T @ A) @ A.T @ y_train
        errors.append(
            [
                mse_by_norm(y, np.vander(x, degree + 1) @ coef)
                for x, y in ((x_train, y_train), (x_val, y_val))
            ]
        )
    return tuple(np.array(errors).T)


def degrees_by_one_orthonormal_basis(x_train, y_train, x_val, y_val, degrees):
    """One QR for all degrees: the first columns of Q span the low powers."""
    top = max(degrees)
    A, A_val = (np.vander(x, top + 1, increasing=True) for x in (x_train, x_val))
    Q, R = np.linalg.qr(A)
    Q_val = A_val @ np.linalg.inv(R)
    parts = Q.T @ y_train
    kept = [slice(degree + 1) for degree in degrees]
    return (
        [mse_by_mean(y_train, Q[:, k] @ parts[k]) for k in kept],
        [mse_by_mean(y_val, Q_val[:, k] @ parts[k]) for k in kept],
    )


def degrees_by_ones_beside_the_powers(x_train, y_train, x_val, y_val, degrees):
    """A column of ones among the powers adds nothing that the intercept does not do."""
    errors = np.empty((2, len(degrees)))
    for i, degree in enumerate(degrees):
        P, P_val = (x[:, None] ** np.arange(degree + 1) for x in (x_train, x_val))
        w, b = fit_by_lstsq(P, y_train)
        errors[:, i] = mse_by_mean(y_train, P @ w + b), mse_by_mean(y_val, P_val @ w + b)
    return errors[0], errors[1]


# --- learning_curve ---


def curve_by_steps(X, y, X_val, y_val, sizes):
    train_errors, val_errors = [], []
    for m in sizes:
        w, b = fit_by_pseudo_inverse(X[:m], y[:m])
        train_errors.append(mse_by_mean(y[:m], b + X[:m] @ w))
        val_errors.append(mse_by_mean(y_val, b + X_val @ w))
    return np.array(train_errors), np.array(val_errors)


def curve_by_solving(X, y, X_val, y_val, sizes):
    def with_ones(A):
        return np.column_stack([A, np.ones(len(A))])

    errors = np.zeros((2, len(sizes)))
    for i, m in enumerate(sizes):
        A = with_ones(X[0:m, :])
        coef = np.linalg.solve(A.T @ A, A.T @ y[0:m])
        errors[0, i] = mse_by_loops(y[0:m], A @ coef)
        errors[1, i] = mse_by_loops(y_val, with_ones(X_val) @ coef)
    return errors


def curve_by_qr(X, y, X_val, y_val, sizes):
    pairs = []
    for m in sizes:
        Q, R = np.linalg.qr(np.insert(X[:m].astype(float), 0, 1.0, axis=1))
        coef = np.linalg.solve(R, Q.T @ y[:m])
        fitted, predicted = Q @ (Q.T @ y[:m]), coef[0] + X_val @ coef[1:]
        pairs.append((mse_by_mean(y[:m], fitted), mse_by_mean(y_val, predicted)))
    return list(zip(*pairs, strict=True))  # two tuples in a list


def curve_by_adding_rows_one_by_one(X, y, X_val, y_val, sizes):
    """Sums over the rows seen so far are all that the normal equations need."""
    p = X.shape[1]
    gram, moments, errors = np.zeros((p + 1, p + 1)), np.zeros(p + 1), {}
    for m in range(1, max(sizes) + 1):
        row = np.append(1.0, X[m - 1])
        gram, moments = gram + np.outer(row, row), moments + y[m - 1] * row
        if m in sizes:
            b, *w = np.linalg.solve(gram, moments)
            errors[m] = mse_by_mean(y[:m], X[:m] @ w + b), mse_by_mean(y_val, X_val @ w + b)
    return [errors[m][0] for m in sizes], [errors[m][1] for m in sizes]


def curve_by_masks(X, y, X_val, y_val, sizes):
    """A fit of all rows in which those that do not count are zero, intercept and all."""
    train_errors, val_errors = np.empty(len(sizes)), np.empty(len(sizes))
    for i, m in enumerate(sizes):
        counts = (np.arange(len(y)) < m).astype(float)
        A = np.column_stack([np.ones(len(y)), X]) * counts[:, None]
        coef = np.linalg.lstsq(A, y * counts, rcond=None)[0]
        residual = (y - coef[0] - X @ coef[1:]) * counts
        train_errors[i] = residual @ residual / counts.sum()
        val_errors[i] = np.mean((y_val - coef[0] - X_val @ coef[1:]) ** 2)
    return train_errors, val_errors


def curve_by_standardising_inside(X, y, X_val, y_val, sizes):
    train_errors, val_errors = [], []
    for m in sizes:
        mean, scale = X[:m].mean(axis=0), X[:m].std(axis=0)
        Z, Z_val = (X[:m] - mean) / scale, (X_val - mean) / scale
        w, b = fit_by_lstsq(Z, y[:m])
        train_errors.append(mse_by_mean(y[:m], Z @ w + b))
        val_errors.append(mse_by_mean(y_val, Z_val @ w + b))
    return tuple(train_errors), tuple(val_errors)


# --- bias_variance ---


def parts_by_vectors(predictions, f_true, noise_sd):
    mean = predictions.mean(axis=0)
    bias2, variance = np.mean((mean - f_true) ** 2), np.mean((predictions - mean) ** 2)
    return bias2, variance, bias2 + variance + noise_sd**2


def parts_by_loops(predictions, f_true, noise_sd):
    datasets, points = predictions.shape
    bias2 = variance = 0.0
    for j in range(points):
        mean = sum(predictions[i, j] for i in range(datasets)) / datasets
        bias2 += (mean - f_true[j]) ** 2 / points
        variance += (
            sum((predictions[i, j] - mean) ** 2 for i in range(datasets)) / datasets / points
        )
    return [bias2, variance, noise_sd * noise_sd + bias2 + variance]  # a list


def parts_by_the_error_first(predictions, f_true, noise_sd):
    error = np.mean((predictions - f_true) ** 2) + noise_sd**2
    variance = predictions.var(axis=0).mean()
    return error - noise_sd**2 - variance, variance, error


def parts_by_moments(predictions, f_true, noise_sd):
    mean, mean_square = np.mean(predictions, 0), np.mean(predictions.astype(float) ** 2, 0)
    variance = np.average(mean_square - mean**2)
    bias2 = np.average((f_true - mean) ** 2)
    return np.array([bias2, variance, bias2 + variance + noise_sd**2])  # all in one array


def parts_by_covariances(predictions, f_true, noise_sd):
    covariance = np.atleast_2d(np.cov(predictions, rowvar=False, bias=True))
    bias = np.linalg.norm(np.mean(predictions, axis=0) - f_true) / np.sqrt(len(f_true))
    variance = np.trace(covariance) / len(f_true)
    return np.array(bias**2), np.array(variance), np.array(bias**2 + variance + noise_sd**2)


def parts_by_pairs_of_data_sets(predictions, f_true, noise_sd):
    """Half the mean squared distance of two data sets, each with itself too, is the variance."""
    distances = predictions[:, None, :] - predictions[None, :, :]
    variance = np.mean(distances**2) / 2
    bias2 = np.mean((predictions.sum(axis=0) / len(predictions) - f_true) ** 2)
    return float(bias2), float(variance), float(bias2 + variance + noise_sd**2)


RIGHT = {
    "polynomial_features": [
        powers_by_broadcasting,
        powers_by_columns,
        powers_by_loops,
        powers_by_vander,
        powers_by_lists,
        powers_by_cumulative_products,
        powers_by_outer,
        powers_by_stacked_rows,
        powers_by_multiplying_up,
    ],
    "fit_least_squares": [
        fit_by_lstsq,
        fit_by_pseudo_inverse,
        fit_by_svd,
        fit_by_eigenvectors,
        fit_by_the_normal_equations,
        fit_by_solving_where_it_can,
        fit_with_ones_beside_centred_columns,
        fit_by_gradient_descent,
        fit_in_place_and_restored,
        fit_by_qr_where_it_can,
        fit_by_dual_pseudo_inverse,
    ],
    "mean_squared_error": [
        mse_by_mean,
        mse_by_loops,
        mse_by_products,
        mse_by_norm,
        mse_by_mean_and_variance,
        mse_by_columns,
        mse_in_place_on_a_copy,
        mse_by_average_of_lists,
    ],
    "train_validation_split": [
        split_by_permutation,
        split_by_shuffling,
        split_by_choice,
        split_by_sorting,
        split_by_mask,
        split_by_drawing_one_by_one,
        split_by_rejection,
        split_by_a_child_generator,
    ],
    "degree_errors": [
        degrees_by_steps,
        degrees_by_polyfit,
        degrees_by_chebyshev_polynomials,
        degrees_by_the_normal_equations,
        degrees_by_one_orthonormal_basis,
        degrees_by_ones_beside_the_powers,
    ],
    "learning_curve": [
        curve_by_steps,
        curve_by_solving,
        curve_by_qr,
        curve_by_adding_rows_one_by_one,
        curve_by_masks,
        curve_by_standardising_inside,
    ],
    "bias_variance": [
        parts_by_vectors,
        parts_by_loops,
        parts_by_the_error_first,
        parts_by_moments,
        parts_by_covariances,
        parts_by_pairs_of_data_sets,
    ],
}


@pytest.mark.parametrize(
    ("name", "function"),
    [(name, function) for name, functions in RIGHT.items() for function in functions],
)
def test_full_marks(verdict, seeds, name, function):
    entry = find(f"overfitting.{name}")
    for seed in seeds:
        assert verdict(entry, function, seed).points == entry.most, f"seed {seed}"


# --- wrong answers, as they are written in a hurry: the beginning of the name, "" for none ---


def powers_in_a_reshaped_list(x, degree):
    return np.array([x**k for k in range(1, degree + 1)]).reshape(len(x), degree)


def powers_in_one_row(x, degree):
    return np.concatenate([x**k for k in range(1, degree + 1)])


def powers_in_whole_numbers(x, degree):
    P = np.zeros((len(x), degree), dtype=int)
    for k in range(degree):
        P[:, k] = x ** (k + 1)
    return P


def powers_of_single_precision(x, degree):
    return x[:, None].astype(np.float32) ** np.arange(1, degree + 1)


def powers_of_32_bits(x, degree):
    P = powers_by_columns(x, degree)
    return P.astype(np.int32) if x.dtype.kind == "i" else P


def powers_of_different_values(x, degree):
    return powers_by_columns(np.array(list(dict.fromkeys(x.tolist()))), degree)


def powers_by_a_caret(x, degree):
    return np.column_stack([x ^ k for k in range(1, degree + 1)])


def nudged(by, divisor=lambda n: 1.0):
    def fit(X, y):
        Xc = X - X.mean(axis=0)
        w = np.linalg.solve(Xc.T @ Xc / divisor(len(y)) + by * np.eye(X.shape[1]),
                            Xc.T @ (y - y.mean()) / divisor(len(y)))  # fmt: skip
        return w, y.mean() - X.mean(axis=0) @ w

    return fit


def fit_nudged_with_ones(X, y):
    A = np.column_stack([np.ones(len(y)), X])
    b, *w = np.linalg.solve(A.T @ A + 1e-8 * np.eye(A.shape[1]), A.T @ y)
    return np.array(w), b


def fit_by_a_coarse_pseudo_inverse(X, y):
    w = np.linalg.pinv(X - X.mean(axis=0), rcond=0.1) @ y
    return w, y.mean() - X.mean(axis=0) @ w


def fit_by_a_hundred_steps(X, y):
    Xc, w = X - X.mean(axis=0), np.zeros(X.shape[1])
    for _ in range(100):
        w = w - 0.01 * Xc.T @ (Xc @ w - (y - y.mean())) / len(y)
    return w, y.mean() - X.mean(axis=0) @ w


def fit_uncentred_with_the_mean(X, y):
    return np.linalg.pinv(X) @ y, y.mean()


def mse_in_an_array_like_y(y, y_hat):
    squares = np.empty_like(y)
    for i in range(len(y)):
        squares[i] = (y[i] - y_hat[i]) ** 2
    return squares.mean()


def mse_over_different_values(y, y_hat):
    return np.sum((y - y_hat) ** 2) / len(np.unique(y))


def mse_returned_in_the_loop(y, y_hat):
    total = 0.0
    for i in range(len(y)):
        total += (y[i] - y_hat[i]) ** 2
        return total / len(y)


def split_that_trains_on_all(n, fraction, rng):
    return np.arange(n), rng.choice(n, round(fraction * n), replace=False)


def split_that_forgets_a_row(n, fraction, rng):
    order = rng.permutation(n)
    m = round(fraction * n)
    return order[m + 1 :], order[:m]


def split_rounded_up(n, fraction, rng):
    order = rng.permutation(n)
    m = int(np.ceil(fraction * n))
    return order[m:], order[:m]


def degrees_in_pairs(*args):
    return np.array(degrees_by_steps(*args)).T


def degrees_in_a_list_of_pairs(*args):
    return list(zip(*degrees_by_steps(*args), strict=True))


def degrees_each_once(x_train, y_train, x_val, y_val, degrees):
    return degrees_by_steps(x_train, y_train, x_val, y_val, sorted(set(np.array(degrees).tolist())))


def degrees_with_two_rulers(x_train, y_train, x_val, y_val, degrees):
    errors = []
    for degree in degrees:
        P, P_val = powers_by_columns(x_train, degree), powers_by_columns(x_val, degree)
        Z = (P - P.mean(axis=0)) / P.std(axis=0)
        Z_val = (P_val - P_val.mean(axis=0)) / np.where(len(x_val) > 1, P_val.std(axis=0), 1.0)
        w, b = fit_by_lstsq(Z, y_train)
        errors.append((mse_by_mean(y_train, b + Z @ w), mse_by_mean(y_val, b + Z_val @ w)))
    return tuple(np.array(errors).T)


def curve_with_the_means_of_all(X, y, X_val, y_val, sizes):
    errors = []
    for m in sizes:
        w = np.linalg.lstsq(X[:m] - X.mean(axis=0), y[:m] - y.mean(), rcond=None)[0]
        b = y.mean() - X.mean(axis=0) @ w
        errors.append((mse_by_mean(y[:m], b + X[:m] @ w), mse_by_mean(y_val, b + X_val @ w)))
    return tuple(np.array(errors).T)


def curve_without_an_intercept(X, y, X_val, y_val, sizes):
    errors = []
    for m in sizes:
        w = np.linalg.lstsq(X[:m], y[:m], rcond=None)[0]
        errors.append((mse_by_mean(y[:m], X[:m] @ w), mse_by_mean(y_val, X_val @ w)))
    return tuple(np.array(errors).T)


def parts_with_another_divisor(predictions, f_true, noise_sd):
    bias2 = np.mean((predictions.mean(axis=0) - f_true) ** 2)
    error = np.mean((predictions - f_true) ** 2) + noise_sd**2
    return bias2, np.mean(predictions.var(axis=0, ddof=1)), error


def parts_with_an_absolute_bias(predictions, f_true, noise_sd):
    bias = np.mean(np.abs(predictions.mean(axis=0) - f_true))
    variance = np.mean(predictions.var(axis=0))
    return bias, variance, bias**2 + variance + noise_sd**2


WRONG = [
    ("polynomial_features", powers_in_a_reshaped_list, "the powers are stacked as rows, and resh"),
    ("polynomial_features", powers_in_one_row, "the powers come one after the other"),
    ("polynomial_features", powers_in_whole_numbers, "the powers are cut to whole numbers"),
    ("polynomial_features", powers_of_single_precision, ""),
    ("polynomial_features", powers_of_32_bits, ""),
    ("polynomial_features", powers_of_different_values, ""),
    ("polynomial_features", powers_by_a_caret, "x ^ k is written"),
    ("fit_least_squares", nudged(1e-3), "a small number is added to the diagonal"),
    ("fit_least_squares", nudged(1e-8), "a small number is added to the diagonal"),
    ("fit_least_squares", nudged(1e-6, float), "a small number is added to the diagonal"),
    ("fit_least_squares", fit_nudged_with_ones, "a small number is added to the diagonal"),
    ("fit_least_squares", fit_by_a_coarse_pseudo_inverse, ""),
    ("fit_least_squares", fit_by_a_hundred_steps, "w is on its way"),
    ("fit_least_squares", fit_uncentred_with_the_mean, "w is computed from an X that is not"),
    ("mean_squared_error", mse_in_an_array_like_y, "the squared errors are cut to whole numbers"),
    ("mean_squared_error", mse_over_different_values, ""),
    ("mean_squared_error", mse_returned_in_the_loop, "only the first row counts, divided by n"),
    ("train_validation_split", split_that_trains_on_all, "every row is in the training set"),
    ("train_validation_split", split_that_forgets_a_row, "some rows are in neither"),
    ("train_validation_split", split_rounded_up, "the number of validation rows is rounded up"),
    ("degree_errors", degrees_in_pairs, "each turn makes a pair"),
    ("degree_errors", degrees_in_a_list_of_pairs, "each turn makes a pair"),
    ("degree_errors", degrees_each_once, "a degree that comes again is left out"),
    ("degree_errors", degrees_with_two_rulers, "the validation columns are standardised by their"),
    ("learning_curve", curve_with_the_means_of_all, "X and y are centred by the means of all"),
    ("learning_curve", curve_without_an_intercept, "in the fit: there is no intercept"),
    ("bias_variance", parts_with_another_divisor, "the variance has the divisor D − 1"),
    ("bias_variance", parts_with_an_absolute_bias, "the absolute bias is averaged"),
]


@pytest.mark.parametrize(("name", "function", "mistake"), WRONG)
def test_what_is_wrong_loses_points_and_gets_the_right_name_or_none(
    verdict, seeds, name, function, mistake
):
    entry = find(f"overfitting.{name}")
    for seed in seeds:
        judged = verdict(entry, function, seed)
        assert judged.points < entry.most, f"seed {seed}"
        named = judged.misconception.name if judged.misconception else ""
        assert named.startswith(mistake) and bool(named) == bool(mistake), f"seed {seed}: {named}"
        assert not any(",  is" in sentence for sentence in judged.seen)


def test_a_right_split_is_hardly_ever_refused():
    """The probabilities of chance that the entry states, and that they are those of its count."""
    alarm = 6 / comb(60, 24)
    for m, (fewest, most) in STRETCHES.items():
        ways = [
            LARGE * comb(m - 1, r - 1) * comb(LARGE - m - 1, r - 1) // r for r in range(1, m + 1)
        ]
        assert sum(ways) == comb(LARGE, m)
        alarm += (sum(ways[: fewest - 1]) + sum(ways[most:])) / comb(LARGE, m)
        mean = sum(r * way for r, way in enumerate(ways, 1)) / comb(LARGE, m)
        rng, args = np.random.default_rng(0), (LARGE, m / LARGE)
        counts = [chance.stretches(LARGE, split_by_permutation(*args, rng)[1]) for _ in range(500)]
        assert abs(np.mean(counts) - mean) < 5 * np.std(counts) / 500**0.5
    assert 4.0e-11 < alarm < 4.2e-11
