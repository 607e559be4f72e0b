"""Things to move: one explorer per idea, and `tune` and `choose`, for your own functions.

`RidgeExplorer` stands in `ridge.py` beside its script `ridge.js`, and so with all others. Nothing
is imported before it is asked for, so that `tune` and `choose` also work where neither the models
nor anywidget are installed.
"""

import importlib
import importlib.util
import re
from pathlib import Path

FUNCTIONS = ("choose", "tune")


def explorers() -> list[str]:
    """Return the names of all explorers: a script that has the export of one is one's own.

    >>> "RidgeExplorer" in explorers()
    True
    """
    scripts = sorted(Path(__file__).parent.glob("*.js"))
    own = [script.stem for script in scripts if "export default" in script.read_text("utf-8")]
    return [name.title().replace("_", "") + "Explorer" for name in own if name not in FUNCTIONS]


def __getattr__(name: str) -> object:
    home = re.sub("(?<=[a-z])(?=[A-Z])", "_", name.removesuffix("Explorer")).lower()
    known = name in FUNCTIONS or (name.endswith("Explorer") and home not in FUNCTIONS)
    if not known or not importlib.util.find_spec(f"{__name__}.{home}"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    # Kept, because importing the module reglib.widgets.tune would otherwise hide the function.
    globals()[name] = value = getattr(importlib.import_module(f"{__name__}.{home}"), name)
    return value


def __dir__() -> list[str]:
    return [*explorers(), *FUNCTIONS, "explorers"]
