"""`python -m grader doctor`: can submissions be run safely here? It tries each thing out."""

import argparse
import platform
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.sandbox.inside import seccomp
from grader.sandbox.kernel import Nursery
from grader.sandbox.walls import MEGABYTE, Limits, NoSandbox, require

AVAILABLE = ("check", "data")
OPTIONS = ("--args", "--clearenv", "--dev-bind", "--die-with-parent", "--perms", "--size")
# Settings of Linux that keep ordinary users from namespaces: when they do, and what to set.
SETTINGS = (
    ("user.max_user_namespaces", lambda value: value < 100, 15000),
    ("kernel.unprivileged_userns_clone", lambda value: value == 0, 1),
    ("kernel.apparmor_restrict_unprivileged_userns", lambda value: value == 1, 0),
)
RECIPE = """\
Where namespaces are refused, a container on a Linux host (or in Docker Desktop) can have them.
Write a file named Dockerfile:

    FROM python:3.12-slim
    RUN apt-get update && apt-get install -y bubblewrap git make \\
        && useradd --create-home --uid 1000 grader
    USER grader

and start it in the folder of the course, whose files should belong to user 1000:

    docker build -t grader .
    docker run --rm -it --init -v "$PWD":/course -w /course \\
        --security-opt seccomp=unconfined --security-opt apparmor=unconfined \\
        --security-opt systempaths=unconfined grader bash

Podman takes the same, with --userns=keep-id, and --security-opt unmask=ALL for the last option.
The three options take away Docker's own walls inside of this container only. Those of the sandbox
stand in their place, so run nothing else in it. Then, in the container: make test, and
python -m grader doctor.
"""


@dataclass(frozen=True)
class Finding:
    """What was tried; if it failed, `advice` says what to do."""

    well: bool
    text: str
    advice: str = ""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The doctor needs to be told nothing."""


def main(args: argparse.Namespace | None = None) -> int:
    """Print a line for each thing that is needed; return 0 if all of them are there."""
    ill = refused = False
    for finding in examine():
        print("✓" if finding.well else "✗", finding.text)
        if not finding.well:
            print("  →", finding.advice)
            ill, refused = True, refused or finding.advice.endswith(BELOW)
    if refused:
        print("\n" + RECIPE, end="")
    print(
        "\nThe grader cannot be used yet: mend what is marked with ✗, from the top."
        if ill
        else "\nAll is there: submissions run in the sandbox."
    )
    return int(ill)


WAITS = Path("/proc/self/schedstat")  # for how long a process has waited for a processor
BELOW = "Or use the container that is described below."


def examine() -> Iterator[Finding]:
    """Try one thing after the other, up to one without which the next cannot be tried."""
    yield _alembic()
    for step in (_linux, _bubblewrap, _namespaces):
        finding = step()
        yield finding
        if not finding.well:
            return
    yield from _kernels()


def _alembic() -> Finding:
    home = Path(sys.executable).parent
    return Finding(
        shutil.which("alembic") is not None,
        "alembic, with which nbgrader makes its gradebook, is on the PATH",
        f'Put the programs of this environment on it: export PATH="{home}:$PATH"',
    )


def _linux() -> Finding:
    machine = platform.machine()
    return Finding(
        sys.platform == "linux" and machine in seccomp.ARCHITECTURES,
        f"Linux on x86_64 or aarch64: this is {platform.system()} on {machine}",
        f"The sandbox is made of what only Linux has. {BELOW}",
    )


def _bubblewrap() -> Finding:
    path = shutil.which("bwrap")
    if not path:
        return Finding(
            False,
            "bubblewrap is installed",
            "Install it: sudo apt install bubblewrap (or dnf, pacman, zypper).",
        )
    version, said = _run(path, "--version"), _run(path, "--help")
    missing = [option for option in OPTIONS if option not in said.stdout + said.stderr]
    return Finding(
        not missing,
        f"bubblewrap is installed: {version.stdout.strip() or path}",
        f"It does not know {', '.join(missing)}. Install bubblewrap 0.8 or newer.",
    )


def _namespaces() -> Finding:
    text = "it may make namespaces, and others in them"
    try:
        require()
    except NoSandbox as problem:
        return Finding(False, f"{text}: {problem.why}", _permission())
    return Finding(True, text)


def _permission() -> str:
    """What to do where namespaces are refused, by the settings that can be read."""
    advice = []
    for name, forbids, value in SETTINGS:
        try:
            now = int(Path("/proc/sys", *name.split(".")).read_text())
        except (OSError, ValueError):
            continue  # this Linux does not have it
        if forbids(now):
            advice.append(f"Allow it: sudo sysctl -w {name}={value} (now {now}).")
    status = Path("/proc/self/status").read_text()
    if "\nSeccomp:\t2" in status:
        advice.append("A filter of system calls is in force, as in most containers.")
    advice = advice or ["This machine does not say why. Ask its administrator for user namespaces."]
    return " ".join([*advice, BELOW])


def _kernels() -> Iterator[Finding]:
    limits = Limits(memory=300 * MEGABYTE, cell=10.0)
    starts = "kernels start in the sandbox"
    try:
        with Nursery(AVAILABLE, limits) as nursery:
            printed = _told(nursery, "print(6 * 7)")
            yield Finding(printed == "42", starts, "Please report what is printed: " + printed)
            yield _alone(nursery)
            yield _threads(nursery, limits)
            yield _time(nursery)
            yield _memory(nursery, limits)
    except (NoSandbox, RuntimeError) as error:
        yield Finding(False, f"{starts}: {getattr(error, 'why', error)}", _permission())


def _told(nursery: Nursery, code: str) -> str:
    """What this code prints in a new kernel, or why it was ended."""
    kernel = nursery.kernel()
    ran = kernel.run(code, nursery.limits.cell)
    kernel.kill()
    return ran.trouble or "".join(output.get("text", "") for output in ran.outputs).strip()


def _alone(nursery: Nursery) -> Finding:
    with socket.create_server(("127.0.0.1", 0)) as server:
        printed = _told(
            nursery,
            "import os, socket\n"
            f"seen = os.path.exists({str(Path(__file__).resolve())!r})\n"
            "try:\n"
            f"    socket.create_connection(('127.0.0.1', {server.getsockname()[1]}), 2)\n"
            "    seen = True\n"
            "except OSError:\n"
            "    pass\n"
            "print(seen)",
        )
    return Finding(
        printed == "False",
        "they see neither the network nor the files of this machine",
        f"Do not use the grader on this machine, and report this: {printed}",
    )


def _threads(nursery: Nursery, limits: Limits) -> Finding:
    printed = _told(
        nursery,
        "import os, threading, time\n"
        "count = 0\n"
        "try:\n"
        "    os.fork() == 0 and time.sleep(60)\n"
        f"    count = {limits.threads}\n"
        "except OSError:\n"
        "    pass\n"
        "try:\n"
        f"    while count < {limits.threads}:\n"
        "        threading.Thread(target=time.sleep, args=(60,), daemon=True).start()\n"
        "        count += 1\n"
        "except RuntimeError:\n"
        "    pass\n"
        "time.sleep(0.5)\n"
        "print(count)",
    )
    return Finding(
        "threads" in printed or (printed.isdigit() and int(printed) < limits.threads),
        "a kernel is one process, and the limit on its threads holds",
        f"Do not use the grader on this machine, and report this: {printed} could be started",
    )


def _time(nursery: Nursery) -> Finding:
    kernel = nursery.kernel()
    ran = kernel.run("while True:\n    pass", 0.5)
    kernel.kill()
    return Finding(
        "longer than" in ran.trouble,
        "the limit on processor time holds"
        + (
            "" if WAITS.exists() else ", though what waits for a processor is not told from a sleep"
        ),
        f"Do not use the grader on this machine, and report this: {ran.trouble or 'no limit'}",
    )


def _memory(nursery: Nursery, limits: Limits) -> Finding:
    printed = _told(
        nursery,
        "kept = []\n"
        f"for _ in range({limits.memory // MEGABYTE // 10}):\n"
        "    kept.append(bytearray(b'1') * (20 << 20))\n"
        "import time\n"
        "time.sleep(2)",
    )
    return Finding(
        "memory" in printed,
        "the limit on memory holds",
        f"Do not use the grader on this machine, and report this: {printed or 'no limit'}",
    )


def _run(*command: str) -> subprocess.CompletedProcess:
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=30)
    except (OSError, subprocess.TimeoutExpired) as error:
        return subprocess.CompletedProcess(command, 1, "", str(error))
