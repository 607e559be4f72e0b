"""What every explorer shares: its module, its two outputs, its limits, its numbers from a seed."""

import base64
import inspect
import re
import shutil
import subprocess
import sys
import warnings

import numpy as np
import pytest
from degenerate import arrays
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

import reglib.widgets
from reglib.widgets import RidgeExplorer, front
from reglib.widgets.explorer import Checked, normals, uniforms
from reglib.widgets.front import HERE, IMPORT, joined

ALL = [getattr(reglib.widgets, name) for name in reglib.widgets.explorers()]


@pytest.fixture
def outputs():
    """Show an object as a notebook does, and return what was displayed."""
    shell = InteractiveShell.instance()

    def outputs(value):
        with capture_output() as captured:
            shell.display_formatter.format(value)
        return [output.data for output in captured.outputs]

    yield outputs
    InteractiveShell.clear_instance()


def test_widgets_are_found_by_name_and_nothing_is_imported_before():
    code = "import sys, reglib.widgets; print([m for m in sys.modules if 'reglib.' in m], end='')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "['reglib.widgets']"
    assert {"RidgeExplorer", "CrossValidationExplorer"} <= set(dir(reglib.widgets))
    assert {"choose", "tune"} <= set(dir(reglib.widgets))
    for name in ("RidgExplorer", "TuneExplorer", "CurveExplorer", "ridge_explorer", "Ridge"):
        with pytest.raises(AttributeError, match=name):
            getattr(reglib.widgets, name)


@pytest.mark.parametrize("name", ["choose", "tune"])
def test_a_learners_own_widgets_need_neither_jupyter_nor_the_models(name):
    code = (
        "import sys\n"
        "for module in ('anywidget', 'ipywidgets', 'traitlets', 'IPython', 'reglib.ridge',\n"
        "               'matplotlib', 'reglib.features', 'reglib.path'):\n"
        "    sys.modules[module] = None\n"
        f"from reglib.widgets import {name}\n"
        f"assert callable({name})\n"
        f"import reglib.widgets.{name}\n"
        f"from reglib.widgets import {name}\n"
        f"assert callable({name})\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def read(script):
    return (HERE / script).read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", ALL)
def test_the_joined_module_imports_nothing_and_exports_the_widget(kind):
    source = joined(kind.script)
    assert not re.search(r"^\s*import\b", source, re.MULTILINE)
    assert source.count("export default") == 1
    assert source.rstrip().endswith("export default { render };")


@pytest.mark.parametrize("kind", ALL)
def test_scripts_that_are_joined_call_nothing_by_the_same_name(kind):
    declared = r"^(?:export )?(?:const|let|function|class) (\w+)"
    names = re.findall(declared, joined(kind.script), re.MULTILINE)
    assert len(names) > 10
    assert not {name for name in names if names.count(name) > 1}


@pytest.mark.parametrize("kind", ALL)
def test_every_name_that_a_script_imports_is_exported_above_it_and_used(kind):
    source, seen = joined(kind.script), {}

    def walk(script):
        text = read(script)
        for imported in IMPORT.findall(text):
            if imported not in seen:
                walk(imported)
        for names, imported in re.findall(r'^import \{([^}]*)\} from "\./([^"]*)"', text, re.M):
            wanted = {name.strip() for name in names.split(",") if name.strip()}
            assert wanted <= seen[imported], f"{script} imports more than {imported} exports"
            body = IMPORT.sub("", text)
            unused = {name for name in wanted if not re.search(rf"\b{name}\b", body)}
            assert not unused, f"{script} imports {unused} and does not use it"
        seen[script] = set(re.findall(r"^export (?:const|function) (\w+)", text, re.M))
        assert source.count(IMPORT.sub("", text)) == 1

    walk(kind.script)
    places = [source.index(IMPORT.sub("", read(script))) for script in seen]
    assert places == sorted(places), "what is imported stands above"


@pytest.mark.parametrize("file", ["ridge.js", "numerics.js", "explorer.css"])
def test_a_change_of_a_script_is_in_the_next_explorer(monkeypatch, tmp_path, file):
    shutil.copytree(HERE, tmp_path / "widgets")
    monkeypatch.setattr(front, "HERE", tmp_path / "widgets")
    before = RidgeExplorer()
    path = tmp_path / "widgets" / file
    path.write_text(path.read_text("utf-8") + "/* changed */\n", encoding="utf-8")
    after, key = RidgeExplorer(), "_css" if file.endswith("css") else "_esm"
    assert "/* changed */" in after.get_state(key)[key]
    assert "/* changed */" not in before.get_state(key)[key]


def checked(kind):
    return {name: t for name, t in kind.class_traits().items() if isinstance(t, Checked)}


@pytest.mark.parametrize("kind", ALL)
def test_the_page_is_sent_the_limits_that_python_keeps(kind):
    made = kind()
    state = made.get_state()
    assert set(state["_limits"]) == set(checked(kind)), "every trait that can be set is checked"
    for name, limits in state["_limits"].items():
        assert state[name] == getattr(made, name)
        for end, step in (("least", -1), ("most", 1)):
            if end in limits and isinstance(state[name], int | float):
                setattr(made, name, limits[end])
                assert getattr(made, name) == limits[end]
                with pytest.raises(ValueError, match=f"{name} is "):
                    setattr(made, name, limits[end] + step)
        for option in limits.get("options", []):
            setattr(made, name, option)
        bad = [0.0] * (limits["count"] + 1) if "count" in limits else object()
        with pytest.raises(ValueError, match=name):
            setattr(made, name, bad)


@pytest.mark.parametrize("end", ["least", "most"])
@pytest.mark.parametrize("kind", ALL)
def test_every_extreme_state_has_a_picture_and_words(kind, end):
    made = kind()
    for name, limits in made.get_state("_limits")["_limits"].items():
        if type(getattr(made, name)) in (int, float):
            setattr(made, name, limits.get(end, 1e300))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert made.figure().axes
        words = made.description()
    assert not re.search(r"\b(nan|inf)\b", words)


TAKE_DATA = [kind for kind in ALL if arrays(kind)]


@pytest.mark.parametrize("kind", TAKE_DATA)
def test_degenerate_data_are_refused_in_a_sentence_or_drawn(kind):
    drawn = refused = 0
    for case, given in arrays(kind):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            try:
                made = kind(**given)
            except ValueError as why:
                refused += 1
                names = "|".join(inspect.signature(kind).parameters)
                assert re.match(rf"({names}) .*: (pass|remove) ", str(why)), (case, str(why))
                continue
            drawn += 1
            assert made.figure().axes, case
            assert not re.search(r"\b(nan|inf)\b", made.description()), case
    assert drawn and refused


@pytest.mark.parametrize("kind", TAKE_DATA)
def test_constant_data_are_refused_in_the_same_words(kind):
    cases = dict(arrays(kind))
    with pytest.raises(ValueError, match=r"^y is constant: pass values that vary$"):
        kind(**cases["y constant"])


def test_a_widget_is_shown_twice_live_and_as_a_picture(outputs):
    made = RidgeExplorer(lam=0.01)
    live, still = outputs(made)
    view = live["application/vnd.jupyter.widget-view+json"]
    assert view["model_id"] == made.model_id
    assert "text/html" not in live and "image/png" not in live
    html = still["text/html"]
    assert f'class="explorer-static {made._picture}"' in html
    png = base64.b64decode(re.search(r"base64,([^\"]*)", html)[1])
    assert png == base64.b64decode(still["image/png"])
    assert png.startswith(b"\x89PNG")
    assert 5_000 < len(png) < 40_000
    assert made.description().replace("&", "&amp;") in html


def test_each_explorer_hides_its_own_picture_only():
    assert RidgeExplorer()._picture != RidgeExplorer()._picture
    assert re.fullmatch(r"[a-z0-9-]+", RidgeExplorer()._picture)


def test_uniform_numbers_are_spread_evenly_and_differ_from_seed_to_seed():
    u = np.array([uniforms(seed, 120) for seed in range(500)])
    assert u.min() > 0 and u.max() < 1
    assert len(np.unique(u[:, 0])) == 500
    shares = np.histogram(u, bins=20, range=(0, 1))[0] / u.size
    np.testing.assert_allclose(shares, 0.05, atol=0.005)
    assert abs(np.corrcoef(u[:-1].ravel(), u[1:].ravel())[0, 1]) < 0.02
    assert abs(np.corrcoef(u[:, :-1].ravel(), u[:, 1:].ravel())[0, 1]) < 0.02


def test_normal_numbers_have_the_moments_of_the_normal():
    u = uniforms(3, 200_000)
    z = normals(u[:100_000], u[100_000:])
    assert z.mean() == pytest.approx(0, abs=0.02)
    assert z.std() == pytest.approx(1, abs=0.01)
    assert (z**4).mean() == pytest.approx(3, abs=0.1)
