"""The ridge explorer: a polynomial fit, its coefficients, shrinkage and errors, moved by λ."""

import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from reglib import inputs, palette
from reglib.decompose import svd
from reglib.features import center, polynomial
from reglib.path import Path, predict
from reglib.ridge import ridge_path
from reglib.widgets.curve import GRID, draw_errors, draw_fit, measure, slices, tidy, truth
from reglib.widgets.explorer import Checked, Explorer, shifts, uniforms

ROWS = 20
LAMS = 10.0 ** (np.arange(-80, 21) / 10)


class RidgeExplorer(Explorer):
    """Move λ and watch a ridge fit, its coefficients, its shrinkage factors and its errors.

    The fit is of y on x¹ … x^degree, unscaled: it minimises, exactly and at every λ,

        J(w, b) = 1/(2n) · ‖y − b − Xw‖² + λ/2 · ‖w‖²,      n = 20

    The data are made: y = sin(πx) + noise · z, with z standard normal and one x in each of 20 equal
    slices of [-1, 1]; 20 more such rows, which the fit does not see, are for validation. The
    true risk is the expected squared error on a new row, noise² + the mean of (sin(πx) − fit)²
    over 200 evenly spaced x.

    Along the singular direction of the centred X with the singular value s, the fit keeps the
    share s²/(s² + nλ) of least squares, a shrinkage factor. Their sum is the effective degrees of
    freedom, the intercept not counted.

    Traits, all synced with the page, where moving a control sets them:

    lam       λ ≥ 0
    degree    a whole number from 1 to 15
    noise     the standard deviation of the noise, from 0 to 1; another one rescales the same z
    seed      a whole number ≥ 0 that says which x and z; "New data" goes to the next
    moved     20 numbers: how far up each training point was dragged, from the left

    Raises `ValueError` for any other value, and keeps the one before.

    >>> explorer = RidgeExplorer(lam=0.01, degree=9)
    >>> explorer.fit().coef.shape
    (1, 9)
    """

    script = "ridge.js"

    lam = Checked(inputs.real, 1e-7, "the penalty strength λ", least=0.0)
    degree = Checked(inputs.whole, 12, "the highest power of x", least=1, most=15)
    noise = Checked(inputs.real, 0.3, "the standard deviation of the noise", least=0.0, most=1.0)
    seed = Checked(inputs.whole, 4, "which data set", least=0, most=2**32 - 1)
    moved = Checked(shifts, [0.0] * ROWS, "how far up each training point was dragged", count=ROWS)

    def facts(self) -> dict[str, object]:
        """Return the λ at which curves are drawn."""
        return {"lams": LAMS.tolist()}

    def data(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Return (x, y, x_val, y_val), each (20,): the training and the validation rows."""
        u = uniforms(self.seed, 6 * ROWS).reshape(6, ROWS)
        x, x_val = slices(u[0]), slices(u[3])
        y = measure(x, self.noise, u[1], u[2]) + self.moved
        return x, y, x_val, measure(x_val, self.noise, u[4], u[5])

    def fit(self, lams: ArrayLike | None = None) -> Path:
        """Return the fits for `lams`, or the one for the present λ."""
        x, y, _, _ = self.data()
        return ridge_path(polynomial(x, self.degree), y, [self.lam] if lams is None else lams)

    def errors(self, lams: ArrayLike | None = None) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the mean squared errors (training, validation, true risk), each (L,)."""
        x, y, x_val, y_val = self.data()
        path = self.fit(lams)

        def error(x: np.ndarray, y: np.ndarray) -> np.ndarray:
            return np.mean((y[:, None] - predict(path, polynomial(x, self.degree))) ** 2, axis=0)

        return error(x, y), error(x_val, y_val), self.noise**2 + error(GRID, truth(GRID))

    def shrinkage_factors(self, lams: ArrayLike | None = None) -> np.ndarray:
        """Return s²/(s² + nλ) for each λ and singular direction, (L, degree), by descending s."""
        lams = inputs.penalties([self.lam] if lams is None else lams)
        X, _ = center(polynomial(self.data()[0], self.degree))
        s = svd(X)[1]
        return s / (s + len(X) * lams[:, None] / s)

    def description(self) -> str:
        """Return what the static picture shows, in words."""
        training, validation, risk = (error[0] for error in self.errors())
        over_lams = self.errors(LAMS)
        sizes = np.abs(self.fit(LAMS).coef).max(axis=1)
        best, least = (LAMS[error.argmin()] for error in over_lams[1:])
        factors = self.shrinkage_factors()[0]
        return (
            f"A ridge fit of degree {self.degree} to {ROWS} points at λ = {self.lam:.3g}, in four "
            "panels. The first shows the points, the fitted curve and the truth, sin(πx). The "
            "second shows each coefficient against λ: the largest size among them goes from "
            f"{sizes[0]:.3g} at λ = 1e-8 to {sizes[-1]:.2g} at λ = 100. The third shows mean "
            f"squared errors against λ: here they are {training:.3g} in training, "
            f"{validation:.3g} in validation and {risk:.3g} as true risk, known because we made "
            f"the data. The validation error is least near λ = {best:.2g}, the true risk near "
            f"λ = {least:.2g}. The fourth shows the shrinkage factors, the shares of least squares "
            f"that are kept along the singular directions: from {factors[0]:.3g} for the one of "
            f"largest s to {factors[-1]:.3g} for the one of smallest s. Their sum, the effective "
            f"degrees of freedom, is {factors.sum():.3g} of {self.degree}, the intercept not "
            "counted."
        )

    def figure(self) -> Figure:
        """Return the static picture of the present state."""
        path = self.fit(LAMS)
        figure = Figure(figsize=(8, 5.4), layout="constrained")
        axes = figure.subplot_mosaic("ab;ab;ac;dc", width_ratios=[1.2, 1])
        fit, coefs, errors, shrinkage = (axes[letter] for letter in "abcd")

        curve = predict(self.fit(), polynomial(GRID, self.degree))
        draw_fit(fit, self.data(), curve, f"Fit of degree {self.degree} at λ = {self.lam:.3g}")

        run = LinearSegmentedColormap.from_list("", [palette.FIRST.light, palette.LAST.light])
        for share, line in zip(np.linspace(0, 1, self.degree), path.coef.T, strict=True):
            coefs.plot(LAMS, line, lw=1, color=run(share))
        coefs.set(title="Coefficients", xscale="log", ylabel="w, units of y")
        coefs.yaxis.set_major_formatter("{x:g}")
        if np.abs(path.coef).max() > 10:
            coefs.set_yscale("asinh")
            tens = 10.0 ** np.arange(1, 7)
            coefs.set_yticks([*-tens, 0, *tens])
            coefs.set_ylim(path.coef.min() * 1.3, path.coef.max() * 1.3)
            coefs.yaxis.set_major_formatter("{x:g}")
            coefs.yaxis.set_minor_formatter("")

        draw_errors(errors, LAMS, self.errors(LAMS))
        errors.set(title="Errors", xscale="log", xlabel="λ")
        errors.legend(frameon=False, fontsize="small")
        for ax in (coefs, errors):
            ax.axvline(np.clip(self.lam, LAMS[0], LAMS[-1]), color=palette.FIT.light, lw=1)

        factors = self.shrinkage_factors()[0]
        places = np.arange(1, len(factors) + 1)
        shrinkage.bar(places, factors, width=0.6, color=palette.FIT.light)
        dof = f"{factors.sum():.3g} effective degrees of freedom"
        shrinkage.set(title=f"Shrinkage factors: {dof}", ylabel="s²/(s² + nλ)", ylim=(0, 1))
        shrinkage.set(xlabel="singular direction, largest s first", xticks=places)
        tidy(fit, coefs, errors, shrinkage)
        return figure
