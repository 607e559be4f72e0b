"""The elastic net, by coordinate descent until it is there."""

import numpy as np

from reglib.checks.entry import Case, Entry, Misconception
from reglib.exercises import draws, fits
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
    far = "the minimum is reached, also where it takes many sweeps to get there"

    def draw(n, p, share, l1_ratio, whole=False):
        """Arguments with λρ (at ρ = 0: λ) at about this share of the lasso's λ_max."""
        while True:
            X, y = draws.problem(rng, n, p, whole, cond=4)
            lam = share * lambda_max(X, y) / (l1_ratio or 1)
            if lambda_max(X, y) > 1.2:
                return X, y, max(1, int(lam)) if whole else round(lam, 2), l1_ratio

    constant = draw(6, 3, 0.2, 0.6)
    constant[0][:, 1] = 3.0
    X, y, lam, _ = draw(5, 1, 0.2, 0.7)
    return [
        Case(typical, "three rows, one feature", draw(3, 1, 0.3, 0.7)),
        Case(typical, "six rows, two features", draw(6, 2, 0.2, 0.3)),
        Case(typical, "nine rows, three features", draw(9, 3, 0.1, 0.8)),
        Case(typical, "twelve rows, five features", draw(12, 5, 0.2, 0.4)),
        Case(ends, "ρ = 1", draw(7, 3, 0.3, 1.0), lasso),
        Case(ends, "ρ = 0", draw(7, 3, 0.3, 0.0), ridge),
        Case(ends, "ρ = 0, a whole number", draw(5, 2, 0.4, 0), ridge),
        Case(edges, "a constant column", constant),
        Case(edges, "the same column twice", (np.hstack([X, X]), y, lam, 0.7), twins),
        Case(edges, "more features than rows", draw(4, 6, 0.3, 0.8)),
        Case(edges, "whole numbers", draw(7, 2, 0.5, 0.8, whole=True)),
        Case(alike, "three features that are alike", (*fits.alike(rng), 0.06, 0.9), far),
        Case(alike, "the same, other rows", (*fits.alike(rng, 10), 0.2, 0.8), far),
    ]


def _rescaled(X, y, lam, l1_ratio):
    w, _ = elastic_net_fit(X, y, lam, l1_ratio)
    return fits.with_intercept(X, y, w * (1 + lam * (1 - l1_ratio)))


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
    misconceptions=(
        Misconception(
            *fits.PENALISED,
            lambda X, y, lam, rho: fits.penalised(X, y, *fits.parts(lam, rho)),
        ),
        Misconception(
            *fits.UNCENTRED,
            lambda X, y, lam, rho: fits.with_intercept(
                X, y, fits.minimise(X, y, *fits.parts(lam, rho))
            ),
            recognise=fits.uncentred,
        ),
        Misconception(
            "ρ and 1 − ρ are swapped",
            "ask of your code which fit it gives at ρ = 1, and compare that with `lasso_fit`.",
            "elastic-net",
            lambda X, y, lam, rho: fits.centred(X, y, *fits.parts(lam, 1 - rho)),
        ),
        Misconception(
            "the half of the L2 part is lost",
            "differentiate the L2 part with its ½, and see what stands in the denominator then.",
            "elastic-net",
            lambda X, y, lam, rho: fits.centred(X, y, lam * rho, 2 * lam * (1 - rho)),
        ),
        Misconception(
            "λ is multiplied by n",
            "repeat every row of the data once: J stays as it is, so your w must too. Is your "
            "update written with means or with sums?",
            "elastic-net",
            lambda X, y, lam, rho: fits.centred(X, y, *fits.parts(len(y) * lam, rho)),
        ),
        Misconception(
            "the threshold is λ, not the share of it that L1 has",
            "ask what is left of the L1 part of J at ρ = 0, and what your threshold is there.",
            "elastic-net",
            lambda X, y, lam, rho: fits.centred(X, y, lam, lam * (1 - rho)),
        ),
        Misconception(
            "w is stretched by 1 + λ(1 − ρ) at the end, as the first paper does",
            "evaluate J at your w before and after the last step.",
            "elastic-net",
            _rescaled,
        ),
        Misconception(
            *fits.EARLY,
            fits.after(3, at_once=False),
            recognise=fits.too_early,
        ),
    ),
)
