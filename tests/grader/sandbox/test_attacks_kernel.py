"""What a learner's code can do to its kernel earns nothing and harms nobody.

The attacked exercise is `ridge_gradient`. Before it stands an honest `ridge_objective` and after it
an honest `ridge_fit`, which earn their full points beside every attack.
"""

import json
import re
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from nbgrader.utils import determine_grade

from grader.marking.grade import Job, grade, seeds
from grader.sandbox.inside import wire
from grader.submission.release import read
from reglib.checks.run import run
from reglib.exercises import find

ROOT = Path(__file__).parents[3]
KEPT = {"setup"} | {
    cell
    for name in ("ridge_objective", "ridge_gradient", "ridge_fit")
    for cell in (name, f"check_{name}")
}
SETUP = "import numpy as np\n\nfrom reglib.check import check"
HONEST = {
    "ridge_objective": """
        def ridge_objective(w, b, X, y, lam):
            residual = y - b - X @ w
            return residual @ residual / (2 * len(y)) + lam / 2 * w @ w
        """,
    "ridge_fit": """
        def ridge_fit(X, y, lam):
            m = X.mean(axis=0)
            U, s, Vt = np.linalg.svd(X - m, full_matrices=False)
            s = np.where(s > 1e-10 * s[0], s, 0)
            with np.errstate(all="ignore"):
                d = np.nan_to_num(s / (s**2 + len(y) * lam), nan=0, posinf=0)
            w = Vt.T @ (d * (U.T @ (y - y.mean())))
            return w, y.mean() - m @ w
        """,
}
# What the attacks would have taken for a right answer: it has the right form.
WRONG = """
def ridge_gradient(w, b, X, y, lam):
    return np.zeros(X.shape[1]), 0.0
"""
RIGHT = """
def ridge_gradient(w, b, X, y, lam):
    residual = y - b - X @ w
    return -X.T @ residual / len(y) + lam * w, -residual.mean()
"""


@dataclass(frozen=True)
class Attack:
    """Code in the cell of `ridge_gradient`.

    code    one piece of it or several, each with a margin of its own
    fools   whether it earns 4 of 4 points where `check` runs in the same process; None if it is
            about a kernel, which is not there then
    spoils  whether it takes down its own honest answers too
    endless whether it ends because its time is up
    """

    name: str
    code: str | tuple[str, ...]
    fools: bool | None = False
    spoils: bool = False
    endless: bool = False


def _table() -> str:
    """The answers to the cases that anybody can see: the example, and those of the release."""
    entry = find("ridge.ridge_gradient")
    cases = entry.draw()
    outcomes = run(entry.reference, [case.args for case in cases])
    return repr(
        [(repr(case.args), wire.pack(o.value)) for case, o in zip(cases, outcomes, strict=True)]
    )


ATTACKS = [
    Attack(
        "a check of one's own",
        (WRONG, "check = lambda name, function: 4.0"),
        fools=True,
    ),
    Attack(
        "a syntax tree that loses its checks",  # no output at all: nbgrader gives full points
        (
            """
        import ast

        class Empty(ast.NodeTransformer):
            def visit_Module(self, node):
                names = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
                return ast.Module([], []) if "check" in names else node

        get_ipython().ast_transformers.append(Empty())
        """,
            WRONG,
        ),
        fools=True,
    ),
    Attack(
        "a source that is replaced by points",
        (
            """
        def replace(lines):
            return ["4.0"] if lines and lines[0].startswith("check(") else lines

        get_ipython().input_transformers_post.append(replace)
        """,
            WRONG,
        ),
        fools=True,
    ),
    Attack(
        "a compiler of one's own",
        (
            """
        shell = get_ipython()
        compile_ = shell.compile
        def ast_parse(source, *args, **kwargs):
            if source.startswith("check("):
                source = "4.0"
            return type(compile_).ast_parse(compile_, source, *args, **kwargs)
        compile_.ast_parse = ast_parse
        """,
            WRONG,
        ),
        fools=True,
    ),
    Attack(
        "do_execute replaced",
        (
            WRONG,
            """
        async def do_execute(code, silent, *args, user_expressions=None, **kwargs):
            answer = {"status": "ok", "data": {"text/plain": "4.0", "application/json": 4.0}}
            return {"status": "ok", "execution_count": 1, "payload": [],
                    "user_expressions": {"answer": answer}}
        get_ipython().kernel.do_execute = do_execute
        """,
        ),
        fools=None,
        spoils=True,
    ),
    Attack(
        "comparisons of NumPy that always agree",
        (
            """
        import numpy.testing
        for name in ("allclose", "array_equal", "isclose", "array_equiv"):
            setattr(np, name, lambda *args, **kwargs: True)
        numpy.testing.assert_allclose = lambda *args, **kwargs: None
        """,
            WRONG,
        ),
        fools=True,
    ),
    Attack(
        "a judge of one's own",
        (
            """
        try:
            import reglib.checks.judge as judge
            judge.nearly = lambda *args, **kwargs: True
            judge.Entry.compare = lambda *args: True
            judge._examine = lambda *args: []
        except ImportError:
            pass
        """,
            WRONG,
        ),
        fools=True,
    ),
    Attack(
        "a built-in that says yes",
        (
            """
        import builtins
        builtins.all = lambda items: True
        """,
            WRONG,
        ),
        fools=True,
    ),
    Attack(
        "modules put in place of the check's",
        (
            WRONG,
            """
        import sys
        from types import ModuleType, SimpleNamespace
        trial, tell, markup = map(ModuleType, ("trial", "tell", "markup"))
        trial.trial = lambda *args: SimpleNamespace(points=4.0, faults=())
        trial.among = lambda *args: set()
        tell.telling = lambda *args, **more: None
        tell.tell = lambda *args: "ridge_gradient: 4 of 4 points. Right in all 9 cases."
        markup.html = lambda *args: ""
        for module in (trial, tell, markup):
            sys.modules[f"reglib.checks.{module.__name__}"] = module
        """,
        ),
        fools=True,
    ),
    Attack(
        "an import of one's own",
        (
            WRONG,
            """
        import builtins
        from types import SimpleNamespace
        original = builtins.__import__

        def import_(name, *args, **kwargs):
            if name == "reglib.checks.trial":
                verdict = SimpleNamespace(points=4.0, faults=())
                return SimpleNamespace(trial=lambda *args: verdict, among=lambda *args: set())
            if name == "reglib.checks.tell":
                return SimpleNamespace(tell=lambda *args: "", telling=lambda *args, **more: None)
            if name == "reglib.checks.markup":
                return SimpleNamespace(html=lambda *args: "")
            return original(name, *args, **kwargs)

        builtins.__import__ = import_
        """,
        ),
        fools=True,
    ),
    Attack(
        "a displayhook that shows points",
        (
            WRONG,
            """
        import sys
        get_ipython().display_formatter.formatters["text/plain"].for_type(
            float, lambda value, printer, cycle: printer.text("4.0"))
        sys.displayhook = lambda value: print("4.0")
        """,
        ),
        fools=True,
    ),
    Attack(
        "a float that is written as 4.0",  # float.__repr__, of which points have a copy
        (
            WRONG,
            """
        import ctypes
        shown = ctypes.CFUNCTYPE(ctypes.py_object, ctypes.py_object)(lambda value: "4.0")
        slot = ctypes.c_void_p.from_address(id(float) + 88)
        slot.value = ctypes.cast(shown, ctypes.c_void_p).value
        """,
        ),
        fools=False,
    ),
    Attack(
        "frames searched for the reference",
        """
        import sys

        def ridge_gradient(w, b, X, y, lam):
            frame = sys._getframe()
            while frame:
                for value in [*frame.f_locals.values(), *frame.f_globals.values()]:
                    if hasattr(value, "reference"):
                        return value.reference(w, b, X, y, lam)
                frame = frame.f_back
            raise LookupError
        """,
        fools=True,
    ),
    Attack(
        "memory searched for the reference",
        """
        import gc

        def ridge_gradient(w, b, X, y, lam):
            for thing in gc.get_objects():
                if type(thing).__name__ == "Entry" and thing.name == "ridge.ridge_gradient":
                    return thing.reference(w, b, X, y, lam)
            raise LookupError
        """,
        fools=True,
    ),
    Attack(
        "the reference, wrapped",
        """
        def ridge_gradient(*args):
            from reglib.exercises import find
            return find("ridge.ridge_gradient").reference(*args)
        """,
        fools=True,
    ),
    Attack(
        "the reference, imported",
        "from reglib.exercises.ridge.ridge_gradient import ridge_gradient",
        fools=True,
    ),
    Attack(
        "the reference, searched for on the disk",
        """
        import importlib.util, os

        def ridge_gradient(*args):
            for top in ("/site", "/root", "/home", "/work", "/tmp", "/opt", "/usr", "/srv"):
                for folder, _, files in os.walk(top):
                    if "ridge.py" in files and folder.endswith("checks"):
                        spec = importlib.util.spec_from_file_location("r", f"{folder}/ridge.py")
                        module = importlib.util.module_from_spec(spec)
                        spec.loader.exec_module(module)
                        return module._gradient(*args)
            raise LookupError
        """,
        fools=None,  # where this course lies outside of the sandbox is no matter
    ),
    Attack(
        "the answers to all cases that can be seen",
        f"""
        import base64
        seen = dict({_table()})

        def number(packed):
            kind, value = next(iter(packed.items()))
            if kind == "array":
                data = np.frombuffer(base64.b64decode(value), packed["dtype"])
                return data.reshape(packed["shape"])
            return tuple(map(number, value)) if kind == "tuple" else float.fromhex(value)

        def ridge_gradient(*args):
            return number(seen[repr(args)])
        """,
        fools=True,
    ),
    Attack(
        "what was typed and shown, searched for the right answer",
        """
        calls = []

        def ridge_gradient(w, b, X, y, lam):
            calls.append(X.shape)
            for shown in [*In, *Out.values(), *get_ipython().history_manager.input_hist_raw]:
                if "expected" in str(shown) and "calls" not in str(shown):
                    return eval(str(shown))
            return np.full(X.shape[1], float(len(calls))), float(len(calls))
        """,
    ),
    Attack(
        "inputs that are changed until the answer is right for them",
        """
        def ridge_gradient(w, b, X, y, lam):
            for array in (w, X, y):
                array[...] = 0
                array.resize(array.shape, refcheck=False)
            return np.zeros(X.shape[1]), 0.0
        """,
    ),
    Attack(
        "a function that knows by its callers that it is tested",
        """
        import sys
        answers, cases = [], []

        def ridge_gradient(w, b, X, y, lam):
            frame, callers = sys._getframe(), set()
            while frame:
                callers |= {frame.f_code.co_name} | {*frame.f_locals}
                for name in ("expected", "outcomes", "cases", "arguments", "verdict"):
                    if frame.f_locals.get(name):
                        cases.append(frame.f_locals[name])
                frame = frame.f_back
            if not callers & {"attempt", "judge", "answer", "check", "run"}:
                raise NotImplementedError
            if len(cases) > 1 and type(cases[-1]) is list and len(answers) < len(cases[-1]):
                answers.append(cases[-1][len(answers)])
            return np.full(X.shape[1], len(answers) % 7 / 7), len(answers) / 7
        """,
    ),
    Attack(
        "a tracer that forgets faults",
        """
        import sys

        def inside(frame, event, arg):
            frame.f_locals.get("faults", []).clear()
            return inside

        def tracer(frame, event, arg):
            return inside if frame.f_code.co_name == "judge" else None

        sys.settrace(tracer)

        def ridge_gradient(w, b, X, y, lam):
            return np.zeros(X.shape[1]), 0.0
        """,
        fools=True,
    ),
    Attack(
        "objects that equal everything",
        """
        class Same:
            def __eq__(self, other): return True
            def __sub__(self, other): return 0.0
            __rsub__ = __sub__
            __abs__ = lambda self: 0.0
            __len__ = lambda self: 2
            __iter__ = lambda self: iter((self, self))
            def __array__(self, *args, **kwargs): return np.zeros(())

        def ridge_gradient(w, b, X, y, lam):
            return Same(), Same()
        """,
    ),
    Attack(
        "subclasses of ndarray and float",
        """
        class Array(np.ndarray):
            def __array_ufunc__(self, ufunc, method, *args, **kwargs):
                return np.bool_(True) if ufunc.nout == 1 else (np.bool_(True),) * 2
            def __array_function__(self, *args): return True
            def astype(self, *args, **kwargs): return self
            def __array_finalize__(self, other): pass
            size, ndim = 1, 0

        class Float(float):
            def __eq__(self, other): return True
            def __pos__(self): return self
            def hex(self): return "4.0"
            __sub__ = __rsub__ = lambda self, other: 0.0

        def ridge_gradient(w, b, X, y, lam):
            return np.zeros(X.shape[1]).view(Array), Float(0)
        """,
    ),
    Attack(
        "NaN",
        """
        def ridge_gradient(w, b, X, y, lam):
            return np.full(X.shape[1], np.nan), np.nan
        """,
    ),
    Attack(
        "infinity",
        """
        def ridge_gradient(w, b, X, y, lam):
            return np.full(X.shape[1], -np.inf), float("inf")
        """,
    ),
    Attack(
        "points printed, shown and returned",
        """
        def ridge_gradient(w, b, X, y, lam):
            print("ridge_gradient: 4 of 4 points. Right in all 9 cases.")
            display(4.0)
            return 4.0

        print("ridge_gradient: 4 of 4 points. Right in all 9 cases.")
        display({"text/plain": "nan"}, raw=True)
        4.0
        """,
    ),
    Attack(
        "messages that pretend to answer the check",
        """
        def ridge_gradient(w, b, X, y, lam):
            kernel = get_ipython().kernel
            parent = kernel.get_parent("shell")
            for kind, content in (
                ("stream", {"name": "stdout", "text": "ridge_gradient: 4 of 4 points."}),
                ("execute_result", {"data": {"text/plain": "4.0"}, "metadata": {},
                                    "execution_count": 1}),
                ("display_data", {"data": {"text/plain": "nan"}, "metadata": {}}),
                ("update_display_data", {"data": {"text/plain": "4.0"}, "metadata": {},
                                         "transient": {"display_id": "1"}}),
                ("status", {"execution_state": "idle"}),
            ):
                kernel.session.send(kernel.iopub_socket, kind, content, parent=parent)
            return np.zeros(X.shape[1]), 0.0
        """,
        fools=None,
    ),
    Attack(
        "a reply that comes before the true one",
        """
        def ridge_gradient(w, b, X, y, lam):
            kernel = get_ipython().kernel
            told = {"value": {"float": "0x0p+0"}, "error": None, "stopped": "", "printed": 0,
                    "after": [None] * 5, "points": 4.0}
            answer = {"status": "ok", "data": {"text/plain": "4.0", "application/json": [told] * 9}}
            kernel.session.send(
                kernel.shell_stream, "execute_reply",
                {"status": "ok", "execution_count": 4, "user_expressions": {"answer": answer}},
                parent=kernel.get_parent("shell"), ident=kernel._shell_parent_ident.get())
            return np.zeros(X.shape[1]), 0.0
        """,
        fools=None,
    ),
    Attack(
        "late messages of a thread",
        (
            WRONG,
            """
        import threading, time
        kernel = get_ipython().kernel

        def later():
            for _ in range(40):
                time.sleep(0.02)
                print("check_ridge_fit: 6 of 6 points")
                for parent in (kernel.get_parent("shell"), kernel.get_parent("control"), {}):
                    kernel.session.send(kernel.iopub_socket, "execute_result", {
                        "data": {"text/plain": "4.0"}, "metadata": {}, "execution_count": 1,
                    }, parent=parent)

        threading.Thread(target=later, daemon=True).start()
        """,
        ),
        fools=None,
    ),
    Attack(
        "the wire cut and spliced",  # its own `run` says what came out, but cannot know what should
        (
            WRONG,
            """
        try:
            from grader.sandbox.inside import wire
            from reglib.checks.run import Outcome

            def run(function, arguments, seconds=None):
                values = [(np.zeros(len(a[0])), 0.0) for a in arguments]
                kept = [tuple(x if isinstance(x, np.ndarray) else None for x in a)
                        for a in arguments]
                return [Outcome(v, after=k) for v, k in zip(values, kept)]
            wire.run, wire.LARGEST, wire.DEEPEST = run, 10**18, 10**6
        except ImportError:
            pass
        """,
        ),
        spoils=True,
    ),
    Attack(
        "an answer of another kind",
        (
            WRONG,
            """
        try:
            from grader.sandbox.inside import wire

            class Answer:
                def _repr_json_(self): return {"points": 4.0}
                def _repr_html_(self): return "<script>alert(1)</script>"
                def __repr__(self): return "4.0"
            wire.answer = lambda *args: Answer()
        except ImportError:
            pass
        """,
        ),
        spoils=True,
    ),
    Attack(
        "a function that is none",
        "ridge_gradient = 4.0",
    ),
    Attack(
        "a function whose call and whose name deceive",
        """
        class Function:
            __name__ = "ridge_gradient: 4 of 4 points"
            def __call__(self, *args): return self
            def __repr__(self): return "4.0"
            def __float__(self): return 4.0
            def __getattr__(self, name): raise SystemExit(name)
        ridge_gradient = Function()
        """,
    ),
    Attack(
        "os._exit in mid-check",
        """
        import os

        def ridge_gradient(w, b, X, y, lam):
            os._exit(0)
        """,
        fools=None,
    ),
    Attack(
        "a signal to oneself in mid-check",
        """
        import os, signal

        def ridge_gradient(w, b, X, y, lam):
            os.kill(os.getpid(), signal.SIGSEGV)
            os.abort()
        """,
        fools=None,
    ),
    Attack(
        "an interrupt in mid-check",
        """
        import _thread

        def ridge_gradient(w, b, X, y, lam):
            _thread.interrupt_main()
            raise KeyboardInterrupt
        """,
    ),
    Attack(
        "a clock that stands still",  # and so neither an alarm nor a limit in the kernel
        """
        import signal, time
        signal.setitimer = signal.alarm = lambda *args: None
        signal.signal = lambda *args: None
        time.monotonic = time.time = time.perf_counter = lambda: 0.0

        def ridge_gradient(w, b, X, y, lam):
            while True:
                try:
                    time.sleep(1)
                except BaseException:
                    pass
        """,
        fools=None,
        endless=True,
    ),
    Attack(
        "an exception with a text and a name that do harm",
        """
        class Evil(BaseException):
            def __str__(self): raise SystemExit("4.0")
            __repr__ = __str__
        Evil.__name__ = "<script>alert(1)</script>\\x1b[2J" + "E" * 100_000

        def ridge_gradient(w, b, X, y, lam):
            raise Evil
        """,
    ),
]


def released():
    """The release of the three exercises, with next to nothing else."""
    release = read(ROOT / "exercises/ridge/ridge.ipynb")
    notebook = release.notebook
    notebook.cells = [cell for cell in notebook.cells if cell.id in KEPT]
    checks = {id: check for id, check in release.checks.items() if id in KEPT}
    answers = {id: answer for id, answer in release.answers.items() if id in KEPT}
    return type(release)(release.assignment, release.name, notebook, checks, answers)


RELEASE = released()


def plain(code) -> str:
    parts = [code] if isinstance(code, str) else code
    return "\n\n".join(textwrap.dedent(part).strip("\n") for part in parts)


def submission(attack, **others):
    """The release with honest answers and an attack."""
    notebook = nbformat.from_dict(json.loads(json.dumps(RELEASE.notebook)))
    answers = {"setup": SETUP, **HONEST, "ridge_gradient": attack, **others}
    for cell in notebook.cells:
        if cell.id in answers:
            cell.source = plain(answers[cell.id])
    return notebook


def marked(notebook, nursery, student="mallory"):
    """The verdicts by the name of the exercise, after a look at how the cells show them."""
    drawn = seeds(b"secret", student, RELEASE, notebook, {})
    text, record = grade(Job(RELEASE, nbformat.writes(notebook), student, drawn), nursery)
    notebook.update(nbformat.reads(text, 4))
    verdicts = {exercise.name.partition(".")[2]: exercise for exercise in record.exercises}
    assert list(verdicts) == ["ridge_objective", "ridge_gradient", "ridge_fit"]
    for cell in notebook.cells:
        if cell.id.startswith("check_"):
            verdict = verdicts[cell.id.removeprefix("check_")]
            text, points = cell.outputs
            assert text.text == verdict.text + "\n"
            assert points.data == {"text/plain": repr(verdict.points)}
            assert determine_grade(cell)[0] == verdict.points
    nbformat.validate(notebook)
    return verdicts


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_no_point_is_to_be_had_by(attack, nursery, hurry):
    if attack.endless:
        hurry("ridge_gradient")
    verdicts = marked(submission(attack.code), nursery)
    assert verdicts["ridge_gradient"].points == 0
    assert verdicts["ridge_objective"].points == 3
    assert verdicts["ridge_fit"].points == (0 if attack.spoils else 6)


# Runs each notebook in a process of its own, with `check` beside the learner's code, and writes
# down the outputs of the check of `ridge_gradient`: what stock nbgrader would find.
BESIDE = """
import faulthandler, json, os, sys, tempfile
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
import reglib.exercises.ridge.ridge_fit, reglib.checks.judge, reglib.checks.tell

def outputs(sources):
    shell = InteractiveShell.instance(colors="NoColor")
    for source in sources:
        with capture_output() as shown:
            ran = shell.run_cell(source, store_history=True)
    if not ran.success:
        return "error"
    if ran.result is None:
        return None
    return shell.display_formatter.format(ran.result)[0]["text/plain"]

for sources in json.load(sys.stdin):
    with tempfile.TemporaryFile("w+") as file:
        if not (pid := os.fork()):
            faulthandler.dump_traceback_later(900, exit=True)
            try:
                json.dump(outputs(sources), file)
                file.flush()
            finally:
                os._exit(0)
        os.waitpid(pid, 0)
        file.seek(0)
        print(file.read() or "null", file=sys.__stdout__, flush=True)
"""


@pytest.fixture(scope="module")
def beside():
    """What the check of each attack shows where it runs beside the attack: its last value."""
    attacks = [attack for attack in ATTACKS if attack.fools is not None]
    notebooks = [
        [cell.source for cell in submission(attack.code).cells[:5] if cell.cell_type == "code"]
        for attack in attacks
    ]
    done = subprocess.run(
        [sys.executable, "-c", BESIDE],
        input=json.dumps(notebooks),
        capture_output=True,
        text=True,
        check=True,
    )
    shown = map(json.loads, done.stdout.splitlines())
    return {attack.name: value for attack, value in zip(attacks, shown, strict=True)}


@pytest.mark.parametrize(
    "attack", [a for a in ATTACKS if a.fools is not None], ids=lambda attack: attack.name
)
def test_what_a_check_beside_the_learners_code_gives_to(attack, beside):
    value = beside[attack.name]
    outputs = (
        [] if value is None else [nbformat.v4.new_output("execute_result", {"text/plain": value})]
    )
    if value == "error":
        outputs = [nbformat.v4.new_output("error", ename="", evalue="", traceback=[])]
    cell = next(cell for cell in submission("").cells if cell.id == "check_ridge_gradient")
    cell.outputs = outputs
    assert determine_grade(cell)[0] == (4 if attack.fools else 0)


READERS = {
    "ridge_objective": """
        import sys
        from IPython.display import HTML, SVG, Javascript, display

        display(HTML("<script>alert('html')</script>"))
        display(Javascript("alert('javascript')"))
        display(SVG("<svg xmlns='http://www.w3.org/2000/svg'><script>alert('svg')</script></svg>"))
        display({"text/latex": "<script>alert('latex')</script>",
                 "text/markdown": "<script>alert('markdown')</script>",
                 "image/png": "x' onerror='alert(1)",
                 "text/plain": "<script>alert('plain')</script>"}, raw=True)
        for _ in range(3000):
            display({"text/plain": ""}, raw=True)
        print("\\x1b[31m\\x1b[2J\\x1b]0;title\\x07<script>alert('stream')</script>" * 100_000)

        def ridge_objective(w, b, X, y, lam):
            raise type("<script>alert('name')</script>", (Exception,), {})(
                "\\x1b[2J<script>alert('message')</script>" * 10_000)
        """,
    "ridge_gradient": """
        def ridge_gradient(w, b, X, y, lam):
            return type("<script>alert('type')</script>", (), {})()

        def deeper(n):
            if n == 0:
                raise type("<script>alert('raised')</script>", (Exception,), {})("x" * 3_000_000)
            return deeper(n - 1)

        deeper(900)
        """,
    "ridge_fit": """
        def ridge_fit(X, y, lam):
            return np.zeros(X.shape[1]), 0.0
        """,
    "same_lambda_more_patients": "<script>alert('text')</script><img src=x onerror=alert(1)>",
}


def test_feedback_shows_nothing_that_acts_and_nothing_that_is_secret(course, hand_in, in_course):
    hand_in(course, "mallory", {name: plain(code) for name, code in READERS.items()})
    in_course(course, "nbgrader", "autograde", "ridge")
    in_course(course, "nbgrader", "generate_feedback", "ridge")
    page = (course / "feedback/mallory/ridge/ridge.html").read_text(encoding="utf-8")
    assert len(page) < 4_000_000
    scripts = re.findall(r"<script[^>]*>(.*?)</script>", page, re.DOTALL)
    assert not any("alert(" in script for script in scripts)
    assert not re.search(r"<[^>]*\son\w+\s*=[^>]*alert", page)
    assert "&lt;script&gt;" in page  # it is there to be read
    assert "\x1b" not in page
    for place in ("grader/", "reglib/", "/site/", str(ROOT)):
        assert f"File {place}" not in page and f"{place}check" not in page
    # What a right answer to the case that is shown would be stays a secret.
    autograded = nbformat.read(course / "autograded/mallory/ridge/ridge.ipynb", 4)
    text = next(c for c in autograded.cells if c.id == "check_ridge_fit").outputs[0].text
    assert "A small case that fails" in text
    assert "It should give" not in text or "the example above the function" in text
