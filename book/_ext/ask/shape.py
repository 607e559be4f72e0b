"""A question as nodes: its text, its options, and its answer, folded.

What the scripts look for are the classes `ask-text`, `ask-options`, `ask-hint` and `ask-answer`,
and `data-option` and `data-why`, which hold the id of an option. (The answer to a number has the
why "", its mistakes their names.)
"""

from collections.abc import Callable, Iterator
from typing import Any

import bank
from docutils import nodes

from ask.block import block, make
from ask.plot import picture, table

#: Reads Markdown into nodes.
Written = Callable[[str], list[nodes.Node]]


def variant(asked: dict[str, Any], seed: str, written: Written) -> Iterator[block]:
    """Yield the parts of a variant: what asks, then the hint and the answer, folded."""
    yield from asking(asked, seed, written)
    if "hint" in asked:
        yield fold("ask-hint", "Hint", *written(asked["hint"]))
    yield fold("ask-answer", "Answer", *answer(asked, written))


def asking(asked: dict[str, Any], seed: str, written: Written) -> Iterator[block]:
    """Yield the text, the plot and the options, these in an order that a seed gives."""
    yield make("div", {"class": "ask-text"}, *written(asked["ask"]))
    if plot := asked.get("plot"):
        shown = nodes.raw("", picture(plot), format="html")
        numbers = fold("ask-table", "The same as a table", *written(table(plot)))
        yield make("div", {"class": "ask-plot"}, shown, numbers)
    if ids := list(asked.get("options", {})):
        ids = ids if asked.get("ordered") else bank.mixed(ids, seed)
        items = [make("li", {"data-option": id_}, *written(_text(asked, id_))) for id_ in ids]
        yield make("ul", {"class": "ask-options"}, *items)


def answer(asked: dict[str, Any], written: Written) -> Iterator[nodes.Node]:
    """Yield each option, or each number that is known, with what is right or wrong about it."""
    if asked["kind"] == "number":
        said = [(bank.shown(asked["answer"]), asked["why"], "", True)]
        for id_, mistake in asked.get("mistakes", {}).items():
            said.append((bank.shown(mistake["value"]), mistake["why"], id_, False))
    else:
        right = bank.right_of(asked)
        said = [
            (_text(asked, id_), option["why"], id_, id_ in right)
            for id_, option in asked["options"].items()
        ]
        if asked["kind"] != "order":
            said.sort(key=lambda one: not one[-1])
    for text, why, id_, is_right in said:
        yield make("div", {"class": "ask-which"}, *written(f"{'✓' if is_right else '✗'} {text}"))
        yield make("div", {"data-why": id_}, *written(why))


def facts(asked: dict[str, Any]) -> dict[str, Any]:
    """Return what a script must know of a variant to judge an answer."""
    if asked["kind"] != "number":
        return {"right": bank.right_of(asked), "also": asked.get("also", [])}
    return {
        "answer": asked["answer"],
        "shown": bank.shown(asked["answer"]),
        "within": asked.get("within", bank.WITHIN),
        "unit": asked.get("unit", ""),
        "mistakes": {id_: m["value"] for id_, m in asked.get("mistakes", {}).items()},
    }


def fold(name: str, title: str, *inside: nodes.Node) -> block:
    """Return what is folded under a title, and has a name among classes."""
    return make("details", {"class": name}, make("summary", {}, nodes.Text(title)), *inside)


def _text(asked: dict[str, Any], id_: str) -> str:
    option = asked["options"][id_]
    return option if isinstance(option, str) else option["text"]
