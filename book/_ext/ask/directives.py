"""The directives: they take what is asked from the file beside the page, and set it."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, ClassVar

import bank
from docutils import nodes
from docutils.parsers.rst import directives
from embed import embedded
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective

from ask.block import block, make
from ask.outcome import NoOutcome, glued, outcome, words
from ask.shape import asking, facts, fold, variant


class Asked(SphinxDirective):
    """What all of them do. A fault ends the build with a sentence that names file and question."""

    required_arguments = 1

    @property
    def page(self) -> Path:
        return Path(self.env.doc2path(self.env.docname))

    def file(self, file: Path) -> dict[str, bank.Item]:
        self.env.note_dependency(str(file))
        try:
            return bank.read(file)
        except bank.Bad as problem:
            raise ExtensionError(str(problem)) from None

    def item(self, *kinds: str) -> bank.Item:
        (name,) = self.arguments
        file = bank.questions_of(self.page)
        items = self.file(file)
        if name not in items:
            raise ExtensionError(f"{file} asks no {name!r}: it asks {', '.join(items)}.")
        if items[name].kind not in kinds:
            raise ExtensionError(
                f"{file}, {name}: it is of the kind {items[name].kind}, which {{{self.name}}} "
                f"does not take. It takes {', '.join(kinds)}."
            )
        return items[name]

    def label(self, words: str) -> str:
        return f"{words}, {self.env.new_serialno(words) + 1}"  # a page has each once

    def question(self, item: bank.Item, page: str) -> block:
        """Return the element of a question: one variant to be read, the others for scripts."""
        first, *others = (
            list(variant(asked, f"{item.name} {i}", self.parse_text_to_nodes))
            for i, asked in enumerate(item.variants)
        )
        attributes = {
            "class": "ask",
            "data-question": item.name,
            "data-kind": item.kind,
            "data-page": page,
            "aria-label": self.label("Question"),
        }
        known = {
            "ordered": item.variants[0].get("ordered", False),
            "transfer": item.variants[0].get("transfer", False),
            "hard": item.variants[0].get("hard", 1),
            "variants": [facts(asked) for asked in item.variants],
        }
        return make(
            "section",
            attributes,
            data(known),
            make("div", {"class": "ask-variant"}, *first),
            *(make("template", {"class": "ask-variant"}, *other) for other in others),
        )


def data(known: dict[str, Any]) -> block:
    """Return what a script must know, as JSON."""
    text = nodes.raw("", embedded(known), format="html")
    return make("script", {"type": "application/json"}, text)


class Question(Asked):
    """`{question} NAME`: a question of the file beside the page, here."""

    def run(self) -> list[nodes.Node]:
        return [self.question(self.item("choose", "several", "number", "order"), self.env.docname)]


class Predict(Asked):
    """`{predict} NAME`: what will be seen? Its content goes on when it is told.

    outcome  the name under which a cell above has glued how often each option came
    locks    the explorer, or the id of the figure, that is locked until she commits or skips
    """

    has_content = True
    option_spec: ClassVar = {
        "outcome": directives.unchanged_required,
        "locks": directives.unchanged_required,
    }

    def run(self) -> list[nodes.Node]:
        item = self.item("predict")
        (asked,) = item.variants
        reasons = {"kind": "choose", **asked["reasons"]}
        told = self.told(asked)
        attributes = {
            "class": "ask",
            "data-predict": item.name,
            "data-page": self.env.docname,
            "aria-label": self.label("Prediction"),
        }
        if locks := self.options.get("locks"):
            attributes["data-locks"] = locks
        known = {
            "kind": asked.get("form", "choose"),
            "ordered": asked.get("ordered", False),
            "each": asked.get("each", "draws"),
            **told,
            "reasons": facts(reasons),
        }
        came = fold("ask-answer", "What came of it", *self.came(asked, told))
        why = make(
            "div", {"class": "ask-reasons"}, *variant(reasons, item.name, self.parse_text_to_nodes)
        )
        rest = make(
            "div", {"class": "ask-after"}, *self.parse_text_to_nodes("\n".join(self.content))
        )
        self.env.temp_data.setdefault("ask_told", {})[item.name] = known
        return [make("section", attributes, data(known), first(self, item), came, why, rest)]

    def told(self, asked: dict[str, Any]) -> dict[str, Any]:
        (name,) = self.arguments
        try:
            if "outcome" not in self.options:
                raise NoOutcome("it has no :outcome:, the name of what a cell has glued")
            return outcome(glued(self.state.document, self.options["outcome"]), asked)
        except NoOutcome as problem:
            raise ExtensionError(f"{self.page}, the prediction {name}: {problem}.") from None

    def came(self, asked: dict[str, Any], told: dict[str, Any]) -> Iterable[nodes.Node]:
        each = asked.get("each", "draws")
        for key, count in told["counts"].items():
            said = f"{words(key, asked)} In {count} of {told['draws']} {each}."
            yield make("div", {}, *self.parse_text_to_nodes(said))


class Again(Asked):
    """`{predict-again} NAME`: what would you say now? It comes further down on the same page."""

    def run(self) -> list[nodes.Node]:
        item = self.item("predict")
        known = self.env.temp_data.get("ask_told", {}).get(item.name)
        if known is None:
            raise ExtensionError(
                f"{self.page}: {{predict-again}} {item.name} comes before its {{predict}}."
            )
        attributes = {
            "class": "ask",
            "data-predict-again": item.name,
            "data-page": self.env.docname,
            "aria-label": self.label("What you would say now"),
        }
        return [make("section", attributes, data(known), first(self, item))]


def first(directive: Asked, item: bank.Item) -> block:
    """Return the part of a prediction that asks."""
    return make(
        "div",
        {"class": "ask-first"},
        *asking(item.variants[0], item.name, directive.parse_text_to_nodes),
    )


class TestMe(Asked):
    """`{testme}`: a test of questions from the lessons in its folder, in variants, mixed.

    of       the names of the lessons, if not all of the folder
    items    how many questions, 8 unless it is said
    know     with this flag it asks the hardest, and ticks the lesson if all are right
    """

    required_arguments = 0
    option_spec: ClassVar = {
        "of": directives.unchanged_required,
        "items": directives.positive_int,
        "know": directives.flag,
    }

    def run(self) -> list[nodes.Node]:
        folder = self.page.parent
        names = self.options.get("of", "").split()
        files = [folder / f"{name}{bank.ENDING}" for name in names]
        pool = []
        for file in files or sorted(folder.glob(f"[!_]*{bank.ENDING}")):
            page = self.env.path2doc(str(file).removesuffix(bank.ENDING) + ".md")
            for item in self.file(file).values():
                if item.kind != "predict":
                    pool.append(self.question(item, page))
        if not pool:
            raise ExtensionError(f"{self.page}: {{testme}} finds no questions in {folder}.")
        known = {"items": self.options.get("items", 8), "know": "know" in self.options}
        attributes = {
            "class": "ask",
            "data-testme": self.env.docname,
            "data-page": self.env.docname,
            "aria-label": self.label("I know this" if known["know"] else "Test me"),
        }
        without = make("div", {"class": "ask-without"}, *self.parse_text_to_nodes(WITHOUT))
        return [make("section", attributes, data(known), without, make("template", {}, *pool))]


WITHOUT = (
    "Here comes a test of questions from these lessons, where scripts run. Without them, take the "
    "questions in the lessons: their answers are folded below them."
)
