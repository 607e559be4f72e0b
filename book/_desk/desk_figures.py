"""The Matplotlib of the page: figures become SVG, shown by `plt.show()` or when a cell ends."""

import io

import desk
from matplotlib.backends.backend_svg import FigureCanvasSVG as FigureCanvas
from matplotlib.backends.backend_svg import FigureManagerSVG as FigureManager  # noqa: F401
from matplotlib.figure import Figure


def svg(figure: Figure) -> str:
    """Return a figure as an SVG document, as tight around what is drawn as Jupyter's."""
    if not isinstance(figure.canvas, FigureCanvas):
        FigureCanvas(figure)
    out = io.StringIO()
    figure.savefig(out, format="svg", bbox_inches="tight")
    return out.getvalue()


def show(*args: object, **options: object) -> None:
    """Show the open figures, and close them."""
    from matplotlib import pyplot

    for number in pyplot.get_fignums():
        desk.display(pyplot.figure(number))
    pyplot.close("all")
