"""What an instructor wants to know the next morning: one page, and a table for a spreadsheet.

Marks come from the gradebook, which has those that people gave; everything else comes from the
records of the grader. The page is one file that asks for nothing else, and needs no script.
"""

import argparse
import csv
import datetime
import io
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from grader.course import course_at, handed_in, outdated
from grader.record import Exercise, Record, load, write_whole
from grader.results import likeness
from grader.results.marks import Cell, Marks, gradebook_of, read_marks
from grader.results.spread import LEVELS, Bar, Spread, histogram, levels, spread
from grader.results.spreadsheet import harmless, identifier, number
from grader.results.unnamed import Unnamed, to_json, unnamed
from reglib.checks.entry import BESIDES
from reglib.exercises import find
from reglib.repository import titles

# What can become of an exercise, as its column is headed; `outcome` says which it is.
OUTCOMES = (
    "not judged",
    "right",
    "right, but halved",
    "a known mistake",
    "an unknown mistake",
    "an error",
    "out of time",
    "not written",
)
COLUMNS = (
    *("assignment", "student", "last_name", "first_name", "exercise", "cell", "by_hand"),
    *("points", "most", "waiting", "misconception", "reread", "where", "fault", "trouble"),
    "sandbox",
)


@dataclass(frozen=True)
class Mistake:
    """A misconception of the class.

    students  those behind it, in whatever exercise
    places    (function, how many, section to reread) for each exercise where it was met
    """

    name: str
    students: tuple[str, ...]
    places: tuple[tuple[str, int, str], ...]

    @property
    def several(self) -> bool:
        return len(self.students) > 1


@dataclass(frozen=True)
class Report:
    """Everything that the page shows; the template only arranges it."""

    assignment: str
    made: datetime.datetime
    marks: Marks
    records: dict[str, Record]
    ungraded: tuple[str, ...]
    missing: tuple[str, ...]
    damaged: tuple[str, ...]
    outdated: tuple[str, ...] = ()

    @property
    def late(self) -> list[str]:
        late = [s for s in self.marks.submissions.values() if s.late]
        return [s.student for s in sorted(late, key=lambda s: (-s.late, s.student))]

    @property
    def unsandboxed(self) -> list[str]:
        return [student for student, record in self.records.items() if not record.sandbox]

    @property
    def unrecorded(self) -> list[str]:
        """Graded by something else than this grader, so that nothing but the marks is known."""
        return [s for s in self.marks.submissions if s not in self.records]

    @property
    def suspected(self) -> list[tuple[str, list[str]]]:
        """Students whose notebooks look tampered with, and what speaks for it."""
        return self._remarks(suspicious=True)

    @property
    def remarked(self) -> list[tuple[str, list[str]]]:
        """Students with remarks that raise no suspicion: what was mended, or cannot be read."""
        return self._remarks(suspicious=False)

    def _remarks(self, suspicious: bool) -> list[tuple[str, list[str]]]:
        found = [
            (student, [r.text for r in record.remarks if r.suspicious == suspicious])
            for student, record in self.records.items()
        ]
        return [(student, texts) for student, texts in found if texts]

    @property
    def troubles(self) -> list[tuple[str, str, list[str]]]:
        """(function, what happened, students), the most frequent first."""
        met: dict[tuple[str, str], list[str]] = defaultdict(list)
        for record in self.records.values():
            for exercise in record.exercises:
                if exercise.trouble:
                    met[function(exercise), exercise.trouble].append(record.student)
        ranked = sorted(met.items(), key=lambda item: (-len(item[1]), item[0]))
        return [(name, trouble, students) for (name, trouble), students in ranked]

    @property
    def groups(self) -> list[likeness.Group]:
        return likeness.alike(list(self.records.values()))

    @property
    def common(self) -> list[likeness.Shared]:
        return likeness.common(list(self.records.values()))

    @property
    def rare(self) -> int:
        return likeness.rare(len(self.records))

    @property
    def mistakes(self) -> list[Mistake]:
        return mistakes(list(self.records.values()))

    @property
    def unnamed(self) -> list[Unnamed]:
        return unnamed(list(self.records.values()))

    @property
    def outcomes(self) -> list[tuple[str, float, dict[str, list[str]]]]:
        """For each exercise, its points and the students of each outcome."""
        rows: dict[str, tuple[float, dict[str, list[str]]]] = {}
        for record in self.records.values():
            for exercise in record.exercises:
                name = function(exercise)
                row = rows.setdefault(name, (exercise.most, {o: [] for o in OUTCOMES}))
                row[1][outcome(exercise)].append(record.student)
        return [(name, most, students) for name, (most, students) in rows.items()]

    @property
    def spreads(self) -> list[Spread]:
        """The marks of the checks, those given by hand, and both less the penalties."""
        checks = [cell for cell in self.marks.cells if not cell.by_hand]
        by_hand = [cell for cell in self.marks.cells if cell.by_hand]
        done = [s for s in self.marks.submissions.values() if not s.waiting]
        every = self.marks.submissions.values()
        rows = [("the checks", checks, [_points(s.marks, checks) for s in every])]
        if by_hand:
            rows += [("marked by hand", by_hand, [_points(s.marks, by_hand) for s in done])]
        rows += [("together, less penalties", self.marks.cells, [s.mark for s in done])]
        return [
            spread(name, sum(cell.most for cell in cells), marks) for name, cells, marks in rows
        ]

    @property
    def histogram(self) -> list[Bar]:
        """The whole marks if nothing waits for a person, otherwise those of the checks."""
        if self.marks.waiting():
            checks = [cell for cell in self.marks.cells if not cell.by_hand]
            most = sum(cell.most for cell in checks)
            return histogram([_points(s.marks, checks) for s in self._graded], most)
        return histogram([s.mark for s in self._graded], self.marks.most)

    @property
    def by_cell(self) -> list[tuple[Cell, Spread, list[Bar], int]]:
        """For each cell that carries points: its spread, how many got what, how many wait."""
        rows = []
        for cell in self.cells:
            marks = [s.marks[cell.key] for s in self._marked(cell)]
            waiting = sum(cell.key in s.waiting for s in self._graded)
            rows.append(
                (cell, spread(cell.name, cell.most, marks), levels(marks, cell.most), waiting)
            )
        return rows

    @property
    def cells(self) -> list[Cell]:
        """In the order of the notebook as far as the records know it, answers by hand last."""
        order = [e.cell for record in self.records.values() for e in record.exercises]
        place = {name: i for i, name in reversed(list(enumerate(order)))}
        cells = self.marks.cells
        return sorted(cells, key=lambda c: (c.by_hand, place.get(c.name, len(order))))

    @property
    def seconds(self) -> float:
        return statistics.median([record.seconds for record in self.records.values()] or [0.0])

    @property
    def _graded(self):
        return self.marks.submissions.values()

    def _marked(self, cell: Cell):
        return [s for s in self._graded if cell.key in s.marks and cell.key not in s.waiting]


def gather(root: str | Path, assignment: str) -> Report:
    """Read what is known of an assignment; raise `LookupError` if the gradebook has none."""
    course = course_at(root)
    with gradebook_of(course) as gradebook:
        marks = read_marks(gradebook, assignment)
    records, damaged = _records(course.root, marks)
    given = handed_in(course, assignment)
    ungraded = sorted(given - set(marks.submissions))
    missing = [s for s in marks.students if s not in marks.submissions and s not in given]
    now = datetime.datetime.now(datetime.UTC).replace(microsecond=0)
    old = outdated(course, assignment, set(marks.submissions) - set(damaged))
    return Report(
        assignment,
        now,
        marks,
        records,
        tuple(ungraded),
        tuple(missing),
        tuple(damaged),
        tuple(old),
    )


def _records(root: str, marks: Marks) -> tuple[dict[str, Record], list[str]]:
    """The records of those in the gradebook, and the students whose record cannot be read."""
    records, damaged = {}, []
    for student in sorted(marks.submissions):
        try:
            record = load(root, marks.assignment, student)
        except (OSError, ValueError):
            damaged.append(student)
            continue
        if record:
            records[student] = record
    return records, damaged


def function(exercise: Exercise) -> str:
    """Return the function of an exercise: the part of its name after the dot."""
    return exercise.name.partition(".")[2] or exercise.name


def outcome(exercise: Exercise) -> str:
    """Return what became of an exercise: one of `OUTCOMES`."""
    if exercise.trouble:
        return "not judged"
    if not exercise.fault:
        return "right" if exercise.points >= exercise.most else "right, but halved"
    if exercise.misconception:
        return "a known mistake"
    kinds = {"raised": "an error", "stopped": "out of time", "unwritten": "not written"}
    return kinds.get(exercise.fault, "an unknown mistake")


def mistakes(records: Sequence[Record]) -> list[Mistake]:
    """Return the misconceptions of the class, those of most students first."""
    behind: dict[str, dict[str, None]] = defaultdict(dict)  # in the order of the records
    where: dict[str, Counter] = defaultdict(Counter)
    for record in records:
        for exercise in record.exercises:
            for name in filter(None, exercise.misconception.split(BESIDES)):
                behind[name][record.student] = None
                where[name][exercise.name] += 1
    ranked = sorted(behind, key=lambda name: (-len(behind[name]), name))
    return [
        Mistake(
            name,
            tuple(behind[name]),
            tuple(
                (exercise.partition(".")[2], count, _reread(exercise, name))
                for exercise, count in where[name].most_common()
            ),
        )
        for name in ranked
    ]


def _reread(exercise: str, misconception: str) -> str:
    """The title of the section to reread, as learners are told it; "" if none is known."""
    try:
        entry = find(exercise)
    except LookupError:
        return ""
    sections = {m.name: m.section for m in entry.known}
    title, _ = titles(sections.get(misconception, entry.section)) or ("", "")
    return title


def _points(marks: dict, cells: Iterable[Cell]) -> float:
    return sum(marks.get(cell.key, 0.0) for cell in cells)


def page(report: Report) -> str:
    """Return the report as one page of HTML; whatever students wrote is escaped."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"number": number, "duration": duration, "function": function}
    return environment.get_template("report.html").render(
        report=report,
        outcomes=OUTCOMES,
        levels=LEVELS,
        enough=likeness.ENOUGH,
        anchor={student: f"s{i}" for i, student in enumerate(sorted(report.marks.submissions))},
        notes={student: _notes(report, student) for student in report.marks.submissions},
    )


def _notes(report: Report, student: str) -> list[str]:
    """What to note about a submission, in a word each, for the table of students."""
    record = report.records.get(student)
    notes = ["late"] if report.marks.submissions[student].late else []
    if record is None:
        return [*notes, "no record"]
    if any(remark.suspicious for remark in record.remarks):
        notes.append("look into")
    if any(exercise.trouble for exercise in record.exercises):
        notes.append("not judged")
    return notes if record.sandbox else [*notes, "no sandbox"]


def duration(time: datetime.timedelta) -> str:
    """Return a length of time in its two largest units.

    >>> duration(datetime.timedelta(days=1, hours=3, minutes=20))
    '1 d 3 h'
    >>> duration(datetime.timedelta(seconds=75))
    '1 min 15 s'
    """
    seconds = int(time.total_seconds())
    parts = []
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60), ("s", 1)):
        count, seconds = divmod(seconds, size)
        parts += [f"{count} {unit}"] if count else []
    return " ".join(parts[:2]) or "0 s"


def table(report: Report) -> str:
    """Return the report as CSV: one row for each student and each cell that carries points."""
    text = io.StringIO(newline="")
    rows = csv.writer(text)
    rows.writerow(COLUMNS)
    cells = report.cells
    for student in report.marks.students.values():
        submission = report.marks.submissions.get(student.id)
        if submission is None:
            continue
        record = report.records.get(student.id)
        exercises = {e.cell: e for e in record.exercises} if record else {}
        for cell in cells:
            exercise = None if cell.by_hand else exercises.get(cell.name)
            found: list[str] = [""] * 6
            if record and exercise:
                name = exercise.misconception
                section = _reread(exercise.name, name) if name else ""
                found = [name, section, exercise.where, exercise.fault, exercise.trouble]
                found += ["yes" if record.sandbox else "no"]
            waiting = cell.key in submission.waiting
            rows.writerow(
                [
                    report.assignment,
                    identifier(student.id),
                    harmless(student.last_name),
                    harmless(student.first_name),
                    exercise.name if exercise else "",
                    cell.name,
                    "yes" if cell.by_hand else "no",
                    "" if waiting else number(submission.marks.get(cell.key, 0.0)),
                    number(cell.most),
                    "yes" if waiting else "no",
                    *found,
                ]
            )
    return text.getvalue()


def write_report(
    root: str | Path, assignment: str, output: str | Path | None = None, share: bool = False
) -> tuple[Path, ...]:
    """Write the page and the table of an assignment; return their paths.

    They go to `.grader/reports/<assignment>/` in the course folder, or to the folder `output`. With
    `share`, answers whose mistake has no name come beside them, without who gave them. Raises
    `LookupError` if there is no gradebook, or no such assignment in it.
    """
    report = gather(root, assignment)
    folder = Path(output) if output else Path(root) / ".grader" / "reports" / assignment
    texts = {f"{assignment}.html": page(report), f"{assignment}.csv": table(report)}
    if share:
        texts[f"{assignment}-unnamed.json"] = to_json(report.unnamed)
    try:
        for needed in [*reversed(folder.parents), folder]:
            if not needed.exists():
                needed.mkdir(mode=0o700)  # for the instructor alone
        for name, text in texts.items():
            write_whole(folder / name, text)
    except OSError as error:
        error.add_note("name another folder with --output")
        raise
    return tuple(folder / name for name in texts)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("assignment", metavar="ASSIGNMENT", help="such as: ridge")
    parser.add_argument(
        "--output", metavar="FOLDER", help="default: .grader/reports/ASSIGNMENT in the course"
    )
    parser.add_argument(
        "--share-unnamed",
        action="store_true",
        help="also write the answers whose mistake has no name, without who gave them, for those "
        "who write the checks",
    )


def main(args: argparse.Namespace) -> None:
    try:
        paths = write_report(".", args.assignment, args.output, args.share_unnamed)
    except LookupError as error:
        raise SystemExit(error.args[0]) from None
    for path in paths:
        print(path)
