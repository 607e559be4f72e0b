"""From the archive of a learning platform to submissions: plugins of `nbgrader zip_collect`.

Canvas and Moodle put the files of a class into one archive. Canvas calls them
`lovelaceada_LATE_17_4711_ridge-1.ipynb`, by the number of its user, and Moodle
`Ada Lovelace_93_assignsubmission_file/ridge.ipynb`, where the number says nothing. Who that is, is
looked up in the gradebook: by `lms_user_id` or by name.
"""

import io
import os
import re
import shutil
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO

from nbgrader.api import Student
from nbgrader.plugins import ExtractorPlugin, FileNameCollectorPlugin

from grader.results.marks import gradebook_of
from grader.submission.folder import KINDS, MEGABYTE, MOST_NOTEBOOK

MOST_ARCHIVE = 50 * MEGABYTE  # of a student's own, unpacked too
MOST_NAMES = 1000

_CANVAS = re.compile(r"\w*?_(?P<number>\d+)_\d+_(?P<file>.+)")
_MOODLE = re.compile(r"(?P<name>[^_]+)_\d+_assignsubmission_file_?(?P<file>.*)")


class Archives(ExtractorPlugin):
    """Unpacks archives, and those that students put into them, as far as nbgrader needs them.

    What a student packed badly, or to do harm, is left out with a warning: nbgrader's own extractor
    would stop there for the whole class.
    """

    def extract(self, archive_path: str, extracted_path: str) -> None:
        for path in sorted(Path(archive_path).rglob("*")):
            into = Path(extracted_path, path.relative_to(archive_path))
            if path.suffix.lower() == ".zip":
                with open(path, "rb") as file:
                    self._unpack(file, into.with_suffix(""), path.name)
            elif path.is_file():
                into.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, into)

    def _unpack(self, file: IO[bytes], into: Path, name: str, of_student: bool = False) -> None:
        try:
            with zipfile.ZipFile(file) as archive:
                room = MOST_ARCHIVE
                members = list(_members(archive, MOST_NAMES if of_student else None))
                # Who packs a folder means what is in it.
                top = os.path.commonpath([os.path.dirname(m.filename) for m in members] or [""])
                for info in members:
                    path = into / PurePosixPath(info.filename).relative_to(
                        top if of_student else ""
                    )
                    nested = path.suffix.lower() == ".zip"
                    with archive.open(info) as member:
                        data = member.read((MOST_ARCHIVE if nested else MOST_NOTEBOOK) + 1)
                    room -= len(data) if of_student else 0
                    if room < 0 or (nested and (of_student or len(data) > MOST_ARCHIVE)):
                        self.log.warning("Left out, nested or too large: %s in %s", path.name, name)
                    elif nested:
                        self._unpack(io.BytesIO(data), path.with_suffix(""), path.name, True)
                    else:
                        path.parent.mkdir(parents=True, exist_ok=True)
                        path.write_bytes(data)
        except Exception as error:  # zipfile lets through those of each way of packing
            self.log.warning("Left out, as it cannot be unpacked: %s (%s)", name, error)


def _members(archive: zipfile.ZipFile, most: int | None) -> Iterator[zipfile.ZipInfo]:
    """Return the regular files that nbgrader may want, and that stay in their folder."""
    for info in archive.infolist()[:most]:
        parts = PurePosixPath(info.filename).parts
        kind = stat.S_IFMT(info.external_attr >> 16)
        if (
            not info.is_dir()
            and kind in (0, stat.S_IFREG)
            and not any(part.startswith((".", "/", "__MACOSX")) or "\\" in part for part in parts)
            and info.filename.lower().endswith((".ipynb", ".zip", *KINDS))
        ):
            yield info


class Names(FileNameCollectorPlugin):
    """Tells from the name of a file whose it is; for other platforms, by nbgrader's `named_regexp`.

    A student whom the gradebook does not know ends the command before anything is collected.
    """

    def collect(self, submitted_file: str) -> dict[str, str] | None:
        root = Path(self.parent._format_collect_path(self.parent.extracted_directory))
        parts = Path(submitted_file).relative_to(root).parts
        # The first is the archive itself, or what was put beside it; those below are a student's.
        found = [(k, match) for k, part in enumerate(parts[:2]) if (match := _match(part))]
        for k, match in found:
            ids = self._ids(match)
            if len(ids) == 1:
                return self._once(ids[0], parts[k + 1 :] or (match["file"],))
        if found:
            self._fail(found[-1][1])
        return super().collect(submitted_file)

    def _once(self, student: str, rest: tuple[str, ...]) -> dict[str, str] | None:
        # nbgrader stops for the whole class when a student has two files of one name.
        self._seen = getattr(self, "_seen", set())
        name = rest[-1] if rest[-1].lower().endswith(".ipynb") else "/".join(rest)
        if (student, name) in self._seen:
            self.log.warning("Left out: a second %s of %s", name, student)
            return None
        self._seen.add((student, name))
        return {"student_id": student, "file_id": name}

    def _ids(self, found: re.Match[str]) -> list[str]:
        if found.re is _MOODLE:
            return [s.id for s in self.students if _plain(found["name"]) in _names(s)]
        number = found["number"]
        known = [s.id for s in self.students if s.lms_user_id == number]
        return known or [s.id for s in self.students if s.id == number]

    def _fail(self, found: re.Match[str]) -> None:
        whom, option = f"Canvas's user {found[1]}", f"--lms-user-id={found[1]}"
        if found.re is _MOODLE:
            whom, option = f"{found[1]!r} of Moodle", "--first-name=… --last-name=…"
        self.parent.fail(
            f"{whom} is {'not one student' if self._ids(found) else 'nobody'} in the gradebook. "
            f"Enter who is missing with `nbgrader db student add ID {option}`, or a class with "
            "`nbgrader db student import FILE.csv`. Then repeat this with --force."
        )

    @property
    def students(self) -> list[Student]:
        if not hasattr(self, "_students"):
            with gradebook_of(self.parent.coursedir) as gradebook:
                self._students = gradebook.students
                gradebook.db.expunge_all()
        return self._students


def _match(name: str) -> re.Match[str] | None:
    return _MOODLE.fullmatch(name) or _CANVAS.fullmatch(name)


def _names(student: Student) -> set[str]:
    first, last = _plain(student.first_name or ""), _plain(student.last_name or "")
    return {first + last, last + first} - {""}


def _plain(name: str) -> str:
    """Return a name without what platforms leave out of it.

    >>> _plain("O'Neil  Šárka")
    'oneilšárka'
    """
    return re.sub(r"\W", "", name).casefold()
