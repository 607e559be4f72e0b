"""What a reader does with an explorer, and what she sees of it."""


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
    return page.get_by_role("status").inner_text()


def numbers(page):
    """The table's numbers by name, at full precision."""
    cells = page.locator("td[data-name]")
    return {
        name: float(value)
        for name, value in cells.evaluate_all("tds => tds.map(({dataset: d}) => [d.name, d.value])")
    }


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
