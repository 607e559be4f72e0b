"""A check for the page of the book: the verdict on a function, or on its cell, as plain data."""

import ast
import linecache
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, replace
from typing import Any

from reglib.checks.entry import BESIDES, Entry
from reglib.checks.errors import meaning
from reglib.checks.markup import Place, html
from reglib.checks.run import Error, error_of
from reglib.checks.tell import Telling, tell, telling, text
from reglib.checks.trial import among, trial
from reglib.exercises import find
from reglib.guard import quiet

_BEGIN = (
    "put your code in place of the line with NotImplementedError, and start with the example above."
)


def verdict(
    name: str,
    function: Callable | None,
    unfinished: Collection[str] = (),
    places: Mapping[str, Mapping[str, str]] | None = None,
    seed: int | None = None,
) -> dict[str, Any]:
    """Return the verdict on `function` as data that JSON can hold.

    name        of the exercise: "ridge.ridge_fit"
    unfinished  names of exercises that are not right yet
    places      sections of the book by label: {"title": …, "chapter": …, "href": …}, with the
                address as it is from the page that shows the verdict
    seed        of the cases; without one, those of the release

    What comes back:

    exercise, points, most
    kind     "right", "unwritten", "raised", "stopped", "nothing", "form", "nan", "wrong", or
             "cell" where there is no function to call
    text     plain text, as in a terminal
    whole    all that is told, as HTML
    first    what the first check of a fault shows: the evidence, without the name of a mistake and
             what follows from it. Equal to `whole` where `name` is None.
    name     of the mistake that explains the answers, or None
    fault    a key: checks that meet the same fault have the same; "" if all is right
    twin     a question of the book on the same mistake, as "book/penalties/ridge#limit", or None
    told     the parts, as `reglib.checks.tell.Telling` calls them

    Raises `LookupError` if there is no such exercise.

    >>> verdict("ridge.ridge_objective", lambda w, b, X, y, lam: 0.0)["points"]
    0.0
    """
    entry = find(name)
    if not callable(function):
        return _data(entry, _missing(entry, ()), places)
    judged = trial(entry, function, seed)
    called = among(unfinished, function)
    told = telling(judged, called, expected=True)
    if told.kind == "unwritten":  # there is no cell below that has to be run too
        return _data(entry, replace(told, action=_BEGIN), places)
    return _data(entry, told, places, tell(judged, called))


def verdict_on_cell(name: str, source: str, scope: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Run the cell that is to define the function of an exercise; return the verdict on that.

    The cell runs in `scope`, which is that of the notebook. One that cannot be read, that raises,
    or that defines another function gets a sentence on that. `more` goes to `verdict`.

    >>> verdict_on_cell("ridge.ridge_fit", "def fit_ridge(X, y, lam): ...", {})["told"]["cause"]
    ('There is no function ridge_fit here, but there is fit_ridge.',)
    """
    entry = find(name)
    if told := _run(entry, source, scope):
        return _data(entry, told, more.get("places"))
    return verdict(name, scope[entry.function], **more)


def _run(entry: Entry, source: str, scope: dict[str, Any]) -> Telling | None:
    """Run a cell; return what is told if that leaves no function to check."""
    home = f"<{entry.function}>"
    # A line of it is quoted from here, as it stands in no file.
    linecache.cache[home] = len(source), None, source.splitlines(keepends=True), home
    try:
        code = compile(source, home, "exec")
    except (SyntaxError, ValueError) as error:  # the second of a null character
        return _unreadable(entry, error)
    scope.pop(entry.function, None)  # an earlier version is not what is asked about
    try:
        with quiet():
            exec(code, scope)
    except BaseException as error:  # SystemExit too: it must not end the interpreter of the page
        return _raised(entry, error_of(error, home))
    if callable(scope.get(entry.function)):
        return _unfilled(entry, ast.parse(source))
    return _missing(entry, re.findall(r"^def +(\w+)", source, re.MULTILINE))


def _unreadable(entry: Entry, error: SyntaxError | ValueError) -> Telling:
    number = getattr(error, "lineno", None)
    where = f"line {number}" if number else "the cell"
    if isinstance(error, IndentationError):
        action = (
            "begin each line inside the function with four spaces, and each line after a colon "
            "with four more."
        )
    else:
        action = (
            "look at that line and at the one before: a bracket or a quote may be left open, or a "
            "colon be missing."
        )
    return _unchecked(entry, f"Python cannot read {where}: {getattr(error, 'msg', error)}.", action)


def _raised(entry: Entry, error: Error) -> Telling:
    cause, action = meaning(error, entry.call)
    said = f"The cell raised {error}. So nothing was checked."
    return _unchecked(entry, said, action or "mend that line first.", cause)


def _unfilled(entry: Entry, tree: ast.Module) -> Telling | None:
    """Say which line still has `...` in the place of code; as an index it has a meaning."""
    indices = [node.slice for node in ast.walk(tree) if isinstance(node, ast.Subscript)]
    meant = {node for index in indices for node in ast.walk(index)}
    gaps = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and node.value is ... and node not in meant
    ]
    if not gaps:
        return None
    said = f"Line {min(gaps)} still has `...` where something is missing."
    return _unchecked(entry, said, "put an expression in its place, and start with the example.")


def _missing(entry: Entry, found: Collection[str]) -> Telling:
    said = f"There is no function {entry.function} here"
    if found:
        said += f", but there is {' and '.join(found)}"
    return _unchecked(entry, f"{said}.", f"keep the line `def {entry.call}:` as it was.")


def _unchecked(entry: Entry, said: str, action: str, more: str = "") -> Telling:
    cause = tuple(filter(None, (said, more)))
    return Telling(entry.function, 0.0, entry.most, 0, "cell", (), cause=cause, action=action)


def _data(
    entry: Entry,
    told: Telling,
    places: Mapping[str, Mapping[str, str]] | None,
    plain: str = "",
) -> dict[str, Any]:
    known = {label: Place(**place) for label, place in (places or {}).items()}
    right = told.kind == "right" and not told.conditions
    return {
        "exercise": entry.name,
        "points": told.points,
        "most": told.most,
        "kind": told.kind,
        "text": plain or text(told),
        "first": html(told, known, named=False),
        "whole": html(told, known),
        "name": told.name or None,
        "fault": "" if right else f"{entry.name}: {told.name or told.kind}",
        "twin": entry.twins.get(told.name.partition(BESIDES)[0]),
        "told": asdict(told),
    }
