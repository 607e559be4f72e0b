"""One submission: its notebook is run in a kernel, and judged where no learner's code has been."""

import hashlib
import hmac
import logging
import math
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from nbformat import NotebookNode
from nbformat.v4 import new_output

from grader import wire
from grader.fingerprint import fingerprint
from grader.kernel import Ended, Kernel, Nursery
from grader.record import Exercise, Record, Remark
from grader.release import Check, Release
from reglib.checks import find
from reglib.checks.entry import Case
from reglib.checks.judge import judge
from reglib.checks.run import SECONDS, Outcome
from reglib.checks.tell import tell

DEATHS = 3  # kernels that a notebook may take down; then the rest of it is left alone
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Answers:
    """What came out of a learner's function in each case, or why nothing did."""

    outcomes: Sequence[Outcome] = ()
    trouble: str = ""


def grade(
    notebook: NotebookNode,
    release: Release,
    student: str,
    secret: bytes,
    nursery: Nursery,
    files: Mapping[str, bytes] | None = None,
    remarks: Sequence[Remark] = (),
    key: str = "",
) -> Record:
    """Run a repaired notebook, write outputs and verdicts into its cells, and return the record.

    Verdicts are made when the kernel has ended, and become outputs only then, so that nothing that
    it says can reach them. Each student meets other cases. The same work meets the same ones again,
    and changed work others: as a helper of an answer may stand in any cell, the seed depends on all
    code of the notebook.
    """
    start = time.monotonic()
    cases = _draw(notebook, release, student, secret)
    answers = _Session(nursery, files or {}).run(notebook, release, cases)
    exercises, unfinished = [], set()
    for cell in notebook.cells:
        check = release.checks.get(_grade_id(cell))
        if check:
            exercise = _verdict(check, cases[check], answers[check], unfinished, notebook, release)
            exercises.append(exercise)
            cell.outputs = _shown(exercise)
    return Record(
        assignment=release.assignment,
        student=student,
        notebook=release.name,
        key=key,
        sandbox=nursery.sandboxed,
        seconds=round(time.monotonic() - start, 3),
        remarks=tuple(remarks),
        exercises=tuple(exercises),
    )


def _grade_id(cell: NotebookNode) -> str:
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")


def _draw(
    notebook: NotebookNode, release: Release, student: str, secret: bytes
) -> dict[Check, list[Case]]:
    code = "\0".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    work = hashlib.sha256(code.encode("utf-8", "replace")).hexdigest()

    def seed(check: Check) -> int:
        text = "\0".join([student, check.exercise, work]).encode("utf-8", "replace")
        return int.from_bytes(hmac.digest(secret, text, "sha256")[:16], "big")

    return {check: find(check.exercise).draw(seed(check)) for check in release.checks.values()}


class _Session:
    """The run of one notebook, in as many kernels as it takes."""

    def __init__(self, nursery: Nursery, files: Mapping[str, bytes]) -> None:
        self.nursery, self.files, self.limits = nursery, files, nursery.limits
        self.done: list[NotebookNode] = []  # cells to run again in the next kernel
        self.deaths = 0
        self.kernel: Kernel | None = None
        self.end = time.monotonic() + self.limits.seconds

    def run(
        self, notebook: NotebookNode, release: Release, cases: Mapping[Check, list[Case]]
    ) -> dict[Check, Answers]:
        """Run all cells in order; give other cells their outputs, and return the answers."""
        answers = {}
        count = 0
        try:
            for cell in notebook.cells:
                if cell.cell_type != "code":
                    continue
                count += 1
                cell.execution_count = count
                check = release.checks.get(_grade_id(cell))
                if check:
                    answers[check] = self._ask(check, cases[check])
                else:
                    self._cell(cell)
        finally:
            if self.kernel:
                self.kernel.kill()
        return answers

    def _cell(self, cell: NotebookNode) -> None:
        if not (kernel := self._living()):
            cell.outputs = [_note(f"This cell was not run: {self._why_not()}.")]
            return
        ran = kernel.run(cell.source, self._seconds(self.limits.cell))
        cell.outputs = ran.outputs
        if not kernel.is_dead():
            self.done.append(cell)
        if ran.trouble:
            cell.outputs.append(_note(f"This cell was ended: {ran.trouble}."))

    def _ask(self, check: Check, cases: Sequence[Case]) -> Answers:
        """The outcomes of a function; when asking it ends the kernel, that costs this exercise."""
        if not (kernel := self._living()):
            return Answers(trouble=self._why_not())
        arguments = [case.args for case in cases]
        try:
            seconds = self._seconds(min(SECONDS, self.limits.cell))
            reply = kernel.ask(check.function, wire.question(arguments), seconds)
        except Ended as ended:
            return Answers(trouble=str(ended))
        try:
            if reply["status"] == "error":
                missing = reply["ename"] == "NameError"
                return Answers(trouble="it is not there" if missing else "it cannot be called")
            return Answers(wire.outcomes(reply["data"]["application/json"], arguments))
        except (wire.Malformed, LookupError, TypeError):
            return Answers(trouble="what came out of it cannot be read")

    def _living(self) -> Kernel | None:
        """The kernel; a new one in which all cells but the killers have run, if it has died."""
        if self.kernel is None:
            self.kernel = self.nursery.kernel(self.files)
        while self.kernel.is_dead() and not self._why_not():
            self.deaths += 1
            self.kernel.kill()
            self.kernel = self.nursery.kernel(self.files)
            for cell in list(self.done):
                self.kernel.run(cell.source, self._seconds(self.limits.cell))
                if self.kernel.is_dead():
                    self.done.remove(cell)
                    break
        return None if self._why_not() else self.kernel

    def _why_not(self) -> str:
        if self.deaths > DEATHS:
            return f"the notebook has taken down {self.deaths} kernels"
        if time.monotonic() > self.end:
            return f"the notebook took longer than {self.limits.seconds:g} seconds"
        return ""

    def _seconds(self, most: float) -> float:
        return max(0.1, min(most, self.end - time.monotonic()))


def _verdict(
    check: Check,
    cases: list[Case],
    answers: Answers,
    unfinished: set[str],
    notebook: NotebookNode,
    release: Release,
) -> Exercise:
    entry = find(check.exercise)
    points, misconception, where, fault, trouble = 0.0, "", "", "", answers.trouble
    if not trouble:
        try:
            verdict = judge(entry, cases, list(answers.outcomes))
            text = tell(verdict, unfinished)
        except Exception:  # a fault of ours, which must not end the run of the whole class
            log.exception("The answers to %s cannot be judged.", check.exercise)
            trouble = "the check itself failed, and your instructor can see why"
        else:
            points = verdict.points
            misconception = verdict.misconception.name if verdict.misconception else ""
            where = verdict.where
            fault = verdict.faults[0].kind if verdict.faults else ""
    if trouble:
        points = 0.0
        text = (
            f"{check.function}: 0 of {entry.most:g} points, because {trouble}.\n"
            "Next: restart the kernel of your notebook, run all its cells from the top, and see "
            f"whether {check.function} is there and comes to its end."
        )
    if not (math.isfinite(points) and 0 <= points <= entry.most):
        raise AssertionError(f"{check.exercise} was given {points} of {entry.most} points")
    (unfinished.add if points < entry.most else unfinished.discard)(check.exercise)
    return Exercise(
        name=check.exercise,
        cell=check.grade_id,
        points=float(points),
        most=entry.most,
        misconception=misconception,
        where=where,
        fault=fault,
        trouble=trouble,
        answer=fingerprint(_answer(check, notebook, release)),
        text=text,
    )


def _answer(check: Check, notebook: NotebookNode, release: Release) -> str:
    """The cell in which the checked function is asked for."""
    homes = {id for id, answer in release.answers.items() if check.function in answer.functions}
    return "\n".join(cell.source for cell in notebook.cells if _grade_id(cell) in homes)


def _shown(exercise: Exercise) -> Collection[NotebookNode]:
    """A verdict as nbgrader reads it: the last value of the cell is its points."""
    return [
        new_output("stream", name="stdout", text=exercise.text + "\n"),
        new_output("execute_result", data={"text/plain": repr(exercise.points)}),
    ]


def _note(text: str) -> NotebookNode:
    return new_output("stream", name="stdout", text=text + "\n")
