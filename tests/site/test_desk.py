"""The desk: a notebook worked in on its page, and handed in."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe
from learner import Desk
from nbgrader.api import Gradebook
from playwright.sync_api import expect

from reglib.exercises import ASSIGNMENTS, assignment
from reglib.repository import path

AXE = {"resultTypes": ["violations"], "preload": False}
PARTLY = {
    "ridge_objective": """\
def ridge_objective(w, b, X, y, lam):
    r = y - b - X @ w
    return r @ r / (2 * len(y)) + lam / 2 * w @ w
""",
    "ridge_fit": """\
def ridge_fit(X, y, lam):
    m = X.mean(axis=0)
    Xc = X - m
    w = np.linalg.pinv(Xc.T @ Xc + lam * np.eye(X.shape[1])) @ Xc.T @ y
    return w, y.mean() - m @ w
""",
    "standardize": "def standardise(X_train, X_new):\n    return X_train, X_new\n",
    "ridge_path": "def ridge_path(X, y, lams)\n    return [ridge_fit(X, y, lam) for lam in lams]\n",
    "same_lambda_more_patients": "With 30 rows **ridge** wins, as $n\\lambda$ says.",
}


def cells(folder, name="ridge"):
    return nbformat.read(path(folder, name, f"{name}.ipynb"), 4).cells


def solved(name="ridge"):
    """The right answers, by the ids of their cells."""
    return {
        cell.id: re.sub(r" *### (BEGIN|END) SOLUTION\n?", "", cell.source).strip()
        for cell in cells("solutions", name)
        if cell.metadata.get("nbgrader", {}).get("solution")
    }


def in_course(course, *command):
    """Run a module of Python in a course folder, as an instructor does."""
    search = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    env = {**os.environ, "PATH": search, "JUPYTER_CONFIG_DIR": str(course.parent)}
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=course, env=env, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def desk(visit, book):
    return lambda name="ridge", **options: Desk(
        visit(f"{book}book/assignments/desk/{name}.html", **options), name
    )


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_without_a_script_the_whole_notebook_can_be_read(built, name):
    html = (built / f"book/assignments/desk/{name}.html").read_text(encoding="utf-8")
    listed = re.findall(r'data-exercise="([^"]+)"', html)
    assert listed == [entry.name for entry in assignment(name).entries]
    for cell in cells("exercises", name):
        if cell.cell_type == "code":
            assert html.count(f'data-cell="{cell.id}"') == 1
    assert html.count('class="desk-release"') == 1
    release = re.search(r'class="desk-release">(.*?)</script>', html, re.DOTALL)[1]
    assert json.loads(release) == json.loads(
        path("exercises", name, f"{name}.ipynb").read_text(encoding="utf-8")
    )


def test_nothing_of_python_is_fetched_before_it_is_asked_for(desk):
    page = desk().page
    assert not [url for url in page.requested if url.endswith((".bin", "worker.js"))]


def notebook(**answers):
    """A file of the assignment with other answers, as a browser is given it."""
    made = json.loads(path("exercises/ridge/ridge.ipynb").read_text(encoding="utf-8"))
    for cell in made["cells"]:
        cell["source"] = answers.get(cell["id"], cell["source"])
        if cell["cell_type"] == "code":
            act = {"text/html": "<img src=x onerror='window.acted = 1'>"}
            cell["outputs"] = [{"output_type": "display_data", "data": act, "metadata": {}}]
    return made


def file_of(content, name="ridge.ipynb"):
    text = content if isinstance(content, str) else json.dumps(content)
    return {"name": name, "mimeType": "application/json", "buffer": text.encode()}


ACTS = r"""
<img src=x onerror="window.acted = 1"> <script>window.acted = 1</script> **kept**
![](http://elsewhere.example/a.png) [press](javascript:window.acted=1)
$\href{javascript:window.acted=1}{x}$ $\style{background: url(http://elsewhere.example/b.png)}{y}$
"""


def test_a_notebook_that_is_opened_changes_answers_and_does_nothing_else(desk):
    at = desk()
    chooser = at.page.locator("input[type=file]")
    mine = "def ridge_fit(X, y, lam):\n    return 1"
    chooser.set_input_files(file_of(notebook(ridge_fit=mine, rows_or_copies=ACTS)))
    at.bar.get_by_text("is open: 2 cells were changed").wait_for()
    assert at.text("ridge_fit") == mine

    preview = at.cell("rows_or_copies").locator(".desk-preview")
    preview.locator("mjx-container").nth(1).wait_for()
    assert preview.locator("strong").inner_text() == "kept"
    assert preview.locator("img, script, a[href^='javascript'], [style*=url]").count() == 0
    links = preview.locator("a").evaluate_all(
        "all => all.map((a) => a.getAttribute('href') ?? a.getAttribute('xlink:href') ?? '')"
    )
    assert not [link for link in links if "script:" in link]
    assert at.page.evaluate("window.acted") is None

    # What is no such notebook gets a sentence, and changes nothing.
    other = path("exercises/lasso/lasso.ipynb").read_text(encoding="utf-8")
    for content, words in ((other, "the assignment lasso: open it"), ("{", "broken")):
        chooser.set_input_files(file_of(content))
        at.bar.get_by_text(words).wait_for()
        assert at.text("ridge_fit") == mine

    # What stood there before can be had back, and the file can be dropped anywhere.
    chooser.set_input_files(file_of(notebook()))
    at.bar.get_by_role("button", name="Bring back what was here").click()
    assert at.text("ridge_fit") == mine
    at.page.evaluate(
        """(text) => {
          const moved = new DataTransfer();
          moved.items.add(new File([text], "ridge.ipynb"));
          document.body.dispatchEvent(
            new DragEvent("drop", { dataTransfer: moved, bubbles: true, cancelable: true }));
        }""",
        json.dumps(notebook(ridge_fit="dropped")),
    )
    at.bar.get_by_text("is open: 2 cells were changed").wait_for()
    assert at.text("ridge_fit") == "dropped"
    at.press("Reset", at.exercise("ridge_fit"))
    assert "not written yet" in at.text("ridge_fit")

    # What was typed a moment before the page is left is there when it opens again.
    at.write("ridge_fit", "the last key")
    at.page.reload()
    at = Desk(at.page)
    assert at.text("ridge_fit") == "the last key"

    # The same page by day and by night, wide and narrow.
    for scheme in ("light", "dark"):
        at.page.emulate_media(color_scheme=scheme)
        at.page.wait_for_selector(f"html[data-theme={scheme}]")
        for violation in Axe().run(at.page, options=AXE).response["violations"]:
            assert violation["impact"] not in ("serious", "critical"), violation
    at.page.set_viewport_size({"width": 390, "height": 844})
    assert at.page.evaluate("document.scrollingElement.scrollWidth") <= 390


def write(page, where, text):
    """Put a text in the place of what is in an editor."""
    where.get_by_role("textbox").focus()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(text)


def check(page, where):
    """Go on from the editor to its Check, and press that."""
    page.keyboard.press("Escape")
    for button in ("Run", "Check"):
        page.keyboard.press("Tab")
        expect(where.get_by_role("button", name=button, exact=True)).to_be_focused()
    page.keyboard.press("Enter")


class Keyboard(Desk):
    """The page of an assignment, in the hands of a learner who has no mouse."""

    def write(self, name, text):
        write(self.page, self.cell(name), text)

    def press(self, button, where=None):
        (where or self.bar).get_by_role("button", name=button, exact=True).press("Enter")
        self.page.wait_for_function("() => !document.querySelector('.desk').ariaBusy")


@pytest.fixture
def from_the_lesson(visit, book):
    """Write and check a function in the lesson, go to the desk, and write there what is left."""

    def from_the_lesson(right, width):
        size = {"width": width, "height": 844}
        page = visit(f"{book}book/penalties/ridge.html", viewport=size, accept_downloads=True)
        there = {"ridge_objective": 3, "ridge_fit": 6}
        for name, most in there.items():
            practice = page.locator(f'.practice[data-exercise="ridge.{name}"]')
            write(page, practice, right[name])
            check(page, practice)
            expect(practice.get_by_role("status")).to_contain_text(f"{most} of {most} points")
        assert len(page.workers) == 1  # one Python for all of them
        page.get_by_role("link", name="ridge assignment").press("Enter")
        page.get_by_role("link", name="Write, run and check it in the page").press("Enter")
        at = Keyboard(page)
        for name, text in right.items():
            if name in there:
                assert at.text(name) == text
                continue
            at.write(name, text)
            if name == "ridge_gradient":
                check(page, at.exercise(name))
                expect(at.exercise(name).get_by_role("status")).to_contain_text("✓")
                assert at.points > 0
        return at

    return from_the_lesson


@pytest.mark.long
def test_what_is_done_on_the_page_gets_the_points_that_it_showed(desk, from_the_lesson, tmp_path):
    if not shutil.which("bwrap"):
        pytest.skip("bubblewrap is not installed")
    course = tmp_path / "course"
    for folder in ("solutions/ridge", "exercises/ridge"):
        shutil.copytree(path(*folder.split("/")), course / folder)
    shutil.copy(path("nbgrader_config.py"), course)
    in_course(course, "nbgrader", "generate_assignment", "ridge", "--force")
    at = desk(accept_downloads=True)
    shown = {}

    def hand_in(student):
        shown[student] = at.points
        return at.download(course / "submitted" / student / "ridge" / "ridge.ipynb")

    # Untouched: every demonstration says what it waits for, and none ends in a traceback.
    at.press("Run all")
    assert at.points == 0
    assert at.cell("see_path").locator(".desk-output").inner_text().startswith("This needs")
    assert at.page.locator(".output-error").count() == 0
    untouched = hand_in("untouched")
    assert untouched.cells[0].id == "install-reglib"

    # Partly right: one is right, one has a mistake with a name, one a syntax error, …
    for name, text in PARTLY.items():
        at.write(name, text)
    at.press("Check", at.exercise("ridge_fit"))
    verdict = at.exercise("ridge_fit").get_by_role("status")
    reread = verdict.get_by_role("link")
    assert reread.get_attribute("href").startswith("../../penalties/ridge.html#")
    at.press("Run all")
    assert "Python cannot read line 1" in at.exercise("ridge_path").inner_text()
    assert "but there is standardise" in at.exercise("standardize").inner_text()
    preview = at.cell("same_lambda_more_patients").locator(".desk-preview")
    assert preview.locator("strong").inner_text() == "ridge"
    preview.locator("mjx-container").wait_for()
    assert 3 < at.points < 15
    partly = hand_in("partly")
    said = {cell.id: cell for cell in partly.cells}
    assert said["same_lambda_more_patients"].source == PARTLY["same_lambda_more_patients"]
    assert said["check_ridge_objective"].outputs[-1]["data"]["text/plain"] == "3.0"

    # All right, from the lesson on, in a wide and in a narrow window; and a reload loses nothing.
    right = solved()
    for student, width in (("wide", 1280), ("narrow", 390)):
        at = from_the_lesson(right, width)
        at.press("Run all")
        assert at.page.evaluate("document.scrollingElement.scrollWidth") <= width
        at.page.reload()
        at = Keyboard(at.page)
        made = hand_in(student)
        assert shown[student] == sum(entry.most for entry in assignment("ridge").entries)
        assert right.items() <= {cell.id: cell.source for cell in made.cells}.items()
        drawn = {c.id for c in made.cells for o in c.get("outputs", []) if "svg+xml" in str(o)}
        assert {"see_path", "see_factors", "see_dof"} <= drawn
        assert "vnd.reglib" not in nbformat.writes(made)

    for student in shown:
        nbformat.validate(nbformat.read(course / f"submitted/{student}/ridge/ridge.ipynb", 4))
    in_course(course, "grader", "run", "ridge")
    with Gradebook(f"sqlite:///{course}/gradebook.db", "regularization") as gradebook:
        graded = {
            student: sum(
                grade.auto_score or 0
                for grade in gradebook.find_submission_notebook("ridge", "ridge", student).grades
                if grade.name.startswith("check_")
            )
            for student in shown
        }
    assert graded == shown
