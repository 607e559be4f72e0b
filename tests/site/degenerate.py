"""Data in which there is little or nothing to learn, for every explorer that takes data."""

import inspect

import numpy as np

RNG = np.random.default_rng(0)
USUAL = RNG.normal(size=6).round(2)
ROWS = {
    "usual": USUAL,
    "constant": np.full(6, 0.1),
    "zero": np.zeros(6),
    "of one row": USUAL[:1],
    "of two rows": USUAL[:2],
    "of two equal rows": np.full(2, 0.1),
    "of zeros and ones": (USUAL > 0) * 1.0,
    "huge": USUAL * 1e200,
    "too large": np.array([-1.7e308, 1.7e308, 0, 0, 0, 0]),
    "large": USUAL * 1e45,
    "small": USUAL * 1e-45,
    "tiny": USUAL * 1e-200,
    "denormal": USUAL * 1e-310,
    "far away": USUAL + 1e12,
    "all but constant": np.array([1, 1, 1, 1, 1, 1 + 2**-52]),
    "not a number": np.where(USUAL > 0, np.nan, 1),
    "infinite": np.where(USUAL > 0, np.inf, 1),
}


def arrays(kind):
    """Pairs (case, arguments) of an explorer's class; none if it takes no data."""
    takes = set(inspect.signature(kind).parameters)
    found = []
    for case, values in ROWS.items():
        rows = len(values)
        if {"X", "y"} <= takes:
            X = np.column_stack([USUAL, USUAL**2, USUAL[::-1]])[:rows]
            found += [
                (f"y {case}", {"X": X, "y": values}),
                (f"a column {case}", {"X": np.column_stack([X, values]), "y": USUAL[:rows]}),
                (f"its only column {case}", {"X": values[:, None], "y": USUAL[:rows]}),
                (f"X and y {case}", {"X": np.column_stack([values, values]), "y": values}),
            ]
        elif "y" in takes:
            x, within = np.linspace(-1, 1, rows), np.clip(values, -1, 1)
            usual = dict(zip(("x", "y", "x_val", "y_val"), (x, USUAL[:rows]) * 2, strict=True))
            found += [
                (f"y {case}", usual | {"y": values}),
                (f"y_val {case}", usual | {"y_val": values}),
                (f"x {case}", usual | {"x": within}),
                (f"x_val {case}", usual | {"x_val": within}),
                (f"y and y_val {case}", usual | {"y": values, "y_val": values}),
            ]
    return found
