"""Call a function on the inputs of each case and bring back what happened, as plain data.

This is the only part of a check that stands where the learner's code is. It needs nothing else of
reglib, knows no expected value, and what it returns can be written down as numbers and text.
"""

import contextlib
import copy
import ctypes
import io
import linecache
import math
import os
import signal
import sys
import threading
import traceback
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from types import FrameType
from typing import Any

import numpy as np

SECONDS = 10.0  # for all cases of a check together: well under the 30 s that nbgrader gives a cell
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


@dataclass(frozen=True)
class Outcome:
    """What one call did.

    value    numbers, arrays of dtype f8, i8 or b1 and at most 3 dimensions, lists and tuples of
             them, None, or `Foreign`
    error    the exception, if it raised one
    stopped  "time" or "interrupt" if it did not finish
    changed  positions of the arguments that it changed
    printed  characters that it printed; they are swallowed
    """

    value: Any = None
    error: Error | None = None
    stopped: str = ""
    changed: tuple[int, ...] = ()
    printed: int = 0


class TimeIsUp(BaseException):
    """Not an `Exception`, so that `except Exception` in a learner's code lets it through."""


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
    with _quiet() as output:
        try:
            with _time_limit(SECONDS if seconds is None else seconds):
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
    Outcome(value=None, error=None, stopped='', changed=(0,), printed=0)
    """
    given = fresh(args)
    value, error = None, None
    try:
        value = plain(function(*given))
    except (TimeIsUp, KeyboardInterrupt):
        raise
    except BaseException as exception:  # SystemExit too: it must not end the notebook
        error = _describe(exception, function)
    pristine = fresh(args)
    changed = (i for i in range(len(args)) if not _same(given[i], pristine[i]))
    return Outcome(value, error, changed=tuple(changed))


def fresh(args: tuple) -> tuple:
    """Return copies of plain arguments, and the objects that the others stand for.

    >>> fresh(([1, 2], 3.0))
    ([1, 2], 3.0)
    """
    return tuple(arg.make() if hasattr(arg, "make") else copy.deepcopy(arg) for arg in args)


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


def _same(given: Any, pristine: Any) -> bool:
    """Whether an argument is still what it was, down to type and shape."""
    if isinstance(pristine, np.ndarray):
        return (
            isinstance(given, np.ndarray)
            and given.dtype == pristine.dtype
            and np.array_equal(given, pristine)
        )
    if isinstance(pristine, list | tuple):
        return len(given) == len(pristine) and all(map(_same, given, pristine))
    return True  # numbers cannot change; what `make()` made, such as a generator, may


def _describe(exception: BaseException, function: Callable) -> Error:
    home = getattr(getattr(function, "__code__", None), "co_filename", None)
    number, line = None, ""
    for frame, at in traceback.walk_tb(exception.__traceback__):
        if frame.f_code.co_filename == home:
            number, line = at, linecache.getline(home, at).strip()
    try:
        message = str(exception)
    except BaseException:
        message = ""
    return Error(type(exception).__name__, _short(message), number, _short(line))


def _short(text: str) -> str:
    """One printable line of at most 200 characters."""
    text = "".join(c if c.isprintable() else " " for c in text[:1000])
    return text if len(text) <= 200 else text[:199] + "…"


class _Swallow(io.TextIOBase):
    """A stream that keeps nothing and counts."""

    characters = 0

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self.characters += len(text)
        return len(text)


@contextlib.contextmanager
def _quiet() -> Iterator[_Swallow]:
    """Swallow prints and warnings: nbgrader gives no points to a cell with a word on stderr."""
    output = _Swallow()
    with (
        contextlib.redirect_stdout(output),
        contextlib.redirect_stderr(output),
        warnings.catch_warnings(),
        np.errstate(all="ignore"),
        _silent_descriptors(),
    ):
        warnings.simplefilter("ignore")
        yield output


@contextlib.contextmanager
def _silent_descriptors() -> Iterator[None]:
    """Send file descriptors 1 and 2 to nowhere: LAPACK writes there, past `sys.stderr`."""
    try:
        saved = {number: os.dup(number) for number in (1, 2)}
    except OSError:  # there are none, as in a windowed program
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        for number in saved:
            os.dup2(nowhere, number)
        yield
    finally:
        for number, original in saved.items():
            os.dup2(original, number)
            os.close(original)
        os.close(nowhere)


@contextlib.contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    """Raise `TimeIsUp` in this thread when the time is up, and again until the block is left."""
    in_main = threading.current_thread() is threading.main_thread()
    limit = _alarm if in_main and hasattr(signal, "setitimer") else _watcher
    with limit(seconds, again=0.05):
        yield


@contextlib.contextmanager
def _alarm(seconds: float, again: float) -> Iterator[None]:
    """By a signal, which also ends a sleep or a wait: main thread, not on Windows."""

    def trace(frame: FrameType, event: str, arg: Any) -> Callable:
        if event == "line":
            raise TimeIsUp
        return trace

    def ring(signum: int, frame: FrameType | None) -> None:
        under_way = []
        while frame is not None and frame.f_code is not attempt.__code__:
            under_way.append(frame)
            frame = frame.f_back
        if frame is None:
            return  # between two calls: the next ring comes soon
        # A bare `except:` may catch this one, so the next line of each function under way, which
        # is outside of that `try`, raises another.
        sys.settrace(lambda *_: None)
        for frame in under_way:
            frame.f_trace = trace
        raise TimeIsUp

    tracing, handler = sys.gettrace(), signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds, again)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)
        sys.settrace(tracing)


@contextlib.contextmanager
def _watcher(seconds: float, again: float) -> Iterator[None]:
    """By a second thread: works everywhere, but only once a call into C has come back."""
    target = ctypes.c_ulong(threading.get_ident())
    done, turn = threading.Event(), threading.Lock()

    def watch() -> None:
        wait = seconds
        while not done.wait(wait):
            with turn:
                if not done.is_set():
                    ctypes.pythonapi.PyThreadState_SetAsyncExc(target, ctypes.py_object(TimeIsUp))
            wait = again

    threading.Thread(target=watch, daemon=True).start()
    try:
        yield
    finally:
        while not done.is_set():
            with contextlib.suppress(TimeIsUp), turn:  # one may still be on its way
                done.set()
