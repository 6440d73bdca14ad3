"""The lint of words that claim a cause."""

import pytest

from exkit.errors import ExkitError
from exkit.present.lint import CAUSAL, TERMS, Hit, causal_words

CLAIMS = {
    "nl": [
        "Betrokkenheid leidt tot tevreden klanten.",
        "Dat leidt vaak niet tot meer omzet.",
        "Teams merken dat dit tot minder verloop leidt.",
        "Dit leidde eerder tot klachten.",
        "Scores die tot meer omzet hebben geleid.",
        "Aandacht zorgt voor rust.",
        "Aandacht zorgt er ook voor dat klanten blijven.",
        "Leidinggevenden die voor rust zorgen.",
        "Interne communicatie verhoogt de eNPS.",
        "Trainingen verhogen de eNPS.",
        "Verloop heeft invloed op klanten.",
        "Verloop heeft een grote negatieve impact op klanten.",
        "Verloop en verzuim hebben effect op klanten.",
        "Verzuim beïnvloedt de klant.",
        "Dat resulteert in minder klachten.",
        "Minder regels resulteren in minder klachten.",
        "Meer inspraak levert veel tevreden klanten op.",
        "Wat heeft dit opgeleverd?",
        "Meer inspraak draagt sterk bij aan klantgerichtheid.",
        "Inspraak kan bijdragen aan klantgerichtheid.",
        "Plezier straalt naar klanten door.",
        "Plezier vertaalt zich in omzet.",
        "Plezier versterkt klantgerichtheid.",
        "Dankzij plezier blijven klanten.",
        "Het verschil is significant.",
        "Een significante samenhang.",
    ],
    "en": [
        "Engagement leads to happy customers.",
        "Engagement led directly to happy customers.",
        "This is leading to turnover.",
        "Engagement drives sales.",
        "Engagement **drives** sales.",
        "Sales, driven by engagement.",
        "Engagement boosts sales.",
        "Less turnover results in fewer complaints.",
        "Engagement improves service.",
        "Training increases the eNPS.",
        "Absence affects customers.",
        "Absence influences customers.",
        "Absence impacts customers.",
        "Absence has a large effect on customers.",
        "Engagement pays off.",
        "Thanks to engagement, customers stay.",
        "Fewer complaints due to training.",
        "The difference is significant.",
        "Teams scored significantly higher.",
    ],
}

FINE = {
    "nl": [
        "EX hangt samen met CX.",
        "Het verschil is statistisch significant.",
        "Het verschil is statistisch niet significant.",
        "Het designeffect is 1,8.",
        "Een versterkende of verzwakkende factor.",
        "De bron schrijft: “inspraak leidt tot omzet”.",
        "De bron schrijft: ‘dankzij inspraak’, en niet 'inspraak versterkt omzet'.",
        "De leiding telt tot tien.",
        "De zorg voor ouderen is een sector.",
        "Wie levert de tabel op tijd aan?",
        "Het aantal medewerkers per leidinggevende.",
    ],
    "en": [
        "EX is associated with CX.",
        "The difference is not statistically significant.",
        "The design effect is 1.8.",
        "A driver analysis, and the effect size.",
        "A data-driven organisation.",
        'The source says: "engagement drives sales".',
        "The source says: “engagement drives sales”, and «boosts» them.",
        "The results in this table are rounded.",
        "An increase in turnover was seen.",
        "The due date is in May.",
    ],
}


@pytest.mark.parametrize(("language", "text"), [(language, text) for language in CLAIMS for text in CLAIMS[language]])
def test_a_claim_of_a_cause_is_found(language, text):
    """Inflected, with words in between, or with its parts the other way round."""
    assert len(causal_words(text, language=language)) == 1


@pytest.mark.parametrize(("language", "text"), [(language, text) for language in FINE for text in FINE[language]])
def test_what_claims_no_cause_passes(language, text):
    """Associations, terms of art and quotations."""
    assert causal_words(text, language=language) == []


def test_a_hit_says_what_where_and_in_which_sentence():
    """Enough to find it in a long cell."""
    text = "First a fine sentence. Then it *boosts* 8.1 sales! And more."
    assert causal_words(text, language="en") == [Hit("boosts", text.index("boosts"), "Then it *boosts* 8.1 sales!")]


def test_hits_come_in_the_order_of_the_text():
    """All of them, not only the first."""
    found = causal_words("It boosts this.\n\nAnd drives that, thanks to us.", language="en")
    assert [hit.word for hit in found] == ["boosts", "drives", "thanks to"]


def test_a_verb_and_its_particle_stand_in_one_clause():
    """What follows a full stop or a semicolon belongs to another verb."""
    assert causal_words("Zij leveren gegevens. Let op: wij tellen.", language="nl") == []


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("nl", "'s Morgens verhoogt dat de score van de medewerkers' team."),
        ("nl", "In '24 verhoogt dat de score van het team' zelf."),
        ("en", "The teams' score boosts the customers' view."),
        ("en", "An 'unfinished quotation\n\nand it boosts the teams' score."),
    ],
)
def test_an_apostrophe_is_no_quotation_mark(language, text):
    """Otherwise half a page could hide between two of them."""
    assert len(causal_words(text, language=language)) == 1


def test_every_term_of_art_has_a_reason():
    """Whoever adds one says why it may."""
    assert all(reason for terms in TERMS.values() for reason in terms.values())


def test_both_languages_have_their_words():
    """A language without a list would pass everything."""
    assert set(CAUSAL) == {"nl", "en"}


def test_an_unknown_language_is_refused():
    """Not linted is not the same as fine."""
    with pytest.raises(ExkitError, match="No language 'fr'"):
        causal_words("Cela mène à", language="fr")
