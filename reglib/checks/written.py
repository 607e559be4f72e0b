"""Calls and values as they are written in Python, and as a learner can read and paste them."""

import textwrap
from typing import Any

import numpy as np

from reglib.checks.entry import Entry
from reglib.checks.form import describe
from reglib.checks.run import Foreign, attempt

_ROWS = 6  # of an array that is shown
_FEW = 6  # numbers of an array that stands on one line
_CODE, _TABLE = 88, 60  # characters of a line of code, and of one with rows of a table
_LONG = 200  # of a line that is not broken


def example(entry: Entry) -> str:
    """Return the public example of an exercise with its output, as a Python session.

    >>> from reglib.exercises import find
    >>> example(find("ridge.ridge_fit")).splitlines()[-1]
    '(array([1.]), 2.0)'
    """
    expected = attempt(entry.reference, entry.example).value
    given = zip(entry.arguments, entry.example, strict=True)
    lines = [f">>> {assign(name, value)}" for name, value in given]
    return "\n".join([*lines, f">>> {entry.call}", repr(plain(expected))])


def plain(value: Any) -> Any:
    """Return numbers without their last digits, which are rounding and differ between machines.

    >>> plain((0.1 + 0.2, [3]))
    (0.3, [3])
    """
    if isinstance(value, list | tuple):
        return type(value)(map(plain, value))
    return float(f"{value:.12g}") if isinstance(value, float) else value


def assign(name: str, value: Any) -> str:
    """Return a statement that makes an argument again.

    >>> print(assign("X", np.array([[1.0], [2.5]])))
    X = np.array([[1.0], [2.5]])
    >>> print(assign("folds", [(np.array([1]), np.array([0]))]))
    folds = [(np.array([1]), np.array([0]))]
    """
    if not isinstance(value, np.ndarray):
        return f"{name} = {_literal(value)}"
    start = f"{name} = np.array("
    if value.ndim < 2 or value.size <= _FEW:
        return f"{start}{value.tolist()})"
    below = ",\n" + " " * (len(start) + 1)
    return f"{start}[{below.join(str(row) for row in value.tolist())}])"


def call(entry: Entry, args: tuple) -> str:
    """Return a call of the function, to be pasted: as many arguments on a line as go there.

    >>> from reglib.exercises import find
    >>> entry = find("ridge.ridge_fit")
    >>> print(call(entry, entry.example))
    ridge_fit(X=np.array([[0.0], [2.0]]), y=np.array([1.0, 5.0]), lam=1.0)
    """
    start = f"{entry.function}("
    lines = [start]
    for name, value in zip(entry.arguments, args, strict=True):
        first, *below = _given(name, value).splitlines()
        if len(lines[-1]) + len(first) > _CODE or (below and lines[-1] != start):
            lines.append(" " * len(start))
        lines[-1] += first
        lines += [" " * len(start) + line for line in below]
        lines[-1] += ", "
    lines = [line.rstrip() for line in lines]
    lines[-1] = lines[-1].removesuffix(",") + ")"
    return "\n".join(lines)


def shown(entry: Entry, value: Any) -> tuple[str, ...]:
    """Return what a function returned, each part by its name and cut to a few lines.

    >>> from reglib.exercises import find
    >>> shown(find("ridge.ridge_fit"), (np.array([1.0, 2.5]), 2.0))
    ('w = [1. , 2.5]', 'b = 2')
    """
    if isinstance(value, list | tuple) and len(value) == len(entry.returns) > 1:
        pairs = zip(entry.returns, value, strict=True)
    else:
        pairs = [(entry.returns[0] if len(entry.returns) == 1 else "the result", value)]
    return tuple(_short(_show(*pair)) for pair in pairs)


def _show(name: str, value: Any) -> str:
    if isinstance(value, list):
        value = _table(value)
    if isinstance(value, np.ndarray) and value.ndim:
        text = np.array2string(value, precision=6, separator=", ", threshold=24, edgeitems=2)
        text = " ".join(text.split()) if value.size <= _FEW else text
        text = text.replace("\n", "\n" + " " * len(f"{name} = "))
    elif isinstance(value, float | np.ndarray):
        text = f"{float(value):.6g}"
    else:
        text = describe(value) if isinstance(value, Foreign) else repr(_bare(value))
    return f"{name} = {text}"


def _literal(value: Any) -> str:
    """What makes a value again: as `repr`, with the arrays inside of lists and tuples."""
    if isinstance(value, np.ndarray):
        return f"np.array({value.tolist()})"
    if not isinstance(value, list | tuple):
        return repr(value)
    if len(value) > 3 and all(item is value[0] for item in value) and isinstance(value, list):
        return f"[{_literal(value[0])}] * {len(value)}"
    items = ", ".join(map(_literal, value))
    if isinstance(value, list):
        return f"[{items}]"
    return f"({items},)" if len(value) == 1 else f"({items})"


def _given(name: str, value: Any) -> str:
    """An argument by its name, with as many rows of a table on a line as go there."""
    lines = [_literal(value)]
    if isinstance(value, np.ndarray):
        lines = textwrap.wrap(*lines, _TABLE, break_long_words=False, break_on_hyphens=False)
    return f"{name}=" + f"\n{' ' * len(name)} ".join(lines)


def _short(text: str) -> str:
    """The first lines of what is shown, none of them endless."""
    lines = [line if len(line) <= _LONG else line[: _LONG - 1] + "…" for line in text.splitlines()]
    return "\n".join(lines if len(lines) <= _ROWS else [*lines[: _ROWS - 1], "    …"])


def _bare(value: Any) -> Any:
    """Arrays inside of lists and tuples as lists, which are shorter to read."""
    if isinstance(value, list | tuple):
        return type(value)(map(_bare, value))
    return value.tolist() if isinstance(value, np.ndarray) else value


def _table(value: list) -> Any:
    """A list of numbers, or of equally long lists of numbers, as an array; others as they are."""
    try:
        array = np.asarray(value)
    except ValueError:  # ragged
        return value
    return array if array.dtype.kind in "fi" and array.ndim <= 2 else value
