"""A course folder: where nbgrader keeps things, and the grader's secret."""

import os
import re
import secrets
import tempfile
from collections.abc import Iterable
from pathlib import Path

from nbgrader.apps.baseapp import NbGrader
from nbgrader.coursedir import CourseDirectory

from grader.record import home, load
from grader.submission.folder import digest_of
from grader.submission.release import Release, ReleaseError, read

_ID = re.compile(r"[^.*?\[\]/\\][^*?\[\]/\\]*")
MARK = "\0"  # stands where a name goes, and can be in no path


def course_at(root: str | Path) -> CourseDirectory:
    """Return the course folder at `root`, configured as nbgrader would."""
    app = NbGrader()
    app.initialize([], root=str(Path(root).resolve()))
    return app.coursedir


def release(course: CourseDirectory, assignment: str) -> Path:
    """The folder of a released assignment."""
    return Path(course.format_path(course.release_directory, ".", assignment))


def source(course: CourseDirectory, assignment: str) -> Path:
    """The folder from which an assignment is released."""
    return Path(course.format_path(course.source_directory, ".", assignment))


def assignments(course: CourseDirectory) -> list[str]:
    """The names of all assignments that are released, or can be."""
    found = {
        name
        for place in (release, source)
        for name in _in_place_of_mark(place(course, MARK))
        if any(place(course, name).glob("*.ipynb"))
    }
    return sorted(found)


def released(course: CourseDirectory, assignment: str, notebook: str) -> Release:
    """Read a released notebook; raise `ReleaseError` if it cannot be graded, or is not there."""
    known = assignments(course)
    if assignment not in known:
        raise ReleaseError(
            f"There is no assignment {assignment!r} here: this course has "
            f"{', '.join(known) or 'none'}."
        )
    return read(release(course, assignment) / f"{notebook}.ipynb", assignment)


def submissions(course: CourseDirectory) -> Path:
    """The folder of all submissions: on the way to it, links are the instructor's own."""
    return Path(course.root, course.submitted_directory)


def handed_in(course: CourseDirectory, assignment: str) -> set[str]:
    """Return the students with a folder for this assignment among those submitted.

    Among them are those whose folder cannot be looked into, or is no folder.
    """
    return _in_place_of_mark(course.format_path(course.submitted_directory, MARK, assignment))


def outdated(course: CourseDirectory, assignment: str, students: Iterable[str]) -> list[str]:
    """Return who of these students has handed in something else than what her record is of."""
    given = handed_in(course, assignment)
    return [s for s in sorted(students) if s in given and _is_outdated(course, assignment, s)]


def _is_outdated(course: CourseDirectory, assignment: str, student: str) -> bool:
    try:
        record = load(course.root, assignment, student)
        if not record:
            return True
        folder = Path(course.format_path(course.submitted_directory, student, assignment))
        now = digest_of(folder / f"{record.notebook}.ipynb", submissions(course))
    except (OSError, ValueError):  # it cannot be read: the run will say why
        return True
    return now != record.submission


def unfit(student: str) -> str:
    """Return why an id cannot be worked with; "" if it can.

    nbgrader takes an id for a pattern, and would put the marks of `*` down to everybody.

    >>> unfit("ada"), unfit("[a]")[:33]
    ('', "'[a]' cannot be the id of a stude")
    """
    name = f".{student}.json.12345678"  # the longest that is made of it
    if (
        _ID.fullmatch(student)
        and student.isprintable()
        and student == student.strip()
        and len(os.fsencode(name)) <= 255
    ):
        return ""
    return (
        f"{student!r:.99} cannot be the id of a student: give her one of at most 200 plain "
        "characters, without * ? [ ] / \\, a dot to begin with, or blanks at its ends"
    )


def _in_place_of_mark(path: Path | str) -> set[str]:
    """The names for which there is such a folder."""
    before, after = str(path).split(MARK)
    start = Path(before)
    if not start.is_dir():
        return set()
    return {child.name for child in start.iterdir() if _may_be(f"{child}{after}")}


def _may_be(path: str) -> bool:
    """Whether something is there, or may be as one cannot look."""
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        pass
    return True


def secret(course: CourseDirectory) -> bytes:
    """The secret from which cases are drawn; made once, and readable only by its owner."""
    path = home(course.root) / "secret"
    if not path.exists():
        handle, name = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(32))
        try:
            os.link(name, path)  # whole at once, and never over one that is there
        except FileExistsError:
            pass
        finally:
            os.unlink(name)
    return bytes.fromhex(path.read_text(encoding="ascii"))
