"""Questions as data: reads the file of a lesson, draws the variants, and refuses a bad question.

`LESSON.questions.yml` beside a lesson maps the name of each question and prediction to what it
asks; `questions.schema.json` says what it may hold. A question comes in variants: either they are
written, each with the fields in which it differs, or they are drawn by a function of
`generators.py`, whose values stand in the text as `{{name}}`.
"""

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np
import yaml
from cues import gives_away
from generators import GENERATORS
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

KINDS = ("choose", "several", "number", "order", "predict")
TIMES = 4  # variants that are drawn of a question, unless it says otherwise
WITHIN = 0.01  # of the answer: how far from it a number is still right
ENDING = ".questions.yml"

_FIELD = re.compile(r"\{\{ *(\w+) *\}\}")
_SCHEMA = json.loads(Path(__file__).with_name("questions.schema.json").read_text("utf-8"))


class Bad(ValueError):
    """What is wrong with a file of questions: a sentence that names the file and the question."""


class Item(NamedTuple):
    """A question or a prediction: its name, its kind, and its variants, whose text is filled in."""

    name: str
    kind: str
    variants: list[dict[str, Any]]


def questions_of(page: Path) -> Path:
    """Return the file of questions that belongs to a page.

    >>> questions_of(Path("book/penalties/ridge.md")).name
    'ridge.questions.yml'
    """
    return page.with_name(page.stem + ENDING)


def read(file: Path) -> dict[str, Item]:
    """Return what is asked in a file, by name. Raises `Bad` at the first thing that is wrong."""
    if not file.exists():
        raise Bad(f"There is no file {file}: questions stand beside their page, under this name.")
    return _read(file, file.stat().st_mtime_ns)


@lru_cache(maxsize=64)
def _read(file: Path, changed: int) -> dict[str, Item]:
    try:
        written = yaml.load(file.read_text("utf-8"), _Loader)
    except yaml.YAMLError as problem:
        raise Bad(f"{file} is no YAML: {problem}") from None
    if not isinstance(written, dict):
        raise Bad(f"{file} is empty or a list: write the name of each question, then its fields.")
    return {name: _item(file, name, fields) for name, fields in written.items()}


class _Loader(yaml.SafeLoader):
    """YAML in which a name stands once, and is text."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict:
        names = [self.construct_object(key) for key, _ in node.value]
        for name in names:
            if not isinstance(name, str):
                raise yaml.YAMLError(f"{name!r} is not taken for a name: put it in quotes")
            if names.count(name) > 1:
                raise yaml.YAMLError(f"{name!r} stands twice in one place: rename one of the two")
        return super().construct_mapping(node, deep)


def _item(file: Path, name: str, fields: object) -> Item:
    try:
        kind = fields.get("kind") if isinstance(fields, dict) else None
        if kind not in KINDS:
            raise Bad(f"its kind is {kind!r}: write one of {', '.join(KINDS)}")
        if not re.fullmatch(_SCHEMA["$defs"]["names"]["pattern"], name):
            raise Bad("its name may hold small letters, digits and hyphens only")
        variants = list(_variants(f"{file.name} {name}", fields))
        for variant in variants:
            _check(variant, kind)
            _agree(variant)
    except Bad as problem:
        raise Bad(f"{file}, {name}: {problem}.") from None
    return Item(name, kind, variants)


def _variants(seed: str, fields: dict[str, Any]) -> Iterator[dict[str, Any]]:
    common = {key: value for key, value in fields.items() if key not in ("draw", "variants")}
    written, draw = fields.get("variants"), fields.get("draw")
    if fields["kind"] == "predict":
        if written or draw:
            raise Bad("a prediction has no variants: it is about one experiment")
        yield common
    elif (written is None) == (draw is None):
        raise Bad("it needs variants: either written ones under `variants`, or drawn by `draw`")
    elif written:
        _check(written, "variants")
        if fields["kind"] == "number":
            raise Bad("its answer is typed: let a generator draw it, so that it is computed")
        yield from ({**common, **own} for own in written)
    else:
        _check(draw, "draw")
        yield from _drawn(seed, common, **draw)


def _drawn(
    seed: str, common: dict[str, Any], by: str, times: int = TIMES, **given: Any
) -> Iterator[dict[str, Any]]:
    if by not in GENERATORS:
        raise Bad(f"there is no generator {by!r}: there are {', '.join(sorted(GENERATORS))}")
    for field in ("answer", *(f"mistakes/{name}/value" for name in common.get("mistakes", ()))):
        value = common
        for key in field.split("/"):
            value = value.get(key, {}) if isinstance(value, dict) else value
        if common["kind"] == "number" and not _FIELD.fullmatch(str(value)):
            raise Bad(f"{field} is typed: write the {{{{name}}}} of a value that {by} draws")
    found = []
    for i in range(20 * times):
        rng = np.random.default_rng([crc32(seed.encode()), i])
        try:
            values = GENERATORS[by](rng, **given.get("with", {}))
        except TypeError as problem:
            raise Bad(f"{by} does not take what stands under `with`: {problem}") from None
        variant = _filled(common, values)
        if variant not in found and not _clash(variant):
            found.append(variant)
        if len(found) == times:
            break
    if len(found) < 2:
        raise Bad(f"{by} draws no two different variants of it: let it draw from more numbers")
    yield from found


def _clash(variant: dict[str, Any]) -> bool:
    """Whether a number with a name of its own is taken for another."""
    if variant["kind"] != "number":
        return False
    numbers = [variant["answer"], *(m["value"] for m in variant.get("mistakes", {}).values())]
    gap = 3 * variant.get("within", WITHIN) * abs(variant["answer"])
    return any(abs(a - b) <= gap for i, a in enumerate(numbers) for b in numbers[:i])


def _filled(written: Any, values: dict[str, Any]) -> Any:
    """Return what is written with the values in it; one that stands alone keeps its type."""
    if isinstance(written, dict):
        return {key: _filled(value, values) for key, value in written.items()}
    if isinstance(written, list):
        return [_filled(value, values) for value in written]
    if not isinstance(written, str):
        return written

    def value(match: re.Match) -> Any:
        if match[1] not in values:
            raise Bad(f"{match[0]} is not drawn: there are {', '.join(sorted(values))}")
        return values[match[1]]

    if alone := _FIELD.fullmatch(written):
        return value(alone)
    return _FIELD.sub(lambda match: shown(value(match)), written)


def shown(value: object) -> str:
    """Return a number as a text shows it: three digits, and a minus sign that is one.

    >>> shown(-0.12345), shown(12), shown(1234.5), shown("A")
    ('−0.123', '12', '1230', 'A')
    """
    if isinstance(value, float | np.floating):
        value = np.format_float_positional(float(f"{value:.3g}"), trim="-")
    return str(value).replace("-", "−") if not re.search("[A-Za-z]", str(value)) else str(value)


def _check(value: object, form: str) -> None:
    schema = {**_SCHEMA, "$ref": f"#/$defs/{form}"}
    if problem := best_match(Draft202012Validator(schema).iter_errors(value)):
        where = "/".join(map(str, problem.absolute_path))
        raise Bad(f"{where or form}: {problem.message}")


def _agree(variant: dict[str, Any]) -> None:
    """Check what the schema cannot: that what is named is there, and that nothing gives it away."""
    for text in _texts(variant):
        if found := _FIELD.search(text):
            raise Bad(f"{found[0]} stands in the text, and nothing draws it")
        if text.count("$") % 2:
            raise Bad(f"a formula does not end in “{text}”")
    for choice in choices(variant):
        right, options = set(right_of(choice)), set(choice["options"])
        if missing := right - options:
            raise Bad(f"{', '.join(sorted(missing))} is called right, and is no option")
        if right == options:
            raise Bad("every option is right: let one at least be wrong")
        if told := gives_away(choice["options"], right):
            raise Bad(told)
    for order in variant.get("also", []):
        if set(order) != set(variant["options"]):
            raise Bad(f"the order {', '.join(order)} under `also` does not hold each step once")


def right_of(variant: dict[str, Any]) -> list[str]:
    """Return the ids of the right options: of steps to be put in order, all in their order."""
    if variant["kind"] == "order":
        return list(variant["options"])
    right = variant.get("right", [])
    return [right] if isinstance(right, str) else right


def choices(variant: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield all in a variant that offers options of which some are right, reasons too."""
    if variant["kind"] in ("choose", "several"):
        yield variant
    elif variant["kind"] == "predict":
        yield {"kind": "choose", **variant["reasons"]}


def mixed(ids: list[str], seed: str) -> list[str]:
    """Return ids in an order that a seed gives, and that is not the one they had.

    >>> mixed(["a", "b", "c"], "this") == mixed(["a", "b", "c"], "this") != ["a", "b", "c"]
    True
    """
    order = sorted(ids, key=lambda id_: crc32(f"{seed} {id_}".encode()))
    return order if order != ids else [*order[1:], order[0]]


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner)
