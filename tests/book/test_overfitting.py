"""The chapter on overfitting: its cells run, its text holds together, its formulas are exact."""

import json
import re
from itertools import pairwise, permutations, product

import numpy as np
import pytest

from reglib import least_squares, polynomial, ridge_path
from reglib.repository import path

BOOK = path("book")
CHAPTER = BOOK / "overfitting" / "overfitting.md"
TEXT = CHAPTER.read_text(encoding="utf-8")
QUIZ = json.loads(CHAPTER.with_name("overfitting-quiz.json").read_text(encoding="utf-8"))
CELLS = re.findall(r"^```\{code-cell\}[^\n]*\n(.*?)^```$", TEXT, flags=re.MULTILINE | re.DOTALL)
PROSE = re.sub(r"^```.*?^```$", "", TEXT, flags=re.MULTILINE | re.DOTALL)


def test_the_text_uses_every_number_that_the_cells_hand_over_and_no_other(run):
    _, glued = run
    assert set(re.findall(r"\{glue:text\}`(\w+)", PROSE)) == set(glued)


def test_every_figure_has_a_text_that_says_what_is_seen():
    figures = [cell for cell in CELLS if "subplots(" in cell or "= column_figure(" in cell]
    assert len(figures) == 8
    for cell in figures:
        alt = re.search(r"alt: >-\n(.*?)^---$", cell, flags=re.MULTILINE | re.DOTALL)
        assert alt and len(alt[1].split()) > 30


def test_terms_and_citations_lead_somewhere():
    glossary = (BOOK / "glossary.md").read_text(encoding="utf-8")
    for term in re.findall(r"\{term\}`([^`]+)`", PROSE):
        name = " ".join(re.sub(r".*<(.*)>", r"\1", term, flags=re.DOTALL).split())
        assert re.search(rf"^{re.escape(name)}$", glossary, flags=re.MULTILINE | re.IGNORECASE), (
            name
        )

    references = (BOOK / "references.bib").read_text(encoding="utf-8")
    for keys in re.findall(r"\{cite:[pt]\}`([^`]+)`", PROSE):
        assert all(f"{{{key}," in references for key in keys.split(","))


# The formulas, without chance: noise that is ±σ with equal probability is enumerated in full.

SIGNS = np.array(list(product((-1.0, 1.0), repeat=10)))


@pytest.mark.parametrize("degree", [1, 3, 6])
def test_the_expected_errors_at_fixed_places_are_those_of_the_formulas(degree):
    sigma, n, d = 0.7, 10, degree + 1
    x = np.linspace(-1, 1, n) ** 3
    f = np.sin(np.pi * x)
    H = np.column_stack([np.ones(n), polynomial(x, degree)])
    H = H @ np.linalg.pinv(H)
    residual = f + sigma * SIGNS - (f + sigma * SIGNS) @ H
    B = np.mean((f - H @ f) ** 2)
    assert np.mean(residual**2) == pytest.approx(B + sigma**2 * (1 - d / n), rel=1e-10)
    # New noise is independent of the old, so the means of both squares add up.
    new = np.mean((f - (f + sigma * SIGNS) @ H) ** 2) + sigma**2
    assert new == pytest.approx(B + sigma**2 * (1 + d / n), rel=1e-10)


def test_noise_bias_and_variance_add_up_for_all_data_sets_and_all_new_noise():
    sigma = 0.5
    x = np.linspace(-1, 1, 10)
    fits = np.array([
        least_squares(polynomial(x, 2), np.sin(3 * x) + sigma * signs) for signs in SIGNS
    ], dtype=object)  # fmt: skip
    x_0 = 0.3
    predictions = np.array([b + np.array([x_0, x_0**2]) @ w for w, b in fits])
    f = np.sin(3 * x_0)
    errors = [np.mean((f + noise - predictions) ** 2) for noise in (-sigma, sigma)]
    parts = sigma**2 + (f - predictions.mean()) ** 2 + predictions.var(ddof=0)
    assert np.mean(errors) == pytest.approx(parts, rel=1e-12)
    assert abs(np.mean(errors) - parts - predictions.var(ddof=1) + predictions.var(ddof=0)) > 1e-5


@pytest.mark.parametrize("seed", range(20))
def test_a_further_column_lowers_the_sum_of_squares_by_what_is_new_in_it(seed):
    rng = np.random.default_rng(seed)
    X, y = rng.normal(size=(12, 4)), rng.normal(size=12)
    column = rng.normal(size=12) if seed % 4 else X[:, 0]  # a copy brings nothing new

    def residual(A, target):
        w, b = least_squares(A, target)
        return target - b - A @ w

    r, z = residual(X, y), residual(X, column)
    drop = (r @ z) ** 2 / (z @ z) if seed % 4 else 0.0
    after = residual(np.column_stack([X, column]), y)
    assert after @ after == pytest.approx(r @ r - drop, rel=1e-9)


def test_with_a_penalty_a_further_column_can_raise_the_training_error():
    rng = np.random.default_rng(0)
    rises = 0
    for _ in range(200):
        X, y = rng.normal(size=(6, 3)), rng.normal(size=6)
        errors = []
        for A in (X[:, :2], X):
            path = ridge_path(A, y, [0.3])
            errors.append(np.mean((y - path.intercept[0] - A @ path.coef[0]) ** 2))
        rises += errors[1] > errors[0] + 1e-6
    assert rises > 0


@pytest.mark.parametrize("p", [1, 2, 4, 5])
def test_p_columns_explain_p_over_n_minus_1_of_shuffled_scores(p):
    rng = np.random.default_rng(p)
    X, y = rng.normal(size=(6, p)) @ rng.normal(size=(p, p)), np.array([0.0, 1, 1, 5, 7, 30])
    centred = X - X.mean(axis=0)
    H = centred @ np.linalg.pinv(centred)
    shuffled = np.array(list(permutations(y - y.mean())))
    assert np.mean((shuffled @ H) ** 2) / y.var() == pytest.approx(p / 5, rel=1e-9)


def test_the_minimum_norm_solution_is_the_shortest_and_the_limit_of_ridge():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(6, 9)) + 3, rng.normal(size=6) + 10
    w, b = least_squares(X, y)
    assert np.abs(y - b - X @ w).max() < 1e-10
    flat = np.linalg.svd(X - X.mean(axis=0))[2][5:]  # the four directions that no row shows
    for _ in range(20):
        other = w + rng.normal(size=4) @ flat
        assert np.abs(y - y.mean() - (X - X.mean(axis=0)) @ other).max() < 1e-9
        assert np.linalg.norm(other) > np.linalg.norm(w)
    assert np.allclose(ridge_path(X, y, [1e-10]).coef[0], w, atol=1e-7)


def test_the_best_line_on_the_sine_has_the_risk_that_the_text_gives():
    x = (np.arange(20000) + 0.5) / 10000 - 1
    f = np.sin(np.pi * x)
    w, b = least_squares(x[:, None], f)
    assert np.mean((f - b - w[0] * x) ** 2) == pytest.approx(0.5 - 3 / np.pi**2, abs=1e-6)


def test_what_is_said_to_come_from_scikit_learn_is_the_same():
    linear_model = pytest.importorskip("sklearn.linear_model")
    preprocessing = pytest.importorskip("sklearn.preprocessing")
    rng = np.random.default_rng(0)
    x = rng.normal(size=7)
    powers = preprocessing.PolynomialFeatures(4, include_bias=False).fit_transform(x[:, None])
    assert np.allclose(powers, polynomial(x, 4))
    for shape in ((20, 4), (6, 9)):
        X, y = rng.normal(size=shape) + 2, rng.normal(size=shape[0]) + 5
        w, b = least_squares(X, y)
        theirs = linear_model.LinearRegression().fit(X, y)
        assert np.allclose(theirs.coef_, w, atol=1e-9)
        assert theirs.intercept_ == pytest.approx(b)


# The quiz.

QUESTIONS = {question["id"]: question for question in QUIZ}


def right_range(name):
    (answer,) = [a for a in QUESTIONS[name]["answers"] if a.get("correct")]
    return answer["range"]


def is_right(name, value):
    low, high = right_range(name)
    return low <= value < high


def test_the_quiz_is_of_several_kinds_and_answers_every_choice():
    assert len(QUESTIONS) == len(QUIZ) >= 8
    assert {q["type"] for q in QUIZ} == {"multiple_choice", "many_choice", "numeric"}
    for question in QUIZ:
        answers = question["answers"]
        assert all(len(answer["feedback"]) > 20 for answer in answers)
        right = sum(answer.get("correct", False) for answer in answers)
        if question["type"] == "numeric":
            *ranges, default = answers
            assert right == 1 and default["type"] == "default"
            spans = sorted(answer["range"] for answer in ranges)
            assert all(low < high for low, high in spans)
            assert all(a[1] <= b[0] for a, b in pairwise(spans))
        else:
            assert (right == 1) == (question["type"] == "multiple_choice")
            assert right < len(answers)
            assert len({answer["answer"] for answer in answers}) == len(answers)


def test_numbers_in_the_quiz():
    assert is_right("parts", 0.3**2 + 0.2**2 + 0.03)
    assert is_right("optimism", 4 * (1 - 10 / 50))
    w, _ = least_squares([[1.0, 2.0], [-1.0, -2.0]], [10.0, 0.0])
    assert is_right("shortest", w[1])
    (third,) = [a["answer"] for a in QUESTIONS["shuffled"]["answers"] if a["correct"]]
    assert third == "A third." and 3 * 33 == 100 - 1


def test_what_the_quiz_reads_from_the_plot(run):
    defined, _ = run
    at = defined["at"]
    A, B = (defined["learning"][degree] for degree in (9, 1))
    assert A[at[80], 1] < 0.6 * A[at[20], 1]
    assert B[at[80], 1] > 0.95 * B[at[20], 1]
    assert A[at[15], 1] > B[at[15], 1] and A[at[15], 1] == pytest.approx(0.8, abs=0.05)
    assert B[at[15], 1] == pytest.approx(0.3, abs=0.02)
    assert (A[at[80]] < B[at[80]]).all() and A[at[15], 0] < B[at[15], 0]
    gap_A, gap_B = (curve[at[80], 1] - curve[at[80], 0] for curve in (A, B))
    assert gap_B < gap_A


def test_what_the_quiz_quotes_from_the_chapter(run):
    defined, glued = run
    assert f"{glued['winner_validation']:.2f} {glued['winner_risk']:.2f}" == "0.10 0.13"
    assert np.mean(defined["best"] == 3) > 0.5
    fits, f = defined["fits"], defined["f_new"]
    code = {a["answer"][6:-7]: a["correct"] for a in QUESTIONS["code"]["answers"]}
    values = {line: eval(line, {"np": np, "predictions": fits, "f": f}) for line in code}
    (right,) = [values[line] for line, correct in code.items() if correct]
    assert right == pytest.approx(glued["bias2_1"])
    assert sorted(values.values())[0] < 1e-4


# Claims about behaviour that the text words without a number.


def test_claims_of_the_text(run):
    defined, glued = run
    assert glued["first_64_train"] < glued["first_10_train"]
    assert glued["first_64_new"] > glued["first_guess"] > glued["first_10_new"]
    assert glued["wide_wins_242"] <= 4 and glued["n_hurt"] == glued["n_learned"]
    assert glued["fifty_64"] > 2 * glued["fifty_best"]
    assert glued["fifty_fall"] > 0.9 * glued["cols_splits"]
    assert glued["ridge_wide_242"] > glued["ten_242"]
    assert glued["shift_1"] > 1 and glued["shift_3"] > 10 * glued["risk_3_320"]
    assert glued["risk_9_320"] < glued["risk_3_320"]
    bias2, variance = defined["bias2"], defined["variance"]
    assert bias2[11] < variance[11] / 300  # lost in the error of its own estimate
    assert np.allclose(bias2[[0, 2]], bias2[[1, 3]], rtol=0.05)  # an even power takes no bias away
    assert (np.diff(variance) > 0).all()
