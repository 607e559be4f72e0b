"""A Jupyter server of one's own, which has answered before a test goes on."""

import contextlib
import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psutil
from patience import HANG, until


class Server:
    """`python -m module` in the folder `root`; used as a context manager, it ends with the block.

    `home` is a folder for its log and its notes, where nothing else is.
    """

    def __init__(
        self,
        home: Path,
        root: Path,
        *options: str,
        module: str = "jupyter_server",
        token: str = "here",
        env: Mapping[str, str] = os.environ,
    ) -> None:
        self.token, self.log, notes = token, home / "log", home / "runtime"
        command = [sys.executable, "-m", module, "--no-browser", "--allow-root"]
        command += [f"--IdentityProvider.token={token}"]
        command += ["--ServerApp.port=0", "--ServerApp.port_retries=0", *options]
        with open(self.log, "w", encoding="utf-8") as log:
            self.process = subprocess.Popen(
                command,
                cwd=root,
                env={**env, "JUPYTER_RUNTIME_DIR": str(notes)},
                stdout=log,
                stderr=log,
            )
        try:
            self.address = until(lambda: self._answers(notes), lambda: self.process.poll() is None)
        except AssertionError as problem:
            self.close()
            raise AssertionError(f"{problem}\n{self.said()}") from None

    def _answers(self, notes: Path) -> str:
        """Its address, once it listens there: the note of it is written before."""
        try:
            (note,) = notes.glob("jpserver-*.json")
            self.address = json.loads(note.read_text(encoding="utf-8"))["url"]
            self.get("api/status")
            return self.address
        except (OSError, ValueError):  # not there, half written, or nobody listens yet
            return ""

    def get(self, path: str) -> str:
        return self.ask("GET", path)

    def ask(self, method: str, path: str, body: Any = None) -> str:
        """The answer to a request, which may have a body of JSON."""
        request = urllib.request.Request(
            self.address + path,
            json.dumps(body).encode() if body is not None else None,
            {"Authorization": f"token {self.token}"},
            method=method,
        )
        with urllib.request.urlopen(request, timeout=HANG) as answer:
            return answer.read().decode()

    def formgrader(self, method: str, path: str, body: Any = None) -> Any:
        return json.loads(self.ask(method, f"formgrader/api/{path}", body))

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def close(self) -> None:
        """End it and its kernels. Asked to do so itself, it may wait for one of them for ever."""
        if self.process.poll() is None:
            for kernel in psutil.Process(self.process.pid).children(recursive=True):
                with contextlib.suppress(psutil.NoSuchProcess):
                    kernel.kill()
        self.process.kill()
        self.process.wait()

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
