"""A lesson as a notebook for Jupyter, which needs the learner's wheel and nothing else.

MyST-NB reads its cells out of the page's source. What only the book understands becomes what
Jupyter shows: numbers, terms and references become their words, a `{practice}` its task, a cell to
write in and its check, the questions a list. Code that the page does not show is folded.
"""

import html
import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import bank
import nbformat
from myst_nb.core.read import is_myst_markdown_notebook, read_myst_markdown_notebook
from myst_nb.core.variables import format_plain_text
from myst_parser.config.main import MdParserConfig
from nbformat.v4 import new_code_cell, new_markdown_cell
from pybtex.database import BibliographyData, parse_file
from pybtex.plugin import find_plugin

from reglib.exercises import find
from reglib.exercises.task import task
from reglib.repository import page as page_of
from reglib.repository import path, titles

HEAD = """\
*This is a lesson of the course as a notebook: run its cells from the top. The numbers in its text
are those that the site has computed. Code that the page does not show is folded.*"""
NOT_HERE = "*Here the page on the site has something that a notebook cannot show.*"
# On the site a number goes into the text by this function of MyST-NB.
GLUE = "from myst_nb import glue"
NO_GLUE = '''\
def glue(name, value, display):
    """Do nothing: on the site, this puts a number into the text."""
'''
FOLDED = {"hide-cell", "hide-input", "remove-cell", "remove-input"}

_INCLUDE = re.compile(r"^```\{include\} +(\S+)\n```$", re.MULTILINE)
_PRACTICE = re.compile(r"^```\{practice\} +(\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_ASKED = re.compile(
    r"^```\{(question|predict)\} +(\S+)\n(?::[^\n]*\n)*(.*?)^```$", re.MULTILINE | re.DOTALL
)
_LESSON = re.compile(r"^```\{lesson\}\n((?::.*\n)*)```$", re.MULTILINE)
_AGAIN = re.compile(r"^```\{predict-again\} .*\n```$", re.MULTILINE)
_DIRECTIVE = re.compile(r"^(`{3,})\{([\w-]+)\}.*?^\1$", re.MULTILINE | re.DOTALL)
_BOX = re.compile(
    r"^(:{3,})\{([\w-]+)\} *([^\n]*)\n(?::[\w-]+:[^\n]*\n)*(.*?)^\1$", re.MULTILINE | re.DOTALL
)
_FENCE = re.compile(r"^(`{3,})(?!\{).*?^\1$", re.MULTILINE | re.DOTALL)
_LABEL = re.compile(r"^\([\w-]+\)=\n", re.MULTILINE)
_COMMENT = re.compile(r"^%.*\n", re.MULTILINE)
_EQUATION = re.compile(r"^\$\$ \(([\w-]+)\)$", re.MULTILINE)
_DEFINITION = re.compile(r"^(\S.*)\n: +(.*(?:\n  .*)*)", re.MULTILINE)
_ROLE = re.compile(r"\{([\w:]+)\}`([^`]*)`")
_LINK = re.compile(r"\[([^\]]*)\]\((?!https?:)([^)\s]+)\)")
_QUIZ = re.compile(r'display_quiz\("([^"]+)"')


@cache
def lessons() -> dict[str, str]:
    """Return the lessons by the names of their notebooks: the pages of parts, as far as they run.

    >>> lessons()["lesson-ridge.ipynb"]
    'book/penalties/ridge'
    """
    files = sorted(path("book").glob("[!_]*/*.md"))
    pages = [file.with_suffix("") for file in files if file.parent.name != "assignments"]
    return {
        f"lesson-{page.name}.ipynb": page.relative_to(path()).as_posix()
        for page in pages
        if is_myst_markdown_notebook(page.with_suffix(".md").read_text(encoding="utf-8"))
    }


def notebook(page: str, numbers: Mapping[str, str]) -> nbformat.NotebookNode:
    """Return a lesson as a notebook. `numbers` are what its code has handed to its text, as `repr`.

    Equal sources and numbers give equal notebooks, the ids of their cells too.
    """
    return _Lesson(page, numbers).notebook()


class _Lesson:
    def __init__(self, page: str, numbers: Mapping[str, str]) -> None:
        self.page, self.file, self.numbers = page, path(f"{page}.md"), numbers
        self.source = self.file.read_text(encoding="utf-8")
        labels = _EQUATION.findall(self.source)
        self.equations = {label: number for number, label in enumerate(labels, start=1)}
        self.bibliography = parse_file(path("book", "references.bib"))
        self.cited: dict[str, None] = {}  # in order

    def notebook(self) -> nbformat.NotebookNode:
        source = _INCLUDE.sub(self._included, self.source)
        source = _PRACTICE.sub(_practised, source)
        source = _AGAIN.sub("", _LESSON.sub(_begun, source))
        source = _ASKED.sub(self._put, source)
        # Extensions of Markdown do not matter, since text is taken over as it is written.
        read = read_myst_markdown_notebook(source, MdParserConfig())
        cells = []
        for cell in read.cells:
            cells += self._code(cell) if cell.cell_type == "code" else self._text(cell.source)
        title, _, rest = cells[0].source.partition("\n")
        cells[0].source = f"{title}\n\n{HEAD}\n{rest}"
        if self.cited:
            cells.append(new_markdown_cell(_references(self.bibliography, self.cited)))
        for number, cell in enumerate(cells):
            cell.id = f"cell-{number}"
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        return nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})

    def _included(self, found: re.Match) -> str:
        return (self.file.parent / found[1]).read_text(encoding="utf-8").strip()

    def _put(self, found: re.Match) -> str:
        """A question, or a prediction and what comes after it."""
        items = bank.read(bank.questions_of(self.file))
        asked = items[found[2]].variants[0]
        if found[1] == "question":
            return _question(asked)
        options = [f"- {text}" for text in asked["options"].values()]
        reasons = asked["reasons"]
        told = [found[3].strip(), _question({"kind": "choose", **reasons})]
        return "\n\n".join([asked["ask"], "\n".join(options), *told])

    def _code(self, cell: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
        if quiz := _QUIZ.search(cell.source):
            questions = json.loads((self.file.parent / quiz[1]).read_text(encoding="utf-8"))
            return [new_markdown_cell(_asked(questions))]
        folded = FOLDED.intersection(cell.metadata.get("tags", []))
        metadata = {"jupyter": {"source_hidden": True}} if folded else {}
        return [new_code_cell(cell.source.replace(GLUE, NO_GLUE), metadata=metadata)]

    def _text(self, source: str) -> list[nbformat.NotebookNode]:
        text, at, parts = _DIRECTIVE.sub(_stood, source), 0, []
        for fence in _FENCE.finditer(text):
            parts += [self._words(text[at : fence.start()]), fence[0]]
            at = fence.end()
        text = _boxed("".join([*parts, self._words(text[at:])]))
        return [new_markdown_cell(text.strip())] if text.strip() else []

    def _words(self, text: str) -> str:
        text = _COMMENT.sub("", _LABEL.sub("", text))
        text = _EQUATION.sub(lambda found: f"\\tag{{{self.equations[found[1]]}}}\n$$", text)
        text = _DEFINITION.sub(r"- **\1.** \2", text)
        return _LINK.sub(self._linked, _ROLE.sub(self._role, text))

    def _role(self, found: re.Match) -> str:
        role, words = found.groups()
        if role == "glue:text":
            name, _, form = words.partition(":")
            return format_plain_text(self.numbers[name], form)
        if role == "evidence":
            return self.numbers[words]
        if role == "math":
            return f"${words}$"
        if role == "eq":
            return f"({self.equations[words]})"
        if role in ("cite:p", "cite:t"):
            return self._cited(words.split(","), aside=role == "cite:p")
        return words.partition(" <")[0]

    def _cited(self, keys: list[str], aside: bool) -> str:
        self.cited |= dict.fromkeys(keys)
        told = []
        for key in keys:
            entry = self.bibliography.entries[key]
            names = [" ".join(person.last_names) for person in entry.persons["author"]]
            who = f"{names[0]} et al." if len(names) > 2 else " and ".join(names)
            year = entry.fields["year"]
            told.append(f"{who}, {year}" if aside else f"{who} ({year})")
        return f"({'; '.join(told)})" if aside else " and ".join(told)

    def _linked(self, found: re.Match) -> str:
        words, target = found.groups()
        file, _, label = target.partition("#")
        if not label:
            text = (self.file.parent / file).read_text(encoding="utf-8")
            return words or f"“{re.search(r'^# (.+)$', text, re.MULTILINE)[1]}”"
        if not titles(label):  # a place that is no heading
            return words
        title, chapter = titles(label)
        if page_of(label) == self.page:
            return f"[{words or title}](#{title.replace(' ', '-')})"
        return f"{words} (“{title}” in “{chapter}”)" if words else f"“{title}” in “{chapter}”"


def _stood(found: re.Match) -> str:
    return "" if found[2] == "raw" else NOT_HERE


def _practised(found: re.Match) -> str:
    """The task of an exercise, a cell to write in, and its check."""
    entry = find(found[1])
    said = task(entry)
    hints = [_folded(hint["title"], hint["text"]) for hint in said["hints"]]
    example = f"```python\n{said['example']}\n```"
    check = f'from reglib.check import check\n\ncheck("{entry.name}", {entry.function})'
    start = found[2].strip() or said["stub"]
    cells = [f"```{{code-cell}}\n{code}\n```" for code in (start, check)]
    text = [f"**Write it:** `{entry.call}`", said["text"], example, *hints]
    return "\n\n".join([*text, *cells])


def _begun(found: re.Match) -> str:
    """What a lesson says of itself. How long it takes is said where its questions answer."""
    said = dict(re.findall(r"^:(\w+): (.*)$", found[1], re.MULTILINE))
    before = f"\n\nBefore: {said['before']}" if "before" in said else ""
    return f"**{said['idea']}**{before}"


def _question(asked: Mapping[str, Any]) -> str:
    """A question of the bank, with what there is to say of each answer to unfold."""
    if asked["kind"] == "number":
        return f"{asked['ask']}\n\n{_folded('Answer', bank.shown(asked['answer']))}"
    right, options = bank.right_of(asked), asked["options"]
    answers = [f"- {option['text']}" for option in options.values()]
    shown = [
        f"- {'✓' if name in right else '✗'} {option['text']} *{option['why']}*"
        for name, option in options.items()
    ]
    if asked["kind"] == "order":
        answers = sorted(answers)
    return "\n\n".join([asked["ask"], "\n".join(answers), _folded("Answer", "\n".join(shown))])


def _boxed(text: str) -> str:
    """What stands in boxes: what can be unfolded, and what is set apart."""

    def box(found: re.Match) -> str:
        _, kind, title, body = found.groups()
        if kind == "dropdown":
            return _folded(title, body)
        lines = [f"**{title}**", "", *body.strip().splitlines()]
        return "\n".join(f"> {line}".rstrip() for line in lines)

    return _BOX.sub(box, text)


def _folded(title: str, body: str) -> str:
    return f"<details><summary>{html.escape(title)}</summary>\n\n{body.strip()}\n\n</details>"


def _asked(questions: list[dict]) -> str:
    """The questions of a lesson, with what there is to say of each answer to unfold."""
    lines = []
    for number, question in enumerate(questions, start=1):
        answers, shown = [], []
        for answer in question["answers"]:
            mark = "✓" if answer.get("correct") else "✗"
            if "answer" in answer:
                answers.append(f"- {answer['answer']}")
                shown.append(f"- {mark} {answer['answer']} *{answer['feedback']}*")
            elif answer.get("correct"):
                shown.append(f"- {mark} {answer['feedback']}")
        lines += [f"**{number}.** {question['question']}", "\n".join(answers)]
        lines += [_folded("Answer", "\n".join(shown))]
    return "\n\n".join(line for line in lines if line)


def _references(bibliography: BibliographyData, keys: Mapping[str, None]) -> str:
    style = find_plugin("pybtex.style.formatting", "plain")()
    backend = find_plugin("pybtex.backends", "markdown")()
    entries = style.format_bibliography(bibliography, list(keys))
    lines = [f"- {' '.join(entry.text.render(backend).split())}" for entry in entries]
    return "\n".join(["## References", "", *lines])
