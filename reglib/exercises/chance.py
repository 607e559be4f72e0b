"""How answers of chance are judged: those of functions that are given an `rng`, as last argument.

Many answers are right, and each is held to properties. Whether its chance comes from the generator
that was given shows only between two answers.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np


def differ_in_rng(args: tuple, other: tuple) -> bool:
    """Whether two calls are the same but for the generator, which may be the same too.

    >>> differ_in_rng((5, 2, "one generator"), (5, 2, "another"))
    True
    """
    return args[:-1] == other[:-1]


@dataclass(frozen=True)
class Chance:
    """What relates answers of chance, and how two mistakes with generators show.

    same        (value, other) -> bool: whether two answers came out alike
    good        (args, value) -> bool: whether an answer is right when looked at alone
    comparable  (args, other args) -> bool: whether only the generators can make a difference

    >>> tosses = Chance(same=lambda a, b: a == b, good=lambda args, value: value in (0, 1))
    >>> tosses.never_changes([("rng 1",), ("rng 2",)], [1, 1])
    True
    """

    same: Callable[[Any, Any], bool]
    good: Callable[[tuple, Any], bool]
    comparable: Callable[[tuple, tuple], bool] = differ_in_rng

    def follows(self, args: tuple, value: Any, earlier_args: tuple, earlier: Any) -> bool:
        """Whether a generator in the same state, if it was given, gave the same."""
        return not self._again(args, earlier_args) or self.same(value, earlier)

    def varies(self, args: tuple, value: Any, earlier_args: tuple, earlier: Any) -> bool:
        """Whether a generator in another state, if one was given, gave something else."""
        return not self.anew(args, earlier_args) or not self.same(value, earlier)

    def comes_from_elsewhere(self, all_args: Sequence[tuple], values: Sequence[Any]) -> bool:
        """Whether all answers are good, and none came out again when its generator came again."""
        again = pairs(all_args, values, self._again)
        return self._all_good(all_args, values) and not any(self.same(*pair) for pair in again)

    def never_changes(self, all_args: Sequence[tuple], values: Sequence[Any]) -> bool:
        """Whether all answers are good, and all the same whatever the generator."""
        anew = pairs(all_args, values, self.anew)
        return self._all_good(all_args, values) and all(self.same(*pair) for pair in anew)

    def anew(self, args: tuple, other: tuple) -> bool:
        """Whether two calls are comparable, and their generators are in different states."""
        return self.comparable(args, other) and args[-1] != other[-1]

    def _again(self, args: tuple, other: tuple) -> bool:
        return self.comparable(args, other) and args[-1] == other[-1]

    def _all_good(self, all_args: Sequence[tuple], values: Sequence[Any]) -> bool:
        return all(map(self.good, all_args, values))


def pairs(
    all_args: Sequence[tuple], values: Sequence[Any], wanted: Callable[[tuple, tuple], bool]
) -> list[tuple[Any, Any]]:
    """Return the answers to each two calls for whose arguments `wanted` holds.

    >>> pairs([(1,), (2,), (3,)], "abc", lambda args, before: args[0] == before[0] + 1)
    [('b', 'a'), ('c', 'b')]
    """
    cases = list(zip(all_args, values, strict=True))
    return [
        (value, other)
        for i, (args, value) in enumerate(cases)
        for before, other in cases[:i]
        if wanted(args, before)
    ]


def row_sets(value: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return a pair of sets of rows as arrays of whole numbers.

    Raises `ValueError` or `TypeError` for anything else, which breaks the property that asks.

    >>> row_sets([[0, 2], [1]])
    (array([0, 2]), array([1]))
    """
    train, held_out = (np.asarray(part) for part in value)
    train, held_out = (a if a.size else a.astype(int) for a in (train, held_out))  # of [] too
    for part in (train, held_out):
        if part.ndim != 1 or part.dtype.kind != "i":
            raise TypeError
    return train, held_out


def stretches(n: int, chosen: np.ndarray) -> int:
    """Count the separate stretches that some of n rows form, all rows standing in a ring.

    >>> stretches(6, np.array([5, 0, 2]))
    2
    """
    among = np.isin(np.arange(n), chosen)
    return int(np.sum(among & ~np.roll(among, 1)))
