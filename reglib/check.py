"""The one line that checks an exercise in a notebook: `check("ridge.ridge_fit", ridge_fit)`."""

import os
from collections.abc import Callable
from pathlib import Path

_unfinished: set[str] = set()  # of this session, so that a later check can say what to mend first


def check(name: str, function: Callable, seed: int | None = None) -> float:
    """Check `function` against the exercise `name`, print what to do next, return the points.

    The points are a plain float, which nbgrader reads as partial credit if it is the last value of
    a graded cell. `seed` draws other cases than those of the release. Nothing is raised: a name
    that is not known, a function that fails, hangs or prints gets a sentence and no points for it.

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
        from reglib.checks.judge import judge
        from reglib.checks.run import run
        from reglib.checks.tell import tell
        from reglib.exercises import find
        from reglib.guard import quiet

        entry = find(name)
    except ImportError as error:
        print(f"{name} is not checked, because this reglib is not whole: {error}.")
        print(f"Install what is missing, or reglib anew. {renewal()}")
        return 0.0
    except LookupError as error:
        print(error.args[0])
        print(f"If the notebook came with this line, your reglib is older. {renewal()}")
        return 0.0
    if not callable(function):
        print(
            f"{entry.function}: 0 of {entry.most:g} points. The second argument is not a function. "
            f'Pass the function itself, without calling it: check("{name}", {entry.function}).'
        )
        return 0.0
    cases = entry.draw(seed)
    outcomes = run(function, [case.args for case in cases])
    with quiet():  # odd numbers may overflow on the way
        verdict = judge(entry, cases, outcomes)
    code = getattr(function, "__code__", None)
    called = {*code.co_names, *code.co_freevars} if code else set()
    print(tell(verdict, {name for name in _unfinished if name.partition(".")[2] in called}))
    (_unfinished.add if verdict.faults else _unfinished.discard)(name)
    return verdict.points


def renewal() -> str:
    """Return what to do if a notebook is newer than this reglib: one line for the terminal.

    >>> print(renewal())  # doctest: +ELLIPSIS
    In a terminal, run this line, and then restart the kernel:
    ...
    """
    copy = Path(__file__).parents[1]
    if (copy / ".git").exists():
        line = f'git -C "{copy}" pull'
    else:
        line = "pip install --force-reinstall --no-deps PATH-OF-A-NEW-COPY"
    return f"In a terminal, run this line, and then restart the kernel:\n{line}"
