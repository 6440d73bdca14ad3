"""Words that claim a cause.

A survey shows that two things go together, not that one brings the other about. These patterns find sentences that say
more than "is associated with", in what the kit writes and in what a notebook's author writes, and "significant" where
it does not say in which sense. Quotations may say what they like, and so may terms of art that merely contain such a
word.

In a pattern a space stands for anything between two words, and `…` for a few words within the same clause.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from exkit.context import LANGUAGES
from exkit.errors import need_choice

CAUSAL = {
    "nl": [
        "leid(t|en|de|den) … tot",
        "tot … leid(t|en|de|den)",
        "geleid … tot",
        "tot … geleid",
        "zorg(t|en|de|den) … voor",
        "(er)?voor … (zorg(t|en|de|den)|gezorgd)",
        "(verhoog|verhoogt|verhogen|verhogende?|verhoogde?n?)",
        "beïnvloed(t|en|de|den|end|ende)?",
        "(invloed|invloeden|impact|effect|effecten) … op",
        "op … (invloed|impact|effect) (heeft|hebben|had|hadden)",
        "resulteer(t|de|den) … in",
        "resulter(en|end|ende) … in",
        "in … resulte(ert|ren|erde|erden)",
        "lever(t|en|de|den) … op",
        "(oplever(t|en|de|den)|opgeleverd)",
        "dra(ag|agt|gen) … bij aan",
        "droe(g|gen) … bij aan",
        "(bijdraagt|bijdragen|bijdroeg|bijdroegen|bijgedragen)",
        "stra(al|alt|len|alde|alden) … door",
        "(doorstraalt|doorstralen|doorgestraald)",
        "vert(aal|aalt|alen|aalde|aalden) … zich",
        "zich … vert(aalt|alen|aalde|aalden|aald)",
        "versterk(t|en|te|ten|end|ende)?",
        "dankzij",
    ],
    "en": [
        "(lead|leads|leading|led) … to",
        "(drive|drives|driving|drove|driven)",
        "boost(s|ed|ing)?",
        "result(s|ed|ing)? in",
        "improv(e|es|ed|ing)",
        "increas(e|es|ed|ing)",
        "affect(s|ed|ing)?",
        "influenc(e|es|ed|ing)",
        "impact(s|ed|ing)",
        "(influence|impact|effect|effects) … on",
        "pa(y|ys|ying|id) off",
        "thanks to",
        "due to",
    ],
}
"""Per language, what a correlation cannot say, in every inflection."""

VAGUE = {
    "nl": ["(in)?significante?"],
    "en": ["(in)?significant(ly)?"],
}
"""Per language, words that need another one to be clear: significant means statistically significant, or nothing."""

TERMS = {
    "nl": {
        "statistisch (niet )?(in)?significante?": "says in which sense",
        "significante cijfers": "digits of a number",
        "versterkende of verzwakkende factor(en)?": "our word for a moderator",
        "op tijd|op basis van|op verzoek|op papier": "no part of the verb 'opleveren'",
    },
    "en": {
        "statistically (in)?significant(ly)?": "says in which sense",
        "significant (digit|figure)s?": "digits of a number",
        "effect sizes?": "the size of a statistic",
        "(fixed|random) effects?": "parts of a model",
        "\\w+-driven": "says how something works, as in data-driven",
        "(the|these|those|all|our|saved|protected) results in": "a noun",
        "(an|the|any|no) increase in": "a noun: what happened, not why",
        "due to (appear|be|start|end)": "a date",
    },
}
"""Per language, terms of art that contain such a word, each with the reason why it may."""

QUOTATIONS = re.compile(
    r"""
      “[^“”]*” | „[^„”“]*[”“] | «[^«»]*» | ‘[^‘]*?’(?!\w)
    | "(?:(?!\n\s*\n)[^"])*"
      # Not an apostrophe, as in 's morgens, '24, team's or teams'; and no longer than its paragraph.
    | (?<!\w)'(?!(?:s|t|n|k|\d\d)\b)(?:(?!\n\s*\n)(?:[^']|(?<=\w)'(?=\w)))+'(?!\w)
    """,
    re.VERBOSE,
)
SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n\s*\n")
BETWEEN_WORDS = r"[^\w.;:!?]+"
A_FEW_WORDS = rf"{BETWEEN_WORDS}(?:[\w'’/-]+{BETWEEN_WORDS}){{0,6}}?"
MASK = "\0"


class Hit(NamedTuple):
    """A word that says too much, where it starts, and the sentence that it stands in."""

    word: str
    start: int
    sentence: str


def causal_words(text: str, *, language: str) -> list[Hit]:
    """Find what claims a cause, or leaves open what it claims, outside quotations and terms of art.

    Parameters
    ----------
    text
        Plain text or markdown.
    language
        Language that it is written in.

    Returns
    -------
    list of Hit
        In the order of the text; empty where all is well.

    Examples
    --------
    >>> causal_words("Voice is associated with trust. It drives sales.", language="en")
    [Hit(word='drives', start=35, sentence='It drives sales.')]
    >>> causal_words("Volgens de bron “leidt dit tot omzet”.", language="nl")
    []
    """
    need_choice(language, LANGUAGES, what="language")
    own = _mask(_terms(language), without_quotations(text))
    return [
        Hit(text[found.start() : found.end()], found.start(), _sentence(text, found.start()))
        for found in _forbidden(language).finditer(own)
    ]


def without_quotations(text: str) -> str:
    """Blank out what stands between quotation marks; everything else keeps its place.

    Examples
    --------
    >>> without_quotations("Ours, not 'theirs'.").replace(MASK, "_")
    'Ours, not ________.'
    """
    return _mask(QUOTATIONS, text)


def _mask(pattern: re.Pattern[str], text: str) -> str:
    """Blank out what matches, keeping its length."""
    return pattern.sub(lambda found: MASK * len(found.group()), text)


def _sentence(text: str, start: int) -> str:
    """Cut out the sentence around a place."""
    ends = [(end.start(), end.end()) for end in SENTENCE_END.finditer(text)]
    first = max((after for _, after in ends if after <= start), default=0)
    last = min((before for before, _ in ends if before > start), default=len(text))
    return text[first:last].strip()


@cache
def _forbidden(language: str) -> re.Pattern[str]:
    return _any_of([*CAUSAL[language], *VAGUE[language]])


@cache
def _terms(language: str) -> re.Pattern[str]:
    return _any_of(TERMS[language])


def _any_of(patterns: list[str] | dict[str, str]) -> re.Pattern[str]:
    """Make one expression of patterns that are written for people."""
    written = "|".join(patterns).replace(" … ", A_FEW_WORDS).replace(" ", BETWEEN_WORDS)
    return re.compile(rf"\b(?:{written})\b", re.IGNORECASE)
