"""A record is written wholly or not at all, and read back only if it is one."""

import json
import os
from dataclasses import asdict, replace

import pytest

from grader.record import Exercise, Record, Remark, load, place, save

EXERCISE = Exercise(
    "ridge.ridge_fit", "check_ridge_fit", 2, 6.0, "the intercept is penalised", "λ = 0", "wrong",
    "", "ab" * 32, "ridge_fit: 2 of 6 points.\n",
)  # fmt: skip
RECORD = Record(
    "ridge", "ada", "ridge", "cd" * 32, True, 1.25, (Remark("It is.", True),), (EXERCISE,)
)


def test_a_record_comes_back_as_it_was(tmp_path):
    path = save(RECORD, tmp_path)
    assert path == tmp_path / ".grader/verdicts/ridge/ada.json" == place(tmp_path, "ridge", "ada")
    assert load(tmp_path, "ridge", "ada") == RECORD
    assert type(load(tmp_path, "ridge", "ada").exercises[0].points) is float
    assert load(tmp_path, "ridge", "bo") is None
    assert (tmp_path / ".grader").stat().st_mode & 0o77 == 0


def mangled(**changes):
    return {**json.loads(RECORD.to_json()), **changes}


def without(name):
    data = mangled()
    del data[name]
    return data


@pytest.mark.parametrize(
    "data",
    [
        [],
        None,
        without("key"),
        mangled(more=1),
        mangled(sandbox=1),
        mangled(seconds="1"),
        mangled(seconds=True),
        mangled(student=None),
        mangled(remarks={}),
        mangled(remarks=[{"text": "x"}]),
        mangled(remarks=[{"text": "x", "suspicious": "no"}]),
        mangled(exercises=[{**asdict(EXERCISE), "points": float("nan")}]),
        mangled(exercises=[{**asdict(EXERCISE), "points": None}]),
        mangled(exercises=["ridge.ridge_fit"]),
    ],
)
def test_what_is_no_record_is_refused(data, tmp_path):
    path = place(tmp_path, "ridge", "ada")
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(ValueError, match="is not a record"):
        load(tmp_path, "ridge", "ada")


@pytest.mark.parametrize("points", [float("nan"), float("inf")])
def test_points_are_finite(points):
    with pytest.raises(ValueError):
        replace(RECORD, exercises=(replace(EXERCISE, points=points),)).to_json()


@pytest.mark.parametrize("student", ["..", ".", "a/b", "a\\b", "a\0b", "../../x"])
def test_a_record_stays_in_its_folder(student, tmp_path):
    with pytest.raises(ValueError, match="name of a file"):
        save(replace(RECORD, student=student), tmp_path)


def test_a_write_that_fails_leaves_the_old_record(tmp_path, monkeypatch):
    path = save(RECORD, tmp_path)

    def fail(*_):
        raise OSError("the disk is full")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="full"):
        save(replace(RECORD, seconds=9.0), tmp_path)
    assert load(tmp_path, "ridge", "ada") == RECORD
    assert list(path.parent.iterdir()) == [path]


def test_a_lone_surrogate_does_not_stop_the_run(tmp_path):
    save(replace(RECORD, exercises=(replace(EXERCISE, text="\ud800"),)), tmp_path)
    assert load(tmp_path, "ridge", "ada").exercises[0].text == "?"


def test_an_older_record_does_not_know_its_submission():
    assert Record.from_json(json.dumps(without("submission"))) == RECORD
