"""All exercises, for tests that range over them."""

import pytest

from reglib.exercises import ASSIGNMENTS, assignment

ENTRIES = [entry for name in ASSIGNMENTS for entry in assignment(name).entries]
SLOW = {  # one answer to these fits hundreds of times
    "overfitting.bias_variance",
    "overfitting.degree_errors",
    "overfitting.learning_curve",
    "lasso.lasso_fit",
    "lasso.elastic_net_fit",
    "cross_validation.cross_val_errors",
    "cross_validation.standardized_cv_errors",
    "cross_validation.screened_cv_errors",
    "cross_validation.nested_cv_errors",
}

each_entry = pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
each_entry_in_time = pytest.mark.parametrize(
    "entry",
    [
        pytest.param(entry, marks=[pytest.mark.long] if entry.name in SLOW else [], id=entry.name)
        for entry in ENTRIES
    ],
)
