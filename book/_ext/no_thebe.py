"""Keep Thebe's scripts out of the pages.

The book's cells need no remote kernel. Jupyter Book adds Thebe all the same, and Sphinx 7 writes
its inline script twice, which the browser reports as an error on every page.
"""

from sphinx.application import Sphinx


def drop(app: Sphinx, page: str, template: str, context: dict, doctree: object) -> None:
    def about_thebe(script: object) -> bool:
        return "thebe" in f"{script.filename} {script.attributes.get('body')}".lower()

    context["script_files"] = [
        script for script in context["script_files"] if not about_thebe(script)
    ]


def setup(app: Sphinx) -> dict:
    # Last, after every extension has added its own to the list.
    app.connect("html-page-context", drop, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
