"""A demonstration of what is not written yet: one sentence, and nothing half shown."""

import matplotlib.pyplot as plt
import pytest

from reglib.written import unwritten, when_written

STUB = "def stub(X):\n    raise NotImplementedError('This function is not written yet.')\n"


def notebook(code):
    """The names that a notebook's code defines."""
    names = {"__name__": "__main__"}
    exec(code, names)
    return names


def of_a_library(X):
    raise NotImplementedError("of a library")


@pytest.mark.parametrize(
    "code",
    [
        STUB,
        STUB + "def outer(X):\n    return stub(X) + 1",
        # Begun, but the line still stands at its end.
        STUB.replace("    raise", "    first = X[0]\n    raise"),
    ],
)
def test_the_function_that_is_not_written_is_named(code, capsys):
    names = notebook(code)
    with when_written():
        names.get("outer", names["stub"])([1])
    assert capsys.readouterr().out == "This needs `stub`, which is not written yet.\n"


def test_a_figure_that_was_begun_is_not_shown_and_older_ones_stay(capsys):
    older = plt.figure()
    try:
        with when_written():
            plt.subplots()
            notebook(STUB)["stub"](1)
        assert plt.get_fignums() == [older.number]
        with when_written():
            figure, _ = plt.subplots()
        assert figure.number in plt.get_fignums()
    finally:
        plt.close("all")


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("def f():\n    return 1 / 0", ZeroDivisionError),
        ("def f():\n    return missing", NameError),
        ("f = lambda: of_a_library(1)", NotImplementedError),
    ],
)
def test_all_else_that_goes_wrong_is_raised(code, error):
    names = notebook(code)
    names["of_a_library"] = of_a_library
    with pytest.raises(error), when_written():
        names["f"]()


def test_an_error_that_was_raised_by_a_cell_itself_names_no_function():
    try:
        notebook("raise NotImplementedError")
    except NotImplementedError as error:
        assert unwritten(error) == ""
