"""Gradient descent as a regulariser: what each step has fitted so far, and when to stop."""

import numpy as np
from numpy.typing import ArrayLike

from reglib import inputs


def gradient_descent_path(X: ArrayLike, y: ArrayLike, lr: float, steps: int) -> np.ndarray:
    """Return w after 0, 1, …, `steps` steps of gradient descent from 0 on the squared error

        1/(2n) · ‖y − Xw‖²

    Returns (steps + 1, p). X is (n, p), y is (n,), without an intercept: centre both first to have
    one. A step is w ← w + lr · Xᵀ(y − Xw)/n; the steps converge for lr < 2n/s₁², s₁ the largest
    singular value of X, and grow without limit beyond it.

    Raises `ValueError` for a bad X or y, an lr that is not finite and ≥ 0, or a number of steps
    that is not whole and ≥ 0.

    Source: Goodfellow, Bengio & Courville (2016), *Deep Learning*, § 7.8.

    >>> gradient_descent_path([[1.0], [-1.0]], [2.0, -2.0], lr=0.5, steps=3).ravel()
    array([0.  , 1.  , 1.5 , 1.75])
    """
    X = inputs.matrix(X)
    y = inputs.target(y, len(X))
    lr = inputs.real("lr", lr, least=0.0)
    steps = inputs.whole("steps", steps, least=0)
    path = np.zeros((steps + 1, X.shape[1]))
    for t in range(steps):
        path[t + 1] = path[t] + lr * ((y - X @ path[t]) @ X / len(X))
    return path


def gd_shrinkage(s: ArrayLike, n: int, lr: float, t: int) -> np.ndarray:
    """Return the share of least squares that t steps of gradient descent have fitted, like s:

        1 − (1 − lr · s²/n)^t

    along the singular direction of each singular value in s (k,) of an X with n rows, next to
    ridge's s²/(s² + nλ): stopping after t steps acts much like a ridge of λ ≈ 1/(lr · t).

    Raises `ValueError` for an s that is not finite, (k,) and ≥ 0, an n < 1, an lr that is not
    finite and ≥ 0, or a t that is not whole and ≥ 0.

    Source: Goodfellow, Bengio & Courville (2016), *Deep Learning*, § 7.8; Ali, Kolter &
    Tibshirani (2019), AISTATS, for the comparison with ridge.

    >>> gd_shrinkage([2.0, 1.0, 0.0], n=4, lr=0.5, t=2)
    array([0.75    , 0.234375, 0.      ])
    """
    s = inputs.numbers("s", s, 1, "pass an array of singular values, (k,)")
    if s.min() < 0:
        raise ValueError(f"s contains {s.min():g}: pass singular values, which are ≥ 0")
    n = inputs.whole("n", n, least=1)
    lr = inputs.real("lr", lr, least=0.0)
    t = inputs.whole("t", t, least=0)
    return 1 - (1 - lr * s**2 / n) ** t


def early_stopping(val_losses: ArrayLike, patience: int) -> tuple[int, int]:
    """Return (best_epoch, stop_epoch), counted from 0, for the validation loss after each epoch.

    An epoch is better only if its loss is strictly less than every one before. Training stops at
    the first epoch that is `patience` epochs past the best so far, else at the last.

    Raises `ValueError` for losses that are not finite and (epochs,), or a patience that is not
    whole and ≥ 1.

    Source: Prechelt (1998), "Early Stopping – But When?", in *Neural Networks: Tricks of the
    Trade*, Springer.

    >>> early_stopping([3.0, 2.0, 2.5, 2.0, 1.0], patience=2)
    (1, 3)
    """
    losses = inputs.numbers("val_losses", val_losses, 1, "pass one loss per epoch, (epochs,)")
    patience = inputs.whole("patience", patience, least=1)
    best = 0
    for epoch, value in enumerate(losses):
        if value < losses[best]:
            best = epoch
        if epoch - best == patience:
            break
    return best, epoch
