"""What wrong numbers show by themselves, where no known mistake explains them.

Which part is right, in which cases, in which entries, by which factor it is off: no catalogue is
needed to see that, and each points to a place in the code.
"""

from collections.abc import Callable, Iterator
from itertools import islice, pairwise
from typing import Any

import numpy as np

from reglib.checks.entry import Entry
from reglib.checks.form import Answers, Misfit, parts

MOST = 2  # sentences
_TIGHT = 1e-6


def evidence(answers: Answers) -> tuple[str, ...]:
    """Return what can be said of the wrong answers, the most telling first.

    >>> from reglib.checks.run import attempt
    >>> from reglib.exercises import find
    >>> entry = find("ridge.ridge_objective")
    >>> cases = entry.draw()
    >>> came = [attempt(lambda *args: 3 * entry.reference(*args), case.args) for case in cases]
    >>> expected = [entry.reference(*case.args) for case in cases]
    >>> evidence(Answers(entry, cases, came, expected, ["wrong"] * len(cases)))
    ('In every case that is wrong, J is 3 times what it should be.',)
    """
    if answers.entry.properties:
        return ()  # there is no right answer to hold one against
    seen = _Seen(answers)
    if not seen.wrong:
        return ()
    looks = (
        *(seen.parts, seen.look, seen.given, seen.repeated, seen.factor, seen.offset),
        *(seen.where, seen.entries, seen.turns),
    )
    with np.errstate(all="ignore"):  # it may meet any number there is
        found = islice(filter(None, (look() for look in looks)), MOST)
        return tuple(found) or tuple(filter(None, [seen.side()]))


class _Seen:
    """The wrong answers of one exercise beside the right ones."""

    def __init__(self, answers: Answers) -> None:
        self.entry, self.cases, self.kinds = answers.entry, answers.cases, answers.kinds
        self.whole = all(kind in ("", "wrong", "nan") for kind in self.kinds)
        self.wrong: dict[int, dict[str, tuple[np.ndarray, np.ndarray]]] = {}
        for i, (like, kind) in enumerate(zip(answers.expected, self.kinds, strict=True)):
            if kind in ("wrong", "nan"):
                try:
                    value = answers.arranged(i)
                except Misfit:
                    continue
                self.wrong[i] = {
                    name: (np.asarray(part, dtype=float), np.asarray(wanted, dtype=float))
                    for name, part, wanted in parts(value, self.entry.returns, like)
                }
        self.off = [
            name
            for name in self.entry.returns
            if any(not _same(*seen[name]) for seen in self.wrong.values())
        ]

    def pairs(self) -> Iterator[tuple[str, tuple, np.ndarray, np.ndarray]]:
        """Yield each part that is off, in each case in which it is: name, args, came, wanted."""
        for i, seen in self.wrong.items():
            for name in self.off:
                if not _same(*seen[name]):
                    yield name, self.cases[i].args, *seen[name]

    def it(self) -> str:
        return " and ".join(self.off)

    def parts(self) -> str:
        """Which of several parts is right throughout."""
        right = [name for name in self.entry.returns if name not in self.off]
        if not right or not self.off or len(self.wrong) < 2:
            return ""
        are, its = ("are" if len(right) > 1 else "is"), ("are" if len(self.off) > 1 else "is")
        return f"{' and '.join(right)} {are} right in every case: only {self.it()} {its} not."

    def look(self) -> str:
        """What the exercise itself reads off wrong answers."""
        if not self.entry.look:
            return ""
        values = [tuple(came for came, _ in seen.values()) for seen in self.wrong.values()]
        try:
            return self.entry.look([self.cases[i].args for i in self.wrong], values)
        except (ArithmeticError, ValueError, np.linalg.LinAlgError):  # it may meet any number
            return ""

    def given(self) -> str:
        """Whether a part comes back as something that was given."""
        for name in self.off:
            for place, argument in enumerate(self.entry.arguments):
                found = [
                    (came, np.asarray(args[place], dtype=float))
                    for part, args, came, _ in self.pairs()
                    if part == name and isinstance(args[place], np.ndarray)
                ]
                if len(found) > 1 and all(
                    came.shape == given.shape and _same(came, given) for came, given in found
                ):
                    return f"In every case that is wrong, {name} is {argument}, as it was given."
        return ""

    def repeated(self) -> str:
        """Whether all rows or columns of a table, or entries of a list, are the same."""
        if len(self.off) != 1:
            return ""
        tables = [(came, wanted) for *_, came, wanted in self.pairs() if wanted.ndim]
        for axis, what in ((0, "row" if self.wide() else "entry"), (1, "column")):
            found = [(came, wanted) for came, wanted in tables if wanted.ndim > axis]
            several = [pair for pair in found if pair[1].shape[axis] > 1]
            if len(several) > 1 and all(
                np.ptp(came, axis=axis).max() == 0 < np.ptp(wanted, axis=axis).max()
                for came, wanted in several
            ):
                return (
                    f"Each {what} of {self.it()} is the same: see whether your loop fills one "
                    "array again and again, or always takes the same values."
                )
        return ""

    def wide(self) -> bool:
        return any(wanted.ndim > 1 for *_, wanted in self.pairs())

    def turns(self) -> str:
        """Whether what comes first is always right, and what comes later is not."""
        masks = [_lines(came, wanted) for *_, came, wanted in self.pairs() if _is_long(wanted)]
        if len(self.off) != 1 or len(masks) < 2 or any(mask[0] for mask in masks):
            return ""
        what = "row" if self.wide() else "entry"
        return (
            f"The first {what} of {self.it()} is always right, and later ones are not: look at "
            "what one turn of your loop leaves behind for the next."
        )

    def factor(self) -> str:
        """By which factor all numbers of a part are off."""
        return next(filter(None, map(self._factor, self.off)), "")

    def _factor(self, part: str) -> str:
        off = [(args, came, wanted) for name, args, came, wanted in self.pairs() if name == part]
        found = [(args, _ratio(came, wanted)) for args, came, wanted in off]
        if len(found) < 2 or any(ratio is None for _, ratio in found):
            return ""
        ratios = np.array([ratio for _, ratio in found])
        if np.allclose(ratios, ratios[0], rtol=_TIGHT, atol=0):
            return f"In every case that is wrong, {part} is {_times(ratios[0])}."
        for name, size in _quantities(self.entry):
            sizes = np.array([_quantity(size, self.entry, args) for args, _ in found])
            for power, words in ((1, "{} times"), (-1, "1/{} of"), (0.5, "√{} times")):
                constant = ratios / sizes**power
                if np.ptp(sizes) > 0 and np.allclose(constant, constant[0], rtol=_TIGHT, atol=0):
                    more = "" if np.isclose(constant[0], 1) else f" {constant[0]:.4g} ×"
                    return (
                        f"In every case that is wrong, {part} is{more} {words.format(name)} "
                        "what it should be."
                    )
        if all(np.size(came) > 1 for _, came, _ in off):
            return (
                f"In each case, all entries of {part} are off by one and the same factor, "
                "which differs from case to case."
            )
        return ""

    def offset(self) -> str:
        """By which number all numbers of a part are off."""
        return next(filter(None, map(self._offset, self.off)), "")

    def _offset(self, part: str) -> str:
        off = [(came, wanted) for name, _, came, wanted in self.pairs() if name == part]
        if len(off) < 2:
            return ""
        found = [came - wanted for came, wanted in off]
        spread = max(float(np.abs(wanted).max(initial=0)) for _, wanted in off)
        within = all(np.ptp(d) <= _TIGHT * (spread + np.abs(d).max()) for d in found)
        firsts = np.array([d.ravel()[0] for d in found])
        if within and np.ptp(firsts) <= _TIGHT * (spread + np.abs(firsts).max()):
            side = "more" if firsts[0] > 0 else "less"
            return (
                f"In every case that is wrong, {part} is {abs(firsts[0]):.4g} {side} than "
                "it should be."
            )
        if within and all(d.size > 1 for d in found):
            return (
                f"In each case, all entries of {part} are off by one and the same number: "
                "something is added to or left out of all of them."
            )
        return ""

    def where(self) -> str:
        """What the cases that are wrong have in common, and those that are right have not."""
        if len(self.wrong) < 2 or not self.whole:
            return ""
        for words, hint, rule in _CIRCUMSTANCES:
            met = [_met(rule, self.entry, case.args) for case in self.cases]
            if None in met:
                continue
            if [bool(kind) for kind in self.kinds] == met:
                return f"It is wrong in all cases {words}, and right in all others: {hint}."
        return ""

    def entries(self) -> str:
        """Which entries of an array are wrong, if it is always those at one end."""
        lines = [_lines(came, wanted) for *_, came, wanted in self.pairs() if _is_long(wanted)]
        if len(self.off) != 1 or len(lines) < 2:
            return ""
        for words, expected in (
            ("only the first {} of {} is wrong", lambda n: np.arange(n) == 0),
            ("only the last {} of {} is wrong", lambda n: np.arange(n) == n - 1),
            ("only the first {} of {} is right", lambda n: np.arange(n) > 0),
            ("only the last {} of {} is right", lambda n: np.arange(n) < n - 1),
        ):
            if all(np.array_equal(line, expected(len(line))) for line in lines):
                what = "row" if self.wide() else "entry"
                return f"In every case that is wrong, {words.format(what, self.it())}."
        return ""

    def side(self) -> str:
        """Whether numbers are always too large, or always too small."""
        for words, rule in (
            ("too large", lambda d, slack: (d >= -slack).all()),
            ("too small", lambda d, slack: (d <= slack).all()),
        ):
            if (
                len(self.wrong) > 2
                and self.off
                and all(
                    rule(came - wanted, _TIGHT * np.abs(wanted).max(initial=0))
                    for _, _, came, wanted in self.pairs()
                )
            ):
                are = "are" if len(self.off) > 1 else "is"
                return f"Where it is off, {self.it()} {are} always {words}."
        return ""


def _same(came: np.ndarray, wanted: np.ndarray) -> bool:
    return bool(np.allclose(came, wanted, rtol=0, atol=_TIGHT * (1e-3 + np.abs(wanted).max())))


def _is_long(wanted: np.ndarray) -> bool:
    return bool(wanted.ndim and len(wanted) > 1)


def _lines(came: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Which entries of a list, or rows of a table, are wrong."""
    off = ~(np.abs(came - wanted) <= _TIGHT * (np.abs(wanted).max(initial=0) + 1e-9))
    return off.reshape(len(off), -1).any(axis=1)


def _ratio(came: np.ndarray, wanted: np.ndarray) -> float | None:
    """The one factor between two arrays, or None."""
    came, wanted = came.ravel(), wanted.ravel()
    if not wanted.any():
        return None
    ratio = float(came @ wanted / (wanted @ wanted))
    slack = _TIGHT * np.abs(wanted).max()
    return ratio if np.abs(came - ratio * wanted).max() <= abs(ratio) * slack else None


def _times(ratio: float) -> str:
    if 0 < ratio < 1 and np.isclose(1 / ratio, round(1 / ratio), rtol=_TIGHT):
        return f"1/{round(1 / ratio)} of what it should be"
    return f"{ratio:.4g} times what it should be"


def _quantities(entry: Entry) -> list[tuple[str, Callable[[dict[str, Any]], float]]]:
    """Numbers by which answers are wrongly multiplied: their names, and how to get them."""
    known = [
        ("the number of rows", lambda given: len(given["y"])),
        ("the number of rows", lambda given: len(given["X"])),
        ("the number of columns", lambda given: given["X"].shape[1]),
        ("λ", lambda given: given["lam"]),
        ("the number of folds", lambda given: len(given["folds"])),
        ("the number of folds", lambda given: len(given["errors"])),
    ]
    return [
        (name, of) for name, of in known if _met(lambda g, of=of: of(g) is not None, entry) is True
    ]


def _quantity(size: Callable, entry: Entry, args: tuple) -> float:
    return float(size(dict(zip(entry.arguments, args, strict=True))))


def _met(
    rule: Callable[[dict[str, Any]], bool], entry: Entry, args: tuple | None = None
) -> bool | None:
    """Whether a circumstance is met by a call, of the example if of none; None where it means
    nothing.
    """
    try:
        return bool(rule(dict(zip(entry.arguments, args or entry.example, strict=True))))
    except (KeyError, AttributeError, IndexError, TypeError):
        return None


def _data(given: dict[str, Any]) -> np.ndarray:
    return given["X"] if "X" in given else given["X_train"]


def _constant(given: dict[str, Any]) -> bool:
    X = _data(given)
    return (X.min(axis=0) == X.max(axis=0)).any()


def _unsorted(given: dict[str, Any]) -> bool:
    return any(before > after for before, after in pairwise(given["lams"]))


# What sets some cases apart: in words, what it points to, and the rule.
_CIRCUMSTANCES = (
    ("with λ > 0", "so look at the term with λ", lambda g: g["lam"] > 0),
    ("with λ = 0", "so follow λ = 0 through your code", lambda g: g["lam"] == 0),
    (
        "with several features",
        "so look at where the features meet",
        lambda g: _data(g).shape[1] > 1,
    ),
    (
        "with more features than rows",
        "so look for a matrix without an inverse, or a length taken from the wrong axis",
        lambda g: _data(g).shape[1] > _data(g).shape[0],
    ),
    (
        "of whole numbers",
        "so look for an array that is made of whole numbers too, and cuts what it is given",
        lambda g: all(a.dtype.kind == "i" for a in g.values() if isinstance(a, np.ndarray)),
    ),
    (
        "with a zero in z",
        "so follow z = 0 through your code",
        lambda g: (np.asarray(g["z"]) == 0).any(),
    ),
    ("with a zero in w", "so follow w_j = 0 through your code", lambda g: (g["w"] == 0).any()),
    ("with a constant column", "so see what such a column becomes when centred", _constant),
    ("whose λ do not ascend", "so look for a step that takes them to be sorted", _unsorted),
    (
        "with more than one λ",
        "so look at what one λ leaves to the next",
        lambda g: len(g["lams"]) > 1,
    ),
)
