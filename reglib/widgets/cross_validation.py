"""The cross-validation explorer: folds, the curve, the λ it chooses, and how sure that is."""

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from reglib import inputs, palette, plots
from reglib.ridge import ridge_path
from reglib.validation import CV, Fold, cross_validate
from reglib.widgets.curve import tidy
from reglib.widgets.explorer import Checked, Explorer, normals, uniforms

ROWS, FEATURES, TIMES, SEEDS = 40, 12, 100, 2**31
WEIGHTS = 1 / np.sqrt(np.arange(1, FEATURES + 1))
WEIGHTS /= np.linalg.norm(WEIGHTS)
LAMS = 10.0 ** (np.arange(-30, 21) / 10)
NOTHING, SHUFFLES, DATA = REPEATS = ("nothing yet", "other shuffles", "other data")


class CrossValidationExplorer(Explorer):
    """Choose λ for ridge regression by k-fold cross-validation, and see how sure the choice is.

    For every λ of a grid, ridge is fitted to all rows but those of one fold,

        J(w, b) = 1/(2m) · ‖y − b − Xw‖² + λ/2 · ‖w‖²,      m rows in the fit,

    exactly, and its mean squared error is measured on the fold's rows, as `cross_validate` does.
    The mean over folds has the standard error sd/√k (sd with ddof 1). One rule takes the λ of least
    mean; the one-standard-error rule takes the largest λ whose mean is at most one standard error,
    that at the least mean, above it. Equal means are won by the larger λ.

    The data are made: 40 rows of 12 standard normal features, y = Xw* + z, with z standard normal
    and w*_j ∝ 1/√j, ‖w*‖ = 1. So the true risk is known: 1 + b² + ‖w − w*‖², of the fit to all
    rows.

    Your own X, of shape (n, p), and y, of shape (n,), if you pass them, take their place, columns
    as they are, and the true risk is then unknown; `lams`, if you pass them, are the λ > 0 of the
    grid, at least two. Otherwise there are ten λ to each power of ten from 0.001 to 100.

    Traits, all synced with the page, where moving a control sets them:

    k           how many folds: a whole number from 2 to n
    shuffle     a whole number ≥ 0 that says which shuffle; "Reshuffle" goes to the next
    seed        a whole number ≥ 0 that says which made data; "New data" goes to the next
    risk_shown  whether the true risk is shown
    repeat      what is repeated a hundred times: "nothing yet", "other shuffles" (0 to 99, of the
                present data) or "other data" (from the present seed on, with the present shuffle)

    Raises `ValueError` for any other value, and keeps the one before; for an X of one row or
    without a column that varies, and for a constant y.

    >>> explorer = CrossValidationExplorer(k=5)
    >>> cv = explorer.cv()
    >>> cv.errors.shape, round(cv.best, 2), round(cv.one_se, 2)
    ((5, 51), 0.25, 2.0)
    """

    script = "cross_validation.js"

    k = Checked(inputs.whole, 10, "how many folds", least=2, most=lambda self: self.rows)
    shuffle = Checked(inputs.whole, 0, "which shuffle", least=0, most=SEEDS - 1)
    seed = Checked(inputs.whole, 12, "which made data", least=0, most=SEEDS - 1)
    risk_shown = Checked(inputs.truth, False, "whether the true risk is shown")
    repeat = Checked(
        inputs.choice,
        NOTHING,
        "what is repeated a hundred times",
        # A learner's own data cannot be made again.
        options=lambda self: REPEATS[:2] if self._own else REPEATS,
    )

    def __init__(
        self,
        X: ArrayLike | None = None,
        y: ArrayLike | None = None,
        lams: ArrayLike = LAMS,
        **traits: object,
    ) -> None:
        if (X is None) != (y is None):
            raise ValueError("pass X and y together, or neither of them")
        self._own: tuple[np.ndarray, ...] = ()
        if X is not None:
            X = inputs.matrix(X).copy()
            self._own = inputs.varying("X", X), inputs.varying("y", inputs.target(y, len(X)))
            traits = {"k": min(10, len(X))} | traits
        lams = inputs.moderate("lams", np.unique(inputs.penalties(lams)))
        if lams[0] <= 0 or len(lams) < 2:
            raise ValueError("lams must be at least two different λ > 0, for a logarithmic axis")
        self.lams = lams
        super().__init__(**traits)

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return len(self._own[1]) if self._own else ROWS

    def facts(self) -> dict[str, object]:
        """Return the λ, how often is repeated, and the learner's own data or the true w."""
        data = {"weights": WEIGHTS.tolist(), "rows": ROWS}
        if self._own:
            X, y = self._own
            data = {"X": X.T.tolist(), "y": y.tolist()}
        return {"lams": self.lams.tolist(), "times": TIMES, **data}

    def data(self, seed: int | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Return (X, y), made from the present seed unless another is given, or your own."""
        if self._own:
            X, y = self._own
            return X.copy(), y.copy()
        u = uniforms(self.seed if seed is None else seed, 2 * ROWS * (FEATURES + 1))
        *columns, z = (normals(*pair) for pair in u.reshape(FEATURES + 1, 2, ROWS))
        X = np.column_stack(columns)
        return X, X @ WEIGHTS + z

    def folds(self, shuffle: int | None = None) -> list[Fold]:
        """Return k pairs (train, validation) of row numbers, for the present shuffle or another.

        As in `kfold`, sizes differ by one at most; the shuffle is one that the page can repeat.
        """
        keys = uniforms(2**32 - 1 - (self.shuffle if shuffle is None else shuffle), self.rows)
        held_out = np.array_split(np.argsort(keys, kind="stable"), self.k)
        return [(np.setdiff1d(np.arange(self.rows), part), np.sort(part)) for part in held_out]

    def cv(self, seed: int | None = None, shuffle: int | None = None) -> CV:
        """Return the cross-validation of ridge on the present data and folds, or on others."""
        return cross_validate(ridge_path, *self.data(seed), self.lams, self.folds(shuffle))

    def risk(self, seed: int | None = None) -> np.ndarray:
        """Return the true risk of the fit to all rows at each λ, known because we made the data.

        Raises `ValueError` for your own data.
        """
        if self._own:
            raise ValueError("the true risk is known for made data only: pass no X and y")
        path = ridge_path(*self.data(seed), self.lams)
        return 1 + path.intercept**2 + ((path.coef - WEIGHTS) ** 2).sum(axis=1)

    def repetitions(self) -> np.ndarray:
        """Return the λ of least mean and of the one-SE rule, (2, 100), for what is repeated.

        Raises `ValueError` when nothing is repeated yet.
        """
        if self.repeat == NOTHING:
            raise ValueError(f"repeat is {NOTHING!r}: set it to {SHUFFLES!r} or {DATA!r} first")
        runs = (
            self.cv(shuffle=i) if self.repeat == SHUFFLES else self.cv(seed=(self.seed + i) % SEEDS)
            for i in range(TIMES)
        )
        return np.array([(cv.best, cv.one_se) for cv in runs]).T

    def description(self) -> str:
        """Return what the static picture shows, in words."""
        cv = self.cv()
        at = cv.mean.argmin()
        words = (
            f"Cross-validation of ridge regression with {self.k} folds of {self.rows} rows. One "
            f"panel shows the {self.k} folds' errors against λ, their mean and a band of one "
            f"standard error: the mean is least, {cv.mean[at]:.3g} ± {cv.se[at]:.2g}, at λ = "
            f"{cv.best:.3g}, and the largest λ within one standard error is {cv.one_se:.3g}. "
            "Another shows which rows each fold holds out."
        )
        if self.risk_shown and not self._own:
            risk = self.risk()
            words += (
                f" The true risk, known because we made the data, is least, {risk.min():.3g}, at "
                f"λ = {cv.lams[risk.argmin()]:.3g}."
            )
        if self.repeat != NOTHING:
            (low, high), (low_se, high_se) = np.quantile(self.repetitions(), (0, 1), axis=1).T
            words += (
                f" A third shows how often each λ is chosen in {TIMES} repetitions with "
                f"{self.repeat}: from {low:.3g} to {high:.3g} by the least mean, from {low_se:.3g} "
                f"to {high_se:.3g} by the one-standard-error rule."
            )
        return words

    def figure(self) -> Figure:
        """Return the static picture of the present state."""
        cv = self.cv()
        figure = Figure(figsize=(8, 4.6), layout="constrained")
        repeated = self.repeat != NOTHING
        axes = figure.subplot_mosaic("ab;ac" if repeated else "ab", width_ratios=[1.2, 1])
        errors, folds = axes["a"], axes["b"]

        errors.plot(cv.lams, cv.errors.T, color=palette.EDGE.light, lw=0.6)
        plots.cv_curve(errors, cv, "units of y²")
        if self.risk_shown and not self._own:
            name = "true risk, known because\nwe made the data"
            errors.plot(cv.lams, self.risk(), **palette.TRUTH.line, label=name)
            errors.legend(fontsize="small")
        errors.set_title("Errors of the folds and their mean")
        errors.set_ylim(0, min(np.max(cv.mean + cv.se), 4 * cv.mean.min()) * 1.3)

        for number, (train, held_out) in enumerate(self.folds(), 1):
            side = {"marker": "s", "ls": "none", "ms": 3.5}
            for rows, colour in ((train, palette.RULE), (held_out, palette.VALIDATION)):
                folds.plot(rows + 1, np.full(len(rows), number), color=colour.light, **side)
        folds.set(title="Rows held out by each fold", xlabel="row", ylabel="fold")
        folds.set_ylim(self.k + 0.7, 0.3)
        folds.yaxis.get_major_locator().set_params(integer=True)

        if repeated:
            best, one_se = self.repetitions()
            counts = [[np.sum(chosen == lam) for lam in cv.lams] for chosen in (best, one_se)]
            for sign, count, colour, name in (
                (1, counts[0], palette.FIRST, "least error"),
                (-1, counts[1], palette.SECOND, "one SE, down"),
            ):
                heights = sign * np.array(count)
                axes["c"].vlines(cv.lams, 0, heights, color=colour.light, lw=3, label=name)
            axes["c"].axhline(0, color=palette.EDGE.light, lw=0.8)
            axes["c"].set(title=f"λ chosen, {TIMES} times: {self.repeat}", xscale="log", xlabel="λ")
            axes["c"].yaxis.set_major_formatter(lambda count, _: f"{abs(count):g}")
            axes["c"].legend(frameon=False, fontsize="small")
        tidy(*axes.values())
        return figure
