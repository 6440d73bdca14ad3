"""What there is to translate in code and notebooks.

These are Babel's eyes, as `pyproject.toml` tells it. In code, messages are the literals handed to `_` and its like. In
a notebook each markdown cell is one message, whole, since a translator needs the paragraph and not the line; of its
code, the titles of figures and tables are messages too.

Babel has an extractor for Python of its own, but before Python 3.12 that overlooks what stands inside an f-string; a
syntax tree shows the same calls to every Python.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Collection, Iterator
from typing import IO, Any

TITLE = "title"
"""The argument in a notebook's code whose words the reader sees."""


def extract_code(
    file: IO[bytes],
    keywords: Collection[str],
    comment_tags: Collection[str],  # noqa: ARG001 - Babel gives every extractor the same four
    options: dict[str, Any],  # noqa: ARG001 - idem
) -> Iterator[tuple[int, str, list[str | None], list[str]]]:
    """Find the messages of a Python file, as Babel's extraction methods do.

    Parameters
    ----------
    file
        Source code, opened for reading bytes.
    keywords
        Names of the functions whose arguments are messages.
    comment_tags, options
        What Babel passes to every extraction method; not needed here.

    Yields
    ------
    tuple
        Line, name of the function, its arguments (nothing for what is no literal), no comments.
    """
    for call in _calls(file.read()):
        name = _name(call)
        if name in keywords:
            yield call.lineno, name, [_literal(argument) for argument in call.args], []


def _name(call: ast.Call) -> str:
    """Name the function that is called; what `translator(language)` gives is called on the spot too, and goes by _."""
    if isinstance(call.func, ast.Call):
        return "_" if _name(call.func) == "translator" else ""
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def extract_notebook(
    file: IO[bytes],
    keywords: Collection[str],  # noqa: ARG001 - Babel gives every extractor the same four
    comment_tags: Collection[str],  # noqa: ARG001 - idem
    options: dict[str, Any],  # noqa: ARG001 - idem
) -> Iterator[tuple[int, None, str, list[str]]]:
    """Find the messages of a notebook, as Babel's extraction methods do.

    Parameters
    ----------
    file
        An `.ipynb` file, opened for reading bytes.
    keywords, comment_tags, options
        What Babel passes to every extraction method; not needed here.

    Yields
    ------
    tuple
        Number of the cell (in the place of a line), no name of a function, message, no comments.
    """
    for position, cell in enumerate(json.load(file)["cells"], start=1):
        for message in _messages(cell["cell_type"], "".join(cell["source"])):
            yield position, None, message, []


def _messages(cell_type: str, source: str) -> list[str]:
    """List what a reader sees of one cell's source."""
    if cell_type == "markdown":
        return [source] if source.strip() else []
    return _titles(source) if cell_type == "code" else []


def _titles(code: str) -> list[str]:
    """List the literal titles that the calls in a piece of code give."""
    given = [_literal(word.value) for call in _calls(code) for word in call.keywords if word.arg == TITLE]
    return [title for title in given if title]


def _calls(code: str | bytes) -> list[ast.Call]:
    """List the calls in a piece of code, as they are read."""
    calls = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call)]
    return sorted(calls, key=lambda call: (call.lineno, call.col_offset))


def _literal(argument: ast.expr) -> str | None:
    """Read a string that stands there literally."""
    value = argument.value if isinstance(argument, ast.Constant) else None
    return value if isinstance(value, str) else None
