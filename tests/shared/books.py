"""Builds a small book by Sphinx, here and not in a process of its own."""

from io import StringIO
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace


def build(
    source: Path, folder: Path, extensions: list[str], builder: str = "html", **config: Any
) -> str:
    """Build a book into `out` in a folder; return the warnings."""
    # MyST-NB would take the files of later books of this process, too, by a default of Sphinx.
    kind = "myst-nb" if "myst_nb" in extensions else "markdown"
    config |= {"extensions": extensions, "source_suffix": {".md": kind}}
    said = StringIO()
    with docutils_namespace():
        app = Sphinx(
            source, None, folder / "out", folder / "trees", builder, config,
            status=None, warning=said,
        )  # fmt: skip
        app.build()
    return said.getvalue()
