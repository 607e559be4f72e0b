"""What learners wrote becomes HTML of a few words, in time that grows no faster than its length."""

import re
import time

import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.results import shown

# The words of those who attack, and of those who do not; any text may be made of them.
WORDS = (
    *("<div id=check_ridge_fit class=score>", "<b onclick='x()'>", "</div>", "</b></p>", "<p>"),
    *("<table><tr><td style='text-align: right; position: fixed'>", "<form action=/x name=y>"),
    *("<input class=score name=a>", "<button data-toggle=modal>", "<style>*{}</style>"),
    *("<script>alert(1)</script>", "<svg onload=x()>", "<math><mtext><img src=x>", "<template>"),
    *('<img src="/logout">', "<img src=https://x.y/z alt='\"><b id=q>'>", "<a href=/formgrader>"),
    *(
        "<!-- ",
        " -->",
        "<![CDATA[",
        "<?x",
        "&lt;b&gt;",
        "&#60;b id=q&#62;",
        "&",
        "<",
        ">",
        '"',
        "'",
    ),
    *('<span class="math math-inline">', '<span class="math math-display">x</span>', "</span>"),
    *("$x$", r"$\href{/x}{y}$", r"$$\cssId{a}{b}$$", r"\begin{align}", r"\end{align}", "$", "\\"),
    *("# Head {#id .c}", "[a](/b 'c')", "[a]: javascript:b", "![a](/b)", "![a](attachment:b)"),
    *("> ", "- [x] ", "1. ", "|a|b|", "|-|:-:|", "```", "~~~ x", "`", "*", "_", "~~", "\n", "\n\n"),
    *("<textarea>", "<title>", "<noscript><p title='</noscript><img src=x onerror=x()>'>", "\0"),
)
TEXTS = st.lists(st.sampled_from(WORDS) | st.text(max_size=9), max_size=30).map("".join)
ALLOWED = {
    **{tag: set() for tag in shown.TAGS},
    "ol": {"start"},
    "td": {"align", "colspan", "rowspan"},
    "th": {"align", "colspan", "rowspan"},
    "img": {"src", "alt"},
}
OURS = [("div", {"class": "tex2jax_ignore", "style": "overflow: auto"})]
PROCESSED = ("span", {"class": "tex2jax_process"})
PARTS = {"html", "head", "body"}  # which the parser adds


def elements(text):
    """The tags and attributes in the order of the page, as a browser parses it."""
    tree = html5lib.parse(str(text), namespaceHTMLElements=False)
    return [(e.tag, dict(e.attrib)) for e in tree.iter() if isinstance(e.tag, str)]


def stray(text):
    """The elements that nobody may have made."""
    found = [element for element in elements(text) if element[0] not in PARTS]
    if found and found[0] in OURS:
        found = found[1:]
    return [
        (tag, said)
        for tag, said in found
        if (
            (tag, said) != PROCESSED
            and not (set(said) <= ALLOWED.get(tag, {"?"}) and tag in ALLOWED)
        )
        or not said.get("src", "data:image/").startswith("data:image/")
    ]


@given(TEXTS)
def test_any_text_becomes_allowed_elements(text):
    for render in (shown.markdown, shown.fragment, shown.formula, shown.plain):
        assert stray(render(text)) == []
    assert {tag for tag, _ in elements(shown.printed(text))} <= PARTS
    assert {tag for tag, _ in elements(shown.code(text))} <= PARTS | {"div", "pre", "span"}


@given(TEXTS)
def test_no_text_leaves_its_own_place(text):
    """Whatever it closes, what stands after it stands beside it."""
    for render in (shown.markdown, shown.fragment):
        page = html5lib.parse(f"<i>{render(text)}</i><u></u>", namespaceHTMLElements=False)
        assert [child.tag for child in page.find("body")] == ["i", "u"]


@given(TEXTS)
def test_mathjax_reads_no_command_that_acts(text):
    for render in (shown.markdown, shown.fragment, shown.formula):
        for tex in re.findall(r'"tex2jax_process">([^<]*)<', render(text)):
            assert not re.search(r"\\(href|cssId|class|style|require)", tex)


HONEST = {
    "# The intercept": "<h1>The intercept</h1>",
    "$x_i*y*$ and $a<b$": r"\(x_i*y*\)</span> and ",
    "$$\n\\frac12\n$$": "\\[\n\\frac12\n\\]",
    "\\begin{align}\na &= b\\\\\nc\n\\end{align}": "\\[\\begin{align}\na &amp;= b",
    "It costs $5, and $10 there": "It costs $5, and $10 there",
    "|a|b|\n|-|-:|\n|1|2|": '<td align="right">2</td>',
    "- a\n  - *b*": "<li><em>b</em></li>",
    "<details><summary>S</summary>\n\n`in`\n\n</details>": "</summary>\n<p><code>in",
    "H<sub>2</sub>O, x<sup>2</sup>": "H<sub>2</sub>O, x<sup>2</sup>",
    "```python\na < b\n```": "<pre><code>a &lt; b\n</code></pre>",
    "[the book](https://a.b/c)": "the book (https://a.b/c)",
    "<https://a.b/c>": "<p>https://a.b/c</p>",
    "<table><tr><td colspan=2>1</td></tr></table>": '<td colspan="2">1</td>',
    "![p](attachment:a%20b.png)": '<img src="data:image/png;base64,iVBORw0K" alt="p">',
    "![p](data:image/png;base64,iVBORw0K)": '<img src="data:image/png;base64,iVBORw0K" alt="p">',
}


@pytest.mark.parametrize("text", HONEST)
def test_honest_work_looks_right(text):
    attached = {"a b.png": {"image/png": "iVBORw0K"}}
    assert HONEST[text] in shown.markdown(text, attached)


def test_twenty_kilobytes_of_honest_markdown_are_rendered_whole():
    text = "".join(f"## Part {i}\n\nSome *words* and ${i}x$.\n\n" for i in range(500))
    page = shown.markdown(text)
    assert len(text) > 17_000
    assert page.count("<h2>") == page.count("<em>") == page.count("tex2jax_process") == 500


def test_what_is_too_much_is_shown_as_plain_text_with_the_reason():
    page = shown.markdown("*a* " * shown.MOST_TEXT)
    assert "shown as plain text, since it has more than 200,000 characters" in page
    assert "<em>" not in page
    assert "since it has more than 50,000" in shown.code("a = 1\n" * shown.MOST_CODE)
    deep = shown.markdown("<div>" * 100 + "x")
    assert deep.count("<div>") == shown.DEEPEST and "more than 40 others" in deep
    many = shown.markdown("$x$ " * (shown.MOST_FORMULAS + 9))
    assert many.count("tex2jax_process") == shown.MOST_FORMULAS
    assert many.count("<code>") == 9


def test_a_fault_is_shown_as_plain_text(monkeypatch):
    monkeypatch.setattr("pyromark.html", lambda *_, **__: 1 / 0)
    assert "since it cannot be rendered.</p><pre>*a*</pre>" in shown.markdown("*a*")


def table(n):
    wide = int(n**0.5 / 2)
    return "|a" * wide + "|\n" + "|-" * wide + "|\n" + "|\n" * (n // 2)


# Texts that some parser of Markdown or HTML takes its time for, by how long they are to be.
SLOW = {
    **{
        unit: lambda n, unit=unit: unit * (n // len(unit))
        for unit in (
            *("<div>", "<div>a", "<b>", "<b><p>", "</div>", "<", "<!--", "-->", "<a ", "<a x='"),
            *(
                '<a href="',
                "<?",
                "<![CDATA[",
                "<script>",
                "&",
                "&lt;",
                "> ",
                "[",
                "![",
                "[a](",
                "](",
            ),
            *(
                "*a ",
                "a**b_c*",
                "~~a",
                "`a",
                "$a",
                "$$a\n\n",
                "\\",
                "* a\n",
                "|a",
                "[a][b]",
                "<x a\n",
            ),
            *(
                "\\begin{align}\n",
                "\x1b[",
                "\x1b[3",
                "\n",
                " ",
                "href ",
                "<td style='",
                "(",
                '"""a',
                "f'{",
            ),
        )
    },
    "fonts": lambda n: "".join(f"<font size={i}>" for i in range(n // 32)) + "<p>" * (n // 6),
    "runs": lambda n: " ".join("`" * i for i in range(1, int((2 * n) ** 0.5))),
    "lists": lambda n: "".join("  " * i + "- a\n" for i in range(int(n**0.5))),
    "table": table,
    "references": lambda n: (
        "".join(f"[a{i}]: b\n" for i in range(n // 20)) + "".join(f"[a{i}]" for i in range(n // 20))
    ),
}
STEPS = {
    "markdown": shown.markdown,
    "fragment": shown.fragment,
    "code": shown.code,
    "printed": shown.printed,
}


@pytest.mark.long
@pytest.mark.parametrize("step", STEPS)
def test_each_step_takes_time_in_proportion(step):
    """Eightfold the text, eightfold the time, with room; what is done in no time is not judged."""

    def seconds(text):
        best = 9.0
        for _ in range(3):
            begin = time.process_time()
            STEPS[step](text)
            best = min(best, time.process_time() - begin)
        return best

    steep = {}
    for name, make in SLOW.items():
        small, large = seconds(make(5_000)), seconds(make(40_000))
        if large > 0.05 and large > 8**1.1 * 1.5 * small:
            steep[name] = (small, large)
    assert steep == {}
