"""Any page that calls itself a lesson keeps the pattern; a small one breaks each rule once."""

import os
import subprocess
import sys

import numpy as np
import pytest
import rules
from reading import read

import reglib
from reglib.data import ledger
from reglib.repository import path

COURSE = rules.course(path())
GOOD = path("tests", "book", "lessons", "good.md").read_text(encoding="utf-8")
BEFORE = "book/other"  # a page that comes before the lesson, in the small course
NAMES = """\
name,kind,instead_of,introduced
noise,term,disturbance; random error,book/good
training set,term,,before
b,symbol,,before
w,symbol,,before
x,symbol,,before
y,symbol,,before
λ,symbol,,book/later
true risk,term,,book/later
"""
LONG = " ".join(["word"] * 31) + "."
TERMS = ("capacity", "fold", "knot", "lasso", "sparsity", "shrinkage")
# For each rule what is put into the lesson, or into a table, and what is said of it.
BREAKS = [
    ("times", {"good": "```{code-cell} ipython3\nOneExplorer()\n```\n" * 5}, "minutes"),
    ("budgets", {"good": "word " * 801}, "words outside folds, of at most 800"),
    ("budgets", {"good": "$$\n1\n$$\n\n" * 5}, "5 displayed formulas outside folds, of at most 4"),
    ("budgets", {"good": "```python\n" + "x\n" * 12 + "```\n"}, "13 shown lines"),
    ("budgets", {"names": "".join(f"{t},term,,book/good\n" for t in TERMS)}, "7 new terms"),
    ("budgets", {"names": "".join(f"{t},symbol,,book/good\n" for t in "JHpn")}, "4 new symbols"),
    ("sentences", {"good": LONG}, "31 words, of at most 30"),
    ("sentences", {"good": f":::{{dropdown}} Why\n{LONG}\n:::"}, "31 words, of at most 30"),
    ("sentences", {"good": "".join(["So " + "it goes on " * 6 + ".\n\n"] * 40)}, "19 words in the"),
    ("numbers", {"good": "It costs 0.31 points."}, "“It costs 0.31 points.” has a digit"),
    ("numbers", {"good": ":::{dropdown} Why\nOf 17 draws.\n:::"}, "17"),
    ("numbers", {"good": "It is $w = 0.31$."}, "a formula has 0.31"),
    ("numbers", {"good": "It is {glue:text}`cost:.2f`."}, "has no error"),
    ("numbers", {"numbers": "book/good,degree 12,a setting\n"}, "not on the page"),
    ("numbers", {"good": "Degree 12.", "numbers": "book/good,Degree 12,\n"}, "no reason"),
    ("rows", {"good": "```{code-cell} ipython3\nreglib.load_diabetes()\n```"}, "load_diabetes"),
    ("figures", {"good": "```{code-cell} ipython3\nfig, ax = plt.subplots()\n```"}, "0 words"),
    ("one_name", {"good": "The random errors."}, "“random error”, where the name is “noise”"),
    ("one_name", {"questions": "text: What is the disturbance?"}, "“disturbance”"),
    ("introduced", {"good": "The true risk."}, "“true risk”, which book/later introduces"),
    ("introduced", {"good": "The {term}`lassos <lasso>`."}, "“lasso” has no line in names.csv"),
    ("introduced", {"good": "The validation error."}, "“validation error” has no line"),
    ("introduced", {"good": "A knot.", "names": "knot,term,,\n"}, "“knot”, which none introduces"),
    ("introduced", {"good": "It is $\\lambda$."}, "“λ”, which book/later introduces"),
    ("introduced", {"good": "It is λ."}, "“λ”, which book/later introduces"),
    ("introduced", {"names": "leverage,term,,book/good\n"}, "without a {term}"),
    ("pattern", {"gone": ":idea: A fit can be too free."}, "has no :idea:"),
    ("pattern", {"gone": "```{predict} bend\n```"}, "0 predictions, of at least 1"),
    ("pattern", {"gone": "```{question} straw\n```"}, "1 questions, of at least 2"),
]


@pytest.fixture
def small(tmp_path):
    """Make a course of three pages, one of them a lesson, with what is put into its files."""

    def small(good="", names="", numbers="", looks="", questions="", gone=""):
        book = tmp_path / "book"
        book.mkdir()
        toc = (
            "format: jb-book\nroot: book/other\nchapters: [{file: book/good}, {file: book/later}]\n"
        )
        (tmp_path / "_toc.yml").write_text(toc, encoding="utf-8")
        for name in ("glossary.md", "notation.md"):
            (book / name).write_text(path("book", name).read_text("utf-8"), encoding="utf-8")
        assert gone in GOOD
        files = {
            "good.md": f"{GOOD.replace(gone, '')}\n\n{good}\n",
            "good.questions.yml": questions,
            "other.md": "# Other\n",
            "later.md": "# Later\n",
            "names.csv": NAMES + names,
            "numbers.csv": f"page,words,reason\n{numbers}",
            "looks.csv": f"kind,page,data,use,sentence\n{looks}",
        }
        for name, text in files.items():
            (book / name).write_text(text, encoding="utf-8")
        return rules.course(tmp_path)

    return small


def faults(course, rule):
    return [fault for lesson in course.lessons for fault in rule(lesson, course)]


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.__name__)
def test_every_lesson_keeps_the_rule(rule):
    assert not faults(COURSE, rule)


def test_the_tables_are_about_what_there_is():
    assert not list(rules.tables(COURSE))


def test_the_small_lesson_keeps_every_rule(small):
    course = small()
    assert [lesson.page for lesson in course.lessons] == ["book/good"]
    assert not [fault for rule in rules.RULES for fault in faults(course, rule)]
    assert not list(rules.tables(course))


def test_every_rule_is_broken_once():
    assert {name for name, _, _ in BREAKS} == {rule.__name__ for rule in rules.RULES}


@pytest.mark.parametrize(("name", "put", "said"), BREAKS, ids=lambda value: str(value)[:40])
def test_a_lesson_that_breaks_a_rule_is_told_where_and_by_how_much(small, name, put, said):
    found = faults(small(**put), getattr(rules, name))
    assert any(said in fault for fault in found), found
    assert all(fault.startswith("book/good: ") for fault in found)


def test_what_stands_in_a_table_with_a_reason_may_be_typed(small):
    course = small("Degree 12 has $w = 0.5$.", numbers="book/good,Degree 12,a setting\n"
                   "book/good,w = 0.5,half of one\n")  # fmt: skip
    assert not faults(course, rules.numbers)


def test_a_proof_may_have_long_sentences_and_a_fold_any_length(small):
    course = small(f":::{{dropdown}} The proof\n{LONG * 40}\n:::")
    assert not faults(course, rules.sentences) and not faults(course, rules.budgets)


@pytest.mark.parametrize(
    ("table", "line", "said"),
    [
        ("names", "wobble,term,,before\n", "no term"),
        ("names", "q,symbol,,before\n", "no symbol"),
        ("names", "lasso,term,,book/nowhere\n", "no page"),
        ("looks", "peek,book/good,diabetes,every row,We look here.\n", "does not say"),
        ("looks", "glance,book/good,diabetes,lasso/all,Guess first.\n", "neither misuse nor peek"),
        ("looks", "peek,book/good,diabetes,supper,Guess first.\n", "no use supper"),
    ],
)
def test_a_table_that_is_wrong_says_so(small, table, line, said):
    assert any(said in fault for fault in rules.tables(small(**{table: line})))


def use(name, part, first, last, opened_in=""):
    return ledger.Use("made", name, "0", str(first), str(last), part, "book/good", opened_in)


USES = {
    (line.data, line.use): line
    for line in (
        use("drawer", "drawer", 0, 40, "book/good"),
        use("pool", "pool", 40, 100),
        use("too much", "pool", 39, 100),
    )
}


@pytest.mark.parametrize(
    ("reads", "said"),
    [
        ({"book/good": ["pool", "drawer"]}, None),
        ({"book/good": ["too much", "drawer"]}, "before or after it opens"),
        ({"book/good": ["", "drawer"]}, "every row of made before"),
        ({"book/good": ["drawer", "pool", "drawer"]}, "before or after"),
        ({"book/other": ["too much"]}, "locked until book/good"),
        ({"book/other": [""]}, "every row of made, locked until book/good"),
        ({"book/other": ["pool"]}, None),
        ({"book/later": ["too much"]}, None),
        ({"book/later": ["drawer"]}, "again, after book/good"),
    ],
)
def test_a_locked_row_is_read_where_its_drawer_is_opened(small, reads, said):
    """Whichever pages call themselves lessons: here all three."""
    course = small()
    (good,) = course.lessons
    course.lessons[:] = [good.__class__(p, "", "", read("")) for p in course.pages]
    noted = {page: [("made", name) for name in names] for page, names in reads.items()}
    found = list(rules.drawers(noted, course, USES, {"made": 100}))
    assert found == [] if said is None else any(said in fault for fault in found)


def test_a_look_that_the_page_admits_is_none_too_early(small):
    course = small(looks="peek,book/other,made,too much,We may look.\n")
    (good,) = course.lessons
    course.lessons[:] = [good.__class__(p, "", "", read("")) for p in course.pages]
    assert not list(rules.drawers({BEFORE: [("made", "too much")]}, course, USES, {"made": 100}))


def test_a_data_set_has_one_drawer(small):
    more = use("second", "drawer", 50, 60, "book/good")
    found = list(rules.drawers({}, small(), USES | {("made", "second"): more}, {"made": 100}))
    assert any("2 drawers" in fault for fault in found)


def test_the_ledger_is_of_pages_and_parts_that_there_are():
    for line in ledger.uses().values():
        n = len(getattr(reglib, f"load_{line.data}")().y)
        rows = line.rows(n)
        assert len(rows) and len(set(rows)) == len(rows) and set(rows) <= set(range(n)), line
        assert line.part in ledger.PARTS and bool(line.opened_in) == (line.part == "drawer"), line
        for page in filter(None, (line.page, line.opened_in)):
            assert page in COURSE.pages or path(page).is_dir(), line


# What the pages that take their rows themselves call them, for each use.
CALLED = {
    "overfitting/test": "test", "overfitting/rest": "rest",
    "ridge/training": "train", "ridge/new": "new",
    "cross-validation/ours": "ours", "cross-validation/drawer": "drawer",
    "assignments/overfitting/test": "test", "assignments/overfitting/rest": "rest",
    "assignments/ridge/training": "train", "assignments/ridge/validation": "validation",
    "assignments/ridge/test": "test",
    "assignments/lasso/test": "test", "assignments/lasso/training": "train",
    "assignments/lasso/validation": "validation",
    "assignments/cross_validation/ours": "ours", "assignments/cross_validation/drawer": "drawer",
    "assignments/cross_validation/mine": "mine", "assignments/cross_validation/later": "later",
}  # fmt: skip


@pytest.mark.parametrize("name", CALLED)
def test_the_ledger_says_which_rows_a_page_takes(name):
    """The lines that make these sets are run, as they stand in the page or the notebook."""
    (line,) = (line for line in ledger.uses().values() if line.use == name)
    home = path(line.page)
    file = home / f"{home.name}.ipynb" if home.is_dir() else home.with_suffix(".md")
    text = file.read_text(encoding="utf-8").replace('\\n"', "").replace(' "', "")
    data = getattr(reglib, f"load_{line.data}")()
    known = {"np": np, "y": data.y, "meat": data}
    for made in text.splitlines():
        made = made.strip().strip('",').replace("\\n", "")
        if made.startswith("order = ") or "= order[" in made or "= rest[" in made:
            try:
                exec(made, known)
            except NameError:  # of another data set, further down
                continue
        if CALLED[name] in known:
            break
    np.testing.assert_array_equal(known[CALLED[name]], line.rows(len(data.y)))


def test_a_use_brings_its_rows_and_no_others():
    whole, part = reglib.load_diabetes(), reglib.data.rows("diabetes", "ridge/training")
    kept = np.random.default_rng(0).permutation(442)[:30]
    np.testing.assert_array_equal(part.X, whole.X[kept])
    np.testing.assert_array_equal(part.y, whole.y[kept])
    assert part.units == whole.units


def test_every_read_is_noted_and_a_run_begins_anew(tmp_path):
    notes = tmp_path / "page.csv"
    code = "from reglib.data import *; from reglib.data import rows; load_longley(); "
    code += "rows('diabetes', 'ridge/training'); load_meat()"
    for _ in range(2):  # a page that is run again has no notes of the time before
        subprocess.run([sys.executable, "-c", code], env=os.environ | {ledger.READS: str(notes)},
                       check=True)  # fmt: skip
        assert notes.read_text("utf-8").split() == [
            "longley,", "diabetes,ridge/training", "meat,"
        ]  # fmt: skip


def test_times_are_the_sum_of_what_stands_there():
    words = "word " * 260
    text = read(
        f"{words}\n\n$$\na\n$$\n\n```{{predict}} p\n```\n```{{question}} q\n```\n"
        "```{code-cell} ipython3\na = 1\n\nb = 2\n```\n"
        "```{code-cell} ipython3\n:tags: [remove-input]\n\nFitExplorer()\n```\n"
        "```{practice} ridge.ridge_objective\n```\n"
        ":::{dropdown} Fold\n" + "word " * 390 + "\n:::\n"
    )
    # 2 min of words, ¾ of a formula, 1 of a prediction, 1¼ of a question, ½ of code, 3 to explore
    assert text.minutes == 9  # 8.5, rounded up
    assert (text.words, len(text.code), text.explorers) == (260, 2, 1)
    assert [(fold.title, fold.minutes) for fold in text.folds] == [("Fold", 3)]
    assert text.writing == 3 + 2  # its reference has two lines
