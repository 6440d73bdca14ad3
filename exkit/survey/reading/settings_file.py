"""A file of settings in YAML, read strictly: in YAML 1.2 `no` is a word, and a key that occurs twice is a mistake.

Nothing in it is run, and what is too long or too deep for settings is not read: a few hundred bytes may unpack to more
than any memory.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from exkit.errors import ExkitError

if TYPE_CHECKING:
    from ruamel.yaml import YAML

MOST_BYTES = 100_000
MOST_BRACKETS = 1_000


def read_settings(path: Path) -> object:
    """Read a file of settings.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    object
        What it says; None if it is empty.

    Raises
    ------
    ExkitError
        If it is no such file: why, to be put behind its name, without a full stop.
    """
    from ruamel.yaml import YAMLError

    text = ""
    try:
        data = path.read_bytes()
        text = data.decode("utf-8-sig")
        if len(data) <= MOST_BYTES and text.count("[") + text.count("{") <= MOST_BRACKETS:
            return _reader().load(text)
        why = f"has more than the {MOST_BYTES:,} characters or {MOST_BRACKETS:,} brackets that settings may need"
    except OSError as wrong:
        why = f"cannot be opened: {wrong.strerror or wrong}"
    except UnicodeDecodeError as wrong:
        why = f"is not UTF-8 in line {data.count(10, 0, wrong.start) + 1}"
    except RecursionError:
        why = "is nested deeper than settings are"
    except YAMLError as wrong:
        at = getattr(wrong, "problem_mark", None)
        line = at.line if at else text.count("\n", 0, getattr(wrong, "position", 0))
        problem = getattr(wrong, "problem", None) or getattr(wrong, "reason", None) or wrong
        why = f"is not valid YAML in line {line + 1}: {problem}"
    raise ExkitError(why)


def _reader() -> YAML:
    """Make a reader that says of what is no value, such as 2025-02-30, where it stands."""
    from ruamel.yaml import YAML
    from ruamel.yaml.constructor import ConstructorError, SafeConstructor

    class Placed(SafeConstructor):
        def construct_object(self, node: object, deep: bool = False) -> object:
            try:
                return super().construct_object(node, deep=deep)
            except ValueError as wrong:
                raise ConstructorError(None, None, str(wrong), node.start_mark) from None

    reader = YAML(typ="safe", pure=True)
    reader.Constructor = Placed
    return reader
