"""Move λ on a fit function of your own: plain ipywidgets and matplotlib, and no model of reglib."""

import base64
import functools
import html
import io
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import ipywidgets
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from reglib import inputs, palette
from reglib.guard import TimeIsUp, call, quiet, time_limit

LARGEST = 1e60  # of what can be squared with room to spare
SECONDS = 10.0  # for the fits at all λ together
# Set where a notebook runs with nobody to see its widgets: then nothing is drawn under the slider.
UNSEEN = "REGLIB_WIDGETS_UNSEEN"


def tune(
    fit: Callable,
    X: ArrayLike,
    y: ArrayLike,
    lams: ArrayLike,
    *,
    validation: tuple[ArrayLike, ArrayLike] | None = None,
    names: Sequence[str] | None = None,
) -> ipywidgets.VBox:
    """Show what your own `fit(X, y, lam) -> (w, b)` does as you move λ along `lams`.

    X is (n, p), y is (n,), lams is (L,), in any order. Under the slider stand three pictures: the
    fit (a line through the rows for one feature, otherwise fitted against actual values), the
    coefficients against λ, and the mean squared error against λ, on the rows that you fit and on
    those of `validation`, a pair (X, y), if you pass one. `names` are those of the p features.

    Your function is called once for each λ, with copies of X and y. Where it fails, or returns
    something else than a w of shape (p,) and a number b, a sentence says so.

    Raises `ValueError` for arguments that are not as described.

    >>> box = tune(lambda X, y, lam: (np.zeros(1), y.mean()), [[1.0], [2.0]], [3.0, 5.0], [0, 1])
    >>> [type(child).__name__ for child in box.children]
    ['SelectionSlider', 'HTML', 'HTML']
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
    path = _Path(fit, rows, lams, names)
    if all(path.trouble):
        return ipywidgets.VBox([ipywidgets.HTML(f"<p>{html.escape(path.trouble[0])}</p>")])

    slider = ipywidgets.SelectionSlider(
        options=[(f"{lam:.3g}", at) for at, lam in enumerate(path.lams)],
        description="λ",
        layout=ipywidgets.Layout(width="min(100%, 40rem)"),
    )
    words, picture = ipywidgets.HTML(), ipywidgets.HTML()
    drawn = functools.cache(path.picture)

    def show(at: int) -> None:
        text = html.escape(path.text(at))
        words.value = f'<p role="status">{text}</p>'
        if UNSEEN not in os.environ:
            picture.value = f'<img alt="{text}" style="max-width: 100%" src="{drawn(at)}">'

    slider.observe(lambda change: show(change["new"]), names="value")
    show(slider.value)
    return ipywidgets.VBox([slider, words, picture])


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


@dataclass
class _Path:
    """The learner's fits, one for each λ, and how they look."""

    fit: Callable
    rows: dict[str, tuple[np.ndarray, np.ndarray]]
    lams: np.ndarray
    names: list[str]

    def __post_init__(self) -> None:
        L, p = len(self.lams), len(self.names)
        self.w, self.b = np.full((L, p), np.nan), np.full(L, np.nan)
        self.trouble = [""] * L
        try:
            with quiet(), time_limit(SECONDS):
                self._fit_all()
        except TimeIsUp:
            self.trouble = [
                "Your function did not finish in time: is there a loop without end?"
            ] * L
        self.errors = {
            kind: np.mean((y[:, None] - self.b - X @ self.w.T) ** 2, axis=0)
            for kind, (X, y) in self.rows.items()
        }

    def _fit_all(self) -> None:
        for at, lam in enumerate(self.lams):
            try:
                self.w[at], self.b[at] = _fitted(self.fit, *self.rows["training"], float(lam))
            except _Unusable as why:
                self.trouble[at] = f"At λ = {lam:.3g}, {why}"
                if isinstance(why.__cause__, NotImplementedError):
                    sentence = "Finish your function first, then run this cell again."
                    self.trouble = [sentence] * len(self.lams)
                    break

    def text(self, at: int) -> str:
        """What the pictures show at one λ."""
        if self.trouble[at]:
            return self.trouble[at]
        errors = " and ".join(
            f"{errors[at]:.4g} on the {kind} rows" for kind, errors in self.errors.items()
        )
        w = self.w[at]
        low, high = w.argmin(), w.argmax()
        span = f"{self.names[high]} = {w[high]:.3g}"
        if low != high:
            span = f"from {self.names[low]} = {w[low]:.3g} to {span}"
        return (
            f"λ = {self.lams[at]:.3g}. Mean squared error: {errors}. "
            f"Intercept: {self.b[at]:.4g}. Coefficients: {span}."
        )

    def picture(self, at: int) -> str:
        """Three pictures as the address of an image."""
        figure = Figure(figsize=(10.5, 3.4))
        left, middle, right = figure.subplots(1, 3)
        figure.subplots_adjust(left=0.06, right=0.98, bottom=0.16, top=0.9, wspace=0.26)
        self._draw_fit(left, at)
        for j, name in enumerate(self.names):
            middle.plot(self.lams, self.w[:, j], label=name, **palette.nth(j))
        middle.axhline(0, color=palette.INK.light, linewidth=0.5)
        middle.set(title="your coefficients", xlabel="λ", ylabel="w")
        for kind, errors in self.errors.items():
            right.plot(self.lams, errors, label=kind, **palette.COLOURS[kind].line)
            right.plot(self.lams[at], errors[at], **palette.COLOURS[kind].mark)
        right.set(title="your mean squared error", xlabel="λ", ylim=(0, None))
        for ax in (middle, right):
            if len(self.names) <= 15 or ax is right:
                ax.legend(fontsize="x-small", frameon=False, ncols=2 if ax is middle else 1)
            ax.axvline(self.lams[at], color=palette.INK.light, linewidth=1)
            if len(self.lams) > 1:  # a log scale, with room for λ = 0 at its left end
                least = max(self.lams[self.lams > 0][0], 1e-30 * self.lams[-1])
                ax.set_xscale("symlog", linthresh=least)
                ax.set_xlim(self.lams[[0, -1]])
        for ax in (left, middle, right):
            ax.spines[["top", "right"]].set_visible(False)
        png = io.BytesIO()
        figure.savefig(png, format="png", dpi=110)
        return "data:image/png;base64," + base64.b64encode(png.getvalue()).decode()

    def _draw_fit(self, ax, at: int) -> None:
        X, y = self.rows["training"]
        if len(self.names) == 1:
            ends = np.array([X.min(), X.max()])
            ax.plot(X[:, 0], y, **palette.TRAINING.mark, markersize=4, alpha=0.7)
            ax.plot(ends, self.b[at] + ends * self.w[at], **palette.FIT.line)
            ax.set(title="your line", xlabel=self.names[0], ylabel="y")
            return
        for kind, (X, y) in reversed(self.rows.items()):
            fitted = self.b[at] + X @ self.w[at]
            ax.plot(y, fitted, **palette.COLOURS[kind].mark, markersize=4, alpha=0.6, label=kind)
        ax.axline((y.mean(), y.mean()), slope=1, color=palette.INK.light, linewidth=0.5)
        ax.legend(fontsize="x-small", frameon=False)
        everything = [self.b + X @ self.w.T for X, _ in self.rows.values()]
        low, high = (f([f(fitted) for fitted in everything]) for f in (np.nanmin, np.nanmax))
        # The same at every λ, so that only the points move.
        margin = max(0.05 * (high - low), 1e-9 * abs(high)) or 1.0
        ax.set(title="your fit", xlabel="actual y", ylabel="fitted y")
        ax.set_ylim(low - margin, high + margin)


class _Unusable(Exception):
    """What a learner's function gave cannot be drawn; the text says why."""


def _fitted(fit: Callable, X: np.ndarray, y: np.ndarray, lam: float) -> tuple[np.ndarray, float]:
    """Call the learner's function, and take only a w of shape (p,) and a number b."""
    try:
        answer = call(fit, X.copy(), y.copy(), lam)
    except (Exception, SystemExit) as error:
        raise _Unusable(f"your function raised {type(error).__name__}: {error}") from error
    if answer is None:
        raise _Unusable("your function returned nothing: end it with `return w, b`.")
    try:
        w, b = answer
        w, b = np.asarray(w, dtype=float), np.asarray(b, dtype=float)
    except (TypeError, ValueError):
        raise _Unusable("your function did not return a pair (w, b) of numbers.") from None
    p = X.shape[1]
    if w.shape != (p,) or b.shape != ():
        raise _Unusable(
            f"your w has shape {w.shape} and your b has shape {b.shape}: "
            f"a w of shape {(p,)} and a single number b can be drawn."
        )
    if not (np.isfinite(w).all() and np.isfinite(b)):
        raise _Unusable("your w or b contains NaN or infinity.")
    if np.abs(w).max() > LARGEST or abs(b) > LARGEST:
        raise _Unusable("your w or b is too large to be drawn.")
    return w, float(b)
