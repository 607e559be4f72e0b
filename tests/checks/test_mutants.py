"""The proof by mutation: every known mistake, and two at once, against all the others.

A mutant may be called by its own name, or by one of its two; else by that of an equal function, one
that gives the same in cases that the judgement has not seen. Of those that are not in the catalogue
when they are judged, that is all that is allowed.
"""

from dataclasses import replace

import numpy as np
import pytest
from entries import each_entry, each_entry_in_time

from reglib.checks.entry import BESIDES, nearly
from reglib.checks.explain import attempts
from reglib.checks.judge import judge
from reglib.checks.slips import slips

SEEDS, UNSEEN = (None, 1), (11, 12, 13)


def same(entry, function, other):
    """Whether two functions give the same in cases that no judgement has seen."""
    cases = [case for seed in UNSEEN for case in entry.draw(seed)]
    return all(
        (a.error.kind == b.error.kind if a.error and b.error else not (a.error or b.error))
        and nearly((), a.value, b.value, rtol=1e-5)
        for a, b in zip(attempts(function, cases), attempts(other, cases), strict=True)
    )


def double(entry):
    """Mistakes that are two, in one formula or a slip after a known one: some drawn by lot."""
    rng = np.random.default_rng(0)
    pairs = [(m, set(m.name.split(BESIDES))) for m in entry.pairs]
    known = [m for m in entry.known if not m.by_rule]
    after = [(b, s) for b in known for s in slips(entry)] if not entry.properties else []
    composed = [(s.after(entry, b), {b.name, s.name}) for b, s in after]
    return [
        group[i]
        for group in (pairs, composed)
        for i in rng.choice(len(group), min(len(group), 12), replace=False)
    ]


def false_names(entry, mutants, seeds):
    """Those that lose nothing, or are called by a name that says something else of them."""
    drawn = [(seed, entry.draw(seed)) for seed in seeds]
    for mutant, made_of in mutants:
        for seed, cases in drawn:
            verdict = judge(entry, cases, attempts(mutant.wrong, cases))
            name = verdict.misconception.name if verdict.misconception else ""
            if verdict.points == entry.most:
                if not same(entry, mutant.wrong, entry.reference):
                    yield seed, mutant.name, "full marks"
            elif name and not (
                made_of & {name, *name.split(BESIDES)}
                or same(entry, mutant.wrong, verdict.misconception.wrong)
            ):
                yield seed, mutant.name, name


def called_by_name(entry, seeds):
    for seed in seeds:
        cases = entry.draw(seed)
        for m in entry.known:
            verdict = judge(entry, cases, attempts(m.wrong, cases))
            assert verdict.points < entry.most, (m.name, seed)
            assert verdict.misconception and verdict.where == "", (m.name, seed)
            if verdict.misconception is not m:
                assert same(entry, m.wrong, verdict.misconception.wrong), (m.name, seed)


@each_entry_in_time
def test_a_known_mistake_loses_points_and_is_named(entry):
    called_by_name(entry, [None])


@each_entry_in_time
def test_a_slip_is_called_by_its_name(entry):
    slipped = () if entry.properties else slips(entry)
    slipped = [(slip.after(entry), {slip.name}) for slip in slipped]
    assert list(false_names(entry, slipped, SEEDS[:1])) == []


@each_entry
@pytest.mark.long
def test_two_mistakes_at_once_are_called_by_one_of_their_names(entry):
    assert list(false_names(entry, double(entry), SEEDS[:1])) == []


def held_out(entry):
    """The entry without all that stands in one place of its formula, and one that stood there."""
    rng = np.random.default_rng(0)
    for place, choices in entry.choices.items():
        rest = {name: others for name, others in entry.choices.items() if name != place}
        gone = replace(entry, misconceptions=(), choices={place: choices}).known
        yield replace(entry, choices=rest), [(gone[rng.integers(len(gone))], set())]


@each_entry
@pytest.mark.long
def test_what_is_not_known_gets_no_name(entry):
    found = [
        named for rest, gone in held_out(entry) for named in false_names(rest, gone, SEEDS[:1])
    ]
    assert found == []
