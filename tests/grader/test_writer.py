"""What a run takes for done: neither more nor less than what would come out the same."""

import json
import shutil
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest

from grader import record
from grader.marking.grade import Graded
from grader.plugins.ready import Ready
from grader.submission.folder import digest_of
from grader.writer import Run

if not shutil.which("bwrap"):
    pytest.skip("bubblewrap is not installed", allow_module_level=True)

ROOT = Path(__file__).parents[2]
# The home of a copy of the grader stands first on the path, so what is changed there counts.
SCRIPT = """
import contextlib, json, sys
from pathlib import Path

home = Path(sys.argv[1])
sys.path.insert(0, str(home))
from grader.writer import Run

@contextlib.contextmanager
def appended(path, text):
    before = path.read_bytes()
    path.write_bytes(before + text.encode())
    yield
    path.write_bytes(before)

def to_do():
    return [job.student for job in Run(".", "ridge").jobs(["ada"], False)]

found = {"nothing": to_do()}
for name in json.loads(sys.argv[2]):
    with appended(home / name, "\\n# changed\\n"):
        found[name] = to_do()
with appended(Path("nbgrader_config.py"), "\\nc.Execute.limits = {'cell': 20}\\n"):
    found["limits"] = to_do()
with appended(Path(".grader/secret"), "00"):
    found["secret"] = to_do()
release = Path("exercises/ridge/ridge.ipynb").read_text("utf-8")
Path("exercises/ridge/ridge.ipynb").write_text(release.replace("def ", "def  ", 1), "utf-8")
found["release"] = to_do()
Path("exercises/ridge/ridge.ipynb").write_text(release, "utf-8")
found["nothing any more"] = to_do()
for name in ("numpy", "matplotlib"):
    metadata = home / f"{name}-99.dist-info/METADATA"
    metadata.parent.mkdir()
    metadata.write_text(f"Metadata-Version: 2.1\\nName: {name}\\nVersion: 99\\n")
    found[name] = to_do()
    metadata.unlink()
    metadata.parent.rmdir()
sys.version = "4.0"
found["Python"] = to_do()
print(json.dumps(found))
"""
SOURCES = (
    *("reglib/checks/judge.py", "reglib/checks/tell.py", "reglib/ridge.py", "reglib/guard.py"),
    *("grader/marking/grade.py", "grader/marking/sitting.py", "grader/sandbox/inside/wire.py"),
    *("grader/sandbox/inside/zygote.py", "grader/submission/release.py"),
)


@pytest.fixture(scope="module")
def ran_once(tmp_path_factory, released, solution, in_course):
    """A course in which Ada's submission has been graded; half of it is right."""
    course = Path(shutil.copytree(released, tmp_path_factory.mktemp("once") / "course"))
    notebook = json.loads((course / "exercises/ridge/ridge.ipynb").read_text("utf-8"))
    for cell in notebook["cells"]:
        name = cell["metadata"]["nbgrader"]["grade_id"]
        if name in ("ridge_objective", "ridge_fit"):
            cell["source"] = solution[name]
    (course / "submitted/ada/ridge").mkdir(parents=True)
    (course / "submitted/ada/ridge/ridge.ipynb").write_text(json.dumps(notebook), "utf-8")
    done = in_course(course, "grader", "run", "ridge")
    assert done.stdout == "1 graded, 0 were already, 0 failed.\n"
    return course


@pytest.fixture
def graded(ran_once, tmp_path):
    """The same, in a folder of its own."""
    return Path(shutil.copytree(ran_once, tmp_path / "course"))


def to_do(course):
    return [job.student for job in Run(course, "ridge").jobs(["ada"], force=False)]


def test_whatever_could_change_a_mark_is_noticed(graded, in_course, tmp_path):
    for name in ("grader", "reglib"):
        shutil.copytree(ROOT / name, tmp_path / name)
    (graded / "changes.py").write_text(SCRIPT)
    told = in_course(graded, "changes", tmp_path, json.dumps(SOURCES)).stdout
    found = json.loads(told)
    assert found.pop("nothing") == found.pop("nothing any more") == []
    assert set(found) == {
        *SOURCES,
        *("limits", "secret", "release", "numpy", "matplotlib", "Python"),
    }
    assert [name for name, students in found.items() if students != ["ada"]] == []


def test_what_python_compiles_is_no_change(graded, tmp_path, monkeypatch):
    homes = [Path(shutil.copytree(ROOT / "reglib", tmp_path / "reglib"))]
    monkeypatch.setattr("grader.writer.JUDGES", homes)
    before = Run(graded, "ridge").basis
    for path in homes[0].rglob("__pycache__"):
        shutil.rmtree(path)
    (homes[0] / "__pycache__").mkdir()
    (homes[0] / "__pycache__/new.pyc").write_bytes(b"new")
    assert Run(graded, "ridge").basis == before
    (homes[0] / "new.py").write_bytes(b"")
    assert Run(graded, "ridge").basis != before


def moved_away(course, in_course):
    (course / "gradebook.db").rename(course / "elsewhere.db")
    with pytest.raises(LookupError, match=r"There is no gradebook .*nbgrader generate_assignment"):
        Run(course, "ridge")
    in_course(course, "nbgrader", "generate_assignment", "ridge", "--force")


def restored_from_before(course, in_course):
    (course / "gradebook.db").unlink()
    in_course(course, "nbgrader", "generate_assignment", "ridge", "--force")
    in_course(course, "nbgrader", "db", "student", "add", "ada")


def restored_from_a_worse_day(course, in_course):
    with sqlite3.connect(course / "gradebook.db") as database:
        database.execute("UPDATE grade SET auto_score = 1 WHERE auto_score > 1")


def another_database(course, in_course):
    with open(course / "nbgrader_config.py", "a") as file:
        file.write(f'\nc.CourseDirectory.db_url = "sqlite:///{course}/other.db"\n')
    in_course(course, "nbgrader", "generate_assignment", "ridge", "--force")


def student_removed(course, in_course):
    in_course(course, "nbgrader", "db", "student", "remove", "ada", "--force")


@pytest.mark.parametrize(
    "change",
    [
        moved_away,
        restored_from_before,
        restored_from_a_worse_day,
        another_database,
        student_removed,
    ],
)
def test_done_is_what_the_gradebook_has(graded, in_course, change):
    assert to_do(graded) == []
    change(graded, in_course)
    assert to_do(graded) == ["ada"]


def test_a_mark_by_hand_does_not_make_it_undone(graded):
    with sqlite3.connect(graded / "gradebook.db") as database:
        database.execute("UPDATE grade SET manual_score = 0.5, needs_manual_grade = 0")
    assert to_do(graded) == []


@pytest.fixture
def again(graded):
    """A run, and what a worker has made of Ada's submission."""
    run = Run(graded, "ridge")
    notebook = (graded / "autograded/ada/ridge/ridge.ipynb").read_text("utf-8")
    return run, Graded(notebook, record.load(graded, "ridge", "ada"))


def test_nbgrader_does_not_repair_what_a_run_has_repaired(graded, again, monkeypatch):
    run, made = again
    before = marks(graded)
    monkeypatch.setattr("grader.plugins.reader.repair_file", None)
    monkeypatch.setattr("grader.plugins.execute.work", None)
    run.write(made)
    assert marks(graded) == before and to_do(graded) == []


def test_nothing_is_done_before_its_notebook_is_written(graded, again, monkeypatch):
    run, made = again
    write, written = Ready.write_single_notebook, []

    def killed(*args):
        written.append(args)
        if len(written) > 1:
            raise SystemExit
        write(*args)

    monkeypatch.setattr(Ready, "write_single_notebook", killed)
    with pytest.raises(SystemExit):
        run.write(made)
    assert (graded / "autograded/ada/ridge/ridge.ipynb").exists()
    assert to_do(graded) == ["ada"]


class Watched(ThreadPoolExecutor):
    """Three workers, and the most jobs that they have had, done or not, and not written."""

    most = given = 0

    def number(self):
        return 3

    def submit(self, do, job):
        self.given += 1
        self.most = max(self.most, self.given)
        return super().submit(str, job.student)


def test_no_more_is_held_than_what_is_under_way(again, monkeypatch):
    run, _ = again
    everybody = [f"s{number}" for number in range(50)]
    jobs = (SimpleNamespace(student=student) for student in everybody)
    monkeypatch.setattr(run, "jobs", lambda *_: jobs)
    written = []
    with Watched(3) as workers:

        def write(graded):
            workers.given -= 1
            if graded == "s7":
                raise OSError("no room")
            written.append(graded)

        monkeypatch.setattr(run, "write", write)
        run.go(workers, everybody)
    assert workers.most == 6
    assert set(written) == {*everybody} - {"s7"}
    assert list(run.failed) == ["s7"] and "no room" in run.failed["s7"]


def test_a_run_puts_back_what_the_gradebook_has_lost(graded, in_course):
    before = marks(graded)
    student_removed(graded, in_course)
    assert marks(graded) == []
    done = in_course(graded, "grader", "run", "ridge")
    assert done.stdout == "1 graded, 0 were already, 0 failed.\n"
    assert marks(graded) == before and sum(score or 0 for _, score in before) > 0
    done = in_course(graded, "grader", "run", "ridge")
    assert done.stdout == "0 graded, 1 were already, 0 failed.\n"


def marks(course):
    with sqlite3.connect(course / "gradebook.db") as database:
        query = (
            "SELECT base_cell.name, grade.auto_score FROM grade JOIN base_cell ON cell_id = "
            "base_cell.id ORDER BY 1"
        )
        return database.execute(query).fetchall()


def test_a_record_knows_what_was_handed_in(course, hand_in, solution, in_course):
    work = hand_in(course, "ada", solution)
    in_course(course, "nbgrader", "autograde", "ridge")
    digest = digest_of(work, course / "submitted")
    assert record.load(course, "ridge", "ada").submission == digest
    in_course(course, "grader", "run", "ridge")
    assert record.load(course, "ridge", "ada").submission == digest
    work.write_text(work.read_text("utf-8") + "\n", "utf-8")  # the same work, saved anew
    assert digest_of(work, course / "submitted") != digest
    done = in_course(course, "grader", "run", "ridge")
    assert "0 graded, 1 were already" in done.stdout
    found = record.load(course, "ridge", "ada").submission
    assert found == digest_of(work, course / "submitted")
