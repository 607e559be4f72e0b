"""What runs the cells in the page: as Jupyter would, in one namespace, with outputs of nbformat.

`answer` takes a request from the worker: a cell, or the name of a function to call.
"""

import ast
import builtins
import importlib
import io
import json
import linecache
import pkgutil
import sys
import time
import traceback
import types
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec

import _host

MOST = 100_000  # characters of a cell that are shown
MOST_SHOWN = 100  # values and figures
EVERY = 0.05  # seconds between two pieces of a stream, once there are many
MANY = 200
FORMATS = {
    "text/html": "_repr_html_",
    "text/markdown": "_repr_markdown_",
    "text/latex": "_repr_latex_",
    "image/svg+xml": "_repr_svg_",
}

# What Python adds to a missing module's name, of which a learner knows nothing.
_NO_SITE = (
    ". Site initialization is disabled, did you forget to add the site-packages directory to "
    "sys.path or to enable your virtual environment?"
)
_main = sys.modules["__main__"]
_count = 0  # cells run so far
_shown = 0  # values that the present one has shown


def ask(**asked: object) -> bytes:
    """Ask the worker for something."""
    return _host.call(json.dumps(asked, default=str).encode())


class Stream(io.TextIOBase):
    """`sys.stdout` or `sys.stderr`: what is written goes to the page, as much as can be read."""

    left = MOST  # of all streams together

    def __init__(self, name: str) -> None:
        self.name, self.pieces, self.last, self.count = name, [], 0.0, 0

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        if Stream.left > 0:
            other = _err if self is _out else _out
            other.flush()
            self.pieces.append(text[: Stream.left])
            Stream.left -= len(text)
            if Stream.left <= 0:
                self.pieces.append(
                    f"\n… What comes after {MOST:,} characters is left out. Print less: a few rows "
                    "of an array, or every hundredth step.\n"
                )
            if time.monotonic() - self.last > EVERY if self.count > MANY else text.endswith("\n"):
                self.flush()
        return len(text)

    def flush(self) -> None:
        if self.pieces:
            text, self.pieces = "".join(self.pieces), []
            self.last, self.count = time.monotonic(), self.count + 1
            ask(ask="output", output={"output_type": "stream", "name": self.name, "text": text})


_out, _err = Stream("stdout"), Stream("stderr")


def _output(**output: object) -> None:
    _out.flush()
    _err.flush()
    ask(ask="output", output=output)


def bundle(value: object) -> tuple[dict, dict]:
    """Return what there is of a value to show, by its type in nbformat, and what is said of it."""
    data, about = {}, {}
    if not isinstance(value, type):
        if "matplotlib.figure" in sys.modules:
            from matplotlib.figure import Figure

            if isinstance(value, Figure):
                from desk_figures import svg

                data["image/svg+xml"] = svg(value)
        for kind, name in FORMATS.items():
            if method := getattr(value, name, None):
                found = method()
                if isinstance(found, tuple):
                    found, about[kind] = found
                if found is not None:
                    data[kind] = found
        if method := getattr(value, "_repr_mimebundle_", None):
            found = method(include=None, exclude=None)
            found, more = found if isinstance(found, tuple) else (found, {})
            data |= found or {}
            about |= more
    if "text/plain" not in data:
        text = repr(value)
        data["text/plain"] = text if len(text) <= MOST else f"{text[:MOST]}…"
    return data, about


def display(*values: object, raw: bool = False, metadata: dict | None = None, **_: object) -> None:
    """Show values, as IPython's `display` does; with `raw` they are bundles by type."""
    global _shown
    for value in values:
        _shown += 1
        if _shown > MOST_SHOWN:
            if _shown == MOST_SHOWN + 1:
                print(f"… What comes after {MOST_SHOWN} values and figures is left out.")
            continue
        data, about = (value, {}) if raw else bundle(value)
        _output(output_type="display_data", data=data, metadata=about | (metadata or {}))


class _Shown:
    """A text that is shown as what it is."""

    def __init__(self, data: str = "", **_: object) -> None:
        self.data = data

    def __repr__(self) -> str:
        return f"<{type(self).__name__} object>"


class HTML(_Shown):
    def _repr_html_(self) -> str:
        return self.data


class Markdown(_Shown):
    def _repr_markdown_(self) -> str:
        return self.data


class Math(_Shown):
    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.data}$"


class SVG(_Shown):
    def _repr_svg_(self) -> str:
        return self.data


def clear_output(wait: bool = False) -> None:
    """Nothing: what has been shown stays."""


def _no_input(prompt: object = "") -> str:
    raise EOFError("A page cannot be asked while a cell runs. Write the value into the code.")


class _Later(MetaPathFinder):
    """Fetches the part that draws when something of it is imported first."""

    NAMES = ("matplotlib", "mpl_toolkits", "PIL", "cycler", "dateutil", "packaging", "pyparsing")

    def find_spec(self, name: str, path: object, target: object = None) -> ModuleSpec | None:
        if path is None and name in self.NAMES and self in sys.meta_path:
            _fetch_figures()
            sys.meta_path.remove(self)
        return None


def _fetch_figures() -> None:
    import gzip
    import zipfile

    try:
        ask(ask="figures")
    except OSError:
        raise ImportError(
            "Matplotlib could not be fetched: there is no connection, or the site is away. Run the "
            "cell again when it is back."
        ) from None
    with open("/figures.bin", "rb") as file:
        content = file.read()
    if content.startswith(b"\x1f\x8b"):
        content = gzip.decompress(content)
    with open("/figures.zip", "wb", buffering=0) as file:  # in one piece
        file.write(content)
    sys.path.append("/figures.zip")
    with zipfile.ZipFile("/figures.zip") as zipped:
        data = [name for name in zipped.namelist() if name.startswith("matplotlib/mpl-data/")]
        zipped.extractall("/figures.zip", data)


def begin() -> None:
    """Make this process one in which cells run: once, when Python has started."""
    sys.stdout, sys.stderr = _out, _err
    builtins.input = _no_input
    builtins.display = display
    del builtins.exit, builtins.quit  # they close what the next cell needs
    sys.meta_path.insert(0, _Later())
    shown = types.ModuleType("IPython.display")
    for thing in (display, clear_output, HTML, Markdown, Math, SVG):
        setattr(shown, thing.__name__, thing)
    package = types.ModuleType("IPython")
    package.display, package.get_ipython, package.version_info = shown, lambda: None, (9, 0)
    sys.modules |= {"IPython": package, "IPython.display": shown}
    for name in [name for name in vars(_main) if not name.startswith("__")]:
        del vars(_main)[name]
    # What the first check needs, so that it does not wait.
    for name in ("checks.judge", "checks.run", "checks.tell", "exercises", "check"):
        importlib.import_module(f"reglib.{name}")


def again() -> None:
    """Draw other numbers than the process of which this one is a copy."""
    import random

    import numpy as np

    random.seed()
    np.random.seed()  # noqa: NPY002  (a learner's code may use it)


def answer() -> None:
    """Take a request from the worker, do it, and send what came of it."""
    global _shown
    request = json.loads(ask(ask="next"))
    sys.stdout, sys.stderr, _shown = _out, _err, 0
    Stream.left, _out.count, _err.count = MOST, 0, 0
    name = request.get("call")
    done = _call(name, request["args"]) if name else _cell(request["code"])
    _out.flush()
    _err.flush()
    ask(ask="done", done=done)


def verdict(name: str, source: str, unfinished: list, places: dict) -> dict:
    """Return the verdict on a cell that is to define the function of an exercise."""
    from reglib.checks.page import verdict_on_cell

    return verdict_on_cell(name, source, vars(_main), unfinished=unfinished, places=places)


def _call(name: str, args: list) -> dict:
    try:
        function = pkgutil.resolve_name(name) if ":" in name else globals()[name]
        return {"status": "ok", "value": json.loads(json.dumps(function(*args)))}
    except BaseException as error:
        return {"status": "error", "message": "".join(traceback.format_exception(error))}


def _cell(code: str) -> dict:
    """Run a cell; the value of a last expression is shown, and so are figures left open."""
    global _count
    _count += 1
    place = f"<cell {_count}>"
    linecache.cache[place] = len(code), None, code.splitlines(keepends=True), place
    try:
        _run(code, place)
        status = "ok"
    except BaseException as error:
        status = "error"
        _report(error)
    return {"status": status, "count": _count}


def _run(code: str, place: str) -> None:
    try:
        tree = compile(code, place, "exec", ast.PyCF_ONLY_AST)
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, place, "exec"), vars(_main))
        if last is not None:
            value = eval(compile(ast.Expression(last.value), place, "eval"), vars(_main))
            if value is not None and not code.rstrip().endswith(";"):
                _main._ = value
                data, about = bundle(value)
                _output(
                    output_type="execute_result",
                    execution_count=_count,
                    data=data,
                    metadata=about,
                )
    finally:
        if "matplotlib.pyplot" in sys.modules:
            from desk_figures import show

            show()


def _report(error: BaseException) -> None:
    """Show an exception, without the lines of this file."""
    try:
        if advice := _advice(error):
            error.add_note(advice)
        told = link = traceback.TracebackException.from_exception(error)
        while link:
            link.stack[:] = [frame for frame in link.stack if frame.filename != __file__]
            link = link.__cause__ or link.__context__
        lines, words = list(told.format()), str(error)
    except BaseException:  # an exception that cannot be written down
        lines, words = [type(error).__name__], ""
    _output(
        output_type="error",
        ename=type(error).__name__,
        evalue=words,
        traceback="".join(lines).replace(_NO_SITE, "").rstrip("\n").split("\n"),
    )


def _advice(error: BaseException) -> str:
    """Return what to do about what goes wrong in a page and not elsewhere."""
    if isinstance(error, ModuleNotFoundError):
        return (
            f"{error.name} is not there in the page, which has reglib, NumPy, Matplotlib and most "
            "of Python's own library. The assignments need nothing else."
        )
    if isinstance(error, MemoryError) or "array is too big" in str(error):
        return "A page has at most one GB. Make the arrays smaller."
    if isinstance(error, SyntaxError) and (error.text or "").lstrip().startswith(("%", "!")):
        return "Lines that begin with % or ! are commands of Jupyter. Leave them out here."
    return ""
