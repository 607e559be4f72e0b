"""An element of HTML as a node: in a book without HTML, only what is in it."""

from html import escape

from docutils import nodes

_UNSEEN = ("template", "script")


class block(nodes.General, nodes.Element):
    """An element: its `tag` and its `attributes`."""


def make(tag: str, attributes: dict[str, str] | None = None, *inside: nodes.Node) -> block:
    """Return an element with attributes and what is in it.

    >>> make("li", {"data-option": "a"}, nodes.Text("Yes")).astext()
    'Yes'
    """
    node = block(tag=tag, attributes=attributes or {})
    node += list(inside)
    return node


def enter(self, node: block) -> None:
    given = "".join(f' {key}="{escape(value)}"' for key, value in node["attributes"].items())
    self.body.append(f"<{node['tag']}{given}>")


def depart(self, node: block) -> None:
    self.body.append(f"</{node['tag']}>\n")


def enter_text(self, node: block) -> None:
    if node["tag"] in _UNSEEN:
        raise nodes.SkipNode
    if node["tag"] == "summary":
        self.new_state(0)


def leave_text(self, node: block) -> None:
    if node["tag"] == "summary":
        self.end_state()


def skip_latex(self, node: block) -> None:
    if node["tag"] in _UNSEEN:
        raise nodes.SkipNode
    if node["tag"] in ("summary", "li"):
        self.body.append("\n\n")
