"""The geometry explorer: contours of the loss, a budget, and whether they meet at a corner."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Ellipse
from numpy.typing import ArrayLike

from reglib import inputs, palette
from reglib.elastic_net import elastic_net_path
from reglib.widgets.explorer import Checked, Explorer

EDGE = 3.5
PENALTIES = ("L1", "elastic net", "L2")
LEVELS = (0.1, 0.4, 1, 2, 3.5)


def point(name: str, value: ArrayLike, most: float) -> list[float]:
    """Return a point as a list of its two coordinates, each at most `most` in size."""
    instead = f"pass two numbers from {-most:g} to {most:g}"
    value = inputs.numbers(name, value, 1, instead)
    if len(value) != 2 or np.abs(value).max() > most:
        raise ValueError(f"{name} is {value.tolist()}: {instead}")
    return value.tolist()


class GeometryExplorer(Explorer):
    """Two coefficients, the contours of a loss, and a budget: where do they meet?

    The solution minimises, exactly,

        ½ (w − ŵ)ᵀ G (w − ŵ)   subject to   ρ‖w‖₁ + (1−ρ)/2 · ‖w‖² ≤ the same at (reach, 0)

    where ŵ is the optimum, the least-squares coefficients without a budget, and G = XᵀX/n with
    X centred. ρ is 1 for L1, 0 for L2 and l1_ratio for the elastic net. Beside the plane of w it
    shows the loss on a walk around the budget's rim, where corners are kinks.

    Traits, all synced with the page, where moving a control or the optimum sets them:

    penalty   "L1", "elastic net" or "L2"
    l1_ratio  the elastic net's ρ, from 0 to 1
    reach     where the budget's rim crosses the axes, from 0.1 to 3.5
    angle     the direction of the contours' long axis, in degrees from -90 to 90
    stretch   how long it is, e from 0 to 0.95: G's eigenvalues are 1 − e along it, 1 + e across.
              At ±45 degrees both features have variance 1 and their correlation is ∓e
    optimum   ŵ, two numbers from -3.5 to 3.5
    regions   True to shade every ŵ for which the solution is a corner

    Raises `ValueError` for any other value, and keeps the one before.

    >>> w, lam = GeometryExplorer().solution()
    >>> w.round(6), round(lam, 6)
    (array([1.5, 0. ]), 1.5)
    """

    script = "geometry.js"

    penalty = Checked(inputs.choice, "L1", "the penalty", options=PENALTIES)
    l1_ratio = Checked(inputs.real, 0.5, "the elastic net's ρ", least=0.0, most=1.0)
    reach = Checked(inputs.real, 1.5, "where the rim crosses the axes", least=0.1, most=EDGE)
    angle = Checked(inputs.real, -45.0, "direction of the long axis", least=-90.0, most=90.0)
    stretch = Checked(inputs.real, 0.5, "how long that axis is", least=0.0, most=0.95)
    optimum = Checked(point, [8 / 3, 2 / 3], "the least-squares coefficients", most=EDGE)
    regions = Checked(inputs.truth, False, "whether to shade where corners are the solution")

    def facts(self) -> dict[str, object]:
        """Return the levels of the contours, in parts of the loss at the solution."""
        return {"levels": LEVELS}

    @property
    def rho(self) -> float:
        """The share of L1 in the penalty."""
        return {"L1": 1.0, "L2": 0.0}.get(self.penalty, self.l1_ratio)

    def gram(self) -> np.ndarray:
        """Return G = XᵀX/n, (2, 2)."""
        turn = 2 * np.radians(self.angle)
        cos, sin = self.stretch * np.cos(turn), self.stretch * np.sin(turn)
        return np.array([[1 - cos, -sin], [-sin, 1 + cos]])

    def data(self) -> tuple[np.ndarray, np.ndarray]:
        """Return X (4, 2) and y (4,) whose loss has these contours."""
        half = np.sqrt(2) * np.linalg.cholesky(self.gram()).T
        X = np.concatenate([half, -half])
        return X, X @ self.optimum

    def cost(self, w: ArrayLike) -> np.ndarray:
        """Return the penalty without λ at w, (…, 2); the budget is the cost of (reach, 0)."""
        w = np.asarray(w)
        return self.rho * np.abs(w).sum(axis=-1) + (1 - self.rho) / 2 * (w**2).sum(axis=-1)

    def loss(self, w: ArrayLike) -> np.ndarray:
        """Return the loss above its least at w, (…, 2)."""
        away = np.asarray(w) - self.optimum
        return 0.5 * np.einsum("...i,ij,...j", away, self.gram(), away)

    def solution(self) -> tuple[np.ndarray, float]:
        """Return w (2,) and the λ for which `elastic_net_path` gives it; 0 if ŵ is affordable."""
        budget, (X, y) = self.cost([self.reach, 0.0]), self.data()
        if self.cost(self.optimum) <= budget:
            return np.array(self.optimum), 0.0
        low, high = 0.0, 1e4  # the cost falls as λ grows
        for _ in range(12):
            lams = np.linspace(low, high, 50)
            over = self.cost(elastic_net_path(X, y, lams, self.rho).coef) > budget
            k = np.clip(over.sum(), 1, 49)
            low, high = lams[k - 1], lams[k]
        return elastic_net_path(X, y, [high], self.rho).coef[0], float(high)

    def verdict(self) -> str:
        """Say whether the solution is a corner of the budget."""
        w, lam = self.solution()
        if lam == 0:
            return "The optimum is within the budget, so it is the solution."
        zero = np.flatnonzero(w == 0)
        which = f"w{zero[0] + 1} is exactly 0" if len(zero) else "neither coefficient is 0"
        if self.rho == 0:
            return f"A disk has no corners; {which}."
        return f"It is {'a corner' if len(zero) else 'not at a corner'}: {which}."

    def description(self) -> str:
        """Return what the static picture shows, in words."""
        w, lam = self.solution()
        touch = f"The contour of the solution, ({w[0]:.3g}, {w[1]:.3g}), touches the budget there. "
        shape = {1.0: "a square standing on a corner", 0.0: "a disk"}.get(
            self.rho, f"between a square standing on a corner and a disk, with ρ = {self.rho:.3g}"
        )
        return (
            f"The plane of two coefficients. Elliptic contours of the loss, turned by "
            f"{self.angle:.3g} degrees, surround the optimum at ({self.optimum[0]:.3g}, "
            f"{self.optimum[1]:.3g}). The budget of the penalty {self.penalty} is {shape}, and its "
            f"rim crosses the axes at {self.reach:.3g}. {touch if lam else ''}{self.verdict()} A "
            f"second panel shows the loss on a walk around the rim"
            f"{', where it is least at the solution' if lam else ''}."
        )

    def rim(self, degrees: ArrayLike) -> np.ndarray:
        """Return the points of the rim in these directions, (…, 2)."""
        turn = np.radians(degrees)
        way = np.stack([np.cos(turn), np.sin(turn)], axis=-1)
        l1, l2 = self.rho * np.abs(way).sum(axis=-1), (1 - self.rho) / 2
        budget = self.cost([self.reach, 0.0])
        return way * (2 * budget / (l1 + np.sqrt(l1**2 + 4 * l2 * budget)))[..., None]

    def figure(self) -> Figure:
        """Return the static picture of the present state."""
        w, lam = self.solution()
        degrees = np.arange(-180, 181)
        rim = self.rim(degrees)
        figure = Figure(figsize=(8, 4.4), layout="constrained")
        plane, walk = figure.subplots(1, 2, width_ratios=[1.2, 1])

        for level in LEVELS:
            size = 2 * np.sqrt(2 * level * (self.loss(w) or 1.0))
            sizes = size / np.sqrt(1 - self.stretch), size / np.sqrt(1 + self.stretch)
            style = {
                "angle": self.angle,
                "fill": False,
                "ec": palette.MUTED.light,
                "lw": 2 if level == 1 else 0.8,
            }
            plane.add_patch(Ellipse(self.optimum, *sizes, **style))
        plane.fill(*rim.T, color=palette.FIT.light, alpha=0.2)
        plane.plot(*rim.T, color=palette.FIT.light)
        plane.plot(*self.optimum, "o", color=palette.INK.light, label="optimum")
        plane.plot(*w, "o", color=palette.FIT.light, ms=8, mec="white", label="solution")
        for line in (plane.axhline, plane.axvline):
            line(0, color=palette.EDGE.light, lw=0.8, zorder=0)
        plane.set(xlim=(-EDGE, EDGE), ylim=(-EDGE, EDGE), xlabel="w₁", ylabel="w₂", aspect="equal")
        plane.set_title(f"{self.penalty}, budget through {self.reach:.3g}", fontsize="medium")
        plane.legend(frameon=False, fontsize="small", loc="lower left")

        walk.plot(degrees, self.loss(rim), color=palette.FIT.light)
        if lam:
            walk.plot(
                np.degrees(np.arctan2(w[1], w[0])), self.loss(w), "o", color=palette.FIT.light, ms=8
            )
        walk.set_xticks([-180, -90, 0, 90, 180], ["−w₁", "−w₂", "w₁", "w₂", "−w₁"])
        walk.set(xlabel="direction from the origin", ylabel="loss above its least")
        walk.set_title("Loss along the rim", fontsize="medium")
        walk.set_ylim(bottom=0)
        for ax in (plane, walk):
            ax.spines[["top", "right"]].set_visible(False)
        return figure
