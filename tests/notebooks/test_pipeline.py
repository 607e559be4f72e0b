"""Release, submit, autograde, hand-grade, feedback and export: nbgrader, set up for this course."""

import csv
import html
import re

import nbformat
import pytest
from nbgrader.api import Gradebook
from servers import Server

from reglib.exercises import assignment

CHECKS = [f"check_{entry.function}" for entry in assignment("ridge").entries]
QUESTION = "same_lambda_more_patients"
QUESTIONS = (QUESTION, "rows_or_copies", "entered_twice")
MARKS = {
    "right": [3.0, 4.0, 6.0, 4.0, 5.0, 4.0, 3.0],
    "partly": [3.0, 1.0, 2.0, 0.0, 0.0, 0.0, 0.0],
    "empty": [0.0] * 7,
    "wild": [3.0, 0.0, 0.0, 2.0, 0.0, 0.0, 0.0],
}


@pytest.fixture
def gradebook(course):
    with Gradebook(f"sqlite:///{course}/gradebook.db", "regularization") as gradebook:
        yield gradebook


def grades(gradebook, student):
    submission = gradebook.find_submission_notebook("ridge", "ridge", student)
    return {grade.name: grade for grade in submission.grades}


def feedback(course, student):
    page = (course / "feedback" / student / "ridge/ridge.html").read_text(encoding="utf-8")
    return page, " ".join(html.unescape(re.sub(r"<[^>]*>", "", page)).split())


@pytest.mark.parametrize("student", MARKS)
def test_marks_of_every_check(gradebook, student):
    found = grades(gradebook, student)
    assert [found[name].auto_score for name in CHECKS] == MARKS[student]
    assert [found[name].max_score for name in CHECKS] == MARKS["right"]
    assert not any(found[name].needs_manual_grade for name in CHECKS)


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
        "the gradient of the penalty is missing",
        "λ is not multiplied by n",
        "the new rows are scaled by their own mean and standard deviation",
    ):
        assert f"in every case tried, what you get when {name}." in text
    assert "Reread: “One λ for every n”, in the chapter “Penalties and ridge”." in text
    assert "ridge_path builds on ridge_fit, not right yet either: begin there." in text


def test_feedback_on_what_is_not_written_and_what_runs_wild(course):
    _, text = feedback(course, "empty")
    assert text.count("It is not written yet.") == 7
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
                    m for marks in MARKS.values() for m in marks
                }


def test_scripts_of_a_submission_do_not_run_in_feedback(course):
    for student in ("partly", "wild"):
        page, _ = feedback(course, student)
        assert "alert(" in page and "<script>alert(" not in page
        assert "<h2" in page and "<table" in page  # our own text is still laid out


def test_the_export_holds_every_student(course):
    with open(course / "marks.csv", encoding="utf-8") as lines:
        rows = {row["student_id"]: row for row in csv.DictReader(lines)}
    assert {student: float(row["score"]) for student, row in rows.items()} == {
        student: sum(marks) for student, marks in MARKS.items()
    }
    assert {float(row["max_score"]) for row in rows.values()} == {40.0}


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
            assert gradebook.find_submission("ridge", "right").score == 32.0
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
        assert ridge["max_score"] == 40.0
        shown = {row["student"]: row for row in server.formgrader("GET", "submissions/ridge")}
        assert shown["partly"]["score"] == 6.0 and shown["partly"]["needs_manual_grade"]
        notebooks = server.formgrader("GET", "submitted_notebooks/ridge/ridge")
        page = server.get(f"formgrader/submissions/{notebooks[0]['id']}")
        assert "ridge_objective" in page and "<script>alert(" not in page
