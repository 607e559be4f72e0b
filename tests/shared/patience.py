"""How long a test waits for what it has started: for the thing itself, and only what hangs is given
up. A busy machine makes a test slower, and never fail."""

import time
from collections.abc import Callable
from typing import Any

HANG = 400  # seconds; what a test keeps alive on purpose lives ten times as long


def until(ready: Callable[[], Any], still: Callable[[], bool] = lambda: True) -> Any:
    """Ask until there is an answer that is true, and return it; give up when it cannot come."""
    end = time.monotonic() + HANG
    while not (found := ready()):
        assert still(), "what was waited for has ended"
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)
    return found
