"""Plain data goes out and comes back; anything else is refused, at the cost of its bytes."""

import base64
import contextlib
import json
import tracemalloc
from resource import RUSAGE_SELF, getrusage

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.sandbox.inside.wire import Answer, Malformed, outcomes, pack, question, unpack
from reglib.checks.judge import judge
from reglib.checks.run import Error, Foreign, Outcome, run
from reglib.exercises import ASSIGNMENTS, assignment

ENTRIES = [entry for name in ASSIGNMENTS for entry in assignment(name).entries]


def same(one, other):
    """Whether two plain values are the same to the last bit, type and shape."""
    if isinstance(one, np.ndarray):
        return (
            isinstance(other, np.ndarray)
            and (one.dtype, one.shape) == (other.dtype, other.shape)
            and one.tobytes() == other.tobytes()
        )
    if isinstance(one, list | tuple):
        return type(one) is type(other) and len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, float) and isinstance(other, float):
        return one.hex() == other.hex()
    return type(one) is type(other) and one == other


def through_json(data):
    return json.loads(json.dumps(data))


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        0,
        -(2**63),
        2**63 - 1,
        0.1,
        -0.0,
        5e-324,
        float("inf"),
        float("nan"),
        np.zeros((2, 3)),
        np.array(1.5),
        np.zeros((0, 3)),
        np.zeros((4, 0, 2), dtype=int),
        np.array([True, False]),
        np.arange(6).reshape(2, 3).T,
        [1, (2.0, [None, (np.ones(1),)])],
        (),
        Foreign("an object of type dict"),
    ],
    ids=repr,
)
def test_plain_data_comes_back_as_it_went(value):
    assert same(unpack(through_json(pack(value))), value)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_the_cases_and_answers_of_every_exercise_go_through(entry):
    cases = entry.draw(11)
    arguments = [case.args for case in cases]
    for args, sent in zip(arguments, json.loads(question(arguments)), strict=True):
        for arg, data in zip(args, sent, strict=True):
            if hasattr(arg, "make"):
                assert data == {"make": repr(arg)}
            else:
                assert same(unpack(data), arg)
    ran = run(entry.reference, arguments)
    read = outcomes(
        through_json(Answer([vars(outcome) for outcome in ran])._repr_json_()), arguments
    )
    for outcome, told in zip(ran, read, strict=True):
        assert same(told.value, outcome.value) and same(told.after, outcome.after)
    assert judge(entry, cases, read).points == entry.most


def test_errors_and_stops_go_through():
    arguments = [(np.ones(2), 1)] * 2
    told = [
        Outcome(error=Error("ValueError", "no", 3, "raise"), after=(np.ones(2), None), printed=5),
        Outcome(stopped="time"),
    ]
    read = outcomes(through_json(Answer([vars(o) for o in told])._repr_json_()), arguments)
    assert (read[0].error, read[0].printed, read[1]) == (told[0].error, 5, told[1])


def array(shape, dtype="<f8", size=8, **more):
    text = base64.b64encode(bytes(size)).decode()
    return {"array": text, "dtype": dtype, "shape": shape, **more}


@pytest.mark.parametrize(
    "data",
    [
        {},
        [],
        "text",
        1.5,
        2**63,
        -(10**400),
        {"float": 1.0},
        {"float": "0x1p+99999"},
        {"float": "0x" + "1" * 100},
        {"float": "0x0p+0", "dtype": "", "shape": []},
        {"list": {}, "dtype": "", "shape": []},
        {"list": [0] * 5001},
        {"foreign": 5},
        {"make": "__import__('os').abort()"},
        {"object": "gASVBAAAAAAAAABLAS4="},
        array([10**9]),
        array([10**9, 10**9, 10**9]),
        array([10**6, 10**6, 0], size=0),
        array([2]),
        array([1, 1, 1, 1]),
        array([-1]),
        array([-1, -1]),
        array([1.0]),
        array([True]),
        array("1"),
        array([1], dtype="|O"),
        array([1], dtype="<f4"),
        array([1], dtype=">f8"),
        array([1], dtype="<U2"),
        array([1], dtype="f8,f8"),
        array([1], dtype=["<f8"]),
        array([1], size=9),
        array([1], more=1),
        array([1]) | {"array": 8},
        array([1]) | {"array": "\ud800" * 12},
        array([1]) | {"array": "!" * 12},
        array([1]) | {"array": "é" * 12},
        array([1]) | {"array": "A" * 8 + "===="},
    ],
    ids=lambda data: repr(data)[:60],
)
def test_what_nobody_packs_is_refused(data):
    with pytest.raises(Malformed):
        unpack(data)


def test_lists_in_lists_end_somewhere():
    data = None
    for _ in range(500):
        data = {"list": [data]}
    with pytest.raises(Malformed):
        unpack(data)


def test_booleans_are_zero_or_one_whatever_their_bytes():
    data = {"array": base64.b64encode(b"\x02\x00").decode(), "dtype": "|b1", "shape": [2]}
    assert unpack(data).tobytes() == b"\x01\x00"


ARGUMENTS = [(np.ones(2), 3.0)]
TOLD = {"value": 1, "error": None, "stopped": "", "after": [pack(np.ones(2)), None], "printed": 0}
RAISED = {"kind": "E", "message": "m", "number": 1, "line": "x"}


def test_an_outcome_of_the_right_form_is_read():
    assert outcomes([TOLD], ARGUMENTS)[0].value == 1
    assert outcomes([TOLD | {"error": RAISED}], ARGUMENTS)[0].error == Error("E", "m", 1, "x")


@pytest.mark.parametrize(
    "data",
    [
        None,
        4.0,
        {},
        [],
        [TOLD, TOLD],
        [None],
        [TOLD | {"points": 4.0}],
        [TOLD | {"after": []}],
        [TOLD | {"after": [None, None]}],
        [TOLD | {"after": [pack(np.ones(2)), 3]}],
        [TOLD | {"after": None}],
        [TOLD | {"stopped": "time"}],
        [TOLD | {"stopped": "won"}],
        [TOLD | {"stopped": []}],
        [TOLD | {"printed": -1}],
        [TOLD | {"printed": True}],
        [TOLD | {"printed": 10**30}],
        [TOLD | {"error": "E"}],
        [TOLD | {"error": {}}],
        [TOLD | {"error": RAISED | {"kind": None}}],
        [TOLD | {"error": RAISED | {"number": 1.5}}],
        [TOLD | {"error": RAISED | {"number": 10**6}}],
    ],
    ids=repr,
)
def test_an_outcome_of_another_form_is_refused(data):
    with pytest.raises(Malformed):
        outcomes(data, ARGUMENTS)


def test_texts_are_one_printable_line():
    text = "<b>\x1b[2J\n\u202e\ud800\x00" + "x" * 10_000
    error = outcomes([TOLD | {"error": RAISED | {"message": text}}], ARGUMENTS)[0].error
    assert error.message.isprintable() and len(error.message) == 200


KEYS = st.sampled_from(
    sorted(
        {"float", "array", "dtype", "shape", "list", "tuple", "foreign", "make", "", *TOLD, *RAISED}
    )
)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats()
    | st.sampled_from(["<f8", "<i8", "|b1", "|O", "time", "AAAA", "AAAAAAAAAAA=", "0x1p+3", "nan"])
    | st.text(max_size=20)
)
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=20,
)
ARRAYS = st.fixed_dictionaries(
    {
        "array": st.binary(max_size=64).map(lambda data: base64.b64encode(data).decode()),
        "dtype": st.sampled_from(["<f8", "<i8", "|b1", "|O", "<f4"]),
        "shape": st.lists(st.integers(-1, 10**9) | st.integers(0, 4), max_size=4),
    }
)


@given(JSON | ARRAYS | st.lists(ARRAYS, max_size=4).map(lambda items: {"list": items}))
@settings(max_examples=200, deadline=None)
def test_any_json_is_read_or_refused(data):
    try:
        value = unpack(data)
    except Malformed:
        return
    assert same(unpack(through_json(pack(value))), value)


@given(st.lists(st.dictionaries(KEYS, JSON | ARRAYS, max_size=6) | JSON, max_size=2))
@settings(max_examples=150, deadline=None)
def test_any_json_is_a_list_of_outcomes_or_refused(data):
    with contextlib.suppress(Malformed):
        outcomes(data, ARGUMENTS)


@given(
    st.sampled_from(sorted(TOLD)),
    JSON | ARRAYS,
)
@settings(max_examples=150, deadline=None)
def test_an_outcome_with_a_part_replaced_is_read_or_refused(part, data):
    try:
        read = outcomes([TOLD | {part: data}], ARGUMENTS)
    except Malformed:
        return
    assert isinstance(read[0], Outcome)


@given(ARRAYS)
@settings(max_examples=150, deadline=None)
def test_an_array_takes_no_more_memory_than_its_text(data):
    tracemalloc.start()
    try:
        unpack(data)
    except Malformed:
        pass
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 10_000 + 10 * len(data["array"])


# Where an answer has the right kinds but absurd sizes, nothing may be spread out to their product.
HOSTILE = [
    np.zeros((5000, 1)),
    np.zeros((1, 5000)),
    np.zeros((0, 5000, 5000)),
    np.full(5000, 2**62),
    np.full(3, -(2**63)),
    np.full(3, np.nan),
    np.array([1e308, -1e308, 5e-324]),
    np.ones(5000, dtype=bool),
    [[np.zeros((5000, 1))], [np.zeros(5000)]],
    [(np.array([2**62]), np.array([-1]))] * 5,
    [(np.zeros((1, 5000)), np.zeros((5000, 1)))] * 3,
    (np.zeros((5000, 1)), np.zeros((1, 5000))),
    (np.zeros((5000, 1)), 0.0),
    (np.arange(5000), np.arange(5000)),
    [0] * 5000,
    [[]] * 5000,
    Foreign("x"),
    2**62,
    float("inf"),
]


@pytest.mark.long
@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_an_absurd_answer_earns_nothing_and_costs_little(entry):
    cases = entry.draw(5)
    for value in HOSTILE:
        assert same(unpack(pack(value)), value)  # so large and no larger
        told = [
            Outcome(
                value,
                after=tuple(
                    a if isinstance(a, np.ndarray | list | tuple) else None for a in case.args
                ),
            )
            for case in cases
        ]
        before = getrusage(RUSAGE_SELF).ru_maxrss
        verdict = judge(entry, cases, told)
        grown = (getrusage(RUSAGE_SELF).ru_maxrss - before) / 1024
        assert grown < 400, value  # megabytes
        assert verdict.points == 0, value
