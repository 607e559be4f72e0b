"""The HTML of a verdict: it says what the text says, in its order, and nothing in it acts."""

from html.parser import HTMLParser

import pytest
from entries import each_entry
from hypothesis import given
from hypothesis import strategies as st

from reglib.checks.markup import Place, html
from reglib.checks.tell import Instance, Line, Telling, Warned, telling
from reglib.exercises import find

TAGS = {"div", "p", "strong", "code", "pre", "ul", "li", "dl", "dt", "dd", "a"}


class Read(HTMLParser):
    """The text of some HTML, and its elements; each must be closed in its turn."""

    def __init__(self, source):
        super().__init__()
        self.open, self.tags, self.pieces = [], [], []
        self.feed(source)
        self.close()
        assert not self.open
        self.text = " ".join("".join(self.pieces).split())

    def handle_starttag(self, tag, attributes):
        assert tag in TAGS
        assert {name for name, _ in attributes} <= {"class", "href"}
        assert ("href" in dict(attributes)) == (tag == "a")
        self.open.append(tag)
        self.tags.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.pieces.append(data)

    def handle_comment(self, data):
        raise AssertionError(data)

    handle_decl = handle_pi = unknown_decl = handle_comment


def plain(text):
    return " ".join(text.split())


# Letters of any kind, and pieces of what a browser would take for more than text.
pieces = st.sampled_from(
    ["<b>", "</pre>", "<!--", "<?", "<img src=x ", "&lt;", "&amp", '"', "'", ">"]
)
anything = st.lists(st.text(max_size=5) | pieces, min_size=1, max_size=5).map("".join)
anything = anything.filter(lambda text: "`" not in text and text.strip())
tellings = st.builds(
    Telling,
    function=anything,
    points=st.just(1.0),
    most=st.just(2.0),
    cases=st.just(3),
    kind=st.sampled_from(["right", "unwritten", "wrong", "raised"]),
    rubric=st.tuples(st.builds(Line, anything, st.just(1.0), st.booleans())),
    name=anything,
    extent=anything,
    cause=st.tuples(anything),
    action=anything,
    begin=anything,
    case=st.builds(
        Instance, *[anything] * 2, st.tuples(anything), st.tuples(anything), *[anything] * 2
    ),
    section=st.just("ridge-closed-form"),
    conditions=st.tuples(st.builds(Warned, anything, anything, st.none())),
    notes=st.tuples(anything),
)


@given(tellings, anything, anything)
def test_whatever_is_said_is_text(told, title, address):
    place = Place(title, title, "../ridge.html#" + address)
    read = Read(html(told, {"ridge-closed-form": place}))
    (link,) = (attributes for tag, attributes in read.tags if tag == "a")
    assert link["href"] == place.href
    case, condition = told.case, told.conditions[0]
    for said in (
        *(*told.cause, told.action, told.begin, told.extent, told.head, *told.notes, title),
        *(case.name, case.call, *case.came, *case.should, case.said, case.must),
        *(condition.text, condition.action),
    ):
        assert plain(said) in read.text


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", " JavaScript:x"])
def test_a_link_leads_to_a_page(address):
    told = Telling("f", 0.0, 1.0, 1, "wrong", (), section="a")
    with pytest.raises(ValueError, match="is no address of a page"):
        html(told, {"a": Place("A", "B", address)})


@each_entry
def test_the_evidence_comes_without_the_name(entry, verdict):
    """First what came and what should come; with the name, cause and next step before all."""
    mistake = entry.known[0]
    told = telling(verdict(entry, mistake.wrong), expected=True)
    assert told.name
    first, whole = Read(html(told, named=False)), Read(html(told))
    (cause,) = told.cause
    assert told.name not in first.text
    assert plain(told.action).replace("`", "") not in first.text and "Reread" not in first.text
    assert whole.text.startswith(f"{plain(cause)} Next: ".replace("`", ""))
    for read in (first, whole):
        assert plain(told.case.call) in read.text and told.extent in read.text
        assert read.text.count("What came") == 1
        assert read.text.count("What should come") == (0 if entry.properties else 1)
        lines = [tag for tag, _ in read.tags if tag == "li"]
        assert len(lines) == len(entry.rubric)
        at = [read.text.index(words) for words in (told.head, "A small case that fails")]
        assert at == sorted(at)
    assert whole.text.index(told.head) > whole.text.index("Next: ")
    assert whole.text.rindex("Reread: ") > whole.text.index("What came")


def test_lines_of_the_rubric_are_marked_and_counted(verdict):
    entry = find("ridge.ridge_fit")
    wrong = telling(verdict(entry, entry.known[0].wrong))
    read = Read(html(wrong)).text
    assert "✗ typical cases (0 of 3)" in read and "✓ λ = 0: least squares (1 of 1)" in read
    right = html(telling(verdict(entry, entry.reference)))
    assert right.count("✓") == len(entry.rubric) and "✗" not in right
    assert 'class="verdict verdict-right"' in right
