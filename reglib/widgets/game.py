"""The game: five data sets, and how stiff a curve should be that has seen training points only."""

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from matplotlib.figure import Figure

from reglib import inputs, palette
from reglib.features import polynomial
from reglib.path import Path, predict
from reglib.ridge import ridge_path
from reglib.validation import cross_validate
from reglib.widgets.curve import GRID, slices, tidy
from reglib.widgets.explorer import Checked, Explorer, normals, uniforms

ROUNDS, ROWS, FRESH, FOLDS, DEGREE = 5, 30, 1000, 10, 15
LAMS = np.array([0.0, *(10.0 ** (np.arange(24) / 3 - 7))])  # by stiffness, from 0
WAVES, NOISES = (0.25, 2.5), (0.05, 1.0)  # how many waves from −1 to 1, how much noise
SETS = 200  # like hers, on which everything is compared
OTHERS, LIKE_HERS = 1_000_000, 2_000_000  # the first seeds: to find one value, and to compare


class Set:
    """A data set made from a seed, with what is known of it because we made it.

    The truth is a sine with a quarter of a wave to two and a half per unit of x, of any phase, and
    the noise is normal with a standard deviation from 0.05 to 1. Of training rows there is one x in
    each of 30 equal slices of [-1, 1]; 1,000 new rows lie anywhere in it.

    >>> Set(seed=0).scores.min()
    np.float64(0.0)
    """

    def __init__(self, seed: int) -> None:
        u = uniforms(seed, 3 + 3 * ROWS + 3 * FRESH)
        [waves, phase, noise], rows, fresh = np.split(u, [3, 3 + 3 * ROWS])
        self.waves = WAVES[0] + waves * (WAVES[1] - WAVES[0])
        self.phase = 2 * np.pi * phase
        self.noise = float(NOISES[0] * (NOISES[1] / NOISES[0]) ** noise)
        shares, *uv = rows.reshape(3, ROWS)
        self.x = slices(shares)
        self.y = self.truth(self.x) + self.noise * normals(*uv)
        places, *uv = fresh.reshape(3, FRESH)
        self.x_new = 2 * places - 1
        self.y_new = self.truth(self.x_new) + self.noise * normals(*uv)

    def truth(self, x: np.ndarray) -> np.ndarray:
        """Return the truth at each x."""
        return np.sin(np.pi * self.waves * x + self.phase)

    @cached_property
    def path(self) -> Path:
        """The curve of each stiffness: ridge regression on x¹ … x¹⁵."""
        return ridge_path(polynomial(self.x, DEGREE), self.y, LAMS)

    @cached_property
    def errors(self) -> np.ndarray:
        """The mean squared error on the 1,000 new rows, by stiffness."""
        fitted = predict(self.path, polynomial(self.x_new, DEGREE))
        return np.mean((self.y_new[:, None] - fitted) ** 2, axis=0)

    @property
    def scores(self) -> np.ndarray:
        """How far these are above the least of them, in % of the variance of the noise."""
        return 100 * (self.errors - self.errors.min()) / self.noise**2

    def chosen(self) -> int:
        """Return the stiffness, of those above 0, that tenfold cross-validation chooses."""
        rows = np.arange(ROWS)
        folds = [(rows[rows % FOLDS != f], rows[f::FOLDS]) for f in range(FOLDS)]
        found = cross_validate(ridge_path, polynomial(self.x, DEGREE), self.y, LAMS[1:], folds)
        return int(np.flatnonzero(found.best == LAMS)[0])


def stiffnesses(name: str, value: Sequence[int], longest: int, least: int, most: int) -> list[int]:
    """Return as a list the stiffness that was chosen in each round so far.

    >>> stiffnesses("choices", [3, 12], longest=5, least=0, most=24)
    [3, 12]
    """
    if not isinstance(value, list | tuple) or len(value) > longest:
        raise ValueError(f"{name} is {value!r}: pass a list of at most {longest} whole numbers")
    return [inputs.whole(f"{name}[{i}]", each, least, most) for i, each in enumerate(value)]


class GameExplorer(Explorer):
    """Choose how stiff a curve is, seeing only its training points; then see what it is worth.

    Stiffness k = 0 … 24 stands for λ = 0 and, from 1 on, λ = 10^((k − 1)/3 − 7). The curve is a
    polynomial of degree 15 in x that minimises, exactly and for every k,

        1/(2n) · ‖y − b − Xw‖² + λ/2 · ‖w‖²,      n = 30

    The score of a choice is 100 · (E(k) − min E)/noise², with E the mean squared error on 1,000 new
    rows, and the least of it taken over every k. `Set` says how data are made. After five rounds
    these scores are compared with those of k = 0, of one fixed k that had the least median over 200
    other sets, and of tenfold cross-validation; on the five and on 200 sets like them.

    Traits, all synced with the page, where playing sets them:

    stiffness  a whole number from 0 to 24
    choices    a list of the stiffness chosen in each round so far
    looking    whether the truth of the last of them is shown, before the next round
    seed       a whole number from 0 to 999,995, which says the first of five data sets

    Raises `ValueError` for any other value, and keeps the one before.

    >>> GameExplorer(seed=3).present().x.shape
    (30,)
    """

    script = "game.js"

    stiffness = Checked(inputs.whole, 0, "how stiff the curve is", least=0, most=len(LAMS) - 1)
    choices = Checked(
        stiffnesses, [], "what was chosen", longest=ROUNDS, least=0, most=len(LAMS) - 1
    )
    looking = Checked(inputs.truth, False, "whether the truth is shown")
    seed = Checked(inputs.whole, 150, "which data sets", least=0, most=OTHERS - ROUNDS)

    def facts(self) -> dict[str, object]:
        """Return what data are made with and compared on."""
        return {
            "lams": LAMS.tolist(),
            "rounds": ROUNDS,
            "rows": ROWS,
            "fresh": FRESH,
            "folds": FOLDS,
            "degree": DEGREE,
            "waves": WAVES,
            "noises": NOISES,
            "sets": SETS,
            "others": OTHERS,
            "likeHers": LIKE_HERS,
        }

    def present(self) -> Set:
        """Return the data set of the present round, or of the last."""
        played = len(self.choices)
        return Set(self.seed + min(played - (self.looking and played > 0), ROUNDS - 1))

    def description(self) -> str:
        """Return what the static picture shows, in words."""
        now = self.present()
        error = np.mean((now.y - self._curve(now, now.x)) ** 2)
        return (
            f"{ROWS} training points between x = −1 and 1, with y from {now.y.min():.2g} to "
            f"{now.y.max():.2g}, and a curve of stiffness {self.stiffness} from 0 to "
            f"{len(LAMS) - 1} that was fitted to them: its mean squared error on them is "
            f"{error:.3g}. How stiff should it be, to be close to new points of the same kind?"
        )

    def _curve(self, now: Set, x: np.ndarray) -> np.ndarray:
        return predict(now.path, polynomial(x, DEGREE))[:, self.stiffness]

    def figure(self) -> Figure:
        """Return the static picture of the present state: no more than a player sees at first."""
        now = self.present()
        figure = Figure(figsize=(7, 3.6), layout="constrained")
        ax = figure.subplots()
        ax.plot(now.x, now.y, **palette.TRAINING.mark, label="training")
        ax.plot(GRID, self._curve(now, GRID), **palette.FIT.line, lw=2, label="curve")
        ax.set(title=f"A curve of stiffness {self.stiffness}", xlabel="x", ylabel="y", ylim=(-3, 3))
        ax.legend(frameon=False, fontsize="small")
        tidy(ax)
        return figure
