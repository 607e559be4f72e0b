"""The colours of the course. Each stands for one thing in figures, explorers and `tune` alike.

They follow Okabe and Ito's, darker on white and lighter on black. Where lines or marks of these
meet, they differ in their dashes, or in being hollow, as well.
"""

from typing import NamedTuple


class Colour(NamedTuple):
    """A colour on white and on black, the dashes of its line, and whether its mark is hollow.

    Dashes are lengths drawn and left out in turn, in widths of the line.

    >>> TRUTH.line
    {'color': '#00705a', 'linestyle': (0, (3, 2))}
    >>> VALIDATION.mark
    {'color': '#0068a8', 'marker': 'o', 'markerfacecolor': 'none', 'linestyle': 'none'}
    """

    light: str
    dark: str
    dashes: tuple[float, ...] = ()
    hollow: bool = False

    @property
    def line(self) -> dict[str, object]:
        """Return its line as Matplotlib's `plot` wants it."""
        return {"color": self.light, "linestyle": (0, self.dashes) if self.dashes else "-"}

    @property
    def mark(self) -> dict[str, str]:
        """Return its mark as Matplotlib's `plot` wants it."""
        face = "none" if self.hollow else self.light
        return {"color": self.light, "marker": "o", "markerfacecolor": face, "linestyle": "none"}


TRAINING = Colour("#1f2328", "#e6e8eb")
VALIDATION = Colour("#0068a8", "#3fa2fa", (4.5, 1.5, 1, 1.5), hollow=True)
TRUTH = Colour("#00705a", "#2ee3a4", (3, 2))
FIT = Colour("#c24e00", "#ff9142")
FIRST = Colour("#41207c", "#cdb3f4")  # of two models or choices that are compared
SECOND = Colour("#c2568f", "#e377b4", (1.5, 1), hollow=True)
LAST = Colour("#d97706", "#f6a13a")  # where a run of colours ends that begins with FIRST

#: What has no meaning of its own: words, faint words and lines, edges, a grid, the ground.
INK, MUTED = Colour("#1f2328", "#e6e8eb"), Colour("#59636e", "#a3abb4")
EDGE, RULE = Colour("#8b949e", "#768390"), Colour("#e3e7eb", "#363c43")
PAPER = Colour("#ffffff", "#1b1f24")

#: All of them by name.
COLOURS = {
    "training": TRAINING,
    "validation": VALIDATION,
    "truth": TRUTH,
    "fit": FIT,
    "first": FIRST,
    "second": SECOND,
    "last": LAST,
    "ink": INK,
    "muted": MUTED,
    "edge": EDGE,
    "rule": RULE,
    "paper": PAPER,
}


def css(selector: str) -> str:
    """Return the colours as custom properties of a selector, each by day and by night.

    `--fit` is a colour, `--fit-dashes` are those of a line two wide, `--fit-face` is what its mark
    is filled with. Which is shown is up to the `color-scheme` of what is selected.

    >>> css(".explorer")[:52]
    '.explorer { --training: light-dark(#1f2328, #e6e8eb)'
    """
    lines = []
    for name, colour in COLOURS.items():
        lines.append(f"--{name}: light-dark({colour.light}, {colour.dark});")
        lines.append(f"--{name}-face: var(--{'paper' if colour.hollow else name});")
        if colour.dashes:
            lines.append(f"--{name}-dashes: {' '.join(f'{2 * size:g}' for size in colour.dashes)};")
    return f"{selector} {{ {' '.join(lines)} }}"


#: Lines that are told apart by a legend only, such as coefficients: see `nth`.
LINES = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
STYLES = ("-", "--", "-.", ":")


def nth(k: int) -> dict[str, str]:
    """Return colour and dashes of the k-th of many lines; together they repeat after 28.

    >>> nth(8)
    {'color': '#D55E00', 'linestyle': '--'}
    """
    return {"color": LINES[k % 7], "linestyle": STYLES[k // 7 % 4]}
