"""Properties are tested on the same cases every time, so that a failure is never luck."""

import pytest
from hypothesis import settings
from threadpoolctl import threadpool_limits

settings.register_profile("course", derandomize=True, deadline=None, max_examples=100)
settings.load_profile("course")


@pytest.fixture(autouse=True, scope="session")
def one_thread():
    """Thousands of small problems: on a busy machine threads that wait for each other cost most."""
    with threadpool_limits(1):
        yield
