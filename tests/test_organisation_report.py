"""The reports on one organisation and on one sector, with the chapter that they are picked from."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from exkit.errors import ExkitError
from exkit.publish.publish import run

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "data" / "sample"


@pytest.fixture(scope="module")
def chapter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the chapter on the sample study once; the folder of its page."""
    folder, given = tmp_path_factory.mktemp("chapter"), {"dataset": str(SAMPLE), "language": "en"}
    outcome = run(ROOT / "notebooks" / "organisations.ipynb", given=given, at=folder / "page.html")
    assert not outcome.problem, outcome.problem
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
    assert "by a statistically significant amount, each tested on its own: 6 of 48" in page


@pytest.mark.parametrize("language", ["nl", pytest.param("en", marks=pytest.mark.long)])
def test_a_report_has_its_own_figures_and_nobody_elses(chapter: Path, make_page: Callable[..., str], language: str):
    """No other name is in it, and no figure of another organisation to the last digit."""
    told = {"organisation": "Participant 04", "language": language}
    page = make_page("14_organisation_report", saved=chapter / "page" / "results", **told)
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
    key = {"nl": "figure-enps-eigen-cijfer-en-benchmarks", "en": "figure-enps-own-figure-and-benchmarks"}[language]
    figure = page[page.index(f'id="{key}"') :].partition("</svg>")[0]
    brief = {"nl": "eNPS: hoger dan alle deelnemers samen (statistisch significant); geen",
             "en": "eNPS: higher than all participants together (statistically significant); no"}  # fmt: skip
    assert brief[language] in page
    caption = {"nl": "Betrokkenheid: eigen cijfer en benchmarks", "en": "Engagement: own figure and benchmarks"}
    assert caption[language] in page
    assert page.count(own) == 3  # in words and in the descriptions of both pictures, and not again in short
    assert len(re.findall(r'<g id="[^"]*PathCollection_\d+">', figure)) == 4  # own, sector, all, and the legend's


def test_a_sector_is_set_beside_all_participants(chapter: Path, make_page: Callable[..., str]):
    """It names no organisation."""
    page = make_page("sector_report", saved=chapter / "page" / "results", sector="health")
    assert [name for name in others("") if name in page] == []
    assert re.search(r"The eNPS of the sector [^<]*, over all answers, is \+", page)
    assert "The eNPS of all participants, over all answers, is +12" in page


def test_a_name_that_is_not_there_is_told(chapter: Path, run_notebook: Callable[..., object]):
    """With the nearest one, before anything is executed."""
    with pytest.raises(ExkitError, match=r"^No organisation 'Participant 4'\. Did you mean 'Participant"):
        run_notebook("14_organisation_report", saved=chapter / "page" / "results", organisation="Participant 4")


def test_a_report_without_its_chapter_says_so(make_page: Callable[..., str]):
    """A page with sentences instead of figures."""
    page = make_page("14_organisation_report")
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
    make_page: Callable[..., str],
    organisations: int,
    without: tuple[str, ...],
    organisation: str,
    said: list[str],
):
    """With a sentence for what these data lack."""
    study = little(dataset, organisations=organisations, without=without)
    told = {"dataset": study, "scale": "voice"}
    make_page("organisations", **told)
    saved = (tmp_path / "page" / "results").rename(tmp_path / "saved")
    page = make_page("14_organisation_report", saved=saved, organisation=organisation, **told)
    assert [sentence for sentence in said if sentence not in page] == []
