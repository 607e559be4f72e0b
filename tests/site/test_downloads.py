"""A lesson is taken from its page to Jupyter."""

import re
from urllib.request import urlopen

import lessons
import nbformat


def test_a_lesson_is_taken_to_jupyter_with_the_cell_that_installs_the_library(visit, book, built):
    offered = {
        (file.relative_to(built).with_suffix("").as_posix(), name)
        for file in built.glob("book/**/*.html")
        for name in re.findall(r'href="[./]*downloads/(lesson-[^"]+)"', file.read_text("utf-8"))
    }
    assert offered == {(page, name) for name, page in lessons.lessons().items()}

    page = visit(book + "book/penalties/ridge.html")
    page.get_by_role("button", name="Download this page").press("Enter")
    with page.expect_download() as saved:
        page.get_by_role("link", name=".ipynb").press("Enter")
    assert saved.value.suggested_filename == "lesson-ridge.ipynb"
    install, *cells = nbformat.read(saved.value.path(), 4).cells
    assert install.id == "install-reglib"
    address = re.search(r'"reglib @ (\S+)"', install.source)[1]
    assert address.startswith(book) and urlopen(address).status == 200
    # It tells the same numbers as the page.
    number = re.compile(r"off by \d+")
    told = page.get_by_text("is the root of the").inner_text()
    text = " ".join(" ".join(cell.source for cell in cells).split())
    assert len(number.findall(told)) == 3
    assert " ".join(told.split()) in text
