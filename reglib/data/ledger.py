"""Which rows of which data set serve what: `ledger.csv`, and a note of each time they are read.

A line names a use: rows `first` to `last` (left out) of the data set, in the order that the seed
shuffles them into, or in that of the file where there is no seed. `part` says what they are for,
and `page` by which page or notebook. Rows of the part "drawer" are locked until the page
`opened_in`.
"""

import csv
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np

PARTS = ("training", "validation", "test", "pool", "drawer")  # a pool is split anew many times
#: Where this is set, it names the file in which every read is noted: by a build, and by tests.
READS = "REGLIB_READS"
_begun: set[str] = set()
_use = ""


class Use(NamedTuple):
    """A line of the ledger."""

    data: str
    use: str
    seed: str
    first: str
    last: str
    part: str
    page: str
    opened_in: str

    def rows(self, n: int) -> np.ndarray:
        """Return its rows, of the n that the data set has, as indices.

        >>> find("diabetes", "overfitting/test").rows(442).shape
        (100,)
        """
        order = np.random.default_rng(int(self.seed)).permutation(n) if self.seed else np.arange(n)
        return order[int(self.first or 0) : int(self.last or n)]


@cache
def uses() -> dict[tuple[str, str], Use]:
    """Return every line of the ledger, by data set and use."""
    with files("reglib.data").joinpath("ledger.csv").open(encoding="utf-8", newline="") as lines:
        return {(row["data"], row["use"]): Use(**row) for row in csv.DictReader(lines)}


def find(data: str, use: str) -> Use:
    """Return the line of a use; raise `ValueError` if there is none.

    >>> find("longley", "supper")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ValueError: use is 'supper': of the data set 'longley' the ledger knows 'library/all', ...
    """
    if (data, use) not in uses():
        known = ", ".join(repr(name) for of, name in uses() if of == data) or "no use"
        raise ValueError(
            f"use is {use!r}: of the data set {data!r} the ledger knows {known}. Take one of them, "
            "or add a line to reglib/data/ledger.csv"
        )
    return uses()[data, use]


@contextmanager
def as_use(use: str) -> Iterator[None]:
    """Let what is read inside be noted as the read of a use, and not of every row."""
    global _use
    before, _use = _use, use
    yield
    _use = before


def note(data: str) -> None:
    """Note that a data set is read: the rows of a use, or, where none is named, every row."""
    if file := os.environ.get(READS):
        # A process is one run of a page, and the notes of the run before are no longer true.
        with open(file, "a" if file in _begun else "w", encoding="utf-8") as notes:
            notes.write(f"{data},{_use}\n")
        _begun.add(file)
