"""What every function of reglib asks of its arguments, checked in one place.

Each function returns the argument in one form, or raises a `ValueError` that names it and says what
to pass instead. A matrix that is float64 already is not copied, so nothing may be written into it.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike


def numbers(
    name: str, value: ArrayLike, ndim: int, instead: str, copy: bool = True, data: bool = True
) -> np.ndarray:
    """Return `value` as a float64 array of `ndim` dimensions with finite entries.

    In data True and False count as 1 and 0, and None as a missing entry.

    >>> numbers("x", [1, 2], 1, "pass one number per row")
    array([1., 2.])
    """
    if hasattr(value, "toarray"):
        raise ValueError(f"{name} is sparse: pass {name}.toarray()")
    try:
        if isinstance(value, list | tuple) and any(map(np.ma.isMaskedArray, value)):
            value = np.ma.array(value)
        masked, array = np.ma.is_masked(value), np.asarray(value)
        # Among plain types only texts, dates and complex numbers fail to cast: refuse those.
        casting = "unsafe" if array.dtype == object else "same_kind"
        no_number = (str, bytes) if data else (str, bytes, bool, np.bool_, type(None))
        if array.dtype == object and any(isinstance(entry, no_number) for entry in array.flat):
            raise TypeError
        if array.dtype == bool and not data:
            raise TypeError
        array = array.astype(float, casting=casting, copy=copy)
    except (TypeError, ValueError):
        raise ValueError(f"{name} must hold real numbers only: {instead}") from None
    if masked:
        raise ValueError(f"{name} has masked entries: remove or impute those entries first")
    if array.ndim != ndim:
        raise ValueError(f"{name} has shape {array.shape}, not {ndim} dimension(s): {instead}")
    if array.size == 0:
        raise ValueError(f"{name} is empty: {instead}")
    if not np.isfinite(array).all():
        raise ValueError(f"{name} contains NaN or infinity: remove or impute those entries first")
    return array


def matrix(X: ArrayLike, name: str = "X") -> np.ndarray:
    """Return X as a float64 array of shape (n, p).

    >>> matrix([[1, 2], [3, 4]]).dtype
    dtype('float64')
    """
    instead = f"pass an array of shape (n, p); {name}.reshape(-1, 1) makes one column"
    return numbers(name, X, 2, instead, copy=False)


def target(y: ArrayLike, n: int, name: str = "y") -> np.ndarray:
    """Return y as a float64 array of shape (n,).

    >>> target([0, 1], n=2)
    array([0., 1.])
    """
    y = numbers(name, y, 1, f"pass an array of shape (n,); {name}.ravel() flattens a column")
    if len(y) != n:
        raise ValueError(f"{name} has {len(y)} entries and X has {n} rows: pass one entry per row")
    return y


def penalties(lams: ArrayLike, name: str = "lams") -> np.ndarray:
    """Return the λ values as a float64 array of shape (L,); they may be unsorted or repeated.

    >>> penalties([1, 0])
    array([1., 0.])
    """
    instead = "pass a sequence of λ values, [lam] for a single one"
    lams = numbers(name, lams, 1, instead, data=False)
    if (lams < 0).any():
        raise ValueError(f"{name} contains {lams.min():g}: pass λ ≥ 0")
    return lams


def in_range(X: np.ndarray, y: np.ndarray) -> None:
    """Raise unless centred X and y are in units in which squares and their inverses are floats.

    >>> in_range(np.array([[-1e160], [1e160]]), np.array([-1.0, 1.0]))
    Traceback (most recent call last):
    ValueError: X has a column of size 1e+160: pass it in other units, as standardize(X) does
    """
    for text, array in (
        ("X has a column of size {:g}: pass it in other units, as standardize(X) does", X),
        ("y varies by {:g}: pass it in other units, between 1e-100 and 1e100", y),
    ):
        size = np.atleast_1d(np.abs(array).max(axis=0))
        bad = (size > 0) & ((size < 1e-100) | (size > 1e100))
        if bad.any():
            raise ValueError(text.format(size[bad][0]))


def moderate(name: str, values: np.ndarray, huge: float = 1e50) -> np.ndarray:
    """Return an array whose numbers, and their differences, can be squared twice and drawn.

    >>> moderate("y", np.array([0.0, 1.0]))
    array([0., 1.])
    """
    if np.abs(values).max() > huge:
        raise ValueError(f"{name} has entries beyond {huge:g} in size: pass it in other units")
    spread = np.ptp(values, axis=0)
    if ((spread > 0) & (spread < 1 / huge)).any():
        raise ValueError(f"{name} varies by less than {1 / huge:g}: pass it in other units")
    return values


def varying(name: str, values: np.ndarray) -> np.ndarray:
    """Return an X (n, p) or y (n,) that is `moderate` and has something in it to learn from.

    >>> varying("y", np.array([0.0, 1.0]))
    array([0., 1.])
    """
    moderate(name, values)
    if len(values) == 1:
        raise ValueError(f"{name} has one row only: pass several")
    if values.ndim == 2 and (values == values[0]).all():
        raise ValueError(f"{name} has no column that varies: pass other features")
    if (values == values[0]).all():
        raise ValueError(f"{name} is constant: pass values that vary")
    return values


def whole(name: str, value: int, least: int, most: float = np.inf) -> int:
    """Return `value` as an int between `least` and `most`.

    >>> whole("degree", 3, least=1)
    3
    """
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise ValueError(f"{name} is {value!r}: pass a whole number")
    if not least <= value <= most:
        range_ = f"from {least} to {most:g}" if np.isfinite(most) else f"of at least {least}"
        raise ValueError(f"{name} is {value}: pass a whole number {range_}")
    return int(value)


def real(name: str, value: float, least: float, most: float = np.inf) -> float:
    """Return `value` as a finite float between `least` and `most`.

    >>> real("l1_ratio", 1, least=0, most=1)
    1.0
    """
    range_ = f"from {least:g} to {most:g}" if np.isfinite(most) else f"of at least {least:g}"
    value = float(numbers(name, value, 0, f"pass a single number {range_}", data=False))
    if not least <= value <= most:
        raise ValueError(f"{name} is {value:g}: pass a number {range_}")
    return value


def choice(name: str, value: str, options: Sequence[str]) -> str:
    """Return `value` if it is one of the options.

    >>> choice("penalty", "L1", ["L1", "L2"])
    'L1'
    """
    if not isinstance(value, str) or value not in options:
        raise ValueError(f"{name} is {value!r}: pass one of {', '.join(map(repr, options))}")
    return str(value)


def truth(name: str, value: bool) -> bool:
    """Return `value` as True or False.

    >>> truth("shown", 1 > 0)
    True
    """
    if not isinstance(value, bool | np.bool_):
        raise ValueError(f"{name} is {value!r}: pass True or False")
    return bool(value)
