"""What explorers of a curve through points share: made data, and the parts of their pictures."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from reglib import palette
from reglib.widgets.explorer import normals

# Midpoints of 200 equal slices of [-1, 1]: there the curves are drawn and the true risk averaged.
GRID = (np.arange(200) + 0.5) / 100 - 1


def truth(x: ArrayLike) -> np.ndarray:
    """Return f(x) = sin(πx), from which data are made.

    >>> truth([0.0, 0.5])
    array([0., 1.])
    """
    return np.sin(np.pi * np.asarray(x, dtype=float))


def slices(shares: np.ndarray) -> np.ndarray:
    """Return one x in each of n equal slices of [-1, 1], n shares (from 0 to 1) of the way in.

    >>> slices(np.array([0.5, 0.25]))
    array([-0.5 ,  0.25])
    """
    return (np.arange(len(shares)) + shares) * 2 / len(shares) - 1


def measure(x: np.ndarray, noise: float, u: np.ndarray, v: np.ndarray) -> np.ndarray:
    """Return f(x) + noise · z, the standard normal z made from two rows of uniform numbers.

    >>> measure(np.array([0.5]), 0.0, np.array([0.5]), np.array([0.5]))
    array([1.])
    """
    return truth(x) + noise * normals(u, v)


def draw_fit(
    ax: Axes, rows: Sequence[np.ndarray], curve: np.ndarray, title: str, made: bool = True
) -> None:
    """Draw rows = (x, y, x_val, y_val), the fitted curve on GRID and, of made data, the truth."""
    x, y, x_val, y_val = rows
    if made:
        ax.plot(GRID, truth(GRID), **palette.TRUTH.line, label="truth, sin(πx)")
    ax.plot(x, y, **palette.TRAINING.mark, label="training")
    ax.plot(x_val, y_val, **palette.VALIDATION.mark, ms=4, label="validation")
    ax.plot(GRID, curve, **palette.FIT.line, lw=2, label="fit")
    if made:
        low, high = min(-2.0, y.min() * 1.05), max(2.0, y.max() * 1.05)
    else:
        margin = max(0.1 * np.ptp(y), 1e-9 * np.abs(y).max()) or 1.0
        low, high = y.min() - margin, y.max() + margin
    ax.set(title=title, xlabel="x", ylabel="y", ylim=(low, high))
    ax.legend(frameon=False, fontsize="small")


def draw_errors(
    ax: Axes, places: ArrayLike, errors: Sequence[np.ndarray], most: float = np.inf
) -> None:
    """Draw (training, validation, true risk), the last if there is one, against `places`.

    Errors above `most`, or smaller by a factor of 10⁶, are cut off.
    """
    kinds = [
        (palette.TRAINING, "training"),
        (palette.VALIDATION, "validation"),
        (palette.TRUTH, "true risk, known because\nwe made the data"),
    ]
    for error, (colour, name) in zip(errors, kinds, strict=False):
        ax.plot(places, error, **colour.line, label=name)
    high = min(np.max(errors), most) or 1.0  # of errors that are all exactly 0
    low = max(np.min(errors), high * 1e-6, 1e-300)
    ax.set(yscale="log", ylabel="mean squared error")
    ax.set_ylim(10 ** np.floor(np.log10(low)), 10 ** np.ceil(np.log10(high)))
    ax.yaxis.set_major_formatter("{x:g}")
    ax.yaxis.set_minor_formatter("")


def tidy(*axes: Axes) -> None:
    """Make titles small and leave out the frame above and to the right."""
    for ax in axes:
        ax.set_title(ax.get_title(), fontsize="medium")
        ax.spines[["top", "right"]].set_visible(False)
