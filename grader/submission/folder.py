"""What is let in from a submission's folder: its notebook, read with care, and a few small files.

nbgrader copies all that lies in the folder, through links and of any size, and feedback would carry
the copies to the learner. Here no link is followed, nothing but a regular file is opened, no more
is read than the limits allow, and only kinds of files that notebooks read are taken.
"""

import errno
import hashlib
import itertools
import os
import re
import stat
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from nbgrader.utils import parse_utc

from grader.record import Remark

MEGABYTE = 2**20
MOST_NOTEBOOK = 20 * MEGABYTE
MOST_FILE = 1 * MEGABYTE
MOST_TOGETHER = 5 * MEGABYTE
MOST_FILES = 100
MOST_ENTRIES = 1000  # that are looked at
DEPTH = 3  # of folders in the submission's
KINDS = (".csv", ".jpeg", ".jpg", ".png", ".tsv", ".txt")
TIMESTAMP = "timestamp.txt"  # nbgrader's own, which says when the work was handed in

_NAME = re.compile(r"\w[\w .()+-]*")
_USUAL = {".ipynb_checkpoints", "__pycache__", "feedback", ".DS_Store", "Thumbs.db", "desktop.ini"}
_MODULES = {"IPython", "ipykernel", "ipywidgets", "matplotlib", "nbgrader", "numpy", "reglib"}


class Refused(Exception):
    """The file of a notebook is not read; the message says why, to its learner.

    suspicious  whether an instructor should look
    """

    def __init__(self, text: str, suspicious: bool = False) -> None:
        super().__init__(text)
        self.suspicious = suspicious


@dataclass(frozen=True)
class Taken:
    """The files, by their path in the submission's folder, and what was noticed about the rest."""

    files: Mapping[str, bytes]
    remarks: tuple[Remark, ...]


def is_linked(folder: Path | str, anchor: Path | str) -> bool:
    """Whether a folder, or one on the way to it from `anchor`, is a link."""
    folder, anchor = Path(folder), Path(anchor)
    way = [folder, *folder.parents]
    way = way[: way.index(anchor)] if anchor in way else way[:2]
    return any(path.is_symlink() for path in way)


def notebook_for(path: Path | str, anchor: Path | str) -> Path:
    """Return the notebook of a submission: `path`, or the only one beside it if that is missing."""
    path = Path(path)
    if os.path.lexists(path) or is_linked(path.parent, anchor) or not path.parent.is_dir():
        return path
    with os.scandir(path.parent) as entries:
        found = [
            entry.name
            for entry in itertools.islice(entries, MOST_ENTRIES)
            if entry.name.lower().endswith(".ipynb") and not entry.name.startswith(".")
        ]
    return path.with_name(found[0]) if len(found) == 1 else path


def read_notebook(path: Path | str, anchor: Path | str) -> bytes:
    """Return the bytes of a submitted notebook; `anchor` is the folder of all submissions.

    Raises `Refused` for a link, for what is no regular file, and for one of more than 20 MB; and
    `OSError` where it is this machine that cannot read it, which is no fault of the learner's.
    """
    if is_linked(Path(path).parent, anchor):
        raise Refused("The folder of the submission is a link, and links are not followed.", True)
    try:
        file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise Refused("The notebook is a link, and links are not followed.", True) from None
        if error.errno == errno.ENOENT:
            text = f"There is no {Path(path).name}, nor one other notebook that could be meant."
            raise Refused(text) from None
        if error.errno == errno.ENXIO:
            raise Refused("The file of the notebook is no regular file.", True) from None
        raise
    try:
        return _read(file, MOST_NOTEBOOK)
    except _Unfit as error:
        raise Refused(f"The file of the notebook is {error}.", error.suspicious) from None
    finally:
        os.close(file)


def digest(notebook: bytes | Refused, files: Mapping[str, bytes]) -> str:
    """Return a hash of what is read of a submission: its notebook, or why not, and its files."""
    told = hashlib.sha256(
        str(notebook).encode("utf-8", "replace") if isinstance(notebook, Refused) else notebook
    )
    told.update(listing(files))
    return told.hexdigest()


def listing(files: Mapping[str, bytes]) -> bytes:
    """Return the names of files with the hashes of what is in them, to be hashed further."""
    told = (f"\0{name}\0{hashlib.sha256(data).hexdigest()}" for name, data in sorted(files.items()))
    return "".join(told).encode("utf-8", "replace")


def digest_of(path: Path | str, anchor: Path | str) -> str:
    """Return the hash of the submission whose notebook is at `path`, as it is now.

    Raises `OSError` if it cannot be read.
    """
    try:
        notebook = read_notebook(notebook_for(path, anchor), anchor)
    except Refused as error:
        notebook = error
    return digest(notebook, take(Path(path).parent, anchor).files)


def take(folder: Path | str, anchor: Path | str) -> Taken:
    """Return the files that a submission may bring along, and remarks about those it may not.

    Raises `OSError` if the folder cannot be listed.
    """
    if is_linked(folder, anchor):
        return Taken({}, ())  # the notebook's own remark says so
    files: dict[str, bytes] = {}
    seen: Counter[str] = Counter()

    def unlistable(error: OSError) -> None:
        seen["left out"] += 1

    for where, folders, names, number in os.fwalk(folder, onerror=unlistable):
        inside = Path(where).relative_to(folder)
        enter = []
        for name in sorted([*folders, *names]):
            seen["entries"] += 1
            if seen["entries"] > MOST_ENTRIES:
                break
            kind = _kind(name, number)
            stem, _, ending = name.partition(".")
            seen["modules"] += stem in _MODULES and ending in ("", "py", "pyc", "so")
            path = str(inside / name)
            if kind == stat.S_IFLNK:
                seen["links"] += 1
            elif name in _USUAL or name.endswith((".ipynb", ".pyc")):
                continue
            elif kind == stat.S_IFDIR and len(inside.parts) < DEPTH and _is_folder(name):
                enter.append(name)
            elif path == TIMESTAMP:
                time = _timestamp(number)
                files |= time
                seen["no time"] += not time
            elif _is_plain(name) and kind == stat.S_IFREG and len(files) < MOST_FILES:
                room = MOST_TOGETHER - sum(map(len, files.values()))
                try:
                    files[path] = _open_and_read(name, number, min(room, MOST_FILE))
                except (OSError, _Unfit):
                    seen["left out"] += 1
            else:
                seen["left out"] += 1
        folders[:] = enter
    return Taken(files, tuple(_remarks(seen)))


def _is_plain(name: str) -> bool:
    return _NAME.fullmatch(name) is not None and name.lower().endswith(KINDS)


def _is_folder(name: str) -> bool:
    # nbgrader reads what is called like its file of the time, and stops at a folder.
    return _NAME.fullmatch(name) is not None and name.casefold() != TIMESTAMP


def _kind(name: str, folder: int) -> int:
    try:
        return stat.S_IFMT(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode)
    except OSError:
        return 0


class _Unfit(Exception):
    def __init__(self, text: str, suspicious: bool = False) -> None:
        super().__init__(text)
        self.suspicious = suspicious


def _open_and_read(name: str, folder: int, most: int) -> bytes:
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    file = os.open(name, flags, dir_fd=folder)
    try:
        return _read(file, most)
    finally:
        os.close(file)


def _read(file: int, most: int) -> bytes:
    if not stat.S_ISREG(os.fstat(file).st_mode):
        raise _Unfit("no regular file", True)
    with open(file, "rb", closefd=False) as stream:
        data = stream.read(most + 1)
    if len(data) > most:
        raise _Unfit(f"larger than {most // MEGABYTE} MB")
    return data


def _timestamp(folder: int) -> dict[str, bytes]:
    """Return nbgrader's file of the time, if nbgrader can read it."""
    try:
        data = _open_and_read(TIMESTAMP, folder, 100)
        if text := data.decode().strip():
            parse_utc(text)
    except (OSError, _Unfit, ValueError, OverflowError):
        return {}
    return {TIMESTAMP: data}


def _remarks(seen: Counter[str]) -> Iterator[Remark]:
    if seen["links"]:
        yield Remark("There were links in the submission: they were not followed.", True)
    if seen["modules"]:
        yield Remark("The submission brought its own files for modules of the course.", True)
    if seen["no time"]:
        yield Remark("The time of the submission cannot be read: it does not count as late.", True)
    if seen["left out"] or seen["entries"] > MOST_ENTRIES:
        yield Remark(
            f"Files that came along were left out: only {', '.join(KINDS)} are taken, of up to "
            "1 MB each and 5 MB together, with plain names."
        )
