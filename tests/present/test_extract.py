"""What Babel finds to translate in notebooks and in code."""

import io
import json

from babel.messages.extract import extract

from exkit.present.extract import extract_code, extract_notebook


def messages(*cells: tuple[str, str | list[str]]) -> list[str]:
    """List the messages of a notebook made of (cell type, source)."""
    notebook = {"cells": [{"cell_type": kind, "source": source} for kind, source in cells]}
    file = io.BytesIO(json.dumps(notebook).encode())
    return [message for _, message, *_ in extract(extract_notebook, file)]


def test_a_markdown_cell_is_one_message():
    """Lines are kept together, as they are in the file, so that the cell is found again by its source."""
    assert messages(("markdown", ["# Title\n", "\n", "First line\n", "second line."])) == [
        "# Title\n\nFirst line\nsecond line."
    ]


def test_an_empty_cell_is_no_message():
    """There is nothing to translate, and an empty key means something else to gettext."""
    assert messages(("markdown", ""), ("markdown", " \n")) == []


def test_a_title_in_code_is_a_message():
    """The reader sees it above the figure or table."""
    assert messages(("code", 'ex.show(ex.plot_bands(shown), title="eNPS by sector")')) == ["eNPS by sector"]


def test_a_title_that_is_worked_out_is_left_alone():
    """Only what stands there literally can be a key."""
    assert messages(("code", "ex.show(shown, title=heading)\nex.show(shown, title=f'{a} b')")) == []


def test_other_strings_in_code_are_code():
    """Names of columns and files are nobody's words."""
    assert messages(("code", 'dataset = "data/sample"\nex.nps(study, x="recommend_work")'), ("raw", "raw")) == []


def test_messages_keep_the_order_of_the_notebook():
    """A translator reads them as a reader would."""
    assert messages(("markdown", "One"), ("code", 'show(x, title="Two")'), ("markdown", "Three")) == [
        "One",
        "Two",
        "Three",
    ]


def marked(code: str) -> list[str | tuple[str, ...]]:
    """List the messages of a piece of code."""
    file = io.BytesIO(code.encode())
    return [message for _, message, *_ in extract(extract_code, file, keywords={"_": None, "plural": (1, 2)})]


def test_a_marked_literal_is_a_message():
    """Also where it is written in two parts, or under a module's name."""
    assert marked('_("One " "whole")\nwords._("Two")') == ["One whole", "Two"]


def test_a_message_inside_an_f_string_is_found():
    """On every Python alike."""
    assert marked("f'<p>{_(\"Contents\")}</p>'") == ["Contents"]


def test_singular_and_plural_are_one_message():
    """They are translated together."""
    assert marked('_.plural("{n} team", "{n} teams", n)') == [("{n} team", "{n} teams")]


def test_what_is_no_literal_is_no_message():
    """A variable holds a message that was marked elsewhere."""
    assert marked('_(NAMES[column])\n_(f"{a} b")\n_(3)\n_()\nother("text")') == []


def test_a_translator_called_on_the_spot_is_seen():
    """Otherwise its sentence would stay English on every page, and no test would miss it."""
    code = b"translator(language)('One sentence.')\nother(language)('No sentence.')"
    found = extract(extract_code, io.BytesIO(code), keywords={"_": None})
    assert [message for _, message, *_ in found] == ["One sentence."]
