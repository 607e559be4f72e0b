"""Let pages with explorers keep the goals that a reader has reached, where there is a desk."""

from sphinx.application import Sphinx

VIEW = "application/vnd.jupyter.widget-view+json"


def equip(app: Sphinx, page: str, template: str, context: dict, doctree: object) -> None:
    if app.config.desk_available and VIEW in context.get("body", ""):
        app.add_js_file("desk/goals.js", type="module")


def setup(app: Sphinx) -> dict:
    app.setup_extension("desk_files")  # which says whether there is a desk
    app.connect("html-page-context", equip)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
