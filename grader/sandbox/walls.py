"""What a learner's kernel may see and use: the limits, and how the sandbox is made."""

import functools
import importlib.metadata
import itertools
import json
import math
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from packaging.requirements import Requirement

# What notebooks import. All else that they can see is what these require.
DISTRIBUTIONS = ("ipykernel", "ipywidgets", "matplotlib", "numpy")
# A debugger, which ipykernel can do without.
LEFT_OUT = {"debugpy"}
# Modules of Python for windows, terminals and other databases: what they are linked to stays out.
NOT_LINKED = ("_tkinter", "_curses", "_dbm", "_gdbm", "nis", "ossaudiodev", "readline")
DEVICES = ("null", "random", "urandom")
# Of reglib, what runs where the learner's code is, whatever the assignment; and the folders that no
# assignment can make available: how answers are judged, and what is asked.
ALWAYS = ("__init__", "guard", "inputs", "palette", "written", "checks.run")
ALWAYS += ("widgets.__init__", "widgets.fits", "widgets.front")
WITHHELD = ("checks", "exercises")
MEGABYTE = 2**20
INSIDE = Path(__file__).parent / "inside"  # all that is seen of the grader, and where
SEEN = Path("/site/grader/sandbox/inside")
NOBODY = 65534  # who a kernel is when the grader is root


# What the zygote does for each kernel, where root is nobody: namespaces, and rights in them.
TRIAL = """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
if os.getuid() == 0:
    try:
        os.setresuid(65534, 65534, 65534)
    except OSError:
        raise SystemExit("root cannot become nobody here: be an ordinary user")
for call, args in ("unshare", (0x10020000,)), ("mount", (b"none", b"/", None, 1 << 18, None)):
    if getattr(libc, call)(*args) != 0:
        raise SystemExit(f"{call}: {os.strerror(ctypes.get_errno())}")
"""


class NoSandbox(RuntimeError):
    """There is no sandbox here, so nothing is run: one sentence says why, another what to do."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(
            f"Submissions are not run, because {why} "
            "`python -m grader doctor` tries everything out and says what to do."
        )


@dataclass(frozen=True)
class Limits:
    """What one submission may use.

    memory     bytes of its process, its files and its sockets together; 1 GB
    reserve    bytes of address space beyond that, which libraries ask for unused
    threads    of its one process; a kernel has 15 of its own
    disk       bytes in each of its three folders, which are in memory: /work, /tmp and /dev/shm
    files      files in each of them
    file       bytes in one file
    output     bytes of output that are kept of one cell
    outputs    bytes of output that are kept of all cells together
    message    bytes of one message; a longer one ends the kernel
    cell       seconds of a processor for one cell, and for one exercise
    seconds    seconds of a processor for a whole notebook
    """

    memory: int = 1024 * MEGABYTE
    reserve: int = 2048 * MEGABYTE
    threads: int = 32
    disk: int = 64 * MEGABYTE
    files: int = 10_000
    file: int = 32 * MEGABYTE
    output: int = 1 * MEGABYTE
    outputs: int = 10 * MEGABYTE
    message: int = 16 * MEGABYTE
    cell: float = 30.0
    seconds: float = 300.0


def namespaces() -> list[str]:
    """The options of bubblewrap that say what the sandbox does not share with the machine."""
    shared = ["--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts"]
    # Root needs no namespace of users, and the zygote becomes nobody.
    return shared + ["--unshare-cgroup-try"] + ["--unshare-user"] * (os.getuid() != 0)


def require() -> None:
    """Raise `NoSandbox` where there can be none; a tenth of a second tells."""
    if sys.platform != "linux":
        raise NoSandbox("the sandbox needs Linux.")
    if not (bwrap := shutil.which("bwrap")):
        raise NoSandbox("bubblewrap, which makes the sandbox, is not installed.")
    python = [sys.executable, "-I", "-S", "-c", TRIAL]
    command = [bwrap, *namespaces(), "--bind", "/", "/", "--proc", "/proc", "--", *python]
    try:
        tried = subprocess.run(command, capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NoSandbox(f"bubblewrap cannot be run ({error}).") from None
    if tried.returncode:
        said = tried.stderr.strip().splitlines() or [f"status {tried.returncode}"]
        raise NoSandbox(f"the sandbox cannot be made ({said[-1][:300]}).")


def start(
    runs: Path, available: Sequence[str], limits: Limits, sandboxed: bool, stderr: IO
) -> subprocess.Popen:
    """Start a zygote, with pipes to it; raise `NoSandbox` where none can be started.

    It sees the folder `runs` as /runs. `available` are the modules of reglib that the assignment
    lets a learner import. Without a sandbox, nothing is hidden from what it runs.
    """
    if sys.platform != "linux":
        raise NoSandbox("the sandbox needs Linux.")
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": stderr}
    given = {**asdict(limits), "seconds": math.ceil(limits.seconds), "isolated": sandboxed}
    if not sandboxed:
        zygote = str(INSIDE / "zygote.py")
        return subprocess.Popen([sys.executable, "-P", zygote, json.dumps(given)], **pipes)
    if not (bwrap := shutil.which("bwrap")):
        raise NoSandbox("bubblewrap, which makes the sandbox, is not installed.")
    python = str(Path(sys.executable).resolve())
    with tempfile.TemporaryFile() as file:  # so that a list of processes stays readable
        file.write(b"\0".join(os.fsencode(option) for option in options(runs, available)))
        file.seek(0)
        command = [bwrap, "--args", str(file.fileno()), "--", python, "-I", "-B"]
        command += [f"{SEEN}/zygote.py", json.dumps(given)]
        try:
            return subprocess.Popen(command, pass_fds=[file.fileno()], **pipes)
        except OSError as error:
            raise NoSandbox(f"bubblewrap cannot be run ({error}).") from None


def options(runs: Path, available: Sequence[str]) -> list[str]:
    """The options of bubblewrap: an empty file system, and in it what a kernel may see."""
    python, library = Path(sys.executable).resolve(), Path(sysconfig.get_path("stdlib")).resolve()
    bwrap = [*namespaces(), "--hostname", "sandbox"]
    bwrap += ["--die-with-parent", "--new-session", "--clearenv"]
    settings = {
        "HOME": "/work",
        "IPYTHONDIR": "/tmp/ipython",
        "LANG": "C.UTF-8",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "MPLCONFIGDIR": "/tmp/matplotlib",
        "OPENBLAS_NUM_THREADS": "1",
        "PATH": "/bin",
        "REGLIB_SANDBOX": "1",  # by which `check` knows where it is
    }
    for name, value in settings.items():
        bwrap += ["--setenv", name, value]
    seen = {python: python, library: library}
    seen |= {path: path for path in shared_libraries()}
    seen |= {path: Path("/site", name) for name, path in distributions()}
    seen |= {path: Path("/site", name) for name, path in own_modules(available)}
    seen[INSIDE] = SEEN
    for folder in sorted({folder for place in seen.values() for folder in place.parents}):
        bwrap += ["--perms", "0755", "--dir", str(folder)]
    for path, place in seen.items():
        bwrap += ["--ro-bind", str(path), str(place)]
    # Packages of the Python that the environment was made with are none of ours.
    for name in ("site-packages", "dist-packages"):  # Debian's Python has neither there
        if (library / name).is_dir():
            others = str(library / name)
            bwrap += ["--perms", "0755", "--tmpfs", others, "--remount-ro", others]
    bwrap += ["--proc", "/proc", "--perms", "0755", "--tmpfs", "/dev", "--dir", "/dev/shm"]
    for name in DEVICES:
        bwrap += ["--dev-bind", f"/dev/{name}", f"/dev/{name}"]
    bwrap += ["--perms", "1777", "--size", str(4 * MEGABYTE), "--tmpfs", "/tmp"]
    for folder in ("/work", "/ipc"):
        bwrap += ["--perms", "0755", "--dir", folder]
    bwrap += ["--bind", str(runs), "/runs", "--remount-ro", "/dev", "--remount-ro", "/"]
    return [*bwrap, "--chdir", "/"]


@functools.cache
def distributions() -> tuple[tuple[str, Path], ...]:
    """What the needed distributions have put at the top of site-packages: names and paths."""
    found = []
    for distribution in _needed():
        tops = {file.parts[0] for file in distribution.files or ()}
        for top in sorted(tops - {"..", "/", "__pycache__"}):
            path = Path(str(distribution.locate_file(top)))
            if path.exists() and path.suffix != ".pth":
                found.append((top, path))
    return tuple(found)


def _needed() -> tuple[importlib.metadata.Distribution, ...]:
    found: dict[str, importlib.metadata.Distribution] = {}
    names = list(DISTRIBUTIONS)
    while names:
        name = re.sub(r"[-_.]+", "-", names.pop()).lower()
        if name in found or name in LEFT_OUT:
            continue
        found[name] = importlib.metadata.distribution(name)
        for text in found[name].requires or ():
            requirement = Requirement(text)
            if not requirement.marker or requirement.marker.evaluate({"extra": ""}):
                names.append(requirement.name)
    return tuple(found.values())


def versions() -> list[str]:
    """The versions of all distributions that notebooks meet."""
    return sorted(f"{found.name}=={found.version}" for found in _needed())


def own_modules(available: Sequence[str]) -> Iterator[tuple[str, Path]]:
    """The files of reglib that are visible: ("reglib/check.py", its path).

    Raises `LookupError` for a module that is not there, or that is to stay out of sight.
    """
    import reglib

    home = Path(reglib.__file__).parent
    for name in dict.fromkeys([*ALWAYS, *available]):
        if name not in ALWAYS and name.split(".")[0] in ("", *WITHHELD):
            raise LookupError(f"reglib's module {name!r} cannot be made available to learners.")
        path = home.joinpath(*name.split("."))
        path = path if path.is_dir() else path.with_suffix(".py")
        if not path.exists():
            raise LookupError(
                f"reglib has no module {name!r}, which the assignment makes available."
            )
        yield str(Path("reglib") / path.relative_to(home)), path


@functools.cache
def shared_libraries() -> tuple[Path, ...]:
    """The system's libraries that Python and the needed distributions are linked to."""
    library = Path(sysconfig.get_config_var("DESTSHARED"))
    modules = [path for path in library.glob("*.so") if not path.name.startswith(NOT_LINKED)]
    binaries = [Path(sys.executable).resolve(), *modules]
    for _, path in distributions():
        binaries += path.rglob("*.so") if path.is_dir() else []
    found: set[str] = set()
    for folder, paths in itertools.groupby(sorted(binaries), lambda path: path.parent):
        # What `ldd` asks of the linker for one file, for all of a folder at once.
        names = ":".join(f"./{path.name}" for path in paths)
        listed = subprocess.run(
            [binaries[0], "-c", ""],
            cwd=folder,
            env={**os.environ, "LD_TRACE_LOADED_OBJECTS": "1", "LD_PRELOAD": names},
            capture_output=True,
            text=True,
        ).stdout
        found |= set(re.findall(r"^\s+(?:\S+ => )?(/\S+) \(0x", listed, re.MULTILINE))
    inside = [str(path) for _, path in distributions() if path.is_dir()]
    return tuple(
        Path(path)
        for path in sorted(found)
        if not any(path.startswith(home + "/") for home in inside)
    )
