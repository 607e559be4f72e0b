"""What a learner's own fit function gives, as far as it can be drawn."""

import sys
from collections.abc import Callable

import numpy as np

from reglib.guard import call, quiet
from reglib.written import unwritten

LARGEST = 1e60  # of what can be squared with room to spare


def fitted_by(
    fit: Callable, X: np.ndarray, y: np.ndarray, lam: float
) -> tuple[np.ndarray, float] | str:
    """Return the w of shape (p,) and the number b that the learner's function gives, or in words
    what is wrong with its answer. One that is not written yet raises `NotImplementedError`.

    >>> fitted_by(lambda X, y, lam: None, np.eye(2), np.ones(2), 1.0)
    'your function returned nothing: end it with `return w, b`.'
    """
    try:
        answer = call(fit, X.copy(), y.copy(), lam)
    except (Exception, SystemExit) as error:
        if unwritten(error):
            raise
        return f"your function raised {type(error).__name__}: {error}"
    if answer is None:
        return "your function returned nothing: end it with `return w, b`."
    try:
        w, b = answer
        w, b = np.asarray(w, dtype=float), np.asarray(b, dtype=float)
    except (TypeError, ValueError):
        return "your function did not return a pair (w, b) of numbers."
    p = X.shape[1]
    if w.shape != (p,) or b.shape != ():
        return (
            f"your w has shape {w.shape} and your b has shape {b.shape}: "
            f"a w of shape {(p,)} and a single number b can be drawn."
        )
    if not (np.isfinite(w).all() and np.isfinite(b)):
        return "your w or b contains NaN or infinity."
    if np.abs(w).max() > LARGEST or abs(b) > LARGEST:
        return "your w or b is too large to be drawn."
    return w, float(b)


def table(name: str, X: list, y: list, lams: list) -> dict[str, list] | None:
    """Return the fits by a function of the notebook, for the page: `coefs` and `intercepts`, one
    for each of `lams`. There is none if the function, or one of its fits, cannot be drawn.

    >>> table("no_such_function", [[1.0], [2.0]], [3.0, 5.0], [0.0]) is None
    True
    """
    fit = getattr(sys.modules["__main__"], name, None)
    rows = np.array(X, dtype=float), np.array(y, dtype=float)
    try:
        with quiet():
            fits = [fitted_by(fit, *rows, lam) for lam in lams]
    except NotImplementedError:
        return None
    if any(isinstance(given, str) for given in fits):
        return None
    return {"coefs": [w.tolist() for w, _ in fits], "intercepts": [b for _, b in fits]}
