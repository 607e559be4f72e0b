"""The report on a class of sixty, whose answers are the known mistakes and what else goes wrong."""

import collections
import csv
import datetime
import functools
import hashlib
import html
import html.parser
import json
import os
import re
import shutil
import statistics
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from nbgrader.api import Gradebook, Student

from grader.record import Exercise, Record, Remark, place, save, write_whole
from grader.results import likeness, report
from grader.results.spread import spread
from grader.results.spreadsheet import harmless, identifier
from grader.submission.folder import digest_of
from reglib.checks.judge import judge
from reglib.checks.run import Error, Outcome, run
from reglib.checks.tell import tell
from reglib.exercises import assignment
from reglib.repository import titles

ENTRIES = assignment("ridge").entries
QUESTIONS = {"same_lambda_more_patients": 4, "rows_or_copies": 4, "entered_twice": 3}
DUE = datetime.datetime(2026, 3, 2, 12)
HOSTILE = '<script>alert(1)</script><img src="//example.org/x" onerror="alert(2)">'
KNOWN = 8  # of the mistakes of each exercise
STUDENTS = [f"s{i:02}" for i in range(64)]
MISSING, COPIERS, TWINS = STUDENTS[60:63], ["s07", "s19", "s33"], ["s11", "s44"]
UNGRADED, TAMPERED, LATE = "s63", "s05", "s09"
KILLERS, OUTSIDE = ["s20", "s21"], "s50"
NAMES = {"s02": ("=1+2", "Eve"), "s03": (HOSTILE, "@Mallory"), "s04": ("O'Neil, Jr.", "Šárka")}


@functools.cache
def exercise(index, kind):
    """The verdict on an answer: "right", the place of a misconception, or what went wrong."""
    entry = ENTRIES[index]
    cases = entry.draw(7)
    if isinstance(kind, int):
        outcomes = run(entry.known[kind].wrong, [case.args for case in cases])
    elif kind == "right":
        outcomes = run(entry.reference, [case.args for case in cases])
    elif kind == "changed":

        def changing(*args):
            value = entry.reference(*args)
            next(arg for arg in args if isinstance(arg, np.ndarray))[...] = 0
            return value

        outcomes = run(changing, [case.args for case in cases])
    elif kind == "stopped":
        outcomes = [Outcome(stopped="time")] * len(cases)
    elif kind == "odd":
        outcomes = [Outcome(value=np.array([i, np.pi])) for i in range(len(cases))]
    else:
        error = {"unwritten": "NotImplementedError", "raised": "ValueError", "died": "x"}[kind]
        outcomes = [Outcome(error=Error(error, HOSTILE))] * len(cases)
    verdict = judge(entry, cases, outcomes)
    named = verdict.misconception.name if verdict.misconception else ""
    return Exercise(
        name=entry.name,
        cell=f"check_{entry.function}",
        points=0.0 if kind == "died" else verdict.points,
        most=entry.most,
        misconception=named,
        where=verdict.where,
        fault="" if kind == "died" or not verdict.faults else verdict.faults[0].kind,
        trouble="its kernel died" if kind == "died" else "",
        answer="",
        text=tell(verdict),
        seen=" ".join(verdict.seen),
        source=f"def {entry.function}(*args):\n    return {HOSTILE!r}" if kind == "odd" else "",
    )


def fingerprint(*of):
    return hashlib.sha256(repr(of).encode()).hexdigest()


def answer(rng, student, index, ability):
    """One answer: often right, and then written in one of a few ways by most."""
    if rng.random() < ability:
        form = rng.integers(3) if rng.random() < 0.6 and index < 3 else student
        return exercise(index, "right"), fingerprint(index, "right", form)
    kinds = [*range(KNOWN), "changed", "stopped", "odd", "unwritten", "raised"]
    likely = np.array([3.0 / (i + 1) for i in range(KNOWN)] + [0.4] * 5)
    kind = kinds[rng.choice(len(kinds), p=likely / likely.sum())]
    return exercise(index, kind), "" if kind == "unwritten" else fingerprint(index, kind, student)


def record(student, answers, sandbox=True, remarks=()):
    exercises = tuple(replace(verdict, answer=mark) for verdict, mark in answers)
    return Record("ridge", student, "ridge", "", sandbox, 1.25, tuple(remarks), exercises)


@functools.cache
def the_class():
    """Sixty records, the same every time."""
    rng = np.random.default_rng(20260302)
    answers = {}
    for student in STUDENTS[:60]:
        ability = rng.beta(3, 2)
        answers[student] = [answer(rng, student, i, ability) for i in range(len(ENTRIES))]
    for student in COPIERS[1:]:  # three answers of the first: one right, two wrong
        answers[student][3:6] = answers[COPIERS[0]][3:6]
    answers[TWINS[1]] = answers[TWINS[0]] = [
        (exercise(i, 0 if i == 6 else "right"), fingerprint("twins", i)) for i in range(7)
    ]
    for student in KILLERS:
        answers[student][2] = exercise(2, "died"), fingerprint("killer", student)
    remarks = {
        TAMPERED: [
            Remark("The check of ridge_fit was edited: it was put back.", True),
            Remark(f"A cell was named {HOSTILE}: it was left out.", True),
        ],
        "s06": [Remark("The notebook named another kernel.", False)],
    }
    return [record(s, a, s != OUTSIDE, remarks.get(s, ())) for s, a in answers.items()]


def enter(gradebook, records):
    """Enter a class as nbgrader does; the questions of every second student are marked."""
    gradebook.add_assignment("ridge", duedate=DUE)
    gradebook.add_notebook("ridge", "ridge")
    for entry in ENTRIES:
        gradebook.add_grade_cell(
            f"check_{entry.function}", "ridge", "ridge", max_score=entry.most, cell_type="code"
        )
    for name, most in QUESTIONS.items():
        gradebook.add_grade_cell(name, "ridge", "ridge", max_score=most, cell_type="markdown")
        gradebook.add_solution_cell(name, "ridge", "ridge")
    for student in STUDENTS[:63]:
        last, first = NAMES.get(student, (f"Name{student}", "Ann"))
        gradebook.db.add(Student(id=student, last_name=last, first_name=first))
    gradebook.db.commit()
    for number, record in enumerate(records):
        when = DUE + datetime.timedelta(hours=27 if record.student == LATE else -5)
        submission = gradebook.add_submission("ridge", record.student, timestamp=when)
        points = {e.cell: e.points for e in record.exercises}
        for grade in submission.notebooks[0].grades:
            name = grade.cell.name
            grade.needs_manual_grade = name in QUESTIONS and number % 2 == 1
            if name in points:
                grade.auto_score = points[name]
            elif not grade.needs_manual_grade:
                grade.manual_score = float(number % (QUESTIONS[name] + 1))
        if record.student == LATE:
            submission.notebooks[0].late_submission_penalty = 2.5
    gradebook.db.commit()


# Of nbgrader, when it adds a submission.
pytestmark = pytest.mark.filterwarnings("ignore:Object of type:sqlalchemy.exc.SAWarning")


@pytest.fixture(scope="module", autouse=True)
def alembic_on_the_path():
    """nbgrader calls it when it makes a gradebook."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)
        yield


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    course = tmp_path_factory.mktemp("course")
    records = the_class()
    with Gradebook(f"sqlite:///{course}/gradebook.db", "regularization") as gradebook:
        enter(gradebook, records)
    (course / "nbgrader_config.py").write_text(
        'c = get_config()\nc.CourseDirectory.course_id = "regularization"\n'
    )
    for found in records:
        work = course / "submitted" / found.student / "ridge"
        work.mkdir(parents=True)
        digest = digest_of(work / "ridge.ipynb", course / "submitted")
        save(replace(found, submission=digest), course)
    (course / "submitted" / UNGRADED / "ridge").mkdir(parents=True)
    return course


@pytest.fixture(scope="module")
def records():
    return {record.student: record for record in the_class()}


@pytest.fixture(scope="module")
def gathered(course):
    return report.gather(course, "ridge")


@pytest.fixture(scope="module")
def written(course, tmp_path_factory):
    return report.write_report(course, "ridge", tmp_path_factory.mktemp("out"))


class Page(html.parser.HTMLParser):
    """The elements of a page, its text, and the rows of its tables."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.text, self.rows, self.inside, self.cell = [], "", [], "", False
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
            self.cell = True
        self.inside = tag

    def handle_endtag(self, tag):
        if tag in ("td", "th"):
            self.cell = False

    def handle_data(self, data):
        if self.inside == "style":
            return
        self.text += data
        if self.cell:
            self.rows[-1][-1] += data

    def row(self, *start):
        """The one row whose first cells are these."""
        cleaned = [[" ".join(cell.split()) for cell in row] for row in self.rows]
        found = [row for row in cleaned if tuple(row[: len(start)]) == start]
        assert len(found) == 1, (start, found)
        return found[0]


@pytest.fixture(scope="module")
def page(written):
    return Page(written[0].read_text("utf-8"))


# --- what is known of the class ---


def test_the_class_is_worth_reporting_on(records):
    """All that can become of an exercise occurs, and many misconceptions."""
    found = {report.outcome(e) for record in records.values() for e in record.exercises}
    assert found == set(report.OUTCOMES)
    assert len({e.misconception for r in records.values() for e in r.exercises}) > 15


def test_marks_are_the_gradebooks(course, gathered):
    with Gradebook(f"sqlite:///{course}/gradebook.db", "regularization") as gradebook:
        theirs = {
            row["student"]: (row["score"], row["needs_manual_grade"])
            for row in gradebook.submission_dicts("ridge")
        }
        most = gradebook.find_assignment("ridge").max_score
        late = gradebook.find_submission("ridge", LATE)
        assert gathered.marks.submissions[LATE].late.total_seconds() == late.total_seconds_late
        assert late.late_submission_penalty == 2.5
    ours = {s.student: (s.raw, bool(s.waiting)) for s in gathered.marks.submissions.values()}
    assert len(ours) == 60
    assert {s: raw for s, (raw, _) in ours.items()} == {s: raw for s, (raw, _) in theirs.items()}
    assert {s: waits for s, (_, waits) in ours.items()} == {s: w for s, (_, w) in theirs.items()}
    assert gathered.marks.most == most == 40
    raw = ours[LATE][0]
    assert gathered.marks.submissions[LATE].mark == raw - 2.5
    assert gathered.marks.waiting() == 30 * 3


def test_all_times_are_in_the_zone_that_they_name(gathered, written):
    assert gathered.made.utcoffset() == datetime.timedelta(0)
    times = re.findall(r"\d\d\d\d-\d\d-\d\d at \d\d:\d\d( \(UTC\))?", written[0].read_text("utf-8"))
    assert times == [" (UTC)"] * 2


def test_mistakes_are_ranked_with_the_students_behind_them(records, gathered):
    behind = collections.defaultdict(set)
    for student, found in records.items():
        for e in found.exercises:
            behind[e.misconception] |= {student} if e.misconception else set()
    del behind[""]
    sizes = [len(mistake.students) for mistake in gathered.mistakes]
    assert sizes == sorted(sizes, reverse=True)
    assert {m.name: set(m.students) for m in gathered.mistakes} == behind
    known = {
        (entry.function, m.name): titles(m.section)[0] for entry in ENTRIES for m in entry.known
    }
    for mistake in gathered.mistakes:
        for function, _, section in mistake.places:
            assert section == known[function, mistake.name]
        met = sum(e.misconception == mistake.name for r in records.values() for e in r.exercises)
        assert sum(count for _, count, _ in mistake.places) == met


def test_each_exercise_has_one_outcome_for_each_student(records, gathered):
    for (name, most, students), entry in zip(gathered.outcomes, ENTRIES, strict=True):
        assert (name, most) == (entry.function, entry.most)
        everyone = [student for group in students.values() for student in group]
        assert sorted(everyone) == sorted(records)
    assert gathered.outcomes[2][2]["not judged"] == KILLERS
    assert gathered.troubles == [("ridge_fit", "its kernel died", KILLERS)]


def test_quartiles_and_histogram_count_everyone(gathered, records):
    checks, by_hand, together = gathered.spreads
    marks = sorted(sum(e.points for e in r.exercises) for r in records.values())
    assert (checks.count, checks.most, checks.lowest) == (60, 29, marks[0])
    assert checks.median == statistics.median(marks)
    assert checks.lower == pytest.approx(np.percentile(marks, 25))
    assert checks.upper == pytest.approx(np.percentile(marks, 75))
    assert (by_hand.count, by_hand.most, together.count, together.most) == (30, 11, 30, 40)
    counts = [bar.count for bar in gathered.histogram]  # of the checks, since some still wait
    edges = [*range(0, 28, 3), 29]
    assert counts == np.histogram(marks, edges)[0].tolist()
    for cell, numbers, bars, waiting in gathered.by_cell:
        assert numbers.count + waiting == sum(bar.count for bar in bars) + waiting == 60
        assert waiting == (30 if cell.by_hand else 0)


def test_spread_of_few_marks():
    assert spread("", 5, []).count == 0
    assert spread("", 5, [2.0]).lower == spread("", 5, [2.0]).highest == 2.0


def test_exercises_come_in_the_order_of_the_notebook(gathered):
    names = [cell.name for cell in gathered.cells]
    assert names[:7] == [f"check_{entry.function}" for entry in ENTRIES]
    assert set(names[7:]) == set(QUESTIONS)


# --- like submissions ---


def test_only_those_who_copied_are_called_alike(gathered):
    assert {group.students for group in gathered.groups} == {tuple(COPIERS), tuple(TWINS)}
    copied = next(group for group in gathered.groups if group.students == tuple(COPIERS))
    rare = [shared for shared in copied.shared if shared.givers <= gathered.rare]
    assert [shared.verdict.name for shared in rare] == [e.name for e in ENTRIES[3:6]]
    assert all((s.students, s.givers) == (tuple(COPIERS), 3) for s in rare)


def test_a_common_answer_is_named_and_no_evidence(gathered, records):
    assert {shared.verdict.name for shared in gathered.common} <= {e.name for e in ENTRIES[:3]}
    assert gathered.common
    for shared in gathered.common:
        same = [
            student
            for student, found in records.items()
            if any(e.answer == shared.verdict.answer for e in found.exercises)
        ]
        assert sorted(shared.students) == sorted(same)
        assert len(same) > 6


def alike(*answers):
    """The groups among students who gave these answers; "" is the stub."""
    found = []
    for number, given in enumerate(answers):
        exercises = [
            (exercise(i, "right" if mark else "unwritten"), mark and fingerprint(i, mark))
            for i, mark in enumerate(given)
        ]
        found.append(record(f"s{number}", exercises))
    return [group.students for group in likeness.alike(found)]


def test_stubs_are_no_evidence():
    assert alike(["", "", "", "", "a"], ["", "", "", "", "b"]) == []


def test_two_answers_are_too_few():
    assert alike("aab", "aac") == []
    assert alike("aa", "aa") == []


def test_three_rare_answers_are_enough():
    assert alike("aaab", "aaac", "defg") == [("s0", "s1")]


def test_a_whole_class_with_one_solution_is_found_however_many_they_are():
    assert alike(*["aaaa"] * 30, "bcde") == [tuple(sorted(f"s{i}" for i in range(30)))]


def test_links_pass_on():
    assert alike("aaabbb", "aaaccc", "dddccc") == [("s0", "s1", "s2")]


# --- the page ---


def test_page_shows_the_figures(page, gathered):
    text = " ".join(page.text.split())
    assert "60 of 63 students with a graded submission" in text
    assert "90 answers of 30 students still wait for a person" in text
    assert "Graded without the sandbox: s50" in text
    assert "Handed in and not graded yet: s63" in text
    assert "Nothing came from 3 students: s60, s61, s62" in text
    assert "The check of ridge_fit was edited: it was put back." in text
    assert "Remarks that raise no suspicion, on 1 notebook" in text
    assert page.row("s09", "1 d 3 h")[2] == "2.5"
    first = gathered.mistakes[0]
    function, count, section = first.places[0]
    assert " " in section  # a title, and not a label
    assert f"{first.name}: {len(first.students)} students" in text
    assert f"{function} ({count}): reread “{section}”" in text
    for bar in gathered.histogram:
        assert page.row(bar.name)[1] == str(bar.count)
    for name, _, students in gathered.outcomes:
        row = next(r for r in page.rows if r[0].strip() == name and len(r) == 9)
        assert [int(n or 0) for n in row[1:]] == [len(students[o]) for o in report.OUTCOMES]


def test_page_shows_the_largest_groups_of_unknown_mistakes(written, gathered):
    page = written[0].read_text("utf-8")
    largest = gathered.unnamed[0]
    shown = page.split('id="unnamed"')[1].split("</ol>")[0]
    assert f"<code>{largest.function}</code>" in shown
    assert f"{len(largest.students)} student" in shown
    assert largest.source in html.unescape(shown) and "<script>" not in shown


def test_unknown_mistakes_are_passed_on_only_when_asked_and_without_names(course, tmp_path):
    assert len(report.write_report(course, "ridge", tmp_path)) == 2
    *_, path = report.write_report(course, "ridge", tmp_path, share=True)
    told = json.loads(path.read_text("utf-8"))
    assert path.name == "ridge-unnamed.json" and len(told) > 1
    assert set(told[0]) == {"exercise", "students", "points", "seen", "answer"}


def test_page_shows_every_student_with_marks(page, gathered):
    for student, submission in gathered.marks.submissions.items():
        row = next(r for r in page.rows if r[0].strip() == student and len(r) > 10)
        assert row[2].split()[0] == f"{submission.mark:g}"
        assert ("so far" in row[2]) == bool(submission.waiting)
        assert row.count("–") == len(submission.waiting)


def test_nothing_of_a_students_is_active_or_fetched(page, written):
    """Names and remarks of the class hold scripts; the page has none, and no address at all."""
    assert HOSTILE in page.text
    tags = {tag for tag, _ in page.tags}
    assert not tags & {"script", "img", "iframe", "object", "embed", "form", "svg", "base"}
    for tag, attributes in page.tags:
        assert not [name for name in attributes if name.startswith("on")]
        for name in ("href", "src"):
            assert attributes.get(name, "#").startswith(("#", "data:,")), (tag, attributes)
    assert "url(" not in written[0].read_text("utf-8")


def test_every_link_of_the_page_leads_somewhere(page):
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    links = {a["href"][1:] for tag, a in page.tags if tag == "a"}
    assert links <= set(ids)
    assert len(links & {f"s{i}" for i in range(60)}) > 50


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1200])
def test_page_in_a_browser(browser, written, scheme, width):
    """Readable by day and night, on a phone too; nothing is asked of any server."""
    tab = browser.new_page(color_scheme=scheme, viewport={"width": width, "height": 800})
    asked, said = [], []
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("console", lambda message: said.append(message.text))
    tab.goto(written[0].as_uri())
    assert asked == [written[0].as_uri()]
    assert said == []
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    tab.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(tab).response["violations"]
    assert [(v["id"], v["nodes"][0]["html"]) for v in found] == []
    tab.close()


def test_print_shows_what_is_folded_away(browser, written, tmp_path):
    tab = browser.new_page()
    tab.goto(written[0].as_uri())
    tab.emulate_media(media="print")
    folded = tab.locator("details dd").first
    assert folded.bounding_box()["height"] > 0
    tab.close()


# --- the table ---


def test_table_has_a_row_for_each_student_and_cell(written, gathered, records):
    with written[1].open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 60 * 10
    by_key = {(row["student"], row["cell"]): row for row in rows}
    for student, found in records.items():
        for e in found.exercises:
            row = by_key[student, e.cell]
            assert float(row["points"]) == pytest.approx(e.points, abs=1e-4)
            assert (row["misconception"], row["fault"]) == (e.misconception, e.fault)
            assert (row["trouble"], row["where"]) == (e.trouble, e.where)
            assert bool(row["reread"]) == bool(e.misconception)
            assert row["sandbox"] == ("no" if student == OUTSIDE else "yes")
        for name in QUESTIONS:
            row = by_key[student, name]
            waits = (("ridge", name)) in gathered.marks.submissions[student].waiting
            assert (row["waiting"] == "yes") == waits == (row["points"] == "")
    assert by_key["s02", "entered_twice"]["last_name"] == "'=1+2"
    assert by_key["s03", "entered_twice"]["first_name"] == "'@Mallory"
    assert by_key["s04", "entered_twice"]["last_name"] == "O'Neil, Jr."


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", " =", "＝"])
def test_no_cell_is_a_formula(start):
    assert harmless(f"{start}HYPERLINK(A1)")[0] == "'"
    assert identifier(f"{start}HYPERLINK(A1)")[0] == "'"


@pytest.mark.parametrize("between", [*";,|\t\n\r\v\x85\u2028", "; ", ";\t", ";\u200b", ";\xa0"])
@pytest.mark.parametrize("sign", "=+-@＝")
def test_no_cell_is_a_formula_where_a_table_is_split(between, sign):
    for step in (harmless, identifier):
        text = step(f"x{between}{sign}HYPERLINK(A1);{sign}A2")
        assert re.fullmatch(rf"x[;,|\s]+'?\s*'?{re.escape(sign)}HYPERLINK\(A1\);'.A2", text)
        assert "'" in text.split("HYPER")[0]


@pytest.mark.parametrize("hidden", ["\ufeff", "\u200b", "\0", "\x1b", "\u202e", "\xad", "\u200d\t"])
def test_no_cell_hides_a_formula(hidden):
    for step in (harmless, identifier):
        assert step(f"{hidden}=HYPERLINK(A1)").lstrip()[0] == "'"
    assert harmless(f"A{hidden}da").replace(" ", "") == "Ada"


@pytest.mark.parametrize("name", ["s01", "ada@x.org", "a.b-c_d", "+49123", "@ada", "Šárka"])
def test_ids_stay_as_they_are(name):
    assert identifier(name) == name


# --- writing, and what is not there ---


def test_the_gradebook_is_only_read(course):
    before = (course / "gradebook.db").read_bytes()
    report.gather(course, "ridge")
    assert (course / "gradebook.db").read_bytes() == before


def test_report_goes_beside_the_verdicts_for_the_instructor_alone(course):
    paths = report.write_report(course, "ridge")
    assert paths == (
        course / ".grader/reports/ridge/ridge.html",
        course / ".grader/reports/ridge/ridge.csv",
    )
    assert all(path.stat().st_mode & 0o077 == 0 for path in (*paths, *paths[0].parents[:1]))


def test_a_file_that_cannot_be_written_leaves_the_old_one(tmp_path, monkeypatch):
    path = tmp_path / "report.html"
    write_whole(path, "old")

    def fail(*args):
        raise OSError("no space left")

    monkeypatch.setattr("os.replace", fail)
    with pytest.raises(OSError, match="no space"):
        write_whole(path, "new")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_no_gradebook_is_a_sentence_and_none_is_made(tmp_path):
    with pytest.raises(LookupError, match=r"There is no gradebook at .*: run this in"):
        report.write_report(tmp_path, "ridge")
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_assignment_is_a_sentence(course):
    with pytest.raises(LookupError, match=r"no assignment '\.\./x'; it has: ridge"):
        report.write_report(course, "../x")


def test_command_line(course, monkeypatch, capsys, tmp_path):
    import argparse

    parser = argparse.ArgumentParser()
    report.add_arguments(parser)
    monkeypatch.chdir(course)
    report.main(parser.parse_args(["ridge", "--output", str(tmp_path / "a" / "b")]))
    printed = capsys.readouterr().out.split()
    assert printed == [str(tmp_path / "a/b/ridge.html"), str(tmp_path / "a/b/ridge.csv")]
    with pytest.raises(SystemExit, match="it has: ridge"):
        report.main(parser.parse_args(["lasso"]))


@pytest.fixture
def small(tmp_path):
    """A course with the first records of the class, and a way to report on it."""

    def small(count):
        some = the_class()[:count]
        with Gradebook(f"sqlite:///{tmp_path}/gradebook.db") as gradebook:
            enter(gradebook, some)
        for found in some:
            save(found, tmp_path)
        return tmp_path

    return small


@pytest.mark.parametrize("count", [0, 1, 2])
def test_a_class_of_hardly_anybody(small, count):
    course = small(count)
    found = report.gather(course, "ridge")
    text = Page(report.page(found)).text
    assert f"{count} of 63" in text
    assert len(report.table(found).splitlines()) == 1 + 10 * count


def test_records_that_are_damaged_or_not_there_cost_only_themselves(small):
    course = small(4)
    place(course, "ridge", "s00").write_text("{", "utf-8")
    place(course, "ridge", "s01").unlink()
    found = report.gather(course, "ridge")
    assert (found.damaged, found.unrecorded) == (("s00",), ["s00", "s01"])
    text = " ".join(Page(report.page(found)).text.split())
    assert "The record of these cannot be read: s00." in text
    assert "not graded by this grader: s01." in text
    rows = list(csv.DictReader(report.table(found).splitlines()))
    assert {row["student"] for row in rows} == {"s00", "s01", "s02", "s03"}


def test_when_all_is_marked_the_picture_shows_the_whole(small):
    course = small(6)
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        for submission in gradebook.assignment_submissions("ridge"):
            for grade in submission.notebooks[0].grades:
                if grade.needs_manual_grade:
                    grade.manual_score, grade.needs_manual_grade = 1.0, False
        gradebook.db.commit()
    found = report.gather(course, "ridge")
    assert found.marks.waiting() == 0
    assert found.histogram[-1].name == "36 to 40"
    assert found.spreads[-1].count == 6
    assert "wait for a person, so" not in Page(report.page(found)).text


def test_a_misconception_that_its_entry_has_lost_is_still_shown(small):
    course = small(1)
    found = the_class()[0]
    lost = replace(found.exercises[0], misconception="an older name", fault="wrong", points=0.0)
    gone = replace(lost, name="ridge.gone", cell="check_gone")
    save(replace(found, exercises=(lost, gone)), course)
    (mistake,) = report.gather(course, "ridge").mistakes
    assert mistake.name == "an older name"
    assert sorted(place[:2] for place in mistake.places) == [("gone", 1), ("ridge_objective", 1)]
    assert {place[2] for place in mistake.places} == {"", titles(ENTRIES[0].section)[0]}


def test_who_has_handed_in_something_else_since_is_named(course, tmp_path):
    root = Path(shutil.copytree(course, tmp_path / "course"))
    assert report.gather(root, "ridge").outdated == ()
    (root / "submitted/s00/ridge/ridge.ipynb").write_text("{}")
    place(root, "ridge", "s01").unlink()  # newer work of hers was begun and not finished
    found = report.gather(root, "ridge")
    assert found.outdated == ("s00", "s01")
    assert "What is handed in now is not what was graded:" in report.page(found)


def test_the_page_sends_nobody_to_open_a_notebook_where_it_can_act(gathered):
    text = report.page(gathered)
    assert "Look at the notebook in Formgrader" in text and "Open the notebook" not in text
