"""What an exception means, in a learner's words: the likely cause, and what to do next."""

import re

from reglib.checks.run import Error

_ANY = ""
# Kind of exception, a pattern in its message, cause, next step; the first that fits is told.
_KNOWN = (
    (
        "TypeError",
        r"takes \d+ positional argument|takes from \d|missing \d+ required positional"
        r"|unexpected keyword argument",
        "",  # it depends on whose call it is: see below
        "",
    ),
    (
        "ValueError",
        "truth value of an array",
        "`if`, `and`, `or`, `min` or `max` was asked about a whole array, which is neither true "
        "nor false.",
        "use np.where, np.maximum or np.minimum, which decide entry by entry, or a loop.",
    ),
    (
        "TypeError|AttributeError",
        "NoneType",
        "Something is None. Functions such as `sort()`, `append()` and `shuffle()` change what "
        "they are called on, and return nothing.",
        "find where that line's None comes from: `a.sort()` is a step of its own, and "
        "`np.sort(a)` returns what it sorted.",
    ),
    (
        "ValueError|TypeError",
        "to unpack|cannot unpack",
        "Something is taken apart into more or fewer parts than it has.",
        "print what stands to the right of `=` or after `in` in that line, and count its parts.",
    ),
    (
        "IndexError",
        "out of bounds|out of range",
        "An index runs past the end: the last one is the length less 1, and rows and columns have "
        "different lengths.",
        "print the shape of what is indexed in that line, and the index.",
    ),
    (
        "IndexError",
        "integer|boolean",
        "An index is no whole number: `/` always gives a float, and so does np.zeros.",
        "print the index and its type; `//` divides whole numbers.",
    ),
    (
        "TypeError",
        "cannot be interpreted as an integer|only integer scalar|indices must be integers",
        "A whole number is needed, and a float or an array came: `/` and `round(x, k)` give "
        "floats.",
        "print that number and its type; `//` and `int(round(x))` give whole numbers.",
    ),
    (
        "UFuncTypeError|_UFuncOutputCastingError|TypeError",
        "Cannot cast",
        "An array of whole numbers is to take in fractions, as with `a -= a.mean()`.",
        "make a new array instead: `a = a - a.mean()`.",
    ),
    (
        "TypeError",
        "unsupported operand|can't multiply sequence|can only concatenate|bad operand type",
        "Two things meet that cannot be combined: lists are not added or multiplied like arrays.",
        "print the types of what meets in that line, and make arrays of lists by np.asarray.",
    ),
    (
        "ValueError",
        "inhomogeneous|setting an array element with a sequence",
        "Rows of different lengths, or an array where a number belongs, are to make one array.",
        "print the shape of each thing that goes into that array.",
    ),
    (
        "TypeError",
        "only (length-1|0-dimensional) arrays|only size-1 arrays",
        "A single number is needed, and a whole array came.",
        "print the shape of what stands in that line: `.sum()`, `@` or an index makes one number.",
    ),
    (
        "LinAlgError",
        "[Ss]ingular",
        "A matrix that has no inverse was to be inverted.",
        "find out which functions of np.linalg answer for such a matrix too.",
    ),
    (
        "LinAlgError",
        "square",
        "Only a square matrix can be inverted, or solved for.",
        "print the shape of that matrix: XᵀX is (p, p), X is (n, p).",
    ),
    (
        "ZeroDivisionError",
        _ANY,
        "Something is divided by zero.",
        "find the divisor in that line, and decide what should happen where it is zero.",
    ),
    (
        "NameError|UnboundLocalError",
        _ANY,
        "That name has no value yet where it is used: it is misspelt, defined in another cell, or "
        "set only on one way through the function.",
        "give it a value inside the function, before that line.",
    ),
    (
        "ModuleNotFoundError|ImportError",
        _ANY,
        "That package, or that part of it, is not there.",
        "do without it: NumPy, which the notebook imports as np, is enough.",
    ),
    (
        "RecursionError",
        _ANY,
        "The function calls itself without end.",
        "see whether it has the name of a function that it means to use.",
    ),
    (
        "KeyError",
        _ANY,
        "A dictionary has no such key.",
        "print its keys before that line.",
    ),
    (
        "AttributeError",
        "has no attribute",
        "What stands before the dot has no such method: a list, a tuple, a number and an array "
        "have different ones.",
        "print its type; np.asarray makes an array of a list.",
    ),
    (
        _ANY,
        "broadcast|mismatch|aligned",
        "Shapes that do not fit often begin with (n,) − (n, 1), which makes an (n, n) array.",
        "make this call in a new cell, and print the shape of everything that leads to that line.",
    ),
)


def meaning(error: Error, signature: str) -> tuple[str, str]:
    """Return the likely cause of an exception and the next step, or "" and "" if it is not known.

    `signature` is how the function is to be called, such as "ridge_fit(X, y, lam)".

    >>> meaning(Error("ZeroDivisionError", "division by zero"), "f(x)")[0]
    'Something is divided by zero.'
    """
    for kind, message, cause, action in _KNOWN:
        if (not kind or re.fullmatch(kind, error.kind)) and re.search(message, error.message):
            return (cause, action) if cause else _parameters(error, signature)
    return "", ""


def _parameters(error: Error, signature: str) -> tuple[str, str]:
    function = signature.partition("(")[0]
    if error.message.startswith(f"{function}()") or not error.number:
        return (
            f"The function does not take the arguments ({signature.partition('(')[2]}.",
            f"keep the line `def {signature}:` as it was.",
        )
    return (
        "A function is called in that line with more, fewer or other arguments than it takes.",
        "compare the call with the `def` of that function, argument by argument.",
    )
