"""Demonstrations that wait for a function: a sentence in place of a traceback.

A release has stubs where a learner writes, and cells below them that use what she has written.
"""

import contextlib
import sys
import traceback
from collections.abc import Iterator


def unwritten(error: BaseException) -> str:
    """Return which function of the notebook is not written yet, as a sentence; or "" if none is.

    A stub of the release is one that raises `NotImplementedError` itself, in the notebook; raised
    anywhere else, the same error means something else.

    >>> unwritten(NotImplementedError())
    ''
    """
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    if not isinstance(error, NotImplementedError) or not frames:
        return ""
    stub = frames[-1]
    ours = stub.f_globals.get("__name__") == "__main__" and stub.f_code.co_name != "<module>"
    if not ours or "NotImplementedError" not in stub.f_code.co_names:
        return ""
    return f"This needs `{stub.f_code.co_name}`, which is not written yet."


@contextlib.contextmanager
def when_written() -> Iterator[None]:
    """Run the lines below, or say in a sentence which function they need that is not written yet.

    All that goes wrong otherwise is raised as usual. What a figure shows that was begun before is
    half of something, so it is not shown.

    >>> with when_written():
    ...     print("All is written.")
    All is written.
    """
    before = _figures()
    try:
        yield
    except NotImplementedError as error:
        sentence = unwritten(error)
        if not sentence:
            raise
        for number in _figures() - before:
            sys.modules["matplotlib.pyplot"].close(number)
        print(sentence)


def _figures() -> set[int]:
    """The numbers of the open figures; Matplotlib is not loaded to find that there are none."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    return set(pyplot.get_fignums()) if pyplot else set()
