"""Whatever else the machine has to do, honest work is given the time that it has at rest.

The functions here compute until their process has used so many seconds of a processor; the limit is
a little longer, and the machine is busier than any that grades. Nothing is measured by the clock.
"""

import os
import shutil
import subprocess
import sys
import textwrap

import psutil
import pytest
from patience import HANG, until

from grader.sandbox import shares
from grader.sandbox.inside import wire, zygote
from grader.sandbox.kernel import Nursery
from grader.sandbox.walls import Limits

pytestmark = pytest.mark.skipif(not shutil.which("bwrap"), reason="bubblewrap is not installed")

SLOW = """
import time

def slow(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass
    return seconds

def asleep(seconds):
    while True:
        try:
            time.sleep(seconds)
        except Exception:
            pass
"""
# As many as Linux gives: processes where they can be made, threads that need no lock of Python.
GREEDY = """
import hashlib, os, threading

def compute():
    while True:
        hashlib.pbkdf2_hmac("sha256", b"", b"", 10**7)

try:
    for _ in range(45):
        if os.fork() == 0:
            while True:
                pass
except OSError:
    pass
try:
    while True:
        threading.Thread(target=compute, daemon=True).start()
except RuntimeError:
    pass
"""
CASES, EACH, LIMIT = 6, 0.25, 3.0  # seconds of a processor: half of the limit is used


@pytest.fixture
def nursery():
    with Nursery(("check",), Limits(cell=HANG, seconds=HANG)) as nursery:
        yield nursery


@pytest.fixture
def load():
    """A dozen busy processes, in sessions of their own, as those of other users are."""
    code = "import os\nos.setsid()\nwhile True:\n    pass"
    busy = [subprocess.Popen([sys.executable, "-S", "-c", code]) for _ in range(12)]
    yield
    for process in busy:
        process.kill()
        process.wait()


def answered(nursery):
    """How many cases of the slow function come to their end."""
    kernel = nursery.kernel()
    assert kernel.run(SLOW, HANG).trouble == ""
    reply = kernel.ask("slow", wire.question([(EACH,)] * CASES), LIMIT)
    kernel.kill()
    found = wire.outcomes(reply["data"]["application/json"], [(EACH,)] * CASES)
    return sum(outcome.value == EACH for outcome in found)


@pytest.mark.long
def test_at_rest_and_beside_greedy_kernels_all_cases_come_to_their_end(nursery):
    assert answered(nursery) == CASES
    with Nursery(("check",), Limits(cell=HANG, seconds=HANG)) as other:
        for home in (other, other):
            greedy = home.kernel()
            assert greedy.run(GREEDY, HANG).trouble == ""
        assert answered(nursery) == CASES


@pytest.mark.long
def test_under_load_from_outside_all_cases_come_to_their_end(nursery, load):
    assert answered(nursery) == CASES


@pytest.mark.long
def test_a_cell_under_load_is_given_its_time(nursery, load):
    kernel = nursery.kernel()
    ran = kernel.run(SLOW + "slow(1.0)\nprint('here')", 3.0)
    kernel.kill()
    assert ran.trouble == "" and ran.outputs[0].text == "here\n"


def test_what_computes_or_sleeps_forever_ends(nursery):
    kernel = nursery.kernel()
    kernel.run(SLOW, HANG)
    for function in ("slow", "asleep"):
        reply = kernel.ask(function, wire.question([(HANG,)]), 0.3)
        (outcome,) = wire.outcomes(reply["data"]["application/json"], [(HANG,)])
        assert outcome.stopped == "time"
    for code in ("slow(900)", "asleep(900)", "import threading; threading.Event().wait()"):
        assert kernel.run(code, 0.3).trouble == "it took longer than 0.3 seconds"
    assert kernel.run("print('here')", HANG).outputs[0].text == "here\n"
    kernel.kill()


def test_what_threads_compute_counts_too_whether_they_live_or_not(nursery):
    """Each is over before the next look of the zygote, and there are never more than two."""
    code = """
        import hashlib, threading
        def briefly():
            hashlib.pbkdf2_hmac("sha256", b"", b"", 20_000)
        while True:
            thread = threading.Thread(target=briefly)
            thread.start()
            thread.join()
        """
    kernel = nursery.kernel()
    ran = kernel.run(textwrap.dedent(code), 0.5)
    kernel.kill()
    assert ran.trouble == "it took longer than 0.5 seconds"
    until(kernel.is_dead)
    assert kernel.used >= 0.5


def test_a_notebook_is_charged_for_what_its_kernels_have_used(nursery):
    """At most that: on a busy machine the count may begin when a cell has begun already."""
    kernel = nursery.kernel()
    kernel.run(SLOW + "slow(0.5)", HANG)
    before = until(lambda: kernel.used)
    kernel.run("slow(0.5)", HANG)
    until(lambda: kernel.used > before)
    kernel.kill()


@pytest.mark.parametrize(("busy", "nice"), [(1.2, 0), (1.9, 19), (30.0, 19)])
def test_who_takes_more_than_a_share_comes_after_all_others(busy, nice, monkeypatch):
    """Of a second, in processors; with all its threads, and for good."""
    code = "import threading, time\nthreading.Timer(900, print).start()\nprint(flush=True)"
    greedy = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    greedy.stdout.readline()
    now = [0.0, 0.0, 0.0]
    monkeypatch.setattr(zygote.Clock, "now", lambda clock: tuple(now))
    kernel = {"kernel": greedy.pid, "spell": zygote.Clock(greedy.pid)}
    now[:] = busy, 0.0, 1.0
    before = os.getpriority(os.PRIO_PROCESS, 0)
    zygote.Zygote({}).share(kernel)
    threads = [int(name) for name in os.listdir(f"/proc/{greedy.pid}/task")]
    found = {os.getpriority(os.PRIO_PROCESS, thread) for thread in threads}
    greedy.kill()
    greedy.wait()
    greedy.stdout.close()
    assert len(threads) > 1 and found == {nice or before}


# Control groups. Where Linux gives us none, as here, the zygote alone must hold all that stands
# above; that the files are written as Linux wants them is seen on a tree of plain files.


@pytest.fixture
def tree(tmp_path):
    folder = tmp_path / "cgroup/user.slice/run.scope"
    folder.mkdir(parents=True)
    (folder / "cgroup.controllers").write_text("cpuset cpu io memory pids\n")
    (folder / "cgroup.subtree_control").touch()
    (folder / "cgroup.procs").write_text("11\n12\n")
    (tmp_path / "own").write_text("1:name=systemd:/\n0::/user.slice/run.scope\n")
    return tmp_path, folder


@pytest.mark.parametrize("lacks", ["", "controllers", "rights", "group", "mark"])
def test_a_group_is_used_where_it_was_given(lacks, tree, monkeypatch):
    home, folder = tree
    monkeypatch.setattr(os, "getuid", lambda: 0 if lacks == "mark" else 1000)
    may = os.access
    if lacks == "controllers":
        (folder / "cgroup.controllers").write_text("hugetlb\n")
    if lacks == "group":
        (home / "own").write_text("4:memory:/x\n")
    if lacks == "rights":
        may = lambda path, mode: False  # noqa: E731
    monkeypatch.setattr(os, "access", may)
    found = shares.delegated(home / "own", home / "cgroup")
    assert found == (None if lacks else folder)
    if not lacks:  # the next nursery finds itself in the leaf
        (home / "own").write_text("0::/user.slice/run.scope/grader\n")
        assert shares.delegated(home / "own", home / "cgroup") == folder


def test_a_kernel_has_a_group_of_its_own_with_limits(tree):
    _, folder = tree
    limits = Limits()
    groups = shares.Shares(folder, limits)
    assert (folder / "grader/cgroup.procs").read_text() == "12"  # the last that was moved
    assert (folder / "cgroup.subtree_control").read_text() == "+cpu +memory +pids"
    groups.take("7", 4711)
    (group,) = folder.glob("kernel-*-7")
    written = {file.name: file.read_text() for file in group.iterdir()}
    assert written == {
        "cpu.weight": "100",
        "cpu.max": "100000 100000",
        "memory.max": str(limits.memory + shares.MARGIN),
        "pids.max": str(limits.threads + 1),
        "cgroup.procs": "4711",
    }
    groups.drop("7")
    assert (group / "cgroup.kill").read_text() == "1"  # Linux's own files do not keep a folder
    groups.drop("8")


def test_a_kernel_is_found_from_outside_by_its_number_in_the_sandbox(nursery):
    kernel = nursery.kernel()
    pid = shares.outside(nursery.process.pid, kernel.pid)
    assert pid in {child.pid for child in psutil.Process(nursery.process.pid).children(True)}
    assert psutil.Process(pid).num_threads() > 5
    kernel.kill()
    with pytest.raises(LookupError):
        shares.outside(nursery.process.pid, kernel.pid)


def test_groups_are_used_or_the_zygote_is_alone(nursery):
    assert (nursery.shares is None) == (shares.delegated() is None)
