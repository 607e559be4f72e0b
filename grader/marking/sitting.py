"""The run of one notebook, in as many kernels as it takes.

A kernel may die of what is under way, or of what an earlier step has left behind in it: a timer, a
thread that takes all memory. So when one dies, all steps before are done again in a new one, which
is then left alone for longer than the old one lived. If it lives, what was under way is to blame.
If it dies too, the shortest beginning of the notebook that is deadly ends with the step that is to
blame; it is left out, and the rest is done without it. What counts of each step is what came of it
in a kernel that lived.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nbformat import NotebookNode
from nbformat.v4 import new_output

from grader.sandbox.inside import wire
from grader.sandbox.kernel import Ended, Kernel, Nursery, Ran
from grader.sandbox.walls import MEGABYTE
from grader.submission.release import Check, Release
from reglib.checks.entry import Case
from reglib.checks.run import SECONDS, Outcome

DEATHS = 3  # steps that may take kernels down; then the rest of the notebook is left alone


@dataclass(frozen=True)
class Answers:
    """What came out of a learner's function in each case, or why nothing did."""

    outcomes: Sequence[Outcome] = ()
    trouble: str = ""


@dataclass(eq=False)
class _Step:
    """A cell that is run, or one whose exercise is asked for; and what came of it."""

    cell: NotebookNode
    check: Check | None
    came: Ran | Answers | None = None

    def leave_out(self, why: str) -> None:
        """Let nothing have come of it."""
        note = f"This cell was left out: {why}."
        self.came = Answers(trouble=why) if self.check else Ran([_note(note)])


class Sitting:
    """The run of one notebook."""

    def __init__(
        self, nursery: Nursery, files: Mapping[str, bytes], cases: Mapping[Check, Sequence[Case]]
    ) -> None:
        self.nursery, self.files, self.limits, self.cases = nursery, files, nursery.limits, cases
        self.done: list[_Step] = []  # to be done again in the next kernel
        self.deaths = 0
        self.kernel: Kernel | None = None
        self.born = 0.0
        self.spent = 0.0  # seconds of the kernels before this one

    def run(self, notebook: NotebookNode, release: Release) -> dict[Check, Answers]:
        """Run all cells in order; give other cells their outputs, and return the answers."""
        cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
        steps = [_Step(cell, release.checks.get(grade_id(cell))) for cell in cells]
        try:
            for count, step in enumerate(steps, 1):
                step.cell.execution_count = count
                self._take(step)
        finally:
            if self.kernel:
                self.kernel.kill()
        for step in steps:
            if not step.check:
                step.cell.outputs = step.came.outputs
        return {step.check: step.came for step in steps if step.check}

    def _take(self, step: _Step) -> None:
        """Do a step, and once more whenever another one was to blame for its end."""
        while self._is_living():
            step.came = self._do(step, [other.came for other in self.done])
            if not (step.came.trouble and self.kernel.is_dead()):
                self.done.append(step)
                return
            if not self._renew():
                return
        step.leave_out(self._why_not())

    def _do(self, step: _Step, before: Sequence[Ran | Answers]) -> Ran | Answers:
        if step.check:
            return self._ask(step.check)
        ran = self.kernel.run(step.cell.source, self._seconds(self.limits.cell))
        together = ran.size + sum(other.size for other in before if isinstance(other, Ran))
        if together > self.limits.outputs:
            most = f"{self.limits.outputs / MEGABYTE:g} MB"
            text = f"all cells together may put out {most}, and those before have nearly done so"
            ran = Ran([_note(f"The output of this cell is left out: {text}.")], ran.trouble)
        if ran.trouble:
            ran.outputs.append(_note(f"This cell was ended: {ran.trouble}."))
        return ran

    def _ask(self, check: Check) -> Answers:
        """The outcomes of a function."""
        arguments = [case.args for case in self.cases[check]]
        try:
            seconds = self._seconds(min(SECONDS, self.limits.cell))
            reply = self.kernel.ask(check.function, wire.question(arguments), seconds)
        except Ended as ended:
            return Answers(trouble=str(ended))
        try:
            if reply["status"] == "error":
                missing = reply["ename"] == "NameError"
                return Answers(trouble="it is not there" if missing else "it cannot be called")
            return Answers(wire.outcomes(reply["data"]["application/json"], arguments))
        except (wire.Malformed, LookupError, TypeError):
            return Answers(trouble="what came out of it cannot be read")

    def _is_living(self) -> bool:
        """Whether there is a kernel to go on in; one that died between two steps is renewed."""
        if self.kernel is None:
            self._start()
        elif self.kernel.is_dead() and not self._why_not():
            self._renew()
        return not self._why_not()

    def _start(self) -> None:
        if self.kernel:
            self.kernel.kill()
            self.spent += self.kernel.used
        self.kernel = self.nursery.kernel(self.files)
        self.born = time.monotonic()

    def _renew(self) -> bool:
        """Replace a kernel that died; return whether a step that was done is to blame for that."""
        seconds, before = 1 + 1.5 * (time.monotonic() - self.born), self.deaths
        while not self._why_not() and not self._lives(self.done, seconds):
            self.deaths += 1
            self._leave_one_out(seconds)
        if self.deaths > before:
            return True
        self.deaths += 1
        return False

    def _lives(self, steps: Sequence[_Step], seconds: float) -> bool:
        """Whether a new kernel, in which these steps are done, gets older than so many seconds."""
        self._start()
        came = []
        for step in steps:
            if self._why_not():
                return True
            came.append(self._do(step, came))
            if self.kernel.is_dead():
                return False
        try:
            self.kernel.rest(self.born + seconds - time.monotonic())
        except Ended:
            return False
        if not self._why_not():  # then each step has had its time
            for step, one in zip(steps, came, strict=True):
                step.came = one
        return True

    def _leave_one_out(self, seconds: float) -> None:
        """Find the step that is to blame by halving; leave it out, and say so."""
        why, low, high = self.kernel.why, 0, len(self.done)
        while high - low > 1:
            middle = (low + high) // 2
            if self._lives(self.done[:middle], seconds):
                low = middle
            else:
                high, why = middle, self.kernel.why
        if self.done and not self._why_not():  # else nothing has been found out
            step = self.done.pop(high - 1)
            step.leave_out(f"some time after it had run, {why}")

    def _why_not(self) -> str:
        if self.deaths > DEATHS:
            return f"the notebook has taken down {self.deaths} kernels"
        if self._left() <= 0:
            return f"the notebook took longer than {self.limits.seconds:g} seconds"
        return ""

    def _left(self) -> float:
        used = self.kernel.used if self.kernel else 0.0
        return self.limits.seconds - self.spent - used

    def _seconds(self, most: float) -> float:
        return max(0.1, min(most, self._left()))


def grade_id(cell: NotebookNode) -> str:
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")


def _note(text: str) -> NotebookNode:
    return new_output("stream", name="stdout", text=text + "\n")
