"""What nbgrader calls in place of its own `Execute`: the notebook runs in the sandbox."""

from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.converters import Autograde
from nbgrader.converters.base import NbGraderException
from nbgrader.preprocessors import Execute as NbGraderExecute
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Bool, Dict, TraitError, validate

from grader import course, record
from grader.marking.work import Job, work
from grader.sandbox import walls
from grader.sandbox.walls import Limits
from grader.submission.folder import take
from grader.submission.repair import remarks_of


class Execute(NbGraderExecute):
    """Run a submission in a sandbox, and judge it outside of it."""

    sandboxed = Bool(
        True,
        help="Whether to use the sandbox. Without it a submission can do whatever you can do: read "
        "and write your files, other submissions and the gradebook. The record says which it was.",
    ).tag(config=True)

    limits = Dict(
        {},
        help="What a submission may use, where it is to differ from the defaults of "
        "`grader.sandbox.walls.Limits`: for example {'memory': 2 * 2**30, 'cell': 60}.",
    ).tag(config=True)

    @validate("limits")
    def _known(self, proposal: dict) -> dict:
        try:
            Limits(**proposal["value"])
        except TypeError as error:
            raise TraitError(f"Execute.limits: {error}") from None
        return proposal["value"]

    def given_limits(self) -> Limits:
        return Limits(**self.limits)

    def preprocess(
        self, nb: NotebookNode, resources: dict, km: Any = None
    ) -> tuple[NotebookNode, dict]:
        ids = resources["nbgrader"]
        ready = finished.pop((ids["assignment"], ids["student"], ids["notebook"]), None)
        text, ids["record"] = ready or work(self._job(nb, resources))
        return nbformat.reads(text, 4), resources

    def _job(self, nb: NotebookNode, resources: dict) -> Job:
        ids, folder = resources["nbgrader"], self.parent.parent.coursedir
        # Beside the notebook stand what the release has, and what was let in of the submission.
        place = resources["metadata"]["path"]
        return Job(
            student=ids["student"],
            notebook=nbformat.writes(nb),
            files=take(place, place).files,
            remarks=remarks_of(nb),
            key="",
            release=course.released(folder, ids["assignment"], ids["notebook"]),
            secret=course.secret(folder),
            limits=self.given_limits(),
            sandboxed=self.sandboxed,
        )


def require(converter: Autograde) -> None:
    """Refuse to begin where submissions cannot be run safely, as nbgrader tells what is wrong."""
    if finished or not Execute(parent=converter).sandboxed:
        return
    try:
        walls.require()
    except walls.NoSandbox as problem:
        converter.log.error(str(problem))
        raise NbGraderException(str(problem)) from None


class SaveRecord(NbGraderPreprocessor):
    """The last step: what is known of the submission is kept for the report."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        record.save(resources["nbgrader"]["record"], self.parent.parent.coursedir.root)
        return nb, resources


# What workers have graded already: (assignment, student, notebook) -> the notebook, the record.
finished: dict[tuple[str, str, str], tuple[str, record.Record]] = {}
