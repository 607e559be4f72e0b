"""What a learner is told of a verdict, and how that reads as plain text.

`telling` says it once, in parts; the text here and the HTML of `markup` are made of the same parts.
"""

import textwrap
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from reglib import repository
from reglib.checks.entry import Case, Entry, nearly
from reglib.checks.errors import meaning
from reglib.checks.explain import TELLING, size
from reglib.checks.form import arrange, parts
from reglib.checks.judge import Fault, Verdict
from reglib.checks.written import call, shown

# What is said of a kind of fault where no mistake is known behind it: likely cause, next step.
_ACTIONS = {
    "stopped": (
        "It takes too long, so the cases after this one were not tried.",
        "look for a loop whose end is never reached, or for work repeated inside a loop.",
    ),
    "unwritten": ("", "write the part that still raises NotImplementedError."),
    "raised": (
        "",
        "make this call in a new cell, and print the shapes and types of what meets in that line.",
    ),
    "nothing": ("", "end every way through the function with `return {returns}`."),
    "form": (
        "",
        "make this call in a new cell, and print the shape of each step on the way to {returns}.",
    ),
    "nan": (
        "NaN and infinity come from a division by zero, or from the root or the logarithm of a "
        "number that has none.",
        "find the division in your code, and see when its divisor is zero.",
    ),
    "wrong": (
        "",
        "make this call in a new cell, print what each line of the function makes of it, and find "
        "the first that is not what you meant.",
    ),
}
_BEGIN = (
    "put your code in place of the line with NotImplementedError in the cell above. Run that cell, "
    "then this one. Start with the example above it."
)
_WIDE = 72  # characters of a line of prose
_FIRST = ("stopped", "unwritten")  # kinds to mend before all others


@dataclass(frozen=True)
class Instance:
    """A call, what came out of it and what should.

    name    of the case: "λ = 0, one feature"
    call    to be pasted
    came    the parts of what it returned, if it returned numbers
    should  the parts of what it should return, where that may be told
    said    a sentence on what came, where numbers do not say it
    must    what must hold, in a sentence
    """

    name: str
    call: str
    came: tuple[str, ...] = ()
    should: tuple[str, ...] = ()
    said: str = ""
    must: str = ""


@dataclass(frozen=True)
class Line:
    """A line of the rubric: its points count if it is right, before any are halved."""

    behaviour: str
    points: float
    right: bool


@dataclass(frozen=True)
class Warned:
    """What is off beside the numbers, what to do, and a call that shows it if no other is told."""

    text: str
    action: str
    case: Instance | None


@dataclass(frozen=True)
class Telling:
    """A verdict in the parts of which it is told, each "" or () where there is nothing to say.

    kind        "right", "unwritten", or the kind of the fault that is told
    name        of the mistake that explains the answers
    extent      in how many cases it is wrong, and in which of several parts
    cause       sentences on what came and why
    action      one next step
    begin       which exercise to mend first
    case        a small one that fails
    section     label of the section of the book to reread
    conditions  what halves the points
    notes       sentences that end it
    """

    function: str
    points: float
    most: float
    cases: int
    kind: str
    rubric: tuple[Line, ...]
    name: str = ""
    extent: str = ""
    cause: tuple[str, ...] = ()
    action: str = ""
    begin: str = ""
    case: Instance | None = None
    section: str = ""
    conditions: tuple[Warned, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def head(self) -> str:
        text = f"{self.function}: {self.points:g} of {self.most:g} points."
        if self.kind == "right":
            return f"{text} Right in all {self.cases} cases."
        return f"{text} It is not written yet." if self.kind == "unwritten" else text


def telling(verdict: Verdict, unfinished: Collection[str] = (), expected: bool = False) -> Telling:
    """Return what is told of a verdict.

    `unfinished` holds the names of exercises that the function calls and that are not right yet:
    if this one is not right either and builds on one of them, it says which to mend first.
    `expected` tells the right answer to the case that is shown, whichever that is; without it only
    that to the public example, as where other cases would give marks away.

    >>> from reglib.checks.trial import trial
    >>> from reglib.exercises import find
    >>> telling(trial(find("ridge.ridge_objective"), lambda w, b, X, y, lam: 0.0)).kind
    'wrong'
    """
    entry, faults = verdict.entry, verdict.faults
    rubric = tuple(
        Line(behaviour, float(points), behaviour in verdict.right)
        for behaviour, points in entry.rubric.items()
    )
    told = Telling(
        entry.function,
        verdict.points,
        entry.most,
        verdict.cases,
        "right",
        rubric,
        conditions=tuple(
            Warned(
                f"Mind: {condition.text}.",
                condition.action,
                None if faults else _instance(entry, condition.case),
            )
            for condition in verdict.conditions
        ),
        notes=_notes(verdict),
    )
    if not faults:
        return told
    if all(fault.kind == "unwritten" for fault in faults):
        return replace(told, kind="unwritten", action=_BEGIN)
    fault = _choose(verdict)
    first = [name.partition(".")[2] for name in entry.builds_on if name in unfinished]
    begin = f"It calls {first[0]}, which is not right yet either: begin there." if first else ""
    cause, action = _cause(verdict, fault)
    mistake = verdict.misconception
    return replace(
        told,
        kind=fault.kind,
        name=mistake.name if mistake else "",
        extent=_extent(verdict, fault),
        cause=cause,
        action=action,
        begin=begin,
        case=_case(verdict, fault, expected),
        section=mistake.section if mistake else entry.section,
    )


def tell(verdict: Verdict, unfinished: Collection[str] = ()) -> str:
    """Return the text that a learner reads; `unfinished` as in `telling`.

    >>> from reglib.checks.trial import trial
    >>> from reglib.exercises import find
    >>> entry = find("ridge.ridge_objective")
    >>> print(tell(trial(entry, entry.reference)))
    ridge_objective: 3 of 3 points. Right in all 9 cases.
    """
    return text(telling(verdict, unfinished))


def text(told: Telling) -> str:
    """Return a telling as plain text, prose in lines of 72 characters."""
    lines = [told.head, *told.cause]
    if told.action:
        lines += [f"Next: {told.action}"]
    if told.begin:
        lines += [told.begin]
    if told.case:
        lines += _shown(f"A small case that fails, {told.case.name}:", told.case)
        lines += [*_rubric(told), reread(told.section)]
    for condition in told.conditions:
        lines += [condition.text, f"Next: {condition.action}"]
        if condition.case:
            lines += _shown(f"You see it here, {condition.case.name}:", condition.case)
    return "\n".join(map(_wrapped, [*lines, *told.notes]))


def reread(label: str) -> str:
    """Return where in the book; without the book, the label says it in words.

    >>> reread("no-such-section")
    'Reread: what the book says about “no such section”.'
    """
    if not (found := repository.titles(label)):
        return f"Reread: what the book says about “{label.replace('-', ' ')}”."
    return "Reread: “{}”, in the chapter “{}”.".format(*found)


def _notes(verdict: Verdict) -> tuple[str, ...]:
    notes = []
    if verdict.conditions and verdict.points:
        times = "once for each of these" if len(verdict.conditions) > 1 else "for that"
        notes += [f"The points are halved {times}."]
    if verdict.printed > 10_000:
        notes += [f"It printed {verdict.printed:,} characters, which are left out here."]
    return tuple(notes)


def _instance(entry: Entry, case: Case, **more: Any) -> Instance:
    return Instance(case.name, call(entry, case.args), **more)


def _case(verdict: Verdict, fault: Fault, expected: bool) -> Instance:
    """A case that fails, what came out of it, and what should hold."""
    entry, case = verdict.entry, fault.case
    numbers = fault.kind in TELLING
    public = numbers and not case.behaviour
    must = verdict.misconception is None or case.must
    return _instance(
        entry,
        case,
        came=shown(entry, fault.outcome.value) if numbers else (),
        should=(
            shown(entry, fault.expected) if (expected or public) and not entry.properties else ()
        ),
        said=(
            fault.text
            if fault.kind in ("form", "nan") or (fault.kind == "wrong" and entry.properties)
            else ""
        ),
        must=f"What must hold: {case.must or entry.must}." if must else "",
    )


def _extent(verdict: Verdict, fault: Fault) -> str:
    """In how many cases it is wrong, and which of several parts is wrong at all."""
    if fault.kind not in TELLING:
        return ""
    failing, names = len(verdict.faults), verdict.entry.returns
    if failing == verdict.cases:
        said = f"None of {failing} cases is right"
    else:
        said = f"Not right in {failing} of {verdict.cases} cases"
    if not (off := _off(verdict)) or len(off) == len(names):
        return f"{said}."
    right = [name for name in names if name not in off]
    are, too = ("are" if len(which) > 1 else "is" for which in (right, off))
    return f"{said}: {' and '.join(right)} {are}, {' and '.join(off)} {too} not."


def _off(verdict: Verdict) -> list[str]:
    """The parts that are not right, if each answer has them all."""
    names, off = verdict.entry.returns, set()
    if verdict.entry.properties or len(names) == 1:
        return []
    for fault in verdict.faults:
        if fault.kind not in ("nan", "wrong"):
            return []
        value = arrange(fault.outcome.value, fault.expected, names, [], set())
        with np.errstate(all="ignore"):  # it may meet any number there is
            pairs = parts(value, names, fault.expected)
            off |= {name for name, came, wanted in pairs if not nearly((), came, wanted)}
    return [name for name in names if name in off]


def _shown(words: str, case: Instance) -> list[str]:
    """A call, and what came of it, in lines."""
    lines = [words, textwrap.indent(case.call, "    ")]
    if case.came:
        lines += _result("gives", case.came)
    if case.came and case.should:
        lines += _result("and should give", case.should)
    return [*lines, *filter(None, (case.said, case.must))]


def _result(words: str, parts: tuple[str, ...]) -> list[str]:
    line = f"{words} {', '.join(parts)}"
    if len(line) <= _WIDE and "\n" not in line:
        return [line]
    return [words, *(textwrap.indent(part, "    ") for part in parts)]


def _wrapped(line: str) -> str:
    """Prose fits a page of the book; what is indented stays as it is."""
    if line.startswith(" "):
        return line
    return textwrap.fill(line, _WIDE, break_long_words=False, break_on_hyphens=False)


def _rubric(told: Telling) -> list[str]:
    """What is earned, and what is not yet, each in a line."""
    lines = []
    for words, right in (("Right", True), ("Not yet", False)):
        found = [
            f"{line.behaviour} ({line.points:g})" for line in told.rubric if line.right is right
        ]
        if found:
            lines += [f"{words}: {'; '.join(found)}."]
    return lines


def _choose(verdict: Verdict) -> Fault:
    """The fault to show: of the commonest kind, in the smallest case; the example before all."""
    kinds = [fault.kind for fault in verdict.faults]
    if verdict.misconception:
        kinds = [kind for kind in kinds if kind in TELLING]
    first = [kind for kind in _FIRST if kind in kinds]
    wanted = first[0] if first else max(kinds, key=kinds.count)
    faults = [fault for fault in verdict.faults if fault.kind == wanted]
    # Of those that were stopped, only the first is sure to have been started.
    return faults[0] if wanted == "stopped" else min(faults, key=lambda fault: size(fault.case))


def _cause(verdict: Verdict, fault: Fault) -> tuple[tuple[str, ...], str]:
    """Sentences on what came and why, and one next step."""
    misconception, error = verdict.misconception, fault.outcome.error
    if misconception:
        where = f"in {verdict.where}" if verdict.where else "in every case tried"
        cause = f"Your answers match, {where}, what you get when {misconception.name}."
        return (cause,), misconception.advice
    said = [fault.text] if fault.kind in ("raised", "nothing", "stopped", "unwritten") else []
    cause, action = meaning(error, verdict.entry.call) if error else ("", "")
    if not action:
        cause, action = _ACTIONS[fault.kind]
        action = action.format(returns=", ".join(verdict.entry.returns))
    cause = [cause] if cause else list(verdict.seen)
    return (*said, *cause), action
