"""What a verdict says of answers that are odd, partly right, hostile or right by chance."""

import time
from dataclasses import replace

import numpy as np
import pytest
from patience import HANG

from reglib.checks.entry import Case, Entry, Misconception, Property, Relation, Rng
from reglib.checks.judge import judge
from reglib.checks.run import Foreign, Outcome, run
from reglib.checks.tell import tell
from reglib.exercises import find

FIT = find("ridge.ridge_fit")
OBJECTIVE = find("ridge.ridge_objective")
GRADIENT = find("ridge.ridge_gradient")
STANDARDIZE = find("ridge.standardize")


def fit(X, y, lam):
    return FIT.reference(X, y, lam)


def told(judged):
    text = " ".join(tell(judged).split())
    assert "Traceback" not in text and "\x1b" not in text
    return text


TWICE = Misconception(
    "everything counts twice", "look.", "ridge-objective", lambda *a: 2 * OBJECTIVE.reference(*a)
)


class AlwaysEqual:
    def __eq__(self, other):
        return True

    __hash__ = None

    def __array__(self, *args, **kwargs):
        raise RuntimeError("no numbers here")


class AlwaysEqualArray(np.ndarray):
    def __eq__(self, other):
        return np.True_

    __hash__ = None

    def __sub__(self, other):
        return np.zeros(self.shape)


def raises(X, y, lam):
    return np.linalg.solve(X, y)


def loops(X, y, lam):
    while True:
        pass


def loops_past_a_bare_except(X, y, lam):
    while True:
        try:
            time.sleep(0.2)
        except:  # noqa: E722
            continue


def leaves(X, y, lam):
    raise SystemExit


def recurses(X, y, lam):
    return recurses(X, y, lam)


def interrupts(X, y, lam):
    raise KeyboardInterrupt


def hides_its_message(X, y, lam):
    class Rude(Exception):
        def __str__(self):
            raise RuntimeError

    raise Rude


def colours_its_message(X, y, lam):
    raise ValueError("\x1b[31mred\x1b[0m\n" + 1000 * "x")


NOTHING_EARNED = [
    (raises, "It raised LinAlgError"),
    (raises, ': "return np.linalg.solve(X, y)".'),
    (lambda X, y: None, "It raised TypeError: "),
    (loops, "It did not finish in time."),
    (loops_past_a_bare_except, "It did not finish in time."),
    (leaves, "It raised SystemExit, in line "),
    (recurses, "It raised RecursionError: maximum recursion depth exceeded"),
    (interrupts, "It did not finish because it was interrupted."),
    (hides_its_message, "It raised Rude, in line"),
    (colours_its_message, "It raised ValueError:  [31mred [0m xxx".replace("  ", " ")),
    (lambda X, y, lam: None, "It returned nothing (None)."),
    (lambda X, y, lam: "w, b", "It returned an object of type str, not (w, b)."),
    (lambda X, y, lam: {"w": 1}, "It returned an object of type dict, not (w, b)."),
    (lambda X, y, lam: (i for i in fit(X, y, lam)), "an object of type generator, not (w, b)"),
    (lambda X, y, lam: fit(X, y, lam)[0], "It returned an array of shape (1,), not (w, b)."),
    (lambda X, y, lam: (*fit(X, y, lam), 0.0), "It returned a tuple of 3, not (w, b)."),
    (lambda X, y, lam: fit(X, y, lam)[::-1], "Its parts come in another order than (w, b)."),
    (lambda X, y, lam: (fit(X, y, lam)[0][:0], 1.0), "w has shape (0,) where (1,) is asked for"),
    (lambda X, y, lam: (X, 1.0), "w has shape (2, 1) where (1,) is asked for"),
    (lambda X, y, lam: (y[:, None] - y, 1.0), "subtracting a (2, 1) from a (2,) makes a (2, 2)"),
    (lambda X, y, lam: ([[1.0], [1.0, 2.0]], 1.0), "w is a list of 2, not an array of shape (1,)"),
    (lambda X, y, lam: (fit(X, y, lam)[0] + 0j, 0j), "w is an array of complex128, not"),
    (lambda X, y, lam: (np.ones(X.shape[1], bool), True), "made of True and False"),
    (lambda X, y, lam: (fit(X, y, lam)[0] * np.nan, 1.0), "w contains NaN (not a number)."),
    (lambda X, y, lam: (fit(X, y, lam)[0], np.inf), "b contains infinity."),
    (lambda X, y, lam: (fit(X, y, lam)[0], 10**400), "b contains infinity."),
    (lambda X, y, lam: AlwaysEqual(), "It returned an object of type AlwaysEqual, not (w, b)."),
    (lambda X, y, lam: (AlwaysEqual(), AlwaysEqual()), "w is an object of type AlwaysEqual, not"),
    (
        lambda X, y, lam: (np.full(X.shape[1], 9.0).view(AlwaysEqualArray), 1.0),
        "print step by step what the function makes of it",
    ),
    (lambda X, y, lam: (np.zeros((1000, 1001)), 1.0), "w is an array of shape (1000, 1001), not"),
]


@pytest.mark.parametrize(("function", "sentence"), NOTHING_EARNED)
def test_a_plain_sentence_and_no_points(verdict, function, sentence):
    endless = sentence == "It did not finish in time."
    judged = verdict(FIT, function, limit=0.3 if endless else HANG)
    assert judged.points == 0.0
    assert sentence in told(judged)
    assert "Next: " in told(judged)


def test_lists_zero_d_arrays_and_tuples_cost_nothing(verdict):
    assert verdict(FIT, lambda *a: [list(fit(*a)[0]), np.array(fit(*a)[1])]).points == FIT.most
    assert verdict(FIT, lambda *a: np.array([*fit(*a)], dtype=object)).points == FIT.most
    assert verdict(STANDARDIZE, lambda *a: np.array(1.0)).points == 0


def test_a_wrong_shape_halves_what_is_earned(verdict):
    def column(X, y, lam):
        w, b = fit(X, y, lam)
        return w[:, None], b

    judged = verdict(FIT, column)
    assert judged.points == FIT.most / 2
    assert "Mind: w has shape (1, 1) where (1,) is asked for. Next: print the shape" in told(judged)
    assert "You see it here, the example above the function: ridge_fit(X=np" in told(judged)
    assert "The points are halved for that." in told(judged)
    assert verdict(OBJECTIVE, lambda *a: [OBJECTIVE.reference(*a)]).points == OBJECTIVE.most / 2


def test_changed_inputs_halve_what_is_earned(verdict):
    def centring_in_place(X, y, lam):
        w, b = fit(X, y, lam)
        X *= 0
        return w, b

    judged = verdict(FIT, centring_in_place)
    assert judged.points == FIT.most / 2
    assert "Mind: it changes what it is given: X." in told(judged)

    def both(X, y, lam):
        w, b = centring_in_place(X, y, lam)
        return w[:, None], b

    judged = verdict(FIT, both)
    assert judged.points == FIT.most / 4
    assert "The points are halved once for each of these." in told(judged)


def test_changing_and_restoring_costs_nothing(verdict):
    def restoring(X, y, lam):
        before = X.copy()
        X[:] = 0
        X[:] = before
        return fit(X, y, lam)

    assert verdict(FIT, restoring).points == FIT.most


@pytest.mark.parametrize("kind", ["int8", "int32", "int64", "uint8", "float32", "bool"])
def test_numbers_of_any_width_are_left_as_they_were(verdict, kind):
    """Those of a case have 32 bits where NumPy has, as in a web page."""
    whole = OBJECTIVE.draw()[0].args
    few = tuple(np.asarray(arg).astype(kind) if np.ndim(arg) else arg for arg in whole)
    cases = [Case(behaviour, f"{kind}s", few) for behaviour in OBJECTIVE.rubric]
    entry = replace(OBJECTIVE, example=few, cases=lambda rng: cases)
    assert verdict(entry, OBJECTIVE.reference).points == entry.most

    def changes(w, b, X, y, lam):
        value = OBJECTIVE.reference(w, b, X, y, lam)
        y[0] = not y[0]
        return value

    assert verdict(entry, changes).points == entry.most / 2


def test_prints_and_warnings_cost_nothing(verdict, capfd):
    def noisy(X, y, lam):
        print("x" * 1_000_000)
        np.array([1.0]) / np.array([0.0])
        return fit(X, y, lam)

    judged = verdict(FIT, noisy)
    assert judged.points == FIT.most
    characters = 1_000_001 * len(FIT.draw())
    assert f"It printed {characters:,} characters, which are left out here." in told(judged)
    assert capfd.readouterr() == ("", "")


UNNAMED = [
    (FIT, lambda X, y, lam: (fit(X, y, lam)[0], fit(X, y, lam)[1] + 7 * lam), "only b is not."),
    (FIT, lambda X, y, lam: (fit(X, y, lam)[0], 3 * fit(X, y, lam)[1]), "b is 3 times what it"),
    (FIT, lambda X, y, lam: (fit(X, y, lam)[0], fit(X, y, lam)[1] / 7), "b is 1/7 of what it"),
    (FIT, lambda X, y, lam: (fit(X, y, lam)[0] + 7, fit(X, y, lam)[1]), "w is 7 more than it"),
    (FIT, lambda X, y, lam: (np.exp(fit(X, y, lam)[0]), 3 * fit(X, y, lam)[1]), "b is 3 times"),
    (
        OBJECTIVE,
        lambda w, b, X, y, lam: OBJECTIVE.reference(w, b, X, y, lam) + 7 * lam,
        "wrong in all cases with λ > 0, and right in all others: so look at the term with λ.",
    ),
    (
        OBJECTIVE,
        lambda w, b, X, y, lam: OBJECTIVE.reference(w, b, X, y, lam) * len(y) ** 0.5,
        "J is √the number of rows times what it should be.",
    ),
    (
        OBJECTIVE,
        lambda w, b, X, y, lam: OBJECTIVE.reference(w, b, X, y, lam) + 7 * (X.dtype.kind == "i"),
        "J is 7 more than it should be.",
    ),
    (
        OBJECTIVE,
        lambda w, b, X, y, lam: OBJECTIVE.reference(w, b, X, y, lam) + (X[0, -1] - X[0, 0]) ** 2,
        "wrong in all cases with several features, and right in all others",
    ),
]


@pytest.mark.parametrize(("entry", "function", "sentence"), UNNAMED)
def test_without_a_name_the_numbers_are_told(verdict, entry, function, sentence):
    judged = verdict(entry, function)
    assert judged.misconception is None
    assert sentence in told(judged)
    assert "Next: make this call in a new cell, and print step by step" in told(judged)


def test_a_mistake_beside_another_is_named_for_the_cases_that_it_explains(verdict):
    """Two mistakes at once: the intercept in the norm, and an inverse of a singular matrix."""

    def two_mistakes(X, y, lam):
        A = np.column_stack([X, np.ones(len(y))])
        if lam == 0 and np.linalg.matrix_rank(A) < A.shape[1]:
            raise np.linalg.LinAlgError("Singular matrix")
        w = np.linalg.solve(A.T @ A + len(y) * lam * np.eye(A.shape[1]), A.T @ y)
        return w[:-1], w[-1]

    judged = verdict(FIT, two_mistakes)
    assert judged.misconception.name == "the intercept is penalised"
    where = "all cases in which it gives numbers"
    assert judged.where == where
    assert f"match, in {where}, what you get when the intercept is penalised." in told(judged)


def test_a_line_of_the_rubric_may_be_lost_by_another_fault(verdict):
    """λ without its n, and a system that has no single solution where λ = 0."""

    def solve(X, y, lam):
        Xc = X - X.mean(axis=0)
        A = Xc.T @ Xc + lam * np.eye(X.shape[1])
        w = np.linalg.solve(A, Xc.T @ (y - y.mean())) if np.linalg.cond(A) < 1e9 else 7.0 + X[0]
        return w, y.mean() - X.mean(axis=0) @ w

    judged = verdict(FIT, solve)
    assert judged.misconception.name == "λ is not multiplied by n"
    wrong = sum(fault.kind == "wrong" for fault in judged.faults)
    assert judged.where == f"{wrong - 2} of the {wrong} cases that are wrong"


def test_a_name_needs_all_cases_with_numbers_and_three_of_them(verdict):
    entry = replace(OBJECTIVE, formula=None, choices={}, misconceptions=(TWICE,))
    count = len(OBJECTIVE.draw())

    def twice_but(last, what):
        calls = iter(range(count))

        def function(*args):
            J = OBJECTIVE.reference(*args)
            return 2 * J if next(calls) < count - last else what(J)

        return function

    def fail(J):
        return 1 / 0

    assert verdict(entry, twice_but(0, fail)).misconception is TWICE
    for last, named in ((1, True), (count - 3, True), (count - 2, False)):
        assert (verdict(entry, twice_but(last, fail)).misconception is TWICE) is named
    # a right answer is against it, and so is another number
    for what in (lambda J: J, lambda J: J**2 + 1):
        assert verdict(entry, twice_but(1, what)).misconception is None


def test_what_many_mistakes_give_is_no_evidence(verdict):
    zero = Misconception("w is lost", "look.", "ridge-objective", lambda *args: 0.0)
    missing = Misconception("it divides by zero", "look.", "ridge-objective", lambda *args: np.nan)
    entry = replace(OBJECTIVE, formula=None, choices={}, misconceptions=(zero, missing))
    assert verdict(entry, lambda *args: 0.0).misconception is None
    assert verdict(entry, lambda *args: np.nan).misconception is None


def test_chance_agrees_with_one_of_a_few(verdict):
    """Where the answer is a λ of the grid, two mistakes often choose the same one."""
    few = replace(OBJECTIVE, formula=None, choices={}, misconceptions=(TWICE,), few=True)
    wrong = iter([2, 2, 2, 1, 1, 1, 1, 1, 1])
    calls = {}

    def sometimes(*args):
        factor = calls.setdefault(len(calls), next(wrong))
        return OBJECTIVE.reference(*args) * factor

    assert verdict(few, sometimes).misconception is None
    assert verdict(few, TWICE.wrong).misconception is TWICE


def shapes(X, y, lam):
    return y - y[:, None] @ X.T, 0.0


EXCEPTIONS = [
    (lambda X, y: None, "does not take the arguments (X, y, lam). Next: keep the line `def ridge"),
    (lambda X, y, lam: y if X > 0 else 0, "`if`, `and`, `or`, `min` or `max` was asked about a"),
    (lambda X, y, lam: y.sort()[0], "Functions such as `sort()`, `append()` and `shuffle()`"),
    (lambda X, y, lam: X[:, 7], "An index runs past the end"),
    (lambda X, y, lam: y[lam / 2], "An index is no whole number"),
    (lambda X, y, lam: np.zeros(X.shape[1] / 2), "A whole number is needed"),
    (lambda X, y, lam: [1, 2] * lam, "lists are not added or multiplied like arrays"),
    (lambda X, y, lam: np.array([y, y[:1]]), "Rows of different lengths"),
    (lambda X, y, lam: float(np.append(y, 1)), "A single number is needed, and a whole array"),
    (lambda X, y, lam: np.linalg.inv(np.zeros((2, 2))), "A matrix that has no inverse"),
    (lambda X, y, lam: np.linalg.inv(np.ones((2, 3))), "Only a square matrix"),
    (lambda X, y, lam: 1 / 0, "Something is divided by zero"),
    (lambda X, y, lam: lamda * y, "That name has no value yet"),  # noqa: F821
    (lambda X, y, lam: __import__("pandas_is_not_here"), "That package, or that part of it"),
    (recurses, "The function calls itself without end"),
    (lambda X, y, lam: {}["w"], "A dictionary has no such key"),
    (lambda X, y, lam: list(y).mean(), "What stands before the dot has no such method"),
    (lambda X, y, lam: FIT.reference(X, y), "A function is called in that line with more, fewer"),
    (shapes, "Shapes that do not fit often begin with (n,) − (n, 1)"),
]


@pytest.mark.parametrize(("function", "sentence"), EXCEPTIONS)
def test_exceptions_are_told_in_plain_words(verdict, function, sentence):
    text = told(verdict(FIT, function))
    assert "It raised " in text and sentence in text
    assert text.index("It raised") < text.index("Next: ") < text.index("A small case that fails")


def test_unpacking_and_whole_numbers_are_told_too(verdict):
    def unpacks(X, y, lam):
        w, b = np.ones(3)
        return w, b

    def cuts(X, y, lam):
        whole = X.astype(int)
        whole -= X.mean(axis=0)
        return whole[0], 0.0

    assert "taken apart into more or fewer parts" in told(verdict(FIT, unpacks))
    assert "An array of whole numbers is to take in fractions" in told(verdict(FIT, cuts))


def test_rows_of_an_array_are_no_parts_of_a_pair(verdict):
    def rows(X, y, lam):
        w, b = fit(X, y, lam)
        return np.stack([np.append(w, b), np.append(w, b)])

    assert "It returned an array of shape (2, 2), not (w, b)." in told(verdict(FIT, rows))


def test_how_an_input_was_changed_is_seen(verdict):
    def sorting(X, y, lam):
        answer = fit(X, y, lam)
        y.sort()
        return answer

    def centring(X, y, lam):
        answer = fit(X, y, lam)
        y[:] = 0
        return answer

    assert "`y.sort()` and rng.shuffle(y) change the order" in told(verdict(FIT, sorting))
    assert "`y -= m` and `y[i] = …` change the one that was given" in told(verdict(FIT, centring))


def test_a_singular_matrix_is_explained(verdict):
    def inverting(X, y, lam):
        if lam == 0 and np.linalg.matrix_rank(X - X.mean(axis=0)) < X.shape[1]:
            np.linalg.inv(np.zeros((2, 2)))
        return fit(X, y, lam)

    judged = verdict(FIT, inverting)
    assert judged.points == 5.0
    assert "A matrix that has no inverse was to be inverted." in told(judged)
    assert "the answer is the shortest of them" in told(judged)


def test_shapes_that_do_not_fit_name_the_usual_reason(verdict):
    def summed_badly(w, b, X, y, lam):
        residual = y - (X @ w[:, None] + b)
        return X.T @ residual / len(y) + lam * w, 0.0

    assert "(n,) − (n, 1), which makes an (n, n) array" in told(verdict(GRADIENT, summed_badly))


def test_what_to_mend_first(verdict):
    judged = verdict(GRADIENT, lambda *a: None)
    sentence = "It calls ridge_objective, which is not right yet either: begin there."
    assert sentence in " ".join(tell(judged, {"ridge.ridge_objective"}).split())
    assert "It calls" not in tell(judged, {"ridge.standardize"})
    assert "It calls" not in tell(verdict(GRADIENT, GRADIENT.reference), {"ridge.ridge_objective"})


def test_judging_calls_no_learner_code():
    """Outcomes may come from far away, and may be anything that plain data can be."""
    cases = OBJECTIVE.draw()
    right = [Outcome(value=OBJECTIVE.reference(*case.args)) for case in cases]
    assert judge(OBJECTIVE, cases, right).points == OBJECTIVE.most
    odd = [None, True, [], (), [[]], Foreign("an odd thing"), np.zeros((0, 3)), [None, [1, [2]]]]
    for value in odd:
        outcomes = [*right[:-1], Outcome(value=value)]
        assert judge(OBJECTIVE, cases, outcomes).points == 2.0
        assert tell(judge(OBJECTIVE, cases, outcomes))


# --- an exercise of chance: many answers are right ---


def shuffled_split(n, rng):
    order = rng.permutation(n)
    return order[: n // 2], order[n // 2 :]


def _covers(args, value):
    return sorted([*value[0], *value[1]]) == list(range(args[0]))


def _moves(args, value):
    return sorted(value[0]) != list(range(len(value[0])))


SPLIT = Entry(
    name="ridge.shuffled_split",
    place=1,
    returns=("train", "validation"),
    must="every row is in exactly one part",
    reference=shuffled_split,
    cases=lambda rng: [
        Case("any split", f"{n} rows", (n, Rng(int(rng.integers(2**32))))) for n in (40, 51)
    ],
    rubric={"any split": 2},
    section="ridge-objective",
    example=(40, Rng(0)),
    properties=(
        Property("every row is in exactly one part", _covers),
        Property("the rows are shuffled", _moves),
    ),
    misconceptions=(
        Misconception(
            "the first half is taken as it stands",
            "look at the rows.",
            "ridge-objective",
            wrong=lambda n, rng: (np.arange(n // 2), np.arange(n // 2, n)),
            recognise=lambda args, value: list(value[0]) == list(range(args[0] // 2)),
        ),
    ),
)


def test_properties_judge_answers_of_chance(verdict):
    def another_way(n, rng):
        shuffled = np.argsort(rng.random(n))
        return [sorted(shuffled[: n // 2].tolist()), shuffled[n // 2 :]]

    for seed in range(20):
        assert verdict(SPLIT, shuffled_split, seed).points == 2.0
        assert verdict(SPLIT, another_way, seed).points == 2.0


def test_properties_name_what_is_broken(verdict):
    judged = verdict(SPLIT, lambda n, rng: (rng.integers(n, size=n // 2), np.arange(n // 2, n)))
    assert judged.points == 0
    assert "It breaks a rule: every row is in exactly one part." in told(judged)
    assert judged.misconception is None
    assert verdict(SPLIT, lambda n, rng: 3.0).points == 0
    judged = verdict(SPLIT, SPLIT.misconceptions[0].wrong)
    assert judged.points == 0 and judged.misconception is SPLIT.misconceptions[0]
    assert "It breaks a rule: the rows are shuffled." in told(judged)


def _agrees(args, value, before, answer):
    return args != before or sorted(value[0]) == sorted(answer[0])


def _other_source(all_args, values):
    first, again = (sorted(value[0]) for value in values[1:])
    return all_args[1] == all_args[2] and first != again


def test_relations_judge_answers_by_one_another(verdict):
    """That the given generator is the source of chance shows only in a second answer."""
    source = Misconception(
        "chance has another source", "use rng.", "ridge-objective", print, None, _other_source
    )
    entry = replace(
        SPLIT,
        cases=lambda rng: [Case("any split", f"call {i}", (40, Rng(7))) for i in (1, 2)],
        relations=(Relation("equal generators give equal splits", _agrees),),
        misconceptions=(source, *SPLIT.misconceptions),
    )
    assert verdict(entry, shuffled_split).points == 2.0
    judged = verdict(entry, lambda n, rng: shuffled_split(n, np.random.default_rng()))
    assert judged.points == 0 and judged.misconception is source and judged.where == ""
    assert [fault.case.name for fault in judged.faults] == ["call 2"]
    call = "shuffled_split(n=40, rng=np.random.default_rng(7))"
    assert f"A small case that fails, call 2: {call} gives" in told(judged)
    assert "It breaks a rule: equal generators give equal splits." in told(judged)
    judged = verdict(entry, SPLIT.misconceptions[0].wrong)
    assert judged.points == 0 and judged.misconception is SPLIT.misconceptions[0]


def test_a_comparison_of_its_own(verdict):
    """Held to what its answer achieves, as iterated fits are."""

    def as_good(args, value, expected):
        assert len(args) == 5
        return abs(value - expected) <= 0.1 * abs(expected)

    loose = replace(OBJECTIVE, compare=as_good)
    assert verdict(loose, lambda *a: 1.05 * OBJECTIVE.reference(*a)).points == OBJECTIVE.most
    assert verdict(loose, lambda *a: 1.2 * OBJECTIVE.reference(*a)).points == 0


def test_outcomes_and_cases_must_match():
    cases = OBJECTIVE.draw()
    with pytest.raises(ValueError):
        judge(OBJECTIVE, cases, run(OBJECTIVE.reference, [cases[0].args]))
