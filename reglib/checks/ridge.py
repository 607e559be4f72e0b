"""The exercises of the assignment `ridge`.

Cases are drawn with one or two decimals, so that a learner can paste the one that fails. Where w is
compared, the singular values of the centred X lie within a factor of 20, or are exactly zero.
"""

import numpy as np

from reglib.checks.entry import Assignment, Case, Entry, Misconception
from reglib.features import standardize
from reglib.ridge import ridge_path

# --- cases ---


def _rows(rng: np.random.Generator, n: int, p: int, whole: bool = False) -> np.ndarray:
    """Draw an X whose columns have means away from zero and are far from collinear."""
    while True:
        X = rng.normal(0, 2, (n, p)) + rng.uniform(2, 5, p)
        X = X.round().astype(int) if whole else X.round(1)
        s = np.linalg.svd(X - X.mean(axis=0), compute_uv=False)[: min(n - 1, p)]
        if 0 < s[0] <= 20 * s[-1]:
            return X


def _answers(rng: np.random.Generator, n: int, whole: bool = False) -> np.ndarray:
    y = rng.normal(0, 3, n) + rng.uniform(4, 8)
    return y.round().astype(int) if whole else y.round(1)


def _penalty(rng: np.random.Generator) -> float:
    return round(rng.uniform(0.3, 2.5), 2)


def _point(rng: np.random.Generator, p: int) -> tuple[np.ndarray, float]:
    """Draw a (w, b) at which to evaluate; no entry is zero."""
    size, sign = rng.uniform(0.5, 3, p + 1).round(1), rng.choice([-1.0, 1.0], p + 1)
    w = size * sign
    return w[:-1], float(w[-1])


def _at_a_point(rng: np.random.Generator, n: int, p: int, lam: float) -> tuple:
    """Draw the arguments (w, b, X, y, lam) of the objective and its gradient."""
    return *_point(rng, p), _rows(rng, n, p), _answers(rng, n), lam


def _whole_at_a_point(rng: np.random.Generator, n: int, p: int) -> tuple:
    w, b = _point(rng, p)
    w = np.where(w > 0, np.ceil(w), np.floor(w)).astype(int)
    return w, int(np.ceil(abs(b))), _rows(rng, n, p, whole=True), _answers(rng, n, whole=True), 2


# --- ridge_objective ---

_EXAMPLE = (
    np.array([2.0, -1.0]),
    1.0,
    np.array([[1.0, 0.0], [0.0, 2.0]]),
    np.array([4.0, 1.0]),
    0.2,
)


def _objective(w, b, X, y, lam):
    residual = y - b - X @ w
    return float(residual @ residual / (2 * len(y)) + lam / 2 * w @ w)


def _objective_cases(rng: np.random.Generator) -> list[Case]:
    loss = "with λ = 0 only the loss is left: half the mean of the squared residuals"
    width = "the formula does not care how many features there are, or whether numbers are whole"
    typical, zero, edges = _OBJECTIVE_RUBRIC
    return [
        Case(typical, "three rows, one feature", _at_a_point(rng, 3, 1, _penalty(rng))),
        Case(typical, "five rows, two features", _at_a_point(rng, 5, 2, _penalty(rng))),
        Case(typical, "eight rows, three features", _at_a_point(rng, 8, 3, _penalty(rng))),
        Case(zero, "λ = 0, one feature", _at_a_point(rng, 3, 1, 0.0), loss),
        Case(zero, "λ = 0, two features", _at_a_point(rng, 6, 2, 0.0), loss),
        Case(edges, "more features than rows", _at_a_point(rng, 3, 5, _penalty(rng)), width),
        Case(edges, "whole numbers", _whole_at_a_point(rng, 4, 2), width),
        Case(edges, "whole numbers, one feature", _whole_at_a_point(rng, 3, 1), width),
    ]


_OBJECTIVE_RUBRIC = {
    "loss plus penalty": 1,
    "λ = 0: the loss alone": 1,
    "whole numbers, p > n": 1,
}


def _loss(w, b, X, y):
    residual = y - b - X @ w
    return residual @ residual / (2 * len(y))


def _objective_of_a_square(w, b, X, y, lam):
    residual = y - (X @ w[:, None] + b)
    return (residual**2).mean() / 2 + lam / 2 * w @ w


_OBJECTIVE = Entry(
    name="ridge.ridge_objective",
    returns=("J",),
    must=(
        "J is the mean of the squared residuals, halved, plus λ/2 times the sum of the squared w"
    ),
    reference=_objective,
    cases=_objective_cases,
    rubric=_OBJECTIVE_RUBRIC,
    section="Loss plus penalty",
    example=_EXAMPLE,
    misconceptions=(
        Misconception(
            "subtracting an (n, 1) from an (n,) makes an (n, n) array",
            "print the shapes of y, of your prediction and of their difference: each should have "
            "one number per row.",
            "Loss plus penalty",
            _objective_of_a_square,
        ),
        Misconception(
            "the intercept is penalised",
            "ask which parameters the sum in the penalty runs over, and whether b is one of them.",
            "Why the intercept is spared",
            lambda w, b, X, y, lam: _loss(w, b, X, y) + lam / 2 * (w @ w + b**2),
        ),
        Misconception(
            "the norm in the penalty is not squared",
            "compare your penalty with the formula at w = (2,): is it the length of w, or the "
            "square of that length?",
            "Loss plus penalty",
            lambda w, b, X, y, lam: _loss(w, b, X, y) + lam / 2 * np.sqrt(w @ w),
        ),
        Misconception(
            "both halves are missing",
            "hold both terms of your code against the formula, factor by factor.",
            "Loss plus penalty",
            lambda w, b, X, y, lam: 2 * _loss(w, b, X, y) + lam * w @ w,
        ),
        Misconception(
            "the loss is not halved",
            "look at what stands in front of the squared residuals in the formula, apart from n.",
            "Loss plus penalty",
            lambda w, b, X, y, lam: 2 * _loss(w, b, X, y) + lam / 2 * w @ w,
        ),
        Misconception(
            "the penalty is not halved",
            "look at the factor in front of ‖w‖² in the formula.",
            "Loss plus penalty",
            lambda w, b, X, y, lam: _loss(w, b, X, y) + lam * w @ w,
        ),
        Misconception(
            "the objective is scikit-learn's, a sum over the rows without halves",
            "repeat every row of the data once and see what happens to your loss: here it must "
            "stay as it is.",
            "One λ for every n",
            lambda w, b, X, y, lam: 2 * len(y) * _loss(w, b, X, y) + lam * w @ w,
        ),
        Misconception(
            "the squared errors are added up, not averaged",
            "repeat every row of the data once and see what happens to your loss: here it must "
            "stay as it is.",
            "One λ for every n",
            lambda w, b, X, y, lam: len(y) * _loss(w, b, X, y) + lam / 2 * w @ w,
        ),
    ),
)


# --- ridge_gradient ---


def _slope(w, b, X, y):
    """The gradient of the loss."""
    residual = y - b - X @ w
    return -X.T @ residual / len(y), float(-residual.mean())


def _gradient(w, b, X, y, lam):
    grad_w, grad_b = _slope(w, b, X, y)
    return grad_w + lam * w, grad_b


def _gradient_cases(rng: np.random.Generator) -> list[Case]:
    loss = "with λ = 0 only the gradient of the loss is left"
    width = "grad_w has one entry per feature, whatever the number of rows"
    whole = "whole numbers in, the same formula"
    typical, zero, edges = _GRADIENT_RUBRIC
    return [
        Case(typical, "three rows, one feature", _at_a_point(rng, 3, 1, _penalty(rng))),
        Case(typical, "five rows, two features", _at_a_point(rng, 5, 2, _penalty(rng))),
        Case(typical, "eight rows, three features", _at_a_point(rng, 8, 3, _penalty(rng))),
        Case(zero, "λ = 0, one feature", _at_a_point(rng, 3, 1, 0.0), loss),
        Case(zero, "λ = 0, two features", _at_a_point(rng, 6, 2, 0.0), loss),
        Case(edges, "more features than rows", _at_a_point(rng, 3, 5, _penalty(rng)), width),
        Case(edges, "whole numbers", _whole_at_a_point(rng, 4, 2), whole),
        Case(edges, "whole numbers, one feature", _whole_at_a_point(rng, 3, 1), whole),
    ]


_GRADIENT_RUBRIC = {
    "loss plus penalty": 2,
    "λ = 0: the loss alone": 1,
    "whole numbers, p > n": 1,
}


def _gradient_of_a_square(w, b, X, y, lam):
    residual = y - (X @ w[:, None] + b)
    return -X.T @ residual / len(y) + lam * w[:, None], -residual.mean()


def _gradient_with(loss=1.0, penalty=1.0, intercept=0.0):
    """A gradient with wrong factors on its parts."""

    def wrong(w, b, X, y, lam):
        grad_w, grad_b = _slope(w, b, X, y)
        return loss * grad_w + penalty * lam * w, loss * grad_b + intercept * lam * b

    return wrong


def _gradient_summed(w, b, X, y, lam):
    grad_w, grad_b = _slope(w, b, X, y)
    return len(y) * grad_w + lam * w, len(y) * grad_b


_GRADIENT = Entry(
    name="ridge.ridge_gradient",
    returns=("grad_w", "grad_b"),
    must=(
        "moving one entry of w by a tiny step changes J by that step times its entry of "
        "grad_w, and b likewise"
    ),
    reference=_gradient,
    cases=_gradient_cases,
    rubric=_GRADIENT_RUBRIC,
    section="The gradient",
    builds_on=("ridge.ridge_objective",),
    example=_EXAMPLE,
    misconceptions=(
        Misconception(
            "subtracting an (n, 1) from an (n,) makes an (n, n) array",
            "print the shapes of y, of your prediction and of their difference: each should have "
            "one number per row.",
            "The gradient",
            _gradient_of_a_square,
        ),
        Misconception(
            "the intercept is penalised",
            "ask whether b occurs in the penalty at all, and what its derivative there is then.",
            "Why the intercept is spared",
            _gradient_with(intercept=1.0),
        ),
        Misconception(
            "the gradient of the penalty is missing",
            "evaluate your function at the same point with λ = 0 and λ = 1: what should differ?",
            "The gradient",
            _gradient_with(penalty=0.0),
        ),
        Misconception(
            "the gradient of the loss has the opposite sign",
            "take a point where every prediction is too small: should b go up or down, and so "
            "what sign must its derivative have?",
            "The gradient",
            _gradient_with(loss=-1.0),
        ),
        Misconception(
            "both halves are missing in J",
            "differentiate both terms of J with their halves, and see what happens to the 2 that "
            "the squares bring down.",
            "The gradient",
            _gradient_with(loss=2.0, penalty=2.0),
        ),
        Misconception(
            "the 2 of the squared residuals is not cancelled by the half in J",
            "differentiate the loss with its factor 1/(2n) in front, and see what is left of it.",
            "The gradient",
            _gradient_with(loss=2.0),
        ),
        Misconception(
            "the 2 of ‖w‖² is not cancelled by the half in J",
            "differentiate the penalty with its factor λ/2 in front, and see what is left of it.",
            "The gradient",
            _gradient_with(penalty=2.0),
        ),
        Misconception(
            "the gradient of the loss is summed over the rows, not averaged",
            "repeat every row of the data once: J stays as it is, so its gradient must too.",
            "One λ for every n",
            _gradient_summed,
        ),
    ),
)


# --- ridge_fit ---


def _fit(X, y, lam):
    path = ridge_path(X, y, [lam])
    return path.coef[0], float(path.intercept[0])


def _fit_cases(rng: np.random.Generator) -> list[Case]:
    least = (
        "with λ = 0 the answer is least squares: the residuals sum to zero, alone and after "
        "multiplying them with any column of X"
    )
    idle = "a column that never varies explains nothing, so its coefficient is zero"
    shortest = (
        "X is singular and λ = 0, so many w fit equally well: the answer is the shortest of them, "
        "which solve and inv cannot find"
    )
    typical, zero, edges, singular = _FIT_RUBRIC

    def draw(n, p, lam, whole=False):
        return _rows(rng, n, p, whole), _answers(rng, n, whole), lam

    with_constant = _rows(rng, 6, 3)
    with_constant[:, 1] = 3.0
    twin = _rows(rng, 4, 1, whole=True).astype(float)
    return [
        Case(typical, "three rows, one feature", draw(3, 1, _penalty(rng))),
        Case(typical, "five rows, two features", draw(5, 2, _penalty(rng))),
        Case(typical, "nine rows, three features", draw(9, 3, _penalty(rng))),
        Case(typical, "nine rows, a large λ", draw(9, 3, round(10 * _penalty(rng), 1))),
        Case(zero, "λ = 0, one feature", draw(3, 1, 0.0), least),
        Case(zero, "λ = 0, two features", draw(7, 2, 0.0), least),
        Case(edges, "more features than rows", draw(3, 5, _penalty(rng))),
        Case(edges, "a constant column", (with_constant, _answers(rng, 6), _penalty(rng)), idle),
        Case(edges, "whole numbers", draw(5, 2, 2, whole=True)),
        Case(
            singular,
            "λ = 0 and the same column twice",
            (np.hstack([twin, twin]), _answers(rng, 4, whole=True).astype(float), 0.0),
            shortest,
        ),
        Case(singular, "λ = 0 and more features than rows", draw(4, 6, 0.0), shortest),
    ]


_FIT_RUBRIC = {
    "typical cases": 3,
    "λ = 0: least squares": 1,
    "whole numbers, a constant column, p > n": 1,
    "λ = 0 and a singular X: the shortest w": 1,
}


def _solve(X, y, penalty):
    """Minimise ‖y − Xw‖² + penalty · ‖w‖²; the shortest w where there are many."""
    rows = np.vstack([X, np.sqrt(penalty) * np.eye(X.shape[1])])
    return np.linalg.lstsq(rows, np.concatenate([y, np.zeros(X.shape[1])]))[0]


def _fit_with(penalty):
    """A fit whose total penalty is wrong: `penalty(n, lam)` where n · lam belongs."""

    def wrong(X, y, lam):
        w = _solve(X - X.mean(axis=0), y - y.mean(), penalty(len(y), lam))
        return w, y.mean() - X.mean(axis=0) @ w

    return wrong


def _fit_penalising_the_intercept(X, y, lam):
    w = _solve(np.column_stack([X, np.ones(len(y))]), y, len(y) * lam)
    return w[:-1], w[-1]


def _fit_standardising(X, y, lam):
    Z, mean, scale = standardize(X)
    w = _solve(Z, y - y.mean(), len(y) * lam) / scale
    return w, y.mean() - mean @ w


def _fit_uncentred(X, y, lam):
    w = _solve(X, y, len(y) * lam)
    return w, y.mean() - X.mean(axis=0) @ w


_FIT = Entry(
    name="ridge.ridge_fit",
    returns=("w", "b"),
    must="at the right w and b, both parts of the gradient of J are zero",
    reference=_fit,
    cases=_fit_cases,
    rubric=_FIT_RUBRIC,
    section="The closed form",
    builds_on=("ridge.ridge_gradient",),
    example=(np.array([[0.0], [2.0]]), np.array([1.0, 5.0]), 1.0),
    misconceptions=(
        Misconception(
            "the intercept is penalised",
            "add 1000 to every y: b should go up by 1000 and w stay as it is. See what yours does.",
            "Why the intercept is spared",
            _fit_penalising_the_intercept,
        ),
        Misconception(
            "there is no intercept",
            "add 1000 to every y: b should go up by 1000 and w stay as it is. See what yours does.",
            "The closed form",
            lambda X, y, lam: (_solve(X, y, len(y) * lam), 0.0),
        ),
        Misconception(
            "w is computed from an X that is not centred",
            "set the derivative with respect to b to zero first, put that b back into J, and see "
            "in which form X is left.",
            "The closed form",
            _fit_uncentred,
        ),
        Misconception(
            "the intercept is the mean of y, although X is not centred",
            "the line must pass through the point (x̄, ȳ) of the means: put x̄ into yours.",
            "The closed form",
            lambda X, y, lam: (_fit(X, y, lam)[0], y.mean()),
        ),
        Misconception(
            "λ is ignored",
            "compare your w at λ = 0 and at λ = 1000: the second should be much shorter.",
            "The closed form",
            _fit_with(lambda n, lam: 0.0),
        ),
        Misconception(
            "λ is not multiplied by n",
            "multiply both terms of J by 2n, so that the loss loses its factor, and see what "
            "becomes of λ/2.",
            "One λ for every n",
            _fit_with(lambda n, lam: lam),
        ),
        Misconception(
            "the penalty is twice what J asks for, λ‖w‖² for λ/2 ‖w‖²",
            "follow both halves of J through the derivative to the closed form.",
            "The closed form",
            _fit_with(lambda n, lam: 2 * n * lam),
        ),
        Misconception(
            "the columns are standardised on the way",
            "measure one feature in other units, such as grams for kilograms: at the same λ, the "
            "predictions of ridge must change. See whether yours do.",
            "Why scale first",
            _fit_standardising,
        ),
    ),
)


# --- standardize ---


def _standardize(X_train, X_new):
    Z_train, mean, scale = standardize(X_train)
    return Z_train, (X_new - mean) / scale


def _standardize_cases(rng: np.random.Generator) -> list[Case]:
    ruler = "the new rows are shifted and scaled by the numbers learnt from the training rows"
    idle = "a column that is constant in training is shifted and divided by 1"
    typical, edges, constant = _STANDARDIZE_RUBRIC

    def draw(n, m, p, whole=False):
        return _rows(rng, n, p, whole), _rows(rng, m, p, whole)

    def with_constant(n, m, p, column):
        X_train, X_new = draw(n, m, p)
        X_train[:, column] = 3.0
        X_new[:, column] = 3.0 + np.arange(m)
        return X_train, X_new

    return [
        Case(typical, "three rows and two new ones", draw(3, 2, 1)),
        Case(typical, "five rows and four new ones", draw(5, 4, 2), ruler),
        Case(typical, "four rows and seven new ones", draw(4, 7, 3), ruler),
        Case(edges, "one new row", (_rows(rng, 4, 2), _rows(rng, 2, 2)[:1]), ruler),
        Case(edges, "whole numbers", draw(4, 3, 2, whole=True), ruler),
        Case(constant, "a constant column", with_constant(4, 2, 2, 1), idle),
        Case(constant, "a constant column among three", with_constant(5, 3, 3, 0), idle),
    ]


_STANDARDIZE_RUBRIC = {
    "typical cases": 2,
    "whole numbers, a single new row": 1,
    "a column constant in training": 1,
}


def _one_for_zero(scale):
    return np.where(scale == 0, 1.0, scale)


def _scaled_by(statistics):
    """A standardisation whose `statistics(X_train, X_new)` give the wrong (mean, scale)."""

    def wrong(X_train, X_new):
        mean, scale = statistics(X_train, X_new)
        scale = _one_for_zero(scale)
        return (X_train - mean) / scale, (X_new - mean) / scale

    return wrong


def _joint(X_train, X_new):
    X = np.vstack([X_train, X_new])
    return X.mean(axis=0), X.std(axis=0)


def _each_by_itself(X_train, X_new):
    return tuple((X - X.mean(axis=0)) / _one_for_zero(X.std(axis=0)) for X in (X_train, X_new))


def _blown_up(args, value):
    """Whether new values of a column constant in training are huge: x / (0 + something tiny)."""
    X_train, X_new = args
    constant = X_train.min(axis=0) == X_train.max(axis=0)
    moved = X_new[:, constant] != X_train[0, constant]
    size = np.abs(np.asarray(value[1])[:, constant][moved])
    return bool(moved.any() and (size > 1e4).all() and np.isfinite(size).all())


_STANDARDIZE = Entry(
    name="ridge.standardize",
    returns=("Z_train", "Z_new"),
    must=(
        "each column of Z_train has mean 0 and standard deviation 1 (divisor n), and Z_new is "
        "measured with the same ruler"
    ),
    reference=_standardize,
    cases=_standardize_cases,
    rubric=_STANDARDIZE_RUBRIC,
    section="Why scale first",
    example=(np.array([[1.0, 3.0], [5.0, 3.0]]), np.array([[7.0, 4.0]])),
    misconceptions=(
        Misconception(
            "the new rows are scaled by their own mean and standard deviation",
            "standardise one new row alone, and ask what is left of it; then ask which numbers "
            "you have before any new row arrives.",
            "Scale inside the split",
            _each_by_itself,
        ),
        Misconception(
            "mean and standard deviation come from the training and new rows together",
            "change the new rows only: Z_train must not change, as new rows are not known yet "
            "when the scale is learnt.",
            "Scale inside the split",
            _scaled_by(_joint),
        ),
        Misconception(
            "the standard deviation has the divisor n − 1",
            "compute the standard deviation of (1, 5) by hand as the root of the mean squared "
            "distance to the mean, and compare it with yours.",
            "Why scale first",
            _scaled_by(lambda X, _: (X.mean(axis=0), X.std(axis=0, ddof=1))),
        ),
        Misconception(
            "the columns are divided by the variance",
            "think of units: a column in metres less its mean is in metres; find the divisor that "
            "leaves a number without unit.",
            "Why scale first",
            _scaled_by(lambda X, _: (X.mean(axis=0), X.var(axis=0))),
        ),
        Misconception(
            "one mean and one standard deviation serve all columns",
            "print the shape of your mean: there should be one number per column.",
            "Why scale first",
            _scaled_by(lambda X, _: (X.mean(), X.std())),
        ),
        Misconception(
            "the columns are centred but not scaled",
            "compute the standard deviation of each column of your Z_train.",
            "Why scale first",
            _scaled_by(lambda X, _: (X.mean(axis=0), np.ones(X.shape[1]))),
        ),
        Misconception(
            "a constant column is divided by a standard deviation of zero",
            "see what the standard deviation of such a column is, and which divisor would leave "
            "its centred values as they are.",
            "Why scale first",
            lambda X, new: (
                (X - X.mean(axis=0)) / X.std(axis=0),
                (new - X.mean(axis=0)) / X.std(axis=0),
            ),
        ),
        Misconception(
            "a tiny number is added to the standard deviation to avoid dividing by zero",
            "put a new row with another value in the constant column through your function, and "
            "look at the size of what comes out.",
            "Why scale first",
            lambda X, new: (
                (X - X.mean(axis=0)) / (X.std(axis=0) + 1e-8),
                (new - X.mean(axis=0)) / (X.std(axis=0) + 1e-8),
            ),
            recognise=_blown_up,
        ),
    ),
)


# --- ridge_path ---


def _path(X, y, lams):
    path = ridge_path(X, y, lams)
    return path.coef, path.intercept


def _penalties(rng: np.random.Generator, count: int) -> np.ndarray:
    """Draw different λ in ascending order."""
    return np.cumsum(rng.uniform(0.3, 1.5, count)).round(2)


def _path_cases(rng: np.random.Generator) -> list[Case]:
    order = "row k of W and entry k of b belong to lams[k], in whatever order the λ come"
    single = "one λ makes a W of one row and a b of one entry"
    idle = "a column that never varies explains nothing, so its coefficient is zero at every λ"
    shortest = (
        "X is singular, so many w fit equally well at λ = 0: its row is the shortest of them, as "
        "in ridge_fit"
    )
    typical, mixed, edges, singular = _PATH_RUBRIC

    def draw(n, p, lams, whole=False):
        return _rows(rng, n, p, whole), _answers(rng, n, whole), np.asarray(lams)

    def with_zero(count):
        return np.append(0.0, _penalties(rng, count))

    with_constant = _rows(rng, 6, 3)
    with_constant[:, 1] = 3.0
    twin = _rows(rng, 4, 1, whole=True).astype(float)
    low, high = _penalties(rng, 2)
    return [
        Case(typical, "three rows, one feature, two λ", draw(3, 1, _penalties(rng, 2))),
        Case(typical, "five rows, two features, three λ", draw(5, 2, _penalties(rng, 3))),
        Case(typical, "nine rows, three features, λ = 0 first", draw(9, 3, with_zero(3))),
        Case(mixed, "λ that descend", draw(4, 2, _penalties(rng, 3)[::-1].copy()), order),
        Case(mixed, "λ in no order", draw(5, 2, _penalties(rng, 4)[[2, 0, 3, 1]]), order),
        Case(mixed, "a λ that comes twice", draw(5, 2, [high, low, high]), order),
        Case(edges, "a single λ", draw(4, 2, [_penalty(rng)]), single),
        Case(edges, "more features than rows", draw(3, 5, _penalties(rng, 2))),
        Case(
            edges,
            "a constant column",
            (with_constant, _answers(rng, 6), _penalties(rng, 2)),
            idle,
        ),
        Case(edges, "whole numbers", draw(5, 2, [1, 3], whole=True)),
        Case(
            singular,
            "λ = 0 and the same column twice",
            (np.hstack([twin, twin]), _answers(rng, 4, whole=True).astype(float), with_zero(2)),
            shortest,
        ),
        Case(singular, "λ = 0 and more features than rows", draw(4, 6, with_zero(2)), shortest),
    ]


_PATH_RUBRIC = {
    "typical cases": 2,
    "the order of lams": 1,
    "a single λ, whole numbers, a constant column, p > n": 1,
    "λ = 0 and a singular X: the shortest w": 1,
}


def _path_of(fit):
    """A path made of a fit for each λ."""

    def wrong(X, y, lams):
        fits = [fit(X, y, lam) for lam in lams]
        return np.array([w for w, _ in fits]), np.array([b for _, b in fits])

    return wrong


def _path_of_one_array(X, y, lams):
    """The list of all w holds one and the same array, filled anew for each λ."""
    W, b = _path(X, y, lams)
    return np.tile(W[-1], (len(lams), 1)), b


def _path_shrunk_alike(X, y, lams):
    W = _fit(X, y, 0.0)[0] / (1 + lams[:, None])
    return W, y.mean() - W @ X.mean(axis=0)


_PATH = Entry(
    name="ridge.ridge_path",
    returns=("W", "b"),
    must="row k of W and entry k of b are the ridge fit at lams[k], whatever the other λ are",
    reference=_path,
    cases=_path_cases,
    rubric=_PATH_RUBRIC,
    section="Shorter, but not smaller one by one",
    builds_on=("ridge.ridge_fit",),
    example=(np.array([[0.0], [2.0]]), np.array([1.0, 5.0]), np.array([1.0, 0.0, 3.0])),
    misconceptions=(
        Misconception(
            "the rows of W are the features, and its columns the λ",
            "print the shape of W for two features and three λ, and hold it against the table "
            "above the function.",
            "Shorter, but not smaller one by one",
            lambda X, y, lams: (_path(X, y, lams)[0].T, _path(X, y, lams)[1]),
        ),
        Misconception(
            "the answers come in ascending order of λ",
            "call it with the same λ in two orders, and see which row of W belongs to which λ.",
            "Shorter, but not smaller one by one",
            lambda X, y, lams: _path(X, y, np.sort(lams)),
        ),
        Misconception(
            "every row of W holds the w of the last λ",
            "print W inside your loop, after each turn: does a turn change the rows before it?",
            "Shorter, but not smaller one by one",
            _path_of_one_array,
        ),
        Misconception(
            "the penalties add up from one λ to the next",
            "call it with lams = [1, 1]: both rows must be the same; then look for something that "
            "your loop changes and the next turn uses again.",
            "The closed form",
            lambda X, y, lams: _path(X, y, np.cumsum(lams)),
        ),
        Misconception(
            "w is computed from an X that is not centred",
            "add 1000 to one column of X: every b should change, and W stay as it is.",
            "The closed form",
            _path_of(_fit_uncentred),
        ),
        Misconception(
            "the intercept is the mean of y for every λ",
            "each of the fits must pass through the point (x̄, ȳ) of the means: put x̄ into yours.",
            "The closed form",
            lambda X, y, lams: (_path(X, y, lams)[0], np.full(len(lams), y.mean())),
        ),
        Misconception(
            "λ is not multiplied by n",
            "enter every row of the data twice: the path must stay as it is. See what yours does.",
            "One λ for every n",
            _path_of(_fit_with(lambda n, lam: lam)),
        ),
        Misconception(
            "all coefficients of least squares are divided by the same number, 1 + λ",
            "for two features, divide your w at λ = 1 by your w at λ = 0, entry by entry: on most "
            "data the two ratios must differ.",
            "What λ does to each direction",
            _path_shrunk_alike,
        ),
    ),
)


# --- shrinkage_factors ---


def _spread(X):
    """The singular values of the centred X, descending."""
    return np.linalg.svd(X - X.mean(axis=0), compute_uv=False)


def _factors(X, lam):
    s = _spread(X)
    return s**2 / (s**2 + len(X) * lam)


def _one_column_constant(rng: np.random.Generator, n: int, p: int) -> np.ndarray:
    X = _rows(rng, n, p)
    X[:, 0] = 3.0
    return X


def _factors_cases(rng: np.random.Generator) -> list[Case]:
    nothing = "with λ = 0 nothing is shrunk: no direction has a variance of zero here"
    idle = "a column that never varies adds a direction without variance: its factor is zero"
    few = (
        "there are min(n, p) factors, and n centred rows vary along n − 1 directions at most, so "
        "that the last factor is zero"
    )
    typical, edges, wide = _FACTORS_RUBRIC

    def draw(n, p, lam, whole=False):
        return _rows(rng, n, p, whole), lam

    return [
        Case(typical, "three rows, one feature", draw(3, 1, _penalty(rng))),
        Case(typical, "five rows, two features", draw(5, 2, _penalty(rng))),
        Case(typical, "nine rows, three features", draw(9, 3, _penalty(rng))),
        Case(typical, "nine rows, a large λ", draw(9, 3, round(10 * _penalty(rng), 1))),
        Case(edges, "λ = 0", draw(5, 2, 0.0), nothing),
        Case(edges, "whole numbers", draw(4, 2, 2, whole=True)),
        Case(edges, "a constant column", (_one_column_constant(rng, 5, 2), _penalty(rng)), idle),
        Case(wide, "as many features as rows", draw(3, 3, _penalty(rng)), few),
        Case(wide, "more features than rows", draw(3, 5, _penalty(rng)), few),
    ]


_FACTORS_RUBRIC = {
    "typical cases": 2,
    "λ = 0, whole numbers, a constant column": 1,
    "p ≥ n: as many factors as rows": 1,
}


def _factors_by(formula):
    """Factors from a wrong formula in s and in nλ."""
    return lambda X, lam: formula(_spread(X), len(X) * lam)


def _factors_uncentred(X, lam):
    s = np.linalg.svd(X, compute_uv=False)
    return s**2 / (s**2 + len(X) * lam)


def _factors_of_columns(X, lam):
    return X.var(axis=0) / (X.var(axis=0) + lam)


_FACTORS = Entry(
    name="ridge.shrinkage_factors",
    returns=("f",),
    must=(
        "the factors lie between 0 and 1, the first belongs to the direction along which the rows "
        "vary most, and a direction whose variance is λ is halved"
    ),
    reference=_factors,
    cases=_factors_cases,
    rubric=_FACTORS_RUBRIC,
    section="What λ does to each direction",
    example=(np.array([[5.0, 3.0], [1.0, 3.0], [5.0, 1.0], [1.0, 1.0]]), 1.0),
    misconceptions=(
        Misconception(
            "the columns of X are not centred",
            "add 1000 to one column of X: the rows vary as before, so no factor should change.",
            "What λ does to each direction",
            _factors_uncentred,
        ),
        Misconception(
            "the factors come in ascending order",
            "find the direction along which the rows of the example vary most, and see where its "
            "factor stands.",
            "What λ does to each direction",
            lambda X, lam: _factors(X, lam)[::-1],
        ),
        Misconception(
            "λ is not multiplied by n",
            "enter every row twice: s² becomes twice as large, and no factor should change.",
            "One λ for every n",
            lambda X, lam: _spread(X) ** 2 / (_spread(X) ** 2 + lam),
        ),
        Misconception(
            "the singular values are not squared",
            "give X a unit, such as metres: a factor is a pure number, so what stands beside nλ "
            "must have the unit of a variance.",
            "What λ does to each direction",
            _factors_by(lambda s, penalty: s / (s + penalty)),
        ),
        Misconception(
            "eigenvalues of XᵀX are taken for singular values",
            "compute both for the matrix [[3.0]], which has the singular value 3.",
            "What λ does to each direction",
            _factors_by(lambda s, penalty: s**4 / (s**4 + penalty)),
        ),
        Misconception(
            "the factors are those that lead from Uᵀy to w, s/(s² + nλ)",
            "put λ = 0 into your formula: ridge is least squares then, so which share of it is "
            "left?",
            "What λ does to each direction",
            _factors_by(lambda s, penalty: s / (s**2 + penalty)),
        ),
        Misconception(
            "the factors say what is taken away, not what is left",
            "put λ = 0 into your formula: ridge is least squares then, so which share of it is "
            "left?",
            "What λ does to each direction",
            _factors_by(lambda s, penalty: penalty / (s**2 + penalty)),
        ),
        Misconception(
            "the columns are taken for the directions",
            "take an X of two equal columns: its rows vary along a single direction. See what "
            "your factors say.",
            "What λ does to each direction",
            _factors_of_columns,
        ),
    ),
)


# --- effective_dof ---


def _dof(X, lam):
    return float(_factors(X, lam).sum())


def _dof_cases(rng: np.random.Generator) -> list[Case]:
    full = "with λ = 0 least squares spends one degree of freedom on each of its coefficients"
    idle = "a column that never varies spends no degree of freedom"
    wide = "n centred rows vary along n − 1 directions at most, so it is below n − 1"
    typical, edges = _DOF_RUBRIC

    def draw(n, p, lam, whole=False):
        return _rows(rng, n, p, whole), lam

    return [
        Case(typical, "three rows, one feature", draw(3, 1, _penalty(rng))),
        Case(typical, "five rows, two features", draw(5, 2, _penalty(rng))),
        Case(typical, "nine rows, three features", draw(9, 3, _penalty(rng))),
        Case(typical, "nine rows, a large λ", draw(9, 3, round(10 * _penalty(rng), 1))),
        Case(edges, "λ = 0", draw(6, 2, 0.0), full),
        Case(edges, "whole numbers", draw(4, 2, 2, whole=True)),
        Case(edges, "a constant column", (_one_column_constant(rng, 5, 2), _penalty(rng)), idle),
        Case(edges, "more features than rows", draw(3, 5, _penalty(rng)), wide),
    ]


_DOF_RUBRIC = {
    "typical cases": 2,
    "λ = 0, whole numbers, a constant column, p > n": 1,
}


_DOF = Entry(
    name="ridge.effective_dof",
    returns=("dof",),
    must=(
        "it falls from the rank of the centred X, at λ = 0, towards 0 as λ grows, and does not "
        "count the intercept"
    ),
    reference=_dof,
    cases=_dof_cases,
    rubric=_DOF_RUBRIC,
    section="Effective degrees of freedom",
    builds_on=("ridge.shrinkage_factors",),
    example=(np.array([[5.0, 3.0], [1.0, 3.0], [5.0, 1.0], [1.0, 1.0]]), 1.0),
    misconceptions=(
        Misconception(
            "the intercept is counted",
            "let λ become huge, so that w is zero: what does your number fall to, and what should "
            "it?",
            "Effective degrees of freedom",
            lambda X, lam: 1 + _dof(X, lam),
        ),
        Misconception(
            "coefficients are counted, whatever λ is",
            "compare your number at λ = 0 and at λ = 1000: the second fit hardly follows the data "
            "at all.",
            "Effective degrees of freedom",
            lambda X, lam: float(X.shape[1]),
        ),
        Misconception(
            "the columns of X are not centred",
            "add 1000 to one column of X: the rows vary as before, so your number should stay as "
            "it is.",
            "What λ does to each direction",
            lambda X, lam: _factors_uncentred(X, lam).sum(),
        ),
        Misconception(
            "λ is not multiplied by n",
            "enter every row twice: every s² becomes twice as large, and your number should stay "
            "as it is.",
            "One λ for every n",
            lambda X, lam: (_spread(X) ** 2 / (_spread(X) ** 2 + lam)).sum(),
        ),
        Misconception(
            "the singular values are not squared",
            "give X a unit, such as metres: a share is a pure number, so what stands beside nλ "
            "must have the unit of a variance.",
            "What λ does to each direction",
            lambda X, lam: (_spread(X) / (_spread(X) + len(X) * lam)).sum(),
        ),
        Misconception(
            "the factors are squared before they are added",
            "compute the trace of the matrix that makes the fitted values out of y, and compare.",
            "Effective degrees of freedom",
            lambda X, lam: (_factors(X, lam) ** 2).sum(),
        ),
        Misconception(
            "what the residuals keep is counted, n less the sum",
            "compare your number at λ = 0 and at λ = 1000: which of the two fits is freer?",
            "Effective degrees of freedom",
            lambda X, lam: len(X) - _dof(X, lam),
        ),
        Misconception(
            "the shares that are taken away are added, not those that are left",
            "compare your number at λ = 0 and at λ = 1000: which of the two fits is freer?",
            "Effective degrees of freedom",
            lambda X, lam: (1 - _factors(X, lam)).sum(),
        ),
    ),
)


ASSIGNMENT = Assignment(
    name="ridge",
    chapter="Penalties and ridge",
    available=("check", "data", "widgets.tune"),
    entries=(_OBJECTIVE, _GRADIENT, _FIT, _STANDARDIZE, _PATH, _FACTORS, _DOF),
)
