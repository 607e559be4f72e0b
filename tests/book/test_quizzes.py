"""Quizzes: every option answers back, and every number comes out again."""

import itertools
import re

import numpy as np
from sklearn.linear_model import Ridge

from reglib import (
    ElasticNet,
    elastic_net_path,
    lambda_grid,
    objective,
    ridge_path,
    soft_threshold,
)


def test_a_chapter_has_a_question_for_every_five_minutes_of_several_kinds(chapter, quizzes):
    quiz = quizzes[f"{chapter.path.stem}-quiz"]
    minutes = int(re.search(r"\*\*Time:\*\* about (\d+) minutes", chapter.text)[1])
    assert len(quiz) > minutes / 5
    assert len({question["type"] for question in quiz}) >= 2
    assert len({question["id"] for question in quiz}) == len(quiz)
    assert f'display_quiz("{chapter.path.stem}-quiz.json"' in chapter.text


def test_every_answer_has_feedback_of_its_own(question):
    feedback = [answer["feedback"] for answer in question["answers"]]
    assert all(len(text) >= 15 for text in feedback)
    assert len(set(feedback)) == len(feedback)


def test_formulas_open_and_close(question):
    for text in [question["question"], *(str(answer) for answer in question["answers"])]:
        assert text.count("$") % 2 == 0
        assert "](" not in text  # jupyterquiz would make a link of it


def test_a_choice_has_as_many_right_answers_as_it_says(question):
    right = [answer.get("correct") for answer in question["answers"]].count(True)
    if question["type"] == "multiple_choice":
        assert right == 1 and len(question["answers"]) >= 3
    elif question["type"] == "many_choice":
        assert 1 < right < len(question["answers"])
        assert "Choose all that apply" in question["question"]
    else:
        assert right == 1


def test_a_number_is_right_in_one_range_and_has_feedback_for_any_other(question):
    if question["type"] != "numeric":
        assert all("answer" in answer for answer in question["answers"])
        return
    *ranges, default = question["answers"]
    assert default["type"] == "default"
    assert all(low < high for low, high in (answer["range"] for answer in ranges))
    bounds = sorted(answer["range"] for answer in ranges)
    assert all(left[1] <= right[0] for left, right in itertools.pairwise(bounds))


# --- the numbers, right and wrong ones in the order of the answers ---


def one_feature(lam: float) -> float:
    return ridge_path([[-1.0], [1.0]], [0.0, 4.0], [lam]).coef[0, 0]


def kept(variance: float, lam: float) -> float:
    """The factor on least squares along a direction in which the rows have this variance."""
    x = np.sqrt(variance) * np.array([[-1.0], [1.0]])
    ridge, least_squares = ridge_path(x, [0.0, 1.0], [lam, 0.0]).coef.ravel()
    return ridge / least_squares


def alpha_for(n: int, lam: float) -> float:
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(n, 3)), rng.normal(size=n)
    assert np.allclose(Ridge(alpha=n * lam).fit(X, y).coef_, ridge_path(X, y, [lam]).coef[0])
    return n * lam


def penalty(w: list[float], lam: float, l1_ratio: float = 1.0) -> float:
    """What is left of J when there is nothing to misfit."""
    return objective(w, 0.0, np.zeros((2, len(w))), [0.0, 0.0], lam, ElasticNet(l1_ratio))


def one_coordinate(lam: float, l1_ratio: float) -> float:
    """The elastic net on two centred rows with a = xᵀx/n = 2 and c = xᵀy/n = 4."""
    x = np.sqrt(2) * np.array([[-1.0], [1.0]])
    return elastic_net_path(x, np.sqrt(8) * np.array([-1.0, 1.0]), [lam], l1_ratio).coef[0, 0]


def lam_max(x: list[float], y: list[float]) -> float:
    return lambda_grid(np.array(x)[:, None], y, num=1)[0]


X3, Y3 = [1.0, 2.0, 3.0], [2.0, 2.0, 8.0]

FOLDS = [3.0, 5.0, 7.0, 5.0]

NUMBERS = {
    "overfitting-quiz": {
        "parts": [
            0.3**2 + 0.2**2 + 0.03,
            0.2**2 + 0.03,
            0.3 + 0.2**2 + 0.03,
            0.3**2 + 0.2 + 0.03,
            0.3**2 + 0.2**2 + 0.03**2,
            0.3 + 0.2 + 0.03,
        ],
        "optimism": [
            4 * (1 - 10 / 50),
            4 * (1 + 10 / 50),
            4.0,
            4 * (1 - 11 / 50),
            2 * 4 * 10 / 50,
            4 * 10 / 50,
        ],
        "shortest": [
            ridge_path([[1, 2], [-1, -2]], [10, 0], [0.0]).coef[0, 1],
            ridge_path([[1, 2], [-1, -2]], [10, 0], [0.0]).coef[0, 0],
            5 / 2,
            5 / (1 + 2),
            10 * 2 / (1 + 4),
        ],
    },
    "ridge-quiz": {
        "pencil": [one_feature(3), one_feature(1.5), one_feature(6), one_feature(0)],
        "factor": [kept(0.25, 0.75), 1 - kept(0.25, 0.75), kept(0.25**2, 0.75), 0.25 / 0.75],
        "sklearn": [alpha_for(200, 0.05), 0.05, 200 * 0.05 / 2, 0.05 / 200],
        "decay": [(1 - 0.1 * 0.5) * 2, (1 - 0.5) * 2, 2 - 0.1 * 2 * 0.5 * 2, 2.0],
    },
    "lasso-quiz": {
        "l1-norm": [
            penalty([3, -4], 0.5),
            0.5 * np.linalg.norm([3, -4]),
            0.5 * np.linalg.norm([3, -4], ord=np.inf),
            0.5 * sum([3, -4]),
            penalty([3, -4], 0.5, l1_ratio=0),
            2 * penalty([3, -4], 0.5, l1_ratio=0),
            penalty([3, -4], 0.5) / 2,
            penalty([3, -4], 1),
        ],
        "soft": [soft_threshold(-1.2, 0.5), -1.2, -1.2 - 0.5, 1.2 - 0.5, -1.2 / (1 + 0.5), 0.0],
        "coordinate": [
            one_coordinate(1, 0.5),
            one_coordinate(1, 1),
            soft_threshold(4, 0.5) / 2,
            soft_threshold(4, 0.5) / (2 + 2 * 0.5),
            soft_threshold(4, 1) / (2 + 0.5),
            soft_threshold(4, 0.5),
            one_coordinate(0.5, 0),
        ],
        "lam-max": [
            lam_max(X3, Y3),
            np.dot(X3, Y3) / 3,
            3 * lam_max(X3, Y3),
            2 * lam_max(X3, Y3),
            lam_max(X3, Y3) / 2,
            lam_max(X3, Y3) / np.var(X3),
            lam_max(X3, Y3) / np.std(X3),
        ],
    },
    "cross-validation-quiz": {
        "standard-error": [
            np.std(FOLDS, ddof=1) / 2,
            np.std(FOLDS) / 2,
            np.std(FOLDS, ddof=1),
            np.std(FOLDS),
            np.std(FOLDS, ddof=1) / 4,
            np.var(FOLDS, ddof=1),
        ],
        "leave-one-out": [
            1.2 / (1 - 0.35 - 1 / 20),
            1.2 / (1 - 0.35),
            1.2 / (1 - 0.35 - 1 / 20) ** 2,
            1.2 * (1 - 0.35 - 1 / 20),
            1.2 / (0.35 + 1 / 20),
        ],
        "pencil-loo": [10 * 0.6, 11 * 0.6, 0.6, 0.6 / 10],
        "alpha": [0.05 * 9 / alpha_for(180, 0.05), 9 / 200, 9 / 20, 9.0],
    },
}


def test_every_number_is_computed_again(quizzes):
    for name, quiz in quizzes.items():
        numeric = {question["id"]: question for question in quiz if question["type"] == "numeric"}
        computed = NUMBERS.get(name, {})
        assert set(numeric) == set(computed)
        for key, values in computed.items():
            ranges = [answer["range"] for answer in numeric[key]["answers"][:-1]]
            assert len(ranges) == len(values)
            for (low, high), value in zip(ranges, values, strict=True):
                assert low <= value < high, (key, value)
