"""What a reader does with an explorer, and what she sees of it."""

import numpy as np
from playwright.sync_api import expect

from reglib.widgets.front import joined


def load(browser, script):
    """Open an empty page whose `module` is what a script and its imports export."""
    page = browser.new_page()
    page.evaluate(
        """async (source) => {
          const blob = new Blob([source], { type: "text/javascript" });
          window.module = await import(URL.createObjectURL(blob));
        }""",
        joined(script),
    )
    return page


def explorers_on(page, count):
    """The explorers of a page, when all of them have started."""
    found = page.locator(".explorer")
    expect(found).to_have_count(count)
    return found.all()


def slider(page, label):
    return page.get_by_role("slider", name=label, exact=True)


def typed(page, label):
    return page.get_by_role("textbox", name=f"{label}, typed", exact=True)


def type_in(page, label, words):
    typed(page, label).fill(words)
    typed(page, label).press("Enter")
    settle(page)


def settle(page):
    """Let the frame that follows a change be drawn."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")


def sentence(page):
    return page.locator(".explorer-state").inner_text()


def numbers(page):
    """The table's numbers by name, at full precision."""
    cells = page.locator("td[data-name]")
    return {
        name: float(value)
        for name, value in cells.evaluate_all("tds => tds.map(({dataset: d}) => [d.name, d.value])")
    }


def points(page):
    return page.locator("svg .point")


def heights(page):
    """The y of every training point, from left to right, at full precision."""
    return np.array(
        points(page).evaluate_all("dots => dots.map((dot) => Number(dot.ariaValueNow))")
    )


def middle(locator):
    box = locator.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def touch(page, path):
    """Put a finger down at the first place, lead it along the others and lift it."""
    client = page.context.new_cdp_session(page)

    def send(kind, places):
        client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": places})

    send("touchStart", [{"x": path[0][0], "y": path[0][1]}])
    for x, y in path[1:]:
        send("touchMove", [{"x": x, "y": y}])
    send("touchEnd", [])
    settle(page)


PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def sweep(page, area, shares, by_finger):
    """Press in the area at the first of the shares of its width, lead on to the last, let go;
    return where that was."""
    area.scroll_into_view_if_needed()
    box = area.bounding_box()
    path = [(box["x"] + box["width"] * share, box["y"] + 20) for share in shares]
    if by_finger:
        touch(page, path)
    else:
        page.mouse.move(*path[0])
        page.mouse.down()
        page.mouse.move(*path[-1], steps=5)
        page.mouse.up()
        settle(page)
    return path[-1]
