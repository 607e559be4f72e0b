"""A plot to be read: a small picture in the page's font and colours, and its numbers as a table."""

from html import escape
from typing import Any

import numpy as np
from matplotlib.ticker import MaxNLocator

from reglib import palette

WIDE, HIGH = 340, 230
LEFT, RIGHT, TOP, LOW = 44, 332, 12, 190  # of the axes, in units of the picture


def picture(plot: dict[str, Any]) -> str:
    """Return the plot as SVG, 340 units wide so that its text is readable on a phone."""
    points = np.array(
        [(x, y) for one in plot["series"] for x, y in zip(one["x"], one["y"], strict=True)]
    )
    x_ticks, y_ticks = _ticks(points[:, 0], 9), _ticks(np.r_[0, points[:, 1]], 5)
    across = _scale(points[:, 0].min(), points[:, 0].max(), LEFT + 10, RIGHT - 10)
    up = _scale(min(0, y_ticks[0]), max(y_ticks[-1], points[:, 1].max()), LOW, TOP)
    drawn = [f'<path class="axis" d="M{LEFT},{TOP}V{LOW}H{RIGHT}"/>']
    for tick in x_ticks:
        if points[:, 0].min() <= tick <= points[:, 0].max():
            drawn.append(_word(across(tick), LOW + 16, f"{tick:g}", "middle"))
    for tick in y_ticks:
        drawn.append(f'<path class="grid" d="M{LEFT},{up(tick):.1f}H{RIGHT}"/>')
        drawn.append(_word(LEFT - 6, up(tick) + 4, f"{tick:g}", "end"))
    for one in plot["series"]:
        drawn.append(_series(one, across, up))
    drawn.append(_word((LEFT + RIGHT) / 2, HIGH - 6, plot["x"], "middle"))
    keys = "".join(
        f"<span>{_key(one['colour'])} {escape(one['name'])}</span>" for one in plot["series"]
    )
    return (
        f'<p class="ask-keys">{escape(plot["y"])}: {keys}</p>'
        f'<svg viewBox="0 0 {WIDE} {HIGH}" role="img" aria-label="{escape(plot["says"])}">'
        f"{''.join(drawn)}</svg>"
    )


def table(plot: dict[str, Any]) -> str:
    """Return the numbers of a plot as a table in Markdown.

    >>> one = {"name": "A", "x": [1, 2], "y": [0.5, 3.0]}
    >>> print(table({"x": "rows", "series": [one]}))
    | rows | A |
    |---:|---:|
    | 1 | 0.5 |
    | 2 | 3 |
    """
    series = plot["series"]
    rows = [[plot["x"], *(one["name"] for one in series)], ["---:"] * (len(series) + 1)]
    for x in sorted({x for one in series for x in one["x"]}):
        known = [dict(zip(one["x"], one["y"], strict=True)).get(x) for one in series]
        rows.append([f"{x:g}", *("" if y is None else f"{y:g}" for y in known)])
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines).replace("| ---: | ---: |", "|---:|---:|").replace("| ---: |", "|---:|")


def _series(one: dict[str, Any], across, up) -> str:
    places = [(across(x), up(y)) for x, y in zip(one["x"], one["y"], strict=True)]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    marks = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5"/>' for x, y in places)
    return f'<g style="{_style(one["colour"])}"><polyline points="{line}"/>{marks}</g>'


def _key(colour: str) -> str:
    return (
        '<svg viewBox="0 0 28 10" width="28" height="10" aria-hidden="true" '
        f'style="{_style(colour)}">'
        '<polyline points="1,5 27,5"/><circle cx="14" cy="5" r="3.5"/></svg>'
    )


def _style(name: str) -> str:
    colour = palette.COLOURS[name]
    own = f"light-dark({colour.light}, {colour.dark})"
    face = "var(--pst-color-background)" if colour.hollow else own
    dashes = " ".join(f"{2 * size:g}" for size in colour.dashes) or "none"
    return f"--own: {own}; --face: {face}; --dashes: {dashes}"


def _word(x: float, y: float, text: str, anchor: str) -> str:
    text = escape(text.replace("-", "−")) if text[:1] == "-" else escape(text)
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{text}</text>'


def _ticks(values: np.ndarray, most: int) -> np.ndarray:
    return MaxNLocator(most, steps=[1, 2, 5, 10]).tick_values(values.min(), values.max())


def _scale(low: float, high: float, start: float, end: float):
    return lambda value: start + (end - start) * (value - low) / (high - low)
