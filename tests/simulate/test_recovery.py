"""The sample study prints what was published, and the kit's own estimators find back what was planted in it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pandas as pd
import pytest

import exkit as ex
from exkit.simulate.employees import SPREAD

SAMPLE = Path(__file__).parents[2] / "data" / "sample"
TRUTH = json.loads((SAMPLE / "truth.json").read_text())
PLANTED, PUBLISHED = TRUTH["planted"], TRUTH["published"]


@pytest.fixture(scope="module")
def study():
    """Open the sample study."""
    return ex.open(SAMPLE)


@pytest.fixture(scope="module")
def units(study) -> pd.DataFrame:
    """Bring together what employees and customers of each team say, and what is on record."""
    parts = [ex.tally(study, x) for x in ("engagement", "recommend", "again")]
    found = ex.units(*parts, ex.outcomes(study), of={"recommend": "nps"})
    contact = study.tables["units"][["team", "wave", "contact"]].rename(columns={"team": "unit"})
    return found.merge(contact, on=["unit", "wave"])


@pytest.fixture(scope="module")
def last(units) -> pd.DataFrame:
    """Take the reference wave."""
    return units[units["wave"] == "2025"]


def printed(value: float, decimals: int = 0) -> Decimal:
    """Round as a report does."""
    return Decimal(str(round(value, 9))).quantize(Decimal(10) ** -decimals, ROUND_HALF_UP)


def holds(row: pd.Series, truth: float) -> bool:
    """Tell whether an interval holds the truth."""
    return row["conf_low"] <= truth <= row["conf_high"]


def test_the_enps_prints_as_published(study):
    """+12: 31% promoters, 50% passives, 19% detractors."""
    row = ex.nps(ex.tally(study, "recommend_work").at(wave="")).iloc[0]
    assert [printed(100 * row[band]) for band in ("promoters", "passives", "detractors")] == [31, 50, 19]
    assert printed(row["estimate"]) == 12


def test_the_three_groups_recommend_to_customers_as_published(study):
    """80%, 18% and 3%."""
    rows = ex.recommending(ex.cross(study, x="recommend_work", y="recommend_to_customers").at(wave=""))
    shares = dict(zip(rows.iloc[:, 0], rows["estimate"], strict=True))
    found = [printed(100 * shares[group]) for group in ("promoter", "passive", "detractor")]
    assert found == [printed(100 * share) for share in PUBLISHED["recommending"]]


@pytest.mark.parametrize("question", ["strives", "absence_felt", "enthusiastic"])
def test_the_opinions_of_employees_print_as_published(study, question):
    """20%, 61% and 8%."""
    row = ex.favourable(ex.tally(study, question).at(wave="")).iloc[0]
    assert printed(100 * row["estimate"]) == printed(100 * PUBLISHED[question])


def test_those_who_call_their_customers_enthusiastic_have_the_published_enps(study):
    """+29."""
    rows = ex.nps(ex.tally(study, "recommend_work", by=["enthusiastic"]).at(wave=""), by=["enthusiastic"])
    assert printed(rows.set_index("enthusiastic").loc[1, "estimate"]) == PUBLISHED["enps_enthusiastic"]


@pytest.mark.parametrize("outcome", ["profit", "revenue", "again"])
def test_the_quarters_differ_as_published(last, outcome):
    """+23%, +18% and +10%."""
    rows = ex.quarters(last, x="engagement", y=outcome).set_index("effect")
    assert printed(100 * rows.loc["ratio", "estimate"]) == printed(100 * PUBLISHED[outcome])


@pytest.mark.parametrize(("kind", "much"), [("exits_high", True), ("exits_low", False)])
def test_exits_differ_as_published_where_many_and_where_few_leave(study, last, kind, much):
    """-21% in organisations that more than 40% leave in a year, -51% in the others."""
    table = study.tables["units"][study.tables["units"]["wave"] == "2025"]
    sums = table.groupby("organisation")[["exits", "headcount"]].sum()
    busy = sums.index[sums["exits"] / sums["headcount"] > 0.4]
    its = last[last["organisation"].isin(busy) == much]
    rows = ex.quarters(its, x="engagement", y="exits").set_index("effect")
    assert printed(100 * rows.loc["ratio", "estimate"]) == printed(100 * PUBLISHED[kind])


def test_organisations_steer_as_published(study):
    """20% have an EX professional, half are organised along journeys, 31% of initiatives are made with employees."""
    for question in ("ex_professional", "along_journeys"):
        row = ex.favourable(ex.tally(study, question).at(wave="")).iloc[0]
        assert printed(100 * row["estimate"]) == printed(100 * PUBLISHED[question])
    table = study.tables["organisations"]
    assert printed(100 * table.loc[table["wave"] == "2025", "co_created_share"].mean()) == 31


def test_absence_is_not_tuned(study, last):
    """About 5% of the days, and nowhere near -78% between quarters."""
    table = study.tables["units"]
    assert table["absence_days"].sum() / table["headcount"].sum() / 225 == pytest.approx(0.05, abs=0.005)
    ratio = ex.quarters(last, x="engagement", y="absence_days").set_index("effect").loc["ratio"]
    assert 0.7 < ratio["estimate"] < 1


def test_the_planted_iccs_are_found_back(study):
    """.10 of engagement, .04 of the customers' recommendation."""
    engagement = ex.icc(ex.tally(study, "engagement").at(wave="")).iloc[0]
    recommend = ex.icc(ex.tally(study, "recommend").at(wave=""), of="nps").iloc[0]
    assert holds(engagement, PLANTED["icc_engagement"])
    assert holds(recommend, PLANTED["icc_recommend"])


def test_the_true_correlation_of_units_is_found_back(last):
    """Observed between .15 and .25; corrected for reliability, .33 lies within the margin."""
    observed, corrected = (row for _, row in ex.disattenuate(last, x="engagement", y="recommend").iterrows())
    assert 0.15 <= observed["estimate"] <= 0.25
    assert holds(corrected, PLANTED["r_units"])


def test_the_correlation_of_all_lies_below_those_of_both_contact_groups(last):
    """Pooling, as in the published case; corrected, both planted correlations lie within their margins."""
    pooled = ex.correlate(last, x="engagement", y="recommend")["estimate"].iloc[0]
    rows = ex.disattenuate(last, x="engagement", y="recommend", by=["contact"]).set_index(["contact", "effect"])
    assert pooled < rows.loc[("low", "r"), "estimate"] < rows.loc[("high", "r"), "estimate"]
    for group in ("high", "low"):
        assert holds(rows.loc[(group, "r_corrected")], PLANTED[f"r_{group}"])


def test_the_paths_through_the_years_are_found_back(units):
    """.20 from EX to CX and .10 back, within margins that are wide, as they must be with these data."""
    rows = ex.lead_lag(units, x="engagement", y="recommend")
    rows = rows[rows["model"] == "ri_clpm_sampling"].set_index(["x", "y"])
    assert holds(rows.loc[("engagement", "recommend")], PLANTED["path_ex_cx"])
    assert holds(rows.loc[("recommend", "engagement")], PLANTED["path_cx_ex"])


NAMES = ["leadership", "communication", "customer_orientation"]


def test_communication_mediates_as_planted(study):
    """Leadership to communication, communication and leadership to customer orientation."""
    part = ex.block(study, NAMES).at(wave="")
    rows = ex.mediate(part, x="leadership", m="communication", y="customer_orientation").set_index("effect")
    assert holds(rows.loc["a"], PLANTED["leadership_communication"])
    assert holds(rows.loc["b"], PLANTED["communication_orientation"])
    assert holds(rows.loc["direct"], PLANTED["leadership_orientation"])


def test_communication_moderates_as_planted(study):
    """The product of both, standardised: as a catalyst."""
    part = ex.block(study, NAMES, products=[("leadership", "communication")]).at(wave="")
    rows = ex.moderate(part, x="leadership", w="communication", y="customer_orientation").set_index("effect")
    assert holds(rows.loc["interaction"], PLANTED["catalyst"] / SPREAD)


def test_fewer_answer_after_silence(study):
    """The year after most feedback was told back more people answer than the year after hardly any was."""
    units, actions = study.tables["units"], study.tables["actions"]
    answers = study.tables["employees"].groupby(["team", "wave"]).size().rename("n").reset_index()
    rate = units.merge(answers, on=["team", "wave"]).assign(rate=lambda d: d["n"] / d["invited"])
    before = actions.assign(
        told=actions["told_back"] / actions["received"], wave=(actions["wave"].astype(int) + 1).astype(str)
    )
    both = rate.merge(before[["team", "wave", "told"]], on=["team", "wave"])
    quarter = pd.qcut(both["told"].rank(method="first"), 4, labels=False)
    means = both.groupby(quarter)["rate"].mean()
    assert means[3] - means[0] > 0.05


def test_the_sample_opens_within_a_second():
    """Where pandas reads its files as text in a ninth of a second: side by side, since a busy machine slows both."""

    def read() -> list[pd.DataFrame]:
        return [pd.read_csv(path, dtype="str") for path in sorted(SAMPLE.glob("*.csv"))]

    def opened() -> object:
        return ex.open(SAMPLE)

    def seconds(once: Callable[[], object]) -> float:
        start = time.process_time()
        once()
        return time.process_time() - start

    pairs = [(seconds(opened), seconds(read)) for _ in range(4)][1:]
    assert min(a for a, _ in pairs) < 9 * min(b for _, b in pairs)


def test_the_sample_is_what_its_seed_gives(tmp_path):
    """Byte for byte, and at most nine megabytes."""
    from exkit.simulate.sample import draw, write

    write(tmp_path / "again", draw(seed=TRUTH["seed"]), seed=TRUTH["seed"])
    files = {p.name: p.read_bytes() for p in SAMPLE.iterdir()}
    assert {p.name: p.read_bytes() for p in (tmp_path / "again").iterdir()} == files
    assert sum(map(len, files.values())) <= 9_000_000


def test_the_readme_says_first_that_it_is_fictitious():
    """In its first line."""
    assert "Fictitious" in (SAMPLE / "README.md").read_text().splitlines()[0]
