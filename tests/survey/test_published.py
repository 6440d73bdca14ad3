"""The published figures, and what is told of a table that is not sound."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from exkit.errors import ExkitError
from exkit.present.lint import causal_words
from exkit.survey import published as module
from exkit.survey.published import KINDS, TABLES, published

PRINTED = {
    (1, "enps"): 12, (1, "promoters"): 0.31, (1, "detractors"): 0.19,
    (2, "promoters"): 0.80, (2, "passives"): 0.18, (2, "detractors"): 0.03,
    (3, "recommend"): 0.344, (3, "promoters_among"): 0.72,
    (5, "share"): 0.08, (5, "enps_enthusiastic"): 29, (5, "enps_all"): 12,
    (6, "share"): 0.20, (7, "share"): 0.61, (8, "profit"): 1.23,
    (9, "productivity"): 1.12, (9, "revenue"): 1.18, (9, "turnover"): 0.60,
    (16, "value"): 0.10, (21, "share"): 0.20, (23, "cocreated"): 0.31, (23, "partner"): 6,
    (36, "customers"): 0, (36, "employees"): 0, (50, "anecdote"): 0,
}  # fmt: skip
"""Every single figure of the inventory, in the unit of its statistic; 0 where a claim says "no" or "as often"."""

RANGES = {
    (17, "span"): (40, 100), (22, "share"): (0.45, 0.50), (25, "journeys"): (0.45, 0.55),
    (27, "positive_from"): (7.5, 7.6), (46, "mark"): (5.5, 6.0),
}  # fmt: skip

MARGINS = {"nps": 5, "share": 0.05, "r": 0.10, "ratio": 1.10, "mean": 0.2, "sd": 0.2}


@pytest.fixture(scope="module")
def claims() -> pd.DataFrame:
    """The claims."""
    return published("claims")


def test_every_claim_is_there(claims: pd.DataFrame):
    """1 to 53, none dropped."""
    assert sorted(claims["claim"].unique()) == list(range(1, 54))


def test_every_printed_figure_is_there(claims: pd.DataFrame):
    """As printed, and no other."""
    rows = claims.set_index(["claim", "figure"])
    assert rows["value"].dropna().to_dict() == PRINTED
    both = rows[["low", "high"]].dropna()
    assert dict(zip(both.index, both.itertuples(index=False, name=None), strict=True)) == RANGES


@pytest.mark.parametrize("column", ["text_en", "text_nl", "wording_en", "wording_nl"])
def test_every_claim_is_worded_in_both_languages(claims: pd.DataFrame, column: str):
    """A text for the claim, and a name for our figure."""
    assert (claims[column] != "").all()


def test_a_reading_is_there_in_both_languages_or_in_neither(claims: pd.DataFrame):
    """And always where the definition is not simply the same or unknown."""
    assert ((claims["reading_en"] == "") == (claims["reading_nl"] == "")).all()
    assert (
        claims.loc[claims["definition"].isin(["partly", "different"]) & (claims["kind"] != "none"), "reading_en"] != ""
    ).all()


@pytest.mark.parametrize("name", [name for name in TABLES if name != "sources"])
@pytest.mark.parametrize("language", ["en", "nl"])
def test_no_text_claims_a_cause(name: str, language: str):
    """Also where the claim did; its own words stand in quotation marks."""
    table = published(name)
    texts = [text for column in table if column.endswith(f"_{language}") for text in table[column]]
    assert [hit for text in texts for hit in causal_words(text, language=language)] == []


def test_margins_are_those_that_were_fixed_beforehand(claims: pd.DataFrame):
    """By statistic."""
    held = claims[claims["margin"].notna()]
    assert (held["margin"] == held["statistic"].map(MARGINS)).all()


def test_half_a_digit_is_that_of_the_printed_figure(claims: pd.DataFrame):
    """12 is printed to the unit, 31% to the percent, 34.4% to a tenth of it."""
    digits = claims.set_index(["claim", "figure"])["digit_half"]
    assert [digits[1, "enps"], digits[1, "promoters"], digits[3, "recommend"]] == [0.5, 0.005, 0.0005]


def test_no_source_printed_an_n_but_one(claims: pd.DataFrame):
    """Almost 160 professionals; it alone is sourced with its n."""
    with_n = claims[claims["n"].notna()]
    assert with_n[["claim", "n"]].to_numpy().tolist() == [[21, 160]]
    assert (claims["provenance"] == "sourced_n").equals(claims["n"].notna())


def test_every_source_is_described(claims: pd.DataFrame):
    """An article of `sources.csv`."""
    named = {source for cell in claims["source"] for source in cell.split()}
    assert named == set(published("sources")["source"])


def test_a_claim_without_an_analysis_says_why(claims: pd.DataFrame):
    """Not in the kit, not asked, or nothing to hold data against."""
    assert (claims.loc[claims["analysis"] == "", "reason"] != "").all()
    assert (claims.loc[claims["kind"] == "none", "reason"] != "").all()


@pytest.mark.parametrize(
    ("name", "value"), [("gallup", "ratio"), ("correlations", "corrected"), ("dutch_series", "value")]
)
def test_a_figure_has_a_tag_and_what_is_not_published_has_none(name: str, value: str):
    """Cell by cell."""
    table = published(name)
    assert ((table["tag"] != "") == table[value].notna()).all()


def test_gallups_columns_are_as_published():
    """Eleven outcomes in three editions, two cells of them empty."""
    gallup = published("gallup").pivot_table(index="outcome", columns="edition", values="ratio")
    assert gallup.shape == (11, 3)
    assert gallup.isna().sum().sum() == 2
    assert gallup.loc["profitability"].tolist() == [1.22, 1.21, 1.23]
    assert gallup.loc["absenteeism"].tolist() == [0.63, 0.59, 0.22]


def test_the_corrected_correlations_are_those_of_2002():
    """Twelve, of which one is published as observed too."""
    table = published("correlations").set_index(["x", "y"])
    assert table["corrected"].sum() == pytest.approx(
        0.33 - 0.30 - 0.32 + 0.25 + 0.17 + 0.38 + 0.32 - 0.36 - 0.20 + 0.20 + 0.15 + 0.37
    )
    assert table["observed"].dropna().to_dict() == {("engagement", "customer_loyalty"): 0.16}


def test_the_dutch_series_are_as_published():
    """The eNPS of Integron, year by year."""
    series = (
        published("dutch_series").query("series == 'integron_enps' and effect == 'nps'").set_index("period")["value"]
    )
    assert series.to_dict() == {"2017": -14, "2018": -4, "2020": -3, "2021": 12, "2023": 6}


def test_an_unknown_table_is_answered_with_the_nearest():
    """And with what there is."""
    with pytest.raises(ExkitError, match=r"No published table 'claim'\. Did you mean 'claims'\?"):
        published("claim")


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Change the claims, and tell what is found wrong with them."""

    def tell(change: Callable) -> str:
        text = pd.read_csv(module.FOLDER / "claims.csv", dtype=str, keep_default_na=False)
        change(text).to_csv(tmp_path / "claims.csv", index=False)
        monkeypatch.setattr(module, "FOLDER", tmp_path)
        with pytest.raises(ExkitError) as raised:
            published("claims")
        return str(raised.value)

    return tell


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("statistic", "npss", "statistic: 'npss' not a statistic (row 2). Did you mean 'nps'?"),
        ("kind", "valeu", "kind: 'valeu' not a kind (row 2). Did you mean 'value'?"),
        ("provenance", "hearsay", "provenance: 'hearsay' not a provenance (row 2)."),
        ("value", "+12", "value: '+12' not a number (row 2)."),
        ("margin", "", "margin: empty, and a value needs it (row 2)."),
        ("statistic", "", "statistic: empty, and a value needs it (row 2)."),
        ("figure", "promoters", "claim and figure: there already (row 3)."),
    ],
)
def test_a_wrong_cell_is_told(told: Callable, column: str, value: str, message: str):
    """What, where, and what was probably meant."""

    def change(text: pd.DataFrame) -> pd.DataFrame:
        text.loc[0, column] = value
        return text

    assert message in told(change)


def test_a_direction_with_two_bounds_or_none_is_told(told: Callable):
    """It would be a range, or nothing."""
    assert "low and high: a direction or threshold has one of them" in told(lambda text: text.assign(low="0", high="1"))


def test_columns_that_do_not_fit_are_told(told: Callable):
    """Missing and unknown alike."""
    message = told(lambda text: text.rename(columns={"margin": "margn"}))
    assert "no column 'margin'. Did you mean 'margn'?" in message
    assert "no such column as 'margn'. Did you mean 'margin'?" in message


def test_every_kind_is_used(claims: pd.DataFrame):
    """None is there for nothing."""
    assert set(claims["kind"]) == set(KINDS)
