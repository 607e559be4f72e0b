"""What lies in a submission's folder is let in only if it is small, plain and really there."""

import os
import socket
from pathlib import Path

import pytest

from grader.submission.folder import (
    MOST_ENTRIES,
    MOST_FILES,
    Refused,
    is_linked,
    notebook_for,
    read_notebook,
    take,
)


@pytest.fixture
def submitted(tmp_path):
    """The folder of all submissions, with a secret beside it and one submission in it."""
    (tmp_path / "gradebook.db").write_text("secret")
    (tmp_path / "solutions").mkdir()
    (tmp_path / "solutions/right.csv").write_text("secret")
    folder = tmp_path / "submitted/eve/ridge"
    folder.mkdir(parents=True)
    (folder / "ridge.ipynb").write_bytes(b"{}")
    return tmp_path / "submitted"


@pytest.fixture
def eve(submitted):
    return submitted / "eve/ridge"


def told(taken):
    return [
        (remark.text.split(":")[0].split(".")[0], remark.suspicious) for remark in taken.remarks
    ]


LINKS = ("There were links in the submission", True)
LEFT_OUT = ("Files that came along were left out", False)
MODULES = ("The submission brought its own files for modules of the course", True)
NO_TIME = ("The time of the submission cannot be read", True)


def test_small_files_are_taken(eve, submitted):
    for name in ("data.csv", "my plot (2).PNG", "notes.txt", "img/a/b/photo.jpg", "timestamp.txt"):
        (eve / name).parent.mkdir(parents=True, exist_ok=True)
        (eve / name).write_bytes(b"2026-11-01 12:00:00 UTC")
    for name in (".ipynb_checkpoints/ridge-checkpoint.ipynb", "__pycache__/x.pyc", ".DS_Store"):
        (eve / name).parent.mkdir(parents=True, exist_ok=True)
        (eve / name).write_bytes(b"x")
    taken = take(eve, submitted)
    names = {"data.csv", "my plot (2).PNG", "notes.txt", "img/a/b/photo.jpg", "timestamp.txt"}
    assert set(taken.files) == names
    assert told(taken) == []


@pytest.mark.parametrize(
    ("name", "remarks"),
    [
        ("helpers.py", [LEFT_OUT]),
        ("numpy.py", [MODULES, LEFT_OUT]),
        ("reglib/__init__.py", [MODULES, LEFT_OUT]),
        ("run.sh", [LEFT_OUT]),
        ("page.html", [LEFT_OUT]),
        ("no ending", [LEFT_OUT]),
        (".hidden.csv", [LEFT_OUT]),
        ("..\\..\\up.csv", [LEFT_OUT]),
        ("-rf.csv", [LEFT_OUT]),
        ("a\nb.csv", [LEFT_OUT]),
        ("a\x1b[31m.csv", [LEFT_OUT]),
        (os.fsdecode(b"\xff.csv"), [LEFT_OUT]),
        (".git/a.csv", [LEFT_OUT]),
        ("a/b/c/d/e.csv", [LEFT_OUT]),
    ],
)
def test_other_files_are_not(eve, submitted, name, remarks):
    (eve / name).parent.mkdir(parents=True, exist_ok=True)
    (eve / name).write_bytes(b"x")
    taken = take(eve, submitted)
    assert not taken.files
    assert told(taken) == remarks


@pytest.mark.parametrize(
    "target",
    [
        "../../../gradebook.db",
        "../../../solutions/right.csv",
        "../../../solutions",
        "/etc/passwd",
        "/dev/zero",
        "nowhere",
        "ridge.ipynb",
        ".",
    ],
)
@pytest.mark.parametrize("name", ["data.csv", "timestamp.txt", "folder"])
def test_links_are_not_followed(eve, submitted, name, target):
    (eve / name).symlink_to(target)
    taken = take(eve, submitted)
    assert not taken.files
    assert told(taken) == [LINKS]


def test_links_inside_a_folder_are_not_followed(eve, submitted):
    (eve / "img").mkdir()
    (eve / "img/data.csv").symlink_to("../../../../solutions/right.csv")
    (eve / "img/more").symlink_to("../../../../solutions")
    taken = take(eve, submitted)
    assert not taken.files and told(taken) == [LINKS]


def test_pipes_sockets_and_folders_that_pose_as_files_do_no_harm(eve, submitted, monkeypatch):
    os.mkfifo(eve / "pipe.csv")
    (eve / "folder.csv").mkdir()
    monkeypatch.chdir(eve)
    with socket.socket(socket.AF_UNIX) as plug:
        plug.bind("plug.csv")
        taken = take(eve, submitted)
    assert not taken.files and told(taken) == [LEFT_OUT]


def test_sizes_are_bounded(eve, submitted):
    (eve / "just.csv").write_bytes(bytes(2**20))
    (eve / "over.csv").write_bytes(bytes(2**20 + 1))
    with open(eve / "sparse.csv", "wb") as file:
        file.truncate(2**40)
    taken = take(eve, submitted)
    assert set(taken.files) == {"just.csv"} and told(taken) == [LEFT_OUT]
    for i in range(9):
        (eve / f"{i}.csv").write_bytes(bytes(2**20))
    taken = take(eve, submitted)
    assert sum(map(len, taken.files.values())) == 5 * 2**20


def test_numbers_are_bounded(eve, submitted):
    for i in range(MOST_FILES + 1):
        (eve / f"{i}.csv").touch()
    taken = take(eve, submitted)
    assert len(taken.files) == MOST_FILES and told(taken) == [LEFT_OUT]
    for i in range(MOST_ENTRIES):
        (eve / f"{i}.ipynb").touch()
    assert len(take(eve, submitted).files) <= MOST_FILES


@pytest.mark.parametrize(
    ("data", "known"),
    [
        (b"2026-11-01 12:00:00.5 America/Los_Angeles", True),
        (b"\n", True),
        (b"tomorrow", False),
        (b"99999999999999999999-01-01", False),
        (b"\xff\xfe\0", False),
        (b"2026-11-01 12:00:00 UTC" + b" " * 100, False),
    ],
)
def test_a_time_that_nbgrader_cannot_read_is_left_out(eve, submitted, data, known):
    (eve / "timestamp.txt").write_bytes(data)
    taken = take(eve, submitted)
    assert taken.files == ({"timestamp.txt": data} if known else {})
    assert told(taken) == ([] if known else [NO_TIME])


# The notebook itself


def test_a_notebook_is_read(eve, submitted):
    assert read_notebook(eve / "ridge.ipynb", submitted) == b"{}"


def link_to_a_file(eve):
    (eve / "ridge.ipynb").unlink()
    (eve / "ridge.ipynb").symlink_to("../../../gradebook.db")


def link_to_nothing(eve):
    (eve / "ridge.ipynb").unlink()
    (eve / "ridge.ipynb").symlink_to("nowhere")


def link_of_the_folder(eve):
    eve.rename(eve.parents[1] / "elsewhere")
    eve.symlink_to("../elsewhere")


def link_of_the_student(eve):
    eve.parent.rename(eve.parents[1] / "ada")
    eve.parent.symlink_to("ada")


def pipe(eve):
    (eve / "ridge.ipynb").unlink()
    os.mkfifo(eve / "ridge.ipynb")


def folder(eve):
    (eve / "ridge.ipynb").unlink()
    (eve / "ridge.ipynb").mkdir()


def too_large(eve):
    with open(eve / "ridge.ipynb", "wb") as file:
        file.truncate(200 * 2**20)


def absent(eve):
    (eve / "ridge.ipynb").unlink()


REFUSED = {
    link_to_a_file: ("The notebook is a link, and links are not followed.", True),
    link_to_nothing: ("The notebook is a link, and links are not followed.", True),
    link_of_the_folder: (
        "The folder of the submission is a link, and links are not followed.",
        True,
    ),
    link_of_the_student: (
        "The folder of the submission is a link, and links are not followed.",
        True,
    ),
    pipe: ("The file of the notebook is no regular file.", True),
    folder: ("The file of the notebook is no regular file.", True),
    too_large: ("The file of the notebook is larger than 20 MB.", False),
    absent: ("There is no ridge.ipynb, nor one other notebook that could be meant.", False),
}


@pytest.mark.parametrize("prepare", REFUSED, ids=lambda prepare: prepare.__name__)
def test_what_is_no_file_of_its_own_is_refused(eve, submitted, prepare):
    prepare(eve)
    with pytest.raises(Refused) as refused:
        read_notebook(eve / "ridge.ipynb", submitted)
    assert (str(refused.value), refused.value.suspicious) == REFUSED[prepare]


@pytest.mark.parametrize("prepare", [link_of_the_folder, link_of_the_student])
def test_nothing_is_taken_from_a_folder_that_is_a_link(eve, submitted, prepare):
    (eve / "data.csv").write_text("theirs")
    prepare(eve)
    assert not take(eve, submitted).files


def test_an_instructor_may_keep_submissions_elsewhere(eve, submitted):
    elsewhere = submitted.rename(submitted.parent / "elsewhere")
    submitted.symlink_to(elsewhere)
    assert not is_linked(eve, submitted)
    assert read_notebook(eve / "ridge.ipynb", submitted) == b"{}"
    assert is_linked(Path("/proc/self"), "/somewhere/else")


def test_a_notebook_that_is_alone_may_have_another_name(eve, submitted):
    assert notebook_for(eve / "ridge.ipynb", submitted) == eve / "ridge.ipynb"
    (eve / "ridge.ipynb").rename(eve / "ridge (1).ipynb")
    assert notebook_for(eve / "ridge.ipynb", submitted) == eve / "ridge (1).ipynb"
    (eve / "ridge (2).ipynb").write_bytes(b"{}")
    assert notebook_for(eve / "ridge.ipynb", submitted) == eve / "ridge.ipynb"
    (eve / "ridge.ipynb").symlink_to("ridge (1).ipynb")
    with pytest.raises(Refused):
        read_notebook(notebook_for(eve / "ridge.ipynb", submitted), submitted)


@pytest.mark.parametrize(
    ("name", "remark"),
    [("timestamp.txt", NO_TIME), ("Timestamp.TXT", LEFT_OUT), ("a/timestamp.txt", LEFT_OUT)],
)
def test_a_folder_by_the_name_of_the_time_is_not_entered(eve, submitted, name, remark):
    (eve / name).mkdir(parents=True)
    (eve / name / "x.csv").touch()
    taken = take(eve, submitted)
    assert taken.files == {} and told(taken) == [remark]
