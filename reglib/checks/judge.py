"""From cases and outcomes to a verdict. Nothing here calls a learner's code or trusts its objects:
outcomes are plain data, whether they come from this process or from far away.
"""

import math
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from reglib.checks.entry import Case, Entry, Misconception, nearly
from reglib.checks.run import Foreign, Outcome, attempt

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
class Verdict:
    """The judgement of one function.

    points         a plain float between 0 and `entry.most`
    cases          how many were tried, the example among them
    right          behaviours whose cases are all right
    faults         what is not, in the order of the cases
    conditions     sentences on shapes and on inputs changed, at most one on each; each halves
    misconception  the mistake that explains the answers, if one does
    where          "" if it explains them in every case, otherwise the behaviour where it does
    printed        characters that the function printed
    """

    entry: Entry
    points: float
    cases: int
    right: tuple[str, ...]
    faults: tuple[Fault, ...]
    conditions: tuple[str, ...]
    misconception: Misconception | None
    where: str
    printed: int


class _Misfit(Exception):
    """A value that has not the form of the expected one: its kind of fault, and a sentence."""


def judge(entry: Entry, cases: Sequence[Case], outcomes: Sequence[Outcome]) -> Verdict:
    """Compare the outcome of each case with the reference, or hold it to the properties.

    >>> from reglib.checks.run import run
    >>> from reglib.exercises import find
    >>> entry = find("ridge.ridge_objective")
    >>> cases = entry.draw()
    >>> judge(entry, cases, run(entry.reference, [case.args for case in cases])).points
    3.0
    """
    expected = [outcome.value for outcome in _attempts(entry.reference, cases)]
    faults, remarks = [], []
    sound: list[tuple[tuple, Any]] = []
    for case, outcome, like in zip(cases, outcomes, expected, strict=True):
        try:
            remarks += _examine(entry, case, outcome, like)
            _relate(entry, case, outcome, sound)
        except _Misfit as misfit:
            faults.append(Fault(case, outcome, *misfit.args, like))
        else:
            sound.append((case.args, outcome.value))
    changed = sorted(
        {
            i
            for case, outcome in zip(cases, outcomes, strict=True)
            for i, left in enumerate(outcome.after)
            if left is not None and not _same(left, case.args[i])
        }
    )
    conditions = remarks[:1]  # one condition, in however many cases it is broken
    if changed:
        names = " and ".join(entry.arguments[i] for i in changed)
        conditions.append(f"it changes what it is given: {names}")
    failing = {fault.case.behaviour for fault in faults}
    right = tuple(behaviour for behaviour in entry.rubric if behaviour not in failing)
    misconception, where = _explain(entry, cases, outcomes, expected, faults)
    return Verdict(
        entry,
        float(sum(entry.rubric[behaviour] for behaviour in right) * HALVED ** len(conditions)),
        len(cases),
        right,
        tuple(faults),
        tuple(conditions),
        misconception,
        where,
        sum(outcome.printed for outcome in outcomes),
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


def _attempts(function: Callable, cases: Sequence[Case]) -> list[Outcome]:
    """The outcomes of one of our own functions."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return [attempt(function, case.args) for case in cases]


def _examine(entry: Entry, case: Case, outcome: Outcome, like: Any) -> list[str]:
    """Return remarks on the shape of a right answer; raise `_Misfit` for one that is not right."""
    if outcome.stopped:
        why = "in time" if outcome.stopped == "time" else "because it was interrupted"
        raise _Misfit("stopped", f"It did not finish {why}.")
    if outcome.error:
        kind, message = outcome.error.kind, outcome.error.message
        if kind == "NotImplementedError":
            raise _Misfit("unwritten", "It is not written yet.")
        where = f', in line {outcome.error.number}: "{outcome.error.line}"'
        raise _Misfit(
            "raised",
            f"It raised {kind}{': ' if message else ''}{message}"
            f"{where if outcome.error.number else ''}.",
        )
    if outcome.value is None:
        raise _Misfit("nothing", "It returned nothing (None).")
    if entry.properties:
        for property_ in entry.properties:
            if not _holds(property_.holds, case.args, outcome.value):
                raise _Misfit("wrong", f"It breaks a rule: {property_.must}.")
        return []
    remarks: list[str] = []
    lengths = {len(arg) for arg in case.args if isinstance(arg, np.ndarray) and arg.ndim == 1}
    value = _arrange(outcome.value, like, entry.returns, remarks, lengths)
    for part, name, wanted in _parts(value, like, entry.returns):
        if np.isfinite(wanted).all() and not np.isfinite(part).all():
            what = "NaN (not a number)" if np.isnan(part).any() else "infinity"
            raise _Misfit("nan", f"{name} contains {what}.")
    if not entry.compare(case.args, value, like):
        raise _Misfit("wrong", "The numbers are not right.")
    return remarks


def _relate(entry: Entry, case: Case, outcome: Outcome, sound: Sequence[tuple[tuple, Any]]) -> None:
    """Hold an answer to those before it that are right; raise `_Misfit` if they do not agree."""
    for relation in entry.relations:
        for earlier in sound:
            if not _holds(relation.holds, case.args, outcome.value, *earlier):
                raise _Misfit("wrong", f"It breaks a rule: {relation.must}.")


def _holds(holds: Callable[..., bool], *given: Any) -> bool:
    """A rule that cannot even be applied to an answer is broken by it.

    It may meet any number there is, so it is kept quiet: a word on stderr costs the points.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return bool(holds(*given))
    except Exception:
        return False


def _parts(value: Any, like: Any, names: tuple[str, ...]) -> Iterator[tuple[Any, str, Any]]:
    if isinstance(like, tuple):
        yield from zip(value, names, like, strict=True)
    else:
        yield value, names[0], like


def _arrange(
    value: Any, like: Any, names: tuple[str, ...], remarks: list[str], lengths: set[int]
) -> Any:
    """Return `value` in the form of `like`: lists as arrays, a pair as a tuple, 0-d as a float."""
    if not isinstance(like, tuple):
        return _array(value, like, names[0], remarks, lengths)
    whole = f"({', '.join(names)})"
    parts = list(value) if isinstance(value, np.ndarray) and value.ndim else value
    if not isinstance(parts, list | tuple) or len(parts) != len(like):
        raise _Misfit("form", f"It returned {describe(value)}, not {whole}.")
    try:
        return tuple(
            _array(part, wanted, name, remarks, lengths)
            for part, wanted, name in zip(parts, like, names, strict=True)
        )
    except _Misfit:
        if [_shape(part) for part in parts[::-1]] == [_shape(wanted) for wanted in like]:
            raise _Misfit("form", f"Its parts come in another order than {whole}.") from None
        raise


def _array(value: Any, like: Any, name: str, remarks: list[str], lengths: set[int]) -> Any:
    wanted = np.asarray(like)
    shape = _shape(value)
    if shape is None:
        raise _Misfit("form", f"{name} is {describe(value)}, not {describe(like)}.")
    array = np.asarray(value)
    if array.dtype == bool and wanted.dtype != bool:
        raise _Misfit("form", f"{name} is made of True and False, not of numbers.")
    off = f"{name} has shape {shape} where {wanted.shape or 'a single number'} is asked for"
    if array.size != wanted.size:
        rows = next((n for n in sorted(lengths) if n > 1 and _broadcast(shape, wanted, n)), None)
        if rows:
            off += f": subtracting a ({rows}, 1) from a ({rows},) makes a ({rows}, {rows})"
        raise _Misfit("form", f"{off}.")
    if shape != wanted.shape:
        remarks.append(off)
    return array.reshape(wanted.shape) if wanted.ndim else float(array.reshape(()))


def _broadcast(shape: tuple[int, ...], wanted: np.ndarray, n: int) -> bool:
    """Whether a shape is what (n,) − (n, 1) leaves behind where `wanted` is asked for."""
    return len(shape) == 2 and math.prod(shape) in (wanted.size * n, wanted.size * n * n)


def _shape(value: Any) -> tuple[int, ...] | None:
    """The shape of a number, an array or a regular list of them; None for anything else."""
    if value is None or isinstance(value, Foreign):
        return None
    try:
        array = np.asarray(value)
    except ValueError:  # a ragged list
        return None
    return array.shape if array.dtype.kind in "fib" else None


def describe(value: Any) -> str:
    """Say in a few words what a plain value is.

    >>> describe(np.ones((3, 1))), describe((1.0, 2.0)), describe(2.5)
    ('an array of shape (3, 1)', 'a tuple of 2', 'a single number')
    """
    if isinstance(value, Foreign):
        return value.what
    if isinstance(value, list | tuple):
        return f"a {type(value).__name__} of {len(value)}"
    if isinstance(value, np.ndarray) and value.ndim:
        return f"an array of shape {value.shape}"
    return "None" if value is None else "a single number"


def _explain(
    entry: Entry,
    cases: Sequence[Case],
    outcomes: Sequence[Outcome],
    expected: Sequence[Any],
    faults: Sequence[Fault],
) -> tuple[Misconception | None, str]:
    """Return the first misconception that explains every case, or else those of one behaviour."""
    telling = [fault for fault in faults if fault.kind in ("form", "nan", "wrong")]
    if not telling:
        return None, ""
    agreeing = [
        _agreeing(entry, m, cases, outcomes, expected, faults) for m in entry.misconceptions
    ]
    failing = {fault.case.behaviour for fault in telling}
    for behaviour in ["", *(b for b in entry.rubric if b in failing)]:
        scope = [i for i, case in enumerate(cases) if behaviour in ("", case.behaviour)]
        for misconception, agrees in zip(entry.misconceptions, agreeing, strict=True):
            if all(agrees[i] for i in scope):
                return misconception, behaviour
    return None, ""


def _agreeing(
    entry: Entry,
    misconception: Misconception,
    cases: Sequence[Case],
    outcomes: Sequence[Outcome],
    expected: Sequence[Any],
    faults: Sequence[Fault],
) -> list[bool]:
    """For each case, whether a misconception explains its outcome."""
    if misconception.recognise_all:
        answers = [case.args for case in cases], [outcome.value for outcome in outcomes]
        return [_holds(misconception.recognise_all, *answers)] * len(cases)
    if misconception.recognise:
        spoiled = {id(fault.case) for fault in faults}
        return [
            id(case) not in spoiled or _holds(misconception.recognise, case.args, outcome.value)
            for case, outcome in zip(cases, outcomes, strict=True)
        ]
    wrong = _attempts(misconception.wrong, cases)
    return [
        _agree(entry, case, outcome, other, like)
        for case, outcome, other, like in zip(cases, outcomes, wrong, expected, strict=True)
    ]


def _agree(entry: Entry, case: Case, outcome: Outcome, other: Outcome, like: Any) -> bool:
    if outcome.stopped or bool(outcome.error) != bool(other.error):
        return False
    if outcome.error and other.error:
        return outcome.error.kind == other.error.kind
    try:
        value = _arrange(outcome.value, like, entry.returns, [], set())
        same = _arrange(other.value, like, entry.returns, [], set())
    except _Misfit:
        return nearly(case.args, outcome.value, other.value)
    finite = all(np.isfinite(part).all() for part, *_ in _parts(same, like, entry.returns))
    return (entry.compare if finite else nearly)(case.args, value, same)
