"""Saved results: protected, in full precision, under a name that will do."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

import exkit as ex
from exkit import context
from exkit.errors import ExkitError


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The results folder of this run, not made yet."""
    monkeypatch.setattr(context.current, "results", tmp_path / "edition" / "results")
    return context.current.results


def test_a_result_is_saved_in_full_precision(results: Path, scores: Callable):
    """What is printed is rounded; what is saved can be calculated with."""
    given = scores(["Care"], estimate=100 / 3, conf_low=1 / 7)
    ex.save(given, name="enps_by_sector")
    saved = pd.read_csv(results / "enps_by_sector.csv")
    assert saved.loc[0, ["estimate", "conf_low"]].tolist() == [100 / 3, 1 / 7]
    assert saved["sector"].tolist() == ["Care"]


def test_a_saved_result_is_protected(results: Path, scores: Callable):
    """What is not on the page is not in the file."""
    ex.save(scores(["Care", "Trade"], n=[9, 40]), name="enps")
    saved = pd.read_csv(results / "enps.csv", keep_default_na=False)
    assert saved["reason"].tolist() == ["withheld", ""]
    assert saved.loc[0, ["estimate", "n", "promoters", "mean"]].tolist() == ["", "", "", ""]


def test_the_minimum_can_be_chosen(results: Path, scores: Callable):
    """As everywhere."""
    ex.save(scores(["Care"], n=9), name="enps", min_n=5)
    assert pd.read_csv(results / "enps.csv")["n"].tolist() == [9]


def test_the_same_result_gives_the_same_bytes(results: Path, scores: Callable):
    """Lines end alike on every machine, and there is no row number."""
    given, files = scores(["Zorg é", "a,b"]), []
    for name in ("first", "second"):
        ex.save(given, name=name)
        files.append((results / f"{name}.csv").read_bytes())
    assert files[0] == files[1]
    assert b"\r" not in files[0]
    assert files[0].startswith(b"sector,x,y,effect")


def test_a_hostile_name_stays_one_cell(results: Path, hostiles: list[str], scores: Callable):
    """Commas, quotes and line breaks in names do not break the file."""
    ex.save(scores(hostiles), name="enps")
    assert pd.read_csv(results / "enps.csv", keep_default_na=False)["sector"].tolist() == hostiles


@pytest.mark.parametrize("name", ["", "../enps", "a/b", "Enps", "enps.csv", "1st", "e" * 42, "en ps", "{x}", "con:"])
def test_a_name_that_will_not_do_is_refused(results: Path, scores: Callable, name: str):
    """Nothing is written, wherever it would have landed."""
    with pytest.raises(ExkitError, match="will not do as the name of a saved result"):
        ex.save(scores(["Care"]), name=name)
    assert not results.exists()
