"""Explain a term where it is used: a link to the glossary says its definition when pointed at."""

from docutils import nodes
from sphinx.application import Sphinx

GLOSSARY = "book/glossary"


def definitions(app: Sphinx) -> dict[str, str]:
    """The text of each definition in the glossary, by the id of its term."""
    return {
        id_: item.next_node(nodes.definition).astext().replace("\n", " ")
        for item in app.env.get_doctree(GLOSSARY).findall(nodes.definition_list_item)
        for term in item.findall(nodes.term)
        for id_ in term["ids"]
    }


def explain(app: Sphinx, doctree: nodes.document, page: str) -> None:
    if page == GLOSSARY or GLOSSARY not in app.env.found_docs:
        return
    links = [
        (node, node["refuri"].partition("#term-")[2])
        for node in doctree.findall(nodes.reference)
        if "#term-" in node.get("refuri", "")
    ]
    texts = definitions(app) if links else {}
    for node, term in links:
        node["reftitle"] = texts[f"term-{term}"]


def setup(app: Sphinx) -> dict:
    app.connect("doctree-resolved", explain)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
