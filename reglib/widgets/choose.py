"""Move among pictures that you draw yourself, one for each of a few choices."""

import os
from collections.abc import Callable, Iterable

import numpy as np

from reglib.widgets.front import UNSEEN, Steps
from reglib.written import unwritten

MOST = 100  # options
ONLY = "choose shows lines and marks: draw them with ax.plot, on scales that are linear or log"


def choose(draw: Callable, name: str, options: Iterable[object], *, start: object = None) -> Steps:
    """Show what your `draw(option, ax)` draws, for the one of `options` that a slider is at.

    `ax` is a pair of Matplotlib's axes, empty for each option. What you `plot` there is shown, with
    title, labels and limits. `name` is what the slider is called. It begins at `start`, or at the
    first of the options. Your function is called once for each of them, so that moving needs no
    Python.

    Raises `ValueError` for arguments that are not as described and for pictures of something else
    than lines and marks, and whatever `draw` raises; if that is a function that is not written yet,
    a sentence says which.

    >>> choose(lambda power, ax: ax.plot([0, 1], [0, 2**power]), "power", [1, 2, 3], start=2)
    power = 2.
    """
    if not callable(draw):
        raise ValueError("draw is not a function: pass the function itself, as in choose(draw, …)")
    options = list(options)
    if not 1 <= len(options) <= MOST:
        raise ValueError(f"options has {len(options)} entries: pass from 1 to {MOST}")
    if start is not None and start not in options:
        raise ValueError(f"start is {start!r}: pass one of the options")
    at = 0 if start is None else options.index(start)
    if UNSEEN in os.environ:
        options, at = [options[at]], 0
    from matplotlib.figure import Figure  # only here, as a page may have to fetch it

    ax = Figure().subplots()
    words, pictures = [], []
    for option in options:
        ax.clear()
        try:
            draw(option, ax)
        except NotImplementedError as error:
            if sentence := unwritten(error):
                return Steps("choose", [sentence])
            raise
        title = ax.get_title()
        words.append(f"{name} = {option}." + (f" {title}." if title else ""))
        pictures.append(_picture(ax))
    facts = {"name": str(name), "options": list(map(str, options)), "pictures": pictures}
    return Steps("choose", words, facts, at)


def _picture(ax) -> dict[str, object]:
    """Return what was plotted, as numbers: rendered by Matplotlib, it would take the page long."""
    from matplotlib.colors import to_hex

    plotted = all(line.get_transform() is ax.transData for line in ax.lines)
    if not plotted or ax.patches or ax.collections or ax.images or ax.texts:
        raise ValueError(ONLY)
    axes = {"title": ax.get_title()}
    for side in "xy":
        kind, ends = getattr(ax, f"get_{side}scale")(), getattr(ax, f"get_{side}lim")()
        if kind not in ("linear", "log"):
            raise ValueError(ONLY)
        label = getattr(ax, f"get_{side}label")()
        axes[side] = {"kind": kind, "ends": sorted(map(float, ends)), "label": label}
    axes["curves"] = [
        {
            "x": _finite(line.get_xdata()),
            "y": _finite(line.get_ydata()),
            "colour": to_hex(line.get_color()),
            "line": line.get_linestyle() != "None",
            "mark": line.get_marker() not in ("None", "", " ", None),
        }
        for line in ax.lines
    ]
    return axes


def _finite(values: np.ndarray) -> list[float | None]:
    """Return numbers as JSON can hold them."""
    values = np.asarray(values, dtype=float)
    return np.where(np.isfinite(values), values, None).tolist()
