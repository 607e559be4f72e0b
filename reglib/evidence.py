"""Numbers that chance has a part in, with no more digits than chance leaves them.

Each function makes an `Evidence`: the words for the sentence, and a card that says what stands
behind them. `glue` hands it to the page, where the role {evidence}`name` shows both.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from reglib import inputs

MIME = "application/vnd.reglib.evidence+json"
LEAST = 30  # repeats: of fewer, an error is a guess itself
LARGEST = 0.2  # share of the scatter that one repeat may have, if a mean is to be spoken of
_UP = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


class Evidence(NamedTuple):
    """What a page says of a number, and its card in rows of a value with a name, or with none."""

    text: str
    card: tuple[tuple[str, str], ...]

    def _repr_mimebundle_(self, **_: object) -> dict[str, object]:
        return {MIME: {"text": self.text, "card": self.card}, "text/plain": self.text}


def mean(repeats: ArrayLike, seed: object, of: str = "draws", root: bool = False) -> Evidence:
    """Tell the mean of the repeats (R,), to within about twice its Monte-Carlo error.

    With `root`, the root of that mean: "off by about 57". `seed` is a number or words, `of` says
    what was repeated. Raises `ValueError` for fewer than 30 repeats, for repeats that are all
    alike, and for heavy tails, where one repeat decides what the mean is.

    >>> rng = np.random.default_rng(0)
    >>> told = mean(rng.normal(2, 0.5, 200), seed=0)
    >>> told.text
    'about 2.0'
    >>> told.card[1]
    ('Monte-Carlo standard error', '0.034')
    """
    repeats = _checked(repeats)
    n, value = len(repeats), repeats.mean()
    scatter = (repeats - value) ** 2
    if scatter.max() > max(LARGEST, 15 / n) * scatter.sum():
        raise ValueError(
            f"repeats has heavy tails: one of {n} makes {scatter.max() / scatter.sum():.0%} of "
            "their scatter, and their mean says little. Pass them to quantile"
        )
    error, words = np.sqrt(scatter.sum() / (n - 1) / n), "mean"
    if root:
        if value <= 0:
            raise ValueError(f"repeats has the mean {value:.3g}, which has no root: root=False")
        error, value, words = error / (2 * np.sqrt(value)), np.sqrt(value), "root of the mean"
    return Evidence(_about(value, error), _card(f"{words} of {n} {of}", error, seed))


def quantile(repeats: ArrayLike, seed: object, of: str = "draws", at: float = 0.5) -> Evidence:
    """Tell the median of the repeats (R,), or another quantile: of heavy tails too.

    Its error is half the distance between the repeats that stand one standard error of the rank
    below it and above it. Raises `ValueError` as `mean` does, and for a quantile so far out that
    fewer than five repeats are expected beyond it.

    >>> rng = np.random.default_rng(0)
    >>> quantile(np.exp(2 * rng.normal(size=2000)), seed=0).text
    'about 0.9'
    """
    repeats = _checked(repeats)
    at, n = inputs.real("at", at, 0.0, 1.0), len(repeats)
    if n * min(at, 1 - at) < 5:
        raise ValueError(f"at is {at:g}: of {n} repeats, five or more must lie beyond it")
    rank = np.sqrt(at * (1 - at) / n)
    low, value, high = np.quantile(repeats, np.clip([at - rank, at, at + rank], 0, 1))
    words = "median" if at == 0.5 else f"{100 * at:g} % quantile"
    tails = " and ".join(_digits(q, 2) for q in np.quantile(repeats, [0.1, 0.9]))
    rows = _card(f"{words} of {n} {of}", (high - low) / 2, seed)
    text = _about(value, (high - low) / 2) if high > low else _digits(value, 3)
    return Evidence(text, (*rows, ("eight in ten lie between", tails)))


def count(happened: ArrayLike, seed: object, of: str = "draws") -> Evidence:
    """Tell in how many of the repeats something happened; `happened` is (R,), True or False.

    The card has Wilson's 95 % interval for the share in very many repeats. Raises `ValueError` for
    fewer than 30 repeats, and for entries that are neither True nor False.

    Source: Wilson (1927), *J. Am. Stat. Assoc.* 22(158).

    >>> told = count(np.arange(200) < 183, seed=0)
    >>> told.text, told.card[1][1]
    ('183 of 200 draws', '87 % to 95 %')
    """
    happened = np.asarray(happened)
    if happened.dtype != bool or happened.ndim != 1 or len(happened) < LEAST:
        raise ValueError(f"happened must be {LEAST} or more of True and False: pass a < b")
    n, k, z = len(happened), int(happened.sum()), 1.96
    centre = (k + z**2 / 2) / (n + z**2)
    half = z / (n + z**2) * np.sqrt(k * (n - k) / n + z**2 / 4)
    interval = f"{100 * max(centre - half, 0):.0f} % to {100 * min(centre + half, 1):.0f} %"
    rows = ("", f"count among {n} {of}"), ("of very many, 95 % interval", interval)
    return Evidence(f"{k} of {n} {of}", (*rows, ("seed", str(seed))))


def one(value: float, repeats: ArrayLike, seed: object, of: str = "draws") -> Evidence:
    """Tell the number of the one draw that is shown, in three digits, among others like it.

    Where it is not among the middle eight in ten of the `repeats` (R,), the words say so.

    >>> one(8.936, np.linspace(0, 9, 201), seed=1).text
    '8.94 (larger than in 199 of 201 draws)'
    """
    repeats, value = _checked(repeats), inputs.real("value", value, -np.inf)
    n, below, above = len(repeats), int((repeats < value).sum()), int((repeats > value).sum())
    text = _digits(value, 3)
    if below > 0.9 * n:
        text += f" (larger than in {below} of {n} {of})"
    elif above > 0.9 * n:
        text += f" (smaller than in {above} of {n} {of})"
    rows = ("", "one draw"), ("smaller, of others like it", f"{below} of {n} {of}")
    return Evidence(text, (*rows, ("seed", str(seed))))


def exact(value: float, how: str, digits: int = 3) -> Evidence:
    """Tell a number in which there is no chance; `how` says in words how it comes about.

    >>> exact(2 / 3, "two of three", digits=2)
    Evidence(text='0.67', card=(('', 'two of three'), ('', 'no chance has a part in it')))
    """
    if not how.strip():
        raise ValueError("how is empty: say how the number comes about")
    value = inputs.real("value", value, -np.inf)
    return Evidence(_digits(value, digits), (("", how), ("", "no chance has a part in it")))


def glue(name: str, evidence: Evidence) -> None:
    """Hand evidence to the text of the page, for the role {evidence}`name`. A notebook has no such.

    Raises `ValueError` for a number that no function of this module has made.
    """
    if not isinstance(evidence, Evidence):
        raise ValueError(
            f"{name} is {evidence!r}: pass what mean, quantile, count, one or exact returns"
        )
    try:
        import myst_nb
    except ImportError:
        return
    myst_nb.glue(name, evidence, display=False)


def _checked(repeats: ArrayLike) -> np.ndarray:
    repeats = inputs.numbers("repeats", repeats, 1, "pass one number for each repeat")
    if len(repeats) < LEAST:
        raise ValueError(f"repeats has {len(repeats)} entries: pass {LEAST} or more")
    if (repeats == repeats[0]).all():
        raise ValueError("repeats are all alike, so there is no chance in them: pass it to exact")
    return repeats


def _card(words: str, error: float, seed: object) -> tuple[tuple[str, str], ...]:
    shown = _digits(error, 2)
    return ("", words), ("Monte-Carlo standard error", shown), ("seed", str(seed))


def _about(value: float, error: float) -> str:
    """Return the words for a value: its last digit is worth two errors or more.

    Where no digit is left of it, the words are the range of two errors on either side.
    """
    place = int(np.ceil(np.log10(2 * error)))
    if abs(value) >= 10.0**place / 2:
        return f"about {_rounded(value, place)}"
    place = int(np.floor(np.log10(error)))
    low, high = (value - 2 * error) / 10.0**place, (value + 2 * error) / 10.0**place
    ends = np.floor(low) * 10.0**place, np.ceil(high) * 10.0**place
    return f"between {_rounded(ends[0], place)} and {_rounded(ends[1], place)}"


def _digits(value: float, digits: int) -> str:
    """Return a number in so many digits; a whole one as it is."""
    if value == int(value) and abs(value) < 1e6:
        return _signed(f"{int(value)}")
    return _rounded(value, int(np.floor(np.log10(abs(value)))) + 1 - digits)


def _rounded(value: float, place: int) -> str:
    """Return a number rounded to 10^place, and no digit more.

    >>> _rounded(1726.4, 2), _rounded(-0.3, -2), _rounded(5.02e-8, -9)
    ('1700', '−0.30', '5.0 × 10⁻⁸')
    """
    value = round(value, -place) or 0.0
    if 0 < abs(value) < 1e-3:
        power = int(np.floor(np.log10(abs(value))))
        shown = f"{value / 10.0**power:.{max(power - place, 0)}f}"
        return f"{_signed(shown)} × 10{str(power).translate(_UP)}"
    return _signed(f"{value:.{max(-place, 0)}f}")


def _signed(number: str) -> str:
    return number.replace("-", "−")
