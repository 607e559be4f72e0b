"""A learner's own function drives an explorer: her fits, for the rows on screen, and said so."""

import numpy as np
import pytest
from hands import numbers, points, sentence, settle, slider, type_in, typed

from reglib import lasso_path, objective, polynomial, ridge_path
from reglib.widgets import LassoExplorer, RidgeExplorer

LAM = "λ, the strength of the penalty"
YOURS = "This is your function."
OTHERS = "Other rows: this is our function, until yours has seen them."
PATHS = {"ridge": ridge_path, "lasso": lasso_path}


@pytest.fixture(params=[RidgeExplorer, LassoExplorer], ids=PATHS)
def driven(request, show):
    """A page with an explorer that a function can drive, and its name."""
    page = show(request.param())
    page.evaluate(
        """() => {
          window.told = [];
          document.addEventListener("reglib:data", ({ detail }) => told.push(detail));
        }"""
    )
    return page, request.node.callspec.id


def send(page, event, detail=None):
    page.locator(".explorer").evaluate(
        "(node, [event, detail]) => node.dispatchEvent(new CustomEvent(event, { detail }))",
        [event, detail],
    )
    settle(page)


def last(page):
    return page.evaluate("told.at(-1)")


def table(name, data):
    """What a function gives that can be told from ours: half of λ, and b moved by 1."""
    lams = np.array(data["lams"])
    path = PATHS[name](data["X"], data["y"], lams / 2)
    fits = {"coefs": path.coef.tolist(), "intercepts": (path.intercept + 1).tolist()}
    return {"version": data["version"], "lams": data["lams"], **fits}


def shown(page):
    """The coefficients and the intercept in the table of numbers."""
    found = numbers(page)
    w = [value for name, value in found.items() if name.startswith("w")]
    return np.array(w), found["intercept"]


def whose(page):
    return page.locator(".explorer-whose").inner_text()


def test_the_rows_that_it_tells_of_have_the_objective_of_those_on_screen(driven):
    page, name = driven
    send(page, "reglib:ask")
    data, explorer = last(page), {"ridge": RidgeExplorer, "lasso": LassoExplorer}[name]()
    if name == "ridge":
        x, y, _, _ = explorer.data()
        X = polynomial(x, explorer.degree)
        np.testing.assert_allclose(data["X"], X, rtol=1e-12, atol=1e-15)
    else:
        X, y = explorer.X, explorer.y
        assert len(data["X"]) < 30 < len(X)
    rng = np.random.default_rng(0)
    for lam in (0.0, 0.3):
        w, b = rng.normal(size=X.shape[1]), rng.normal()
        ours = objective(w, b, X, y, lam)
        assert objective(w, b, data["X"], data["y"], lam) == pytest.approx(ours, rel=1e-10)
    low, high = min(data["lams"]), max(data["lams"])
    for key, lam in (("Home", low), ("End", high)):
        slider(page, LAM).press(key)
        assert float(typed(page, LAM).input_value()) == lam
    assert page.locator("[data-hers]").get_attribute("data-hers") == f"{name}.{name}_fit"


def test_it_shows_what_she_gave_wherever_lambda_is_put_and_gives_back_ours(driven):
    page, name = driven
    type_in(page, LAM, "0.5")
    ours = shown(page)
    assert whose(page) == ""
    send(page, "reglib:ask")
    hers = table(name, last(page))
    send(page, "reglib:hers", hers)
    assert whose(page) == YOURS
    lams = hers["lams"]
    for words in ("0.5", "0.501", "0.0123", "0", "1e9"):
        type_in(page, LAM, words)
        lam = float(typed(page, LAM).input_value())
        away = np.abs(np.log(np.array(lams) / (float(words) or 1e-9)))
        assert lam == lams[away.argmin()]
        assert sentence(page).startswith(f"λ = {typed(page, LAM).input_value()}")
        k = lams.index(lam)
        w, b = shown(page)
        assert (w.tolist(), b) == (hers["coefs"][k], hers["intercepts"][k])
    # Each step of the slider is one of her fits, in both directions.
    type_in(page, LAM, "0.5")
    for key, step in (("ArrowRight", 1), ("ArrowLeft", -1), ("ArrowLeft", -1)):
        before = sorted(lams).index(float(typed(page, LAM).input_value()))
        slider(page, LAM).press(key)
        settle(page)
        assert sorted(lams).index(float(typed(page, LAM).input_value())) == before + step
    send(page, "reglib:ours")
    type_in(page, LAM, "0.5")
    assert whose(page) == ""
    for seen, own in zip(shown(page), ours, strict=True):
        np.testing.assert_array_equal(seen, own)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda hers: hers | {"version": hers["version"] - 1},
        lambda hers: hers | {"version": None},
        lambda hers: hers | {"coefs": hers["coefs"][1:]},
        lambda hers: hers | {"intercepts": [None, *hers["intercepts"][1:]]},
        lambda hers: hers | {"coefs": [w[1:] for w in hers["coefs"]]},
        lambda hers: hers | {"lams": [], "coefs": [], "intercepts": []},
    ],
)
def test_a_table_of_other_rows_or_with_gaps_is_not_shown(show, spoil):
    page = show(RidgeExplorer(), errors_allowed=True)
    page.evaluate("addEventListener('reglib:data', ({ detail }) => (window.told = [detail]))")
    before = shown(page)
    send(page, "reglib:ask")
    send(page, "reglib:hers", spoil(table("ridge", last(page))))
    assert whose(page) == ""
    np.testing.assert_array_equal(shown(page)[0], before[0])


def test_other_rows_are_ours_until_she_has_seen_them(show):
    page = show(RidgeExplorer(degree=3))
    page.evaluate(
        "window.told = []; addEventListener('reglib:data', ({ detail }) => told.push(detail))"
    )
    points(page).nth(3).press("ArrowUp")
    settle(page)
    assert page.evaluate("told.length") == 0, "nobody has asked"
    send(page, "reglib:ask")
    send(page, "reglib:hers", table("ridge", last(page)))
    late = table("ridge", last(page))
    changes = (
        lambda: points(page).nth(3).press("ArrowUp"),
        lambda: slider(page, "Degree").press("ArrowRight"),
        lambda: page.get_by_role("button", name="New data").click(),
    )
    for count, change in enumerate(changes, start=2):
        change()
        settle(page)
        assert whose(page) == OTHERS and page.evaluate("told.length") == count
        data, lam = last(page), float(typed(page, LAM).input_value())
        ours = ridge_path(data["X"], data["y"], [lam])
        np.testing.assert_allclose(shown(page)[0], ours.coef[0], rtol=1e-6, atol=1e-8)
        send(page, "reglib:hers", late)
        assert whose(page) == OTHERS, "a table that comes too late is not shown"
        hers = late = table("ridge", data)
        send(page, "reglib:hers", hers)
        assert whose(page) == YOURS
        at = hers["lams"].index(float(typed(page, LAM).input_value()))
        assert shown(page)[0].tolist() == hers["coefs"][at]
    # Another λ is no other data: she is not asked again.
    slider(page, LAM).press("ArrowRight")
    settle(page)
    assert whose(page) == YOURS and page.evaluate("told.length") == 4
    send(page, "reglib:ours")
    points(page).nth(3).press("ArrowUp")
    settle(page)
    assert whose(page) == "" and page.evaluate("told.length") == 4
