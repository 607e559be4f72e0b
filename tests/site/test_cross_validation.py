"""The cross-validation explorer in a page with no kernel: exact for all folds, by every hand."""

import re

import numpy as np
import pytest
from hands import PHONE, explorers_on, load, numbers, sentence, settle, slider, type_in, typed

from reglib import cross_validate, kfold, load_diabetes, polynomial, ridge_path, standardize
from reglib.widgets import CrossValidationExplorer, RidgeExplorer
from reglib.widgets.cross_validation import LAMS

K, REPEAT, RISK = "k, the number of folds", "Repeat 100 times with", "Show the true risk"
LEAST, RULE = "λ of the least mean, of 100", "λ of the one-SE rule, of 100"


def rows_held_out(page):
    """What the table says about each fold, as lists of row numbers from 0."""
    cells = page.locator("th:text-matches('^rows held out by fold') + td").all_text_contents()
    return [[int(row) - 1 for row in cell.split(", ")] for cell in cells]


def assert_equals_reglib(page, explorer):
    """What the page shows is what reglib computes on the same data and folds."""
    shown, cv, folds = numbers(page), explorer.cv(), explorer.folds()
    held_out = [held_out.tolist() for _, held_out in folds]
    assert rows_held_out(page) == held_out
    words = "; ".join(
        f"fold {f} holds out {', '.join(str(row + 1) for row in rows)}"
        for f, rows in enumerate(held_out, 1)
    )
    title = f"{explorer.k} folds of {explorer.rows} rows: {words}."
    assert page.get_by_role("img", name=title, exact=True).count() == 1
    best, rule = (np.flatnonzero(cv.lams == lam)[0] for lam in (cv.best, cv.one_se))
    expected = {
        "λ of least mean": cv.best,
        "least mean error": cv.mean[best],
        "standard error there": cv.se[best],
        "λ by the one-SE rule": cv.one_se,
        "mean error there": cv.mean[rule],
    }
    for f, errors in enumerate(cv.errors, 1):
        expected[f"error of fold {f} at the λ of least mean"] = errors[best]
    if explorer.risk_shown:
        risk = explorer.risk()
        expected |= {
            "true risk at the λ of least mean": risk[best],
            "true risk at the λ of the rule": risk[rule],
            "least true risk": risk.min(),
            "λ of least true risk": cv.lams[risk.argmin()],
        }
    assert {name: shown[name] for name in expected} == pytest.approx(expected, rel=1e-8)
    assert any("risk" in name for name in shown) == explorer.risk_shown


def test_every_number_equals_reglib(show):
    explorer = CrossValidationExplorer(risk_shown=True)
    page = show(explorer)
    for k in (2, 3, 7, 10, 39, 40):
        explorer.k = k
        type_in(page, K, str(k))
        assert_equals_reglib(page, explorer)


@pytest.fixture(scope="module")
def folds(browser):
    page = load(browser, "folds.js")
    yield page
    page.close()


def test_the_page_makes_the_folds_that_python_makes(folds):
    for n, k, shuffle in ((40, 10, 0), (40, 7, 2**31 - 1), (5, 5, 3), (150, 4, 99), (3, 2, 1)):
        rng = np.random.default_rng(0)
        explorer = CrossValidationExplorer(rng.normal(size=(n, 2)), rng.normal(size=n), k=k)
        shown = folds.evaluate("(args) => module.makeFolds(...args)", [n, k, shuffle])
        assert shown == [held_out.tolist() for _, held_out in explorer.folds(shuffle)]


def cases():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(40, 12)), rng.normal(size=40)
    yield "well conditioned", X, y, (2, 3, 10, 39, 40), LAMS
    yield "a column twice", X[:, [0, 1, 1, 2]], y, (4, 40), LAMS
    yield "a constant column", np.column_stack([X, np.full(40, 0.1)]), y, (4, 40), LAMS
    wide = rng.normal(size=(20, 50))
    yield "more columns than rows", wide, y[:20], (2, 7, 20), LAMS
    yield "and hardly a penalty", wide, y[:20], (2, 7, 20), [1e-12, 1e-8, 1e-4]
    yield "as many columns as spare rows", wide[:, :19], y[:20], (2, 5, 20), LAMS
    diabetes = load_diabetes()
    yield "raw units", diabetes.X[:90], diabetes.y[:90], (5, 90), LAMS
    x = np.linspace(-1, 1, 20)
    yield "degree 9", polynomial(x, 9), np.sin(3 * x) + 0.3 * y[:20], (4, 20), LAMS * 1e-3
    yield "two rows", X[:2], y[:2], (2,), LAMS


@pytest.mark.parametrize(
    ("X", "y", "ks", "lams"), [pytest.param(*case[1:], id=case[0]) for case in cases()]
)
def test_the_errors_without_refits_equal_those_of_reglib_s_refits(folds, X, y, ks, lams):
    for k in ks:
        parts = kfold(len(y), k, np.random.default_rng(k))
        cv = cross_validate(ridge_path, X, y, lams, parts)
        errors, best, one_se = folds.evaluate(
            """([X, y, lams, parts]) => {
              const errors = parts.map(module.foldErrors(X, y, lams));
              const { best, oneSe } = module.choose(lams, errors);
              return [errors, lams[best], lams[oneSe]];
            }""",
            [X.T.tolist(), y.tolist(), list(lams), [held_out.tolist() for _, held_out in parts]],
        )
        np.testing.assert_allclose(errors, cv.errors, rtol=1e-8)
        if len(y) > 2:  # with one row to fit, all λ are equal but for rounding
            assert (best, one_se) == (cv.best, cv.one_se)


def test_of_equal_means_the_larger_lambda_is_chosen_and_within_one_se_is_at_most(folds):
    def choose(lams, errors):
        chosen = folds.evaluate("(args) => module.choose(...args)", [lams, errors])
        return lams[chosen["best"]], lams[chosen["oneSe"]]

    assert choose([1, 2, 3], [[2, 1, 1], [2, 1, 1]]) == (3, 3)
    assert choose([3, 2, 1], [[1, 1, 2], [1, 1, 2]]) == (3, 3)
    # Least mean 2 at λ = 1, standard error 1 there: λ = 10 with mean 3 is just within.
    assert choose([1, 10, 100], [[1, 3, 3], [3, 3, 4]]) == (1, 10)


def test_the_controls_work_by_keyboard(show):
    explorer = CrossValidationExplorer()
    page = show(explorer)
    page.keyboard.press("Tab")
    assert slider(page, K).evaluate("node => node === document.activeElement")
    page.keyboard.press("ArrowLeft")
    explorer.k = 9
    settle(page)
    assert typed(page, K).input_value() == "9"
    assert sentence(page).startswith("9 folds of 40 rows: the mean validation error is least, ")
    assert_equals_reglib(page, explorer)
    for name in ("Reshuffle", "New data"):
        page.get_by_role("button", name=name).press("Enter")
    page.get_by_role("button", name="Reshuffle").press("Space")
    explorer.shuffle, explorer.seed = 2, explorer.seed + 1
    settle(page)
    assert_equals_reglib(page, explorer)
    page.get_by_role("checkbox", name=RISK).press("Space")
    explorer.risk_shown = True
    settle(page)
    assert_equals_reglib(page, explorer)


def test_the_true_risk_is_covered_until_it_is_asked_for(show):
    page = show(CrossValidationExplorer())
    title = page.get_by_text("true risk, known because we made the data")
    assert not title.is_visible()
    assert "risk" not in sentence(page)
    page.get_by_role("checkbox", name=RISK).check()
    settle(page)
    assert title.is_visible()
    assert "The true risk is " in sentence(page)
    assert "test" not in page.locator(".explorer").inner_text()
    page.get_by_role("checkbox", name=RISK).uncheck()
    settle(page)
    assert not title.is_visible()
    assert "risk" not in sentence(page)


def test_the_sentence_says_what_the_table_says(show):
    page = show(CrossValidationExplorer(k=5))
    shown = numbers(page)
    words = re.search(
        r"is least, (\S+) ± (\S+) .*at λ = (\S+)\. .* takes λ = (\S+)\.", sentence(page)
    )
    names = ("least mean error", "standard error there", "λ of least mean", "λ by the one-SE rule")
    for word, name in zip(words.groups(), names, strict=True):
        assert float(word) == pytest.approx(shown[name], rel=5e-3)


def repeat(page, option):
    page.get_by_label(REPEAT).select_option(option)
    page.wait_for_function(
        "() => document.querySelector('.explorer-state').textContent.includes(' over 100 ')"
    )


@pytest.mark.parametrize("option", ["other shuffles", "other data"])
def test_a_hundred_repetitions_choose_as_reglib_does(show, option):
    explorer = CrossValidationExplorer(k=5, seed=2**31 - 50, repeat=option)
    page = show(CrossValidationExplorer(k=5, seed=2**31 - 50, risk_shown=True))
    assert page.get_by_text("nothing is repeated yet").is_visible()
    repeat(page, option)
    shown = numbers(page)
    lams = np.array(explorer.cv().lams)
    for name, chosen in zip((LEAST, RULE), explorer.repetitions(), strict=True):
        for part, value in (
            ("smallest", chosen.min()), ("median", np.median(chosen)), ("largest", chosen.max())
        ):  # fmt: skip
            assert shown[f"{part} {name}"] == pytest.approx(value, rel=1e-12)
        seeds = (explorer.seed + np.arange(100) * (option == "other data")) % 2**31
        risks = [explorer.risk(int(s))[lams == lam] for s, lam in zip(seeds, chosen, strict=True)]
        title = name.removeprefix("λ of ")
        assert shown[f"mean true risk of {title}"] == pytest.approx(np.mean(risks), rel=1e-8)
    assert page.get_by_text("nothing is repeated yet").count() == 0
    # Each of the hundred is in a bar: their heights add up.
    up, down = page.locator(".explorer-view:last-child svg g path").evaluate_all(
        """paths => paths.map((path) => path.getAttribute("d").match(/V[^h]*/g)
             .reduce((sum, end) => sum + Math.abs(end.slice(1) - 80), 0))"""
    )
    assert up == pytest.approx(down, rel=1e-6)


def test_what_was_repeated_follows_k_and_is_forgotten_on_demand(show):
    explorer = CrossValidationExplorer(k=5, repeat="other shuffles")
    page = show(explorer)
    page.wait_for_function(
        "() => document.querySelector('.explorer-state').textContent.includes(' over 100 ')"
    )
    before = numbers(page)
    page.get_by_role("button", name="Reshuffle").click()
    settle(page)
    after = numbers(page)
    assert after["least mean error"] != before["least mean error"]
    assert all(after[name] == before[name] for name in before if "of 100" in name)
    explorer.k = 20
    type_in(page, K, "20")
    repeat(page, "other shuffles")
    best, _ = explorer.repetitions()
    assert numbers(page)[f"median {LEAST}"] == pytest.approx(np.median(best), rel=1e-12)
    page.get_by_label(REPEAT).select_option("nothing yet")
    settle(page)
    assert "100" not in sentence(page)
    assert page.get_by_text("nothing is repeated yet").is_visible()


def test_it_works_by_finger(show):
    explorer = CrossValidationExplorer()
    page = show(explorer, **PHONE)
    page.get_by_role("button", name="Reshuffle").tap()
    page.get_by_role("checkbox", name=RISK).tap()
    box = slider(page, K).bounding_box()
    page.touchscreen.tap(box["x"] + 0.5 * box["width"], box["y"] + box["height"] / 2)
    settle(page)
    explorer.shuffle, explorer.risk_shown = 1, True
    explorer.k = int(typed(page, K).input_value())
    assert explorer.k == pytest.approx(21, abs=1)
    assert_equals_reglib(page, explorer)
    assert page.evaluate("document.documentElement.scrollWidth") == 390


@pytest.mark.parametrize("words", ["1", "41", "2.5", "ten", ""])
def test_what_cannot_be_used_is_answered_in_words_and_changes_nothing(show, words):
    page = show(CrossValidationExplorer())
    before = numbers(page)
    type_in(page, K, words)
    complaint = page.locator(f"#{typed(page, K).get_attribute('aria-describedby')}")
    assert "Type a whole number from 2 to 40; until then it stays at 10." in complaint.inner_text()
    assert numbers(page) == before


def test_it_works_on_the_learners_own_data(show):
    diabetes = load_diabetes()
    X, y = standardize(diabetes.X)[0][:100], diabetes.y[:100]
    explorer = CrossValidationExplorer(X, y, lams=np.geomspace(0.01, 10, 13), k=6)
    page = show(explorer)
    assert_equals_reglib(page, explorer)
    assert page.get_by_role("checkbox").count() == 0
    assert page.get_by_role("button", name="New data").count() == 0
    options = page.get_by_label(REPEAT).locator("option").all_text_contents()
    assert options == ["nothing yet", "other shuffles"]
    slider(page, K).press("End")
    explorer.k = 100
    settle(page)
    assert_equals_reglib(page, explorer)


def test_it_and_another_explorer_do_not_disturb_each_other(visit, explorers):
    two = explorers(CrossValidationExplorer(), CrossValidationExplorer(k=3), RidgeExplorer())
    page = visit(two, until="networkidle")
    first, *others = explorers_on(page, 3)
    before = [other.inner_html() for other in others]
    first.get_by_role("button", name="Reshuffle").click()
    first.get_by_role("checkbox").check()
    first.get_by_label(REPEAT).select_option("other shuffles")
    settle(page)
    assert "true risk" in first.locator(".explorer-state").inner_text()
    assert [other.inner_html() for other in others] == before
