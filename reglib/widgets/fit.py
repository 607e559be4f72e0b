"""The fit explorer: a polynomial through points, and how its errors move with degree and n."""

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from reglib import inputs, palette
from reglib.features import polynomial
from reglib.ridge import least_squares
from reglib.widgets.curve import GRID, draw_errors, draw_fit, measure, slices, tidy, truth
from reglib.widgets.explorer import Checked, Explorer, shifts, uniforms

ROWS, VALIDATION, DEGREES = 60, 20, 15
GOLDEN = (np.sqrt(5) - 1) / 2


def pairs(x: ArrayLike, y: ArrayLike, end: str, least: int) -> tuple[list[float], list[float]]:
    """Check a learner's own x and y, named with `end`, and return them as lists."""
    if x is None or y is None:
        raise ValueError("pass x, y, x_val and y_val together, or none of them")
    x = inputs.numbers(f"x{end}", x, 1, "pass an array of shape (n,), one number per row")
    y = inputs.numbers(f"y{end}", y, 1, "pass an array of shape (n,), one number per row")
    if len(x) != len(y) or len(x) < least:
        raise ValueError(
            f"x{end} has {len(x)} entries and y{end} has {len(y)}: pass as many x as y, "
            f"at least {least}"
        )
    if np.abs(x).max() > 1:
        raise ValueError(
            f"x{end} has entries outside [-1, 1], where high powers explode: "
            "pass 2 * (x - low) / (high - low) - 1, with the same low and high for x and x_val"
        )
    return inputs.moderate(f"x{end}", x).tolist(), inputs.moderate(f"y{end}", y).tolist()


class FitExplorer(Explorer):
    """Move the degree of a polynomial, the number of points and their noise; watch the errors.

    The fit is least squares of y on x¹ … x^degree and a constant, over the first n training rows:
    it minimises, exactly and for every degree and n,

        1/(2n) · ‖y − b − Xw‖²

    Where many (w, b) do, from degree = n on, it is the one of least ‖w‖, as in `least_squares`.

    The data are made: y = sin(πx) + noise · z, with z standard normal. There are 60 training rows,
    of which the fit sees the first n; their x go round [-1, 1] by the golden section, from a
    random start, so that no n leaves a large hole. 20 more rows, one in each of 20 equal slices of
    [-1, 1], are for validation. The true risk is the expected squared error on a new row, noise² +
    the mean of (sin(πx) − fit)² over 200 evenly spaced x.

    Your own rows, if you pass x, y, x_val and y_val, take their place: arrays (rows,), every x in
    [-1, 1]. The first n of x and y are seen, so shuffle them. The truth and its risk are then
    unknown, and noise and seed have no effect.

    Traits, all synced with the page, where moving a control sets them:

    degree    a whole number from 1 to 15
    n         how many training rows the fit sees: a whole number from 2 to 60, or to your rows
    noise     the standard deviation of the noise, from 0 to 1; another one rescales the same z
    seed      a whole number ≥ 0 that says which data; "New data" goes to the next
    moved     how far up each training row was dragged: as many numbers as rows, seen or not

    Raises `ValueError` for any other value, and keeps the one before; for an x that is constant or
    leaves [-1, 1], and for a constant y.

    >>> explorer = FitExplorer(degree=9, n=12)
    >>> w, b = explorer.fit()
    >>> w.shape
    (9,)
    """

    script = "fit.js"

    degree = Checked(inputs.whole, 12, "the highest power of x", least=1, most=DEGREES)
    n = Checked(
        inputs.whole, 20, "how many rows the fit sees", least=2, most=lambda self: self.rows
    )
    noise = Checked(inputs.real, 0.3, "the standard deviation of the noise", least=0.0, most=1.0)
    seed = Checked(inputs.whole, 1, "which data set", least=0, most=2**32 - 1)
    moved = Checked(
        shifts, [0.0] * ROWS, "how far up each row was dragged", count=lambda self: self.rows
    )

    def __init__(
        self,
        x: ArrayLike | None = None,
        y: ArrayLike | None = None,
        x_val: ArrayLike | None = None,
        y_val: ArrayLike | None = None,
        **traits: object,
    ) -> None:
        self._own: dict[str, list[float]] = {}
        if not all(array is None for array in (x, y, x_val, y_val)):
            x, y = pairs(x, y, "", least=2)
            x_val, y_val = pairs(x_val, y_val, "_val", least=1)
            inputs.varying("x", np.array(x))
            inputs.varying("y", np.array(y))
            traits = {"n": len(x), "moved": [0.0] * len(x)} | traits
            self._own = {"x": x, "y": y, "xVal": x_val, "yVal": y_val}
        super().__init__(**traits)

    @property
    def rows(self) -> int:
        """How many training rows there are."""
        return len(self._own["x"]) if self._own else ROWS

    def facts(self) -> dict[str, object]:
        """Return the learner's own rows, if any, or what rows are made with."""
        return self._own or {"golden": GOLDEN, "validation": VALIDATION}

    def data(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Return (x, y, x_val, y_val): all training rows, the first n first, and the others."""
        if self._own:
            x, y, x_val, y_val = (np.array(self._own[k]) for k in ("x", "y", "xVal", "yVal"))
        else:
            u = uniforms(self.seed, 1 + 2 * ROWS + 3 * VALIDATION)
            training, validation = np.split(u[1:], [2 * ROWS])
            x = 2 * ((u[0] + np.arange(ROWS) * GOLDEN) % 1) - 1
            y = measure(x, self.noise, *training.reshape(2, ROWS))
            shares, *uv = validation.reshape(3, VALIDATION)
            x_val = slices(shares)
            y_val = measure(x_val, self.noise, *uv)
        return x, y + self.moved, x_val, y_val

    def fit(self, degree: int | None = None, n: int | None = None) -> tuple[np.ndarray, float]:
        """Return (w, b) for a degree and an n, those of the traits unless others are given."""
        x, y, _, _ = self.data()
        degree = self.degree if degree is None else degree
        n = inputs.whole("n", self.n if n is None else n, least=2, most=self.rows)
        return least_squares(polynomial(x[:n], degree), y[:n])

    def errors(self, degree: int | None = None, n: int | None = None) -> tuple[float, ...]:
        """Return the mean squared errors of a fit: (training, validation, true risk).

        With your own rows there are two, since the risk is unknown.
        """
        x, y, x_val, y_val = self.data()
        w, b = self.fit(degree, n)
        n = self.n if n is None else n

        def error(x: np.ndarray, y: np.ndarray) -> float:
            return float(np.mean((y - b - polynomial(x, len(w)) @ w) ** 2))

        seen = error(x[:n], y[:n]), error(x_val, y_val)
        return seen if self._own else (*seen, self.noise**2 + error(GRID, truth(GRID)))

    def _curves(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the errors by degree, the sizes, and the errors by size, for the picture."""
        sizes = np.arange(self.rows, 1, -int(np.ceil(self.rows / 60)))[::-1]
        by_degree = [self.errors(degree=degree) for degree in range(1, DEGREES + 1)]
        return np.array(by_degree).T, sizes, np.array([self.errors(n=n) for n in sizes.tolist()]).T

    def description(self) -> str:
        """Return what the static picture shows, in words."""
        spread = self.data()[1].var()

        def tell(error: float) -> str:
            return f"{error:.3g}" if error > 1e-12 * spread else "0 but for rounding"

        names = ("training", "validation", "true risk, known because we made the data")
        errors = self.errors()
        told = [f"{name} {tell(error)}" for name, error in zip(names, errors, strict=False)]
        by_degree, sizes, by_size = self._curves()
        best = by_degree[1:].argmin(axis=1) + 1
        risk = "" if self._own else f", the true risk at degree {best[1]}"
        shown = "the points and the fitted curve" + ("" if self._own else " and the truth")
        return (
            f"A least-squares fit of degree {self.degree} to {self.n} points, in three panels. The "
            f"first shows {shown}. The second shows mean squared errors against the degree, with "
            f"this n: here they are {', '.join(told)}. The validation error is least at degree "
            f"{best[0]}{risk}. The third shows them against n, from {sizes[0]} to {sizes[-1]}, "
            f"with this degree: the validation error is largest at n = "
            f"{sizes[by_size[1].argmax()]}, and with all {sizes[-1]} points the training error is "
            f"{tell(by_size[0, -1])} and the validation error {tell(by_size[1, -1])}."
        )

    def figure(self) -> Figure:
        """Return the static picture of the present state."""
        by_degree, sizes, by_size = self._curves()
        figure = Figure(figsize=(8, 4.6), layout="constrained")
        axes = figure.subplot_mosaic("ab;ac", width_ratios=[1.2, 1])
        x, y, x_val, y_val = self.data()
        w, b = self.fit()
        draw_fit(
            axes["a"],
            (x[: self.n], y[: self.n], x_val, y_val),
            b + polynomial(GRID, self.degree) @ w,
            f"Fit of degree {self.degree} to {self.n} points",
            made=not self._own,
        )
        most = 30 * y.var() or 1.0
        draw_errors(axes["b"], np.arange(1, DEGREES + 1), by_degree, most)
        draw_errors(axes["c"], sizes, by_size, most)
        axes["b"].legend(frameon=False, fontsize="small")
        axes["b"].set(title=f"Errors by degree, at n = {self.n}", xlabel="degree")
        axes["c"].set(title=f"Learning curve at degree {self.degree}", xlabel="n, training points")
        axes["b"].axvline(self.degree, color=palette.FIT.light, lw=1)
        axes["c"].axvline(self.n, color=palette.FIT.light, lw=1)
        tidy(*axes.values())
        return figure
