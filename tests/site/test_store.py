"""What pages remember: kept, shared between tabs, merged, exported, and told when it cannot be."""

import json
import shutil

import pytest

from reglib.repository import path

NAME = "ridge.ridge_fit"


@pytest.fixture(scope="module")
def site(tmp_path_factory, serve):
    """Two sites on one host, with nothing but the store: the address of the host."""
    folder = tmp_path_factory.mktemp("store")
    for site in ("one", "two"):
        desk = folder / site / "_static" / "desk"
        desk.mkdir(parents=True)
        shutil.copy(path("book", "_desk", "store.js"), desk)
        (folder / site / "page.html").write_text(
            '<!doctype html><html lang="en"><meta charset="utf-8"><title>Store</title>'
            '<link rel="icon" href="data:,"><script type="module">'
            'import { store, Store } from "./_static/desk/store.js";'
            "window.told = [];"
            'for (const event of ["change", "conflict", "trouble"])'
            "  store.addEventListener(event, ({ detail }) => told.push([event, detail]));"
            "Object.assign(window, { store, Store });</script>",
            encoding="utf-8",
        )
    return serve(folder)


@pytest.fixture
def tab(visit, site):
    """Open a page of a site in a browser of its own, or beside another tab in the same."""

    def tab(beside=None, of="one"):
        address = f"{site}{of}/page.html"
        page = beside.context.new_page() if beside else visit(address)
        return opened(page, address)

    return tab


def opened(page, address=None):
    page.goto(address or page.url)
    page.wait_for_function("window.store")
    return page


def put(page, value, kind="answer", id_=NAME):
    page.evaluate("([kind, id, value]) => store.put(kind, id, value)", [kind, id_, value])


def get(page, kind="answer", id_=NAME):
    return page.evaluate("([kind, id]) => store.get(kind, id)", [kind, id_])


def records(page):
    found = json.loads(page.evaluate("store.exported()"))["records"]
    return {(record["kind"], record["id"]): record for record in found}


def told(page, event):
    page.wait_for_function("(event) => told.some(([what]) => what === event)", arg=event)
    return [detail for what, detail in page.evaluate("told") if what == event]


def test_a_record_counts_its_writings_and_outlives_the_page(tab):
    page = tab()
    assert get(page) is None
    for value in ("a", "ab", "ab", "abc"):
        put(page, value)
    put(page, {"tries": 2}, "progress")
    record = records(page)["answer", NAME]
    assert (record["version"], record["value"]) == (3, "abc")  # the same again is no writing
    opened(page)
    assert get(page) == "abc"
    assert page.evaluate("store.all('progress')") == {NAME: {"tries": 2}}
    page.evaluate("store.remove('answer', 'ridge.ridge_fit')")
    assert get(page) is None
    page.evaluate("store.clear()")
    assert not records(opened(page))
    assert page.evaluate("store.trouble") == ""


def test_of_two_tabs_none_overwrites_the_other_without_a_word(tab):
    first = tab()
    second = tab(first)
    put(first, "begun")
    assert told(second, "change")[-1]["elsewhere"]
    assert get(second) == "begun"
    put(second, "by the second")  # it has seen what the first wrote
    put(first, "by the first")  # which has not seen that of the second
    (conflict,) = told(first, "conflict")
    assert (conflict["value"], conflict["other"]) == ("by the first", "by the second")
    assert not [what for what, _ in second.evaluate("told") if what == "conflict"]
    record = records(second)["answer", NAME]
    assert (record["version"], record["value"]) == (3, "by the first")
    assert [lost["value"] for lost in record["displaced"]] == ["by the second"]
    put(first, "more of the first")
    assert len(told(first, "conflict")) == 1
    assert records(first)["answer", NAME]["displaced"] == record["displaced"]


def test_a_record_made_anew_is_not_taken_for_the_one_that_was_seen(tab):
    first = tab()
    second = tab(first)
    put(first, "old")
    assert get(second) == "old"
    second.evaluate("store.remove('answer', 'ridge.ridge_fit')")
    put(second, "new")
    put(first, "from the old")
    assert told(first, "conflict")[0]["other"] == "new"


LEAVING = """([kind, id, value, time]) => {
  Date.now = () => time ?? Date.parse("2100-01-01");
  addEventListener("pagehide", () => store.put(kind, id, value));
}"""


def leave(page, value, time=None):
    """Close a tab that writes something at its last moment, in a year far away or at a time, when
    nothing comes of it any more."""
    page.evaluate("IDBObjectStore.prototype.get = () => ({})")
    page.evaluate(LEAVING, ["answer", NAME, value, time])
    with page.expect_event("close"):
        page.close(run_before_unload=True)


def noted(page):
    return page.evaluate("Object.keys(localStorage)")


@pytest.mark.parametrize("way", ["a reload", "a closed tab"])
def test_what_is_written_as_a_page_is_left_is_there_when_the_next_one_opens(tab, way):
    page = tab()
    put(page, "begun")
    assert noted(page) == []  # the database has it
    if way == "a reload":
        page.evaluate(LEAVING, ["answer", NAME, "finished", None])
        page.reload()
    else:
        left = tab(page)
        assert get(left) == "begun"
        leave(left, "finished")
    opened(page)
    assert get(page) == "finished"
    record = records(page)["answer", NAME]
    assert record["version"] == 2 and "displaced" not in record
    assert noted(page) == []


@pytest.mark.parametrize(("time", "stays"), [(None, "as it closed"), (1, "by the other tab")])
def test_of_what_a_closing_tab_and_another_wrote_the_later_stays_and_both_are_kept(
    tab, time, stays
):
    page = tab()
    put(page, "begun")
    left = tab(page)
    assert get(left) == "begun"
    put(page, "by the other tab")
    leave(left, "as it closed", time)
    opened(page)
    record = records(page)["answer", NAME]
    assert record["value"] == stays
    kept = {lost["value"] for lost in record["displaced"]}
    assert kept == {"as it closed", "by the other tab"} - {stays}


def test_a_note_is_of_one_site_and_is_deleted_with_everything(tab):
    page = tab()
    leave(tab(page), "as it closed")
    other = tab(page, of="two")
    assert get(other) is None
    assert len(noted(other)) == 1
    page.evaluate("store.clear()")
    assert noted(page) == []
    assert get(opened(page)) is None


def test_without_room_for_notes_answers_are_kept_as_before(tab):
    page = tab()
    page.add_init_script(
        "Storage.prototype.setItem = () => { throw new DOMException('', 'QuotaExceededError') }"
    )
    opened(page)
    put(page, "kept")
    assert page.evaluate("store.trouble") == ""
    assert get(opened(page)) == "kept"


def test_two_tabs_that_count_both_count(tab):
    first = tab()
    second = tab(first)
    count = """() => Promise.all(Array.from({ length: 20 }, () =>
        store.update("progress", "x", (old) => ({ tries: (old?.tries ?? 0) + 1 }))))"""
    # Started without waiting for the end, so that they run beside each other.
    for page in (first, second):
        page.evaluate(f"() => {{ window.counted = ({count})() }}")
    for page in (first, second):
        page.evaluate("counted")
    assert get(first, "progress", "x") == {"tries": 40}


def test_sites_on_one_host_do_not_see_each_other(tab):
    one = tab()
    two = tab(one, of="two")
    put(one, "of the first")
    put(two, "of the second")
    assert (get(opened(one)), get(opened(two))) == ("of the first", "of the second")


def test_what_is_exported_comes_back_and_the_later_value_wins(tab):
    home, school = tab(), tab()
    put(home, "at home")
    put(home, {"passed": True}, "progress")
    file = home.evaluate("store.exported()")
    assert school.evaluate("(text) => store.imported(text)", file) == 2
    assert records(school)["answer", NAME]["value"] == "at home"
    assert school.evaluate("(text) => store.imported(text)", file) == 0
    put(school, "at school")  # it has not been read here, so that the other is kept
    later = school.evaluate("store.exported()")
    # The file from home is older now: her answer stays, and what comes is beside it.
    put(home, "at home, and later")
    newest = home.evaluate("store.exported()")
    school.evaluate("(text) => store.imported(text)", newest)
    home.evaluate("(text) => store.imported(text)", later)
    for page in (home, school):
        record = records(page)["answer", NAME]
        assert record["value"] == "at home, and later"
        assert "at school" in [lost["value"] for lost in record["displaced"]]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "cannot be read"),
        ("[]", "not one that this course has saved"),
        ('{"cells": []}', "not one that this course has saved"),
        ('{"file": FILE, "form": 99, "records": []}', "newer version of the course"),
        ('{"file": FILE, "form": 1, "records": [null]}', "damaged"),
        ('{"file": FILE, "form": 1, "records": [{"kind": 1}]}', "damaged"),
        (
            '{"file": FILE, "form": 1, "records": [{"kind": "answer", "id": "x", "time": "now",'
            ' "value": 1}]}',
            "damaged",
        ),
    ],
)
def test_a_file_of_another_kind_changes_nothing_and_gets_a_sentence(tab, text, words):
    page = tab()
    put(page, "mine")
    before = records(page)
    name = json.dumps(json.loads(page.evaluate("store.exported()"))["file"])
    said = page.evaluate(
        "(text) => store.imported(text).then(() => '', (problem) => problem.message)",
        text.replace("FILE", name),
    )
    assert words in said and said.endswith(".")
    assert records(page) == before


def test_without_storage_all_works_until_the_page_is_left_and_it_is_said(tab):
    page = tab()
    page.add_init_script(
        "indexedDB.open = () => { throw new DOMException('No storage here', 'SecurityError') }"
    )
    opened(page)
    put(page, "only here")
    assert get(page) == "only here"
    assert "keeps nothing" in told(page, "trouble")[0]["sentence"]
    assert page.evaluate("store.trouble") == told(page, "trouble")[0]["sentence"]
    assert records(page)["answer", NAME]["value"] == "only here"
    opened(page)
    assert get(page) is None


def test_a_full_store_is_told_and_loses_nothing(tab):
    page = tab()
    client = page.context.new_cdp_session(page)
    room = {"origin": page.evaluate("origin"), "quotaSize": 1_000_000}
    client.send("Storage.overrideQuotaForOrigin", room)
    put(page, "small")
    large = "x" * 5_000_000
    put(page, large)
    assert "no room left" in told(page, "trouble")[0]["sentence"]
    assert get(page) == large
    assert records(page)["answer", NAME]["value"] == large
    opened(page)
    assert get(page) == "small"


def test_a_page_older_than_what_is_kept_says_so_and_harms_nothing(tab):
    page = tab()
    put(page, "kept")
    newer = tab(page)
    upgrade = """() => indexedDB.databases().then(([{ name }]) => new Promise((done, failed) => {
        const request = indexedDB.open(name, 99);
        request.onsuccess = () => { request.result.close(); done() };
        request.onerror = failed;
    }))"""
    newer.evaluate(upgrade)  # waits until the other tabs have let go
    assert "newer version" in told(page, "trouble")[0]["sentence"]
    put(page, "from the old page")
    assert get(page) == "from the old page"
    opened(page)
    assert get(page) is None
    assert "newer version" in told(page, "trouble")[0]["sentence"]
