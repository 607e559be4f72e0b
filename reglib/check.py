"""The one line that checks an exercise in a notebook: `check("ridge.ridge_fit", ridge_fit)`."""

import builtins
import os
from collections.abc import Callable
from html import escape
from pathlib import Path

# Of this session: what a later check is to mend first, and what has been earned.
_unfinished: set[str] = set()
_earned: dict[str, float] = {}


class Shown:
    """What a notebook shows as HTML, and a terminal as text."""

    def __init__(self, text: str, html: str) -> None:
        self.text, self.html = text, html

    def __repr__(self) -> str:
        return self.text

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return {"text/plain": self.text, "text/html": self.html}


class Points(float):
    """Points as the value of a cell: nbgrader reads the number, a notebook shows a sentence.

    >>> Points(5, "5 of 6 points.")
    5.0
    >>> Points(5, "5 of 6 points.")._repr_mimebundle_()
    {'text/plain': '5.0', 'text/html': '<p class="verdict-progress">5 of 6 points.</p>'}
    """

    def __new__(cls, points: float, sentence: str = "") -> "Points":
        new = super().__new__(cls, points)
        new.sentence = sentence
        return new

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        html = f'<p class="verdict-progress">{escape(self.sentence)}</p>'
        return {"text/plain": repr(self), "text/html": html}


def check(name: str, function: Callable, seed: int | None = None) -> float:
    """Check `function` against the exercise `name`, show what to do next, return the points.

    In a notebook the feedback is shown as HTML, elsewhere it is printed. The points are a float,
    which nbgrader reads as partial credit if it is the last value of a graded cell; in its place a
    notebook shows what has been earned of the assignment in this session. `seed` draws other cases
    than those of the release, which do not count there. Nothing is raised: a name that is not
    known, a function that fails, hangs or prints gets a sentence and no points for it.

    >>> check("ridge.ridge_objective", lambda w, b, X, y, lam: None)  # doctest: +ELLIPSIS
    ridge_objective: 0 of 3 points.
    ...
    0.0
    """
    if os.environ.get("REGLIB_SANDBOX"):  # where submissions are run there is no reference
        print(f"{name} is not checked here, but when the whole notebook has run.")
        return 0.0
    # Only here, so that importing this module needs no model and no reference.
    try:
        from reglib.checks.markup import html
        from reglib.checks.tell import tell, telling
        from reglib.checks.trial import among, trial
        from reglib.exercises import assignment, find

        entry = find(name)
    except ImportError as error:
        print(f"{name} is not checked, because this reglib is not whole: {error}.")
        print(f"Install what is missing, or reglib anew. {renewal()}")
        return _nothing()
    except LookupError as error:
        print(error.args[0])
        print(f"If the notebook came with this line, your reglib is older. {renewal()}")
        return _nothing()
    if not callable(function):
        print(
            f"{entry.function}: 0 of {entry.most:g} points. The second argument is not a function. "
            f'Pass the function itself, without calling it: check("{name}", {entry.function}).'
        )
        return _nothing()
    verdict = trial(entry, function, seed)
    called = among(_unfinished, function)
    _show(Shown(tell(verdict, called), html(telling(verdict, called, expected=True))))
    (_unfinished.add if verdict.faults else _unfinished.discard)(name)
    if seed is None:
        _earned[name] = verdict.points
    every = assignment(name.partition(".")[0])
    earned = sum(_earned.get(one.name, 0.0) for one in every.entries)
    most = sum(one.most for one in every.entries)
    return Points(verdict.points, f"{every.name}: {earned:g} of {most:g} points so far.")


def _show(shown: Shown) -> None:
    """Display it where something displays: IPython and the page have `display` among builtins."""
    getattr(builtins, "display", print)(shown)


def _nothing() -> float:
    return Points(0.0, "No points.")


def renewal() -> str:
    """Return what to do if a notebook is newer than this reglib.

    In a clone of the course's repository that is a line for the terminal. The site's wheel comes
    with the notebook, whose first cell installs the one that it needs.

    >>> print(renewal())  # doctest: +ELLIPSIS
    In a terminal, run this line, and then restart the kernel:
    ...
    """
    copy = Path(__file__).parents[1]
    if (copy / ".git").exists():
        line = f'git -C "{copy}" pull'
        return f"In a terminal, run this line, and then restart the kernel:\n{line}"
    return (
        "Run the first cell of the notebook again: it installs the reglib that the notebook needs. "
        "Then restart the kernel. If there is no %pip in that cell, take the notebook anew from "
        f"{_site(copy)}, and run its first cell."
    )


def _site(copy: Path) -> str:
    """The address of the site from which pip has installed into a folder, as far as known."""
    import json  # only here, as this module is imported by every notebook
    from importlib.metadata import distributions

    for installed in distributions(name="reglib", path=[str(copy)]):
        address = json.loads(installed.read_text("direct_url.json") or "{}").get("url", "")
        if address.startswith("http") and "/downloads/" in address:
            return address.rpartition("downloads/")[0]
    return "the course's site"
