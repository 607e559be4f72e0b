"""The explorers in a live notebook: their traits are Python's too."""

import json
import re

import nbformat
import pytest
from patience import until
from servers import Server

from reglib import widgets

CELL = """\
import json
from pathlib import Path
import ipywidgets
from reglib import widgets

states = {
    "RidgeExplorer": {"lam": 0.01},
    "FitExplorer": {"degree": 3, "n": 20},
    "LassoExplorer": {"lam": 0.1, "feature": "bmi"},
    "GeometryExplorer": {"reach": 1.0},
    "CrossValidationExplorer": {"k": 5},
    "GameExplorer": {"stiffness": 5},
}
explorers = {
    name: getattr(widgets, name)(**states.get(name, {})) for name in widgets.explorers()
}

def hear(name):
    def write(change):
        Path(f"{name} {change.name}.json").write_text(json.dumps(change.new))
    return write

for name, explorer in explorers.items():
    explorer.observe(hear(name), [trait for trait in explorer.keys if trait[0] != "_"])

def set_traits(button):
    for name, traits in json.loads(Path("wanted.json").read_text()).items():
        for trait, value in traits.items():
            setattr(explorers[name], trait, value)

button = ipywidgets.Button(description="Set them in Python")
button.on_click(set_traits)
display(button, *explorers.values())
display(widgets.tune(lambda X, y, lam: ([lam], 0.0), [[1.0], [2.0]], [3.0, 5.0], [0, 1, 5]))
widgets.choose(lambda power, ax: ax.set(title=f"to the {power}"), "power", [1, 2, 3], start=2)
"""

LAST = widgets.FitExplorer().data()[0][:21].argmax()
LAST_MOVED = [0.05 * (row == LAST) for row in range(60)]
LAM = "λ, the strength of the penalty"
# In each explorer: a control, the key pressed on it, the trait, and what Python then hears.
PRESSED = [
    ("RidgeExplorer", "slider", LAM, "ArrowRight", "lam", 0.0112),
    ("RidgeExplorer", "slider", "y of point 1 of 20, .*", "ArrowUp", "moved", [0.05, *19 * [0]]),
    ("FitExplorer", "slider", "Degree", "ArrowRight", "degree", 4),
    ("FitExplorer", "slider", "Training points, n", "ArrowRight", "n", 21),
    ("FitExplorer", "slider", "y of point 21 of 21, .*", "ArrowUp", "moved", LAST_MOVED),
    ("LassoExplorer", "slider", LAM, "ArrowRight", "lam", 0.112),
    ("LassoExplorer", "combobox", "Feature .*", "ArrowDown", "feature", "bp"),
    ("GeometryExplorer", "slider", "Budget: .*", "ArrowRight", "reach", 1.05),
    ("GeometryExplorer", "slider", "Optimum, .*", "ArrowUp", "optimum", [8 / 3, 2 / 3 + 0.1]),
    ("GeometryExplorer", "checkbox", "Shade .*", "Space", "regions", True),
    ("CrossValidationExplorer", "slider", "k, the number of folds", "ArrowRight", "k", 6),
    ("CrossValidationExplorer", "button", "Reshuffle", "Enter", "shuffle", 1),
    ("CrossValidationExplorer", "checkbox", "Show the true risk", "Space", "risk_shown", True),
    ("GameExplorer", "button", "This is my curve", "Enter", "choices", [5]),
]
# What Python sets, and where that is seen: a control, what it then holds, words of the sentence.
WANTED = {
    "RidgeExplorer": {"lam": 0.5},
    "FitExplorer": {"n": 33},
    "LassoExplorer": {"feature": "hdl"},
    "GeometryExplorer": {"penalty": "L2"},
    "CrossValidationExplorer": {"k": 8},
}
SEEN = [
    ("RidgeExplorer", "textbox", f"{LAM}, typed", "0.5", "λ = 0.5, degree 12"),
    ("FitExplorer", "textbox", "Training points, n, typed", "33", "Degree 4, 33 training points"),
    ("LassoExplorer", "combobox", "Feature .*", "hdl", "For hdl, c = "),
    ("GeometryExplorer", "combobox", "Penalty", "L2", "L2, budget through 1.05: "),
    (
        "CrossValidationExplorer",
        "textbox",
        "k, the number of folds, typed",
        "8",
        "8 folds of 40 rows",
    ),
]


@pytest.fixture
def lab(tmp_path):
    """A JupyterLab with one notebook; its address and its folder."""
    folder = tmp_path / "course"
    folder.mkdir()
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELL)])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(notebook, folder / "live.ipynb")
    settings = {
        "news_url": "",
        "check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
        "extension_manager": "readonly",
        "user_settings_dir": tmp_path / "settings",
        "workspaces_dir": tmp_path / "workspaces",
    }
    options = [f"--LabApp.{name}={value}" for name, value in settings.items()]
    with Server(tmp_path, folder, *options, module="jupyterlab", token="") as server:
        yield server.address, folder


def test_a_live_notebook_and_its_kernel_share_every_explorers_traits(visit, lab):
    address, folder = lab
    page = visit(address + "lab/tree/live.ipynb?reset", errors_allowed=True)
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
    page.locator(".jp-Notebook .jp-CodeCell .cm-content").first.click()
    page.keyboard.press("Shift+Enter")

    def explorer(name):
        return page.locator(".explorer").nth(widgets.explorers().index(name))

    def control(name, role, label):
        return explorer(name).get_by_role(role, name=re.compile(f"^{label}$"))

    for name in widgets.explorers():
        explorer(name).wait_for()
    for i in range(len(widgets.explorers())):
        picture = page.locator(".explorer-static").nth(i)
        picture.wait_for(state="attached")
        picture.wait_for(state="hidden")

    # From the page to Python …
    for name, role, label, key, trait, value in PRESSED:
        control(name, role, label).press(key)
        told = until(lambda path=folder / f"{name} {trait}.json": text(path))
        assert json.loads(told) == pytest.approx(value), (name, trait)

    for name in widgets.explorers():
        for key in ("ArrowLeft", "ArrowRight"):
            told = said(folder, name)
            explorer(name).get_by_role("slider").first.press(key)
            until(lambda name=name, told=told: said(folder, name) != told)
        print(f"{name} answers")

    # … and from Python to the page.
    (folder / "wanted.json").write_text(json.dumps(WANTED))
    page.get_by_role("button", name="Set them in Python").click()
    for name, role, label, value, words in SEEN:
        explorer(name).locator(".explorer-state").filter(has_text=words).wait_for()
        assert control(name, role, label).input_value() == value

    # What needs no Python to move stands below them, one displayed and one the last expression.
    for at, (name, key, words) in enumerate(
        [("λ", "End", "λ = 5. Mean squared error:"), ("power", "Home", "power = 1. to the 1.")]
    ):
        box = page.locator(".explorer").nth(len(widgets.explorers()) + at)
        box.get_by_role("slider", name=name, exact=True).press(key)
        box.locator(".explorer-state").filter(has_text=words).wait_for()


def said(folder, name):
    """What Python has heard of an explorer's traits."""
    return {path.name: path.read_text() for path in folder.glob(f"{name} *.json")}


def text(path):
    return path.exists() and path.read_text()
