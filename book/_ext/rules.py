"""What every page that calls itself a lesson is held to.

A rule is given a lesson and the course, and yields a sentence for each fault, with the page, the
limit and the number in it. Three tables beside the pages say what no rule can know:

names.csv     for each thing its one name, the names that it does not have, and the lesson that
              introduces it: "before" for what a reader brings along, nothing for none so far
numbers.csv   words with digits that a lesson may type, each with the reason
looks.csv     where a page misuses rows to show what that does, or looks where a reader could not,
              each with the sentence in which the page says so
"""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import NamedTuple

import yaml
from reading import Text, calls_itself_a_lesson, count, read

from reglib.data import ledger

MINUTES = 15
BUDGETS = {
    "words": 800,
    "displayed formulas": 4,
    "shown lines of code": 12,
    "new terms": 5,
    "new symbols": 3,
}
MEDIAN, LONGEST = 16, 30  # words of a sentence
ALT = 20  # words of what a figure shows
_NAMES = (
    "alpha beta gamma delta epsilon varepsilon eta theta kappa lambda mu nu pi rho sigma tau phi "
    "varphi chi psi omega"
)
_GREEK = dict(zip(_NAMES.split(), "αβγδεεηθκλμνπρστφφχψω", strict=True))


class Name(NamedTuple):
    """A line of names.csv: a term of the glossary, or a symbol, which is one letter."""

    name: str
    kind: str
    instead_of: str
    introduced: str


@dataclass(frozen=True)
class Lesson:
    """A page, as `_toc.yml` calls it, with its source and that of its questions."""

    page: str
    source: str
    questions: str
    text: Text = field(compare=False)

    @property
    def parts(self) -> list[Text]:
        return self.text.everything()

    @property
    def said(self) -> str:
        """All that is said in words, in the folds too, a line for each paragraph."""
        return "\n".join(line for part in self.parts for line in [part.title, *part.prose])


@dataclass(frozen=True)
class Course:
    """The lessons in their order, and the tables that rules look things up in."""

    home: Path
    pages: list[str]
    lessons: list[Lesson]
    names: list[Name]
    numbers: list[dict[str, str]]
    looks: list[dict[str, str]]
    terms: list[str]
    symbols: set[str]

    def place(self, page: str) -> int:
        """Return where a page comes: what a reader brings along first, what is no page last."""
        if page in self.pages:
            return self.pages.index(page)
        return -1 if page == "before" else len(self.pages)


def published(home: Path) -> list[str]:
    """Return the pages of the course in a folder, in their order, as its `_toc.yml` calls them."""

    def pages(entry: dict) -> Iterator[str]:
        yield from (entry[key] for key in ("root", "file") if key in entry)
        for key in ("parts", "chapters", "sections"):
            for part in entry.get(key, []):
                yield from pages(part)

    return list(pages(yaml.safe_load((home / "_toc.yml").read_text(encoding="utf-8"))))


def course(home: Path) -> Course:
    """Read the course whose `_toc.yml` is in a folder."""

    def table(name: str) -> list[dict[str, str]]:
        with (home / "book" / name).open(encoding="utf-8", newline="") as lines:
            return list(csv.DictReader(lines))

    every = published(home)
    lessons = []
    for page in every:
        source = (home / f"{page}.md").read_text(encoding="utf-8")
        if calls_itself_a_lesson(source):
            bank = home / f"{page}.questions.yml"
            questions = bank.read_text(encoding="utf-8") if bank.exists() else ""
            lessons.append(Lesson(page, source, questions, read(source)))
    glossary = (home / "book/glossary.md").read_text(encoding="utf-8").split(":sorted:\n")[-1]
    notation = (home / "book/notation.md").read_text(encoding="utf-8")
    return Course(
        home,
        every,
        lessons,
        [Name(**line) for line in table("names.csv")],
        table("numbers.csv"),
        table("looks.csv"),
        re.findall(r"^(\S[^\n]*)\n  ", glossary, re.MULTILINE),
        _symbols(notation),
    )


def times(lesson: Lesson, course: Course) -> Iterator[str]:
    if (minutes := lesson.text.minutes) > MINUTES:
        yield f"{lesson.page}: {minutes} minutes to read and try, of at most {MINUTES}"


def budgets(lesson: Lesson, course: Course) -> Iterator[str]:
    new = [name.kind for name in course.names if name.introduced == lesson.page]
    counted = {
        "words": lesson.text.words,
        "displayed formulas": len(lesson.text.formulas),
        "shown lines of code": len(lesson.text.code),
        "new terms": new.count("term"),
        "new symbols": new.count("symbol"),
    }
    for what, most in BUDGETS.items():
        if counted[what] > most:
            yield f"{lesson.page}: {counted[what]} {what} outside folds, of at most {most}"


def sentences(lesson: Lesson, course: Course) -> Iterator[str]:
    """Short ones, save in a fold that calls itself a proof."""
    plain = [part for part in lesson.parts if "proof" not in part.title.lower()]
    found = [sentence for part in plain for sentence in part.sentences]
    if found and (middle := median(map(count, found))) > MEDIAN:
        yield f"{lesson.page}: {middle:g} words in the median sentence, of at most {MEDIAN}"
    for sentence in found:
        if count(sentence) > LONGEST:
            yield f"{lesson.page}: {count(sentence)} words, of at most {LONGEST}, in “{sentence}”"


def numbers(lesson: Lesson, course: Course) -> Iterator[str]:
    """A number is evidence or stands in numbers.csv: in words any digit, in a formula a decimal."""
    said = lesson.said
    formulas = "\n".join(tex for part in lesson.parts for tex in [*part.formulas, *part.inline])
    for line in course.numbers:
        if line["page"] == lesson.page:
            if line["words"] not in said + formulas:
                yield f"{lesson.page}: “{line['words']}” is in numbers.csv, and not on the page"
            if not line["reason"].strip():
                yield f"{lesson.page}: numbers.csv gives no reason for “{line['words']}”"
            said = said.replace(line["words"], "")
            formulas = formulas.replace(line["words"], "")
    for number in re.findall(r"[^\n]{0,30}\d[^\n]{0,20}", said):
        yield f"{lesson.page}: “{number}” has a digit that is no evidence: see reglib/evidence.py"
    for number in re.findall(r"\d+[.,]\d+", formulas):
        yield f"{lesson.page}: a formula has {number}, which is no evidence"
    for name, content in (role for part in lesson.parts for role in part.roles):
        if name.startswith("glue"):
            yield f"{lesson.page}: {{{name}}}`{content}` has no error: glue evidence in its place"


def rows(lesson: Lesson, course: Course) -> Iterator[str]:
    for _, code in (cell for part in lesson.parts for cell in part.cells):
        for loader in re.findall(r"\bload_\w+", code):
            yield f"{lesson.page}: {loader} reads every row: take rows(data, use) of reglib.data"


def figures(lesson: Lesson, course: Course) -> Iterator[str]:
    for options, code in (cell for part in lesson.parts for cell in part.cells):
        shown = "remove-cell" not in options.get("tags", [])
        if shown and re.search(r"\bplt\.(subplot|figure)|\bFigure\(", code):
            alt = ((options.get("mystnb") or {}).get("image") or {}).get("alt", "")
            if count(alt) < ALT:
                yield f"{lesson.page}: {count(alt)} words of alt text, of at least {ALT}: {code}"


def one_name(lesson: Lesson, course: Course) -> Iterator[str]:
    alts = [
        str((options.get("mystnb") or {}).get("image"))
        for part in lesson.parts
        for options, _ in part.cells
    ]
    said = "\n".join([lesson.said, lesson.questions, *alts])
    for name in course.names:
        for other in filter(None, map(str.strip, name.instead_of.split(";"))):
            if _says(said, other):
                yield f"{lesson.page}: “{other}”, where the name is “{name.name}”"


def introduced(lesson: Lesson, course: Course) -> Iterator[str]:
    """Nothing is used before it is introduced: no term of the glossary, and no symbol."""
    here, known = course.place(lesson.page), {name.name: name for name in course.names}
    terms = [_target(content) for part in lesson.parts for role, content in part.roles
             if role == "term"]  # fmt: skip
    used = {term for term in course.terms if term in terms or _says(lesson.said, term)}
    # The longest name is meant: a validation error is no error that was met before.
    used -= {short for short in used if not _says(_without(lesson.said, used, short), short)
             and short not in terms}  # fmt: skip
    math = " ".join(tex for part in lesson.parts for tex in [*part.formulas, *part.inline])
    used |= letters(math) | (set(lesson.said) & set(_GREEK.values()))
    for thing in sorted(used):
        if thing not in known:
            yield f"{lesson.page}: “{thing}” has no line in names.csv, so no lesson introduces it"
        elif course.place(known[thing].introduced) > here:
            yield f"{lesson.page}: “{thing}”, which {known[thing].introduced or 'none'} introduces"
    for name in course.names:
        if name.introduced == lesson.page and name.kind == "term" and name.name not in terms:
            yield f"{lesson.page}: introduces “{name.name}” without a {{term}} for it"


def pattern(lesson: Lesson, course: Course) -> Iterator[str]:
    if not lesson.text.options.get("idea"):
        yield f"{lesson.page}: its {{lesson}} has no :idea:"
    for part, found, least in (
        ("predictions", lesson.text.predictions, 1),
        ("questions", lesson.text.questions, 2),
    ):
        if len(found) < least:
            yield f"{lesson.page}: {len(found)} {part}, of at least {least}"


#: Every rule that can be seen in the source.
RULES = (
    times, budgets, sentences, numbers, rows, figures, one_name, introduced, pattern,
)  # fmt: skip


def tables(course: Course) -> Iterator[str]:
    """What is wrong with the tables themselves."""
    for name in course.names:
        known = course.symbols if name.kind == "symbol" else course.terms
        if name.kind not in ("term", "symbol") or name.name not in known:
            yield f"names.csv: “{name.name}” is no {name.kind} of the glossary or the notation"
        if name.introduced not in ("", "before", *course.pages):
            yield f"names.csv: “{name.name}” is introduced in {name.introduced}, which is no page"
    for line in course.looks:
        source = (course.home / f"{line['page']}.md").read_text(encoding="utf-8")
        if line["kind"] not in ("misuse", "peek"):
            yield f"looks.csv: {line['kind']} is neither misuse nor peek"
        if line["use"] and (line["data"], line["use"]) not in ledger.uses():
            yield f"looks.csv: the ledger has no use {line['use']} of {line['data']}"
        if not line["sentence"].strip() or _flat(line["sentence"]) not in _flat(source):
            yield f"looks.csv: {line['page']} does not say “{line['sentence']}”"


def drawers(
    reads: Mapping[str, Iterable[tuple[str, str]]],
    course: Course,
    uses: Mapping[tuple[str, str], ledger.Use],
    sizes: Mapping[str, int],
) -> Iterator[str]:
    """Which locked rows were read too early, by the pages' own notes of what they read, in order.

    A drawer binds every lesson when a lesson promises it: its rows are read there, once, after all
    that this page reads besides, and in no lesson before.
    """
    lessons = {lesson.page for lesson in course.lessons}
    looked = {(line["page"], line["data"], line["use"]) for line in course.looks}
    binding = [use for use in uses.values() if use.part == "drawer" and use.opened_in in lessons]
    for data in {use.data for use in binding}:
        if len(drawers := [use.use for use in binding if use.data == data]) > 1:
            yield f"{data} has {len(drawers)} drawers, of at most 1: {', '.join(drawers)}"
    for lock in binding:
        locked, opened = set(lock.rows(sizes[lock.data])), course.place(lock.opened_in)
        for page in lessons:
            read = [use for data, use in reads.get(page, ()) if data == lock.data]
            for i, use in enumerate(read):
                every = use == "" or (lock.data, use) not in uses
                rows = locked if every else uses[lock.data, use].rows(sizes[lock.data])
                if not locked & set(rows) or (page, lock.data, use) in looked:
                    continue
                name = use or "every row"
                if course.place(page) < opened:
                    yield f"{page} reads {name} of {lock.data}, locked until {lock.opened_in}"
                elif page == lock.opened_in and (use != lock.use or i < len(read) - 1):
                    yield f"{page} reads {name} of {lock.data} before or after it opens the drawer"
                elif page != lock.opened_in and use == lock.use:
                    yield f"{page} opens {name} of {lock.data} again, after {lock.opened_in}"


def letters(tex: str) -> set[str]:
    """Return the letters that stand for something in TeX, Greek ones as themselves.

    >>> sorted(letters(r"\\hat y = b + \\lambda w_{\\text{max}} \\operatorname{sign}(z)"))
    ['b', 'w', 'y', 'z', 'λ']
    """
    tex = re.sub(r"\\(text|operatorname|mathrm|begin|end|label)\*?\{[^}]*\}", " ", tex)
    found = re.findall(r"\\([A-Za-z]+)|([A-Za-zα-ω])", tex)
    return {_GREEK.get(command, "") or letter for command, letter in found} - {""}


def _symbols(notation: str) -> set[str]:
    """The letters in the first column of the table of symbols."""
    column = " ".join(re.findall(r"^\| ([^|]*) \|", notation, re.MULTILINE))
    found = re.findall(r"\$([^$]+)\$|([α-ω])", column)
    return {letter for tex, greek in found for letter in letters(tex or greek)}


def _says(text: str, words: str) -> bool:
    """Whether a text has these words, in the singular or the plural."""
    spaced = r"\s+".join(map(re.escape, words.split()))
    return re.search(rf"(?<![\w-]){spaced}(e?s)?(?![\w-])", text, re.IGNORECASE) is not None


def _without(text: str, terms: set[str], short: str) -> str:
    for term in terms:
        if short in term and short != term:
            text = re.sub(re.escape(term), "", text, flags=re.IGNORECASE)
    return text


def _target(content: str) -> str:
    shown, _, target = content.partition("<")
    return " ".join((target.rstrip(">") or shown).split()).lower()


def _flat(text: str) -> str:
    return " ".join(text.split())
