"""Notebooks and statistics on the link between employee experience (EX) and customer experience (CX).

    import exkit as ex

    study = ex.open("data/sample", language="nl")
    tally = ex.tally(study, "recommend_work")
    ex.nps(tally, by=["sector"])

Names are imported when they are first used, so that `import exkit` costs nothing.
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

HOME = {
    "open": "exkit.survey.study",
    "published": "exkit.survey.published",
    "tally": "exkit.measures.tally",
    "cross": "exkit.measures.cross",
    "moved": "exkit.measures.cross",
    "followed": "exkit.measures.cross",
    "block": "exkit.measures.block",
    "nps": "exkit.measures.nps",
    "shares": "exkit.measures.nps",
    "bands": "exkit.measures.nps",
    "favourable": "exkit.measures.nps",
    "mean": "exkit.measures.nps",
    "alpha": "exkit.measures.reliability",
    "omega": "exkit.measures.reliability",
    "item_rest": "exkit.measures.reliability",
    "response": "exkit.measures.response",
    "outcomes": "exkit.measures.units",
    "units": "exkit.measures.units",
    "gather": "exkit.measures.gather",
    "matched": "exkit.measures.matching",
    "unmatched": "exkit.measures.matching",
    "reliabilities": "exkit.measures.gather",
    "team_scores": "exkit.measures.team_scores",
    "agreements": "exkit.measures.team_scores",
    "alphas": "exkit.measures.team_scores",
    "icc": "exkit.measures.teams",
    "reliability": "exkit.measures.teams",
    "agreement": "exkit.measures.agreement",
    "raters_needed": "exkit.measures.raters",
    "reliability_at": "exkit.measures.raters",
    "shrunken": "exkit.measures.shrinkage",
    "aggregation": "exkit.analysis.aggregation",
    "compare": "exkit.analysis.compare",
    "recommending": "exkit.analysis.association",
    "recommenders": "exkit.analysis.association",
    "ratios": "exkit.analysis.association",
    "fisher": "exkit.analysis.exact",
    "association": "exkit.analysis.association",
    "same_source": "exkit.analysis.same_source",
    "transitions": "exkit.analysis.crossing",
    "scenario": "exkit.analysis.crossing",
    "implied": "exkit.analysis.implied",
    "quarters": "exkit.analysis.quarters",
    "detectable": "exkit.analysis.power",
    "split": "exkit.analysis.split",
    "pick": "exkit.analysis.pick",
    "jonckheere": "exkit.analysis.trend",
    "quantile_groups": "exkit.analysis.groups",
    "t_test": "exkit.analysis.two_groups",
    "hedges_g": "exkit.analysis.two_groups",
    "mann_whitney": "exkit.analysis.two_groups",
    "anova": "exkit.analysis.anova",
    "welch_anova": "exkit.analysis.anova",
    "kruskal_wallis": "exkit.analysis.anova",
    "decoder": "exkit.analysis.decoder",
    "quarter_gap": "exkit.analysis.decoder",
    "link_of_ratio": "exkit.analysis.decoder",
    "ratio_of_link": "exkit.analysis.decoder",
    "correlate": "exkit.analysis.linkage",
    "correlate_tallies": "exkit.analysis.tally_links",
    "link_gap": "exkit.analysis.link_gap",
    "moderation": "exkit.analysis.moderation",
    "permutation": "exkit.analysis.permutation",
    "disattenuate": "exkit.analysis.attenuation",
    "mixed": "exkit.analysis.mixed",
    "consistency": "exkit.analysis.consistency",
    "mediate": "exkit.analysis.paths",
    "moderate": "exkit.analysis.paths",
    "lead_lag": "exkit.analysis.panel",
    "adjust": "exkit.analysis.multiplicity",
    "quantiles": "exkit.analysis.benchmark",
    "standing": "exkit.analysis.standing",
    "held_against": "exkit.analysis.held",
    "changes": "exkit.analysis.standing",
    "distinct": "exkit.analysis.held",
    "team_means": "exkit.analysis.standing",
    "spread": "exkit.analysis.benchmark",
    "ranks": "exkit.analysis.ranking",
    "true_spread": "exkit.analysis.ranking",
    "register": "exkit.analysis.claims",
    "protect": "exkit.present.protect",
    "plot_bands": "exkit.present.plots",
    "plot_trend": "exkit.present.plots",
    "plot_shares": "exkit.present.plots",
    "plot_points": "exkit.present.plots",
    "quarter_table": "exkit.present.contrasts",
    "beside": "exkit.present.contrasts",
    "aggregation_table": "exkit.present.aggregation",
    "reliability_table": "exkit.present.aggregation",
    "sizes_table": "exkit.present.aggregation",
    "agreement_table": "exkit.present.aggregation",
    "plot_reliability": "exkit.present.aggregation",
    "plot_teams": "exkit.present.caterpillar",
    "team_table": "exkit.present.caterpillar",
    "own": "exkit.present.own",
    "about": "exkit.present.own",
    "through_waves": "exkit.present.own",
    "latest": "exkit.present.own",
    "introduce": "exkit.present.own",
    "by_team": "exkit.present.own",
    "withhold_with": "exkit.present.own",
    "levels": "exkit.present.own",
    "differences": "exkit.present.own",
    "places": "exkit.present.own",
    "standing_table": "exkit.present.standing",
    "plot_standing": "exkit.present.standing",
    "in_brief": "exkit.present.standing_words",
    "linkage_table": "exkit.present.linkage",
    "mixed_table": "exkit.present.linkage",
    "consistency_table": "exkit.present.forest",
    "plot_forest": "exkit.present.forest",
    "plot_scatter": "exkit.present.scatter",
    "scatter_table": "exkit.present.scatter",
    "table": "exkit.present.tables",
    "wording": "exkit.present.tables",
    "sentence": "exkit.present.sentences",
    "describe": "exkit.present.sentences",
    "key_figures": "exkit.present.sentences",
    "claims": "exkit.present.claims",
    "verdicts": "exkit.present.claims",
    "benchmark": "exkit.present.benchmarks",
    "headlines": "exkit.present.claims",
    "findings": "exkit.present.chapters",
    "chapter": "exkit.present.chapters",
    "justification": "exkit.present.justification",
    "questionnaire": "exkit.present.questionnaire",
    "glossary": "exkit.present.glossary",
    "citation": "exkit.present.citation",
    "methodology": "exkit.present.citation",
    "show": "exkit.present.show",
    "report": "exkit.present.show",
    "save": "exkit.present.save",
    "saved": "exkit.present.save",
    "ExkitError": "exkit.errors",
}
"""Where each public name lives; read from top to bottom it is the way that data flow."""


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for."""
    if name not in HOME:
        from difflib import get_close_matches

        close = get_close_matches(name, HOME, n=1)
        raise AttributeError(f"exkit has no '{name}'." + (f" Did you mean '{close[0]}'?" if close else ""))
    found = getattr(import_module(HOME[name]), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    """List the public names."""
    return [*HOME, "__version__"]
