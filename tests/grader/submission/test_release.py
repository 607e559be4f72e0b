"""What the grader knows of a release, and which releases it refuses."""

from pathlib import Path

import nbformat
import pytest

from grader.submission.release import ReleaseError, functions, read
from reglib.exercises import ASSIGNMENTS, assignment

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_the_checks_are_those_of_the_entries(name):
    release = read(ROOT / "exercises" / name / f"{name}.ipynb")
    assert (release.assignment, release.name) == (name, name)
    entries = assignment(name).entries
    assert [(c.exercise, c.function, c.points) for c in release.checks.values()] == [
        (entry.name, entry.function, entry.most) for entry in entries
    ]
    assert all(grade_id == check.grade_id for grade_id, check in release.checks.items())


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_every_checked_function_has_its_answer(name):
    release = read(ROOT / "exercises" / name / f"{name}.ipynb")
    code = [answer for answer in release.answers.values() if answer.cell_type == "code"]
    text = [answer for answer in release.answers.values() if answer.cell_type == "markdown"]
    assert [answer.functions for answer in code] == [
        (check.function,) for check in release.checks.values()
    ]
    assert text and all("Write your answer here" in answer.stub for answer in text)


@pytest.fixture
def released(tmp_path):
    """Change one cell of the release of ridge, and read it."""
    notebook = nbformat.read(ROOT / "exercises/ridge/ridge.ipynb", 4)

    def released(grade_id, **changes):
        (cell,) = (cell for cell in notebook.cells if cell.id == grade_id)
        for name, value in changes.items():
            if name == "source":
                cell.source = value
            else:
                cell.metadata.nbgrader[name] = value
        nbformat.write(notebook, tmp_path / "ridge.ipynb")
        return read(tmp_path / "ridge.ipynb", "ridge")

    return released


@pytest.mark.parametrize(
    "source",
    [
        "assert ridge_fit(X, y, 1)",
        'check("ridge.ridge_fit", ridge_fit)\nassert True',
        'check("ridge.ridge_fit", ridge_fit, seed=1)',
        'check("ridge.ridge_fit", lambda X, y, lam: 0)',
        "check(name, ridge_fit)",
        'checks.check("ridge.ridge_fit", ridge_fit)',
        "%time check('ridge.ridge_fit', ridge_fit)",
        "",
    ],
)
def test_a_graded_cell_that_is_no_check_is_refused(released, source):
    with pytest.raises(ReleaseError, match=r"'check_ridge_fit' of .*ridge\.ipynb is not one line"):
        released("check_ridge_fit", source=source)


def test_a_comment_beside_a_check_is_none_of_these(released):
    release = released("check_ridge_fit", source="# Now:\ncheck('ridge.ridge_fit', ridge_fit)\n")
    assert release.checks["check_ridge_fit"].function == "ridge_fit"


def test_points_that_differ_from_the_rubric_are_refused(released):
    with pytest.raises(ReleaseError, match=r"is worth 7 points, and the rubric of .* 6"):
        released("check_ridge_fit", points=7)


def test_an_exercise_that_is_not_known_is_refused(released):
    with pytest.raises(ReleaseError, match=r"no exercise 'ridge\.fit'"):
        released("check_ridge_fit", source='check("ridge.fit", ridge_fit)')


def test_a_release_that_is_not_there_says_how_to_make_it(tmp_path):
    with pytest.raises(ReleaseError, match="nbgrader generate_assignment ridge"):
        read(tmp_path / "ridge/ridge.ipynb")


def test_functions_of_what_is_not_python():
    assert functions("def f(:") == functions("x = 1\0") == functions("((" * 5000) == ()
