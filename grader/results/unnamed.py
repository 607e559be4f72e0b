"""Wrong answers that the checks have no name for: the largest groups of a class, to learn from."""

import ast
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from grader.record import Exercise, Record


@dataclass(frozen=True)
class Unnamed:
    """Answers to one exercise that earned the same and are wrong in the same visible way.

    seen      what their numbers show: "w is right in every case: only b is not."
    students  who gave them
    source    one of them, without comments
    """

    exercise: str
    points: float
    most: float
    seen: str
    students: tuple[str, ...]
    source: str

    @property
    def function(self) -> str:
        return self.exercise.partition(".")[2]


def unnamed(records: Sequence[Record]) -> list[Unnamed]:
    """Return the groups of answers whose mistake has no name, the largest first."""
    groups: dict[tuple, list[tuple[str, Exercise]]] = defaultdict(list)
    for record in records:
        for e in record.exercises:
            if e.source:
                groups[e.name, e.points, e.most, e.fault, e.seen].append((record.student, e))
    found = []
    for (name, points, most, _, seen), members in groups.items():
        shortest = min((e.source for _, e in members), key=len)
        students = tuple(student for student, _ in members)
        found.append(Unnamed(name, points, most, seen, students, without_comments(shortest)))
    return sorted(found, key=lambda group: (-len(group.students), group.exercise, group.seen))


def to_json(groups: Sequence[Unnamed]) -> str:
    """Return what may be passed on, for new names in the checks: answers, and no students."""
    told = [
        {
            "exercise": group.exercise,
            "students": len(group.students),
            "points": group.points,
            "seen": group.seen,
            "answer": group.source,
        }
        for group in groups
    ]
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


def without_comments(source: str) -> str:
    """Return code without its comments and docstrings, in which people write their names.

    >>> print(without_comments("# by Ada\\ndef f(x):\\n    'Ada.'\\n    return x  # mine"))
    def f(x):
        return x
    """
    try:
        tree = ast.parse(source)
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and ast.get_docstring(node, clean=False):
                node.body = node.body[1:] or [ast.Pass()]
        return ast.unparse(tree)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
