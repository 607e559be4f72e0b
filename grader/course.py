"""A course folder: where nbgrader keeps things, and the grader's secret."""

import os
import secrets
import tempfile
from pathlib import Path

from nbgrader.coursedir import CourseDirectory

from grader.submission import release

SECRET = Path(".grader", "secret")


def released(course: CourseDirectory, assignment: str, notebook: str) -> release.Release:
    """Read a released notebook; raise `release.ReleaseError` if it is not there."""
    folder = course.format_path(course.release_directory, ".", assignment)
    return release.read(Path(folder, f"{notebook}.ipynb"), assignment)


def secret(course: CourseDirectory) -> bytes:
    """The secret from which cases are drawn; made once, and readable only by its owner."""
    path = Path(course.root) / SECRET
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(32))
        try:
            os.link(name, path)  # whole at once, and never over one that is there
        except FileExistsError:
            pass
        finally:
            os.unlink(name)
    return bytes.fromhex(path.read_text(encoding="ascii"))
