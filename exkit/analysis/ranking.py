"""Which place does an organisation have, and how sure is that?

Places are the least sure of all figures: where true scores lie close together, chance decides the order. The place that
was seen is therefore never given without the places that may be the true one. These come from drawing all true scores
at once, from what is known of each of them and of how much they differ; whatever chance moved, moves back in the draws.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from exkit.analysis.benchmark import LEAST_QUARTER
from exkit.analysis.held import OTHERS
from exkit.analysis.random_effects import combine, differing, spreads
from exkit.analysis.standing import KEYS, last_wave
from exkit.errors import need_columns
from exkit.measures.answers import not_asked
from exkit.result import result

ENDS = ["estimate", "conf_low", "conf_high"]
"""A place that was seen, and the places that may be the true one."""


def ranks(figures: pd.DataFrame, *, ci: float = 0.95, n_draws: int = 4000, seed: int = 1) -> pd.DataFrame:
    """Give the place of every organisation in the last wave, among all and in its sector, and how sure it is.

    Parameters
    ----------
    figures
        A protected result of `ex.standing`: an organisation that is not shown has no place, and takes none. Several
        questions may be in it.
    ci
        Confidence level.
    n_draws, seed
        How often all true scores are drawn.

    Returns
    -------
    DataFrame
        A result: group columns `sector`, `organisation` and `wave`; `against`, `all` or `sector`; `of`; `n` one's own
        answers; `n_organisations` that have a place, oneself included. Effect `rank`, 1 for the highest figure, ties
        sharing the best place; and `percentile`, the part of the *other* organisations with a lower figure, 0 to 1.

        Their interval holds the true place with probability `ci`, on average over the organisations: true scores are
        taken for a sample of a normal distribution, of which mean and spread are drawn too (the spread from its
        confidence distribution), and the error of each organisation from one variance pooled over organisations, since
        its own rests on few teams. It is stretched to hold the place that was seen.

        Reasons: `too_few_organisations` of fewer than six, for a percentile of fewer than twenty; `too_wide` where
        the figure is only indicative; its own where an organisation has no figure with a margin; `not_asked` or
        `no_question` (one row) where there are no organisations.

    References
    ----------
    Laird & Louis (1989), J. Educ. Stat. 14, 29-46; Goldstein & Spiegelhalter (1996), J. R. Stat. Soc. A 159, 385-443;
    Lin, Louis, Paddock & Ridgeway (2006), Bayesian Anal. 1, 915-946, for places from joint draws of true scores.
    """
    need_columns(figures, *KEYS, "std_error", where="the standing")
    single = last_wave(figures)
    if single.empty:
        reason = figures["reason"].iloc[0] or "not_asked"
        return not_asked(KEYS, x=figures["x"].iloc[0], effect="rank").assign(against="all", reason=reason)
    told = {"all": ["x", "wave"], "sector": ["x", "wave", "sector"]}
    parts = [
        _placed(part, ci, n_draws, seed).assign(against=against)
        for against, by in told.items()
        if against == "all" or (single["sector"] != "").any()
        for _name, part in single.groupby(by, sort=False)
    ]
    found = pd.concat(parts, ignore_index=True)
    return result(found[KEYS], **{name: found[name] for name in found if name not in KEYS})


def _placed(part: pd.DataFrame, ci: float, n_draws: int, seed: int) -> pd.DataFrame:
    """Give the places of one set of organisations."""
    known = _known(part)
    lacking = part["reason"].where(part["reason"] != "", "too_few").mask(part.index.isin(known.index), "")
    about = part[[*KEYS, "x", "n"]].assign(of=part["effect"], n_organisations=len(known), reason=lacking)
    wide = part.get("indicative", pd.Series(False, part.index)) & (about["reason"] == "")
    about = about.assign(reason=about["reason"].mask(wide, "too_wide"))
    places = _places(known, ci, n_draws, seed) if len(known) > OTHERS else {}
    least = {"rank": OTHERS + 1, "percentile": LEAST_QUARTER}
    rows = []
    for effect, enough in least.items():
        few = (about["reason"] == "") & (len(known) < enough)
        ends = places[effect] if len(known) >= enough else pd.DataFrame(columns=ENDS, dtype=float)
        told = about.assign(effect=effect, reason=about["reason"].mask(few, "too_few_organisations"))
        rows.append(told.join(ends.reindex(part.index).mask(wide)))
    return pd.concat(rows)


def _known(part: pd.DataFrame) -> pd.DataFrame:
    """Take the organisations that have a figure with a margin; those of one in which teams agree by luck count too."""
    known = part[np.isfinite(part["estimate"]) & np.isfinite(part["std_error"]) & (part["reason"] == "")]
    return known if (known["std_error"] > 0).any() else known.head(0)


def _places(known: pd.DataFrame, ci: float, n_draws: int, seed: int) -> dict[str, pd.DataFrame]:
    """Give the place that was seen and the ends of those that may be true, as ranks and as parts of the others."""
    values, others = known["estimate"].to_numpy(float), len(known) - 1
    above, below = (compared(values[None, :], values[:, None]).sum(axis=1) for compared in (np.greater, np.less))
    drawn = -drawn_scores(values, pooled_errors(known), n=n_draws, seed=seed)
    places = 1 + drawn.argsort(axis=1).argsort(axis=1)
    low, high = np.quantile(places, [(1 - ci) / 2, (1 + ci) / 2], axis=0, method="inverted_cdf")
    ranks = [1 + above, np.minimum(low, 1 + above), np.maximum(high, 1 + above)]
    parts = [below, np.minimum(others + 1 - high, below), np.maximum(others + 1 - low, below)]
    return {
        effect: pd.DataFrame(np.column_stack(ends).astype(float), known.index, ENDS)
        for effect, ends in {"rank": ranks, "percentile": [part / others for part in parts]}.items()
    }


def pooled_errors(known: pd.DataFrame) -> np.ndarray:
    """Give the sampling variance of each figure, from one variance of answers pooled over all of them.

    Parameters
    ----------
    known
        Rows of a result with `std_error`, `df`, `n` and `deff_kish`.

    Returns
    -------
    ndarray
        One per row: the pooled variance of an answer, its design included, divided by the answers that weights leave.
    """
    people = (known["n"] / known["deff_kish"]).to_numpy(float)
    df = known["df"].clip(lower=1).to_numpy(float)
    return np.average(known["std_error"].to_numpy(float) ** 2 * people, weights=df) / people


def drawn_scores(effects: np.ndarray, variances: np.ndarray, *, n: int, seed: int) -> np.ndarray:
    """Draw the true scores of all organisations together, given what was seen of them.

    Parameters
    ----------
    effects, variances
        Figures and their sampling variances, one per organisation.
    n, seed
        How many draws, and of which seed.

    Returns
    -------
    ndarray
        A row per draw: spread and mean of true scores first, then each score given both and its own figure.
    """
    rng = np.random.default_rng(seed)
    squared = spreads(effects, variances, rng.chisquare(len(effects) - 1, n)) ** 2
    _, mean, variance = differing(effects, variances, squared)
    mean = mean + np.sqrt(variance) * rng.normal(size=n)
    part = squared[:, None] / (squared[:, None] + variances)
    # Where nothing is seen of a spread all scores are the same, and chance puts them in order.
    deviation = np.sqrt(part * variances) + 1e-9 * np.sqrt(variances.mean())
    return mean[:, None] + part * (effects - mean[:, None]) + deviation * rng.normal(size=(n, len(effects)))


def true_spread(figures: pd.DataFrame, *, ci: float = 0.95) -> pd.DataFrame:
    """Say how far organisations lie apart in truth in the last wave, beside how far their figures do.

    Parameters
    ----------
    figures
        As in `ranks`.
    ci
        Confidence level.

    Returns
    -------
    DataFrame
        A result, a row per question and wave: group column `wave`; effect `spread` of `of`, the standard deviation of
        true scores (REML), with an interval from the exact distribution of Cochran's Q, of which `p_value` is the test
        that all true scores are the same. Extras: `seen`, the standard deviation of the figures; `share`, the part of
        its square that is true; `n_organisations`. `n` answers. Reason `too_few_organisations` of fewer than six.

    References
    ----------
    As in `exkit.analysis.random_effects`.
    """
    single = last_wave(figures)
    if single.empty:
        return not_asked(["organisation"], x=figures["x"].iloc[0], effect="spread").assign(of=figures["effect"].iloc[0])
    rows = pd.DataFrame([_apart(part, ci) for _name, part in single.groupby(["x", "wave"], sort=False)])
    return result(rows[["wave"]], effect="spread", **{name: rows[name] for name in rows if name != "wave"})


def _apart(part: pd.DataFrame, ci: float) -> dict[str, object]:
    """Say how far the organisations of one question and wave lie apart."""
    known = _known(part)
    about = {name: part[name].iloc[0] for name in ("wave", "x")} | {"of": part["effect"].iloc[0]}
    about |= {"n": int(known["n"].sum()), "n_organisations": len(known)}
    if len(known) <= OTHERS:
        return about | {"reason": "too_few_organisations"}
    values, variances = known["estimate"].to_numpy(float), pooled_errors(known)
    fitted = combine(values, variances)
    ends = spreads(values, variances, stats.chi2.ppf([(1 + ci) / 2, (1 - ci) / 2], len(known) - 1))
    seen = float(values.std(ddof=1))
    return about | {
        "estimate": fitted.tau, "conf_low": min(ends[0], fitted.tau), "conf_high": max(ends[1], fitted.tau),
        "p_value": fitted.p_value, "seen": seen, "share": min(fitted.tau**2 / seen**2, 1.0) if seen > 0 else np.nan,
    }  # fmt: skip
