"""What stays the same of an answer when only its looks are changed."""

import ast
import builtins
import hashlib

MOST_CODE = 20_000  # characters: Python's parser takes a hundred times their memory, and 20 µs each


class _Plain(ast.NodeTransformer):
    """Numbers the names that code gives, in the order in which they come; leaves out docstrings."""

    def __init__(self, given: set[str]) -> None:
        self.given = given
        self.numbers: dict[str, str] = {}

    def _number(self, name: str) -> str:
        if name not in self.given:
            return name
        return self.numbers.setdefault(name, f"n{len(self.numbers)}")

    def visit_Name(self, node: ast.Name) -> ast.Name:
        return ast.Name(self._number(node.id), node.ctx)

    def visit_arg(self, node: ast.arg) -> ast.arg:
        return ast.arg(self._number(node.arg), None)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        if ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:] or [ast.Pass()]
        self.generic_visit(node)
        return node


def fingerprint(source: str) -> str:
    """Return the SHA-256 of an answer without its comments, docstrings, blanks and own names.

    Of what is no Python, or far longer than any answer, the text counts, and blanks do not.

    >>> one = "def f(x):\\n    total = 0  # so far\\n    return total + x"
    >>> two = "def f(x):\\n    s = 0\\n\\n    return s + x"
    >>> fingerprint(one) == fingerprint(two)
    True
    """
    try:
        if len(source) > MOST_CODE:
            raise ValueError
        tree = ast.parse(source)
        given = {node.id for node in ast.walk(tree) if _gives(node)}
        given |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
        text = ast.dump(_Plain(given - set(dir(builtins))).visit(tree))
    except Exception:  # a learner's code may end a parser in many ways
        text = " ".join(source.split())
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _gives(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
