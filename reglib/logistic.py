"""Logistic regression with a ridge penalty, by Newton's method."""

import warnings

import numpy as np
from numpy.typing import ArrayLike

from reglib import inputs
from reglib.decompose import svd
from reglib.features import center
from reglib.path import Path


def logistic_path(X: ArrayLike, y: ArrayLike, lams: ArrayLike) -> Path:
    """Fit ridge-penalised logistic regression for every λ in `lams`: minimise

        J(w, b) = 1/n · Σ_i [ log(1 + exp f_i) − y_i f_i ] + λ/2 · ‖w‖²,      f = b + Xw

    X is (n, p), y is (n,) of zeros and ones, lams is (L,), in any order. Returns a `Path`; its
    `predict` gives f, the log-odds of y = 1, and 1/(1 + exp(−f)) is the probability.

    With the probabilities π, the gradient of J in w is Xᵀ(π − y)/n + λw and its Hessian is
    XᵀDX/n + λI, D = diag(π(1 − π)); likewise for b, without λ. A Newton step goes by the gradient
    over the Hessian, and is halved until J falls. From the largest λ down, each fit starts from the
    last.

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
    inputs.in_range(X, y)
    n, p = X.shape
    Vt = None
    if p > n or n * lams.min() <= 1e-8 * (X**2).sum():
        # Along the few directions that w can be put together from the Hessian is regular.
        U, s, Vt = svd(X)
        X = U * s
    A, beta = np.column_stack([X, np.ones(n)]), np.zeros(X.shape[1] + 1)
    beta[-1] = np.log(y.mean() / (1 - y.mean()))
    betas = np.empty((len(lams), len(beta)))
    for k in np.argsort(-lams):
        betas[k] = beta = newton(A, y, lams[k], beta)
    coef = betas[:, :-1] if Vt is None else betas[:, :-1] @ Vt
    return Path(lams, betas[:, -1] - coef @ x_mean, coef)


def newton(A: np.ndarray, y: np.ndarray, lam: float, beta: np.ndarray) -> np.ndarray:
    """Return the minimiser β = (w, b) for A, which is X and a column of ones, starting from β."""
    n, penalty = len(y), np.append(np.full(len(beta) - 1, lam), 0.0)
    sign = 1 - 2 * y  # log(1 + exp f) − y f is log(1 + exp(sign·f))
    size = np.sqrt((A**2).mean(axis=0))

    def objective(beta: np.ndarray) -> float:
        return np.logaddexp(0.0, sign * (A @ beta)).mean() + penalty @ beta**2 / 2

    for _ in range(100):
        wrong = np.exp(-np.logaddexp(0.0, -sign * (A @ beta)))  # probability of the other class
        gradient = (sign * wrong) @ A / n + penalty * beta
        H = (A.T * (wrong * (1 - wrong))) @ A / n + np.diag(penalty)
        try:
            step = np.linalg.solve(H, gradient)
        except np.linalg.LinAlgError:  # every row is fitted: the curvature has vanished
            break
        if np.abs(A @ step).max() <= 1e-6:  # Newton squares it: this step is the last
            # Without λ and with separable classes the curvature fades along with the gradient.
            if lam == 0 and np.linalg.eigvalsh(H / np.outer(size, size))[0] <= 1e-8:
                break
            return beta - step
        share, J = 1.0, objective(beta)
        while objective(beta - share * step) > J - 1e-4 * share * (gradient @ step) + 1e-15:
            share /= 2
        beta = beta - share * step
    warnings.warn(
        f"no minimum found at λ = {lam:g}: the classes may be separable, pass λ > 0",
        RuntimeWarning,
        stacklevel=3,
    )
    return beta
