"""Each worked example in a hint of a notebook gives what it says."""

import doctest
import re

import nbformat
import numpy as np
import pytest

from reglib.exercises import ASSIGNMENTS
from reglib.repository import path


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_the_sessions_in_the_hints(name):
    for cell in nbformat.read(path("solutions", name, f"{name}.ipynb"), 4).cells:
        hints = re.findall(r"<details>.*?</details>", cell.source, re.DOTALL)
        assert len(hints) == cell.source.count("<details")
        for number, hint in enumerate(hints, start=1):
            sessions = re.findall(r"```python\n(.*?)```", hint, re.DOTALL)
            assert len(sessions) == hint.count("```") // 2
            for session in sessions:
                where = f"{cell.id}, hint {number}"
                test = doctest.DocTestParser().get_doctest(session, {"np": np}, where, None, 0)
                assert test.examples and doctest.DocTestRunner().run(test).failed == 0, where
