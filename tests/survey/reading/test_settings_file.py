from pathlib import Path

import pytest

from exkit.errors import ExkitError
from exkit.survey.reading.settings_file import read_settings


def test_no_is_a_word_and_ten_with_a_nought_is_ten(tmp_path: Path):
    """In older YAML they are false and eight."""
    path = tmp_path / "x.yml"
    path.write_text("a: no\nb: 010\n")
    assert read_settings(path) == {"a": "no", "b": 10}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: 1\na: 2", "duplicate key"),
        ("when: 2025-02-30", "is not valid YAML in line 1: day is out of range"),
        ("a: !!python/object/apply:os.system ['true']", "is not valid YAML in line 1"),
        ("a: " + "[" * 2000, "1,000 brackets"),
        ("a: " + "[" * 900 + "]" * 900, "is nested deeper than settings are"),
        ("# " + "x" * 100_000, "has more than the 100,000 characters"),
    ],
    ids=["doubled", "no such day", "code", "brackets", "deep", "long"],
)
def test_what_is_wrong_is_said_behind_the_name_of_the_file(tmp_path: Path, text: str, told: str):
    """Why, and in which line."""
    path = tmp_path / "x.yml"
    path.write_text(text)
    with pytest.raises(ExkitError, match=told):
        read_settings(path)


def test_a_file_that_cannot_be_opened_is_told(tmp_path: Path):
    """A folder, here."""
    with pytest.raises(ExkitError, match="cannot be opened"):
        read_settings(tmp_path)
