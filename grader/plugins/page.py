"""How nbgrader shows a notebook to people: in formgrader and in the page of feedback.

Both use nbconvert's `HTMLExporter` as `nbgrader_config.py` sets it up. What a learner wrote goes
through `grader.results.shown`, and nothing else of hers reaches a template.
"""

from collections.abc import Callable, Mapping
from typing import Any

import nbformat
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape
from nbconvert.exporters import HTMLExporter
from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from nbformat.v4 import new_output

from grader.results import shown

PRINTED = ("stream", "error")
# What is shown of an output: the first of these that it has.
KINDS: Mapping[str, Callable[[str], Markup]] = {
    "text/html": shown.fragment,
    "text/markdown": shown.markdown,
    "text/latex": shown.formula,
}
PICTURES = ("image/png", "image/jpeg")
# A second wall, where no server sends one: MathJax may come and run, and nothing else may be
# loaded, framed, sent or followed from.
POLICY = (
    "default-src 'none'; base-uri 'none'; form-action 'none'; img-src data:; "
    "style-src 'unsafe-inline' https://cdnjs.cloudflare.com; "
    "font-src https://cdnjs.cloudflare.com; "
    "script-src 'unsafe-inline' 'unsafe-eval' https://cdnjs.cloudflare.com; "
    "connect-src https://api.cdnjs.com"
)


@pass_context
def markdown(context: Context, text: str) -> Markup:
    """Render a cell, or a comment on it, with what is attached to the cell."""
    return shown.markdown(text, context.get("cell", {}).get("attachments", {}))


def harmless(text: Any) -> Markup:
    """Let through what has been rendered here, and render what has not."""
    return text if isinstance(text, Markup) else shown.fragment(text)


# In place of nbconvert's own filters of these names.
FILTERS = {
    "ansi2html": shown.printed,
    "clean_html": harmless,
    "highlight_code": lambda text, metadata=None: shown.code(text),
    "markdown2html": markdown,
    "strip_files_prefix": lambda text: text,
}


class Harmless(Preprocessor):
    """Leave of a notebook what is shown, in a form that no template can make more of."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        for key in ("first_name", "last_name", "student"):
            if resources.get(key):
                resources[key] = shown.name(resources[key])
        if "notebook_path" in resources:
            resources["notebook_path"] = escape(resources["notebook_path"])
        bare = nbformat.v4.new_notebook(cells=[_cell(cell) for cell in nb.cells])
        bare.nbformat_minor = 4  # in which cells have no ids
        return bare, resources


def _cell(cell: NotebookNode) -> NotebookNode:
    marks = cell.metadata.get("nbgrader")
    kept = NotebookNode(
        cell_type="code" if cell.cell_type == "code" else "markdown",
        metadata=NotebookNode({"nbgrader": marks} if marks else {}),
        source=cell.source,
    )
    if kept.cell_type == "code":
        count = cell.get("execution_count")
        kept.execution_count = count if isinstance(count, int) else None
        kept.outputs = [_output(output) for output in cell.outputs]
    elif cell.get("attachments"):
        kept.attachments = cell.attachments
    return kept


def _output(output: NotebookNode) -> NotebookNode:
    if output.output_type in PRINTED:
        return output
    data = output.data
    for kind, render in KINDS.items():
        if kind in data:
            return new_output("display_data", data={"text/html": render(_joined(data[kind]))})
    for kind in PICTURES:
        if kind in data:
            picture = f'<img src="data:{kind};base64,{"".join(_joined(data[kind]).split())}">'
            return new_output("display_data", data={"text/html": shown.fragment(picture)})
    text = _joined(data.get("text/plain", "An output of a kind that is not shown."))
    if output.output_type == "execute_result":
        count = output.get("execution_count")
        count = count if isinstance(count, int) else None
        return new_output("execute_result", data={"text/plain": text}, execution_count=count)
    return new_output("display_data", data={"text/plain": text})


def _joined(text: Any) -> str:
    return "".join(map(str, text)) if isinstance(text, list) else str(text)


class FeedbackPage(HTMLExporter):
    """The page of feedback, with a policy of its own: it is opened from wherever it was sent to."""

    def from_notebook_node(
        self, nb: NotebookNode, resources: dict | None = None, **settings: Any
    ) -> tuple[str, dict]:
        page, resources = super().from_notebook_node(nb, resources, **settings)
        meta = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        referrer = '<meta name="referrer" content="no-referrer">'
        return page.replace("<head>", f"<head>\n{meta}\n{referrer}", 1), resources
