"""From archives to submissions: what one student uploads costs nobody else."""

import io
import logging
import os
import shutil
import socket
import stat
import struct
import unicodedata
import zipfile
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from nbgrader.apps.zipcollectapp import ZipCollectApp

from grader.course import course_at
from grader.plugins.collect import _match

ROOT = Path(__file__).parents[3]
NOTEBOOK = b'{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
CLASS = [
    *(("ada", "Ada", "Lovelace", "17"), ("bob", "Bob", "Builder", "18")),
    *(("eve", "Eve", "Evilson", "19"), ("sarka", "Šárka", "O'Neil", "20")),
    *(("kim1", "Kim", "Kim", "21"), ("kim2", "Kim", "Kim", "22")),
    *(("twin1", "Tom", "Twin", "23"), ("twin2", "Tim", "Twin", "23")),
    *(("*", "Star", "Pattern", "30"), ("[a]da", "Range", "Pattern", "31")),
    *(("{student_id}", "Format", "Pattern", "32"), ("%s", "Percent", "Pattern", "33")),
    *(("a/b", "Slash", "Pattern", "34"), ("-x", "Dash", "Pattern", "35")),
    *((".", "Dot", "Pattern", "36"), ("..", "Dots", "Pattern", "37")),
    *(("n\nl", "Line", "Pattern", "38"), (" ada", "Blank", "Pattern", "39")),
    *(("x" * 250, "Long", "Pattern", "40"), ("\u202eada", "Right", "Pattern", "41")),
]
FIT_ALL_THE_SAME = {"{student_id}": "32", "%s": "33", "-x": "35"}
UNFIT = {id: number for id, _, name, number in CLASS if name == "Pattern"}
UNFIT = {id: number for id, number in UNFIT.items() if id not in FIT_ALL_THE_SAME}


def packed(files, method=zipfile.ZIP_DEFLATED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return file.getvalue()


def special(kind, target=""):
    info = zipfile.ZipInfo("special.csv")
    info.external_attr = (kind | 0o777) << 16
    return packed({info: target, "ridge.ipynb": NOTEBOOK})


def changed(data, at, new):
    """The bytes of an archive of one file, changed at a place of its entry in the contents."""
    contents = data.rindex(b"PK\1\2")
    return data[: contents + at] + new + data[contents + at + len(new) :]


ONE = packed({"ridge.ipynb": NOTEBOOK})
STORED = packed({"ridge.ipynb": NOTEBOOK}, zipfile.ZIP_STORED)


def damaged():
    data = bytearray(packed({"ridge.ipynb": b"x" * 1000}))
    data[45] ^= 255
    return bytes(data)


def encrypted():
    data = bytearray(changed(ONE, 8, b"\1"))
    data[6] |= 1
    return bytes(data)


def many_names(count):
    return packed({f"{k}.csv": b"" for k in range(count)} | {"ridge.ipynb": NOTEBOOK})


# What Eve may have packed so that it cannot be unpacked, or should not be.
BROKEN = {
    "empty": b"",
    "garbage": b"PK" * 100,
    "truncated": ONE[: len(ONE) // 2],
    "no contents": ONE[:-30],
    "damaged": damaged(),
    "encrypted": encrypted(),
    "wrong sum": changed(ONE, 16, b"\0\0\0\0"),
    "unknown method": changed(changed(ONE, 10, b"\x63\0"), 10, b"\x63\0"),
    "larger than it says": changed(ONE, 24, struct.pack("<I", 1)),
    "smaller than it says": changed(STORED, 20, struct.pack("<II", 2**31, 2**31)),
    "64 bits of lies": changed(STORED, 20, b"\xff" * 8),
    "elsewhere": changed(ONE, 42, struct.pack("<I", 2**31)),
    "bzip2 bomb": packed({"ridge.ipynb": bytes(2**20)}, zipfile.ZIP_BZIP2),
    "lzma bomb": packed({"ridge.ipynb": bytes(2**20)}, zipfile.ZIP_LZMA),
    "many names": many_names(1001),
    "very many names": many_names(20_000),
    "long": packed({"x" * 300 + ".ipynb": NOTEBOOK}),
    "long when decoded": packed({"é" * 130 + ".ipynb": NOTEBOOK}),
    "long way": packed({"/".join(["d" * 200] * 30) + "/ridge.ipynb": NOTEBOOK, "a.csv": b""}),
    "file for a folder": packed({"x.csv": b"", "x.csv/ridge.ipynb": NOTEBOOK, "y.csv": b""}),
    "deep": packed({"a/" * 700 + "ridge.ipynb": NOTEBOOK, "a.csv": b""}),
    "folder for a file": packed({"x.csv/ridge.ipynb": NOTEBOOK, "x.csv": b"", "y.csv": b""}),
}
# Or that leads elsewhere, and only is not followed.
STRAYS = {
    "up": packed({"../../up.ipynb": NOTEBOOK, "ridge.ipynb": NOTEBOOK}),
    "root": packed({"/root.ipynb": NOTEBOOK, "ridge.ipynb": NOTEBOOK}),
    "windows": packed({"a\\..\\..\\up.ipynb": NOTEBOOK, "ridge.ipynb": NOTEBOOK}),
    "link": special(stat.S_IFLNK, "/etc/passwd"),
    "link up": special(stat.S_IFLNK, "../../../../gradebook.db"),
    "device": special(stat.S_IFCHR),
    "pipe": special(stat.S_IFIFO),
}
BOMB = {f"{k}.csv": bytes(20 * 2**20) for k in range(3)}
# And what is odd, but comes in: the names of her files, by their names in the archive.
ODD = {
    "folder": ({"work/ridge.ipynb": NOTEBOOK, "work/a/b.png": b"x"}, {"ridge.ipynb", "a/b.png"}),
    "windows": ({"work\\ridge.ipynb": NOTEBOOK}, {"ridge.ipynb"}),
    "hidden": ({"__MACOSX/._r.ipynb": b"x", "r.ipynb": NOTEBOOK, ".git/x.csv": b""}, {"r.ipynb"}),
    "mac": (
        {"__MACOSX/w/._r.ipynb": b"", "w/r.ipynb": NOTEBOOK, "w/a/b.csv": b""},
        {"r.ipynb", "a/b.csv"},
    ),
    "reserved": ({"CON.ipynb": NOTEBOOK, "aux.csv": b""}, {"CON.ipynb", "aux.csv"}),
    "control": ({"r\x1b[31m\n\u202e.ipynb": NOTEBOOK}, {"r_[31m__.ipynb"}),
    "case": ({"R.ipynb": NOTEBOOK, "r.ipynb": b"{}"}, {"R.ipynb", "r.ipynb"}),
    "deep": ({"d/" * 400 + "r.ipynb": NOTEBOOK}, {"r.ipynb"}),
    "folder by a file's name": ({"r.ipynb/": b"", "r.ipynb/r.ipynb": NOTEBOOK}, {"r.ipynb"}),
    "zip in a zip": ({"again.zip": ONE, "r.ipynb": NOTEBOOK}, {"r.ipynb"}),
    "other kinds": ({"r.ipynb": NOTEBOOK, "helper.py": b"", "r.pdf": b""}, {"r.ipynb"}),
    "times": (
        {"r.ipynb": NOTEBOOK, "timestamp.txt": b"2020-01-01", "a/Timestamp.TXT": b"2020-01-01"},
        {"r.ipynb"},
    ),
}


@pytest.fixture(scope="module")
def gradebook(tmp_path_factory):
    path = tmp_path_factory.mktemp("gradebook") / "gradebook.db"
    with Gradebook(f"sqlite:///{path}", "regularization") as gradebook:
        for id, first, last, number in CLASS:
            gradebook.add_student(id, first_name=first, last_name=last, lms_user_id=number)
    return path


@pytest.fixture
def course(tmp_path, gradebook, monkeypatch):
    """A course folder with a class in its gradebook, and a folder for archives."""
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    shutil.copy(gradebook, tmp_path)
    (tmp_path / "downloaded/ridge/archive").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def collect(course):
    """Run `nbgrader zip_collect ridge`; return its exit status and what it says."""

    def collect(*arguments):
        app = ZipCollectApp()
        said = io.StringIO()
        app.initialize(["ridge", *arguments])
        app.log.propagate = False
        handler = logging.StreamHandler(said)
        handler.setLevel(logging.INFO)
        app.log.addHandler(handler)
        try:
            app.start()
            status = 0
        except SystemExit as end:
            status = end.code
        finally:
            app.log.removeHandler(handler)
        assert "Traceback" not in said.getvalue()
        assert all(sign.isprintable() or sign == "\n" for sign in said.getvalue())
        return status, said.getvalue()

    return collect


def put(course, name, data, at=None):
    path = course / "downloaded/ridge/archive" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data if isinstance(data, bytes) else packed(data))
    if at is not None:
        os.utime(path, (at, at))


def came(course):
    """What is among those submitted: the names of files, by the student."""
    files = {}
    for path in sorted((course / "submitted").glob("*/ridge/**/*")):
        if path.is_file():
            student, _, *rest = path.relative_to(course / "submitted").parts
            files.setdefault(student, set()).add("/".join(rest))
    return files


CANVAS = {
    "lovelaceada_17_1_ridge.ipynb": NOTEBOOK,
    "builderbob_LATE_18_2_ridge-1.ipynb": NOTEBOOK,
}
BOTH = {"ada": {"ridge.ipynb"}, "bob": {"ridge-1.ipynb"}}


# One student alone


@pytest.mark.parametrize("name", BROKEN)
def test_what_cannot_be_unpacked_keeps_out_its_student_alone(course, collect, name):
    platform = {"aaa_19_0_plot.png": b"x", "evilsoneve_19_3_work.zip": BROKEN[name], **CANVAS}
    put(course, "class.zip", platform)
    status, said = collect()
    assert status == 1
    assert came(course) == BOTH
    (told,) = (line for line in said.splitlines() if line.startswith("eve: "))
    assert "Nothing of hers came in: ask for" in told and len(told) < 800


@pytest.mark.parametrize("name", STRAYS)
def test_what_leads_elsewhere_is_left_out_and_told_of(course, collect, name):
    put(course, "class.zip", {"evilsoneve_19_3_work.zip": STRAYS[name], **CANVAS})
    status, said = collect()
    assert (status, came(course)) == (1, {**BOTH, "eve": {"ridge.ipynb"}})
    assert "is a link, or leads elsewhere (eve)" in said
    assert not list(course.parent.rglob("up.ipynb"))
    assert not list(course.parent.rglob("root.ipynb"))


def test_a_bomb_keeps_out_its_student_alone(course, collect):
    put(course, "class.zip", {"evilsoneve_19_3_work.zip": packed(BOMB), **CANVAS})
    moodle = {f"Šárka ONeil_94_assignsubmission_file/{name}": data for name, data in BOMB.items()}
    put(course, "moodle.zip", moodle)
    status, said = collect()
    assert (status, came(course)) == (1, BOTH)
    assert "eve: 2.csv is too large, together with the others" in said
    assert "sarka: 2.csv is too large, together with the others" in said
    extracted = course / "downloaded/ridge/extracted"
    assert sum(p.stat().st_size for p in extracted.rglob("*") if p.is_file()) < 100 * 2**20


@pytest.mark.parametrize("name", ODD)
def test_what_is_odd_comes_in(course, collect, name):
    files, there = ODD[name]
    put(course, "class.zip", {"evilsoneve_19_3_work.zip": packed(files), **CANVAS})
    status, said = collect()
    assert status == 0, said
    assert came(course) == {**BOTH, "eve": there}


def test_a_folder_of_very_many_files(course, collect):
    put(course, "class.zip", CANVAS)
    for k in range(1001):
        put(course, f"Eve Evilson_93_assignsubmission_file/{k}.csv", b"")
    status, said = collect()
    assert (status, came(course)) == (1, BOTH)
    assert "is one file too many" in said


def test_a_damaged_member_of_the_archive_of_a_class(course, collect):
    """A file of the class's archive itself that is damaged is one student's too."""
    data = packed({"evilsoneve_19_3_ridge.ipynb": b"x" * 1000, **CANVAS})
    at = data.index(b"evilson") + len("evilsoneve_19_3_ridge.ipynb") + 2
    put(course, "class.zip", data[:at] + b"\xff\xff" + data[at + 2 :])
    status, said = collect()
    assert (status, came(course)) == (1, BOTH)
    assert "eve: evilsoneve_19_3_ridge.ipynb cannot be unpacked" in said


def test_an_archive_of_a_class_that_cannot_be_unpacked(course, collect):
    put(course, "class.zip", CANVAS)
    put(course, "other.zip", packed(CANVAS)[:-30])
    status, said = collect()
    assert (status, came(course)) == (1, BOTH)
    assert "Left out: other.zip cannot be unpacked" in said and "Download it again" in said


def test_files_that_are_left_out_are_named_with_their_students(course, collect):
    put(course, "class.zip", {**CANVAS, "x_17_4_helper.py": b"", "evilsoneve_19_5_r.pdf": b""})
    status, said = collect()
    assert (status, came(course)) == (1, BOTH)
    assert "Left out: x_17_4_helper.py (ada), evilsoneve_19_5_r.pdf (eve)." in said


@pytest.mark.parametrize("id", UNFIT)
def test_an_id_that_is_a_pattern_or_no_name(course, collect, id):
    put(course, "class.zip", {f"patternx_{UNFIT[id]}_9_ridge.ipynb": NOTEBOOK, **CANVAS})
    status, said = collect()
    assert (status, came(course)) == (1, BOTH)
    assert "cannot be the id of a student: give her one" in said
    assert sorted(os.listdir(course / "submitted")) == ["ada", "bob"]


@pytest.mark.parametrize("id", FIT_ALL_THE_SAME)
def test_an_id_that_only_looks_like_a_format(course, collect, id):
    put(course, "class.zip", {f"patternx_{FIT_ALL_THE_SAME[id]}_9_r.ipynb": NOTEBOOK, **CANVAS})
    assert (collect()[0], came(course)) == (0, {**BOTH, id: {"r.ipynb"}})


def a_file_for_her_folder(submitted):
    (submitted / "eve").write_text("")


def a_file_for_the_folder_of_her_work(submitted):
    (submitted / "eve").mkdir()
    (submitted / "eve/ridge").write_text("")


def a_pipe_for_the_folder_of_her_work(submitted):
    (submitted / "eve").mkdir()
    os.mkfifo(submitted / "eve/ridge")


@pytest.mark.parametrize(
    "prepare",
    [
        a_file_for_her_folder,
        a_file_for_the_folder_of_her_work,
        a_pipe_for_the_folder_of_her_work,
    ],
)
@pytest.mark.parametrize("force", [[], ["--force"]])
def test_a_file_where_a_folder_must_stand(course, collect, prepare, force):
    (course / "submitted").mkdir()
    prepare(course / "submitted")
    put(course, "class.zip", {"evilsoneve_19_3_ridge.ipynb": NOTEBOOK, **CANVAS})
    status, said = collect(*force)
    assert (status, came(course)) == (1, BOTH)
    (told,) = (line for line in said.splitlines() if line.startswith("eve: "))
    assert "move away what stands" in told


def test_what_is_no_file_in_the_folder_of_archives(course, collect):
    archive = course / "downloaded/ridge/archive"
    put(course, "class.zip", CANVAS)
    (archive / "evilsoneve_19_3_ridge.ipynb").symlink_to(course / "gradebook.db")
    (archive / "ONeil_20_3_a").symlink_to(course)
    os.mkfifo(archive / "kim_21_3_ridge.ipynb")
    with socket.socket(socket.AF_UNIX) as plug:
        plug.bind("downloaded/ridge/archive/kim_22_3_ridge.ipynb")
        status, said = collect()
    assert (status, came(course)) == (1, BOTH)
    for student in ("eve", "sarka", "kim1", "kim2"):
        assert f"\n{student}: " in said


def test_a_folder_that_cannot_be_listed(course, collect, monkeypatch):
    """As when a class is unpacked by hand. Root may list all folders, so a refusal is played."""
    put(course, "Ada Lovelace_92_assignsubmission_file/ridge.ipynb", NOTEBOOK)
    put(course, "Bob Builder_93_assignsubmission_file/ridge-1.ipynb", NOTEBOOK)
    put(course, "Eve Evilson_94_assignsubmission_file/ridge.ipynb", NOTEBOOK)
    scandir = os.scandir

    def refusing(path):
        if "Eve Evilson" in str(path) and "archive" in str(path):
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    status, said = collect()
    assert (status, came(course)) == (1, BOTH)
    assert "eve: Eve Evilson_94_assignsubmission_file cannot be unpacked (Permission den" in said


# Whose it is

OTHERS = {
    "Ada Lovelace_91_assignsubmission_file/ridge.ipynb": NOTEBOOK,
    "Bob Builder_92_assignsubmission_file_ridge-1.ipynb": NOTEBOOK,
}


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
@pytest.mark.parametrize("name", ["Šárka O'Neil", "šárka ONeil", "ŠÁRKA ONEIL", "O’Neil Šárka"])
def test_a_name_is_the_same_in_every_spelling(course, collect, form, name):
    folder = unicodedata.normalize(form, f"{name}_93_assignsubmission_file/ridge.ipynb")
    put(course, "moodle.zip", {**OTHERS, folder: NOTEBOOK})
    assert (collect()[0], came(course)) == (0, {**BOTH, "sarka": {"ridge.ipynb"}})


def test_another_letter_is_another_name(course, collect):
    put(course, "moodle.zip", {**OTHERS, "Sarka ONeil_93_assignsubmission_file/r.ipynb": NOTEBOOK})
    status, said = collect()
    assert (status, came(course)) == (1, BOTH)
    assert "'Sarka ONeil' of Moodle is nobody in the gradebook" in said


@pytest.mark.parametrize(
    ("files", "told"),
    [
        (["Kim Kim_93_assignsubmission_file/r.ipynb"], "may be kim1 or kim2"),
        (
            [f"Kim Kim_{n}_assignsubmission_file/r.ipynb" for n in (93, 94)],
            "may be kim1 or kim2",
        ),
        (
            [f"Eve Evilson_{n}_assignsubmission_file/r.ipynb" for n in (93, 94)],
            "eve: participants 93 and 94 of Moodle have this one name",
        ),
        (
            [
                "Eve Evilson_93_assignsubmission_file/r.ipynb",
                unicodedata.normalize("NFD", "EVE evilson_94_assignsubmission_file/q.pdf"),
            ],
            "eve: participants 93 and 94 of Moodle have this one name",
        ),
        (["twin_23_7_r.ipynb"], "Canvas's user 23 may be twin1 or twin2"),
    ],
)
def test_of_two_with_one_name_none_is_chosen(course, collect, files, told):
    put(course, "class.zip", {**OTHERS, **dict.fromkeys(files, NOTEBOOK)})
    status, said = collect()
    assert (status, came(course)) == (1, BOTH)
    assert told in said


def test_who_is_not_in_the_gradebook_keeps_out_nobody_else(course, collect):
    put(course, "class.zip", {**CANVAS, "test_199_8_r.ipynb": NOTEBOOK, "test_199_9_r.zip": b""})
    status, said = collect()
    assert (status, came(course)) == (1, BOTH)
    assert said.count("Canvas's user 199 is nobody in the gradebook") == 1
    assert "nbgrader db student add ID --lms-user-id=199" in said


def test_a_second_file_of_a_student_is_told_of(course, collect):
    twice = {"lovelaceada_17_9_work.zip": packed({"ridge.ipynb": b"{}"}), **CANVAS}
    put(course, "class.zip", twice)
    status, said = collect()
    assert (status, came(course)) == (0, BOTH)
    assert (course / "submitted/ada/ridge/ridge.ipynb").read_bytes() == NOTEBOOK
    assert "Left out: a second ridge.ipynb (ada)." in said


def test_names_that_a_student_chose_say_nothing(course, collect):
    forged = {
        "builderbob_18_9_ridge-1.ipynb": b"forged",
        "Ada Lovelace_93_assignsubmission_file/ridge.ipynb": b"forged",
    }
    put(course, "class.zip", {"aevilsoneve_19_3_work.zip": packed(forged), **CANVAS})
    put(course, "evilsoneve_19_4_more.zip", forged)  # by hand, beside the others
    collect()
    assert {k: v for k, v in came(course).items() if k != "eve"} == BOTH
    for path in course.glob("submitted/[ab]*/ridge/*"):
        assert path.read_bytes() == NOTEBOOK


@pytest.mark.parametrize(
    ("name", "who", "file"),
    [
        ("lovelaceada_17_4711_ridge.ipynb", "17", "ridge.ipynb"),
        ("lovelaceada_LATE_17_4711_ridge-2.ipynb", "17", "ridge-2.ipynb"),
        ("van_der_berg_17_4711_18_5_ridge.ipynb", "17", "18_5_ridge.ipynb"),
        ("šárka_17_4711_a b (1).ipynb", "17", "a b (1).ipynb"),
        ("Ada Lovelace_93_assignsubmission_file", "Ada Lovelace", ""),
        ("Ada Lovelace_93_assignsubmission_file_", "Ada Lovelace", ""),
        ("Ada Lovelace_93_assignsubmission_file_17_2_x.ipynb", "Ada Lovelace", "17_2_x.ipynb"),
    ],
)
def test_names_of_the_platforms(name, who, file):
    assert (_match(name)[1], _match(name)["file"]) == (who, file)


@pytest.mark.parametrize("name", ["ridge.ipynb", "anon_x1y2z_4711_r.ipynb", "Ada_93_onlinetext"])
def test_other_names(name):
    assert _match(name) is None


# Other platforms

REGEXP = r".*/(?P<student_id>\w+)_at_(?P<timestamp>[0-9T-]+)_(?P<file_id>\w+)"


@pytest.fixture
def by_regexp(course, collect):
    with open(course / "nbgrader_config.py", "a") as file:
        file.write(f"\nc.FileNameCollectorPlugin.named_regexp = {REGEXP!r}\n")
    return collect


def test_names_of_another_platform(course, by_regexp):
    inside = {"bob_at_2026-01-01_ridge.ipynb": b"forged", "timestamp.txt": b"2020-01-01"}
    put(
        course,
        "class.zip",
        {
            "ada_at_2026-01-02_ridge.ipynb": NOTEBOOK,
            "ada_at_2026-01-03_ridge.ipynb": b"later",
            "bob_at_2026-01-02_ridge.ipynb": NOTEBOOK,
            "eve_at_2026-99-99_work.zip": packed(inside),
            "sarka_at_2026-01-02_work.zip": b"broken",
            "ridge.ipynb": NOTEBOOK,
        },
    )
    status, said = by_regexp()
    assert status == 1 and "sarka: " in said and "do not say whose it is" in said
    assert came(course) == {
        "ada": {"ridge.ipynb", "timestamp.txt"},
        "bob": {"ridge.ipynb", "timestamp.txt"},
        "eve": {"bob_at_2026-01-01_ridge.ipynb"},
    }
    assert (course / "submitted/ada/ridge/ridge.ipynb").read_bytes() == b"later"
    assert (course / "submitted/ada/ridge/timestamp.txt").read_text() == "2026-01-03 00:00:00"
    assert (course / "submitted/bob/ridge/ridge.ipynb").read_bytes() == NOTEBOOK


# Again


def test_a_second_archive_adds_to_the_first(course, collect):
    put(course, "submissions.zip", CANVAS, at=1000)
    collect()
    (course / "submitted/bob/ridge/timestamp.txt").write_text("2026-03-02 12:00:00 UTC")
    late = {"evilsoneve_LATE_19_3_ridge.ipynb": NOTEBOOK, "test_199_8_r.ipynb": NOTEBOOK}
    put(course, "submissions (1).zip", late, at=2000)
    status, said = collect()
    assert status == 1 and "199" in said
    assert "came in: 1; that were there already: 2." in said
    assert came(course) == {
        **BOTH,
        "bob": {"ridge-1.ipynb", "timestamp.txt"},
        "eve": {"ridge.ipynb"},
    }


def test_a_newer_work_takes_the_place_of_the_older_when_told_so(course, collect):
    put(course, "submissions.zip", CANVAS, at=1000)
    collect()
    for student in ("ada", "bob"):
        (course / "submitted" / student / "ridge/timestamp.txt").write_text("2026-03-02")
    again = {**CANVAS, "lovelaceada_LATE_17_9_ridge-1.ipynb": b"new"}
    del again["lovelaceada_17_1_ridge.ipynb"]
    put(course, "submissions (1).zip", again, at=2000)
    before = came(course)
    status, said = collect()
    assert (status, came(course)) == (1, before)
    assert "ada: " in said and "holds another work, which stays" in said and "--force" in said
    assert (course / "submitted/ada/ridge/ridge.ipynb").read_bytes() == NOTEBOOK
    status, said = collect("--force")
    assert (status, came(course)) == (0, {**before, "ada": {"ridge-1.ipynb"}})
    assert (course / "submitted/ada/ridge/ridge-1.ipynb").read_bytes() == b"new"
    assert "timestamp.txt of the work before (ada)" in said
    assert sorted(os.listdir(course / "submitted/ada")) == ["ridge"]


def test_what_was_broken_and_is_whole_in_a_newer_archive(course, collect):
    put(course, "b.zip", {**CANVAS, "evilsoneve_19_3_work.zip": b"broken"}, at=1000)
    put(course, "a.zip", {"evilsoneve_19_5_ridge.ipynb": NOTEBOOK}, at=2000)
    assert (collect()[0], came(course)) == (0, {**BOTH, "eve": {"ridge.ipynb"}})


def test_a_copy_that_fails_leaves_what_was_there(course, collect, monkeypatch):
    put(course, "a.zip", CANVAS, at=1000)
    collect()
    put(course, "b.zip", {"a_17_5_a.csv": b"", "a_17_5_ridge.ipynb": b"new"}, at=2000)
    copy = shutil.copyfile

    def full(source, target):
        if Path(target).suffix == ".ipynb":
            raise OSError(28, "No space left on device", str(target))
        return copy(source, target)

    monkeypatch.setattr(shutil, "copyfile", full)
    status, said = collect("--force")
    assert (status, came(course)) == (1, BOTH)
    assert said.splitlines()[-1].endswith("make room on that disk, and repeat this.")
    assert sorted(os.listdir(course / "submitted/ada")) == ["ridge"]
    assert (course / "submitted/ada/ridge/ridge.ipynb").read_bytes() == NOTEBOOK


# The time of a submission


@pytest.mark.parametrize("name", ["timestamp.txt", "Timestamp.TXT", "TIMESTAMP.txt"])
@pytest.mark.parametrize("where", ["canvas", "canvas zip", "moodle", "moodle zip", "by hand"])
def test_a_time_that_a_student_hands_in_is_not_believed(course, collect, name, where):
    early = {"ridge.ipynb": NOTEBOOK, name: b"2020-01-01 00:00:00 UTC", f"a/{name}": b"2020-01-01"}
    folder = "Eve Evilson_93_assignsubmission_file"
    if where == "canvas":
        files = {
            f"evilsoneve_19_{k}_{n.split('/')[-1]}": d for k, (n, d) in enumerate(early.items())
        }
    elif where == "canvas zip":
        files = {"evilsoneve_19_3_work.zip": packed(early)}
    elif where == "moodle zip":
        files = {f"{folder}/work.zip": packed({f"work/{n}": d for n, d in early.items()})}
    else:
        files = {f"{folder}/{n}": d for n, d in early.items()}
    if where == "by hand":
        for file, data in files.items():
            put(course, file, data)
    else:
        put(course, "class.zip", files)
    status, said = collect()
    assert (status, came(course)) == (0, {"eve": {"ridge.ipynb"}})
    assert "as no student says when she handed in (eve)" in said
    assert course_at(course).get_existing_timestamp(str(course / "submitted/eve/ridge")) is None


def test_the_time_that_an_instructor_writes_counts(course, collect):
    folder = course / "submitted/ada/ridge"
    folder.mkdir(parents=True)
    (folder / "timestamp.txt").write_text("2026-03-02 12:00:00 UTC")  # before or after
    put(course, "class.zip", {"a_17_1_timestamp.txt": b"2020-01-01", **CANVAS})
    for _ in range(2):
        assert collect()[0] == 0
        assert (
            course_at(course).get_existing_timestamp(str(folder)).isoformat()[:10] == "2026-03-02"
        )
        assert came(course)["ada"] == {"ridge.ipynb", "timestamp.txt"}


@pytest.mark.parametrize("name", ["timestamp.txt/x.csv", "a/TimeStamp.txt/b/x.csv"])
def test_a_folder_by_the_name_of_the_time(course, collect, name):
    files = {name: b"", "ridge.ipynb": NOTEBOOK}
    put(course, "class.zip", {"evilsoneve_19_3_work.zip": packed(files), **CANVAS})
    status, said = collect()
    assert (status, came(course)) == (0, {**BOTH, "eve": {"ridge.ipynb"}})
    assert not list((course / "submitted/eve").rglob("*.txt"))
    assert "as no student says when she handed in (eve)" in said


# Deep folders

DEEP = {"a/" * 700 + "z.csv": b"", "a/" * 1500 + "b.csv": b"", "ridge.ipynb": NOTEBOOK}
NODES = {f"f{k}/" + "a/" * 400 + "x.csv": b"" for k in range(40)} | {"ridge.ipynb": NOTEBOOK}
WIDE = {f"{k}/{k}/{k}/x.csv": b"" for k in range(400)} | {"ridge.ipynb": NOTEBOOK}
LONG = {"a/" * 30_000 + "x.csv": b"", "ridge.ipynb": NOTEBOOK}


@pytest.mark.parametrize("files", [DEEP, NODES, LONG], ids=["deep", "many folders", "long"])
@pytest.mark.parametrize("times", [1, 2])
def test_deep_folders_stay_in_their_archive(course, collect, files, times):
    put(course, "class.zip", {"evilsoneve_19_4713_work.zip": packed(files), **CANVAS})
    for _ in range(times):
        status, said = collect()
    assert (status, came(course)) == (1, {**BOTH, "eve": {"ridge.ipynb"}})
    assert "csv lies in too many folders, or has too long a name (eve)" in said
    assert len(list((course / "downloaded/ridge/extracted").rglob("*"))) < 10


def test_folders_count_as_files_do(course, collect):
    put(course, "class.zip", {"evilsoneve_19_4713_work.zip": packed(WIDE), **CANVAS})
    status, said = collect()
    assert (status, came(course)) == (1, BOTH)
    assert "is one file too many" in said
    assert len(list((course / "downloaded/ridge/extracted").rglob("*"))) < 1010


def test_files_of_a_class_lie_as_deep_as_is_read(course, collect):
    moodle = {"Eve Evilson_93_assignsubmission_file/a/b/c/x.csv": b"", **OTHERS}
    put(course, "class.zip", moodle)
    assert (collect()[0], came(course)) == (0, {**BOTH, "eve": {"a/b/c/x.csv"}})


def deep(folder, times=2):
    """Make folders in each other, more of them than Python recurses."""
    folder.mkdir(parents=True)
    for _ in range(times):
        new = folder.with_name("new")
        (new / ("a/" * 700)).mkdir(parents=True)
        folder.rename(new / ("a/" * 700 + "b"))
        new.rename(folder)


@pytest.mark.parametrize("where", ["downloaded/ridge/extracted/x", "submitted/ada/.ridge.new/x"])
def test_deep_folders_from_before_are_removed(course, collect, where):
    put(course, "class.zip", CANVAS)
    deep(course / where)
    assert (collect()[0], came(course)) == (0, BOTH)
    assert not os.path.lexists(course / where)


# Logins that look like numbers


@pytest.mark.parametrize("known", [True, False])
def test_a_login_is_a_number_of_canvas_only_where_there_are_no_others(course, collect, known):
    (course / "gradebook.db").unlink()
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "regularization") as gradebook:
        gradebook.add_student("17", first_name="Login", last_name="Seventeen")
        gradebook.add_student("ada", lms_user_id="4" if known else None)
    put(course, "class.zip", {"lovelaceada_17_1_ridge.ipynb": NOTEBOOK})
    status, said = collect()
    assert (status, came(course)) == ((1, {}) if known else (0, {"17": {"ridge.ipynb"}}))
    assert ("Canvas's user 17 is nobody in the gradebook" in said) == known


# Who got nothing in

MOODLES = "Eve Evilson_93_assignsubmission_file"


@pytest.mark.parametrize(
    "name",
    [
        *("evilsoneve_19_3_work.tar.gz", "evilsoneve_19_3_work.rar", "evilsoneve_19_3_.r.ipynb"),
        *(f"{MOODLES}/.ridge.ipynb", f"{MOODLES}_.ridge.ipynb", f"{MOODLES}/work/.r.ipynb"),
        *(f"{MOODLES}/timestamp.txt", "evilsoneve_19_3_timestamp.txt", f"{MOODLES}/a/work.7z"),
    ],
)
@pytest.mark.parametrize("by_hand", [False, True])
def test_who_got_nothing_in_is_named(course, collect, name, by_hand):
    put(course, "class.zip", CANVAS if by_hand else {name: NOTEBOOK, **CANVAS})
    if by_hand:
        put(course, name, NOTEBOOK)
    status, said = collect()
    assert (status, came(course)) == (1, BOTH)
    assert f"\neve: nothing is read of {name.split('/')[-1]}. Nothing of hers came in" in said


@pytest.mark.parametrize(
    "data",
    [
        changed(ONE, 28, struct.pack("<HHH", 0, 0, len("ridge.ipynb"))),  # without a name
        *(packed({"w/.ridge.ipynb": NOTEBOOK}), packed({"helper.py": b"", "r.pdf": b""})),
        packed({}),
    ],
    ids=["no name", "hidden", "nothing that is read", "no files"],
)
def test_whose_archive_holds_nothing_is_named(course, collect, data):
    put(course, "class.zip", {"evilsoneve_19_3_work.zip": data, **CANVAS})
    status, said = collect()
    assert (status, came(course)) == (1, BOTH)
    assert "\neve: nothing is read of evilsoneve_19_3_work.zip. Nothing of hers came in" in said


def test_a_stranger_who_got_nothing_in_is_told_of(course, collect):
    put(course, "class.zip", {"test_199_8_.r.ipynb": NOTEBOOK, **CANVAS})
    status, said = collect()
    assert (status, came(course)) == (1, BOTH)
    assert "Canvas's user 199 is nobody in the gradebook" in said


def test_many_names_of_one_student_hide_nobody_elses(course, collect):
    flood = {f"{k}.py": b"" for k in range(300)} | {"ridge.ipynb": NOTEBOOK}
    files = {"aevilsoneve_19_3_work.zip": packed(flood), "lovelaceada_17_2_helper.py": b""}
    put(course, "class.zip", {**files, **CANVAS})
    status, said = collect()
    assert (status, came(course)) == (0, {**BOTH, "eve": {"ridge.ipynb"}})
    assert "4.py (eve) and 295 more (eve), lovelaceada_17_2_helper.py (ada)." in said


# Killed on the way


@pytest.mark.parametrize("force", [[], ["--force"]])
@pytest.mark.parametrize("work", [b"old", NOTEBOOK, None])
def test_what_was_moved_aside_is_put_back_first(course, collect, force, work):
    old = course / "submitted/ada/.ridge.old"
    old.mkdir(parents=True)
    (old / "timestamp.txt").write_text("2026-03-02")
    if work:
        (old / "ridge.ipynb").write_bytes(work)
    (old.with_name(".ridge.new")).mkdir()
    put(course, "class.zip", CANVAS)
    status, said = collect(*force)
    stays, told = work == b"old" and not force, "timestamp.txt of the work before (ada)" in said
    assert (status, told) == (stays, work == b"old" and bool(force))
    assert not os.path.lexists(old)
    kept = (course / "submitted/ada/ridge/timestamp.txt").exists()
    assert kept != told
    work = (course / "submitted/ada/ridge/ridge.ipynb").read_bytes()
    assert work == (b"old" if stays else NOTEBOOK)
