"""The largest λ within one standard error of the least mean."""

from collections.abc import Callable
from functools import partial

import numpy as np

from reglib.checks.entry import Case, Entry, Misconception
from reglib.exercises import draws
from reglib.exercises.choices import as_choices
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
    limit = "a mean that is exactly one standard error above the least is within"
    bumpy = (
        "the largest λ within one standard error counts, even if a λ between it and the minimum "
        "is not within"
    )
    typical, orders, bumps, ends = RUBRIC
    first = next(m.wrong for m in ENTRY.misconceptions if m.name.startswith("the search goes up"))

    def draw(k, means, arrange, *wrongs, scale=1.0, above=0.0, per=1):
        """Errors around given means, none near a threshold, on which some mistakes show."""

        def once():
            while True:
                noise = rng.normal(0, 1.2, (k, len(means)))
                errors = (means + noise - noise.mean(axis=0)).round(2) * scale + above
                lams = (np.sort(draws.penalties(rng, len(means))) / per).round(3)
                args = lams, errors.round(5)
                if _is_clear(errors) and one_standard_error_lambda(*args) < lams[-1]:
                    order = arrange(len(lams))
                    return lams[order], args[1][:, order]

        return draws.telling(once, one_standard_error_lambda, (best_lambda, *wrongs))

    def steep(count, at=2):
        """Means that rise more and more, so that each threshold lets in a number of its own."""
        left, right = np.geomspace(0.1, 1.5, at), np.geomspace(0.06, 3.5, count - at - 1)
        return 5 + np.concatenate([left[::-1], [0], right])

    def wrong(**places):
        return partial(_formula, **places)

    sd = wrong(divisor=lambda k, count: 1.0)
    ddof = wrong(spread=lambda errors, at: errors[:, at].std())
    less = wrong(divisor=lambda k, count: np.sqrt(k - 1))
    own = wrong(spread=lambda errors, at: errors.std(axis=0, ddof=1))
    by_count = wrong(divisor=lambda k, count: np.sqrt(count))
    largest = wrong(pick=CHOICES["pick"][4].value)
    wave = np.array([5.5, 5.0, 5.2, 5.9, 5.3, 6.2, 6.7])
    return [
        Case(typical, "three folds, seven λ", draw(3, steep(7), _rising, sd, less)),
        Case(typical, "four folds, ten λ", draw(4, steep(10), _rising, ddof, per=25)),
        Case(typical, "five folds, twelve λ", draw(5, steep(12, 4), _rising, own, per=25)),
        Case(typical, "six folds, nine λ", draw(6, steep(9), _rising, less)),
        Case(typical, "ten folds, eleven λ", draw(10, steep(11), _rising, by_count, per=25)),
        Case(typical, "errors of a hundred and more",
             draw(5, steep(11), _rising, less, above=100.0)),
        Case(typical, "errors near a hundredth",
             draw(7, steep(10), _rising, ddof, scale=0.002, per=25)),
        Case(typical, "eight folds, eleven λ", draw(8, steep(11, 5), _rising, largest)),
        Case(orders, "λ from large to small", draw(4, steep(9, 4), _falling, own), order),
        Case(orders, "λ from large to small, seven folds",
             draw(7, steep(10, 4), _falling, largest), order),
        Case(orders, "λ in no order", draw(5, steep(9), rng.permutation, less, per=25), order),
        Case(orders, "ten λ in no order", draw(6, steep(10, 4), rng.permutation, own), order),
        Case(orders, "twelve λ in no order",
             draw(3, steep(12, 5), rng.permutation, largest), order),
        Case(bumps, "a curve with two valleys", draw(4, wave, _rising, first), bumpy),
        Case(bumps, "a curve with two valleys, ten folds", draw(10, wave, _rising, first), bumpy),
        Case(bumps, "two valleys, λ from large to small",
             draw(5, wave, _falling, first), bumpy),
        Case(bumps, "two valleys, λ in no order",
             draw(6, wave, rng.permutation, first), bumpy),
        Case(ends, "the largest λ of all is within", _flat_to_the_end(rng), end),
        Case(ends, "whole numbers", _whole_rule(rng, _rising)),
        Case(ends, "whole numbers, λ from large to small", _whole_rule(rng, _falling)),
        Case(ends, "four means, one exactly at the limit", _at_the_limit(rng, 4, _rising), limit),
        Case(ends, "five means, one exactly at the limit", _at_the_limit(rng, 5, _falling), limit),
        Case(ends, "six means, one exactly at the limit", _at_the_limit(rng, 6, _rising), limit),
        Case(ends, "seven means, one exactly at the limit",
             _at_the_limit(rng, 7, rng.permutation), limit),
        Case(ends, "eight means, one exactly at the limit",
             _at_the_limit(rng, 8, rng.permutation), limit),
    ]  # fmt: skip


def _rising(count: int) -> np.ndarray:
    return np.arange(count)


def _falling(count: int) -> np.ndarray:
    return np.arange(count)[::-1]


def _is_clear(errors: np.ndarray) -> bool:
    """Whether the minimum is unique, and no mean is near the threshold."""
    mean = errors.mean(axis=0)
    at, size = mean.argmin(), np.ptp(errors)
    threshold = mean[at] + errors[:, at].std(ddof=1) / np.sqrt(len(errors))
    return np.abs(mean - threshold).min() > 5e-4 * size and apart(mean, 5e-4 * size)


def _flat_to_the_end(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    while True:
        lams = np.sort(draws.penalties(rng, 4))
        errors = (np.array([5.3, 5.0, 5.2, 5.4]) + rng.normal(0, 1.2, (4, 4))).round(1)
        best, rule = best_lambda(lams, errors), one_standard_error_lambda(lams, errors)
        if _is_clear(errors) and rule == lams[-1] != best:
            return lams, errors


def _whole_rule(rng: np.random.Generator, arrange: Callable) -> tuple[np.ndarray, np.ndarray]:
    while True:
        lams = np.sort(rng.choice(np.arange(2, 40), 5, replace=False))
        errors = np.array([6, 5, 6, 7, 8]) + rng.integers(-2, 3, (4, 5))
        best, rule = best_lambda(lams, errors), one_standard_error_lambda(lams, errors)
        if _is_clear(errors) and best != rule != lams[-1]:
            order = arrange(5)
            return lams[order], errors[:, order]


def _at_the_limit(
    rng: np.random.Generator, count: int, arrange: Callable
) -> tuple[np.ndarray, np.ndarray]:
    """Four folds of whole numbers, one of whose means is the threshold.

    The errors of the best λ are 3, −1, −1, −1 from their mean, or the reverse. Their standard
    deviation is 2 and its standard error 1, without any rounding on the way: each right method
    finds the same threshold, to the last digit.
    """
    least = int(rng.integers(5, 20))
    means = least + np.append([0, 1], rng.permutation(np.arange(2, count)))
    means[2:-1] = rng.permutation(means[2:-1])
    best = rng.choice([-1, 1]) * np.array([3, -1, -1, -1])
    columns = [best, *(rng.choice([1, 2, 3]) * np.array([2, -2, 1, -1]) for _ in means[1:])]
    errors = means + np.column_stack([rng.permutation(column) for column in columns])
    order = arrange(count)
    return np.sort(draws.penalties(rng, count))[order], errors[:, order]


def _formula(
    lams,
    errors,
    *,
    centre=lambda errors: errors.mean(axis=0),
    least=np.argmin,
    spread=lambda errors, at: errors[:, at].std(ddof=1),
    divisor=lambda k, count: np.sqrt(k),
    times=lambda errors: 1.0,
    within=np.less_equal,
    pick=lambda lams, mean, within, at: lams[within].max(),
):
    """The threshold is the least mean plus `times` the `spread` over the `divisor`."""
    errors = np.asarray(errors, dtype=float)
    mean = centre(errors)
    at = int(least(mean))
    step = times(errors) * spread(errors, at) / divisor(*errors.shape)
    return pick(np.asarray(lams), mean, within(mean, mean[at] + step), at)


def _to_the_first_beyond(lams, mean, within, at):
    order = np.argsort(lams)
    later = within[order][list(order).index(at) :]
    return lams[order][list(order).index(at) + (len(later) if later.all() else later.argmin()) - 1]


def _along_lams(lams, mean, within, at):
    later = within[at:]
    return lams[at + (len(later) if later.all() else later.argmin()) - 1]


def _within_in_lambda(lams, errors):
    mean = errors.mean(axis=0)
    step = errors[:, mean.argmin()].std(ddof=1) / np.sqrt(len(errors))
    return lams[lams <= lams[mean.argmin()] + step].max()


_RULE = (
    "draw the curve and a line one standard error above its minimum, and see which λ lie under "
    "that line."
)
_TAMEST = "ask whether the rule is after the wildest or after the tamest of the fits that pass."
_HEIGHT = "draw the threshold as a line: it should have the same height for every λ."
_CENTRE = "print the number that stands for each λ: is it the mean of its column of errors?"
_SD = (
    "compute the standard deviation of the one column that counts by hand, and compare it with "
    "what your code takes."
)
_MANY = (
    "ask what becomes of the uncertainty of a mean when it is taken over four times as many folds."
)
_COUNT = "ask how many numbers each mean is a mean of, and print the shape of errors."
_ONE = "print the height of your threshold above the least mean, in standard errors."
_RETURN = "print lams, the means and your threshold side by side, and mark what you return."
_RULES = "one-standard-error-rule"
CHOICES = {
    "centre": as_choices(
        ("the median over the folds stands for their mean", _CENTRE, _RULES,
         lambda errors: np.median(errors, axis=0)),
        ("the errors are added up over the folds, not averaged", _CENTRE, _RULES,
         lambda errors: errors.sum(axis=0)),
        ("only the first fold counts for the means", _CENTRE, _RULES, lambda errors: errors[0]),
        ("only the last fold counts for the means", _CENTRE, _RULES, lambda errors: errors[-1]),
        ("the largest error of each λ stands for its mean", _CENTRE, _RULES,
         lambda errors: errors.max(axis=0)),
    ),
    "least": as_choices(
        ("the threshold starts from the largest mean", _RULE, _RULES, np.argmax),
        ("the threshold starts from the first λ, not from that of the least mean", _RULE, _RULES,
         lambda mean: 0),
        ("the threshold starts from the last λ, not from that of the least mean", _RULE, _RULES,
         lambda mean: -1),
    ),
    "spread": as_choices(
        (
            "the standard deviation has the divisor k",
            "see what the argument `ddof` of np.std does, and which value the formula asks for.",
            "standard-error",
            lambda errors, at: errors[:, at].std(),
        ),
        ("each λ is compared with a standard error of its own", _HEIGHT, _RULES,
         lambda errors, at: errors.std(axis=0, ddof=1)),
        ("each λ is compared with a standard error of its own, of divisor k", _HEIGHT, _RULES,
         lambda errors, at: errors.std(axis=0)),
        ("the variance stands in place of the standard deviation", _SD, "standard-error",
         lambda errors, at: errors[:, at].var(ddof=1)),
        ("the variance, of divisor k, stands in place of the standard deviation", _SD,
         "standard-error", lambda errors, at: errors[:, at].var()),
        ("the standard deviation is that of all errors", _SD, "standard-error",
         lambda errors, at: errors.std(ddof=1)),
        ("the standard deviation is that of the means", _SD, "standard-error",
         lambda errors, at: errors.mean(axis=0).std(ddof=1)),
        ("the standard deviation is that of the means, of divisor k", _SD, "standard-error",
         lambda errors, at: errors.mean(axis=0).std()),
        ("the standard deviations of all λ are averaged", _SD, "standard-error",
         lambda errors, at: errors.std(axis=0, ddof=1).mean()),
        ("the standard deviation is the largest of all λ", _SD, "standard-error",
         lambda errors, at: errors.std(axis=0, ddof=1).max()),
        ("the standard deviation is the smallest of all λ", _SD, "standard-error",
         lambda errors, at: errors.std(axis=0, ddof=1).min()),
        ("the standard deviation is that of the first λ", _SD, "standard-error",
         lambda errors, at: errors[:, 0].std(ddof=1)),
        ("the standard deviation is that of the last λ", _SD, "standard-error",
         lambda errors, at: errors[:, -1].std(ddof=1)),
        ("the standard deviation is that of one fold, over the λ", _COUNT, "standard-error",
         lambda errors, at: errors[0].std(ddof=1)),
        ("the range of the errors stands in place of their standard deviation", _SD,
         "standard-error", lambda errors, at: np.ptp(errors[:, at])),
    ),
    "divisor": as_choices(
        ("the standard deviation stands in place of the standard error", _MANY, "standard-error",
         lambda k, count: 1.0),
        ("the spread is divided by the root of the number of λ, not of the number of folds",
         _COUNT, "standard-error", lambda k, count: np.sqrt(count)),
        ("the spread is divided by the number of folds, not by its root", _MANY, "standard-error",
         lambda k, count: k),
        ("the spread is divided by √(k − 1)", _COUNT, "standard-error",
         lambda k, count: np.sqrt(k - 1)),
        ("the spread is divided by the root of the number of all errors", _COUNT,
         "standard-error", lambda k, count: np.sqrt(k * count)),
        ("the spread is multiplied by √k, not divided", _MANY, "standard-error",
         lambda k, count: 1 / np.sqrt(k)),
    ),
    "times": as_choices(
        ("the threshold is two standard errors above the least mean", _ONE, _RULES,
         lambda errors: 2.0),
        ("the threshold is half a standard error above the least mean", _ONE, _RULES,
         lambda errors: 0.5),
        ("the threshold is 1.96 standard errors above the least mean", _ONE, _RULES,
         lambda errors: 1.96),
        ("the standard error is taken as a share of the least mean", _ONE, _RULES,
         lambda errors: errors.mean(axis=0).min()),
    ),
    "within": as_choices(
        (
            "a mean that is exactly at the threshold does not count as within",
            "take a mean that is exactly one standard error above the least: is it within?",
            _RULES,
            np.less,
        ),
        ("the λ beyond the threshold count, not those within", _RULE, _RULES, np.greater),
        ("the λ whose mean is nearest to the threshold is returned", _RULE, _RULES,
         lambda mean, threshold: np.abs(mean - threshold) == np.abs(mean - threshold).min()),
    ),
    "pick": as_choices(
        ("the smallest λ within one standard error is returned", _TAMEST, _RULES,
         lambda lams, mean, within, at: lams[within].min()),
        ("the first λ within one standard error is returned, wherever it stands", _TAMEST, _RULES,
         lambda lams, mean, within, at: lams[within][0]),
        ("the last λ within one standard error is returned, wherever it stands", _TAMEST, _RULES,
         lambda lams, mean, within, at: lams[within][-1]),
        ("the λ within one standard error are averaged", _TAMEST, _RULES,
         lambda lams, mean, within, at: lams[within].mean()),
        ("of the λ within one standard error, that of the largest mean is returned", _TAMEST,
         _RULES, lambda lams, mean, within, at: lams[within][mean[within].argmax()]),
        ("the first λ beyond the threshold is returned, and not the last before it", _RETURN,
         _RULES, lambda lams, mean, within, at: lams[lams > lams[within].max()].min()),
        ("a position is returned in place of the λ", _RETURN, _RULES,
         lambda lams, mean, within, at: int(np.flatnonzero(within)[lams[within].argmax()])),
        ("the last position within is returned in place of the λ", _RETURN, _RULES,
         lambda lams, mean, within, at: int(np.flatnonzero(within)[-1])),
        ("the mean error is returned in place of its λ", _RETURN, _RULES,
         lambda lams, mean, within, at: mean[within][lams[within].argmax()]),
        ("only the λ after the minimum in lams count", _RETURN, _RULES,
         lambda lams, mean, within, at: lams[at:][within[at:]].max()),
        ("only the λ before the minimum in lams count", _RETURN, _RULES,
         lambda lams, mean, within, at: lams[: at + 1][within[: at + 1]].max()),
        ("λ is cut to a whole number", _RETURN, _RULES,
         lambda lams, mean, within, at: int(lams[within].max())),
    ),
}  # fmt: skip


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
            _RULE,
            _RULES,
            best_lambda,
        ),
        Misconception(
            "the search goes up from the minimum and stops at the first λ beyond the threshold",
            "draw a curve with two valleys: the rule asks for the largest λ under the line, "
            "wherever it lies.",
            _RULES,
            partial(_formula, pick=_to_the_first_beyond),
        ),
        Misconception(
            "the search goes along lams from the minimum, whatever their order, and stops at the "
            "first mean beyond the threshold",
            "call it with lams from large to small: where does your search begin, and which way "
            "does it go?",
            _RULES,
            partial(_formula, pick=_along_lams),
        ),
        Misconception(
            "the standard error is added to the λ of the least mean, not to the mean",
            "ask in which units a standard error of errors is, and to which of your numbers it "
            "can be added.",
            _RULES,
            _within_in_lambda,
        ),
        Misconception(
            "the standard deviation stands in place of the standard error, with the divisor k",
            _MANY,
            "standard-error",
            partial(
                _formula,
                spread=lambda errors, at: errors[:, at].std(),
                divisor=lambda k, count: 1.0,
            ),
        ),
    ),
    formula=_formula,
    choices=CHOICES,
    few=True,
)
