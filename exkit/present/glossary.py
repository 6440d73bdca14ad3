"""The words of a report, each explained in a line.

A report uses one word per idea. Here its reader finds what each means, in the reader's own language and in its order.
"""

from __future__ import annotations

from exkit.context import current
from exkit.errors import need_choice
from exkit.present.tables import Html, lay_out
from exkit.present.words import N_, translator

TERMS = {
    N_("employee experience (EX)"): N_("how employees experience working for their organisation"),
    N_("customer experience (CX)"): N_("how customers experience their contact with an organisation"),
    N_("eNPS (employee Net Promoter Score)"): N_(
        "the share of promoters minus the share of detractors among employees, in points from −100 to +100"
    ),
    N_("customer NPS"): N_("the same score, from the answers of customers"),
    N_("promoter"): N_("who would recommend the organisation with one of the highest marks"),
    N_("passive"): N_("who gives a mark between those of promoters and detractors"),
    N_("detractor"): N_("who gives a lower mark than promoters and passives"),
    N_("would recommend to customers"): N_("answer of an employee, not of a customer"),
    N_("organisation"): N_("a participant of this benchmark"),
    N_("team"): N_("the smallest part of an organisation that has figures of its own"),
    N_("wave"): N_("one round of the study, as a rule one a year"),
    N_("benchmark"): N_("what a figure is held against: the participants of this study together"),
    N_("mean of all answers"): N_("every answer counts once, so that large organisations weigh more"),
    N_("median of organisations"): N_(
        "about half of the organisations have a higher figure; each organisation counts once"
    ),
    N_("top quarter of organisations"): N_("the 25% of organisations with the highest figures"),
    N_("place"): N_(
        "one more than the number of organisations with a higher figure; beside the one that was seen stand the places "
        "that may be the true one"
    ),
    N_("percentile"): N_("share of the other organisations with a lower figure"),
    N_("share"): N_("part of a whole, as a percentage"),
    N_("margin (95% confidence interval)"): N_(
        "range of values that fit the data: if the survey were repeated, 95 of 100 such ranges would hold the true one"
    ),
    N_("statistically significant"): N_("too large a difference to be put down to chance alone"),
    N_("indicative"): N_("a figure with too wide a margin to rest a conclusion on; printed in grey"),
    N_("percentage point"): N_("difference between two percentages: from 40% to 43% is 3 percentage points"),
    N_("response"): N_("share of those invited who answered"),
    N_("design effect"): N_("how many times as many answers are needed, compared with a simple random sample"),
    N_("association (correlation r)"): N_("how far two figures go together, from −1 to 1; says nothing about a cause"),
    N_("corrected correlation"): N_(
        "the correlation as it would be if both figures had been measured without error; the observed one is lower"
    ),
    N_("reliability of a score"): N_("how far differences between scores are more than chance differences"),
    N_("quartile"): N_("a quarter of the teams: the highest is the 25% that score highest within their organisation"),
    N_("trend break"): N_("the question, its scale or the way of asking changed: figures do not compare"),
    N_("same-organisation panel"): N_("the organisations that took part in both waves"),
    N_("withheld"): N_(
        "not shown, because too few people answered, or because what they answered could be worked out from it"
    ),
}
"""What each word means."""


def glossary(*terms: str, title: str, language: str | None = None) -> Html:
    """Lay out the words of a report with their meanings, in alphabetical order.

    Parameters
    ----------
    terms
        Which ones, as in `TERMS`; all of them if none is given.
    title
        The caption, in English; a catalogue key.
    language
        Language of the reader; the kernel's if not given.

    Returns
    -------
    Html
        The table.

    Raises
    ------
    ExkitError
        If a term is not explained, with the nearest one.
    """
    language = language or current.language
    for term in terms:
        need_choice(term, list(TERMS), what="term")
    _, asked = translator(language), terms or TERMS
    words = sorted(((_(term), _(TERMS[term])) for term in asked), key=lambda word: word[0].casefold())
    columns = [list(column) for column in zip(*words, strict=True)]
    return lay_out(
        [(_("Term"), columns[0]), (_("Meaning"), columns[1])], title=title, language=language, stub=1, align="left"
    )
