"""The directive `lesson`, by which a page calls itself one: its idea, its times, the next lesson.

    ```{lesson}
    :idea: A fit can be too free.
    :before: Python with NumPy, and what a mean is.
    :next: the-four-errors.md
    ```

The times are computed from the page: `reading.py` says what counts. Each fold shows its own, and
the page's head has the minutes to read and try: `<meta name="course:lesson" content="MINUTES">`.
"""

import os
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import directives
from reading import calls_itself_a_lesson, read
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from reglib.data import ledger


class next_lesson(nodes.General, nodes.Element):
    """Where a lesson leads; it is moved to the end of the page."""


class Lesson(SphinxDirective):
    option_spec = dict.fromkeys(("idea", "before", "next"), directives.unchanged_required)

    def run(self) -> list[nodes.Node]:
        if "idea" not in self.options:
            raise self.error("A lesson has one idea: say it as :idea:.")
        times = self.env.metadata[self.env.docname]["lesson"]
        box = nodes.container(classes=["lesson"])
        box += self.parse_text_to_nodes(f"**{self.options['idea']}**")
        box += self.parse_text_to_nodes(told(times))
        if before := self.options.get("before"):
            box += self.parse_text_to_nodes(f"Before: {before}")
        found = [box]
        if target := self.options.get("next"):
            found.append(next_lesson("", *self.parse_text_to_nodes(f"Next: [](<{target}>)")))
        return found


class Lessons(SphinxDirective):
    """`{lessons}`: a map of the lessons beside this page that it names, a line each."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        folder = Path(self.env.doc2path(self.env.docname)).parent
        lines = ["| lesson | its idea | to read and try | to write |", "|---|---|--:|--:|"]
        for name in self.content:
            page = folder / f"{name}.md"
            self.env.note_dependency(str(page))
            text = read(page.read_text(encoding="utf-8"))
            write = f"{text.writing} min" if text.writing else "–"
            idea = text.options["idea"]
            lines.append(f"| [](<{name}.md>) | {idea} | {text.minutes} min | {write} |")
        table = self.parse_text_to_nodes("\n".join(lines))
        return [nodes.container("", *table, classes=["lessons"])]


def told(times: dict[str, int]) -> str:
    """Return both times in words.

    >>> told({"read": 9, "write": 0})
    'To read and try: 9 min.'
    """
    words = f"To read and try: {times['read']} min."
    return words + (f" To write: {times['write']} min." if times["write"] else "")


def measure(app: Sphinx, docname: str, source: list[str]) -> None:
    """Before a lesson is read: note its times, and write those of its folds into their titles."""
    reads = Path(app.outdir).parent / "reads"
    reads.mkdir(parents=True, exist_ok=True)
    # The kernel that runs this page's code is started with it, and notes there what it reads.
    os.environ[ledger.READS] = str(reads / f"{docname.replace('/', '.')}.csv")
    if not calls_itself_a_lesson(source[0]):
        return
    text = read(source[0])
    app.env.metadata[docname]["lesson"] = {"read": text.minutes, "write": text.writing}
    lines = source[0].splitlines()
    for fold in text.everything()[1:]:
        if fold.title and fold.title in lines[fold.line]:
            lines[fold.line] += f" ({fold.minutes} min)"
    source[0] = "\n".join(lines) + "\n"


def finish(app: Sphinx, doctree: nodes.document) -> None:
    """Move what comes next to the end of the page's outermost section."""
    for node in list(doctree.findall(next_lesson)):
        home = node.parent
        while home.parent is not None and home.parent is not doctree:
            home = home.parent
        children = node.children
        node.parent.remove(node)
        home += nodes.container("", *children, classes=["lesson-next"])


def head(app: Sphinx, page: str, template: str, context: dict, doctree: object) -> None:
    if times := app.env.metadata.get(page, {}).get("lesson"):
        meta = f'\n<meta name="course:lesson" content="{times["read"]}" />'
        context["metatags"] = context.get("metatags", "") + meta


def setup(app: Sphinx) -> dict:
    app.add_directive("lesson", Lesson)
    app.add_directive("lessons", Lessons)
    app.add_node(next_lesson)
    app.connect("source-read", measure)
    app.connect("doctree-read", finish)
    app.connect("html-page-context", head)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
