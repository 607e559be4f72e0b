"""Put a figure of `reglib.plots.lesson` into the page itself, where it takes on its colours.

As a file beside the page, which is how MyST-NB leaves it, a picture knows neither the page's font
nor whether it is night. Its alternative text comes along.
"""

import hashlib
import re
from html import escape
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config

from reglib import palette

STYLE = "figures.css"
# Explorers choose their colours as figures do, and have rules of their own for JupyterLab.
GROUNDS = "\n".join(
    f'html[data-theme="{theme}"] svg.figure {{ color-scheme: {theme}; }}'
    for theme in ("light", "dark")
)


def themed(svg: str, alt: str) -> str:
    """Return what Matplotlib wrote as an element that can stand in a page and has its colours.

    What has a colour of the palette is drawn in the property of that name, such as `--fit`; ink and
    black are the colour of the text.
    """
    svg = svg[svg.index("<svg") :]
    # Its one style is a rule for every element, which would hold for the page around it too.
    svg = re.sub(r"<(metadata|style).*?</\1>", "", svg, flags=re.DOTALL)
    # No two figures of a page may share an id: those stay that something refers to.
    digest = hashlib.sha256(svg.encode()).hexdigest()[:8]
    used = set(re.findall(r'(?:url\(|href=")#([^")]+)', svg))
    svg = re.sub(
        r' id="([^"]*)"', lambda id: f' id="{id[1]}-{digest}"' if id[1] in used else "", svg
    )
    svg = re.sub(r'(url\(|href=")#([^")]+)', rf"\1#\2-{digest}", svg)
    names = {colour.light: f"var(--{name})" for name, colour in palette.COLOURS.items()}
    names |= dict.fromkeys((palette.INK.light, palette.LINES[-1]), "currentColor")
    svg = re.sub(r"#[0-9a-f]{6}\b(?=[;\"])", lambda hex: names.get(hex[0], hex[0]), svg)
    width, height = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg).groups()
    start = (
        f'<svg class="figure" role="img" aria-label="{escape(alt)}" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" fill="currentColor" stroke-linejoin="round">'
    )
    return re.sub(r"<svg[^>]*>", lambda _: start, svg, count=1)


def embed(app: Sphinx, doctree: nodes.document, page: str) -> None:
    if app.builder.format != "html":
        return
    for image in list(doctree.findall(nodes.image)):
        file = Path(app.srcdir, image["uri"])
        if file.suffix == ".svg" and file.is_file():
            svg = file.read_text(encoding="utf-8")
            if "matplotlib" in svg:
                image.replace_self(nodes.raw("", themed(svg, image.get("alt", "")), format="html"))


def colours(app: Sphinx, config: Config) -> None:
    folder = Path(app.outdir, "_static")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / STYLE).write_text(f"{palette.css('svg.figure')}\n{GROUNDS}\n", encoding="utf-8")


def setup(app: Sphinx) -> dict:
    app.connect("config-inited", colours)
    app.connect("doctree-resolved", embed)
    app.add_css_file(STYLE)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
