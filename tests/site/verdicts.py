"""The verdicts on many answers to an exercise. This file runs in CPython here, and in the page."""

import contextlib
import sys
import types
from collections.abc import Callable, Iterator

import numpy as np

from reglib.checks import explain
from reglib.checks.entry import Case, Entry
from reglib.checks.judge import judge
from reglib.checks.run import Outcome, run
from reglib.checks.slips import slips
from reglib.exercises import find


class Anything:
    """Stands for pytest, which the page has not: no test runs there."""

    def __getattr__(self, name: str) -> "Anything":
        return self

    def __call__(self, *_: object, **options: object) -> "Anything":
        return self


def answers(entry: Entry, right: str, seed: int, generated: int = 10) -> dict:
    """Return functions by their names, so many drawn by lot of those that choices and slips make.

    `right` is the text of a test of right implementations, a dictionary RIGHT at its end.
    """
    sys.modules.setdefault("pytest", Anything())
    module = types.ModuleType("right")
    exec(compile(right, "right", "exec"), vars(module))
    written = {name.rpartition(".")[2]: functions for name, functions in module.RIGHT.items()}
    found = {"the reference": entry.reference}
    found |= {f"right: {function.__name__}": function for function in written[entry.function]}
    found |= {f"wrong: {m.name}": m.wrong for m in entry.misconceptions}
    made = [*entry.known[len(entry.misconceptions) :], *entry.pairs]
    if not entry.properties:
        each = list(slips(entry))
        made += [slip.after(entry) for slip in each]
        made += [slip.after(entry, m) for m in entry.known if not m.by_rule for slip in each]
    rng = np.random.default_rng(seed)
    drawn = rng.choice(len(made), min(len(made), generated), replace=False)
    return found | {f"generated: {made[i].name}": made[i].wrong for i in sorted(drawn.tolist())}


def verdicts(name: str, right: str, seed: int, generated: int = 10) -> dict:
    """Return for each answer its points, the name of its mistake, and in which cases it shows."""
    entry = find(name)
    cases = entry.draw()
    told = {}
    with known_once():
        for label, function in answers(entry, right, seed, generated).items():
            judged = judge(entry, cases, run(function, [case.args for case in cases]))
            mistake = judged.misconception.name if judged.misconception else ""
            told[label] = [judged.points, mistake, judged.where]
    return told


@contextlib.contextmanager
def known_once() -> Iterator[None]:
    """Remember what a known mistake gives in a case: every wrong answer is compared with it."""
    attempt, kept = explain._attempt, {}

    def once(function: Callable, case: Case) -> Outcome:
        key = id(function), id(case)
        if key not in kept:
            kept[key] = attempt(function, case), function  # which must not make room for another
        return kept[key][0]

    explain._attempt = once
    try:
        yield
    finally:
        explain._attempt = attempt
