"""What a learner handed in: the bytes of a notebook, however mangled, as plain cells."""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from grader.submission.folder import MEGABYTE, MOST_NOTEBOOK

MOST_CELLS = 1000
MOST_TEXT = 1_000_000  # signs in all cells together; each may be a line, which is an object
MOST_PARTS = 2_000_000  # brackets and commas: each may be an object of many times its size
MOST_PICTURE = 1 * MEGABYTE
MOST_PICTURES = 5 * MEGABYTE

_PICTURES = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}
_NAME = re.compile(r"\w[\w .()-]{0,99}")
_NO_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


class Unreadable(Exception):
    """The bytes are no notebook; the message says why, to its learner."""


@dataclass(frozen=True)
class Cell:
    """A cell as it was handed in.

    kind      "code" or "markdown", which all other kinds become
    id        of the cell; "" if it has none
    marks     nbgrader's metadata; {} if there is none
    pictures  attachments that may stay, in nbformat's form
    """

    kind: str
    id: str
    source: str
    marks: Mapping[str, Any]
    tags: frozenset[str]
    pictures: Mapping[str, Mapping[str, str]]

    @property
    def grade_id(self) -> str:
        grade_id = self.marks.get("grade_id")
        return grade_id if isinstance(grade_id, str) else ""


@dataclass(frozen=True)
class Submitted:
    """A notebook as it was handed in.

    language   that it says it is in, in small letters; "" if it says nothing
    mended     whether signs were taken out that are no text
    left_out   whether attachments were left out
    """

    cells: tuple[Cell, ...]
    language: str
    mended: bool
    left_out: bool


def read(data: bytes) -> Submitted:
    """Return the cells of a notebook of any version. Raises `Unreadable`, and nothing else."""
    text, mended = _decode(data)
    notebook = _parse(text)
    cells = notebook.get("cells")
    if not isinstance(cells, list):
        sheets = notebook.get("worksheets")  # nbformat 3
        if not isinstance(sheets, list):
            raise Unreadable("The file is not a notebook: it has no cells.")
        cells = [cell for sheet in sheets for cell in _list(_dict(sheet).get("cells"))]
    cells = [cell for cell in cells if isinstance(cell, dict)]
    if len(cells) > MOST_CELLS:
        raise Unreadable(f"The notebook has more than {MOST_CELLS} cells.")
    reader = _Reader()
    read = tuple(reader.cell(cell) for cell in cells)
    if sum(len(cell.source) for cell in read) > MOST_TEXT:
        raise Unreadable(f"The notebook has more than {MOST_TEXT:,} characters.")
    language = _language(_dict(notebook.get("metadata")))
    return Submitted(read, language, mended or reader.mended, reader.left_out)


def _decode(data: bytes) -> tuple[str, bool]:
    if len(data) > MOST_NOTEBOOK:
        raise Unreadable(f"The file is larger than {MOST_NOTEBOOK // MEGABYTE} MB.")
    encoding = json.detect_encoding(data)
    try:
        return data.decode(encoding), False
    except UnicodeDecodeError:
        return data.decode(encoding, "replace"), True


def _parse(text: str) -> dict:
    text = text.lstrip("\ufeff \t\r\n\0")
    if not text:
        raise Unreadable("The file is empty.")
    if sum(map(text.count, "[{,")) > MOST_PARTS:
        raise Unreadable("The file holds too much data beside its cells: clear the outputs.")
    decoder = json.JSONDecoder(strict=False, parse_int=_whole_number)
    try:
        notebook, _ = decoder.raw_decode(text)
    except (ValueError, RecursionError):
        raise Unreadable("The file is not a notebook: it is not valid JSON.") from None
    if not isinstance(notebook, dict):
        raise Unreadable("The file is not a notebook: it has no cells.")
    return notebook


def _whole_number(digits: str) -> int:
    return int(digits) if len(digits) < 20 else 0  # no number of a notebook's is that long


def _dict(value: Any) -> dict:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list:
    return value if isinstance(value, list) else []


def _language(metadata: dict) -> str:
    for part, name in (("kernelspec", "language"), ("language_info", "name")):
        language = _dict(metadata.get(part)).get(name)
        if isinstance(language, str) and language:
            return language.lower()
    return ""


class _Reader:
    """Reads cells, and remembers what it could not keep."""

    def __init__(self) -> None:
        self.mended = self.left_out = False
        self.room = MOST_PICTURES

    def cell(self, cell: dict) -> Cell:
        metadata = _dict(cell.get("metadata"))
        kind = cell.get("cell_type")
        if not isinstance(kind, str):
            kind = "code" if "outputs" in cell or "input" in cell else "markdown"
        source = self.text(cell.get("source", cell.get("input")))
        if kind == "heading":  # nbformat 3
            level = cell.get("level")
            source = "#" * (level if type(level) is int and 0 < level < 7 else 1) + " " + source
        if kind == "code":
            source = _without_install(source)
        name = cell.get("id", metadata.get("id"))  # some tools move it there
        tags = metadata.get("tags")
        return Cell(
            kind="code" if kind == "code" else "markdown",
            id=name if isinstance(name, str) else "",
            source=source,
            marks=_dict(metadata.get("nbgrader")),
            tags=frozenset(tag for tag in _list(tags) if isinstance(tag, str)),
            pictures=self.pictures(_dict(cell.get("attachments"))) if kind != "code" else {},
        )

    def text(self, value: Any) -> str:
        if isinstance(value, list):
            lines = [line for line in value if isinstance(line, str)]
            value = ("" if any("\n" in line for line in lines) else "\n").join(lines)
        if not isinstance(value, str):
            return ""
        value = value.replace("\r\n", "\n").replace("\r", "\n")
        text = _SURROGATE.sub("\ufffd", _NO_TEXT.sub("", value))
        self.mended |= text != value
        return text

    def pictures(self, attachments: dict) -> dict[str, dict[str, str]]:
        kept = {}
        for name, bundle in attachments.items():
            for kind, data in _dict(bundle).items():
                data = self.text(data)
                if _NAME.fullmatch(name) and self.is_picture(kind, data):
                    kept[name] = {kind: data}
        self.left_out |= len(kept) < len(attachments)
        return kept

    def is_picture(self, kind: str, data: str) -> bool:
        if kind not in _PICTURES or len(data) > MOST_PICTURE * 4 / 3:
            return False
        try:
            begin = base64.b64decode(data.replace("\n", ""), validate=True)
        except (ValueError, binascii.Error):
            return False
        self.room -= len(begin)
        return self.room >= 0 and begin.startswith(_PICTURES[kind])


def _without_install(code: str) -> str:
    """Return code without the line by which the site's cell in front of a notebook installs reglib.

    Here the library is there, and no network. If only comments are left, that is "".

    >>> _without_install('# Install it.\\n%pip install "reglib @ https://a.b/reglib-0.1-any.whl"')
    ''
    """
    lines = code.split("\n")
    rest = [line for line in lines if not (line.startswith("%pip install ") and "reglib-" in line)]
    says = any(line.strip() and not line.startswith("#") for line in rest)
    return "\n".join(rest) if says or rest == lines else ""
