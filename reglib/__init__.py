"""The reference library of *Regularization, Hands-On*.

One objective and one λ, everywhere, with an unpenalised intercept b and no silent standardising:

    J(w, b) = 1/(2n) · ‖y − b − Xw‖² + λ · ( ρ‖w‖₁ + (1−ρ)/2 · ‖w‖² )

Names are imported on first use, so that `import reglib` works where the models are withheld.
"""

from importlib import import_module

_HOME = {
    "CV": "validation",
    "Dataset": "data",
    "ElasticNet": "penalty",
    "L1": "penalty",
    "L2": "penalty",
    "Path": "path",
    "cross_validate": "validation",
    "duality_gap": "certify",
    "early_stopping": "descent",
    "elastic_net_path": "elastic_net",
    "gd_shrinkage": "descent",
    "gradient_descent_path": "descent",
    "kfold": "validation",
    "kkt_violation": "certify",
    "lambda_grid": "path",
    "lasso_cd": "lasso",
    "lasso_knots": "lasso",
    "lasso_path": "lasso",
    "least_squares": "ridge",
    "load_breast_cancer": "data",
    "load_diabetes": "data",
    "load_digits": "data",
    "load_longley": "data",
    "load_meat": "data",
    "log_loss": "validation",
    "logistic_path": "logistic",
    "objective": "certify",
    "polynomial": "features",
    "predict": "path",
    "proximal_path": "proximal",
    "ridge_loo": "ridge",
    "ridge_path": "ridge",
    "soft_threshold": "penalty",
    "squared": "validation",
    "standardize": "features",
}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> object:
    if name not in _HOME:
        text = f"module 'reglib' has no attribute {name!r}"
        if not name.startswith("_"):
            from reglib.check import renewal

            text += f". If the notebook came with it, your reglib is older. {renewal()}"
        raise AttributeError(text)
    return getattr(import_module(f"reglib.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOME])
