"""Which room of the house may know of which: arrows point one way, and none leads back."""

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TREES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts): ast.parse(path.read_text("utf-8"))
    for home in ("grader", "reglib")
    for path in (ROOT / home).rglob("*.py")
}
GRADER = sorted(name for name in TREES if name.startswith("grader."))
# A room, and those that it may know of besides itself. What has no room stands above them all.
ARROWS = {
    "record": set(),
    "trouble": set(),
    "sandbox": {"trouble"},
    "submission": {"record", "trouble"},
    "course": {"record", "submission"},
    "marking": {"record", "sandbox", "submission"},
    "results": {"course", "record", "trouble"},
    "plugins": {"course", "marking", "record", "results", "sandbox", "submission", "trouble"},
}
# Of nbgrader, what anybody may use: its gradebook, its folders, and how it writes things down.
PUBLIC = {"nbgrader.api", "nbgrader.apps.baseapp", "nbgrader.coursedir", "nbgrader.utils"}


def imported(name):
    """All that a module imports, wherever in it."""
    found = set()
    for node in ast.walk(TREES[name]):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name} imports by a relative name"
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def private(name):
    """The private names that a module uses and has not made."""
    nodes = list(ast.walk(TREES[name]))
    used = [node for node in nodes if isinstance(node, ast.Attribute)]
    own = {node.name for node in nodes if isinstance(node, ast.FunctionDef)} | {"_exit"}
    own |= {node.attr for node in used if isinstance(node.ctx, ast.Store)}
    names = {node.attr for node in used} - own
    return {name for name in names if name.startswith("_") and not name.startswith("__")}


def room(name):
    return name.split(".")[1]


@pytest.mark.parametrize("name", GRADER)
def test_a_module_knows_of_the_rooms_below_alone(name):
    known = {other for other in imported(name) if other.startswith("grader.")}
    if room(name) in ARROWS:
        assert {room(other) for other in known} <= ARROWS[room(name)] | {room(name)}
    if name.startswith("grader.sandbox.inside."):  # it sees no other file of the grader
        assert known == set()
    if room(name) != "plugins":
        assert private(name) == set()
        others = {other for other in imported(name) if other.startswith("nbgrader.")}
        assert {other for other in others if not other.startswith(tuple(PUBLIC))} == set()


def test_no_arrow_leads_back():
    graph = {name: imported(name) & set(GRADER) for name in GRADER}
    assert set(TopologicalSorter(graph).static_order()) == set(GRADER)  # or it finds a circle


def test_the_library_does_not_know_its_grader():
    library = [name for name in TREES if name.startswith("reglib.")]
    known = {name: {o for o in imported(name) if o.split(".")[0] == "grader"} for name in library}
    assert len(library) > 20 and not any(known.values())
