"""Call a function on the inputs of each case and bring back what happened, as plain data.

This is the only part of a check that stands where the learner's code is. It needs only `guard`,
knows no expected value, and what it returns can be written down as numbers and text.
"""

import copy
import linecache
import math
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from reglib.guard import TimeIsUp, call, quiet, time_limit

# Of a processor, for all cases of a check together; twice as many by the clock is well under the
# 30 s that nbgrader gives a cell.
SECONDS = 10.0
LARGEST = 1_000_000  # numbers in one array


@dataclass(frozen=True)
class Foreign:
    """Stands for something returned that is not numbers: "an object of type dict"."""

    what: str


@dataclass(frozen=True)
class Error:
    """An exception: its type and message, and the learner's line in which it came up."""

    kind: str
    message: str
    number: int | None = None
    line: str = ""

    def __str__(self) -> str:
        where = f', in line {self.number}: "{self.line}"' if self.number else ""
        return f"{self.kind}{': ' if self.message else ''}{self.message}{where}"


@dataclass(frozen=True)
class Outcome:
    """What one call did.

    value    numbers, arrays of dtype f8, i8 or b1 and at most 3 dimensions, lists and tuples of
             them, None, or `Foreign`
    error    the exception, if it raised one
    stopped  "time" or "interrupt" if it did not finish
    after    the arrays, lists and tuples among its arguments, as it left them; None for the others
    printed  characters that it printed; they are swallowed
    """

    value: Any = None
    error: Error | None = None
    stopped: str = ""
    after: tuple = ()
    printed: int = 0


def run(
    function: Callable, arguments: Sequence[tuple], seconds: float | None = None
) -> list[Outcome]:
    """Call `function` on each tuple of arguments; return one outcome for each, in order.

    The function gets copies. Once the time for all of them together is up, or the run is
    interrupted, the call under way and those after it come back as stopped.

    >>> run(lambda x: x + 1, [(1,), ("a",)])[0].value
    2
    """
    outcomes: list[Outcome] = []
    stopped = ""
    with quiet() as output:
        try:
            with time_limit(SECONDS if seconds is None else seconds):
                for args in arguments:
                    before = output.characters
                    outcome = attempt(function, args)
                    outcomes.append(replace(outcome, printed=output.characters - before))
        except TimeIsUp:
            stopped = "time"
        except KeyboardInterrupt:
            stopped = "interrupt"
    left = len(arguments) - len(outcomes)
    return outcomes + [Outcome(stopped=stopped)] * left


def attempt(function: Callable, args: tuple) -> Outcome:
    """Call `function` once on copies of `args`.

    >>> attempt(lambda x: x.sort(), (np.array([2.0, 1.0]),))
    Outcome(value=None, error=None, stopped='', after=(array([1., 2.]),), printed=0)
    """
    given = fresh(args)
    value, error = None, None
    try:
        value = call(lambda: plain(function(*given)))
    except (TimeIsUp, KeyboardInterrupt):
        raise
    except BaseException as exception:  # SystemExit too: it must not end the notebook
        home = getattr(getattr(function, "__code__", None), "co_filename", None)
        error = error_of(exception, home)
    # Numbers cannot change; what `make()` made, such as a generator, may.
    after = (plain(arg) if isinstance(arg, np.ndarray | list | tuple) else None for arg in given)
    return Outcome(value, error, after=tuple(after))


def fresh(args: tuple) -> tuple:
    """Return copies of plain arguments, and the objects that the others stand for.

    >>> fresh(([1, 2], 3.0))
    ([1, 2], 3.0)
    """
    return tuple(map(_fresh, args))


def _fresh(arg: Any) -> Any:
    if hasattr(arg, "make"):
        return arg.make()
    if isinstance(arg, np.ndarray) and arg.dtype.kind == "i":
        return arg.astype(np.int64)  # in a page NumPy's own are of 32 bits, and a power runs over
    return copy.deepcopy(arg)


def plain(value: Any, depth: int = 0) -> Any:
    """Return `value` as numbers, plain arrays, lists and tuples; `Foreign` stands for the rest.

    >>> plain((np.float32(0.5), [1, True]))
    (array(0.5), [1, True])
    >>> plain({"w": 1})
    Foreign(what='an object of type dict')
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, np.ndarray | np.generic):
        return _plain_array(np.asarray(value), depth)
    if isinstance(value, int | float):
        return _plain_number(value)
    if isinstance(value, list | tuple) and depth < 4 and len(value) <= LARGEST:
        items = [plain(item, depth + 1) for item in value]
        return items if isinstance(value, list) else tuple(items)
    return Foreign(f"an object of type {_short(type(value).__name__)}")


def error_of(exception: BaseException, home: str | None) -> Error:
    """Return what an exception was, with its last line in the file or cell `home`.

    >>> print(error_of(KeyError("w"), "<cell>"))
    KeyError: 'w'
    """
    number, line = None, ""
    for frame, at in traceback.walk_tb(exception.__traceback__):
        if frame.f_code.co_filename == home:
            number, line = at, linecache.getline(home, at).strip()
    try:
        message = str(exception)
    except BaseException:
        message = ""
    return Error(type(exception).__name__, _short(message), number, _short(line))


def _plain_array(value: np.ndarray, depth: int) -> Any:
    kind = {"f": "f8", "i": "i8", "u": "i8", "b": "b1"}.get(value.dtype.kind)
    if value.dtype == object and value.ndim == 1:
        return plain(value.tolist(), depth)  # np.array([w, b], dtype=object) is a pair all the same
    if kind is None:
        return Foreign(_short(f"an array of {value.dtype}"))
    if value.ndim > 3 or value.size > LARGEST:
        return Foreign(f"an array of shape {value.shape}")
    return value.astype(kind)


def _plain_number(value: int | float) -> int | float:
    if isinstance(value, float):
        return float.__pos__(value)
    if -(2**63) <= value < 2**63:
        return int.__pos__(value)
    return math.inf if value > 0 else -math.inf


def _short(text: str) -> str:
    """One printable line of at most 200 characters."""
    text = "".join(c if c.isprintable() else " " for c in text[:1000])
    return text if len(text) <= 200 else text[:199] + "…"
