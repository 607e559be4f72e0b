"""The reference library of *Regularization, Hands-On*.

One objective and one λ, everywhere, with an unpenalised intercept b and no silent standardising:

    J(w, b) = 1/(2n) · ‖y − b − Xw‖² + λ · ( ρ‖w‖₁ + (1−ρ)/2 · ‖w‖² )

Names are imported on first use, so that `import reglib` works where the models are withheld.
"""

from importlib import import_module

_HOME = {
    "Path": "path",
    "lambda_grid": "path",
    "load_diabetes": "data",
    "polynomial": "features",
    "predict": "path",
    "ridge_path": "ridge",
    "standardize": "features",
}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module 'reglib' has no attribute {name!r}")
    return getattr(import_module(f"reglib.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOME])
