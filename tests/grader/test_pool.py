"""Workers on this machine: what one of them costs the others, and who ends them."""

import gc
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import psutil
import pytest
from params import first_of
from patience import HANG, until

from grader import pool
from grader.pool import TRIES, Died, Pool, cores


def die(place):
    """Leave a mark, and be killed."""
    with open(place, "a") as file:
        file.write(f"{os.getpid()}\n")
    os.kill(os.getpid(), signal.SIGKILL)


def die_once(place):
    if not Path(place).exists():
        die(place)
    return "done"


def fail(place):
    with open(place, "a") as file:
        file.write("x\n")
    raise ValueError(f"{place} is at fault")


def slow(number):
    time.sleep(0.2)
    return number


def big(data):
    return len(data)


def tries(place):
    return len(Path(place).read_text().splitlines())


def test_who_takes_down_processes_costs_nobody_else(tmp_path):
    """Each job that is well is done at the first try, whatever dies beside it."""
    deadly = [tmp_path / f"deadly{i}" for i in range(4)]
    with Pool(2) as workers:
        futures = []
        for number, place in enumerate(deadly):
            futures += [workers.submit(die, place), workers.submit(slow, number)]
        for number, place in enumerate(deadly):
            with pytest.raises(Died, match="have died"):
                futures[2 * number].result()
            assert tries(place) == TRIES
            assert futures[2 * number + 1].result() == number


def test_a_job_is_tried_again(tmp_path):
    with Pool(1) as workers:
        assert workers.submit(die_once, tmp_path / "once").result() == "done"
        with pytest.raises(ValueError, match="is at fault"):
            workers.submit(fail, tmp_path / "fault").result()
        assert tries(tmp_path / "fault") == TRIES
        assert workers.submit(slow, 7).result() == 7


@pytest.mark.long
def test_a_process_that_dies_before_it_has_read_a_large_job_is_replaced():
    with Pool(1) as workers:
        workers.submit(slow, 0).result()
        (process,) = spawned()
        process.kill()
        assert workers.submit(big, bytes(10_000_000)).result() == 10_000_000


def spawned(pid=None):
    """The workers of a process."""
    children = psutil.Process(pid).children()
    return [child for child in children if "spawn_main" in str(child.cmdline())]


@pytest.mark.parametrize("what", first_of(["SIGINT", "SIGTERM", "SIGKILL"]))
def test_no_process_outlives_the_run(what, tmp_path):
    """Workers are busy with something that would take long, and have started something, too."""
    script = tmp_path / "run.py"
    script.write_text(
        textwrap.dedent(
            """
            import os, signal, subprocess, sys, time
            from pathlib import Path
            from grader.pool import Pool

            def long(number):
                Path(f"{number}").touch()
                time.sleep(9000)

            if __name__ == "__main__":
                for told in (signal.SIGINT, signal.SIGTERM):  # whatever started the tests ignores
                    signal.signal(told, signal.default_int_handler)
                with Pool(2) as workers:
                    for number in range(4):
                        workers.submit(long, number)
                    time.sleep(9000)
            """
        )
    )
    run = subprocess.Popen([sys.executable, script], cwd=tmp_path, stderr=subprocess.DEVNULL)
    until(lambda: len(list(tmp_path.glob("[0-9]"))) == 2, lambda: run.poll() is None)
    family = psutil.Process(run.pid).children(recursive=True)
    assert len(spawned(run.pid)) == 2
    run.send_signal(getattr(signal, what))
    run.wait(HANG)
    until(lambda: not [one for one in family if one.is_running()])
    assert len(list(tmp_path.glob("[0-9]"))) == 2


def test_ctrl_c_at_a_worker_that_is_being_started_does_not_reach_it():
    """A terminal tells it to all processes: the writer's word alone ends workers."""
    with Pool(1) as workers:
        future = workers.submit(slow, 1)
        (process,) = until(spawned)
        for _ in range(20):
            process.send_signal(signal.SIGINT)
            time.sleep(0.05)
        assert future.result() == 1
        process.send_signal(signal.SIGINT)
        assert workers.submit(slow, 2).result() == 2
        assert spawned() == [process]


class Told(list):
    """Something that can be found in memory."""


def test_what_has_been_given_out_is_not_kept():
    with Pool(2) as workers:
        for _ in range(20):
            workers.submit(big, Told()).result()
        gc.collect()
        assert sum(isinstance(thing, Told) for thing in gc.get_objects()) <= 4


def test_threads_of_a_run_leave_nothing(tmp_path):
    before = threading.active_count()
    with Pool(2) as workers:
        assert [workers.submit(slow, i) for i in range(3)][2].result() == 2
    assert threading.active_count() == before and spawned() == []


@pytest.mark.parametrize(
    ("limit", "expected"), [("150000 100000", 1), ("50000 100000", 1), ("max 100000", None)]
)
def test_of_a_container_only_its_share_is_used(monkeypatch, tmp_path, limit, expected):
    (tmp_path / "cpu.max").write_text(limit)
    monkeypatch.setattr(pool, "Path", lambda _: tmp_path / "cpu.max")
    assert cores() == (expected or len(os.sched_getaffinity(0)))
