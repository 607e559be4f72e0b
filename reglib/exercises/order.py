"""A form of an exercise without Python: the lines of our own answer, to be put in order.

Which orders are right follows from what each line reads and gives: a line stays behind those that
give what it reads, and before those that change it. Lines of a loop stay in it.
"""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from reglib.checks.entry import Entry
from reglib.exercises.task import function, task

_LEAVES = (ast.Return, ast.Break, ast.Continue, ast.Raise)
MOST = 200  # right orders


def order(entry: Entry) -> dict[str, Any] | None:
    """Return the lines of our own answer and all their right orders, as data that JSON can hold.

    lines   {"text": with its indentation, "reads": names, "gives": names}, in a right order, no two
            the same; names are those that lines give, without the arguments
    orders  lists of places in `lines`

    None if there are fewer than three lines, or more right orders than are worth a list.

    >>> from reglib.exercises import find
    >>> found = order(find("overfitting.train_validation_split"))
    >>> found["lines"][0]
    {'text': 'order = rng.permutation(n)', 'reads': [], 'gives': ['order']}
    >>> found["orders"]
    [[0, 1, 2], [1, 0, 2]]
    """
    source = task(entry)["solution"]
    steps = _steps(function(source, entry).body[1:], source.splitlines())  # without the docstring
    every = list(_all(steps))
    places = {id(step): place for place, step in enumerate(every)}
    orders = [[places[id(step)] for step in found] for found in _orders(steps)]
    if len(every) < 3 or len(orders) > MOST:
        return None
    made = {name for step in every for name in step.gives} - {*entry.arguments}
    lines = [
        {"text": step.text, "reads": sorted(step.uses & made), "gives": sorted(step.binds & made)}
        for step in every
    ]
    return {"lines": lines, "orders": orders}


@dataclass(frozen=True)
class _Step:
    """A statement: its first line, the statements inside, and names.

    uses    those that its first line reads
    binds   those that its first line binds or changes
    reads   those that all of it reads, with what is inside
    gives   those that all of it binds or changes
    leaves  whether it is a return, a break or the like
    """

    text: str
    inside: "tuple[_Step, ...]"
    uses: frozenset[str]
    binds: frozenset[str]
    reads: frozenset[str]
    gives: frozenset[str]
    leaves: bool

    def precedes(self, later: "_Step") -> bool:
        """Whether it must stay before a statement that comes later in our own answer."""
        if self.leaves or later.leaves:
            return True
        return bool(self.gives & (later.reads | later.gives) or self.reads & later.gives)


def _steps(body: Sequence[ast.stmt], source: Sequence[str]) -> tuple[_Step, ...]:
    steps = []
    for node in body:
        inside = getattr(node, "body", [])
        end = inside[0].lineno - 1 if inside else node.end_lineno
        lines = [line[4:] for line in source[node.lineno - 1 : end]]
        lines = [line for line in lines if not line.lstrip().startswith("#")]
        heads = [child for child in ast.iter_child_nodes(node) if child not in inside]
        steps.append(
            _Step(
                text="\n".join(lines),
                inside=_steps(inside, source),
                uses=frozenset().union(*map(_read, heads)),
                binds=frozenset().union(*map(_given, heads)) if inside else _given(node),
                reads=_read(node),
                gives=_given(node),
                leaves=isinstance(node, _LEAVES),
            )
        )
    return tuple(steps)


def _names(node: ast.AST, context: type) -> frozenset[str]:
    return frozenset(
        found.id
        for found in ast.walk(node)
        if isinstance(found, ast.Name) and isinstance(found.ctx, context)
    )


def _read(node: ast.AST) -> frozenset[str]:
    return _names(node, ast.Load)


def _given(node: ast.AST) -> frozenset[str]:
    """Names that are bound, or whose value is changed: by a place of it, a method, a draw."""
    changed = _names(node, ast.Store)
    for found in ast.walk(node):
        if isinstance(found, ast.Subscript) and isinstance(found.ctx, ast.Store):
            changed |= _read(found.value)
        elif isinstance(found, ast.Expr):
            changed |= _read(found.value.func)
    return changed | (_read(node) & {"rng"})


def _all(steps: Sequence[_Step]) -> Iterator[_Step]:
    for step in steps:
        yield step
        yield from _all(step.inside)


def _orders(steps: Sequence[_Step]) -> Iterator[list[_Step]]:
    """Yield all right orders of the lines of a block, our own first."""
    if not steps:
        yield []
    for place, step in enumerate(steps):
        if any(earlier.precedes(step) for earlier in steps[:place]):
            continue
        rest = [*steps[:place], *steps[place + 1 :]]
        for inside, after in product(_orders(step.inside), _orders(rest)):
            yield [step, *inside, *after]
