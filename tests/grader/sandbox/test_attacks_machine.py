"""What a learner's code does to the machine: it finds nothing, changes nothing, and is gone.

The attacked exercise is `ridge_gradient`; beside it stand an honest `ridge_objective` and an honest
`ridge_fit`, which must still earn their full points. Each attack says `tried` when it has run to
its end, and `BREACH` when it got somewhere. Those marked `bites` get there outside of the sandbox,
which is tried out too: an attack that cannot succeed anywhere proves nothing.
"""

import contextlib
import copy
import os
import shutil
import socket
import subprocess
import sys
import textwrap
import threading
import time
from dataclasses import dataclass, replace
from pathlib import Path

import nbformat
import psutil
import pytest
from patience import HANG, until

from grader.marking.grade import Job, grade, seeds
from grader.sandbox.inside.seccomp import ARCHITECTURES, CLONE, CLONE3, FORBIDDEN, OF_X86_64
from grader.sandbox.kernel import Ended, Kernel, Nursery, sweep
from grader.sandbox.walls import MEGABYTE, Limits, NoSandbox
from grader.submission.release import read
from reglib.checks.entry import Entry
from reglib.exercises import assignment, find

pytestmark = pytest.mark.skipif(not shutil.which("bwrap"), reason="bubblewrap is not installed")

ROOT = Path(__file__).parents[3]
LIMITS = Limits(
    memory=300 * MEGABYTE,
    threads=24,
    disk=8 * MEGABYTE,
    files=500,
    cell=HANG,
    seconds=HANG,
)
SECRET = b"the secret of the course, 7c1f"
NAMES = ("ridge_objective", "ridge_gradient", "ridge_fit")
HONEST = {
    "setup": "import numpy as np",
    "ridge_objective": """
        def ridge_objective(w, b, X, y, lam):
            residual = y - b - X @ w
            return residual @ residual / (2 * len(y)) + lam / 2 * w @ w
        """,
    "ridge_fit": """
        def ridge_fit(X, y, lam):
            (n, p), m = X.shape, X.mean(axis=0)
            rows = np.vstack([X - m, np.sqrt(n * lam) * np.eye(p)])
            answers = np.concatenate([y - y.mean(), np.zeros(p)])
            w = np.linalg.lstsq(rows, answers, rcond=None)[0]
            return w, y.mean() - m @ w
        """,
}
NUMBERS = {
    name: numbers[ARCHITECTURES[os.uname().machine][1]]
    for name, numbers in {**FORBIDDEN, "clone": CLONE, "clone3": CLONE3}.items()
} | (OF_X86_64 if os.uname().machine == "x86_64" else {})


@dataclass(frozen=True)
class Attack:
    """`spoils`: what it takes from itself, the honest exercise after it too. `ends`: its kernel is
    ended, or its cell is, for this reason. `endless`: it ends because its time is up. `may_die`: on
    some machines, its own kernel dies of it. `bites`: outside of the sandbox it gets somewhere."""

    name: str
    code: str
    spoils: bool = False
    ends: str = ""
    endless: bool = False
    may_die: bool = False
    bites: bool = False


READING = [
    Attack(
        "reads solutions, gradebook, secret and the work of others by their paths",
        """
        for path in PREY:
            try:
                open(path).read()
                breach(path)
            except OSError:
                pass
        """,
        bites=True,
    ),
    Attack(
        "looks for them everywhere",
        """
        import os
        names = "gradebook.db", "secret", "ridge.ipynb", "certify.py", "elastic_net.py", "ridge.py"
        for top, folders, files in os.walk("/" if SANDBOXED else COURSE):
            for name in {*names} & {*files}:
                breach(os.path.join(top, name))
            for name in {"sklearn", "scipy", "nbgrader", "submitted", "solutions"} & {*folders}:
                if "/numpy" not in top and "/matplotlib" not in top:
                    breach(os.path.join(top, name))
        """,
        bites=True,
    ),
    Attack(
        "imports what is withheld, from this environment or another one",
        """
        import glob, importlib, sys
        sys.path += glob.glob("/**/site-packages", recursive=True) if SANDBOXED else []
        sys.path += ["/usr/lib/python3/dist-packages", "/usr/local/lib/python3/dist-packages"]
        for name in ("sklearn", "scipy", "nbgrader", "grader.marking.grade", "grader.writer",
                     "grader.record", "grader.sandbox.walls", "pip",
                     "reglib.ridge", "reglib.certify", "reglib.exercises.ridge", "debugpy"):
            try:
                importlib.import_module(name)
                breach(name)
                if not SANDBOXED:
                    break
            except ImportError:
                pass
        """,
        bites=True,
    ),
    Attack(
        "reads the environment, its own and that of others",
        """
        import glob, os
        for path in glob.glob("/proc/*/environ"):
            try:
                if "GRADER_TEST_TOKEN" in open(path).read():
                    breach(path)
            except OSError:
                pass
        if any("TOKEN" in name or "PASSWORD" in name for name in os.environ):
            breach(os.environ)
        if any("grader" in value for value in os.environ.values()):
            breach(os.environ)
        """,
        bites=True,
    ),
    Attack(
        "looks at other processes, their folders and their memory",
        """
        import ctypes, os
        libc = ctypes.CDLL(None, use_errno=True)
        if os.listdir("/runs") if os.path.exists("/runs") else []:
            breach(os.listdir("/runs"))
        if [name for name in os.listdir("/proc") if name.isdigit()]:
            breach("processes")
        for pid in (os.getppid(), *range(2, 300)):
            if pid == os.getpid() or pid == 0:
                continue
            buffer = ctypes.create_string_buffer(16)
            vector = (ctypes.c_size_t * 2)(ctypes.addressof(buffer), 16)
            if libc.process_vm_readv(pid, vector, 1, vector, 1, 0) >= 0:
                breach(pid)
            if libc.ptrace(0x4206, pid, 0, 0) == 0:
                breach(pid)
        """,
        bites=True,
    ),
    Attack(
        "searches the memory that was there before it, and its descriptors",
        """
        import gc, os, stat
        for thing in gc.get_objects():
            if isinstance(thing, dict):
                for value in thing.values():
                    if isinstance(value, bytes) and value == bytes(SOUGHT):
                        breach("the secret")
        for number in range(4096):
            try:
                found = os.fstat(number)
            except OSError:
                continue
            if stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode):
                breach(number)
            if stat.S_ISCHR(found.st_mode) and found.st_rdev != os.stat("/dev/null").st_rdev:
                breach(number)
        """,
    ),
    Attack(
        "reads all its memory, byte by byte",  # a hole ends a write, and what is there comes along
        """
        import ctypes, gc, os
        libc, MB, BESIDE = ctypes.CDLL(None, use_errno=True), 1 << 20, 64
        libc.pwrite.argtypes = ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_long
        libc.sbrk.restype = ctypes.c_void_p
        file = os.open("memory", os.O_RDWR | os.O_CREAT)

        def read(at):
            at, end = at * MB, at * MB + MB + BESIDE
            while at < end:
                size = libc.pwrite(file, at, end - at, 0)
                if size > 0:
                    yield os.pread(file, size, 0)
                at += max(size, 0) // 4096 * 4096 + 4096

        # What is looked for is not to be found because it is looked for.
        turned = bytes(range(256))[::-1]
        wanted, control = bytes(SOUGHT).translate(turned), bytes(range(100, 40, -1))
        own = bytes(bytearray(control.translate(turned)))
        places = {id(thing) // MB for thing in (own, *gc.get_objects())}
        places |= {libc.sbrk(0) // MB, ctypes.cast(libc.pwrite, ctypes.c_void_p).value // MB}
        places |= {ctypes.c_void_p.in_dll(libc, "environ").value // MB}
        seen, found = set(), 0
        for place in places:
            for step in (1, -1):
                at, empty = place, 0
                while empty < 8 and at > 0 and (at, step) not in seen:
                    seen.add((at, step))
                    parts = [part.translate(turned) for part in read(at)]
                    empty = 0 if parts else empty + 1
                    found += sum(control in part for part in parts)
                    if any(wanted in part for part in parts):
                        breach(hex(at * MB))
                    at += step
        if not found:
            breach("nothing at all is found like this")
        """,
    ),
]

WRITING = [
    Attack(
        "writes wherever it can",
        """
        import os
        for top, folders, files in os.walk("/" if SANDBOXED else COURSE):
            if top in ("/work", "/tmp", "/dev/shm") or top.startswith("/tmp/ipython"):
                folders.clear()
                continue
            try:
                open(os.path.join(top, "mark"), "w").close()
                breach(top)
            except OSError:
                pass
            for name in files:
                path = os.path.join(top, name)
                if not path.startswith("/dev/"):
                    for spoil in (lambda p: open(p, "a").close(), lambda p: os.chmod(p, 0o777)):
                        try:
                            spoil(path)
                            breach(path)
                        except OSError:
                            pass
        """,
        bites=True,
    ),
    Attack(
        "mounts, unmounts and makes namespaces",
        """
        import ctypes, os
        libc = ctypes.CDLL(None, use_errno=True)
        for name in (b"/runs", b"/proc", b"/ipc", b"/dev", b"/"):
            if libc.umount2(name, 2) == 0:
                breach(name)
            if libc.mount(b"none", name, None, 4096 | 32, None) == 0:
                breach(name)
        for flag in (0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000):
            if libc.unshare(flag) == 0:
                breach(hex(flag))
            pid = libc.syscall(CALLS["clone"], flag | 0x10000000 | 17, 0, 0, 0, 0)
            if pid == 0:
                os._exit(0)
            if pid > 0:
                breach(hex(flag))
        """,
    ),
    Attack(
        "makes system calls that no notebook needs",
        """
        import ctypes, errno
        libc = ctypes.CDLL(None, use_errno=True)
        for name, number in CALLS.items():
            if name == "clone":
                continue
            result = libc.syscall(number, 0, 0, 0, 0, 0, 0)
            if result != -1 or ctypes.get_errno() not in (errno.EPERM, errno.ENOSYS):
                breach((name, result, ctypes.get_errno()))
        """,
    ),
    Attack(
        "becomes root, raises its limits",
        """
        import ctypes, os, resource, stat
        for top, folders, files in os.walk("/" if SANDBOXED else "/usr/bin"):
            for name in files:
                mode = os.lstat(os.path.join(top, name)).st_mode
                if mode & (stat.S_ISUID | stat.S_ISGID):
                    breach(name)
        for become in (lambda: os.setuid(0), lambda: os.setgroups([0]), lambda: os.nice(-5)):
            try:
                become()
                breach(become)
            except OSError:
                pass
        for name in ("RLIMIT_NPROC", "RLIMIT_AS", "RLIMIT_CORE", "RLIMIT_NOFILE"):
            number = getattr(resource, name)
            for value in (0, resource.getrlimit(number)[1], resource.RLIM_INFINITY):
                try:
                    resource.setrlimit(number, (value, value))
                    breach(name)
                except (OSError, ValueError):
                    pass
        # A dump would be kept, or be given to a program outside: this limit stands for neither.
        if resource.getrlimit(resource.RLIMIT_CORE) != (1, 1):
            breach("core dumps")
        """,
    ),
    Attack(
        "talks to the network, this machine and the machine around it",
        """
        import socket
        for family, address in (
            (socket.AF_INET, ("127.0.0.1", PORT)), (socket.AF_INET6, ("::1", PORT)),
            (socket.AF_UNIX, ABSTRACT), (socket.AF_INET, ("192.0.2.1", 80)),
        ):
            for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
                try:
                    with socket.socket(family, kind) as s:
                        s.settimeout(0.5)
                        s.connect(address)
                        s.send(b"here")
                        breach(address)
                except OSError:
                    pass
        for family in (socket.AF_VSOCK, socket.AF_PACKET, 38):
            try:
                socket.socket(family, socket.SOCK_STREAM)
                breach(family)
            except OSError:
                pass
        try:
            breach(socket.getaddrinfo("example.org", 80))
        except OSError:
            pass
        """,
        bites=True,
    ),
    Attack(
        "kills its parent, its group and all it can reach",
        """
        import os, signal
        if os.getppid() > 0:
            breach("a parent")
        for pid in (*range(-400, 0), *range(2, 400), 0):  # there are only its own threads
            for number in (signal.SIGSTOP, signal.SIGKILL):
                try:
                    os.kill(pid, number)
                except OSError:
                    pass
        """,
    ),
    # Linux keeps the init of a namespace from signals of its own, unless one is sent to a thread
    # that blocks it, as those of ZeroMQ do: then it kills whom it was to spare, and nobody else.
    Attack(
        "hangs up on its own threads",
        """
        import os, signal
        for pid in range(1, 400):
            try:
                os.kill(pid, signal.SIGHUP)
            except OSError:
                pass
        """,
        may_die=True,
    ),
]

FILL = "x = bytearray(b'1') * (20 << 20)"
FLOODS = [
    Attack(
        "a second process, by every call that makes one",
        """
        import ctypes, os, subprocess, sys
        libc = ctypes.CDLL(None, use_errno=True)

        def call(*words):
            pid = libc.syscall(*words)
            if pid == 0:
                os._exit(0)
            if pid > 0:
                breach(words)

        for name in ("fork", "vfork") if SANDBOXED else ():
            if name in CALLS:
                call(CALLS[name])
        for flags in (17, 0, 0x4111, 0x100, 0x01200011, 0x80000011) if SANDBOXED else ():
            call(CALLS["clone"], flags, 0, 0, 0, 0)
        SANDBOXED and call(CALLS["clone3"], ctypes.create_string_buffer(64), 64)
        for start in (
            lambda: os.fork() or os._exit(0),
            lambda: os.posix_spawn(sys.executable, [sys.executable, "-c", ""], {}),
            lambda: subprocess.Popen([sys.executable, "-c", ""]),
        ):
            try:
                start()
                breach(start)
            except OSError:
                pass
        """,
        bites=True,
    ),
    Attack(
        "as many threads as there can be",
        """
        import threading, time
        try:
            for _ in range(200):
                threading.Thread(target=time.sleep, args=(9999,), daemon=True).start()
            breach("200 threads")
        except RuntimeError:
            pass
        """,
    ),
    Attack(
        "another place in the queue for the processor",
        """
        import os
        for ask in (
            lambda: os.setpriority(os.PRIO_PROCESS, 0, 5),
            lambda: os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0)),
            lambda: os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0)),
            lambda: os.sched_setaffinity(0, {min(os.sched_getaffinity(0))}),
        ):
            try:
                ask()
                breach(ask)
            except OSError:
                pass
        """,
        bites=True,
    ),
    Attack(
        "a memory bomb in one process",
        """
        kept = []
        while True:
            kept.append(bytearray(b"1") * (20 << 20))
        """,
        ends="more memory",
    ),
    Attack(
        "a memory bomb in one process that cannot be looked at",  # nor can its part of shared pages
        """
        import ctypes
        ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)
        kept = []
        while True:
            kept.append(bytearray(b"1") * (20 << 20))
        """,
        ends="more memory",
    ),
    Attack(
        "a memory bomb in its files and its process together",
        """
        import time
        for folder in ("/work", "/tmp", "/dev/shm"):
            with open(f"{folder}/flood", "wb") as file:
                for _ in range(7):
                    file.write(bytes(1 << 20))
        kept = []
        while len(kept) < 290:
            kept.append(bytearray(b"1") * (1 << 20))
        time.sleep(9999)
        """,
        ends="more memory",
    ),
    Attack(
        "memory that belongs to no process",
        """
        import ctypes, mmap, os
        libc = ctypes.CDLL(None, use_errno=True)
        for ask in (
            lambda: mmap.mmap(-1, 1 << 20),
            lambda: mmap.mmap(os.open("/dev/zero", os.O_RDWR), 1 << 20),
            lambda: os.memfd_create("x"),
        ):
            try:
                ask()
                breach(ask)
            except OSError:
                pass
        for name in ("shmget", "semget"):
            if getattr(libc, name)(0, 1, 0o1600) != -1:
                breach(name)
        try:
            os.open("/dev/ptmx", os.O_RDWR)
            breach("terminals")
        except OSError:
            pass
        """,
        bites=True,
    ),
    Attack(
        "a disk flood with large files",
        """
        import os, resource
        for folder in ("/work", "/tmp", "/dev/shm", "/ipc", "/runs", "/"):
            size = 0
            try:
                for number in range(100):
                    with open(f"{folder}/flood{number}", "wb") as file:
                        size += file.write(bytes(1 << 20))
            except OSError:
                pass
            if size > 8 << 20:
                breach((folder, size))
        """,
    ),
    Attack(
        "a disk flood with many files",
        """
        for folder in ("/work", "/tmp", "/dev/shm"):
            try:
                for number in range(2000):
                    open(f"{folder}/flood{number}", "w").close()
                breach(folder)
            except OSError:
                pass
        """,
    ),
    Attack(
        "an output flood",
        """
        while True:
            print("flood " * 10_000, flush=True)
        """,
        ends="This cell was ended",  # for its time, or for what it printed at once
        endless=True,
    ),
    Attack(
        "an open file for every number there is",
        """
        kept = []
        try:
            for _ in range(300):
                kept.append(open("/dev/null"))
            breach("300 files")
        except OSError:
            kept.clear()
        """,
    ),
    Attack(
        "an endless loop that ignores its interrupt",
        """
        import signal, time
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        while True:
            try:
                time.sleep(0.1)
            except BaseException:
                pass
        """,
        ends="longer than 2 seconds",
        endless=True,
    ),
    Attack(
        "threads that outlive their cell",
        """
        import threading, time
        for _ in range(3):
            threading.Thread(target=time.sleep, args=(9999,)).start()
        """,
    ),
    Attack(
        "an answer that is code to whoever unpickles it",
        """
        import os, pickle
        class Answer:
            def __reduce__(self):
                return os.system, (f"touch {COURSE}/mark",)
        value = Answer()
        ridge_gradient = lambda w, b, X, y, lam: (value, pickle.dumps(value))
        """,
    ),
    Attack(
        "a crash that dumps its memory",
        """
        import os
        os.abort()
        """,
        ends="its kernel died",
    ),
]
ATTACKS = READING + WRITING + FLOODS
PRELUDE = """
_said = []
def breach(what):
    _said.append(what)
    print("BREACH", what)
SANDBOXED, COURSE, PREY, PORT, ABSTRACT, CALLS, SOUGHT = {given!r}
"""


@dataclass
class Prey:
    """What an attack would like to get at."""

    course: Path
    port: int
    abstract: str
    heard: list

    def code(self, attack: Attack, sandboxed: bool = True) -> str:
        files = [str(path) for path in self.course.rglob("*") if path.is_file()]
        given = (
            *(sandboxed, str(self.course), files, self.port, self.abstract),
            *(NUMBERS, list(SECRET)),
        )
        code = textwrap.dedent(attack.code)
        return PRELUDE.format(given=given) + code + '\nprint("tried")\n'


@pytest.fixture(scope="module")
def prey(tmp_path_factory):
    course = tmp_path_factory.mktemp("course")
    for name in (
        *("solutions/ridge/ridge.ipynb", "gradebook.db", ".grader/secret", "reglib/ridge.py"),
        *("submitted/bo/ridge/ridge.ipynb", "autograded/bo/ridge/ridge.ipynb"),
    ):
        path = course / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(SECRET)
        path.chmod(0o666)
    listening, abstract = socket.create_server(("127.0.0.1", 0)), f"\0grader-test-{os.getpid()}"
    local = socket.socket(socket.AF_UNIX)
    local.bind(abstract)
    local.listen()
    heard = []

    def accept(server):
        while True:
            try:
                heard.append(server.accept())
            except OSError:
                return

    for server in (listening, local):
        threading.Thread(target=accept, args=(server,), daemon=True).start()
    os.environ["GRADER_TEST_TOKEN"] = "4b0e, which no other memory holds"
    yield Prey(course, listening.getsockname()[1], abstract, heard)
    del os.environ["GRADER_TEST_TOKEN"]
    for server in (listening, local):
        server.shutdown(socket.SHUT_RDWR)
        server.close()


@pytest.fixture(scope="module")
def nursery(prey):
    with Nursery(assignment("ridge").available, LIMITS) as nursery:
        yield nursery


@pytest.fixture(scope="module")
def release():
    release = read(ROOT / "exercises/ridge/ridge.ipynb")
    checks = {id: check for id, check in release.checks.items() if check.function in NAMES}
    kept = {"setup", *NAMES, *checks}
    notebook = copy.deepcopy(release.notebook)
    notebook.cells = [
        cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") in kept
    ]
    return replace(release, notebook=notebook, checks=checks)


def family(nursery):
    """All processes of a sandbox."""
    return psutil.Process(nursery.process.pid).children(recursive=True)


def settle(nursery, most):
    """Wait until a sandbox has come to have no more processes than that."""
    until(lambda: len(family(nursery)) <= most)


def attacked(attack, prey, release, nursery):
    notebook = copy.deepcopy(release.notebook)
    for cell in notebook.cells:
        name = cell.metadata.nbgrader.grade_id
        if name == "ridge_gradient":
            cell.source = prey.code(attack)
        elif name in HONEST:
            cell.source = textwrap.dedent(HONEST[name])
    drawn = seeds(SECRET, "eve", release, notebook, {})
    text, record = grade(Job(release, nbformat.writes(notebook), "eve", drawn), nursery)
    (outputs,) = (
        cell.outputs
        for cell in nbformat.reads(text, 4).cells
        if cell.metadata.nbgrader.grade_id == "ridge_gradient"
    )
    return record, "".join(str(output.get("text") or output) for output in outputs)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_an_attack_gets_nowhere(attack, prey, release, nursery, hurry):
    if attack.endless:
        hurry(prey.code(attack))
    before = {path: path.read_bytes() for path in prey.course.rglob("*") if path.is_file()}
    heard = len(prey.heard)
    record, said = attacked(attack, prey, release, nursery)
    assert "BREACH" not in said
    assert len(said) < 2 * LIMITS.output
    assert (attack.ends or "tried") in said or (attack.may_die and "its kernel died" in said)
    points = {exercise.name: exercise.points for exercise in record.exercises}
    assert points["ridge.ridge_gradient"] == 0
    assert points["ridge.ridge_objective"] == 3, said
    assert attack.spoils or points["ridge.ridge_fit"] == 6, said
    # Nothing is changed, nobody was called, and of its processes none is left.
    after = {path: path.read_bytes() for path in prey.course.rglob("*") if path.is_file()}
    assert after == before
    assert len(prey.heard) == heard
    settle(nursery, RESTING)


RESTING = 4  # bubblewrap's own, the zygote, and the next kernel with its keeper


@pytest.mark.parametrize("attack", [a for a in ATTACKS if a.bites], ids=lambda attack: attack.name)
def test_the_attack_gets_somewhere_without_a_sandbox(attack, prey, tmp_path):
    """In a process of its own, on copies of what it would like to have."""
    course = Path(shutil.copytree(prey.course, tmp_path / "course"))
    code = replace(prey, course=course).code(attack, sandboxed=False)
    code = code.replace("*range(2, 300)", "")  # of the processes of this machine only its parent
    ran = subprocess.run([sys.executable, "-c", code], cwd=course, capture_output=True, text=True)
    assert "BREACH" in ran.stdout, ran.stdout + ran.stderr


def memory(process):
    """All memory of a process that can be written, in pieces that overlap."""
    piece, overlap = 16 * MEGABYTE, 1024
    with open(f"/proc/{process.pid}/maps") as maps, open(f"/proc/{process.pid}/mem", "rb") as file:
        for line in maps:
            place, rights, *_ = line.split()
            start, end = (int(at, 16) for at in place.split("-"))
            for at in range(start, end, piece) if "w" in rights else ():
                file.seek(at)
                yield file.read(min(piece + overlap, end - at))


def telling(answer):
    """The bytes of the weights of a fit, if no memory holds such by chance."""
    w, _ = answer
    return [w.tobytes()] if len(w) > 1 and all(len(str(float(x))) > 12 for x in w) else []


def traces(seed):
    """A seed as bytes, as text, and as Python keeps it: 30 bits in each word."""
    words = [(seed >> 30 * i & 2**30 - 1).to_bytes(4, "little") for i in range(5)]
    return [seed.to_bytes(16, "big"), seed.to_bytes(16, "little"), b"".join(words)[:16],
            str(seed).encode(), f"{seed:x}".encode()]  # fmt: skip


@pytest.mark.long
def test_no_memory_in_the_sandbox_holds_what_nobody_may_know(prey, release, nursery, monkeypatch):
    """Neither secret nor seed nor a right answer, when a kernel has been asked everything.

    Bubblewrap itself is left out: it runs nothing, and no kernel sees it.
    """
    entry, drawn, found = find("ridge.ridge_fit"), {}, set()
    draw, kill = Entry.draw, Kernel.kill

    def spied(self, seed=None):
        drawn[self.name] = seed, [case.args for case in draw(self, seed)[1:]]
        return draw(self, seed)

    def searched(kernel, why=""):
        seed, graded = drawn[entry.name]
        wanted = {
            "secret": [SECRET],
            "environment": [os.environ["GRADER_TEST_TOKEN"].encode()],
            "seed": traces(seed),
            "answers": [x for args in graded for x in telling(entry.reference(*args))],
            "inputs": [args[0].tobytes() for args in graded if args[0].size > 5],
        }
        assert all(wanted.values())
        pythons = [process for process in family(nursery) if process.name() != "bwrap"]
        for piece in (piece for process in pythons for piece in memory(process)):
            found.update(w for w in wanted if any(one in piece for one in wanted[w]))
        kill(kernel, why)

    monkeypatch.setattr(Entry, "draw", spied)
    monkeypatch.setattr(Kernel, "kill", searched)
    keeps = "kept = []\ndef ridge_fit(*args):\n    kept.append(args)\n    return 0.0, 0.0\n"
    monkeypatch.setitem(HONEST, "ridge_fit", keeps)
    attacked(Attack("none", ""), prey, release, nursery)
    assert found == {"inputs"}


SIGNALS = """
import os, signal
for number in (signal.SIGSTOP, signal.SIGTERM, signal.SIGKILL, signal.SIGHUP):
    for pid in sorted({*range(-400, 400)} - {os.getpid(), -os.getpid(), 0}) + [0]:  # itself last
        try:
            os.kill(pid, number)
        except OSError:
            pass
"""


def test_a_signal_reaches_nobody_but_who_sends_it(nursery):
    bystander = nursery.kernel()
    bystander.run("x = 1", HANG)
    attacker = nursery.kernel()
    assert nursery.spare.ready.wait(HANG)
    before = set(family(nursery))
    attacker.run(SIGNALS, HANG)
    attacker.kill()
    until(lambda: len(before - running(before)) >= 2)
    time.sleep(1)  # whoever else was hit would be gone by now
    gone = before - running(before)
    assert len(gone) == 2  # its own kernel, and the keeper of that
    assert not any(process.status() == psutil.STATUS_STOPPED for process in before - gone)
    for kernel in (bystander, nursery.kernel()):
        ran = kernel.run("print('here')", HANG)
        assert [output.text for output in ran.outputs] == ["here\n"]
        kernel.kill()


def test_two_learners_share_nothing_that_can_be_written(nursery):
    first = nursery.kernel()
    first.run(
        "import os, numpy, matplotlib, reglib.check\n"
        "for folder in ('/work', '/tmp', '/dev/shm'):\n"
        "    open(folder + '/mark', 'w').write('x')\n"
        "numpy.mark = matplotlib.mark = reglib.check.mark = 1\n"
        "os.environ['MARK'] = 'x'\n"
        "import socket; s = socket.socket(socket.AF_UNIX); s.bind('\\0mark'); s.listen()\n",
        HANG,
    )
    second = nursery.kernel()
    ran = second.run(
        "import os, socket, numpy, matplotlib, reglib.check\n"
        "print([os.listdir(f) for f in ('/work', '/dev/shm')], os.path.exists('/tmp/mark'))\n"
        "modules = numpy, matplotlib, reglib.check\n"
        "print([hasattr(m, 'mark') for m in modules], 'MARK' in os.environ)\n"
        "try:\n    socket.socket(socket.AF_UNIX).connect('\\0mark')\n"
        "except ConnectionRefusedError:\n    print('refused')\n"
        "print(sorted(os.listdir('/ipc')))\n",
        HANG,
    )
    first.kill()
    second.kill()
    assert "".join(output.text for output in ran.outputs).splitlines() == [
        "[[], []] False",
        "[False, False, False] False",
        "refused",
        "['k-1', 'k-2', 'k-3', 'k-4', 'k-5', 'kernel.json']",
    ]


BUSY = """
import threading, time
for _ in range(8):
    threading.Thread(target=time.sleep, args=(9999,)).start()
"""


def running(processes):
    """Those that still run. Some machines never bury the dead: they do not run."""
    alive = set()
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            if process.status() != psutil.STATUS_ZOMBIE:
                alive.add(process)
    return alive


def test_nothing_survives_the_nursery():
    with Nursery(assignment("ridge").available, LIMITS) as nursery:
        nursery.kernel().run(BUSY, HANG)
        processes = [psutil.Process(nursery.process.pid), *family(nursery)]
        assert len(processes) > 3
        home = nursery.home
        assert home.exists() and home.stat().st_mode & 0o77 == 0
    until(lambda: not running(processes))  # the last of them is bubblewrap itself
    assert not home.exists()
    assert home.name not in Path("/proc/mounts").read_text()


def test_nothing_runs_on_when_the_grader_is_killed():
    code = (
        "import sys, time\nfrom grader.sandbox.kernel import Nursery\n"
        "from grader.sandbox.walls import Limits\n"
        "nursery = Nursery(('check',), Limits())\n"
        f"nursery.kernel().run({BUSY!r}, {HANG})\n"
        f"print('ready', nursery.home, flush=True)\ntime.sleep({HANG})\n"
    )
    grader = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    home = grader.stdout.readline().split()[1]
    processes = psutil.Process(grader.pid).children(recursive=True)
    assert len(processes) > 3
    grader.kill()
    grader.wait()
    grader.stdout.close()
    until(lambda: not running(processes))
    sweep()
    assert Path(home).exists()  # it might be one that is only just being made
    os.utime(Path(home, "lock"), (0, 0))
    sweep()
    assert not Path(home).exists()


def test_a_nursery_that_is_closed_makes_nothing_any_more():
    with Nursery(()) as home:
        home.kernel()
    with pytest.raises(Ended):
        home.kernel()
    assert not home.home.exists()


def test_a_kernel_that_is_ended_while_it_starts_is_not_left_alone(nursery):
    settle(nursery, RESTING)
    for _ in range(5):
        kernel = nursery._start({})
        nursery.tell("kill", kernel)
        assert kernel.over.wait(HANG)
    settle(nursery, RESTING)


def test_what_others_put_among_temporary_files_stops_nobody(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    other = tmp_path / "other"
    pipe, link, linked, left = (tmp_path / f"grader-{name}" for name in "abcd")
    for folder in (other, pipe, link, left):
        folder.mkdir()
    os.mkfifo(pipe / "lock")
    for folder in (other, left):
        (folder / "lock").touch()
        os.utime(folder / "lock", (0, 0))
    (link / "lock").symlink_to(other / "lock")
    linked.symlink_to(other)
    (tmp_path / "grader-file").touch()
    sweeping = threading.Thread(target=sweep, daemon=True)
    sweeping.start()
    sweeping.join(10)
    assert not sweeping.is_alive()
    assert not left.exists()
    assert pipe.exists() and link.exists() and (other / "lock").exists()
    left.mkdir()
    (left / "lock").touch()
    os.utime(left / "lock", (0, 0))
    us = os.getuid()
    monkeypatch.setattr("os.getuid", lambda: us + 1)
    sweep()
    assert left.exists()


def test_too_long_a_path_for_temporary_files_is_told_before_anything_runs(tmp_path, monkeypatch):
    folder = tmp_path / ("x" * 100)
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    with pytest.raises(NoSandbox, match="set TMPDIR to a shorter folder"):
        Nursery(("check",))
    assert not list(folder.iterdir())
