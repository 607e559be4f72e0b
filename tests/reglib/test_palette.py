"""The colours stand once, and are told apart on both grounds and by colour-blind eyes."""

import itertools
import re
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure

import reglib
from reglib import palette

MEANINGS = ("training", "validation", "truth", "fit", "first", "second")
# How eyes without one kind of cone see linear RGB: Machado, Oliveira & Fernandes (2009), table 1.
EYES = {
    "usual": np.eye(3),
    "no long": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
                [-0.003882, -0.048116, 1.051998]],
    "no middle": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
                  [-0.011820, 0.042940, 0.968881]],
    "no short": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
                 [0.004733, 0.691367, 0.303900]],
}  # fmt: skip


def linear(colour):
    """The linear RGB of #rrggbb, each from 0 to 1."""
    c = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def lab(rgb):
    """The CIE L*a*b* of linear RGB, in which distances are about as large as they look."""
    to_xyz = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    x, y, z = np.array(to_xyz) @ np.clip(rgb, 0, 1) / [0.9505, 1, 1.089]
    x, y, z = (np.cbrt(v) if v > 0.008856 else 7.787 * v + 16 / 116 for v in (x, y, z))
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def contrast(one, other):
    """The contrast ratio of WCAG 2."""
    light, dark = sorted((linear(c) @ [0.2126, 0.7152, 0.0722] for c in (one, other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("ground", ["light", "dark"])
@pytest.mark.parametrize("eyes", EYES)
def test_every_two_meanings_are_told_apart(ground, eyes):
    seen = {
        name: lab(np.array(EYES[eyes]) @ linear(getattr(palette.COLOURS[name], ground)))
        for name in MEANINGS
    }
    for one, other in itertools.combinations(MEANINGS, 2):
        assert np.linalg.norm(seen[one] - seen[other]) > 9, (one, other)


@pytest.mark.parametrize("ground", ["light", "dark"])
def test_every_meaning_stands_out_from_its_ground(ground):
    for name in (*MEANINGS, "last"):
        colour = getattr(palette.COLOURS[name], ground)
        assert contrast(colour, getattr(palette.PAPER, ground)) > 3
    assert contrast(getattr(palette.MUTED, ground), getattr(palette.PAPER, ground)) > 4.5


def test_what_is_drawn_together_differs_in_its_dashes_too():
    together = [palette.TRAINING, palette.VALIDATION, palette.TRUTH], [palette.FIT, palette.TRUTH]
    for colours in (*together, [palette.FIRST, palette.SECOND]):
        assert len({colour.dashes for colour in colours}) == len(colours)
    for one, other in ((palette.TRAINING, palette.VALIDATION), (palette.FIRST, palette.SECOND)):
        assert one.hollow != other.hollow


def test_lines_and_marks_are_what_matplotlib_draws():
    ax = Figure().add_subplot()
    for colour in palette.COLOURS.values():
        (line,), (mark,) = ax.plot([0, 1], **colour.line), ax.plot([0, 1], **colour.mark)
        assert line.get_color() == mark.get_color() == colour.light
        assert (mark.get_markerfacecolor() == "none") == colour.hollow
        assert line.is_dashed() == bool(colour.dashes)
    assert len({tuple(palette.nth(k).values()) for k in range(28)}) == 28


def test_no_other_file_of_the_library_holds_a_colour():
    home = Path(reglib.__file__).parent
    files = [path for kind in ("py", "js", "css") for path in home.rglob(f"*.{kind}")]
    assert len(files) > 30
    named = r"|color=\"(?!none)[a-z]|colormaps|color=\"\d"
    for path in files:
        found = re.search(rf"#[0-9a-fA-F]{{6}}\b{named}", path.read_text(encoding="utf-8"))
        assert not found or path.name == "palette.py", f"{path}: {found[0]}"
