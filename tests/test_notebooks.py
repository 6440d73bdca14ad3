"""The notebooks themselves: executed on the sample study, on real data, and twice over."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from io import StringIO
from pathlib import Path

import pandas as pd
import pytest

from exkit.publish.appear import slug

ROOT = Path(__file__).parents[1]
MOBI = ROOT.parent / "shared" / "real" / "mobi.csv"
SCHOOLS = ROOT.parent / "shared" / "real" / "nyc_schools_2011.csv"


def page_in(edition: Path, notebook: str) -> str:
    """Read a Dutch page of the annual edition; spaces that do not break are spaces."""
    page = (edition / "nl" / f"{slug(notebook)}.html").read_text()
    assert len(page.encode()) <= 600_000
    return page.replace("\N{NO-BREAK SPACE}", " ")


def page_of(folder: Path, language: str, **surroundings: str) -> bytes:
    """Make the page of the first notebook on the sample study, by the command, under some clock and locale."""
    folder.mkdir(parents=True)
    told = ["-p", "dataset", str(ROOT / "data" / "sample"), "--language", language, "--output", "page.html"]
    done = subprocess.run(
        [sys.executable, "-m", "exkit.cli", "run", str(ROOT / "notebooks" / "01_enps.ipynb"), *told],
        cwd=folder, env={**os.environ, **surroundings}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return (folder / "page.html").read_bytes()


@pytest.mark.parametrize("language", ["nl", pytest.param("en", marks=pytest.mark.long)])
def test_a_page_is_the_same_bytes_wherever_and_whenever_it_is_made(tmp_path: Path, language: str):
    """In other folders, time zones, locales and hash seeds; and small enough to send."""
    here = page_of(tmp_path / "a", language, TZ="Pacific/Auckland", LANG="C", PYTHONHASHSEED="1")
    there = page_of(
        tmp_path / "b" / ("long" * 20), language, TZ="America/New_York", LANG="nl_NL.UTF-8", PYTHONHASHSEED="2"
    )
    assert here == there
    assert len(here) <= 600_000


def test_results_are_saved_protected(tmp_path: Path, make_page: Callable[..., str]):
    """Sectors below the minimum are in the file by name, and have no number there."""
    make_page("01_enps", min_n=200)
    saved = pd.read_csv(tmp_path / "page" / "results" / "enps_by_sector.csv").set_index("sector")
    withheld = saved["reason"] == "withheld"
    assert 0 < withheld.sum() < len(saved)
    numbers = saved.select_dtypes("number").drop(columns="at", errors="ignore")
    assert numbers[withheld].isna().all(axis=None)
    assert saved.loc[~withheld, "n"].min() >= 200


@pytest.mark.skipif(not MOBI.exists(), reason="the folder with real data, shared/real, is not beside the project")
def test_the_first_notebook_runs_on_a_mobile_operators_customers(tmp_path: Path, make_page: Callable[..., str]):
    """Without waves, sectors or teams: +14 of 250 answers on a 1-10 item, and a sentence for what these data lack."""
    study = tmp_path / "mobi"
    study.mkdir()
    (study / "customers.csv").write_bytes(MOBI.read_bytes())
    book = "table,variable,role,low,high,promoter_from,detractor_to\ncustomers,CUSL3,recommend,1,10,9,6\n"
    (study / "codebook.csv").write_text(book)
    page = make_page("01_enps", dataset=study, question="recommend", language="nl")
    saved = pd.read_csv(tmp_path / "page" / "results" / "enps.csv").iloc[0]
    assert (round(saved["estimate"], 9), saved["n"]) == (14.0, 250)
    assert re.search(r"Klant-NPS: \+14 \(marge [\d,−]+ tot [\d,]+, n = 250\)", page)
    assert "detractor (1–6)" in page
    assert "Deze gegevens hebben geen indeling naar sector." in page
    assert "Deze gegevens hebben geen indeling naar meting." in page


CLAIMS_01 = """\
claim,figure,x,y,effect,estimate,std_error,conf_low,conf_high,p_value,n,reason,indicative
1,enps,recommend_work,,nps,11.6,1.8,8.1,15.1,,6143,,False
1,promoters,recommend_work,,share,0.3,0.01,0.28,0.32,,6143,,False
1,detractors,recommend_work,,share,,,,,,,withheld,False
"""


@pytest.mark.parametrize("language", ["nl", pytest.param("en", marks=pytest.mark.long)])
def test_the_claims_register_reads_what_other_chapters_saved(
    tmp_path: Path, language: str, make_page: Callable[..., str]
):
    """Every claim is on the page and in the file; those of no saved chapter with the reason."""
    (tmp_path / "claims_01.csv").write_text(CLAIMS_01)
    page = make_page("claims", language=language, saved=tmp_path)
    saved = pd.read_csv(tmp_path / "page" / "results" / "register.csv").set_index(["claim", "figure"])
    assert sorted(set(saved.index.get_level_values("claim"))) == list(range(1, 54))
    assert saved.loc[1, "verdict"].tolist() == ["by_design", "by_design", "not_testable"]
    reasons = [saved.at[key, "reason"] for key in [(1, "detractors"), (2, "promoters"), (12, "catalyst")]]
    assert reasons == ["withheld", "not_calculated", "not_in_kit"]
    assert page.count('<dl class="facts">') == len(saved) == 95
    assert {"nl": "Fictieve gegevens, hierop ingesteld", "en": "Synthetic data set to this figure"}[language] in page


def test_promoters_on_the_sample_are_as_published(annual: Path):
    """80, 18 and 3%; what one person adds is said, and every claim has its row."""
    page = page_in(annual, "02_promoters")
    groups = pd.read_csv(annual / "results" / "promoters.csv").set_index("promoter_group")
    assert (100 * groups["estimate"]).round().to_dict() == {"promoter": 80, "passive": 18, "detractor": 3}
    claims = pd.read_csv(annual / "results" / "claims_02.csv").set_index(["claim", "figure"])
    published = pd.read_csv(ROOT / "data" / "published" / "claims.csv")
    wanted = published[published["analysis"] == "02_promoters"].set_index(["claim", "figure"])
    assert sorted(claims.index) == sorted(wanted.index)
    assert claims["estimate"].notna().all()
    assert "Eén persoon beantwoordt beide vragen: tussen personen is de correlatie 0,61" in page
    assert "Een scenario, geen uitkomst: als 10% van de passives promoter was" in page


def test_promoters_without_customers_in_one_wave_say_what_is_missing(tmp_path: Path, make_page: Callable[..., str]):
    """Nobody was asked about customers, and no customer: a sentence each, and the eNPS all the same."""
    sample, study = ROOT / "data" / "sample", tmp_path / "study"
    study.mkdir()
    book = pd.read_csv(sample / "codebook.csv", dtype="str", keep_default_na=False)
    book = book[book["table"].isin(["employees", "units"]) & book["wave"].isin(["", "2025"])]
    book[book["variable"] != "recommend_to_customers"].to_csv(study / "codebook.csv", index=False)
    for table in ("employees", "units"):
        rows = pd.read_csv(sample / f"{table}.csv", dtype="str", keep_default_na=False).query("wave == '2025'")
        rows.drop(columns="recommend_to_customers", errors="ignore").to_csv(study / f"{table}.csv", index=False)
    values = pd.read_csv(sample / "values.csv", dtype="str", keep_default_na=False)
    kept = values["table"].isin(["employees", "units"]) & (values["variable"] != "recommend_to_customers")
    values[kept].to_csv(study / "values.csv", index=False)
    page = make_page("02_promoters", dataset=study)
    assert "In 2025 the eNPS is +12" in page
    asked = ("Would recommend to customers (employees)", "Recommendation by customers")
    assert all(f"These data do not have the question ‘{question}’." in page for question in asked)
    assert "Nobody can be followed: that takes two waves" in page
    claims = pd.read_csv(tmp_path / "page" / "results" / "claims_02.csv").set_index(["claim", "figure"])
    assert claims.loc[2, "reason"].tolist() == ["no_question"] * 3
    assert claims.at[(5, "enps_all"), "estimate"] == pytest.approx(12, abs=0.1)


LITTLE = {
    "employees": """\
person,team,year,enps,customers
p1,North,2024,9,1
p2,North,2024,3,0
p1,North,2025,8,1
p2,South,2025,10,1
""",
    "customers": "team,year,score\nNorth,2025,9\nSouth,2025,2\n",
}
LITTLE_BOOK = """\
table,variable,role,low,high,promoter_from,detractor_to,favourable_from
employees,person,respondent,,,,,
employees,team,unit,,,,,
employees,year,wave,,,,,
employees,enps,recommend_work,0,10,9,6,
employees,customers,recommend_to_customers,0,1,,,1
customers,team,unit,,,,,
customers,year,wave,,,,,
customers,score,recommend,0,10,9,6,
"""


@pytest.mark.parametrize(
    ("without", "told"),
    [
        pytest.param(("unit",), ["These data have no division by team."], marks=pytest.mark.long),
        (("customers.", "wave"), ["the question ‘Recommendation by customers’.", "Nobody can be followed"]),
        (("recommend_to_customers",), ["the question ‘Would recommend to customers (employees)’."]),
    ],
)
def test_promoters_of_data_that_lack_something(
    dataset: Callable[..., Path],
    tmp_path: Path,
    without: tuple[str, ...],
    told: list[str],
    make_page: Callable[..., str],
):
    """A page with a sentence for each missing part; a question is found by its role, whatever its column is called."""
    book = pd.read_csv(StringIO(LITTLE_BOOK), dtype="str", keep_default_na=False)
    kept = book[~book["role"].isin(without) & ~(book["table"] + ".").isin(without)]
    tables = {name: pd.read_csv(StringIO(LITTLE[name]), dtype="str") for name in kept["table"].unique()}
    columns = {name: table[kept.loc[kept["table"] == name, "variable"]] for name, table in tables.items()}
    if "wave" in without:
        columns = {name: table.drop_duplicates("person") for name, table in columns.items()}
    study = dataset(codebook=kept.to_csv(index=False), **columns)
    page = make_page("02_promoters", dataset=study, enthusiastic="", strives="")
    assert [sentence for sentence in told if sentence not in page] == []
    claims = pd.read_csv(tmp_path / "page" / "results" / "claims_02.csv")
    assert claims["estimate"].isna().all()


def test_teams_of_the_sample_are_a_weak_basis(annual: Path):
    """Fifteen answers per team are too few for single teams, whatever was asked; the claim on culture has its row."""
    page = page_in(annual, "03_aggregation")
    results = annual / "results"
    verdicts = pd.read_csv(results / "aggregation.csv").set_index("x")
    assert set(verdicts["verdict"]) == {"weak"}
    assert verdicts["agreement"].isna().to_dict() == {x: x == "recommend" for x in verdicts.index}
    pooled = pd.read_csv(results / "aggregation_pooled.csv").query("effect == 'icc1'").set_index("x")
    assert pooled.at["engagement", "conf_low"] < 0.10 < pooled.at["engagement", "conf_high"]
    assert pooled.at["recommend", "conf_low"] < 0.04 < pooled.at["recommend", "conf_high"] + 0.001
    claim = pd.read_csv(results / "claims_03.csv").iloc[0]
    assert (claim["claim"], claim["figure"], claim["x"]) == (20, "behaviour", "culture_behaviour")
    assert re.search(r"Van \d+ teams zijn er \d+ op betrokkenheid te onderscheiden", page)
    assert not re.search(r"P\d\d-T\d\d", page)


@pytest.mark.skipif(not SCHOOLS.exists(), reason="the folder with real data, shared/real, is not beside the project")
def test_schools_without_their_respondents_have_an_unknown_reliability(tmp_path: Path, make_page: Callable[..., str]):
    """A table that was already summed up: neither whether schools differ nor whether their people agree."""
    study = tmp_path / "schools"
    study.mkdir()
    (study / "units.csv").write_bytes(SCHOOLS.read_bytes())
    (study / "codebook.csv").write_text(SCHOOLS_BOOK)
    page = make_page("03_aggregation", dataset=study, scale="eng_t_11", customers="eng_p_11")
    assert "is unknown: these data have scores of teams, not people's answers." in page
    saved = pd.read_csv(tmp_path / "page" / "results" / "aggregation.csv")
    assert saved["reason"].tolist() == ["reliability_unknown"] * 2
    assert saved["estimate"].isna().all()


def test_people_without_teams_are_told_so(tmp_path: Path, make_page: Callable[..., str]):
    """Nobody's team is known: a sentence, and no figure."""
    sample, study = ROOT / "data" / "sample", tmp_path / "study"
    study.mkdir()
    book = pd.read_csv(sample / "codebook.csv", dtype="str", keep_default_na=False)
    book = book[(book["table"] == "employees") & ~book["role"].isin(["unit", "organisation", "sector"])]
    book = book[book["wave"].isin(["", "2025"])]
    book.to_csv(study / "codebook.csv", index=False)
    rows = pd.read_csv(sample / "employees.csv", dtype="str", keep_default_na=False).query("wave == '2025'")
    rows[[column for column in rows if column in set(book["variable"])]].to_csv(study / "employees.csv", index=False)
    values = pd.read_csv(sample / "values.csv", dtype="str", keep_default_na=False).query("table == 'employees'")
    values[values["variable"].isin(book["variable"])].to_csv(study / "values.csv", index=False)
    page = make_page("03_aggregation", dataset=study)
    assert "These data have no division by team." in page
    assert "<figure" not in page


def test_quarters_of_the_sample_are_as_published(annual: Path):
    """+23, +18 and +10%, -21 and -51% in organisations with much and with little turnover; every claim has its row."""
    page = page_in(annual, "05_quartiles")
    results = annual / "results"
    beside = pd.read_csv(results / "quarters_beside_gallup.csv").set_index("outcome")["estimate"]
    assert {name: round(100 * (ratio - 1)) for name, ratio in beside.dropna().items()} == {
        "customer_loyalty": 10,
        "profitability": 23,
        "productivity_sales": 18,
        "absenteeism": -17,
        "turnover_low": -51,
        "turnover_high": -21,
    }
    claims = pd.read_csv(results / "claims_05.csv").set_index(["claim", "figure"])
    published = pd.read_csv(ROOT / "data" / "published" / "claims.csv")
    wanted = published[published["analysis"] == "05_quartiles"].set_index(["claim", "figure"])
    assert sorted(claims.index) == sorted(wanted.index)
    assert claims.loc[claims["estimate"].isna(), "reason"].to_dict() == {(9, "productivity"): "not_asked"}
    assert "bij 10 van de 14 uitkomsten" in page
    assert re.search(r"van −38% \(marge −\d+% tot −\d+%, n = 264\) bij vertrokken medewerkers tot \+23% ", page)


SCHOOLS_BOOK = """\
table,variable,role,type,missing,n_column,label_en
units,dbn,unit,text,,,
units,boro,organisation,text,NA,,
units,eng_t_11,outcome,number,NA,,Engagement of teachers
units,eng_p_11,outcome,number,NA,,Engagement of parents
units,avg_sat_score,outcome,number,NA,num.of.sat.test.takers,SAT score
units,num.of.sat.test.takers,n,number,NA,,
"""


@pytest.mark.skipif(not SCHOOLS.exists(), reason="the folder with real data, shared/real, is not beside the project")
def test_quarters_of_schools_within_boroughs(tmp_path: Path, make_page: Callable[..., str]):
    """A table that was already summed up: schools without a borough are counted, and no reliability is known."""
    study = tmp_path / "schools"
    study.mkdir()
    (study / "units.csv").write_bytes(SCHOOLS.read_bytes())
    (study / "codebook.csv").write_text(SCHOOLS_BOOK)
    page = make_page("05_quartiles", dataset=study, scale="eng_t_11")
    saved = pd.read_csv(tmp_path / "page" / "results" / "quarters.csv").set_index(["y", "effect"])
    row = saved.loc["eng_p_11", "ratio"]
    assert row[["n_units", "n_organisations", "n_without_organisation"]].tolist() == [290, 5, 84]
    assert 1 < row["conf_low"] < row["conf_high"]
    assert saved["median"].isna().all()
    assert "Left out because their organisation is not known: 84 teams." in page
    assert "Engagement of teachers, SAT score: reliability unknown." in page
    assert "not in these data" in page


def test_quarters_of_organisations_that_are_too_small_have_a_reason(tmp_path: Path, make_page: Callable[..., str]):
    """Seven teams in each organisation, of which one wave is known: no figure, and a page all the same."""
    sample, study = ROOT / "data" / "sample", tmp_path / "study"
    study.mkdir()
    book = pd.read_csv(sample / "codebook.csv", dtype="str", keep_default_na=False)
    book = book[book["table"].isin(["employees", "units"]) & book["wave"].isin(["", "2025"])]
    book.to_csv(study / "codebook.csv", index=False)
    for table in ("employees", "units"):
        rows = pd.read_csv(sample / f"{table}.csv", dtype="str", keep_default_na=False)
        few = rows["wave"].eq("2025") & rows["team"].str.fullmatch(r"P0\d-T0[1-7]")
        rows[few].to_csv(study / f"{table}.csv", index=False)
    values = pd.read_csv(sample / "values.csv", dtype="str", keep_default_na=False)
    values[values["table"].isin(["employees", "units"])].to_csv(study / "values.csv", index=False)
    page = make_page("05_quartiles", dataset=study)
    saved = pd.read_csv(tmp_path / "page" / "results" / "quarters.csv")
    assert set(saved["reason"]) == {"too_few_units"}
    assert "(too few teams to calculate)." in page


def test_links_of_the_sample_are_as_planted(annual: Path):
    """.33 over all teams, .73 with much contact and .42 with little, each in its corrected margin; nobody is named."""
    page = page_in(annual, "04_linkage")
    results = annual / "results"
    pooled = pd.read_csv(results / "linkage_levels.csv").query("level == 'pooled' and effect == 'r_corrected'").iloc[0]
    assert pooled["conf_low"] < 0.33 < pooled["conf_high"]
    contact = pd.read_csv(results / "linkage_by_contact.csv")
    groups = contact[contact["effect"] == "r_corrected"].set_index("level")
    assert groups.at["high", "conf_low"] < 0.73 < groups.at["high", "conf_high"]
    assert groups.at["low", "conf_low"] < 0.42 < groups.at["low", "conf_high"]
    gap = contact[(contact["effect"] == "diff") & (contact["of"] == "r_corrected")].iloc[0]
    assert gap["p_value"] < 0.05
    claims = pd.read_csv(results / "claims_04.csv").set_index(["claim", "figure"])
    assert sorted(claims.index) == [(18, "consistently"), (18, "engagement")]
    assert claims["estimate"].notna().all()
    assert "Binnen hun organisatie scoren teams met een hogere score op betrokkenheid doorgaans ook hoger" in page
    assert "Consistent is de samenhang niet te noemen" in page
    saved = "".join(path.read_text() for path in results.glob("linkage*.csv"))
    assert not re.search(r"P\d\d-T\d\d|Participant \d", page + saved)


@pytest.mark.skipif(not SCHOOLS.exists(), reason="the folder with real data, shared/real, is not beside the project")
def test_links_of_schools_have_an_unknown_reliability(tmp_path: Path, make_page: Callable[..., str]):
    """A table that was already summed up: the link stands, and nothing is corrected, modelled or drawn."""
    study = tmp_path / "schools"
    study.mkdir()
    (study / "units.csv").write_bytes(SCHOOLS.read_bytes())
    (study / "codebook.csv").write_text(SCHOOLS_BOOK)
    told = {"scale": "eng_t_11", "customers": "eng_p_11", "contact": "", "controls": ""}
    page = make_page("04_linkage", dataset=study, **told)
    assert "teams that score higher on engagement of teachers tend to score higher on engagement of parents" in page
    assert "their measurement reliability is unknown, since respondents were not supplied." in page
    assert "No team can be drawn: reliability unknown." in page
    assert "Whether the link differs by contact cannot be told: not part of these data." in page
    assert '<figure class="exkit-figure" id="figure-teams' not in page


def last_wave(folder: Path, *, tables: Sequence[str], customers_of: str = ".*") -> Path:
    """Copy the last wave of some tables of the sample, and of the customers those of some teams, by a pattern."""
    sample = ROOT / "data" / "sample"
    folder.mkdir()
    for name in ("codebook", "values"):
        book = pd.read_csv(sample / f"{name}.csv", dtype="str", keep_default_na=False)
        book = book[book["table"].isin(tables) & book.get("wave", pd.Series("", index=book.index)).isin(["", "2025"])]
        book.to_csv(folder / f"{name}.csv", index=False)
    for table in tables:
        rows = pd.read_csv(sample / f"{table}.csv", dtype="str", keep_default_na=False).query("wave == '2025'")
        kept = rows["team"].str.fullmatch(customers_of) if table == "customers" else rows["wave"] == "2025"
        rows[kept].to_csv(folder / f"{table}.csv", index=False)
    return folder


def test_links_without_customers_are_a_page_of_reasons(tmp_path: Path, make_page: Callable[..., str]):
    """No customer was asked, in one wave: no number, no traceback."""
    study = last_wave(tmp_path / "study", tables=["employees", "units"])
    page = make_page("04_linkage", dataset=study)
    link = "The correlation of engagement with recommendation by customers within organisations"
    assert f"{link} is not given: too few" in page
    assert "No team has both engagement and recommendation by customers: question not part of these data." in page
    assert pd.read_csv(tmp_path / "page" / "results" / "linkage_levels.csv")["estimate"].isna().all()


def test_links_where_hardly_a_team_matches_stop_with_a_way_out(tmp_path: Path, run_notebook: Callable[..., object]):
    """Customers of two teams in ten: the share, the first names, and the crosswalk."""
    study = last_wave(tmp_path / "study", tables=["employees", "customers", "units"], customers_of=r"P\d\d-T0[12]")
    outcome = run_notebook("04_linkage", dataset=study)
    assert re.search(r"Only \d\d% of the units have both 'engagement' and 'recommend'", outcome.problem)
    assert "crosswalk.csv" in outcome.problem
