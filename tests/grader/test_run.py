"""`python -m grader run`: a class graded in parallel, killed at any moment, on any database."""

import contextlib
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat
import psutil
import pytest
from nbgrader.api import Gradebook
from params import first_of
from patience import HANG, until

import grader.__main__

if not shutil.which("bwrap"):
    pytest.skip("bubblewrap is not installed", allow_module_level=True)

STUDENTS = [f"s{i:02d}" for i in range(8)]


def gradebook(course):
    """All that a gradebook says of marks and comments, row by row."""
    with Gradebook(url(course), "regularization") as book:
        rows = []
        for submission in book.db.query(book_class("SubmittedAssignment")):
            for notebook in submission.notebooks:
                for grade in notebook.grades:
                    what = (grade.auto_score, grade.manual_score, grade.needs_manual_grade)
                    rows.append((submission.student.id, grade.name, *what))
                for comment in notebook.comments:
                    what = (comment.auto_comment, comment.manual_comment)
                    rows.append((submission.student.id, comment.name, *what))
        return sorted(rows, key=str)


def book_class(name):
    import nbgrader.api

    return getattr(nbgrader.api, name)


def url(course):
    config = (course / "nbgrader_config.py").read_text("utf-8")
    marker = "c.CourseDirectory.db_url = "
    if marker in config:
        return config.split(marker)[1].strip().strip('"')
    return f"sqlite:///{course}/gradebook.db"


@pytest.fixture
def class_of(course, hand_in, solution):
    """A course in which each student has handed in a part of the solution, chosen by chance."""
    chance = random.Random(1)
    for student in STUDENTS:
        hand_in(course, student, {k: v for k, v in solution.items() if chance.random() < 0.7})
    return course


@pytest.fixture(params=first_of(["sqlite", "postgresql"]))
def on_database(request):
    """Have a course keep its gradebook in a database of a kind, with the assignment in it."""

    def on_database(course, in_course):
        if request.param == "postgresql":
            (course / "gradebook.db").unlink()
            with open(course / "nbgrader_config.py", "a") as file:
                address = request.getfixturevalue("postgres")()
                file.write(f'\nc.CourseDirectory.db_url = "{address}"\n')
            in_course(course, "nbgrader", "generate_assignment", "ridge", "--force")

    return on_database


def test_a_class_is_graded_as_one_by_one(class_of, in_course, tmp_path):
    other = Path(shutil.copytree(class_of, tmp_path / "other"))
    done = in_course(class_of, "grader", "run", "ridge")
    assert done.stdout == "8 graded, 0 were already, 0 failed.\n"
    (other / ".grader").mkdir()
    shutil.copy(class_of / ".grader/secret", other / ".grader")
    in_course(other, "nbgrader", "autograde", "ridge")
    assert gradebook(class_of) == gradebook(other)
    for student in STUDENTS:
        ours, theirs = (
            nbformat.read(folder / "autograded" / student / "ridge/ridge.ipynb", 4)
            for folder in (class_of, other)
        )
        assert [cell.source for cell in ours.cells] == [cell.source for cell in theirs.cells]
        assert [cell.get("outputs") for cell in ours.cells if "check" in cell.source] == [
            cell.get("outputs") for cell in theirs.cells if "check" in cell.source
        ]


def test_what_is_done_is_not_done_again(class_of, in_course, solution, hand_in):
    in_course(class_of, "grader", "run", "ridge", "--student", "s00")
    before = (class_of / ".grader/verdicts/ridge/s00.json").stat().st_mtime_ns
    done = in_course(class_of, "grader", "run", "ridge", "--student", "s00", "--student", "s01")
    assert done.stdout == "1 graded, 1 were already, 0 failed.\n"
    assert (class_of / ".grader/verdicts/ridge/s00.json").stat().st_mtime_ns == before
    hand_in(class_of, "s01", solution)
    done = in_course(class_of, "grader", "run", "ridge", "--student", "s00", "--student", "s01")
    assert done.stdout == "1 graded, 1 were already, 0 failed.\n"
    points = [row[2] for row in gradebook(class_of) if row[0] == "s01" and "check" in row[1]]
    assert sum(points) == 29


@pytest.mark.long
def test_a_run_that_is_killed_goes_on_to_the_same_gradebook(
    class_of, in_course, on_database, tmp_path
):
    """Workers and the writer are killed at random moments; the bench does it with 200."""
    other = Path(shutil.copytree(class_of, tmp_path / "other"))
    for folder in (class_of, other):
        on_database(folder, in_course)
    in_course(class_of, "grader", "run", "ridge")
    (other / ".grader").mkdir()
    shutil.copy(class_of / ".grader/secret", other / ".grader")
    verdicts = other / ".grader/verdicts/ridge"
    chance = random.Random(2)

    def kill(command, more_than):
        """Now and then a worker, which the run survives; then the writer."""
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        with subprocess.Popen(command, cwd=other, env=in_course.env, **quiet) as run:
            until(
                lambda: len(list(verdicts.glob("*.json"))) > more_than, lambda: run.poll() is None
            )
            time.sleep(chance.uniform(0, 0.2))
            children = psutil.Process(run.pid).children()
            workers = [child for child in children if "spawn_main" in str(child.cmdline())]
            if workers and chance.random() < 0.5:
                chance.choice(workers).send_signal(signal.SIGKILL)
                time.sleep(chance.uniform(0, 1))
            run.kill()

    for more_than in (0, 2, 4):
        kill([sys.executable, "-m", "grader", "run", "ridge"], more_than)
    in_course(other, "grader", "run", "ridge")
    assert {row[0] for row in gradebook(other)} == set(STUDENTS)
    assert gradebook(other) == gradebook(class_of)
    assert not list(other.rglob("*.writing"))


AUDIT = """
import os, socket, sys

def note(one, address):
    with open(os.environ["LISTENING"], "a") as file:
        print(one.family.name, address, file=file)

def audit(event, args):
    if event == "socket.bind" and args[0].family.name in ("AF_INET", "AF_INET6", "AF_UNIX"):
        if args[0].type != socket.SOCK_STREAM:  # which can be spoken to once it is bound
            note(*args)

def listen(one, *args, call=socket.socket.listen):
    note(one, one.getsockname())
    call(one, *args)

socket.socket.listen = listen
sys.addaudithook(audit)
"""


def is_private(path):
    """Whether a folder on the way is closed to all but its owner."""
    return any(way.exists() and way.stat().st_mode & 0o077 == 0 for way in Path(path).parents)


def doors(pid):
    """Sockets that another user could reach, of a process and all that it has started.

    What is in a network of its own is reached by none that has a name there only.
    """
    found = set()
    for process in [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]:
        with contextlib.suppress(psutil.NoSuchProcess, OSError):
            apart = not os.path.samefile(f"/proc/{process.pid}/ns/net", "/proc/self/ns/net")
            for one in process.net_connections("all"):
                if one.family != socket.AF_UNIX and not apart:
                    found.add(str(one.laddr))
                elif one.family == socket.AF_UNIX and one.laddr.startswith("/") and not apart:
                    found |= {one.laddr} - ({one.laddr} if is_private(one.laddr) else set())
                elif one.family == socket.AF_UNIX and one.laddr and not apart:
                    found.add(one.laddr)
    for path in Path(tempfile.gettempdir()).glob("grader-*/runs/*/ipc/k-*"):
        if not is_private(path):
            found.add(str(path))
    return found


def test_a_run_opens_no_door_to_other_users_of_the_machine(class_of, in_course, tmp_path):
    (tmp_path / "sitecustomize.py").write_text(AUDIT)
    env = {**in_course.env, "PYTHONPATH": str(tmp_path), "LISTENING": str(tmp_path / "listening")}
    command = [sys.executable, "-m", "grader", "run", "ridge", "--workers=2"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    seen, found = 0, set()
    with subprocess.Popen(command, cwd=class_of, env=env, **quiet) as run:
        while run.poll() is None:
            with contextlib.suppress(psutil.NoSuchProcess):
                found |= doors(run.pid)
                seen = max(seen, len(psutil.Process(run.pid).children(recursive=True)))
            time.sleep(0.02)
    assert run.returncode == 0 and seen > 6
    assert not found
    assert not (tmp_path / "listening").exists(), (tmp_path / "listening").read_text()


@pytest.mark.parametrize("how", first_of(["", "--unsandboxed"]))
@pytest.mark.parametrize("what", first_of(["SIGTERM", "SIGINT", "SIGKILL"]))
def test_a_run_that_is_stopped_leaves_nothing_behind(
    course, hand_in, solution, in_course, tmp_path, what, how
):
    hand_in(course, "ada", solution)
    in_course(course, "grader", "run", "ridge")
    before = gradebook(course)
    for student in ("bob", "eve"):
        hand_in(course, student, {"ridge_objective": f"import time; time.sleep({10 * HANG})"})
    with open(course / "nbgrader_config.py", "a") as file:
        file.write(f"\nc.Execute.limits = {{'cell': {HANG}, 'seconds': {HANG}}}\n")
    command = [sys.executable, "-m", "grader", "run", "ridge", "--workers=2", *how.split()]
    command += ["--student=bob", "--student=eve"]
    with open(tmp_path / "said", "w") as said:
        run = subprocess.Popen(command, cwd=course, env=in_course.env, stderr=said)
        until(lambda: len(homes(run.pid)) == 2, lambda: run.poll() is None)
        time.sleep(1)  # now they are in the midst of it
    left = homes(run.pid)
    family = psutil.Process(run.pid).children(recursive=True)
    run.send_signal(getattr(signal, what))
    run.wait(HANG)
    if what != "SIGKILL":
        assert run.returncode == 1 and (tmp_path / "said").read_text().endswith(STOPPED)
        assert "Traceback" not in (tmp_path / "said").read_text()
    until(lambda: not [one for one in family if one.is_running()])
    until(lambda: not [home for home in left if home.exists()])
    assert gradebook(course) == before


STOPPED = "Stopped. The same command goes on with what is left.\n"


def homes(pid):
    """The folders of kernels that are ready, of a run."""
    found = set()
    for process in psutil.Process(pid).children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            found |= {Path(file.path).parent for file in process.open_files()}
    return {home for home in found if list(home.glob("runs/*/ipc/k-1"))}


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o777])
def test_what_the_grader_keeps_is_for_its_owner_alone(class_of, in_course, umask):
    (class_of / ".grader").mkdir()
    (class_of / ".grader").chmod(0o755)  # as if somebody had unpacked it from somewhere
    (class_of / ".grader/run.lock").touch(0o666)
    code = f"import os; os.umask({umask}); from grader.run import alone\n"
    code += "with alone('.'): pass\n"
    code += "from grader.course import course_at, secret; secret(course_at('.'))"
    subprocess.run([sys.executable, "-c", code], cwd=class_of, env=in_course.env, check=True)
    for path in (class_of / ".grader", *(class_of / ".grader").iterdir()):
        assert path.stat().st_mode & 0o077 == 0, path


def test_the_secret_is_in_no_command_and_no_environment_and_no_word(class_of, in_course):
    command = [sys.executable, "-m", "grader", "run", "ridge", "--workers=2"]
    told = b""
    with subprocess.Popen(
        command, cwd=class_of, env=in_course.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as run:
        while run.poll() is None:
            with contextlib.suppress(psutil.NoSuchProcess):
                for one in [psutil.Process(run.pid), *psutil.Process(run.pid).children(True)]:
                    for name in ("cmdline", "environ"):
                        with contextlib.suppress(OSError):
                            told += Path(f"/proc/{one.pid}/{name}").read_bytes()[:4096]
            time.sleep(0.05)
        told += run.stdout.read()
    secret = (class_of / ".grader/secret").read_text()
    kept = [path for path in class_of.rglob("*") if path.is_file() and path.name != "secret"]
    assert len(secret) == 64 and len(kept) > 20
    for data in (told, *(path.read_bytes() for path in kept)):
        assert secret.encode() not in data and bytes.fromhex(secret) not in data


def test_who_is_unknown_is_named(class_of, in_course):
    done = in_course(class_of, "grader", "run", "ridge", "--student", "eve", code=1)
    assert "eve has handed in nothing for ridge." in done.stderr
    assert done.stdout == "" and len(done.stderr.splitlines()) == 1


def test_too_long_a_path_for_temporary_files_is_one_sentence(
    course, hand_in, in_course, tmp_path, monkeypatch
):
    hand_in(course, "ada", {})
    folder = tmp_path / ("x" * 100)
    folder.mkdir()
    monkeypatch.setitem(in_course.env, "TMPDIR", str(folder))
    for how in ([], ["--unsandboxed"]):
        done = in_course(course, "grader", "run", "ridge", *how, code=1)
        assert "set TMPDIR to a shorter folder" in done.stderr
        assert done.stderr.count("\n") == 1 and not done.stdout


def test_a_command_that_is_stopped_while_it_begins_says_so_in_a_sentence(monkeypatch):
    def stop(name):
        raise KeyboardInterrupt

    monkeypatch.setattr(sys, "argv", ["grader", "run", "ridge"])
    monkeypatch.setattr(grader.__main__, "import_module", stop)
    with pytest.raises(SystemExit, match="Stopped"):
        grader.__main__.main()
