"""Squared bias, variance and expected error of many fits."""

from collections.abc import Callable
from typing import Any

import numpy as np

from reglib.checks.entry import Case, Entry, Misconception, nearly
from reglib.exercises import draws


def bias_variance(predictions, f_true, noise_sd):
    bias2 = float(np.mean((predictions.mean(axis=0) - f_true) ** 2))
    variance = float(np.mean(predictions.var(axis=0)))
    return bias2, variance, bias2 + variance + noise_sd**2


RUBRIC = {
    "no noise: bias² and variance": 2,
    "noise: the parts and their sum": 1,
    "a single data set, whole numbers": 1,
}


def cases(rng: np.random.Generator) -> list[Case]:
    alone = "a single data set cannot differ from the mean over data sets: its variance is 0"
    silent = "without noise, the expected error is bias² plus variance"
    quiet, noisy, edges = RUBRIC

    def draw(datasets, points):
        f_true = draws.numbers(rng, points, -4, 4)
        predictions = (f_true + rng.normal(0, 1.5, (datasets, points))).round(1)
        return predictions, f_true, round(rng.uniform(0.3, 0.8), 1)

    def silenced(datasets, points):
        return *draw(datasets, points)[:2], 0

    def whole(datasets, points):
        f_true = draws.numbers(rng, points, -4, 4, whole=True)
        return f_true + rng.integers(-3, 4, (datasets, points)), f_true, 2

    return [
        Case(quiet, "no noise, two data sets, three points", silenced(2, 3), silent),
        Case(quiet, "no noise, three data sets, three points", silenced(3, 3), silent),
        Case(quiet, "no noise, six data sets, two points", silenced(6, 2), silent),
        Case(noisy, "noise, two data sets, two points", draw(2, 2)),
        Case(noisy, "noise, five data sets, three points", draw(5, 3)),
        Case(edges, "a single data set", draw(1, 3), alone),
        Case(edges, "whole numbers", whole(4, 3)),
    ]


def _with(bias2: Callable | None = None, variance: Callable | None = None) -> Callable:
    """A wrong `bias_variance`, one of whose parts is a wrong function of predictions and truth."""

    def wrong(predictions, f_true, noise_sd):
        parts = list(bias_variance(predictions, f_true, noise_sd)[:2])
        for i, function in enumerate((bias2, variance)):
            if function:
                parts[i] = function(predictions, f_true)
        return *parts, sum(parts) + noise_sd**2

    return wrong


def _squared_distance(predictions, f_true):
    return np.mean((predictions - f_true) ** 2)


def _absolute_bias(predictions, f_true):
    return np.mean(np.abs(predictions.mean(axis=0) - f_true))


def _first_part_is(*functions: Callable) -> Callable[[tuple, Any], bool]:
    """Recognise a wrong bias² alone, since the error may have been computed in another way."""

    def recognise(args, value):
        predictions, f_true, _ = args
        return any(
            nearly((), float(value[0]), float(function(predictions, f_true)))
            for function in functions
        )

    return recognise


ENTRY = Entry(
    name="overfitting.bias_variance",
    place=7,
    returns=("bias2", "variance", "error"),
    must=(
        "bias2 compares the mean over data sets with the truth, variance compares each data set "
        "with that mean, both are averaged over the points, and with the variance of the noise "
        "they add up to error"
    ),
    reference=bias_variance,
    cases=cases,
    rubric=RUBRIC,
    section="bias-and-variance",
    example=(np.array([[1.0, 2.0], [3.0, 2.0]]), np.array([1.0, 3.0]), 0.5),
    misconceptions=(
        Misconception(
            "the predictions are compared with the truth one by one, before the mean over data "
            "sets, so that bias² holds the variance too",
            "bias is a property of the mean prediction: compute that mean first, and look at its "
            "shape.",
            "bias-and-variance",
            _with(bias2=_squared_distance),
            recognise=_first_part_is(_squared_distance),
        ),
        Misconception(
            "the bias is averaged over the points before it is squared",
            "take a mean prediction that is 1 too high at one point and 1 too low at another: is "
            "it without bias?",
            "bias-and-variance",
            _with(bias2=lambda P, f: np.mean(P.mean(axis=0) - f) ** 2),
        ),
        Misconception(
            "the bias is not squared",
            "ask for the units of the three parts: they can only be added if all have the same.",
            "bias-variance-decomposition",
            _with(bias2=_absolute_bias),
            recognise=_first_part_is(
                _absolute_bias, lambda P, f: np.mean(P - f), lambda P, f: np.mean(f - P)
            ),
        ),
        Misconception(
            "the variance is taken over the points, not over the data sets",
            "take two data sets with the same predictions, rising from point to point: how much "
            "do they differ from one another?",
            "bias-and-variance",
            _with(variance=lambda P, f: np.mean(P.var(axis=1))),
        ),
        Misconception(
            "the variance is taken over all predictions at once",
            "take two data sets with the same predictions, rising from point to point: how much "
            "do they differ from one another?",
            "bias-and-variance",
            _with(variance=lambda P, f: P.var()),
        ),
        Misconception(
            "the variance has the divisor D − 1",
            "compute the mean squared distance between predictions and truth directly, and see "
            "with which divisor bias² and variance add up to it.",
            "bias-variance-sum",
            _with(variance=lambda P, f: np.mean(P.var(axis=0, ddof=1))),
        ),
        Misconception(
            "the noise enters with its standard deviation, not with its variance",
            "ask for the units of the three parts: they can only be added if all have the same.",
            "bias-variance-decomposition",
            lambda P, f, noise_sd: bias_variance(P, f, np.sqrt(noise_sd)),
        ),
        Misconception(
            "the noise is left out of the expected error",
            "ask what is left of the error on a new row if your prediction is the truth itself.",
            "bias-variance-decomposition",
            lambda P, f, noise_sd: bias_variance(P, f, 0),
        ),
    ),
)
