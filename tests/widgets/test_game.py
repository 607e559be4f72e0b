"""The game in Python: its traits, its data, its scores, its picture."""

import numpy as np
import pytest

from reglib import polynomial, ridge_path
from reglib.widgets import GameExplorer
from reglib.widgets.game import LAMS, LIKE_HERS, OTHERS, ROUNDS, SETS, Set


@pytest.mark.parametrize(
    ("trait", "value", "message"),
    [
        ("stiffness", 25, "stiffness is 25: pass a whole number from 0 to 24"),
        ("stiffness", 1.0, "stiffness is 1.0: pass a whole number"),
        ("choices", [1] * 6, r"choices is \[1, 1, 1, 1, 1, 1\]: pass a list of at most 5"),
        ("choices", [3, 25], r"choices\[1\] is 25: pass a whole number from 0 to 24"),
        ("choices", "12", "choices is '12': pass a list of at most 5 whole numbers"),
        ("looking", 1, "looking is 1: pass True or False"),
        ("seed", OTHERS - 4, "seed is 999996: pass a whole number from 0 to 999995"),
    ],
)
def test_a_bad_value_is_named_and_the_one_before_is_kept(trait, value, message):
    game = GameExplorer()
    before = getattr(game, trait)
    with pytest.raises(ValueError, match=message):
        setattr(game, trait, value)
    assert getattr(game, trait) == before


def test_a_score_is_what_could_have_been_avoided_in_percent_of_the_noise():
    for seed in (0, 7, 150):
        now = Set(seed)
        path = ridge_path(polynomial(now.x, 15), now.y, LAMS)
        fitted = path.intercept + polynomial(now.x_new, 15) @ path.coef.T
        errors = np.mean((now.y_new[:, None] - fitted) ** 2, axis=0)
        np.testing.assert_allclose(now.errors, errors, rtol=1e-9)
        np.testing.assert_allclose(now.scores, (errors - errors.min()) / now.noise**2 * 100)
        assert now.scores.min() == 0


def test_rows_and_new_rows_are_the_truth_and_noise_of_that_size():
    for part in ("x y", "x_new y_new"):
        names = part.split()
        z = []
        for now in map(Set, range(60)):
            x, y = (getattr(now, name) for name in names)
            assert np.abs(x).max() <= 1
            z.append((y - now.truth(x)) / now.noise)
        z = np.concatenate(z)
        assert z.mean() == pytest.approx(0, abs=4 / np.sqrt(len(z)))
        assert z.std() == pytest.approx(1, abs=3 / np.sqrt(len(z)))
    noises = [Set(seed).noise for seed in range(60)]
    assert 0.05 < min(noises) < 0.1 and 0.5 < max(noises) < 1


def test_the_sets_that_are_compared_are_never_played():
    assert OTHERS + SETS <= LIKE_HERS
    assert GameExplorer(seed=OTHERS - ROUNDS).seed + ROUNDS <= OTHERS


def test_the_first_game_asks_for_stiff_curves_and_for_loose_ones():
    best = [int(Set(GameExplorer().seed + k).errors.argmin()) for k in range(ROUNDS)]
    assert min(best) <= 3 and max(best) >= 12


def test_it_is_of_the_round_that_is_played():
    def same(game, seed):
        np.testing.assert_array_equal(game.present().y, Set(seed).y)

    same(GameExplorer(seed=3), 3)
    same(GameExplorer(seed=3, choices=[9]), 4)
    same(GameExplorer(seed=3, choices=[9], looking=True), 3)
    same(GameExplorer(seed=3, looking=True), 3)
    same(GameExplorer(seed=3, choices=[9] * 5), 7)


def test_the_picture_and_its_words_tell_no_more_than_a_player_sees():
    game = GameExplorer(stiffness=12)
    (ax,) = game.figure().axes
    assert [line.get_label() for line in ax.lines] == ["training", "curve"]
    np.testing.assert_array_equal(ax.lines[0].get_ydata(), game.present().y)
    now, words = game.present(), game.description()
    fitted = now.path.intercept[12] + polynomial(now.x, 15) @ now.path.coef[12]
    assert f"{np.mean((now.y - fitted) ** 2):.3g}" in words and "stiffness 12" in words
