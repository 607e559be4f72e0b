"""What the gradebook says of an assignment: its cells, the class, and every mark, in few queries.

Nothing here writes: a report and an export only read. The objects of nbgrader would load each mark
by a query of its own, which a class of some hundreds feels.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from nbgrader import api
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import InstrumentedAttribute, Query

from grader.trouble import sentence


@dataclass(frozen=True)
class Cell:
    """A cell that carries points: a check, or an answer that a person marks (`by_hand`)."""

    notebook: str
    name: str
    most: float
    by_hand: bool

    @property
    def key(self) -> tuple[str, str]:
        return self.notebook, self.name


@dataclass(frozen=True)
class Student:
    id: str
    last_name: str
    first_name: str
    email: str
    lms_user_id: str

    @property
    def name(self) -> str:
        """Last name first, as class lists have it; what is known of it."""
        return ", ".join(filter(None, [self.last_name, self.first_name]))


@dataclass(frozen=True)
class Submission:
    """What one student handed in, as far as it is graded.

    marks    (notebook, cell) -> points, with those that a person gave in place of the check's
    waiting  cells that a person has still to mark; their points are 0 until then
    penalty  points deducted for being late
    late     how far past the due date, extensions granted
    """

    student: str
    marks: dict[tuple[str, str], float]
    waiting: frozenset[tuple[str, str]]
    penalty: float
    late: datetime.timedelta
    timestamp: datetime.datetime | None

    @property
    def raw(self) -> float:
        return sum(self.marks.values())

    @property
    def mark(self) -> float:
        """The points that count: less the penalty for being late, never below zero."""
        return max(0.0, self.raw - self.penalty)


@dataclass(frozen=True)
class Marks:
    """An assignment in the gradebook; `submissions` holds those students who handed in."""

    assignment: str
    duedate: datetime.datetime | None
    cells: tuple[Cell, ...]
    students: dict[str, Student]
    submissions: dict[str, Submission]

    @property
    def most(self) -> float:
        return sum(cell.most for cell in self.cells)

    def waiting(self) -> int:
        """How many answers a person has still to mark."""
        return sum(len(submission.waiting) for submission in self.submissions.values())


@contextmanager
def gradebook_of(course: CourseDirectory) -> Iterator[Gradebook]:
    """Open the gradebook of a course.

    Raises `LookupError` if there is none, since nbgrader would make an empty one, and if it cannot
    be reached.
    """
    url = _address(course.db_url)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        raise LookupError(
            f"There is no gradebook at {url.database}: run this in the course folder, after "
            "`nbgrader generate_assignment` and `python -m grader run`."
        )
    try:
        gradebook = Gradebook(course.db_url, course.course_id)
    except ModuleNotFoundError as error:
        raise LookupError(
            f"The gradebook at {url} needs {error.name}, which is not installed: "
            "for PostgreSQL, pip install 'psycopg[binary]'."
        ) from None
    except SQLAlchemyError as error:
        error.add_note(
            f"set c.CourseDirectory.db_url, now {url}, in nbgrader_config.py to one that is there"
        )
        raise LookupError(sentence(error)) from None
    with gradebook:
        yield gradebook


def patient(db_url: str) -> str:
    """Have SQLite wait a minute for those who mark by hand meanwhile, and not only five seconds.

    >>> patient("sqlite:////course/gradebook.db")
    'sqlite:////course/gradebook.db?timeout=60'
    """
    url = _address(db_url)
    if url.get_backend_name() != "sqlite" or "timeout" in url.query:
        return db_url
    return url.update_query_dict({"timeout": "60"}).render_as_string(hide_password=False)


def _address(db_url: str) -> URL:
    try:
        return make_url(db_url)
    except SQLAlchemyError:  # which may say the password
        raise LookupError(
            "c.CourseDirectory.db_url in nbgrader_config.py is no address of a gradebook: write it "
            "as sqlite:////FOLDER/gradebook.db or postgresql+psycopg://USER@HOST/gradebook."
        ) from None


def read_marks(gradebook: Gradebook, assignment: str) -> Marks:
    """Read an assignment; raise `LookupError` if the gradebook has none of that name."""
    found = _find(gradebook, assignment)
    return Marks(
        assignment,
        found.duedate,
        _cells(found),
        _students(gradebook),
        _submissions(gradebook, found),
    )


def of_checks(gradebook: Gradebook, assignment: str) -> dict[str, dict[str, float | None]]:
    """Return what checks gave, whatever a person gave since: student -> cell -> points.

    Raises `LookupError` if the gradebook has no assignment of that name.
    """
    marks: dict[str, dict[str, float | None]] = defaultdict(dict)
    columns = api.SubmittedAssignment.student_id, api.BaseCell.name, api.Grade.auto_score
    for student, cell, score in _grades(gradebook, _find(gradebook, assignment), *columns):
        marks[student][cell] = score
    return dict(marks)


def _find(gradebook: Gradebook, assignment: str) -> api.Assignment:
    try:
        return gradebook.find_assignment(assignment)
    except MissingEntry:
        names = ", ".join(sorted(a.name for a in gradebook.assignments)) or "none"
        raise LookupError(
            f"The gradebook has no assignment {assignment!r}; it has: {names}. "
            f"`nbgrader generate_assignment {assignment}` enters it."
        ) from None


def _cells(assignment: api.Assignment) -> tuple[Cell, ...]:
    cells = []
    for notebook in assignment.notebooks:
        solutions = {cell.name for cell in notebook.solution_cells}
        for cell in notebook.grade_cells:
            cells.append(Cell(notebook.name, cell.name, cell.max_score, cell.name in solutions))
        for cell in notebook.task_cells:
            cells.append(Cell(notebook.name, cell.name, cell.max_score, True))
    return tuple(sorted(cells, key=lambda cell: (cell.by_hand, cell.key)))


def _students(gradebook: Gradebook) -> dict[str, Student]:
    columns = (
        api.Student.id,
        api.Student.last_name,
        api.Student.first_name,
        api.Student.email,
        api.Student.lms_user_id,
    )
    rows = gradebook.db.query(*columns).order_by(
        api.Student.last_name, api.Student.first_name, api.Student.id
    )
    return {row[0]: Student(*(value or "" for value in row)) for row in rows}


def _submissions(gradebook: Gradebook, assignment: api.Assignment) -> dict[str, Submission]:
    marks: dict[str, dict] = defaultdict(dict)
    waiting: dict[str, set] = defaultdict(set)
    grades = _grades(
        gradebook,
        assignment,
        api.SubmittedAssignment.student_id,
        api.Notebook.name,
        api.BaseCell.name,
        api.Grade.score,
        api.Grade.needs_manual_grade,
    )
    for student, notebook, cell, score, needs_a_person in grades:
        marks[student][notebook, cell] = float(score)
        if needs_a_person:
            waiting[student].add((notebook, cell))
    rows = gradebook.db.query(
        api.SubmittedAssignment.student_id,
        api.SubmittedAssignment.timestamp,
        api.SubmittedAssignment.extension,
        api.SubmittedAssignment.late_submission_penalty,
    ).filter(api.SubmittedAssignment.assignment_id == assignment.id)
    return {
        student: Submission(
            student,
            marks[student],
            frozenset(waiting[student]),
            float(penalty),
            _late(timestamp, assignment.duedate, extension),
            timestamp,
        )
        for student, timestamp, extension, penalty in rows
    }


def _grades(
    gradebook: Gradebook, assignment: api.Assignment, *columns: InstrumentedAttribute
) -> Query:
    """These columns of each grade in an assignment."""
    return (
        gradebook.db.query(*columns)
        .select_from(api.Grade)
        .join(api.SubmittedNotebook, api.Grade.notebook_id == api.SubmittedNotebook.id)
        .join(
            api.SubmittedAssignment,
            api.SubmittedNotebook.assignment_id == api.SubmittedAssignment.id,
        )
        .join(api.Notebook, api.SubmittedNotebook.notebook_id == api.Notebook.id)
        .join(api.BaseCell, api.Grade.cell_id == api.BaseCell.id)
        .filter(api.SubmittedAssignment.assignment_id == assignment.id)
    )


def _late(timestamp, duedate, extension) -> datetime.timedelta:
    never = datetime.timedelta()
    if timestamp is None or duedate is None:
        return never
    return max(never, timestamp - duedate - (extension or never))
