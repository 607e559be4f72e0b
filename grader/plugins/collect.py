"""From the archive of a learning platform to submissions: plugins of `nbgrader zip_collect`.

Canvas and Moodle put the files of a class into one archive. Canvas calls them
`lovelaceada_LATE_17_4711_ridge-1.ipynb`, by the number of its user, and Moodle
`Ada Lovelace_93_assignsubmission_file/ridge.ipynb`, where the number is that of a participant in
one assignment. Who that is, is looked up in the gradebook: by `lms_user_id` or by name; and where
nobody has an `lms_user_id`, by a student's id.

Whose files cannot be brought in is left out alone, and told of at the end.
"""

import contextlib
import datetime
import filecmp
import os
import re
import shutil
import unicodedata
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path, PurePath
from typing import Any, NamedTuple

from nbgrader.apps.zipcollectapp import ZipCollectApp
from nbgrader.plugins import ExtractorPlugin, FileNameCollectorPlugin
from nbgrader.utils import find_all_notebooks, parse_utc

from grader.course import unfit
from grader.results.marks import gradebook_of
from grader.submission.archive import Unpacked, unpack, walk
from grader.submission.folder import TIMESTAMP
from grader.trouble import is_for_all, printable, sentence

MOST_TOLD = 5  # files of one student's

_CANVAS = re.compile(r"\w*?_(?P<number>\d+)_\d+_(?P<file>.+)")
_MOODLE = re.compile(r"(?P<name>[^_]+)_(?P<part>\d+)_assignsubmission_file_?(?P<file>.*)")


class Archives(ExtractorPlugin):
    """Unpacks archives, and those that students put into them, as far as nbgrader needs them."""

    def extract(self, archive_path: str, extracted_path: str) -> None:
        names = self.parent.collector_plugin_inst
        with _in_a_sentence(self.parent):
            names.unpacked = unpack(Path(archive_path), Path(extracted_path), names.students)


class _LeftOut(Exception):
    """Why something was left out, in a sentence, with what to do."""


class _Upload(NamedTuple):
    """A file of a student's: where it lies, what it is to be called, and when it came, if known."""

    path: Path
    name: str
    time: datetime.datetime | None = None


class Names(FileNameCollectorPlugin):
    """Tells from the name of a file whose it is; for other platforms, by nbgrader's `named_regexp`.

    nbgrader would stop for the whole class at the first name, file or folder that it does not
    expect, and has no setting for that: two methods of its command are replaced.
    """

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.unpacked = Unpacked()
        self.participants: dict[str, set[str]] = defaultdict(set)  # of Moodle, by the student
        self.nobodys: dict[str, list[str]] = defaultdict(list)  # files, by why they are nobody's
        self.troubles: dict[str, list[str]] = defaultdict(list)  # that keep a student out
        self.handed: dict[str, list[str]] = defaultdict(list)  # all files of a student, by name
        self.aside: dict[str, list[str]] = defaultdict(list)  # files that keep nobody out
        self.parent._clear_existing_files = _clear
        self.parent.process_extracted_files = self.bring_in

    def bring_in(self) -> None:
        """Copy what was unpacked into the folders of students; then tell what was left out."""
        app = self.parent
        self.root = Path(app._format_collect_path(app.extracted_directory))
        with _in_a_sentence(app):
            uploads = self._uploads()
            self._leave(uploads)
            came = []
            for student in sorted((uploads.keys() | self.handed.keys()) - self.troubles.keys()):
                try:
                    found = uploads.get(student)
                    if self._place(student, self._chosen(student, found) if found else {}):
                        came.append(student)
                except _LeftOut as error:
                    self.troubles[student].append(str(error))
                except OSError as error:
                    if is_for_all(error):
                        raise
                    self.troubles[student].append(sentence(error))
        self._tell(len(came), len(uploads.keys() - self.troubles.keys()) - len(came))

    # Whose it is

    def students(self, name: str) -> list[str] | None:
        """Return whose a file of this name can be; None if no platform gives such names."""
        found = _match(name)
        return self._ids(found) if found else None

    def _ids(self, found: re.Match[str]) -> list[str]:
        by_name, by_number = self._known
        if found.re is _MOODLE:
            return by_name.get(_plain(found["name"]), [])
        return by_number.get(found["number"], [])

    @cached_property
    def _known(self) -> tuple[Mapping[str, list[str]], Mapping[str, list[str]]]:
        """The ids of all students, by their names and by the numbers of Canvas."""
        by_name, by_number, ids = defaultdict(list), defaultdict(list), []
        with gradebook_of(self.parent.coursedir) as gradebook:
            for student in gradebook.students:
                first, last = _plain(student.first_name or ""), _plain(student.last_name or "")
                for name in {first + last, last + first} - {""}:
                    by_name[name].append(student.id)
                if student.lms_user_id:
                    by_number[student.lms_user_id].append(student.id)
                ids.append(student.id)
        # Once one number is known, a login of figures is no number: it could be a stranger's.
        return by_name, by_number or {id: [id] for id in ids}

    def _whose(self, path: PurePath) -> tuple[str, _Upload] | None:
        """Return the student, and what the file is to be called there; None if no name says it.

        Only names that a platform gave count: what a student named says nothing. Raises `_LeftOut`
        if it is nobody's, or of two.
        """
        parts = path.parts
        first = parts[0] in self.unpacked.origin
        for k in range(first, min(len(parts), 1 if PurePath(parts[0]) in self.unpacked.own else 2)):
            if found := _match(parts[k]):
                ids = self._ids(found)
                if len(ids) != 1:
                    raise _LeftOut(_unknown(found, ids))
                if found.re is _MOODLE:
                    self.participants[ids[0]].add(found["part"])
                rest = parts[k + 1 :] or (found["file"],)
                notebook = rest[-1].lower().endswith(".ipynb")
                name = rest[-1] if notebook else "/".join(rest)
                return ids[0], _Upload(self.root / path, name)
        return None

    def _by_regexp(self, path: PurePath) -> tuple[str, _Upload] | None:
        home = next((p for p in path.parents if p in self.unpacked.own), None)
        named = f"{home}{path.suffix}" if home else str(path)
        found = self._match(str(self.root / named)) if self.named_regexp else None
        if not found:
            return None
        try:
            time = parse_utc(found.get("timestamp") or None)
        except (ValueError, OverflowError):
            time = None
        name = str(path.relative_to(home)) if home else found["file_id"]
        name = os.path.splitext(name)[0] + path.suffix
        return found["student_id"], _Upload(self.root / path, name, time)

    def _uploads(self) -> dict[str, dict[str, list[_Upload]]]:
        """The files of each student, by the archive of the class that they came in."""
        uploads = defaultdict(lambda: defaultdict(list))
        for path in sorted(walk(self.root)):
            inside = path.relative_to(self.root)
            try:
                whose = self._whose(inside)
            except _LeftOut as error:
                self.nobodys[str(error)].append(path.name)
                continue
            if not whose and path.suffix in self.valid_ext:
                whose = self._by_regexp(inside)
            if whose:
                uploads[whose[0]][self._origin(inside)].append(whose[1])
            elif path.suffix == ".ipynb":
                self.nobodys[_NAMELESS].append(path.name)
            else:
                self.aside[""].append(path.name)
        return uploads

    def _leave(self, uploads: Mapping[str, Mapping[str, list[_Upload]]]) -> None:
        """Find out who is left out, for what did not come out of the archives."""
        broken = defaultdict(list)
        for left in self.unpacked.left:
            told = f"{printable(left.path.name)} {left.why}".strip()
            try:
                whose = self._whose(left.path) or self._by_regexp(left.path)
            except _LeftOut as error:
                self.nobodys[str(error)].append(told)
                continue
            origin = self._origin(left.path)
            if whose and self._newest([origin, *uploads.get(whose[0], ())]) != origin:
                continue
            if left.whole:
                broken[whose[0] if whose else ""].append(told)
            else:
                self.aside[whose[0] if whose else ""].append(told)
        for path in sorted(self.unpacked.seen):
            try:
                if whose := self._whose(path) or self._by_regexp(path):
                    self.handed[whose[0]].append(path.name)
            except _LeftOut as error:
                self.nobodys[str(error)] = self.nobodys[str(error)] or [path.name]
        for student, files in broken.items():
            self.troubles[student].append(_few(files, MOST_TOLD) + (_ASK if student else _FETCH))
        for student, parts in self.participants.items():
            if len(parts) > 1:
                self.troubles[student].append(
                    f"participants {' and '.join(sorted(parts))} of Moodle have this one name. "
                    "Nothing is guessed: put the work of each into its folder among those "
                    "submitted, or let Moodle tell them apart, and repeat this."
                )

    # Where it goes

    def _origin(self, path: PurePath) -> str:
        return path.parts[0] if path.parts[0] in self.unpacked.origin else ""

    def _newest(self, origins: Iterable[str]) -> str:
        return max(origins, key=lambda origin: (self.unpacked.origin.get(origin, 0.0), origin))

    def _chosen(self, student: str, uploads: Mapping[str, list[_Upload]]) -> dict[str, _Upload]:
        """Return what counts, by its name: of several archives the newest, of two files the first.

        If times are known, it is the later file.
        """
        app, files = self.parent, {}
        found = uploads[self._newest(uploads)]
        for upload in sorted(found, key=lambda upload: upload.time or _NEVER, reverse=True):
            name = PurePath(upload.name)
            if name.is_absolute() or ".." in name.parts or not name.parts:
                self.aside[student].append(f"{name}, which leads elsewhere")
            elif any(part.casefold() == TIMESTAMP for part in name.parts):
                self.aside[student].append(f"{name}, as no student says when she handed in")
            elif any(part.startswith(".") for part in name.parts):
                self.aside[student].append(f"{name}, which is hidden")
            elif str(name) in files:
                self.aside[student].append(f"a second {name}")
            elif app.strict and name.suffix == ".ipynb" and str(name) not in self._released:
                self.aside[student].append(f"{name}, which is no notebook of the release")
            else:
                files[str(name)] = upload
        return files

    @cached_property
    def _released(self) -> list[str]:
        course = self.parent.coursedir
        release = course.format_path(course.release_directory, ".", course.assignment_id)
        return find_all_notebooks(release)

    def _place(self, student: str, files: Mapping[str, _Upload]) -> bool:
        """Copy the files of a student, all or none; whether there was anything new.

        Raises `_LeftOut`, and `OSError`.
        """
        app = self.parent
        if why := unfit(student):
            raise _LeftOut(why)
        if not files:
            names = map(printable, self.handed[student])
            raise _LeftOut(f"nothing is read of {_few(list(names), MOST_TOLD)}{_ASK}")
        course = app.coursedir
        folder = Path(course.format_path(course.submitted_directory, student, course.assignment_id))
        new, old = (folder.with_name(f".{folder.name}.{state}") for state in ("new", "old"))
        if os.path.lexists(old) and not os.path.lexists(folder):
            old.rename(folder)  # this ended between its two renamings
        there = os.listdir(folder) if os.path.lexists(folder) else []
        if _is_same(folder, files):
            return False
        if set(there) - {TIMESTAMP} and not app.force:
            raise _LeftOut(
                f"{folder} holds another work, which stays: to have it replaced by what came now, "
                "for her and all others of whom this is said, repeat this with --force"
            )
        try:
            _remove(new)
            for name, upload in files.items():
                (new / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(upload.path, new / name)
            if time := max((u.time for u in files.values() if u.time), default=None):
                (new / TIMESTAMP).write_text(time.isoformat(" "))
            elif there == [TIMESTAMP]:
                shutil.copyfile(folder / TIMESTAMP, new / TIMESTAMP)
            elif there:
                _remove(old)
                if TIMESTAMP in there:
                    self.aside[student].append(f"the {TIMESTAMP} of the work before")
            if there:
                folder.rename(old)
            new.rename(folder)
        except OSError:
            if there and not os.path.lexists(folder):
                old.rename(folder)
            with contextlib.suppress(OSError):
                _remove(new)
            raise
        _remove(old)
        return True

    # What is said

    def _tell(self, came: int, same: int) -> None:
        say = self.log
        say.info("Submissions that came in: %s; that were there already: %s.", came, same)
        if self.aside:
            told = (_few(names, MOST_TOLD, of) for of, names in self.aside.items())
            say.warning("Left out: %s.", ", ".join(told))
        for why, names in self.nobodys.items():
            say.error("%s Left out: %s.", why, _few(names, MOST_TOLD))
        for student, reasons in sorted(self.troubles.items()):
            say.error("%s: %s", printable(student) or "Left out", " ".join(reasons))
        if (
            self.nobodys
            or self.troubles
            or any(left.why and not left.whole for left in self.unpacked.left)
        ):
            self.parent.exit(1)


_NAMELESS = "Names that do not say whose it is: for a platform of its own, set named_regexp."
_ASK = ". Nothing of hers came in: ask for a notebook or an ordinary zip file, and repeat this."
_FETCH = ". Download it again, and repeat this."
_NEVER = datetime.datetime.min


def _match(name: str) -> re.Match[str] | None:
    return _MOODLE.fullmatch(name) or _CANVAS.fullmatch(name)


def _plain(name: str) -> str:
    """Return a name without what platforms leave out of it, and in one spelling.

    >>> _plain("O'Neil  Šárka"), _plain("o’neil S\u030ca\u0301rka")
    ('oneilšárka', 'oneilšárka')
    """
    name = unicodedata.normalize("NFKC", name).casefold()
    return "".join(
        s for s in unicodedata.normalize("NFC", name) if unicodedata.category(s)[0] in "LMN"
    )


def _unknown(found: re.Match[str], ids: Sequence[str]) -> str:
    whom, option = f"Canvas's user {found[1]}", f"--lms-user-id={found[1]}"
    if found.re is _MOODLE:
        whom, option = f"{found[1]!r} of Moodle", "--first-name=… --last-name=…"
    if ids:
        return (
            f"{whom} may be {' or '.join(sorted(ids))} in the gradebook, and nothing is guessed: "
            "put the work of each into its folder among those submitted."
        )
    return (
        f"{whom} is nobody in the gradebook: enter who is missing with `nbgrader db student add "
        f"ID {option}`, or a class with `nbgrader db student import FILE.csv`, and repeat this."
    )


def _few(names: Sequence[str], most: int, student: str = "") -> str:
    of = f" ({printable(student)})" if student else ""
    more = f" and {len(names) - most} more{of}" if len(names) > most else ""
    return ", ".join(f"{name}{of}" for name in names[:most]) + more


def _clear(folder: str) -> None:
    """What was unpacked before is unpacked again."""
    for name in os.listdir(folder):
        _remove(Path(folder, name))


def _remove(path: Path) -> None:
    """Remove what is there, however deep: `shutil.rmtree` would recurse."""
    if not path.is_dir() or path.is_symlink():
        if os.path.lexists(path):
            path.unlink()
        return
    rest = [path]
    while rest:
        folder = rest.pop()
        with os.scandir(folder) as entries:
            there = list(entries)
        for entry in there:
            if not entry.is_dir(follow_symlinks=False):
                os.unlink(entry)
            elif folder == path:
                rest.append(path / entry.name)
            else:  # up, since a path could become too long
                rest.append(Path(entry).rename(path / uuid.uuid4().hex))
        if folder != path:
            folder.rmdir()
    path.rmdir()


def _is_same(folder: Path, files: Mapping[str, _Upload]) -> bool:
    """Whether a folder holds these files, and no others but the time."""
    there = {str(path.relative_to(folder)) for path in walk(folder)}
    return there - {TIMESTAMP} == set(files) and all(
        filecmp.cmp(folder / name, upload.path, shallow=False) for name, upload in files.items()
    )


@contextlib.contextmanager
def _in_a_sentence(app: ZipCollectApp) -> Iterator[None]:
    """Let the command end with a sentence where nothing more can be done for anybody."""
    try:
        yield
    except LookupError as error:  # no gradebook
        app.fail("%s", error.args[0])
    except Exception as error:
        if not (text := sentence(error)):
            raise
        app.fail("%s", text)
