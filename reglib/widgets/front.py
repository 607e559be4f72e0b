"""What shows a thing that is moved: a widget in Jupyter, and elsewhere a message to the page.

Both run the same script on the same state. Jupyter is sent the script, as one module. The page has
it, and is only told its name: what came out of a notebook must not bring code into a page. So what
stands here needs neither Jupyter nor anywidget.
"""

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from reglib import palette

if TYPE_CHECKING:
    import anywidget

HERE = Path(__file__).parent
IMPORT = re.compile(r'^import [^;]* from "\./([^"]*)";\n', flags=re.MULTILINE)
#: Where anywidget is not installed: a JSON object of the script's name and of its model's state.
MIME = "application/vnd.reglib.widget+json"
# Set where a notebook runs with nobody to see its widgets: then there are words only.
UNSEEN = "REGLIB_WIDGETS_UNSEEN"


def joined(script: str) -> str:
    """Return a script with all that it imports as the text of one module, what is imported first.

    A widget's module is loaded from memory, where "./explorer.js" has no meaning. So the imports
    are taken out: what they would bring stands above.
    """
    texts: dict[str, str] = {}

    def add(script: str) -> None:
        text = (HERE / script).read_text(encoding="utf-8")
        for imported in IMPORT.findall(text):
            if imported not in texts:
                add(imported)
        texts[script] = IMPORT.sub("", text)

    add(script)
    return "\n".join(texts.values())


def style() -> str:
    """Return the style of all widgets, in the colours of the palette."""
    own = (HERE / "explorer.css").read_text(encoding="utf-8")
    return f"{palette.css('.explorer')}\n{own}"


class Steps:
    """Things that were made once, of which a script shows one at a time, and a slider which.

    script   its name: of "tune" the file is tune.js
    words    what is to be seen at each step
    facts    what the script must know besides; without any, the words are all there is to show
    at       the step at which the slider begins

    >>> Steps("tune", ["Nothing can be drawn."])
    Nothing can be drawn.
    """

    def __init__(
        self,
        script: str,
        words: Sequence[str],
        facts: Mapping[str, object] | None = None,
        at: int = 0,
    ) -> None:
        self.script, self.words, self.facts, self.at = script, list(words), facts or {}, at

    def __repr__(self) -> str:
        return self.words[self.at]

    def state(self) -> dict[str, object]:
        """Return what the script is given: the traits of its model, by name."""
        return {
            "at": self.at,
            "_limits": {"at": {"least": 0, "most": len(self.words) - 1}},
            "_facts": {"words": self.words, **self.facts},
        }

    def _repr_mimebundle_(self, **_: object) -> dict[str, object]:
        text = {"text/plain": repr(self)}
        if UNSEEN in os.environ or not self.facts:
            return text
        try:
            view, _ = self.widget()._repr_mimebundle_()
        except ImportError:
            view = {MIME: {"script": self.script, "state": self.state()}}
        return view | text

    def widget(self) -> "anywidget.AnyWidget":
        """Return a new widget for Jupyter; raise `ImportError` where anywidget is not installed."""
        import anywidget
        import traitlets

        state = {"_esm": joined(f"{self.script}.js"), "_css": style(), **self.state()}
        traits = {name: traitlets.Any(value).tag(sync=True) for name, value in state.items()}
        return type("Steps", (anywidget.AnyWidget,), traits)()
