"""Parameters of tests that take long."""

from collections.abc import Iterable

import pytest


def first_of(values: Iterable) -> list:
    """The first, which `make test` tries out, and the others, which `make test-all` does."""
    first, *others = values
    several = (other if isinstance(other, tuple) else (other,) for other in others)
    return [first, *(pytest.param(*values, marks=pytest.mark.long) for values in several)]
