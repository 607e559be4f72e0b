"""Where there can be no sandbox nothing is graded, and the doctor says why."""

import shutil
import sys
from pathlib import Path

import pytest

from grader import doctor
from grader.record import load
from grader.sandbox import walls
from grader.sandbox.kernel import Nursery
from grader.sandbox.walls import NoSandbox

needs_bwrap = pytest.mark.skipif(not shutil.which("bwrap"), reason="bubblewrap is not installed")
REFUSAL = "bwrap: No permissions to create a new namespace"


@pytest.fixture
def programs(tmp_path, monkeypatch):
    """A folder that is all of the PATH."""
    folder = tmp_path / "programs"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def write(path, script):
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


@pytest.fixture
def refused(programs):
    """A bubblewrap that may not do its work, as on a hardened machine."""
    options = " ".join(doctor.OPTIONS)
    write(
        programs / "bwrap",
        f'case "$1" in --version) echo bubblewrap 0.8.0;; --help) echo {options};;'
        f' *) echo "{REFUSAL}" >&2; exit 1;; esac',
    )


def examined(capsys):
    code = doctor.main()
    printed = capsys.readouterr().out
    return code, printed, [line for line in printed.splitlines() if line[:1] in ("✓", "✗")]


@needs_bwrap
def test_where_all_is_well(capsys, monkeypatch):
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:/usr/bin:/bin")
    code, printed, lines = examined(capsys)
    assert code == 0, printed
    assert len(lines) == 9
    assert all(line.startswith("✓") for line in lines)
    assert "docker" not in printed


def test_without_bubblewrap(capsys, programs):
    code, printed, lines = examined(capsys)
    assert code == 1
    assert [line[0] for line in lines] == ["✗", "✓", "✗"]
    assert "apt install bubblewrap" in printed
    assert f'export PATH="{Path(sys.executable).parent}:$PATH"' in printed


def test_a_bubblewrap_that_is_too_old(capsys, programs):
    write(programs / "bwrap", "echo bubblewrap 0.3.0 --args --die-with-parent")
    _, printed, lines = examined(capsys)
    assert lines[-1].startswith("✗ bubblewrap is installed: bubblewrap 0.3.0")
    assert "does not know --clearenv, --dev-bind, --perms, --size" in printed


def test_where_namespaces_are_refused(capsys, refused):
    code, printed, lines = examined(capsys)
    assert code == 1
    assert lines[-1].startswith("✗ it may make namespaces") and REFUSAL in lines[-1]
    assert printed.count("docker run") == 1


@pytest.mark.parametrize(
    ("name", "now", "advice"),
    [
        ("user.max_user_namespaces", 0, "sudo sysctl -w user.max_user_namespaces=15000 (now 0)"),
        ("kernel.unprivileged_userns_clone", 0, "kernel.unprivileged_userns_clone=1"),
        (
            "kernel.apparmor_restrict_unprivileged_userns",
            1,
            "kernel.apparmor_restrict_unprivileged_userns=0",
        ),
    ],
)
def test_the_setting_that_forbids_namespaces_is_named(monkeypatch, name, now, advice):
    def read_text(path, *_):
        if path == Path("/proc/sys", *name.split(".")):
            return f"{now}\n"
        if path == Path("/proc/self/status"):
            return "Name:\tx\nSeccomp:\t2\n"
        raise FileNotFoundError(path)

    monkeypatch.setattr(Path, "read_text", read_text)
    given = doctor._permission()
    assert advice in given and "A filter of system calls" in given
    assert given.count("sudo") == 1


@pytest.mark.parametrize("system", ["darwin", "win32"])
def test_on_another_system(capsys, monkeypatch, system):
    monkeypatch.setattr(sys, "platform", system)
    code, printed, lines = examined(capsys)
    assert code == 1 and lines[-1].startswith("✗ Linux") and "docker run" in printed
    for sandboxed in (True, False):
        with pytest.raises(NoSandbox, match="the sandbox needs Linux"):
            Nursery(("check",), sandboxed=sandboxed)


def test_a_nursery_refuses(refused):
    with pytest.raises(NoSandbox, match=f"{REFUSAL}.*grader doctor"):
        walls.require()
    before = set(Path("/tmp").glob("grader-*"))
    with pytest.raises(NoSandbox, match=f"{REFUSAL}.*grader doctor"):
        Nursery(("check", "data"))
    assert set(Path("/tmp").glob("grader-*")) <= before


def test_a_nursery_without_bubblewrap_refuses(programs):
    for refuse in (walls.require, lambda: Nursery(("check",))):
        with pytest.raises(NoSandbox, match="is not installed"):
            refuse()


@pytest.fixture
def handed_in(course, hand_in, solution):
    hand_in(course, "ada", solution)
    hand_in(course, "bo", solution)
    return course


@pytest.mark.parametrize(
    "command", [("nbgrader", "autograde", "ridge"), ("grader", "run", "ridge")], ids=" ".join
)
def test_nothing_is_graded_where_there_is_no_sandbox(
    handed_in, in_course, refused, programs, monkeypatch, command
):
    monkeypatch.setitem(in_course.env, "PATH", f"{programs}:{in_course.env['PATH']}")
    done = in_course(handed_in, *command, code=1)
    assert done.stderr.count(REFUSAL) == 1  # not once for each student
    assert "python -m grader doctor" in done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert not list(handed_in.glob("autograded/*/ridge/*"))


def test_without_a_sandbox_when_told_so(handed_in, in_course, refused, programs, monkeypatch):
    monkeypatch.setitem(in_course.env, "PATH", f"{programs}:{in_course.env['PATH']}")
    option = "--Execute.sandboxed=False"
    in_course(handed_in, "nbgrader", "autograde", "ridge", "--student=ada", option)
    found = load(handed_in, "ridge", "ada")
    assert found.sandbox is False
    assert [exercise.points for exercise in found.exercises] == [
        exercise.most for exercise in found.exercises
    ]
