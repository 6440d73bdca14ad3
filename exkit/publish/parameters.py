"""A notebook's parameters are the literals of one cell, and nothing else is accepted.

The cell tagged `parameters` holds lines such as `min_n: int = 10  # smallest group that may be shown`. They are read
as data: the code is parsed, never run. A name that the cell does not declare, or a value of another type, stops before
anything is executed; what passes here is all that ever reaches a notebook.
"""

from __future__ import annotations

import ast
import io
import math
import re
import tokenize
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from exkit.context import LANGUAGES
from exkit.errors import ExkitError, nearest, need_choice, problems

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nbformat import NotebookNode

    from exkit.survey.study import Study

NAME = re.compile(r"[a-z_][a-z0-9_]{0,40}")
TYPES = ("str", "int", "float", "bool", "list[str]")
LONGEST = 1000
"""Characters that a text value may have: enough for a title, too few for mischief."""


@dataclass(frozen=True)
class Parameter:
    """One thing that a notebook may be told: name, type, default and the comment that explains it."""

    name: str
    type: str
    default: object
    comment: str


def read_notebook(notebook: Path) -> NotebookNode:
    """Read a notebook file.

    Raises
    ------
    ExkitError
        If there is none, or the file is not a notebook.
    """
    import nbformat

    if not notebook.is_file():
        there = [path.name for path in notebook.parent.glob("*.ipynb")]
        raise ExkitError(f"No notebook '{notebook}'.{nearest(notebook.name, there)}")
    try:
        return nbformat.read(notebook, as_version=4)
    except (ValueError, nbformat.ValidationError) as error:
        raise ExkitError(f"'{notebook}' is not a notebook. Open it in JupyterLab and save it.") from error


def parameters(notebook: Path) -> list[Parameter]:
    """List what a notebook may be told, in its own order.

    Parameters
    ----------
    notebook
        Path of the notebook.

    Returns
    -------
    list of Parameter
        Empty when the notebook has no cell tagged `parameters`.

    Raises
    ------
    ExkitError
        If a line of that cell is not an annotated literal; all such lines at once.
    """
    source = next((cell.source for cell in read_notebook(notebook).cells if _declares(cell)), "")
    try:
        statements = ast.parse(source).body
    except SyntaxError as error:
        raise ExkitError(f"The parameters of {notebook.name} are not Python (line {error.lineno}).") from error
    comments = _comments(source)
    declared, wrong = [], []
    for statement in statements:
        parameter = _parameter(statement, comments)
        if parameter is None:
            wrong.append(f"line {statement.lineno}: '{ast.unparse(statement)}' is not 'name: type = literal'.")
        else:
            declared.append(parameter)
    if wrong:
        raise problems(f"the parameters of {notebook.name}", [*wrong, f"types are {', '.join(TYPES)}."])
    return declared


def _declares(cell: NotebookNode) -> bool:
    return cell.cell_type == "code" and "parameters" in cell.metadata.get("tags", [])


def _comments(source: str) -> dict[int, str]:
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {t.start[0]: t.string.lstrip("# ").strip() for t in tokens if t.type == tokenize.COMMENT}


def _parameter(statement: ast.stmt, comments: Mapping[int, str]) -> Parameter | None:
    """Read one line of the parameters cell; nothing when it is something else than an annotated literal."""
    if not (isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name) and statement.value):
        return None
    name, kind = statement.target.id, ast.unparse(statement.annotation)
    try:
        default = ast.literal_eval(statement.value)
    except ValueError:
        return None
    if not NAME.fullmatch(name) or kind not in TYPES or _mismatch(default, kind):
        return None
    return Parameter(name, kind, default, comments.get(statement.end_lineno, ""))


def checked(notebook: Path, given: Mapping[str, object]) -> dict[str, object]:
    """Convert given values to the declared types, and complain about all that do not fit at once.

    Text is read as the declared type ("10" for an int, "a, b" for a list), since a command line knows text only; any
    other value must have that type already.

    Parameters
    ----------
    notebook
        Path of the notebook.
    given
        Values by parameter name.

    Returns
    -------
    dict
        The given values, converted.

    Raises
    ------
    ExkitError
        On an unknown name (with the nearest one) or a value of another type.
    """
    declared = {parameter.name: parameter for parameter in parameters(notebook)}
    values, wrong = {}, []
    for name, value in given.items():
        if name not in declared:
            wrong.append(_unknown(notebook, name, declared))
            continue
        values[name] = _converted(value, declared[name].type)
        if mismatch := _mismatch(values[name], declared[name].type):
            wrong.append(f"{notebook.name}: {name} = '{str(value)[:60]}' {mismatch}.")
    if len(wrong) == 1:
        raise ExkitError(wrong[0])
    if wrong:
        raise problems("the parameters", wrong)
    return values


def _unknown(notebook: Path, name: str, declared: Mapping[str, Parameter]) -> str:
    takes = f"It takes: {', '.join(declared)}." if declared else "It takes none: no cell is tagged 'parameters'."
    return f"{notebook.name} has no parameter '{str(name)[:60]}'.{nearest(name, declared)} {takes}"


def _converted(value: object, kind: str) -> object:
    """Read text as the declared type; text that cannot be read stays text, and is then a mismatch."""
    if not isinstance(value, str):
        return float(value) if kind == "float" and type(value) is int else value
    try:
        match kind:
            case "int":
                return int(value) if re.fullmatch(r"[+-]?\d{1,18}", value, re.ASCII) else value
            case "float":
                return float(value)
            case "bool":
                return {"true": True, "false": False}.get(value.lower(), value)
            case "list[str]":
                return [part.strip() for part in value.split(",")] if value else []
    except ValueError:
        return value
    return value


def _mismatch(value: object, kind: str) -> str:
    """Say why a value does not fit a type, empty when it does; subclasses such as numpy's do not fit."""
    texts = value if kind == "list[str]" and type(value) is list else [value]
    expected = {"str": str, "list[str]": str, "int": int, "float": float, "bool": bool}[kind]
    if (kind == "list[str]" and type(value) is not list) or any(type(text) is not expected for text in texts):
        return {"bool": "is not true or false", "int": "is not a whole number", "float": "is not a number"}.get(
            kind, "is not text" if kind == "str" else "is not a list of texts"
        )
    if kind == "float" and not math.isfinite(value):
        return "is not a finite number"
    if expected is str and any(len(text) > LONGEST for text in texts):
        return f"is longer than {LONGEST} characters"
    if expected is str and any(_is_control(character) for text in texts for character in text):
        return "holds control characters"
    return ""


def _is_control(character: str) -> bool:
    """Tell whether a character cannot be printed or stored: controls, and halves of surrogate pairs."""
    return ord(character) < 32 or 0x7F <= ord(character) < 0xA0 or 0xD800 <= ord(character) <= 0xDFFF


def need_known(values: Mapping[str, object], study: Study | None) -> None:
    """Complain about a language, wave, sector or organisation that is not there, with the nearest one that is.

    Parameters
    ----------
    values
        All of a notebook's values, defaults included.
    study
        The study that it will open, if any; an empty value means all.
    """
    if "language" in values:
        need_choice(values["language"], LANGUAGES, what="language")
    for what in ("wave", "sector", "organisation"):
        wanted = values.get(what) or []
        for name in [wanted] if isinstance(wanted, str) else wanted:
            if study is not None:
                need_choice(name, _known(study, what), what=what)


@lru_cache(maxsize=3)
def _known(study: Study, what: str) -> tuple[str, ...]:
    """Names of all waves, sectors or organisations of a study; looked up once, not for each of hundreds of pages."""
    if what == "wave":
        return tuple(study.waves)
    people = [study.people(table) for table in study.tables]
    return tuple(sorted({name for table in people if what in table for name in table[what].dropna().unique()}))
