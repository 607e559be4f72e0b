"""The soft threshold, entry by entry."""

import numpy as np

from reglib.checks.entry import Case, Entry, Misconception
from reglib.exercises import draws
from reglib.exercises.choices import as_choices


def soft_threshold(z, t):
    z = np.asarray(z, dtype=float)
    return np.where(z > t, z - t, np.where(z < -t, z + t, 0.0))[()]


def _spread(rng: np.random.Generator, t: float | np.ndarray, n: int) -> np.ndarray:
    """Draw numbers of which some are inside ±t and some outside, on both sides."""
    share = np.concatenate([[-2.2, -0.6, 0.6, 2.2], rng.uniform(-3, 3, n)])[:n]
    return rng.permutation(share * rng.uniform(0.9, 1.1, n)) * t


RUBRIC = {
    "arrays": 1,
    "single numbers": 1,
    "t = 0, |z| = t, whole numbers": 1,
}


def cases(rng: np.random.Generator) -> list[Case]:
    arrays, numbers, edges = RUBRIC
    t, u = draws.penalty(rng), draws.penalty(rng)
    each = rng.uniform(0.5, 2.5, 5).round(2)
    flat = "with t = 0 nothing is moved"
    whole = "whole numbers in, the same formula; where |z| = t the answer is 0"
    cut = "whole numbers may be moved by a t that is none"
    table = "each entry is treated by itself, whatever the shape"
    half = rng.integers(1, 3) + 0.5
    return [
        Case(arrays, "four numbers", (_spread(rng, t, 4).round(2), t)),
        Case(arrays, "seven numbers", (_spread(rng, u, 7).round(2), u)),
        Case(arrays, "a threshold for each", (_spread(rng, each, 5).round(2), each), table),
        Case(arrays, "a table", (_spread(rng, t, 6).round(2).reshape(2, 3), t), table),
        Case(numbers, "one number above t", (round(t * rng.uniform(1.5, 3), 2), t)),
        Case(numbers, "one number below −t", (round(-t * rng.uniform(1.5, 3), 2), t)),
        Case(numbers, "one number within ±t", (round(t * rng.uniform(0.3, 0.8), 2), t)),
        Case(numbers, "one number within ±t, negative", (round(-t * rng.uniform(0.3, 0.8), 2), t)),
        Case(edges, "t = 0", (_spread(rng, t, 4).round(2), 0.0), flat),
        Case(edges, "whole numbers, |z| = t", (np.array([-5, -2, -1, 0, 2, 4]), 2), whole),
        Case(edges, "one whole number", (int(-rng.integers(4, 9)), 3), whole),
        Case(edges, "whole numbers, t is none", (np.array([-7, -4, -1, 0, 1, 5, 8]), half), cut),
        Case(edges, "a single entry", (np.array([-t - round(rng.uniform(0.5, 3), 2)]), t)),
    ]


def _formula(
    z,
    t,
    *,
    by=lambda t: t,
    beyond=lambda z, t: np.abs(z) > t,
    moved=lambda z, t: z - t * np.sign(z),
    within=lambda z, t: 0.0 * z,
):
    """`beyond` says which z are moved, and `within` what the others become."""
    z, t = np.asarray(z, dtype=float), by(np.asarray(t, dtype=float))
    with np.errstate(all="ignore"):
        return np.where(beyond(z, t), moved(z, t), within(z, t))[()]


_SIDES = "try z = 10, 0.5, −0.5 and −10 with t = 1, and hold each u against a drawing of S."
_MIRROR = "compare u for z = 5 and for z = −5: one should mirror the other."
_NEARER = "try z = −10 with t = 1: in which direction is zero?"
_BY = "try z = 10 with t = 4: at which distance from z must u be?"
_EACH = "call it with z = (10, 0.5) and t = 1, and then with each of the two numbers alone."
_SECTION = "soft-threshold"
CHOICES = {
    "moved": as_choices(
        (
            "the threshold is hard",
            "look at a z just above t: how far may u be from the u of a z just below t?",
            _SECTION,
            lambda z, t: z,
        ),
        ("negative z is moved away from zero", _NEARER, _SECTION, lambda z, t: z - t),
        (
            "positive z is moved away from zero",
            "try z = 10 with t = 1: in which direction is zero?",
            _SECTION,
            lambda z, t: z + t,
        ),
        ("z is moved away from zero", _NEARER, _SECTION, lambda z, t: z + t * np.sign(z)),
        ("the sign of z is lost", _MIRROR, _SECTION, lambda z, t: np.abs(z) - t),
        ("u has the opposite sign of z", _MIRROR, _SECTION, lambda z, t: t * np.sign(z) - z),
        ("z is moved by 1, not by t", _BY, _SECTION, lambda z, t: z - np.sign(z)),
        ("z becomes ±t where it is beyond t", _BY, _SECTION, lambda z, t: t * np.sign(z)),
        ("only the sign of z is left", _BY, _SECTION, lambda z, t: np.sign(z)),
        ("z is multiplied by |z| − t", _BY, _SECTION, lambda z, t: z * (np.abs(z) - t)),
        ("z is shrunk by a share, not moved", _BY, _SECTION, lambda z, t: z / (1 + t)),
        (
            "t is subtracted as a share of |z|, and z is not multiplied back",
            _BY,
            _SECTION,
            lambda z, t: 1 - t / np.abs(z),
        ),
    ),
    "beyond": as_choices(
        (
            "the threshold goes past zero",
            "try a z that is smaller than t, and see on which side of zero u ends up.",
            _SECTION,
            lambda z, t: np.full(z.shape, True),
        ),
        (
            "every negative z becomes zero",
            "try z = −10 with t = 1, and ask which u lies one step nearer to zero.",
            _SECTION,
            lambda z, t: z > t,
        ),
        ("every positive z becomes zero", _SIDES, _SECTION, lambda z, t: z < -t),
        (
            "every negative z is moved, however small",
            _SIDES,
            _SECTION,
            lambda z, t: (z > t) | (z < 0),
        ),
        (
            "every positive z is moved, however small",
            _SIDES,
            _SECTION,
            lambda z, t: (z < -t) | (z > 0),
        ),
        (
            "z is moved where |z| < t, not where |z| > t",
            _SIDES,
            _SECTION,
            lambda z, t: np.abs(z) < t,
        ),
        (
            "one entry beyond t is enough for all to be moved",
            _EACH,
            _SECTION,
            lambda z, t: np.full(z.shape, (np.abs(z) > t).any()),
        ),
        ("z counts as beyond t only from 2t on", _BY, _SECTION, lambda z, t: np.abs(z) > 2 * t),
        ("z is compared with 1, not with t", _BY, _SECTION, lambda z, t: np.abs(z) > 1),
    ),
    "within": as_choices(
        ("z within ±t is left as it is", _SIDES, _SECTION, lambda z, t: z),
        ("z within ±t becomes t", _SIDES, _SECTION, lambda z, t: t + 0 * z),
        ("z within ±t becomes ±t", _SIDES, _SECTION, lambda z, t: t * np.sign(z)),
    ),
    "by": as_choices(
        (
            "z is moved by half of t",
            "take the derivative of the square with the ½ that stands in front of it.",
            _SECTION,
            lambda t: t / 2,
        ),
        ("z is moved by 2t", _BY, _SECTION, lambda t: 2 * t),
        ("t is squared", _BY, _SECTION, lambda t: t**2),
        ("the root of t is taken", _BY, _SECTION, np.sqrt),
        ("t has the wrong sign", _NEARER, _SECTION, lambda t: -t),
        ("1 stands for t", _BY, _SECTION, lambda t: 0 * t + 1),
        ("one threshold, the mean of t, serves for all", _EACH, _SECTION, np.mean),
        ("one threshold, the largest t, serves for all", _EACH, _SECTION, np.max),
        ("one threshold, the first t, serves for all", _EACH, _SECTION, lambda t: t.ravel()[0]),
    ),
}


ENTRY = Entry(
    name="lasso.soft_threshold",
    place=1,
    returns=("u",),
    must="u is z moved towards zero by t, and zero where it would pass zero on the way",
    reference=soft_threshold,
    cases=cases,
    rubric=RUBRIC,
    section="soft-threshold",
    example=(np.array([3.0, -0.5, -2.0]), 1.0),
    misconceptions=(
        Misconception(
            "z is divided, not moved",
            "try a small z: your u gets smaller, but does it ever arrive at zero?",
            "soft-threshold",
            lambda z, t: z / (1 + t),
        ),
        Misconception(
            "z is multiplied by 1 − t, not moved",
            "try a small z: your u gets smaller, but does it ever arrive at zero?",
            "soft-threshold",
            lambda z, t: np.asarray(z) * (1 - t),
        ),
        Misconception(
            "z is cut off at ±t",
            "ask what should become of a z inside ±t, and what of one far outside: you have the "
            "part of z that should go, not the part that stays.",
            "soft-threshold",
            lambda z, t: np.clip(z, -t, t),
        ),
        Misconception(
            "z is cut off at zero from below, and not moved",
            _SIDES,
            "soft-threshold",
            lambda z, t: np.maximum(z, 0.0),
        ),
    ),
    formula=_formula,
    choices=CHOICES,
)
