"""Which known mistake explains the answers that are wrong: the right name, or none.

A mistake explains the answers when it gives each of them, the right ones too: then every case
agrees. Where two faults have met, it must give all numbers but those that another fault has spoilt
alone: in lines of the rubric that the mistake does not lose. Numbers that many mistakes share, such
as NaN or a bare zero, are no evidence.
"""

import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from reglib.checks.entry import Case, Misconception, nearly
from reglib.checks.form import Answers, Misfit, parts
from reglib.checks.run import Outcome, attempt
from reglib.checks.slips import Slip, slips

TELLING = ("form", "nan", "wrong")  # kinds of fault that show numbers
ENOUGH = 3  # wrong cases with numbers, where there are others too
MOST_PAIRS = 1500  # that are tried
ENOUGH_OF_FEW = 4  # the same, everywhere, where answers are chosen from a few


def explain(answers: Answers) -> tuple[Misconception | None, str]:
    """Return the mistake that explains the answers, and in which cases if not in all."""
    if not any(kind in TELLING for kind in answers.kinds):
        return None, ""
    search = _Search(answers)
    return search.everywhere() or search.where_there_are_numbers() or (None, "")


def attempts(function: Callable, cases: Sequence[Case]) -> list[Outcome]:
    """The outcomes of one of our own functions."""
    return [_attempt(function, case) for case in cases]


def _attempt(function: Callable, case: Case) -> Outcome:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return attempt(function, case.args)


def _turned(slip: Slip, args: tuple, answer: Any) -> Outcome | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return Outcome(slip.turn(args, answer))
        except (TypeError, ValueError, IndexError):
            return None


def holds(rule: Callable[..., bool], *given: Any) -> bool:
    """A rule that cannot even be applied to an answer is broken by it.

    It may meet any number there is, so it is kept quiet: a word on stderr costs the points.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return bool(rule(*given))
    except Exception:
        return False


class _Search:
    """One search for the mistake behind the answers to one exercise."""

    def __init__(self, answers: Answers) -> None:
        self.answers, self.entry, self.cases = answers, answers.entry, answers.cases
        self.wrong = [i for i, kind in enumerate(answers.kinds) if kind in TELLING]
        self.spoiled = [i for i, kind in enumerate(answers.kinds) if kind]
        self.right = [i for i, kind in enumerate(answers.kinds) if not kind]
        self.wrong.sort(key=lambda i: size(self.cases[i]))
        self.evidence = {i for i in self.wrong if self._is_evidence(i)}
        self.slips = list(slips(self.entry))
        self.arranged: dict[int, Any] = {}  # the answers in the form of the expected ones

    def everywhere(self) -> tuple[Misconception, str] | None:
        """The first mistake that gives every answer."""
        others = sorted(set(range(len(self.cases))) - set(self.wrong))
        enough = ENOUGH_OF_FEW if self.entry.few else 1
        for mistake in self._all():
            if mistake.by_rule:
                if self._is_recognised(mistake):
                    return mistake, ""
            elif len(self.evidence) >= enough and all(
                self._gives(mistake, i) for i in (*self.wrong, *others)
            ):
                return mistake, ""
        return None

    def where_there_are_numbers(self) -> tuple[Misconception, str] | None:
        """The first mistake that gives all answers that are numbers of the right form.

        Besides it, another fault may spoil a line of the rubric in which this mistake is right.
        """
        wrong = [i for i in self.wrong if self.answers.kinds[i] == "wrong"]
        if self.entry.few or self.entry.properties or len(self.evidence & {*wrong}) < ENOUGH:
            return None
        for mistake in (*self.entry.known, *self._slips()):  # of slips, those that begin well
            if mistake.by_rule:
                continue
            given = 0
            for i in wrong:
                if self._gives(mistake, i):
                    given += i in self.evidence
                elif not self._is_elsewhere(mistake, self.cases[i].behaviour):
                    break
            else:
                if given >= ENOUGH and all(self._gives(mistake, i) for i in self.right):
                    if given == len(wrong):
                        return mistake, "all cases in which it gives numbers"
                    return mistake, f"{given} of the {len(self.wrong)} cases that are wrong"
        return None

    def _is_elsewhere(self, mistake: Misconception, behaviour: str) -> bool:
        """Whether a mistake loses nothing in a line of the rubric."""
        return bool(behaviour) and all(
            self._is_right(mistake, i)
            for i, case in enumerate(self.cases)
            if case.behaviour == behaviour
        )

    def _is_right(self, mistake: Misconception, i: int) -> bool:
        outcome, case = _attempt(mistake.wrong, self.cases[i]), self.cases[i]
        if outcome.error:
            return False
        try:
            value = self.answers.arranged(i, outcome)
        except Misfit:
            return False
        return holds(self.entry.compare, case.args, value, self.answers.expected[i])

    def _all(self) -> Iterator[Misconception]:
        """Every mistake that there may be: one at a time, then two at once."""
        yield from self.entry.known
        if self.entry.properties:
            return
        yield from self._slips()
        if self.entry.few or len(self.evidence) < 2:
            return
        yield from self.entry.pairs[:MOST_PAIRS]
        for base in self.entry.known:
            if not base.by_rule:
                yield from self._slips(base)

    def _slips(self, base: Misconception | None = None) -> Iterator[Misconception]:
        """The slips after a known mistake, or after none, that give the answer in one case."""
        if self.entry.properties:
            return
        first = self.wrong[0]
        case = self.cases[first]
        before = _attempt(base.wrong, case) if base else Outcome(value=self.answers.expected[first])
        for slip in self.slips if not before.error else ():
            after = _turned(slip, case.args, before.value)
            if after and self._agrees(after, first):
                yield slip.after(self.entry, base)

    def _is_recognised(self, mistake: Misconception) -> bool:
        if mistake.recognise_all:
            return holds(
                mistake.recognise_all,
                [case.args for case in self.cases],
                [outcome.value for outcome in self.answers.outcomes],
            )
        return all(
            holds(mistake.recognise, self.cases[i].args, self.answers.outcomes[i].value)
            for i in self.spoiled
        )

    def _gives(self, mistake: Misconception, i: int) -> bool:
        """Whether the mistake gives the answer that came in a case."""
        return self._agrees(_attempt(mistake.wrong, self.cases[i]), i)

    def _agrees(self, other: Outcome, i: int) -> bool:
        """Whether another outcome of a case is the one that came."""
        outcome, like = self.answers.outcomes[i], self.answers.expected[i]
        if outcome.stopped or bool(outcome.error) != bool(other.error):
            return False
        if outcome.error and other.error:
            return outcome.error.kind == other.error.kind
        args, names = self.cases[i].args, self.entry.returns
        try:
            if i not in self.arranged:
                self.arranged[i] = self.answers.arranged(i)
            value, same = self.arranged[i], self.answers.arranged(i, other)
        except Misfit:
            return nearly(args, _numbers(outcome.value), _numbers(other.value))
        if _tables(outcome.value, names, like) != _tables(other.value, names, like):
            return False
        finite = all(np.isfinite(part).all() for _, part, _ in parts(same, names, like))
        return (self.entry.compare if finite else nearly)(args, value, same)

    def _is_evidence(self, i: int) -> bool:
        """Whether an answer has numbers that do not come about by many ways."""
        outcome = self.answers.outcomes[i]
        if outcome.error or outcome.stopped:
            return False
        values = outcome.value if isinstance(outcome.value, tuple | list) else [outcome.value]
        return any(map(_is_telling, values))


def _numbers(value: Any) -> Any:
    """A value as one array, if it can be: a list of pairs is a table."""
    try:
        return np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        return value


def _tables(value: Any, names: tuple[str, ...], like: Any) -> list[tuple[int, ...]]:
    """The shapes in which tables came: one turned on its side and one filled anew differ."""
    return [np.shape(part) for _, part, wanted in parts(value, names, like) if np.ndim(wanted) > 1]


def _is_telling(value: Any) -> bool:
    try:
        array = np.asarray(value, dtype=float).ravel()
    except (TypeError, ValueError):
        return False
    finite = array[np.isfinite(array)]
    return bool(finite.size and (np.ptp(finite) > 0 or finite[0] != 0))


def size(case: Case) -> int:
    """How many numbers a case gives; the public example comes before all others.

    >>> size(Case("typical cases", "", (np.ones((3, 2)), np.ones(3), 1.0)))
    9
    """
    numbers = sum(arg.size for arg in case.args if isinstance(arg, np.ndarray))
    return numbers if case.behaviour else 0
