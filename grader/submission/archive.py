"""What a platform's archives hold, and those that students put into them, unpacked with care.

Only regular files of kinds that are read come out, into the folder that is given, in a size that is
bounded for each student. What does not come out is named, so that it can be told of.
"""

import io
import os
import stat
import unicodedata
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePath, PurePosixPath
from typing import IO

from grader.submission.folder import DEPTH, KINDS, MEGABYTE, MOST_NOTEBOOK
from grader.trouble import is_for_all, printable

MOST_ARCHIVE = 50 * MEGABYTE  # of one student's, unpacked too
MOST_NAMES = 1000  # of one student's, folders too
MOST_ENTRIES = 10 * MOST_NAMES  # in a student's archive, of files that nobody reads too
MOST_PARTS = DEPTH + 1  # of a path that a student chose: what lies deeper is not read later
OF_CLASS = 2  # more in the archive of a class: a folder around all, and one for each student
MOST_PATH = 4096  # signs, which is as much as systems take

_ENTRY = b"PK\1\2"
_USUAL = ("__MACOSX", "__pycache__", "Thumbs.db", "desktop.ini")
# The other ways of packing turn a little into gigabytes before it can be stopped.
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


class _Unfit(Exception):
    """A file is not brought in; the message says why."""


@dataclass(frozen=True)
class Left:
    """A file that did not come out.

    path   where it would lie
    why    it did not, to be put after its name; "" for kinds of files that nobody reads
    whole  whether it is missing from a work that should then not be taken without it
    """

    path: PurePath
    why: str = ""
    whole: bool = False


@dataclass
class Unpacked:
    """What became of the archives, by paths in the folder that they were unpacked into.

    seen    all that was uploaded, hidden files too; the archives of students are one file each
    left    what did not come out
    own     the folders of archives that a student packed
    origin  when the archive of a class was written, by its folder; "" for all that lay beside them
    """

    seen: set[PurePath] = field(default_factory=set)
    left: list[Left] = field(default_factory=list)
    own: set[PurePath] = field(default_factory=set)
    origin: dict[str, float] = field(default_factory=dict)


def unpack(archives: Path, into: Path, students: Callable[[str], list[str] | None]) -> Unpacked:
    """Unpack all that lies in the folder `archives`.

    `students` says of a file's name whose it can be; None if no platform gives such names. Raises
    `OSError` only where nothing more can be written or read.
    """
    unpacking = _Unpacking(into, students)
    for path in unpacking.files(archives):
        name = path.relative_to(archives)
        try:
            # A pipe would keep us waiting.
            file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
            with open(file, "rb") as opened:
                if not stat.S_ISREG(os.fstat(file).st_mode):
                    raise _Unfit("is no regular file")
                unpacking.take(name, opened)
        except (OSError, _Unfit) as error:
            unpacking.leave(name, error)
    return unpacking.done


@dataclass
class _Room:
    """What one student may still bring."""

    names: int = MOST_NAMES
    size: int = MOST_ARCHIVE


class _Unpacking:
    def __init__(self, into: Path, students: Callable[[str], list[str] | None]) -> None:
        self.into, self.students, self.done = into, students, Unpacked()
        self.loose: dict[str, _Room] = defaultdict(_Room)  # of what lies beside the archives

    def leave(self, path: PurePath, error: Exception) -> None:
        if is_for_all(error):
            raise error
        why = str(error)
        if not isinstance(error, _Unfit):
            said = getattr(error, "strerror", "") or why or type(error).__name__
            why = f"cannot be unpacked ({printable(said)})"
        self.done.left.append(Left(path, why, whole=True))

    def see(self, path: PurePath) -> None:
        if "__MACOSX" not in path.parts:  # holds shadows of other files, by their names
            self.done.seen.add(path)

    def leave_deep(self, path: PurePath, nested: bool) -> None:
        """Leave a file for its many folders, of which `path` may lack some."""
        why = "lies in too many folders, or has too long a name"
        if nested or path.suffix.lower() == ".ipynb":
            self.leave(path, _Unfit(why))
        else:
            self.done.left.append(Left(path, why if _is_read(path) else ""))

    def files(self, folder: Path) -> Iterator[Path]:
        def unlistable(error: OSError) -> None:
            if error.filename == str(folder):
                raise error
            self.leave(Path(error.filename).relative_to(folder), error)

        for path in walk(folder, unlistable):
            if not _is_usual(PurePath(path.name)):
                yield path
            else:
                self.see(_safe(str(path.relative_to(folder))))

    def take(self, name: PurePath, file: IO[bytes]) -> None:
        written = os.fstat(file.fileno()).st_mtime
        safe = _safe(str(name))
        archive = name.suffix.lower() == ".zip"
        if archive and len(name.parts) == 1 and not self.is_own(name, file):
            self.done.origin[safe.stem] = written
            self.unpack(safe, file, own=False)
            return
        self.done.origin[""] = max(written, self.done.origin.get("", written))
        self.see(safe)
        if len(safe.parts) > OF_CLASS + MOST_PARTS:
            self.leave_deep(safe, archive)
        elif archive:
            self.unpack_own(safe, file)
        elif _is_read(safe):
            self.put(safe, file, self.loose[name.parts[0]])
        else:
            self.done.left.append(Left(safe))

    def is_own(self, name: PurePath, file: IO[bytes]) -> bool:
        """Whether a student packed it, and not a platform; raise `_Unfit` if it could be either."""
        whose = self.students(name.name)
        try:
            with zipfile.ZipFile(file) as archive:
                tops = {member.partition("/")[0] for member in archive.namelist()}
        except Exception:  # told of when it is unpacked
            tops = set()
        of_class = any(self.students(top) is not None for top in tops)
        if of_class and whose:
            raise _Unfit("is named as one student's, and holds what platforms pack: rename it")
        return whose is not None and not of_class

    def unpack_own(self, name: PurePath, file: IO[bytes]) -> None:
        """Unpack what a student packed."""
        data = file.read(MOST_ARCHIVE + 1)
        if len(data) > MOST_ARCHIVE:
            raise _Unfit("is too large")
        if data.count(_ENTRY) > MOST_ENTRIES:  # zipfile makes an object of each
            raise _Unfit("holds too many files")
        self.done.own.add(name.with_suffix(""))
        self.unpack(name, io.BytesIO(data), own=True)

    def unpack(self, name: PurePath, file: IO[bytes], own: bool) -> None:
        home = name.with_suffix("")
        try:
            archive = zipfile.ZipFile(file)
        except Exception as error:  # zipfile lets through those of each way of packing
            self.leave(name, error)
            return
        with archive:
            members = [(member, _safe(_cut(member.filename))) for member in archive.infolist()]
            # Who packs a folder means what is in it.
            tops = [
                p.parent for _, p in members if _is_read(p) and not (_strays(p) or _is_usual(p))
            ]
            top = PurePath(os.path.commonpath(tops) if own and tops else "").parts
            most = MOST_PARTS if own else OF_CLASS + MOST_PARTS
            rooms: dict[str, _Room] = defaultdict(_Room)
            for member, path in members:
                if member.filename.endswith("/"):
                    continue
                if not own:
                    self.see(home.joinpath(*path.parts[: OF_CLASS + MOST_PARTS]))
                if _is_usual(path):
                    continue
                whose = "" if own else "".join(path.parts[:1])
                parts = path.parts[len(top) :] if path.parts[: len(top)] == top else path.parts
                if len(parts) > most or len(member.filename) > MOST_PATH:
                    nested = not own and path.suffix.lower() == ".zip"
                    self.leave_deep(home.joinpath(*parts[:OF_CLASS], path.name), nested)
                else:
                    self.member(archive, member, home.joinpath(*parts), rooms[whose], own)

    def member(
        self,
        archive: zipfile.ZipFile,
        member: zipfile.ZipInfo,
        path: PurePath,
        room: _Room,
        own: bool,
    ) -> None:
        """Take out one file."""
        nested = path.suffix.lower() == ".zip"
        try:
            if not _is_read(path) and (own or not nested):
                self.done.left.append(Left(path))
                return
            if _strays(path) or stat.S_IFMT(member.external_attr >> 16) not in (0, stat.S_IFREG):
                self.done.left.append(Left(path, "is a link, or leads elsewhere"))
                return
            if member.compress_type not in _PACKED:
                raise _Unfit("is packed in an unusual way")
            with archive.open(member) as packed:
                if not nested:
                    self.put(path, packed, room)
                else:
                    self.unpack_own(path, packed)
        except Exception as error:
            self.leave(path, error)

    def put(self, path: PurePath, file: IO[bytes], room: _Room) -> None:
        """Write a file, which may be too large by one byte: its reader says so then."""
        target = self.into / path
        room.names -= 1 + sum(not folder.is_dir() for folder in target.parents)
        if room.names < 0:
            raise _Unfit("is one file too many")
        data = file.read(MOST_NOTEBOOK + 1)
        room.size -= len(data)
        if room.size < 0:
            raise _Unfit("is too large, together with the others")
        if target.is_file():
            self.done.left.append(Left(path, "is there twice: the first counts"))
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)


def walk(folder: Path, unlistable: Callable[[OSError], None] = lambda _: None) -> Iterator[Path]:
    """Yield all in a folder that is no folder itself, however deep: `os.walk` would recurse."""
    rest = [folder]
    while rest:
        where = rest.pop()
        try:
            with os.scandir(where) as entries:
                there = sorted((e.name, e.is_dir(follow_symlinks=False)) for e in entries)
        except OSError as error:
            unlistable(error)
            continue
        yield from (where / name for name, is_folder in there if not is_folder)
        rest += [where / name for name, is_folder in reversed(there) if is_folder]


def _cut(name: str) -> str:
    """Return a name without its middle if it is too long: who it is of, is said at its start."""
    return name if len(name) <= MOST_PATH else f"{name[:1000]}/{name[-300:]}"


def _safe(name: str) -> PurePath:
    """Return the name of a file without signs that a terminal obeys, and composed.

    >>> str(_safe("work\\\\e\u0301\x1b.csv")), str(_safe("/etc/x.csv"))
    ('work/é_.csv', '../etc/x.csv')
    """
    name = unicodedata.normalize("NFC", name.replace("\\", "/"))
    name = "".join(sign if sign.isprintable() else "_" for sign in name)
    return PurePosixPath("..", name.lstrip("/")) if name.startswith("/") else PurePosixPath(name)


def _strays(path: PurePath) -> bool:
    return ".." in path.parts


def _is_usual(path: PurePath) -> bool:
    """Whether systems and editors put it there, so that nobody misses it."""
    return any(p in _USUAL or (p.startswith(".") and p != "..") for p in path.parts)


def _is_read(path: PurePath) -> bool:
    return path.name.lower().endswith((".ipynb", *KINDS))
