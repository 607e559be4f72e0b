"""In the exercises of chance, whoever patches the source of chance makes no wrong answer right.

The generator that a function is given is made in the kernel, from its seed, so a learner's code may
be what she gets. Verdicts are about what comes out, for cases that she does not know.
"""

import copy
import subprocess
import sys
import textwrap
from dataclasses import dataclass, replace
from pathlib import Path

import nbformat
import pytest
from patience import HANG

from grader.marking.grade import Job, grade, seeds
from grader.sandbox.kernel import Nursery
from grader.sandbox.walls import Limits
from grader.submission.release import read
from reglib.checks.entry import Rng
from reglib.exercises import ASSIGNMENTS, assignment

ROOT = Path(__file__).parents[3]
STUDENTS = ("mallory", "eve", "trudy")
# How each exercise makes of an `order` of the rows what it returns, and the function around it.
FUNCTIONS = {
    "overfitting.train_validation_split": """
        def train_validation_split(n, fraction, rng):
            {order}
            m = round(fraction * n)
            return order[m:], order[:m]
        """,
    "cross_validation.kfold_indices": """
        def kfold_indices(n, k, rng):
            {order}
            parts = np.array_split(order, k)
            return [(np.concatenate(parts[:i] + parts[i + 1:]), parts[i]) for i in range(k)]
        """,
}
# Of four points in both exercises: what an order of the rows earns where nothing is patched.
EARNS = {
    "order = rng.permutation(n)": 4,
    "order = np.random.Generator(np.random.PCG64(0)).permutation(n)": 3,  # and never another one
    "order = np.arange(n)": 2,
    "order = np.zeros(n, int)": 0,
}
RIGHT, SAME, IN_ORDER, NO_ROWS = EARNS


@dataclass(frozen=True)
class Patch:
    """`leaves`: what an order by the given generator, right by itself, still earns beside it.
    `fools`: an order of k-fold, and what that earns where `check` runs in the same process."""

    name: str
    code: str
    leaves: float
    fools: tuple[str, float] | None = None


TYPE = """
import ctypes, gc

def patch(type_, **methods):
    gc.get_referents(type_.__dict__)[0].update(methods)
    ctypes.pythonapi.PyType_Modified(ctypes.py_object(type_))
"""
PATCHES = [
    Patch(
        "a generator of one's own that leaves all in order",
        """
        class Mine:
            def __init__(self, seed=None): pass
            permutation = lambda self, n: np.arange(n)
            choice = lambda self, a, size=None, **_: np.resize(a, size or 1)
        np.random.default_rng = np.random.Generator = Mine
        """,
        leaves=2,
        fools=(IN_ORDER, 3),
    ),
    Patch(
        "a default_rng by which all seeds are the same, and so all cases",
        """
        class Mine:
            def __init__(self, seed=None): self.seed = seed
            def __getattr__(self, name): return getattr(made(0), name)
            def choice(self, a, size=None, **_):
                return np.zeros(size, int) if a == 10_000 else made(0).choice(a, size)
        made = np.random.default_rng
        np.random.default_rng = Mine
        """,
        leaves=3,
        fools=(SAME, 4),
    ),
    Patch(
        "methods of Generator that shuffle nothing",
        TYPE
        + """
patch(np.random.Generator, permutation=lambda self, n, axis=0: np.arange(n),
      shuffle=lambda self, x, axis=0: None)
""",
        leaves=2,
    ),
    Patch(
        "a permutation of one row only",
        TYPE + "patch(np.random.Generator, permutation=lambda self, n, axis=0: np.zeros(n, int))",
        leaves=0,
    ),
    Patch(
        "SeedSequence makes one state of all seeds",
        TYPE
        + """
patch(np.random.SeedSequence,
      generate_state=lambda self, n, dtype=np.uint32: np.arange(n, dtype=dtype))
""",
        leaves=3,
    ),
    Patch(
        "the bit generator of each that is made is set to one state",
        """
        made = np.random.default_rng

        def default_rng(seed=None):
            rng = made(seed)
            rng.bit_generator.state = np.random.PCG64(7).state
            return rng
        np.random.default_rng = default_rng
        """,
        leaves=3,
    ),
    Patch(
        "a generator that nobody seeded",
        """
        made = np.random.default_rng
        np.random.default_rng = lambda seed=None: made()
        """,
        leaves=3,
    ),
    Patch(
        "the functions by which answers are judged",
        """
        np.isin = lambda a, b, **_: np.arange(np.size(a)) % 2 == 0
        np.roll = lambda a, *args: ~a
        import builtins
        put = builtins.sorted
        builtins.sorted = lambda items, **by: put(items, **by) if by else [*range(len(items))]
        """,
        leaves=4,
        fools=(NO_ROWS, 2),
    ),
]


def cell(exercise, order, patch=""):
    function = textwrap.dedent(FUNCTIONS[exercise]).format(order=order)
    return f"import numpy as np\n{textwrap.dedent(patch)}\n{function}"


@pytest.fixture(scope="module")
def earned():
    """What an answer earns in the sandbox, by the name of the student."""
    nursery = Nursery(assignment("overfitting").available, Limits(cell=HANG, seconds=HANG))

    def earned(exercise, code, students=STUDENTS):
        name, _, function = exercise.partition(".")
        release = read(ROOT / f"exercises/{name}/{name}.ipynb")
        checks = {id: c for id, c in release.checks.items() if c.exercise == exercise}
        notebook = copy.deepcopy(release.notebook)
        notebook.cells = [c for c in notebook.cells if c.id == function or c.id in checks]
        notebook.cells[0].source = code
        release = replace(release, notebook=notebook, checks=checks)
        text, found = nbformat.writes(notebook), {}
        for student in students:
            drawn = seeds(b"secret", student, release, notebook, {})
            record = grade(Job(release, text, student, drawn), nursery).record
            found[student] = record.exercises[0].points
        return found

    with nursery:
        yield earned


def test_every_exercise_of_chance_is_attacked():
    given = {
        entry.name
        for name in ASSIGNMENTS
        for entry in assignment(name).entries
        if any(isinstance(arg, Rng) for arg in entry.example)
    }
    # Its errors are compared with those of the right folds, whatever the order in them.
    assert given - {"cross_validation.nested_cv_errors"} == set(FUNCTIONS)


@pytest.mark.parametrize("order", EARNS)
@pytest.mark.parametrize("exercise", FUNCTIONS)
def test_what_an_order_earns_by_itself(exercise, order, earned):
    assert earned(exercise, cell(exercise, order)) == dict.fromkeys(STUDENTS, EARNS[order])


@pytest.mark.parametrize("patch", PATCHES, ids=lambda patch: patch.name)
@pytest.mark.parametrize("exercise", FUNCTIONS)
def test_a_patch_makes_no_wrong_order_right(exercise, patch, earned):
    for order in (SAME, IN_ORDER, NO_ROWS):
        points = earned(exercise, cell(exercise, order, patch.code))
        assert max(points.values()) <= EARNS[order], order
    points = earned(exercise, cell(exercise, RIGHT, patch.code))
    assert points == dict.fromkeys(STUDENTS, patch.leaves)


@pytest.mark.parametrize("patch", [p for p in PATCHES if p.fools], ids=lambda patch: patch.name)
def test_a_check_beside_the_learners_code_is_fooled_by(patch):
    order, points = patch.fools
    assert points > EARNS[order]
    exercise = "cross_validation.kfold_indices"
    first = f"from reglib.check import check\ncheck({exercise!r}, len)\n"  # all is loaded then
    code = first + cell(exercise, order, patch.code)
    code += f"\nprint('earned', check({exercise!r}, kfold_indices))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert f"earned {points:.1f}" in ran.stdout
