"""What cannot be done is told in one sentence, before anything is started or written."""

import json
import subprocess
import sys

import pytest


@pytest.fixture
def refused(course, in_course):
    """What a command of the grader says before it ends; it has left nothing behind."""

    def refused(*arguments):
        before = {path: path.stat().st_mtime_ns for path in course.rglob("*")}
        done = in_course(course, "grader", *arguments, code=1)
        assert {path: path.stat().st_mtime_ns for path in course.rglob("*")} == before
        (sentence,) = done.stderr.splitlines()
        assert done.stdout == "" and len(sentence) < 500
        return sentence

    return refused


@pytest.mark.parametrize(
    "command", ["run rigde", "report rigde", "export rigde --format csv", "run ../ridge"]
)
def test_an_assignment_that_is_not_there(refused, command):
    sentence = refused(*command.split())
    assert command.split()[1] in sentence and "ridge" in sentence.split(":", 1)[1]


def test_no_workers_are_started_for_it(course, in_course):
    code = (
        "import sys, grader.run\n"
        "grader.run.Pool = lambda number: sys.exit('started')\n"
        "sys.argv = ['grader', 'run', {name!r}]\n"
        "import runpy; runpy.run_module('grader', run_name='__main__')\n"
    )
    for name, told in (("rigde", "There is no assignment"), ("ridge", "Nobody has handed in")):
        command = [sys.executable, "-c", code.format(name=name)]
        done = subprocess.run(
            command, cwd=course, env=in_course.env, capture_output=True, text=True
        )
        assert done.stderr.startswith(told), done.stderr


def test_a_release_that_is_not_there(course, refused):
    (course / "solutions/lasso").mkdir()
    (course / "solutions/lasso/lasso.ipynb").write_text("{}")
    assert "nbgrader generate_assignment lasso" in refused("run", "lasso")


def test_a_release_that_is_worth_other_points_than_the_rubric(course, refused):
    path = course / "exercises/ridge/ridge.ipynb"
    notebook = json.loads(path.read_text("utf-8"))
    check = next(cell for cell in notebook["cells"] if cell["id"] == "check_ridge_fit")
    check["metadata"]["nbgrader"]["points"] = 100
    path.write_text(json.dumps(notebook), "utf-8")
    assert "worth 100 points, and the rubric of ridge.ridge_fit 6" in refused("run", "ridge")


def test_a_release_that_is_no_notebook(course, refused):
    (course / "exercises/ridge/ridge.ipynb").write_text("{[", "utf-8")
    assert "nbgrader generate_assignment ridge --force" in refused("run", "ridge")


@pytest.mark.parametrize("command", ["run ridge", "report ridge", "export ridge --format csv"])
@pytest.mark.parametrize(
    "url", ["no address", "postgresql+psycopg://me:hush@localhost:1/x", "sqlite:///nowhere/a.db"]
)
def test_a_gradebook_that_cannot_be_opened(course, refused, command, url):
    with open(course / "nbgrader_config.py", "a") as file:
        file.write(f"\nc.CourseDirectory.db_url = {url!r}\n")
    sentence = refused(*command.split())
    assert "gradebook" in sentence and "hush" not in sentence


def test_limits_that_there_are_not(course, refused):
    with open(course / "nbgrader_config.py", "a") as file:
        file.write("\nc.Execute.limits = {'memroy': 1}\n")
    assert "memroy" in refused("run", "ridge")


def test_nbgrader_alone_would_run_submissions_unprotected(course, refused):
    with open(course / "nbgrader_config.py", "a") as file:
        file.write("\nc.Autograde.autograde_preprocessors = ['nbgrader.preprocessors.Execute']\n")
    assert "nbgrader_config.py" in refused("run", "ridge")


@pytest.mark.parametrize("number", ["0", "-1", "many"])
def test_a_number_of_workers_that_is_none(course, in_course, number):
    done = in_course(course, "grader", "run", "ridge", f"--workers={number}", code=2)
    assert "whole number of at least 1" in done.stderr


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("report ridge --output gradebook.db/here", "gradebook.db/here: not a directory."),
        ("export ridge --format csv --to nowhere/m.csv", "nowhere/m.csv: no such file or"),
    ],
)
def test_a_place_that_cannot_be_written_to(refused, command, told):
    sentence = refused(*command.split())
    assert told in sentence and "or name another f" in sentence and "with --" in sentence
