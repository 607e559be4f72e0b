"""The explorer that CONTRIBUTING.md adds, added as it says to a copy of the course."""

import functools
import re
import sys
from pathlib import Path

import pytest
import yaml
from axe_playwright_python.sync_playwright import Axe
from copies import copy_of_the_course, python
from hands import numbers, settle, slider

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def recipe():
    """What CONTRIBUTING.md says: the files by their path, and the cell."""
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    section = re.search(r"\n## Add an explorer\n(.*?)\n## ", page, re.DOTALL)[1]
    files = {path: text for path, text in re.findall(r"\n```\w+ (\S+)\n(.*?)```\n", section, re.S)}
    assert sorted(files) == ["reglib/widgets/one_weight.js", "reglib/widgets/one_weight.py"]
    return files, re.search(r"\n````md\n(.*?)````\n", section, re.S)[1]


@pytest.fixture(scope="module")
def course(tmp_path_factory, recipe):
    """A copy of the course with the explorer; commands import the copy's own reglib."""
    folder = copy_of_the_course(tmp_path_factory.mktemp("copy") / "course")
    for path, text in recipe[0].items():
        assert not (folder / path).exists()
        (folder / path).write_text(text, encoding="utf-8")

    return folder, functools.partial(python, folder)


def test_its_files_are_in_the_style_of_the_course(course, recipe):
    _, run = course
    paths = [path for path in recipe[0] if path.endswith(".py")]
    run("-m", "ruff", "check", *paths)
    run("-m", "ruff", "format", "--check", *paths)


def test_it_is_held_to_what_every_explorer_keeps(course):
    _, run = course
    told = run("-m", "pytest", "-q", "-n", "0", "reglib/widgets", "tests/widgets/test_explorer.py")
    assert "failed" not in told
    told = run(
        *("-m", "pytest", "-q", "-n", "0", "tests/site/test_every_explorer.py"),
        *("-k", "OneWeightExplorer"),
    )
    assert int(re.search(r"(\d+) passed", told)[1]) >= 6


def test_it_shares_its_trait_with_a_kernel(course):
    _, run = course
    told = run("-m", "pytest", "-q", "-n", "0", "-rA", "tests/site/test_lab.py")
    assert "OneWeightExplorer answers" in told


def test_it_works_on_a_page_of_the_book(course, recipe, serve, visit):
    folder, run = course
    head = (ROOT / "book" / "index.md").read_text(encoding="utf-8").split("\n# ")[0]
    (folder / "book" / "lesson.md").write_text(f"{head}\n# A lesson\n\n{recipe[1]}", "utf-8")
    (folder / "_toc.yml").write_text(yaml.dump({"format": "jb-book", "root": "book/lesson"}))
    run(Path(sys.executable).with_name("jupyter-book"), "build", ".")
    html = folder / "_build" / "html"
    page = visit(serve(html) + "book/lesson.html", until="networkidle")
    page.locator(".explorer").wait_for()
    assert numbers(page)["w of the least sum"] == pytest.approx(0.5, rel=1e-12)
    slider(page, "λ, the strength of the penalty").press("End")
    settle(page)
    assert numbers(page)["w of the least sum"] == pytest.approx(1 / 11, rel=1e-12)
    assert not page.locator(".explorer-static img").is_visible()
    # The style of the book is no more in its way than that of a page.
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.wait_for_selector(f"html[data-theme={scheme}]")
        found = Axe().run(page, ".explorer", {"resultTypes": ["violations"], "preload": False})
        assert not found.response["violations"]
