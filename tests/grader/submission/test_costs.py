"""What a learner can hand in costs no more than its size, in time and in memory.

Each step is given work of hostile shapes in two sizes, eight apart. Where a step has a limit, the
larger is just below it, so its memory is that of the worst work that gets so far.
"""

import gc
import json
import math
import time
import tracemalloc
import zipfile
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from nbgrader.utils import compute_checksum

from grader.marking.fingerprint import MOST_CODE, fingerprint
from grader.record import Exercise, Record
from grader.results.likeness import alike, common
from grader.results.report import mistakes
from grader.results.spreadsheet import harmless, identifier
from grader.submission.archive import MOST_ENTRIES as MOST_MEMBERS
from grader.submission.archive import unpack
from grader.submission.cells import MOST_CELLS, MOST_PARTS, MOST_TEXT
from grader.submission.folder import MOST_NOTEBOOK, notebook_for, take
from grader.submission.release import read
from grader.submission.repair import repair, with_remarks

pytestmark = pytest.mark.long  # much of it is memory, which is measured slowly

ROOT = Path(__file__).parents[3]
RELEASE = read(ROOT / "exercises/ridge/ridge.ipynb")

APART = 8
STEEPEST = 1.3  # slope of time over size, both logarithmic: a square has 2, caches give 1.15
FLOOR = 0.02  # seconds: what takes less at its largest is no cost
MOST_MEMORY = 400 * 2**20


def seconds(step, work):
    """The least processor time that the step takes, of three tries."""
    spent = []
    gc.collect()
    gc.disable()  # it looks at all that other tests have left, the more often the more is made
    try:
        while len(spent) < 3 and sum(spent) < 0.5:
            begin = time.process_time()
            step(work)
            spent.append(time.process_time() - begin)
    finally:
        gc.enable()
    return min(spent)


def hold(step, make, largest, steepest=STEEPEST):
    """Hold a step to a cost that grows no faster than what `make` makes of a size."""
    small, large = make(largest // APART), make(largest)
    for _ in range(3):  # others are at work on this machine
        most = seconds(step, large)
        slope = math.log(most / max(seconds(step, small), 1e-9), APART)
        if most < FLOOR or slope <= steepest:
            return
    raise AssertionError(f"{most:.2f} s for {largest}, and a slope of {slope:.2f}")


def peak(step, work):
    tracemalloc.start()
    try:
        step(work)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


# A notebook: read, repaired, with remarks, and packed again


def pack(data):
    repaired = repair(RELEASE, data)
    nbformat.writes(with_remarks(repaired))
    return repaired


def notebook(*cells, **more):
    return json.dumps({"cells": cells, **more}).encode()


def code(source, **more):
    return {"cell_type": "code", "source": source, "metadata": {}, **more}


def beside(text):
    """A notebook with this JSON beside its cells."""
    return b'{"cells": [], "x": ' + text.encode() + b"}"


TEXTS = {
    "lines": lambda n: "x\n" * (n // 2),
    "empty lines": lambda n: "x" + "\n" * n + "x",
    "returns": lambda n: "\r" * n,
    "blanks": lambda n: " " * n + "x",
    "blanks at the ends": lambda n: ("x" + " " * 999) * (n // 1000),
    "lines of blanks": lambda n: "".join(" " * (k % 100) + "\n" for k in range(n // 51)),
    "half a definition": lambda n: "def" + " " * n,
    "half definitions": lambda n: ("def" + " \t" * 48 + "\n") * (n // 100),
    "half a definition of an answer": lambda n: "def ridge_fit" + " " * n,
    "half a name": lambda n: "def " + "x" * n,
    "definitions": lambda n: "def ridge_fit (\n" * (n // 16),
    "definitions of others": lambda n: "".join(f"def f{k}(\n" for k in range(n // 13)),
    "no text": lambda n: "\x00" * n,
    "half signs": lambda n: "\ud800" * (n // 2),
    "signs of four bytes": lambda n: "\U0001f600" * n,
}
PARTS = {
    "objects": lambda n: "[" + '{"":0},' * (n // 2) + "0]",
    "lists": lambda n: "[" + "[]," * (n // 2) + "0]",
    "nested lists": lambda n: "[" + ("[" * 500 + "]" * 500 + ",") * (n // 501) + "0]",
    "numbers": lambda n: "[" + "1," * n + "0]",
    "fractions": lambda n: "[" + "1.5e300," * n + "0]",
    "one name many times": lambda n: "{" + '"a":0,' * n + '"a":0}',
    "many names": lambda n: "{" + "".join(f'"{k}":0,' for k in range(n)) + '"a":0}',
}
BYTES = {
    "one long fraction": lambda n: "1." + "1" * n,
    "one long number": lambda n: "1" * n,
    "one long string": lambda n: '"' + "x" * n + '"',
    "escapes": lambda n: '"' + r"\ud83d\ude00" * (n // 12) + '"',
    "blanks": lambda n: " " * n + "0",
    "minus signs": lambda n: "-" * n,
}


@pytest.mark.parametrize("shape", TEXTS)
def test_texts(shape):
    make = lambda n: notebook(code(TEXTS[shape](n)))  # noqa: E731
    hold(pack, make, MOST_TEXT - 1000)
    assert peak(pack, make(MOST_TEXT - 1000)) < MOST_MEMORY


@pytest.mark.parametrize("shape", PARTS)
def test_parts_beside_the_cells(shape):
    make = lambda n: beside(PARTS[shape](n))  # noqa: E731
    hold(pack, make, MOST_PARTS - 1000)
    assert peak(pack, make(MOST_PARTS - 1000)) < MOST_MEMORY


@pytest.mark.parametrize("shape", BYTES)
def test_bytes_beside_the_cells(shape):
    make = lambda n: beside(BYTES[shape](n))  # noqa: E731
    hold(pack, make, MOST_NOTEBOOK - 1000)
    assert peak(pack, make(MOST_NOTEBOOK - 1000)) < MOST_MEMORY


def test_nesting():
    hold(pack, lambda n: b'{"cells": ' + b"[" * n, MOST_PARTS - 1000)


def test_a_source_in_many_pieces():
    pieces = lambda n: notebook(code(["x"] * n))  # noqa: E731
    hold(pack, pieces, MOST_TEXT // 2 - 1000)
    hold(pack, lambda n: notebook(code([["x"]] * n)), MOST_TEXT // 2 - 1000)
    assert peak(pack, pieces(MOST_TEXT // 2 - 1000)) < MOST_MEMORY


def genuine(cell):
    """A cell of the release with the checksum that nbgrader gives it when something is changed."""
    marks = {**cell.metadata.nbgrader, "points": 77}
    node = nbformat.from_dict({**cell, "metadata": {"nbgrader": marks}})
    marks["checksum"] = compute_checksum(node)
    return {**cell, "metadata": {"nbgrader": marks}}


ORDER = {cell.id: cell for cell in RELEASE.notebook.cells}
PNG = "iVBORw0KGgo" + "A" * 101
CELLS = {
    "one check": lambda k: ORDER["check_ridge_fit"],
    "one check of another release": lambda k: genuine(ORDER["check_ridge_fit"]),
    "one answer": lambda k: ORDER["ridge_fit"],
    "one answer, each another": lambda k: {**ORDER["ridge_fit"], "source": f"x = {k}\n" * 90},
    "one answer without marks": lambda k: code("def ridge_fit(X, y, lam):\n    ..."),
    "no id": lambda k: code("x = 1"),
    "one id": lambda k: code("x = 1", id="ridge_fit"),
    "names of added cells": lambda k: code("x", id=f"added_{k}"),
    "texts": lambda k: {"cell_type": "markdown", "source": "x" * 900},
    "long lines as released": lambda k: code(ORDER["ridge_fit"].source + " " * 900),
    "points": lambda k: code("x", metadata={"nbgrader": {"grade": True, "grade_id": f"x{k}"}}),
    "tags": lambda k: code("x", metadata={"tags": ["skip-execution"] * 100}),
    "pictures": lambda k: {
        "cell_type": "markdown",
        "source": "x",
        "attachments": {f"{j}.png": {"image/png": PNG} for j in range(20)},
    },
}


@pytest.mark.parametrize("shape", CELLS)
def test_cells(shape):
    make = lambda n: notebook(*map(CELLS[shape], range(n)))  # noqa: E731
    hold(pack, make, MOST_CELLS)
    assert peak(pack, make(MOST_CELLS)) < MOST_MEMORY


# The fingerprint of an answer

ANSWERS = {
    "statements": "x\n",
    "calls": "f()\n",
    "a tuple": "a,",
    "a sum": "a+",
    "a chain": "a.",
    "a comparison": "a<",
    "parentheses": "(",
    "brackets": "[",
    "signs": "-",
    "lambdas": "lambda:",
    "assignments": "a=",
    "decorators": "@a\n",
    "loops": "for x in x:",
    "choices": "a if b else ",
    "strings": "'a'",
    "formats": "f'{a}'",
    "parts of a format": "{a}",
    "nested": "if x:\n ",
    "open strings": "'''",
    "digits": "9",
    "escapes": "\\",
    "walruses": "(a:=",
}


@pytest.mark.parametrize("shape", ANSWERS)
@pytest.mark.parametrize(("before", "after"), [("", ""), ("", "a"), ("f'", "'"), ("x = ", "1")])
def test_the_fingerprint_of_an_answer(shape, before, after):
    make = lambda n: before + ANSWERS[shape] * (n // len(ANSWERS[shape])) + after  # noqa: E731
    hold(fingerprint, make, MOST_CODE - 10, 1.3)  # parsers are not quite linear; no text is longer
    assert peak(fingerprint, make(MOST_CODE - 10)) < 50 * 2**20


def test_what_is_too_long_for_an_answer_still_has_a_fingerprint():
    long = "x = 1\n" * MOST_CODE
    assert fingerprint(long) == fingerprint(long + "\n\n") != fingerprint(long + "y")


# What lies beside the notebook


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """Folders of that many files, made once."""
    made = {}

    def folder(count):
        if count not in made:
            made[count] = tmp_path_factory.mktemp("many")
            for k in range(count):
                (made[count] / f"{k}.{'ipynb' if k % 2 else 'csv'}").touch()
        return made[count]

    return folder


@pytest.mark.parametrize("step", [take, lambda f, _: notebook_for(f / "ridge.ipynb", f)])
def test_many_files(folders, step):
    hold(lambda folder: step(folder, folder), folders, 16_000)


def test_many_members_of_an_archive(tmp_path):
    def make(count):
        file = tmp_path / f"{count}/work.zip"
        file.parent.mkdir()
        with zipfile.ZipFile(file, "w") as archive:
            for k in range(count):
                archive.writestr(f"{k}.py", b"")
        return file.parent

    hold(lambda folder: unpack(folder, tmp_path / "out", lambda name: ["ada"]), make, MOST_MEMBERS)


# A class

GIVEN = {
    "one answer for all": lambda k: 0,
    "one each": lambda k: k,
    "pairs": lambda k: k // 2,
    "groups that are just rare": lambda k: k // 20,
    "groups that are just not": lambda k: k // 21,
}


def records(count, given):
    """A class in which student k gave the answers of number given(k), all with one mistake."""

    def exercise(name, k):
        answer = f"{name} {given(k)}"
        text = "ridge.ridge_fit"
        return Exercise(text, name, 1.0, 2.0, "a mistake", "", "wrong", "", answer, "")

    return [
        Record(
            *("ridge", f"s{k}", "ridge", "", True, 1.0, ()),
            tuple(exercise(name, k) for name in ("a", "b", "c")),
        )
        for k in range(count)
    ]


@pytest.mark.parametrize("step", [alike, common, mistakes])
@pytest.mark.parametrize("shape", GIVEN)
def test_a_class(step, shape):
    # A class outgrows the caches of the processor, by which linear work has a slope of 1.2.
    hold(step, lambda n: records(n, GIVEN[shape]), 8_000, steepest=1.4)


# Records and tables


@pytest.mark.parametrize("sign", [" ", "=", "1", "1.", "\t", "é", "\n", '"', "\ud800", "\\"])
def test_texts_in_records_and_tables(sign):
    make = lambda n: sign * (n // len(sign)) + "x"  # noqa: E731
    record = records(1, GIVEN["one each"])[0]

    def kept(text):
        exercise = Exercise("a", "a", 1.0, 2.0, "", "", "", "", "", text)
        again = replace(record, exercises=(exercise,)).to_json()
        assert Record.from_json(again).exercises == (exercise,)

    for step in (harmless, identifier, kept):
        hold(step, make, MOST_TEXT)
