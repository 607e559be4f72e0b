"""What came of a prediction: how often each option did, as the page's code has counted."""

import ast
from collections.abc import Iterable
from itertools import permutations
from typing import Any

from docutils import nodes
from myst_nb.core.variables import RetrievalError
from myst_nb.ext.glue.utils import retrieve_glue_data

SURE = 3.0  # standard errors by which the most frequent must lead, so that another seed agrees


class NoOutcome(ValueError):
    """Why a prediction cannot be judged: a sentence."""


def glued(document: nodes.document, name: str) -> Any:
    """Return what a cell further up has handed over with `glue(name, value, display=False)`.

    Raises `NoOutcome` if there is no such cell, or if the value is no plain Python.
    """
    try:
        data = retrieve_glue_data(document, name).data
        return ast.literal_eval(data["text/plain"])
    except RetrievalError:
        raise NoOutcome(f"no cell above has glued {name!r}") from None
    except (KeyError, SyntaxError, ValueError):
        raise NoOutcome(f"{name!r} is no plain dict of whole numbers: glue dict(…)") from None


def outcome(counted: Any, asked: dict[str, Any]) -> dict[str, Any]:
    """Return the counts of a prediction, the number of draws, and the option that came most often.

    `counted` says for each option, or for each order as ids with spaces between, in how many draws
    it came. Raises `NoOutcome` if it says it of something else, or if no option leads so clearly
    that it would with another seed.

    >>> outcome({"up": 183, "down": 17}, {"options": {"up": "", "down": "", "same": ""}})
    {'counts': {'up': 183, 'down': 17}, 'draws': 200, 'most': 'up'}
    """
    possible = set(_possible(asked))
    if not isinstance(counted, dict) or not counted:
        raise NoOutcome("its outcome is no dict: glue how often each option came")
    if strange := set(counted) - possible:
        raise NoOutcome(f"its outcome counts {strange.pop()!r}, which is no option")
    if not all(type(count) is int and count >= 0 for count in counted.values()):
        raise NoOutcome("its outcome has counts that are not whole: glue ints, and not NumPy's")
    counts = dict(sorted(counted.items(), key=lambda one: -one[1]))
    first, second = [*counts.values(), 0][:2]
    if first - second <= SURE * (first + second) ** 0.5:
        raise NoOutcome(
            f"no outcome leads clearly, with {first} and {second} of {sum(counts.values())}: "
            "draw more often, or ask something else"
        )
    return {"counts": counts, "draws": sum(counts.values()), "most": next(iter(counts))}


def words(key: str, asked: dict[str, Any]) -> str:
    """Return what the key of an outcome stands for: an option's text, or several in their order."""
    ids = key.split() if asked.get("form") == "order" else [key]
    return " → ".join(asked["options"][id_] for id_ in ids)


def _possible(asked: dict[str, Any]) -> Iterable[str]:
    if asked.get("form") == "order":
        return map(" ".join, permutations(asked["options"]))
    return asked["options"]
