"""Plain data to JSON and back: how cases reach a kernel, and how its answers come out.

What comes out was written where a learner's code is, so nothing in it is believed: it is read as
data of a few fixed kinds, each size is checked before memory is taken, and no code is ever loaded.
This file is also visible inside the sandbox, where `answer` is called.
"""

import base64
import json
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from reglib.checks.run import Error, Foreign, Outcome, run

DTYPES = ("<f8", "<i8", "|b1")
DEEPEST = 6  # lists in lists
LARGEST = 5000  # numbers in an array, and things in a list; right answers have some hundreds


class Malformed(ValueError):
    """An answer that is not what `answer` writes."""


def pack(value: Any) -> Any:
    """Return plain data as what JSON can hold, each kind with its mark.

    >>> pack((1, [2.5, None]))
    {'tuple': [1, {'list': [{'float': '0x1.4000000000000p+1'}, None]}]}
    """
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return {"float": value.hex()}
    if isinstance(value, np.ndarray):
        data = base64.b64encode(np.ascontiguousarray(value).tobytes()).decode()
        return {"array": data, "dtype": value.dtype.str, "shape": list(value.shape)}
    if isinstance(value, list | tuple):
        return {type(value).__name__: [pack(item) for item in value]}
    if isinstance(value, Foreign):
        return {"foreign": value.what}
    return {"make": repr(value)}  # `Rng` and `Function` are written as what makes them


def unpack(data: Any, depth: int = 0) -> Any:
    """Return the plain data that `pack` wrote; raise `Malformed` for anything else.

    >>> unpack(pack((1, [2.5, None])))
    (1, [2.5, None])
    """
    if data is None or isinstance(data, bool):
        return data
    if isinstance(data, int):
        return _require(data, -(2**63) <= data < 2**63)
    _require(data, isinstance(data, dict) and depth < DEEPEST)
    if "array" in data:
        return _array(data)
    _require(data, len(data) == 1)
    kind = next(iter(data))
    if kind == "float":
        return _float(data["float"])
    if kind in ("list", "tuple"):
        items = data[kind]
        _require(items, isinstance(items, list) and len(items) <= LARGEST)
        items = [unpack(item, depth + 1) for item in items]
        return items if kind == "list" else tuple(items)
    _require(data, kind == "foreign")
    return Foreign(_text(data["foreign"]))


def _require(data: Any, holds: bool) -> Any:
    if not holds:
        raise Malformed("an answer is not of the agreed form")
    return data


def _float(text: Any) -> float:
    _require(text, isinstance(text, str) and len(text) <= 40)
    try:
        return float.fromhex(text)
    except (ValueError, OverflowError):
        raise Malformed("a number cannot be read") from None


def _array(data: dict) -> np.ndarray:
    _require(data, set(data) == {"array", "dtype", "shape"} and data["dtype"] in DTYPES)
    shape, text = data["shape"], data["array"]
    _require(shape, isinstance(shape, list) and len(shape) <= 3 and isinstance(text, str))
    _require(shape, all(type(n) is int and 0 <= n <= LARGEST for n in shape))
    size = math.prod(shape)
    bytes_ = size * np.dtype(data["dtype"]).itemsize
    _require(text, size <= LARGEST and len(text) == 4 * math.ceil(bytes_ / 3))
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError:
        raise Malformed("an array cannot be read") from None
    _require(raw, len(raw) == bytes_)
    if data["dtype"] == "|b1":
        return np.frombuffer(raw, "u1").reshape(shape).astype(bool)
    return np.frombuffer(raw, data["dtype"]).reshape(shape).copy()


def _text(text: Any) -> str:
    """One printable line of at most 200 characters, whatever it was."""
    _require(text, isinstance(text, str))
    return "".join(c if c.isprintable() else " " for c in text[:200])


def question(arguments: Sequence[tuple]) -> str:
    """Return the arguments of all cases as text for `answer`."""
    return json.dumps([[pack(arg) for arg in args] for args in arguments])


class _Made:
    """An argument that is made anew for each call, from its source."""

    def __init__(self, source: str) -> None:
        self.source = source

    def make(self) -> Any:
        return eval(self.source, {"np": np})


def answer(function: Callable, text: str) -> "Answer":
    """In the kernel: call `function` on each case of a question, and write down what it did.

    The zygote counts the time, and rings when it is up.
    """
    arguments = [
        tuple(
            _Made(arg["make"]) if isinstance(arg, dict) and "make" in arg else unpack(arg)
            for arg in args
        )
        for args in json.loads(text)
    ]
    return Answer([vars(outcome) for outcome in run(function, arguments, math.inf)])


class Answer:
    """Shown as JSON by the kernel."""

    def __init__(self, outcomes: list[dict]) -> None:
        self.outcomes = outcomes

    def _repr_json_(self) -> list:
        return [
            {
                **outcome,
                "value": pack(outcome["value"]),
                "error": outcome["error"] and vars(outcome["error"]),
                "after": [pack(arg) for arg in outcome["after"]],
            }
            for outcome in self.outcomes
        ]


def outcomes(data: Any, arguments: Sequence[tuple]) -> list[Outcome]:
    """Read the answer to a question; raise `Malformed` unless it has an outcome for each case."""
    _require(data, isinstance(data, list) and len(data) == len(arguments))
    return [_outcome(item, args) for item, args in zip(data, arguments, strict=True)]


def _outcome(data: Any, args: tuple) -> Outcome:
    fields = {"value", "error", "stopped", "after", "printed"}
    _require(data, isinstance(data, dict) and set(data) == fields)
    stopped, printed, after = data["stopped"], data["printed"], data["after"]
    _require(stopped, stopped in ("", "time", "interrupt"))
    _require(printed, type(printed) is int and 0 <= printed < 2**63)
    # A call that came to its end tells what became of each of its arguments.
    _require(after, isinstance(after, list) and len(after) == (0 if stopped else len(args)))
    left = tuple(unpack(arg) for arg in after)
    told = [value is not None for value in left]
    _require(after, stopped or told == [isinstance(a, np.ndarray | list | tuple) for a in args])
    return Outcome(unpack(data["value"]), _error(data["error"]), stopped, left, printed)


def _error(data: Any) -> Error | None:
    if data is None:
        return None
    _require(data, isinstance(data, dict) and set(data) == {"kind", "message", "number", "line"})
    number = data["number"]
    _require(number, number is None or (type(number) is int and 0 <= number < 10**6))
    return Error(_text(data["kind"]), _text(data["message"]), number, _text(data["line"]))
