"""What a learner does with the exercise of a lesson and with a desk, and what she sees of them."""

import re

import nbformat
from playwright.sync_api import expect

PAGE = "book/penalties/ridge.html"
HEAD = "def ridge_fit(X, y, lam):"
WRONG = f"""{HEAD}
    X_c, y_c = X - X.mean(axis=0), y - y.mean()
    w = np.linalg.solve(X_c.T @ X_c + lam * np.eye(X.shape[1]), X_c.T @ y_c)
    return w, y.mean() - X.mean(axis=0) @ w"""
RIGHT = f"""{HEAD}
    n, p = X.shape
    rows = np.vstack([X - X.mean(axis=0), np.sqrt(n * lam) * np.eye(p)])
    w = np.linalg.lstsq(rows, np.append(y - y.mean(), np.zeros(p)))[0]
    return w, y.mean() - X.mean(axis=0) @ w"""
MISTAKE = "λ is not multiplied by n"


def paste(editor, text):
    """Put a text in the place of what is in an editor, from the clipboard."""
    editor.focus()
    editor.press("ControlOrMeta+a")
    editor.evaluate(
        """(node, text) => {
          const paste = new Event("paste", { bubbles: true, cancelable: true });
          paste.clipboardData = new DataTransfer(); // Firefox empties that of a ClipboardEvent
          paste.clipboardData.setData("text/plain", text);
          node.dispatchEvent(paste);
        }""",
        text,
    )


class Hands:
    """What a keyboard does with the exercise of a name, and what is seen of it."""

    def __init__(self, page, name):
        self.page, self.press = page, page.keyboard.press
        self.section = page.locator(f'[data-exercise="{name}"]')
        self.content = self.section.locator(".cm-content")
        self.status = self.section.get_by_role("status")
        expect(self.content).to_be_visible()

    def button(self, name):
        return self.section.get_by_role("button", name=name, exact=True)

    def tab(self, *names):
        """Go on with Tab, over the buttons of these names."""
        for name in names:
            self.press("Tab")
            expect(self.button(name)).to_be_focused()

    @property
    def text(self):
        lines = self.content.locator(".cm-line")
        return "\n".join(lines.evaluate_all("lines => lines.map((line) => line.textContent)"))

    def write(self, text):
        paste(self.content, text)

    def do(self, name):
        """Press a button, and wait for what comes of it."""
        self.button(name).press("Enter")
        expect(self.button("Stop")).to_be_disabled()
        return self.status.inner_text()

    def run_without_end(self):
        """Run what does not end, and go on by keyboard to what stops it."""
        self.write(f"{HEAD}\n    while True: pass\n\nridge_fit(0, 0, 0)")
        self.button("Run").press("Enter")
        self.press("Tab")
        self.tab("Stop")
        expect(self.status).to_have_text("Working …")

    def offered(self):
        return self.button("Show a solution").is_visible()


class Desk:
    """The page of an assignment, in the hands of a learner."""

    def __init__(self, page, name="ridge"):
        self.page, self.name = page, name
        page.locator(".desk[data-ready]").wait_for()
        self.bar = page.locator(".desk")

    def cell(self, name):
        return self.page.locator(f'.desk-cell[data-cell="{name}"]')

    def exercise(self, function):
        return self.page.locator(f'[data-exercise="{self.name}.{function}"]')

    def write(self, name, text):
        paste(self.cell(name).get_by_role("textbox"), text)

    def text(self, name):
        lines = self.cell(name).locator(".cm-line").all_inner_texts()
        return "\n".join(line.rstrip("\n") for line in lines)

    def press(self, button, where=None):
        """Press, and wait until it is done."""
        (where or self.bar).get_by_role("button", name=button, exact=True).click()
        self.page.wait_for_function("() => !document.querySelector('.desk').ariaBusy")

    @property
    def points(self):
        return float(re.match(r"[\d.]+", self.bar.locator(".desk-points").inner_text())[0])

    def download(self, to):
        to.parent.mkdir(parents=True, exist_ok=True)
        with self.page.expect_download() as download:
            self.press(f"Download {self.name}.ipynb")
        download.value.save_as(to)
        return nbformat.read(to, 4)

    @property
    def said(self):
        return self.bar.get_by_role("status").inner_text()
