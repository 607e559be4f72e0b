"""Things to move: one explorer per idea, and `tune`, which is for your own functions.

Nothing is imported before it is asked for, so that `tune` also works where neither the models nor
anywidget are installed.
"""

import importlib

_HOME = {
    "CrossValidationExplorer": "reglib.widgets.cross_validation",
    "FitExplorer": "reglib.widgets.fit",
    "GeometryExplorer": "reglib.widgets.geometry",
    "LassoExplorer": "reglib.widgets.lasso",
    "RidgeExplorer": "reglib.widgets.ridge",
    "tune": "reglib.widgets.tune",
}

__all__ = list(_HOME)


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    # Kept, because importing the module reglib.widgets.tune would otherwise hide the function.
    globals()[name] = value = getattr(importlib.import_module(_HOME[name]), name)
    return value


def __dir__() -> list[str]:
    return __all__
