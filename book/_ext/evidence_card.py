"""The role {evidence}`name`: a number in a sentence, and a card that opens on it.

What was glued by `reglib.evidence` stands in the text. A press, a key or a touch opens the card,
which is a popover and needs no script; in print it follows the number in brackets.
"""

from html import escape

from docutils import nodes
from myst_nb.core.variables import RetrievalError
from myst_nb.ext.glue.utils import glue_warning, retrieve_glue_data
from myst_nb.ext.utils import RoleBase
from sphinx.application import Sphinx

from reglib.evidence import MIME


class evidence(nodes.Inline, nodes.TextElement):
    """The words of a number, with the `card` and the `id` that it has on its page."""


class Evidence(RoleBase):
    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        try:
            told = retrieve_glue_data(self.document, self.text).data[MIME]
        except RetrievalError as problem:
            return [], [glue_warning(str(problem), self.document, self.line)]
        except KeyError:
            problem = f"{self.text!r} is no evidence: glue it by reglib.evidence.glue"
            return [], [glue_warning(problem, self.document, self.line)]
        number = self.document.settings.env.new_serialno("evidence")
        node = evidence(told["text"], told["text"], card=told["card"], id=f"evidence-{number}")
        return [node], []


def _named(card: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(f"{name}: " if name else "", value) for name, value in card]


def visit_html(self, node: evidence) -> None:
    rows = "".join(
        f'<span><span class="evidence-name">{escape(name)}</span>{escape(value)}</span>'
        for name, value in _named(node["card"])
    )
    text, place = escape(node.astext()), node["id"]
    self.body.append(
        f'<span class="evidence"><button type="button" popovertarget="{place}">{text}</button>'
        f'<span class="evidence-card" popover id="{place}" role="note">{rows}</span></span>'
    )
    raise nodes.SkipNode


def visit_plain(self, node: evidence) -> None:
    """In print and in text the card follows in brackets."""
    node += nodes.Text(f" ({'; '.join(map(''.join, _named(node['card'])))})")


def depart_plain(self, node: evidence) -> None:
    pass


def setup(app: Sphinx) -> dict:
    plain = (visit_plain, depart_plain)
    app.add_node(evidence, html=(visit_html, None), latex=plain, text=plain)
    app.add_role("evidence", Evidence())
    return {"parallel_read_safe": True, "parallel_write_safe": True}
