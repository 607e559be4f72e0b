"""Time limits nest, whichever way they ring, and nothing needs what a web page has not."""

import math
import signal
import subprocess
import sys
import threading
import time

import pytest

from reglib import guard
from reglib.guard import TimeIsUp, call, time_limit

LONG = 60.0  # no test waits for it


def in_main(function):
    function()


def in_thread(function):
    """Where there is no signal, and a second thread rings."""
    problems = []

    def run():
        try:
            function()
        except BaseException as problem:
            problems.append(problem)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if problems:
        raise problems[0]


def forever():
    """Long enough to be stopped, on however busy a machine."""
    end = time.monotonic() + LONG / 2
    while time.monotonic() < end:
        pass


def said(events):
    """Return the events without the repeats of a limit that rings until it is left."""
    return [event for k, event in enumerate(events) if event not in events[:k]]


def stopped(seconds, function, name, events):
    try:
        with time_limit(seconds):
            call(function)
            events.append(f"{name} came to its end")
    except TimeIsUp:
        events.append(f"{name} stopped")


@pytest.mark.parametrize("where", [in_main, in_thread])
def test_the_outer_limit_rings_after_an_inner_one_was_left(where):
    events = []

    def outer():
        stopped(LONG, lambda: None, "inner", events)
        forever()

    where(lambda: stopped(0.3, outer, "outer", events))
    assert events[-1] == "outer stopped"


@pytest.mark.parametrize("where", [in_main, in_thread])
def test_the_outer_limit_rings_after_an_inner_one_rang(where):
    events = []

    def outer():
        stopped(0.05, forever, "inner", events)
        forever()

    where(lambda: stopped(0.3, outer, "outer", events))
    assert said(events) == ["inner stopped", "outer stopped"]


@pytest.mark.parametrize("where", [in_main, in_thread])
def test_the_outer_limit_rings_inside_a_longer_inner_one(where):
    events = []

    def outer():
        stopped(LONG, forever, "inner", events)
        events.append("after inner")
        forever()
        events.append("never")

    where(lambda: stopped(0.3, outer, "outer", events))
    assert events[-1] == "outer stopped" and "never" not in events
    assert "inner came to its end" not in events


@pytest.mark.parametrize("where", [in_main, in_thread])
def test_an_inner_limit_does_not_ring_for_the_outer_one(where):
    events = []
    where(lambda: stopped(LONG, lambda: stopped(0.05, forever, "inner", events), "outer", events))
    assert events == ["inner stopped", "outer came to its end"]


def test_a_timer_of_someone_else_goes_on_with_what_is_left():
    rung = []
    handler = signal.signal(signal.SIGALRM, lambda *_: rung.append(True))
    try:
        signal.setitimer(signal.ITIMER_REAL, LONG, 7.0)
        with time_limit(2 * LONG):
            call(time.sleep, 0.01)
        left, interval = signal.getitimer(signal.ITIMER_REAL)
        assert 0 < left < LONG and interval == 7.0 and not rung
        signal.raise_signal(signal.SIGALRM)
        assert rung == [True]
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)


def ring_once(events):
    signal.raise_signal(signal.SIGALRM)
    events.append("not yet")


def test_a_ring_before_the_time_is_up_by_the_processor_or_a_long_wait_stops_nothing():
    """As when others have had the processor: the clock is ahead of what has been computed."""
    events = []
    stopped(LONG, lambda: ring_once(events), "limit", events)
    assert events == ["not yet", "limit came to its end"]


def test_where_somebody_else_keeps_the_time_a_ring_means_that_it_is_up():
    events = []
    stopped(math.inf, lambda: ring_once(events), "limit", events)
    assert events == ["limit stopped"]


@pytest.mark.parametrize(
    ("busy", "passed", "left"),
    [(0, 0, 10), (3, 4, 7), (3, 15, 5), (0, 19, 1), (10, 10, 0), (0, 20, 0), (9, 100, -80)],
)
def test_what_is_left_is_counted_by_the_processor_and_by_a_patient_clock(
    busy, passed, left, monkeypatch
):
    now = {"process_time": 5.0, "monotonic": 70.0}
    for name in now:
        monkeypatch.setattr(guard.time, name, lambda name=name: now[name])
    clock = guard._clock(10.0)
    now["process_time"] += busy
    now["monotonic"] += passed
    assert clock() == left


def test_without_signals_threads_and_descriptors_all_modules_import_and_call():
    """As Python in a web page is: what is not there is not asked for, and nothing is limited."""
    code = """if True:
        import os, signal, sys, threading
        for module, name in ((os, "dup"), (os, "dup2"), (signal, "setitimer")):
            delattr(module, name)
        sys.modules["ctypes"] = sys.modules["_ctypes"] = None

        def start(self):
            raise RuntimeError("can't start new thread")

        threading.Thread.start = start
        import reglib
        for name in reglib.__all__:
            getattr(reglib, name)
        from reglib.guard import call, quiet, time_limit
        with quiet(), time_limit(0.001):
            found = call(sum, [1, 2])
        print(found)
    """
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert shown.stdout.strip() == "3", shown.stderr
