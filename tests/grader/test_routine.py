"""A class from release to exported marks, with what happens on the way in any term.

One course is taken through it in the order of the tests, for each command of nbgrader takes
seconds. Each step is a fixture of its own, so that a single test can be run too.
"""

import argparse
import copy
import csv
import io
import json
import shutil
import sqlite3
import subprocess
import threading
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import pytest
from nbgrader.apps.api import NbGraderAPI
from nbgrader.apps.baseapp import NbGrader
from nbgrader.utils import compute_checksum
from servers import Server
from stock import STOCK

import reglib
from grader import record
from grader.course import course_at
from grader.plugins import export
from grader.results.marks import gradebook_of, read_marks
from grader.writer import Run
from reglib.check import check

if not shutil.which("bwrap"):
    pytest.skip("bubblewrap is not installed", allow_module_level=True)

FULL = 29
DUE = "2026-03-02 12:00:00"
LATE = "2026-03-03 18:00:00"  # the second day has begun
CLASS = """\
id,first_name,last_name,lms_user_id
ada,Ada,Lovelace,17
bob,Bob,Builder,18
eve,Eve,Evilson,19
kim,Kim,Kim,21
olga,Olga,Older,
sarka,Šárka,O'Neil,
"""
HANDED_IN = {"ada", "bob", "eve", "olga", "sarka"}
BY_HAND = "same_lambda_more_patients"

CONFIG = """
c.AssignLatePenalties.plugin_class = "late.TenPercentADay"
"""
PLUGIN = """
from math import ceil

from nbgrader.plugins import BasePlugin


class TenPercentADay(BasePlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return 0.1 * score * ceil(total_seconds_late / 86400)
"""


def answered(release, answers):
    notebook = copy.deepcopy(release)
    for cell in notebook.cells:
        cell.source = answers.get(cell.metadata.nbgrader.grade_id, cell.source)
    return notebook


def of_an_older_release(notebook):
    """One exercise was not there yet, and the line of another check was longer."""
    older = copy.deepcopy(notebook)
    older.cells = [cell for cell in older.cells if not cell.id.endswith("standardize")]
    cell = next(cell for cell in older.cells if cell.id == "check_ridge_fit")
    cell.source = "# Run me.\n" + cell.source
    cell.metadata.nbgrader.checksum = compute_checksum(cell)
    return older


def packed(files):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
        link = zipfile.ZipInfo("work/link.csv")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    return file.getvalue()


pytestmark = pytest.mark.filterwarnings("ignore:Object of type:sqlalchemy.exc.SAWarning")


@pytest.fixture(scope="module")
def term(tmp_path_factory, released, solution, in_course):
    """The course folder, in which this process stands; and the archives of two platforms."""
    root = Path(shutil.copytree(released, tmp_path_factory.mktemp("term") / "course"))
    with open(root / "nbgrader_config.py", "a") as file:
        file.write(CONFIG)
    (root / "late.py").write_text(PLUGIN)
    (root / "class.csv").write_text(CLASS)
    release = nbformat.read(root / "exercises/ridge/ridge.ipynb", 4)
    right = answered(release, solution)
    partly = {name: solution[name] for name in ("ridge_objective", "ridge_gradient")}
    text = nbformat.writes
    work = {
        "work/ridge (1).ipynb": text(right),
        "__MACOSX/work/._ridge (1).ipynb": b"\0",
        "../../../up.ipynb": text(right),
        "work/img/plot.png": b"\x89PNG\r\n\x1a\n",
        "work/timestamp.txt": "2026-01-01 00:00:00 UTC",
    }
    canvas = {
        "lovelaceada_17_4711_ridge.ipynb": text(right),
        "builderbob_LATE_18_4712_ridge-1.ipynb": text(answered(release, partly)),
        "evilsoneve_19_4713_work.zip": packed(work),
        "kimkim_21_4714_work.zip": b"PK no archive",
    }
    moodle = {
        "Olga Older_93_assignsubmission_file/ridge.ipynb": text(of_an_older_release(right)),
        "Šárka ONeil_94_assignsubmission_file_ridge.ipynb": text(right),
    }
    archives = root / "downloaded/ridge/archive"
    archives.mkdir(parents=True)
    (archives / "math_2026_01_ridge_submissions.zip").write_bytes(packed(canvas))
    (archives / "Course-Ridge-88.zip").write_bytes(packed(moodle))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        patch.syspath_prepend(root)
        for name, value in in_course.env.items():
            patch.setenv(name, value)
        yield root


@pytest.fixture(scope="module")
def collected(term, in_course):
    """What `zip_collect` says, before the class is in the gradebook and after."""
    before = in_course(term, "nbgrader", "zip_collect", "ridge", code=1)
    assert not (term / "submitted").exists()
    in_course(term, "nbgrader", "db", "student", "import", "class.csv")
    return before.stderr, in_course(term, "nbgrader", "zip_collect", "ridge", code=1).stderr


class Here(ThreadPoolExecutor):
    """A worker in this process, in which tests are in no hurry."""

    def number(self):
        return 1


@pytest.fixture(scope="module")
def graded(collected, term):
    """Run the grader, in this process, over some students; at first over all."""
    (term / "submitted/bob/ridge/timestamp.txt").write_text(LATE)
    with gradebook_of(course_at(".")) as gradebook:
        gradebook.update_or_create_assignment("ridge", duedate=DUE)
    with Here(1) as workers:

        def graded(students, force=False, prepare=lambda run: None):
            run = Run(".", "ridge")
            prepare(run)
            run.go(workers, sorted(students), force)
            assert not run.failed
            return run.graded

        first = graded(HANDED_IN)
        graded.first = first
        graded.marks = marks()
        yield graded


def marks():
    with gradebook_of(course_at(".")) as gradebook:
        return read_marks(gradebook, "ridge").submissions


def by_hand(student):
    """What the gradebook says of each cell: the marks and the comment."""
    with gradebook_of(course_at(".")) as gradebook:
        notebook = gradebook.find_submission_notebook("ridge", "ridge", student)
        said = {c.name: c.manual_comment for c in notebook.comments}
        return {
            g.name: (
                *(g.auto_score, g.manual_score, g.extra_credit, g.needs_manual_grade),
                said.get(g.name),
            )
            for g in notebook.grades
        }


# From the platform


def test_an_unknown_student_is_named_before_anything_is_collected(collected):
    assert "'Olga Older' of Moodle is nobody in the gradebook" in collected[0]
    assert "nbgrader db student import FILE.csv" in collected[0]


def test_archives_become_submissions(collected, term):
    files = {str(p.relative_to(term / "submitted")) for p in term.glob("submitted/*/ridge/**/*.*")}
    assert files == {
        "ada/ridge/ridge.ipynb",
        "bob/ridge/ridge-1.ipynb",
        "eve/ridge/img/plot.png",
        "eve/ridge/ridge (1).ipynb",
        "olga/ridge/ridge.ipynb",
        "sarka/ridge/ridge.ipynb",
    }
    assert "kimkim_21_4714_work.zip" in collected[1]
    assert not list(term.parent.rglob("up.ipynb"))


def test_a_time_that_a_student_hands_in_is_none(graded):
    assert graded.marks["bob"].timestamp is not None  # the instructor wrote it
    assert {graded.marks[s].timestamp for s in HANDED_IN - {"bob"}} == {None}


def test_each_is_graded_in_the_sandbox(graded):
    assert set(graded.first) == set(graded.marks) == HANDED_IN
    assert all(found.sandbox for found in graded.first.values())
    points = {s: sum(e.points for e in found.exercises) for s, found in graded.first.items()}
    assert points["ada"] == points["eve"] == points["sarka"] == FULL
    assert points["bob"] == 7


def test_another_name_of_a_notebook_is_remarked(graded):
    text = "The notebook had another name: as the only one, it was taken for ridge."
    assert [r.text for r in graded.first["bob"].remarks] == [text]
    assert [r.text for r in graded.first["eve"].remarks] == [text]
    assert not graded.first["ada"].remarks


def test_an_older_release_is_graded_and_nobody_accused(graded):
    olga = graded.first["olga"]
    assert [(remark.text, remark.suspicious) for remark in olga.remarks] == [
        (
            "The notebook is from another release: the check of ridge_fit was brought up to date.",
            False,
        ),
        ("The notebook has no cells of standardize, maybe for its age: they were put in.", False),
    ]
    lost = {e.name for e in olga.exercises if e.points < e.most}
    assert lost == {"ridge.standardize"}


# Late work


def test_the_penalty_is_that_of_nbgrader(graded, term, tmp_path, in_course):
    other = Path(shutil.copytree(term, tmp_path / "other"))
    (other / "gradebook.db").unlink()
    shutil.copy(term.parent / "course/gradebook.db", other)
    with open(other / "nbgrader_config.py", "a") as file:
        file.write(STOCK)
    folder = other / "submitted/bob/ridge"
    (folder / "ridge-1.ipynb").rename(folder / "ridge.ipynb")
    with sqlite3.connect(other / "gradebook.db") as db:
        db.execute("UPDATE submitted_notebook SET late_submission_penalty = NULL")
    in_course(other, "nbgrader", "autograde", "ridge", "--student=bob", "--force")
    with gradebook_of(course_at(other)) as gradebook:
        stock = read_marks(gradebook, "ridge").submissions["bob"]
    assert graded.marks["bob"].penalty == stock.penalty == pytest.approx(0.2 * 7)
    assert {s: m.penalty for s, m in graded.marks.items() if s != "bob"} == dict.fromkeys(
        HANDED_IN - {"bob"}, 0.0
    )


# Marks by hand


def test_a_regrade_keeps_what_people_wrote(graded, term):
    with gradebook_of(course_at(".")) as gradebook:
        for student in ("ada", "eve"):
            where = "ridge", "ridge", student
            grade = gradebook.find_grade(BY_HAND, *where)
            grade.manual_score, grade.extra_credit, grade.needs_manual_grade = 2, 0.5, False
            gradebook.find_grade("check_ridge_fit", *where).manual_score = 1
            gradebook.find_comment(BY_HAND, *where).manual_comment = "Say which λ."
        gradebook.db.commit()
    before = by_hand("ada")
    path = term / "submitted/eve/ridge/ridge (1).ipynb"
    notebook = nbformat.read(path, 4)
    cell = next(cell for cell in notebook.cells if cell.id == "ridge_gradient")
    cell.source = "def ridge_gradient(w, b, X, y, lam):\n    return w, b"
    nbformat.write(notebook, path)

    again = graded({"ada"}, force=True) | graded(HANDED_IN)  # the second finds Eve's new work
    assert set(again) == {"ada", "eve"}
    for student in again:
        after = by_hand(student)
        assert after[BY_HAND] == (None, 2, 0.5, True, "Say which λ.")
        assert after["check_ridge_fit"] == (6, 1, None, True, None)
    changed = {name for name, row in by_hand("ada").items() if row[:3] != before[name][:3]}
    assert not changed
    assert by_hand("eve")["check_ridge_gradient"][0] < 4


@pytest.fixture(scope="module")
def people(graded, term, tmp_path_factory):
    """Two with formgrader open, each with a Jupyter server of her own on the course folder."""
    with (
        Server(tmp_path_factory.mktemp("person"), term) as one,
        Server(tmp_path_factory.mktemp("person"), term) as two,
    ):
        yield one, two


def cells_to_mark(student):
    """What a person marks: its name, and the ids of its grade and of its comment."""
    with gradebook_of(course_at(".")) as gradebook:
        notebook = gradebook.find_submission_notebook("ridge", "ridge", student)
        comments = {comment.name: comment.id for comment in notebook.comments}
        return [
            (grade.name, grade.id, comments[grade.name])
            for grade in notebook.grades
            if grade.name in comments
        ]


def test_two_mark_by_hand_while_the_grader_runs(people, graded):
    todo = [cells_to_mark("ada"), cells_to_mark("sarka")]
    rounds = [0, 0]
    done = threading.Event()
    wrong = []

    def mark(k):
        try:
            while rounds[k] < 3 or not done.is_set():
                rounds[k] += 1
                for j, (_, grade, comment) in enumerate(todo[k]):
                    new = {"manual_score": rounds[k] % 3, "extra_credit": j}
                    answer = people[k].formgrader("PUT", f"grade/{grade}", new)
                    assert answer["manual_score"] == rounds[k] % 3
                    new = {"manual_comment": f"{k} {rounds[k]} {j}"}
                    people[k].formgrader("PUT", f"comment/{comment}", new)
        except Exception as error:
            wrong.append(error)

    threads = [threading.Thread(target=mark, args=(k,)) for k in range(2)]
    for thread in threads:
        thread.start()
    again = graded({"bob", "eve", "olga"}, force=True)
    done.set()
    for thread in threads:
        thread.join()
    assert not wrong
    assert set(again) == {"bob", "eve", "olga"}
    for k, student in enumerate(("ada", "sarka")):
        rows = by_hand(student)
        assert len(todo[k]) > 1
        for j, (name, _, _) in enumerate(todo[k]):
            given = (rounds[k] % 3, j, False, f"{k} {rounds[k]} {j}")
            assert rows[name] == (None, *given)
    said = "".join(person.said() for person in people)
    assert "locked" not in said and "Traceback" not in said


def test_what_others_changed_is_seen(people, graded):
    name, grade, _ = cells_to_mark("ada")[0]
    with gradebook_of(course_at(".")) as gradebook:
        page = gradebook.find_submission_notebook("ridge", "ridge", "ada").id
    mine = {"manual_score": 2, "extra_credit": 0}
    first, second = people

    def seen():
        rows = first.formgrader("GET", f"grades?submission_id={page}")
        return next(row["manual_score"] for row in rows if row["id"] == grade)

    first.formgrader("PUT", f"grade/{grade}", mine)
    assert seen() == 2
    second.formgrader("PUT", f"grade/{grade}", {**mine, "manual_score": 4})
    assert seen() == 4
    second.formgrader("PUT", f"grade/{grade}", {**mine, "manual_score": 3})
    first.formgrader("PUT", f"grade/{grade}", mine)
    assert by_hand("ada")[name][1] == 2

    seen()
    graded({"ada"}, force=True)
    assert by_hand("ada")[name][3]
    first.formgrader("PUT", f"grade/{grade}", mine)
    assert not by_hand("ada")[name][3]


def test_a_busy_gradebook_is_waited_for(graded, term):
    """SQLite itself gives up after five seconds."""
    waited = []

    def occupy(run):
        write = run.write

        def late(*args):
            other = sqlite3.connect("gradebook.db", isolation_level=None, check_same_thread=False)
            other.execute("BEGIN EXCLUSIVE")
            begin = time.monotonic()
            threading.Timer(5.5, other.close).start()
            write(*args)
            waited.append(time.monotonic() - begin)

        run.write = late

    assert set(graded({"bob"}, force=True, prepare=occupy)) == {"bob"}
    assert waited[0] > 5


def test_the_button_of_formgrader_uses_the_sandbox(people, graded):
    before = marks()["bob"]
    record.place(".", "ridge", "bob").unlink()
    done = people[0].formgrader("POST", "submission/ridge/bob/autograde")
    assert done["success"], done
    found = record.load(".", "ridge", "bob")
    assert found.sandbox
    assert [e.points for e in found.exercises] == [e.points for e in graded.first["bob"].exercises]
    assert found.remarks == graded.first["bob"].remarks
    assert marks()["bob"] == before


# Back to the class


def table(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_feedback_and_marks_go_back(graded, term):
    with gradebook_of(course_at(".")) as gradebook:
        for student in HANDED_IN:
            for grade in gradebook.find_submission_notebook("ridge", "ridge", student).grades:
                grade.needs_manual_grade = False
        gradebook.db.commit()
    app = NbGrader()
    app.initialize([], root=str(term))
    done = NbGraderAPI(app.coursedir, parent=app).generate_feedback("ridge", "bob")
    assert done["success"], done
    page = (term / "feedback/bob/ridge/ridge.html").read_text("utf-8")
    assert "The notebook had another name" in page

    options = {"allow_unmarked": False, "zero_missing": False, "column": ""}
    for kind in ("canvas", "moodle"):
        to = f"{kind}.csv"
        export.main(argparse.Namespace(assignment="ridge", format=kind, to=to, **options))
    bob = next(row for row in table("canvas.csv") if row["ID"] == "18")
    found = marks()["bob"]
    assert float(bob["ridge"]) == pytest.approx(found.raw - 0.2 * found.raw) == found.mark
    assert {row["ID number"] for row in table("moodle.csv")} == HANDED_IN


# What was not handed in as asked for


def test_who_handed_in_no_notebook_gets_zero_and_the_reason(graded, term):
    for student, names in (("kim", ["ridge.pdf"]), ("lea", ["a.ipynb", "b.ipynb"])):
        (term / "submitted" / student / "ridge").mkdir(parents=True)
        for name in names:
            (term / "submitted" / student / "ridge" / name).write_text("{}")
    reason = "There is no ridge.ipynb, nor one other notebook that could be meant."
    for found in graded({"kim", "lea"}).values():
        assert reason in found.remarks[0].text
        assert not any(exercise.points for exercise in found.exercises)
    assert marks()["kim"].raw == marks()["lea"].raw == 0


# An older library


def git(folder, *arguments):
    who = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


def test_one_line_mends_an_older_reglib(tmp_path, monkeypatch, capsys):
    course, hers = tmp_path / "course", tmp_path / "her copy"
    (course / "reglib").mkdir(parents=True)
    git(course, "init", "--quiet")
    (course / "reglib/__init__.py").write_text("old")
    git(course, "add", ".")
    git(course, "commit", "--quiet", "--message", "old")
    git(tmp_path, "clone", "--quiet", str(course), str(hers))
    (course / "reglib/__init__.py").write_text("new")
    git(course, "commit", "--quiet", "--all", "--message", "new")

    monkeypatch.setattr("reglib.check.__file__", str(hers / "reglib/check.py"))
    assert check("ridge.newer", lambda X: X) == 0
    said = capsys.readouterr().out
    assert "your reglib is older" in said
    with pytest.raises(AttributeError, match="reglib is older"):
        _ = reglib.newer
    subprocess.run(said.splitlines()[-1], shell=True, check=True, capture_output=True)
    assert (hers / "reglib/__init__.py").read_text() == "new"


WHEEL = "https://school.example/courses/reg/downloads/reglib-0.1.0+h0123456789ab-py3-none-any.whl"


@pytest.mark.parametrize(
    ("source", "place"),
    [
        ({"url": WHEEL, "archive_info": {}}, "https://school.example/courses/reg/, and"),
        ({"url": "file:///home/ada/course", "dir_info": {}}, "the course's site, and"),
        (None, "the course's site, and"),
    ],
)
def test_a_wheel_comes_again_with_the_notebook(tmp_path, monkeypatch, capsys, source, place):
    about = tmp_path / "reglib-0.1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: reglib\nVersion: 0.1.0\n")
    if source:
        (about / "direct_url.json").write_text(json.dumps(source))  # as pip does
    monkeypatch.setattr("reglib.check.__file__", str(tmp_path / "reglib/check.py"))
    assert check("ridge.newer", lambda X: X) == 0
    said = capsys.readouterr().out
    assert "Run the first cell of the notebook again" in said
    assert f"If there is no %pip in that cell, take the notebook anew from {place}" in said
