"""How to come from a page to the sections of the book that a verdict may send to."""

from collections.abc import Mapping

from sphinx.application import Sphinx


def addresses(
    app: Sphinx, page: str, places: Mapping[str, Mapping[str, str]]
) -> dict[str, dict[str, str]]:
    """Return `places` as `reglib.checks.page` wants them: with an address in place of the page.

    `places` are those of `reglib.exercises.task`.
    """
    labels = app.env.get_domain("std").anonlabels
    found = {}
    for label, place in places.items():
        home, anchor = labels[label]
        href = f"{app.builder.get_relative_uri(page, home)}#{anchor}"
        found[label] = {"title": place["title"], "chapter": place["chapter"], "href": href}
    return found
