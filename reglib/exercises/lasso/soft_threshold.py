"""The soft threshold, entry by entry."""

import numpy as np

from reglib.checks.entry import Case, Entry, Misconception
from reglib.exercises import draws


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
    table = "each entry is treated by itself, whatever the shape"
    return [
        Case(arrays, "four numbers", (_spread(rng, t, 4).round(2), t)),
        Case(arrays, "seven numbers", (_spread(rng, u, 7).round(2), u)),
        Case(arrays, "a threshold for each", (_spread(rng, each, 5).round(2), each), table),
        Case(arrays, "a table", (_spread(rng, t, 6).round(2).reshape(2, 3), t), table),
        Case(numbers, "one number above t", (round(t * rng.uniform(1.5, 3), 2), t)),
        Case(numbers, "one number below −t", (round(-t * rng.uniform(1.5, 3), 2), t)),
        Case(numbers, "one number within ±t", (round(t * rng.uniform(0.3, 0.8), 2), t)),
        Case(edges, "t = 0", (_spread(rng, t, 4).round(2), 0.0), flat),
        Case(edges, "whole numbers, |z| = t", (np.array([-5, -2, -1, 0, 2, 4]), 2), whole),
        Case(edges, "one whole number", (int(-rng.integers(4, 9)), 3), whole),
    ]


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
            "the threshold is hard",
            "look at a z just above t: how far may u be from the u of a z just below t?",
            "soft-threshold",
            lambda z, t: np.where(np.abs(z) > t, z, 0.0)[()],
        ),
        Misconception(
            "the threshold goes past zero",
            "try a z that is smaller than t, and see on which side of zero u ends up.",
            "soft-threshold",
            lambda z, t: z - t * np.sign(z),
        ),
        Misconception(
            "z is divided, not moved",
            "try a small z: your u gets smaller, but does it ever arrive at zero?",
            "soft-threshold",
            lambda z, t: z / (1 + t),
        ),
        Misconception(
            "every negative z becomes zero",
            "try z = −10 with t = 1, and ask which u lies one step nearer to zero.",
            "soft-threshold",
            lambda z, t: np.maximum(np.asarray(z) - t, 0.0)[()],
        ),
        Misconception(
            "negative z is moved away from zero",
            "try z = −10 with t = 1: in which direction is zero?",
            "soft-threshold",
            lambda z, t: np.where(np.abs(z) > t, np.asarray(z) - t, 0.0)[()],
        ),
        Misconception(
            "the sign of z is lost",
            "compare u for z = 5 and for z = −5: one should mirror the other.",
            "soft-threshold",
            lambda z, t: np.maximum(np.abs(z) - t, 0.0),
        ),
        Misconception(
            "z is cut off at ±t",
            "ask what should become of a z inside ±t, and what of one far outside: you have the "
            "part of z that should go, not the part that stays.",
            "soft-threshold",
            lambda z, t: np.clip(z, -t, t),
        ),
        Misconception(
            "z is moved by half of t",
            "take the derivative of the square with the ½ that stands in front of it.",
            "soft-threshold",
            lambda z, t: soft_threshold(z, np.asarray(t) / 2),
        ),
    ),
)
