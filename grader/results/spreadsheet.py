"""Names, ids and marks as a spreadsheet can be given them: it shows them, and runs nothing."""

import re
import unicodedata

# What a spreadsheet takes for a formula, and the wide forms that some of them take for the same.
# Tables are split at other signs than commas too, so that a cell may begin behind each of these.
_FORMULA = re.compile(r"(^|[;,|\n])([^\S\n]*)(?=[=+\-@＝＋－＠])")
_SPACE = dict.fromkeys("\t\n\v\f\r\x1c\x1d\x1e\x1f\x85\u2028\u2029", "\n")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
_NAME = re.compile(r"[\w.@+-]+")  # a formula of these signs alone can call nothing


def harmless(text: str) -> str:
    """Return `text` so that a spreadsheet shows it, and does not run it as a formula.

    >>> harmless('=HYPERLINK("http://example.org")')
    '\\'=HYPERLINK("http://example.org")'
    >>> harmless("x;=HYPERLINK(A1)")
    "x;'=HYPERLINK(A1)"
    >>> harmless("Ada"), harmless("-1.5")
    ('Ada', '-1.5')
    """
    if _NUMBER.fullmatch(text):
        return text
    shown = "".join(_SPACE.get(sign, sign) for sign in text if sign in _SPACE or _is_seen(sign))
    quoted = _FORMULA.sub(r"\1'\2", shown)
    return ("'" if text.startswith(("\t", "\r", "\n")) else "") + quoted.replace("\n", " ")


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


def _is_seen(sign: str) -> bool:
    """Whether it is no sign for control or format, behind which a formula could hide."""
    return unicodedata.category(sign) not in ("Cc", "Cf")
