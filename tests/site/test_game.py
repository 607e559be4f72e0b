"""The game in a page with no kernel: what it computes, how it is played, how it ends."""

import json

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from hands import PHONE, load, numbers, sentence, settle, slider, typed
from playwright.sync_api import expect

from reglib.widgets import GameExplorer
from reglib.widgets.game import LAMS, LIKE_HERS, OTHERS, ROUNDS, SETS, Set

STIFF = "How stiff should the curve be?"


@pytest.fixture(scope="module")
def game(browser):
    page = load(browser, "game.js")
    page.evaluate("(facts) => { window.facts = facts; }", GameExplorer().facts())
    yield page
    page.close()


@pytest.fixture(scope="module")
def sets():
    """The sets on which one value is found, and those that are compared."""
    return [[Set(first + k) for k in range(SETS)] for first in (OTHERS, LIKE_HERS)]


def test_a_set_and_what_is_known_of_it_equal_reglib(game):
    for seed in (0, 7, 150, 151, OTHERS - 1, LIKE_HERS + 3):
        shown = game.evaluate(
            """(seed) => {
              const { fits, truth, chosen, ...set } = module.makeSet(facts, seed);
              const coefs = fits.map(({ w, b }) => [b, ...w]);
              return { ...set, coefs, truths: set.x.map(truth), chosen: chosen() };
            }""",
            seed,
        )
        now = Set(seed)
        for name, expected in (
            ("x", now.x),
            ("y", now.y),
            ("xNew", now.x_new),
            ("yNew", now.y_new),
            ("truths", now.truth(now.x)),
        ):
            np.testing.assert_allclose(shown[name], expected, rtol=1e-10, atol=1e-12)
        coefs = np.column_stack([now.path.intercept, now.path.coef])
        for k, (ours, theirs) in enumerate(zip(coefs, shown["coefs"], strict=True)):
            scale = np.abs(ours).max()
            np.testing.assert_allclose(theirs, ours, rtol=1e-8, atol=1e-8 * scale, err_msg=str(k))
        np.testing.assert_allclose(shown["errors"], now.errors, rtol=1e-8)
        np.testing.assert_allclose(shown["scores"], now.scores, rtol=1e-6, atol=1e-5)
        assert (shown["best"], shown["chosen"]) == (now.errors.argmin(), now.chosen())


def test_all_that_is_compared_on_two_hundred_sets_equals_reglib(game, sets):
    shown = json.loads(
        game.evaluate(
            """() => {
              const all = module.comparison(facts);
              while (all.done < all.wanted) all.step();
              const { fixed, crossValidated } = all;
              const scores = facts.lams.map((_, k) => all.scores(k));
              const bounds = scores.map(module.medianBounds);
              return JSON.stringify({ fixed, crossValidated, scores, bounds });
            }"""
        )
    )
    others, like_hers = (np.array([each.scores for each in some]) for some in sets)
    fixed = int(np.median(others, axis=0).argmin())
    assert shown["fixed"] == fixed
    np.testing.assert_allclose(np.transpose(shown["scores"]), like_hers, rtol=1e-6, atol=1e-5)
    by_cv = [each.scores[each.chosen()] for each in sets[1]]
    np.testing.assert_allclose(shown["crossValidated"], by_cv, rtol=1e-6, atol=1e-5)
    # Between these order statistics the median lies in 95 of 100 samples of two hundred.
    ordered = np.sort(like_hers, axis=0)
    np.testing.assert_allclose(np.transpose(shown["bounds"]), ordered[[85, 114]], rtol=1e-6)


def test_the_bounds_of_a_median_hold_it_in_95_of_100_samples(game):
    held = game.evaluate(
        """(size) => {
          let held = 0;
          for (let seed = 0; seed < 2000; seed++) {
            const sample = module.uniforms(seed, size).map((u) => -Math.log(u));
            const [low, high] = module.medianBounds(sample);
            held += low <= Math.LN2 && Math.LN2 <= high;
          }
          return held / 2000;
        }""",
        SETS,
    )
    assert held == pytest.approx(0.95, abs=0.02)


def score(value):
    """A score as it is shown: two digits, in %."""
    return f"{float(f'{value:.2g}'):g}\u00a0%"


def test_five_rounds_by_keyboard_and_what_they_come_to(show, sets):
    page = show(GameExplorer())
    made = [Set(GameExplorer().seed + k) for k in range(ROUNDS)]
    choices = [12, 13, 7, 0, 9]
    secrets = [page.locator(".fresh"), page.locator(".explorer-view > svg path.line").first]
    onward = page.locator(".explorer-controls button")
    for k, (choice, now) in enumerate(zip(choices, made, strict=True)):
        # Before she has chosen there is nothing on the page that tells the truth.
        assert [secret.get_attribute("d") for secret in secrets] == ["", ""]
        assert not page.locator(".explorer-view.later > svg").is_visible()
        assert "new points" not in " ".join(numbers(page))
        typed(page, STIFF).fill(str(choice))
        typed(page, STIFF).press("Enter")
        slider(page, STIFF).press("ArrowRight")
        slider(page, STIFF).press("ArrowLeft")
        settle(page)
        assert sentence(page).startswith(f"Round {k + 1} of 5, stiffness {choice}: the curve turns")
        shown = numbers(page)
        heights = [value for name, value in shown.items() if name.startswith("point ")]
        np.testing.assert_allclose(heights, now.y, rtol=1e-9, atol=1e-12)
        curve = [value for name, value in shown.items() if name.startswith("curve at point ")]
        error = np.mean((np.array(curve) - now.y) ** 2)
        assert shown["error on the training points"] == pytest.approx(error, rel=1e-9)
        expect(page.get_by_role("status")).to_contain_text(
            f"stiffness {choice}: turns of the curve"
        )

        onward.press("Enter")
        settle(page)
        shown = numbers(page)
        assert len(secrets[0].get_attribute("d").split("M")) == 1001
        assert secrets[1].get_attribute("d")
        assert shown["your score, in % of the noise"] == pytest.approx(now.scores[choice], abs=1e-4)
        assert shown["stiffness of the least error"] == now.errors.argmin()
        assert f"your score is {score(now.scores[choice])}." in sentence(page)
        # The slider may be moved now, and that does not change the score.
        slider(page, STIFF).press("End")
        settle(page)
        assert numbers(page)["error on the new points"] == pytest.approx(now.errors[-1], rel=1e-8)
        assert f"your score is {score(now.scores[choice])}." in sentence(page)
        assert onward.inner_text() == ("Next round" if k < 4 else "How did I do?")
        onward.press("Enter")
        settle(page)
    page.locator(".explorer-board table").wait_for()
    expect(page.get_by_role("status")).to_contain_text("Five rounds prove little; these are 200")
    assert onward.evaluate("(node) => node === document.activeElement")

    others, like_hers = (np.array([each.scores for each in some]) for some in sets)
    fixed = int(np.median(others, axis=0).argmin())
    rows = page.locator(".explorer-board tbody tr").all_inner_texts()
    found = {row.split("\t")[0]: row.split("\t")[1:] for row in rows}
    hers = np.median([now.scores[choice] for now, choice in zip(made, choices, strict=True)])
    assert found["You, round by round"] == [score(hers), "–", "–"]
    for who, k in (
        ("Your middle choice, 9, each time", 9),
        ("Always 0", 0),
        (f"Always {fixed}, the best on 200 other sets", fixed),
    ):
        five, many, tenth = found[who]
        assert five == score(np.median([now.scores[k] for now in made]))
        assert many.startswith(score(np.median(like_hers[:, k])))
        assert tenth == score(np.quantile(like_hers[:, k], 0.9))
    five, many, _ = found["Cross-validation, of the training points"]
    assert five == score(np.median([now.scores[now.chosen()] for now in made]))
    assert many.startswith(score(np.median([now.scores[now.chosen()] for now in sets[1]])))
    check(page)

    onward.press("Enter")
    settle(page)
    assert sentence(page).startswith("Round 1 of 5, stiffness 24:")
    assert page.locator(".explorer-board table").count() == 0
    page.wait_for_function("location.search === '?game.stiffness=24&game.seed=155'")


def check(page):
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
        assert not [v["id"] for v in found if v["impact"] in ("serious", "critical")]


def test_on_a_phone_every_state_fits(visit, explorers):
    for traits in ({}, {"choices": [9], "looking": True}, {"choices": [9] * 5}):
        page = visit(explorers(GameExplorer(**traits)), **PHONE)
        page.locator(".explorer").wait_for()
        if len(traits.get("choices", [])) == ROUNDS:
            page.locator(".explorer-board table").wait_for()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        if "looking" in traits:
            check(page)


def test_the_steps_of_the_slider_are_the_penalties_that_the_class_names():
    assert LAMS[0] == 0
    np.testing.assert_allclose(LAMS[1:], [10 ** ((k - 1) / 3 - 7) for k in range(1, 25)])
