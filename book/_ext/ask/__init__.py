"""What a lesson asks: the directives `question`, `predict`, `predict-again` and `testme`.

The page holds each question whole, with its answer folded, so that it can be read where no script
runs and in print. `_desk/ask.js` finds the elements and makes forms of them.
"""

from sphinx.application import Sphinx

from ask.block import block, depart, enter, enter_text, leave_text, skip_latex
from ask.directives import Again, Predict, Question, TestMe


def equip(app: Sphinx, page: str, template: str, context: dict, doctree: object) -> None:
    """Give the script and its style to a page on which something is asked."""
    if doctree and any("data-page" in node["attributes"] for node in doctree.findall(block)):
        app.add_css_file("desk.css")
        app.add_css_file("ask.css")
        if app.config.desk_available:
            app.add_js_file("desk/ask.js", type="module")


def setup(app: Sphinx) -> dict:
    app.setup_extension("desk_files")  # which says whether there are scripts
    for name, directive in {
        "question": Question,
        "predict": Predict,
        "predict-again": Again,
        "testme": TestMe,
    }.items():
        app.add_directive(name, directive)
    app.add_node(
        block,
        html=(enter, depart),
        text=(enter_text, leave_text),
        latex=(skip_latex, lambda self, node: None),
    )
    app.connect("html-page-context", equip)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
