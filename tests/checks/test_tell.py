"""The text of a verdict, to the letter."""

import numpy as np
import pytest

from reglib.checks.tell import tell, telling, text
from reglib.exercises import find

FIT = find("ridge.ridge_fit").reference


def penalises_the_intercept(X, y, lam):
    A = np.column_stack([X, np.ones(len(y))])
    w = np.linalg.lstsq(A.T @ A + len(y) * lam * np.eye(A.shape[1]), A.T @ y, rcond=None)[0]
    return w[:-1], w[-1]


def returns_a_column(X, y, lam):
    w, b = FIT(X, y, lam)
    return w[:, None], b


def changes_and_prints(X_train, X_new):
    Z = find("ridge.standardize").reference(X_train, X_new)
    X_train += 1
    X_new += 1
    print("x" * 2000)
    return Z


def is_one_too_large(X, y, lams):
    W, b = find("ridge.ridge_path").reference(X, y, lams)
    return W, b + 1


def is_nan(w, b, X, y, lam):
    return float("nan")


def is_not_written(X, y, lams):
    raise NotImplementedError


def returns_nothing(w, b, X, y, lam):
    return None


SAID = [
    (
        "ridge.ridge_fit",
        penalises_the_intercept,
        """\
ridge_fit: 1 of 6 points.
Your answers match, in every case tried, what you get when the intercept
is penalised.
Next: add 1000 to every y: b should go up by 1000 and w stay as it is.
See what yours does.
It calls ridge_gradient, which is not right yet either: begin there.
A small case that fails, the example above the function:
    ridge_fit(X=np.array([[0.0], [2.0]]), y=np.array([1.0, 5.0]), lam=1.0)
gives w = [1.4], b = 0.8
and should give w = [1.], b = 2
Right: λ = 0: least squares (1).
Not yet: typical cases (3); whole numbers, a constant column, p > n (1);
λ = 0 and a singular X: the shortest w (1).
Reread: “Why the intercept is spared”, in the chapter “Penalties and
ridge”.""",
    ),
    (
        "ridge.ridge_fit",
        returns_a_column,
        """\
ridge_fit: 3 of 6 points. Right in all 14 cases.
Mind: w has shape (1, 1) where (1,) is asked for.
Next: print the shape of what you return: one of `.ravel()`, an index
[0] or `float()` may be all that it needs, or a column of shape (n, 1)
came in where (n,) belongs.
You see it here, the example above the function:
    ridge_fit(X=np.array([[0.0], [2.0]]), y=np.array([1.0, 5.0]), lam=1.0)
The points are halved for that.""",
    ),
    (
        "ridge.standardize",
        changes_and_prints,
        """\
standardize: 2 of 4 points. Right in all 8 cases.
Mind: it changes what it is given: X_train and X_new.
Next: `X_train = X_train - m` makes a new array; `X_train -= m` and
`X_train[i] = …` change the one that was given, and so they do through a
second name for it: copy it first, by `X_train.copy()`.
You see it here, the example above the function:
    standardize(X_train=np.array([[1.0, 3.0], [5.0, 3.0]]), X_new=np.array([[7.0, 4.0]]))
The points are halved for that.
It printed 16,008 characters, which are left out here.""",
    ),
    (
        "ridge.ridge_path",
        is_one_too_large,
        """\
ridge_path: 0 of 5 points.
Your answers match, in every case tried, what you get when b is one too
large.
Next: count by hand for a short list: does your count begin at 0?
It calls ridge_fit, which is not right yet either: begin there.
A small case that fails, the example above the function:
    ridge_path(X=np.array([[0.0], [2.0]]), y=np.array([1.0, 5.0]),
               lams=np.array([1.0, 0.0, 3.0]))
gives W = [[1. ], [2. ], [0.5]], b = [3. , 2. , 3.5]
and should give W = [[1. ], [2. ], [0.5]], b = [2. , 1. , 2.5]
Not yet: typical cases (2); the order of lams (1); a single λ, whole
numbers, a constant column, p > n (1); λ = 0 and a singular X: the
shortest w (1).
Reread: “Shorter, but not smaller one by one”, in the chapter “Penalties
and ridge”.""",
    ),
    (
        "ridge.ridge_objective",
        is_nan,
        """\
ridge_objective: 0 of 3 points.
NaN and infinity come from a division by zero, or from the root or the
logarithm of a number that has none.
Next: find the division in your code, and see when its divisor is zero.
A small case that fails, the example above the function:
    ridge_objective(w=np.array([2.0, -1.0]), b=1.0, X=np.array([[1.0, 0.0], [0.0, 2.0]]),
                    y=np.array([4.0, 1.0]), lam=0.2)
gives J = nan
and should give J = 1.75
J contains NaN (not a number).
What must hold: J is the mean of the squared residuals, halved, plus λ/2
times the sum of the squared w.
Not yet: loss plus penalty (1); λ = 0: the loss alone (1); whole
numbers, p > n (1).
Reread: “Loss plus penalty”, in the chapter “Penalties and ridge”.""",
    ),
    (
        "lasso.soft_threshold",
        lambda: 1,
        """\
soft_threshold: 0 of 3 points.
It raised TypeError: <lambda>() takes 0 positional arguments but 2 were
given.
The function does not take the arguments (z, t).
Next: keep the line `def soft_threshold(z, t):` as it was.
A small case that fails, the example above the function:
    soft_threshold(z=np.array([3.0, -0.5, -2.0]), t=1.0)
What must hold: u is z moved towards zero by t, and zero where it would
pass zero on the way.
Not yet: arrays (1); single numbers (1); t = 0, |z| = t, whole numbers
(1).
Reread: “One coefficient: the soft threshold”, in the chapter “Lasso,
and L1 against L2”.""",
    ),
    (
        "ridge.ridge_path",
        is_not_written,
        """\
ridge_path: 0 of 5 points. It is not written yet.
Next: put your code in place of the line with NotImplementedError in the
cell above. Run that cell, then this one. Start with the example above
it.""",
    ),
    (
        "ridge.ridge_gradient",
        returns_nothing,
        """\
ridge_gradient: 0 of 4 points.
It returned nothing (None).
Next: end every way through the function with `return grad_w, grad_b`.
It calls ridge_objective, which is not right yet either: begin there.
A small case that fails, the example above the function:
    ridge_gradient(w=np.array([2.0, -1.0]), b=1.0, X=np.array([[1.0, 0.0], [0.0, 2.0]]),
                   y=np.array([4.0, 1.0]), lam=0.2)
What must hold: moving one entry of w by a tiny step changes J by that
step times its entry of grad_w, and b likewise.
Not yet: loss plus penalty (2); λ = 0: the loss alone (1); whole
numbers, p > n (1).
Reread: “The gradient”, in the chapter “Penalties and ridge”.""",
    ),
]


@pytest.mark.parametrize(("name", "function", "said"), SAID, ids=lambda one: str(one)[:30])
def test_the_text_is_this(verdict, name, function, said):
    entry = find(name)
    assert tell(verdict(entry, function), entry.builds_on) == said


def test_a_right_answer_is_told_only_where_it_may_be(verdict):
    """Of the public example always, of another case only to who asks for it."""
    entry = find("ridge.ridge_fit")

    def wrong_unless_public(X, y, lam):
        w, b = FIT(X, y, lam)
        return (w, b) if X.shape == (2, 1) else (w, b + 0.5)

    judged = verdict(entry, wrong_unless_public)
    without, told = telling(judged), telling(judged, expected=True)
    assert without.case.came and not without.case.should
    assert without.case.came[0] == told.case.should[0] and len(told.case.should) == 2
    assert "and should give" not in text(without)
    assert without.extent.startswith("Not right in 13 of 14 cases: w is, b is not.")
