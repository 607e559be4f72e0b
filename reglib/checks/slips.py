"""Slips: what goes wrong with a right answer, or with a known wrong one, on its last way out.

A factor, a sign, a root, an order, a part: whatever the exercise, its answers show them.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from reglib.checks.entry import BESIDES, Entry, Misconception


@dataclass(frozen=True)
class Slip:
    """One thing that happens to an answer.

    name    completes "your answers match what you get when …"
    advice  one sentence that helps
    turn    (args, answer) -> what becomes of it; raises `ValueError` where it cannot happen
    """

    name: str
    advice: str
    turn: Callable[[tuple, Any], Any]

    def after(self, entry: Entry, base: Misconception | None = None) -> Misconception:
        """This slip as a misconception of its own, or after another one.

        >>> from reglib.exercises import find
        >>> entry = find("ridge.ridge_objective")
        >>> twice = next(slips(entry)).after(entry)
        >>> twice.name, round(twice.wrong(*entry.example) / entry.reference(*entry.example))
        ('J is twice as large as it should be', 2)
        """
        before = base.wrong if base else entry.reference
        return Misconception(
            BESIDES.join([base.name, self.name]) if base else self.name,
            base.advice if base else self.advice,
            base.section if base else entry.section,
            lambda *args: self.turn(args, before(*args)),
        )


def slips(entry: Entry) -> Iterator[Slip]:
    """All slips that an answer of this exercise may show: the whole of it first, then each part."""
    several = len(entry.returns) > 1
    yield from _of_numbers(entry, "every number returned" if several else entry.returns[0], None)
    if several:
        for i, name in enumerate(entry.returns):
            yield from _of_numbers(entry, name, i)
            yield Slip(
                f"only {name} is returned",
                f"end the function with `return {', '.join(entry.returns)}`.",
                lambda args, answer, i=i: answer[i],
            )
        yield Slip(
            "the parts come in another order",
            f"see what is asked for, ({', '.join(entry.returns)}), and what your `return` says.",
            lambda args, answer: tuple(answer)[::-1],
        )


def _of_numbers(entry: Entry, it: str, part: int | None) -> Iterator[Slip]:
    def slip(name: str, advice: str, turn: Callable[[tuple, np.ndarray], Any]) -> Slip:
        return Slip(name.format(it=it), advice.format(it=it), lambda a, v: _with(a, v, part, turn))

    factor = "hold every factor of your code against the formula: {it} is off by this one alone."
    yield slip("{it} is twice as large as it should be", factor, lambda a, v: 2 * v)
    yield slip("{it} is half as large as it should be", factor, lambda a, v: v / 2)
    yield slip(
        "{it} has the wrong sign",
        "take numbers for which you know the sign, and see where your code turns it.",
        lambda a, v: -v,
    )
    yield slip(
        "the absolute value of {it} is returned",
        "call it where the answer is negative: is the sign to be lost?",
        lambda a, v: np.abs(v),
    )
    yield slip(
        "the root of {it} is returned",
        "ask for the unit of what you return: is it that of a square?",
        lambda a, v: np.sqrt(v),
    )
    yield slip(
        "{it} is squared",
        "ask for the unit of what you return: is it that of a square?",
        lambda a, v: v**2,
    )
    yield slip(
        "{it} is one too large",
        "count by hand for a short list: does your count begin at 0?",
        lambda a, v: v + 1,
    )
    yield slip(
        "{it} is one too small",
        "count by hand for a short list: does your count begin at 0?",
        lambda a, v: v - 1,
    )
    for name, place in _with_rows(entry):
        rows = f"the number of rows of {name}"
        repeat = "enter every row twice: a mean stays as it is. Does {it}?"
        yield slip(
            f"{{it}} is multiplied by {rows}, as a sum is where a mean belongs",
            repeat,
            lambda a, v, place=place: v * len(a[place]),
        )
        yield slip(
            f"{{it}} is divided by {rows} once too often",
            repeat,
            lambda a, v, place=place: v / len(a[place]),
        )
        yield slip(
            f"{{it}} is divided by one less than {rows}",
            "count what you sum over, and compare with what you divide by.",
            lambda a, v, place=place: v * len(a[place]) / _positive(len(a[place]) - 1),
        )
    yield slip(
        "{it} comes in reversed order",
        "call it with two values, one after the other, and see which answer comes first.",
        lambda a, v: _rows(v)[::-1],
    )
    yield slip(
        "{it} has its rows and its columns mixed up",
        "print the shape of {it}, and compare it with the one that is asked for.",
        lambda a, v: _table(v).T,
    )
    for name, place in _lists(entry):
        for order, sign in (("ascending", 1), ("descending", -1)):
            yield slip(
                f"{{it}} comes in {order} order of {name}",
                f"call it with the same {name} in two orders, and see what belongs to which.",
                lambda a, v, place=place, sign=sign: _rows(v)[_order(a[place], sign, v)],
            )
    yield slip(
        "{it} is cut to whole numbers where those given are whole",
        "print the dtype of the array that you fill: one made of whole numbers keeps no fractions.",
        lambda a, v: np.trunc(v) if _is_whole(a) else v,
    )
    yield slip(
        "the mean of {it} is returned, and not each of its numbers",
        "print the shape of what you return, and compare it with the one that is asked for.",
        lambda a, v: np.mean(_rows(v)),
    )
    yield slip(
        "the sum of {it} is returned, and not each of its numbers",
        "print the shape of what you return, and compare it with the one that is asked for.",
        lambda a, v: np.sum(_rows(v)),
    )


def _with(args: tuple, answer: Any, part: int | None, turn: Callable) -> Any:
    if part is None:
        if isinstance(answer, tuple):
            return tuple(turn(args, np.asarray(one, dtype=float)) for one in answer)
        return turn(args, np.asarray(answer, dtype=float))
    turned = turn(args, np.asarray(answer[part], dtype=float))
    return tuple(turned if i == part else one for i, one in enumerate(answer))


def _with_rows(entry: Entry) -> list[tuple[str, int]]:
    """The arguments whose number of rows may come in as a factor, and their places."""
    sure = [(a, i) for i, a in enumerate(entry.arguments) if a in ("y", "y_train", "y_val")]
    return sure or [
        (name, i)
        for i, (name, value) in enumerate(zip(entry.arguments, entry.example, strict=True))
        if isinstance(value, np.ndarray)
    ]


def _lists(entry: Entry) -> list[tuple[str, int]]:
    """The arguments that are lists of values, one for each answer."""
    return [(a, i) for i, a in enumerate(entry.arguments) if a in ("lams", "degrees", "sizes")]


def _order(values: Any, sign: int, answer: np.ndarray) -> np.ndarray:
    if len(values) != len(_rows(answer)):
        raise ValueError
    return np.argsort(sign * np.asarray(values, dtype=float), kind="stable")


def _rows(value: np.ndarray) -> np.ndarray:
    if np.ndim(value) == 0:
        raise ValueError
    return value


def _table(value: np.ndarray) -> np.ndarray:
    if np.ndim(value) != 2:
        raise ValueError
    return value


def _positive(count: int) -> int:
    if count < 1:
        raise ValueError
    return count


def _is_whole(args: tuple) -> bool:
    arrays = [arg for arg in args if isinstance(arg, np.ndarray)]
    return bool(arrays) and all(array.dtype.kind == "i" for array in arrays)
