"""What an exercise is made of: data and functions, wherever they are used."""

import inspect
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from itertools import combinations, product
from typing import Any

import numpy as np

BESIDES = ", and besides "  # stands between the names of two mistakes that came together


@dataclass(frozen=True, repr=False)
class Rng:
    """An argument that is a random generator: made anew, from its seed, where the function runs.

    >>> Rng(1).make().integers(100) == Rng(1).make().integers(100)
    np.True_
    >>> Rng(1)
    np.random.default_rng(1)
    """

    seed: int

    def __repr__(self) -> str:
        return f"np.random.default_rng({self.seed})"

    def make(self) -> np.random.Generator:
        return np.random.default_rng(self.seed)


@dataclass(frozen=True, repr=False)
class Function:
    """An argument that is a function: its source, one expression over `np`, made where it runs.

    >>> Function("lambda x: np.sqrt(x) + 1").make()(4.0)
    np.float64(3.0)
    >>> Function("lambda x: x + 1")
    lambda x: x + 1
    """

    source: str

    def __repr__(self) -> str:
        return self.source

    def make(self) -> Callable:
        return eval(self.source, {"np": np})


@dataclass(frozen=True)
class Case:
    """One call of the function.

    behaviour  the line of the rubric that it counts towards; "" for the public example
    name       what a learner reads: "λ = 0"
    args       plain data (numbers, arrays, lists, tuples), or objects with a `make()`: `Rng`,
               `Function`
    must       what holds for a right answer here; "" if it is no more than the entry's `must`
    """

    behaviour: str
    name: str
    args: tuple
    must: str = ""


@dataclass(frozen=True)
class Misconception:
    """A mistake that teachers meet, as a wrong implementation.

    name       completes "your answers match what you get when …"
    advice     one sentence that helps without giving the answer away
    section    label of the section of the book to reread
    wrong      the wrong implementation
    recognise  (args, value) -> bool, for mistakes that have no single outcome: true of each answer
               that they spoil. Without it, answers are compared with those of `wrong`.
    recognise_all  (all args, all values) -> bool, for mistakes that show only between answers
    """

    name: str
    advice: str
    section: str
    wrong: Callable
    recognise: Callable[[tuple, Any], bool] | None = None
    recognise_all: Callable[[list[tuple], list[Any]], bool] | None = None

    @property
    def by_rule(self) -> bool:
        """Whether answers are held to a rule, and not compared with those of `wrong`."""
        return bool(self.recognise or self.recognise_all)


@dataclass(frozen=True)
class Choice:
    """What may stand in one place of a formula instead of what belongs there.

    name     completes "your answers match what you get when …"
    value    what stands there: a number, a function, True or False
    advice   one sentence that helps without giving the answer away
    section  label of the section of the book to reread
    """

    name: str
    advice: str
    section: str
    value: Any


@dataclass(frozen=True)
class Property:
    """What must hold of an answer where many answers are right: (args, value) -> bool."""

    must: str
    holds: Callable[[tuple, Any], bool]


@dataclass(frozen=True)
class Relation:
    """What must hold between two answers: (args, value, earlier args, earlier value) -> bool.

    A case is held to each one before it that is right. No single answer shows whether its chance
    comes from the generator that was given: two answers do.
    """

    must: str
    holds: Callable[[tuple, Any, tuple, Any], bool]


def nearly(args: tuple, value: Any, other: Any, rtol: float = 1e-6, atol: float = 1e-9) -> bool:
    """Whether two plain answers are the same numbers in the same arrangement.

    Each array is held to its own largest entry: |difference| ≤ rtol · max|other| + atol. NaN equals
    NaN here; whether an answer may hold one is decided before. `args` are there for comparisons
    that need them.

    >>> nearly((), (np.array([1.0, 2.0]), 3.0), (np.array([1.0, 2.0]), 3.0 + 1e-9))
    True
    >>> nearly((), np.array([1.0, 2.0]), np.array([[1.0], [2.0]]))
    False
    """
    sequence = (list, tuple)
    if isinstance(value, sequence) and isinstance(other, sequence):
        return len(value) == len(other) and all(
            nearly(args, a, b, rtol, atol) for a, b in zip(value, other, strict=True)
        )
    number = (bool, int, float, np.ndarray)
    if not (isinstance(value, number) and isinstance(other, number)):
        return type(value) is type(other) and value == other
    value, other = np.asarray(value, dtype=float), np.asarray(other, dtype=float)
    finite = np.abs(other[np.isfinite(other)])
    return value.shape == other.shape and np.allclose(
        value, other, rtol=0, atol=rtol * finite.max(initial=0) + atol, equal_nan=True
    )


@dataclass(frozen=True)
class Entry:
    """One exercise.

    name            "assignment.function"
    place           where it comes in the notebook: 1, 2, 3, …, or 2.5 between the second and third
    returns         the names of what it returns: ("w", "b")
    must            what holds for every right answer, in words that follow "What must hold:"
    reference       a right implementation; its parameters name the arguments
    cases           a seeded generator of cases; each behaviour needs at least one small case
    rubric          points for each behaviour: earned if all of its cases are right. Shape, type and
                    untouched inputs are conditions that reduce what is earned, never points.
    example         pencil-sized arguments; the reference makes the expected output
    section         label of the section of the book that teaches it
    misconceptions  in order of precedence
    formula         the reference once more, with a keyword for each place where learners write
                    something else
    choices         what they write there, for each of these keywords
    look            (all args, all values) of the cases that are wrong -> a sentence on what these
                    answers show where no known mistake explains them; "" if nothing
    twins           for names of mistakes, a question of the book that asks the same in words, as
                    "book/penalties/ridge#limit": the page, and the question's id
    few             whether an answer is one of a few values, so that chance agrees with it easily
    builds_on       exercises to mend first
    compare         (args, value, expected) -> bool, both of the expected form and finite
    properties      instead of a comparison, where many answers are right
    relations       and what holds between these answers
    """

    name: str
    place: float
    returns: tuple[str, ...]
    must: str
    reference: Callable
    cases: Callable[[np.random.Generator], list[Case]]
    rubric: Mapping[str, float]
    example: tuple
    section: str
    misconceptions: tuple[Misconception, ...] = ()
    builds_on: tuple[str, ...] = ()
    compare: Callable[[tuple, Any, Any], bool] = nearly
    properties: tuple[Property, ...] = ()
    relations: tuple[Relation, ...] = ()
    formula: Callable | None = None
    choices: Mapping[str, tuple[Choice, ...]] = field(default_factory=dict)
    look: Callable[[list[tuple], list[Any]], str] | None = None
    twins: Mapping[str, str] = field(default_factory=dict)
    few: bool = False

    @cached_property
    def known(self) -> tuple[Misconception, ...]:
        """All mistakes that are known one by one, in order of precedence."""
        return *self.misconceptions, *(self._write(chosen) for chosen in self._chosen(1))

    @cached_property
    def pairs(self) -> tuple[Misconception, ...]:
        """All mistakes that are two wrong choices in one formula."""
        return tuple(self._write(chosen) for chosen in self._chosen(2))

    def _chosen(self, count: int) -> Iterator[dict[str, Choice]]:
        for names in combinations(self.choices, count):
            for chosen in product(*(self.choices[name] for name in names)):
                yield dict(zip(names, chosen, strict=True))

    def _write(self, chosen: Mapping[str, Choice]) -> Misconception:
        first = next(iter(chosen.values()))
        return Misconception(
            BESIDES.join(choice.name for choice in chosen.values()),
            first.advice,
            first.section,
            partial(self.formula, **{name: choice.value for name, choice in chosen.items()}),
        )

    @property
    def function(self) -> str:
        return self.name.partition(".")[2]

    @property
    def arguments(self) -> tuple[str, ...]:
        return tuple(inspect.signature(self.reference).parameters)

    @property
    def call(self) -> str:
        return f"{self.function}({', '.join(self.arguments)})"

    @property
    def most(self) -> float:
        return float(sum(self.rubric.values()))

    def draw(self, seed: int | None = None) -> list[Case]:
        """Return the example and then the graded cases; without a seed, those of the release."""
        if seed is None:
            seed = zlib.crc32(self.name.encode())
        example = Case("", "the example above the function", self.example)
        return [example, *self.cases(np.random.default_rng(seed))]


@dataclass(frozen=True)
class Assignment:
    """The exercises of one notebook, in its order.

    available  the modules of reglib that its learner may import
    """

    name: str
    available: tuple[str, ...]
    entries: tuple[Entry, ...]
