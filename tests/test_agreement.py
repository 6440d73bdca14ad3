"""The table of agreement: every golden value that R computed, beside what the kit gives.

`tests/golden` is itself a dataset, with the R script that made `expected.json` beside it. Where the kit prints another
convention than R's entry (t for z, n - 1 for n), the row says how the one follows from the other.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import exkit as ex
from exkit.analysis.crosslag import Panel, fit
from exkit.analysis.linkage import at_level, correlations
from exkit.analysis.paths import by_way_of, covariances
from exkit.measures.reliability import alpha_of, covariance, one_factor
from exkit.measures.tally import Tally
from exkit.survey.codebook import Codebook
from exkit.survey.study import Study

GOLDEN = Path(__file__).parent / "golden"
EXPECTED = json.loads((GOLDEN / "expected.json").read_text())
Z = stats.norm.ppf(0.975)
Row = tuple[str, float, float]


@cache
def counted(x: str, *, weighted: bool, cluster: str | None = None) -> Tally:
    """Count a question of the golden study, with its weights or as if all were one."""
    study = ex.open(GOLDEN)
    if not weighted:
        tables = {name: table.assign(weight=1.0) for name, table in study.tables.items()}
        study = replace(study, tables=tables)
    return ex.tally(study, x, cluster=cluster)


def plain(row: pd.Series, want: dict) -> Iterator[Row]:
    """An unweighted NPS: R's standard error has n below the line, the kit's n - 1."""
    n, se = row["n"], row["std_error"] * np.sqrt((row["n"] - 1) / row["n"])
    t = stats.t.ppf(0.975, row["df"]) * row["std_error"]
    for band in ("promoter", "passive", "detractor"):
        yield f"p_{band}", row[f"{band}s"], want[f"p_{band}"]
        yield f"n_{band}", row[f"{band}s"] * n, want[f"n_{band}"]
    yield from [("n", n, want["n"]), ("nps", row["estimate"], want["nps"]), ("se", se, want["se"])]
    yield from [
        ("ci_low", row["estimate"] - Z * se, want["ci_low"]),
        ("ci_high", row["estimate"] + Z * se, want["ci_high"]),
    ]
    yield from [("se_n1", row["std_error"], want["se_n1"])]
    yield from [
        ("ci_t_low", row["estimate"] - t, want["ci_t_low"]),
        ("ci_t_high", row["estimate"] + t, want["ci_t_high"]),
    ]


def designed(row: pd.Series, want: dict) -> Iterator[Row]:
    """A weighted NPS on its design."""
    e, se, t = row["estimate"], row["std_error"], stats.t.ppf(0.975, row["df"])
    yield from [
        ("n", row["n"], want["n"]),
        ("nps", e, want["nps"]),
        ("se", se, want["se"]),
        ("df", row["df"], want["df"]),
    ]
    yield from [("ci_low", e - Z * se, want["ci_low"]), ("ci_high", e + Z * se, want["ci_high"])]
    yield from [("ci_t_low", e - t * se, want["ci_t_low"]), ("ci_t_high", e + t * se, want["ci_t_high"])]
    yield from [
        ("deff_kish", row["deff_kish"], want["deff_kish"]),
        ("n_eff_kish", row["n"] / row["deff_kish"], want["n_eff_kish"]),
    ]


def each(result: pd.DataFrame, wanted: list[dict], key: str, compare_row: object) -> Iterator[Row]:
    """Compare a result group by group."""
    by_name = {str(want["year" if key == "wave" else key]): want for want in wanted}
    assert set(by_name) == set(result[key])
    for _, row in result.iterrows():
        yield from ((f"{row[key]} {what}", got, want) for what, got, want in compare_row(row, by_name[row[key]]))


def family_1() -> Iterator[tuple[str, Iterator[Row]]]:
    """NPS: plain, weighted, clustered, by jackknife; differences of years."""
    work, customers = counted("recommend_work", weighted=False), counted("customers.recommend", weighted=False)
    weighted = {
        cluster: counted("recommend_work", weighted=True, cluster=cluster) for cluster in (None, "unit", "respondent")
    }
    want = {key: entry["value"] for key, entry in EXPECTED.items()}
    yield "1.enps.overall", plain(ex.nps(work).iloc[0], want["1.enps.overall"])
    for group, key in {"year": "wave", "sector": "sector"}.items():
        yield f"1.enps.by_{group}", each(ex.nps(work, by=[key]), want[f"1.enps.by_{group}"], key, plain)
        name = f"1.enps.weighted.srs.by_{group}"
        yield name, each(ex.nps(weighted[None], by=[key]), want[name], key, designed)
    yield (
        "1.nps.customers.by_year",
        each(ex.nps(customers, by=["wave"]), want["1.nps.customers.by_year"], "wave", plain),
    )
    for cluster, name in {None: "srs", "unit": "cluster_team", "respondent": "cluster_employee"}.items():
        key = f"1.enps.weighted.{name}.overall"
        yield key, designed(ex.nps(weighted[cluster]).iloc[0], want[key])
    key = "1.enps.weighted.cluster_team.by_year"
    yield key, each(ex.nps(weighted["unit"], by=["wave"]), want[key], "wave", designed)
    yield (
        "1.enps.weighted.cluster_team.jackknife",
        jackknife(weighted["unit"], want["1.enps.weighted.cluster_team.jackknife"]),
    )
    yield "1.diff.unweighted.2024_2022", plain_difference(work, want["1.diff.unweighted.2024_2022"])
    yield "1.diff.weighted.srs.2024_2022", difference(weighted[None], want["1.diff.weighted.srs.2024_2022"])
    yield (
        "1.diff.weighted.cluster_employee.2024_2022",
        short(weighted["respondent"], want["1.diff.weighted.cluster_employee.2024_2022"]),
    )
    yield "1.diff.weighted.cluster_team.svyglm", svyglm(weighted["unit"], want["1.diff.weighted.cluster_team.svyglm"])


def jackknife(tally: Tally, want: dict) -> Iterator[Row]:
    """Leave each team out of the tally in turn: no respondent is needed for it."""
    teams = tally.counts["unit"].unique()
    left = [
        ex.nps(replace(tally, counts=tally.counts[tally.counts["unit"] != team]))["estimate"].iloc[0] for team in teams
    ]
    yield "nps", ex.nps(tally)["estimate"].iloc[0], want["nps"]
    yield "se", np.sqrt((len(left) - 1) * np.var(left)), want["se"]


def change(tally: Tally) -> pd.Series:
    """The difference between the first year and the last."""
    found = ex.compare(tally, between="wave", against="2022")
    return found[found["level"] == "2024"].iloc[0]


def short(tally: Tally, want: dict) -> Iterator[Row]:
    """A difference and its standard error."""
    row = change(tally)
    yield from [("diff", row["estimate"], want["diff"]), ("se", row["std_error"], want["se"])]


def difference(tally: Tally, want: dict) -> Iterator[Row]:
    """A difference with R's normal interval."""
    row, z = change(tally), change(tally)["estimate"] / change(tally)["std_error"]
    yield from short(tally, want)
    yield from [("z", z, want["z"]), ("p", 2 * stats.norm.sf(abs(z)), want["p"])]
    yield "ci_low", row["estimate"] - Z * row["std_error"], want["ci_low"]
    yield "ci_high", row["estimate"] + Z * row["std_error"], want["ci_high"]


def plain_difference(tally: Tally, want: dict) -> Iterator[Row]:
    """The same with n below the line in both years."""
    row, years = change(tally), ex.nps(tally, by=["wave"]).set_index("wave").loc[["2022", "2024"]]
    se = np.sqrt((years["std_error"] ** 2 * (years["n"] - 1) / years["n"]).sum())
    z = row["estimate"] / se
    yield from [("diff", row["estimate"], want["diff"]), ("se", se, want["se"]), ("z", z, want["z"])]
    yield "p", 2 * stats.norm.sf(abs(z)), want["p"]
    yield from [
        ("ci_low", row["estimate"] - Z * se, want["ci_low"]),
        ("ci_high", row["estimate"] + Z * se, want["ci_high"]),
    ]


def svyglm(tally: Tally, want: dict) -> Iterator[Row]:
    """A regression on year: its intercept is the first year, its df two less than the kit's C - H."""
    first, changes = ex.nps(tally, by=["wave"]).iloc[0], ex.compare(tally, between="wave", against="2022")
    estimates, errors = [first["estimate"], *changes["estimate"]], [first["std_error"], *changes["std_error"]]
    assert (changes["df"] - 2 == want["df_resid"]).all()
    for i, (estimate, error) in enumerate(zip(estimates, errors, strict=True)):
        t = estimate / error
        yield from [(f"estimate {i}", estimate, want["estimate"][i]), (f"se {i}", error, want["se"][i])]
        yield from [(f"t {i}", t, want["t"][i]), (f"p {i}", 2 * stats.t.sf(abs(t), want["df_resid"]), want["p"][i])]


def family_2() -> Iterator[tuple[str, Iterator[Row]]]:
    """Who recommends, by promoter group: counts, Wilson intervals, differences, ratios, association, trend."""
    study = ex.open(GOLDEN)
    tables = {**study.tables, "employees": study.tables["employees"].assign(weight=1.0)}
    study = replace(study, tables=tables)
    pairs = ex.cross(study, x="recommend_work", y="recommend_to_customers", cluster=None)
    counts = pairs.counts.pivot_table(index="promoter_group", columns="answer", values="n", aggfunc="sum")
    want = {key: entry["value"] for key, entry in EXPECTED.items()}
    yield "2.table", ((f"{g} {a:g}", counts.at[g, a], want["2.table"][g][int(a)]) for g in counts.index for a in counts)
    yield "2.proportions", proportions(ex.recommending(pairs), want["2.proportions"])
    against = ex.compare(pairs, between="promoter_group", of="favourable", against="passive").set_index("level")
    ratios = ex.ratios(pairs).set_index(["level", "reference", "effect"]).sort_index()
    for level, pair in {"promoter": ("promoter", "passive"), "detractor": ("passive", "detractor")}.items():
        key, n = f"2.effects.{level}_vs_passive", counts.sum(axis=None)
        yield key, effects(against.loc[level], ratios.loc[pair], want[key], inverse=level == "detractor", n=n)
    strength = ex.association(pairs).set_index("effect")
    yield "2.chi2", independence(strength.loc["cramers_v"], want["2.chi2"])
    v = {"v": strength.at["cramers_v", "estimate"], "v_bias_corrected": strength.at["cramers_v", "corrected"]}
    yield "2.cramers_v", ((key, got, want["2.cramers_v"][key]) for key, got in v.items())
    yield "2.cochran_armitage", trend(strength.loc["r"], want["2.cochran_armitage"])


def effects(difference: pd.Series, ratios: pd.DataFrame, want: dict, *, inverse: bool, n: int) -> Iterator[Row]:
    """MOVER is Newcombe's interval; of a ratio R has n below the line, the kit n - 1, and the larger group on top."""
    yield from [("rd", difference["estimate"], want["rd"]), ("low", difference["conf_low"], want["rd_newcombe_low"])]
    yield "high", difference["conf_high"], want["rd_newcombe_high"]
    for effect, key in {"risk_ratio": "rr", "odds_ratio": "or"}.items():
        row = ratios.loc[effect]
        log = np.log(row["estimate"]) * (-1 if inverse else 1)
        error = row["std_error"] / row["estimate"] * np.sqrt((n - 1) / n)
        yield from [(key, np.exp(log), want[key]), (f"{key} p", 2 * stats.norm.sf(abs(log / error)), want[f"{key}_p"])]
        for end, z in (("low", -Z), ("high", Z)):
            yield f"{key} {end}", np.exp(log + z * error), want[f"{key}_{end}"]


def independence(row: pd.Series, want: dict) -> Iterator[Row]:
    """Pearson's χ²; the p-value of a simple sample."""
    yield from [("chi2", row["chi2"], want["chi2"]), ("df", row["chi2_df"], want["df"]), ("n", row["n"], want["n"])]
    yield "p", stats.chi2.sf(row["chi2"], row["chi2_df"]), want["p"]


def trend(row: pd.Series, want: dict) -> Iterator[Row]:
    """The trend with n, as printed, and with n - 1, as Mantel has it."""
    mantel = row["z"] * np.sqrt((row["n"] - 1) / row["n"])
    yield from [("z", row["z"], want["z"]), ("chi2", row["z"] ** 2, want["chi2"]), ("p", row["p_value"], want["p"])]
    yield from [("z_n1", mantel, want["z_n1"]), ("M2_n1", mantel**2, want["M2_n1"])]


def proportions(result: pd.DataFrame, wanted: list[dict]) -> Iterator[Row]:
    """Shares with their Wilson intervals."""
    found = result.set_index("promoter_group")
    for want in wanted:
        row = found.loc[want["group"]]
        yield from [
            ("n", row["n"], want["n"]),
            ("p", row["estimate"], want["p"]),
            ("yes", row["estimate"] * row["n"], want["yes"]),
        ]
        yield from [("low", row["conf_low"], want["wilson_low"]), ("high", row["conf_high"], want["wilson_high"])]


def family_3() -> Iterator[tuple[str, Iterator[Row]]]:
    """Reliability of twelve items."""
    tally = counted("engagement", weighted=True)
    alpha, want = ex.alpha(tally).iloc[0], {key: entry["value"] for key, entry in EXPECTED.items()}
    names = ["n", "k", "estimate", "conf_low", "conf_high", "standardised", "mean_r"]
    r = ["n", "k", "alpha", "ci_low", "ci_high", "alpha_standardised", "mean_inter_item_r"]
    yield "3.alpha.listwise", ((a, alpha[a], want["3.alpha.listwise"][b]) for a, b in zip(names, r, strict=True))
    low_high = {"low": alpha["conf_low"], "high": alpha["conf_high"]}
    yield "3.alpha.psych_ci", ((key, got, want["3.alpha.psych_ci"][key]) for key, got in low_high.items())
    items = ex.open(GOLDEN).tables["employees"].filter(regex=r"^q\d\d$")
    pairwise = {"n": len(items), "alpha": alpha_of(items.cov().to_numpy())}
    yield "3.alpha.pairwise", ((key, got, want["3.alpha.pairwise"][key]) for key, got in pairwise.items())
    yield "3.item_rest", item_rest(ex.item_rest(tally), want["3.item_rest"])
    yield "3.omega.cfa", omega(tally, want["3.omega.cfa"])
    standard = {"omega": ex.omega(tally)["standardised"].iloc[0]}
    yield (
        "3.omega.factanal_correlation",
        ((key, got, want["3.omega.factanal_correlation"][key]) for key, got in standard.items()),
    )
    minres = ex.omega(tally, method="minres")["standardised"].iloc[0]
    yield "3.omega.minres_correlation", iter([("omega", minres, want["3.omega.minres_correlation"]["omega"])])


def item_rest(result: pd.DataFrame, want: dict) -> Iterator[Row]:
    """Item-rest correlations and the α without each item."""
    assert list(result["x"]) == want["items"]
    for i, row in result.iterrows():
        yield from [
            (row["x"], row["estimate"], want["r_item_rest"][i]),
            (row["x"], row["alpha_without"], want["alpha_if_dropped"][i]),
        ]


def omega(tally: Tally, want: dict) -> Iterator[Row]:
    """ω, its loadings and unique variances, and the fit of one factor."""
    row, block = ex.omega(tally).iloc[0], tally.items["engagement"]
    cov = covariance(block) * (row["n"] - 1) / row["n"]
    sd = np.sqrt(np.diag(cov))
    loadings, unique = one_factor(cov / np.outer(sd, sd), method="ml")
    yield from ((f"loading {i}", got, want["loadings"][i]) for i, got in enumerate(loadings * sd))
    yield from ((f"theta {i}", got, want["theta"][i]) for i, got in enumerate(unique * sd**2))
    yield from [
        ("omega", row["estimate"], want["omega_total"]),
        ("observed", row["observed"], want["omega_observed_variance"]),
    ]
    yield from ((key, row[key], want[key]) for key in ("n", "chisq", "cfi", "rmsea", "srmr"))


def pooled() -> Study:
    """Open the golden study with its years as one wave and every answer counting once."""
    study = ex.open(GOLDEN)
    rows = study.codebook.rows
    return replace(
        study,
        codebook=Codebook(rows.assign(role=rows["role"].replace("wave", ""))),
        tables={name: table.assign(weight=1.0) for name, table in study.tables.items()},
    )


def family_4() -> Iterator[tuple[str, Iterator[Row]]]:
    """Teams: two of R's entries count a person's three years as three raters, which is arithmetic and no advice."""
    timeless = pooled()
    tallies = {
        "4.icc.engagement_2024": counted("engagement", weighted=True).at(wave="2024"),
        "4.icc.engagement_pooled": ex.tally(timeless, "engagement"),
        "4.icc.customer_recommend_pooled": ex.tally(timeless, "customers.recommend"),
    }
    for name, tally in tallies.items():
        yield name, teams(ex.icc(tally), EXPECTED[name]["value"])


def teams(result: pd.DataFrame, want: dict) -> Iterator[Row]:
    """ICC(1) with both group sizes, ICC(2), and what they are made of; the interval by F with R's group size."""
    icc1, icc2 = result.iloc[0], result.iloc[1]
    yield from [("n", icc1["n"], want["n"]), ("groups", icc1["n_units"], want["groups"])]
    yield from [("k", icc1["k"], want["k_mean"]), ("n0", icc1["n0"], want["k0"]), ("p", icc1["p_value"], want["p"])]
    yield from [("msb", icc1["msb"], want["ms_between"]), ("msw", icc1["msw"], want["ms_within"])]
    yield from [("icc1", icc1["estimate"], want["icc1_kmean"]), ("icc1 n0", icc1["at_n0"], want["icc1_k0"])]
    yield "icc2", icc2["estimate"], want["icc2"]
    for end in ("low", "high"):
        f = 1 / (1 - icc2[f"conf_{end}"])
        yield f"icc2 {end}", icc2[f"conf_{end}"], want[f"icc2_{end}"]
        yield f"icc1 n0 {end}", (f - 1) / (f + icc1["n0"] - 1), want[f"icc1_k0_{end}"]


def family_5() -> Iterator[tuple[str, Iterator[Row]]]:
    """Do teams with more engagement have a higher customer NPS? Three years pooled, every answer once."""
    timeless = pooled()
    asked = {"x": "engagement", "y": "customers.recommend"}
    units = ex.units(*(ex.tally(timeless, name) for name in asked.values()), of={"customers.recommend": "nps"})
    numbers = ["n", "estimate", "df", "p_value", "conf_low", "conf_high"]
    ends = ["ci_bonett_wright_low", "ci_bonett_wright_high"]
    for name, how, r in [
        ("5.pearson.ex_nps", {}, ["n", "r", "df", "p", "ci_low", "ci_high"]),
        ("5.partial.ex_nps_given_sector", {"covar": ["sector"]}, ["n", "r", "df", "p", "ci_low", "ci_high"]),
        ("5.spearman.ex_nps", {"method": "spearman"}, ["n", "rho", None, "p_t", *ends]),
    ]:
        row, want = ex.correlate(units, **asked, **how).iloc[0], EXPECTED[name]["value"]
        yield name, iter([(b, row[a], want[b]) for a, b in zip(numbers, r, strict=True) if b])
    row, want = ex.disattenuate(units, **asked).iloc[1], EXPECTED["5.attenuation.ex_nps"]["value"]
    both = {"rxx": "icc2_x", "ryy": "icc2_y", "r_corrected": "estimate"}
    yield "5.attenuation.ex_nps", iter([(b, row[a], want[b]) for b, a in both.items()])


def team_table() -> pd.DataFrame:
    """Give the table of 120 teams that R made, three years pooled."""
    return pd.DataFrame(EXPECTED["5.team_table"]["value"]).rename(columns={"team_id": "unit"})


def resampled() -> np.ndarray:
    """Count how often each of the 120 teams is in each of the 2,000 resamples that R was given too."""
    index = pd.read_csv(GOLDEN / "bootstrap_index_120x2000.csv.gz", header=None).to_numpy()
    return np.apply_along_axis(np.bincount, 1, index, minlength=120).astype(float)


def family_5_by_team() -> Iterator[tuple[str, Iterator[Row]]]:
    """Are teams, their correlations, resamples and slope those of R?"""
    timeless = pooled()
    asked = {"ex": "engagement", "nps": "customers.recommend", "csat": "csat", "enps": "employees.recommend"}
    of = dict.fromkeys(("customers.recommend", "employees.recommend"), "nps")
    found = ex.units(*(ex.tally(timeless, name) for name in asked.values()), of=of).set_index("unit")
    table = team_table().set_index("unit")
    yield (
        "5.team_table",
        ((f"{a} of {u}", found.at[u, b], table.at[u, a]) for a, b in asked.items() for u in table.index),
    )
    matrix = EXPECTED["5.correlation_matrix"]["value"]
    rows = [
        (how, ex.correlate(team_table(), x=matrix["vars"], y=matrix["vars"], method=how))
        for how in ("pearson", "spearman")
    ]
    yield (
        "5.correlation_matrix",
        ((how, r, w) for how, f in rows for r, w in zip(f["estimate"], np.ravel(matrix[how]), strict=True)),
    )
    alone = at_level(team_table().assign(organisation=team_table()["unit"]), "ex", "nps", level="pooled")
    r, want = correlations(alone, resampled()), EXPECTED["5.bootstrap.pearson_fixed_index"]["value"]
    got = {"B": len(r), "mean": r.mean(), "se": r.std(ddof=1)}
    got |= {"ci_low": np.quantile(r, 0.025), "ci_high": np.quantile(r, 0.975)}
    yield "5.bootstrap.pearson_fixed_index", ((name, got[name], want[name]) for name in want)
    slope = ex.quarters(team_table().rename(columns={"sector": "organisation"}), x="ex", y="nps").iloc[0]
    b = slope["estimate"] / slope["sd_x"]
    yield "5.ols.nps_on_ex_sector", iter([("b", b, EXPECTED["5.ols.nps_on_ex_sector"]["value"]["b"])])


def family_6() -> Iterator[tuple[str, Iterator[Row]]]:
    """What separates the top quarter of teams from the bottom quarter, and is there a trend over the quarters?

    R's interval of the ratio takes z where the kit takes t.
    """
    units = team_table().drop(columns="sector")
    for y in ("nps", "margin", "complaints_1000"):
        found = ex.quarters(units, x="ex", y=y, points=["nps"]).set_index("effect")
        diff, ratio = found.loc["diff"], found.loc["ratio"]
        got = {
            "n_top": diff["n"] / 2, "n_bottom": diff["n"] / 2, "mean_top": diff["top"], "mean_bottom": diff["bottom"],
            "diff": diff["estimate"], "t_welch": diff["estimate"] / diff["std_error"], "df_welch": diff["df"],
            "p_welch": diff["p_value"], "ci_low": diff["conf_low"], "ci_high": diff["conf_high"],
        }  # fmt: skip
        if y != "nps":
            z = Z * ratio["std_error"] / ratio["estimate"]
            percent = {"pct_diff": 0, "pct_log_low": -z, "pct_log_high": z}
            got |= {name: 100 * (ratio["estimate"] * np.exp(shift) - 1) for name, shift in percent.items()}
        want = EXPECTED[f"6.top_bottom.{y}"]["value"]
        yield f"6.top_bottom.{y}", iter([(name, value, want[name]) for name, value in got.items()])
        row, want = ex.jonckheere(units, x="ex", y=y).iloc[0], EXPECTED[f"6.trend.{y}"]["value"]
        columns = {"JT": "jt", "mean0": "jt_mean", "var_ties": "jt_variance", "z": "z", "p": "p_value"}
        yield f"6.trend.{y}", iter([(name, row[column], want[name]) for name, column in columns.items()])


def family_10() -> Iterator[tuple[str, Iterator[Row]]]:
    """Is satisfaction between engagement and margin? The standard errors are the bootstrap's, and not compared."""
    found = ex.mediate(ex.block(team_table(), ["ex", "csat", "margin"]), x="ex", m="csat", y="margin").set_index(
        "effect"
    )
    names = {"a": "a", "b": "b", "c_total": "total", "c_prime": "direct", "ab": "indirect"}
    want = EXPECTED["10.mediation.team_ex_csat_margin"]["value"]
    rows = [(name, found.at[effect, "estimate"], want[name]) for name, effect in names.items()]
    rows += [("ab_std", found.at["indirect", "standardised"], want["ab_std"]), ("n", found["n"].iloc[0], want["n"])]
    yield "10.mediation.team_ex_csat_margin", iter(rows)
    values = np.column_stack([np.ones(120), team_table()[["ex", "csat", "margin"]]])
    sums = np.tensordot(resampled(), values[:, :, None] * values[:, None, :], axes=1)
    ab = by_way_of(covariances(sums))[:, 4]
    got = {"ab_mean": ab.mean(), "ab_se": ab.std(ddof=1)}
    got |= {"pct_low": np.quantile(ab, 0.025), "pct_high": np.quantile(ab, 0.975)}
    want = EXPECTED["10.bootstrap.fixed_index"]["value"]
    yield "10.bootstrap.fixed_index", ((name, got[name], want[name]) for name in want)


def family_12() -> Iterator[tuple[str, Iterator[Row]]]:
    """Cross-lagged models of team means: two years by regression and by likelihood, three with random intercepts."""
    x, y = "engagement", "customers.recommend"
    teams = ex.units(counted(x, weighted=False), counted(y, weighted=False))
    wide = teams.pivot_table(index="unit", columns="wave", values=[x, y])
    for earlier, later in (("2022", "2023"), ("2023", "2024")):
        four = wide[[(x, earlier), (y, earlier), (x, later), (y, later)]]
        for name, outcome in {f"12.clpm_lm.ex{later[2:]}": 2, f"12.clpm_lm.cx{later[2:]}": 3}.items():
            yield name, regression(four[four.iloc[:, [0, 1, outcome]].notna().all(axis="columns")], outcome, name)
    for name, rows in {"12.lavaan.2wave.fiml": four, "12.lavaan.2wave.listwise": four.dropna()}.items():
        paths, want = two_waves(rows), EXPECTED[name]["value"]
        yield name, zip(want["path"], [*paths[1], *paths[0]], want["est"], strict=True)
    found = ex.lead_lag(teams, x=x, y=y).query("model == 'ri_clpm'").set_index(["y", "x"])["b"]
    name, order = "12.riclpm_equal.fiml", [(x, x), (x, y), (y, x), (y, y)]
    want = EXPECTED[name]["value"]
    yield name, zip(want["path"], [found[pair] for pair in order * 2], want["est"], strict=True)


def two_waves(rows: pd.DataFrame) -> np.ndarray:
    """Paths of a cross-lagged model of two waves, later by earlier measure."""
    moves = (rows - rows.mean()).to_numpy()
    return fit(Panel(moves, np.zeros(moves.shape), np.ones(2), np.arange(len(moves))), intercepts=False).paths


def regression(rows: pd.DataFrame, outcome: int, name: str) -> Iterator[Row]:
    """One of the two equations, on the rows complete for it; standardised on those rows."""
    want, sd = EXPECTED[name]["value"], rows.std().to_numpy()
    yield "n", len(rows), want["n"]
    for i, b in enumerate(two_waves(rows)[outcome - 2]):
        yield from [("b", b, want["b_raw"][i]), ("beta", b * sd[i] / sd[outcome], want["beta"][i])]


def families_13_and_14() -> Iterator[tuple[str, Iterator[Row]]]:
    """Adjusted p-values and quantiles."""
    p = pd.read_csv(GOLDEN / "pvalues.csv")["p"]
    want = {key: entry["value"] for key, entry in EXPECTED.items()}
    for name, key in {"13.p_adjust": None, "13.p_adjust_with_missing": "missing_index_0based"}.items():
        tested = pd.DataFrame({"p_value": p.mask(p.index.isin(want[name].get(key, [])))})
        methods = [m for m in ("bonferroni", "holm", "hochberg", "hommel", "BH", "BY") if m in want[name]]
        adjusted = {m: ex.adjust(tested, method=m.lower())["p_adjusted"] for m in methods}
        wanted = {m: pd.Series(want[name][m], dtype=float) for m in methods}
        yield name, iter([(f"{m} {i}", adjusted[m][i], wanted[m][i]) for m in methods for i in p.index])
    teams = ex.mean(counted("engagement", weighted=False), by=["unit"])
    asked = want["14.quantiles_type7"]
    found = ex.quantiles(teams, at=[int(name[1:]) / 100 for name in asked]).set_index("y")["estimate"]
    yield "14.quantiles_type7", ((name, found[name], asked[name]) for name in asked)


TABLE = [
    *family_1(), *family_2(), *family_3(), *family_4(), *family_5(), *family_5_by_team(), *family_6(), *family_10(),
    *family_12(), *families_13_and_14(),
]  # fmt: skip
LATER = {
    "0.derived", "2.fisher_conditional_or.promoter_vs_passive",
    "4.rwg.q01_2024", "4.rwgj.items_2024", "4.ad.q01_2024", "5.kendall.ex_nps", "5.fisher_z_difference.banking_retail",
    "6.quartile_cuts", "6.welch_anova.nps", "6.welch_anova.margin", "11.lmer.ex.reml", "11.lmer.ex.ml",
    "11.lmer.ex_year_sector.reml", "11.lmer.null.reml",
}  # fmt: skip
"""The counts that lead to the rest, and what the kit does not offer yet."""


@pytest.mark.parametrize(("name", "rows"), TABLE, ids=[name for name, _ in TABLE])
def test_the_kit_agrees_with_r(name: str, rows: Iterator[Row]):
    """Every value of the entry is reached to the entry's own tolerance."""
    tolerance, compared = EXPECTED[name]["tol"], list(rows)
    assert compared
    for what, got, want in compared:
        both_missing = np.isnan(got) and np.isnan(want)
        assert both_missing or abs(got - want) <= tolerance * max(1, abs(want)), f"{name}, {what}: {got} for {want}"


def test_no_entry_of_the_golden_file_is_left_out():
    """An entry is either in the table or named as none of the kit's."""
    assert {name for name, _ in TABLE} | LATER == set(EXPECTED)


def test_the_golden_study_has_the_people_that_r_counted():
    """The counts that everything else rests on."""
    derived, study = EXPECTED["0.derived"]["value"], ex.open(GOLDEN)
    score = ex.mean(counted("engagement", weighted=False)).iloc[0]
    assert (len(study.tables["employees"]), score["n"]) == (derived["n_emp"], derived["n_eng"])
    assert score["estimate"] == pytest.approx(derived["eng_mean"], abs=1e-9)
    assert counted("engagement", weighted=False).items["engagement"].keys["n"].sum() == derived["n_complete_items"]
