"""What the notebooks say of an exercise, as plain data: the text, the stub, hints, a solution.

Each fact stands in one cell of the notebook in `solutions/`, or in the release that nbgrader made
of it, and is read from there.
"""

import ast
import json
import re
from functools import cache
from typing import Any

from reglib import repository
from reglib.checks.entry import Entry
from reglib.checks.written import example

_HINT = re.compile(r"<details><summary>(.+?)</summary>\s*(.+?)\s*</details>\s*", re.DOTALL)
_HEADING = re.compile(r"\A#+ +(?:\d+\. +)?(?:Your turn: |Stretch: )?(.+)\n+(?:\*.+\*\n+)?")
_SOLUTION = re.compile(r"^ *### (?:BEGIN|END) SOLUTION\n?", re.MULTILINE)


def task(entry: Entry) -> dict[str, Any]:
    """Return what a learner is asked for, as data that JSON can hold.

    exercise   its name
    title      of its section in the notebook
    sentence   what the function returns, in one sentence
    text       the task in Markdown, with the formula, the shapes and the words on the example
    signature  "def ridge_fit(X, y, lam):"
    stub       the cell in which the learner writes
    example    a Python session: the public example, with what it should give
    hints      pairs of a title and a text in Markdown, from the first to the last
    solution   the cell with our own answer
    points     for each behaviour of the rubric

    Raises `FileNotFoundError` where there are no notebooks around reglib.

    >>> from reglib.exercises import find
    >>> task(find("ridge.ridge_fit"))["sentence"]
    'Return (w, b) that minimise J; at λ = 0 the shortest such w.'
    """
    text, solved = _cells("solutions", entry)
    _, stub = _cells("exercises", entry)
    source, session = _SOLUTION.sub("", solved).rstrip(), example(entry)
    title = _HEADING.match(text)
    said = _HEADING.sub("", _HINT.sub("", text)).replace(f"```python\n{session}\n```", "")
    return {
        "exercise": entry.name,
        "title": title[1][0].upper() + title[1][1:],
        "sentence": ast.get_docstring(function(source, entry)),
        "text": said.strip(),
        "signature": f"def {entry.call}:",
        "stub": stub,
        "example": session,
        "hints": [{"title": title, "text": hint} for title, hint in _HINT.findall(text)],
        "solution": source,
        "points": dict(entry.rubric),
    }


def places(entry: Entry) -> dict[str, dict[str, str]]:
    """Return the sections of the book that a verdict on an exercise may send to, by their labels.

    Each has its title, that of its chapter, and its page as `_toc.yml` calls it. What
    `reglib.checks.page.verdict` is given has in place of the page the address, "href", that leads
    to the label from where the verdict is shown.

    >>> from reglib.exercises import find
    >>> places(find("ridge.ridge_fit"))["lambda-and-n"]
    {'title': 'One λ for every n', 'chapter': 'Penalties and ridge', 'page': 'book/penalties/ridge'}
    """
    labels = {entry.section, *(mistake.section for mistake in entry.known)}
    found = {}
    for label in sorted(labels):
        if titles := repository.titles(label):
            title, chapter = titles
            found[label] = {"title": title, "chapter": chapter, "page": repository.page(label)}
    return found


def function(source: str, entry: Entry) -> ast.FunctionDef:
    """Return the tree of the function of an exercise, out of the source of a cell."""
    (found,) = (
        node
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef) and node.name == entry.function
    )
    return found


def _cells(folder: str, entry: Entry) -> tuple[str, str]:
    """The cell in which the function is written, and before it the text above it."""
    cells = _sources(folder, entry.name.partition(".")[0])
    at = next(i for i, source in enumerate(cells) if f"def {entry.call}:" in source)
    return cells[at - 1], cells[at]


@cache
def _sources(folder: str, assignment: str) -> list[str]:
    file = repository.path(folder, assignment, f"{assignment}.ipynb")
    cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells]
