"""tune: a slider over a learner's own function, whatever that function does."""

import base64
import re
import sys
import time

import numpy as np
import pytest
from degenerate import arrays

from reglib.widgets import tune

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


def words(box):
    return re.sub(r"<[^>]*>", "", box.children[-2 if len(box.children) == 3 else 0].value)


def picture(box):
    data = re.search(r'src="data:image/png;base64,([^"]+)"', box.children[2].value)[1]
    assert base64.b64decode(data).startswith(b"\x89PNG")
    return data


def test_moving_the_slider_moves_words_and_picture():
    box = tune(fit, X, Y, LAMS, validation=(X[:4], Y[:4]), names=["a", "b", "c"])
    slider = box.children[0]
    assert [label for label, _ in slider.options] == ["0", "0.1", "1"]
    seen = set()
    for label, at in slider.options:
        slider.value = at
        lam = float(label)
        w, b = fit(X, Y, lam)
        error = np.mean((Y - b - X @ w) ** 2)
        held_out = np.mean((Y[:4] - b - X[:4] @ w) ** 2)
        assert f"λ = {label}." in words(box) and f"Intercept: {b:.4g}." in words(box)
        assert f"{error:.4g} on the training rows and {held_out:.4g} on the" in words(box)
        assert f"from {'abc'[w.argmin()]} = {w.min():.3g} to {'abc'[w.argmax()]} = " in words(box)
        assert f'alt="{words(box)}"' in box.children[2].value
        seen.add(picture(box))
    assert len(seen) == 3


@pytest.mark.parametrize("p", [1, 20])
def test_one_feature_and_many(p):
    rows = RNG.normal(size=(30, p))
    picture(tune(fit, rows, rows[:, 0], [0.5]))
    picture(tune(fit, rows, np.ones(30), [0.0, 2.0]))


def test_nothing_reaches_stdout_or_stderr(capfd, recwarn):
    def noisy(X, y, lam):
        print("printed")
        np.ones(1) / np.zeros(1)
        return fit(X, y, lam)

    picture(tune(noisy, X, Y, [0.0]))
    assert capfd.readouterr() == ("", "") and not recwarn.list


def test_the_callers_arrays_stay_as_they_are():
    def spoiling(X, y, lam):
        answer = fit(X, y, lam)
        X *= 0
        y *= 0
        return answer

    before = X.copy(), Y.copy()
    assert picture(tune(spoiling, X, Y, LAMS)) == picture(tune(fit, X, Y, LAMS))
    assert np.array_equal(before[0], X) and np.array_equal(before[1], Y)


def raises(X, y, lam):
    raise ZeroDivisionError("<b>zero</b>")


@pytest.mark.parametrize(
    ("function", "sentence"),
    [
        (raises, "At λ = 0, your function raised ZeroDivisionError: &lt;b&gt;zero&lt;/b&gt;"),
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
    box = tune(function, X, Y, LAMS)
    assert len(box.children) == 1 and sentence in box.children[0].value


def test_an_unfinished_function_is_asked_for():
    def unfinished(X, y, lam):
        raise NotImplementedError

    assert words(tune(unfinished, X, Y, LAMS)) == (
        "Finish your function first, then run this cell again."
    )


def test_a_function_without_end_is_ended(monkeypatch):
    monkeypatch.setattr(module, "SECONDS", 0.2)

    def endless(X, y, lam):
        while True:
            try:
                time.sleep(0.1)
            except:  # noqa: E722
                continue

    assert "did not finish in time" in words(tune(endless, X, Y, LAMS))


def test_trouble_at_one_value_is_said_there():
    def fails_at_zero(X, y, lam):
        return fit(X, y, lam) if lam else None

    box = tune(fails_at_zero, X, Y, LAMS)
    assert words(box) == "At λ = 0, your function returned nothing: end it with `return w, b`."
    box.children[0].value = 1
    assert words(box).startswith("λ = 0.1. Mean squared error:")
    picture(box)


def test_where_nobody_sees_widgets_words_are_made_and_no_picture(monkeypatch):
    monkeypatch.setenv(module.UNSEEN, "1")
    box = tune(fit, X, Y, LAMS)
    assert words(box).startswith("λ = 0.") and box.children[2].value == ""
    monkeypatch.delenv(module.UNSEEN)
    picture(tune(fit, X, Y, LAMS))


@pytest.mark.parametrize(
    "given", [given for case, given in arrays(tune) if case.startswith(("y", "its only column"))]
)
def test_degenerate_data_are_refused_in_a_sentence_or_drawn(given, recwarn):
    try:
        box = tune(fit, **given, lams=[0.0, 1e-40, 1.0, 1e40])
    except ValueError as why:
        assert re.match(r"(X|y) .*: (pass|remove) ", str(why))
    else:
        assert words(box).startswith("λ = 0.")
        picture(box)
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
