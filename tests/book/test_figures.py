"""A figure of a lesson can stand in a page beside others, and takes on the page's colours."""

import io
import re
from xml.etree import ElementTree

import matplotlib as mpl
import numpy as np
import pytest
from figures import themed
from matplotlib.figure import Figure

from reglib import palette, plots

HEX = re.compile(r"#[0-9a-fA-F]{6}\b")


def drawn(seed, draw):
    """What Matplotlib writes of a figure that has the look of a lesson."""
    with mpl.rc_context(plots.LESSON):
        figure = Figure()
        ax = figure.subplots()
        draw(ax, np.random.default_rng(seed).normal(size=9))
        ax.set(xlabel="x", ylabel="mean squared error")
        file = io.StringIO()
        figure.savefig(file, format="svg")
    return file.getvalue()


def every_meaning(ax, y):
    for name, colour in palette.COLOURS.items():
        ax.plot(y, **colour.line, label=name)
        ax.plot(y, **colour.mark)
        ax.fill_between(range(9), y, y + 1, color=colour.light, alpha=0.2)
    ax.legend()


def one_path(ax, y):
    ax.plot(y, **palette.FIT.line)
    ax.set_yscale("symlog")


@pytest.mark.parametrize("draw", [every_meaning, one_path])
def test_every_colour_of_the_palette_is_the_pages_own(draw):
    assert HEX.search(drawn(0, draw))
    svg = themed(drawn(0, draw), "A figure.")
    assert not HEX.findall(svg)
    used = set(re.findall(r"var\(--(\w+)\)", svg)) | {"ink", "training"}  # in the text's colour
    assert used == set(palette.COLOURS) if draw is every_meaning else "fit" in used
    assert {f"--{name}:" for name in used} <= set(palette.css("svg.figure").split())


def test_figures_of_a_page_share_no_id_and_find_all_that_they_refer_to():
    found = [themed(drawn(seed, every_meaning), "") for seed in (0, 1)]
    ids = [set(re.findall(r' id="([^"]*)"', svg)) for svg in found]
    assert ids[0] and not ids[0] & ids[1]
    for svg, own in zip(found, ids, strict=True):
        assert set(re.findall(r'(?:url\(|href=")#([^")]+)', svg)) == own
        assert "<style" not in svg and "<metadata" not in svg


def test_what_a_figure_says_is_read_out_whatever_it_says():
    alt = 'Errors "fall" & rise <twice>.'
    svg = themed(drawn(0, one_path), alt).replace("xlink:", "")
    root = ElementTree.fromstring(svg)
    assert (root.get("role"), root.get("aria-label")) == ("img", alt)
    assert "mean squared error" in "".join(root.itertext())


def test_text_is_twelve_high_where_the_figure_is_as_wide_as_on_a_phone():
    svg = themed(drawn(0, every_meaning), "")
    assert float(re.search(r'viewBox="0 0 ([\d.]+)', svg)[1]) == plots.PHONE
    sizes = {float(size) for size in re.findall(r"font(?:-size)?: ([\d.]+)px", svg)}
    assert sizes == {plots.TEXT}
