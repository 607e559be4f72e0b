"""Names, ids and marks as a spreadsheet can be given them: it shows them, and runs nothing."""

import re

# What a spreadsheet takes for a formula, and the wide forms that some of them take for the same.
_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n]")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
_NAME = re.compile(r"[\w.@+-]+")  # a formula of these signs alone can call nothing


def harmless(text: str) -> str:
    """Return `text` so that a spreadsheet shows it, and does not run it as a formula.

    >>> harmless('=HYPERLINK("http://example.org")')
    '\\'=HYPERLINK("http://example.org")'
    >>> harmless("Ada"), harmless("-1.5")
    ('Ada', '-1.5')
    """
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def identifier(text: str) -> str:
    """Return an id as it is, since others look it up, unless it could do harm.

    >>> identifier("@ada"), identifier("=1+cmd|' /C calc'!A0")
    ('@ada', "'=1+cmd|' /C calc'!A0")
    """
    return text if _NAME.fullmatch(text) and not text.startswith("=") else harmless(text)


def number(value: float) -> str:
    """Return a mark with no more decimals than it has, four at most.

    >>> number(2.0), number(0.25), number(1 / 3)
    ('2', '0.25', '0.3333')
    """
    return f"{value:.4f}".rstrip("0").rstrip(".")
