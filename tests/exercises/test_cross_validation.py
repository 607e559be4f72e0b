"""Right implementations of the exercises of `cross_validation`, by methods that learners use."""

from itertools import pairwise
from math import comb

import numpy as np
import pytest

from reglib.checks.tell import tell
from reglib.exercises import chance, find
from reglib.exercises.cross_validation.cross_val_errors import FINGERPRINT
from reglib.exercises.cross_validation.kfold_indices import STRETCHES
from reglib.exercises.cross_validation.nested_cv_errors import COIN, MANY, is_left_to_chance
from reglib.ridge import ridge_path

# --- kfold_indices ---


def kfold_by_permutation(n, k, rng):
    parts = np.array_split(rng.permutation(n), k)
    return [(np.concatenate(parts[:f] + parts[f + 1 :]), parts[f]) for f in range(k)]


def kfold_by_labels(n, k, rng):
    fold = rng.permutation(np.arange(n) % k)
    return [(np.flatnonzero(fold != f), np.flatnonzero(fold == f)) for f in range(k)]


def kfold_by_shuffling_a_list(n, k, rng):
    rows = list(range(n))
    rng.shuffle(rows)
    folds = []
    for f in range(k):
        held_out = rows[f::k]
        folds.append([[i for i in rows if i not in held_out], held_out])
    return folds  # lists of lists of lists


def kfold_by_sorting(n, k, rng):
    order, ends = np.argsort(rng.random(n)), np.linspace(0, n, k + 1).round().astype(int)
    parts = [order[a:b] for a, b in pairwise(ends)]
    return tuple((np.setdiff1d(order, part), np.sort(part)) for part in parts)


def kfold_by_choice(n, k, rng):
    left, folds = np.arange(n), []
    for f in range(k):
        held_out = rng.choice(left, len(left) // (k - f), replace=False)
        left = np.setdiff1d(left, held_out)
        folds.append((np.delete(np.arange(n), held_out), held_out))
    return folds


# --- cross_val_errors ---


def cv_by_loops(fit, X, y, lams, folds):
    errors = np.zeros((len(folds), len(lams)))
    for f, (train, validation) in enumerate(folds):
        for i, lam in enumerate(lams):
            w, b = fit(X[train], y[train], lam)
            errors[f, i] = np.mean((y[validation] - b - X[validation] @ w) ** 2)
    return errors


def cv_by_lists(fit, X, y, lams, folds):
    errors = []
    for train, held_out in folds:
        row = []
        for lam in lams:
            w, b = fit(X=X[train], y=y[train], lam=lam)  # by keyword
            total = 0.0
            for i in held_out:
                total += (y[i] - b - sum(X[i, j] * w[j] for j in range(X.shape[1]))) ** 2
            row.append(total / len(held_out))
        errors.append(row)
    return errors


def cv_by_masks(fit, X, y, lams, folds):
    errors = []
    for train, held_out in folds:
        seen, unseen = np.isin(np.arange(len(y)), train), np.isin(np.arange(len(y)), held_out)
        fits = [fit(X[seen], y[seen], float(lam)) for lam in lams]
        W, b = np.array([w for w, _ in fits]), np.array([b for _, b in fits])
        errors.append(((y[unseen, None] - b - X[unseen] @ W.T) ** 2).mean(axis=0))
    return np.vstack(errors)


def cv_by_columns(fit, X, y, lams, folds):
    def column(lam):
        for train, held_out in folds:
            w, b = fit(X.take(train, axis=0), y.take(train), lam)
            yield np.linalg.norm(y[held_out] - (X[held_out].dot(w) + b)) ** 2 / held_out.size

    return np.column_stack([list(column(lam)) for lam in lams])


def cv_with_training_rows_in_another_order(fit, X, y, lams, folds):
    return cv_by_loops(fit, X, y, lams, [(train[::-1], held_out) for train, held_out in folds])


# --- best_lambda ---


def best_by_equality(lams, errors):
    mean = errors.mean(axis=0)
    return lams[mean == mean.min()].max()


def best_by_loop(lams, errors):
    best, least = None, np.inf
    for lam, mean in zip(lams, sum(errors) / len(errors), strict=True):
        if mean < least or (mean == least and lam > best):
            best, least = lam, mean
    return float(best)


def best_by_sorting(lams, errors):
    order = np.lexsort((-lams, errors.mean(axis=0)))
    return lams[order[0]]


def best_by_turning_around(lams, errors):
    order = np.argsort(lams)[::-1]
    return np.array(lams[order][np.argmin(errors[:, order].mean(axis=0))])  # a 0-d array


def best_by_tuples(lams, errors):
    return -min(zip(errors.T.mean(axis=1).tolist(), (-lams).tolist(), strict=True))[1]


def best_by_lists(lams, errors):
    means = [sum(column) / len(column) for column in zip(*errors.tolist(), strict=True)]
    return max(lam for lam, mean in zip(lams.tolist(), means, strict=True) if mean == min(means))


def best_by_sums(lams, errors):
    total = errors.sum(axis=0)
    return lams[total == np.min(total)][::-1].max()


# --- one_standard_error_lambda ---


def one_se_by_vectors(lams, errors):
    mean, se = errors.mean(axis=0), errors.std(axis=0, ddof=1) / np.sqrt(len(errors))
    at = mean.argmin()
    return lams[mean <= mean[at] + se[at]].max()


def one_se_by_loops(lams, errors):
    k, count = errors.shape
    means = [sum(errors[f, i] for f in range(k)) / k for i in range(count)]
    at = means.index(min(means))
    variance = sum((errors[f, at] - means[at]) ** 2 for f in range(k)) / (k - 1)
    threshold = means[at] + (variance / k) ** 0.5
    return float(max(lam for lam, mean in zip(lams, means, strict=True) if mean <= threshold))


def one_se_from_the_largest(lams, errors):
    mean = errors.mean(axis=0)
    column = errors[:, mean.argmin()]
    threshold = column.mean() + np.sqrt(np.var(column, ddof=1) / column.size)
    for i in np.argsort(-lams):
        if mean[i] <= threshold:
            return np.array(lams[i])
    return None


def one_se_by_covariance(lams, errors):
    mean = np.average(errors, axis=0)
    se = np.sqrt(np.diag(np.cov(errors, rowvar=False)) / errors.shape[0])
    return np.where(mean <= mean.min() + se[np.argmin(mean)], lams, -1).max()


def one_se_of_the_larger_of_equals(lams, errors):
    mean = errors.mean(axis=0)
    best = max(np.flatnonzero(mean == mean.min()), key=lambda i: lams[i])
    return lams[mean - mean[best] <= errors[:, best].std(ddof=1) * len(errors) ** -0.5].max()


def one_se_by_distances(lams, errors):
    k = len(errors)
    mean = errors.sum(axis=0) / k
    column = errors[:, np.argsort(mean)[0]]
    distances = column - column.mean()
    return lams[mean - mean.min() <= np.sqrt(distances @ distances / (k * (k - 1)))].max()


def one_se_by_squares(lams, errors):
    k = errors.shape[0]
    mean = errors.mean(0)
    at = list(mean).index(min(mean))
    se = np.sqrt(np.var(errors[:, at]) / (k - 1))  # the same as with the divisor k − 1, over k
    return max(lams[i] for i in range(len(lams)) if not mean[i] > mean[at] + se)


# --- ridge_loo_mse ---


def loo_by_svd(X, y, lam):
    n = len(y)
    U, s, _ = np.linalg.svd(X - X.mean(axis=0), full_matrices=False)
    keep = s > 1e-10 * s[0]
    U, factors = U[:, keep], s[keep] ** 2 / (s[keep] ** 2 + (n - 1) * lam)
    yc = y - y.mean()
    residual = yc - U @ (factors * (U.T @ yc))
    return np.mean((residual / (1 - 1 / n - U**2 @ factors)) ** 2)


def loo_by_a_loop(X, y, lam):
    errors = []
    for i in range(len(y)):
        path = ridge_path(np.delete(X, i, axis=0), np.delete(y, i), [lam])
        errors.append((y[i] - path.intercept[0] - X[i] @ path.coef[0]) ** 2)
    return np.array(np.mean(errors))  # a 0-d array


def loo_by_the_hat_matrix(X, y, lam):
    n, p = X.shape
    Xc = X - X.mean(axis=0)
    inverse = np.linalg.pinv(Xc.T @ Xc + (n - 1) * lam * np.eye(p), hermitian=True)
    H = np.ones((n, n)) / n + Xc @ inverse @ Xc.T
    return float(np.mean(((y - H @ y) / (1 - np.diag(H))) ** 2))


def loo_by_a_column_of_ones(X, y, lam):
    n, p = X.shape
    A = np.column_stack([np.ones(n), X - X.mean(axis=0)])
    penalty = (n - 1) * lam * np.eye(p + 1)
    penalty[0, 0] = 0
    H = A @ np.linalg.lstsq(A.T @ A + penalty, A.T, rcond=1e-12)[0]
    return sum(((y - H @ y) / (1 - H.diagonal())) ** 2) / n


def loo_by_augmented_rows(X, y, lam):
    n, p = X.shape
    rows = np.vstack([X - X.mean(axis=0), np.sqrt((n - 1) * lam) * np.eye(p)])
    H = 1 / n + (rows @ np.linalg.pinv(rows, rcond=1e-10))[:n, :n]
    residual = (np.eye(n) - H) @ y
    return np.linalg.norm(residual / (1 - np.diag(H))) ** 2 / n


def loo_by_eigenvectors(X, y, lam):
    n = len(y)
    Xc, yc = X - X.mean(axis=0), y - y.mean()
    values, vectors = np.linalg.eigh(Xc @ Xc.T)
    kept = values > 1e-10 * values.max()
    H = vectors[:, kept] * (values[kept] / (values[kept] + (n - 1) * lam)) @ vectors[:, kept].T
    errors = [(yc - H @ yc)[i] / (1 - 1 / n - H[i, i]) for i in range(n)]
    return np.square(errors).sum() / n


# --- standardized_cv_errors ---


def standardized_by_loops(fit, X, y, lam, folds):
    errors = []
    for train, held_out in folds:
        mean, scale = X[train].mean(axis=0), X[train].std(axis=0)
        scale[scale == 0] = 1
        w, b = fit((X[train] - mean) / scale, y[train], lam)
        errors.append(np.mean((y[held_out] - b - (X[held_out] - mean) / scale @ w) ** 2))
    return errors  # a list


def standardized_and_undone(fit, X, y, lam, folds):
    def raw_fit(A, a, lam):
        mean, scale = A.mean(axis=0), np.where(np.ptp(A, axis=0) == 0, 1, A.std(axis=0))
        w, b = fit(X=(A - mean) / scale, y=a, lam=lam)
        return w / scale, b - mean @ (w / scale)

    return cv_by_loops(raw_fit, X, y, [lam], folds)[:, 0]


def standardized_all_at_once(fit, X, y, lam, folds):
    errors = np.empty(len(folds))
    for f, (train, held_out) in enumerate(folds):
        Z = (X - X[train].mean(0)) / (X[train].std(0) + (X[train].std(0) == 0))
        errors[f] = cv_by_masks(fit, Z, y, [lam], [(train, held_out)]).item()
    return errors


def standardized_by_columns(fit, X, y, lam, folds):
    errors = []
    for train, held_out in folds:
        Z = np.zeros(X.shape)
        for j in range(X.shape[1]):
            column = X[train, j]
            mean = sum(column) / len(column)
            scale = (sum((x - mean) ** 2 for x in column) / len(column)) ** 0.5 or 1.0
            Z[:, j] = (X[:, j] - mean) / scale
        w, b = fit(Z[train], y[train], lam)
        errors.append(sum((y[i] - b - Z[i] @ w) ** 2 for i in held_out) / len(held_out))
    return np.array(errors)


# --- screened_cv_errors ---


def screened_by_products(fit, X, y, lam, m, folds):
    errors = []
    for train, held_out in folds:
        Xc, yc = X[train] - X[train].mean(axis=0), y[train] - y[train].mean()
        strength = np.abs(Xc.T @ yc) / np.linalg.norm(Xc, axis=0)
        kept = np.argsort(strength)[-m:]
        w, b = fit(X[train][:, kept], y[train], lam)
        errors.append(np.mean((y[held_out] - b - X[held_out][:, kept] @ w) ** 2))
    return np.array(errors)


def screened_by_corrcoef(fit, X, y, lam, m, folds):
    def error(train, held_out):
        r = [abs(np.corrcoef(X[train, j], y[train])[0, 1]) for j in range(X.shape[1])]
        kept = sorted(sorted(range(len(r)), key=lambda j: -r[j])[:m])
        return cv_by_loops(fit, X[:, kept], y, [lam], [(train, held_out)])[0, 0]

    return [error(*fold) for fold in folds]


def screened_by_standard_scores(fit, X, y, lam, m, folds):
    errors = []
    for train, held_out in folds:
        Z = (X[train] - X[train].mean(0)) / X[train].std(0)
        z = (y[train] - y[train].mean()) / y[train].std()
        kept = np.argpartition(-((Z.T @ z) ** 2), m - 1)[:m]
        w, b = fit(X=X[np.ix_(train, kept)], y=y[train], lam=lam)
        errors.append(np.linalg.norm(y[held_out] - X[np.ix_(held_out, kept)] @ w - b) ** 2)
    return np.array(errors) / [len(held_out) for _, held_out in folds]


def screened_by_masks(fit, X, y, lam, m, folds):
    errors = np.zeros(len(folds))
    for f, (train, held_out) in enumerate(folds):
        r = np.abs(np.corrcoef(X[train], y[train], rowvar=False)[-1, :-1])
        kept = r >= np.sort(r)[::-1][m - 1]
        errors[f] = cv_by_columns(fit, X[:, kept], y, [lam], [(train, held_out)]).item()
    return errors


def screened_in_place_on_copies(fit, X, y, lam, m, folds):
    errors = []
    for train, held_out in folds:
        A, a = X[train].astype(float), y[train].astype(float)
        A -= A.mean(axis=0)
        a -= a.mean()
        A /= np.sqrt((A**2).sum(axis=0))
        kept = np.argsort(np.abs(a @ A))[::-1][:m]
        w, b = fit(X[train][:, kept], y[train], lam)
        errors.append(((y[held_out] - b - X[held_out][:, kept] @ w) ** 2).mean())
    return np.array(errors)


# --- nested_cv_errors ---


def nested_by_the_other_functions(fit, X, y, lams, outer, inner_k, rng):
    errors = []
    for train, held_out in outer:
        inner = kfold_by_permutation(len(train), inner_k, rng)
        lam = best_by_equality(lams, cv_by_loops(fit, X[train], y[train], lams, inner))
        w, b = fit(X[train], y[train], lam)
        errors.append(np.mean((y[held_out] - b - X[held_out] @ w) ** 2))
    return np.array(errors)


def nested_with_rows_of_the_whole(fit, X, y, lams, outer, inner_k, rng):
    """The inner folds hold row numbers of X itself."""
    errors = []
    for train, held_out in outer:
        parts = np.array_split(rng.permutation(train), inner_k)
        inner = [(np.setdiff1d(train, part), part) for part in parts]
        table = np.array(cv_by_lists(fit, X, y, lams, inner))
        lam = best_by_loop(lams, table)
        errors.append(cv_by_masks(fit, X, y, [lam], [(train, held_out)])[0, 0])
    return errors  # a list


def nested_by_loops(fit, X, y, lams, outer, inner_k, rng):
    errors = np.zeros(len(outer))
    for f, (train, held_out) in enumerate(outer):
        folds = kfold_by_labels(len(train), inner_k, rng)
        best, least = None, np.inf
        for lam in sorted(lams, reverse=True):
            inner = []
            for rows, others in folds:
                w, b = fit(X=X[train[rows]], y=y[train[rows]], lam=lam)
                inner.append(np.mean((y[train[others]] - b - X[train[others]] @ w) ** 2))
            if np.mean(inner) < least:
                best, least = lam, np.mean(inner)
        w, b = fit(X[train], y[train], best)
        errors[f] = np.mean((y[held_out] - b - X[held_out] @ w) ** 2)
    return errors


def nested_with_folds_drawn_first(fit, X, y, lams, outer, inner_k, rng):
    inner = [kfold_by_choice(len(train), inner_k, rng) for train, _ in outer]

    def error(train, held_out, folds):
        table = cv_by_columns(fit, X[train], y[train], lams, folds)
        lam = best_by_sorting(lams, table)
        return cv_by_loops(fit, X, y, [lam], [(train, held_out)]).item()

    return np.array([error(*fold, folds) for fold, folds in zip(outer, inner, strict=True)])


def nested_with_a_generator_for_each_fold(fit, X, y, lams, outer, inner_k, rng):
    """Each outer fold gets a generator of its own, spawned from the one passed in."""
    return np.concatenate(
        [
            nested_by_the_other_functions(fit, X, y, lams, [fold], inner_k, child)
            for fold, child in zip(outer, rng.spawn(len(outer)), strict=True)
        ]
    )


RIGHT = {
    "cross_validation.kfold_indices": [
        kfold_by_permutation,
        kfold_by_labels,
        kfold_by_shuffling_a_list,
        kfold_by_sorting,
        kfold_by_choice,
    ],
    "cross_validation.cross_val_errors": [
        cv_by_loops,
        cv_by_lists,
        cv_by_masks,
        cv_by_columns,
        cv_with_training_rows_in_another_order,
    ],
    "cross_validation.best_lambda": [
        best_by_equality,
        best_by_loop,
        best_by_sorting,
        best_by_turning_around,
        best_by_tuples,
        best_by_lists,
        best_by_sums,
    ],
    "cross_validation.one_standard_error_lambda": [
        one_se_by_vectors,
        one_se_by_loops,
        one_se_from_the_largest,
        one_se_by_covariance,
        one_se_of_the_larger_of_equals,
        one_se_by_distances,
        one_se_by_squares,
    ],
    "cross_validation.ridge_loo_mse": [
        loo_by_svd,
        loo_by_a_loop,
        loo_by_the_hat_matrix,
        loo_by_a_column_of_ones,
        loo_by_augmented_rows,
        loo_by_eigenvectors,
    ],
    "cross_validation.standardized_cv_errors": [
        standardized_by_loops,
        standardized_and_undone,
        standardized_all_at_once,
        standardized_by_columns,
    ],
    "cross_validation.screened_cv_errors": [
        screened_by_products,
        screened_by_corrcoef,
        screened_by_standard_scores,
        screened_by_masks,
        screened_in_place_on_copies,
    ],
    "cross_validation.nested_cv_errors": [
        nested_by_the_other_functions,
        nested_with_rows_of_the_whole,
        nested_by_loops,
        nested_with_folds_drawn_first,
        nested_with_a_generator_for_each_fold,
    ],
}


@pytest.mark.parametrize(
    ("name", "function"),
    [(name, function) for name, functions in RIGHT.items() for function in functions],
)
def test_full_marks(verdict, seeds, name, function):
    entry = find(name)
    for seed in seeds:
        assert verdict(entry, function, seed, seconds=20.0).points == entry.most, f"seed {seed}"


def test_the_fingerprint_of_rows():
    """It tells any other rows, scale, shift and λ, but neither their order nor that of columns."""
    fit, rng = FINGERPRINT.make(), np.random.default_rng(0)
    X, y = rng.normal(3, 1, (7, 3)).round(1), rng.normal(5, 2, 7).round(1)

    def prints(X, y, lam):
        w, b = fit(X=X, y=y, lam=lam)
        return np.append(np.sort(w), b)

    mine = prints(X, y, 1.5)
    order = rng.permutation(7)
    assert np.allclose(prints(X[order], y[order], 1.5), mine)
    assert np.allclose(prints(X[:, [2, 0, 1]], y, 1.5), mine)
    others = [(X[np.arange(7) != i], y[np.arange(7) != i], 1.5) for i in range(7)]
    others += [(np.vstack([X, X]), np.append(y, y), 1.5), (X, y, 1.6)]
    others += [(X + 0.1, y, 1.5), (1.1 * X, y, 1.5), (X, y + 0.1, 1.5), (X, y[::-1], 1.5)]
    assert not any(np.allclose(prints(*other), mine, rtol=1e-3) for other in others)


def test_right_folds_are_hardly_ever_refused():
    """The probability that is stated where folds are judged."""

    def probability(n, m, stretches):
        ways = comb(m - 1, stretches - 1) * comb(n - m - 1, stretches - 1)
        return n * ways / stretches / comb(n, m)

    alarm, rng = 0.0, np.random.default_rng(0)
    for k, n in ((2, 120), (3, 150)):
        m, (fewest, most) = n // k, STRETCHES[n]
        outside = [r for r in range(1, m + 1) if not fewest <= r <= most]
        alarm += (1 if k == 2 else k) * sum(probability(n, m, r) for r in outside)
        mean = sum(r * probability(n, m, r) for r in range(1, m + 1))
        counts = [chance.stretches(n, kfold_by_permutation(n, k, rng)[0][1]) for _ in range(500)]
        assert abs(np.mean(counts) - mean) < 5 * np.std(counts) / 500**0.5
    assert 7.3e-11 < alarm < 7.5e-11


def test_right_nesting_is_hardly_ever_refused():
    """The probabilities that are stated where nested cross-validation is judged."""
    entry = find("cross_validation.nested_cv_errors")
    tosses = [case.args for case in entry.draw() if is_left_to_chance(case.args)]
    assert len(tosses) == 3 and all(args[0] is COIN for args in tosses)
    fit, X, y, lams, outer, inner_k, _ = tosses[0]
    train, held_out = outer[0]
    assert sorted(y[train]) == [-1.0] * 6 + [1.0] * 8
    share = comb(8, 4) * comb(6, 3) / comb(14, 7)  # four and three of each sign in both inner folds
    assert abs(share - 0.408) < 1e-3
    rng, many = np.random.default_rng(0), [(train, held_out)] * 2000
    errors = nested_by_the_other_functions(fit.make(), X, y, lams, many, inner_k, rng)
    w, b = fit.make()(X[train], y[train], 2.0)
    chosen = np.isclose(errors, np.mean((y[held_out] - b - X[held_out] @ w) ** 2)).mean()
    assert (
        min(abs(chosen - share), abs(1 - chosen - share)) < 5 * (share * (1 - share) / 2000) ** 0.5
    )
    alarm = 2 * (share**2 + (1 - share) ** 2) ** MANY + 2 * 2 / comb(40, 20)
    assert 2.1e-10 < alarm < 2.3e-10


@pytest.mark.parametrize("seed", [None, 0, 1, 2, 3])
def test_the_chosen_lambda_is_certain(seed):
    """Where λ is not left to chance, every shuffle leads to the same errors."""
    entry = find("cross_validation.nested_cv_errors")
    for case in entry.draw(seed):
        fit, *given, _ = case.args
        if not is_left_to_chance(case.args):
            answers = [
                nested_by_the_other_functions(fit.make(), *given, np.random.default_rng(s))
                for s in range(30)
            ]
            assert np.ptp(answers, axis=0).max() < 1e-12


def test_a_list_of_errors_is_shown_as_numbers(verdict):
    """However the list was made: NumPy's numbers in it are no more than numbers to a reader."""
    entry = find("cross_validation.cross_val_errors")

    def on_training_rows(fit, X, y, lams, folds):
        return [[np.var(y[train]) for _ in lams] for train, _ in folds]

    text = tell(verdict(entry, on_training_rows))
    assert (
        "errors = [[0.25, 0.25], [0.  , 0.  ]]" in text
        or "errors = [[0.25, 0.25], [0. , 0. ]]" in text
    )
    assert "fit=lambda X, y, lam: " in text
    assert "folds=[(np.array([1, 2]), np.array([0])), " in text
    folds = find("cross_validation.kfold_indices")
    text = tell(verdict(folds, lambda n, k, rng: [([0], [1])] * k))
    assert "folds = [([0], [1]), ([0], [1])]" in text


# --- wrong answers that come close: right on ordinary data, or right but for one small thing ---


def scale_never_zero(fit, X, y, lam, folds):
    """The held-out rows of a constant column are divided by next to nothing."""
    errors = []
    for train, held_out in folds:
        mean, scale = X[train].mean(axis=0), X[train].std(axis=0) + 1e-12
        w, b = fit((X[train] - mean) / scale, y[train], lam)
        errors.append(np.mean((y[held_out] - b - (X[held_out] - mean) / scale @ w) ** 2))
    return np.array(errors)


def scaled_columns_only_if_they_vary(fit, X, y, lam, folds):
    """The held-out rows of a constant column become zeros too."""
    errors = []
    for train, held_out in folds:
        mean, scale = X[train].mean(axis=0), X[train].std(axis=0)
        scale[scale == 0] = np.inf
        w, b = fit((X[train] - mean) / scale, y[train], lam)
        errors.append(np.mean((y[held_out] - b - (X[held_out] - mean) / scale @ w) ** 2))
    return np.array(errors)


def screened_after_the_fit(fit, X, y, lam, m, folds):
    errors = []
    for train, held_out in folds:
        r = np.abs(np.corrcoef(X[train], y[train], rowvar=False)[-1, :-1])
        kept = np.argsort(-r)[:m]
        w, b = fit(X[train], y[train], lam)
        errors.append(np.mean((y[held_out] - b - X[held_out][:, kept] @ w[kept]) ** 2))
    return np.array(errors)


def nested_by_one_inner_split(fit, X, y, lams, outer, inner_k, rng):
    errors = []
    for train, held_out in outer:
        inner = kfold_by_permutation(len(train), inner_k, rng)[:1]
        lam = best_by_equality(lams, cv_by_loops(fit, X[train], y[train], lams, inner))
        w, b = fit(X[train], y[train], lam)
        errors.append(np.mean((y[held_out] - b - X[held_out] @ w) ** 2))
    return np.array(errors)


def nested_by_inner_training_errors(fit, X, y, lams, outer, inner_k, rng):
    errors = []
    for train, held_out in outer:
        inner = [(rows, rows) for rows, _ in kfold_by_permutation(len(train), inner_k, rng)]
        lam = best_by_equality(lams, cv_by_loops(fit, X[train], y[train], lams, inner))
        w, b = fit(X[train], y[train], lam)
        errors.append(np.mean((y[held_out] - b - X[held_out] @ w) ** 2))
    return np.array(errors)


def one_se_strictly(lams, errors):
    mean, se = errors.mean(axis=0), errors.std(axis=0, ddof=1) / np.sqrt(len(errors))
    within = mean < mean.min() + se[mean.argmin()]
    return lams[within].max()


def best_of_rounded_means(lams, errors):
    return best_by_equality(lams, np.round(errors.mean(axis=0), 2)[None])


def best_from_a_start_of_a_thousand(lams, errors):
    best, least = None, 1000.0
    for lam, mean in zip(lams, errors.mean(axis=0), strict=True):
        if mean < least or (mean == least and lam > best):
            best, least = lam, mean
    return best


def best_unless_it_is_zero(lams, errors):
    return best_by_equality(lams, errors) or lams.max()


def cv_by_a_dictionary(fit, X, y, lams, folds):
    columns = {lam: cv_by_loops(fit, X, y, [lam], folds)[:, 0] for lam in lams}
    return np.column_stack(list(columns.values()))


def cv_by_one_number_for_each_row(fit, X, y, lams, folds):
    table = []
    for lam in lams:
        squares = np.zeros(len(y))
        for train, held_out in folds:
            w, b = fit(X[train], y[train], lam)
            squares[held_out] = (y[held_out] - b - X[held_out] @ w) ** 2
        table.append([squares[held_out].mean() for _, held_out in folds])
    return np.array(table).T


CLOSE = {
    "cross_validation.cross_val_errors": [cv_by_a_dictionary, cv_by_one_number_for_each_row],
    "cross_validation.best_lambda": [
        best_of_rounded_means,
        best_from_a_start_of_a_thousand,
        best_unless_it_is_zero,
    ],
    "cross_validation.one_standard_error_lambda": [one_se_strictly],
    "cross_validation.standardized_cv_errors": [
        scale_never_zero,
        scaled_columns_only_if_they_vary,
    ],
    "cross_validation.screened_cv_errors": [screened_after_the_fit],
    "cross_validation.nested_cv_errors": [
        nested_by_one_inner_split,
        nested_by_inner_training_errors,
    ],
}


@pytest.mark.parametrize(
    ("name", "function"),
    [(name, function) for name, functions in CLOSE.items() for function in functions],
)
def test_what_comes_close_is_not_right(verdict, name, function):
    entry = find(name)
    for seed in (None, *range(5)):
        assert verdict(entry, function, seed, seconds=20.0).points < entry.most, f"seed {seed}"


# --- wrong answers as they are written, and what they are called ---


def best_place(lams, errors):
    return np.argmin(np.mean(errors, axis=0))


def best_by_argmin(lams, errors):
    return lams[errors.mean(axis=0).argmin()]


def best_of_medians(lams, errors):
    return lams[np.argmin(np.median(errors, axis=0))]


def one_se_place_by_place(lams, errors):
    mean = errors.mean(axis=0)
    i = at = mean.argmin()
    threshold = mean[at] + errors[:, at].std(ddof=1) / len(errors) ** 0.5
    while i + 1 < len(lams) and mean[i + 1] <= threshold:
        i += 1
    return lams[i]


def one_se_by_numpy_as_it_is(lams, errors):
    mean = errors.mean(axis=0)
    return lams[mean <= mean.min() + np.std(errors[:, mean.argmin()]) / np.sqrt(len(errors))].max()


def loo_centred_once(X, y, lam):
    Xc, yc, errors = X - X.mean(axis=0), y - y.mean(), []
    for i in range(len(y)):
        A, a = np.delete(Xc, i, axis=0), np.delete(yc, i)
        rows = np.vstack([A, np.sqrt(len(a) * lam) * np.eye(X.shape[1])])
        w = np.linalg.lstsq(rows, np.append(a, np.zeros(X.shape[1])), rcond=None)[0]
        errors.append((yc[i] - Xc[i] @ w) ** 2)
    return np.mean(errors)


def cv_with_sums(fit, X, y, lams, folds):
    return cv_by_loops(fit, X, y, lams, folds) * [[len(held_out)] for _, held_out in folds]


def screened_by_plain_argsort(fit, X, y, lam, m, folds):
    errors = []
    for train, held_out in folds:
        kept = np.argsort(np.corrcoef(X[train], y[train], rowvar=False)[-1, :-1])[-m:]
        error = cv_by_loops(fit, X[:, kept], y, [lam], [(train, held_out)])
        errors.append(error[0, 0])
    return np.array(errors)


def folds_without_training(n, k, rng):
    return np.array_split(rng.permutation(n), k)


def folds_of_slices(n, k, rng):
    order, size = rng.permutation(n), n // k
    return [
        (np.setdiff1d(order, order[a : a + size]), order[a : a + size]) for a in range(0, n, size)
    ]


NAMED = {
    best_place: "the position is returned in place of the λ, and the first of equals wins",
    best_by_argmin: "the first of equal minima wins, wherever it stands",
    best_of_medians: "the median over the folds stands for their mean, and the first of equals "
    "wins",
    one_se_place_by_place: "the search goes along lams from the minimum, whatever their order, and "
    "stops at the first mean beyond the threshold",
    one_se_by_numpy_as_it_is: "the standard deviation has the divisor k",
    one_se_strictly: "a mean that is exactly at the threshold does not count as within",
    loo_centred_once: "the leverages lack the 1/n of the intercept",
    cv_with_sums: "in each fold, the squared errors are added up, not averaged",
    screened_by_plain_argsort: "the features are ranked by signed correlation",
    screened_after_the_fit: "the fit sees all columns, and only the predictions are screened",
    folds_without_training: "the held-out rows alone are returned, without those that train",
    folds_of_slices: "the rows that are left over make one fold more, or several",
}
EXERCISE = {
    "best": "best_lambda",
    "one": "one_standard_error_lambda",
    "loo": "ridge_loo_mse",
    "cv": "cross_val_errors",
    "screened": "screened_cv_errors",
    "folds": "kfold_indices",
}


@pytest.mark.parametrize("function", NAMED)
def test_what_is_written_in_another_way_has_the_same_name(verdict, function):
    entry = find("cross_validation." + EXERCISE[function.__name__.partition("_")[0]])
    for seed in (None, 0, 1):
        judged = verdict(entry, function, seed, seconds=20.0)
        assert judged.points < entry.most
        assert (judged.misconception.name, judged.where) == (NAMED[function], ""), f"seed {seed}"


@pytest.mark.parametrize("answer", [[], 3.0, [([0], [1])], [np.arange(3)], "folds"])
def test_folds_of_no_known_kind_are_judged(verdict, answer):
    """Where there is no right answer to hold them against, either."""
    judged = verdict(find("cross_validation.kfold_indices"), lambda n, k, rng: answer)
    assert judged.points == 0 and judged.misconception is None and judged.seen == ()


def test_a_mean_at_the_limit_is_there_to_the_last_digit(seeds):
    """Whatever the method: only there may a mean be as near to a threshold as that."""
    entry = find("cross_validation.one_standard_error_lambda")
    for seed in seeds:
        for case in entry.draw(seed)[1:]:
            errors = case.args[1]
            mean, k = errors.mean(axis=0), len(errors)
            column = errors[:, mean.argmin()]
            steps = {
                column.std(ddof=1) / np.sqrt(k),
                np.sqrt(column.var(ddof=1) / k),
                np.sqrt(column.var() / (k - 1)),
                np.sqrt(np.cov(column) / k),
                column.std(ddof=1) * k**-0.5,
            }
            near = min(abs(mean - mean.min() - step).min() for step in steps)
            if "exactly at the limit" in case.name:
                assert steps == {1.0} and near == 0.0
            else:
                assert near > 1e-6
