"""The largest λ within one standard error of the least mean."""

from collections.abc import Callable

import numpy as np

from reglib.checks.entry import Case, Entry, Misconception
from reglib.exercises import draws
from reglib.exercises.cross_validation.best_lambda import apart, best_lambda


def one_standard_error_lambda(lams, errors):
    mean = np.mean(errors, axis=0)
    at = int(np.argmin(mean))
    threshold = mean[at] + np.std(errors[:, at], ddof=1) / np.sqrt(len(errors))
    return float(lams[mean <= threshold].max())


RUBRIC = {
    "typical cases": 2,
    "λ in any order": 1,
    "a curve with two valleys": 1,
    "the largest λ of all, whole numbers": 1,
}


def cases(rng: np.random.Generator) -> list[Case]:
    order = "lams may come in any order"
    end = "the rule may well lead to the largest λ of all"
    bumpy = (
        "the largest λ within one standard error counts, even if a λ between it and the minimum "
        "is not within"
    )
    typical, orders, bumps, ends = RUBRIC
    best, smallest, sd, divisor, own, by_count, first = (m.wrong for m in ENTRY.misconceptions)

    def draw(k, means, arrange, *wrongs):
        """Errors around given means, none near a threshold, on which some mistakes show."""

        def once():
            lams = np.sort(draws.penalties(rng, len(means)))
            errors = (means + rng.normal(0, 1.2, (k, len(means)))).round(1)
            order = arrange(len(lams))
            return lams[order], errors[:, order]

        while True:
            lams, errors = draws.telling(once, one_standard_error_lambda, (best, smallest, *wrongs))
            if _is_clear(errors):
                return lams, errors

    def rising(count):
        return np.arange(count)

    def falling(count):
        return np.arange(count)[::-1]

    curve = np.array([5.6, 5.2, 5.0, 5.2, 5.5, 5.9, 6.6])
    wave = np.array([5.5, 5.0, 5.2, 5.8, 5.2, 6.1, 6.6])
    return [
        Case(typical, "three folds, seven λ", draw(3, curve, rising, sd, own)),
        Case(typical, "four folds, seven λ", draw(4, curve, rising, divisor)),
        Case(typical, "ten folds, seven λ", draw(10, curve, rising, sd, by_count)),
        Case(orders, "λ from large to small", draw(4, curve, falling, own), order),
        Case(orders, "λ in no order", draw(5, curve, rng.permutation, sd), order),
        Case(bumps, "a curve with two valleys", draw(4, wave, rising, first), bumpy),
        Case(bumps, "a curve with two valleys, ten folds", draw(10, wave, rising, first), bumpy),
        Case(ends, "the largest λ of all is within", _flat_to_the_end(rng), end),
        Case(ends, "whole numbers", _whole_rule(rng)),
    ]


def _thresholds(errors: np.ndarray) -> list[float]:
    """The right threshold, and those of the common mistakes."""
    k, count = errors.shape
    mean, at = errors.mean(axis=0), int(errors.mean(axis=0).argmin())
    spread = errors[:, at].std(ddof=1)
    steps = (
        spread / np.sqrt(k),
        spread,
        errors[:, at].std() / np.sqrt(k),
        spread / np.sqrt(count),
    )
    return [mean[at] + step for step in steps]


def _is_clear(errors: np.ndarray) -> bool:
    """Whether the minimum is unique, and no mean is near a threshold."""
    mean = errors.mean(axis=0)
    own = mean - errors.std(axis=0, ddof=1) / np.sqrt(len(errors))
    near = [np.abs(mean - threshold).min() for threshold in _thresholds(errors)]
    return min(near) > 0.002 and apart(mean, 0.01) and np.abs(own - mean.min()).min() > 0.002


def _flat_to_the_end(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    while True:
        lams = np.sort(draws.penalties(rng, 4))
        errors = (np.array([5.3, 5.0, 5.2, 5.4]) + rng.normal(0, 1.2, (4, 4))).round(1)
        best, rule = best_lambda(lams, errors), one_standard_error_lambda(lams, errors)
        if _is_clear(errors) and rule == lams[-1] != best:
            return lams, errors


def _whole_rule(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    while True:
        lams = np.sort(rng.choice(np.arange(2, 40), 5, replace=False))
        errors = np.array([6, 5, 6, 7, 8]) + rng.integers(-2, 3, (4, 5))
        best, rule = best_lambda(lams, errors), one_standard_error_lambda(lams, errors)
        if _is_clear(errors) and best != rule != lams[-1]:
            return lams, errors


def _with(step: Callable) -> Callable:
    """A wrong rule whose threshold lies `step(errors, at)` above the least mean."""

    def wrong(lams, errors):
        mean = errors.mean(axis=0)
        return lams[mean <= mean.min() + step(errors, mean.argmin())].max()

    return wrong


def _se(errors):
    return errors.std(axis=0, ddof=1) / np.sqrt(len(errors))


def _smallest_within(lams, errors):
    mean = errors.mean(axis=0)
    return lams[mean <= mean.min() + _se(errors)[mean.argmin()]].min()


def _each_its_own(lams, errors):
    mean = errors.mean(axis=0)
    return lams[mean - _se(errors) <= mean.min()].max()


def _to_the_first_beyond(lams, errors):
    order = np.argsort(lams)
    lams, errors = lams[order], errors[:, order]
    mean = errors.mean(axis=0)
    at = mean.argmin()
    within = mean[at:] <= mean[at] + _se(errors)[at]
    return lams[at + (len(within) if within.all() else within.argmin()) - 1]


ENTRY = Entry(
    name="cross_validation.one_standard_error_lambda",
    place=4,
    returns=("lam",),
    must=(
        "the mean error of the answer is at most the least mean plus one standard error, that of "
        "the λ with the least mean, and no larger λ has such a mean"
    ),
    reference=one_standard_error_lambda,
    cases=cases,
    rubric=RUBRIC,
    section="one-standard-error-rule",
    builds_on=("cross_validation.best_lambda",),
    example=(
        np.array([0.1, 0.5, 10.0, 100.0]),
        np.array([[2.0, 1.0, 2.0, 4.0], [3.0, 3.0, 3.5, 5.0]]),
    ),
    misconceptions=(
        Misconception(
            "the rule is left out, and the λ of the least mean is returned",
            "draw the curve and a line one standard error above its minimum, and see which λ lie "
            "under that line.",
            "one-standard-error-rule",
            best_lambda,
        ),
        Misconception(
            "the smallest λ within one standard error is returned",
            "ask whether the rule is after the wildest or after the tamest of the fits that pass.",
            "one-standard-error-rule",
            _smallest_within,
        ),
        Misconception(
            "the standard deviation stands in place of the standard error",
            "ask what becomes of the uncertainty of a mean when it is taken over four times as "
            "many folds.",
            "standard-error",
            _with(lambda errors, at: errors[:, at].std(ddof=1)),
        ),
        Misconception(
            "the standard deviation has the divisor k",
            "see what the argument `ddof` of np.std does, and which value the formula asks for.",
            "standard-error",
            _with(lambda errors, at: errors[:, at].std() / np.sqrt(len(errors))),
        ),
        Misconception(
            "each λ is compared with a standard error of its own",
            "draw the threshold as a line: it should have the same height for every λ.",
            "one-standard-error-rule",
            _each_its_own,
        ),
        Misconception(
            "the spread is divided by the root of the number of λ, not of the number of folds",
            "ask how many numbers each mean is a mean of, and print the shape of errors.",
            "standard-error",
            _with(lambda errors, at: errors[:, at].std(ddof=1) / np.sqrt(errors.shape[1])),
        ),
        Misconception(
            "the search goes up from the minimum and stops at the first λ beyond the threshold",
            "draw a curve with two valleys: the rule asks for the largest λ under the line, "
            "wherever it lies.",
            "one-standard-error-rule",
            _to_the_first_beyond,
        ),
    ),
)
