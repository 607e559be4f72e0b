"""A telling as HTML, for Jupyter and for the page: elements and classes, and nothing that acts.

It has no id, style or script, so that it can stand anywhere and more than once; it reads in order
without its style sheet. All text in it is escaped: much of it is a learner's.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from urllib.parse import urlsplit

from reglib.checks.tell import Instance, Line, Telling, reread


@dataclass(frozen=True)
class Place:
    """A section of the book: its title, that of its chapter, and an address that leads there."""

    title: str
    chapter: str
    href: str


def html(told: Telling, places: Mapping[str, Place] | None = None, named: bool = True) -> str:
    """Return a telling as HTML: cause and next step, rubric, the case, and where to reread.

    `places` are sections of the book by their labels, as they can be reached from where the HTML
    is shown; without one the section is told in words. Without `named` a mistake that has a name is
    shown by its evidence alone: neither its name, nor what follows from it.

    >>> print(html(Telling("f", 1.0, 1.0, 2, "right", ())))
    <div class="verdict verdict-right">
    <p class="verdict-head">f: 1 of 1 points. Right in all 2 cases.</p>
    </div>
    """
    hidden = bool(told.name) and not named
    parts = []
    if not hidden:
        parts += [_p("cause", said) for said in told.cause]
        parts += [_next(told.action)] if told.action else []
    parts += [_p(kind, words) for kind, words in (("extent", told.extent), ("begin", told.begin))]
    for condition in told.conditions:
        parts += [_p("cause", condition.text), _next(condition.action)]
        if condition.case:
            parts += _case(f"You see it here, {condition.case.name}:", condition.case)
    parts += [_p("head", told.head)]
    if told.kind != "unwritten" and told.rubric:
        lines = "\n".join(map(_line, told.rubric))
        parts += [f'<ul class="verdict-rubric">\n{lines}\n</ul>']
    if told.case:
        parts += _case(f"A small case that fails, {told.case.name}:", told.case)
    parts += [_p("note", note) for note in told.notes]
    if told.section and not hidden:
        parts += [f'<p class="verdict-reread">{_reread(told.section, places or {})}</p>']
    kind = "right" if told.kind == "right" else "wrong"
    return "\n".join([f'<div class="verdict verdict-{kind}">', *filter(None, parts), "</div>"])


def sentence(text: str) -> str:
    """Return prose in a line, with what stands in backticks as code.

    >>> sentence("`a < b` holds")
    '<code>a &lt; b</code> holds'
    """
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))


def _p(kind: str, text: str) -> str:
    return f'<p class="verdict-{kind}">{sentence(text)}</p>' if text else ""


def _next(action: str) -> str:
    return f'<p class="verdict-next"><strong>Next:</strong> {sentence(action)}</p>'


def _line(line: Line) -> str:
    mark, earned = ("✓", line.points) if line.right else ("✗", 0)
    kind = "earned" if line.right else "missed"
    words = escape(line.behaviour)
    return f'<li class="verdict-{kind}">{mark} {words} ({earned:g} of {line.points:g})</li>'


def _case(words: str, case: Instance) -> list[str]:
    sides = [("What came", case.came), ("What should come", case.should)]
    pairs = "\n".join(
        f"<div><dt>{side}</dt><dd><pre>{escape(chr(10).join(parts))}</pre></dd></div>"
        for side, parts in sides
        if parts
    )
    return [
        _p("case", words),
        f'<pre class="verdict-call"><code>{escape(case.call)}</code></pre>',
        f'<dl class="verdict-sides">\n{pairs}\n</dl>' if pairs else "",
        _p("said", case.said),
        _p("must", case.must),
    ]


def _reread(label: str, places: Mapping[str, Place]) -> str:
    if not (place := places.get(label)):
        return escape(reread(label))
    title, chapter = escape(place.title), escape(place.chapter)
    if urlsplit(place.href).scheme not in ("", "http", "https", "file"):
        raise ValueError(f"{place.href!r} is no address of a page: give a relative or an http one.")
    return f'Reread: <a href="{escape(place.href)}">{title}</a>, in the chapter “{chapter}”.'
