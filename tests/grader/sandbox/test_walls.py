"""What a kernel sees and what it may use; which of its system calls are filtered."""

import base64
import errno
import importlib.util
import io
import json
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy
import psutil
import pytest
from matplotlib.image import imread
from patience import HANG

import reglib
from grader.sandbox import walls
from grader.sandbox.inside import seccomp
from grader.sandbox.kernel import Nursery
from grader.sandbox.walls import Limits
from reglib.exercises import ASSIGNMENTS, assignment

needs_bwrap = pytest.mark.skipif(not shutil.which("bwrap"), reason="bubblewrap is not installed")
ROOT = Path(__file__).parents[3]
AVAILABLE = ("check", "data", "widgets.choose", "widgets.tune", "written")


@pytest.fixture(scope="module")
def nursery():
    with Nursery(AVAILABLE, Limits(cell=HANG)) as nursery:
        yield nursery


@pytest.fixture
def told(nursery):
    """What code prints in a kernel of its own."""

    def told(code, files=None):
        kernel = nursery.kernel(files)
        ran = kernel.run(code, HANG)
        kernel.kill()
        assert ran.trouble == ""
        assert [output.get("name") for output in ran.outputs] == ["stdout"], ran.outputs
        return ran.outputs[0].text

    return told


@needs_bwrap
def test_there_are_no_files_but_those_that_are_needed(told):
    code = """
import json, os
found = {}
for top, folders, files in os.walk("/"):
    found[top] = files
print(json.dumps(found))
"""
    found = json.loads(told(code, {"data/own.csv": b"1"}))
    library = f"{Path(os.__file__).resolve().parent}"
    given = {str(path) for path in walls.shared_libraries()}
    given |= {str(Path(sys.executable).resolve()), "/work/data/own.csv"}
    given |= {f"/dev/{name}" for name in ("null", "random", "urandom")}
    given |= {f"/ipc/{name}" for name in ("kernel.json", "k-1", "k-2", "k-3", "k-4", "k-5")}
    extra = [
        f"{top.rstrip('/')}/{name}"
        for top, names in found.items()
        for name in names
        if not f"{top}/".startswith((f"{library}/", "/site/", "/tmp/ipython/"))
    ]
    assert set(extra) == given
    assert not found.get(f"{library}/site-packages", [])
    own = {f"{top}/{name}" for top, names in found.items() for name in names}
    own = {path for path in own if path.startswith(("/site/reglib/", "/site/grader/"))}
    own = {path for path in own if "__pycache__" not in path}
    assert own - {path for path in own if path.startswith("/site/reglib/data/")} == {
        *(f"{walls.SEEN}/{path.name}" for path in walls.INSIDE.glob("*.py")),
        "/site/reglib/__init__.py",
        *("/site/reglib/check.py", "/site/reglib/guard.py", "/site/reglib/inputs.py"),
        *("/site/reglib/checks/run.py", "/site/reglib/widgets/__init__.py"),
        *(f"/site/reglib/widgets/{name}.py" for name in ("choose", "fits", "front", "tune")),
        *("/site/reglib/palette.py", "/site/reglib/written.py"),
    }


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_no_assignment_makes_its_own_answers_available(name):
    seen = {place for place, _ in walls.own_modules(assignment(name).available)}
    assert f"reglib/{name}.py" not in seen
    assert {place for place in seen if place.startswith("reglib/checks")} == {
        "reglib/checks/run.py"
    }
    assert not [place for place in seen if place.startswith("reglib/exercises")]
    # Whatever the library can do, an exercise may ask for.
    homes = {getattr(reglib, name).__module__.split(".")[1] for name in reglib.__all__} - {"data"}
    assert len(homes) > 8 and not {f"reglib/{home}.py" for home in homes} & seen


@needs_bwrap
@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_what_an_assignment_makes_available_can_be_imported(name):
    available = assignment(name).available
    code = "".join(f"import reglib.{module}\n" for module in available) + "print('all there')"
    with Nursery(available, Limits(cell=HANG)) as nursery:
        kernel = nursery.kernel()
        ran = kernel.run(code, HANG)
        kernel.kill()
    assert [output.text for output in ran.outputs] == ["all there\n"]


@pytest.mark.parametrize("name", ["checks", "checks.judge", "exercises.ridge", "", ".checks"])
def test_no_assignment_can_make_the_judge_available(name):
    with pytest.raises(LookupError, match="cannot be made available"):
        list(walls.own_modules(["check", name]))


def test_a_module_that_is_not_there_is_named():
    with pytest.raises(LookupError, match="no module 'rigde'"):
        list(walls.own_modules(["rigde"]))


def test_no_libraries_for_windows_and_networks():
    names = " ".join(path.name for path in walls.shared_libraries())
    assert "libc.so" in names
    assert not re.search("libX|libtk|libtcl|krb5|curses|readline", names)


@pytest.mark.skipif(not shutil.which("ldd"), reason="ldd is not installed")
@pytest.mark.parametrize("name", ["_ssl", "_ctypes", "numpy.linalg._umath_linalg", "zmq"])
def test_the_libraries_are_those_that_ldd_tells_of(name):
    place = Path(importlib.util.find_spec(name).origin)
    binaries = place.parent.rglob("*.so") if place.suffix == ".py" else [place]
    site = Path(numpy.__file__).parents[1]
    for binary in (sys.executable, *binaries):
        listed = subprocess.run(["ldd", binary], capture_output=True, text=True).stdout
        found = {Path(path) for path in re.findall(r"(/\S+) \(0x", listed)}
        system = {path for path in found if site not in path.parents}
        assert system and system <= set(walls.shared_libraries())


@needs_bwrap
def test_what_notebooks_import_is_there(told):
    code = (
        "import bz2, ctypes, decimal, hashlib, lzma, multiprocessing, sqlite3, ssl, uuid, zlib\n"
        "import ipywidgets, matplotlib.pyplot, numpy.linalg, numpy.random\n"
        "from multiprocessing.pool import ThreadPool\n"
        "from reglib.check import check\nfrom reglib.data import load_diabetes\n"
        "from reglib.widgets import tune\n"
        "print(load_diabetes().X.shape, ThreadPool(2).map(abs, [-1]))"
    )
    assert told(code) == "(442, 10) [1]\n"


@needs_bwrap
def test_a_figure_is_shown_as_a_picture_and_nothing_else_is_said(nursery):
    kernel = nursery.kernel()
    ran = kernel.run(
        "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.title('$\\\\lambda$')\nplt.show()",
        HANG,
    )
    kernel.kill()
    assert [set(output.data) for output in ran.outputs] == [{"text/plain", "image/png"}]


@needs_bwrap
@pytest.mark.parametrize("title", ["short", "wider than the canvas is, " * 5])
@pytest.mark.parametrize("layout", [None, "constrained"])
def test_no_part_of_a_figure_is_cut_off(nursery, layout, title):
    kernel = nursery.kernel()
    ran = kernel.run(
        "import matplotlib.pyplot as plt\n"
        f"plt.subplots(layout={layout!r})[1].set(title={title!r}, xlabel='x', ylabel='y')\n"
        "plt.show()\n"
        "plt.plot([1, 2])",  # shown without being asked for
        HANG,
    )
    kernel.kill()
    pictures = [out.data["image/png"] for out in ran.outputs if "image/png" in out.data]
    assert len(pictures) == 2
    for picture in pictures:
        pixels = imread(io.BytesIO(base64.b64decode(picture)))
        assert pixels.min() < 0.1
        for edge in (pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]):
            assert edge.min() == 1


@needs_bwrap
def test_under_a_slider_there_are_words_alone_as_nobody_moves_it(told):
    code = """
from reglib.widgets import choose, tune
drawn = []
for shown in (
    tune(lambda X, y, lam: ([lam], 0.0), [[1.0], [2.0]], [3.0, 5.0], [0, 1]),
    choose(lambda option, ax: drawn.append(option), "degree", [1, 2, 3], start=2),
):
    print(*shown._repr_mimebundle_(), str(shown)[:10])
print(drawn)
"""
    assert told(code) == "text/plain λ = 0. Mea\ntext/plain degree = 2\n[2]\n"


@needs_bwrap
def test_files_of_a_submission_can_be_read_whatever_the_umask_is(told):
    before = os.umask(0o077)
    try:
        assert told("print(open('a/b.csv').read())", {"a/b.csv": b"1,2"}) == "1,2\n"
    finally:
        os.umask(before)


@needs_bwrap
def test_a_list_of_processes_stays_readable(nursery):
    lines = [" ".join(process.cmdline()) for process in psutil.Process().children(recursive=True)]
    assert [line for line in lines if "/zygote.py" in line]
    assert max(map(len, lines)) < 500


@needs_bwrap
def test_the_kernel_is_the_first_to_go_when_memory_is_short(nursery):
    kernel = nursery.kernel()
    scores = {
        Path("/proc", str(process.pid), "oom_score_adj").read_text().strip()
        for process in psutil.Process(nursery.process.pid).children(recursive=True)
    }
    kernel.kill()
    assert "1000" in scores and len(scores) > 1


# The filter, run as Linux runs it.

READ = {"x86_64": 0, "aarch64": 63}


def verdict(machine, number, *args, architecture=None):
    """What the filter says of a call: "allow", "kill" or the error that it gets."""
    code = seccomp.program(machine)
    own = seccomp.ARCHITECTURES[machine][0]
    arguments = [*args, *[0] * (6 - len(args))]
    data = struct.pack("<IIQ6Q", number, architecture or own, 0, *arguments)
    at, value = 0, 0
    while True:
        kind, if_true, if_false, given = struct.unpack_from("HBBI", code, 8 * at)
        at += 1
        if kind == seccomp.LOAD:
            (value,) = struct.unpack_from("<I", data, given)
        elif kind == seccomp.AND:
            value &= given
        elif kind == seccomp.RETURN:
            return {seccomp.ALLOW: "allow", seccomp.KILL: "kill"}.get(given, given & 0xFFFF)
        else:
            holds = {
                seccomp.EQUAL: value == given,
                seccomp.AT_LEAST: value >= given,
                seccomp.ANY: value & given,
            }[kind]
            at += if_true if holds else if_false


@pytest.mark.parametrize("machine", seccomp.ARCHITECTURES)
def test_the_filter(machine):
    column = seccomp.ARCHITECTURES[machine][1]

    def said(numbers, *args):
        return verdict(machine, numbers[column], *args)

    assert verdict(machine, READ[machine]) == "allow"
    assert {said(numbers) for numbers in seccomp.FORBIDDEN.values()} == {errno.EPERM}
    assert verdict(machine, READ[machine], architecture=0x40000003) == "kill"
    assert verdict(machine, seccomp.NEWEST) == verdict(machine, 0x40000000) == errno.ENOSYS
    assert said(seccomp.CLONE3) == errno.ENOSYS
    thread = 0x3D0F00
    assert said(seccomp.CLONE, thread) == "allow"
    for process in (17, 0x4111, 0x01200011):  # fork, vfork, and what the C library makes of fork
        assert said(seccomp.CLONE, process) == errno.EPERM
    for bit in (17, 25, 26, 27, 28, 29, 30):
        assert said(seccomp.CLONE, 1 << bit | 17) == errno.EPERM
        assert said(seccomp.CLONE, 1 << bit | thread) == errno.EPERM
    for call in (seccomp.SOCKET, seccomp.SOCKETPAIR):
        assert said(call, 1, 1, 0) == "allow"
        for family in (2, 10, 16, 17, 38, 40):
            assert said(call, family, 1, 0) == errno.EOPNOTSUPP
    for command in (0, 1, 2, 3, 4, 1030, 1032):
        assert said(seccomp.FCNTL, 0, command) == "allow"
    for command in (5, 6, 7, 36, 37, 38, 1024, 1026, 1031):
        assert said(seccomp.FCNTL, 0, command) == errno.EPERM
    assert said(seccomp.SCHEDULER, 0, 0) == said(seccomp.PRCTL, 15) == "allow"
    for policy in (1, 2, 3, 5, 6, 0x40000000):
        assert said(seccomp.SCHEDULER, 0, policy) == errno.EPERM
    assert said(seccomp.PRCTL, 22) == errno.EPERM
    assert said(seccomp.MMAP, 0, 4096, 3, 0x22) == said(seccomp.MMAP, 0, 4096, 3, 1) == "allow"
    assert said(seccomp.MMAP, 0, 4096, 3, 0x21) == errno.EPERM
    assert said(seccomp.MMAP, 0, 4096, 3, 0x4023) == errno.EPERM
    assert said(seccomp.PRLIMIT, 0, 7, 0, 4096) == "allow"
    for address in (1, 1 << 40):
        assert said(seccomp.PRLIMIT, 0, 7, address) == errno.EPERM


def test_an_architecture_whose_numbers_are_not_known():
    with pytest.raises(OSError, match="not of riscv64"):
        seccomp.program("riscv64")


HEADERS = {
    "x86_64": Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
    "aarch64": Path("/usr/include/asm-generic/unistd.h"),
}


@pytest.mark.parametrize("machine", seccomp.ARCHITECTURES)
def test_the_numbers_are_those_of_linux(machine):
    if not HEADERS[machine].exists():
        pytest.skip("linux-libc-dev is not installed")
    text = HEADERS[machine].read_text()
    numbers = dict(re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)", text))
    column = seccomp.ARCHITECTURES[machine][1]
    ours = {
        **seccomp.FORBIDDEN,
        **{"clone": seccomp.CLONE, "mmap": seccomp.MMAP, "prlimit64": seccomp.PRLIMIT},
        **{"socket": seccomp.SOCKET, "socketpair": seccomp.SOCKETPAIR, "clone3": seccomp.CLONE3},
        **{"fcntl": seccomp.FCNTL, "prctl": seccomp.PRCTL},
        **{"sched_setscheduler": seccomp.SCHEDULER},
    }
    known = {name: int(numbers[name]) for name in ours if name in numbers}  # by older headers too
    assert len(known) > 50
    assert {name: ours[name][column] for name in known} == known


@needs_bwrap
@pytest.mark.skipif(os.getuid() != 0, reason="all tests run as an ordinary user already")
def test_all_that_holds_for_an_ordinary_user_too():
    """The attacks once more, by somebody who is not root and may enter nothing of root's."""
    bwrap = ["bwrap", "--dev-bind", "/", "/", "--perms", "0755", "--tmpfs", "/root"]
    for folder in {Path(sys.base_prefix), Path(sys.prefix), ROOT}:
        if folder.is_relative_to("/root"):
            for parent in reversed(folder.parents[:-2]):
                bwrap += ["--perms", "0755", "--dir", str(parent)]
            bwrap += ["--ro-bind", str(folder), str(folder)]
    user = ["setpriv", "--reuid", "1000", "--regid", "1000", "--clear-groups"]
    attacks = "second or threads or namespaces or network or wherever or looks or nothing_"
    tests = [str(ROOT / "tests/grader/sandbox/test_attacks_machine.py"), "-k", attacks]
    with tempfile.TemporaryDirectory() as home:  # pytest's own folders are closed to others
        os.chown(home, 1000, 1000)
        bwrap += ["--setenv", "HOME", home, "--cap-add", "ALL", "--"]
        options = ["-q", "-n", "0", "-p", "no:cacheprovider", f"--basetemp={home}/tests"]
        ran = subprocess.run(
            [*bwrap, *user, sys.executable, "-B", "-m", "pytest", *options, *tests],
            cwd=ROOT,
            capture_output=True,
            text=True,
        )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert re.search(r"\b1\d passed", ran.stdout)
