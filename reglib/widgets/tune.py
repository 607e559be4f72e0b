"""Move λ on a fit function of your own: what it gave at each λ, and no model of reglib."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from reglib import inputs
from reglib.guard import TimeIsUp, quiet, time_limit
from reglib.widgets.fits import fitted_by
from reglib.widgets.front import Steps
from reglib.written import unwritten

SECONDS = 10.0  # for the fits at all λ together


def tune(
    fit: Callable,
    X: ArrayLike,
    y: ArrayLike,
    lams: ArrayLike,
    *,
    validation: tuple[ArrayLike, ArrayLike] | None = None,
    names: Sequence[str] | None = None,
) -> Steps:
    """Show what your own `fit(X, y, lam) -> (w, b)` does as you move λ along `lams`.

    X is (n, p), y is (n,), lams is (L,), in any order. Under the slider stand three pictures: the
    fit (a line through the rows for one feature, otherwise fitted against actual values), the
    coefficients against λ, and the mean squared error against λ, on the rows that you fit and on
    those of `validation`, a pair (X, y), if you pass one. `names` are those of the p features.

    Your function is called once for each λ, with copies of X and y, and what it gave is all that
    is ever shown: the slider goes from one of these λ to the next. Where it fails, or returns
    something else than a w of shape (p,) and a number b, a sentence says so.

    Raises `ValueError` for arguments that are not as described.

    >>> tune(lambda X, y, lam: (np.zeros(1), y.mean()), [[1.0], [2.0]], [3.0, 5.0], [0, 1])
    λ = 0. Mean squared error: 1 on the training rows. Intercept: 4. Coefficients: w1 = 0.
    """
    if not callable(fit):
        raise ValueError(
            "fit is not a function: pass the function itself, as in tune(ridge_fit, …)"
        )
    X = inputs.moderate("X", inputs.matrix(X)).copy()
    rows = {"training": (X, inputs.moderate("y", inputs.target(y, len(X))))}
    if validation is not None:
        rows["validation"] = _held_out(validation, X.shape[1])
    names = [f"w{j + 1}" for j in range(X.shape[1])] if names is None else list(map(str, names))
    if len(names) != X.shape[1]:
        raise ValueError(f"names has {len(names)} entries: pass one for each column, {X.shape[1]}")
    lams = inputs.moderate("lams", np.unique(inputs.penalties(lams)))
    try:
        with quiet(), time_limit(SECONDS):
            fits = [fitted_by(fit, *rows["training"], float(lam)) for lam in lams]
    except TimeIsUp:
        return _words("Your function did not finish in time: is there a loop without end?")
    except NotImplementedError as error:
        return _words(unwritten(error))
    if all(isinstance(given, str) for given in fits):
        return _words(f"At λ = {lams[0]:.3g}, {fits[0]}")
    steps = [_step(lam, given, rows, names) for lam, given in zip(lams, fits, strict=True)]
    facts = {"names": names, "actual": {kind: y.tolist() for kind, (_, y) in rows.items()}}
    if len(names) == 1:
        facts["x"] = X[:, 0].tolist()
    facts["steps"] = [step for _, step in steps]
    return Steps("tune", [words for words, _ in steps], facts)


def _words(sentence: str) -> Steps:
    return Steps("tune", [sentence])


def _held_out(validation: tuple[ArrayLike, ArrayLike], p: int) -> tuple[np.ndarray, np.ndarray]:
    try:
        X, y = validation
    except (TypeError, ValueError):
        raise ValueError("validation is not a pair: pass (X, y) of the held-out rows") from None
    X = inputs.matrix(X, "validation's X")
    if X.shape[1] != p:
        raise ValueError(f"validation's X has {X.shape[1]} columns: pass the {p} columns of X")
    y = inputs.moderate("validation's y", inputs.target(y, len(X), "validation's y"))
    return inputs.moderate("validation's X", X).copy(), y


def _step(
    lam: float, given: tuple | str, rows: dict[str, tuple], names: list[str]
) -> tuple[str, dict[str, object]]:
    """Return what is to be seen at one λ, in words and in numbers."""
    label = f"{lam:.3g}"
    if isinstance(given, str):
        return f"At λ = {label}, {given}", {"lam": float(lam), "label": label}
    w, b = given
    fitted = {kind: b + X @ w for kind, (X, _) in rows.items()}
    errors = {kind: float(np.mean((y - fitted[kind]) ** 2)) for kind, (_, y) in rows.items()}
    told = " and ".join(f"{error:.4g} on the {kind} rows" for kind, error in errors.items())
    low, high = w.argmin(), w.argmax()
    span = f"{names[high]} = {w[high]:.3g}"
    if low != high:
        span = f"from {names[low]} = {w[low]:.3g} to {span}"
    words = f"λ = {label}. Mean squared error: {told}. Intercept: {b:.4g}. Coefficients: {span}."
    return words, {
        "lam": float(lam),
        "label": label,
        "w": w.tolist(),
        "b": b,
        "errors": errors,
        "fitted": {kind: values.tolist() for kind, values in fitted.items()},
    }
