"""Release, submit, autograde, hand-grade, feedback and export: nbgrader, set up for this course."""

import csv
import html
import re

import nbformat
import pytest
from nbgrader.api import Gradebook
from servers import Server

from reglib.exercises import assignment

MOST = {f"check_{entry.function}": entry.most for entry in assignment("ridge").entries}
FULL = sum(MOST.values())
QUESTION = "same_lambda_more_patients"
QUESTIONS = (QUESTION, "rows_or_copies", "entered_twice")
MARKS = {  # and nothing for the other checks
    "right": MOST,
    "partly": {"check_ridge_objective": 3.0, "check_ridge_gradient": 1.0, "check_ridge_fit": 2.0},
    "empty": {},
    "wild": {"check_ridge_objective": 3.0, "check_standardize": 2.0},
}


@pytest.fixture
def gradebook(course):
    with Gradebook(f"sqlite:///{course}/gradebook.db", "regularization") as gradebook:
        yield gradebook


def grades(gradebook, student):
    submission = gradebook.find_submission_notebook("ridge", "ridge", student)
    return {grade.name: grade for grade in submission.grades}


def worth(course):
    """The points of all cells together, those that a person grades too."""
    cells = nbformat.read(course / "exercises/ridge/ridge.ipynb", 4).cells
    marks = [cell.metadata.get("nbgrader", {}) for cell in cells]
    return float(sum(mark["points"] for mark in marks if mark.get("grade")))


def feedback(course, student):
    page = (course / "feedback" / student / "ridge/ridge.html").read_text(encoding="utf-8")
    return page, " ".join(html.unescape(re.sub(r"<[^>]*>", "", page)).split())


@pytest.mark.parametrize("student", MARKS)
def test_marks_of_every_check(gradebook, student):
    found = grades(gradebook, student)
    given = {name: found[name].auto_score for name in MOST}
    assert given == dict.fromkeys(MOST, 0.0) | MARKS[student]
    assert {name: found[name].max_score for name in MOST} == MOST
    assert not any(found[name].needs_manual_grade for name in MOST)


def test_the_questions_wait_for_a_person(gradebook):
    answered = {"right": QUESTIONS, "partly": (QUESTION,), "empty": (), "wild": ()}
    for student, waiting in answered.items():
        found = grades(gradebook, student)
        for question in QUESTIONS:
            assert found[question].needs_manual_grade == (question in waiting)
            assert found[question].auto_score is None or question not in waiting
            assert found[question].score == 0  # an untouched answer needs no reading


def test_feedback_names_the_misconceptions(course):
    _, text = feedback(course, "partly")
    for name in (
        "the gradient of the penalty is left out",
        "λ is not multiplied by n",
        "the new rows are scaled by their own mean and standard deviation",
    ):
        assert f"Your answers match what you get when {name}." in text
    assert "Reread: “One λ for every n”, in “Penalties and ridge”." in text
    assert "It calls ridge_fit, which is not right yet either: begin there." in text


def test_a_check_of_ones_own_says_that_the_sandbox_checks_nothing(course):
    _, text = feedback(course, "partly")
    assert "ridge.ridge_fit is not checked here, but when the whole notebook has run." in text


def test_feedback_on_what_is_not_written_and_what_runs_wild(course):
    _, text = feedback(course, "empty")
    assert text.count("It is not written yet.") == len(MOST)
    _, text = feedback(course, "wild")
    assert "It printed 9,000,009 characters, which are left out here." in text
    assert "It raised SystemExit" in text
    assert "It did not finish in time." in text
    assert "Mind: it changes what it is given: X_train." in text


def test_no_check_shows_a_traceback_or_stderr(course):
    for student in MARKS:
        path = course / "autograded" / student / "ridge/ridge.ipynb"
        cells = {cell.id: cell for cell in nbformat.read(path, 4).cells if "id" in cell}
        for cell in cells.values():
            if cell.source.startswith("check(") or "\ncheck(" in cell.source:
                *words, points = cell.outputs
                assert {(output.output_type, output.get("name")) for output in words} == {
                    ("stream", "stdout")
                }
                assert points.output_type == "execute_result"
                assert float(points.data["text/plain"]) in {
                    0.0,
                    *(mark for marks in MARKS.values() for mark in marks.values()),
                }


def test_scripts_of_a_submission_do_not_run_in_feedback(course):
    for student in ("partly", "wild"):
        page, _ = feedback(course, student)
        assert "<script>alert(" not in page
        assert "<h2" in page and "<table" in page  # our own text is still laid out


def test_the_export_holds_every_student(course):
    with open(course / "marks.csv", encoding="utf-8") as lines:
        rows = {row["student_id"]: row for row in csv.DictReader(lines)}
    assert {student: float(row["score"]) for student, row in rows.items()} == {
        student: sum(marks.values()) for student, marks in MARKS.items()
    }
    assert {float(row["max_score"]) for row in rows.values()} == {worth(course)}


def test_a_hand_given_mark_counts_and_survives_a_regrade(course, nbgrader):
    url = f"sqlite:///{course}/gradebook.db"
    with Gradebook(url, "regularization") as gradebook:
        grade = grades(gradebook, "right")[QUESTION]
        grade.manual_score, grade.needs_manual_grade = 3.0, False
        gradebook.db.commit()
    try:
        nbgrader(course, "autograde", "ridge", "--student=right", "--force")
        with Gradebook(url, "regularization") as gradebook:
            grade = grades(gradebook, "right")[QUESTION]
            assert grade.score == 3.0
            assert gradebook.find_submission("ridge", "right").score == FULL + 3
    finally:
        with Gradebook(url, "regularization") as gradebook:
            grades(gradebook, "right")[QUESTION].manual_score = None
            gradebook.db.commit()


def test_formgrader_shows_the_class(course, nbgrader, tmp_path):
    with Server(tmp_path, course, env=nbgrader.env) as server:
        assert "formgrader" in server.get("formgrader")
        assignments = {row["name"]: row for row in server.formgrader("GET", "assignments")}
        ridge = assignments["ridge"]
        assert ridge["num_submissions"] == 4
        assert ridge["max_score"] == worth(course)
        shown = {row["student"]: row for row in server.formgrader("GET", "submissions/ridge")}
        assert shown["partly"]["score"] == 6.0 and shown["partly"]["needs_manual_grade"]
        notebooks = server.formgrader("GET", "submitted_notebooks/ridge/ridge")
        page = server.get(f"formgrader/submissions/{notebooks[0]['id']}")
        assert "ridge_objective" in page and "<script>alert(" not in page
