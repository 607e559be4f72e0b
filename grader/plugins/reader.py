"""How `nbgrader autograde` reads what was handed in: with care, and built anew."""

import fnmatch
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbgrader.converters import Autograde
from nbgrader.converters.base import BaseConverter, NbGraderException

from grader import course
from grader.plugins.execute import require
from grader.plugins.ready import Ready
from grader.sandbox.kernel import Scratch
from grader.submission.folder import take
from grader.submission.repair import repair_file, with_remarks


class Reader(NotebookExporter):
    """Reads notebooks for `nbgrader autograde`, which uses it by `c.Autograde.exporter_class`.

    nbgrader reads each notebook twice. The first time it is the file that was handed in: it is
    repaired, with the remarks in a cell at the top and in the metadata; or it is `Ready`. The
    second time it is what the first one wrote.
    """

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        if isinstance(self.parent, Autograde):
            guard(self.parent)
            if not isinstance(self.parent, Ready):
                require(self.parent)

    def from_filename(
        self, filename: str, resources: dict[str, Any] | None = None, **settings: Any
    ) -> tuple[str, dict[str, Any]]:
        self.optimistic_validation = bool(self._preprocessors)  # after the last of them alone
        if not (isinstance(self.parent, Autograde) and self.parent._sanitizing):
            return super().from_filename(filename, resources, **settings)
        path, name = os.path.split(filename)
        resources["metadata"] = ResourcesDict(path=path, name=name.removesuffix(".ipynb"))
        if isinstance(self.parent, Ready):
            notebook = nbformat.reads(self.parent.graded.notebook, 4)
        else:
            notebook = self._repaired(filename, resources["nbgrader"])
        return self.from_notebook_node(notebook, resources, **settings)

    def _repaired(self, filename: str, told: dict[str, str]) -> NotebookNode:
        folder = self.parent.coursedir
        release = course.released(folder, told["assignment"], told["notebook"])
        found = repair_file(release, filename, course.submissions(folder))
        self.parent.submission = found.submission
        for remark in found.remarks:
            self.log.warning("%s: %s", filename, remark.text)
        return with_remarks(found)


def guard(converter: BaseConverter) -> None:
    """Let a converter of nbgrader meet the files of a submission only in a copy of what is taken.

    nbgrader has no setting for that: these two of its methods read and copy from the folder that
    `_format_source` names. A notebook of another name passes there for the one that was released,
    and so does none at all: nbgrader would pass over its folder, and its learner hear of nothing.
    """
    for name in ("init_destination", "init_assignment"):
        setattr(converter, name, _through_a_copy(converter, getattr(converter, name)))
    ids = converter.coursedir
    if isinstance(converter, Ready) or ids.notebook_id != "*":
        return
    # Whoever's folder cannot be looked into, or is none, is to fail loudly, and alone.
    for student in sorted(course.handed_in(ids, ids.assignment_id)):
        folder = converter._format_source(ids.assignment_id, student)
        if fnmatch.fnmatchcase(student, ids.student_id):
            for name in _released(converter, ids.assignment_id):
                converter.assignments.setdefault(folder, [os.path.join(folder, name)])


def _through_a_copy(converter: BaseConverter, method: Callable[[str, str], object]) -> Callable:
    def method_on_a_copy(assignment_id: str, student_id: str) -> object:
        if why := course.unfit(student_id):
            raise NbGraderException(why)
        folder = converter._format_source(assignment_id, student_id)
        _rename(converter, assignment_id, folder)
        with Scratch() as scratch:
            copy = scratch / "submission"
            copy.mkdir()
            for name, data in take(folder, course.submissions(converter.coursedir)).files.items():
                path = Path(copy, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)
            converter._format_source = lambda *_, **__: str(copy)
            try:
                return method(assignment_id, student_id)
            finally:
                del converter._format_source

    return method_on_a_copy


def _rename(converter: BaseConverter, assignment: str, folder: str) -> None:
    names = _released(converter, assignment)
    if names and names.isdisjoint(Path(path).name for path in converter.notebooks):
        converter.notebooks = [os.path.join(folder, *names)]


def _released(converter: BaseConverter, assignment: str) -> set[str]:
    """The name of the released notebook, if there is one."""
    names = {path.name for path in course.release(converter.coursedir, assignment).glob("*.ipynb")}
    return names if len(names) == 1 else set()
