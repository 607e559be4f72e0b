"""Make exercises/ anew from solutions/, as `make exercises` does: python -m solutions [FOLDER].

nbgrader works on a copy in a scratch folder with a gradebook of its own, so that the real gradebook
is not touched and nothing stale stays behind.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from reglib.repository import path


def generate(release: Path) -> None:
    """Replace the folder `release` by what nbgrader makes of solutions/."""
    with tempfile.TemporaryDirectory() as scratch:
        course = Path(scratch, "course")
        shutil.copytree(path("solutions"), course / "solutions")
        shutil.copy(path("nbgrader_config.py"), course)
        done = subprocess.run(
            [sys.executable, "-m", "nbgrader", "generate_assignment", "--assignment=*"],
            cwd=course,
            # nbgrader calls alembic by its name; and a reader's own settings must not matter here.
            env={
                **os.environ,
                "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
                "JUPYTER_CONFIG_DIR": scratch,
            },
            capture_output=True,
            text=True,
        )
        if done.returncode:
            sys.exit(done.stderr)
        shutil.rmtree(release, ignore_errors=True)
        shutil.copytree(course / "exercises", release)


if __name__ == "__main__":
    generate(Path(sys.argv[1]) if sys.argv[1:] else path("exercises"))
