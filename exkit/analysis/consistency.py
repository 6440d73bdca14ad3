"""Do teams with better employee experience have better customer experience in every organisation, or only on average?

"Consistently" speaks of organisations: that the link is there in nearly all of them. Counting the organisations where
it shows does not tell: with ten teams each, one and the same true correlation of .20 shows as a negative one in three
organisations of ten, by chance alone. So the organisations' own correlations are taken for what they are, uncertain
figures around true ones, and it is the true ones of which a mean, a spread and the share above 0 are estimated.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats

from exkit.analysis.levels import laid, questions, refusal
from exkit.analysis.random_effects import combine, draw, spreads
from exkit.measures.intervals import wilson

EFFECTS = ("r_mean", "tau", "r_predicted", "p_positive", "share_positive", "share_expected")
"""What is said of all organisations together, behind the `r` of each."""
LEAST = 8
"""Units below which an organisation's correlation is not made, as for its quarters."""
LEAST_ORGANISATIONS = 5
"""Organisations below which nothing is said of all."""
DUST = 1e-12
"""What binary fractions leave of zero, as a part of the whole."""


def consistency(
    units: pd.DataFrame,
    *,
    x: str | Sequence[str],
    y: str | Sequence[str],
    ci: float = 0.95,
    n_boot: int = 2000,
    seed: int = 1,
) -> pd.DataFrame:
    """Estimate how far the link of x and y over units is the same in all organisations.

    Parameters
    ----------
    units
        One row per unit of one wave: `unit`, `organisation`, x and y.
    x, y
        EX measures; CX measures or outcomes. One name or several: all pairs.
    ci
        Confidence level.
    n_boot, seed
        Draws of what spread and mean may be.

    Returns
    -------
    DataFrame
        A result with the group column `organisation`, for each pair a row per organisation and six of all together,
        whose `organisation` is empty.

        `r`: the correlation of x and y over the m units of one organisation that have both; Fisher's interval, p-value
        of t(m - 2), `n` = m. It is never corrected for unreliability, and never made of under 8 units.

        `r_mean`: mean of the true correlations, tanh of that of z = atanh r; random effects, each z with sampling
        variance 1/(m - 3); error and interval by Knapp and Hartung, t(k - 1) for k organisations. `std_error` on the
        scale of r, (1 - r²) times that of z.

        `tau`: standard deviation of the true z, REML, with the interval of Viechtbauer's Q profile; `p_value` that of
        Cochran's `q` with `df` = k - 1: if all organisations had the same true link, would they differ as much?

        `r_predicted`: the prediction interval around the mean, where the true correlation of a next organisation lies.
        `p_positive`: the part of all such organisations whose true correlation is above 0, Φ(mean / τ). Both intervals
        rest on draws of τ from its confidence distribution and of the mean given τ.

        `share_positive`: the part of the k organisations whose own r is above 0, with Wilson's interval; `n` is k.
        `share_expected`: what that would be on average if all of them had the mean link, the mean of Φ(z · √(m - 3))
        (ten units each and r = .20: 70%), its interval from that of the mean.

        Extras: `df`, `q`; `n_organisations` = k on the six rows, and `n_left_out`, organisations with fewer than 8
        units or no z of their own; `at`, the wave. `n` of the first four of the six counts the units.

        Reasons of an organisation: `no_answers`, `too_few_units`, `constant`, `perfect` (r is 1 or -1). Of the six:
        `several_waves`; `not_asked` where there are no organisations; `no_answers` where no unit has both;
        `one_organisation`; `too_few_organisations`, under 5 with a correlation of their own; `not_identifiable` where
        they are all the same. `p_positive` has `no_spread` and an interval, but no estimate, where τ is estimated at 0:
        it would be 1 or 0, by the sign of the mean, since nothing was seen of organisations that differ.

    Raises
    ------
    ExkitError
        If a column is not there, or holds text.

    Notes
    -----
    Units are taken as independent within their organisation. Correlations are those of the unit means at hand, noise
    included: a true link of .33 may show as .20.

    In simulated benchmarks of 10, 20 and 48 organisations of 8 to 12 units the interval of the mean covered in 95 to
    96%, that of `p_positive` in 94 to 97%, and the prediction interval held 93 to 97% of next organisations where links
    differed (99% where not). Percentiles of resampled organisations covered `p_positive` in 81 to 93%, and the usual
    prediction interval, t(k - 2) around an estimated τ, held 81 to 87% of next organisations where τ was .15: it is
    then estimated at 0 in 28 to 48% of benchmarks, and passes for none.

    Where all organisations had the same true link of .20, τ was 0 in more than half of the benchmarks, the prediction
    interval was above 0 in 8, 20 and 37%, and the lower end of `p_positive` above .8 in 4, 13 and 33%: ten units each
    tell little of consistency, and the intervals say so. Without any link the prediction interval was above 0 in at
    most .3%; with .20 and τ .15 (one organisation in eleven below 0) in 5 to 16%.

    References
    ----------
    Higgins, Thompson & Spiegelhalter (2009), J. R. Stat. Soc. A 172, 137-159; Mathur & VanderWeele (2019), Stat. Med.
    38, 1336-1342, for the part above 0; Nagashima, Noma & Furukawa (2019), Stat. Methods Med. Res. 28, 1689-1702;
    Viechtbauer (2007), Stat. Med. 26, 37-52. Mean, τ and Q equal R's metafor::rma(measure="ZCOR", test="knha").

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> teams = pd.DataFrame({"organisation": np.repeat(list("abcdefghij"), 10), "voice": rng.normal(size=100)})
    >>> teams = teams.assign(csat=0.3 * teams["voice"] + rng.normal(size=100))
    >>> found = consistency(teams, x="voice", y="csat")
    >>> found.loc[found["organisation"] == "", ["effect", "estimate", "conf_low", "conf_high", "n"]].round(2)
                effect  estimate  conf_low  conf_high    n
    10          r_mean      0.31      0.08       0.51  100
    11             tau      0.00      0.00       0.48  100
    12     r_predicted      0.31     -0.09       0.66  100
    13      p_positive       NaN      0.63       1.00  100
    14  share_positive      0.90      0.60       0.98   10
    15  share_expected      0.80      0.59       0.93   10
    """
    rows = []
    for pair, part in questions(units, x, y, by=[]):
        reason = refusal(part, pair["x"], pair["y"], level="within")
        own = None if reason else _own(part, pair["x"], pair["y"], ci=ci)
        reason = reason or _refusal(own)
        together = [{"effect": effect, "reason": reason} for effect in EFFECTS]
        if not reason:
            together = _together(own[own["reason"] == ""], ci=ci, n_boot=n_boot, seed=seed)
        counted = {"organisation": "", **_counted(own)}
        rows += [{**pair, **row} for row in ([] if own is None else own.to_dict("records"))]
        rows += [{**pair, **counted, **row} for row in together]
    return laid(rows, units, ["organisation"])


def _own(part: pd.DataFrame, x: str, y: str, *, ci: float) -> pd.DataFrame:
    """Correlate x and y within each organisation: a row each, with the reason where it has no correlation."""
    part = part[part["organisation"].notna()]
    home = part["organisation"]
    both = pd.DataFrame({"x": part[x], "y": part[y]})
    both = both.where(both.notna().all(axis="columns"))
    around = both - both.groupby(home).transform("mean")
    around = around.where(around.abs() > DUST * both.abs(), 0.0).where(both.notna())
    a, b = around["x"], around["y"]
    sums = pd.DataFrame({"n": both["x"].notna(), "xx": a**2, "yy": b**2, "xy": a * b}).groupby(home).sum()
    m, varies = sums["n"].astype(int), (sums["xx"] > 0) & (sums["yy"] > 0)
    r = (sums["xy"] / np.sqrt(sums["xx"] * sums["yy"]).where(varies)).clip(-1, 1)
    lacking = [m == 0, m < LEAST, ~varies, r.abs() > 1 - DUST]
    reason = np.select(lacking, ["no_answers", "too_few_units", "constant", "perfect"], "")
    made = pd.Series(reason == "", sums.index)
    known, size = r.where(made), m.where(made)
    z, error = np.arctanh(known), 1 / np.sqrt(size - 3)
    half = stats.norm.ppf((1 + ci) / 2) * error
    return pd.DataFrame(
        {
            "organisation": sums.index, "effect": "r", "estimate": known.mask(reason == "perfect", np.sign(r)),
            "std_error": (1 - known**2) * error, "conf_low": np.tanh(z - half), "conf_high": np.tanh(z + half),
            "p_value": 2 * stats.t.sf(known.abs() * np.sqrt((size - 2) / (1 - known**2)), size - 2), "n": m,
            "df": size - 2, "reason": reason, "interval": np.where(made, "fisher", ""),
        }
    )  # fmt: skip


def _refusal(own: pd.DataFrame) -> str:
    """Say why nothing can be said of all organisations together, if so."""
    if len(own) < 2:
        return "one_organisation" if len(own) else "not_asked"
    r = own.loc[own["reason"] == "", "estimate"]
    if len(r) < LEAST_ORGANISATIONS:
        return "too_few_organisations"
    return "" if np.ptp(r) > DUST else "not_identifiable"


def _counted(own: pd.DataFrame | None) -> dict[str, int]:
    """Count the units and organisations that have a say, and the organisations that are left out."""
    if own is None:
        return {"n": 0, "n_organisations": 0, "n_left_out": 0}
    entered = own["reason"] == ""
    return {
        "n": int(own.loc[entered, "n"].sum()), "n_organisations": int(entered.sum()),
        "n_left_out": int((~entered).sum()),
    }  # fmt: skip


def _together(own: pd.DataFrame, *, ci: float, n_boot: int, seed: int) -> list[dict[str, object]]:
    """Say of all organisations how large the link is, how much it differs, and in what part of them it is above 0."""
    z, m, tails = np.arctanh(own["estimate"].to_numpy()), own["n"].to_numpy(), [(1 - ci) / 2, (1 + ci) / 2]
    found = combine(z, 1 / (m - 3))
    low, high = found.mean + stats.t.ppf(tails, found.df) * found.std_error
    spread = spreads(z, 1 / (m - 3), stats.chi2.ppf(tails[::-1], found.df))
    mean, tau, following = draw(z, 1 / (m - 3), n=n_boot, seed=seed)
    positive = float((own["estimate"] > 0).mean())
    alike = [stats.norm.cdf(value * np.sqrt(m - 3)).mean() for value in (found.mean, low, high)]
    centre = {"estimate": np.tanh(found.mean)}
    return [
        {
            "effect": "r_mean", **centre, "std_error": (1 - centre["estimate"] ** 2) * found.std_error,
            **_between(np.tanh([low, high])), "p_value": 2 * stats.t.sf(abs(found.mean) / found.std_error, found.df),
            "df": found.df, "interval": "knapp_hartung",
        },
        {
            "effect": "tau", "estimate": found.tau, **_between(spread), "p_value": found.p_value, "q": found.q,
            "df": found.df, "interval": "q_profile",
        },
        {"effect": "r_predicted", **centre, **_between(np.tanh(np.quantile(following, tails))), "interval": "draws"},
        {
            "effect": "p_positive", **_between(np.quantile(_above(mean, tau), tails)), "interval": "draws",
            **({"estimate": stats.norm.cdf(found.mean / found.tau)} if found.tau > 0 else {"reason": "no_spread"}),
        },
        {
            "effect": "share_positive", "estimate": positive, "n": len(own), "interval": "wilson",
            **_between(wilson(positive, n=len(own), q=stats.norm.ppf(tails[1]))),
        },
        {
            "effect": "share_expected", "estimate": alike[0], "n": len(own), **_between(alike[1:]),
            "interval": "knapp_hartung",
        },
    ]  # fmt: skip


def _between(bounds: Sequence[float]) -> dict[str, float]:
    """Name the ends of an interval."""
    return {"conf_low": float(bounds[0]), "conf_high": float(bounds[1])}


def _above(mean: np.ndarray, tau: np.ndarray) -> np.ndarray:
    """Give the part of true effects above 0; all or none where they do not differ."""
    part = stats.norm.cdf(mean / np.where(tau > 0, tau, 1))
    return np.where(tau > 0, part, np.where(mean > 0, 1.0, 0.0))
