"""What stands in the source of a lesson, counted: how long it takes, and what rules can look at.

The main line is what a reader meets without opening anything. A fold (a `dropdown`, or an
admonition of that class) is a text of its own, whose time is shown on it. Of code, the lines count
that are shown: no blank ones, and none of a cell whose input is hidden or removed.
"""

import math
import re
from dataclasses import dataclass, field
from functools import cache

import yaml
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.mdit import create_md_parser

from reglib.exercises import find
from reglib.exercises.task import task

WORDS_A_MINUTE = 130
#: Minutes, each.
LINE, FORMULA, PREDICTION, QUESTION, EXPLORER = 0.25, 0.75, 1, 1.25, 3
WRITE, WRITE_LINE = 3, 1

#: In the place of what is not prose: a formula, code, a role that brings something else. One word.
HOLE = "_"
# Directives whose bodies are neither read as text nor count in any other way.
SILENT = ("csv-table", "figure", "image", "include", "list-table", "raw", "testme", "toctree")
_SENTENCE = re.compile(r"(?<=[.!?…])[”’)\]]*\s+(?=[“‘(]?[A-ZΑ-Ωλρ_\d])")
_EXPLORER = re.compile(r"^\w+Explorer\(", re.MULTILINE)


@dataclass
class Text:
    """A text and what is in it; `prose` has a line for a paragraph, a heading or a cell."""

    title: str = ""
    line: int = 0
    prose: list[str] = field(default_factory=list)
    sentences: list[str] = field(default_factory=list)
    formulas: list[str] = field(default_factory=list)  # displayed, in TeX
    inline: list[str] = field(default_factory=list)  # formulas in a line
    code: list[str] = field(default_factory=list)  # shown lines
    cells: list[tuple[dict, str]] = field(default_factory=list)  # options and code, shown or not
    roles: list[tuple[str, str]] = field(default_factory=list)  # name and content
    options: dict[str, str] = field(default_factory=dict)  # of the directive `lesson`
    predictions: list[str] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    practices: list[str] = field(default_factory=list)
    explorers: int = 0
    folds: list["Text"] = field(default_factory=list)

    @property
    def words(self) -> int:
        return sum(count(line) for line in self.prose)

    @property
    def minutes(self) -> int:
        """Minutes to read and try what stands here, without the folds, rounded up."""
        return math.ceil(
            self.words / WORDS_A_MINUTE
            + LINE * len(self.code)
            + FORMULA * len(self.formulas)
            + PREDICTION * len(self.predictions)
            + QUESTION * len(self.questions)
            + EXPLORER * self.explorers
        )

    @property
    def writing(self) -> int:
        """Minutes to write the functions that are practised here."""
        return sum(WRITE + WRITE_LINE * _lines(find(name)) for name in self.practices)

    def everything(self) -> list["Text"]:
        """Return this text and its folds, and theirs."""
        return [self, *(text for fold in self.folds for text in fold.everything())]


def count(prose: str) -> int:
    """Return the number of words, of which a hole is one."""
    return len(re.findall(r"\S*\w\S*", prose))


def read(source: str) -> Text:
    """Return what stands in a source in MyST."""
    text = Text()
    _Reader(text).read(source, 0)
    return text


def calls_itself_a_lesson(source: str) -> bool:
    return re.search(r"^(`{3,}|:{3,})\{lesson\}", source, re.MULTILINE) is not None


def _lines(entry: object) -> int:
    """The lines that a learner writes of the reference: not its first one, and not what it says."""
    code = re.sub(r'"""[\s\S]*?"""', "", task(entry)["solution"])
    lines = [line.strip() for line in code.splitlines()]
    return sum(not line.startswith(("#", "def ")) for line in lines if line)


@cache
def _parser() -> MarkdownIt:
    extensions = {"amsmath", "attrs_inline", "colon_fence", "deflist", "dollarmath"}
    return create_md_parser(MdParserConfig(enable_extensions=extensions), RendererHTML)


class _Reader:
    def __init__(self, text: Text) -> None:
        self.text = text

    def read(self, source: str, line: int) -> None:
        within: list[str] = []
        for token in _parser().parse(source):
            kind = token.type
            if kind.endswith("_open"):
                within.append(kind)
            elif kind.endswith("_close"):
                within.pop()
            elif kind == "inline":
                prose = self.inline(token)
                self.text.prose.append(prose)
                if not {"heading_open", "th_open", "td_open", "dt_open"} & set(within):
                    self.text.sentences += [part for part in _SENTENCE.split(prose) if count(part)]
            elif kind in ("math_block", "math_block_label", "amsmath"):
                self.text.formulas.append(token.content)
            elif kind in ("fence", "colon_fence"):
                self.fence(token, line + token.map[0])

    def inline(self, token: Token) -> str:
        parts = []
        for child in token.children:
            if child.type == "text":
                parts.append(child.content)
            elif child.type in ("softbreak", "hardbreak"):
                parts.append(" ")
            elif child.type.startswith("math_inline"):
                self.text.inline.append(child.content)
                parts.append(HOLE)
            elif child.type == "myst_role":
                name, content = child.meta["name"], child.content
                self.text.roles.append((name, content))
                parts.append(content.partition("<")[0].strip() if name == "term" else HOLE)
            elif child.type in ("code_inline", "image"):
                parts.append(HOLE)
        return "".join(parts)

    def fence(self, token: Token, line: int) -> None:
        if not (directive := re.match(r"\{([\w:-]+)\}\s*(.*)", token.info.strip())):
            self.text.code += [shown for shown in token.content.splitlines() if shown.strip()]
            return
        name, title = directive.groups()
        options, body, skipped = options_of(token.content)
        if name == "code-cell":
            self.cell(options, body)
        elif name == "math":
            self.text.formulas.append(body)
        elif name == "predict":
            self.text.predictions.append(title)
        elif name == "question":
            self.text.questions.append(title)
        elif name == "practice":
            self.text.practices.append(title)
        elif name == "lesson":
            self.text.options = options
            self.read(options.get("idea", ""), line)
        elif name == "dropdown" or "dropdown" in str(options.get("class", "")):
            fold = Text(title=title, line=line)
            _Reader(fold).read(body, line + 1 + skipped)
            self.text.folds.append(fold)
        elif name not in SILENT:
            self.read(title, line)
            self.read(body, line + 1 + skipped)

    def cell(self, options: dict, code: str) -> None:
        self.text.cells.append((options, code))
        tags = options.get("tags", [])
        if not {"hide-input", "remove-input", "remove-cell", "hide-cell"} & set(tags):
            self.text.code += [line for line in code.splitlines() if line.strip()]
        self.text.explorers += "remove-cell" not in tags and bool(_EXPLORER.search(code))


def options_of(content: str) -> tuple[dict, str, int]:
    """Return the options of a directive, its body, and how many lines there are before that."""
    if match := re.match(r"---\n(.*?)\n---\n", content, re.DOTALL):
        return yaml.safe_load(match[1]), content[match.end() :], match[0].count("\n")
    options, rest = {}, content
    while match := re.match(r":([\w-]+):(.*(?:\n {2,}\S.*)*)\n?", rest):
        options[match[1]] = " ".join(match[2].split())
        rest = rest[match.end() :]
    if isinstance(tags := options.get("tags"), str):
        options["tags"] = yaml.safe_load(tags)
    return options, rest, content[: len(content) - len(rest)].count("\n")
