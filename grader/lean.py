"""Imported first by processes of our own, which then start sooner; never by those of others.

jsonschema, which nbformat imports, takes a second and a half to make a parser of addresses that no
notebook is checked for; without the parser, it does without.
"""

import sys

sys.modules.setdefault("rfc3987_syntax", None)
