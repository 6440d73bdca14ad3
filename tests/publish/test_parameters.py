from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from exkit.errors import ExkitError
from exkit.publish.parameters import Parameter, checked, need_known, parameters

CELL = """\
dataset: str = "data/sample"  # the folder with the data
min_n: int = 10  # smallest group that may be shown
ci: float = 0.95  # confidence level
draft: bool = False
sectors: list[str] = [
    "care",
]  # which sectors
"""


@pytest.fixture
def told(notebook: Callable[..., Path]) -> Path:
    """Write a notebook that takes one parameter of each type."""
    return notebook("# Title", parameters=CELL)


def test_parameters_are_read_with_type_default_and_comment(told: Path):
    """The cell says all there is to know, also over several lines."""
    assert parameters(told) == [
        Parameter("dataset", "str", "data/sample", "the folder with the data"),
        Parameter("min_n", "int", 10, "smallest group that may be shown"),
        Parameter("ci", "float", 0.95, "confidence level"),
        Parameter("draft", "bool", False, ""),
        Parameter("sectors", "list[str]", ["care"], "which sectors"),
    ]


def test_a_value_with_a_hash_or_an_equals_sign_is_read_whole(notebook: Callable[..., Path]):
    """Papermill's own reading drops these."""
    path = notebook("# Title", parameters='title: str = "a = b # c"  # a title')
    assert parameters(path)[0] == Parameter("title", "str", "a = b # c", "a title")


def test_a_notebook_without_the_cell_takes_nothing(notebook: Callable[..., Path]):
    """No tagged cell, no parameters."""
    assert parameters(notebook("# Title", "min_n = 3")) == []


@pytest.mark.parametrize(
    "line", ["min_n = 10", "min_n: int = 5 + 5", "print('ran')", "min_n: int = '10'", "x: dict = {}", "Min_N: int = 1"]
)
def test_a_line_that_is_not_an_annotated_literal_is_refused(notebook: Callable[..., Path], line: str):
    """The cell holds data, no code; nothing in it is run."""
    with pytest.raises(ExkitError, match="line 1"):
        parameters(notebook("# Title", parameters=line))


def test_text_is_read_as_the_declared_type(told: Path):
    """The command line knows text only."""
    given = {"min_n": "20", "ci": "0.9", "draft": "true", "sectors": "care, trade", "dataset": "007"}
    assert checked(told, given) == {
        "min_n": 20,
        "ci": 0.9,
        "draft": True,
        "sectors": ["care", "trade"],
        "dataset": "007",
    }


def test_an_unknown_name_gets_the_nearest_one(told: Path):
    """A misspelt parameter would otherwise be ignored and the default used."""
    with pytest.raises(ExkitError) as complaint:
        checked(told, {"minn": 5})
    assert str(complaint.value) == (
        "01_enps.ipynb has no parameter 'minn'. Did you mean 'min_n'? It takes: dataset, min_n, ci, draft, sectors."
    )


@pytest.mark.parametrize("name", ["x=1\nimport os; os.abort()#", "__import__('os')", "min_n ", "MIN_N", "", "é"])
def test_a_hostile_name_is_refused(told: Path, name: str):
    """Papermill would run what is in a name."""
    with pytest.raises(ExkitError, match="has no parameter"):
        checked(told, {name: "1"})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("min_n", True),
        ("min_n", 1.5),
        ("min_n", "1.5"),
        ("min_n", "1_0"),
        ("min_n", "ten"),
        ("min_n", "١٠"),
        ("min_n", None),
        ("min_n", np.int64(5)),
        ("ci", float("nan")),
        ("ci", "inf"),
        ("ci", "1e999"),
        ("ci", np.float64(0.9)),
        ("draft", 1),
        ("draft", "yes"),
        ("dataset", Path("data")),
        ("dataset", 7),
        ("dataset", "x" * 1001),
        ("dataset", "a\x00b"),
        ("dataset", "a\nb"),
        ("dataset", "\ud800"),
        ("sectors", ("care",)),
        ("sectors", ["care", 1]),
        ("sectors", {"care": 1}),
    ],
)
def test_a_value_of_another_type_is_refused(told: Path, name: str, value: object):
    """What passes is exactly what the notebook declares."""
    with pytest.raises(ExkitError, match=name):
        checked(told, {name: value})


def test_all_mistakes_are_told_at_once(told: Path):
    """Two mistakes, one message."""
    with pytest.raises(ExkitError, match="2 problems in the parameters") as complaint:
        checked(told, {"minn": 5, "ci": "high"})
    assert "minn" in str(complaint.value)
    assert "ci = 'high' is not a number" in str(complaint.value)


def test_a_missing_notebook_gets_the_nearest_one(told: Path):
    """The name of a file is easily misspelt."""
    with pytest.raises(ExkitError, match=r"Did you mean '01_enps\.ipynb'"):
        parameters(told.with_name("01_emps.ipynb"))


def test_a_file_that_is_not_a_notebook_is_refused(tmp_path: Path):
    """Any other file gives a sentence, not a traceback."""
    path = tmp_path / "x.ipynb"
    path.write_text("<html>")
    with pytest.raises(ExkitError, match="is not a notebook"):
        parameters(path)


class Pretended:
    """What looks like a study of two waves and two sectors."""

    waves = ("2024", "2025")
    tables = ("employees",)

    def people(self, _table: str) -> pd.DataFrame:
        """Give the people of its only table."""
        return pd.DataFrame({"wave": ["2024", "2025"], "sector": ["care", "trade"]})


@pytest.fixture
def study() -> Pretended:
    """Pretend a study of two waves and two sectors."""
    return Pretended()


@pytest.mark.parametrize(
    ("values", "suggested"),
    [({"wave": "2205"}, "2025"), ({"sector": "trede"}, "trade"), ({"language": "enn"}, "en")],
)
def test_a_name_that_the_study_lacks_gets_the_nearest_one(study: Pretended, values: dict, suggested: str):
    """Wave, sector and language are checked before anything is executed."""
    with pytest.raises(ExkitError, match=f"Did you mean '{suggested}'"):
        need_known(values, study)


def test_an_empty_name_means_all(study: Pretended):
    """Nothing is asked for, so nothing can be missing."""
    need_known({"wave": "", "sector": "", "language": "nl"}, study)
