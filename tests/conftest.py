"""How tests of all rooms judge an answer."""

import pytest

from reglib.checks.judge import judge
from reglib.checks.run import run


@pytest.fixture
def verdict():
    """Judge a function against an entry, on the cases of the release or of another seed."""

    def verdict(entry, function, seed=None, seconds=2.0):
        cases = entry.draw(seed)
        outcomes = run(function, [case.args for case in cases], seconds)
        return judge(entry, cases, outcomes)

    return verdict


@pytest.fixture
def seeds():
    """The seed of the release and twenty others."""
    return [None, *range(20)]
