"""Figures of all participants, of sectors and of organisations; changes; teams."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

import exkit as ex
from exkit.measures.tally import Tally

BOOK = """\
table,variable,wave,role,scale,low,high,question_en
employees,sector,,sector,,,,
employees,organisation,,organisation,,,,
employees,team,,unit,,,,
employees,year,,wave,,,,
employees,enps,,recommend_work,,0,10,
employees,voice_1,,item,voice,1,5,
employees,voice_2,2023,item,voice,1,5,Am I heard?
employees,voice_2,2024,item,voice,1,5,Am I heard?
employees,voice_2,2025,item,voice,1,5,Do people listen to me?
"""


def people() -> pd.DataFrame:
    """Twelve organisations of two teams in two sectors; one of them skipped 2024."""
    rows = [
        (f"S{o % 2}", f"O{o:02d}", f"O{o:02d}{'ab'[i % 2]}", year, (i * 3 + o) % 11, 1 + (i + o) % 5, 1 + i % 5)
        for o in range(12)
        for year in ("2023", "2024", "2025")
        for i in range(14)
        if ((o, year) != (3, "2024") and year != "2023") or (o, year) == (3, "2023")
    ]
    return pd.DataFrame(rows, columns=["sector", "organisation", "team", "year", "enps", "voice_1", "voice_2"])


@pytest.fixture
def counted(dataset: Callable[..., Path]) -> Callable[..., Tally]:
    """Count the answers to a question, of people as they are, or without some of their columns."""

    def count(x: str, *, without: tuple[str, ...] = (), rows: pd.DataFrame | None = None) -> Tally:
        table = (people() if rows is None else rows).drop(columns=list(without))
        lines = [line for line in BOOK.splitlines() if not any(f",{name}," in line for name in without)]
        if "year" in without:
            lines = [line.replace(",2025,", ",,") for line in lines if ",202" not in line or ",2025," in line]
        return ex.tally(ex.open(dataset(codebook="\n".join(lines) + "\n", employees=table)), x)

    return count


def test_a_row_for_everybody_for_every_sector_and_for_every_organisation(counted: Callable[..., Tally]):
    """Each is what `nps` gives of that group alone, with teams as clusters within an organisation."""
    tally = counted("enps")
    found = ex.standing(tally).set_index(["sector", "organisation", "wave"])
    assert len(found) == (1 + 1 + 1) + (1 + 2 + 11) + (1 + 2 + 12)
    for key, part in {
        ("", ""): tally.at(wave="2025"),
        ("S1", ""): tally.at(wave="2025", sector="S1"),
        ("S1", "O03"): tally.at(wave="2025", organisation="O03"),
    }.items():
        alone = ex.nps(part).iloc[0]
        row = found.loc[(*key, "2025")]
        numbers = ["estimate", "std_error", "conf_low", "conf_high", "n"]
        assert row[numbers].astype(float).tolist() == pytest.approx(alone[numbers].astype(float).tolist())
        assert row["cluster"] == alone["cluster"]


def test_a_wave_ends_the_series(counted: Callable[..., Tally]):
    """What came later is not in it."""
    assert set(ex.standing(counted("enps"), wave="2024")["wave"]) == {"2023", "2024"}


@pytest.mark.parametrize(
    ("without", "rows"),
    [
        (("sector",), 1 + 12),
        (("sector", "organisation"), 1),
        (("organisation",), 1 + 2),
        (("sector", "organisation", "team"), 1),
    ],
)
def test_what_these_data_lack_has_no_rows(counted: Callable[..., Tally], without: tuple[str, ...], rows: int):
    """Without sectors there is no row for one; with neither there is one for everybody."""
    table = people().query("year == '2025'")
    found = ex.standing(counted("enps", without=(*without, "year"), rows=table))
    assert len(found) == rows
    assert list(found.columns[:3]) == ["sector", "organisation", "wave"]
    assert found["wave"].eq("").all()


def test_a_question_that_was_not_asked_is_one_row():
    """It says so, under the same group columns."""
    from exkit.measures.tally import unasked

    tally = unasked(["recommend"], by=())
    for found in (ex.standing(tally), ex.held_against(tally), ex.changes(tally), ex.team_means(tally)):
        assert found[["x", "reason"]].to_numpy().tolist() == [["recommend", "no_question"]]
        assert "organisation" in found.columns[: list(found).index("x")]


def test_a_change_is_since_the_wave_before_in_which_there_were_answers(counted: Callable[..., Tally]):
    """Who skipped a wave is held against the one before that; an organisation's row has its sector."""
    found = ex.changes(counted("enps")).set_index("organisation")
    assert found.loc["O03", ["sector", "wave", "reference"]].tolist() == ["S1", "2025", "2023"]
    assert found.loc["O04", ["sector", "wave", "reference"]].tolist() == ["S0", "2025", "2024"]
    assert found.loc[""]["sector"].tolist() == ["", "S0", "S1"]
    assert len(found) == 12 + 3


def test_a_change_is_the_difference_of_the_two_figures(counted: Callable[..., Tally]):
    """As in the standing."""
    tally = counted("enps")
    levels = ex.standing(tally).set_index(["organisation", "wave"])["estimate"]
    found = ex.changes(tally).set_index("organisation")
    assert found.at["O05", "estimate"] == pytest.approx(levels["O05", "2025"] - levels["O05", "2024"])


def test_a_scale_of_which_an_item_changed_is_not_compared(counted: Callable[..., Tally]):
    """The series of its mean goes up where the item did, and there is no change across that."""
    tally = counted("voice")
    found = ex.standing(tally).query("organisation == 'O05'")
    assert found["series"].tolist() == [1, 2]
    assert found["changed"].tolist() == ["", "question"]
    row = ex.changes(tally).set_index("organisation").loc["O05"]
    assert (row["reason"], row["of"]) == ("not_comparable", "mean")


def test_a_first_wave_has_no_change(counted: Callable[..., Tally]):
    """Nor have data without waves."""
    rows = people().query("year == '2025'")
    tally = counted("enps")
    assert ex.changes(tally, wave="2023")["reason"].tolist() == ["not_asked"]
    assert ex.changes(counted("enps", without=("year",), rows=rows))["reason"].tolist() == ["not_asked"]


def test_teams_have_their_own_mean(counted: Callable[..., Tally]):
    """In the last wave, under their organisation."""
    tally = counted("voice")
    found = ex.team_means(tally)
    assert len(found) == 24
    row = found.set_index("unit").loc["O05a"]
    own = people().query("team == 'O05a' and year == '2025'")
    assert row["estimate"] == pytest.approx(own[["voice_1", "voice_2"]].mean(axis="columns").mean())
    assert row[["organisation", "wave", "n"]].tolist() == ["O05", "2025", 7]
