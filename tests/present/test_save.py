"""Saved results: protected, in full precision, under a name that will do."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

import exkit as ex
from exkit import context
from exkit.errors import ExkitError
from exkit.present.save import contents


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
    ex.save(scores(["Care"], n=9, effect="mean"), name="enps", min_n=5)
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


@pytest.fixture
def beside(results: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let what is saved be read again, as in JupyterLab."""
    monkeypatch.setattr(context.current, "saved", results)
    return results


@pytest.mark.usefixtures("beside")
def test_a_saved_result_is_read_as_it_was(scores: Callable):
    """Names stay text though they look like numbers, numbers keep all their digits, what is withheld stays so."""
    given = scores(["2024", "007", "NA"], by="wave", n=[40, 41, 9], estimate=100 / 3, at="2025", changed="")
    ex.save(given, name="enps")
    read = ex.saved("enps")
    pd.testing.assert_frame_equal(read, ex.protect(given), check_dtype=False)
    pd.testing.assert_frame_equal(ex.protect(read), ex.protect(given), check_dtype=False)
    assert all(isinstance(name, str) for column in ("wave", "at", "changed", "reason") for name in read[column])


@pytest.mark.usefixtures("beside")
def test_a_column_without_numbers_stays_without(scores: Callable):
    """Empty, as a result has it, and not text."""
    ex.save(scores(["Care"], p_value=float("nan")), name="enps")
    assert ex.saved("enps")["p_value"].dtype == float


@pytest.mark.usefixtures("beside")
def test_a_pattern_puts_results_below_each_other(scores: Callable):
    """Group columns of all in front, each row with the name of its file."""
    ex.save(scores(["Care"]).assign(claim=2, figure="promoters"), name="claims_02")
    ex.save(scores(["2025"], by="wave").assign(claim=1, figure="enps"), name="claims_01")
    ex.save(scores(["Care"]), name="other")
    rows = ex.saved("claims_*")
    assert list(rows.columns[:3]) == ["wave", "sector", "x"]
    told = [["2025", "", "1", "enps", "claims_01"], ["", "Care", "2", "promoters", "claims_02"]]
    assert rows[["wave", "sector", "claim", "figure", "saved"]].to_numpy().tolist() == told


@pytest.mark.usefixtures("beside")
def test_what_nobody_saved_is_not_calculated():
    """One row that says so, and no row for a pattern."""
    assert ex.saved("enps")["reason"].tolist() == ["not_calculated"]
    assert ex.protect(ex.saved("enps"))["reason"].tolist() == ["not_calculated"]
    assert ex.saved("claims_*").empty
    assert {"estimate", "reason", "saved"} <= set(ex.saved("claims_*"))


@pytest.mark.parametrize("name", ["../enps", "/etc/passwd", "claims_*/x", "**/enps", "", "enps.csv"])
def test_only_names_that_can_be_saved_can_be_read(name: str):
    """Nothing outside the folder is looked at."""
    with pytest.raises(ExkitError, match="will not do as the name of a saved result"):
        ex.saved(name)


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "\x00", "x,y\n1\n1,2,3,4\n"])
def test_a_file_that_is_no_result_is_told(beside: Path, text: str):
    """Its name is in the message."""
    beside.mkdir(parents=True)
    (beside / "enps.csv").write_text(text)
    with pytest.raises(ExkitError, match="enps"):
        ex.saved("enps")


def test_a_saved_result_is_described_in_a_line(scores: Callable, differences: Callable):
    """Statistic, groups and rows, in the reader's words."""
    assert contents(scores(["Care", "Trade"]), language="nl") == "NPS naar sector, 2 rijen"
    changed = differences([("2025", "2024")], same="organisation")
    assert contents(changed, language="en") == "Difference in NPS by wave, the same organisations, 1 row"
    answers = scores(["Care"]).assign(claim=1, figure="enps")
    assert contents(answers, language="nl") == "1 gepubliceerd cijfer, met dat van ons ernaast"
