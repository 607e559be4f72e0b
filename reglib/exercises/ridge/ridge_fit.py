"""Ridge regression in closed form."""

import numpy as np

import reglib
from reglib.checks.entry import Case, Entry, Misconception
from reglib.exercises import draws


def ridge_fit(X, y, lam):
    path = reglib.ridge_path(X, y, [lam])
    return path.coef[0], float(path.intercept[0])


RUBRIC = {
    "typical cases": 3,
    "λ = 0: least squares": 1,
    "whole numbers, a constant column, p > n": 1,
    "λ = 0 and a singular X: the shortest w": 1,
}


def cases(rng: np.random.Generator) -> list[Case]:
    least = (
        "with λ = 0 the answer is least squares: the residuals sum to zero, alone and after "
        "multiplying them with any column of X"
    )
    idle = "a column that never varies explains nothing, so its coefficient is zero"
    shortest = (
        "X is singular and λ = 0, so many w fit equally well: the answer is the shortest of them, "
        "which solve and inv cannot find"
    )
    typical, zero, edges, singular = RUBRIC

    def draw(n, p, lam, whole=False):
        return *draws.problem(rng, n, p, whole, least=0), lam

    def twins():
        y = draws.answers(rng, 4, whole=True, least=0)
        return np.hstack([twin, twin]), y.astype(float)

    with_constant = draws.rows(rng, 6, 3, least=0)
    with_constant[:, 1] = 3.0
    twin = draws.rows(rng, 4, 1, whole=True, least=0).astype(float)
    return [
        Case(typical, "three rows, one feature", draw(3, 1, draws.penalty(rng))),
        Case(typical, "five rows, two features", draw(5, 2, draws.penalty(rng))),
        Case(typical, "nine rows, three features", draw(9, 3, draws.penalty(rng))),
        Case(typical, "nine rows, a large λ", draw(9, 3, round(10 * draws.penalty(rng), 1))),
        Case(zero, "λ = 0, one feature", draw(3, 1, 0.0), least),
        Case(zero, "λ = 0, two features", draw(7, 2, 0.0), least),
        Case(edges, "more features than rows", draw(3, 5, draws.penalty(rng))),
        Case(
            edges,
            "a constant column",
            (with_constant, draws.answers(rng, 6, least=0), draws.penalty(rng)),
            idle,
        ),
        Case(edges, "whole numbers", draw(5, 2, 2, whole=True)),
        Case(
            singular,
            "λ = 0 and the same column twice",
            (*twins(), 0.0),
            shortest,
        ),
        Case(singular, "λ = 0 and more features than rows", draw(4, 6, 0.0), shortest),
    ]


def _solve(X, y, penalty):
    """Minimise ‖y − Xw‖² + penalty · ‖w‖²; the shortest w where there are many."""
    rows = np.vstack([X, np.sqrt(penalty) * np.eye(X.shape[1])])
    return np.linalg.lstsq(rows, np.concatenate([y, np.zeros(X.shape[1])]))[0]


def fit_with(penalty):
    """A fit whose total penalty is wrong: `penalty(n, lam)` where n · lam belongs."""

    def wrong(X, y, lam):
        w = _solve(X - X.mean(axis=0), y - y.mean(), penalty(len(y), lam))
        return w, y.mean() - X.mean(axis=0) @ w

    return wrong


def _penalising_the_intercept(X, y, lam):
    w = _solve(np.column_stack([X, np.ones(len(y))]), y, len(y) * lam)
    return w[:-1], w[-1]


def _standardising(X, y, lam):
    Z, mean, scale = reglib.standardize(X)
    w = _solve(Z, y - y.mean(), len(y) * lam) / scale
    return w, y.mean() - mean @ w


def fit_uncentred(X, y, lam):
    w = _solve(X, y, len(y) * lam)
    return w, y.mean() - X.mean(axis=0) @ w


ENTRY = Entry(
    name="ridge.ridge_fit",
    place=3,
    returns=("w", "b"),
    must="at the right w and b, both parts of the gradient of J are zero",
    reference=ridge_fit,
    cases=cases,
    rubric=RUBRIC,
    section="ridge-closed-form",
    builds_on=("ridge.ridge_gradient",),
    example=(np.array([[0.0], [2.0]]), np.array([1.0, 5.0]), 1.0),
    misconceptions=(
        Misconception(
            "the intercept is penalised",
            "add 1000 to every y: b should go up by 1000 and w stay as it is. See what yours does.",
            "unpenalised-intercept",
            _penalising_the_intercept,
        ),
        Misconception(
            "there is no intercept",
            "add 1000 to every y: b should go up by 1000 and w stay as it is. See what yours does.",
            "ridge-closed-form",
            lambda X, y, lam: (_solve(X, y, len(y) * lam), 0.0),
        ),
        Misconception(
            "w is computed from an X that is not centred",
            "set the derivative with respect to b to zero first, put that b back into J, and see "
            "in which form X is left.",
            "ridge-closed-form",
            fit_uncentred,
        ),
        Misconception(
            "the intercept is the mean of y, although X is not centred",
            "the line must pass through the point (x̄, ȳ) of the means: put x̄ into yours.",
            "ridge-closed-form",
            lambda X, y, lam: (ridge_fit(X, y, lam)[0], y.mean()),
        ),
        Misconception(
            "λ is ignored",
            "compare your w at λ = 0 and at λ = 1000: the second should be much shorter.",
            "ridge-closed-form",
            fit_with(lambda n, lam: 0.0),
        ),
        Misconception(
            "λ is not multiplied by n",
            "multiply both terms of J by 2n, so that the loss loses its factor, and see what "
            "becomes of λ/2.",
            "lambda-and-n",
            fit_with(lambda n, lam: lam),
        ),
        Misconception(
            "the penalty is twice what J asks for, λ‖w‖² for λ/2 ‖w‖²",
            "follow both halves of J through the derivative to the closed form.",
            "ridge-closed-form",
            fit_with(lambda n, lam: 2 * n * lam),
        ),
        Misconception(
            "the columns are standardised on the way",
            "measure one feature in other units, such as grams for kilograms: at the same λ, the "
            "predictions of ridge must change. See whether yours do.",
            "scale-first",
            _standardising,
        ),
    ),
)
