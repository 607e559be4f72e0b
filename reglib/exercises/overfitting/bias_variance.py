"""Squared bias, variance and expected error of many fits."""

from dataclasses import replace

import numpy as np

from reglib.checks.entry import Case, Choice, Entry
from reglib.exercises import draws
from reglib.exercises.choices import as_choices


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
        return f_true + rng.integers(-3, 4, (datasets, points)), f_true, 3

    return [
        Case(quiet, "no noise, two data sets, three points", silenced(2, 3), silent),
        Case(quiet, "no noise, three data sets, three points", silenced(3, 3), silent),
        Case(quiet, "no noise, six data sets, two points", silenced(6, 2), silent),
        Case(noisy, "noise, two data sets, two points", draw(2, 2)),
        Case(noisy, "noise, five data sets, three points", draw(5, 3)),
        Case(noisy, "noise, three data sets, five points", draw(3, 5)),
        Case(edges, "a single data set", draw(1, 3), alone),
        Case(edges, "a single point", draw(4, 1)),
        Case(edges, "whole numbers", whole(4, 3)),
    ]


def _formula(
    predictions,
    f_true,
    noise_sd,
    *,
    bias=lambda P, f: np.mean((P.mean(axis=0) - f) ** 2),
    variance=lambda P, f: np.mean(P.var(axis=0)),
    noise=lambda sd, P: sd**2,
    total=lambda bias2, variance, noise: bias2 + variance + noise,
    bias_alone=None,
    variance_alone=None,
):
    """`bias` and `variance` enter the error too, `bias_alone` and `variance_alone` do not."""
    with np.errstate(all="ignore"):
        bias2, spread = bias(predictions, f_true), variance(predictions, f_true)
        return (
            bias_alone(predictions, f_true) if bias_alone else bias2,
            variance_alone(predictions, f_true) if variance_alone else spread,
            total(bias2, spread, noise(noise_sd, predictions)),
        )


_ONE_BY_ONE = (
    "bias is a property of the mean prediction: compute that mean first, and look at its shape."
)
_CANCEL = (
    "take a mean prediction that is 1 too high at one point and 1 too low at another: is it "
    "without bias?"
)
_UNITS = "ask for the units of the three parts: they can only be added if all have the same."
_DATA_SETS = (
    "take two data sets with the same predictions, rising from point to point: how much do they "
    "differ from one another?"
)
_SUM = (
    "compute the mean squared distance between predictions and truth directly, and see whether "
    "your bias² and variance add up to it."
)
_POINTS = "enter every point twice: none of the three parts may change. See which of yours does."
_NOISE = "ask what is left of the error on a new row if your prediction is the truth itself."
BIASES = as_choices(
    ("the predictions are compared with the truth one by one, before the mean over data sets, so "
     "that bias² holds the variance too", _ONE_BY_ONE, "bias-and-variance",
     lambda P, f: np.mean((P - f) ** 2)),
    ("the bias is averaged over the points before it is squared", _CANCEL, "bias-and-variance",
     lambda P, f: np.mean(P.mean(axis=0) - f) ** 2),
    ("the bias is not squared", _UNITS, "bias-variance-decomposition",
     lambda P, f: np.mean(P.mean(axis=0) - f)),
    ("the bias is not squared, and has the wrong sign", _UNITS, "bias-variance-decomposition",
     lambda P, f: np.mean(f - P.mean(axis=0))),
    ("the absolute bias is averaged, not its square", _UNITS, "bias-variance-decomposition",
     lambda P, f: np.mean(np.abs(P.mean(axis=0) - f))),
    ("the root of bias² is returned", _UNITS, "bias-variance-decomposition",
     lambda P, f: np.sqrt(np.mean((P.mean(axis=0) - f) ** 2))),
    ("the absolute errors are averaged one by one in place of bias²", _ONE_BY_ONE,
     "bias-and-variance", lambda P, f: np.mean(np.abs(P - f))),
    ("one mean of all predictions is compared with the truth", _ONE_BY_ONE, "bias-and-variance",
     lambda P, f: np.mean((P.mean() - f) ** 2)),
    ("the mean prediction is taken over the points, not over the data sets", _ONE_BY_ONE,
     "bias-and-variance", lambda P, f: np.mean((P.mean(axis=1) - f) ** 2)),
    ("the predictions of the first data set stand for their mean", _ONE_BY_ONE,
     "bias-and-variance", lambda P, f: np.mean((P[0] - f) ** 2)),
    ("the predictions of the last data set stand for their mean", _ONE_BY_ONE,
     "bias-and-variance", lambda P, f: np.mean((P[-1] - f) ** 2)),
    ("the median prediction stands for the mean", _ONE_BY_ONE, "bias-and-variance",
     lambda P, f: np.mean((np.median(P, axis=0) - f) ** 2)),
    ("the sum of the predictions stands for their mean", _ONE_BY_ONE, "bias-and-variance",
     lambda P, f: np.mean((P.sum(axis=0) - f) ** 2)),
    ("bias² is added up over the points, not averaged", _POINTS, "bias-and-variance",
     lambda P, f: np.sum((P.mean(axis=0) - f) ** 2)),
    ("bias² is added up over the points, and divided by the number of data sets", _POINTS,
     "bias-and-variance", lambda P, f: np.sum((P.mean(axis=0) - f) ** 2) / len(P)),
    ("bias² is divided by one less than the number of points", _POINTS, "bias-and-variance",
     lambda P, f: np.sum((P.mean(axis=0) - f) ** 2) / np.float64(len(f) - 1)),
    ("bias² is that of the worst point", _POINTS, "bias-and-variance",
     lambda P, f: np.max((P.mean(axis=0) - f) ** 2)),
    ("bias² is that of the first point", _POINTS, "bias-and-variance",
     lambda P, f: (P[:, 0].mean() - f[0]) ** 2),
    ("bias² is that of the last point", _POINTS, "bias-and-variance",
     lambda P, f: (P[:, -1].mean() - f[-1]) ** 2),
    ("bias² comes point by point, without the mean over the points", _POINTS,
     "bias-and-variance", lambda P, f: (P.mean(axis=0) - f) ** 2),
    ("the truth is left out of bias²", _ONE_BY_ONE, "bias-and-variance",
     lambda P, f: np.mean(P.mean(axis=0) ** 2)),
    ("the truth is added to the mean prediction, not subtracted", _ONE_BY_ONE,
     "bias-and-variance", lambda P, f: np.mean((P.mean(axis=0) + f) ** 2)),
    ("the squares of mean prediction and truth are subtracted, not squared after", _ONE_BY_ONE,
     "bias-and-variance", lambda P, f: np.mean(P.mean(axis=0) ** 2 - f**2)),
    ("bias² is a variance over the points, without the mean bias", _CANCEL, "bias-and-variance",
     lambda P, f: np.var(P.mean(axis=0) - f)),
)  # fmt: skip
VARIANCES = as_choices(
    ("the variance is taken over the points, not over the data sets", _DATA_SETS,
     "bias-and-variance", lambda P, f: np.mean(P.var(axis=1))),
    ("the variance is taken over all predictions at once", _DATA_SETS, "bias-and-variance",
     lambda P, f: P.var()),
    ("the standard deviation of all predictions at once is returned", _UNITS,
     "bias-and-variance", lambda P, f: P.std()),
    ("the variance has the divisor D − 1", _SUM, "bias-variance-sum",
     lambda P, f: np.mean(P.var(axis=0, ddof=1))),
    ("the standard deviations are averaged in place of the variances", _UNITS,
     "bias-variance-decomposition", lambda P, f: np.mean(P.std(axis=0))),
    ("the standard deviations have the divisor D − 1, and are averaged in place of the variances",
     _UNITS, "bias-variance-decomposition", lambda P, f: np.mean(P.std(axis=0, ddof=1))),
    ("the root of the variance is returned", _UNITS, "bias-variance-decomposition",
     lambda P, f: np.sqrt(np.mean(P.var(axis=0)))),
    ("the predictions are compared with the truth in the variance, not with their mean", _SUM,
     "bias-and-variance", lambda P, f: np.mean((P - f) ** 2)),
    ("the square of the mean is not subtracted in the variance", _SUM, "bias-and-variance",
     lambda P, f: np.mean(P.astype(float) ** 2)),
    ("the predictions are compared with one mean of all in the variance, point by point",
     _DATA_SETS, "bias-and-variance", lambda P, f: np.mean((P.mean(axis=0) - P.mean()) ** 2)),
    ("the variance of the mean errors of the data sets is taken", _DATA_SETS, "bias-and-variance",
     lambda P, f: np.var(np.mean(P - f, axis=1))),
    ("the distances from the mean are not squared in the variance", _UNITS, "bias-and-variance",
     lambda P, f: np.mean(P - P.mean(axis=0))),
    ("the absolute distances from the mean are averaged in the variance", _UNITS,
     "bias-and-variance", lambda P, f: np.mean(np.abs(P - P.mean(axis=0)))),
    ("the variance is added up over the points, not averaged", _POINTS, "bias-and-variance",
     lambda P, f: np.sum(P.var(axis=0))),
    ("the variance is added up over the data sets, not averaged", _SUM, "bias-and-variance",
     lambda P, f: len(P) * np.mean(P.var(axis=0))),
    ("the variance is added up over data sets and points, not averaged", _POINTS,
     "bias-and-variance", lambda P, f: P.size * np.mean(P.var(axis=0))),
    ("the variance is divided by the number of data sets once too often", _SUM,
     "bias-and-variance", lambda P, f: np.mean(P.var(axis=0)) / len(P)),
    ("the variance is divided by one less than the number of all predictions", _SUM,
     "bias-variance-sum", lambda P, f: P.size / np.float64(P.size - 1) * np.mean(P.var(axis=0))),
    ("the variance is that of the first point", _POINTS, "bias-and-variance",
     lambda P, f: P[:, 0].var()),
    ("the variance is that of the last point", _POINTS, "bias-and-variance",
     lambda P, f: P[:, -1].var()),
    ("the variance is that of the point where it is largest", _POINTS, "bias-and-variance",
     lambda P, f: P.var(axis=0).max()),
    ("the variance comes point by point, without the mean over the points", _POINTS,
     "bias-and-variance", lambda P, f: P.var(axis=0)),
    ("the variance is squared", _UNITS, "bias-variance-decomposition",
     lambda P, f: np.mean(P.var(axis=0) ** 2)),
)  # fmt: skip


def _alone(choices: tuple[Choice, ...]) -> tuple[Choice, ...]:
    """The same in one part alone, where the error is computed in another way."""
    return tuple(replace(c, name=f"{c.name}, but not in the error") for c in choices)


CHOICES = {
    "bias": BIASES,
    "variance": VARIANCES,
    "noise": as_choices(
        ("the noise enters with its standard deviation, not with its variance", _UNITS,
         "bias-variance-decomposition", lambda sd, P: sd),
        ("the noise is left out of the expected error", _NOISE, "bias-variance-decomposition",
         lambda sd, P: 0.0),
        ("the noise enters with twice its standard deviation, not with its square", _UNITS,
         "bias-variance-decomposition", lambda sd, P: 2 * sd),
        ("the root of the standard deviation of the noise is taken", _UNITS,
         "bias-variance-decomposition", lambda sd, P: np.sqrt(sd)),
        ("the noise is subtracted from the expected error, not added", _NOISE,
         "bias-variance-decomposition", lambda sd, P: -(sd**2)),
        ("the noise counts twice in the expected error", _NOISE, "bias-variance-decomposition",
         lambda sd, P: 2 * sd**2),
        ("the noise counts half in the expected error", _NOISE, "bias-variance-decomposition",
         lambda sd, P: sd**2 / 2),
        ("the noise is divided by the number of data sets", _NOISE, "bias-variance-decomposition",
         lambda sd, P: sd**2 / len(P)),
        ("the noise is divided by the root of the number of data sets", _NOISE,
         "bias-variance-decomposition", lambda sd, P: sd**2 / np.sqrt(len(P))),
        ("the noise is divided by the number of points", _NOISE, "bias-variance-decomposition",
         lambda sd, P: sd**2 / P.shape[1]),
        ("the noise is added up over the points", _POINTS, "bias-variance-decomposition",
         lambda sd, P: sd**2 * P.shape[1]),
    ),
    "total": as_choices(
        ("the variance is left out of the expected error", _SUM, "bias-variance-sum",
         lambda bias2, variance, noise: bias2 + noise),
        ("bias² is left out of the expected error", _SUM, "bias-variance-sum",
         lambda bias2, variance, noise: variance + noise),
        ("the variance is subtracted in the expected error", _SUM, "bias-variance-sum",
         lambda bias2, variance, noise: bias2 - variance + noise),
        ("the root of bias² enters the expected error", _UNITS, "bias-variance-decomposition",
         lambda bias2, variance, noise: np.sqrt(bias2) + variance + noise),
        ("the root of the variance enters the expected error", _UNITS,
         "bias-variance-decomposition",
         lambda bias2, variance, noise: bias2 + np.sqrt(variance) + noise),
        ("bias² is squared once more in the expected error", _UNITS,
         "bias-variance-decomposition",
         lambda bias2, variance, noise: bias2**2 + variance + noise),
        ("the variance is squared in the expected error", _UNITS, "bias-variance-decomposition",
         lambda bias2, variance, noise: bias2 + variance**2 + noise),
        ("bias² counts twice in the expected error", _SUM, "bias-variance-sum",
         lambda bias2, variance, noise: 2 * bias2 + variance + noise),
        ("the variance counts twice in the expected error", _SUM, "bias-variance-sum",
         lambda bias2, variance, noise: bias2 + 2 * variance + noise),
        ("the three parts are averaged, not added", _SUM, "bias-variance-sum",
         lambda bias2, variance, noise: (bias2 + variance + noise) / 3),
        ("the three parts are multiplied, not added", _SUM, "bias-variance-sum",
         lambda bias2, variance, noise: bias2 * variance * noise),
        ("the noise alone is returned as the expected error", _SUM, "bias-variance-sum",
         lambda bias2, variance, noise: noise),
    ),
    "bias_alone": _alone(BIASES),
    "variance_alone": _alone(VARIANCES),
}  # fmt: skip


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
    formula=_formula,
    choices=CHOICES,
)
