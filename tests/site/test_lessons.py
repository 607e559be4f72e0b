"""Pages that call themselves lessons, in a browser: those of the book, and a small one."""

import re
import subprocess
import sys

import pytest
import reading
import rules
import yaml

import reglib
from reglib import palette
from reglib.data import ledger
from reglib.repository import path

WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
FIRST = {1280: 600, 390: 700}  # how far down the first control may be, by the width of the window
CONTROLS = (
    ":is(.explorer, [data-explorer], [data-predict], [data-question]) "
    ":is(input, select, button, textarea, [tabindex='0'])"
)
TOP = """controls => Math.min(...[...document.querySelectorAll(controls)]
    .map((node) => node.getBoundingClientRect()).filter((box) => box.height)
    .map((box) => box.top + scrollY))"""
# Of each text in a figure, how high its letters are on the screen.
LETTERS = """() => [...document.querySelectorAll("svg.figure text")].map((text) => {
    const sizes = [text, ...text.querySelectorAll("tspan")]
        .map((node) => parseFloat(getComputedStyle(node).fontSize));
    return Math.max(...sizes) * Math.hypot(text.getScreenCTM().a, text.getScreenCTM().b);
})"""
TOO_WIDE = """query => [...document.querySelectorAll(query)]
    .filter((node) => node.clientWidth && node.scrollWidth > node.clientWidth + 1)
    .map((node) => node.textContent)"""
CONF = """
import sys
sys.path.insert(0, {ext!r})
extensions = ["myst_nb", "sphinx_design", "sphinx-mathjax-offline"]
extensions += ["evidence_card", "figures", "lesson"]
html_context, html_favicon = {{"default_mode": "auto"}}, {static!r} + "/logo.svg"
html_theme, html_static_path, html_css_files = "sphinx_book_theme", [{static!r}], ["course.css"]
exclude_patterns = ["_build"]
myst_enable_extensions = {extensions!r}
mathjax3_config = {mathjax!r}
nb_execution_mode, nb_execution_raise_on_error, nb_merge_streams = "force", True, True
"""


@pytest.fixture(scope="module")
def small(once):
    """The folder of a site of nothing but a small lesson, without what it asks."""

    def make(folder):
        folder.mkdir()
        config = yaml.safe_load(path("_config.yml").read_text(encoding="utf-8"))
        own = CONF.format(
            ext=str(path("book", "_ext")),
            static=str(path("book", "_static")),
            extensions=config["parse"]["myst_enable_extensions"],
            mathjax=config["sphinx"]["config"]["mathjax3_config"],
        )
        lesson = path("tests", "book", "lessons", "good.md").read_text(encoding="utf-8")
        lesson = re.sub(r"```\{(predict|question)\}[^`]*```", "", lesson)
        files = {
            "conf.py": own,
            "good.md": lesson,
            "index.md": "# Home\n\n```{toctree}\ngood\nother\nglossary\n```\n",
            "other.md": "# Another lesson\n",
            "glossary.md": path("book", "glossary.md").read_text(encoding="utf-8"),
        }
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
        command = [sys.executable, "-m", "sphinx", "-W", "-q", folder, folder / "_build" / "html"]
        done = subprocess.run(command, capture_output=True, text=True)
        assert not done.returncode, done.stdout + done.stderr

    return once("small-lesson", make) / "_build" / "html"


@pytest.fixture(scope="module")
def lessons(built):
    """The lessons of the book, by their page, with the minutes that their heads tell."""
    return {
        page.relative_to(built).as_posix(): int(found[1])
        for page in sorted(built.rglob("*.html"))
        if (found := re.search('name="course:lesson" content="(.*?)"', page.read_text("utf-8")))
    }


def drawn(page, colour):
    """Whether something in the first figure is drawn in a colour."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return page.evaluate(
        "colour => [...document.querySelector('svg.figure').querySelectorAll('path')]"
        ".some((node) => getComputedStyle(node).stroke === colour)",
        f"rgb({red}, {green}, {blue})",
    )


def test_a_small_lesson_on_a_phone_by_day_and_by_night(visit, small, serve):
    page = visit(serve(small) + "good.html", viewport=NARROW, has_touch=True, color_scheme="light")
    source = small.parents[1] / "good.md"

    # What the page says of itself.
    minutes = reading.read(source.read_text(encoding="utf-8")).minutes
    told = page.locator("meta[name='course:lesson']").get_attribute("content")
    assert told == str(minutes)
    assert f"To read and try: {minutes} min." in page.locator(".lesson").inner_text()
    assert "Why it bends (1 min)" in page.locator("summary", has_text="bends").inner_text()
    last = page.locator("article section > *").last
    assert last.inner_text() == "Next: Another lesson"

    # A number has a card, by touch, by key and in print.
    number = page.get_by_role("button", name="about 2.0")
    card = page.locator(".evidence-card", has_text="mean of 200 draws")
    assert not card.is_visible()
    number.tap()
    assert card.is_visible() and "Monte-Carlo standard error: 0.034" in card.inner_text()
    box = card.bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= NARROW["width"]
    page.keyboard.press("Escape")
    assert not card.is_visible()
    number.press("Enter")
    assert card.is_visible()
    page.keyboard.press("Escape")
    page.emulate_media(media="print")
    assert card.is_visible()
    page.emulate_media(media="screen")

    # A figure is read out, in letters of the page that can be read, in the colours of the hour.
    figure = page.get_by_role("img", name="A curve that rises from left to right")
    assert figure.locator("text", has_text="training").count() == 1
    assert min(page.evaluate(LETTERS)) >= 11.9
    font = "node => getComputedStyle(node).fontFamily"
    assert figure.locator("text").first.evaluate(font) == page.locator("p").first.evaluate(font)
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        page.wait_for_selector(f"html[data-theme={theme}]")
        assert drawn(page, getattr(palette.FIT, theme)), theme
        ink = figure.locator("text").first.evaluate("node => getComputedStyle(node).fill")
        assert ink == page.locator("article p").first.evaluate(
            "node => getComputedStyle(node).color"
        )

    # What is printed wraps, formulas stay in the page, and a transpose is a letter, in MathML too.
    assert not page.evaluate(TOO_WIDE, ".output pre")
    page.set_viewport_size(WIDE)  # where it need not wrap
    assert (
        page.locator(".output pre").evaluate("node => getComputedStyle(node).whiteSpace") == "pre"
    )
    page.set_viewport_size(NARROW)
    sign = page.locator("mjx-assistive-mml msup mi").last
    assert sign.text_content() == "T" and sign.get_attribute("mathvariant") == "sans-serif"

    # What was read while it ran is noted.
    assert (small.parent / "reads" / "good.csv").read_text() == "diabetes,ridge/training\n"


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_the_first_control_is_on_the_first_screen(visit, book, lessons, viewport):
    for page in lessons:
        window = visit(book + page, viewport=viewport, until="networkidle")
        most = FIRST[viewport["width"]]
        window.locator(CONTROLS).first.wait_for()
        top = window.evaluate(TOP, CONTROLS)
        assert top <= most, f"{page}: the first control is {top:.0f} pixels down, of at most {most}"


def test_what_is_too_wide_is_found(browser):
    page = browser.new_page()
    boxes = (
        f"<div style='overflow: auto; width: {width}px'>{'_' * 30}</div>" for width in (20, 999)
    )
    page.set_content("".join(boxes))
    assert page.evaluate(TOO_WIDE, "div") == ["_" * 30]
    page.close()


@pytest.mark.parametrize("top", [100, 5000])
def test_the_first_control_is_what_can_be_seen_and_moved(browser, top):
    page = browser.new_page()
    page.set_content(
        "<button>menu</button><div data-explorer='fit'><input hidden>"
        f"<input style='position: absolute; top: {top}px'></div>"
    )
    assert page.evaluate(TOP, CONTROLS) == top
    page.close()


def test_formulas_and_figures_of_lessons_suit_a_phone(visit, book, lessons):
    for page in lessons:
        window = visit(book + page, viewport=NARROW, until="networkidle")
        window.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true })")
        window.evaluate("window.MathJax?.startup?.promise")  # all formulas are set
        assert not window.evaluate(TOO_WIDE, "mjx-container[display]"), (
            f"{page}: break this formula"
        )
        assert not window.evaluate(TOO_WIDE, ".cell_output pre"), page
        assert min(window.evaluate(LETTERS), default=12) >= 11.9, f"{page}: text under 12 pixels"


def test_no_lesson_reads_a_locked_row_too_early(built, lessons):
    """By what the kernels noted while the pages were executed."""
    notes = {
        file.stem.replace(".", "/"): [line.split(",") for line in file.read_text().split()]
        for file in (built.parent / "reads").glob("*.csv")
    }
    assert ["diabetes", ""] in notes["book/penalties/ridge"]  # a chapter, which is no lesson
    sizes = {
        use.data: len(getattr(reglib, f"load_{use.data}")().y) for use in ledger.uses().values()
    }
    reads = {page: [tuple(read) for read in every] for page, every in notes.items()}
    course = rules.course(path())
    assert not list(rules.drawers(reads, course, ledger.uses(), sizes))
    assert {f"{lesson.page}.html" for lesson in course.lessons} == set(lessons)
