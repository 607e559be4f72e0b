"""What every explorer shares: its module, its two outputs, its numbers from a seed."""

import base64
import re
import subprocess
import sys

import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

import reglib.widgets
from reglib.widgets import RidgeExplorer
from reglib.widgets.explorer import HERE, joined, normals, uniforms


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
    assert "RidgeExplorer" in dir(reglib.widgets)
    with pytest.raises(AttributeError, match="RidgExplorer"):
        reglib.widgets.RidgExplorer  # noqa: B018


def test_tune_needs_neither_anywidget_nor_the_models():
    code = (
        "import sys\n"
        "for name in ('anywidget', 'reglib.ridge', 'reglib.features', 'reglib.path'):\n"
        "    sys.modules[name] = None\n"
        "from reglib.widgets import tune\n"
        "assert callable(tune)\n"
        "import reglib.widgets.tune\n"
        "from reglib.widgets import tune\n"
        "assert callable(tune)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_joined_module_imports_nothing_and_exports_the_widget():
    source = RidgeExplorer()._esm
    assert not re.search(r"^\s*import\b", source, re.MULTILINE)
    assert source.rstrip().endswith("export default { render };")
    for script in ("explorer.js", "lam.js", "numerics.js", "curve.js", "ridge.js"):
        text = (HERE / script).read_text(encoding="utf-8")
        assert text.splitlines()[0] in source
        assert all(name in source for name in re.findall(r"^export function (\w+)", text, re.M))


@pytest.mark.parametrize(
    "home", [home for name, home in reglib.widgets._HOME.items() if name.endswith("Explorer")]
)
def test_every_name_that_a_script_imports_is_exported_above_it(home):
    python = (HERE / f"{home.rpartition('.')[2]}.py").read_text(encoding="utf-8")
    above = set()
    for script in re.findall(r'"(\w+\.js)"', re.search(r"_esm = joined\(([^)]*)\)", python)[1]):
        text = (HERE / script).read_text(encoding="utf-8")
        for names in re.findall(r'^import \{([^}]*)\} from "\./', text, re.MULTILINE):
            wanted = {name.strip() for name in names.split(",") if name.strip()}
            assert wanted <= above
            body = text.split('.js";\n')[-1]
            assert all(re.search(rf"\b{name}\b", body) for name in wanted), "imported, never used"
        above |= set(re.findall(r"^export (?:const|function) (\w+)", text, re.MULTILINE))
    assert "explorer" in above


def test_joining_keeps_the_order_and_the_rest():
    both = joined("numerics.js", "explorer.js")
    first, second = ((HERE / name).read_text("utf-8") for name in ("numerics.js", "explorer.js"))
    assert both == first + "\n" + second


def test_a_widget_is_shown_twice_live_and_as_a_picture(outputs):
    explorer = RidgeExplorer(lam=0.01)
    live, still = outputs(explorer)
    view = live["application/vnd.jupyter.widget-view+json"]
    assert view["model_id"] == explorer.model_id
    assert "text/html" not in live and "image/png" not in live
    html = still["text/html"]
    assert f'class="explorer-static {explorer._picture}"' in html
    png = base64.b64decode(re.search(r"base64,([^\"]*)", html)[1])
    assert png == base64.b64decode(still["image/png"])
    assert png.startswith(b"\x89PNG")
    assert 5_000 < len(png) < 40_000
    assert explorer.description().replace("&", "&amp;") in html


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
