"""Data that a page carries for its scripts."""

import json


def embedded(data: object) -> str:
    r"""Return data as JSON that can stand in a `<script>`, which it does not end.

    >>> print(embedded({"a": "</script>"}))
    {"a": "\u003c/script>"}
    """
    return json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")
