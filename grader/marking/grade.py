"""One submission: its notebook is run in a kernel, and judged where no learner's code has been."""

import hashlib
import hmac
import logging
import math
import re
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_output

from grader.marking.fingerprint import fingerprint
from grader.marking.sitting import Answers, Sitting, grade_id
from grader.record import Exercise, Record, Remark
from grader.sandbox.kernel import Nursery
from grader.sandbox.walls import Limits
from grader.submission.folder import TIMESTAMP, listing
from grader.submission.release import Check, Release
from reglib.checks.entry import Case
from reglib.checks.explain import TELLING
from reglib.checks.judge import judge
from reglib.checks.tell import tell
from reglib.exercises import find

MOST_SOURCE = 10_000  # characters that are kept of an answer whose mistake has no name
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Job:
    """All that is needed to grade one submission.

    notebook   repaired, as text
    seeds      of each exercise, from which its cases are drawn
    files      that stand beside the notebook
    remarks    on what was handed in, for the record
    key        of the record
    submission of the record
    sandboxed  whether it runs in the sandbox
    """

    release: Release
    notebook: str
    student: str
    seeds: Mapping[str, int]
    files: Mapping[str, bytes] = field(default_factory=dict)
    remarks: tuple[Remark, ...] = ()
    key: str = ""
    submission: str = ""
    limits: Limits = field(default_factory=Limits)
    sandboxed: bool = True


class Graded(NamedTuple):
    """A notebook with outputs and verdicts, as text, and the record."""

    notebook: str
    record: Record


def grade(job: Job, nursery: Nursery) -> Graded:
    """Run a notebook, write outputs and verdicts into its cells, and return it with the record.

    Verdicts are made when the kernel has ended, and become outputs only then, so that nothing that
    it says can reach them.
    """
    start = time.monotonic()
    release, notebook = job.release, nbformat.reads(job.notebook, 4)
    checks = release.checks.values()
    cases = {check: find(check.exercise).draw(job.seeds[check.exercise]) for check in checks}
    answers = Sitting(nursery, _beside(job.files), cases).run(notebook, release)
    stubs = {fingerprint(answer.stub) for answer in release.answers.values()}
    exercises, unfinished = [], set()
    for cell in notebook.cells:
        check = release.checks.get(grade_id(cell))
        if check:
            source = _answer(check, notebook, release)
            exercise = _verdict(check, cases[check], answers[check], unfinished, source, stubs)
            exercises.append(exercise)
            cell.outputs = _shown(exercise)
    record = Record(
        assignment=release.assignment,
        student=job.student,
        notebook=release.name,
        key=job.key,
        sandbox=nursery.sandboxed,
        seconds=round(time.monotonic() - start, 3),
        remarks=job.remarks,
        exercises=tuple(exercises),
        submission=job.submission,
    )
    return Graded(nbformat.writes(notebook), record)


def seeds(
    secret: bytes,
    student: str,
    release: Release,
    notebook: NotebookNode,
    files: Mapping[str, bytes],
) -> dict[str, int]:
    """Return the seed of each exercise, which does not tell the secret.

    Each student meets other cases. The same work meets the same ones again, and changed work
    others: as a helper of an answer may stand in any cell, and what it reads in any file, the seed
    depends on all code of the notebook and on all files beside it.
    """
    code = "\0".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    told = hashlib.sha256(code.encode("utf-8", "replace"))
    told.update(listing(_beside(files)))

    def seed(exercise: str) -> int:
        text = "\0".join([student, exercise, told.hexdigest()]).encode("utf-8", "replace")
        return int.from_bytes(hmac.digest(secret, text, "sha256")[:16], "big")

    return {check.exercise: seed(check.exercise) for check in release.checks.values()}


def _beside(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """What a notebook can read: when it was handed in is no part of the work."""
    return {name: data for name, data in files.items() if name != TIMESTAMP}


def _verdict(
    check: Check,
    cases: list[Case],
    answers: Answers,
    unfinished: set[str],
    source: str,
    stubs: Collection[str],
) -> Exercise:
    entry = find(check.exercise)
    points, misconception, where, fault, trouble = 0.0, "", "", "", answers.trouble
    seen, answer = "", fingerprint(source)
    if not trouble:
        try:
            verdict = judge(entry, cases, list(answers.outcomes))
            called = set(re.findall(r"\w+", source))
            text = tell(verdict, {n for n in unfinished if n.partition(".")[2] in called})
        except Exception:  # a fault of ours, which must not end the run of the whole class
            log.exception("The answers to %s cannot be judged.", check.exercise)
            trouble = "the check itself failed, and your instructor can see why"
        else:
            points = verdict.points
            misconception = verdict.misconception.name if verdict.misconception else ""
            where = verdict.where
            fault = verdict.faults[0].kind if verdict.faults else ""
            seen = " ".join(verdict.seen)
    if trouble:
        points = 0.0
        text = (
            f"{check.function}: 0 of {entry.most:g} points, because {trouble}.\n"
            "Next: restart the kernel of your notebook, run all its cells from the top, and see "
            f"whether {check.function} is there and comes to its end."
        )
    if not (math.isfinite(points) and 0 <= points <= entry.most):
        raise AssertionError(f"{check.exercise} was given {points} of {entry.most} points")
    (unfinished.add if trouble or fault else unfinished.discard)(check.exercise)
    return Exercise(
        name=check.exercise,
        cell=check.grade_id,
        points=float(points),
        most=entry.most,
        misconception=misconception,
        where=where,
        fault=fault,
        trouble=trouble,
        answer="" if answer in stubs else answer,
        text=text,
        seen=seen,
        source=source[:MOST_SOURCE] if fault in TELLING and not misconception else "",
    )


def _answer(check: Check, notebook: NotebookNode, release: Release) -> str:
    """The cell in which the checked function is written: the last that defines it, if any does.

    What counts stands where Python would find it, and that need not be where it is asked for.
    """
    homes = {id for id, answer in release.answers.items() if check.function in answer.functions}
    defines = re.compile(
        rf"^[ \t]*(?:def[ \t]+{check.function}\b|{check.function}[ \t]*=[^=])", re.M
    )
    found = [cell for cell in notebook.cells if grade_id(cell) in homes]
    for cell in notebook.cells:
        if grade_id(cell) == check.grade_id:
            break
        if cell.cell_type == "code" and defines.search(cell.source):
            found = [cell]
    return "\n".join(cell.source for cell in found)


def _shown(exercise: Exercise) -> Collection[NotebookNode]:
    """A verdict as nbgrader reads it: the last value of the cell is its points."""
    return [
        new_output("stream", name="stdout", text=exercise.text + "\n"),
        new_output("execute_result", data={"text/plain": repr(exercise.points)}),
    ]
