"""tune: a slider over a learner's own function, whatever that function does."""

import json
import re
import sys
import time

import numpy as np
import pytest
from degenerate import arrays

from reglib.widgets import front, tune

module = sys.modules["reglib.widgets.tune"]
RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(12, 3)), RNG.normal(size=12)
LAMS = [0.1, 0.0, 1.0]


def fit(X, y, lam):
    centred = X - X.mean(axis=0)
    w = np.linalg.lstsq(
        centred.T @ centred + len(y) * lam * np.eye(X.shape[1]), centred.T @ y, rcond=None
    )[0]
    return w, y.mean() - X.mean(axis=0) @ w


def drawable(shown):
    """What is sent to be drawn, all of which is a number and can be sent."""
    facts = shown.state()["_facts"]
    json.dumps(facts, allow_nan=False)
    return facts


def test_what_is_shown_at_each_lambda_is_what_the_function_gave():
    shown = tune(fit, X, Y, LAMS, validation=(X[:4], Y[:4]), names=["a", "b", "c"])
    facts = drawable(shown)
    assert facts["names"] == ["a", "b", "c"]
    assert facts["actual"] == {"training": Y.tolist(), "validation": Y[:4].tolist()}
    assert [step["label"] for step in facts["steps"]] == ["0", "0.1", "1"]
    for step, words in zip(facts["steps"], shown.words, strict=True):
        w, b = fit(X, Y, step["lam"])
        assert (step["w"], step["b"]) == (w.tolist(), b)
        for kind, rows in (("training", slice(None)), ("validation", slice(4))):
            assert step["fitted"][kind] == (b + X[rows] @ w).tolist()
            error = np.mean((Y[rows] - b - X[rows] @ w) ** 2)
            assert step["errors"][kind] == pytest.approx(error, rel=1e-12)
            assert f"{error:.4g} on the {kind} rows" in words
        assert f"λ = {step['label']}." in words and f"Intercept: {b:.4g}." in words
        assert f"from {'abc'[w.argmin()]} = {w.min():.3g} to {'abc'[w.argmax()]} = " in words


@pytest.mark.parametrize("p", [1, 20])
def test_one_feature_and_many(p):
    rows = RNG.normal(size=(30, p))
    facts = drawable(tune(fit, rows, rows[:, 0], [0.5]))
    assert facts.get("x") == (rows[:, 0].tolist() if p == 1 else None)
    drawable(tune(fit, rows, np.ones(30), [0.0, 2.0]))


def test_nothing_reaches_stdout_or_stderr(capfd, recwarn):
    def noisy(X, y, lam):
        print("printed")
        np.ones(1) / np.zeros(1)
        return fit(X, y, lam)

    drawable(tune(noisy, X, Y, [0.0]))
    assert capfd.readouterr() == ("", "") and not recwarn.list


def test_the_callers_arrays_stay_as_they_are():
    def spoiling(X, y, lam):
        answer = fit(X, y, lam)
        X *= 0
        y *= 0
        return answer

    before = X.copy(), Y.copy()
    assert drawable(tune(spoiling, X, Y, LAMS)) == drawable(tune(fit, X, Y, LAMS))
    assert np.array_equal(before[0], X) and np.array_equal(before[1], Y)


def raises(X, y, lam):
    raise ZeroDivisionError("<b>zero</b>")


@pytest.mark.parametrize(
    ("function", "sentence"),
    [
        (raises, "At λ = 0, your function raised ZeroDivisionError: <b>zero</b>"),
        (lambda X, y, lam: exit(), "At λ = 0, your function raised SystemExit"),
        (lambda X, y: None, "your function raised TypeError"),
        (lambda X, y, lam: None, "your function returned nothing: end it with `return w, b`."),
        (lambda X, y, lam: X, "your function did not return a pair (w, b) of numbers."),
        (lambda X, y, lam: ("w", "b"), "did not return a pair (w, b) of numbers."),
        (lambda X, y, lam: (np.ones((3, 1)), 0.0), "your w has shape (3, 1) and your b has shape"),
        (lambda X, y, lam: (np.full(3, np.nan), 0.0), "your w or b contains NaN or infinity."),
        (lambda X, y, lam: (np.full(3, 1e200), 0.0), "your w or b is too large to be drawn."),
    ],
)
def test_a_function_that_cannot_be_drawn_gets_a_sentence(function, sentence):
    shown = tune(function, X, Y, LAMS)
    assert sentence in repr(shown)
    assert shown._repr_mimebundle_() == {"text/plain": repr(shown)}


def test_a_function_that_is_not_written_yet_is_named():
    names = {"__name__": "__main__"}
    code = "def helper(X):\n    raise NotImplementedError\n"
    exec(f"{code}def mine(X, y, lam):\n    return helper(X)", names)
    told = "This needs `helper`, which is not written yet."
    assert repr(tune(names["mine"], X, Y, LAMS)) == told


def test_a_function_without_end_is_ended(monkeypatch):
    monkeypatch.setattr(module, "SECONDS", 0.2)

    def endless(X, y, lam):
        while True:
            try:
                time.sleep(0.1)
            except:  # noqa: E722
                continue

    assert "did not finish in time" in repr(tune(endless, X, Y, LAMS))


def test_trouble_at_one_value_is_said_there_and_nothing_is_drawn():
    def fails_at_zero(X, y, lam):
        return fit(X, y, lam) if lam else None

    shown = tune(fails_at_zero, X, Y, LAMS)
    assert repr(shown) == "At λ = 0, your function returned nothing: end it with `return w, b`."
    assert shown.words[1].startswith("λ = 0.1. Mean squared error:")
    first, *others = drawable(shown)["steps"]
    assert first == {"lam": 0.0, "label": "0"} and all("fitted" in step for step in others)


def test_where_nobody_sees_widgets_there_are_words_alone(monkeypatch):
    shown = tune(fit, X, Y, LAMS)
    assert len(shown._repr_mimebundle_()) > 1
    monkeypatch.setenv(front.UNSEEN, "1")
    assert shown._repr_mimebundle_() == {"text/plain": repr(shown)}


@pytest.mark.parametrize(
    "given", [given for case, given in arrays(tune) if case.startswith(("y", "its only column"))]
)
def test_degenerate_data_are_refused_in_a_sentence_or_drawn(given, recwarn):
    try:
        shown = tune(fit, **given, lams=[0.0, 1e-40, 1.0, 1e40])
    except ValueError as why:
        assert re.match(r"(X|y) .*: (pass|remove) ", str(why))
    else:
        assert repr(shown).startswith("λ = 0.")
        drawable(shown)
    assert not [str(warning.message) for warning in recwarn]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"fit": 3}, "fit is not a function"),
        ({"X": X[:, 0]}, "X has shape"),
        ({"y": Y[:, None]}, "y has shape"),
        ({"y": Y[1:]}, "y has 11 entries"),
        ({"lams": [-1.0]}, "lams contains -1"),
        ({"lams": []}, "lams is empty"),
        ({"lams": 1.0}, "lams has shape"),
        ({"lams": [0.0, 1e99]}, "lams has entries beyond 1e.50 in size: pass it in other units"),
        ({"names": ["a"]}, "names has 1 entries: pass one for each column, 3"),
        ({"validation": X}, "validation is not a pair"),
        ({"validation": (X[:, :2], Y)}, "validation's X has 2 columns: pass the 3 columns of X"),
        ({"validation": (X, Y[1:])}, "validation's y has 11 entries"),
    ],
)
def test_bad_arguments_are_named(change, message):
    arguments = {"fit": fit, "X": X, "y": Y, "lams": LAMS, **change}
    with pytest.raises(ValueError, match=message):
        tune(**arguments)
