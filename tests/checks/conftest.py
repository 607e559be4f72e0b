import time

import pytest
from patience import HANG

from reglib.checks.judge import judge
from reglib.checks.run import run


@pytest.fixture
def verdict():
    """Judge a function against an entry, on the cases of the release or of another seed.

    It may take so many seconds of the processor, and `limit` by the clock ends what never ends.
    """

    def verdict(entry, function, seed=None, seconds=2.0, limit=HANG):
        cases = entry.draw(seed)
        start = time.process_time()
        outcomes = run(function, [case.args for case in cases], limit)
        assert time.process_time() - start < seconds
        return judge(entry, cases, outcomes)

    return verdict


@pytest.fixture
def seeds():
    """The seed of the release and twenty others."""
    return [None, *range(20)]
