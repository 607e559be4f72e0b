"""The site without a connection: what is kept when, and that two builds never mix.

A small site stands for the book. Each of its files says of which build it is.
"""

import functools
import gzip
import hashlib
import json
import shutil
import threading
from collections import Counter
from http.server import ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

import offline
import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import QuietHandler
from hypothesis import given
from hypothesis import strategies as st
from patience import until
from playwright.sync_api import expect

from reglib.repository import path

STATIC = path("book", "_static")
PAGES = ("book/one.html", "book/two.html", "book/three.html")
OFFERED = "There is a newer version of the course"
KEPT = """async () => {
    const found = {};
    for (const name of await caches.keys())
      found[name] = (await (await caches.open(name)).keys()).map(({ url }) => url);
    return found;
}"""


def packed(build, part):
    """A part of Python, under a name that tells what is in it."""
    body = gzip.compress(f"{part} of {build}".encode(), mtime=0)
    return f"{part}-{hashlib.sha256(body).hexdigest()[:12]}.bin", body


def make(folder, build, *, only=""):
    """Write a build of the small site, as Sphinx would: pages, what they ask for, a desk."""
    shutil.rmtree(folder, ignore_errors=True)
    for place in ("book", "_static/desk", "_images"):
        (folder / place).mkdir(parents=True)
    for name in PAGES + ((only,) if only else ()):
        (folder / name).write_text(
            f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{name}</title>'
            '<link rel="icon" href="data:,">'
            '<link rel="stylesheet" href="../_static/course.css?v=1">'
            f'<script>window.builds = ["{build}"]</script>'
            '<script src="../_static/plain.js?v=1"></script>'
            '<script type="module" src="../_static/offline.js"></script>'
            '<script type="module" src="../_static/desk/desk.js"></script>'
            f"<main><h1>{build}</h1><img alt='a picture' src=\"../_images/{build}.svg\"></main>",
            encoding="utf-8",
        )
    (folder / "index.html").write_text('<meta http-equiv="Refresh" content="0; url=book/one.html">')
    for name in ("offline.js", "course.css"):
        shutil.copy(STATIC / name, folder / "_static")
    says = f'builds.push("{build}");\n'
    desk = {packed(build, part)[0]: packed(build, part)[1] for part in ("python", "figures")}
    files = {
        f"_images/{build}.svg": f'<svg xmlns="http://www.w3.org/2000/svg"><desc>{build}</desc></svg>',
        "_static/plain.js": says,
        "_static/desk/desk.js": f'import "./part-{build}.js";{says}window.ready = true;',
        f"_static/desk/part-{build}.js": f'{says}window.later = () => import("./later.js");',
        "_static/desk/later.js": says,
        "_static/desk/manifest.json": json.dumps({"files": list(desk)}),
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    for name, body in desk.items():
        (folder / "_static/desk" / name).write_bytes(body)
    offline.seal(folder)


class Handler(QuietHandler):
    """Any static host. `host` is what a test sets."""

    def do_GET(self):
        name = unquote(urlsplit(self.path).path)
        if self.host.away:
            self.close_connection = True
            return None
        self.host.asked[name.removeprefix(self.host.below)] += 1
        if name.endswith(self.host.spoilt):
            self.send_response(200)
            self.send_header("Content-Type", self.guess_type(name))
            self.end_headers()
            return self.wfile.write(b"<p>half of a pag")
        return super().do_GET()

    def end_headers(self):
        if self.host.unpacks and self.path.endswith(".bin"):
            self.send_header("Content-Encoding", "gzip")
        super().end_headers()


class Host:
    """A site on a host of its own, of which a test says what becomes of it."""

    away, spoilt, unpacks = False, ("never",), False

    def __init__(self, folder, below):
        self.site, self.below, self.asked = folder / below.strip("/"), below, Counter()
        handler = type("Here", (Handler,), {"host": self})
        self.server = ThreadingHTTPServer(
            ("127.0.0.1", 0), functools.partial(handler, directory=str(folder))
        )
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.address = f"http://127.0.0.1:{self.server.server_port}{below}"


@pytest.fixture
def hosted(tmp_path):
    """Publish a first build, at the root of a host or below it."""
    hosts = []

    def hosted(below="/"):
        hosts.append(Host(tmp_path / str(len(hosts)), below))
        make(hosts[-1].site, "first")
        return hosts[-1]

    yield hosted
    for host in hosts:
        host.server.shutdown()


@pytest.fixture
def open_at(visit):
    """Open a page of a host, in a browser of its own or beside another tab."""

    def open_at(host, name=PAGES[0], beside=None):
        page = beside.context.new_page() if beside else visit("about:blank", errors_allowed=True)
        page.goto(host.address + name)
        return page

    return open_at


@pytest.fixture
def visit(browser):
    contexts = []

    def visit(*_, **__):
        contexts.append(browser.new_context())
        return contexts[-1].new_page()

    yield visit
    for context in contexts:
        context.close()


def come(page, host, build, *parts):
    """Tell the page, as the engine does, that parts of Python have come; return their addresses."""
    detail = [f"{host.address}_static/desk/{packed(build, part)[0]}" for part in parts]
    page.evaluate("detail => { dispatchEvent(new CustomEvent('python', { detail })); }", detail)
    return detail


def python(page, host, build, *parts):
    """The same, and wait until all is kept."""
    urls = set(come(page, host, build, *parts))
    until(lambda: urls <= {url for urls in page.evaluate(KEPT).values() for url in urls})


def kept(page, host):
    """What is kept, by the path in the site; one build's, or the test fails."""
    found = page.evaluate(KEPT)
    assert len(found) == 1, found
    return {url.removeprefix(host.address) for url in next(iter(found.values()))}


def builds(page):
    """The builds of which the parts of a page are, with one that is only now loaded."""
    page.wait_for_function("window.ready")
    return set(page.evaluate("later().then(() => builds)"))


def registration(page, of="true"):
    """What there is of a worker for this page, of which one thing is asked."""
    code = "navigator.serviceWorker.getRegistration().then((found) => Boolean(found && OF))"
    return page.evaluate(code.replace("OF", of))


def comes(page, host):
    """Open a page again, and see whether a newer build waits: a browser looks in its own time."""
    page.goto(host.address + PAGES[0])
    page.wait_for_timeout(2000)
    return registration(page, "found.waiting")


@pytest.mark.parametrize("below", ["/", "/school/course-1/"])
def test_after_the_first_use_it_works_without_a_connection(hosted, open_at, below):
    host = hosted(below)
    page = open_at(host)
    builds(page)
    assert page.evaluate(KEPT) == {} and "offline-worker.js" not in host.asked
    assert not registration(page)

    python(page, host, "first", "python")
    assert page.evaluate("navigator.serviceWorker.ready.then(({ scope }) => scope)") == host.address
    large = packed("first", "python")[0], packed("first", "figures")[0]
    assert kept(page, host) == {
        PAGES[0],
        "_images/first.svg",
        "_static/course.css",
        "_static/offline.js",
        "_static/plain.js",
        "_static/desk/desk.js",
        "_static/desk/later.js",
        "_static/desk/part-first.js",
        f"_static/desk/{large[0]}",
    }
    page.goto(host.address + PAGES[1])
    builds(page)
    python(page, host, "first", "python", "figures")

    host.away = True
    host.asked.clear()
    for name in (PAGES[0], PAGES[1] + "?x=1#part"):
        page.goto(host.address + name)
        assert builds(page) == {"first"}
        assert page.evaluate("document.images[0].decode().then(() => true)")
        for part in large:
            code = "(name) => fetch(`../_static/desk/${name}`).then((got) => got.status)"
            assert page.evaluate(code, part) == 200
    for name in ("", PAGES[2], "not/there%"):
        page.goto(host.address + name)
        expect(page.locator("main")).to_contain_text("has not been opened on this device before")
    page.get_by_role("link", name=PAGES[1]).click()
    assert builds(page) == {"first"}
    assert not host.asked
    host.away = False
    page.goto(host.address)
    page.wait_for_url("**/" + PAGES[0])
    page.goto(host.address + PAGES[2])
    assert builds(page) == {"first"}
    assert page.goto(host.address + "not/there").status == 404


def taken_over(page, address, build):
    """Open an address anew and see its build: a browser frees a closed tab in its time."""
    page.goto(address)
    if page.locator("h1").inner_text() == build:
        return True
    return page.goto("about:blank")


def test_a_newer_build_waits_for_the_last_tab_and_is_whole_by_then(hosted, open_at):
    host = hosted()
    page = open_at(host)
    python(page, host, "first", "python")
    for name in PAGES[:2]:
        page.goto(host.address + name)
        builds(page)
    other = open_at(host, PAGES[1], beside=page)

    make(host.site, "second", only="book/four.html")
    until(lambda: comes(page, host))
    for tab in (page, other):
        assert builds(tab) == {"first"}
    # Pages of which the old build has no file, or another: they are not shown among old ones.
    for name in (PAGES[2], "book/four.html"):
        page.goto(host.address + name)
        expect(page.locator("main")).to_contain_text(OFFERED)
        expect(page.get_by_role("button", name="Update")).to_be_visible()
        assert page.evaluate("window.builds") is None

    context = page.context
    empty = context.new_page()
    page.close()
    other.goto(host.address + PAGES[0])
    assert builds(other) == {"first"}
    other.close()
    host.away = True
    for name in PAGES[:2]:
        until(functools.partial(taken_over, empty, host.address + name, "second"))
        assert builds(empty) == {"second"}
    found = kept(empty, host)
    assert f"_static/desk/{packed('second', 'python')[0]}" in found
    assert "_images/second.svg" in found and not any("first" in name for name in found)


def test_update_takes_over_in_all_tabs_at_once(hosted, open_at):
    host = hosted()
    page = open_at(host)
    python(page, host, "first", "python")
    page.goto(host.address + PAGES[0])
    other = open_at(host, PAGES[1], beside=page)
    make(host.site, "second")
    until(lambda: comes(page, host))
    bar = page.get_by_role("status")
    expect(bar).to_contain_text(OFFERED)
    serious = [
        found["id"]
        for found in Axe().run(page).response["violations"]
        if found["impact"] in ("serious", "critical")
    ]
    assert serious == []
    host.away = True  # it is whole already
    bar.get_by_role("button", name="Update").press("Enter")
    for tab in (page, other):
        expect(tab.locator("h1")).to_have_text("second")
        assert builds(tab) == {"second"}
        expect(tab.locator(".course-update")).to_have_count(0)
    assert not any("first" in name for name in kept(page, host))


def test_a_build_that_does_not_come_whole_changes_nothing(hosted, open_at):
    host = hosted()
    page = open_at(host)
    python(page, host, "first", "python")
    page.goto(host.address + PAGES[0])
    make(host.site, "second")
    host.spoilt = ("plain.js",)
    page.evaluate(
        """() => navigator.serviceWorker.ready.then(async (found) => {
            await found.update();
            const { installing } = found;
            if (installing) await new Promise((resolve) => {
              installing.onstatechange = () => installing.state === "redundant" && resolve();
              if (installing.state === "redundant") resolve();
            });
        })"""
    )
    page.goto(host.address + PAGES[0])
    assert builds(page) == {"first"}
    expect(page.locator(".course-update")).to_have_count(0)
    host.spoilt = ("never",)
    until(lambda: comes(page, host))
    expect(page.get_by_role("status")).to_contain_text(OFFERED)


@pytest.mark.parametrize("spoilt", [PAGES[1], "plain.js", "python-"])
def test_a_file_that_does_not_fit_is_not_taken(hosted, open_at, spoilt):
    """A site that has other files than its build had works as without a worker."""
    host = hosted()
    page = open_at(host)
    if spoilt == PAGES[1]:
        python(page, host, "first", "python")
        page.goto(host.address + PAGES[0])
        host.spoilt = (spoilt,)
        page.goto(host.address + spoilt)
        expect(page.locator("body")).to_have_text("half of a pag")  # as the server says it
    else:
        host.spoilt = (spoilt, packed("first", "python")[0])
        come(page, host, "first", "python")
        until(lambda: host.asked[offline.WORKER])
    until(lambda: not registration(page))
    kept = [url for urls in page.evaluate(KEPT).values() for url in urls]
    assert not [url for url in kept if url.endswith(host.spoilt)]
    host.spoilt = ("never",)
    page.goto(host.address + PAGES[0])
    assert builds(page) == {"first"}


def test_a_server_that_has_parts_unpacked_does_no_harm(hosted, open_at):
    host = hosted()
    host.unpacks = True
    page = open_at(host)
    python(page, host, "first", "python")
    host.away = True
    page.goto(host.address + PAGES[0])
    assert builds(page) == {"first"}


def test_two_courses_on_one_host_leave_each_other_alone(hosted, open_at):
    host = hosted("/one/")
    shutil.copytree(host.site, host.site.parent / "two")
    page = open_at(host)
    python(page, host, "first", "python")
    other = page.context.new_page()
    other.goto(host.address.replace("/one/", "/two/") + PAGES[0])
    builds(other)
    assert all("/one/" in url for urls in page.evaluate(KEPT).values() for url in urls)


def test_without_a_worker_the_page_works_and_says_nothing(hosted, visit):
    host = hosted()
    page = visit()
    page.errors = []
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    page.add_init_script("delete Navigator.prototype.serviceWorker")  # as on a plain address
    page.goto(host.address + PAGES[0])
    assert builds(page) == {"first"}
    page.evaluate("dispatchEvent(new CustomEvent('python', { detail: [] }))")
    assert builds(page) == {"first"} and page.errors == []


DRAW = "import matplotlib.pyplot as plt; plt.plot([1, 2])"


@pytest.mark.long
def test_python_itself_runs_without_a_connection(desk, hosted, open_at):
    host = hosted("/a/course/")
    shutil.copytree(desk / "desk", host.site / "_static/desk", dirs_exist_ok=True)
    source = (desk / "engine.html").read_text(encoding="utf-8")
    source = source.replace('"./desk/engine.js"', '"../_static/desk/engine.js"')
    script = '<script type="module" src="../_static/offline.js"></script>'
    (host.site / "book/engine.html").write_text(source + script, encoding="utf-8")
    offline.seal(host.site)
    page = open_at(host, "book/engine.html")

    def ran(code):
        page.wait_for_function("window.run")
        return page.evaluate("(code) => run(code)", code)["status"]

    def parts():
        urls = [url for urls in page.evaluate(KEPT).values() for url in urls]
        names = [url.rpartition("/")[2] for url in urls if url.endswith(".bin")]
        return {name.partition("-")[0] for name in names}

    assert ran("import numpy") == "ok"
    until(lambda: parts() == {"python", "library", "course"})
    host.away = True
    page.reload()
    assert ran("import numpy; assert numpy.arange(3).sum() == 3") == "ok"
    assert ran(DRAW) == "error"  # figures had not been asked for
    host.away = False
    page.reload()
    assert ran(DRAW) == "ok"
    until(lambda: "figures" in parts())
    host.away = True
    page.reload()
    assert ran(DRAW) == "ok"


NAMES = st.text("abc äö+%&#é .-", min_size=1, max_size=8).filter(lambda name: name.strip(". "))


@given(st.dictionaries(NAMES, st.binary(max_size=20), max_size=4), NAMES)
def test_the_build_is_named_by_each_byte_of_each_file(tmp_path_factory, files, changed):
    def sealed(files):
        folder = tmp_path_factory.mktemp("sealed")
        for name, body in files.items():
            (folder / f"x{name}").write_bytes(body)
        offline.seal(folder)
        worker = (folder / offline.WORKER).read_bytes()
        offline.seal(folder)  # the worker itself is no file of the build
        assert (folder / offline.WORKER).read_bytes() == worker
        return worker

    assert sealed(files) == sealed(files)
    assert sealed(files) != sealed({**files, changed: files.get(changed, b"") + b"!"})


def test_the_book_is_sealed_last(built):
    """What is published is what the worker takes for whole."""
    worker = (built / offline.WORKER).read_text(encoding="utf-8")
    line = worker.splitlines()[1]
    assert json.loads(line.removeprefix("const FILES = ").removesuffix(";")) == offline.hashes(
        built
    )
