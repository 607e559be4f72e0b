"""What a worker does: it grades one submission after the other, in a nursery that it keeps."""

import atexit
import contextlib
import threading
from collections.abc import Iterator, Sequence

from grader.marking.grade import Graded, Job, grade
from grader.sandbox.kernel import Nursery
from grader.sandbox.walls import Limits
from reglib.exercises import assignment

IDLE = 60.0  # seconds after which a nursery that nobody uses is closed


def work(job: Job) -> Graded:
    """Grade a submission."""
    available = assignment(job.release.assignment).available
    with nursery(available, job.limits, job.sandboxed) as home:
        return grade(job, home)


_turn = threading.Lock()
_open: dict[tuple, Nursery] = {}
_closing = threading.Timer(0, lambda: None)


@contextlib.contextmanager
def nursery(available: Sequence[str], limits: Limits, sandboxed: bool) -> Iterator[Nursery]:
    """The nursery of this process for such kernels, for one user at a time.

    It is kept for the next, and closed when nobody has used it for a while.
    """
    global _closing
    key = (tuple(available), limits, sandboxed)
    with _turn:
        _closing.cancel()
        if key in _open and not _open[key].is_open():
            _open.pop(key).close()
        if key not in _open:
            _open[key] = Nursery(available, limits, sandboxed)
        try:
            yield _open[key]
        finally:
            _closing = threading.Timer(IDLE, close)
            _closing.daemon = True
            _closing.start()


@atexit.register
def close() -> None:
    """Close all nurseries of this process, when nobody is using them."""
    with _turn:
        abandon()


def abandon() -> None:
    """Close all nurseries of this process, which does no more work after that."""
    while _open:
        _open.popitem()[1].close()
