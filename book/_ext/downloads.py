"""What the site gives away: the learner's wheel of reglib, and every notebook.

All of it lies in `downloads/`. The wheel holds `reglib` alone, and its version ends in a hash of
what is in it, so that pip installs a changed one. A page knows where the wheel lies by a link in
its head; `take.js` then puts the cell that installs it in front of a notebook. A lesson's notebook
is offered where its page is, in the menu at the top.
"""

import hashlib
import json
import shutil
import tomllib
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

import lessons
import nbformat
from docutils import nodes
from hatchling.builders.wheel import WheelBuilder
from hatchling.metadata.core import ProjectMetadata
from hatchling.plugin.manager import PluginManager
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util.docutils import SphinxDirective

from reglib.exercises import ASSIGNMENTS
from reglib.repository import path

PLACE = '<span class="wheel-address">ADDRESS</span>'  # take.js puts the wheel's there


def wheel(folder: Path) -> Path:
    """Write the learner's wheel of reglib into a folder; return its path.

    Equal content gives an equal name, and equal bytes.
    """
    project = tomllib.loads(path("pyproject.toml").read_text(encoding="utf-8"))
    extras = project["project"]["optional-dependencies"]
    project["project"]["optional-dependencies"] = {"lab": extras["lab"]}
    del project["project"]["readme"]  # it is about the repository
    project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"] = ["reglib"]
    digest = hashlib.sha256(json.dumps(project).encode() + path("LICENSE").read_bytes())
    files = {f.distribution_path: f.path for f in _builder(project).recurse_included_files()}
    for name, file in sorted(files.items()):
        digest.update(name.encode() + Path(file).read_bytes())
    project["project"]["version"] += f"+h{digest.hexdigest()[:12]}"
    (made,) = _builder(project).build(directory=str(folder), versions=["standard"])
    return Path(made)


def _builder(project: dict) -> WheelBuilder:
    plugins = PluginManager()
    metadata = ProjectMetadata(str(path()), plugins, project)
    return WheelBuilder(str(path()), plugins, project, metadata)


def notebooks() -> dict[str, Path]:
    """Return the released notebooks, by the name of their assignment."""
    return {name: path("exercises", name, f"{name}.ipynb") for name in ASSIGNMENTS}


def write(app: Sphinx, config: Config) -> None:
    # Before Sphinx compares what it is told with the last time: another wheel makes all pages anew.
    folder = Path(app.outdir, "downloads")
    shutil.rmtree(folder, ignore_errors=True)  # a wheel of before has another name
    folder.mkdir(parents=True)
    config.course_wheel = wheel(folder).name
    for file in notebooks().values():
        shutil.copy(file, folder)


def write_lessons(app: Sphinx, exception: Exception | None) -> None:
    # When the numbers in their texts are known, which MyST-NB keeps beside what it has executed.
    if exception or app.builder.format != "html":
        return
    for name, page in lessons.lessons().items():
        if page not in app.env.found_docs:
            continue
        kept = Path(app.env.mystnb_config.output_folder, f"{page}.glue.json")
        glued = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}
        numbers = {name: output["data"]["text/plain"] for name, output in glued.items()}
        text = nbformat.writes(lessons.notebook(page, numbers))
        Path(app.outdir, "downloads", name).write_text(f"{text}\n", encoding="utf-8")


def offer(app: Sphinx, page: str, template: str, context: dict, doctree: object) -> None:
    """Add a lesson's notebook to what the theme offers to download of its page."""
    for name in (name for name, lesson in lessons.lessons().items() if lesson == page):
        (group,) = (b for b in context["header_buttons"] if b["label"] == "download-buttons")
        group["buttons"].insert(
            0,
            {
                "type": "link",
                "url": f"{_address(page)}downloads/{name}",
                "text": ".ipynb",
                "icon": "fas fa-code",
                "tooltip": "Download this lesson as a notebook for Jupyter",
                "label": "download-notebook-button",
            },
        )


def _address(page: str) -> str:
    """Return the way from a page to the root of the book."""
    return "../" * page.count("/")


def tell(app: Sphinx, page: str, template: str, context: dict, doctree: object) -> None:
    place = f"{_address(page)}downloads/{quote(app.config.course_wheel)}"
    meta = f'\n<meta name="course-wheel" content="{place}" />'
    context["metatags"] = context.get("metatags", "") + meta


class Take(SphinxDirective):
    """`{take} ridge`: how to do an assignment in the page, and how in Jupyter."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        (name,) = self.arguments
        if name not in ASSIGNMENTS:
            raise self.error(f"There is no assignment {name!r}: try {', '.join(ASSIGNMENTS)}.")
        box = path("book", "_boxes", "take.md")
        self.env.note_dependency(str(box))
        text = box.read_text(encoding="utf-8").format(
            name=name,
            root=_address(self.env.docname),
            wheel=quote(self.config.course_wheel),
            windows=_commands("py -m venv course", "course\\Scripts\\"),
            unix=_commands("python3 -m venv course", "course/bin/"),
            launches=_launched(launches(name, self.config.course_repository)),
        )
        return self.parse_text_to_nodes(text)


def _launched(links: list[tuple[str, str]]) -> str:
    """Where to open it elsewhere; Binder alone installs what the repository asks for."""
    if not links:
        return ""
    there = ", ".join(f"[{site}]({url})" for site, url in links)
    bare = " and ".join(site for site, _ in links if site != "Binder")
    line = _verbatim(f'%pip install --quiet "reglib @ {PLACE}"')
    told = f" In {bare}, first add a cell at the top and run it:\n\n{line}" if bare else ""
    return f"Or open it in {there}.{told}"


def _commands(first: str, programs: str) -> str:
    install = f'{programs}python -m pip install "reglib[lab] @ {PLACE}"'
    return _verbatim(first, install, f"{programs}jupyter lab")


def _verbatim(*lines: str) -> str:
    return "\n".join(["```{raw} html", f'<pre tabindex="0">{chr(10).join(lines)}</pre>', "```"])


def launches(name: str, repository: dict[str, str]) -> list[tuple[str, str]]:
    """Return where an assignment can be opened, if the course's repository is somewhere.

    >>> launches("ridge", {})
    []
    >>> launches("ridge", {"url": "https://github.com/school/course"})[0][1]
    'https://colab.research.google.com/github/school/course/blob/main/exercises/ridge/ridge.ipynb'
    """
    if not (url := repository.get("url", "").removesuffix(".git").rstrip("/")):
        return []
    branch, file = repository.get("branch", "main"), f"exercises/{name}/{name}.ipynb"
    found = []
    host, home = urlsplit(url).netloc, urlsplit(url).path.strip("/")
    if host == "github.com":
        colab = "https://colab.research.google.com/github"
        found += [("Colab", f"{colab}/{home}/blob/{quote(branch)}/{file}")]
        binder = f"https://mybinder.org/v2/gh/{home}/{quote(branch, safe='')}"
        found += [("Binder", f"{binder}?{urlencode({'urlpath': f'lab/tree/{file}'})}")]
    if hub := repository.get("hub", "").rstrip("/"):
        asked = {"repo": url, "branch": branch, "urlpath": f"lab/tree/{home.split('/')[-1]}/{file}"}
        found += [("your JupyterHub", f"{hub}/hub/user-redirect/git-pull?{urlencode(asked)}")]
    return found


def link(app: Sphinx, config: Config) -> None:
    """Link to the repository from every page."""
    if url := config.course_repository.get("url"):
        config.html_theme_options |= {"repository_url": url, "use_repository_button": True}


def setup(app: Sphinx) -> dict:
    app.add_config_value("course_repository", {}, "env", dict)
    app.add_config_value("course_wheel", "", "env", str)
    app.add_directive("take", Take)
    app.connect("config-inited", link)
    app.connect("config-inited", write)
    app.connect("html-page-context", tell)
    app.connect("html-page-context", offer, priority=900)  # after the theme
    app.connect("build-finished", write_lessons)
    app.add_js_file("take.js", type="module")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
