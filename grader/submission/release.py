"""What the instructor released: the notebook, its checks and the cells for answers."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from reglib.exercises import find


@dataclass(frozen=True)
class Check:
    """A cell that the grader grades, as `check("ridge.ridge_fit", ridge_fit)`.

    exercise  "ridge.ridge_fit"
    function  the name of the learner's function
    points    the most it can earn
    """

    grade_id: str
    exercise: str
    function: str
    points: float


@dataclass(frozen=True)
class Answer:
    """A cell that a learner writes in.

    stub       what it holds when nothing is written yet
    functions  the functions that the stub defines
    """

    grade_id: str
    cell_type: str
    stub: str
    functions: tuple[str, ...]


@dataclass(frozen=True)
class Release:
    """A released notebook.

    name      of the notebook, without ".ipynb"
    notebook  as it was released; not to be changed
    checks    by grade id, in the order of the notebook
    answers   by grade id, in the order of the notebook; those graded by hand too
    """

    assignment: str
    name: str
    notebook: NotebookNode
    checks: Mapping[str, Check]
    answers: Mapping[str, Answer]


class ReleaseError(ValueError):
    """The released notebook cannot be graded; the message says what to do."""


def read(path: Path | str, assignment: str | None = None) -> Release:
    """Read a released notebook, such as exercises/ridge/ridge.ipynb.

    `assignment` is the name of its folder, if none is given. Raises `ReleaseError`.
    """
    path = Path(path)
    try:
        notebook = nbformat.read(path, 4)
    except FileNotFoundError:
        raise ReleaseError(
            f"{path} is not there. Make it from its source: "
            f"nbgrader generate_assignment {assignment or path.parent.name}"
        ) from None
    except ValueError as error:
        raise ReleaseError(
            f"{path} is no notebook ({str(error).splitlines()[0]:.200}). Release it anew: "
            f"nbgrader generate_assignment {assignment or path.parent.name} --force"
        ) from None
    checks, answers = {}, {}
    for cell in notebook.cells:
        marks = cell.metadata.get("nbgrader")
        if not marks or marks.get("task"):
            continue
        if marks["solution"]:
            answers[marks["grade_id"]] = Answer(
                marks["grade_id"], cell.cell_type, cell.source, functions(cell.source)
            )
        elif marks["grade"]:
            checks[marks["grade_id"]] = _check(cell, path)
    return Release(assignment or path.parent.name, path.stem, notebook, checks, answers)


def functions(source: str) -> tuple[str, ...]:
    """Return the functions that code defines at its top level; none if it is not Python.

    >>> functions("import os\\ndef f(x):\\n    def g(): pass")
    ('f',)
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()
    return tuple(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def _check(cell: NotebookNode, path: Path) -> Check:
    grade_id = cell.metadata.nbgrader["grade_id"]
    match _statements(cell.source):
        case [
            ast.Expr(
                ast.Call(
                    func=ast.Name("check"),
                    args=[ast.Constant(str(exercise)), ast.Name(function)],
                    keywords=[],
                )
            )
        ]:
            pass
        case _:
            raise ReleaseError(
                f"The graded cell {grade_id!r} of {path} is not one line of the form "
                'check("ridge.ridge_fit", ridge_fit). Only such a cell can be graded outside of '
                "the learner's kernel: move other code to a cell of its own, with no points."
            )
    try:
        entry = find(exercise)
    except LookupError as error:
        raise ReleaseError(f"The graded cell {grade_id!r} of {path}: {error.args[0]}") from None
    points = float(cell.metadata.nbgrader["points"])
    if points != entry.most:
        raise ReleaseError(
            f"The graded cell {grade_id!r} of {path} is worth {points:g} points, and the rubric of "
            f"{exercise} {entry.most:g}. Give the cell {entry.most:g} points in its source, and "
            "release it anew."
        )
    return Check(grade_id, exercise, function, points)


def _statements(source: str) -> list[ast.stmt]:
    try:
        return ast.parse(source).body
    except SyntaxError:
        return []
