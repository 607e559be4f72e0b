"""What the site gives away: the learner's wheel, and lessons that need nothing but that."""

import json
import re
import shutil
import subprocess
import venv
import zipfile
from collections import defaultdict
from importlib.metadata import distribution, distributions

import bank
import downloads
import lessons
import nbformat
import pytest
from hatchling.builders.wheel import WheelBuilder
from nbclient import NotebookClient
from packaging.requirements import Requirement
from patience import HANG

from reglib.repository import path

SHOWN = r"^(`{3,}).*?^\1$|\$\$.*?\$\$"  # as it is written: code and formulas
BOOK = r"\{[\w:]+\}`|:::|^\([\w-]+\)=|^:[\w-]+:|^: |^%"  # what only the book understands
each_lesson = pytest.mark.parametrize("name", lessons.lessons())


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A copy of all that the wheel is made of."""
    home = tmp_path / "course"
    shutil.copytree(path("reglib"), home / "reglib", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "LICENSE"):
        shutil.copy(path(name), home)
    monkeypatch.setattr(downloads, "path", lambda *parts: home.joinpath(*parts))
    return home


def test_a_wheel_is_named_by_its_content_and_built_once(course, tmp_path, monkeypatch):
    builds, build = [], WheelBuilder.build
    monkeypatch.setattr(WheelBuilder, "build", lambda *a, **o: builds.append(a) or build(*a, **o))
    one, again = (downloads.wheel(tmp_path / folder) for folder in ("one", "again"))
    assert len(builds) == 2
    assert re.fullmatch(r"reglib-[\d.]+\+h[0-9a-f]{12}-py3-none-any\.whl", one.name)
    assert (one.name, one.read_bytes()) == (again.name, again.read_bytes())
    names = {one.name}
    for file in ("LICENSE", "pyproject.toml", "reglib/ridge.py", "reglib/data/diabetes.csv"):
        with open(course / file, "a", encoding="utf-8") as changed:
            changed.write(
                "\n# changed\n" if file != "pyproject.toml" else "[project.urls]\nx = 'y:'"
            )
        names.add(downloads.wheel(tmp_path / file).name)
    (course / "reglib/ridge.py").rename(course / "reglib/ridge2.py")
    names.add(downloads.wheel(tmp_path / "renamed").name)
    assert len(names) == 6


def test_the_wheel_holds_reglib_alone(course, tmp_path):
    wheel = zipfile.ZipFile(downloads.wheel(tmp_path))
    tops = {name.partition("/")[0] for name in wheel.namelist()}
    assert len(tops) == 2 and "reglib" in tops
    (about,) = tops - {"reglib"}
    required = wheel.read(f"{about}/METADATA").decode()
    assert re.findall(r"^Provides-Extra: (.*)$", required, re.MULTILINE) == ["lab"]
    assert "anywidget" in required and "nbgrader" not in required


def lesson(name):
    """A lesson as a notebook, with a number in the place of each that its code computes."""
    return lessons.notebook(lessons.lessons()[name], defaultdict(lambda: "1.5"))


@each_lesson
def test_a_lesson_says_in_jupyter_what_it_says_on_the_site(name):
    notebook = lesson(name)
    nbformat.validate(notebook)
    assert nbformat.writes(notebook) == nbformat.writes(lesson(name))
    text = "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    words = re.sub(SHOWN, "", text, flags=re.DOTALL | re.MULTILINE)
    # Nothing is left of what only the book understands, and links lead out or to a heading.
    assert not re.findall(BOOK, words, re.MULTILINE)
    anchors = {title.replace(" ", "-") for title in re.findall(r"^#+ (.+)$", words, re.MULTILINE)}
    for target in re.findall(r"\]\(((?!https?:)[^)]+)\)", words):
        assert target.startswith("#") and target[1:] in anchors
    # And nothing is lost: headings, formulas, code, practices and questions.
    page = lessons.lessons()[name]
    source = path(f"{page}.md").read_text(encoding="utf-8")
    code = r"^```.*?^```$"
    for box in re.findall(r"^```\{include\} (\S+)", source, re.MULTILINE):
        source += (path(page).parent / box).read_text(encoding="utf-8")
    prose = re.sub(rf"\A---\n.*?\n---\n|{code}", "", source, flags=re.DOTALL | re.MULTILINE)
    assert all(heading in words for heading in re.findall(r"^#+ .+$", prose, re.MULTILINE))
    said = [words for words in re.findall(r"[A-Za-z ,]{20,}", prose) if len(words.split()) > 3]
    assert len(said) > 20 and not [words for words in said if words.strip() not in text]
    cells = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    quizzes = re.findall(r'^display_quiz\("([^"]+)"', source, re.MULTILINE)
    practices = re.findall(r"^```\{practice\} (\w+\.(\w+))$", source, re.MULTILINE)
    for exercise, function in practices:
        at = next(i for i, cell in enumerate(cells) if f'check("{exercise}", {function})' in cell)
        assert re.match(
            rf"def {function}\(.*(NotImplementedError|\.\.\.)", cells[at - 1], re.DOTALL
        )
    assert len(cells) == source.count("```{code-cell}") - len(quizzes) + 2 * len(practices)
    for quiz in quizzes:
        for question in json.loads((path(page).parent / quiz).read_text(encoding="utf-8")):
            assert question["question"] in text
    for item in re.findall(r"^```\{(?:question|predict)\} (\S+)$", source, re.MULTILINE):
        asked = bank.read(bank.questions_of(path(f"{page}.md")))[item].variants[0]
        assert asked["ask"].strip() in text


def test_what_a_notebook_cannot_do_is_said_in_it():
    (made,) = lessons._Lesson("book/penalties/ridge", {})._text("```{video} x\ny\n```\n\nAnd on.")
    assert made.source == f"{lessons.NOT_HERE}\n\nAnd on."


def test_where_the_library_is_not_there_yet_the_page_says_what_to_type_first():
    github = {"url": "https://github.com/school/course"}
    cell = f'<pre tabindex="0">%pip install --quiet "reglib @ {downloads.PLACE}"</pre>'
    for repository, bare in [
        (github, "Colab"),
        (github | {"hub": "https://hub.example"}, "Colab and your JupyterHub"),
        ({"url": "https://git.example/course", "hub": "https://hub.example"}, "your JupyterHub"),
    ]:
        said = downloads._launched(downloads.launches("ridge", repository))
        asked = f" In {bare}, first add a cell at the top and run it:"
        assert said.endswith(f"{asked}\n\n```{{raw}} html\n{cell}\n```")
    assert downloads._launched(downloads.launches("ridge", {})) == ""


@pytest.fixture(scope="module")
def learner(tmp_path_factory):
    """A Python with the learner's wheel, all that this requires, and a kernel."""
    home = tmp_path_factory.mktemp("learner")
    venv.create(home / "python")
    (site,) = (home / "python").glob("lib/python*/site-packages")
    zipfile.ZipFile(downloads.wheel(home)).extractall(site)
    (own,) = distributions(name="reglib", path=[str(site)])
    found, wanted = {}, ["ipykernel", *own.requires]
    while wanted:
        requirement = Requirement(wanted.pop())
        if requirement.name in found or (
            requirement.marker and not requirement.marker.evaluate({"extra": ""})
        ):
            continue
        found[requirement.name] = distribution(requirement.name)
        wanted += found[requirement.name].requires or ()
    for each in found.values():
        for top in {file.parts[0] for file in each.files} - {"..", "__pycache__"}:
            if not (site / top).exists():
                (site / top).symlink_to(each.locate_file(top))
    python = home / "python/bin/python"
    others = "[n for n in ('myst_nb', 'jupyterquiz', 'sklearn', 'grader') if find_spec(n)]"
    code = f"from importlib.util import find_spec; print({others})"
    assert subprocess.check_output([python, "-I", "-c", code], text=True).strip() == "[]"
    kernel = home / "kernels/learner"
    kernel.mkdir(parents=True)
    start = [str(python), "-I", "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    (kernel / "kernel.json").write_text(json.dumps({"argv": start, "display_name": "learner"}))
    return home


@pytest.mark.long
@each_lesson
def test_a_lesson_runs_in_jupyter_with_the_learners_wheel_alone(learner, name, monkeypatch):
    monkeypatch.setenv("JUPYTER_PATH", str(learner))
    notebook = lesson(name)
    here = {"metadata": {"path": str(learner)}}
    NotebookClient(notebook, timeout=HANG, kernel_name="learner", resources=here).execute()
    ran = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.execution_count for cell in ran)
    told = [str(cell.outputs) for cell in ran if 'check("' in cell.source]
    assert all(": 0 of " in said for said in told)
    moved = [str(cell.outputs) for cell in ran if re.search(r"^\w+Explorer\(", cell.source, re.M)]
    assert all("jupyter.widget-view" in shown for shown in moved)
