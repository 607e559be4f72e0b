"""The form of an answer: what came out, arranged as what is asked for, if it can be."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from reglib.checks.entry import Case, Entry
from reglib.checks.run import Foreign, Outcome


class Misfit(Exception):
    """A value that has not the form of the expected one: its kind of fault, and a sentence."""


@dataclass(frozen=True)
class Answers:
    """What a function gave in each case, beside what it should give.

    kinds  the kind of fault of each case, or "" where the answer is right
    """

    entry: Entry
    cases: Sequence[Case]
    outcomes: Sequence[Outcome]
    expected: Sequence[Any]
    kinds: Sequence[str]

    def arranged(self, i: int, outcome: Outcome | None = None) -> Any:
        """The answer that came in a case, or another one to it, in the form of the expected one.

        Raises `Misfit` if it has another form.
        """
        value = (outcome or self.outcomes[i]).value
        return arrange(value, self.expected[i], self.entry.returns, [], set())


def parts(value: Any, names: tuple[str, ...], like: Any) -> Iterator[tuple[str, Any, Any]]:
    """Yield the name of each part of what is returned, the part, and the one that is expected.

    >>> list(parts((1.0, 2.0), ("w", "b"), (1.0, 3.0)))
    [('w', 1.0, 1.0), ('b', 2.0, 3.0)]
    """
    if isinstance(like, tuple):
        yield from zip(names, value, like, strict=True)
    else:
        yield names[0], value, like


def arrange(
    value: Any, like: Any, names: tuple[str, ...], remarks: list[str], lengths: set[int]
) -> Any:
    """Return `value` in the form of `like`: lists as arrays, a pair as a tuple, 0-d as a float.

    Appends to `remarks` what is off in a right answer. Raises `Misfit` if it has another form;
    `lengths` are those of the arrays that were given.
    """
    if not isinstance(like, tuple):
        return _array(value, like, names[0], remarks, lengths)
    whole = f"({', '.join(names)})"
    array = isinstance(value, np.ndarray) and value.ndim > 0
    items = list(value) if array else value
    if not isinstance(items, list | tuple) or len(items) != len(like):
        raise Misfit("form", f"It returned {describe(value)}, not {whole}.")
    try:
        return tuple(
            _array(part, wanted, name, remarks, lengths)
            for part, wanted, name in zip(items, like, names, strict=True)
        )
    except Misfit:
        if array:  # its rows are no parts
            raise Misfit("form", f"It returned {describe(value)}, not {whole}.") from None
        if [_shape(part) for part in items[::-1]] == [_shape(wanted) for wanted in like]:
            raise Misfit("form", f"Its parts come in another order than {whole}.") from None
        raise


def _array(value: Any, like: Any, name: str, remarks: list[str], lengths: set[int]) -> Any:
    wanted = np.asarray(like)
    shape = _shape(value)
    if shape is None:
        raise Misfit("form", f"{name} is {describe(value)}, not {describe(like)}.")
    array = np.asarray(value)
    if array.dtype == bool and wanted.dtype != bool:
        raise Misfit("form", f"{name} is made of True and False, not of numbers.")
    off = f"{name} has shape {shape} where {wanted.shape or 'a single number'} is asked for"
    if array.size != wanted.size:
        rows = next((n for n in sorted(lengths) if n > 1 and _broadcast(shape, wanted, n)), None)
        if rows:
            off += f": subtracting a ({rows}, 1) from a ({rows},) makes a ({rows}, {rows})"
        raise Misfit("form", f"{off}.")
    if shape != wanted.shape:
        remarks.append(off)
    return array.reshape(wanted.shape) if wanted.ndim else float(array.reshape(()))


def _broadcast(shape: tuple[int, ...], wanted: np.ndarray, n: int) -> bool:
    """Whether a shape is what (n,) − (n, 1) leaves behind where `wanted` is asked for."""
    return len(shape) == 2 and math.prod(shape) in (wanted.size * n, wanted.size * n * n)


def _shape(value: Any) -> tuple[int, ...] | None:
    """The shape of a number, an array or a regular list of them; None for anything else."""
    if value is None or isinstance(value, Foreign):
        return None
    try:
        array = np.asarray(value)
    except ValueError:  # a ragged list
        return None
    return array.shape if array.dtype.kind in "fib" else None


def describe(value: Any) -> str:
    """Say in a few words what a plain value is.

    >>> describe(np.ones((3, 1))), describe((1.0, 2.0)), describe(2.5)
    ('an array of shape (3, 1)', 'a tuple of 2', 'a single number')
    """
    if isinstance(value, Foreign):
        return value.what
    if isinstance(value, list | tuple):
        return f"a {type(value).__name__} of {len(value)}"
    if isinstance(value, np.ndarray) and value.ndim:
        return f"an array of shape {value.shape}"
    return "None" if value is None else "a single number"
