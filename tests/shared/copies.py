"""A copy of the course, in which a test adds what CONTRIBUTING.md says, and runs commands."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from reglib.repository import path


def copy_of_the_course(folder: Path) -> Path:
    """Make a copy as a clone would be, with what is not committed yet; return its folder."""
    made = ("__pycache__", "_build", "submitted", "autograded", "feedback", "*.db")
    copy = Path(shutil.copytree(path(), folder, ignore=shutil.ignore_patterns(".*", *made)))
    packed = path("_build", "desk")  # of which the key is its content, and so good for the copy too
    packed.mkdir(parents=True, exist_ok=True)
    (copy / "_build").mkdir()
    (copy / "_build" / "desk").symlink_to(packed)
    return copy


def python(folder: Path, *arguments: str) -> str:
    """Run Python in a folder, with the reglib that is there, apart from the tests of this run."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=env | {"PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-5000:]
    return done.stdout
