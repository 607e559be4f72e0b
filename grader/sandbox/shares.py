"""Equal shares by Linux itself, where it has given us a part of its tree of control groups.

The zygote counts what kernels use, and ends who uses too much; that is enough anywhere. In a group
of its own a kernel cannot take more than one processor even for a moment, and when others want it
too each gets as much. Source: https://docs.kernel.org/admin-guide/cgroup-v2.html
"""

import contextlib
import os
import re
from pathlib import Path

from grader.sandbox.walls import MEGABYTE, Limits

ROOT, OWN = Path("/sys/fs/cgroup"), Path("/proc/self/cgroup")
NEEDED = ("cpu", "memory", "pids")
LEAF = "grader"  # where we are ourselves: a group has processes or groups in it, never both
MARGIN = 64 * MEGABYTE  # by which the zygote, which can say why, comes first


def delegated(own: Path = OWN, root: Path = ROOT) -> Path | None:
    """Return the group in which we may make others, or None.

    Whoever is not root may write only to what was given to her. Root may write everywhere, so she
    asks for the mark by which systemd says so, or for being in a container, at the top of its tree.
    """
    try:
        found = re.search(r"^0::(/.*)$", own.read_text(), re.MULTILINE)
        folder = root / found[1].lstrip("/")
        folder = folder.parent if folder.name == LEAF else folder
        given = set((folder / "cgroup.controllers").read_text().split())
    except (OSError, TypeError):
        return None
    files = [folder, folder / "cgroup.procs", folder / "cgroup.subtree_control"]
    if not (set(NEEDED) <= given and all(os.access(file, os.W_OK) for file in files)):
        return None
    return folder if os.getuid() != 0 or folder == root or _marked(folder) else None


def _marked(folder: Path) -> bool:
    for name in ("trusted.delegate", "user.delegate"):
        with contextlib.suppress(OSError):
            return os.getxattr(folder, name) == b"1"
    return False


class Shares:
    """The groups of the kernels of a nursery. Raises `OSError` where there can be none."""

    def __init__(self, folder: Path, limits: Limits) -> None:
        self.folder, self.limits = folder, limits
        leaf = folder / LEAF
        leaf.mkdir(exist_ok=True)
        for pid in (folder / "cgroup.procs").read_text().split():
            with contextlib.suppress(OSError):  # it has ended, or is one of Linux's own
                (leaf / "cgroup.procs").write_text(pid)
        control = " ".join(f"+{name}" for name in NEEDED)
        (folder / "cgroup.subtree_control").write_text(control)

    def take(self, name: str, pid: int) -> None:
        """Put a process, with its threads, into a group of its own."""
        group = self._group(name)
        group.mkdir(exist_ok=True)
        for file, value in (
            ("cpu.weight", "100"),
            ("cpu.max", "100000 100000"),  # one processor
            ("memory.max", str(self.limits.memory + MARGIN)),
            ("pids.max", str(self.limits.threads + 1)),
            ("cgroup.procs", str(pid)),
        ):
            (group / file).write_text(value)

    def drop(self, name: str) -> None:
        """End all that is in a group, and the group."""
        group = self._group(name)
        with contextlib.suppress(OSError):  # there is none, or it is still ending
            (group / "cgroup.kill").write_text("1")
            group.rmdir()

    def _group(self, name: str) -> Path:
        return self.folder / f"kernel-{os.getpid()}-{name}"


def outside(ancestor: int, inner: int) -> int:
    """Return the number that a kernel has here; in the sandbox, below `ancestor`, it is `inner`.

    Raises `LookupError` when it has ended.
    """
    parents, found = {}, []
    for path in Path("/proc").glob("[0-9]*/status"):
        with contextlib.suppress(OSError, KeyError):
            fields = dict(line.split(":", 1) for line in path.read_text().splitlines())
            pid, numbers = int(path.parent.name), fields["NSpid"].split()
            parents[pid] = int(fields["PPid"])
            if numbers[1:] == [str(inner), "1"]:
                found.append(pid)
    for pid in found:
        at = pid
        while at and at != ancestor:
            at = parents.get(at, 0)
        if at:
            return pid
    raise LookupError(f"the kernel {inner} has ended")
