"""The exercises and how their answers are judged.

`entry` says what an exercise is made of, and one module per assignment holds its entries. `run`
calls a learner's function and brings back plain data; it is the only part that must stand where
her code is. `judge` compares that data with the reference, and `tell` puts the verdict into words.
"""

from importlib import import_module

from reglib.checks.entry import Assignment, Entry

ASSIGNMENTS = ("overfitting", "ridge", "lasso", "cross_validation")


def assignment(name: str) -> Assignment:
    """Return an assignment with its entries, in the order of the notebook.

    Raises `LookupError` if there is none of that name.

    >>> [entry.name for entry in assignment("ridge").entries][2]
    'ridge.ridge_fit'
    """
    if name not in ASSIGNMENTS:
        raise LookupError(
            f"There is no assignment {name!r}: the assignments are {', '.join(ASSIGNMENTS)}."
        )
    return import_module(f"reglib.checks.{name}").ASSIGNMENT


def find(name: str) -> Entry:
    """Return the entry of an exercise, such as "ridge.ridge_fit".

    Raises `LookupError` if there is none of that name.

    >>> find("ridge.ridge_fit").most
    6.0
    """
    home, _, _ = str(name).partition(".")
    entries = {entry.name: entry for entry in assignment(home).entries}
    if name not in entries:
        raise LookupError(f"There is no exercise {name!r}: try {', '.join(entries)}.")
    return entries[name]
