"""One submission at a time: what a dying kernel costs, and which cases a student meets."""

import hashlib
import hmac
import json
import os
import pickle
import threading
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from params import first_of
from patience import HANG

from grader.marking.grade import Job, grade, seeds
from grader.sandbox.kernel import Nursery
from grader.submission.release import read
from reglib.exercises import assignment, find

ROOT = Path(__file__).parents[3]
NAMES = ("ridge_objective", "ridge_gradient", "effective_dof")
KEPT = {"setup", *NAMES, *(f"check_{name}" for name in NAMES)}
ANSWERS = {
    "setup": "import numpy as np\n\nfrom reglib.check import check\n\nprint('set up')",
    "ridge_objective": """\
def ridge_objective(w, b, X, y, lam):
    residual = y - b - X @ w
    return residual @ residual / (2 * len(y)) + lam / 2 * w @ w
""",
    "ridge_gradient": """\
def ridge_gradient(w, b, X, y, lam):
    residual = y - b - X @ w
    return -X.T @ residual / len(y) + lam * w, -residual.mean()
""",
    "effective_dof": """\
def effective_dof(X, lam):
    s = np.linalg.svd(X - X.mean(axis=0), compute_uv=False)
    s = s[s > 1e-10 * s[0]] if s[0] > 0 else s[:0]
    return np.sum(s**2 / (s**2 + len(X) * lam))
""",
}


def _release():
    release = read(ROOT / "exercises/ridge/ridge.ipynb")
    release.notebook.cells = [cell for cell in release.notebook.cells if cell.id in KEPT]
    kept = {id: check for id, check in release.checks.items() if id in KEPT}
    return type(release)("ridge", "ridge", release.notebook, kept, release.answers)


RELEASE = _release()


def notebook(**changed):
    made = nbformat.from_dict(json.loads(json.dumps(RELEASE.notebook)))
    for cell in made.cells:
        cell.source = {**ANSWERS, **changed}.get(cell.id, cell.source)
    return made


def job(made, **files):
    files = {name.replace("_", "."): data for name, data in files.items()}
    drawn = seeds(b"secret", "ada", RELEASE, made, files)
    return Job(RELEASE, nbformat.writes(made), "ada", drawn, files)


@pytest.fixture
def points(nursery):
    """Grade a notebook; return points and trouble of each exercise, and the text of each cell."""

    def points(made):
        text, record = grade(job(made), nursery)
        made = nbformat.reads(text, 4)
        nbformat.validate(made)
        found = {exercise.name.partition(".")[2]: exercise for exercise in record.exercises}
        shown = {cell.id: json.dumps(cell.get("outputs")) for cell in made.cells}
        return (
            {name: exercise.points for name, exercise in found.items()},
            {name: exercise.trouble for name, exercise in found.items()},
            shown,
        )

    return points


FULL = {"ridge_objective": 3.0, "ridge_gradient": 4.0, "effective_dof": 3.0}


def test_right_answers_earn_all_points(points):
    earned, trouble, shown = points(notebook())
    assert earned == FULL
    assert set(trouble.values()) == {""}
    assert "set up" in shown["setup"]


def test_a_right_answer_whose_points_are_halved_is_not_what_to_mend_first(points):
    right = ANSWERS["ridge_objective"]
    halved = right.replace("    return", "    y += 1\n    return")
    slip = ANSWERS["ridge_gradient"].replace("lam * w", "2 * lam * w")
    slip = slip.replace("    return", "    ridge_objective(w, b, X, y, lam)\n    return")
    for objective, earns, told in ((halved, 1.5, False), (right.replace(" / 2 *", " *"), 1, True)):
        made = notebook(ridge_objective=objective, ridge_gradient=slip)
        earned, _, shown = points(made)
        assert earned["ridge_objective"] == earns
        assert ("It calls ridge_objective, which" in "".join(shown.values())) == told


DEADLY = {
    "dies": ("import os; os._exit(1)", "its kernel died"),
    "hangs": (
        "while True:\n        try:\n            while True: pass\n        except: pass",
        "it did not end when its time was up",
    ),
    "takes all memory": (
        "import time\n    held = [np.ones(2**20) for _ in range(60)]\n    time.sleep(9999)",
        "it used more memory than it may",
    ),
    "speaks without end": (
        "k = get_ipython().kernel\n"
        "    k.session.send(k.iopub_socket, 'stream', {'name': 'stdout', 'text': 'x' * 2**25},"
        " parent=k.get_parent('shell'))\n"
        "    import time; time.sleep(9999)",
        "it printed or sent too much at once",
    ),
    "hangs up": (
        "import os\n    os.closerange(3, 256)\n    os._exit(0)",
        "its kernel died",
    ),
}


@pytest.mark.parametrize("what", DEADLY)
def test_a_function_that_ends_its_kernel_costs_its_exercise_alone(what, points, hurry):
    code, why = DEADLY[what]
    if what == "hangs":  # the alarm of the check would end it
        code = "import signal\n    signal.signal(signal.SIGALRM, signal.SIG_IGN)\n    " + code
    if what in ("hangs", "speaks without end"):
        hurry("ridge_gradient")
    bad = f"def ridge_gradient(w, b, X, y, lam):\n    {code}\n    return w, b\n"
    earned, trouble, shown = points(notebook(ridge_gradient=bad))
    assert earned == FULL | {"ridge_gradient": 0.0}
    assert trouble == dict.fromkeys(FULL, "") | {"ridge_gradient": why}
    assert why in shown["check_ridge_gradient"]


@pytest.mark.parametrize("what", DEADLY)
def test_a_cell_that_ends_its_kernel_costs_no_other(what, points, hurry):
    code, _ = DEADLY[what]
    bad = f"def now():\n    {code}\n\nnow()\n"
    if what in ("hangs", "speaks without end"):
        hurry(bad)
    earned, trouble, shown = points(notebook(ridge_gradient=bad))
    assert earned == FULL | {"ridge_gradient": 0.0}
    assert trouble["ridge_gradient"] == "it is not there"
    assert "This cell was ended" in shown["ridge_gradient"]


def test_a_cell_that_hangs_but_can_be_interrupted_keeps_what_it_made(points, hurry):
    slow = ANSWERS["setup"] + "\nimport time; time.sleep(9999)"
    hurry(slow, grace=HANG)
    earned, _, shown = points(notebook(setup=slow))
    assert earned == FULL
    assert "it took longer than 2 seconds" in shown["setup"]


LATE = {  # what a cell leaves behind, and what becomes of its kernel two seconds later
    "a timer": ("threading.Timer(2, os._exit, [1]).start()", "its kernel died"),
    "a thread that crashes": (
        "threading.Timer(2, lambda: ctypes.string_at(0)).start()",
        "its kernel died",
    ),
    "a thread that takes all memory": (
        "def hog():\n"
        "    time.sleep(2)\n"
        "    held.append(np.ones(2**26))\n"
        "held = []\n"
        "threading.Thread(target=hog).start()",
        "it used more memory than it may",
    ),
    "a thread that speaks without end": (
        "def speak():\n"
        "    time.sleep(2)\n"
        "    k = get_ipython().kernel\n"
        "    k.session.send(k.iopub_socket, 'stream', {'name': 'stdout', 'text': 'x' * 2**25})\n"
        "threading.Thread(target=speak).start()",
        "it printed or sent too much at once",
    ),
}
SLOW = {  # an honest answer that is under way then
    "a cell": "import time; time.sleep(4)\n\n" + ANSWERS["ridge_gradient"],
    "a check": "import time\n\n"
    + ANSWERS["ridge_gradient"].replace("    residual", "    time.sleep(0.5)\n    residual", 1),
}


@pytest.mark.parametrize(
    ("late", "slow"), first_of([*((late, "a check") for late in LATE), ("a timer", "a cell")])
)
def test_a_cell_that_ends_its_kernel_later_costs_no_other(late, slow, points, nursery):
    code, why = LATE[late]
    guilty = f"import ctypes, os, threading, time\n{code}\n\n{ANSWERS['ridge_objective']}"
    before = nursery.number
    patient = "import time; time.sleep(1)\n\n" + ANSWERS["effective_dof"]
    earned, trouble, shown = points(
        notebook(ridge_objective=guilty, ridge_gradient=SLOW[slow], effective_dof=patient)
    )
    assert earned == FULL | {"ridge_objective": 0.0}
    assert trouble == dict.fromkeys(FULL, "") | {"ridge_objective": "it is not there"}
    assert f"This cell was left out: some time after it had run, {why}." in shown["ridge_objective"]
    assert nursery.number - before <= 6


@pytest.mark.long
def test_an_answer_that_ends_its_kernel_later_costs_no_other(points):
    late = "import os, threading\n\n" + ANSWERS["ridge_objective"].replace(
        "    residual", "    threading.Timer(2, os._exit, [1]).start()\n    residual", 1
    )
    earned, trouble, _ = points(notebook(ridge_objective=late, ridge_gradient=SLOW["a cell"]))
    assert earned == FULL | {"ridge_objective": 0.0}
    assert trouble["ridge_objective"] == "some time after it had run, its kernel died"


def test_a_kernel_that_ends_while_nothing_is_asked_of_it_any_more_costs_nothing(points):
    late = "import os, threading\nthreading.Timer(60, os._exit, [1]).start()\n\n"
    assert points(notebook(effective_dof=late + ANSWERS["effective_dof"]))[0] == FULL


def test_a_signal_to_oneself_that_linux_ignores_costs_nothing(points):
    """A kernel is the init of its namespace, which even SIGKILL does not reach from within."""
    late = (
        "import os, signal, threading\n"
        "threading.Timer(0.3, os.kill, [os.getpid(), signal.SIGKILL]).start()\n\n"
    )
    made = notebook(
        ridge_objective=late + ANSWERS["ridge_objective"], ridge_gradient=SLOW["a cell"]
    )
    assert points(made)[0] == FULL


@pytest.mark.long
def test_each_of_several_cells_that_end_their_kernel_is_found(points):
    late = "import os, threading\nthreading.Timer({}, os._exit, [1]).start()\n\n"
    earned, _, shown = points(
        notebook(
            ridge_objective=late.format(2) + ANSWERS["ridge_objective"],
            ridge_gradient=late.format(2.5) + ANSWERS["ridge_gradient"],
            effective_dof="import time; time.sleep(4)\n\n" + ANSWERS["effective_dof"],
        )
    )
    assert earned == {"ridge_objective": 0.0, "ridge_gradient": 0.0, "effective_dof": 3.0}
    assert "left out" in shown["ridge_objective"] and "left out" in shown["ridge_gradient"]


@pytest.mark.long
def test_answers_stay_when_there_is_no_time_to_find_the_cell(nursery):
    late = "import os, threading\nthreading.Timer(1.5, os._exit, [1]).start()\n\n"
    made = notebook(
        ridge_gradient=late + ANSWERS["ridge_gradient"],
        effective_dof="import time; time.sleep(9999)\n\n" + ANSWERS["effective_dof"],
    )
    with Nursery(assignment("ridge").available, replace(nursery.limits, seconds=10.0)) as hurried:
        record = grade(job(made), hurried).record
    first, *_, last = record.exercises
    assert (first.points, last.points) == (3.0, 0.0)
    # Of the last there is time to ask, or there is not: it is not there in either case.
    assert last.trouble in ("the notebook took longer than 10 seconds", "it is not there")


def test_a_notebook_that_takes_down_every_kernel_is_left_alone_in_the_end(points, nursery):
    before = nursery.number
    earned, _, _ = points(
        notebook(
            setup="import os, threading\n"
            "threading.Timer(0.3, os._exit, [1]).start()\n" + ANSWERS["setup"],
            ridge_objective="import time; time.sleep(1)",
            ridge_gradient="import time; time.sleep(1)",
        )
    )
    assert earned["ridge_objective"] == earned["ridge_gradient"] == 0.0
    assert nursery.number - before <= 12


def test_a_check_that_a_learner_calls_herself_does_not_stop_her_cell(points):
    early = 'check("ridge.ridge_objective", print)\n' + ANSWERS["ridge_objective"]
    earned, _, shown = points(notebook(ridge_objective=early))
    assert earned == FULL
    assert "Traceback" not in shown["ridge_objective"]


def test_text_that_no_encoding_has_does_no_harm(points):
    odd = "# \ud800 \x00\n" + ANSWERS["ridge_objective"]
    assert points(notebook(ridge_objective=odd))[0]["ridge_gradient"] == 4.0


def drawn(made, student="ada", secret=b"secret", **files):
    brought = {name.replace("_", "."): data for name, data in files.items()}
    found = seeds(secret, student, RELEASE, made, brought)
    cases = {name: find(name).draw(seed) for name, seed in found.items()}
    return {name: repr([case.args for case in cases[name][1:]]) for name in cases}


def test_the_same_work_meets_the_same_cases():
    assert drawn(notebook()) == drawn(notebook())
    both = {"one_csv": b"1", "two_csv": b"2"}
    assert drawn(notebook(), **both) == drawn(notebook(), **dict(reversed(both.items())))


def test_when_it_was_handed_in_is_no_part_of_the_work(nursery):
    time = {"timestamp_txt": b"2026-03-02 12:00:00 UTC"}
    assert drawn(notebook(), **time) == drawn(notebook())
    look = notebook(setup=ANSWERS["setup"] + "\nimport os; print(sorted(os.listdir()))")
    text, _ = grade(job(look, **time, a_csv=b"1"), nursery)
    assert "['a.csv']" in text


def test_a_seed_is_made_of_the_secret_and_of_the_work():
    """As it was made for the marks that courses have: those of the same work stay."""
    code = "\0".join(cell.source for cell in notebook().cells if cell.cell_type == "code")
    text = f"ada\0ridge.ridge_objective\0{hashlib.sha256(code.encode()).hexdigest()}"
    known = hmac.new(b"secret", text.encode(), "sha256").digest()[:16]
    found = seeds(b"secret", "ada", RELEASE, notebook(), {})
    assert found["ridge.ridge_objective"] == int.from_bytes(known, "big")


def test_a_worker_is_not_told_the_secret():
    assert b"secret" not in pickle.dumps(job(notebook()))


@pytest.mark.parametrize(
    "other",
    [
        lambda: drawn(notebook(), student="bea"),
        lambda: drawn(notebook(), secret=b"another"),
        lambda: drawn(notebook(ridge_objective=ANSWERS["ridge_objective"] + "\n")),
        lambda: drawn(notebook(setup=ANSWERS["setup"] + "\nprint()")),
        lambda: drawn(notebook(), helper_txt=b""),
        lambda: {name: repr([c.args for c in find(name).draw()[1:]]) for name in drawn(notebook())},
    ],
    ids=[
        *("another student", "another secret", "a changed answer", "a changed helper"),
        *("a new file", "a release"),
    ],
)
def test_other_work_meets_other_cases(other):
    one, two = drawn(notebook()), other()
    assert all(one[name] != two[name] for name in one)


@pytest.mark.parametrize("other", [{"a_csv": b"2"}, {"b_csv": b"1"}, {"a_csv": b"1", "b_csv": b""}])
def test_so_does_work_with_another_file(other):
    one, two = drawn(notebook(), a_csv=b"1"), drawn(notebook(), **other)
    assert all(one[name] != two[name] for name in one)


def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


# Finds the connection of the grader among the descriptors of the kernel, and writes to it without
# libzmq: past its queues, and past every rule of the protocol.
RAW = """
import os, select, socket, stat, time

def lines():
    for number in range(3, 256):
        try:
            if stat.S_ISSOCK(os.fstat(number).st_mode):
                line = socket.socket(fileno=os.dup(number))
                if line.family == socket.AF_UNIX and line.getsockname().endswith(("k-1", "k-2")):
                    line.getpeername()
                    yield line
        except OSError:
            pass

def send(data):
    for line in list(lines()):
        left = memoryview(data)
        while left:
            select.select([], [line], [])
            left = left[line.send(left):]

def ridge_gradient(w, b, X, y, lam):
    time.sleep(0.3)
"""
MEGABYTE_MORE = (
    "    data = b'\\x03' + (2**20).to_bytes(8, 'big') + bytes(2**20)\n    while True: send(data)\n"
)
SENT = {
    "parts of a message that never ends": MEGABYTE_MORE,
    "small parts of a message that never ends": "    while True: send(b'\\x01\\x00' * 10_000)\n",
    "a part of 2^63 bytes": "    send(b'\\x02' + b'\\x7f' + b'\\xff' * 7)\n    time.sleep(9999)\n",
    "commands without end": "    while True: send(b'\\x04\\x05\\x04PING' * 10_000)\n",
    "whole messages without end": "    while True: send(b'\\x00\\x01x' * 10_000)\n",
    "noise": "    while True: send(os.urandom(10_000))\n",
    "signatures to remember": """\
    for n in range(20):
        head = b'\\x01\\x09<IDS|MSG>\\x03' + (2**20).to_bytes(8, 'big')
        send(head + os.urandom(2**20) + b'\\x01\\x02{}' * 3 + b'\\x00\\x02{}')
    os._exit(0)
""",
}


@pytest.mark.parametrize("what", SENT)
def test_a_kernel_cannot_fill_the_memory_of_its_grader(what, points, hurry):
    hurry("ridge_gradient")
    before, highest, done = resident(), [0], threading.Event()

    def watch():
        while not done.wait(0.02):
            highest[0] = max(highest[0], resident())

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        earned, _, _ = points(notebook(ridge_gradient=RAW + SENT[what]))
    finally:
        done.set()
        thread.join()
    assert highest[0] - before < 150 * 2**20
    assert earned == FULL | {"ridge_gradient": 0.0}


def packed(*contents):
    """A cell that answers the check with messages made by hand, before it does so itself."""
    return f"""
import time

sent = []

def ridge_gradient(w, b, X, y, lam):
    if sent:
        return np.zeros(X.shape[1]), 0.0
    sent.append(True)
    kernel = get_ipython().kernel
    parent = kernel.session.pack(kernel.get_parent("shell")["header"])
    header = kernel.session.pack(kernel.session.msg_header("execute_reply"))
    for content in {contents!r}:
        if isinstance(content, str):
            content = eval(content)
        parts = [header, parent, b"{{}}", content]
        kernel.shell_stream.socket.send_multipart(
            [*kernel._shell_parent_ident.get(), b"<IDS|MSG>", kernel.session.sign(parts), *parts]
        )
    time.sleep(0.2)
    return np.zeros(X.shape[1]), 0.0
"""


DATA = b'{"user_expressions": {"answer": {"status": "ok", "data": {"application/json": %s}}}}'
BY_HAND = {
    "no JSON": b"{",
    "no UTF-8": b'{"user_expressions": "\xff\xfe"}',
    "UTF-16": '{"user_expressions": 4.0}'.encode("utf-16"),
    "a list": b"[]",
    "a number": b"4.0",
    "another kind of content": b'{"user_expressions": 4.0}',
    "no answer": b'{"user_expressions": {}}',
    "an answer that is points": DATA % b"4.0",
    "NaN": DATA % b"NaN",
    "a huge number": DATA % (b"9" * 5000),
    "deep nesting": DATA % (b"[" * 100_000 + b"]" * 100_000),
    "a header of an array without the array": DATA
    % (
        b"[%s]"
        % b",".join([b'{"value": {"array": "", "dtype": "<f8", "shape": [1000000000]}}'] * 9)
    ),
    "eight megabytes of empty lists": f"{DATA!r} % (b'[' + b'[],' * 2_600_000 + b'[]]')",
    "a hundred megabytes": f"{DATA!r} % (b'1' * 100_000_000)",
    "an error with an evil name": b'{"user_expressions": {"answer": '
    b'{"status": "error", "ename": {}}}}',
}


@pytest.mark.parametrize("what", BY_HAND)
def test_a_message_made_by_hand_earns_nothing(what, points, hurry):
    hurry("ridge_gradient", seconds=HANG)
    earned, _, _ = points(notebook(ridge_gradient=packed(BY_HAND[what])))
    assert earned == FULL | {"ridge_gradient": 0.0}


def test_a_right_answer_in_a_message_made_by_hand_is_read(points):
    """So that the messages above are refused for what they hold, and not for how they are sent."""
    outcome = {
        "value": {"tuple": [{"list": []}, {"float": "0x0p+0"}]},
        "error": None, "stopped": "", "printed": 0,
        "after": [{"array": "", "dtype": "<f8", "shape": [0]}, None] + [
            {"array": "", "dtype": "<f8", "shape": [0]}] * 2 + [None],
    }  # fmt: skip
    content = DATA % json.dumps([outcome] * 9).encode()
    _, trouble, shown = points(notebook(ridge_gradient=packed(content)))
    assert trouble["ridge_gradient"] == ""
    assert "grad_w has shape (0,)" in shown["check_ridge_gradient"]


def test_all_outputs_together_are_bounded(nursery, monkeypatch):
    """What is left out of is said; a notebook that is run again does not collect them anew."""
    most = 20_000
    monkeypatch.setattr(nursery, "limits", replace(nursery.limits, outputs=most))
    made = notebook()
    noisy = "print('x' * 4000)"
    made.cells[1:1] = [nbformat.v4.new_code_cell(noisy) for _ in range(12)]
    text, record = grade(job(made), nursery)
    shown = [cell.outputs for cell in nbformat.reads(text, 4).cells[1:13]]
    told = [outputs[0].text for outputs in shown]
    assert told[:3] == ["x" * 4000 + "\n"] * 3
    assert "The output of this cell is left out: all cells together" in told[-1]
    assert sum(map(len, told)) < 2 * most
    assert sum(exercise.points for exercise in record.exercises) == sum(FULL.values())


def test_what_is_compared_is_the_answer_wherever_it_stands(nursery):
    """Work in a cell of one's own is compared, and a stub of the release never is."""

    def compared(made):
        _, record = grade(job(made), nursery)
        return {e.name.partition(".")[2]: e.answer for e in record.exercises}

    released = nbformat.from_dict(json.loads(json.dumps(RELEASE.notebook)))
    plain, moved = compared(notebook()), notebook()
    stubs = {cell.id: cell.source for cell in released.cells}
    for place, cell in reversed(list(enumerate(moved.cells))):
        if cell.id in ANSWERS:
            moved.cells.insert(place + 1, nbformat.v4.new_code_cell(cell.source + "  # mine"))
            cell.source = stubs[cell.id]
    assert compared(moved) == plain and "" not in plain.values()
    hiding = compared(
        notebook(ridge_gradient="def ridge_gradient(*args):\n    raise NotImplementedError")
    )
    assert hiding["ridge_gradient"] not in ("", plain["ridge_gradient"])
    assert set(compared(released).values()) == {""}
