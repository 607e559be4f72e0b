"""The directive `{desk} ridge`: the notebook of an assignment as a page that can be worked in.

Its text is set as any text of the book, its code stands there to be read, and `desk-page.js` makes
editors of both where a learner may write. The page carries the release itself, so that what is
handed in is never made from another one than what was read.
"""

import html
import json
import re

from sphinx.application import Sphinx

from reglib.repository import path

_DESK = re.compile(r"^```\{desk\} +(\S+)\n```$", re.MULTILINE)
_CHECK = re.compile(r'check\("([\w.]+)", \w+\)')
_FENCE = "`" * 12  # longer than any in a notebook


def page(name: str) -> str:
    """Return the text of an assignment's page, in MyST.

    Raises `FileNotFoundError` if there is no such assignment.
    """
    file = path("exercises", name, f"{name}.ipynb")
    if not file.exists():
        raise FileNotFoundError(
            f"{{desk}} {name}: there is no {file}. Name an assignment, or run `make exercises`."
        )
    notebook = json.loads(file.read_text(encoding="utf-8"))
    cells = notebook["cells"]
    exercises = [found[1] for cell in cells if (found := _CHECK.fullmatch(_text(cell)))]
    release = json.dumps(notebook).replace("</", "<\\/")
    head = (
        f'<div class="desk" data-assignment="{name}"'
        f' data-exercises="{" ".join(exercises)}"></div>'
        f'<script type="application/json" class="desk-release">{release}</script>'
    )
    return "\n\n".join([_raw(head), *map(_cell, cells)])


def _cell(cell: dict) -> str:
    text, marks = _text(cell), cell["metadata"].get("nbgrader", {})
    if cell["cell_type"] == "markdown":
        if not marks.get("solution"):
            return re.sub(r"\A# .*\n", "", text)  # the page has a title of its own
        kind = "prose"
    else:
        kind = "check" if _CHECK.fullmatch(text) else "answer" if marks.get("solution") else "code"
        text = f"{_FENCE}python\n{text}\n{_FENCE}"
    facts = {"cell": cell["id"], "kind": kind}
    if kind == "check":
        facts["exercise"] = _CHECK.fullmatch(_text(cell))[1]
    data = "".join(f' data-{key}="{html.escape(value)}"' for key, value in facts.items())
    return "\n\n".join([_raw(f'<div class="desk-cell"{data}>'), text, _raw("</div>")])


def _raw(text: str) -> str:
    return f"{_FENCE}{{raw}} html\n{text}\n{_FENCE}"


def _text(cell: dict) -> str:
    return "".join(cell["source"])


def put_in(app: Sphinx, docname: str, source: list[str]) -> None:
    # Before the page is read, since a directive of MyST may hold no sections.
    for name in _DESK.findall(source[0]):
        text = page(name)
        source[0] = _DESK.sub(lambda _, text=text: text, source[0], count=1)
        app.env.dependencies[docname].add(str(path("exercises", name, f"{name}.ipynb")))


def setup(app: Sphinx) -> dict:
    app.connect("source-read", put_in)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
