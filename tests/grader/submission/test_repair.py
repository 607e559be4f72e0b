"""Whatever a notebook has been through, it comes out as the release with the learner's work."""

import base64
import copy
import json
import re
from pathlib import Path

import nbformat
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from nbgrader.nbgraderformat import MetadataValidator
from nbgrader.utils import compute_checksum

from grader.submission import cells
from grader.submission.release import read
from grader.submission.repair import remarks_of, repair, with_remarks

ROOT = Path(__file__).parents[3]
RELEASED = sorted(path.stem for path in ROOT.glob("exercises/*/*.ipynb"))
RELEASE = read(ROOT / "exercises/ridge/ridge.ipynb")
FIT = "def ridge_fit(X, y, lam):\n    return np.zeros(X.shape[1]), y.mean()"
WORDS = "Ridge wins with thirty patients."


def released():
    """The release as the JSON of a submission, with two answers written."""
    notebook = json.loads((ROOT / "exercises/ridge/ridge.ipynb").read_text(encoding="utf-8"))
    cell(notebook, "ridge_fit")["source"] = FIT
    cell(notebook, "same_lambda_more_patients")["source"] = WORDS
    return notebook


def cell(notebook, name):
    return next(cell for cell in notebook["cells"] if cell.get("id") == name)


def at(notebook, name):
    return notebook["cells"].index(cell(notebook, name))


def code(source, **more):
    return {"cell_type": "code", "metadata": {}, "outputs": [], "source": source, **more}


def mend(notebook):
    if not isinstance(notebook, bytes):
        notebook = json.dumps(notebook).encode()
    repaired = repair(RELEASE, notebook)
    hold(repaired.notebook)
    return repaired


def hold(notebook):
    """Hold a repaired notebook to what is true of every one."""
    nbformat.validate(notebook)
    MetadataValidator().validate_nb(notebook)
    nbformat.writes(notebook).encode("utf-8")
    kept = [cell for cell in notebook.cells if cell.id in ORDER]
    assert [cell.id for cell in kept] == list(ORDER)
    for cell in kept:
        assert cell.metadata == ORDER[cell.id].metadata
        assert cell.cell_type == ORDER[cell.id].cell_type
        if cell.metadata.get("nbgrader", {}).get("locked"):
            assert cell == ORDER[cell.id]
    for cell in notebook.cells:
        assert not cell.get("outputs") and cell.get("execution_count") is None
        assert cell.id in ORDER or cell.metadata == {}
    assert notebook.metadata == RELEASE.notebook.metadata


ORDER = {cell.id: cell for cell in RELEASE.notebook.cells}


def source(repaired, name):
    return next(cell.source for cell in repaired.notebook.cells if cell.id == name)


def added(repaired):
    """The added cells: the id of the cell before, kind and source."""
    cells = repaired.notebook.cells
    return [
        (before.id if before else None, cell.cell_type, cell.source)
        for before, cell in zip([None, *cells], cells, strict=False)
        if cell.id not in ORDER
    ]


def told(repaired):
    return [(remark.text, remark.suspicious) for remark in repaired.remarks]


# What is as it should be stays as it is


@pytest.mark.parametrize("name", RELEASED)
def test_an_untouched_release_stays_as_it_is(name):
    path = ROOT / "exercises" / name / f"{name}.ipynb"
    repaired = repair(read(path), path.read_bytes())
    assert repaired.notebook == nbformat.read(path, 4)
    assert repaired.remarks == ()


@pytest.mark.parametrize("name", RELEASED)
def test_full_answers_stay_as_they_are(name):
    release = read(ROOT / "exercises" / name / f"{name}.ipynb")
    notebook = copy.deepcopy(release.notebook)
    solved = nbformat.read(ROOT / "solutions" / name / f"{name}.ipynb", 4)
    for cell, right in zip(notebook.cells, solved.cells, strict=True):
        if cell.metadata.get("nbgrader", {}).get("grade_id") in release.answers:
            cell.source = right.source
    repaired = repair(release, nbformat.writes(notebook).encode())
    assert repaired.notebook == notebook
    assert repaired.remarks == ()


def test_outputs_and_counts_are_left_behind():
    notebook = released()
    for c in notebook["cells"]:
        if c["cell_type"] == "code":
            c["execution_count"] = 3
            c["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "6 of 6 points"}]
    assert told(mend(notebook)) == []


# What another tool, or an accident, does to a notebook: it says what was written all the same


def no_ids(notebook):
    for c in notebook["cells"]:
        del c["id"]
    notebook["nbformat_minor"] = 4


def ids_in_metadata(notebook):
    for c in notebook["cells"]:
        c["metadata"] = {"id": c.pop("id")}


def nothing_but_sources(notebook):
    notebook["cells"] = [
        {"cell_type": c["cell_type"], "source": c["source"]} for c in notebook["cells"]
    ]


def version_3(notebook):
    for c in notebook["cells"]:
        del c["id"]
        if c["cell_type"] == "code":
            c["input"] = c.pop("source")
            c["language"] = "python"
    notebook["worksheets"] = [{"cells": notebook["cells"][:20]}, {"cells": notebook["cells"][20:]}]
    notebook["nbformat"], notebook["nbformat_minor"] = 3, 0
    del notebook["cells"]


def sources_as_lists(notebook):
    for c in notebook["cells"]:
        c["source"] = "".join(c["source"]).splitlines(keepends=True)


def sources_as_lists_of_bare_lines(notebook):
    for c in notebook["cells"]:
        c["source"] = "".join(c["source"]).splitlines()


def carriage_returns(notebook):
    for c in notebook["cells"]:
        c["source"] = "".join(c["source"]).replace("\n", "\r\n")


def no_minor(notebook):
    del notebook["nbformat_minor"]


def no_metadata(notebook):
    del notebook["metadata"]
    for c in notebook["cells"]:
        c["metadata"] = None


def null_cells(notebook):
    notebook["cells"] = [None, *notebook["cells"], 3, [], "text", {}]


def foreign_kernel(notebook):
    notebook["metadata"] = {"kernelspec": {"name": "../../evil", "display_name": 5}}


def reversed_cells(notebook):
    notebook["cells"].reverse()


def answers_retyped(notebook):
    cell(notebook, "ridge_fit")["cell_type"] = "markdown"
    cell(notebook, "same_lambda_more_patients")["cell_type"] = "code"


def answers_retyped_as_raw(notebook):
    cell(notebook, "ridge_fit")["cell_type"] = "raw"
    del cell(notebook, "same_lambda_more_patients")["cell_type"]


def outputs_mangled(notebook):
    for i, c in enumerate(notebook["cells"]):
        c["outputs"] = [None, {"data": {"text/html": i}}, [[]], {"output_type": "unknown"}]


def numbers_out_of_range(notebook):
    for c in notebook["cells"]:
        c["execution_count"] = 10**4000
    notebook["nbformat"] = 1e308


MANGLED = {
    no_ids: [],
    ids_in_metadata: ["had lost nbgrader's marks"],
    nothing_but_sources: [
        "had lost nbgrader's marks",
        "The cells of ridge_fit, same_lambda_more_patients, rows_or_copies and entered_twice were",
    ],
    version_3: [],
    sources_as_lists: [],
    sources_as_lists_of_bare_lines: [],
    carriage_returns: [],
    no_minor: [],
    no_metadata: ["had lost nbgrader's marks"],
    null_cells: [],
    foreign_kernel: [],
    reversed_cells: ["in another order"],
    answers_retyped: ["kinds of the cells of ridge_fit and same_lambda_more_patients were changed"],
    answers_retyped_as_raw: ["The kind of the cell of ridge_fit was changed"],
    outputs_mangled: [],
    numbers_out_of_range: [],
}


@pytest.mark.parametrize("mangle", MANGLED, ids=lambda mangle: mangle.__name__)
def test_work_comes_out_of_a_mangled_notebook(mangle):
    notebook = released()
    mangle(notebook)
    repaired = mend(notebook)
    assert source(repaired, "ridge_fit") == FIT
    assert source(repaired, "same_lambda_more_patients") == WORDS
    assert added(repaired) == []
    assert len(repaired.remarks) == len(MANGLED[mangle])
    for remark, text in zip(repaired.remarks, MANGLED[mangle], strict=True):
        assert text in remark.text and not remark.suspicious


def test_another_language_is_told():
    notebook = released()
    notebook["metadata"]["kernelspec"] = {"name": "ir", "language": "R"}
    assert told(mend(notebook)) == [
        ("The notebook was saved for another language: it was run as Python.", False)
    ]


@pytest.mark.parametrize(
    "encode",
    [
        lambda text: b"\xef\xbb\xbf" + text.encode(),
        lambda text: text.encode("utf-16"),
        lambda text: text.encode("utf-16-be"),
        lambda text: text.encode("utf-32-le"),
        lambda text: text.encode() + b"\0" * 512,
        lambda text: b"\n\n  " + text.encode() + b"\n\n{}",
        lambda text: text.replace('"cells"', '"cells": 1, "cells"').encode(),
        lambda text: text.replace(
            '"metadata"', '"x": [NaN, -Infinity, 1e999], "metadata"'
        ).encode(),
    ],
)
def test_bytes_that_are_unusual_but_clear(encode):
    repaired = mend(encode(json.dumps(released(), ensure_ascii=False)))
    assert source(repaired, "ridge_fit") == FIT
    assert repaired.remarks == ()


MENDED = ("Some signs in the file are no text: they were taken out or replaced.", False)


@pytest.mark.parametrize(
    ("sign", "instead"),
    [("\\ud800", "\ufffd"), ("\\u0000", ""), ("\\u001b[31m", "[31m"), ("\\u009b", ""), ("\b", "")],
)
def test_what_is_no_text_is_taken_out(sign, instead):
    notebook = released()
    cell(notebook, "ridge_fit")["source"] = f"{FIT}  # A SIGN."
    repaired = mend(json.dumps(notebook).replace("A SIGN", sign).encode())
    assert source(repaired, "ridge_fit") == f"{FIT}  # {instead}."
    assert told(repaired) == [MENDED]


def test_bytes_that_are_not_utf_8_are_replaced():
    notebook = released()
    cell(notebook, "ridge_fit")["source"] = f"{FIT}  # déjà"
    repaired = mend(json.dumps(notebook, ensure_ascii=False).encode("cp1252", "ignore"))
    assert source(repaired, "ridge_fit") == f"{FIT}  # d\ufffdj\ufffd"
    assert MENDED in told(repaired)


# What cannot be read at all comes out as it was released, with the reason


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "The file is empty."),
        (b"\xef\xbb\xbf \n\0", "The file is empty."),
        (b"\x00", "The file is empty."),
        (b"PK\x03\x04", "The file is not a notebook: it is not valid JSON."),
        (b"<<<<<<< HEAD\n{}", "The file is not a notebook: it is not valid JSON."),
        (b'{"cells": [{"source": "', "The file is not a notebook: it is not valid JSON."),
        (b"[" * 100_000, "The file is not a notebook: it is not valid JSON."),
        (b'{"a":' * 100_000, "The file is not a notebook: it is not valid JSON."),
        (b"[" * 2_000_001, "The file holds too much data beside its cells: clear the outputs."),
        (b'"ab",' * 2_000_001, "The file holds too much data beside its cells: clear the outputs."),
        (b"null", "The file is not a notebook: it has no cells."),
        (b"[]", "The file is not a notebook: it has no cells."),
        (b"9" * 100_000, "The file is not a notebook: it has no cells."),
        (b'{"cells": {}}', "The file is not a notebook: it has no cells."),
        (b'{"cells": null, "worksheets": null}', "The file is not a notebook: it has no cells."),
        (b"{}" + b" " * 20 * 2**20, "The file is larger than 20 MB."),
        (b'{"cells": [%s{}]}' % (b"{}," * 1000), "The notebook has more than 1000 cells."),
        (
            b'{"cells": [{"source": "%s"}]}' % (b"x" * 1_000_001),
            "The notebook has more than 1,000,000 characters.",
        ),
    ],
    ids=lambda value: value[:12] if isinstance(value, bytes) else "",
)
def test_what_cannot_be_read_is_as_released(data, reason):
    repaired = mend(data)
    assert repaired.notebook == RELEASE.notebook
    text = f"The notebook could not be read, so nothing in it was graded. {reason}"
    assert told(repaired) == [(text, False)]


def test_no_cells_at_all():
    repaired = mend({"cells": []})
    assert repaired.notebook == RELEASE.notebook
    assert not any(suspicious for _, suspicious in told(repaired))


def test_the_release_itself_is_never_changed():
    before = copy.deepcopy(RELEASE.notebook)
    for data in (b"", json.dumps(released()).encode()):
        repaired = repair(RELEASE, data)
        for cell in repaired.notebook.cells:
            cell.source, cell.metadata["x"] = "changed", 1
        repaired.notebook.metadata["x"] = 1
    assert RELEASE.notebook == before


# Checks are those of the release, whatever was done to them


def edited(notebook):
    cell(notebook, "check_ridge_fit")["source"] = "6.0"


def deleted(notebook):
    del notebook["cells"][at(notebook, "check_ridge_fit")]


def emptied(notebook):
    cell(notebook, "check_ridge_fit")["source"] = ""


def duplicated(notebook):
    again = copy.deepcopy(cell(notebook, "check_ridge_fit"))
    notebook["cells"].insert(at(notebook, "check_ridge_fit"), {**again, "id": "another"})


def skipped(notebook):
    cell(notebook, "check_ridge_fit")["metadata"]["tags"] = ["skip-execution"]


def allowed_to_raise(notebook):
    cell(notebook, "check_ridge_fit")["metadata"]["tags"] = ["x", "raises-exception"]


def retyped(notebook):
    cell(notebook, "check_ridge_fit")["cell_type"] = "markdown"


def worth_more(notebook):
    cell(notebook, "check_ridge_fit")["metadata"]["nbgrader"]["points"] = 600


def worth_nan(notebook):
    cell(notebook, "check_ridge_fit")["metadata"]["nbgrader"]["points"] = float("nan")


def worth_nothing(notebook):
    del cell(notebook, "check_ridge_fit")["metadata"]["nbgrader"]["points"]


def not_graded(notebook):
    cell(notebook, "check_ridge_fit")["metadata"]["nbgrader"]["grade"] = False


def made_a_solution(notebook):
    cell(notebook, "check_ridge_fit")["metadata"]["nbgrader"]["solution"] = True


def unlocked(notebook):
    cell(notebook, "check_ridge_fit")["metadata"]["nbgrader"]["locked"] = 0.5


def renamed(notebook):
    cell(notebook, "check_ridge_fit")["metadata"]["nbgrader"]["grade_id"] = "other"


def named_by_a_list(notebook):
    cell(notebook, "check_ridge_fit")["metadata"]["nbgrader"]["grade_id"] = ["check_ridge_fit"]


def unmarked(notebook):
    del cell(notebook, "check_ridge_fit")["metadata"]["nbgrader"]


def posing_as_another(notebook):
    marks = cell(notebook, "check_ridge_fit")["metadata"]["nbgrader"]
    marks["grade_id"] = "check_standardize"


def moved_to_the_top(notebook):
    notebook["cells"].insert(0, notebook["cells"].pop(at(notebook, "check_ridge_fit")))


PUT_BACK = "The check of ridge_fit was {}: it was put back."
MARKS = "The mark by which nbgrader knows the check of ridge_fit was changed: it was set back."
POINTS = "The points of the check of ridge_fit were changed: they were set back."
TAGS = "Tags that change how a cell is run were taken off the cell of the check of ridge_fit."
TAMPERED = {
    edited: [PUT_BACK.format("edited")],
    deleted: [PUT_BACK.format("missing")],
    emptied: [PUT_BACK.format("edited")],
    duplicated: ["The check of ridge_fit was there more than once: one is left."],
    skipped: [TAGS],
    allowed_to_raise: [TAGS],
    retyped: ["The kind of the cell of the check of ridge_fit was changed: it was set back."],
    worth_more: [POINTS],
    worth_nan: [POINTS],
    worth_nothing: [POINTS],
    not_graded: [MARKS],
    made_a_solution: [MARKS],
    unlocked: [MARKS],
    renamed: [MARKS],
    named_by_a_list: [MARKS],
    unmarked: [POINTS, MARKS],
    posing_as_another: [
        "The check of standardize was edited: it was put back.",
        "The check of ridge_fit was missing: it was put back.",
        "The check of standardize was there more than once: one is left.",
        POINTS.replace("ridge_fit", "standardize"),
    ],
    moved_to_the_top: [],
}


@pytest.mark.parametrize("tamper", TAMPERED, ids=lambda tamper: tamper.__name__)
def test_a_check_is_that_of_the_release(tamper):
    notebook = released()
    tamper(notebook)
    repaired = mend(notebook)
    assert source(repaired, "ridge_fit") == FIT
    assert added(repaired) == []
    assert [text for text, suspicious in told(repaired) if suspicious] == TAMPERED[tamper]


def test_several_checks_in_one_remark():
    notebook = released()
    for name in ("check_ridge_objective", "check_ridge_fit", "check_standardize"):
        cell(notebook, name)["source"] += "  # mine"
    text = (
        "The checks of ridge_objective, ridge_fit and standardize were edited: they were put back."
    )
    assert told(mend(notebook)) == [(text, True)]


def test_all_checks_deleted():
    notebook = released()
    notebook["cells"] = [c for c in notebook["cells"] if not c["id"].startswith("check_")]
    ((text, suspicious),) = told(mend(notebook))
    assert suspicious and text.endswith("and effective_dof were missing: they were put back.")


def test_cells_that_claim_points_of_their_own():
    notebook = released()
    marks = {**cell(notebook, "check_ridge_fit")["metadata"]["nbgrader"], "grade_id": "mine"}
    notebook["cells"].append(code("100.0", metadata={"nbgrader": marks}))
    repaired = mend(notebook)
    assert told(repaired) == [("There were cells with points that are not in the release.", True)]
    assert added(repaired) == [(RELEASE.notebook.cells[-1].id, "code", "100.0")]


def test_a_locked_cell_is_put_back_without_suspicion():
    notebook = released()
    cell(notebook, "setup")["source"] = (
        "!pip install reglib\n" + cell(notebook, "setup")["source"][0]
    )
    text = "The locked cell of setup was edited: it was put back."
    assert told(mend(notebook)) == [(text, False)]


def test_an_answer_cannot_take_the_place_of_a_check():
    notebook = released()
    check, answer = cell(notebook, "check_ridge_fit"), cell(notebook, "ridge_fit")
    check["metadata"], answer["metadata"] = answer["metadata"], check["metadata"]
    assert any(suspicious for _, suspicious in told(mend(notebook)))


# Answers


def test_of_duplicates_the_last_that_is_written_counts():
    notebook = released()
    stub = RELEASE.answers["ridge_fit"].stub
    here = at(notebook, "ridge_fit")
    answer = notebook["cells"][here]
    texts = ("half = 1", FIT, stub, FIT, stub)
    notebook["cells"][here : here + 1] = [
        {**answer, "id": f"copy{i}", "source": text} for i, text in enumerate(texts)
    ]
    repaired = mend(notebook)
    assert source(repaired, "ridge_fit") == FIT
    assert added(repaired) == [("text_ridge_fit", "code", "half = 1")]
    text = "There were several cells of ridge_fit: the last is the answer, the others stay."
    assert told(repaired) == [(text, False)]


def test_an_answer_in_a_cell_of_its_own_below_the_stub_still_comes_last():
    notebook = released()
    cell(notebook, "ridge_fit")["source"] = RELEASE.answers["ridge_fit"].stub
    notebook["cells"].insert(at(notebook, "check_ridge_fit"), code(FIT, id="mine"))
    repaired = mend(notebook)
    assert source(repaired, "ridge_fit") == RELEASE.answers["ridge_fit"].stub
    assert added(repaired) == [("ridge_fit", "code", FIT)]


def test_a_deleted_answer_is_found_by_its_function():
    notebook = released()
    here = at(notebook, "ridge_fit")
    drafts = [code(f"{FIT}  # {name}", id=name) for name in ("one", "two")]
    notebook["cells"][here : here + 1] = [*drafts, code("x = 'def ridge_fit('", id="three")]
    notebook["cells"].append({"cell_type": "markdown", "source": FIT, "id": "a text"})
    del notebook["cells"][at(notebook, "text_ridge_gradient")]
    repaired = mend(notebook)
    assert source(repaired, "ridge_fit") == f"{FIT}  # two"
    assert added(repaired) == [
        ("text_ridge_fit", "code", f"{FIT}  # one"),
        ("ridge_fit", "code", "x = 'def ridge_fit('"),
        (RELEASE.notebook.cells[-1].id, "markdown", FIT),
    ]
    assert [suspicious for _, suspicious in told(repaired)] == [False, False]


def test_a_text_that_lost_its_name_is_found_by_its_neighbours():
    notebook = released()
    for name in ("same_lambda_more_patients", "tune_raw_two"):
        here = at(notebook, name)
        notebook["cells"][here] = {**notebook["cells"][here], "id": f"new_{here}", "metadata": {}}
    cell(notebook, f"new_{at(notebook, 'tune_raw_seen') - 1}")["source"] = "lams = [1]"
    repaired = mend(notebook)
    assert source(repaired, "same_lambda_more_patients") == WORDS
    assert source(repaired, "tune_raw_two") == "lams = [1]"
    assert added(repaired) == []
    text = "The cell of same_lambda_more_patients was found by what stands there."
    assert told(repaired) == [(text, False)]


def test_an_answer_that_is_not_there_is_the_stub():
    notebook = released()
    del notebook["cells"][at(notebook, "ridge_fit")]
    repaired = mend(notebook)
    assert source(repaired, "ridge_fit") == RELEASE.answers["ridge_fit"].stub
    text = "The cell of ridge_fit was missing: it was put back, unwritten."
    assert told(repaired) == [(text, False)]


# The learner's own cells


def test_own_cells_stay_where_they_were_without_anything_else():
    notebook = released()
    helper = code("def helper(): ...", id="ridge_fit!", metadata={"tags": ["skip-execution"]})
    helper["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "x"}]
    notebook["cells"].insert(0, {"cell_type": "markdown", "source": "By Ada", "metadata": {}})
    notebook["cells"].insert(at(notebook, "ridge_fit"), helper)
    notebook["cells"].insert(at(notebook, "ridge_fit") + 1, code("  \n", id="blank"))
    raw = {"cell_type": "raw", "source": "<b>", "metadata": {"raw_mimetype": "text/html"}}
    notebook["cells"].append(raw)
    repaired = mend(notebook)
    assert added(repaired) == [
        (None, "markdown", "By Ada"),
        ("text_ridge_fit", "code", "def helper(): ..."),
        (RELEASE.notebook.cells[-1].id, "markdown", "<b>"),
    ]
    assert repaired.remarks == ()


def test_edits_of_plain_cells_are_kept():
    notebook = released()
    cell(notebook, "tune_raw_one")["source"] = "lams = [1]"
    cell(notebook, "intro")["source"] = "My notes"
    repaired = mend(notebook)
    assert source(repaired, "tune_raw_one") == "lams = [1]"
    assert source(repaired, "intro") == "My notes"
    assert (added(repaired), repaired.remarks) == ([], ())


def test_a_plain_cell_of_another_kind_stays_beside_that_of_the_release():
    notebook = released()
    cell(notebook, "intro").update(code("1 + 1"), id="intro")
    repaired = mend(notebook)
    assert source(repaired, "intro") == ORDER["intro"].source
    assert added(repaired) == [(None, "code", "1 + 1")]


def test_ids_of_the_release_stay_unique():
    notebook = released()
    again = [{**c} for c in notebook["cells"] if "nbgrader" not in c["metadata"]]
    notebook["cells"] += again
    assert len(mend(notebook).notebook.cells) == len(ORDER)  # they say nothing new


PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(100)).decode()
JPEG = base64.b64encode(b"\xff\xd8\xff" + bytes(100)).decode()


def test_small_pictures_are_kept_for_those_who_grade_by_hand():
    notebook = released()
    kept = {"my plot.png": {"image/png": PNG}, "photo.jpg": {"image/jpeg": JPEG}}
    cell(notebook, "same_lambda_more_patients")["attachments"] = kept
    repaired = mend(notebook)
    (found,) = (c for c in repaired.notebook.cells if c.id == "same_lambda_more_patients")
    assert found.attachments == kept and repaired.remarks == ()


@pytest.mark.parametrize(
    "attachments",
    [
        {"a.svg": {"image/svg+xml": "<svg onload='alert(1)'/>"}},
        {"a.png": {"image/png": JPEG}},
        {"a.png": {"image/png": "<script>"}},
        {"a.png": {"image/png": "é"}},
        {"a.png": {"image/png": PNG + "A" * 2_000_000}},
        {"a.png": {"image/png": None}},
        {"a.png": PNG},
        {"../a.png": {"image/png": PNG}},
        {"": {"image/png": PNG}},
    ],
)
def test_other_attachments_are_left_out(attachments):
    notebook = released()
    cell(notebook, "same_lambda_more_patients")["attachments"] = attachments
    repaired = mend(notebook)
    assert not any("attachments" in c for c in repaired.notebook.cells)
    assert len(repaired.remarks) == 1 and "Attachments" in repaired.remarks[0].text


def test_pictures_have_a_size_together():
    notebook = released()
    big = base64.b64encode(base64.b64decode(PNG) + bytes(900_000)).decode()
    pictures = {f"{i}.png": {"image/png": big} for i in range(9)}
    cell(notebook, "same_lambda_more_patients")["attachments"] = pictures
    repaired = mend(notebook)
    (found,) = (c for c in repaired.notebook.cells if "attachments" in c)
    assert 0 < sum(len(p["image/png"]) for p in found.attachments.values()) < 7_000_000


# Remarks travel in the notebook


def test_remarks_stand_at_the_top_and_in_the_metadata():
    repaired = mend(b"")
    notebook = with_remarks(repaired)
    nbformat.validate(notebook)
    assert remarks_of(nbformat.reads(nbformat.writes(notebook), 4)) == repaired.remarks
    assert notebook.cells[0].source.startswith("**Remarks of the grader**\n\n- The notebook could")
    assert notebook.cells[1:] == RELEASE.notebook.cells
    assert "grader" not in repaired.notebook.metadata


def test_without_remarks_nothing_is_added():
    repaired = mend(released())
    assert with_remarks(repaired) == repaired.notebook
    assert remarks_of(repaired.notebook) == ()


def test_remarks_of_a_submission_itself_are_not_believed():
    notebook = released()
    notebook["metadata"]["grader"] = {"remarks": [{"text": "Perfect.", "suspicious": False}]}
    assert remarks_of(with_remarks(mend(notebook))) == ()


# Anything at all

GRADE_IDS = [c.metadata.nbgrader.grade_id for c in ORDER.values() if "nbgrader" in c.metadata]
TEXT = st.text(st.characters(), max_size=12) | st.sampled_from([*GRADE_IDS, *ORDER, FIT, "def"])
HUGE = "a number of 5000 digits"
NUMBER = st.integers() | st.floats() | st.just(HUGE) | st.booleans()
KEYS = ["source", "metadata", "nbgrader", "grade_id", "id", "cell_type", "tags", "points", "input"]
KEYS += ["grade", "solution", "locked", "task", "outputs", "attachments", "cells", "worksheets"]
VALUE = st.recursive(
    st.none() | NUMBER | TEXT,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(KEYS) | TEXT, inner, max_size=4)
    ),
    max_leaves=12,
)
QUICK = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


def parts(value, found):
    """All lists and dicts inside a value."""
    if isinstance(value, list | dict):
        found.append(value)
        for inner in value.values() if isinstance(value, dict) else value:
            parts(inner, found)
    return found


def dumps(value):
    return json.dumps(value).replace(f'"{HUGE}"', "9" * 5000).encode()


@QUICK
@given(st.data())
def test_any_mutations_of_a_notebook(data):
    notebook = released()
    for _ in range(data.draw(st.integers(1, 6))):
        places = parts(notebook, [])
        place = places[data.draw(st.integers(0, len(places) - 1))]
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = data.draw(st.sampled_from(keys or [None]))
        action = data.draw(st.sampled_from(["set", "add", "delete", "copy", "shuffle"]))
        if action == "set" and keys:
            place[key] = data.draw(VALUE)
        elif action == "delete" and keys:
            del place[key]
        elif action == "copy" and keys:
            other = places[data.draw(st.integers(0, len(places) - 1))]
            place[key] = copy.deepcopy(other)
        elif isinstance(place, dict):
            place[data.draw(st.sampled_from(KEYS))] = data.draw(VALUE)
        elif action == "shuffle":
            place[:] = data.draw(st.permutations(place))
        else:
            place.insert(data.draw(st.integers(0, len(place))), data.draw(VALUE))
    mend(dumps(notebook))


@QUICK
@given(st.lists(VALUE, max_size=6))
def test_any_cells(cells):
    mend(dumps({"cells": cells}))


@QUICK
@given(st.binary(max_size=200))
def test_any_bytes(data):
    mend(data)


@QUICK
@given(st.data())
def test_any_damage_to_the_bytes(data):
    whole = json.dumps(released(), ensure_ascii=False).encode()
    start = data.draw(st.integers(0, len(whole)))
    length = data.draw(st.sampled_from([0, 1, 2, 5, 50, len(whole)]))
    mend(whole[:start] + data.draw(st.binary(max_size=8)) + whole[start + length :])


@QUICK
@given(VALUE)
def test_any_value(value):
    data = dumps(value)
    assume(not re.search(rb'"(cells|worksheets)"', data))
    with pytest.raises(cells.Unreadable):
        cells.read(data)


# Notebooks of another release


def as_nbgrader_made(cell):
    """Give a cell the checksum that nbgrader gives it when it is released."""
    node = nbformat.from_dict(cell | {"source": "".join(cell["source"])})
    cell["metadata"]["nbgrader"]["checksum"] = compute_checksum(node)


@pytest.mark.parametrize("genuine", [True, False])
def test_another_release_is_told_from_an_edited_one(genuine):
    notebook = released()
    check = cell(notebook, "check_ridge_fit")
    check["metadata"]["nbgrader"]["points"] = 5
    once = copy.deepcopy(cell(notebook, "check_ridge_path"))
    once["id"] = once["metadata"]["nbgrader"]["grade_id"] = "check_that_is_gone"
    notebook["cells"].append(once)
    if genuine:
        as_nbgrader_made(check)
        as_nbgrader_made(once)
    repaired = mend(notebook)
    assert source(repaired, "ridge_fit") == FIT
    change = (
        "The notebook is from another release: the check of ridge_fit was brought up to date."
        if genuine
        else "The points of the check of ridge_fit were changed: they were set back."
    )
    extra = "There were cells with points that are not in the release."
    assert told(repaired) == [(change, not genuine), (extra, not genuine)]


@pytest.mark.parametrize("points", [None, "5", [], True, 10**400, float("nan")])
def test_a_checksum_of_odd_marks(points):
    notebook = released()
    marks = cell(notebook, "check_ridge_fit")["metadata"]["nbgrader"]
    marks["points"], marks["grade"] = points, "yes" if points == [] else True
    assert any(suspicious for _, suspicious in told(mend(notebook)))
