"""Call a function that may print, warn, hang or never end, and stay in charge.

Used wherever a learner's own function is called: by the checks and by `tune`.
"""

import contextlib
import io
import math
import os
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

import numpy as np

PATIENCE = 2  # seconds of waiting that count as one of computing


class TimeIsUp(BaseException):
    """Not an `Exception`, so that `except Exception` in a learner's code lets it through."""


def call(function: Callable, *args: Any) -> Any:
    """Call `function`; inside `time_limit`, this is where `TimeIsUp` may be raised.

    >>> call(max, 1, 2)
    2
    """
    return function(*args)


class Swallow(io.TextIOBase):
    """A stream that keeps nothing and counts."""

    characters = 0

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self.characters += len(text)
        return len(text)


@contextlib.contextmanager
def quiet() -> Iterator[Swallow]:
    """Swallow prints and warnings: nbgrader gives no points to a cell with a word on stderr.

    >>> with quiet() as output:
    ...     print("hidden")
    >>> output.characters
    7
    """
    output = Swallow()
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
    except (OSError, AttributeError):  # there are none, as in a windowed program or a web page
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
def time_limit(seconds: float) -> Iterator[None]:
    """Raise `TimeIsUp` in this thread when the time is up, and again until the block is left.

    Seconds of a processor count, so that a busy machine stops nobody; a sleep or a wait is ended
    after `PATIENCE` times as many. With `math.inf`, somebody else keeps the time and sends SIGALRM.

    Limits nest: the outer one goes on while the inner one is in force. Where there are neither
    signals nor threads, as in a web page, there is no limit: whoever runs Python there ends it.

    >>> def forever():
    ...     while True:
    ...         pass
    >>> try:
    ...     with time_limit(0.05):
    ...         call(forever)
    ... except TimeIsUp:
    ...     print("ended")
    ended
    """
    in_main = threading.current_thread() is threading.main_thread()
    limit = _alarm if in_main and hasattr(signal, "setitimer") else _watcher
    with limit(seconds, again=0.05):
        yield


def _clock(seconds: float) -> Callable[[], float]:
    """Return what tells how many seconds are left at least, by the processor and by the clock."""
    busy, begin = time.process_time(), time.monotonic()

    def left() -> float:
        if math.isinf(seconds):
            return 0.0  # whoever asks knows that the time is up
        used, passed = time.process_time() - busy, time.monotonic() - begin
        return min(seconds - used, PATIENCE * seconds - passed)

    return left


@contextlib.contextmanager
def _alarm(seconds: float, again: float) -> Iterator[None]:
    """By a signal, which also ends a sleep or a wait: main thread, not on Windows."""

    def trace(frame: FrameType, event: str, arg: Any) -> Callable:
        if event == "line":
            raise TimeIsUp
        return trace

    def ring(signum: int, frame: FrameType | None) -> None:
        if frame is own:
            return  # this limit is being left, and what may be due is another's
        if (still := left_over()) > 0:
            signal.setitimer(signal.ITIMER_REAL, max(still, 1e-3), again)
            return
        under_way = []
        while frame is not None and frame.f_code is not call.__code__:
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

    own, begin = sys._getframe(), time.monotonic()
    left, interval = signal.getitimer(signal.ITIMER_REAL)
    signal.setitimer(signal.ITIMER_REAL, 0)
    tracing, handler = sys.gettrace(), signal.signal(signal.SIGALRM, ring)
    if left > 0 and getattr(handler, "__code__", None) is ring.__code__:  # an outer limit's
        seconds = min(seconds, left)
    left_over = _clock(seconds)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0 if math.isinf(seconds) else seconds, again)
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)
        sys.settrace(tracing)
        if left > 0:  # 0 would switch it off
            left = max(left - (time.monotonic() - begin), 1e-6)
            signal.setitimer(signal.ITIMER_REAL, left, interval)


@contextlib.contextmanager
def _watcher(seconds: float, again: float) -> Iterator[None]:
    """By a second thread: works everywhere, but only once a call into C has come back."""
    done, turn, ident = threading.Event(), threading.Lock(), threading.get_ident()
    left_over = _clock(seconds)

    def watch() -> None:
        wait = seconds
        while not done.wait(wait):
            if (wait := left_over()) > 0:
                continue
            with turn:
                if not done.is_set():
                    raise_in(ctypes.c_ulong(ident), ctypes.py_object(TimeIsUp))
            wait = again

    try:
        import ctypes

        raise_in = ctypes.pythonapi.PyThreadState_SetAsyncExc
        threading.Thread(target=watch, daemon=True).start()
    except (ImportError, AttributeError, RuntimeError):  # none of these in a web page
        yield
        return
    try:
        yield
    finally:
        while not done.is_set():
            with contextlib.suppress(TimeIsUp), turn:  # one may still be on its way
                done.set()
