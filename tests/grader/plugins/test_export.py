"""Marks on their way to the learning platform, from a gradebook that nbgrader made."""

import argparse
import csv
import datetime
import errno
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from nbgrader.api import Gradebook, Student

from grader.plugins import export
from grader.record import Record, place, save
from grader.submission.folder import digest_of

ROOT = Path(__file__).parents[3]
DUE = datetime.datetime(2026, 3, 2, 12)
CLASS = [
    {"id": "ada", "last_name": "Lovelace", "first_name": "Ada", "email": "ada@x.org"},
    {"id": "eve", "last_name": "=cmd|' /C calc'!A0", "first_name": "@SUM(1)", "lms_user_id": "17"},
    {"id": "jo@x.org", "last_name": 'O"Neil, Jr.', "first_name": "Šárka", "lms_user_id": "0x1f"},
    {"id": "liu", "last_name": "Points Possible", "first_name": "-1"},
    {"id": "nobody"},
]

pytestmark = pytest.mark.filterwarnings("ignore:Object of type:sqlalchemy.exc.SAWarning")


@pytest.fixture(scope="module", autouse=True)
def alembic_on_the_path():
    """nbgrader calls it when it makes a gradebook."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)
        yield


def submit(gradebook, assignment, student, code, prose, penalty=0.0):
    submission = gradebook.add_submission(assignment, student, timestamp=DUE)
    submission.notebooks[0].late_submission_penalty = penalty
    for grade in submission.notebooks[0].grades:
        if grade.cell.name == "check":
            grade.auto_score, grade.needs_manual_grade = code, False
        else:
            grade.manual_score, grade.needs_manual_grade = prose, prose is None
    gradebook.db.commit()


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    course = tmp_path_factory.mktemp("course")
    (course / "nbgrader_config.py").write_text("c = get_config()\n")
    with gradebook_at(course) as gradebook:
        for name in ("ridge", "lasso"):
            gradebook.add_assignment(name, duedate=DUE)
            gradebook.add_notebook(name, name)
            gradebook.add_grade_cell("check", name, name, max_score=6, cell_type="code")
            gradebook.add_grade_cell("why", name, name, max_score=4, cell_type="markdown")
            gradebook.add_solution_cell("why", name, name)
        gradebook.db.add_all(Student(**student) for student in CLASS)
        gradebook.db.commit()
        submit(gradebook, "ridge", "ada", 6.0, 4.0)
        submit(gradebook, "ridge", "eve", 3.25, 1.0, penalty=1.5)
        submit(gradebook, "ridge", "jo@x.org", 2.0, 0.0, penalty=5.0)
        submit(gradebook, "ridge", "liu", 1 / 3, 0.0)
        submit(gradebook, "lasso", "ada", 5.0, 3.5)
    return course


@pytest.fixture
def course(made, tmp_path):
    """Four of five handed in `ridge`, all of it marked; one of them handed in `lasso` too."""
    return shutil.copytree(made, tmp_path / "course")


def gradebook_at(course):
    return Gradebook(f"sqlite:///{course}/gradebook.db")


@pytest.fixture
def run(course, monkeypatch):
    """Export as from the command line; return the rows of the file."""
    parser = argparse.ArgumentParser()
    export.add_arguments(parser)
    monkeypatch.chdir(course)

    def run(*arguments):
        export.main(parser.parse_args(arguments))
        path = next(course.glob("*.csv"))
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.reader(file))

    return run


def canvas_reads(rows):
    """What Canvas' importer makes of a file: points possible, and marks by how it finds students.

    After its rules: the first two cells of the header name the student and the ID, then come the
    two SIS columns and the section; a row is a student's unless its first cell says otherwise.
    """
    header = rows[0]
    assert "Student" in header[0] and "ID" in header[1]
    assert re.search(r"SIS\s+User\s+ID", header[2]) and re.search(r"SIS\s+Login\s+ID", header[3])
    assert "Section" in header[4]
    (title,) = header[5:]
    possible, marks = None, {}
    for row in rows[1:]:
        assert len(row) == len(header)
        if "Points Possible" in row[0]:
            assert possible is None
            possible = row[5]
        else:
            key = ("id", int(row[1])) if row[1] else ("login", row[3])
            marks[key] = row[5]
    return title, possible, marks


@pytest.mark.parametrize("kind", export.FORMATS)
def test_every_format_is_a_table_of_the_marks_without_formulas(run, kind):
    rows = run("ridge", "--format", kind)
    assert {len(row) for row in rows} == {len(rows[0])}
    assert not [cell for row in rows for cell in row if re.match(r"[=+@\t\r]|-\D", cell)]
    for student, mark in {"ada": "10", "jo@x.org": "0", "liu": "0.3333"}.items():
        assert [row for row in rows if student in row and mark in row]


@pytest.mark.parametrize("kind", export.FORMATS)
def test_every_format_waits_for_what_a_person_has_to_mark(run, course, kind):
    wait(course, "ada")
    with pytest.raises(SystemExit, match="1 answer of 1 student in ridge still waits"):
        run("ridge", "--format", kind)
    assert not list(course.glob("*.csv"))


def test_canvas(run, course):
    rows = run("ridge", "--format", "canvas")
    assert [path.name for path in course.glob("*.csv")] == ["ridge-canvas.csv"]
    assert canvas_reads(rows) == (
        "ridge",
        "10",
        {
            ("login", "ada"): "10",
            ("id", 17): "2.75",  # 3.25 + 1 - 1.5
            ("login", "jo@x.org"): "0",  # a penalty takes no more than there is
            ("login", "liu"): "0.3333",
        },
    )
    names = {row[3]: row[0] for row in rows[2:]}
    assert names == {
        "ada": "Lovelace, Ada",
        "eve": "'=cmd|' /C calc'!A0,' @SUM(1)",
        "jo@x.org": 'O"Neil, Jr., Šárka',
        "liu": "liu",
    }


def test_canvas_finds_an_assignment_by_its_own_name_for_it(run):
    rows = run("ridge", "--format", "canvas", "--column", "Ridge regression (1234)")
    assert canvas_reads(rows)[0] == "Ridge regression (1234)"


def test_moodle(run):
    rows = run("ridge", "--format", "moodle")
    assert rows[0] == ["First name", "Last name", "ID number", "Email address", "ridge"]
    assert {row[2]: row[4] for row in rows[1:]} == {
        "ada": "10",
        "eve": "2.75",
        "jo@x.org": "0",
        "liu": "0.3333",
    }
    assert rows[1:] == sorted(rows[1:], key=lambda row: row[1].lstrip("'"))
    assert ["Ada", "Lovelace", "ada", "ada@x.org", "10"] in rows
    assert ["'@SUM(1)", "'=cmd|' /C calc'!A0", "eve", "", "2.75"] in rows


def test_csv_holds_everybody(run):
    rows = run("ridge", "--format", "csv")
    by_id = {row["student_id"]: row for row in (dict(zip(rows[0], r, strict=True)) for r in rows)}
    scores = ("raw_score", "late_submission_penalty", "score", "max_score")
    assert [by_id["eve"][name] for name in scores] == ["4.25", "1.5", "2.75", "10"]
    assert [by_id["nobody"][name] for name in scores] == ["", "", "", "10"]
    assert by_id["jo@x.org"]["last_name"] == 'O"Neil, Jr.'
    assert by_id["ada"]["duedate"] == by_id["ada"]["timestamp"] == "2026-03-02 12:00:00"


def test_csv_agrees_with_nbgrader(run, course):
    """The same columns, and the same numbers for those who handed in."""
    run("ridge", "--format", "csv", "--zero-missing")
    with (course / "ridge-csv.csv").open(encoding="utf-8", newline="") as file:
        ours = {row["student_id"]: row for row in csv.DictReader(file)}
    nbgrader(course, "--assignment", "['ridge']", "--student", "['ada','eve','liu','nobody']")
    with (course / "grades.csv").open() as file:
        theirs = list(csv.DictReader(file))
    assert list(theirs[0]) == list(ours["ada"])
    assert len(theirs) == 4
    for row in theirs:
        for name in ("raw_score", "late_submission_penalty", "score", "max_score"):
            assert float(ours[row["student_id"]][name]) == pytest.approx(float(row[name]), abs=1e-4)


def nbgrader(course, *arguments, code=0):
    command = [sys.executable, "-m", "nbgrader", "export", *arguments]
    done = subprocess.run(command, cwd=course, capture_output=True, text=True)
    assert done.returncode == code, done.stderr
    return done


def test_zero_for_those_who_handed_in_nothing(run):
    _, _, marks = canvas_reads(run("ridge", "--format", "canvas", "--zero-missing"))
    assert marks["login", "nobody"] == "0"


def wait(course, *students):
    with gradebook_at(course) as gradebook:
        for student in students:
            grade = gradebook.find_grade("why", "ridge", "ridge", student)
            grade.manual_score, grade.needs_manual_grade = None, True
        gradebook.db.commit()


def test_marks_that_a_person_has_to_give_are_waited_for(run, course):
    wait(course, "ada", "eve")
    with pytest.raises(SystemExit, match="2 answers of 2 students in ridge still wait for a per"):
        run("ridge", "--format", "canvas")
    assert not list(course.glob("*.csv"))
    _, _, marks = canvas_reads(run("ridge", "--format", "canvas", "--allow-unmarked"))
    assert marks["login", "ada"] == "6"


def test_another_assignment_may_wait(run, course):
    wait(course, "ada")
    assert canvas_reads(run("lasso", "--format", "canvas"))[2] == {("login", "ada"): "8.5"}


def test_what_the_grader_has_not_seen_is_waited_for(run, course):
    (course / "submitted" / "nobody" / "ridge").mkdir(parents=True)
    with pytest.raises(SystemExit, match="Handed in and not graded yet: nobody"):
        run("ridge", "--format", "canvas")
    assert len(run("ridge", "--format", "canvas", "--allow-unmarked")) == 2 + 4


def test_marks_of_earlier_work_are_not_exported_for_what_came_since(run, course):
    work = course / "submitted/ada/ridge/ridge.ipynb"
    work.parent.mkdir(parents=True)
    work.write_text("first")
    digest = digest_of(work, course / "submitted")
    save(Record("ridge", "ada", "ridge", "", True, 1.0, (), (), digest), course)
    before = run("ridge", "--format", "canvas")
    for change in (
        lambda: (work.parent / "data.csv").write_text("1"),
        lambda: work.write_text("second"),
        lambda: place(course, "ridge", "ada").unlink(),  # grading it failed
    ):
        change()
        with pytest.raises(SystemExit, match="not what was graded: ada"):
            run("ridge", "--format", "canvas")
        (work.parent / "data.csv").unlink(missing_ok=True)
    assert run("ridge", "--format", "canvas", "--allow-unmarked") == before


def test_an_unknown_assignment_or_no_gradebook_is_a_sentence(run, course):
    with pytest.raises(SystemExit, match="no assignment 'elastic'; it has: lasso, ridge"):
        run("elastic", "--format", "canvas")
    (course / "gradebook.db").unlink()
    with pytest.raises(SystemExit, match="There is no gradebook at"):
        run("ridge", "--format", "canvas")
    assert not (course / "gradebook.db").exists()


def test_a_full_disk_leaves_the_old_file(run, course, monkeypatch):
    run("ridge", "--format", "canvas")
    before = (course / "ridge-canvas.csv").read_bytes()

    def fail(*args):
        raise OSError(errno.ENOSPC, "no space left")

    with gradebook_at(course) as gradebook:
        gradebook.find_grade("check", "ridge", "ridge", "ada").auto_score = 0.0
        gradebook.db.commit()
    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(SystemExit, match=r"ridge-canvas.csv: no space .*make room .*or name"):
        run("ridge", "--format", "canvas")
    assert (course / "ridge-canvas.csv").read_bytes() == before
    assert [path.name for path in course.iterdir() if "canvas" in path.name] == ["ridge-canvas.csv"]


@pytest.mark.long
def test_nbgraders_own_command_takes_the_plugins(course):
    arguments = ("--exporter", "grader.plugins.export.Canvas", "--to", "marks.csv")
    done = nbgrader(course, *arguments, code=1)
    assert "Name one assignment of lasso, ridge" in done.stderr
    assert "Traceback" not in done.stderr
    nbgrader(course, *arguments, "--assignment", "['ridge']", "--student", "['ada', 'eve']")
    with (course / "marks.csv").open(newline="") as file:
        assert canvas_reads(list(csv.reader(file)))[2] == {
            ("login", "ada"): "10",
            ("id", 17): "2.75",
        }
    wait(course, "ada")
    done = nbgrader(course, *arguments, "--assignment", "['ridge']", code=1)
    assert "1 answer of 1 student" in done.stderr
    nbgrader(course, *arguments, "--assignment", "['ridge']", "--ExportPlugin.allow_unmarked=True")
    with (course / "marks.csv").open(newline="") as file:
        assert canvas_reads(list(csv.reader(file)))[2]["login", "ada"] == "6"


def test_names_of_folders_say_nothing_to_a_terminal(run, course):
    (course / "submitted" / "x\x1b[31m" / "ridge").mkdir(parents=True)
    with pytest.raises(SystemExit, match="not graded yet: x\ufffd\\[31m"):
        run("ridge", "--format", "canvas")
