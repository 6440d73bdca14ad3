"""The notebooks themselves: executed on the sample study, on real data, and twice over."""

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pytest

ROOT = Path(__file__).parents[1]
MOBI = ROOT.parent / "shared" / "real" / "mobi.csv"


def run(*words: str, cwd: Path, **surroundings: str) -> subprocess.CompletedProcess:
    """Run the command line as a user does."""
    return subprocess.run(
        [sys.executable, "-m", "exkit.cli", *words],
        cwd=cwd, env={**os.environ, **surroundings}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def page_of(folder: Path, language: str, *, told: Sequence[str] = (), **surroundings: str) -> bytes:
    """Make the page of the first notebook on the sample study, somewhere, under some clock and locale."""
    folder.mkdir(parents=True)
    told = [*told, "-p", "dataset", str(ROOT / "data" / "sample"), "--language", language, "--output", "page.html"]
    done = run("run", str(ROOT / "notebooks" / "01_enps.ipynb"), *told, cwd=folder, **surroundings)
    assert done.returncode == 0, done.stderr
    return (folder / "page.html").read_bytes()


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_page_is_the_same_bytes_wherever_and_whenever_it_is_made(tmp_path: Path, language: str):
    """In other folders, time zones, locales and hash seeds; and small enough to send."""
    here = page_of(tmp_path / "a", language, TZ="Pacific/Auckland", LANG="C", PYTHONHASHSEED="1")
    there = page_of(
        tmp_path / "b" / ("long" * 20), language, TZ="America/New_York", LANG="nl_NL.UTF-8", PYTHONHASHSEED="2"
    )
    assert here == there
    assert len(here) <= 600_000


def test_results_are_saved_protected(tmp_path: Path):
    """Sectors below the minimum are in the file by name, and have no number there."""
    page_of(tmp_path / "a", "en", told=["-p", "min_n", "1000"])
    saved = pd.read_csv(tmp_path / "a" / "page" / "results" / "enps_by_sector.csv").set_index("sector")
    withheld = saved["reason"] == "withheld"
    assert 0 < withheld.sum() < len(saved)
    numbers = saved.select_dtypes("number").drop(columns="at", errors="ignore")
    assert numbers[withheld].isna().all(axis=None)
    assert saved.loc[~withheld, "n"].min() >= 1000


@pytest.mark.skipif(not MOBI.exists(), reason="the folder with real data, shared/real, is not beside the project")
def test_the_first_notebook_runs_on_a_mobile_operators_customers(tmp_path: Path):
    """Without waves, sectors or teams: +14 of 250 answers on a 1-10 item, and a sentence for what these data lack."""
    study = tmp_path / "mobi"
    study.mkdir()
    (study / "customers.csv").write_bytes(MOBI.read_bytes())
    book = "table,variable,role,low,high,promoter_from,detractor_to\ncustomers,CUSL3,recommend,1,10,9,6\n"
    (study / "codebook.csv").write_text(book)
    told = ["-p", "dataset", str(study), "-p", "question", "recommend", "--language", "nl", "--output", "page.html"]
    done = run("run", str(ROOT / "notebooks" / "01_enps.ipynb"), *told, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "page.html").read_text().replace("\N{NO-BREAK SPACE}", " ")
    saved = pd.read_csv(tmp_path / "page" / "results" / "enps.csv").iloc[0]
    assert (round(saved["estimate"], 9), saved["n"]) == (14.0, 250)
    assert re.search(r"klant-NPS: \+14 \(marge [\d,−]+ tot [\d,]+, n = 250\)", page)
    assert "detractor (1–6)" in page
    assert "Deze gegevens hebben geen indeling naar sector." in page
    assert "Deze gegevens hebben geen indeling naar meting." in page
