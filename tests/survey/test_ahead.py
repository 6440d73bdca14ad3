from collections.abc import Callable
from pathlib import Path

import pytest

from exkit.errors import ExkitError
from exkit.survey import ahead
from exkit.survey.check import check
from exkit.survey.study import open as open_study

ONE = "person,team,year,enps\np1,North,2025,9\n"


@pytest.fixture(autouse=True)
def _nothing_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin each test with nothing read ahead."""
    monkeypatch.setattr(ahead, "_read", {})


def test_what_was_read_ahead_is_not_read_again(dataset: Callable[..., Path], monkeypatch: pytest.MonkeyPatch):
    """And the study is the same, in every part."""
    folder = dataset()
    before = open_study(folder)
    ahead.read_ahead(folder)
    monkeypatch.setattr(ahead, "check", None)
    after = open_study(folder)
    assert after.tables["employees"].equals(before.tables["employees"])
    assert (after.digest, after.about, after.name) == (before.digest, before.about, before.name)


def test_data_that_changed_since_are_read_again(dataset: Callable[..., Path]):
    """One byte is enough."""
    folder = dataset()
    ahead.read_ahead(folder)
    dataset(employees=ONE)
    assert len(open_study(folder).tables["employees"]) == 1


def test_changing_a_table_does_not_change_what_was_read(dataset: Callable[..., Path]):
    """Two studies opened by one kernel have nothing to do with each other."""
    folder = dataset()
    ahead.read_ahead(folder)
    open_study(folder).tables["employees"].loc[0, "enps"] = 0.0
    assert open_study(folder).tables["employees"]["enps"].tolist() == [9.0, 3.0]


def test_what_is_wrong_is_told_when_it_is_opened(dataset: Callable[..., Path], tmp_path: Path):
    """Not when it is read ahead: nobody would hear."""
    folder = dataset(employees=ONE.replace("9", "11"))
    ahead.read_ahead(folder)
    ahead.read_ahead(tmp_path / "nowhere")
    with pytest.raises(ExkitError, match="1 problem in "):
        open_study(folder)
    assert len(check(folder).breaches) == 1
