"""What the site gives away: the learner's wheel of reglib, and every notebook.

All of it lies in `downloads/`. The wheel holds `reglib` alone, and its version ends in a hash of
what is in it, so that pip installs a changed one. A page knows where the wheel lies by a link in
its head; `take.js` then puts the cell that installs it in front of a notebook.
"""

import hashlib
import shutil
import tempfile
import tomllib
from pathlib import Path
from urllib.parse import quote

from hatchling.builders.wheel import WheelBuilder
from hatchling.metadata.core import ProjectMetadata
from hatchling.plugin.manager import PluginManager
from sphinx.application import Sphinx

from reglib.exercises import ASSIGNMENTS
from reglib.repository import path


def wheel(folder: Path) -> Path:
    """Write the learner's wheel of reglib into a folder; return its path.

    Equal content gives an equal name, and equal bytes.
    """
    with tempfile.TemporaryDirectory() as scratch:
        digest = hashlib.sha256(_built(Path(scratch)).read_bytes()).hexdigest()
    return _built(folder, f"+h{digest[:12]}")


def _built(folder: Path, ending: str = "") -> Path:
    project = tomllib.loads(path("pyproject.toml").read_text(encoding="utf-8"))
    extras = project["project"]["optional-dependencies"]
    project["project"]["optional-dependencies"] = {"lab": extras["lab"]}
    del project["project"]["readme"]  # it is about the repository
    project["project"]["version"] += ending
    project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"] = ["reglib"]
    plugins = PluginManager()
    metadata = ProjectMetadata(str(path()), plugins, project)
    builder = WheelBuilder(str(path()), plugins, project, metadata)
    (made,) = builder.build(directory=str(folder), versions=["standard"])
    return Path(made)


def notebooks() -> dict[str, Path]:
    """Return the released notebooks, by the name of their assignment."""
    return {name: path("exercises", name, f"{name}.ipynb") for name in ASSIGNMENTS}


def write(app: Sphinx) -> None:
    if app.builder.format != "html":
        return
    folder = Path(app.outdir, "downloads")
    shutil.rmtree(folder, ignore_errors=True)  # a wheel of before has another name
    folder.mkdir(parents=True)
    app.env.course_wheel = wheel(folder).name
    for file in notebooks().values():
        shutil.copy(file, folder)


def tell(app: Sphinx, page: str, template: str, context: dict, doctree: object) -> None:
    if app.builder.format == "html":
        address = "../" * page.count("/") + f"downloads/{quote(app.env.course_wheel)}"
        meta = f'\n<meta name="course-wheel" content="{address}" />'
        context["metatags"] = context.get("metatags", "") + meta


def setup(app: Sphinx) -> dict:
    app.connect("builder-inited", write)
    app.connect("html-page-context", tell)
    app.add_js_file("take.js", type="module")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
