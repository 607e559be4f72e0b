"""Choices that many formulas share: the factor before a term, the residual, the strength of λ.

Each stands where the formula of an exercise takes it by keyword, in place of what belongs there.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from reglib.checks.entry import Choice, Entry


def factors(
    term: str, section: str, advice: str, halved: bool = True, counted: bool = True
) -> tuple[Choice, ...]:
    """Wrong factors before a term that belongs there once: functions of the number of rows n.

    `halved` says that the right factor is made of a ½, `counted` that it divides by n.

    >>> [choice.value(5) for choice in factors("the loss", "ridge-objective", "look.")][:4]
    [0.0, 2.0, 0.5, -1.0]
    """
    twice = "is not halved" if halved else "counts twice"
    found = [
        ("is left out", lambda n: 0.0),
        (twice, lambda n: 2.0),
        ("is halved once too often" if halved else "is halved", lambda n: 0.5),
        ("has the wrong sign", lambda n: -1.0),
    ]
    if counted:
        found += [
            ("is a sum over the rows, not a mean", lambda n: float(n)),
            ("is a sum over the rows, and not halved", lambda n: 2.0 * n),
            ("is multiplied by n where it is to be divided by n", lambda n: float(n * n)),
            ("is divided by n − 1, not by n", lambda n: n / (n - 1)),
        ]
    else:
        found += [("is multiplied by n", lambda n: float(n))]
    found += [("is divided by n once too often", lambda n: 1.0 / n)]
    return tuple(Choice(f"{term} {name}", advice, section, value) for name, value in found)


def residuals(section: str) -> tuple[Choice, ...]:
    """Wrong residuals: functions of (y, X, w, b) for y − b − Xw."""
    shapes = (
        "print the shapes of y, of your prediction and of their difference: each should have one "
        "number per row."
    )
    formula = "write the prediction for one row as a formula, and compare it with your code."
    return (
        Choice(
            "subtracting an (n, 1) from an (n,) makes an (n, n) array",
            shapes,
            section,
            lambda y, X, w, b: y - (X @ w + b)[:, None],
        ),
        Choice("b is left out of the prediction", formula, section, lambda y, X, w, b: y - X @ w),
        Choice(
            "b is subtracted in the prediction, not added",
            formula,
            section,
            lambda y, X, w, b: y + b - X @ w,
        ),
        Choice(
            "the prediction is added to y, not subtracted from it",
            formula,
            section,
            lambda y, X, w, b: y + b + X @ w,
        ),
        Choice(
            "y is left out, so that the prediction stands for the residual",
            formula,
            section,
            lambda y, X, w, b: -b - X @ w,
        ),
        Choice(
            "Xw is left out of the prediction",
            formula,
            section,
            lambda y, X, w, b: y - b + 0 * X[:, 0],
        ),
    )


def intercepts(section: str) -> tuple[Choice, ...]:
    """Wrong intercepts: functions of (X, y, w) for ȳ − x̄ᵀw.

    >>> X, y, w = np.array([[1.0], [3.0]]), np.array([4.0, 6.0]), np.array([1.0])
    >>> [float(choice.value(X, y, w)) for choice in intercepts("ridge-closed-form")][:3]
    [5.0, 0.0, 7.0]
    """
    means = "the line must pass through the point (x̄, ȳ) of the means: put x̄ into yours."
    shift = "add 1000 to every y: b should go up by 1000 and w stay as it is. See what yours does."
    found = (
        ("the intercept is the mean of y, although X is not centred", means,
         lambda X, y, w: y.mean()),
        ("there is an intercept of zero", shift, lambda X, y, w: 0.0),
        ("x̄ᵀw is added to the mean of y, not subtracted", means,
         lambda X, y, w: y.mean() + X.mean(axis=0) @ w),
        ("the intercept is −x̄ᵀw, without the mean of y", means,
         lambda X, y, w: -(X.mean(axis=0) @ w)),
        ("the intercept takes the residual of one row, not the mean", means,
         lambda X, y, w: y[0] - X[0] @ w),
        ("the intercept takes the last residual, not the mean", means,
         lambda X, y, w: y[-1] - X[-1] @ w),
        ("the sum of the residuals stands for their mean", means,
         lambda X, y, w: y.sum() - X.sum(axis=0) @ w),
        ("one mean of all entries of X stands for x̄", means,
         lambda X, y, w: y.mean() - X.mean() * w.sum()),
        ("the median of the residuals stands for their mean", means,
         lambda X, y, w: np.median(y - X @ w)),
        ("medians stand for the means of X and y", means,
         lambda X, y, w: np.median(y) - np.median(X, axis=0) @ w),
    )  # fmt: skip
    return tuple(Choice(name, advice, section, value) for name, advice, value in found)


def strengths(section: str, advice: str) -> tuple[Choice, ...]:
    """Wrong strengths of a penalty in a closed form with nλ: functions of (n, p, lam) for λ."""
    n_lost = "λ is not multiplied by n"
    found = (
        (n_lost, lambda n, p, lam: lam / n),
        ("λ is ignored", lambda n, p, lam: 0.0 * lam),
        (
            "the penalty is twice what J asks for, λ‖w‖² for λ/2 ‖w‖²",
            lambda n, p, lam: 2.0 * lam,
        ),
        ("the penalty is half of what J asks for", lambda n, p, lam: lam / 2),
        (f"{n_lost}, and the penalty is doubled", lambda n, p, lam: 2 * lam / n),
        (f"{n_lost}, and the penalty is halved", lambda n, p, lam: lam / (2 * n)),
        ("λ is multiplied by n²", lambda n, p, lam: n * lam),
        ("λ is squared", lambda n, p, lam: lam**2),
        ("the root of λ is taken", lambda n, p, lam: np.sqrt(lam)),
        ("the number of features stands where n belongs", lambda n, p, lam: lam * p / n),
        ("n − 1 stands where n belongs", lambda n, p, lam: lam * (n - 1) / n),
        ("the penalty has the wrong sign", lambda n, p, lam: -lam),
    )
    return tuple(Choice(name, advice, section, value) for name, value in found)


def inherited(
    entry: Entry, where: str = "", among: Sequence[str] = (), but: Sequence[str] = ()
) -> tuple[Choice, ...]:
    """The mistakes of another exercise, inside of one that is built on it.

    `where` says where in this one; `among` are the beginnings of the names that count, all if none,
    and `but` those of mistakes that make no difference here, or have another name.

    >>> from reglib.exercises import find
    >>> inherited(find("overfitting.mean_squared_error"), "in each error: ")[0].name
    'in each error: the errors are averaged before they are squared'
    """
    return tuple(
        Choice(where + m.name, m.advice, m.section, m.wrong)
        for m in entry.known
        if not m.by_rule
        and (not among or m.name.startswith(tuple(among)))
        and not m.name.startswith(tuple(but))
    )


def as_choices(*given: tuple[str, str, str, Callable]) -> tuple[Choice, ...]:
    """Choices from (name, advice, section, value)."""
    return tuple(Choice(*one) for one in given)


def twins(page: str, questions: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """The questions of a page that ask in words what mistakes get wrong, for each mistake.

    >>> twins("book/penalties/ridge", {"limit": ("the intercept is penalised",)})
    {'the intercept is penalised': 'book/penalties/ridge#limit'}
    """
    return {name: f"{page}#{id}" for id, names in questions.items() for name in names}
