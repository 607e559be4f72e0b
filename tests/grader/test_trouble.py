"""What fails on the machine is told in one sentence, and leaves what was there before."""

import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import exc

from grader import __main__ as command_line
from grader import record, trouble
from grader.course import handed_in
from grader.writer import Run

if not shutil.which("bwrap"):
    pytest.skip("bubblewrap is not installed", allow_module_level=True)

MARKS = ("report ridge", "export ridge --format csv --allow-unmarked")
COMMANDS = (*MARKS, "run ridge")


@pytest.fixture(scope="module")
def ran_once(tmp_path_factory, released, in_course):
    """A course in which what Ada was given has been graded, as she left it."""
    course = Path(shutil.copytree(released, tmp_path_factory.mktemp("once") / "course"))
    (course / "submitted/ada/ridge").mkdir(parents=True)
    shutil.copy(released / "exercises/ridge/ridge.ipynb", course / "submitted/ada/ridge")
    in_course(course, "grader", "run", "ridge")
    return course


@pytest.fixture
def course(ran_once, tmp_path):
    return Path(shutil.copytree(ran_once, tmp_path / "course"))


@pytest.fixture
def main(course, monkeypatch):
    """Give a command; return what it says when it ends with status 1."""

    def main(command):
        monkeypatch.chdir(course)
        monkeypatch.setattr(sys, "argv", ["grader", *command.split()])
        with pytest.raises(SystemExit) as end:
            command_line.main()
        assert isinstance(end.value.code, str) and len(end.value.code) < 600
        return end.value.code

    return main


def contents(course):
    kept = [path for path in course.rglob("*") if path.is_file()]
    return {path: path.read_bytes() for path in kept if path.name != "run.lock"}


# The gradebook


def garbage(path):
    path.write_bytes(b"no database" * 1000)


def cut(path):
    path.write_bytes(path.read_bytes()[:5000])


def with_another_table(path):
    with sqlite3.connect(path) as database:
        database.execute("DROP TABLE grade")
        database.execute("CREATE TABLE grade (other)")


def a_folder(path):
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("damage", [garbage, cut, with_another_table, a_folder])
def test_a_gradebook_that_is_damaged(course, main, command, damage):
    damage(course / "gradebook.db")
    before = contents(course)
    assert "radebook" in main(command)
    assert contents(course) == before


def sandboxed(course, env, *arguments):
    """Call Python in a course of which bubblewrap shows a part in another way."""
    *sandbox, command = arguments
    called = ["bwrap", "--dev-bind", "/", "/", *sandbox, sys.executable, *command]
    return subprocess.run(called, cwd=course, env=env, capture_output=True, text=True)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_course_that_cannot_be_written_to(course, in_course, command):
    shutil.rmtree(course / ".grader/reports", ignore_errors=True)
    bound = ("--ro-bind", course, course)
    done = sandboxed(course, in_course.env, *bound, ["-m", "grader", *command.split()])
    assert done.returncode == 1 and done.stdout == ""
    (said,) = done.stderr.splitlines()
    assert "read-only file system. To go on, mount that disk" in said


WRITE = """
import shutil, sqlite3, sys
from grader import record, trouble
from grader.marking.grade import Graded
from grader.writer import Run
run = Run(".", "ridge")
notebook = open("autograded/ada/ridge/ridge.ipynb").read()
made = Graded(notebook, record.load(".", "ridge", "ada"))

def forget():  # so that all is to be written again
    shutil.rmtree("autograded", ignore_errors=True)
    with sqlite3.connect("gradebook.db") as database:
        database.execute("UPDATE grade SET auto_score = 77 WHERE auto_score IS NOT NULL")

def write():
    try:
        run.write(made)
    except Exception as error:
        assert trouble.is_for_all(error), repr(error)
        print(trouble.sentence(error))
        return False
    return True
"""


def test_a_gradebook_that_cannot_be_written_to(course, in_course):
    file = course / "gradebook.db"
    with sqlite3.connect(file) as database:
        database.execute("UPDATE grade SET auto_score = 77 WHERE auto_score IS NOT NULL")
    done = sandboxed(course, in_course.env, "--ro-bind", file, file, ["-c", WRITE + "write()"])
    assert done.returncode == 0, done.stderr
    assert "The gradebook cannot be used (attempt to write a readonly database)" in done.stdout
    assert "make its file, and the folder that holds it, writable" in done.stdout
    assert "Traceback" not in done.stderr
    assert [job.student for job in Run(course, "ridge").jobs(["ada"], force=False)] == ["ada"]


def test_a_gradebook_that_another_keeps_locked(course, main):
    with open(course / "nbgrader_config.py", "a") as file:
        url = f"sqlite:///{course}/gradebook.db?timeout=0"
        file.write(f"\nc.CourseDirectory.db_url = {url!r}\n")
    other = sqlite3.connect(course / "gradebook.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    for command in COMMANDS:
        assert "(database is locked). To go on, let the program end" in main(command)
    other.close()


# The disk

FULL = (
    WRITE
    + """
import os
from pathlib import Path
from grader import __main__

def filled(but):
    with open("rest", "wb", buffering=0) as file:
        try:
            while file.write(bytes(4096)):
                pass
        except OSError:
            pass
        file.truncate(max(0, file.tell() - but))

def command(line):
    sys.argv = ["grader", *line.split()]
    try:
        __main__.main()
    except SystemExit as end:
        print(end.code)

def whole():
    with sqlite3.connect("gradebook.db") as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    for path in Path(".grader/verdicts").rglob("*.json"):
        assert record.load(".", "ridge", path.stem) == made.record
    for path in Path("autograded").rglob("*.ipynb"):
        assert path.read_text() == notebook

marks = {p: Path(p).read_bytes() for p in (".grader/reports/ridge/ridge.html", "ridge-csv.csv")}
for but in (0, 4096):
    filled(but)
    command("report ridge")
    command("export ridge --format csv --allow-unmarked")
    assert {p: Path(p).read_bytes() for p in marks} == marks
ended = []
for but in (0, 4096, 16384, 65536, 262144):
    forget()
    filled(but)
    ended.append(write())
    whole()
    if not ended[-1]:
        assert [job.student for job in run.jobs(["ada"], False)] == ["ada"]
    os.unlink("rest")
assert not ended[0] and not ended[2] and write(), ended
whole()
"""
)


def test_a_full_disk(ran_once, tmp_path, in_course):
    course = tmp_path / "course"
    course.mkdir()
    for command in MARKS:
        in_course(ran_once, "grader", *command.split())
    copy = (
        "import shutil, sys; shutil.copytree(sys.argv[1], '.', dirs_exist_ok=True);"
        "exec(sys.argv[2])"
    )
    disk = ("--size", str(8 * 2**20), "--tmpfs", course, "--chdir", course)
    done = sandboxed(course, in_course.env, *disk, ["-c", copy, ran_once, FULL])
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    said = done.stdout.splitlines()
    assert len(said) >= 5
    for line in said:
        assert "To go on, make room on " in line or line.startswith(("ridge: out", "ridge-csv"))


# One student among others


STRANGERS = ("*", "[a]da", "a\nb", " ada", "x" * 250, "\u202eada")


@pytest.mark.parametrize("student", STRANGERS)
def test_an_id_that_is_a_pattern_costs_nobody_else(course, student):
    """By nbgrader's ways the marks of `*` would be everybody's."""
    shutil.copytree(course / "submitted/ada", course / "submitted" / student)
    run = Run(course, "ridge")
    students = sorted(handed_in(run.course, "ridge"))
    assert students == sorted(["ada", student])
    assert [job.student for job in run.jobs(students, force=True)] == ["ada"]
    assert "cannot be the id of a student" in run.failed[student]


def test_what_stands_in_the_place_of_a_folder_costs_nobody_else(course):
    (course / "submitted/bob").mkdir()
    (course / "submitted/bob/ridge").write_text("")
    (course / "submitted/notes.txt").write_text("nobody's")
    run = Run(course, "ridge")
    students = sorted(handed_in(run.course, "ridge"))
    assert students == ["ada", "bob"]
    assert [job.student for job in run.jobs(students, force=True)] == ["ada"]
    assert "not a directory. To go on, move away what stands in the" in run.failed["bob"]


@pytest.mark.parametrize("where", ["submitted/bob", "submitted/bob/ridge"])
def test_a_folder_that_cannot_be_looked_into_costs_nobody_else(course, in_course, where):
    """Root may look into all, so it is another user who tries."""
    shutil.copytree(course / "submitted/ada", course / "submitted/bob")
    code = (
        "import os, sys; os.chmod(sys.argv[1], 0); from grader.course import handed_in;"
        "from grader.writer import Run; run = Run('.', 'ridge');"
        "import grader.submission.folder;"
        "os.setresgid(65534, 65534, 65534); os.setresuid(65534, 65534, 65534)\n"
        "students = sorted(handed_in(run.course, 'ridge'))\n"
        "print(students, [job.student for job in run.jobs(students, True)], run.failed)"
    )
    if os.getuid():
        code = code.replace("os.setres", "(lambda *ids: None)  #")
    for folder in (course, *course.parents):
        if folder.stat().st_uid == os.getuid() and folder != Path("/tmp"):
            folder.chmod(folder.stat().st_mode | 0o055)
    done = subprocess.run(
        [sys.executable, "-c", code, where], cwd=course, env=in_course.env, capture_output=True
    )
    said = done.stdout.decode()
    (course / where).chmod(0o700)
    assert said.startswith("['ada', 'bob'] ['ada'] {'bob': "), said + done.stderr.decode()
    assert "permission denied. To go on, give yourself the right" in said


def test_a_failure_that_nobody_thought_of_costs_nobody_else(course, monkeypatch):
    shutil.copytree(course / "submitted/ada", course / "submitted/bob")
    repair = sys.modules["grader.writer"].repair_file

    def failing(release, path, anchor):
        if "bob" in str(path):
            raise RecursionError("too deep")
        return repair(release, path, anchor)

    monkeypatch.setattr("grader.writer.repair_file", failing)
    run = Run(course, "ridge")
    assert [job.student for job in run.jobs(["ada", "bob"], force=True)] == ["ada"]
    assert run.failed == {"bob": "RecursionError: too deep"}


@pytest.mark.parametrize("damage", [lambda path: path.write_text("{"), a_folder])
def test_a_record_that_is_damaged(course, main, damage, capsys, monkeypatch):
    damage(record.place(course, "ridge", "ada"))
    run = Run(course, "ridge")
    assert [job.student for job in run.jobs(["ada"], force=False)] + list(run.failed) == ["ada"]
    monkeypatch.chdir(course)
    monkeypatch.setattr(sys, "argv", ["grader", "report", "ridge"])
    command_line.main()
    assert "ada" in (course / ".grader/reports/ridge/ridge.html").read_text("utf-8")


def test_a_list_of_submissions_that_cannot_be_read(course, main, monkeypatch):
    iterdir = Path.iterdir

    def refusing(path):
        if path.name == "submitted":
            raise PermissionError(13, "Permission denied", str(path))
        return iterdir(path)

    monkeypatch.setattr(Path, "iterdir", refusing)
    for command in ("report ridge", "run ridge"):
        said = main(command)
        assert "submitted: permission denied. To go on, give yourself the right" in said


@pytest.mark.parametrize(
    ("error", "all_"),
    [
        (OSError(28, "No space left on device"), True),
        (PermissionError(13, "Permission denied"), False),
        (exc.OperationalError("q", {}, Exception("database is locked")), True),
        (exc.DatabaseError("q", {}, Exception("file is not a database")), True),
        (exc.DataError("q", {}, Exception("a NUL in a text")), False),
        (ValueError("x"), False),
    ],
)
def test_what_is_as_bad_for_everybody(error, all_):
    assert trouble.is_for_all(error) == all_
    assert bool(trouble.sentence(error)) == (not isinstance(error, ValueError))
