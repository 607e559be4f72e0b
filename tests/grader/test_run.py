"""`python -m grader run`: a class graded in parallel, killed at any moment, on any database."""

import gc
import json
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import psutil
import pytest
from nbgrader.api import Gradebook
from params import first_of
from patience import until

from grader.record import Remark
from grader.run import cluster

if not shutil.which("bwrap"):
    pytest.skip("bubblewrap is not installed", allow_module_level=True)

STUDENTS = [f"s{i:02d}" for i in range(8)]


def gradebook(course):
    """All that a gradebook says of marks and comments, row by row."""
    with Gradebook(url(course), "regularization") as book:
        rows = []
        for submission in book.db.query(book_class("SubmittedAssignment")):
            for notebook in submission.notebooks:
                for grade in notebook.grades:
                    what = (grade.auto_score, grade.manual_score, grade.needs_manual_grade)
                    rows.append((submission.student.id, grade.name, *what))
                for comment in notebook.comments:
                    what = (comment.auto_comment, comment.manual_comment)
                    rows.append((submission.student.id, comment.name, *what))
        return sorted(rows, key=str)


def book_class(name):
    import nbgrader.api

    return getattr(nbgrader.api, name)


def url(course):
    config = (course / "nbgrader_config.py").read_text("utf-8")
    marker = "c.CourseDirectory.db_url = "
    if marker in config:
        return config.split(marker)[1].strip().strip('"')
    return f"sqlite:///{course}/gradebook.db"


@pytest.fixture
def class_of(course, hand_in, solution):
    """A course in which each student has handed in a part of the solution, chosen by chance."""
    chance = random.Random(1)
    for student in STUDENTS:
        hand_in(course, student, {k: v for k, v in solution.items() if chance.random() < 0.7})
    return course


@pytest.fixture(params=first_of(["sqlite", "postgresql"]))
def on_database(request):
    """Have a course keep its gradebook in a database of a kind, with the assignment in it."""

    def on_database(course, in_course):
        if request.param == "postgresql":
            (course / "gradebook.db").unlink()
            with open(course / "nbgrader_config.py", "a") as file:
                address = request.getfixturevalue("postgres")()
                file.write(f'\nc.CourseDirectory.db_url = "{address}"\n')
            in_course(course, "nbgrader", "generate_assignment", "ridge", "--force")

    return on_database


def test_a_class_is_graded_as_one_by_one(class_of, in_course, tmp_path):
    other = Path(shutil.copytree(class_of, tmp_path / "other"))
    done = in_course(class_of, "grader", "run", "ridge")
    assert done.stdout == "8 graded, 0 were already, 0 failed.\n"
    (other / ".grader").mkdir()
    shutil.copy(class_of / ".grader/secret", other / ".grader")
    in_course(other, "nbgrader", "autograde", "ridge")
    assert gradebook(class_of) == gradebook(other)
    for student in STUDENTS:
        ours, theirs = (
            nbformat.read(folder / "autograded" / student / "ridge/ridge.ipynb", 4)
            for folder in (class_of, other)
        )
        assert [cell.source for cell in ours.cells] == [cell.source for cell in theirs.cells]
        assert [cell.get("outputs") for cell in ours.cells if "check" in cell.source] == [
            cell.get("outputs") for cell in theirs.cells if "check" in cell.source
        ]


def test_what_is_done_is_not_done_again(class_of, in_course, solution, hand_in):
    in_course(class_of, "grader", "run", "ridge", "--student", "s00")
    before = (class_of / ".grader/verdicts/ridge/s00.json").stat().st_mtime_ns
    done = in_course(class_of, "grader", "run", "ridge", "--student", "s00", "--student", "s01")
    assert done.stdout == "1 graded, 1 were already, 0 failed.\n"
    assert (class_of / ".grader/verdicts/ridge/s00.json").stat().st_mtime_ns == before
    hand_in(class_of, "s01", solution)
    done = in_course(class_of, "grader", "run", "ridge", "--student", "s00", "--student", "s01")
    assert done.stdout == "1 graded, 1 were already, 0 failed.\n"
    points = [row[2] for row in gradebook(class_of) if row[0] == "s01" and "check" in row[1]]
    assert sum(points) == 29


def test_a_run_that_is_killed_goes_on_to_the_same_gradebook(
    class_of, in_course, on_database, tmp_path
):
    """Workers and the writer are killed at random moments; the bench does it with 200."""
    other = Path(shutil.copytree(class_of, tmp_path / "other"))
    for folder in (class_of, other):
        on_database(folder, in_course)
    in_course(class_of, "grader", "run", "ridge")
    (other / ".grader").mkdir()
    shutil.copy(class_of / ".grader/secret", other / ".grader")
    verdicts = other / ".grader/verdicts/ridge"
    chance = random.Random(2)

    def kill(command, more_than):
        """Now and then a worker, which the run survives; then the writer."""
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        with subprocess.Popen(command, cwd=other, env=in_course.env, **quiet) as run:
            until(
                lambda: len(list(verdicts.glob("*.json"))) > more_than, lambda: run.poll() is None
            )
            time.sleep(chance.uniform(0, 0.2))
            children = psutil.Process(run.pid).children()
            workers = [child for child in children if "spawn_main" in str(child.cmdline())]
            if workers and chance.random() < 0.5:
                chance.choice(workers).send_signal(signal.SIGKILL)
                time.sleep(chance.uniform(0, 1))
            run.kill()

    for more_than in (0, 2, 4):
        kill([sys.executable, "-m", "grader", "run", "ridge"], more_than)
    in_course(other, "grader", "run", "ridge")
    assert {row[0] for row in gradebook(other)} == set(STUDENTS)
    assert gradebook(other) == gradebook(class_of)
    assert not list(other.rglob("*.writing"))


def test_an_existing_scheduler_is_used(class_of, in_course):
    from distributed import LocalCluster

    with LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None) as cluster:
        in_course(
            class_of,
            "grader",
            "run",
            "ridge",
            "--student",
            "s03",
            "--scheduler",
            cluster.scheduler_address,
        )
    assert json.loads((class_of / ".grader/verdicts/ridge/s03.json").read_text())["sandbox"]


def test_what_has_been_given_out_is_not_kept():
    """Dask keeps many of its last messages, and each of ours has a notebook in it."""
    with cluster(None, 1) as client:
        for number in range(40):
            client.submit(str, Remark(f"{number}")).result()
        gc.collect()
        assert sum(isinstance(thing, Remark) for thing in gc.get_objects()) < 20


def test_who_is_unknown_is_named(class_of, in_course):
    done = in_course(class_of, "grader", "run", "ridge", "--student", "eve", code=1)
    assert "eve has handed in nothing for ridge." in done.stderr
    assert done.stdout == "" and len(done.stderr.splitlines()) == 1
