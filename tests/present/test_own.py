"""What a report on one organisation, or one sector, picks."""

import pandas as pd
import pytest

import exkit as ex
from exkit.errors import ExkitError
from exkit.result import result


def figures() -> pd.DataFrame:
    """Give figures of four organisations in two sectors and two waves; C took part once, D is too small to be shown."""
    rows = [
        *(("", "", wave, 10.0, 400) for wave in ("2024", "2025")),
        *((s, "", wave, 8.0, 200) for s in ("care", "trade") for wave in ("2024", "2025")),
        *((s, o, wave, 5.0, 100) for s, o in (("care", "A"), ("trade", "B")) for wave in ("2024", "2025")),
        ("care", "C", "2024", 7.0, 100),
        ("trade", "D", "2025", 3.0, 4),
    ]
    told = pd.DataFrame(rows, columns=["sector", "organisation", "wave", "estimate", "n"])
    return result(
        told[["sector", "organisation", "wave"]], x="enps", effect="nps", estimate=told["estimate"], n=told["n"]
    )


def keys(rows: pd.DataFrame) -> set[tuple[str, str]]:
    """List the sectors and organisations of a result."""
    return set(rows[["sector", "organisation"]].itertuples(index=False, name=None))


def test_an_organisation_has_its_own_rows_and_those_of_its_benchmarks():
    """Its sector's and everybody's, of no other organisation or sector."""
    assert keys(ex.own(figures(), organisation="A")) == {("care", "A"), ("care", ""), ("", "")}


def test_a_sector_has_no_organisation():
    """Its own rows and everybody's."""
    assert keys(ex.own(figures(), sector="trade")) == {("trade", ""), ("", "")}
    assert keys(ex.own(figures())) == {("", "")}


def test_a_wave_ends_the_series():
    """What came later is not in it."""
    assert set(ex.own(figures(), organisation="A", wave="2024")["wave"]) == {"2024"}


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ({"organisation": "a"}, "No organisation 'a'. Did you mean 'A'?"),
        ({"sector": "cares"}, "No sector 'cares'. Did you mean 'care'?"),
        ({"organisation": "A", "wave": "2052"}, "No wave '2052'. Did you mean '2025'?"),
    ],
)
def test_who_is_not_there_is_refused(told: dict[str, str], message: str):
    """With the nearest name."""
    with pytest.raises(ExkitError, match=message.replace("?", r"\?")):
        ex.own(figures(), **told)


def test_what_was_not_calculated_stays_so():
    """There is nothing to pick from."""
    assert ex.own(ex.saved("nothing"), organisation="A")["reason"].tolist() == ["not_calculated"]
    assert ex.introduce(ex.own(ex.saved("nothing"), organisation="A")) == ""


def test_of_teams_there_are_only_ones_own():
    """Of an organisation without teams there is one row that says so."""
    groups = pd.DataFrame({"organisation": ["A", "A", "B"], "unit": ["a2", "a1", "b1"], "wave": "2025"})
    teams = result(groups, x="voice", effect="mean", estimate=[3.0, 4.0, 5.0], n=20)
    picked = ex.by_team(ex.own(teams, organisation="A"))
    assert picked[["unit", "estimate", "at"]].to_numpy().tolist() == [["a1", 4.0, "2025"], ["a2", 3.0, "2025"]]
    assert ex.own(teams, organisation="C")["reason"].tolist() == ["not_asked"]


def test_figures_run_through_the_waves():
    """Of oneself, grouped by wave alone; of who skipped the last one, as far as there are any."""
    own = ex.own(figures(), organisation="A")
    assert ex.through_waves(own)[["wave", "estimate"]].to_numpy().tolist() == [["2024", 5.0], ["2025", 5.0]]
    assert ex.through_waves(own, of="all")["estimate"].tolist() == [10.0, 10.0]
    assert ex.latest(own, of="sector")["wave"].tolist() == ["2025"]
    assert ex.through_waves(ex.own(figures(), sector="care"))["reason"].tolist() == ["no_answers"]


def test_data_without_waves_have_a_latest_figure():
    """And none through the waves."""
    rows = figures().query("wave == '2025'").assign(wave="")
    own = ex.own(rows, organisation="A")
    assert ex.through_waves(own)["reason"].tolist() == ["not_asked"]
    assert ex.latest(own)["estimate"].tolist() == [5.0]


def test_a_question_is_taken_by_its_name():
    """A mean becomes a score, which is printed finer; extras without a value go; one that was not asked says so."""
    rows = pd.concat([figures().assign(promoters=0.4), figures().assign(x="voice", effect="mean")], ignore_index=True)
    assert "promoters" in ex.about(rows, "enps")
    assert "promoters" not in ex.about(rows, "voice")
    assert set(ex.about(rows, "voice")["effect"]) == {"score"}
    assert ex.about(rows, "recommend")["reason"].tolist() == ["no_question"]
    assert ex.about(ex.saved("nothing"), "enps")["reason"].tolist() == ["not_calculated"]


def test_a_report_is_introduced_by_name():
    """With its sector and its last wave; kindly where nothing of its own can be shown."""
    shown = ex.protect(figures())
    said = ex.introduce(ex.own(shown, organisation="C"), language="en")
    assert said == "This report is about C, in the sector care. The last figures are of 2024."
    kind = ex.introduce(ex.own(shown, organisation="D"), language="en")
    assert kind.endswith(
        "Too few people of this organisation answered to show its own figures. What follows is the benchmark."
    )
    assert ex.introduce(ex.own(shown, sector="care"), language="en").startswith("This report is about the sector care.")
    of_two = ex.introduce(ex.own(ex.protect(figures().assign(n=4)), sector="care"), language="en")
    assert "Too few people or organisations of this sector took part" in of_two


def differences(against: list[str], organisation: list[str]) -> pd.DataFrame:
    """Give differences of organisations with what they are held against."""
    groups = pd.DataFrame({"sector": "trade", "organisation": organisation, "wave": "2025"})
    told = {"of": "nps", "against": against, "reference": "2024", "n_smallest": 100.0}
    return result(groups, x="enps", effect="diff", estimate=1.0, n=100, **told)


def test_a_difference_is_withheld_with_its_figure():
    """D is not shown, and nobody may work it out from the mean of all and the difference with it."""
    rows = ex.withhold_with(differences(["all", "sector", "all"], ["D", "D", "B"]), ex.protect(figures()))
    assert ex.protect(rows)["reason"].tolist() == ["withheld", "withheld", ""]


@pytest.mark.parametrize(
    ("hidden", "against"),
    [(("trade", "B", "2024"), "wave"), (("trade", "", "2025"), "sector"), (("", "", "2025"), "all")],
)
def test_a_difference_is_withheld_with_what_it_is_held_against(hidden: tuple[str, str, str], against: str):
    """From one's own figure and the difference that could be worked out."""
    rows = figures()
    at = (rows[["sector", "organisation", "wave"]] == list(hidden)).all(axis="columns")
    shown = ex.protect(rows.assign(n=rows["n"].mask(at, 3)))
    found = ex.protect(ex.withhold_with(differences(["all", "sector", "wave"], ["B"] * 3), shown)).set_index("against")
    assert found.index[found["reason"] == "withheld"].tolist() == [against]
