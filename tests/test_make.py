"""What `make book` makes anew when a file has changed: no more than the file is read by."""

import subprocess

import pytest

from reglib.repository import path

TEXT = {".doctrees", "html"}
ALL = {".jupyter_cache", "reads", *TEXT}


@pytest.mark.parametrize(
    ("changed", "anew"),
    [
        ("book/penalties/ridge.md", set()),  # Sphinx sees by itself what these change
        ("book/conventions.csv", set()),
        ("book/names.csv", set()),
        ("book/_static/course.css", set()),
        ("book/_ext/lesson.py", TEXT),
        ("_config.yml", TEXT),
        ("book/penalties/ridge-quiz.json", ALL),
        ("reglib/ridge.py", ALL),
        ("reglib/data/ledger.csv", ALL),
    ],
)
def test_a_change_makes_anew_what_depends_on_it(tmp_path, changed, anew):
    site = tmp_path / "_build"
    site.mkdir()
    for stamp in (site / ".read", site / ".shown", tmp_path / ".installed"):
        stamp.touch()
    # A dry run, for which the file is newer than all that was made.
    command = ["make", "-n", "-W", changed, f"BUILD={tmp_path}", f"VENV={tmp_path}", "book"]
    done = subprocess.run(command, cwd=path(), capture_output=True, text=True, check=True)
    removed = [line for line in done.stdout.splitlines() if line.startswith("rm -rf")]
    assert {name.rpartition("/")[2] for line in removed for name in line.split()[2:]} == anew
