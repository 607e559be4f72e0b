"""Runs and marks submissions, away from what learners see."""

import sys

# jsonschema, which nbformat imports, would take a second and a half to make a parser of addresses
# that no notebook is checked for; without it, it does without.
sys.modules.setdefault("rfc3987_syntax", None)
