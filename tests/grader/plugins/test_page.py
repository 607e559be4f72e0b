"""What others read of a hostile notebook, in a real browser: nothing of it acts."""

import base64
import shutil
import time
from pathlib import Path
from urllib.parse import urlsplit

import jupyter_server_mathjax
import nbformat
import pytest
from nbconvert.exporters import HTMLExporter as Page
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output
from servers import Server
from traitlets.config import Config

from grader.course import course_at
from grader.plugins.page import FILTERS, FeedbackPage, Harmless
from grader.results import report
from grader.results.marks import gradebook_of

CHECK, BY_HAND = "check_ridge_fit", "same_lambda_more_patients"
STEALS = (
    f'<div class="nbgrader_cell"><span id="{CHECK}" class="score"></span>'
    f'<span id="{BY_HAND}-comment" class="comment"></span>'
    '<p class="full-credit mark-graded">My derivation</p></div>'
)
PAYLOADS = (
    STEALS,
    "<img src=/logout><img src='https://tracker.example/x.png'><img src=x onerror=stolen=1>",
    '<a href="/logout" id=a name=b>go</a> <a href="/formgrader?path=/tmp" class="tabbable">go</a>',
    "<script>stolen = 1</script><svg onload=stolen=1></svg><iframe srcdoc='<script>1</script>'>",
    "<form action=/logout id=formgrader><button data-toggle=modal data-link=x>go</button>",
    "<style>body { background: url(/logout) }</style><link rel=stylesheet href=/logout>",
    "<div style='background: url(/logout); position: fixed; inset: 0'>over all</div>",
    r"$\href{/logout}{x}$ $$\cssId{check_ridge_fit}{\class{score}{y}}$$ \(\style{color: red}{z}\)",
    r"$\require{html}\def\a{\href}\a{/logout}{x}$",
    "\\begin{align}\n\\label{q}\\href{/logout}{x}\n\\end{align}",
    f"# {CHECK}\n\n[a](/logout) ![b](/logout) ![c](attachment:gone) <{'/logout'}>",
    "</pre></div></div></div></body></html><b id=notebook>out</b>",
    "$x + y$ and *so on*",
)
DATA = base64.b64encode(b"<svg onload='parent.stolen=1'/>").decode()
WIDGET = "application/vnd.jupyter.widget-view+json"
KINDS = ("text/html", "text/markdown", "text/latex", "text/plain", "image/svg+xml")
KINDS += ("application/javascript", "text/vnd.mermaid")


def hostile(release):
    """Every payload in every place, before the first cell and in each answer."""
    everything = "\n\n".join(PAYLOADS)
    attached = new_markdown_cell(
        "![a](attachment:a.png)",
        attachments={"a.png": {"image/svg+xml": DATA, "x/y": '"><b id=q>'}},
    )
    outputs = [
        *(new_output("display_data", {kind: text}) for kind in KINDS for text in PAYLOADS),
        *(new_output("stream", text=f"\x1b[31m{text}") for text in PAYLOADS),
        new_output("error", ename=everything, evalue=everything, traceback=[*PAYLOADS]),
        new_output("display_data", {"application/json": {"a": STEALS}, "image/gif": STEALS}),
        new_output(
            "display_data", {"image/png": '"><b id=q>'}, metadata={"image/png": {"alt": STEALS}}
        ),
        new_output("display_data", {WIDGET: {"model_id": "m"}, "text/plain": STEALS}),
        new_output(
            "execute_result", {"text/html": STEALS}, metadata={"text/html": {"isolated": True}}
        ),
    ]
    code = new_code_cell(everything, outputs=outputs, metadata={"tags": [STEALS], "alt": STEALS})
    raw = nbformat.v4.new_raw_cell(everything)
    notebook = nbformat.from_dict(release)
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            cell.source = everything
    each = [new_markdown_cell(text) for text in PAYLOADS]
    notebook.cells = [*each, attached, code, raw, *notebook.cells]
    notebook.metadata |= {
        "title": STEALS,
        "authors": [{"name": STEALS}],
        "widgets": {"application/vnd.jupyter.widget-state+json": {"state": {"m": {"a": STEALS}}}},
    }
    return notebook


@pytest.fixture(scope="module")
def course(tmp_path_factory, released, in_course):
    """A course in which Eve's notebook is graded, and nothing of it is marked by hand."""
    root = Path(shutil.copytree(released, tmp_path_factory.mktemp("hostile") / "course"))
    release = nbformat.read(root / "exercises/ridge/ridge.ipynb", 4)
    with gradebook_of(course_at(root)) as gradebook:
        gradebook.add_student("eve", first_name=STEALS, last_name=PAYLOADS[7])
        gradebook.add_submission("ridge", "eve")
        for grade in gradebook.find_submission_notebook("ridge", "ridge", "eve").grades:
            grade.auto_score = 0
        gradebook.db.commit()
    folder = root / "autograded/eve/ridge"
    folder.mkdir(parents=True)
    nbformat.write(hostile(release), folder / "ridge.ipynb")
    return root


@pytest.fixture(scope="module")
def server(course, tmp_path_factory, in_course):
    with Server(tmp_path_factory.mktemp("person"), course, token="", env=in_course.env) as server:
        yield server


@pytest.fixture
def visit(browser):
    """Open a page and wait for MathJax, which comes from this machine; remember all requests."""
    contexts = []
    static = Path(jupyter_server_mathjax.__file__).parent / "static"

    def answer(route):
        url = urlsplit(route.request.url)
        opened.requested.append(route.request.url)
        if url.hostname in ("127.0.0.1", "localhost") or url.scheme in ("data", "file"):
            return route.continue_()
        name = url.path.partition("/mathjax/2.7.7/")[2]
        if name == "latest.js":  # which looks for the newest 2.7 and asks for that
            there = url.path.replace(name, "MathJax.js") + "?config=TeX-AMS-MML_HTMLorMML-full,Safe"
            there = f"{url.scheme}://{url.netloc}{there}"
            load = f"document.head.appendChild(document.createElement('script')).src = {there!r};"
            return route.fulfill(body=load, content_type="text/javascript")
        if name and (static / name).is_file():
            return route.fulfill(path=static / name)
        return route.abort()

    def visit(address):
        nonlocal opened
        context = browser.new_context()
        contexts.append(context)
        opened = context.new_page()
        opened.requested = []
        opened.route("**/*", answer)
        opened.goto(address)
        return opened

    opened = None
    yield visit
    for context in contexts:
        context.close()


TYPESET = "() => document.querySelectorAll('.tex2jax_process .MathJax').length > 2"
# Within what came of the learner: everything with an attribute that only others may give.
STRAY = """() => {
  const made = '.MathJax_CHTML, .mjx-chtml, .MathJax_Preview, .MathJax_Display, .MJXc-display, '
    + '.MathJax, [id^="MathJax-"], [class^="mjx-"]';
  const ours = new Set(['tex2jax_ignore', 'tex2jax_process']);
  const said = ['src', 'alt', 'start', 'colspan', 'rowspan', 'align', 'tabindex'];
  const stray = [];
  for (const place of document.querySelectorAll(
      '.tex2jax_ignore, .text_cell_render, .output_subarea, .input_area, bdi'))
    for (const element of place.querySelectorAll('*')) {
      if (element.closest(made) || element.matches('.highlight, .highlight span')) continue;
      if (ours.has(element.className) && ['DIV', 'SPAN'].includes(element.tagName)) continue;
      const wrong = [...element.attributes].filter((a) => !said.includes(a.name));
      const kind = ['A', 'FORM', 'INPUT', 'BUTTON', 'SCRIPT', 'IFRAME', 'SVG', 'STYLE', 'LINK',
        'TEXTAREA', 'OBJECT', 'EMBED', 'TEMPLATE'].includes(element.tagName.toUpperCase());
      const loads = !(element.getAttribute('src') ?? 'data:image/').startsWith('data:image/');
      if (wrong.length || kind || loads)
        stray.push(element.outerHTML.slice(0, 200));
    }
  return stray;
}"""


def allowed(url, base):
    """The server's own files, and MathJax from where nbgrader has it."""
    parts = urlsplit(url)
    if parts.hostname == "cdnjs.cloudflare.com":
        return "/mathjax/2.7.7/" in parts.path
    own = ("/formgrader/static/", "/formgrader/api/", "/formgrader/submissions/", "/favicon")
    return parts.scheme == "data" or url == base or parts.path.startswith(own)


def grades(course):
    with gradebook_of(course_at(course)) as gradebook:
        found = gradebook.find_submission_notebook("ridge", "ridge", "eve").grades
        return {grade.name: grade.manual_score for grade in found}


def test_formgrader_shows_a_hostile_notebook_and_nothing_of_it_acts(course, server, visit):
    with gradebook_of(course_at(course)) as gradebook:
        id = gradebook.find_submission_notebook("ridge", "ridge", "eve").id
    address = f"{server.address}formgrader/submissions/{id}/"
    page = visit(address)
    page.wait_for_function(TYPESET)
    page.wait_for_function("() => formgrader.grades?.loaded && formgrader.comments?.loaded")
    assert page.evaluate(STRAY) == []
    assert page.evaluate("() => window.stolen") is None
    names = list(grades(course))
    for name in names:
        assert page.locator(f"#{name}").count() == page.locator(f"input.score#{name}").count() == 1

    derivations = page.get_by_text("My derivation", exact=True).all()
    assert len(derivations) > 3
    for element in derivations:
        element.dispatch_event("click")
    assert grades(course) == dict.fromkeys(names)
    score = page.locator(f"#{BY_HAND}")
    with page.expect_response(lambda answer: answer.request.method == "PUT"):
        score.fill("2")
        score.press("Tab")
    assert grades(course) == dict.fromkeys(names) | {BY_HAND: 2}
    assert [url for url in page.requested if not allowed(url, address)] == []
    assert "Traceback" not in server.said()


def test_feedback_of_a_hostile_notebook_does_nothing(course, in_course, visit):
    in_course(course, "nbgrader", "generate_feedback", "ridge", "--force")
    file = course / "feedback/eve/ridge/ridge.html"
    page = visit(file.as_uri())
    page.wait_for_function(TYPESET)
    assert page.evaluate(STRAY) == []
    assert page.evaluate("() => window.stolen") is None
    assert [url for url in page.requested if not allowed(url, file.as_uri())] == []
    assert "Content-Security-Policy" in file.read_text("utf-8")
    page.evaluate(
        "() => document.body.append(Object.assign(new Image(), {src: 'https://x.example/'}))"
    )
    assert page.requested[-1] != "https://x.example/"  # the policy is at work


def test_the_report_of_a_hostile_class_does_nothing(course, tmp_path, visit):
    file = tmp_path / "report.html"
    file.write_text(report.page(report.gather(course, "ridge")), "utf-8")
    page = visit(file.as_uri())
    assert page.evaluate(STRAY) == []
    assert [url for url in page.requested if not allowed(url, file.as_uri())] == []
    assert STEALS in page.inner_text("body")


@pytest.mark.long
@pytest.mark.parametrize("page", [Page, FeedbackPage])
def test_a_whole_page_takes_time_in_proportion(page):
    """Eight times the cells of a notebook, each of which is slow for some parser."""

    def seconds(cells):
        texts = ["<div>" * 300, "*a **b" * 300, "[![" * 300, "> " * 300 + "a", "$x$ `" * 300]
        notebook = nbformat.v4.new_notebook()
        for k in range(cells):
            text = texts[k % len(texts)]
            outputs = [
                new_output("stream", text=text),
                new_output("display_data", {KINDS[0]: text}),
            ]
            notebook.cells += [new_markdown_cell(text), new_code_cell(text, outputs=outputs)]
        settings = {"preprocessors": [Harmless], "filters": FILTERS, "sanitize_html": True}
        exporter = page(template_name="classic", config=Config({"HTMLExporter": settings}))
        begin = time.process_time()
        exporter.from_notebook_node(notebook)
        return time.process_time() - begin

    seconds(1)  # the template is read and compiled
    small, large = (min(seconds(cells) for _ in range(3)) for cells in (10, 80))
    assert large < 8**1.1 * 1.5 * small
