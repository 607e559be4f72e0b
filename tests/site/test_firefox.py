"""The lesson's function by keyboard in Firefox."""

import os
import shutil
import sys
from pathlib import Path

import firefox
import pytest
from learner import HEAD, MISTAKE, PAGE, RIGHT, WRONG, Hands
from patience import HANG
from playwright.sync_api import expect, sync_playwright


@pytest.fixture(scope="module")
def browser():
    """Firefox in the place of Chromium."""
    if not shutil.which(firefox.COMMAND):
        pytest.skip(f"{firefox.COMMAND} is not installed")
    search = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    with sync_playwright() as playwright:
        browser = playwright.firefox.launch(
            channel="moz-firefox",  # which Playwright drives by WebDriver BiDi
            executable_path=firefox.__file__,
            env={**os.environ, "PATH": search},
            timeout=1000 * HANG,
        )
        browser.on("context", lambda context: context.set_default_timeout(1000 * HANG))
        expect.set_options(timeout=1000 * HANG)
        yield browser
        browser.close()


@pytest.mark.long
def test_by_keyboard_from_a_wrong_function_to_one_that_passes(visit, book):
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
    hands.button("What is it?").press("Enter")
    expect(hands.status).to_contain_text(MISTAKE)

    hands.write(f"{HEAD}\n    while True: pass\n\nridge_fit(0, 0, 0)")
    hands.button("Run").press("Enter")
    hands.press("Tab")
    hands.tab("Stop")
    expect(hands.status).to_have_text("Working …")
    assert "Stopped. Your code is kept." in hands.do("Stop")

    hands.write(RIGHT)
    assert "6 of 6 points" in hands.do("Check")
    expect(hands.section.locator(".practice-tick")).to_have_text("✓ passed")
