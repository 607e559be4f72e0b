"""The directive `practice`: one function to write in the page, with all that its exercise knows.

The page holds the task, hints, a stub and a sentence on what to do without a script. `practice.js`
finds the element, puts an editor in the place of the stub, and takes the rest from its JSON.
"""

from html import escape

from docutils import nodes
from embed import embedded
from reread import addresses
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from reglib.exercises import find
from reglib.exercises.missing import missing
from reglib.exercises.order import order
from reglib.exercises.task import places, task

WITHOUT = (
    "You can write and check this function here, in a page with scripts and with the course's "
    "Python. Without them, write it in the notebook of the "
    "[assignment](../assignments/{home}.md), whose checks say the same."
)


class practice(nodes.General, nodes.Element):
    """The element of an exercise: its `name`, `function` and `places`, `data` for the script."""


class Practice(SphinxDirective):
    """What it contains is where a learner starts, with `...` for what is missing; else the stub."""

    required_arguments = 1
    has_content = True

    def run(self) -> list[nodes.Node]:
        (name,) = self.arguments
        try:
            entry = find(name)
        except LookupError as problem:
            raise self.error(str(problem)) from None
        said = task(entry)
        start = "\n".join(self.content) or said["stub"]
        node = practice(
            name=name,
            function=entry.function,
            places=places(entry),
            data={
                "function": entry.function,
                "stub": start,
                "gaps": missing(entry),
                "order": order(entry),
            },
        )
        title = nodes.paragraph("", "", classes=["practice-title"])
        title += [nodes.strong("", "Write it: "), nodes.literal("", entry.call)]
        node += [title, nodes.paragraph("", said["sentence"])]
        node += _code(said["example"], "pycon")
        for words, text in [("The task in full", said["text"]), *_titled(said["hints"])]:
            node += _html(f'<details class="practice-hint"><summary>{escape(words)}</summary>')
            node += self.written(text)
            node += _html("</details>")
        static = nodes.container(classes=["practice-static"])
        static += _code(start, "python")
        static += self.written(WITHOUT.format(home=name.partition(".")[0]))
        node += static
        solution = addnodes.only(expr="html")  # in print nothing hides it
        solution += _html('<div class="practice-solution" hidden>')
        solution += _code(said["solution"], "python")
        solution += _html("</div>")
        node += solution
        return [node]

    def written(self, markdown: str) -> nodes.container:
        return nodes.container("", *self.parse_text_to_nodes(markdown))


def _titled(hints: list[dict[str, str]]) -> list[tuple[str, str]]:
    return [(hint["title"], hint["text"]) for hint in hints]


def _code(source: str, language: str) -> nodes.literal_block:
    return nodes.literal_block(source, source, language=language)


def _html(source: str) -> nodes.raw:
    return nodes.raw("", source, format="html")


def address(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """Say how to come from this page to the sections that a verdict may send to."""
    for node in doctree.findall(practice):
        node["data"] |= {"places": addresses(app, page, node["places"])}


def visit_html(self, node: practice) -> None:
    self.body.append(
        f'<section class="practice" data-exercise="{escape(node["name"])}" '
        f'aria-label="Practice: {escape(node["function"])}">\n'
    )


def depart_html(self, node: practice) -> None:
    data = embedded(node["data"])
    self.body.append(f'<script type="application/json">{data}</script>\n</section>\n')


def skip(self, node: practice) -> None:
    """In print there is the task, and the stub as code."""


def equip(app: Sphinx, page: str, template: str, context: dict, doctree: object) -> None:
    if doctree and next(doctree.findall(practice), None):
        app.add_css_file("desk.css")
        if app.config.desk_available:
            app.add_js_file("desk/practice.js", type="module")


def setup(app: Sphinx) -> dict:
    app.setup_extension("desk_files")  # which says whether there is a desk
    app.add_directive("practice", Practice)
    shown = {builder: (skip, skip) for builder in ("latex", "text")}
    app.add_node(practice, html=(visit_html, depart_html), **shown)
    app.connect("doctree-resolved", address)
    app.connect("html-page-context", equip)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
