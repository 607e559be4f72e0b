"""Every page of the published book, in a real browser."""

import re
import zlib
from html.parser import HTMLParser
from urllib.parse import unquote, urldefrag, urljoin

import pytest
from axe_playwright_python.sync_playwright import Axe

# Without its preload, which asks for style sheets by addresses that it gets wrong.
AXE = {"resultTypes": ["violations"], "preload": False}
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def with_explorer(built, pages):
    """The pages that hold an explorer."""
    found = [page for page in pages if "widget-view+json" in (built / page).read_text("utf-8")]
    assert "book/index.html" in found
    assert "book/penalties/ridge.html" in found
    return found


def test_pages_load_without_error_and_without_leaving_their_host(tour, pages):
    # That nothing was asked of other hosts, and no error reported, is seen to by `visit`.
    for page, window in tour(pages):
        assert window.title()
        missing = window.evaluate(
            "[...document.images].filter((i) => i.complete && !i.naturalWidth).map((i) => i.src)"
        )
        assert not missing, f"{page} shows a picture that is not there"


def test_the_root_leads_to_the_landing_page(visit, book):
    # The signpost names no icon, so that the browser may look for one in vain.
    window = visit(book, errors_allowed=True)
    window.wait_for_url(book + "book/index.html")
    window.locator(".explorer").wait_for()


@pytest.mark.long
@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_axe_finds_nothing_serious_by_day_and_by_night(tour, pages, viewport):
    found = []
    for page, window in tour(pages, viewport=viewport):
        # Of what axe looks at, only contrast changes with the scheme.
        for scheme, only in (("light", {}), ("dark", {"runOnly": ["color-contrast"]})):
            window.emulate_media(color_scheme=scheme)
            window.wait_for_selector(f"html[data-theme={scheme}]")
            for violation in Axe().run(window, options=AXE | only).response["violations"]:
                if violation["impact"] in ("serious", "critical"):
                    where = [node["html"][:150] for node in violation["nodes"][:3]]
                    found.append([page, scheme, violation["id"], *where])
    assert not found, "\n".join(map(str, found))


def test_a_narrow_window_scrolls_only_vertically(tour, pages):
    for page, window in tour(pages, viewport=NARROW):
        window.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true })")
        window.evaluate("scrollTo(500, 0)")
        assert window.evaluate("scrollX") == 0, f"{page} scrolls sideways"
        width = window.evaluate("document.scrollingElement.scrollWidth")
        assert width <= NARROW["width"], f"{page} is {width} pixels wide"


@pytest.mark.parametrize(("viewport", "most"), [(WIDE, 600), (NARROW, 700)], ids=["wide", "narrow"])
def test_the_landing_page_opens_with_something_to_move(visit, book, viewport, most):
    window = visit(book + "book/index.html", viewport=viewport, until="networkidle")
    window.locator(".explorer").wait_for()
    first = window.locator(".bd-article input").first
    box = first.bounding_box()
    assert box["y"] + box["height"] <= most
    if viewport == NARROW:  # what is moved stays in sight, below what the page keeps at its top
        window.locator(".explorer-state").evaluate("(node) => node.scrollIntoView()")
        header = window.locator(".bd-header-article").bounding_box()
        assert first.bounding_box()["y"] >= header["y"] + header["height"]


def test_explorers_answer_on_their_pages(tour, with_explorer):
    for page, window in tour(with_explorer):
        explorers = window.locator(".explorer").all()
        assert explorers, f"no explorer started on {page}"
        skips = window.get_by_role("button", name="Skip", exact=True)
        while skips.count():
            skips.first.press("Enter")  # a prediction, for which an explorer waits
        for explorer in explorers:
            status = explorer.locator(".explorer-state")
            before = status.inner_text()
            explorer.get_by_role("slider").first.press("ArrowRight")
            window.wait_for_function(
                "([node, before]) => node.innerText !== before",
                arg=[status.element_handle(), before],
            )


def test_pictures_stand_in_for_explorers(visit, book, with_explorer):
    for page in with_explorer:
        plain = visit(book + page, java_script_enabled=False)
        pictures = plain.locator(".explorer-static img").all()
        assert pictures
        for picture in pictures:
            assert picture.is_visible()
            assert len(picture.get_attribute("alt")) > 100
            assert picture.bounding_box()["width"] > 400


def test_the_screen_shows_explorers_and_print_shows_pictures(tour, with_explorer):
    for _, window in tour(with_explorer):
        # The box that the book draws around an output goes with the picture.
        pictures = window.locator(".output:has(.explorer-static)").all()
        explorers = window.locator(".explorer").all()
        assert len(pictures) == len(explorers) > 0
        for media, picture_shown in (("screen", False), ("print", True)):
            window.emulate_media(media=media)
            assert [picture.is_visible() for picture in pictures] == [picture_shown] * len(pictures)
            assert [explorer.is_visible() for explorer in explorers] == [not picture_shown] * len(
                explorers
            )
        window.emulate_media(media="screen")


def test_explorers_take_at_most_60_kilobytes_of_a_page(built, with_explorer):
    static = built / "_static"
    scripts = [*static.glob("explorer-*.js"), static / "widget-host.js"]
    host = b"".join(script.read_bytes() for script in scripts)
    for page in with_explorer:
        html = (built / page).read_text("utf-8")
        state = re.search(r'widget-state\+json">(.*?)</script>', html, re.DOTALL)[1]
        assert len(zlib.compress(state.encode())) + len(zlib.compress(host)) <= 60_000


class Anchors(HTMLParser):
    """What a page links to, and what in it can be linked to."""

    def __init__(self, html):
        super().__init__()
        self.links, self.ids = [], set()
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.ids.add(attributes.get("id"))
        if tag == "a" and attributes.get("href"):
            self.links.append(attributes["href"])


def test_links_inside_the_book_lead_somewhere(built, pages):
    anchors = {page: Anchors((built / page).read_text("utf-8")) for page in pages}
    dead = []
    for page, found in anchors.items():
        for link in found.links:
            target, part = urldefrag(urljoin(page, link))
            target = unquote(target).split("?")[0]
            if re.match(r"[a-z]+:", target):
                continue
            known = anchors.get(target)
            # "#" alone is the theme's way to say "top of the page".
            if not (built / target).exists() or (known and part and part not in known.ids):
                dead.append((page, link))
    assert not dead
