"""From cases and outcomes to a verdict. Nothing here calls a learner's code or trusts its objects:
outcomes are plain data, whether they come from this process or from far away.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from reglib.checks.entry import Case, Entry, Misconception
from reglib.checks.evidence import evidence
from reglib.checks.explain import attempts, explain, holds
from reglib.checks.form import Answers, Misfit, arrange, parts
from reglib.checks.run import Outcome, plain

_SHAPE = (
    "print the shape of what you return: one of `.ravel()`, an index [0] or `float()` may be all "
    "that it needs, or a column of shape (n, 1) came in where (n,) belongs."
)
HALVED = 0.5  # what is left of the points when a condition is broken: right numbers, wrong manners


@dataclass(frozen=True)
class Fault:
    """A case that is not right.

    kind      "unwritten", "raised", "stopped", "nothing", "form", "nan" or "wrong"
    text      a sentence that says what came out
    expected  what the reference gives
    """

    case: Case
    outcome: Outcome
    kind: str
    text: str
    expected: Any


@dataclass(frozen=True)
class Condition:
    """What is off beside the numbers: a sentence, the first case that shows it, and what to do."""

    text: str
    case: Case
    action: str


@dataclass(frozen=True)
class Verdict:
    """The judgement of one function.

    points         a plain float between 0 and `entry.most`
    cases          how many were tried, the example among them
    right          behaviours whose cases are all right
    faults         what is not, in the order of the cases
    conditions     on shapes and on inputs changed, at most one on each; each halves
    misconception  the mistake that explains the answers, if one does
    where          "" if it explains them in every case, otherwise in how many
    seen           sentences on what the wrong numbers show, where no mistake explains them
    printed        characters that the function printed
    """

    entry: Entry
    points: float
    cases: int
    right: tuple[str, ...]
    faults: tuple[Fault, ...]
    conditions: tuple[Condition, ...]
    misconception: Misconception | None
    where: str
    seen: tuple[str, ...]
    printed: int


def judge(entry: Entry, cases: Sequence[Case], outcomes: Sequence[Outcome]) -> Verdict:
    """Compare the outcome of each case with the reference, or hold it to the properties.

    >>> from reglib.checks.run import run
    >>> from reglib.exercises import find
    >>> entry = find("ridge.ridge_objective")
    >>> cases = entry.draw()
    >>> judge(entry, cases, run(entry.reference, [case.args for case in cases])).points
    3.0
    """
    expected = [outcome.value for outcome in attempts(entry.reference, cases)]
    faults, conditions = [], []
    sound: list[tuple[tuple, Any]] = []
    for case, outcome, like in zip(cases, outcomes, expected, strict=True):
        try:
            remarks = _examine(entry, case, outcome, like)
            _relate(entry, case, outcome, sound)
        except Misfit as misfit:
            faults.append(Fault(case, outcome, *misfit.args, like))
        else:
            sound.append((case.args, outcome.value))
            if remarks and not conditions:  # one condition, in however many cases it is broken
                conditions.append(Condition(remarks[0], case, _SHAPE))
    conditions += _changed(entry, cases, outcomes)
    failing = {fault.case.behaviour for fault in faults}
    right = tuple(behaviour for behaviour in entry.rubric if behaviour not in failing)
    kinds = {id(fault.case): fault.kind for fault in faults}
    kinds = [kinds.get(id(case), "") for case in cases]
    answers = Answers(entry, cases, outcomes, expected, kinds)
    misconception, where = explain(answers)
    seen = () if misconception else evidence(answers)
    return Verdict(
        entry,
        float(sum(entry.rubric[behaviour] for behaviour in right) * HALVED ** len(conditions)),
        len(cases),
        right,
        tuple(faults),
        tuple(conditions),
        misconception,
        where,
        seen,
        sum(outcome.printed for outcome in outcomes),
    )


def _changed(entry: Entry, cases: Sequence[Case], outcomes: Sequence[Outcome]) -> list[Condition]:
    """What is off if arguments were not left as they were given."""
    found = [
        (i, case, left)
        for case, outcome in zip(cases, outcomes, strict=True)
        for i, left in enumerate(outcome.after)
        if left is not None and not _same(left, plain(case.args[i]))
    ]
    if not found:
        return []
    names = " and ".join(entry.arguments[i] for i in sorted({i for i, *_ in found}))
    i, case, left = found[0]
    return [
        Condition(
            f"it changes what it is given: {names}",
            case,
            _how_changed(entry.arguments[i], case.args[i], left),
        )
    ]


def _how_changed(name: str, given: Any, left: Any) -> str:
    """What to do about an argument that was changed, by how it was changed."""
    given, left = np.asarray(given, dtype=object), np.asarray(left, dtype=object)
    if given.shape == left.shape and sorted(given.ravel()) == sorted(left.ravel()):
        return (
            f"`{name}.sort()` and rng.shuffle({name}) change the order of what they are given; "
            f"np.sort({name}) and rng.permutation({name}) make a new array."
        )
    return (
        f"`{name} = {name} - m` makes a new array; `{name} -= m` and `{name}[i] = …` change the "
        f"one that was given, and so they do through a second name for it: copy it first, by "
        f"`{name}.copy()`."
    )


def _same(left: Any, given: Any) -> bool:
    """Whether an argument was left as it was given, down to type and shape."""
    if isinstance(given, np.ndarray):
        return (
            isinstance(left, np.ndarray)
            and left.dtype == given.dtype
            and np.array_equal(left, given)
        )
    if isinstance(given, list | tuple):
        return (
            type(left) is type(given) and len(left) == len(given) and all(map(_same, left, given))
        )
    return left == given


def _examine(entry: Entry, case: Case, outcome: Outcome, like: Any) -> list[str]:
    """Return remarks on the shape of a right answer; raise `Misfit` for one that is not right."""
    if outcome.stopped:
        why = "in time" if outcome.stopped == "time" else "because it was interrupted"
        raise Misfit("stopped", f"It did not finish {why}.")
    if outcome.error:
        if outcome.error.kind == "NotImplementedError":
            raise Misfit("unwritten", "It is not written yet.")
        raise Misfit("raised", f"It raised {outcome.error}.")
    if outcome.value is None:
        raise Misfit("nothing", "It returned nothing (None).")
    if entry.properties:
        for property_ in entry.properties:
            if not holds(property_.holds, case.args, outcome.value):
                raise Misfit("wrong", f"It breaks a rule: {property_.must}.")
        return []
    remarks: list[str] = []
    lengths = {len(arg) for arg in case.args if isinstance(arg, np.ndarray) and arg.ndim == 1}
    value = arrange(outcome.value, like, entry.returns, remarks, lengths)
    for name, part, wanted in parts(value, entry.returns, like):
        if np.isfinite(wanted).all() and not np.isfinite(part).all():
            what = "NaN (not a number)" if np.isnan(part).any() else "infinity"
            raise Misfit("nan", f"{name} contains {what}.")
    if not entry.compare(case.args, value, like):
        raise Misfit("wrong", "The numbers are not right.")
    return remarks


def _relate(entry: Entry, case: Case, outcome: Outcome, sound: Sequence[tuple[tuple, Any]]) -> None:
    """Hold an answer to those before it that are right; raise `Misfit` if they do not agree."""
    for relation in entry.relations:
        for earlier in sound:
            if not holds(relation.holds, case.args, outcome.value, *earlier):
                raise Misfit("wrong", f"It breaks a rule: {relation.must}.")
