"""The reports on one organisation and on one sector, with the chapter that they are picked from."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "data" / "sample"


def run(notebook: str, *told: str, cwd: Path, **surroundings: str) -> subprocess.CompletedProcess:
    """Make the page of a notebook as a user does, in a folder of its own."""
    cwd.mkdir(parents=True, exist_ok=True)
    given = [word for pair in told for word in ("-p", *pair.split("=", 1))]
    return subprocess.run(
        [sys.executable, "-m", "exkit.cli", "run", str(ROOT / "notebooks" / f"{notebook}.ipynb"), *given,
         "--language", surroundings.pop("language", "en"), "--output", "page.html"],
        cwd=cwd, env={**os.environ, **surroundings}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def page_of(done: subprocess.CompletedProcess, folder: Path) -> str:
    """Read a page, spaces that do not break as spaces."""
    assert done.returncode == 0, done.stderr
    page = (folder / "page.html").read_text()
    assert len(page.encode()) <= 600_000
    return page.replace("\N{NO-BREAK SPACE}", " ")


@pytest.fixture(scope="module")
def chapter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the chapter on the sample study once; the folder of its page."""
    folder = tmp_path_factory.mktemp("chapter")
    page_of(run("organisations", f"dataset={SAMPLE}", cwd=folder), folder)
    return folder


def others(name: str) -> list[str]:
    """Name all other organisations of the sample study."""
    names = pd.read_csv(SAMPLE / "organisations.csv", dtype=str)["organisation"].unique()
    return sorted(set(names) - {name})


def test_the_chapter_names_no_organisation(chapter: Path):
    """Neither on its page nor in what it saves for everybody."""
    page = (chapter / "page.html").read_text()
    saved = [path.read_text() for path in (chapter / "page" / "results").glob("organisations_*.csv")]
    assert len(saved) == 2
    assert [name for name in others("") if any(name in text for text in (page, *saved))] == []
    assert "is more than chance" in page
    assert "6 of 48 organisations differ from the others" in page


@pytest.mark.parametrize("language", ["nl", pytest.param("en", marks=pytest.mark.long)])
def test_a_report_has_its_own_figures_and_nobody_elses(chapter: Path, tmp_path: Path, language: str):
    """No other name is in it, and no figure of another organisation to the last digit."""
    told = [f"dataset={SAMPLE}", "organisation=Participant 04"]
    saved = {"EXKIT_SAVED": str(chapter / "page" / "results"), "language": language}
    page = page_of(run("14_organisation_report", *told, cwd=tmp_path, **saved), tmp_path)
    assert [name for name in others("Participant 04") if name in page] == []
    about = {"nl": "Dit rapport gaat over Participant 04, in de sector Horeca.",
             "en": "This report is about Participant 04, in the sector Hotels and restaurants."}[language]  # fmt: skip
    assert about in page
    own = {"nl": "eNPS van deze organisatie: +27 (marge 13,8 tot 39,7, n = 204).",
           "en": "The eNPS of this organisation is +27 (margin 13.8 to 39.7, n = 204)."}[language]  # fmt: skip
    assert own in page
    place = {"nl": r"ligt de werkelijke plaats ergens tussen \d+ en \d+ van 48",
             "en": r"its true place is somewhere between \d+ and \d+ of 48"}[language]  # fmt: skip
    assert re.search(place, page)
    teams = pd.read_csv(SAMPLE / "units.csv", dtype=str)
    its = set(teams.loc[teams["organisation"] == "Participant 04", "team"])
    assert [team for team in set(teams["team"]) - its if team in page] == []
    assert "<script" not in page
    figure = page[page.index('id="figure-employees-own-figure-and-benchmarks"') :].partition("</svg>")[0]
    assert len(re.findall(r'<g id="[^"]*PathCollection_\d+">', figure)) == 4  # own, sector, all, and the legend's


def test_a_sector_is_set_beside_all_participants(chapter: Path, tmp_path: Path):
    """It names no organisation."""
    page = page_of(
        run("sector_report", f"dataset={SAMPLE}", "sector=health", cwd=tmp_path,
            EXKIT_SAVED=str(chapter / "page" / "results")), tmp_path,
    )  # fmt: skip
    assert [name for name in others("") if name in page] == []
    assert re.search(r"The eNPS of all answers in the sector [^<]* is \+", page)
    assert "The eNPS of all participants' answers together is +12" in page.replace("&#x27;", "'")


def test_a_name_that_is_not_there_is_told(chapter: Path, tmp_path: Path):
    """With the nearest one, and no traceback."""
    told = [f"dataset={SAMPLE}", "organisation=Participant 4"]
    done = run("14_organisation_report", *told, cwd=tmp_path, EXKIT_SAVED=str(chapter / "page" / "results"))
    assert done.returncode != 0
    assert "No organisation 'Participant 4'. Did you mean" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_report_without_its_chapter_says_so(tmp_path: Path):
    """A page with sentences instead of figures."""
    page = page_of(run("14_organisation_report", f"dataset={SAMPLE}", cwd=tmp_path), tmp_path)
    assert "<svg" not in page


BOOK = """\
table,variable,role,scale,low,high,promoter_from,detractor_to
employees,person,respondent,,,,,
employees,sector,sector,,,,,
employees,organisation,organisation,,,,,
employees,team,unit,,,,,
employees,year,wave,,,,,
employees,enps,recommend_work,,0,10,9,6
employees,voice_1,item,voice,1,5,,
employees,voice_2,item,voice,1,5,,
"""


def little(dataset: Callable[..., Path], *, organisations: int, without: tuple[str, ...] = ()) -> Path:
    """Write a study of a few organisations of two teams, the last of them of five people."""
    rng = np.random.default_rng(1)
    rows = [
        (
            f"S{o % 2}",
            f"Org {o:02d}",
            f"Team {o:02d}{'ab'[i % 2]}",
            year,
            *rng.integers(0, 11, 1),
            *rng.integers(1, 6, 2),
        )
        for o in range(organisations)
        for year in ("2024", "2025")
        for i in range(5 if o == organisations - 1 and o else 60)
    ]
    columns = ["sector", "organisation", "team", "year", "enps", "voice_1", "voice_2"]
    people = pd.DataFrame(rows, columns=columns)
    people.insert(0, "person", [f"p{i}" for i in range(len(people))])
    if "year" in without:
        people = people[people["year"] == "2025"]
    book = "".join(line + "\n" for line in BOOK.splitlines() if line.split(",")[1] not in without)
    return dataset(codebook=book, employees=people.drop(columns=list(without)))


@pytest.mark.parametrize(
    ("organisations", "without", "organisation", "said"),
    [
        (2, ("sector",), "Org 01", ["This report is about Org 01.", "Too few people of this organisation answered"]),
        pytest.param(
            8,
            ("year", "team"),
            "Org 00",
            ["These data have no division by wave.", "These data have no division by"],
            marks=pytest.mark.long,
        ),
    ],
)
def test_poor_data_give_a_page_all_the_same(
    dataset: Callable[..., Path],
    tmp_path: Path,
    organisations: int,
    without: tuple[str, ...],
    organisation: str,
    said: list[str],
):
    """With a sentence for what these data lack."""
    study = little(dataset, organisations=organisations, without=without)
    told = [f"dataset={study}", "scale=voice"]
    made = tmp_path / "made"
    page_of(run("organisations", *told, cwd=made), made)
    saved = str(made / "page" / "results")
    page = page_of(
        run("14_organisation_report", *told, f"organisation={organisation}", cwd=tmp_path, EXKIT_SAVED=saved), tmp_path
    )
    assert [sentence for sentence in said if sentence not in page] == []
