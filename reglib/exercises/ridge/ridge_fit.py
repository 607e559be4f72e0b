"""Ridge regression in closed form."""

from functools import partial

import numpy as np

import reglib
from reglib.checks.entry import Case, Entry, Misconception
from reglib.exercises import draws
from reglib.exercises.choices import as_choices, intercepts, strengths, twins


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

    def shifted(n, p, of_x, of_y):
        X, y, lam = draw(n, p, draws.penalty(rng))
        return (X + of_x).round(1), (y + of_y).round(1), lam

    with_constant = draws.rows(rng, 6, 3, least=0)
    with_constant[:, 1] = 3.0
    twin = draws.rows(rng, 4, 1, whole=True, least=0).astype(float)
    return [
        Case(typical, "three rows, one feature", draw(3, 1, draws.penalty(rng))),
        Case(typical, "five rows, two features", draw(5, 2, draws.penalty(rng))),
        Case(typical, "nine rows, three features", draw(9, 3, draws.penalty(rng))),
        Case(typical, "nine rows, a large λ", draw(9, 3, round(10 * draws.penalty(rng), 1))),
        Case(typical, "answers far below zero", shifted(6, 2, 0, -50)),
        Case(typical, "features far above zero", shifted(7, 3, 1000, 0)),
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
    if penalty < 0:
        return np.linalg.solve(X.T @ X + penalty * np.eye(X.shape[1]), X.T @ y)
    rows = np.vstack([X, np.sqrt(penalty) * np.eye(X.shape[1])])
    return np.linalg.lstsq(rows, np.concatenate([y, np.zeros(X.shape[1])]))[0]


def formula(
    X,
    y,
    lam,
    *,
    strength=lambda n, p, lam: lam,
    used=lambda X: X - X.mean(axis=0),
    answers=lambda y: y - y.mean(),
    back=lambda w, X: w,
    intercept=lambda X, y, w: y.mean() - X.mean(axis=0) @ w,
):
    """`used` and `answers` are what w is computed from, `back` what becomes of w then."""
    n, p = X.shape
    w = back(_solve(used(X), answers(y), n * strength(n, p, lam)), X)
    return w, intercept(X, y, w)


def _penalising_the_intercept(X, y, lam):
    w = _solve(np.column_stack([X, np.ones(len(y))]), y, len(y) * lam)
    return w[:-1], w[-1]


def fit_uncentred(X, y, lam):
    w = _solve(X, y, len(y) * lam)
    return w, y.mean() - X.mean(axis=0) @ w


def _sd(X, ddof=0):
    return np.where(np.ptp(X, axis=0) == 0, 1.0, X.std(axis=0, ddof=ddof))


def _standardised(X):
    return (X - X.mean(axis=0)) / _sd(X)


SHIFT = "add 1000 to every y: b should go up by 1000 and w stay as it is. See what yours does."
_CENTRE = (
    "set the derivative with respect to b to zero first, put that b back into J, and see in which "
    "form X and y are left."
)
_STRENGTH = (
    "multiply both terms of J by 2n, so that the loss loses its factor, and see what becomes of "
    "λ/2; then compare your w at λ = 0 and at λ = 1000."
)
_UNITS = (
    "measure one feature in other units, such as grams for kilograms: at the same λ, the "
    "predictions of ridge must change. See whether yours do."
)
CHOICES = {
    "strength": strengths("lambda-and-n", _STRENGTH),
    "used": as_choices(
        (
            "w is computed from an X that is not centred, and a y that is",
            _CENTRE,
            "ridge-closed-form",
            lambda X: X,
        ),
        (
            "one mean, of all entries of X, is subtracted from all of them",
            _CENTRE,
            "ridge-closed-form",
            lambda X: X - X.mean(),
        ),
        (
            "X is centred row by row, not column by column",
            _CENTRE,
            "ridge-closed-form",
            lambda X: X - X.mean(axis=1, keepdims=True),
        ),
    ),
    "answers": as_choices(
        ("y is left out of the closed form", _CENTRE, "ridge-closed-form", np.ones_like),
    ),
    "back": as_choices(
        ("w has the wrong sign, and b follows it", _CENTRE, "ridge-closed-form", lambda w, X: -w),
    ),
    "intercept": intercepts("ridge-closed-form"),
}

TWINS = twins(
    "book/penalties/ridge",
    {
        "limit": (
            "the intercept is penalised",
            "there is no intercept",
            "there is an intercept of zero",
        ),
        "pencil": (
            "λ is not multiplied by n",
            "λ is ignored",
            "the penalty is twice what J asks for, λ‖w‖² for λ/2 ‖w‖²",
        ),
        "sklearn": ("λ is multiplied by n²",),
        "units": (
            "the columns are standardised on the way",
            "the columns are standardised with the divisor n − 1 on the way",
            "the columns are standardised, and w is not scaled back",
            "the columns are standardised, and the intercept belongs to the standardised ones",
        ),
    },
)


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
            SHIFT,
            "unpenalised-intercept",
            _penalising_the_intercept,
        ),
        Misconception(
            "there is no intercept",
            SHIFT,
            "ridge-closed-form",
            lambda X, y, lam: (_solve(X, y, len(y) * lam), 0.0),
        ),
        Misconception(
            "w is computed from an X that is not centred",
            _CENTRE,
            "ridge-closed-form",
            fit_uncentred,
        ),
        Misconception(
            "the columns are standardised on the way",
            _UNITS,
            "scale-first",
            partial(formula, used=_standardised, back=lambda w, X: w / _sd(X)),
        ),
        Misconception(
            "the columns are standardised with the divisor n − 1 on the way",
            _UNITS,
            "scale-first",
            partial(
                formula,
                used=lambda X: (X - X.mean(axis=0)) / _sd(X, 1),
                back=lambda w, X: w / _sd(X, 1),
            ),
        ),
        Misconception(
            "the columns are standardised, and w is not scaled back",
            _UNITS,
            "scale-first",
            partial(formula, used=_standardised),
        ),
        Misconception(
            "the columns are standardised, and the intercept belongs to the standardised ones",
            _UNITS,
            "scale-first",
            partial(formula, used=_standardised, intercept=lambda X, y, w: y.mean()),
        ),
    ),
    formula=formula,
    choices=CHOICES,
    twins=TWINS,
)
