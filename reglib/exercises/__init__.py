"""What is asked: one folder for each assignment, and in it one file for each function to write.

Both are found by being there. A folder says what is true of its assignment as a whole, a file holds
one `ENTRY`. What exercises share stands beside the folders: `draws` makes cases, `chance` judges
answers of chance, and `fits` those that are iterated. `task` is what the notebooks say of an
exercise, `order` and `missing` are forms of it without Python.
"""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from reglib.checks.entry import Assignment, Entry


def _place(name: str) -> float:
    return import_module(f"{__name__}.{name}").PLACE


_FOLDERS = [found.name for found in iter_modules(__path__) if found.ispkg]
ASSIGNMENTS = tuple(sorted(_FOLDERS, key=_place))  # in the order of the course


def assignment(name: str) -> Assignment:
    """Return an assignment with its entries, in the order of the notebook.

    Raises `LookupError` if there is none of that name.

    >>> [entry.name for entry in assignment("ridge").entries][2]
    'ridge.ridge_fit'
    """
    entries = [_entry(name, function) for function in _functions(name)]
    available = import_module(f"{__name__}.{name}").AVAILABLE
    return Assignment(name, available, tuple(sorted(entries, key=lambda entry: entry.place)))


def find(name: str) -> Entry:
    """Return the entry of an exercise, such as "ridge.ridge_fit"; no other has to be loaded.

    Raises `LookupError` if there is none of that name.

    >>> find("ridge.ridge_fit").most
    6.0
    """
    home, _, function = str(name).partition(".")
    if function not in _functions(home):
        names = ", ".join(entry.name for entry in assignment(home).entries)
        raise LookupError(f"There is no exercise {name!r}: try {names}.")
    return _entry(home, function)


@cache
def _functions(name: str) -> tuple[str, ...]:
    if name not in ASSIGNMENTS:
        raise LookupError(
            f"There is no assignment {name!r}: the assignments are {', '.join(ASSIGNMENTS)}."
        )
    home = import_module(f"{__name__}.{name}")
    return tuple(found.name for found in iter_modules(home.__path__))


def _entry(name: str, function: str) -> Entry:
    return import_module(f"{__name__}.{name}.{function}").ENTRY
