"""Marks for the learning platform, as plugins of nbgrader.

`python -m grader export ridge --format canvas`, or `nbgrader export --exporter
grader.plugins.export.Canvas --assignment '["ridge"]'`. Each class writes the table that one
platform imports, with the penalties for lateness deducted. A student's id in the gradebook is the
login of Canvas and the ID number of Moodle.
"""

import argparse
import csv
import io
from collections.abc import Iterator
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.plugins import ExportPlugin
from traitlets import Bool, Unicode
from traitlets.config import Config

from grader.course import course_at, handed_in, outdated
from grader.record import write_whole
from grader.results.marks import Marks, Student, gradebook_of, read_marks
from grader.results.spreadsheet import harmless, identifier, number
from grader.trouble import printable, sentence


class Refused(Exception):
    """The marks are not ready to be handed out; the text says why, and what to do."""


class _Export(ExportPlugin):
    """What the formats share: which marks, whether they are ready, and one file, whole or not.

    A format has an `ending`, which is its name on the command line, and `rows`.
    """

    allow_unmarked = Bool(
        False, help="Export although answers or newer work wait for a person or for the grader."
    ).tag(config=True)
    zero_missing = Bool(
        False, help="Give zero to students who handed in nothing, instead of leaving them out."
    ).tag(config=True)
    column = Unicode("", help="Name of the mark's column; the assignment's by default.").tag(
        config=True
    )

    ending = ""

    def export(self, gradebook: Gradebook) -> None:
        """Write the file and say what is in it, or end with a sentence and write nothing."""
        try:
            every = self.ready(gradebook)
            text = io.StringIO(newline="")
            csv.writer(text).writerows(self.rows(every))
        except (LookupError, Refused) as error:
            raise SystemExit(error.args[0]) from None
        name = every[0].assignment if len(every) == 1 else "marks"
        path = Path(self.to or f"{name}-{self.ending}.csv")
        try:
            write_whole(path, text.getvalue())
        except OSError as error:
            error.add_note("name another file with --to")
            raise SystemExit(sentence(error)) from None
        print(path)
        for marks in every:
            missing = len(self._chosen(marks) - set(marks.submissions))
            given = "zero" if self.zero_missing else "no mark"
            print(
                f"{marks.assignment}: out of {number(marks.most)}; handed in: "
                f"{len(self._chosen(marks)) - missing}; nothing came, so {given}: {missing}."
            )

    def ready(self, gradebook: Gradebook) -> list[Marks]:
        """Return the marks of the chosen assignments.

        Raises `LookupError` if there is no such assignment or student, `Refused` if the marks are
        not ready.
        """
        names = self.assignment or sorted(a.name for a in gradebook.assignments)
        every = [read_marks(gradebook, name) for name in names]
        for marks in every:
            unknown = [student for student in self.student if student not in marks.students]
            if unknown:
                raise LookupError(f"The gradebook has no student {', '.join(unknown)}.")
            if not self.allow_unmarked:
                self._refuse_unready(marks)
        return every

    def rows(self, every: list[Marks]) -> Iterator[list[str]]:
        raise NotImplementedError

    def _refuse_unready(self, marks: Marks) -> None:
        chosen = self._chosen(marks)
        waiting = [s for s in marks.submissions.values() if s.waiting and s.student in chosen]
        if waiting:
            count = sum(len(submission.waiting) for submission in waiting)
            raise Refused(
                f"{count} {'answer' if count == 1 else 'answers'} of {len(waiting)} "
                f"{'student' if len(waiting) == 1 else 'students'} in {marks.assignment} still "
                f"{'waits' if count == 1 else 'wait'} for a person. Mark them in formgrader, or "
                "pass --allow-unmarked to export them as zero."
            )
        course = getattr(self.parent, "coursedir", None)
        given = handed_in(course, marks.assignment) if course else set()
        ungraded = sorted((given & chosen if self.student else given) - set(marks.submissions))
        if ungraded:
            raise Refused(
                f"Handed in and not graded yet: {', '.join(map(printable, ungraded))}. Run "
                f"`python -m grader run {marks.assignment}`, or pass --allow-unmarked to export "
                "without them."
            )
        if course and (old := outdated(course, marks.assignment, chosen & set(marks.submissions))):
            raise Refused(
                f"What is handed in now is not what was graded: {', '.join(old)}. Run `python -m "
                f"grader run {marks.assignment}`, or pass --allow-unmarked to export the marks of "
                "the gradebook."
            )

    def _chosen(self, marks: Marks) -> set[str]:
        return set(self.student or marks.students)

    def _marked(self, marks: Marks) -> Iterator[tuple[Student, str]]:
        """Each chosen student with a mark; without a submission only if zeros are asked for."""
        chosen = self._chosen(marks)
        for student in marks.students.values():
            submission = marks.submissions.get(student.id)
            if student.id in chosen and (submission or self.zero_missing):
                yield student, number(submission.mark if submission else 0.0)


def _only(every: list[Marks]) -> Marks:
    if len(every) != 1:
        names = ", ".join(marks.assignment for marks in every)
        raise Refused(
            f"Name one assignment of {names or 'the gradebook'}: a platform takes an empty cell "
            "for a mark to remove, so each assignment gets a file of its own."
        )
    return every[0]


class Canvas(_Export):
    """What Canvas reads under Grades, Import.

    Canvas finds a student by ID if the gradebook knows it (`lms_user_id`), else by SIS Login ID.
    It finds an assignment by its title, or by "title (number)" as in its own export: `column`.
    """

    ending = "canvas"

    def rows(self, every: list[Marks]) -> Iterator[list[str]]:
        marks = _only(every)
        title = harmless(self.column or marks.assignment)
        yield ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", title]
        yield ["    Points Possible", "", "", "", "", number(marks.most)]
        for student, mark in self._marked(marks):
            # Canvas takes any row with these words in the first cell for the one above.
            name = "" if "Points Possible" in student.name else harmless(student.name)
            known = student.lms_user_id if student.lms_user_id.isdecimal() else ""
            login = identifier(student.id)
            yield [name or login, known, "", login, "", mark]


class Moodle(_Export):
    """What Moodle reads under Grades, Import, CSV file: identify the user by "ID number"."""

    ending = "moodle"

    def rows(self, every: list[Marks]) -> Iterator[list[str]]:
        marks = _only(every)
        title = harmless(self.column or marks.assignment)
        yield ["First name", "Last name", "ID number", "Email address", title]
        for student, mark in self._marked(marks):
            yield [
                harmless(student.first_name),
                harmless(student.last_name),
                identifier(student.id),
                identifier(student.email),
                mark,
            ]


class Csv(_Export):
    """The columns of nbgrader's own export, quoted where needed, of one or more assignments.

    All students are in it; those who handed in nothing have no mark, or zero with `zero_missing`.
    """

    ending = "csv"

    def rows(self, every: list[Marks]) -> Iterator[list[str]]:
        yield [
            *("assignment", "duedate", "timestamp", "student_id", "last_name", "first_name"),
            *("email", "raw_score", "late_submission_penalty", "score", "max_score"),
        ]
        for marks in every:
            chosen = self._chosen(marks)
            for student in marks.students.values():
                if student.id in chosen:
                    yield self._row(marks, student)

    def _row(self, marks: Marks, student: Student) -> list[str]:
        submission = marks.submissions.get(student.id)
        scores = ["0", "0", "0"] if self.zero_missing else ["", "", ""]
        if submission:
            scores = [number(submission.raw), number(submission.penalty), number(submission.mark)]
        return [
            marks.assignment,
            str(marks.duedate or ""),
            str((submission and submission.timestamp) or ""),
            identifier(student.id),
            harmless(student.last_name),
            harmless(student.first_name),
            identifier(student.email),
            *scores,
            number(marks.most),
        ]


FORMATS = {kind.ending: kind for kind in _Export.__subclasses__()}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("assignment", metavar="ASSIGNMENT", help="such as: ridge")
    parser.add_argument("--format", choices=FORMATS, required=True)
    parser.add_argument("--to", metavar="FILE", default="", help="default: ASSIGNMENT-FORMAT.csv")
    parser.add_argument(
        "--column",
        metavar="NAME",
        default="",
        help="the assignment's name on the platform; for one that is there already, Canvas wants "
        "it as in its own export: 'Ridge (1234)'",
    )
    parser.add_argument(
        "--allow-unmarked",
        action="store_true",
        help="export although answers or newer work wait for a person or for the grader",
    )
    parser.add_argument(
        "--zero-missing",
        action="store_true",
        help="give zero to students who handed in nothing, instead of leaving them out",
    )


def main(args: argparse.Namespace) -> None:
    course = course_at(".")
    options = {
        "to": args.to,
        "assignment": [args.assignment],
        "column": args.column,
        "allow_unmarked": args.allow_unmarked,
        "zero_missing": args.zero_missing,
    }
    kind = FORMATS[args.format]
    plugin = kind(parent=course.parent, config=Config({kind.__name__: options}))
    try:
        with gradebook_of(course) as gradebook:
            plugin.export(gradebook)
    except LookupError as error:
        raise SystemExit(error.args[0]) from None
