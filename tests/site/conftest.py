"""A real browser, the whole book as it is published, and small pages with nothing but explorers."""

import functools
import json
import re
import shutil
import subprocess
import sys
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import desk_files
import pytest
from ipywidgets.embed import embed_data

from reglib.repository import path
from reglib.widgets import RidgeExplorer

ROOT = path()
STATIC = path("book", "_static")
HOST = [*STATIC.glob("explorer-*.js"), STATIC / "widget-host.js"]

# On a busy machine a page must not give up what would have come: its limits are longer.
UNHURRIED = """{
  const brief = setTimeout;
  window.setTimeout = (work, ms, ...rest) => brief(work, ms < 5000 ? ms : 100 * ms, ...rest);
}"""


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


@pytest.fixture(scope="session")
def serve():
    """Serve a folder on a free port of this machine; return its address."""
    servers = []

    def serve(folder):
        handler = functools.partial(QuietHandler, directory=str(folder))
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}/"

    yield serve
    for server in servers:
        server.shutdown()


@pytest.fixture(scope="session")
def built(once):
    """The folder of the whole book, built from nothing, with no warning."""
    return once("site", _build) / "_build" / "html"


def _build(out):
    jupyter_book = Path(sys.executable).with_name("jupyter-book")
    done = subprocess.run(
        [jupyter_book, "build", ROOT, "--path-output", out], capture_output=True, text=True
    )
    log = done.stdout + done.stderr
    warnings = re.findall(r".*WARNING: .*", log)
    if done.returncode or warnings:
        pytest.fail("\n".join(["The book does not build cleanly.", *warnings, log[-3000:]]))


@pytest.fixture(scope="session")
def pages(built):
    """The address of every page of the book, from its root, where there is only a signpost."""
    return sorted(
        str(page.relative_to(built))
        for page in built.rglob("*.html")
        if "_static" not in page.parts and page != built / "index.html"
    )


@pytest.fixture(scope="session")
def book(built, serve):
    return serve(built)


@pytest.fixture(scope="session")
def desk(once):
    """A folder with the desk as it is in the book, and a page of nothing but its engine."""

    def lay(folder):
        desk_files.lay(folder / "desk")
        shutil.copy(path("tests", "site", "engine.html"), folder)

    return once("desk", lay)


@pytest.fixture(scope="session")
def explorers(tmp_path_factory, serve):
    """Make a page that holds explorers the way a page of the book does; return its address."""
    folder = tmp_path_factory.mktemp("explorers")
    for script in HOST:
        shutil.copy(script, folder)
    desk = folder / "_static" / "desk"
    desk.mkdir(parents=True)
    for script in ("goals.js", "store.js"):
        shutil.copy(path("book", "_desk", script), desk)
    base = serve(folder)
    kind = "application/vnd.jupyter.widget"

    def explorers(*widgets, extra=""):
        data = embed_data(views=widgets, drop_defaults=False)
        views = "".join(
            f'<div class="output"><script type="{kind}-view+json">{json.dumps(spec)}</script></div>'
            f'<div class="output"><div class="explorer-static {getattr(widget, "_picture", "")}">'
            '<img alt="picture" src="data:image/gif;base64,R0lGODlhAQABAAAAACw="></div></div>'
            for widget, spec in zip(widgets, data["view_specs"], strict=True)
        )
        state = json.dumps(data["manager_state"]).replace("</", "<\\/")
        name = f"{widgets[0].model_id}.html"
        (folder / name).write_text(
            '<!doctype html><html lang="en"><meta charset="utf-8"><title>Explorers</title>'
            '<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">'
            '<script type="module" src="explorer-host.js"></script>'
            f'<script type="{kind}-state+json">{state}</script><main><h1>Explorers</h1>'
            f"{views}{extra}",
            encoding="utf-8",
        )
        return base + name

    return explorers


@pytest.fixture
def visit(browser):
    """Open a page. When the test ends, no request may have left its host, and no error occurred."""
    visits = []

    def visit(address, errors_allowed=False, until="load", **options):
        context = browser.new_context(**{"viewport": {"width": 1200, "height": 900}} | options)
        context.add_init_script(UNHURRIED)
        page = context.new_page()
        page.requested, page.errors = [], []
        page.on("request", lambda request: page.requested.append(request.url))
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        page.on(
            "console",
            lambda message: (
                message.type == "error"
                and page.errors.append(f"{message.text} ({message.location['url']})")
            ),
        )
        visits.append((address, context, page, errors_allowed))
        page.goto(address, wait_until=until)
        return page

    yield visit
    for address, context, page, errors_allowed in visits:
        host = re.match(r"https?://[^/]+/", address)[0]
        left = [url for url in page.requested if not url.startswith((host, "data:", "blob:"))]
        context.close()
        assert not left, f"{address} asked other hosts: {left}"
        assert errors_allowed or not page.errors, f"{address} reported: {page.errors}"


@pytest.fixture
def tour(visit, book):
    """Open one page of the book after another in the same window, its explorers running."""
    all_running = """() => document.querySelectorAll(".explorer").length ===
        document.querySelectorAll("script[type='application/vnd.jupyter.widget-view+json']").length"""

    def tour(pages, **options):
        window = visit(book + pages[0], until="networkidle", **options)
        for page in pages:
            window.goto(book + page, wait_until="networkidle")
            window.wait_for_function(all_running)
            yield page, window

    return tour


@pytest.fixture
def show(visit, explorers):
    """Open a page with one explorer."""

    def show(explorer, **options):
        page = visit(explorers(explorer), **options)
        if options.get("java_script_enabled", True):
            page.wait_for_selector(".explorer")
        return page

    return show


@pytest.fixture
def ridge(show):
    """Open a page with one ridge explorer in a given state."""
    return lambda traits=None, **options: show(RidgeExplorer(**traits or {}), **options)
