"""What every explorer shares: how it reaches the page, its picture, and numbers made from a seed.

An explorer is a widget whose front end is one ES module, joined from a script of its own and those
that it imports. It runs in a live notebook and, with no kernel, on the published page.
"""

import base64
import html
import io
import uuid
from collections.abc import Callable

import anywidget
import numpy as np
import traitlets
from IPython.display import display
from matplotlib.figure import Figure
from numpy.typing import ArrayLike
from PIL import Image

from reglib import inputs
from reglib.widgets.front import joined, style


def uniforms(seed: int, count: int) -> np.ndarray:
    """Return `count` numbers between 0 and 1, the same as `uniforms` in numerics.js makes.

    The seed and the place in the row are hashed with the last steps of MurmurHash3, which need
    32-bit whole numbers only and so come out alike in every language.

    Source: Appleby (2011), *MurmurHash3*, `fmix32`.

    >>> uniforms(seed=0, count=2).round(3)
    array([0.187, 0.635])
    """

    def mix(h: np.ndarray) -> np.ndarray:
        h = (h ^ (h >> 16)) * np.uint32(0x85EBCA6B)
        h = (h ^ (h >> 13)) * np.uint32(0xC2B2AE35)
        return h ^ (h >> 16)

    start = mix(np.array([seed], dtype=np.uint32) + np.uint32(1))
    return (mix(start + np.arange(count, dtype=np.uint32)) + 0.5) / 2**32


def normals(u: np.ndarray, v: np.ndarray) -> np.ndarray:
    """Return standard normal numbers made from two arrays of uniform ones.

    Source: Box & Muller (1958), *Ann. Math. Stat.* 29(2).

    >>> normals(np.array([0.5]), np.array([0.0])).round(3)
    array([1.177])
    """
    return np.sqrt(-2 * np.log(u)) * np.cos(2 * np.pi * v)


def shifts(name: str, value: ArrayLike, count: int) -> list[float]:
    """Return as a list how far up each of `count` points was dragged.

    >>> shifts("moved", [0, 1], count=2)
    [0.0, 1.0]
    """
    value = inputs.numbers(name, value, 1, f"pass {count} numbers, one per training point")
    if len(value) != count:
        raise ValueError(f"{name} has {len(value)} entries: pass {count}, one per training point")
    return inputs.moderate(name, value).tolist()


class Checked(traitlets.TraitType):
    """A synced trait whose values pass through one of the checks of `reglib.inputs`.

    The limits that the check is given go to the page too, for its controls. One that depends on the
    explorer is a function of it.
    """

    def __init__(self, check: Callable, default: object, help: str, **limits: object) -> None:
        self.check, self._limits = check, limits
        super().__init__(default, help=help)
        self.tag(sync=True)

    def limits(self, explorer: traitlets.HasTraits) -> dict[str, object]:
        """Return the limits for an explorer, by name."""
        return {
            name: limit(explorer) if callable(limit) else limit
            for name, limit in self._limits.items()
        }

    def validate(self, explorer: traitlets.HasTraits, value: object) -> object:
        return self.check(self.name, value, **self.limits(explorer))


class Explorer(anywidget.AnyWidget):
    """A widget with a static picture that stands in where its script does not run.

    A subclass names its `script` and writes `figure` and `description`. Script and style are read
    anew for each explorer, so that one made after a change has the change.
    """

    script: str

    _esm = traitlets.Unicode(help="the module of the front end").tag(sync=True)
    _css = traitlets.Unicode(help="its style").tag(sync=True)
    _limits = traitlets.Dict(help="what each trait may be, by its name").tag(sync=True)
    _facts = traitlets.Dict(help="what the script must know besides").tag(sync=True)
    _picture = traitlets.Unicode(help="the CSS class of the static picture").tag(sync=True)
    _name = traitlets.Unicode(help="what its element is called on the page").tag(sync=True)

    @traitlets.default("_esm")
    def _join_scripts(self) -> str:
        return joined(self.script)

    @traitlets.default("_css")
    def _read_style(self) -> str:
        return style()

    @traitlets.default("_limits")
    def _tell_limits(self) -> dict[str, dict]:
        return {
            name: trait.limits(self) | ({"whole": True} if trait.check is inputs.whole else {})
            for name, trait in self.traits().items()
            if isinstance(trait, Checked)
        }

    @traitlets.default("_name")
    def _name_element(self) -> str:
        return type(self).__name__.removesuffix("Explorer").lower()

    @traitlets.default("_picture")
    def _name_picture(self) -> str:
        return f"explorer-static-{uuid.uuid4().hex[:12]}"

    @traitlets.default("_facts")
    def _tell_facts(self) -> dict[str, object]:
        return self.facts()

    def facts(self) -> dict[str, object]:
        """Return what the script must know besides the traits and their limits."""
        return {}

    def figure(self) -> Figure:
        """Return the static picture of the present state."""
        raise NotImplementedError

    def description(self) -> str:
        """Return what the static picture shows, in words."""
        raise NotImplementedError

    def _ipython_display_(self) -> None:
        """Show the widget, and as a second output its picture, which the widget's script hides.

        Two outputs, because a published page keeps only one form of each.
        """
        view, metadata = self._repr_mimebundle_()
        display(view, metadata=metadata, raw=True)
        png = base64.b64encode(small_png(self.figure())).decode()
        text = html.escape(self.description(), quote=True)
        picture = (
            f'<div class="explorer-static {self._picture}">'
            f'<img alt="{text}" style="max-width: 100%" src="data:image/png;base64,{png}"></div>'
        )
        display({"text/html": picture, "image/png": png, "text/plain": text}, raw=True)


def small_png(figure: Figure) -> bytes:
    """Return the figure as a PNG of 64 colours, a fifth of the size of a full one."""
    full, small = io.BytesIO(), io.BytesIO()
    figure.savefig(full, dpi=110)
    few = Image.open(full).convert("RGB").quantize(64, Image.Quantize.FASTOCTREE, dither=0)
    few.save(small, "png", optimize=True)
    return small.getvalue()
