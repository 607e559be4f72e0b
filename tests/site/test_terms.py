"""Every term that a page links to the glossary is explained where it stands."""

import re


def test_a_term_is_explained_when_pointed_at(built, pages):
    links = [
        link
        for page in pages
        if not page.endswith(("glossary.html", "genindex.html"))
        for link in re.findall(
            r'<a [^>]*href="[^"]*#term-[^>]*>', (built / page).read_text("utf-8")
        )
    ]
    assert len(links) > 100
    silent = [link for link in links if not re.search(r'title="[^"]{10,}"', link)]
    assert not silent
