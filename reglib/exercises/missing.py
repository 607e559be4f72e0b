"""A form of an exercise without Python: an expression is missing, and is chosen from several.

The formula of the entry knows for each of its places what belongs there and what learners write
instead. Here it is written out, with a gap in one place, and each wrong expression brings the name
that the check has for the mistake.
"""

import ast
import inspect
import re
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from functools import cache
from pathlib import Path
from types import FunctionType
from typing import Any

import numpy as np

from reglib.checks.entry import Entry

GAP = "____"
MOST = 4  # wrong expressions for a gap
_LONGEST = 88  # characters of a line that is shown


def missing(entry: Entry) -> list[dict[str, Any]]:
    """Return the places of a formula that can be asked for, as data that JSON can hold.

    place    the keyword of the formula
    code     lines of Python that hold `GAP` once
    helpers  {"call", "says"} for each function in it that is neither NumPy's nor Python's
    options  {"text", "right"} for the expression that belongs there, which comes first, and for
             wrong ones with "name", "advice" and "section" of their mistakes

    Empty where the entry has no formula that can be written out.

    >>> from reglib.exercises import find
    >>> gap = missing(find("ridge.shrinkage_factors"))[1]
    >>> print(gap["code"])
    n, p = X.shape
    s = np.linalg.svd(X - X.mean(axis=0), compute_uv=False)
    return s**2 / (s**2 + n * ____)
    >>> [option["text"] for option in gap["options"]][:3]
    ['lam', 'lam / n', '0.0']
    """
    if not entry.formula:
        return []
    (tree,) = (
        node
        for node in ast.walk(_tree(inspect.getsourcefile(entry.formula)))
        if isinstance(node, ast.FunctionDef) and node.name == entry.formula.__name__
    )
    arguments = tuple(argument.arg for argument in tree.args.args)
    if tree.args.kwarg or arguments != entry.arguments:  # some of its places stand elsewhere
        return []
    keywords = zip(tree.args.kwonlyargs, tree.args.kw_defaults, strict=True)
    values = {keyword.arg: value for keyword, value in keywords}
    gaps = (_gap(entry, tree.body, values, place) for place in entry.choices if place in values)
    return [gap for gap in gaps if gap]


class _Unwritten(Exception):
    """What cannot be written as an expression that a learner can read."""


def _gap(
    entry: Entry, body: list[ast.stmt], values: Mapping[str, ast.expr], place: str
) -> dict[str, Any] | None:
    known = vars(inspect.getmodule(entry.formula))
    try:
        writer = _Writer(values, place)
        code = "\n".join(map(_line, _flat(map(writer.visit, deepcopy(body)))))
        right = writer.fill(values[place])
        helpers = _helpers(f"{code}\n{right}", known)
    except _Unwritten:
        return None
    if _is_idle(values[place]) or max(map(len, code.splitlines())) > _LONGEST:
        return None
    options = {right: {"text": right, "right": True}}
    for choice in entry.choices[place]:
        try:
            wrong = writer.fill(_expression(choice.value, known))
            helpers |= _helpers(wrong, known)
        except _Unwritten:
            continue
        if len(options) <= MOST and len(wrong) <= _LONGEST:
            told = {"name": choice.name, "advice": choice.advice, "section": choice.section}
            options.setdefault(wrong, {"text": wrong, "right": False, **told})
    if len(options) < 3:
        return None
    return {
        "place": place,
        "code": code,
        "helpers": [{"call": call, "says": says} for call, says in helpers.items()],
        "options": list(options.values()),
    }


class _Writer(ast.NodeTransformer):
    """Writes into a formula what belongs in its places, and leaves a gap in one of them."""

    def __init__(self, values: Mapping[str, ast.expr], place: str) -> None:
        self.values, self.place = values, place
        self.given: list[ast.expr] | None = None  # to what stands in the gap, if it is called
        self.gaps = 0

    def fill(self, value: ast.expr) -> str:
        """Return what stands in the gap if that is the value of its place."""
        if self.gaps != 1:
            raise _Unwritten
        return _line(_simple(value if self.given is None else _called(value, self.given)))

    def visit_Call(self, node: ast.Call) -> ast.expr:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name not in self.values:
            return self.generic_visit(node)
        given = [self.visit(argument) for argument in node.args]
        if name != self.place:
            return _called(self.values[name], given)
        self.given = given
        return self._gap()

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id not in self.values:
            return node
        return self._gap() if node.id == self.place else deepcopy(self.values[node.id])

    def _gap(self) -> ast.expr:
        self.gaps += 1
        return ast.Name(GAP)


class _Put(ast.NodeTransformer):
    """Puts expressions in the place of names."""

    def __init__(self, given: Mapping[str, ast.expr]) -> None:
        self.given = given

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return deepcopy(self.given.get(node.id, node))


def _called(value: ast.expr, given: list[ast.expr]) -> ast.expr:
    if not isinstance(value, ast.Lambda):
        return ast.Call(deepcopy(value), given, [])
    names = [argument.arg for argument in value.args.args]
    if given and isinstance(given[-1], ast.Starred):  # such as *X.shape
        *given, whole = given
        count = len(names) - len(given)
        given = given + [ast.Subscript(whole.value, ast.Constant(i)) for i in range(count)]
    return _Put(dict(zip(names, given, strict=True))).visit(deepcopy(value.body))


class _Simple(ast.NodeTransformer):
    """Leaves out factors of one, terms of zero and branches that are not taken."""

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        node = self.generic_visit(node)
        if isinstance(node.op, ast.Mult):
            if _is(node.left, 1.0):
                return node.right
            if _is(node.right, 1.0) or _is(node.left, 0.0):
                return node.left
            if isinstance(node.left, ast.UnaryOp) and _is(node.left.operand, 1.0):
                return ast.UnaryOp(node.left.op, node.right)
        if isinstance(node.op, ast.Add) and _is(node.right, 0.0):
            return node.left
        return node

    def visit_IfExp(self, node: ast.IfExp) -> ast.expr:
        if isinstance(node.test, ast.Constant):
            return self.visit(node.body if node.test.value else node.orelse)
        return self.generic_visit(node)


def _is(node: ast.expr, value: float) -> bool:
    return isinstance(node, ast.Constant) and repr(node.value) == repr(value)


def _simple(node: ast.AST) -> ast.AST:
    return _Simple().visit(node)


def _flat(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements without what keeps NumPy quiet, and without what is never done."""
    for node in body:
        if isinstance(node, ast.With):
            yield from _flat(node.body)
        elif isinstance(node, ast.If) and isinstance(node.test, ast.Constant):
            yield from _flat(node.body if node.test.value else node.orelse)
        elif not isinstance(node, ast.Expr):  # the docstring
            node = _simple(node)
            if not (isinstance(node, ast.Assign) and _same(*node.targets, node.value)):
                yield node


def _same(one: ast.AST, other: ast.AST) -> bool:
    return ast.unparse(one) == ast.unparse(other)


def _line(node: ast.AST) -> str:
    """A statement or an expression as we write it: no brackets around pairs, x**2."""
    text, value = ast.unparse(node), getattr(node, "value", None)
    if isinstance(node, ast.Assign | ast.Return) and isinstance(value, ast.Tuple):
        whole = ast.unparse(value)
        text = text.removesuffix(whole) + whole[1:-1]
    return re.sub(r"\b(\w+) \*\* (\w+)\b", r"\1**\2", text)


def _is_idle(value: ast.expr) -> bool:
    """Whether nothing belongs in a place: a constant, or what comes in goes out again."""
    if isinstance(value, ast.Lambda):
        value, names = value.body, [argument.arg for argument in value.args.args]
        return isinstance(value, ast.Constant) or (
            isinstance(value, ast.Name) and value.id == names[0]
        )
    return isinstance(value, ast.Constant)


def _expression(value: Any, known: Mapping[str, Any]) -> ast.expr:
    """The source of a choice, if all names in it mean the same where the formula stands."""
    if value is None or isinstance(value, bool | int | float):
        return ast.Constant(value)
    name = getattr(value, "__name__", "")
    if getattr(np, name, None) is value:
        return ast.Attribute(ast.Name("np"), name)
    if not isinstance(value, FunctionType) or name != "<lambda>" or value.__closure__:
        raise _Unwritten
    code = value.__code__
    elsewhere = any(known.get(n) is not value.__globals__.get(n) for n in code.co_names)
    if value.__defaults__ or elsewhere:
        raise _Unwritten
    # Its line may hold several: what it returns is the body of one.
    spans = {(line, column, last, end) for line, last, column, end in code.co_positions()}
    for node in ast.walk(_tree(code.co_filename)):
        if isinstance(node, ast.Lambda) and node.lineno == code.co_firstlineno:
            body = node.body
            if (body.lineno, body.col_offset, body.end_lineno, body.end_col_offset) in spans:
                return node
    raise _Unwritten


def _helpers(code: str, known: Mapping[str, Any]) -> dict[str, str]:
    """What each function of ours in some code is called with, and says of itself."""
    found = {}
    for node in ast.walk(ast.parse(code)):
        helper = known.get(node.id) if isinstance(node, ast.Name) else None
        if isinstance(helper, FunctionType):
            if not helper.__doc__:
                raise _Unwritten
            call = f"{node.id}{inspect.signature(helper)}"
            found[call] = inspect.getdoc(helper).partition("\n\n")[0].replace("\n", " ")
    return found


@cache
def _tree(file: str) -> ast.Module:
    return ast.parse(Path(file).read_text(encoding="utf-8"))
