"""What nbgrader calls in place of its own `Execute`: the notebook runs in the sandbox."""

from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.converters import Autograde
from nbgrader.converters.base import NbGraderException
from nbgrader.preprocessors import Execute as NbGraderExecute
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Bool, Dict, TraitError, validate
from traitlets.config import Config

from grader import course, record
from grader.marking.grade import Job, seeds
from grader.marking.work import work
from grader.plugins.ready import Ready
from grader.sandbox import walls
from grader.sandbox.kernel import require_short
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

    @classmethod
    def of(cls, config: Config) -> "Execute":
        """Return what nbgrader uses in this course; raise `LookupError` if it uses another one."""
        used = Autograde(config=config).autograde_preprocessors
        if cls not in used and f"{cls.__module__}.{cls.__name__}" not in used:
            raise LookupError(
                "nbgrader would run submissions here by itself, with all your rights: take the "
                "nbgrader_config.py of this course into its folder, and call this there."
            )
        return cls(config=config)

    def given_limits(self) -> Limits:
        return Limits(**self.limits)

    def preprocess(
        self, nb: NotebookNode, resources: dict, km: Any = None
    ) -> tuple[NotebookNode, dict]:
        converter = self.parent.parent
        ready = isinstance(converter, Ready)
        graded = converter.graded if ready else work(self._job(nb, resources))
        resources["nbgrader"]["record"] = graded.record
        return nbformat.reads(graded.notebook, 4), resources

    def _job(self, nb: NotebookNode, resources: dict) -> Job:
        ids, folder = resources["nbgrader"], self.parent.parent.coursedir
        # Beside the notebook stand the course's own files, and what was let in of the submission.
        place = resources["metadata"]["path"]
        files, student = take(place, place).files, ids["student"]
        release = course.released(folder, ids["assignment"], ids["notebook"])
        return Job(
            release=release,
            notebook=nbformat.writes(nb),
            student=student,
            seeds=seeds(course.secret(folder), student, release, nb, files),
            files=files,
            remarks=remarks_of(nb),
            submission=getattr(self.parent.parent, "submission", ""),
            limits=self.given_limits(),
            sandboxed=self.sandboxed,
        )


def require(converter: Autograde) -> None:
    """Refuse to begin where submissions cannot be run safely, as nbgrader tells what is wrong."""
    try:
        require_short()
        if Execute(parent=converter).sandboxed:
            walls.require()
    except walls.NoSandbox as problem:
        converter.log.error(str(problem))
        raise NbGraderException(str(problem)) from None


class SaveRecord(NbGraderPreprocessor):
    """The last step: what is known of the submission is kept for the report.

    A run keeps it by itself, when nbgrader has come to its end.
    """

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        if not isinstance(self.parent.parent, Ready):
            record.save(resources["nbgrader"]["record"], self.parent.parent.coursedir.root)
        return nb, resources
