"""A verdict in plain words, for the learner: what works, what does not, and what to do next."""

import textwrap
from collections.abc import Collection
from typing import Any

import numpy as np

from reglib import repository
from reglib.checks.entry import Case, Entry
from reglib.checks.errors import meaning
from reglib.checks.explain import TELLING, size
from reglib.checks.form import describe
from reglib.checks.judge import Fault, Verdict
from reglib.checks.run import Foreign, attempt

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
        "make this call in a new cell, and print step by step what the function makes of it.",
    ),
}
_ROWS = 6  # of an array that is shown
_FEW = 6  # numbers of an array that stands on one line
_WIDE = 92  # characters of a line
_LONG = 200  # of a line that is not broken
_FIRST = ("stopped", "unwritten")  # kinds to mend before all others


def tell(verdict: Verdict, unfinished: Collection[str] = ()) -> str:
    """Return the text that a learner reads.

    `unfinished` holds the names of exercises that the function calls and that are not right yet:
    if this one is not right either and builds on one of them, the text says which to mend first.

    >>> from reglib.checks.judge import judge
    >>> from reglib.checks.run import run
    >>> from reglib.exercises import find
    >>> entry = find("ridge.ridge_objective")
    >>> cases = entry.draw()
    >>> print(tell(judge(entry, cases, run(entry.reference, [case.args for case in cases]))))
    ridge_objective: 3 of 3 points. Right in all 9 cases.
    """
    entry, faults = verdict.entry, verdict.faults
    lines = [f"{entry.function}: {verdict.points:g} of {entry.most:g} points."]
    if not faults:
        lines[0] += f" Right in all {verdict.cases} cases."
    elif all(fault.kind == "unwritten" for fault in faults):
        lines[0] += " It is not written yet."
        lines += [
            "Next: put your code in place of the line with NotImplementedError in the cell above. "
            "Run that cell, then this one. Start with the example above it."
        ]
    else:
        fault = _choose(verdict)
        cause, section = _cause(verdict, fault)
        lines += cause
        first = [name.partition(".")[2] for name in entry.builds_on if name in unfinished]
        if first:
            lines += [f"It calls {first[0]}, which is not right yet either: begin there."]
        lines += [*_case(verdict, fault), *_rubric(verdict), _reread(section)]
    for condition in verdict.conditions:
        lines += [f"Mind: {condition.text}.", f"Next: {condition.action}"]
        if not faults:
            lines += [f"You see it here, {condition.case.name}:", *_call(entry, condition.case)]
    if verdict.conditions and verdict.points:
        times = "once for each of these" if len(verdict.conditions) > 1 else "for that"
        lines += [f"The points are halved {times}."]
    if verdict.printed > 10_000:
        lines += [f"It printed {verdict.printed:,} characters, which are left out here."]
    return "\n".join(map(_wrapped, lines))


def example(entry: Entry) -> str:
    """Return the public example of an exercise with its output, as a Python session.

    >>> from reglib.exercises import find
    >>> example(find("ridge.ridge_fit")).splitlines()[-1]
    '(array([1.]), 2.0)'
    """
    expected = attempt(entry.reference, entry.example).value
    given = zip(entry.arguments, entry.example, strict=True)
    lines = [f">>> {assign(name, value)}" for name, value in given]
    return "\n".join([*lines, f">>> {entry.call}", repr(plain(expected))])


def plain(value: Any) -> Any:
    """Return numbers without their last digits, which are rounding and differ between machines.

    >>> plain((0.1 + 0.2, [3]))
    (0.3, [3])
    """
    if isinstance(value, list | tuple):
        return type(value)(map(plain, value))
    return float(f"{value:.12g}") if isinstance(value, float) else value


def assign(name: str, value: Any) -> str:
    """Return a statement that makes an argument again.

    >>> print(assign("X", np.array([[1.0], [2.5]])))
    X = np.array([[1.0], [2.5]])
    >>> print(assign("folds", [(np.array([1]), np.array([0]))]))
    folds = [(np.array([1]), np.array([0]))]
    """
    if not isinstance(value, np.ndarray):
        return f"{name} = {_literal(value)}"
    start = f"{name} = np.array("
    if value.ndim < 2 or value.size <= _FEW:
        return f"{start}{value.tolist()})"
    below = ",\n" + " " * (len(start) + 1)
    return f"{start}[{below.join(str(row) for row in value.tolist())}])"


def _literal(value: Any) -> str:
    """What makes a value again: as `repr`, with the arrays inside of lists and tuples."""
    if isinstance(value, np.ndarray):
        return f"np.array({value.tolist()})"
    if not isinstance(value, list | tuple):
        return repr(value)
    if len(value) > 3 and all(item is value[0] for item in value) and isinstance(value, list):
        return f"[{_literal(value[0])}] * {len(value)}"
    items = ", ".join(map(_literal, value))
    if isinstance(value, list):
        return f"[{items}]"
    return f"({items},)" if len(value) == 1 else f"({items})"


def _wrapped(line: str) -> str:
    """Prose fits a page of the book; what is indented stays as it is."""
    if line.startswith(" "):
        return line
    return textwrap.fill(line, _WIDE, break_long_words=False, break_on_hyphens=False)


def _indented(text: str) -> str:
    return textwrap.indent(text, "    ")


def _rubric(verdict: Verdict) -> list[str]:
    """What is earned, and what is not yet, each in a line."""
    lines = []
    for words, rights in (("Right", True), ("Not yet", False)):
        found = [
            f"{behaviour} ({points:g})"
            for behaviour, points in verdict.entry.rubric.items()
            if (behaviour in verdict.right) is rights
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


def _case(verdict: Verdict, fault: Fault) -> list[str]:
    """A case that fails, what came out of it, and what should hold."""
    entry = verdict.entry
    lines = [f"A small case that fails, {fault.case.name}:", *_call(entry, fault.case)]
    numbers = fault.kind in TELLING
    if numbers:
        shown = _result("gives", entry, fault.outcome.value)
        if not fault.case.behaviour and not entry.properties:
            shown += _result("and should give", entry, fault.expected)
            if len(shown) == 2 and len(" ".join(shown)) <= _WIDE:
                shown = [" ".join(shown)]
        lines += shown
    if fault.kind in ("form", "nan") or (fault.kind == "wrong" and entry.properties):
        lines += [fault.text]
    if verdict.misconception is None or fault.case.must:
        lines += [f"What must hold: {fault.case.must or entry.must}."]
    return lines


def _call(entry: Entry, case: Case) -> list[str]:
    """The call of a case, to be pasted: as many arguments on a line as go there."""
    start = f"    {entry.function}("
    given = [_given(*pair) for pair in zip(entry.arguments, case.args, strict=True)]
    lines = [start]
    for argument in given:
        first, *below = argument.splitlines()
        if len(lines[-1]) + len(first) > _WIDE or (below and lines[-1] != start):
            lines.append(" " * len(start))
        lines[-1] += first
        lines += [" " * len(start) + line for line in below]
        lines[-1] += ", "
    lines = [line.rstrip() for line in lines]
    lines[-1] = lines[-1].removesuffix(",") + ")"
    return lines


def _given(name: str, value: Any) -> str:
    """An argument by its name, with as many rows of a table on a line as go there."""
    lines = [_literal(value)]
    if isinstance(value, np.ndarray):
        lines = textwrap.wrap(*lines, _WIDE - 32, break_long_words=False, break_on_hyphens=False)
    return f"{name}=" + f"\n{' ' * len(name)} ".join(lines)


def _result(words: str, entry: Entry, value: Any) -> list[str]:
    if isinstance(value, list | tuple) and len(value) == len(entry.returns) > 1:
        pairs = zip(entry.returns, value, strict=True)
    else:
        pairs = [(entry.returns[0] if len(entry.returns) == 1 else "the result", value)]
    shown = [_show(*pair) for pair in pairs]
    line = f"{words} {', '.join(shown)}"
    if len(line) <= _WIDE and "\n" not in line:
        return [line]
    return [words, *(_indented(_short(text)) for text in shown)]


def _short(text: str) -> str:
    """The first lines of what is shown, none of them endless."""
    lines = [line if len(line) <= _LONG else line[: _LONG - 1] + "…" for line in text.splitlines()]
    return "\n".join(lines if len(lines) <= _ROWS else [*lines[: _ROWS - 1], "    …"])


def _show(name: str, value: Any) -> str:
    if isinstance(value, list):
        value = _table(value)
    if isinstance(value, np.ndarray) and value.ndim:
        text = np.array2string(value, precision=6, separator=", ", threshold=24, edgeitems=2)
        text = " ".join(text.split()) if value.size <= _FEW else text
        text = text.replace("\n", "\n" + " " * len(f"{name} = "))
    elif isinstance(value, float | np.ndarray):
        text = f"{float(value):.6g}"
    else:
        text = describe(value) if isinstance(value, Foreign) else repr(_bare(value))
    return f"{name} = {text}"


def _bare(value: Any) -> Any:
    """Arrays inside of lists and tuples as lists, which are shorter to read."""
    if isinstance(value, list | tuple):
        return type(value)(map(_bare, value))
    return value.tolist() if isinstance(value, np.ndarray) else value


def _table(value: list) -> Any:
    """A list of numbers, or of equally long lists of numbers, as an array; others as they are."""
    try:
        array = np.asarray(value)
    except ValueError:  # ragged
        return value
    return array if array.dtype.kind in "fi" and array.ndim <= 2 else value


def _cause(verdict: Verdict, fault: Fault) -> tuple[list[str], str]:
    """The likely cause and one next step, and the section to reread."""
    misconception, error = verdict.misconception, fault.outcome.error
    if misconception:
        where = f", in {verdict.where}," if verdict.where else ""
        cause = [f"Your answers match{where} what you get when {misconception.name}."]
        return [*cause, f"Next: {misconception.advice}"], misconception.section
    said = [fault.text] if fault.kind in ("raised", "nothing", "stopped", "unwritten") else []
    cause, action = meaning(error, verdict.entry.call) if error else ("", "")
    if not action:
        cause, action = _ACTIONS[fault.kind]
        action = action.format(returns=", ".join(verdict.entry.returns))
    cause = [cause] if cause else list(verdict.seen)
    return [*said, *cause, f"Next: {action}"], verdict.entry.section


def _reread(label: str) -> str:
    """Where in the book; where there is no book to look it up in, a label says it in words."""
    if not (found := repository.titles(label)):
        return f"Reread: what the book says about “{label.replace('-', ' ')}”."
    return "Reread: “{}”, in “{}”.".format(*found)
