"""Move among pictures that you draw yourself, one for each of a few choices."""

import io
import os
from collections.abc import Callable, Iterable

from reglib.widgets.front import UNSEEN, Steps
from reglib.written import unwritten

MOST = 60  # pictures, each of which is some 30 kB


def choose(draw: Callable, name: str, options: Iterable[object], *, start: object = None) -> Steps:
    """Show what your `draw(option, ax)` draws, for the one of `options` that a slider is at.

    `ax` is a pair of Matplotlib's axes, a new one for each option; its title is also read to those
    who do not see the picture. `name` is what the slider is called. It begins at `start`, or at
    the first of the options. All pictures are drawn at once, so that moving needs no Python.

    Raises `ValueError` for arguments that are not as described, and whatever `draw` raises; if that
    is a function that is not written yet, a sentence says which.

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
    words, pictures = [], []
    for option in options:
        try:
            title, picture = _drawn(draw, option)
        except NotImplementedError as error:
            if sentence := unwritten(error):
                return Steps("choose", [sentence])
            raise
        words.append(f"{name} = {option}." + (f" {title}." if title else ""))
        pictures.append(picture)
    facts = {"name": str(name), "options": list(map(str, options)), "pictures": pictures}
    return Steps("choose", words, facts, at)


def _drawn(draw: Callable, option: object) -> tuple[str, str]:
    """Return the title and the picture, as the text of an SVG."""
    from matplotlib.figure import Figure  # only here, as a page may have to fetch it

    figure = Figure(figsize=(6, 3.5), layout="constrained")
    ax = figure.subplots()
    draw(option, ax)
    svg = io.StringIO()
    figure.savefig(svg, format="svg")
    return ax.get_title(), svg.getvalue()
