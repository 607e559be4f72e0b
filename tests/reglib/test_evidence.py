"""A number that chance has a part in is told with no more digits than chance leaves it."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reglib import evidence

SEEDS = range(200)


def value(text):
    """The number in "about 2.0", and what its last digit is worth."""
    mantissa, power = re.fullmatch(r"about (−?[\d.]+)(?: × 10(⁻\d+|[⁻⁰¹²³⁴-⁹]+))?", text).groups()
    digits = mantissa.replace("−", "-")
    zeros = len(digits) - len(digits.rstrip("0")) if "." not in digits else 0
    place = -len(digits.partition(".")[2]) if "." in digits else zeros
    shift = int((power or "⁰").translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")))
    return float(digits) * 10.0**shift, 10.0 ** (place + shift)


@pytest.mark.parametrize("truth", [2.0, 57.3, -0.31, 4.2e-6, 1726.0])
@pytest.mark.parametrize("relative", [0.02, 0.1, 1.0])
def test_another_seed_tells_the_same_to_one_in_the_last_digit(truth, relative):
    """In nine of ten seeds at the least, and for means of any size and scatter."""
    right = []
    for seed in SEEDS:
        repeats = truth * (1 + relative * np.random.default_rng(seed).normal(size=200))
        told, place = value(evidence.mean(repeats, seed).text)
        right.append(abs(told - truth) <= place * (1 + 1e-9))
    assert np.mean(right) > 0.9


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e3), st.integers(0, 99))
def test_the_last_digit_is_worth_two_errors_and_a_range_holds_them(middle, scatter, seed):
    repeats = middle + scatter * np.random.default_rng(seed).normal(size=100)
    told = evidence.mean(repeats, seed)
    error = repeats.std(ddof=1) / 10
    numbers = [float(n.replace("−", "-")) for n in re.findall(r"−?\d[\d.]*", told.text)]
    if told.text.startswith("about"):
        decimals = len(re.search(r"(?<=\.)\d+|$", told.text)[0])
        assert decimals == 0 or 10.0**-decimals >= 2 * error * (1 - 1e-9)
        assert abs(numbers[0] - repeats.mean()) <= 10.0 ** np.ceil(np.log10(2 * error)) / 2 * 1.01
    elif "×" not in told.text:
        low, high = numbers
        assert low <= repeats.mean() - 2 * error and repeats.mean() + 2 * error <= high


def refused(repeats, seed):
    try:
        evidence.mean(repeats, seed)
    except ValueError as error:
        assert "heavy tails" in str(error) and "quantile" in str(error)
        return True
    return False


def test_a_heavy_tail_has_no_mean_to_tell_and_light_ones_have():
    """The true risk at degree twelve has one: its median is about 0.65, its mean about 2."""
    kinds = {
        "heavy": lambda rng: np.exp(2.5 * rng.normal(size=300)),
        "few": lambda rng: rng.normal(size=30),
        "even": lambda rng: rng.random(100),
        "one-sided": lambda rng: rng.exponential(size=300),
    }
    share = {
        kind: np.mean([refused(draw(np.random.default_rng(seed)), seed) for seed in SEEDS])
        for kind, draw in kinds.items()
    }
    assert share.pop("heavy") > 0.9
    assert max(share.values()) < 0.05, share


@pytest.mark.parametrize(("at", "truth"), [(0.5, 1.0), (0.9, np.exp(2.5 * 1.2816))])
def test_a_quantile_of_a_heavy_tail_is_told_as_another_seed_tells_it(at, truth):
    right = []
    for seed in SEEDS:
        tail = np.exp(2.5 * np.random.default_rng(seed).normal(size=300))
        told = evidence.quantile(tail, seed, at=at).text
        if "about" in told:
            near, place = value(told)
            right.append(abs(near - truth) <= place)
        else:
            low, high = map(float, re.findall(r"[\d.]+", told))
            right.append(low <= truth <= high)
    assert np.mean(right) > 0.88


def test_an_interval_for_a_share_holds_it_in_about_nineteen_of_twenty():
    for share in (0.5, 0.9, 0.98):
        held = []
        for seed in SEEDS:
            happened = np.random.default_rng(seed).random(200) < share
            low, high = re.findall(r"\d+", evidence.count(happened, seed).card[1][1])
            held.append(int(low) <= 100 * share + 0.5 and 100 * share - 0.5 <= int(high))
        assert np.mean(held) > 0.92


def test_an_unusual_draw_says_so():
    others = np.arange(200.0)
    assert evidence.one(99.5, others, seed=1).text == "99.5"
    assert evidence.one(-3, others, seed=1).text == "−3 (smaller than in 200 of 200 draws)"
    assert evidence.one(190.5, others, 1, "sets").text == "190 (larger than in 191 of 200 sets)"


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: evidence.mean(np.arange(29.0), 0), "30 or more"),
        (lambda: evidence.mean(np.ones(99), 0), "exact"),
        (lambda: evidence.mean([np.nan] * 99, 0), "NaN"),
        (lambda: evidence.mean(-np.arange(99.0), 0, root=True), "root"),
        (lambda: evidence.count(np.arange(99), 0), "True and False"),
        (lambda: evidence.exact(1.0, " "), "how"),
        (lambda: evidence.glue("risk", 2.013), "quantile"),
        (lambda: evidence.quantile(np.arange(99.0), 0, at=0.99), "beyond"),
    ],
)
def test_what_is_no_evidence_is_refused_with_what_to_pass_instead(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_a_root_has_the_error_of_a_root():
    squares = np.random.default_rng(0).normal(size=5000) ** 2 * 57**2
    told = evidence.mean(squares, 0, root=True)
    spread = [
        np.sqrt(np.mean(np.random.default_rng(s).normal(size=5000) ** 2 * 57**2)) for s in SEEDS
    ]
    assert float(told.card[1][1]) == pytest.approx(np.std(spread), rel=0.15)
