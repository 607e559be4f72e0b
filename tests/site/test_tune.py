"""tune and choose, moved in a page with no kernel: what was computed once, and nothing else."""

import json
import shutil
import sys

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from hands import PHONE, middle, settle, slider
from playwright.sync_api import expect

from reglib import load_diabetes, ridge_path, standardize
from reglib.repository import path
from reglib.widgets import choose, front, tune

DIABETES = load_diabetes()
Z = standardize(DIABETES.X)[0]
LAMS = [0.0, *np.geomspace(0.01, 10, 7)]
BROKEN = 3  # the step at which the function fails
SCRIPTS = (
    *("book/_desk/make.js", "book/_desk/outputs.js", "book/_desk/widgets.js"),
    "book/_static/widget-host.js",
)


def fit(X, y, lam):
    if lam == LAMS[BROKEN]:
        raise ZeroDivisionError("no fit here")
    path = ridge_path(X, y, [lam])
    return path.coef[0], path.intercept[0]


def draw(degree, ax):
    ax.plot([0, 1, 3], [0, degree, 1], color="red")
    ax.plot([1, 2], [1, 0.5], "o", color="blue")
    ax.set(title=f"degree {degree}")


@pytest.fixture(scope="module")
def moved():
    return {
        "many": tune(
            fit,
            Z[:30],
            DIABETES.y[:30],
            LAMS,
            validation=(Z[30:60], DIABETES.y[30:60]),
            names=DIABETES.feature_names,
        ),
        "one": tune(fit, Z[:30, 2:3], DIABETES.y[:30], LAMS, names=["bmi"]),
        "pictures": choose(draw, "degree", range(1, 5), start=3),
    }


@pytest.fixture
def desk(moved, tmp_path, serve, visit, monkeypatch):
    """Open a page that shows these, and others by name, as outputs of cells that ran in it."""
    for script in (*SCRIPTS, *(f"reglib/widgets/{p.name}" for p in front.HERE.glob("*.js"))):
        (tmp_path / script).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path(*script.split("/")), tmp_path / script)
    (tmp_path / "book/_desk/widgets.css").write_text(front.style(), "utf-8")
    (tmp_path / "page.html").write_text(
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Outputs</title>'
        '<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">'
        "<main><h1>Outputs</h1></main>",
        "utf-8",
    )
    monkeypatch.setitem(sys.modules, "anywidget", None)
    bundles = {name: steps._repr_mimebundle_() for name, steps in moved.items()}

    def desk(names=tuple(bundles), more=(), **options):
        page = visit(serve(tmp_path) + "page.html", **options)
        page.evaluate(
            """async (bundles) => {
              const { shown } = await import("./book/_desk/outputs.js");
              for (const data of bundles) {
                const output = { output_type: "display_data", data, metadata: {} };
                document.querySelector("main").append(shown(output));
              }
            }""",
            [bundles[name] for name in names] + list(more),
        )
        expect(page.locator(".explorer")).to_have_count(len(names))
        return page

    return desk


def numbers(box):
    cells = box.locator("td[data-name]")
    found = cells.evaluate_all("tds => tds.map(({dataset: d}) => [d.name, d.value])")
    return {name: float(value) for name, value in found}


def places(box, colour, side):
    """Where the marks of a colour are in the picture of the fit, in their order."""
    marks = box.locator(f".explorer-view:first-child .dot[stroke='var(--{colour})']")
    return np.array(marks.evaluate_all(f"dots => dots.map((dot) => Number(dot.{side}))"))


SIDES = {"x": "getAttribute('cx')", "y": "getAttribute('cy')"}


def affine(seen, values):
    """Whether what is seen is the values on a scale; return the scale, rounded."""
    slope, offset = np.polyfit(values, seen, 1)
    np.testing.assert_allclose(slope * np.array(values) + offset, seen, atol=1e-6)
    return round(slope, 6), round(offset, 4)


def test_what_is_drawn_at_each_step_is_what_the_function_gave(desk, moved):
    page = desk(["many"])
    box, facts = page.locator(".explorer"), moved["many"].state()["_facts"]
    handle, scales = slider(box, "λ"), set()
    for at, step in enumerate(facts["steps"]):
        assert handle.get_attribute("aria-valuetext") == step["label"] == f"{LAMS[at]:.3g}"
        assert box.locator(".explorer-state").inner_text() == moved["many"].words[at]
        heights = {kind: places(box, kind, SIDES["y"]) for kind in ("training", "validation")}
        if at == BROKEN:
            assert "raised ZeroDivisionError: no fit here" in moved["many"].words[at]
            assert numbers(box) == {"λ": LAMS[at]}
            assert all((seen == -99).all() for seen in heights.values())
            # Neither the errors nor the names at the marker are of another λ.
            assert set(box.locator("svg text.name").all_text_contents()) <= {""}
        else:
            told = numbers(box)
            assert told["intercept"] == step["b"] and told["λ"] == LAMS[at]
            assert [told[f"w of {name}"] for name in facts["names"]] == step["w"]
            for kind, seen in heights.items():
                scales.add(affine(seen, step["fitted"][kind]))
                assert told[f"{kind} error"] == step["errors"][kind]
        handle.press("ArrowRight")
        settle(page)
    assert len(scales) == 1, "the picture stays still, so that only the points move"
    for j, line in enumerate(box.locator("path.thin").all()[1:]):
        assert line.get_attribute("d").count("M") == 2, f"w{j} is drawn where it was not given"


def test_in_every_frame_there_is_one_lambda_on_screen_and_little_to_draw(desk, moved):
    page = desk(["many"])
    box = page.locator(".explorer")
    frames = slider(box, "λ").evaluate(
        """async (slider) => {
          const root = slider.closest(".explorer");
          const marker = root.querySelector(".marker");
          const frame = () => new Promise((done) => requestAnimationFrame(() => {
            const { port1, port2 } = new MessageChannel();
            port1.onmessage = done;
            port2.postMessage(null);
          }));
          const seen = [];
          let [changed, made] = [0, 0];
          const watch = new MutationObserver((all) => {
            changed += all.filter(({ type }) => type === "attributes").length;
            made += all.filter(({ target }) => target.closest?.("svg")).filter(
              ({ type }) => type === "childList").length;
          });
          watch.observe(root, { subtree: true, attributes: true, childList: true });
          for (let turn = 0; turn < 40; turn++) {
            const next = frame();
            slider.value = turn % (Number(slider.max) + 1);
            slider.dispatchEvent(new Event("input"));
            await next;
            seen.push([
              slider.getAttribute("aria-valuetext"),
              root.querySelector(".explorer-state").textContent,
              root.querySelector(".explorer-here").textContent,
              marker.getAttribute("x1"),
            ]);
          }
          return { seen, changed, made };
        }"""
    )
    markers = {}
    for label, sentence, here, marker in frames["seen"]:
        assert label == here and f"λ = {label}" in sentence
        assert markers.setdefault(label, marker) == marker
    assert len(set(markers.values())) == len(LAMS)
    # A step moves points and a marker, and makes nothing but the names at it.
    assert frames["changed"] / 40 < 2 * 60 + 40 and frames["made"] / 40 <= 4


def test_by_hand_it_goes_to_the_nearest_lambda_of_the_grid(desk, moved):
    page = desk(["one", "pictures"])
    line, pictures = page.locator(".explorer").all()
    facts = moved["one"].state()["_facts"]
    plot = line.locator(".explorer-view").nth(1).locator(".scrub")
    box = plot.bounding_box()
    for share, at in ((0.02, 0), (0.62, 4), (0.97, 7)):
        page.mouse.click(box["x"] + share * box["width"], middle(plot)[1])
        settle(page)
        assert slider(line, "λ").get_attribute("aria-valuetext") == facts["steps"][at]["label"]
        x, y = (places(line, "training", side) for side in SIDES.values())
        affine(x, facts["x"])
        slope, offset = affine(y, facts["actual"]["training"])
        d = line.locator(".explorer-view:first-child > svg path.line").first.get_attribute("d")
        ends = np.array([end.split() for end in d[1:].split("L")], dtype=float)[:, 1]
        fitted = np.array(facts["steps"][at]["fitted"]["training"])
        wanted = [fitted[np.argmin(facts["x"])], fitted[np.argmax(facts["x"])]]
        np.testing.assert_allclose(ends, slope * np.array(wanted) + offset, atol=0.01)

    degree = slider(pictures, "degree")
    assert degree.get_attribute("aria-valuetext") == "3"
    for key, at in (("End", 3), ("ArrowLeft", 2), ("Home", 0)):
        degree.press(key)
        settle(page)
        assert pictures.locator(".explorer-state").inner_text() == moved["pictures"].words[at]
        picture = moved["pictures"].state()["_facts"]["pictures"][at]
        d = pictures.locator("svg path.line").first.get_attribute("d")
        xs, ys = np.array([place.split() for place in d[1:].split("L")], dtype=float).T
        line, marks = picture["curves"]
        shown = pictures.locator("svg circle[fill='#0000ff']")
        assert shown.count() == len(marks["x"])
        for seen, side, name in ((xs, "x", "cx"), (ys, "y", "cy")):
            slope, offset = np.polyfit(line[side], seen, 1)
            dots = shown.evaluate_all(
                f"dots => dots.map((dot) => Number(dot.getAttribute('{name}')))"
            )
            np.testing.assert_allclose(dots, slope * np.array(marks[side]) + offset, atol=0.05)


@pytest.mark.parametrize("options", [{"color_scheme": "dark"}, PHONE])
def test_it_is_sound_by_night_and_on_a_phone(desk, options):
    page = desk(**options)
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    assert not [violation["id"] for violation in found]
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    for box in page.locator(".explorer").all():
        box.get_by_role("slider").focus()
        assert box.get_by_role("slider").evaluate("node => node.matches(':focus-visible')")


def test_an_output_brings_neither_code_nor_style_into_the_page(desk, moved):
    state = moved["many"].state()
    evil = "window.reached = true"
    words = "λ is of somebody else"
    more = [
        {front.MIME: description, "text/plain": words}
        for description in (
            {"module": f"{evil}; export default {{ render() {{ {evil} }} }}", "state": state},
            {"script": "constructor", "state": state},
            {"script": "tune", "state": {}},
            {"script": "choose", "state": state},
            None,
        )
    ]
    facts = json.loads(json.dumps(state["_facts"]))
    facts["names"][0] = facts["steps"][0]["label"] = "<img src=x onerror='reached = true'>"
    css = {
        "_css": "h1 { display: none }",
        "_picture": "x { } h1 { display: none } .y",
        "_esm": evil,
    }
    page = desk(["one"], more=more)
    expect(page.get_by_text(words)).to_have_count(len(more))
    page.evaluate(
        """async (data) => {
          const { shown } = await import("./book/_desk/outputs.js");
          document.querySelector("main").append(shown({ output_type: "display_data", data }));
        }""",
        {front.MIME: {"script": "tune", "state": {**state, "_facts": facts, **css}}},
    )
    expect(page.locator(".explorer")).to_have_count(2)
    assert page.locator("h1").is_visible() and page.evaluate("window.reached") is None
    assert page.locator(".explorer img").count() == 0


def test_in_jupyter_it_is_the_same(show, moved):
    page = show(moved["one"].widget())
    slider(page, "λ").press("End")
    settle(page)
    assert page.locator(".explorer-state").inner_text() == moved["one"].words[-1]
