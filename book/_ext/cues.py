"""By what a reader who knows nothing could tell a right option from the wrong ones."""

import re
from collections.abc import Collection, Mapping

_ABSOLUTE = r"\b(always|never|every|only|must|cannot|impossible)\b"
_HEDGE = r"\b(usually|often|sometimes|may|might|can|tends?|generally|probably|mostly|likely)\b"

#: Of each option, by its id, at least its `text`.
Options = Mapping[str, Mapping[str, str]]


def gives_away(options: Options, right: Collection[str]) -> str:
    """Return how the words alone tell the right options from the wrong ones, or "".

    >>> texts = {"a": "It may rise.", "b": "It falls.", "c": "It stays."}
    >>> gives_away({id_: {"text": text} for id_, text in texts.items()}, ["a"])
    'its right options stand out by hedging words: say all options alike'
    """
    for sort, words in (("absolute", _ABSOLUTE), ("hedging", _HEDGE)):
        has = {
            id_: bool(re.search(words, option["text"], re.IGNORECASE))
            for id_, option in options.items()
        }
        of_right = {found for id_, found in has.items() if id_ in right}
        of_wrong = {found for id_, found in has.items() if id_ not in right}
        if len(of_right) == len(of_wrong) == 1 and of_right != of_wrong:
            return f"its right options stand out by {sort} words: say all options alike"
    return ""


def longest_is_right(options: Options, right: str) -> bool:
    """Return whether the one right option is longer than each other."""
    lengths = {id_: len(option["text"]) for id_, option in options.items()}
    return lengths.pop(right) > max(lengths.values())
