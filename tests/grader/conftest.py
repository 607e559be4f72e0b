"""Small courses for the grader, in temporary folders, and a PostgreSQL server."""

import copy
import getpass
import inspect
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat
import pytest
from patience import HANG

from grader.marking.sitting import Sitting
from grader.sandbox.kernel import Kernel, Nursery
from grader.sandbox.walls import MEGABYTE, Limits
from reglib.exercises import assignment

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def in_course(tmp_path_factory):
    """Run a command of Python in a course folder, as an instructor does: `python -m …`."""
    env = {
        **os.environ,
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "JUPYTER_CONFIG_DIR": str(tmp_path_factory.mktemp("settings")),
    }

    def in_course(course, *arguments, code=0):
        command = [sys.executable, "-m", *map(str, arguments)]
        done = subprocess.run(command, cwd=course, env=env, capture_output=True, text=True)
        assert done.returncode == code, done.stdout + done.stderr
        return done

    in_course.env = env
    return in_course


def _graded_cells(notebook):
    """A notebook without the cells that earn nothing: it runs in a fraction of the time."""
    short = copy.deepcopy(notebook)
    short.cells = [cell for cell in short.cells if "nbgrader" in cell.metadata]
    return short


@pytest.fixture(scope="session")
def source():
    """The graded cells of the ridge notebook, with their solutions."""
    return _graded_cells(nbformat.read(ROOT / "solutions/ridge/ridge.ipynb", 4))


@pytest.fixture(scope="session")
def released(once, source, in_course):
    """A course folder in which the short ridge notebook has been released."""

    def release(course):
        (course / "solutions/ridge").mkdir(parents=True)
        nbformat.write(source, course / "solutions/ridge/ridge.ipynb")
        shutil.copy(ROOT / "nbgrader_config.py", course)
        in_course(course, "nbgrader", "generate_assignment", "ridge")

    return once("released", release)


@pytest.fixture
def course(tmp_path, released):
    """A course folder of its own, in which the short ridge notebook has been released."""
    return Path(shutil.copytree(released, tmp_path / "course"))


@pytest.fixture(scope="session")
def solution(source):
    """What the solutions put into each answer cell."""
    return {
        cell.metadata.nbgrader.grade_id: cell.source
        for cell in source.cells
        if cell.metadata.nbgrader.solution
    }


@pytest.fixture
def hand_in(released):
    """Hand in the released notebook with answers, as a student of a course."""
    release = nbformat.read(released / "exercises/ridge/ridge.ipynb", 4)

    def hand_in(course, student, answers):
        notebook = copy.deepcopy(release)
        for cell in notebook.cells:
            cell.source = answers.get(cell.metadata.nbgrader.grade_id, cell.source)
        folder = Path(course, "submitted", student, "ridge")
        folder.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, folder / "ridge.ipynb")
        return folder / "ridge.ipynb"

    return hand_in


@pytest.fixture(scope="session")
def postgres():
    """A PostgreSQL server of our own; return how to make the URL of a new database in it."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not installed:
        pytest.skip("postgresql is not installed")
    # The server refuses to run as root, and pytest's folders are for their owner alone.
    home = Path(tempfile.mkdtemp(prefix="postgres-"))
    user = "postgres" if os.getuid() == 0 else getpass.getuser()
    if os.getuid() == 0:
        shutil.chown(home, "postgres")

    def tool(name, *arguments):
        command = [installed[-1] / name, *arguments]
        ran = subprocess.run(
            command,
            user=user if os.getuid() == 0 else None,
            cwd=home,
            env={**os.environ, "PGCTLTIMEOUT": str(HANG)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert ran.returncode == 0, ran.stderr

    tool("initdb", "-D", home / "data", "-A", "trust", "-U", "grader", "--no-sync")
    settings = f"-c listen_addresses= -c unix_socket_directories={home} -c fsync=off"
    tool("pg_ctl", "-D", home / "data", "-o", settings, "-l", home / "log", "-w", "start")
    made = iter(range(1000))

    def database():
        name = f"gradebook{next(made)}"
        tool("createdb", "-h", home, "-U", "grader", name)
        return f"postgresql+psycopg://grader@/{name}?host={home}"

    yield database
    tool("pg_ctl", "-D", home / "data", "-m", "immediate", "stop")
    shutil.rmtree(home)


@pytest.fixture(scope="session", autouse=True)
def no_hurry():
    """On a busy machine honest work takes long, and word of a kernel's end comes late."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(inspect.getmodule(Kernel), "GRACE", 10.0)
        patch.setattr(inspect.getmodule(Sitting), "SECONDS", HANG)
        yield


@pytest.fixture
def hurry(monkeypatch):
    """Let time be short for a cell, or a function that is asked for, and for nothing beside it."""
    run, ask = Kernel.run, Kernel.ask

    def hurry(what, grace=1.0, seconds=2.0):
        def timed(call, kernel, asked, *rest):
            if asked != what:
                return call(kernel, asked, *rest)
            with monkeypatch.context() as patch:
                patch.setattr(inspect.getmodule(Kernel), "GRACE", grace)
                return call(kernel, asked, *rest[:-1], seconds)

        monkeypatch.setattr(Kernel, "run", lambda kernel, *args: timed(run, kernel, *args))
        monkeypatch.setattr(Kernel, "ask", lambda kernel, *args: timed(ask, kernel, *args))

    return hurry


@pytest.fixture(scope="session")
def nursery():
    """A sandbox for learners' kernels, with limits that attacks reach soon; but none on time."""
    if not shutil.which("bwrap"):
        pytest.skip("bubblewrap is not installed")
    limits = Limits(memory=300 * MEGABYTE, disk=16 * MEGABYTE, cell=HANG, seconds=HANG)
    with Nursery(assignment("ridge").available, limits) as nursery:
        yield nursery
