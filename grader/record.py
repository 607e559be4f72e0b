"""What is known of one graded submission, and where it is kept.

A record is written when the submission is wholly in the gradebook, so it also says what is done.
"""

import json
import math
import os
import stat
import tempfile
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

HOME = Path(".grader")
FOLDER = HOME / "verdicts"
PRIVATE = 0o700


@dataclass(frozen=True)
class Remark:
    """What was noticed about a submission, in a sentence.

    suspicious  whether an instructor should look: it may be an accident, or tampering
    """

    text: str
    suspicious: bool = False


@dataclass(frozen=True)
class Exercise:
    """The verdict on one exercise.

    name           "ridge.ridge_fit"
    cell           the grade id of its check
    points, most   earned, and possible
    misconception  the name of the one that the answers match; "" if none
    where          the behaviour of the rubric whose cases the misconception explains; "" if it
                   explains all, or there is none
    fault          what was wrong with it, in a word; "" if nothing
    trouble        why it could not be judged: "its kernel died", "it is not there"; "" if it was
    answer         sha256 of the answer, the same whatever its comments, docstrings, own names and
                   blank space; "" if it is a stub of the release
    text           what the learner reads
    seen           what wrong numbers show where no mistake is known behind them; "" if one is
    source         the answer, where there is no name for what is wrong with it; else ""
    """

    name: str
    cell: str
    points: float
    most: float
    misconception: str
    where: str
    fault: str
    trouble: str
    answer: str
    text: str
    seen: str = ""
    source: str = ""


@dataclass(frozen=True)
class Record:
    """One submission, graded.

    key      sha256 of all that was graded: with the same key, there is nothing to do again
    sandbox  whether it ran in the sandbox
    seconds  what it took
    submission  sha256 of what was handed in, as `grader.submission.folder.digest` has it; "" if
                that is not known
    """

    assignment: str
    student: str
    notebook: str
    key: str
    sandbox: bool
    seconds: float
    remarks: tuple[Remark, ...]
    exercises: tuple[Exercise, ...]
    submission: str = ""

    def to_json(self) -> str:
        """Return the record as JSON. Raises `ValueError` for a number that is not finite."""
        return json.dumps(asdict(self), ensure_ascii=False, allow_nan=False, indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str | bytes) -> "Record":
        """Return the record that `to_json` wrote; raise `ValueError` for anything else.

        >>> record = Record("ridge", "ada", "ridge", "", True, 1.3, (Remark("Late."),), ())
        >>> Record.from_json(record.to_json()) == record
        True
        """
        data = json.loads(text)
        if isinstance(data, dict):
            data.setdefault("submission", "")  # older ones have none
        return _read(cls, data, "the record")


def _read(kind: type, data: Any, where: str) -> Any:
    """Return plain data as a dataclass, if it has exactly the fields and types of one."""
    names = [field.name for field in fields(kind)]
    if not isinstance(data, dict) or set(data) != set(names):
        raise ValueError(f"{where} needs the fields {', '.join(names)}.")
    return kind(
        **{f.name: _value(f.type, data[f.name], f"{where}: {f.name}") for f in fields(kind)}
    )


def _value(kind: Any, value: Any, where: str) -> Any:
    if kind == tuple[Remark, ...] or kind == tuple[Exercise, ...]:
        if not isinstance(value, list):
            raise ValueError(f"{where} must be a list.")
        return tuple(_read(kind.__args__[0], item, f"{where} {i}") for i, item in enumerate(value))
    if kind is float and type(value) in (int, float) and math.isfinite(value):
        return float(value)
    if kind is not float and type(value) is kind:
        return value
    raise ValueError(f"{where} must be a {kind.__name__}, and is {value!r:.80}.")


def home(root: Path | str) -> Path:
    """The folder for what the grader keeps of a course: there, and open to its owner alone."""
    folder = Path(root) / HOME
    folder.mkdir(PRIVATE, parents=True, exist_ok=True)
    if stat.S_IMODE(folder.stat().st_mode) != PRIVATE:
        folder.chmod(PRIVATE)
    return folder


def place(root: Path | str, assignment: str, student: str = "") -> Path:
    """Where the record of a student is kept, or the folder of those of an assignment."""
    for name in (assignment, student or "x"):
        if name in ("", ".", "..") or any(sign in name for sign in "/\\\0"):
            raise ValueError(f"{name!r} cannot be the name of a file.")
    folder = Path(root) / FOLDER / assignment
    return folder / f"{student}.json" if student else folder


def save(record: Record, root: Path | str) -> Path:
    """Write a record into the course folder `root`: wholly, or not at all. Return where it is."""
    path = place(root, record.assignment, record.student)
    text = record.to_json()
    home(root)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_whole(path, text)
    return path


def load(root: Path | str, assignment: str, student: str) -> Record | None:
    """Return the record of a student, or None if there is none.

    Raises `ValueError` if there is a file that is no record.
    """
    path = place(root, assignment, student)
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    try:
        return Record.from_json(data)
    except ValueError as error:
        raise ValueError(f"{path} is not a record ({error}). Remove it, and grade anew.") from error


def write_whole(path: Path, text: str) -> None:
    """Write a file so that a reader finds the old one or the new one, never a part."""
    name = ""
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode("utf-8", "replace"))
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException as error:
        if name:
            os.unlink(name)
        if isinstance(error, OSError) and error.errno:  # nobody knows the other name
            error.filename = str(path)
        raise
