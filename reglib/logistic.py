"""Logistic regression with a ridge penalty, by Newton's method."""

import warnings

import numpy as np
from numpy.typing import ArrayLike

from reglib import inputs
from reglib.features import center
from reglib.path import Path
from reglib.ridge import svd


def logistic_path(X: ArrayLike, y: ArrayLike, lams: ArrayLike) -> Path:
    """Fit ridge-penalised logistic regression for every λ in `lams`: minimise

        J(w, b) = 1/n · Σ_i [ log(1 + exp f_i) − y_i f_i ] + λ/2 · ‖w‖²,      f = b + Xw

    X is (n, p), y is (n,) of zeros and ones, lams is (L,), in any order. Returns a `Path`; its
    `predict` gives f, the log-odds of y = 1, and 1/(1 + exp(−f)) is the probability.

    With the probabilities π, the gradient of J in w is Xᵀ(π − y)/n + λw and its Hessian is
    XᵀDX/n + λI, D = diag(π(1 − π)); likewise for b, without λ. A Newton step goes by the gradient
    over the Hessian, and is halved until J falls. XᵀDX costs more than all else and is kept for
    as long as steps cut the gradient tenfold. From the largest λ down, each fit starts where the
    last one ended.

    At λ = 0 the solution of minimum norm is given when X is singular. When the classes can be
    separated there is none at λ = 0: a `RuntimeWarning` says so, and the last step is returned.
    Raises `ValueError` for an X that is not a finite (n, p) array, a y that is not (n,) or not of
    zeros and ones with both present, or lams that are not finite and ≥ 0.

    Source: Hastie, Tibshirani & Friedman (2009), *The Elements of Statistical Learning*, § 4.4.

    >>> path = logistic_path([[-1.0], [0.0], [0.0], [1.0]], [0, 0, 1, 1], lams=[0.1, 1e6])
    >>> path.coef.round(4).ravel()
    array([1.1775, 0.    ])
    """
    X = inputs.matrix(X)
    y = inputs.target(y, len(X))
    lams = inputs.penalties(lams)
    if not np.isin(y, (0, 1)).all():
        raise ValueError("y must hold only 0 and 1: pass (labels == name_of_one_class)")
    if y.min() == y.max():
        raise ValueError(f"y holds only {y[0]:g}: pass rows of both classes")
    X, x_mean = center(X)
    n, p = X.shape
    rows = None
    if p > n or n * lams.min() <= 1e-8 * (X**2).sum():
        # w lies in the row space of X: in coordinates along it the Hessian is small and regular.
        U, s, rows = svd(X)
        X = U * s
    A = np.column_stack([X, np.ones(n)])  # the last coordinate is b
    beta = np.append(np.zeros(A.shape[1] - 1), np.log(y.mean() / (1 - y.mean())))
    length = np.sqrt((A**2).mean(axis=0))
    length[length == 0] = 1.0
    betas, XDX = np.empty((len(lams), A.shape[1])), None
    for k in np.argsort(-lams):
        beta, XDX = newton(A, length, 2 * y - 1, lams[k], beta, XDX)
        betas[k] = beta
    coef = betas[:, :-1] if rows is None else betas[:, :-1] @ rows
    return Path(lams, betas[:, -1] - coef @ x_mean, coef.copy())


def newton(
    A: np.ndarray,
    length: np.ndarray,
    sign: np.ndarray,
    lam: float,
    beta: np.ndarray,
    XDX: np.ndarray | None,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the minimiser, starting from beta, and XᵀDX/n for the next λ.

    `length` holds the root mean squares of A's columns, `sign` −1 or 1 for each row's class.
    """
    n = len(A)
    penalty = np.append(np.full(A.shape[1] - 1, lam), 0.0)
    margin = sign * (A @ beta)  # f, positive where the class is the right one
    losses = np.logaddexp(0.0, -margin)
    J = losses.mean() + penalty @ beta**2 / 2
    before = np.inf
    for _ in range(50):
        wrong = -np.expm1(-losses)  # the probability of the wrong class
        gradient = penalty * beta - (sign * wrong) @ A / n
        size = np.abs(gradient / length).max()
        if XDX is None or size > before / 10:
            B = A * np.sqrt(wrong * (1 - wrong) / n)[:, None]
            XDX = B.T @ B
        H = XDX.copy()
        H.flat[:: len(H) + 1] += penalty
        try:
            step = np.linalg.solve(H, gradient)
        except np.linalg.LinAlgError:  # every row is fitted: the curvature has vanished
            break
        move = sign * (A @ step)
        if size <= 1e-9 and np.abs(move).max() <= 1e-4:
            # Without λ and with separable classes the curvature fades along with the gradient.
            if lam > 0 or np.linalg.eigvalsh(H / np.outer(length, length))[0] > 1e-8:
                return beta - step, XDX
            break
        before, share = size, 1.0
        for _ in range(60):
            new_losses = np.logaddexp(0.0, share * move - margin)
            new_beta = beta - share * step
            new_J = new_losses.mean() + penalty @ new_beta**2 / 2
            if new_J <= J - 1e-4 * share * (gradient @ step) + 1e-15:
                break
            share /= 2
        margin, losses, beta, J = margin - share * move, new_losses, new_beta, new_J
    warnings.warn(
        f"no minimum found at λ = {lam:g}: the classes may be separable, pass λ > 0",
        RuntimeWarning,
        stacklevel=3,
    )
    return beta, XDX
