"""The elastic net, by coordinate descent until it is there."""

from functools import partial

import numpy as np

from reglib.checks.entry import Case, Entry, Misconception
from reglib.exercises import draws, fits
from reglib.exercises.choices import as_choices
from reglib.exercises.lasso import coordinate_update
from reglib.exercises.lasso.lambda_max import lambda_max


def elastic_net_fit(X, y, lam, l1_ratio):
    return fits.centred(X, y, *fits.parts(lam, l1_ratio))


RUBRIC = {
    "typical cases": 3,
    "ρ = 1 and ρ = 0": 1,
    "a constant column, equal columns, whole numbers, p > n": 1,
    "features that are alike: run until it is there": 1,
}


def cases(rng: np.random.Generator) -> list[Case]:
    typical, ends, edges, alike = RUBRIC
    lasso, ridge = "with ρ = 1 the answer is the lasso's", "with ρ = 0 the answer is ridge's"
    twins = "two equal columns have equal coefficients: no other split has as small a J"
    idle = "a column that never varies explains nothing, so its coefficient is zero"
    late_must = "a feature may come in later: its covariance changes as the others move"
    far = "the minimum is reached, also where it takes many sweeps to get there"

    def draw(n, p, share, l1_ratio, whole=False):
        """Arguments with λρ (at ρ = 0: λ) at about this share of the lasso's λ_max."""
        while True:
            X, y = draws.problem(rng, n, p, whole, cond=4)
            lam = share * lambda_max(X, y) / (l1_ratio or 1)
            if lambda_max(X, y) > 1.2:
                return X, y, max(1, int(lam)) if whole else round(lam, 2), l1_ratio

    def constant(l1_ratio):
        X, *others = draw(6, 3, 0.2, l1_ratio)
        X[:, 1] = 3.0
        return X, *others

    def lower(X, y, *others):
        """The same with an intercept that is far below zero."""
        return X, (y - 40).round(1), *others

    def late():
        """A feature that is out in the first sweep, and in at the end."""
        while True:
            args = draw(8, 3, 0.25, 0.9)
            first, w = fits.after(1)(*args)[0], elastic_net_fit(*args)[0]
            if ((first == 0) & (np.abs(w) > 0.1)).any():
                return args

    X, y, lam, _ = draw(5, 1, 0.2, 0.7)
    return [
        Case(typical, "three rows, one feature", draw(3, 1, 0.3, 0.7)),
        Case(typical, "six rows, two features", draw(6, 2, 0.2, 0.3)),
        Case(typical, "nine rows, three features, y below zero", lower(*draw(9, 3, 0.1, 0.8))),
        Case(typical, "twelve rows, five features", draw(12, 5, 0.2, 0.4)),
        Case(typical, "a feature that comes in after the first sweep", late(), late_must),
        Case(ends, "ρ = 1", draw(7, 3, 0.3, 1.0), lasso),
        Case(ends, "ρ = 0", draw(7, 3, 0.3, 0.0), ridge),
        Case(ends, "ρ = 0, a whole number", draw(5, 2, 0.4, 0), ridge),
        Case(edges, "a constant column", constant(0.6), idle),
        Case(edges, "a constant column, ρ = 1", constant(1.0), idle),
        Case(edges, "a constant column, ρ = 0", constant(0.0), idle),
        Case(edges, "the same column twice", (np.hstack([X, X]), y, lam, 0.7), twins),
        Case(edges, "more features than rows", draw(4, 6, 0.3, 0.8)),
        Case(edges, "whole numbers", draw(7, 2, 0.5, 0.8, whole=True)),
        Case(alike, "three features that are alike", (*fits.alike(rng), 0.06, 0.9), far),
        Case(alike, "the same, other rows", (*fits.alike(rng, 10), 0.2, 0.8), far),
    ]


_SPLIT = "ask what is left of each part of J at ρ = 0 and at ρ = 1, and what of your update."
_PENCIL = "differentiate the L2 part with its ½, and see what stands in the denominator then."
CHOICES = {
    "strength": fits.STRENGTHS,
    "l1": as_choices(
        (
            "the threshold is λ, not the share of it that L1 has",
            "ask what is left of the L1 part of J at ρ = 0, and what your threshold is there.",
            "elastic-net",
            lambda lam, rho, n: lam,
        ),
        (
            "the threshold is λ(1 − ρ), not λρ",
            _SPLIT,
            "elastic-net",
            lambda lam, rho, n: lam * (1 - rho),
        ),
        ("the threshold is λρ/2", _SPLIT, "elastic-net", lambda lam, rho, n: lam * rho / 2),
        ("the threshold is 2λρ", _SPLIT, "elastic-net", lambda lam, rho, n: 2 * lam * rho),
        ("the threshold is ρ, without λ", _SPLIT, "elastic-net", lambda lam, rho, n: rho),
        ("there is no threshold", _SPLIT, "elastic-net", lambda lam, rho, n: 0.0),
        ("ρ is squared in the threshold", _SPLIT, "elastic-net", lambda lam, rho, n: lam * rho**2),
        ("the threshold is nλρ", _SPLIT, "lambda-and-n", lambda lam, rho, n: n * lam * rho),
        ("the threshold is λρ/n", _SPLIT, "lambda-and-n", lambda lam, rho, n: lam * rho / n),
    ),
    "l2": as_choices(
        (
            "the half of the L2 part is lost",
            _PENCIL,
            "elastic-net",
            lambda lam, rho, n: 2 * lam * (1 - rho),
        ),
        (
            "the L2 part is halved once too often",
            _PENCIL,
            "elastic-net",
            lambda lam, rho, n: lam * (1 - rho) / 2,
        ),
        ("the L2 part is left out", _SPLIT, "elastic-net", lambda lam, rho, n: 0.0),
        (
            "the L2 part is λ/2 ‖w‖², not the share 1 − ρ of it",
            _SPLIT,
            "elastic-net",
            lambda lam, rho, n: lam,
        ),
        (
            "the L2 part has the share ρ, not 1 − ρ",
            _SPLIT,
            "elastic-net",
            lambda lam, rho, n: lam * rho,
        ),
        (
            "1 − ρ is added to the divisor, without λ",
            _SPLIT,
            "elastic-net",
            lambda lam, rho, n: 1 - rho,
        ),
        (
            "the L2 part is multiplied by n",
            _SPLIT,
            "lambda-and-n",
            lambda lam, rho, n: n * lam * (1 - rho),
        ),
        (
            "the L2 part is divided by n",
            _SPLIT,
            "lambda-and-n",
            lambda lam, rho, n: lam * (1 - rho) / n,
        ),
        (
            "1 − ρ is squared in the L2 part",
            _SPLIT,
            "elastic-net",
            lambda lam, rho, n: lam * (1 - rho) ** 2,
        ),
        (
            "λ is squared in the L2 part",
            _SPLIT,
            "elastic-net",
            lambda lam, rho, n: lam**2 * (1 - rho),
        ),
    ),
    **fits.PLACES,
}


def _stretched(by):
    """The fit whose w is multiplied by `by(λ, ρ)` at the end."""

    def wrong(X, y, lam, l1_ratio):
        w, _ = elastic_net_fit(X, y, lam, l1_ratio)
        return fits.with_intercept(X, y, w * by(lam, l1_ratio))

    return wrong


def _shrunk_instead_of_divided(X, y, lam, l1_ratio):
    """A threshold, and then a division by 1 + λ(1 − ρ), as if the features had variance 1."""
    w, _ = fits.centred(X, y, lam * l1_ratio, 0.0)
    return fits.with_intercept(X, y, w / (1 + lam * (1 - l1_ratio)))


def _averaging(X, y, lam, l1_ratio):
    lasso, _ = fits.centred(X, y, lam, 0.0)
    ridge, _ = fits.centred(X, y, 0.0, lam)
    return fits.with_intercept(X, y, l1_ratio * lasso + (1 - l1_ratio) * ridge)


def _divided_by(divisor):
    """An update whose divisor is `divisor(a, λ, ρ)` where a + λ(1 − ρ) belongs."""

    def update(j, w, X, y, lam, l1_ratio):
        def of(x, _):
            return divisor(x @ x / len(x), lam, l1_ratio)

        return coordinate_update.formula(j, w, X, y, lam * l1_ratio, divisor=of)

    return update


def _of_update(name: str, update) -> Misconception:
    return Misconception(
        name, _PENCIL, "elastic-net", fits.after(fits.SWEEPS, update), None, fits.leaving(update)
    )


ENTRY = Entry(
    name="lasso.elastic_net_fit",
    place=7,
    returns=("w", "b"),
    must="no other w and b have a smaller J, in which ρ is the share of L1",
    reference=elastic_net_fit,
    cases=cases,
    rubric=RUBRIC,
    section="elastic-net",
    builds_on=("lasso.lasso_fit",),
    example=(
        np.array([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]]),
        np.array([5.5, 4.5, 1.5, 0.5]),
        0.5,
        0.5,
    ),
    compare=fits.agree,
    look=fits.look,
    misconceptions=(
        fits.PENALISED,
        fits.UNCENTRED,
        *fits.STANDARDISING,
        Misconception(
            "ρ and 1 − ρ are swapped",
            "ask of your code which fit it gives at ρ = 1, and compare that with `lasso_fit`.",
            "elastic-net",
            lambda X, y, lam, rho: fits.formula(X, y, lam, 1 - rho),
        ),
        Misconception(
            "ρ is ignored: the fit is the lasso's",
            _SPLIT,
            "elastic-net",
            lambda X, y, lam, rho: fits.formula(X, y, lam, 1.0),
        ),
        Misconception(
            "ρ is ignored: the fit is ridge's",
            _SPLIT,
            "elastic-net",
            lambda X, y, lam, rho: fits.formula(X, y, lam, 0.0),
        ),
        Misconception(
            "ρ is ignored: both parts have the whole of λ",
            _SPLIT,
            "elastic-net",
            partial(fits.formula, l1=lambda lam, rho, n: lam, l2=lambda lam, rho, n: lam),
        ),
        Misconception(
            "the fits of the lasso and of ridge are averaged",
            "evaluate J at your w, and at the w of either fit: which is least?",
            "elastic-net",
            _averaging,
        ),
        Misconception(
            "w is stretched by 1 + λ(1 − ρ) at the end, as the first paper does",
            "evaluate J at your w before and after the last step.",
            "elastic-net",
            _stretched(lambda lam, rho: 1 + lam * (1 - rho)),
        ),
        Misconception(
            "the lasso's w is divided by 1 + λ(1 − ρ) at the end",
            "evaluate J at your w before and after the last step.",
            "elastic-net",
            _shrunk_instead_of_divided,
        ),
        fits.DIVIDED_BY_ZERO,
        fits.FORGOTTEN,
        fits.EARLY,
        _of_update(
            "in each update, 1 + λ(1 − ρ) is the divisor, as if each feature had variance 1",
            _divided_by(lambda a, lam, rho: 1 + lam * (1 - rho)),
        ),
        _of_update(
            "in each update, a_j is multiplied by 1 + λ(1 − ρ)",
            _divided_by(lambda a, lam, rho: a * (1 + lam * (1 - rho))),
        ),
        *fits.UPDATES,
        fits.ALL_AT_ONCE,
    ),
    formula=fits.formula,
    choices=CHOICES,
)
