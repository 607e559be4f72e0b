"""What learners wrote, as HTML that an instructor and a fellow can read without harm.

The one place where a learner's text becomes HTML. It is not cleaned of what is bad, but written
anew: tags of `TAGS`, closed in their order, with no attributes but those that are built here, and
escaped text. So no element of hers has an id, a class or a name that a control could be bound to,
and none loads, sends or moves anything. A link becomes its text and its address, for nbgrader and
Jupyter act on plain links to themselves, and a page elsewhere may lead back there.

Each step takes time in proportion to the length of the text. What would cost the reader's browser
more, nesting and formulas, is bounded.
"""

import functools
import html
import re
from collections import Counter
from collections.abc import Callable, Mapping
from urllib.parse import unquote

import pyromark
from markupsafe import Markup, escape
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

TAGS = frozenset(
    [
        *("b", "blockquote", "br", "caption", "center", "code", "dd", "del", "details"),
        *("div", "dl", "dt", "em", "figcaption", "figure", "h1", "h2", "h3", "h4", "h5"),
        *("h6", "hr", "i", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "s", "samp"),
        *("small", "span", "strike", "strong", "sub", "summary", "sup", "table", "tbody"),
        *("td", "tfoot", "th", "thead", "tr", "tt", "u", "ul", "var"),
    ]
)
EMPTY = frozenset({"br", "hr"})
# With all that is in them.
LEFT_OUT = frozenset(
    [
        *("iframe", "math", "noscript", "script", "select", "style", "svg", "template"),
        *("textarea", "title"),
    ]
)
PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")
DEEPEST = 40  # elements in one another
MOST_TEXT = 200_000  # characters of Markdown or HTML in one place, beside pictures
MOST_CODE = 50_000  # characters of code that are highlighted
MOST_FORMULAS = 500  # in one place
MOST_FORMULA = 2000  # characters in one formula
# MathJax reads what stands in the second, and nothing else in the first.
_WHOLE = '<div class="tex2jax_ignore" style="overflow: auto">{}</div>'
_FORMULA = '<span class="tex2jax_process">{}</span>'
# Of TeX, what makes links, ids, classes and styles in MathJax, asks for more of it, or means
# something else than it says.
_ACTS = re.compile(
    r"\\(?:href|url|class|cssId|style|require|mmlToken|unicode|bbox|toggle|mathtip|texttip"
    r"|label|ref|eqref|def|[gex]def|let|global|(?:new|renew|provide)(?:command|environment)"
    r"|DeclareMathOperator|Newextarrow|(?:begin|end)group|data|html[A-Z]\w*|includegraphics)"
    r"(?![A-Za-z])",
    re.IGNORECASE,
)

_DATA = re.compile(rf"data:({'|'.join(PICTURES)});base64,[A-Za-z0-9+/=]+")
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~])?")
_MARKDOWN = (
    pyromark.Options.ENABLE_TABLES
    | pyromark.Options.ENABLE_MATH
    | pyromark.Options.ENABLE_STRIKETHROUGH
    | pyromark.Options.ENABLE_TASKLISTS
)
# A tag ends where the next one begins, whatever is quoted, so that nothing is looked at twice.
_TOKEN = re.compile(
    r'<span class="math math-(?P<kind>inline|display)">(?P<tex>[^<]*)</span>'
    r"|<(?P<end>/?)(?P<tag>[A-Za-z][A-Za-z0-9]*)(?P<rest>[^<>]*)>"
    r"|<!--|-->|<[!?][^<>]*>"
)
_ATTRIBUTE = re.compile(
    r"\b(src|alt|href|start|colspan|rowspan|style|type|checked)\b"
    r"(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+)))?",
    re.IGNORECASE,
)
# Formulas that stand in no dollars, which Markdown would take for text.
_FENCE = re.compile(
    r"^ {0,3}(?P<fence>```|~~~)|(?P<dollars>\$\$)"
    r"|^ {0,3}\\(?P<what>begin|end)\{(?P<name>(?:align|equation|gather|multline|eqnarray)\*?)\}",
    re.MULTILINE,
)


def _or_plain(render: Callable[..., str]) -> Callable[..., Markup]:
    """Show as plain text what is too long to be rendered, or cannot be."""

    @functools.wraps(render)
    def rendered(text: str, *arguments: object) -> Markup:
        text = str(text)
        try:
            if len(_DATA.sub("", text)) > MOST_TEXT:
                return plain(text, f"it has more than {MOST_TEXT:,} characters")
            return Markup(_WHOLE.format(render(text, *arguments)))
        except Exception:  # one place must not keep a whole page, or a class, from being shown
            return plain(text, "it cannot be rendered")

    return rendered


def plain(text: str, why: str = "") -> Markup:
    """Return a text as it is, in a block of its own, and `why` that is not rendered.

    >>> plain("<b>")
    Markup('<pre>&lt;b&gt;</pre>')
    """
    note = Markup("<p>This is shown as plain text, since {}.</p>").format(why) if why else ""
    return Markup("{}<pre>{}</pre>").format(note, printed(text))


def printed(text: str) -> Markup:
    """Return what a program printed, without the colours of a terminal.

    >>> printed("\\x1b[31m<b>")
    Markup('&lt;b&gt;')
    """
    return escape(_ESCAPES.sub("", str(text)))


def code(text: str) -> Markup:
    """Return Python code, highlighted by `pygments` in classes of its own."""
    text = str(text)
    if len(text) > MOST_CODE:
        return plain(text, f"it has more than {MOST_CODE:,} characters")
    return Markup(highlight(text or " ", PythonLexer(), HtmlFormatter(cssclass=" highlight")))


def name(text: str) -> Markup:
    """Return a name in a line, in which MathJax looks for no formula."""
    return Markup('<span class="tex2jax_ignore">{}</span>').format(text)


@_or_plain
def markdown(text: str, attachments: Mapping[str, Mapping[str, str]] | None = None) -> str:
    """Return Markdown as HTML; pictures may be in it, or attached to its cell."""
    return _written_anew(pyromark.html(_in_dollars(text), options=_MARKDOWN), attachments or {})


@_or_plain
def fragment(text: str) -> str:
    """Return HTML that is harmless.

    >>> print(fragment('<b onclick="x()">Bold, <a href="/logout">and</a> <script>'))
    <div class="tex2jax_ignore" style="overflow: auto"><b>Bold, and (/logout) </b></div>
    """
    return _written_anew(text, {})


@_or_plain
def formula(text: str) -> str:
    """Return TeX that stands in its dollars, as `text/latex` does, for MathJax to show."""
    return _formula(text.strip().strip("$"), "display")


def _in_dollars(text: str) -> str:
    """Put bare environments of formulas into dollars, where there are none."""
    parts, done, fenced, inside, begun = [], 0, False, False, None
    for found in _FENCE.finditer(text):
        if found["fence"]:
            fenced = not fenced
        elif found["dollars"]:
            inside = inside != (not fenced)
        elif found["what"] == "begin" and not (fenced or inside or begun):
            begun = found
        elif begun and found["what"] == "end" and found["name"] == begun["name"]:
            whole = text[begun.start() : found.end()]
            parts += [text[done : begun.start()], "$$", re.sub(r"\n\s*\n", "\n", whole), "$$"]
            done, begun = found.end(), None
    return "".join([*parts, text[done:]])


def _formula(tex: str, kind: str) -> str:
    """TeX for MathJax; as it was written if that would be more than a formula."""
    begin, end = (r"\(", r"\)") if kind == "inline" else (r"\[", r"\]")
    if len(tex) > MOST_FORMULA or _ACTS.search(tex):
        return f"<code>{escape(tex)}</code>"
    return _FORMULA.format(escape(f"{begin}{tex}{end}"))


def _written_anew(source: str, attachments: Mapping[str, Mapping[str, str]]) -> str:
    return _Writer(attachments).write(source)


class _Writer:
    """Writes what it has understood of HTML, each element closed within the one it began in."""

    def __init__(self, attachments: Mapping[str, Mapping[str, str]]) -> None:
        self.attachments = attachments
        self.out: list[str] = []
        self.open: list[tuple[str, str]] = []  # tags, and what comes before they are closed
        self.counts: Counter[str] = Counter()
        self.formulas = 0
        self.flattened = False

    def write(self, source: str) -> str:
        done, until = 0, ""  # the tag up to whose end everything is left out
        for token in _TOKEN.finditer(source):
            if not until:
                self.text(source[done : token.start()])
            done, tag = token.end(), (token["tag"] or "").lower()
            if until:
                if token[0] == until or (token["end"] and tag == until):
                    until = ""
            elif token[0] == "<!--":
                until = "-->"
            elif token["kind"]:
                self.formula(html.unescape(token["tex"]), token["kind"])
            elif tag in LEFT_OUT:
                until = "" if token["end"] else tag
            elif token["end"]:
                self.close(tag)
            elif tag:
                self.begin(tag, token["rest"])
        if not until:
            self.text(source[done:])
        while self.open:
            self.close(self.open[-1][0])
        if self.flattened:
            note = f"Elements in more than {DEEPEST} others are shown without their form."
            self.out.append(f"<p>{note}</p>")
        return "".join(self.out)

    def text(self, text: str) -> None:
        self.out.append(text.replace("<", "&lt;").replace(">", "&gt;"))

    def formula(self, tex: str, kind: str) -> None:
        self.formulas += 1
        enough = self.formulas > MOST_FORMULAS
        self.out.append(f"<code>{escape(tex)}</code>" if enough else _formula(tex, kind))

    def begin(self, tag: str, rest: str) -> None:
        if tag not in TAGS | {"a", "img", "input"}:
            return
        said = {
            (key := found[1].lower()): html.unescape(found[2] or found[3] or found[4] or key)
            for found in _ATTRIBUTE.finditer(rest)
        }
        if tag == "img":
            self.out.append(self.picture(said.get("src", ""), said.get("alt", "")))
        elif tag == "input":  # of a list of tasks
            box = "☑ " if "checked" in said else "☐ "
            self.out.append(box if said.get("type") == "checkbox" else "")
        elif tag in EMPTY:
            self.out.append(f"<{tag}>")
        elif len(self.open) >= DEEPEST:
            self.flattened = True
        else:
            address = said.get("href", "") if tag == "a" else ""
            shown = f" ({escape(address)})" if address else ""
            self.open.append((tag, shown))
            self.counts[tag] += 1
            if tag != "a":
                self.out.append(f"<{tag}{_kept(tag, said)}>")

    def close(self, tag: str) -> None:
        while self.counts[tag]:
            last, shown = self.open.pop()
            self.counts[last] -= 1
            if last != "a":
                self.out.append(f"</{last}>")
            elif shown and self.out[-1] != shown[2:-1]:  # an address that is its own text
                self.out.append(shown)
            if last == tag:
                return

    def picture(self, address: str, words: str) -> str:
        if address.startswith("attachment:"):
            found = self.attachments.get(unquote(address.removeprefix("attachment:")), {})
            kind = next((kind for kind in PICTURES if kind in found), "")
            address = f"data:{kind};base64,{''.join(found[kind].split())}" if kind else address
        words = words or "No description was given for this picture"
        if not _DATA.fullmatch(address):
            return f"[{escape(words)} ({escape(address[:200])})]"
        return f'<img src="{address}" alt="{escape(words)}">'


def _kept(tag: str, said: Mapping[str, str]) -> str:
    """The attributes that say how a list is counted and a table is laid out."""
    kept = ""
    for key in {"ol": ("start",), "td": ("colspan", "rowspan"), "th": ("colspan", "rowspan")}.get(
        tag, ()
    ):
        if re.fullmatch(r"[0-9]{1,3}", said.get(key, "")):
            kept += f' {key}="{said[key]}"'
    if tag in ("td", "th") and (
        side := re.search(r"text-align:\s*(left|center|right)", said.get("style", ""))
    ):
        kept += f' align="{side[1]}"'
    return kept
