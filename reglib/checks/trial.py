"""A whole check: cases are drawn, the function is called, and its answers are judged."""

from collections.abc import Callable, Collection

from reglib.checks.entry import Entry
from reglib.checks.judge import Verdict, judge
from reglib.checks.run import run
from reglib.guard import quiet


def trial(entry: Entry, function: Callable, seed: int | None = None) -> Verdict:
    """Return the verdict on a function; without a seed, on the cases of the release.

    Nothing is raised, whatever the function does.

    >>> from reglib.exercises import find
    >>> trial(find("ridge.ridge_fit"), lambda X, y, lam: None).points
    0.0
    """
    cases = entry.draw(seed)
    outcomes = run(function, [case.args for case in cases])
    with quiet():  # odd numbers may overflow on the way
        return judge(entry, cases, outcomes)


def among(names: Collection[str], function: Callable) -> set[str]:
    """Return those exercises among `names` that a function calls by their own names.

    >>> among({"ridge.ridge_fit", "ridge.ridge_path"}, lambda X, y: ridge_fit(X, y, 0.0))
    {'ridge.ridge_fit'}
    """
    code = getattr(function, "__code__", None)
    called = {*code.co_names, *code.co_freevars} if code else set()
    return {name for name in names if name.partition(".")[2] in called}
