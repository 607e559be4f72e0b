import time

import pytest
from params import first_of
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


@pytest.fixture(params=first_of(["few seeds", "other seeds"]))
def seeds(request):
    """The seed of the release and twenty others, of which most are for `make test-all`."""
    return [None, *range(5)] if request.param == "few seeds" else [*range(5, 20)]
