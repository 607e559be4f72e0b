"""The part of a check that stands where the learner's code is."""

import math
import signal
import sys
import threading
import time
import warnings

import numpy as np
import pytest
from patience import HANG

from reglib.checks.run import LARGEST, Foreign, Outcome, fresh, plain, run


def sleeps_past_a_bare_except(x):
    while True:
        try:
            time.sleep(0.1)
        except:  # noqa: E722
            continue


def computes_past_a_bare_except(x):
    a = np.ones((200, 200))
    while True:
        try:
            a @ a
        except BaseException:
            continue


def helper_that_catches(x):
    def inner():
        sleeps_past_a_bare_except(x)

    inner()


def spins(x):
    while True:
        pass


@pytest.mark.parametrize(
    "function", [spins, sleeps_past_a_bare_except, computes_past_a_bare_except, helper_that_catches]
)
def test_every_run_ends(function):
    handler = signal.getsignal(signal.SIGALRM)
    outcomes = run(function, [(1,), (2,)], seconds=0.3)
    assert outcomes == [Outcome(stopped="time")] * 2
    assert signal.getsignal(signal.SIGALRM) == handler
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)
    assert sys.gettrace() is None or "coverage" in repr(sys.gettrace())


@pytest.mark.parametrize("function", [spins, computes_past_a_bare_except])
def test_every_run_ends_without_signals(function):
    """As on Windows, or beside the main thread."""
    outcomes = []

    def work():
        outcomes.extend(run(function, [(1,), (2,)], seconds=0.2))
        outcomes.append("went on")

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(HANG)
    assert outcomes == [Outcome(stopped="time")] * 2 + ["went on"]


def test_what_finished_before_the_time_was_up_is_kept():
    def spins_at_two(x):
        if x == 2:  # the time is up then, however long it took to come here
            signal.setitimer(signal.ITIMER_REAL, 0.1, 0.05)
            spins(x)
        return x

    outcomes = run(spins_at_two, [(0,), (1,), (2,), (3,)], seconds=math.inf)
    assert [outcome.value for outcome in outcomes] == [0, 1, None, None]
    assert [outcome.stopped for outcome in outcomes] == ["", "", "time", "time"]


def test_nothing_reaches_the_streams(capfd):
    def noisy(x):
        import os

        print("printed")
        print("error", file=sys.stderr)
        os.write(1, b"descriptor 1")
        os.write(2, b"descriptor 2")
        warnings.warn("warned", stacklevel=1)
        return 1 / np.zeros(1)

    (outcome,) = run(noisy, [(1,)])
    assert outcome.value == np.inf and outcome.printed == len("printed\nerror\n")
    print("afterwards")
    assert capfd.readouterr() == ("afterwards\n", "")


def test_each_call_gets_its_own_copies():
    X = np.ones(3)

    def spoil(x, rows):
        x *= 2
        rows.append(1)
        return x

    outcomes = run(spoil, [(X, [])] * 2)
    assert np.array_equal(X, np.ones(3))
    for outcome in outcomes:
        assert np.array_equal(outcome.value, [2, 2, 2])
        assert np.array_equal(outcome.after[0], [2, 2, 2]) and outcome.after[1] == [1]


def test_a_value_that_is_an_input_is_copied():
    def swap_later(x, seen=[]):  # noqa: B006
        seen.append(x)
        for old in seen:
            old[0] += 1
        return x

    first, second = run(swap_later, [(np.zeros(1),)] * 2)
    assert first.value == 1 and second.value == 1


@pytest.mark.parametrize(
    ("value", "dtype"),
    [
        (np.float32(1), "f8"),
        (np.ones(2, np.float16), "f8"),
        (np.longdouble(1), "f8"),
        (np.int8(1), "i8"),
        (np.ones(2, np.uint16), "i8"),
        (np.True_, "b1"),
        (np.ma.masked_array([1.0, 2.0], mask=[0, 1]), "f8"),
    ],
)
def test_arrays_become_plain(value, dtype):
    array = plain(value)
    assert type(array) is np.ndarray and array.dtype == dtype and array.dtype.isnative


def test_what_is_not_numbers_is_named_only():
    assert plain(1 + 2j) == Foreign("an object of type complex")
    assert plain(np.array(["a"])) == Foreign("an array of <U1")
    assert plain(np.zeros((1, 1, 1, 1))) == Foreign("an array of shape (1, 1, 1, 1)")
    assert plain(np.zeros(LARGEST + 1)) == Foreign(f"an array of shape ({LARGEST + 1},)")
    assert plain([[[[[1]]]]]) == [[[[Foreign("an object of type list")]]]]
    assert plain(type("A\x1b\n" + "b" * 300, (), {})()).what.isprintable()

    class Number(float):
        def __eq__(self, other):
            return True

        __hash__ = None

    assert type(plain(Number(2.0))) is float and plain(Number(2.0)) != 3.0


@pytest.mark.parametrize("kind", ["int8", "int16", "int32", "int64"])
def test_whole_numbers_are_given_with_64_bits(kind):
    given = np.array([100, -3], dtype=kind)
    (arg,) = fresh((given,))
    assert (arg**9).tolist() == [10**18, (-3) ** 9]
    arg[0] = 0
    assert given[0] == 100
