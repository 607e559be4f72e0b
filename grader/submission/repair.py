"""From whatever was handed in to a notebook that can be run and graded.

The notebook is built anew from the release. Its checks and locked cells are those of the release,
and so is all metadata: what a learner can change is what her cells say. Cells that she added stay
where they were, after the cell of the release that they followed.
"""

import copy
import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.utils import compute_checksum

from grader.record import Remark
from grader.submission.cells import Cell, Submitted, Unreadable, read
from grader.submission.folder import Refused, digest, notebook_for, read_notebook, take
from grader.submission.release import Release

# What tells nbclient not to run a cell, or not to mind how it ends.
_EXECUTION_TAGS = {"skip-execution", "raises-exception"}
_FLAGS = ("grade", "locked", "solution")
_DEFINITION = re.compile(r"^def[ \t]++(\w++)[ \t]*+\(", re.MULTILINE)


@dataclass(frozen=True)
class Repaired:
    """A notebook that can be run, what was noticed on the way, and the files that came along."""

    notebook: NotebookNode
    remarks: tuple[Remark, ...]
    files: Mapping[str, bytes] = field(default_factory=dict)
    submission: str = ""  # of the record


def repair(release: Release, submission: bytes) -> Repaired:
    """Return the release with the learner's work put in; as it was released if that is unreadable.

    Nothing is raised, whatever the bytes.
    """
    try:
        work = read(submission)
    except Unreadable as error:
        return unreadable(release, str(error))
    return _Repair(release, work).repaired()


def repair_file(release: Release, path: Path | str, anchor: Path | str) -> Repaired:
    """Return the repaired notebook of a file, with remarks on what else is in its folder.

    `anchor` is the folder of all submissions. No link is followed below it. Learners rename their
    notebooks, and so do browsers and learning platforms: one that is alone will do.
    """
    there = notebook_for(path, anchor)
    try:
        handed_in = read_notebook(there, anchor)
        found = repair(release, handed_in)
    except Refused as error:
        handed_in = error
        found = unreadable(release, str(error), error.suspicious)
    beside = take(Path(path).parent, anchor)
    remarks = found.remarks + beside.remarks
    if there != Path(path):
        text = f"The notebook had another name: as the only one, it was taken for {release.name}."
        remarks = (Remark(text), *remarks)
    return Repaired(found.notebook, remarks, beside.files, digest(handed_in, beside.files))


def unreadable(release: Release, reason: str, suspicious: bool = False) -> Repaired:
    """Return the untouched release, which earns nothing, and the reason."""
    text = f"The notebook could not be read, so nothing in it was graded. {reason}"
    return Repaired(copy.deepcopy(release.notebook), (Remark(text, suspicious),))


@dataclass(frozen=True, eq=False)
class _Place:
    """A cell of the release, and those of the submission that claim to be it, by their index.

    kind       "check", "answer", "locked", or "plain" if a learner may change it as she likes
    name       what remarks call it
    functions  those that its stub defines
    bare       its source as released, without blank space at the ends of lines
    """

    cell: NotebookNode
    kind: str
    name: str
    functions: tuple[str, ...]
    bare: str
    claims: list[int]

    @property
    def marks(self) -> dict[str, Any]:
        return self.cell.metadata.get("nbgrader", {})

    @property
    def fixed(self) -> bool:
        return self.kind in ("check", "locked")


class _Repair:
    """One repair, step by step."""

    def __init__(self, release: Release, work: Submitted) -> None:
        self.release, self.work, self.cells = release, work, work.cells
        self.places = list(_places(release))
        self.free = set(range(len(self.cells)))
        self.guessed: list[_Place] = []
        self.bare = [_bare(cell.source) for cell in self.cells]
        self.genuine = [_is_genuine(cell) for cell in self.cells]
        self.chosen: dict[_Place, int | None] = {}
        self.older: set[_Place] = set()

    def repaired(self) -> Repaired:
        self.claim()
        self.chosen = {place: self.choose(place) for place in self.places}
        self.older = set(filter(self.of_another_release, self.places))
        notebook = copy.copy(self.release.notebook)
        notebook.metadata = copy.deepcopy(notebook.metadata)
        notebook.cells = self.build()
        return Repaired(notebook, tuple(self.remarks()))

    # Which cell is which

    def claim(self) -> None:
        """Find the cells of the release.

        By their grade id; else by the id of the cell, by what they say, by the function that they
        define, or by the two cells between which they stand.
        """
        by_grade_id = {place.marks["grade_id"]: place for place in self.places if place.marks}
        by_id = {place.cell.id: place for place in self.places}
        for i in self.unclaimed():
            self.give(i, by_grade_id.get(self.cells[i].grade_id))
        lost = {place for place in self.places if not place.claims}
        for i in self.unclaimed():
            if (place := by_id.get(self.cells[i].id)) in lost:
                self.give(i, place)
        says = Counter(place.bare for place in self.places)
        for place in self.places:
            same = (i for i in self.unclaimed() if self.is_as_released(place, i))
            if not place.claims and says[place.bare] == 1 and (i := next(same, None)) is not None:
                self.give(i, place)
        defined = {i: _defined(self.cells[i]) for i in self.unclaimed()}
        for place in self.places:
            if place.functions and not place.claims:
                for i in self.unclaimed():
                    if not defined[i].isdisjoint(place.functions):
                        self.give(i, place)
                        self.guessed.append(place)
        for k, place in enumerate(self.places):
            if not place.claims and not place.fixed and len(found := self.between(k)) == 1:
                self.give(found[0], place)
                self.guessed.append(place)

    def between(self, k: int) -> list[int]:
        """Return what is unclaimed, and of the kind of place k, between its two neighbours."""
        before = self.places[k - 1].claims if k else [-1]
        after = self.places[k + 1].claims if k + 1 < len(self.places) else [len(self.cells)]
        if not before or not after:
            return []
        kind = self.places[k].cell.cell_type
        free = self.free.intersection(range(max(before) + 1, min(after)))
        return [i for i in free if self.cells[i].kind == kind]

    def unclaimed(self) -> list[int]:
        return sorted(self.free)

    def give(self, i: int, place: _Place | None) -> None:
        # What was text and is code now is no version of that text.
        if place and (place.kind != "plain" or place.cell.cell_type == self.cells[i].kind):
            place.claims.append(i)
            self.free.discard(i)

    def is_as_released(self, place: _Place, i: int) -> bool:
        return place.bare == self.bare[i] and place.cell.cell_type == self.cells[i].kind

    def changed(self, place: _Place) -> list[int]:
        return [i for i in place.claims if self.bare[i] != place.bare]

    def choose(self, place: _Place) -> int | None:
        """Return the claim that counts: the last that is not as released, if there is one."""
        if place.fixed:
            return next(iter(place.claims), None)
        return (self.changed(place) or place.claims or [None])[-1]

    # The notebook

    def build(self) -> list[NotebookNode]:
        """Return the cells of the release, filled in, each with those that were added after it."""
        groups: list[list[NotebookNode]] = [[]]  # the first is for what stands before them all
        group = {}  # of a chosen cell
        for place, i in self.chosen.items():
            if i is not None:
                group[i] = len(groups)
            groups.append([self.filled(place, i)])
        dropped = self.dropped()
        taken = {place.cell.id for place in self.places}
        names = (name for k in itertools.count(1) if (name := f"added_{k}") not in taken)
        here = 0
        for i, cell in enumerate(self.cells):
            if i in group:
                here = group[i]
            elif i not in dropped and (self.bare[i] or cell.pictures):
                groups[here].append(_added(cell, next(names)))
        return [cell for group in groups for cell in group]

    def filled(self, place: _Place, i: int | None) -> NotebookNode:
        cell = copy.deepcopy(place.cell)
        if i is not None and not place.fixed:
            if self.bare[i] != place.bare:
                cell.source = self.cells[i].source
            if cell.cell_type == "markdown" and self.cells[i].pictures:
                cell.attachments = nbformat.from_dict(self.cells[i].pictures)
        return cell

    def dropped(self) -> set[int]:
        """Return the claims that say nothing of a learner's own: those that need not stay."""
        dropped = set()
        for place, chosen in self.chosen.items():
            for i in place.claims:
                if place.fixed or self.bare[i] in (place.bare, self.bare[chosen]):
                    dropped.add(i)
        return dropped

    # What is said about it

    def remarks(self) -> Iterator[Remark]:
        if names := _labels(p for p in self.places if p in self.older):
            text = "The notebook is from another release: {names} {was} brought up to date."
            yield Remark(_say(text, names))
        if names := _names(self.absent()):
            text = "The notebook has no cells of {names}, maybe for its age: they were put in."
            yield Remark(_say(text, names))
        yield from self.remarks_on_fixed_cells("check", "check", suspicious=True)
        yield from self.remarks_on_fixed_cells("locked", "locked cell", suspicious=False)
        yield from self.remarks_on_metadata()
        yield from self.remarks_on_answers()
        order = [i for i in self.chosen.values() if i is not None]
        if order != sorted(order):
            yield Remark("Cells stood in another order: they are back in that of the release.")
        if self.work.language not in ("", "python", "ipython"):
            yield Remark("The notebook was saved for another language: it was run as Python.")
        if self.work.mended:
            yield Remark("Some signs in the file are no text: they were taken out or replaced.")
        if self.work.left_out:
            yield Remark("Attachments were left out: only PNG and JPEG of up to 1 MB are kept.")

    def of_another_release(self, place: _Place) -> bool:
        """Whether a cell that learners cannot edit differs, and yet is as nbgrader made it."""
        if not place.fixed or not place.claims or not all(self.genuine[i] for i in place.claims):
            return False
        points = (_points(place, self.cells[i]) for i in place.claims)
        return bool(self.changed(place)) or any(p != place.marks.get("points") for p in points)

    def absent(self) -> list[_Place]:
        """The checks, and the answers that they check, of which the submission has neither."""
        lost = [place for place in self.places if not place.claims]
        return [
            place
            for check in lost
            for answer in lost
            if check.kind == "check" and answer.kind == "answer" and check.name in answer.functions
            for place in (check, answer)
        ]

    def remarks_on_fixed_cells(self, kind: str, what: str, suspicious: bool) -> Iterator[Remark]:
        places = [place for place in self.places if place.kind == kind]
        absent = self.absent()
        edited = (p for p in places if self.changed(p) and p not in self.older)
        missing = (p for p in places if not p.claims and p not in absent)
        for found, text in (
            (edited, "edited: {it} {was} put back"),
            (missing, "missing: {it} {was} put back"),
            ((p for p in places if len(p.claims) > 1), "there more than once: one is left"),
        ):
            if names := _names(found):
                text = f"The {what}{{s}} of {{names}} {{was}} {text}."
                yield Remark(_say(text, names), suspicious)

    def remarks_on_metadata(self) -> Iterator[Remark]:
        places = [p for p in self.places if p.marks and p not in self.guessed]
        known = [(p, self.cells[i]) for p in places for i in p.claims]
        if known and not any(cell.marks for _, cell in known):
            yield Remark("The notebook had lost nbgrader's marks: its cells were found without.")
            marked = []
        else:
            marked = known
        marked = [(p, cell) for p, cell in marked if p not in self.older]
        if names := _labels(p for p, cell in marked if p.marks.get("points") != _points(p, cell)):
            text = "The points of {names} were changed: they were set back."
            yield Remark(_say(text, names), not self.older)
        if names := _labels(p for p, cell in marked if _flags(p.marks) != _flags(cell.marks)):
            text = "The mark{s} by which nbgrader knows {names} {was} changed: {it} {was} set back."
            yield Remark(_say(text, names), True)
        retyped = [p for p, cell in known if p.cell.cell_type != cell.kind]
        if names := _labels(retyped):
            text = "The kind{s} of the cell{s} of {names} {was} changed: {it} {was} set back."
            yield Remark(_say(text, names), any(place.kind == "check" for place in retyped))
        if names := _labels(p for p, cell in known if cell.tags & _EXECUTION_TAGS):
            text = "Tags that change how a cell is run were taken off the cell{s} of {names}."
            yield Remark(_say(text, names), True)
        extra = [i for i in self.free if self.cells[i].marks.get("grade")]
        if extra:
            text = "There were cells with points that are not in the release."
            yield Remark(text, not all(self.genuine[i] for i in extra))

    def remarks_on_answers(self) -> Iterator[Remark]:
        answers = [place for place in self.places if place.kind == "answer"]
        absent = self.absent()
        for found, text in (
            (
                (place for place in answers if not place.claims and place not in absent),
                "The cell{s} of {names} {was} missing: {it} {was} put back, unwritten.",
            ),
            (
                (p for p in answers if len({self.bare[i] for i in self.changed(p)}) > 1),
                "There were several cells of {names}: the last is the answer, the others stay.",
            ),
            (
                (place for place in answers if place in self.guessed),
                "The cell{s} of {names} {was} found by what stands there.",
            ),
        ):
            if names := _names(found):
                yield Remark(_say(text, names))


def _places(release: Release) -> Iterator[_Place]:
    for cell in release.notebook.cells:
        marks = cell.metadata.get("nbgrader", {})
        grade_id = marks.get("grade_id", "")
        bare, functions = _bare(cell.source), ()
        if grade_id in release.checks:
            kind, name = "check", release.checks[grade_id].function
        elif grade_id in release.answers:
            kind, name = "answer", grade_id
            functions = release.answers[grade_id].functions
        else:
            kind, name = "locked" if marks.get("locked") else "plain", grade_id
        yield _Place(cell, kind, name, functions, bare, [])


def _bare(source: str) -> str:
    return "\n".join(line.rstrip() for line in source.strip().split("\n"))


def _defined(cell: Cell) -> set[str]:
    # Not by `ast`, which code can be written to exhaust.
    return set(_DEFINITION.findall(cell.source)) if cell.kind == "code" else set()


def _is_genuine(cell: Cell) -> bool:
    """Whether a cell is as some release had it: the checksum that nbgrader gave it fits.

    It proves nothing, as anybody can compute one. It only tells the old from the edited.
    """
    marks = {key: cell.marks.get(key) for key in ("grade_id", *_FLAGS, "points")}
    number = (int, float) if marks["grade"] else (int, float, type(None))
    if type(marks["points"]) not in number or not isinstance(marks["grade_id"], str):
        return False
    if any(type(marks[flag]) is not bool for flag in _FLAGS):
        return False
    metadata = NotebookNode(nbgrader=marks)
    node = NotebookNode(cell_type=cell.kind, source=cell.source, metadata=metadata)
    return cell.marks.get("checksum") == compute_checksum(node)


def _added(cell: Cell, name: str) -> NotebookNode:
    """Return a cell that a learner added, with nothing but what it says."""
    node = NotebookNode(cell_type=cell.kind, id=name, metadata=NotebookNode(), source=cell.source)
    if cell.kind == "code":
        node.update(execution_count=None, outputs=[])
    elif cell.pictures:
        node.attachments = nbformat.from_dict(cell.pictures)
    return node


def _points(place: _Place, cell: Cell) -> Any:
    return cell.marks.get("points") if "points" in place.marks else None


def _flags(marks: Mapping[str, Any]) -> list[Any]:
    return [marks.get(key) for key in ("grade_id", *_FLAGS)]


def _names(places: Iterable[_Place]) -> list[str]:
    return list(dict.fromkeys(place.name for place in places if place.name))


def _labels(places: Iterable[_Place]) -> list[str]:
    """Return names that tell a check from the answer that it checks."""
    labels = (f"the check of {p.name}" if p.kind == "check" else p.name for p in places)
    return list(dict.fromkeys(labels))


def _say(text: str, names: Sequence[str]) -> str:
    """Fill in a sentence about one or several.

    >>> _say("The cell{s} of {names} {was} moved.", ["a", "b", "c"])
    'The cells of a, b and c were moved.'
    """
    *most, last = names
    one = {"s": "", "was": "was", "it": "it"}
    many = {"s": "s", "was": "were", "it": "they"}
    names = f"{', '.join(most)} and {last}" if most else last
    return text.format(names=names, **(many if most else one))


def with_remarks(repaired: Repaired) -> NotebookNode:
    """Return the notebook with a cell at its top that shows the remarks, if there are any."""
    notebook = copy.copy(repaired.notebook)
    if repaired.remarks:
        lines = ["**Remarks of the grader**", ""]
        lines += [f"- {remark.text}" for remark in repaired.remarks]
        ids = {cell.id for cell in notebook.cells}
        name = next(x for k in itertools.count(1) if (x := f"remarks_{k}") not in ids)
        cell = NotebookNode(
            cell_type="markdown", id=name, metadata=NotebookNode(), source="\n".join(lines)
        )
        notebook.cells = [cell, *notebook.cells]
        notebook.metadata = copy.deepcopy(notebook.metadata)
        notebook.metadata.grader = {"remarks": [asdict(remark) for remark in repaired.remarks]}
    return notebook


def remarks_of(notebook: NotebookNode) -> tuple[Remark, ...]:
    """Return the remarks that `with_remarks` put in."""
    remarks = notebook.metadata.get("grader", {}).get("remarks", [])
    return tuple(Remark(**remark) for remark in remarks)
