"""The λ of least mean error."""

from collections.abc import Callable
from functools import partial

import numpy as np

from reglib.checks.entry import Case, Choice, Entry, Misconception
from reglib.exercises import draws
from reglib.exercises.choices import as_choices


def best_lambda(lams, errors):
    mean = np.mean(errors, axis=0)
    return float(lams[mean == mean.min()].max())


def apart(values: np.ndarray, gap: float = 0.05) -> bool:
    """Whether no two of some numbers are closer than `gap`."""
    return bool(np.diff(np.sort(values)).min(initial=np.inf) > gap)


RUBRIC = {
    "typical cases": 2,
    "λ in any order, whole numbers": 1,
    "equal means: the larger λ": 1,
}


def cases(rng: np.random.Generator) -> list[Case]:
    tie = "of several λ with the same least mean, the answer is the largest"
    order = "lams may come in any order"
    size = "errors may be of any size, and a small difference between two means is one all the same"
    zero = "λ = 0 is a λ like any other"
    typical, orders, ties = RUBRIC
    by_rows, in_any_fold, averaged, *_ = (m.wrong for m in ENTRY.misconceptions)
    squares, roots = (partial(_formula, centre=choice.value) for choice in CHOICES["centre"][7:9])

    def draw(k, count, arrange=np.sort, *more, whole=False, step=0.1, above=0.0):
        def once():
            while True:
                errors = rng.integers(10, 90, (k, count))
                errors = errors if whole else (errors * step).round(4) + above
                if apart(errors.mean(axis=0), step / 2):
                    lams = draws.penalties(rng, count)
                    return arrange(lams.astype(int) if whole else lams), errors

        if k == 1:
            return draws.telling(once, best_lambda, (by_rows,))
        return draws.telling(once, best_lambda, (by_rows, in_any_fold, averaged, *more))

    def close(count, least, second):
        """Of the two least means, the second has the larger λ, and stands before the first."""
        means = second + np.append([0.0, least - second], 0.7 + 0.3 * rng.permutation(count - 2))
        lams = rng.permutation(draws.penalties(rng, count))
        lams[:2] = -np.sort(-lams[:2])
        order = rng.permutation(count)
        order[np.sort(np.flatnonzero(order < 2))] = 0, 1
        noise = rng.permuted(np.tile([[-1.0], [-0.5], [0.5], [1.0]], count), axis=0)
        return lams[order], (means + noise)[:, order].round(5)

    def zero_best(k, count):
        lams, errors = draw(k, count)
        lams[errors.mean(axis=0).argmin()] = 0.0
        return lams, errors

    def tied(count, equal, arrange):
        """Whole numbers, of which some columns have the same least sum."""
        lams = arrange(draws.penalties(rng, count))
        errors = rng.integers(5, 10, (3, count))
        for column in rng.choice(count, equal, replace=False):
            errors[:, column] = rng.permutation([[4, 2, 0], [1, 3, 2], [0, 1, 5]][column % 3])
        return lams, errors

    def falling(lams):
        return np.sort(lams)[::-1]

    def middle_first(lams):
        """The largest neither first nor last."""
        return np.sort(lams)[[2, 0, *range(4, len(lams)), 3, 1]]

    every = np.tile(rng.permutation([[3], [1], [2]]), 5)
    return [
        Case(typical, "two folds, three λ", draw(2, 3)),
        Case(typical, "three folds, five λ", draw(3, 5)),
        Case(typical, "four folds, six λ", draw(4, 6, np.sort, squares)),
        Case(typical, "five folds, eight λ", draw(5, 8, np.sort, roots)),
        Case(typical, "one fold, four λ", draw(1, 4)),
        Case(typical, "four folds, seven λ", draw(4, 7, np.sort, squares)),
        Case(typical, "errors of a thousand and more", draw(4, 7, above=1000.0), size),
        Case(typical, "errors that differ little", draw(4, 7, step=0.001), size),
        *(
            Case(
                typical,
                f"{count} λ, whose least means are {least} and {second}",
                close(count, least, second),
                size,
            )
            for count, least, second in (
                (4, 5.111, 5.113),
                (5, 7.321, 7.323),
                (6, 5.114, 5.116),
                (7, 4.232, 4.234),
                (8, 6.421, 6.423),
                (6, 5.11112, 5.11115),
                (5, 5.112, 5.132),
                (6, 7.142, 7.162),
                (7, 5.112, 5.362),
            )
        ),
        Case(orders, "λ from large to small", draw(2, 6, falling), order),
        Case(orders, "λ in no order", draw(3, 5, np.asarray, roots), order),
        Case(orders, "eight λ in no order", draw(5, 8, np.asarray, roots), order),
        Case(orders, "λ = 0 is the best", zero_best(3, 5), zero),
        Case(orders, "whole numbers", draw(4, 6, whole=True)),
        Case(orders, "whole numbers in no order", draw(3, 7, np.asarray, whole=True), order),
        Case(ties, "two equal means, λ from small to large", tied(3, 2, np.sort), tie),
        Case(ties, "two equal means, λ from large to small", tied(4, 2, falling), tie),
        Case(ties, "three equal means, λ from small to large", tied(6, 3, np.sort), tie),
        Case(ties, "three equal means, λ from large to small", tied(7, 3, falling), tie),
        Case(ties, "four equal means, λ from small to large", tied(5, 4, np.sort), tie),
        Case(ties, "four equal means, λ from large to small", tied(6, 4, falling), tie),
        Case(ties, "the largest of equals between others", tied(5, 5, middle_first), tie),
        Case(ties, "all means are equal", (middle_first(draws.penalties(rng, 5)), every), tie),
    ]


def _formula(
    lams,
    errors,
    *,
    centre=lambda errors: np.mean(errors, axis=0),
    search=lambda mean: mean == mean.min(),
    of_equals=lambda places, lams: places[np.argmax(lams[places])],
    answer=lambda lams, mean, place: lams[place],
    first=None,
):
    """`search` marks the λ that are best, `of_equals` chooses the place of one of them.

    `first` is another choice that is made together with the first of equals, as argmin does.
    """
    if first:
        return _formula(lams, errors, of_equals=lambda places, lams: places[0], **first)
    mean = centre(np.asarray(errors))
    places = np.flatnonzero(search(mean))
    return answer(np.asarray(lams), mean, of_equals(places, np.asarray(lams)))


def _vote(choose: Callable) -> Callable:
    """Each fold chooses a λ of its own, and `choose` makes one of them all."""
    return lambda lams, errors: choose(lams[np.argmin(errors, axis=1)])


def _commonest(lams):
    values, counts = np.unique(lams, return_counts=True)
    return values[counts.argmax()]


_TOGETHER = (
    "put the folds together before you choose: the mean of several λ need not be one of lams."
)
_FOLDS = "print the number that you compare for each λ: is it the mean of its column of errors?"
_ONE = (
    "cover up all folds but one, and ask how far you would trust that one alone; the folds have to "
    "be put together before the least is looked for."
)
_LEAST = "ask whether `errors` are scores, where up is good, or errors."
_EXACT = "print the means with all their digits: which one is the least?"
_TURN = "turn lams and the columns of errors around: the answer should stay as it is."
_SIMPLER = "ask which of two fits with the same error is the simpler one."
_PLACE = "see what argmin gives you for lams = (0.1, 10), and how to get from there to a λ."
_BELONG = "print each λ beside its mean: does the one that you return stand beside the least?"
CHOICES = {
    "centre": as_choices(
        ("the median over the folds stands for their mean", _FOLDS, "k-folds",
         lambda errors: np.median(errors, axis=0)),
        ("the largest error of each λ stands for its mean", _FOLDS, "k-folds",
         lambda errors: errors.max(axis=0)),
        ("the smallest error of each λ stands for its mean", _ONE, "one-split-or-many",
         lambda errors: errors.min(axis=0)),
        ("only the first fold counts", _ONE, "one-split-or-many", lambda errors: errors[0]),
        ("only the last fold counts", _ONE, "one-split-or-many", lambda errors: errors[-1]),
        ("the first fold is left out", _FOLDS, "k-folds", lambda errors: errors[1:].mean(axis=0)),
        ("the last fold is left out", _FOLDS, "k-folds", lambda errors: errors[:-1].mean(axis=0)),
        ("the errors are squared before their mean is taken", _FOLDS, "k-folds",
         lambda errors: (errors**2).mean(axis=0)),
        ("the roots of the errors are averaged", _FOLDS, "k-folds",
         lambda errors: np.sqrt(errors).mean(axis=0)),
        ("the spread of the errors over the folds is compared, not their mean", _FOLDS, "k-folds",
         lambda errors: errors.std(axis=0)),
    ),
    "search": as_choices(
        ("the largest mean error wins", _LEAST, "k-folds", lambda mean: mean == mean.max()),
        ("the mean errors are rounded before the least is looked for", _EXACT, "k-folds",
         lambda mean: mean.round() == mean.round().min()),
        ("the mean errors are rounded to one decimal before the least is looked for", _EXACT,
         "k-folds", lambda mean: mean.round(1) == mean.round(1).min()),
        ("the mean errors are rounded to two decimals before the least is looked for", _EXACT,
         "k-folds", lambda mean: mean.round(2) == mean.round(2).min()),
        ("means within a hundredth of the least count as equal to it", _EXACT, "k-folds",
         lambda mean: mean <= mean.min() + 0.01),
        ("means within a hundredth of their size count as equal", _EXACT, "k-folds",
         lambda mean: mean <= 1.01 * mean.min()),
        ("the second least mean error wins", _BELONG, "k-folds",
         lambda mean: mean == np.partition(mean, 1)[1]),
        ("all λ count as equally good, and the errors are not looked at", _BELONG, "k-folds",
         lambda mean: np.full(len(mean), True)),
        ("the first λ at which the mean error is less than at the next one wins", _BELONG,
         "k-folds",
         lambda mean: np.arange(len(mean)) == np.append(np.diff(mean) > 0, True).argmax()),
    ),
    "of_equals": as_choices(
        ("the first of equal minima wins, wherever it stands", _TURN, "k-folds",
         lambda places, lams: places[0]),
        ("the last of equal minima wins, wherever it stands", _TURN, "k-folds",
         lambda places, lams: places[-1]),
        ("of equal minima, the smaller λ wins", _SIMPLER, "k-folds",
         lambda places, lams: places[np.argmin(lams[places])]),
    ),
    "answer": as_choices(
        ("the position is returned in place of the λ", _PLACE, "k-folds",
         lambda lams, mean, place: int(place)),
        ("the position is returned in place of the λ, counted from 1", _PLACE, "k-folds",
         lambda lams, mean, place: int(place) + 1),
        (
            "the least mean error is returned in place of its λ",
            "ask for the unit of what you return: is it an error, or a λ?",
            "k-folds",
            lambda lams, mean, place: mean[place],
        ),
        ("lams are sorted before the answer is read off, and the errors are not", _BELONG,
         "k-folds", lambda lams, mean, place: np.sort(lams)[place]),
        ("lams are read from the other end", _BELONG, "k-folds",
         lambda lams, mean, place: lams[::-1][place]),
        ("lams are sorted from large to small before the answer is read off, and the errors are "
         "not", _BELONG, "k-folds", lambda lams, mean, place: np.sort(lams)[::-1][place]),
        ("the λ after the best one is returned", _BELONG, "k-folds",
         lambda lams, mean, place: lams[min(place + 1, len(lams) - 1)]),
        ("the λ before the best one is returned", _BELONG, "k-folds",
         lambda lams, mean, place: lams[max(place - 1, 0)]),
        ("λ is weighed by the errors, and not chosen by them", _BELONG, "k-folds",
         lambda lams, mean, place: np.average(lams, weights=1 / mean)),
        ("λ is cut to a whole number", _BELONG, "k-folds",
         lambda lams, mean, place: int(lams[place])),
    ),
}  # fmt: skip


def _by_rows(lams, errors):
    """The fold of least mean error, as if folds were columns."""
    return lams[errors.mean(axis=1).argmin()]


def _in_any_fold(lams, errors):
    return lams[np.unravel_index(errors.argmin(), errors.shape)[1]]


# Most of these are written with argmin; these give one and the same number for equal means.
_WITHOUT_PLACE = ("the first λ at which", "the least mean error", "λ is weighed")
CHOICES["first"] = tuple(
    Choice(
        f"{choice.name}, and the first of equals wins",
        choice.advice,
        choice.section,
        {place: choice.value},
    )
    for place in ("centre", "search", "answer")
    for choice in CHOICES[place]
    if not choice.name.startswith(_WITHOUT_PLACE)
)


ENTRY = Entry(
    name="cross_validation.best_lambda",
    place=3,
    returns=("lam",),
    must=(
        "no λ has a smaller mean error over the folds than the answer, and no larger λ an equal one"
    ),
    reference=best_lambda,
    cases=cases,
    rubric=RUBRIC,
    section="k-folds",
    example=(np.array([0.1, 0.5, 10.0]), np.array([[4.0, 2.0, 3.0], [2.0, 2.0, 1.0]])),
    misconceptions=(
        Misconception(
            "the axes are mixed up, and the mean is taken over λ for each fold",
            "print the shape of your means: there should be one for each λ.",
            "k-folds",
            _by_rows,
        ),
        Misconception(
            "the λ is that of the least error in any single fold",
            _ONE,
            "one-split-or-many",
            _in_any_fold,
        ),
        Misconception(
            "each fold chooses a λ of its own, and these are averaged",
            _TOGETHER,
            "one-split-or-many",
            _vote(np.mean),
        ),
        Misconception(
            "each fold chooses a λ of its own, and the commonest of these wins",
            _TOGETHER,
            "one-split-or-many",
            _vote(_commonest),
        ),
        Misconception(
            "each fold chooses a λ of its own, and the largest of these wins",
            _TOGETHER,
            "one-split-or-many",
            _vote(np.max),
        ),
        Misconception(
            "each fold chooses a λ of its own, and the median of these wins",
            _TOGETHER,
            "one-split-or-many",
            _vote(np.median),
        ),
    ),
    formula=_formula,
    choices=CHOICES,
    few=True,
)
