"""A kernel in the sandbox, seen from the grader: run a cell, ask a function, be rid of it."""

import contextlib
import errno
import fcntl
import json
import os
import re
import secrets
import select
import shutil
import stat
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from jupyter_client.session import DELIM, Session
from nbformat import NotebookNode
from nbformat.v4 import new_output

from grader.sandbox import shares, walls
from grader.sandbox.walls import Limits, NoSandbox
from grader.sandbox.zmtp import HungUp, Line
from grader.trouble import printable

GRACE = 3.0  # seconds from the end of its time, or of its connection, to the end of a kernel
PREFIX = "grader-"  # of all that we make among temporary files
LONGEST = 107  # bytes in the path of a socket, by Linux
PORTS = {"shell": 1, "iopub": 2, "stdin": 3, "control": 4, "hb": 5}
BRACKETS = 200_000  # in one message
EACH = 1000  # bytes that an output counts for, besides what is in it
PICTURES = ("image/png", "image/jpeg")
# Escape sequences, control characters other than tab and line feed, and those that turn round the
# order in which text is shown.
UNPRINTABLE = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"
    r"|[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


class Ended(Exception):
    """A kernel has ended, by itself or by us: the reason completes "0 points, because …"."""


def sweep() -> None:
    """Remove what processes that were killed have left behind among temporary files."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with (
            contextlib.suppress(OSError),
            _ours(folder, os.O_DIRECTORY),
            _ours(folder / "lock") as lock,
        ):
            if time.time() - os.fstat(lock).st_mtime < 60:
                continue  # it may not have been locked yet
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _ours(path: Path, kind: int = 0) -> Iterator[int]:
    """Open a regular file or a folder of our own; raise `OSError` for anything else.

    Every user of the machine can put there what he likes, a pipe that waits for ever too.
    """
    file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | kind)
    try:
        found = os.fstat(file)
        fit = stat.S_ISDIR if kind else stat.S_ISREG
        if found.st_uid != os.getuid() or not fit(found.st_mode):
            raise PermissionError(errno.EPERM, "not ours", str(path))
        yield file
    finally:
        os.close(file)


def require_short() -> None:
    """Raise `NoSandbox` where the path of temporary files leaves no room for a kernel's sockets."""
    folder = tempfile.gettempdir()
    most = LONGEST - len(f"/{PREFIX}12345678/runs/123456/ipc/k-1")
    if len(os.fsencode(folder)) > most:
        raise NoSandbox(
            f"{printable(folder)} is too long a path for temporary files: set TMPDIR to a shorter "
            f"folder, of at most {most} bytes."
        )


class Scratch:
    """A folder among temporary files, which is swept when its process was killed."""

    def __init__(self) -> None:
        sweep()
        self.path = Path(tempfile.mkdtemp(prefix=PREFIX))  # which no other user can enter
        self.lock = open(self.path / "lock", "w")  # noqa: SIM115, held as long as this lives
        fcntl.flock(self.lock, fcntl.LOCK_EX)

    def __enter__(self) -> Path:
        return self.path

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.lock.close()
        shutil.rmtree(self.path, ignore_errors=True)


class Nursery:
    """Where kernels are born: one sandbox, and in it one zygote that forks them.

    `available` are the modules of reglib that a learner may import. One kernel is always started
    ahead, so that none is waited for. Used as a context manager, it leaves nothing behind.
    """

    def __init__(
        self, available: Sequence[str], limits: Limits | None = None, sandboxed: bool = True
    ) -> None:
        self.limits = limits or Limits()
        self.sandboxed = sandboxed
        require_short()
        self.scratch = Scratch()
        self.home = self.scratch.path
        self.folder = self.home / "runs"  # all that the sandbox sees of it
        self.folder.mkdir()
        self.folder.chmod(0o755)
        self.kernels: dict[str, Kernel] = {}
        self.spare: Kernel | None = None
        self.number = 0
        self.making, self.closed = threading.Lock(), False
        self.shares = None
        if sandboxed and (folder := shares.delegated()):
            with contextlib.suppress(OSError):  # then the zygote does it alone
                self.shares = shares.Shares(folder, self.limits)
        try:
            self.process = self._zygote(available)
        except BaseException:
            self.scratch.close()
            raise
        threading.Thread(target=self._listen, daemon=True).start()

    def _zygote(self, available: Sequence[str]) -> subprocess.Popen:
        with tempfile.TemporaryFile() as problems:
            process = walls.start(self.folder, available, self.limits, self.sandboxed, problems)
            if process.stdout.readline():
                return process
            process.stdin.close()
            process.stdout.close()
            process.wait()
            problems.seek(0)
            lines = problems.read().decode(errors="replace").strip().splitlines() or ["no reason"]
            raise NoSandbox(f"the sandbox does not start ({lines[-1][:300]}).")

    def __enter__(self) -> "Nursery":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the sandbox, and with it all its kernels."""
        self.process.stdin.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        for kernel in list(self.kernels.values()):
            kernel.end("killed")
        with self.making:
            self.closed = True
            self.scratch.close()

    def is_open(self) -> bool:
        return self.process.poll() is None

    def kernel(self, files: Mapping[str, bytes] | None = None) -> "Kernel":
        """Return a kernel that runs in a folder with these files, and start the next one ahead."""
        kernel, self.spare = self.spare, None
        if kernel is None or files or kernel.is_dead():
            if kernel is not None:
                kernel.kill()
            kernel = self._start(files or {})
        self.spare = self._start({})
        kernel.connect()
        return kernel

    def _start(self, files: Mapping[str, bytes]) -> "Kernel":
        with self.making:  # a folder that is made while all are removed would stay
            if self.closed:
                raise Ended("it was ended")
            self.number += 1
            kernel = Kernel(self, str(self.number), files)
            self.kernels[kernel.id] = kernel
        self.tell("start", kernel)
        return kernel

    def tell(self, what: str, kernel: "Kernel", **more: Any) -> None:
        line = json.dumps({"do": what, "id": kernel.name, **more}) + "\n"
        with contextlib.suppress(BrokenPipeError, ValueError):  # then all kernels have ended
            self.process.stdin.write(line.encode())
            self.process.stdin.flush()

    def _listen(self) -> None:
        with contextlib.suppress(ValueError):  # closed meanwhile
            for line in self.process.stdout:
                event = json.loads(line)
                kernel = self.kernels[Path(event["id"]).name]
                kernel.used += event.get("used", 0.0)
                kernel.late = event.get("late", kernel.late)
                kernel.stuck = event.get("stuck", kernel.stuck)
                if "ready" in event:
                    kernel.pid = event.get("pid", 0)
                    kernel.ready.set()
                elif "ended" in event:
                    del self.kernels[kernel.id]
                    kernel.end(event["ended"], event["problem"])
        for kernel in list(self.kernels.values()):
            kernel.end("the sandbox ended")


@dataclass
class Ran:
    """What became of a cell: its outputs, why it did not end by itself, and the bytes of output."""

    outputs: list[NotebookNode] = field(default_factory=list)
    trouble: str = ""
    size: int = 0


class Kernel:
    """One kernel. Everything that comes from it was written by a learner's code."""

    def __init__(self, nursery: Nursery, id: str, files: Mapping[str, bytes]) -> None:
        self.nursery, self.id = nursery, id
        self.folder = nursery.folder / id
        self.ready, self.over, self.why = threading.Event(), threading.Event(), ""
        self.problem = ""  # what kept it from starting, if the zygote can tell
        self.name = id if nursery.sandboxed else str(self.folder)
        self.shell: Line | None = None
        self.step = self.late = self.stuck = 0  # the last one, and those whose time was up
        self.pid = 0  # in the sandbox
        self.used = 0.0  # seconds of the steps that are over
        (self.folder / "ipc").mkdir(parents=True)
        (self.folder / "files").mkdir()
        for name, content in files.items():
            path = self.folder / "files" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        self.session = Session(key=secrets.token_hex(16).encode(), signature_scheme="hmac-sha256")
        home = "/ipc" if nursery.sandboxed else str(self.folder / "ipc")
        connection = {f"{name}_port": number for name, number in PORTS.items()} | {
            "transport": "ipc",
            "ip": f"{home}/k",
            "key": self.session.key.decode(),
            "signature_scheme": "hmac-sha256",
        }
        path = self.folder / "ipc" / "kernel.json"
        path.write_text(json.dumps(connection))
        if os.getuid() == 0 and nursery.sandboxed:
            for path in (self.folder, *self.folder.rglob("*")):  # whatever the umask is
                path.chmod(0o755 if path.is_dir() else 0o644)
            os.chown(self.folder / "ipc", walls.NOBODY, walls.NOBODY)

    def end(self, why: str, problem: str = "") -> None:
        """Called once, when the zygote tells that the kernel has ended."""
        self.why = {
            "memory": "it used more memory than it may",
            "threads": "it started more threads than it may",
            "killed": self.why or "it was ended",
        }.get(why, "its kernel died")
        self.problem = problem
        if self.nursery.shares:
            self.nursery.shares.drop(self.id)
        self.over.set()
        self.ready.set()
        shutil.rmtree(self.folder, ignore_errors=True)

    def is_dead(self) -> bool:
        return self.over.is_set()

    def connect(self) -> None:
        """Wait until the kernel answers."""
        limits = self.nursery.limits
        if not self.ready.wait(60) or self.is_dead():
            self.kill("it did not start")
            raise RuntimeError(f"A kernel did not start. {self.problem}")
        if self.nursery.shares:
            with contextlib.suppress(OSError, LookupError):  # it has ended, or they have
                self.nursery.shares.take(
                    self.id, shares.outside(self.nursery.process.pid, self.pid)
                )
        self.shell, self.iopub = (
            Line(self.folder / "ipc" / f"k-{PORTS[name]}", kind, limits.message, GRACE)
            for name, kind in (("shell", b"DEALER"), ("iopub", b"SUB"))
        )
        # Until something is heard there, what is published is lost.
        end, heard = time.monotonic() + 60, False
        while not heard:
            id = self._send("kernel_info_request", {})
            for line, _ in self._messages(id, _by(min(end, time.monotonic() + 0.5))):
                if heard := heard or line is self.iopub:
                    break
            if time.monotonic() > end:
                self.kill("it did not answer")
                raise RuntimeError("A kernel did not answer.")

    def _send(self, kind: str, content: dict) -> str:
        """Send a request and return its id; raise `Ended` if there is no one to take it."""
        message = self.session.msg(kind, content)
        if self.shell is None or self.is_dead():
            raise Ended(self.why)
        try:
            self.shell.send(self.session.serialize(message))
        except HungUp:
            self._hung_up("it did not listen any more")
        return message["header"]["msg_id"]

    def _hung_up(self, why: str) -> NoReturn:
        """When a line is broken the kernel has ended, or else it does so now."""
        if not self.over.wait(GRACE):
            self.kill(why)
        raise Ended(self.why)

    @contextlib.contextmanager
    def _step(self, seconds: float, signal: str) -> Iterator[int]:
        """Have the time of what is done counted, and the kernel be sent a signal when it is up.

        Seconds of a processor, so that a busy machine takes nothing from anybody; of a sleep the
        zygote counts a part.
        """
        self.step += 1
        limit = {"step": self.step, "seconds": seconds, "grace": GRACE, "signal": signal}
        self.nursery.tell("time", self, **limit)
        try:
            yield self.step
        finally:
            self.nursery.tell("stop", self)

    def _messages(self, id: str, over: Callable[[], bool]) -> Iterator[tuple[Line, dict]]:
        """The messages that answer to `id`, until it is over; raise `Ended` if none will come."""
        while not over():
            if self.shell is None or self.is_dead():
                raise Ended(self.why)
            for line in select.select([self.shell, self.iopub], [], [], 0.1)[0]:
                try:
                    messages = line.read()
                except HungUp as problem:
                    self._hung_up(str(problem))
                for parts in messages:
                    message = _message(parts)
                    if message and message["about"] == id:
                        yield line, message

    def run(self, code: str, seconds: float) -> Ran:
        """Run a cell and collect its outputs. When it does not end in time it is interrupted, and
        when that does not help either the kernel is killed."""
        collected = Collector(self.nursery.limits.output)
        request = {
            "code": code.encode("utf-8", "replace").decode(),  # half a character is none
            "silent": False,
            "store_history": True,
            "user_expressions": {},
            "allow_stdin": False,
            "stop_on_error": True,
        }
        long = f"it took longer than {seconds:g} seconds"
        try:
            with self._step(seconds, "SIGINT") as step:
                id = self._send("execute_request", request)
                if self._collect(id, lambda: self.stuck == step, collected):
                    return Ran(
                        collected.outputs(), long if self.late == step else "", collected.size
                    )
        except Ended as ended:
            return Ran(collected.outputs(), str(ended), collected.size)
        self.kill(long)
        return Ran(collected.outputs(), long, collected.size)

    def _collect(self, id: str, over: Callable[[], bool], collected: "Collector") -> bool:
        """Whether the cell came to its end: a reply, and word that the kernel is idle.

        What is published too fast gets lost, so after the reply that word is not awaited for long.
        """
        idle = False
        for line, message in self._messages(id, over):
            if line is self.shell:
                break
            idle = collected.add(message) or idle
        else:
            return False
        if not idle:
            for line, message in self._messages(id, _by(time.monotonic() + GRACE)):
                if line is self.iopub and collected.add(message):
                    break
        return True

    def ask(self, function: str, question: str, seconds: float) -> Any:
        """Return the answer to a question, as JSON says it; raise `Ended` if there is none."""
        wire = "__import__('grader.sandbox.inside.wire').sandbox.inside.wire"
        request = {
            "code": "",
            "silent": True,
            "store_history": False,
            "user_expressions": {"answer": f"{wire}.answer({function}, {question!r})"},
            "allow_stdin": False,
        }
        with self._step(seconds, "SIGALRM") as step:
            id = self._send("execute_request", request)
            for line, message in self._messages(id, lambda: self.stuck == step):
                if line is self.shell:
                    expressions = message["content"].get("user_expressions")
                    return expressions.get("answer") if isinstance(expressions, dict) else None
        self.kill("it did not end when its time was up")
        raise Ended(self.why)

    def rest(self, seconds: float) -> None:
        """Leave the kernel alone for a while; raise `Ended` if it ends meanwhile."""
        for _ in self._messages("", _by(time.monotonic() + seconds)):
            pass

    def kill(self, why: str = "") -> None:
        """End the kernel and all that it has started, and wait until they have ended."""
        self.why = self.why or why
        self.nursery.tell("kill", self)
        if self.shell is not None:
            self.shell.close()
            self.iopub.close()
            self.shell = None
        self.over.wait(10)


def _by(end: float) -> Callable[[], bool]:
    """Whether it is that late by the clock."""
    return lambda: time.monotonic() > end


def _message(parts: list[bytes]) -> dict | None:
    """What a message is about, its kind and its content; None if it is no message.

    Its signature is not looked at: whoever can write to the socket has the key too.
    """
    try:
        at = parts.index(DELIM) + 2
        # Each bracket may become an object of some twenty times its size.
        if sum(part.count(b"[") + part.count(b"{") for part in parts[at:]) > BRACKETS:
            return None
        header, parent, _, content = map(json.loads, parts[at : at + 4])
        message = {"about": parent.get("msg_id"), "kind": header["msg_type"], "content": content}
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None
    return message if isinstance(message["kind"], str) and isinstance(content, dict) else None


class Collector:
    """The outputs of a cell: text and pictures, up to a number of bytes."""

    def __init__(self, most: int) -> None:
        self.most = self.left = most
        self.kept: list[NotebookNode] = []
        self.cut = False

    def add(self, message: Mapping[str, Any]) -> bool:
        """Keep what was published; return whether it says that the kernel is idle."""
        kind, content = message["kind"], message["content"]
        with contextlib.suppress(KeyError, TypeError, AttributeError, ValueError):
            if kind == "stream":
                self._stream("stderr" if content["name"] == "stderr" else "stdout", content["text"])
            elif kind in ("execute_result", "display_data"):
                self._shown(content["data"])
            elif kind == "error":
                self._error(content["ename"], content["evalue"], content["traceback"])
            elif kind == "clear_output":
                self.kept.clear()
        return kind == "status" and content.get("execution_state") == "idle"

    @property
    def size(self) -> int:
        return self.most - self.left

    def outputs(self) -> list[NotebookNode]:
        if self.cut:
            text = "… The rest of what this cell printed is left out: it was too much.\n"
            return [*self.kept, new_output("stream", name="stdout", text=text)]
        return self.kept

    def _take(self, text: str) -> str:
        """As much of a text as still fits, and nothing unprintable."""
        if not isinstance(text, str):
            raise TypeError
        self.cut = self.cut or len(text) > self.left
        text = text[: max(self.left, 0)]
        self.left -= len(text)
        return UNPRINTABLE.sub("", text)

    def _count(self) -> None:
        """One more output: even an empty one counts. Raise `ValueError` if there is no room."""
        self.cut = self.cut or self.left < EACH
        if self.cut:
            raise ValueError
        self.left -= EACH

    def _stream(self, name: str, text: str) -> None:
        last = self.kept[-1] if self.kept else None
        if last and last.output_type == "stream" and last.name == name:
            last.text += self._take(text)
        else:
            self._count()
            self.kept.append(new_output("stream", name=name, text=self._take(text)))

    def _shown(self, data: Mapping[str, str]) -> None:
        self._count()
        shown = {"text/plain": self._take(data["text/plain"])} if "text/plain" in data else {}
        for kind in PICTURES:
            if kind in data and len(data[kind]) > self.left:
                self.cut = True
            elif kind in data and re.fullmatch(r"[A-Za-z0-9+/=\s]+", data[kind]):
                self.left -= len(data[kind])
                shown[kind] = data[kind]
        if shown:
            self.kept.append(new_output("display_data", data=shown))

    def _error(self, name: str, text: str, traceback: list[str]) -> None:
        self._count()
        name, text = self._take(name), self._take(text)
        lines = [self._take(line) for line in traceback[:100]]
        self.kept.append(new_output("error", ename=name, evalue=text, traceback=lines))
