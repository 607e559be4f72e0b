"""The lasso explorer: the exact path, who is in, and one coefficient's soft threshold."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from reglib import inputs, palette
from reglib.data import load_diabetes
from reglib.features import center, standardize
from reglib.lasso import lasso_knots, lasso_path
from reglib.path import Path, lambda_grid
from reglib.penalty import soft_threshold
from reglib.widgets.explorer import Checked, Explorer

MOST_FEATURES = 20
DECADES = 4  # that the λ axis spans, up to a power of ten that makes all coefficients zero
CHOSEN, OTHERS = palette.FIRST.light, palette.EDGE.light


def distinct(name: str, value: Sequence[str], p: int) -> list[str]:
    """Return p different names as a list."""
    names = [str(label) for label in np.ravel(value)]
    if len(names) != p or len(set(names)) != p or not all(names):
        raise ValueError(f"{name} is {names}: pass {p} different names, one per column of X")
    return names


class LassoExplorer(Explorer):
    """Move λ along the lasso's exact path, and watch features come in and become zero.

    The fit minimises, exactly and at every λ, with the intercept b unpenalised,

        J(w, b) = 1/(2n) · ‖y − b − Xw‖² + λ‖w‖₁

    on an X of shape (n, p), p at most 20, and a y of shape (n,); columns are used as they are, so
    `standardize` them first if they should be. Without X and y these are the ten standardised
    measurements of the diabetes data. `features` are p names, x1, x2, … unless given.

    Beside the path it shows the stretches of λ on which each coefficient is not zero, and for one
    feature j how its coefficient comes about: w_j = S(c_j, λ)/a_j, where S is the soft threshold,
    a_j = x_jᵀx_j/n, and c_j = x_jᵀr/n with r what the other coefficients leave of y (all centred).

    Traits, synced with the page, where moving a control sets them:

    lam       λ ≥ 0; a tenth of λ_max unless given
    feature   the name of the feature whose soft threshold is shown; unless given, the first to
              come in as λ falls

    The page is sent the knots of the path, between which it is linear, and for the residuals X and
    y as the triangular factor of a QR decomposition: (p + 1)² numbers.

    Raises `ValueError` for any other value, and keeps the one before; for an X that is not a finite
    (n, p) array, has too many columns or none that varies; for a y that is not a finite (n,) array
    or is constant; and for names that are not p different ones.

    >>> explorer = LassoExplorer(lam=5.0)
    >>> names = np.array(explorer.features)
    >>> names[explorer.fit().coef[0] != 0].tolist()
    ['sex', 'bmi', 'bp', 'hdl', 'ltg']
    """

    script = "lasso.js"

    lam = Checked(inputs.real, 0.0, "the penalty strength λ", least=0.0)
    feature = Checked(
        inputs.choice,
        None,
        "the feature whose soft threshold is shown",
        options=lambda self: self.features,
    )

    def __init__(
        self,
        X: ArrayLike | None = None,
        y: ArrayLike | None = None,
        features: Sequence[str] | None = None,
        **traits: object,
    ) -> None:
        if X is None and y is None:
            diabetes = load_diabetes()
            X, y = standardize(diabetes.X)[0], diabetes.y
            features = diabetes.feature_names if features is None else features
        X = inputs.matrix(X).copy()
        n, p = X.shape
        if p > MOST_FEATURES:
            raise ValueError(f"X has {p} columns: pass at most {MOST_FEATURES}, to tell them apart")
        self.X, self.y = inputs.varying("X", X), inputs.varying("y", inputs.target(y, n))
        if features is None:
            features = [f"x{j + 1}" for j in range(p)]
        self.features = distinct("features", features, p)
        lam_max = lambda_grid(self.X, self.y, num=1)[0]
        self.knots = lasso_knots(self.X, self.y)
        first = self.stays()[0][0]
        super().__init__(
            **{"lam": float(f"{lam_max / 10:.3g}"), "feature": self.features[first]} | traits
        )

    @property
    def span(self) -> tuple[float, float]:
        """The ends of the λ axis."""
        end = float(np.ceil(np.log10(self.knots.lams[0])))
        return 10 ** (end - DECADES), 10**end

    def facts(self) -> dict[str, object]:
        """Return the path, the stays on it, and the centred X and y as few rows over √n."""
        (Z, x_mean), (z, y_mean) = center(self.X), center(self.y)
        factor = np.linalg.qr(np.column_stack([Z, z]), mode="r") / np.sqrt(len(z))
        return {
            "span": self.span,
            "lams": self.knots.lams.tolist(),
            "coef": self.knots.coef.tolist(),
            "stays": self.stays(),
            "columns": factor.T.tolist(),
            "means": [*x_mean.tolist(), float(y_mean)],
        }

    def fit(self, lams: ArrayLike | None = None) -> Path:
        """Return the fits for `lams`, or the one for the present λ."""
        return lasso_path(self.X, self.y, [self.lam] if lams is None else lams)

    def stays(self) -> list[tuple[int, float, float]]:
        """Return (j, from λ, down to λ) for every stretch of λ on which w_j is not zero."""
        lams, _, coef = self.knots
        found = []
        for j, inside in enumerate((coef[:-1] + coef[1:] != 0).T):
            edges = np.flatnonzero(np.diff(np.concatenate([[0], inside, [0]])))
            found += [(j, float(lams[k]), float(lams[m])) for k, m in edges.reshape(-1, 2)]
        return sorted(found, key=lambda stay: -stay[1])

    def threshold(self) -> tuple[float, float]:
        """Return (c, a) of the chosen feature, whose coefficient is S(c, λ)/a."""
        j = self.features.index(self.feature)
        X, _ = center(self.X)
        w = self.fit().coef[0]
        a = np.mean(X[:, j] ** 2)
        return np.mean(X[:, j] * (self.y - self.y.mean() - X @ w)) + a * w[j], a

    def description(self) -> str:
        """Return what the static picture shows, in words."""
        w = self.fit().coef[0]
        kept = [name for name, value in zip(self.features, w, strict=True) if value]
        order = list(dict.fromkeys(self.features[j] for j, _, _ in self.stays()))
        c, _ = self.threshold()
        value = w[self.features.index(self.feature)]
        size = f"beyond ±λ, so w = {value:.3g}" if value else "within ±λ, so w = 0"
        return (
            f"The lasso at λ = {self.lam:.3g}, in three panels. The first shows each of the "
            f"{len(w)} coefficients against λ: all are zero from λ = {self.stays()[0][1]:.3g} on. "
            f"The second shows the stretches of λ on which each is not zero. As λ falls, they come "
            f"in in this order: {', '.join(order)}. At the present λ {len(kept)} are not zero: "
            f"{', '.join(kept) or 'none'}. The third shows the coefficient of {self.feature} as a "
            f"soft threshold of c, its covariance with what the others leave: here c = {c:.3g} is "
            f"{size}."
        )

    def figure(self) -> Figure:
        """Return the static picture of the present state."""
        lams = np.geomspace(*self.span, 400)
        chosen = self.features.index(self.feature)
        figure = Figure(figsize=(8, 4.6), layout="constrained")
        axes = figure.subplot_mosaic("ab;ac", width_ratios=[1.2, 1])
        path, stays, soft = axes["a"], axes["b"], axes["c"]

        coef = self.fit(lams).coef
        for j, (name, w) in enumerate(zip(self.features, coef.T, strict=True)):
            style = {"color": CHOSEN, "lw": 2.5} if j == chosen else {"color": OTHERS, "lw": 1}
            path.plot(lams, w, **style)
            offset = {"xytext": (-4, 0), "textcoords": "offset points", "fontsize": "small"}
            path.annotate(name, (lams[0], w[0]), ha="right", va="center", **offset)
        path.set(title=f"Coefficients; the thick line is {self.feature}", ylabel="coefficient w")
        path.set_xlim(lams[0] / 3, lams[-1])

        order = list(dict.fromkeys(j for j, _, _ in self.stays()))
        order += [j for j in range(len(self.features)) if j not in order]
        for j, high, low in self.stays():
            ends = np.clip([low, high], lams[0], lams[-1])
            stays.plot(ends, [order.index(j)] * 2, color=CHOSEN if j == chosen else OTHERS, lw=4)
        stays.set_yticks(range(len(order)), [self.features[j] for j in order], fontsize="small")
        stays.set(title="Features in", ylim=(len(order) - 0.5, -0.5), xlim=(lams[0], lams[-1]))
        for ax in (path, stays):
            ax.set(xscale="log", xlabel="λ")
            ax.axvline(np.clip(self.lam, lams[0], lams[-1]), color=palette.FIT.light, lw=1)

        c, a = self.threshold()
        top = 1.5 * max(self.lam, abs(c), 1e-12)
        z = np.linspace(-top, top, 401)
        soft.axvspan(-self.lam, self.lam, color=palette.RULE.light)
        soft.plot(z, z / (a or 1), **palette.SECOND.line, label="c/a")
        soft.plot(z, soft_threshold(z, self.lam) / (a or np.inf), color=CHOSEN, label="S(c, λ)/a")
        soft.plot(c, soft_threshold(c, self.lam) / (a or np.inf), "o", color=palette.INK.light)
        soft.set(title=f"The soft threshold of {self.feature}", xlabel="c", ylabel="w")
        soft.legend(frameon=False, fontsize="small")
        for ax in axes.values():
            ax.set_title(ax.get_title(), fontsize="medium")
            ax.spines[["top", "right"]].set_visible(False)
        return figure
