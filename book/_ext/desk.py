"""The directive `{desk} ridge`: the notebook of an assignment as a page that can be worked in.

Its text is set as any text of the book, its code stands there to be read, and `desk-page.js` makes
editors of both where a learner may write. The page carries the release itself, so that what is
handed in is never made from another one than what was read.
"""

import html
import json
import re

from embed import embedded
from reread import addresses
from sphinx.application import Sphinx

from reglib.checks.entry import Assignment
from reglib.exercises import assignment, find
from reglib.exercises.task import places
from reglib.repository import path

_DESK = re.compile(r"^```\{desk\} +(\S+)\n```$", re.MULTILINE)
_CHECK = re.compile(r'check\("([\w.]+)", \w+\)')
_FENCE = "`" * 12  # longer than any in a notebook
WITHOUT = """\
:::{{div}} desk-without
Here you can read the notebook. To write in it and run it on this page, a script has to run, on a
site that was built with Python in it. Or take [the notebook](../{name}.md) to Jupyter.
:::"""


def page(name: str) -> str:
    """Return the text of an assignment's page, in MyST.

    Raises `LookupError` if there is no such assignment.
    """
    needs = _needs(assignment(name))
    notebook = json.loads(path("exercises", name, f"{name}.ipynb").read_text(encoding="utf-8"))
    parts = [
        _raw(f'<div class="desk" data-assignment="{name}"></div>'),
        WITHOUT.format(name=name),
        _raw(f'<script type="application/json" class="desk-release">{embedded(notebook)}</script>'),
    ]
    cells = notebook["cells"]
    for cell, following in zip(cells, [*cells[1:], None], strict=True):
        exercise = _exercise(following) if following else ""
        if exercise:
            label = exercise.partition(".")[2]
            parts += [_raw(f'<section data-exercise="{exercise}" aria-label="{label}">')]
        parts += _cell(cell, needs)
        if _exercise(cell):
            parts += [_raw("</section>")]
    return "\n\n".join(parts)


def _needs(every: Assignment) -> dict[str, list[str]]:
    """Return for each exercise itself and those that it builds on, near and far."""
    needs = {}
    for entry in every.entries:
        names = [entry.name]
        for name in names:
            names += [other for other in find(name).builds_on if other not in names]
        needs[entry.name] = names
    return needs


def _cell(cell: dict, needs: dict[str, list[str]]) -> list[str]:
    text, marks = _text(cell), cell["metadata"].get("nbgrader", {})
    facts = {"cell": cell["id"]}
    if cell["cell_type"] == "markdown":
        if not marks.get("solution"):
            return [re.sub(r"\A# .*\n", "", text)]  # the page has a title of its own
        facts["kind"] = "prose"
    else:
        facts["kind"] = "answer" if marks.get("solution") else "code"
        if exercise := _exercise(cell):
            facts |= {"kind": "check", "checks": exercise, "needs": " ".join(needs[exercise])}
        text = f"{_FENCE}python\n{text}\n{_FENCE}"
    data = "".join(f' data-{key}="{html.escape(value)}"' for key, value in facts.items())
    return [_raw(f'<div class="desk-cell"{data}>'), text, _raw("</div>")]


def _exercise(cell: dict) -> str:
    """Return the exercise that a cell checks, or ""."""
    found = _CHECK.fullmatch(_text(cell))
    return found[1] if found and cell["cell_type"] == "code" else ""


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
        app.env.metadata[docname]["desk"] = name


def equip(app: Sphinx, page: str, template: str, context: dict, doctree: object) -> None:
    if name := app.env.metadata.get(page, {}).get("desk"):
        app.add_css_file("desk.css")
        app.add_css_file("desk-page.css")
        if app.config.desk_available:
            labels = {}
            for entry in assignment(name).entries:
                labels |= places(entry)
            told = embedded(addresses(app, page, labels))
            app.add_js_file(None, body=told, type="application/json", **{"class": "desk-places"})
            app.add_js_file("desk/desk-page.js", type="module")


def setup(app: Sphinx) -> dict:
    app.setup_extension("desk_files")  # which says whether there is a desk
    app.connect("source-read", put_in)
    app.connect("html-page-context", equip)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
