"""The course in Firefox: from a wrong function in the lesson to the file to hand in."""

import os
import shutil
import sys
from pathlib import Path

import firefox
import nbformat
import pytest
from learner import MISTAKE, PAGE, RIGHT, WRONG, Desk, Hands
from patience import HANG
from playwright.sync_api import expect


@pytest.fixture(scope="module")
def launch():
    """Start Firefox."""
    if not shutil.which(firefox.COMMAND):
        pytest.skip(f"{firefox.COMMAND} is not installed")
    search = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return lambda playwright: playwright.firefox.launch(
        channel="moz-firefox",  # which Playwright drives by WebDriver BiDi
        executable_path=firefox.__file__,
        env={**os.environ, "PATH": search},
        timeout=1000 * HANG,
    )


@pytest.mark.long
def test_from_a_wrong_function_in_the_lesson_to_the_notebook(visit, book, tmp_path):
    page = visit(book + PAGE)
    hands = Hands(page, "ridge.ridge_fit")
    hands.content.focus()
    hands.press("ControlOrMeta+a")
    for i, line in enumerate(WRONG.splitlines()):
        if i:
            hands.press("Enter")
        page.keyboard.type(line.strip())
    assert hands.text == WRONG
    hands.press("Escape")
    hands.tab("Run", "Check")
    first = hands.do("Check")
    assert "What came" in first and "What should come" in first and "✗" in first
    assert MISTAKE not in first
    hands.tab("Reset", "What is it?")
    hands.press("Enter")
    expect(hands.status).to_contain_text(MISTAKE)

    # What does not end is stopped, and Python is there again.
    hands.run_without_end()
    assert "Stopped. Your code is kept." in hands.do("Stop")
    hands.write(RIGHT)
    assert "6 of 6 points" in hands.do("Check")
    tick = hands.section.locator(".practice-tick")
    expect(tick).to_have_text("✓ passed")

    # Down to the last key it is there another day, and in the assignment, whose file is to hand in.
    last = f"{RIGHT}  # mine"
    hands.write(last)
    page.reload()
    assert Hands(page, "ridge.ridge_fit").text == last
    expect(tick).to_have_text("✓ passed")
    page.goto(f"{book}book/assignments/desk/ridge.html")
    at = Desk(page)
    assert at.text("ridge_fit") == last
    assert at.points == 0
    at.press("Check", at.exercise("ridge_fit"))
    assert at.points == 6
    made = at.download(tmp_path / "ridge.ipynb")
    nbformat.validate(made)
    cells = {cell.id: cell for cell in made.cells}
    assert cells["ridge_fit"].source == last
    assert cells["check_ridge_fit"].outputs[-1]["data"]["text/plain"] == "6.0"
