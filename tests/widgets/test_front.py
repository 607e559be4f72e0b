"""One description of what is shown, and its two fronts."""

import sys

import pytest

from reglib.widgets import choose, front, tune

SHOWN = {
    "tune": lambda: tune(lambda X, y, lam: ([lam], 0.0), [[1.0], [2.0]], [3.0, 5.0], [0, 1]),
    "choose": lambda: choose(lambda power, ax: ax.set(title="!"), "power", [1, 2, 3], start=2),
}


@pytest.fixture(params=SHOWN)
def shown(request):
    return SHOWN[request.param]()


def test_in_jupyter_it_is_a_widget_and_its_words(shown):
    data = shown._repr_mimebundle_(include=None, exclude=None)
    assert set(data) == {"application/vnd.jupyter.widget-view+json", "text/plain"}
    assert data["text/plain"] == repr(shown)
    synced = shown.widget().get_state()
    assert synced["_esm"] == front.joined(f"{shown.script}.js")
    assert synced["_css"] == front.style()
    assert {name: synced[name] for name in shown.state()} == shown.state()


def test_without_jupyter_it_is_the_same_state_and_the_name_of_the_script(shown, monkeypatch):
    monkeypatch.setitem(sys.modules, "anywidget", None)
    data = shown._repr_mimebundle_()
    assert set(data) == {front.MIME, "text/plain"}
    assert data[front.MIME] == {"script": shown.script, "state": shown.state()}
