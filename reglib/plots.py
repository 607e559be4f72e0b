"""The figures that chapters share, and how those of a lesson look.

Each draws on the `ax` it is given and returns it. Units are the caller's to name: axes say what is
measured, and in what.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from reglib import palette
from reglib.path import Path
from reglib.validation import CV

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: The width of a figure on a phone, in CSS pixels, and the height of its text there.
PHONE, TEXT = 350, 12
LESSON = {
    "figure.figsize": (PHONE / 72, PHONE / 72 * 0.66),
    "figure.constrained_layout.use": True,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "savefig.facecolor": "none",
    "legend.frameon": False,
    "font.size": TEXT,
    **dict.fromkeys(
        ("axes.titlesize", "axes.labelsize", "xtick.labelsize", "ytick.labelsize"), TEXT
    ),
    **dict.fromkeys(("legend.fontsize", "legend.title_fontsize", "figure.titlesize"), TEXT),
    **dict.fromkeys(
        (
            "text.color",
            "axes.labelcolor",
            "axes.titlecolor",
            "xtick.labelcolor",
            "ytick.labelcolor",
        ),
        palette.INK.light,
    ),
    **dict.fromkeys(("axes.edgecolor", "xtick.color", "ytick.color"), palette.EDGE.light),
    "grid.color": palette.RULE.light,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "lines.linewidth": 2,
    "lines.markersize": 5,
    "svg.fonttype": "none",
}


def lesson() -> None:
    """Let the figures of this page be SVG that can take on the page's font and colours.

    One call, before the first figure. A figure is then 350 units wide, as wide as a phone shows it,
    so that its text is 12 pixels high there. It has no ground, and ink for its text. The book puts
    it into the page in the colours of day or night; elsewhere it is as by day.
    """
    import matplotlib.pyplot as plt
    from IPython import get_ipython

    plt.rcParams.update(LESSON)
    if shell := get_ipython():
        from matplotlib_inline.config import InlineBackend

        backend = InlineBackend.instance(parent=shell)
        backend.figure_formats = {"svg"}
        backend.print_figure_kwargs = {"bbox_inches": None}


def path(
    ax: Axes,
    path: Path,
    names: Sequence[str] | None = None,
    unit: str = "units of y per unit of the feature",
    lam: float | None = None,
) -> Axes:
    """Draw every coefficient of the path against λ, with a marker line at `lam`.

    `names` are the p features' names, for a legend; λ = 0 has no place on a log scale and is left
    out. Raises `ValueError` when the number of names is not p, or no λ is positive.
    """
    lams, coef = _positive(path.lams, path.coef)
    if names is not None and len(names) != coef.shape[1]:
        raise ValueError(f"names has {len(names)} entries: pass one for each of {coef.shape[1]} w")
    for j, w in enumerate(coef.T):
        ax.plot(lams, w, **palette.nth(j), label=None if names is None else names[j])
    ax.axhline(0, color=palette.EDGE.light, linewidth=0.8, zorder=0)
    if lam is not None:
        ax.axvline(lam, color=palette.INK.light, linestyle=":", label=f"λ = {lam:.3g}")
    ax.set_xscale("log")
    ax.set(xlabel="penalty λ (log scale)", ylabel=f"coefficient ({unit})")
    if names is not None:  # beside the axes: p curves leave no corner free
        ax.legend(loc="center left", bbox_to_anchor=(1.01, 0.5))
    return ax


def cv_curve(ax: Axes, cv: CV, unit: str = "squared units of y") -> Axes:
    """Draw the mean validation error against λ, one standard error either side, and both choices.

    λ = 0 has no place on a log scale and is left out. Raises `ValueError` when no λ is positive.
    """
    lams, mean, se = _positive(cv.lams, cv.mean, cv.se)
    band = {"color": palette.VALIDATION.light, "alpha": 0.2, "label": "± 1 standard error"}
    ax.fill_between(lams, mean - se, mean + se, **band)
    ax.plot(lams, mean, **palette.VALIDATION.line, label="mean over folds")
    for value, name, colour in (
        (cv.best, "least error", palette.FIRST),
        (cv.one_se, "one standard error", palette.SECOND),
    ):
        if value > 0:
            ax.axvline(value, **colour.line, label=f"{name}: λ = {value:.3g}")
    ax.set_xscale("log")
    ax.set(xlabel="penalty λ (log scale)", ylabel=f"validation error ({unit})")
    ax.legend()
    return ax


def errors(
    ax: Axes,
    x: ArrayLike,
    curves: Mapping[str, ArrayLike],
    xlabel: str,
    unit: str = "squared units of y",
) -> Axes:
    """Draw one named error curve per entry of `curves` against x: degrees, numbers of rows, steps.

    Curves named "training", "validation" or "truth" have the colours that these have everywhere.
    Raises `ValueError` when a curve has another length than x.
    """
    x = np.asarray(x)
    for k, (name, values) in enumerate(curves.items()):
        if np.shape(values) != x.shape:
            raise ValueError(
                f"curves[{name!r}] has shape {np.shape(values)} and x {x.shape}: "
                "pass one error per x"
            )
        known = palette.COLOURS.get(name)
        style = {**known.mark, **known.line} if known else {"marker": "o", **palette.nth(k)}
        ax.plot(x, values, **style, markersize=3, label=name)
    ax.set(xlabel=xlabel, ylabel=f"mean squared error ({unit})")
    ax.legend()
    return ax


def fit(
    ax: Axes,
    x: ArrayLike,
    y: ArrayLike,
    curves: Mapping[str, tuple[ArrayLike, ArrayLike]],
    xlabel: str = "x",
    ylabel: str = "y",
) -> Axes:
    """Draw the points (x, y) and, over them, each named curve of (grid, values on the grid).

    The labels are yours to give with units, such as "bmi (kg/m²)". The vertical range is that of
    the points and a margin, so that a wild fit cannot flatten them. Raises `ValueError` when x and
    y, or the two arrays of a curve, differ in shape.
    """
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    if x.shape != y.shape:
        raise ValueError(f"x has shape {x.shape} and y {y.shape}: pass one y per x")
    ax.plot(x, y, **palette.TRAINING.mark, markersize=4, label="data", zorder=3)
    for k, (name, (grid, values)) in enumerate(curves.items()):
        if np.shape(grid) != np.shape(values):
            raise ValueError(f"curves[{name!r}] has a grid and values of different shapes")
        known = palette.COLOURS.get(name)
        ax.plot(grid, values, **(known.line if known else palette.nth(k)), label=name)
    margin = max(0.25 * np.ptp(y), 1e-9 * np.abs(y).max()) or 1.0
    ax.set(xlabel=xlabel, ylabel=ylabel, ylim=(y.min() - margin, y.max() + margin))
    ax.legend()
    return ax


def _positive(lams: np.ndarray, *columns: np.ndarray) -> list[np.ndarray]:
    """Return what belongs to λ > 0, in ascending order, so that lines run from left to right."""
    order = np.argsort(lams, kind="stable")
    order = order[lams[order] > 0]
    if len(order) == 0:
        raise ValueError("every λ is 0, which has no place on a log scale: pass some λ > 0")
    return [column[order] for column in (lams, *columns)]
