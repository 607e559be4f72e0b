"""The repository that this reglib stands in: its files, and what the book calls its sections.

An installed wheel stands in none. Nothing here depends on where Python was started.
"""

import re
from functools import cache
from pathlib import Path

_ROOT = Path(__file__).parents[1]


def path(*parts: str) -> Path:
    """Return the path of a file or folder of the course: `path("book", "glossary.md")`.

    Raises `FileNotFoundError` where reglib was installed without the course around it.

    >>> path("book", "glossary.md").name
    'glossary.md'
    """
    if not (_ROOT / "_toc.yml").exists():
        raise FileNotFoundError(
            f"There is no course around the reglib in {_ROOT}: use the reglib of a clone of the "
            "course's repository."
        )
    return _ROOT.joinpath(*parts)


def titles(label: str) -> tuple[str, str] | None:
    """Return the titles of the section of the book that has a label, and of the page around it.

    None if there is no such label, or no book.

    >>> titles("soft-threshold")
    ('One coefficient: the soft threshold', 'Lasso, and L1 against L2')
    """
    return found[:2] if (found := _labelled().get(label)) else None


def page(label: str) -> str | None:
    """Return the page of the book that has a label, as `_toc.yml` calls it.

    >>> page("soft-threshold")
    'book/penalties/lasso'
    """
    return found[2] if (found := _labelled().get(label)) else None


@cache
def _labelled() -> dict[str, tuple[str, str, str]]:
    try:
        pages = [page for page in path("book").rglob("*.md") if page.parent.name[0] != "_"]
    except FileNotFoundError:
        return {}
    found = {}
    for file in pages:
        code = r"^(`{3,}|~{3,}).*?^\1"
        text = re.sub(code, "", file.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
        heading = r"^((?:\([\w-]+\)=\n+)*)#+ +(.+?) *$"
        headings = re.findall(heading, text, re.MULTILINE)
        name = file.relative_to(path()).with_suffix("").as_posix()
        for labels, title in headings:
            for label in re.findall(r"\((.*)\)=", labels):
                found[label] = title, headings[0][1], name
    return found
