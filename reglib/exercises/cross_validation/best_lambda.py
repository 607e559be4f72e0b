"""The λ of least mean error."""

import numpy as np

from reglib.checks.entry import Case, Entry, Misconception
from reglib.exercises import draws


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
    typical, orders, ties = RUBRIC

    def draw(k, count, arrange=np.sort, whole=False):
        def once():
            while True:
                errors = rng.uniform(1, 9, (k, count)).round(1)
                errors = errors.round().astype(int) if whole else errors
                if apart(errors.mean(axis=0)):
                    return arrange(draws.penalties(rng, count)), errors

        return draws.telling(once, best_lambda, [m.wrong for m in ENTRY.misconceptions[:6]])

    def tied(count, arrange):
        """Whole numbers of which two or more columns have the same least sum."""
        lams = arrange(draws.penalties(rng, count))
        equal = np.sort(rng.choice(count, 2, replace=False))
        errors = rng.integers(5, 10, (3, count))
        errors[:, equal[0]] = 1, 3, 2
        errors[:, equal[1]] = rng.permutation([4, 2, 0])
        return lams, errors

    def falling(lams):
        return np.sort(lams)[::-1]

    return [
        Case(typical, "two folds, three λ", draw(2, 3)),
        Case(typical, "three folds, three λ", draw(3, 3)),
        Case(typical, "four folds, six λ", draw(4, 6)),
        Case(orders, "λ from large to small", draw(2, 4, falling), order),
        Case(orders, "λ in no order", draw(3, 5, np.asarray), order),
        Case(orders, "whole numbers", draw(3, 4, whole=True)),
        Case(ties, "two equal means, λ from small to large", tied(3, np.sort), tie),
        Case(ties, "two equal means, λ from large to small", tied(4, falling), tie),
    ]


def _by_rows(lams, errors):
    """The fold of least mean error, as if folds were columns."""
    return lams[errors.mean(axis=1).argmin()]


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
            "the largest mean error wins",
            "ask whether `errors` are scores, where up is good, or errors.",
            "k-folds",
            lambda lams, errors: lams[errors.mean(axis=0).argmax()],
        ),
        Misconception(
            "the position is returned in place of the λ",
            "see what argmin gives you for lams = (0.1, 10), and how to get from there to a λ.",
            "k-folds",
            lambda lams, errors: int(errors.mean(axis=0).argmin()),
        ),
        Misconception(
            "the least mean error is returned in place of its λ",
            "ask for the unit of what you return: is it an error, or a λ?",
            "k-folds",
            lambda lams, errors: errors.mean(axis=0).min(),
        ),
        Misconception(
            "the λ is that of the least error in any single fold",
            "cover up all folds but one, and ask how far you would trust that one alone; the "
            "folds have to be put together before the least is looked for.",
            "one-split-or-many",
            lambda lams, errors: lams[np.unravel_index(errors.argmin(), errors.shape)[1]],
        ),
        Misconception(
            "each fold chooses a λ of its own, and these are averaged",
            "put the folds together before you choose: the mean of several λ need not be one of "
            "lams.",
            "one-split-or-many",
            lambda lams, errors: lams[errors.argmin(axis=1)].mean(),
        ),
        Misconception(
            "the first of equal minima wins, wherever it stands",
            "turn lams and the columns of errors around: the answer should stay as it is.",
            "k-folds",
            lambda lams, errors: lams[errors.mean(axis=0).argmin()],
        ),
        Misconception(
            "of equal minima, the smaller λ wins",
            "ask which of two fits with the same error is the simpler one.",
            "k-folds",
            lambda lams, errors: lams[errors.mean(axis=0) == errors.mean(axis=0).min()].min(),
        ),
    ),
)
