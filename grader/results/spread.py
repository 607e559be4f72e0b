"""How marks spread: five numbers, and the counts that a picture shows."""

import math
import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from grader.results.spreadsheet import number

LEVELS = ("nothing", "less than half", "half or more", "everything")


@dataclass(frozen=True)
class Spread:
    """Five numbers that say how marks spread, and how many marks there are."""

    name: str
    most: float
    count: int
    lowest: float
    lower: float
    median: float
    upper: float
    highest: float


@dataclass(frozen=True)
class Bar:
    name: str
    count: int
    share: float  # of the longest bar


def spread(name: str, most: float, marks: Sequence[float]) -> Spread:
    """Return the five numbers of some marks; quartiles lie between the marks beside them.

    >>> spread("", 5, [1, 2, 3, 4])
    Spread(name='', most=5, count=4, lowest=1, lower=1.75, median=2.5, upper=3.25, highest=4)
    """
    marks = sorted(marks)
    if not marks:
        return Spread(name, most, 0, 0, 0, 0, 0, 0)
    lower, median, upper = (
        statistics.quantiles(marks, n=4, method="inclusive") if len(marks) > 1 else marks * 3
    )
    return Spread(name, most, len(marks), marks[0], lower, median, upper, marks[-1])


def histogram(marks: Sequence[float], most: float) -> list[Bar]:
    """Count marks in at most ten classes as wide as whole points allow, full marks in the last.

    >>> [(bar.name, bar.count) for bar in histogram([0, 1.5, 2, 3], 3)]
    [('0 to below 1', 1), ('1 to below 2', 1), ('2 to 3', 2)]
    """
    width = max(1, math.ceil(most / 10))
    bins = max(1, math.ceil(most / width))
    names = [f"{i * width} to below {(i + 1) * width}" for i in range(bins - 1)]
    names.append(f"{(bins - 1) * width} to {number(most)}")
    return _bars(names, [names[min(bins - 1, int(mark / width))] for mark in marks])


def levels(marks: Sequence[float], most: float) -> list[Bar]:
    """Count who got nothing, less than half, half or more, and everything.

    >>> [bar.count for bar in levels([0, 1, 2, 2, 4], 4)]
    [1, 1, 2, 1]
    """

    def level(mark: float) -> str:
        if mark <= 0:
            return "nothing"
        if mark >= most:
            return "everything"
        return "half or more" if mark >= most / 2 else "less than half"

    return _bars(LEVELS, [level(mark) for mark in marks])


def _bars(names: Sequence[str], found: Sequence[str]) -> list[Bar]:
    counts = Counter(found)
    longest = max(counts.values(), default=1)
    return [Bar(name, counts[name], counts[name] / longest) for name in names]
