"""Python in the page: cells that run as in Jupyter, and whatever a learner's code may do to it."""

import contextlib
import functools
import gzip
import json
import threading
from http.server import ThreadingHTTPServer

import pytest
from conftest import QuietHandler

MEGABYTE = 1_000_000


def errors(done):
    return [output for output in done["outputs"] if output["output_type"] == "error"]


def words(done):
    """The lines of the one error of a cell."""
    (error,) = errors(done)
    return "\n".join(error["traceback"])


def text(done):
    streams = [output["text"] for output in done["outputs"] if output["output_type"] == "stream"]
    return "".join(streams)


def value(done):
    assert done["status"] == "ok", done
    return done["outputs"][-1]["data"]["text/plain"]


@pytest.fixture(scope="module")
def page(browser, desk, serve):
    """One page for all tests of this file, and what it has asked for."""
    page = browser.new_page()
    page.asked, page.errors = [], []
    page.on("request", lambda request: page.asked.append(request.url.rpartition("/")[2]))
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    page.goto(serve(desk) + "engine.html")
    page.wait_for_function("window.engine")
    yield page
    assert page.errors == []
    page.close()


@pytest.fixture
def run(page):
    """Run a cell; with what the engine answers."""
    return lambda code, **options: page.evaluate("([c, o]) => run(c, o)", [code, options])


# The first test is the first that needs Python: what has been fetched before stands in `page`.


def test_nothing_is_fetched_before_the_press_and_little_after(page, desk):
    sizes = json.loads((desk / "desk" / "manifest.json").read_text("utf-8"))["files"]
    assert page.evaluate("engine.state") == "idle"
    assert {name.rpartition(".")[2] for name in page.asked} == {"html", "js"}
    seen = page.evaluate(
        """async () => {
            const seen = [], states = [];
            window.told = [];
            addEventListener("python", ({ detail }) => told.push(...detail));
            engine.addEventListener("state", () => states.push(engine.state));
            await Promise.all([engine.start((progress) => seen.push(progress)), engine.start()]);
            return { seen, states };
        }"""
    )
    assert seen["states"] == ["loading", "ready"]
    stages = [progress["stage"] for progress in seen["seen"]]
    assert list(dict.fromkeys(stages)) == ["download", "start", "ready"]
    told = {url.rpartition("/")[2] for url in page.evaluate("told")}  # for offline.js
    assert told == {name for name in page.asked if name.endswith(".bin")} | {"worker.js"}
    coming = [p for p in seen["seen"] if p["stage"] == "download"]
    loaded = [p["loaded"] for p in coming]
    assert loaded == sorted(loaded) and loaded[0] == 0
    assert {p["total"] for p in coming} == {round(loaded[-1])}
    first = [sizes[name] for name in ("python", "library", "course")]
    assert loaded[-1] == sum(file["size"] for file in first) < 28 * MEGABYTE
    assert all(file["size"] < 24 * MEGABYTE for file in sizes.values())
    assert sizes["figures"]["size"] < 12 * MEGABYTE
    packed = [name for name in page.asked if name.endswith(".bin")]
    assert sorted(packed) == sorted(file["file"] for file in first)


def test_a_right_and_a_wrong_answer_are_judged(run):
    right = (
        "def ridge_objective(w, b, X, y, lam):\n    r = y - X @ w - b\n"
        "    return r @ r / 2 / len(y) + lam / 2 * (w @ w{more})\n"
        "check('ridge.ridge_objective', ridge_objective)"
    )
    run("from reglib.check import check")
    assert "3 of 3 points" in str(run(right.format(more=""))["outputs"])
    done = run(right.format(more=" + b * b"))
    assert "the intercept is penalised" in str(done["outputs"])
    assert done["memory"] < 250 * MEGABYTE


# What IPython shows of the same cell: the types of its outputs, and of what is in them.
@pytest.mark.parametrize(
    ("code", "kinds"),
    [
        ("", []),
        ("# nothing", []),
        ("x = 1", []),
        ("1 + 1", ["execute_result text/plain"]),
        ("1 + 1;", []),
        ("None", []),
        ("print(1)\n2", ["stream stdout", "execute_result text/plain"]),
        (
            "import sys\nprint(1)\nprint(2, file=sys.stderr)\nprint(3)",
            ["stream stdout", "stream stderr", "stream stdout"],
        ),
        ("for i in range(3):\n    i", []),
        ("display(1, 2)", ["display_data text/plain"] * 2),
        (
            "from IPython.display import HTML\nHTML('<b>1</b>')",
            ["execute_result text/html text/plain"],
        ),
        ("from IPython.display import Math, display\ndisplay(Math('x'))", ["display_data latex"]),
        ("import warnings\nwarnings.warn('mind')", ["stream stderr"]),
        ("def f(x): return x\nf", ["execute_result text/plain"]),
        ("print(1)\n1 / 0", ["stream stdout", "error ZeroDivisionError"]),
    ],
)
def test_a_cell_runs_as_in_jupyter(run, code, kinds):
    def kind(output):
        data = sorted(output.get("data", ()))
        what = output.get("name") or output.get("ename") or " ".join(data)
        return f"{output['output_type']} {what.replace('text/latex text/plain', 'latex')}"

    done = run(code)
    assert [kind(output) for output in done["outputs"]] == kinds
    assert done["status"] == ("error" if errors(done) else "ok")


def test_cells_share_their_names_and_nothing_else(run):
    run("import math\nhalf = 0.5\nclass Thing: pass")
    assert value(run("half + math.pi, Thing.__module__")) == "(3.641592653589793, '__main__')"
    ours = "[name for name in ('desk', 'os', '_host', '_cell') if name in globals()]"
    assert value(run(ours)) == "[]"


def test_a_function_of_the_module_is_called_apart_from_the_cells(page, run):
    call = "([name, args]) => engine.call(name, args)"
    assert page.evaluate(call, ["math:hypot", [3, 4]]) == 5
    with pytest.raises(Exception, match="expected at least 1 argument"):
        page.evaluate(call, ["builtins:max", []])
    with pytest.raises(Exception, match="not JSON serializable"):
        page.evaluate(call, ["builtins:object", []])


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("def f(X y):\n    pass", "SyntaxError: invalid syntax"),
        ("%timeit 1", "commands of Jupyter. Leave them out here."),
        ("input('λ? ')", "Write the value into the code."),
        (
            "import scipy.linalg",
            "scipy is not there in the page, which has reglib, NumPy, Matplotlib",
        ),
        ("import numpy as np\nnp.ones((10**5, 10**5))", "Make the arrays smaller."),
        ("kept = [np.ones((4000, 4000)) for _ in range(99)]", "Make the arrays smaller."),
        ("text = 'x' * (2 * 10**9)", "Make the arrays smaller."),
        ("def deep(n): return deep(n + 1)\ndeep(0)", "RecursionError"),
        ("class Odd(Exception):\n    def __str__(self): 1 / 0\nraise Odd", "Odd"),
        ("class Odd:\n    def __repr__(self): 1 / 0\nOdd()", "ZeroDivisionError"),
        ("import sys\nsys.exit(1)", "SystemExit"),
        ("import sys\nsys.stdout.write(1)", "must be str"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("exit()", "name 'exit' is not defined"),
    ],
)
def test_what_goes_wrong_is_a_sentence_and_breaks_nothing(run, code, sentence):
    run("survivor = 7")
    done = run(code)
    assert done["status"] == "error"
    assert sentence in words(done)
    assert not any(place in words(done) for place in ("desk.py", "<turn"))
    done = run("survivor")
    assert value(done) == "7" and done["rerun"] == 0


def test_a_traceback_begins_with_the_learners_own_line(run):
    run("def inverse(x):\n    return 1 / x")
    first, cell, line, *_ = words(run("y = 0\ninverse(y)")).splitlines()
    assert first == "Traceback (most recent call last):"
    assert cell.startswith('  File "<cell ') and cell.endswith('>", line 2, in <module>')
    assert line == "    inverse(y)"
    told = run("try:\n    inverse(0)\nexcept ZeroDivisionError:\n    raise ValueError('new')")
    assert "    return 1 / x" in words(told) and "ValueError: new" in words(told)


def test_a_flood_is_cut_and_does_not_drown_the_page(run):
    done = run("for i in range(10**5):\n    print('water', i)\nprint('end')", keep=False)
    assert done["status"] == "ok"
    assert len(text(done)) < 101_000
    assert "What comes after 100,000 characters is left out." in text(done)
    assert "".join(piece["text"] for piece in done["pieces"]) == text(done)
    assert len(done["pieces"]) < 1000
    assert text(run("print('dry')")) == "dry\n"


def test_values_without_end_are_cut_too(run):
    done = run("for i in range(10**4):\n    display(i)\n'y' * 10**7", keep=False)
    assert len(done["outputs"]) == 102
    assert "after 100 values and figures is left out" in text(done)
    assert len(value(done)) < 101_000
    assert len(run("display(1)")["outputs"]) == 1


def test_streams_taken_away_are_there_again(run):
    run("import sys\nsys.stdout = sys.stderr = None")
    assert text(run("print('here')")) == "here\n"


def test_output_comes_while_the_cell_runs(page):
    order = page.evaluate(
        """async () => {
            const order = [];
            const code = "import time\\nfor i in range(3):\\n    print(i)\\n    time.sleep(0.1)";
            const done = run(code).then(() => order.push("done"));
            await engine.run(code, { onOutput: ({ text }) => order.push(text.trim()) });
            return order;
        }"""
    )
    assert order == ["done", "0", "1", "2"]


def test_a_stopped_cell_is_gone_and_those_before_it_are_run_again(page, run):
    run("calls = []\nnumbers = [1]")
    run("numbers.append(2)")
    run("numbers.append(1 / 0)")  # an error is not kept
    run("numbers.append(3)", keep=False)
    run("numbers.append(4)", keep="last")
    run("numbers.append(5)", keep="last")  # in place of the one before
    assert value(run("numbers", keep=False)) == "[1, 2, 3, 4, 5]"
    states, stopped, after = page.evaluate(
        """async () => {
            const states = [];
            engine.addEventListener("state", () => states.push(engine.state));
            const endless = engine.run("numbers.append(6)\\nprint('so far')\\nwhile True: pass", {
                onOutput: () => setTimeout(() => engine.stop(), 50),
            });
            const after = engine.run("numbers", { keep: false });
            return [states, await endless, await after];
        }"""
    )
    assert stopped["status"] == "stopped" and stopped["rerun"] > 0
    assert [output.get("text", output.get("evalue")) for output in stopped["outputs"]] == [
        "so far\n",
        "You stopped this cell.",
    ]
    assert value(after) == "[1, 2, 5]" and after["rerun"] == 0
    assert states[:3] == ["busy", "ready", "loading"]
    page.evaluate("engine.stop()")  # with nothing to stop
    assert value(run("numbers", keep=False)) == "[1, 2, 5]"


def test_time_runs_out_and_chance_is_drawn_anew(run):
    draw = "import random, numpy as np\n(random.random(), np.random.rand(), hash('a') * 0)"
    drawn = {value(run(draw, keep=False))}
    for _ in range(2):
        done = run(
            "while True:\n    try:\n        pass\n    except BaseException:\n        pass",
            seconds=0.2,
        )
        assert done["status"] == "timeout"
        assert "did not end within 0.2 s" in words(done)
        drawn.add(value(run(draw, keep=False)))
    assert len(drawn) == 3


def test_a_call_without_end_is_ended_too(page, run):
    run("def endless():\n    while True: pass\nafter = 5")
    call = "engine.call('__main__:endless', [], { seconds: 0.2 })"
    after = "engine.call('math:hypot', [3, 4])"
    told, next_one = page.evaluate(
        f"Promise.all([{call}.catch(({{ message }}) => message), {after}])"
    )
    assert "did not end within 0.2 s" in told and next_one == 5
    assert value(run("after")) == "5"


def test_a_kept_cell_that_does_not_end_any_more_can_be_stopped_too(page, run):
    run("there = True", keep=False)
    run("while 'there' not in globals(): pass")
    status = page.evaluate(
        """async () => {
            const done = engine.run("while True: pass");
            const stopping = setInterval(() => engine.stop(), 2000);
            const { status } = await done;
            clearInterval(stopping);
            return status;
        }"""
    )
    assert status == "stopped"
    assert value(run("'there' in globals()", keep=False)) == "False"


def test_when_python_breaks_down_a_new_one_is_there(run):
    run("before = 1")
    done = run("import os\nos._exit(0)")
    assert done["status"] == "error" and done["rerun"] > 0
    assert "was started anew" in words(done)
    assert value(run("before")) == "1"


def test_a_figure_is_shown_and_only_then_is_its_part_fetched(page, run):
    assert not any("figures" in name for name in page.asked)
    assert value(run("import reglib, reglib.check\n1")) == "1"
    assert not any("figures" in name for name in page.asked)
    done = run(
        "import matplotlib.pyplot as plt\nfig, ax = plt.subplots()\nax.plot([1, 2])\n"
        "ax.set_title(r'$\\lambda \\|w\\|$')\nplt.show()\nplt.figure();"
    )
    assert sum("figures" in name for name in page.asked) == 1
    shown = [output["data"] for output in done["outputs"]]
    assert [output["output_type"] for output in done["outputs"]] == ["display_data"] * 2, done
    assert all(data["image/svg+xml"].strip().endswith("</svg>") for data in shown)
    done = run("plt.plot([1])\n1 / 0")
    assert [output["output_type"] for output in done["outputs"]] == ["display_data", "error"]
    assert run("plt.get_fignums()")["outputs"][0]["data"]["text/plain"] == "[]"
    done = run("from matplotlib.figure import Figure\nFigure()")
    assert "image/svg+xml" in done["outputs"][0]["data"]
    run("while True: pass", seconds=0.1)
    assert "image/svg+xml" in run("plt.plot([2]);")["outputs"][0]["data"]
    assert sum("figures" in name for name in page.asked) == 1


@pytest.mark.parametrize(
    "code",
    [
        "import js",
        "import socket\nsocket.create_connection(('127.0.0.1', 80))",
        "import urllib.request\nurllib.request.urlopen('http://127.0.0.1/')",
        "open('/etc/passwd')",
        "open('/usr/local/lib/python315.zip', 'ab')",
        "import os\nos.system('ls')",
        "import subprocess\nsubprocess.run(['ls'])",
        'import _host\n_host.call(b\'{"ask": "constructor"}\')',
        "import _host\n_host.call(b'nothing')",
        'import _host\n_host.call(b\'{"ask": "output", "output": 1}\')\n1 / 0',
    ],
)
def test_a_learners_code_reaches_neither_page_nor_network(page, run, code):
    asked, before = list(page.asked), page.evaluate("document.documentElement.outerHTML")
    assert run(code)["status"] == "error"
    assert run("1")["status"] == "ok"
    assert page.asked == asked
    assert page.evaluate("document.documentElement.outerHTML") == before
    assert page.evaluate("Object.keys({ ...localStorage, ...sessionStorage })") == []


# --- servers, and browsers ---


@contextlib.contextmanager
def served(handler, folder):
    server = ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(handler, directory=str(folder))
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


class OddTypes(QuietHandler):
    """Calls every file but pages and scripts a text."""

    def guess_type(self, path):
        return super().guess_type(path) if path.endswith((".html", ".js")) else "text/plain"


class Unpacks(OddTypes):
    """Sees by their first bytes that files are packed, and has the browser unpack them."""

    def end_headers(self):
        if self.path.endswith(".bin"):
            self.send_header("Content-Encoding", "gzip")
        super().end_headers()


class PacksAgain(OddTypes):
    """Packs everything on the way."""

    def do_GET(self):
        with open(self.translate_path(self.path), "rb") as file:
            body = gzip.compress(file.read(), 1)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(self.path))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.mark.parametrize(
    "handler",
    [
        OddTypes,
        pytest.param(Unpacks, marks=pytest.mark.long),
        pytest.param(PacksAgain, marks=pytest.mark.long),
    ],
)
def test_it_starts_from_any_server(visit, desk, handler):
    with served(handler, desk) as address:
        page = visit(address + "engine.html")
        coming = page.evaluate(
            """async () => {
                const seen = [];
                await engine.start((progress) => seen.push(progress));
                return seen.filter(({ stage }) => stage === "download");
            }"""
        )
        assert round(coming[-1]["loaded"]) == coming[-1]["total"]
        draw = "import matplotlib.pyplot as plt\nplt.plot([1])"
        shown = page.evaluate("(code) => run(code)", draw)["outputs"][-1]
        assert "image/svg+xml" in shown["data"], shown


OLD = "WebAssembly.validate = () => false"
NO_STREAM = "delete globalThis.DecompressionStream"
FULL = "Worker.prototype.postMessage = () => { throw new RangeError('could not allocate memory') }"


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        (OLD, "This browser cannot run Python"),
        (NO_STREAM, "This browser is too old"),
        (FULL, "too little memory left for Python. Close other tabs and try again."),
    ],
)
def test_a_browser_that_cannot_is_told_what_to_do(visit, desk, serve, script, sentence):
    page = visit(serve(desk) + "engine.html")
    page.evaluate(f"() => {{ {script} }}")
    told = "engine.start().catch(({ message }) => [message, engine.trouble, engine.state])"
    message, trouble, state = page.evaluate(told)
    assert sentence in message and message == trouble and state == "failed"
    assert not any(name.endswith(".bin") for name in page.requested)


class Fails(QuietHandler):
    """Does to one file what is asked for: drops it, half of it, or knows of none."""

    part, trouble = "library-", ""

    def do_GET(self):
        if not self.trouble or self.part not in self.path:
            return super().do_GET()
        if self.trouble == "gone":
            return self.send_error(404)
        if self.trouble == "half":
            self.send_response(200)
            self.send_header("Content-Length", "1000000")
            self.end_headers()
            self.wfile.write(b"\x1f\x8b" + bytes(1000))
        self.close_connection = True


def test_after_a_failure_it_can_be_tried_again(visit, desk):
    with served(Fails, desk) as address:
        page = visit(address + "engine.html", errors_allowed=True)
        for trouble, sentence in (
            ("dropped", "Try again when it is back"),
            ("half", "Try again when it is back"),
            ("gone", "the server answered 404"),
        ):
            Fails.trouble = trouble
            told = page.evaluate("engine.run('1').catch(({ message }) => message)")
            assert sentence in told
            assert page.evaluate("engine.state") == "failed"
        Fails.trouble = ""
        assert page.evaluate("run('1')")["status"] == "ok"
        Fails.part, draw = "figures-", "run('import matplotlib.pyplot as plt')"
        for Fails.trouble in ("dropped", "half", "gone"):
            done = page.evaluate(draw)
            assert "Run the cell again when it is back." in words(done)
        Fails.trouble = ""
        assert page.evaluate(draw)["status"] == "ok"
