"""The claims register on a page: every figure, four things told of each, in the words that were agreed."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import exkit as ex
from exkit import context
from exkit.analysis.claims import register
from exkit.context import LANGUAGES
from exkit.present import claims as module
from exkit.present.lint import causal_words
from exkit.result import result
from exkit.survey.published import WORDS, published

SPACE = "\N{NO-BREAK SPACE}"


def answers(*rows: tuple) -> pd.DataFrame:
    """Make results: claim, figure, effect, low, estimate, high."""
    columns = ["claim", "figure", "effect", "conf_low", "estimate", "conf_high"]
    found = pd.DataFrame(rows, columns=columns)
    return result(found[["claim", "figure"]], **{name: found[name] for name in columns[2:]}, n=1240)


OURS = answers(
    (1, "enps", "nps", 2.0, 5.0, 8.0), (1, "promoters", "share", 0.29, 0.31, 0.33),
    (1, "detractors", "share", 0.16, 0.2, 0.26), (8, "profit", "ratio", 1.02, 1.14, 1.28),
    (8, "absence", "ratio", 0.8, 0.9, 0.98), (8, "loyalty", "ratio", 0.7, 0.8, 0.9),
    (9, "revenue", "ratio", 1.1, 1.2, 1.3), (18, "engagement", "r", -0.1, 0.1, 0.3),
)  # fmt: skip
"""One of ours for nearly every verdict."""


@cache
def told(*, synthetic: bool = False) -> pd.DataFrame:
    """Make the whole register."""
    return holding(OURS, synthetic=synthetic)


def holding(ours: pd.DataFrame, *, synthetic: bool = False) -> pd.DataFrame:
    """Make the whole register of other results."""
    return register(published("claims"), ours, synthetic=synthetic)


def only(claim: int, figure: str) -> pd.DataFrame:
    """Take one figure of the register."""
    rows = told()
    return rows[(rows["claim"] == claim) & (rows["figure"] == figure)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_claim_is_on_the_page_in_either_language(see: Callable, language: str):
    """53 claims, 95 figures, each with its six terms and none of them empty."""
    page = see(ex.claims(told(), language=language))
    text = "".join(page.text.split())
    claims = published("claims")
    assert [said for said in claims[f"text_{language}"] if "".join(said.split()) not in text] == []
    assert len([tag for tag, _ in page.elements if tag == "dt"]) == 6 * len(claims)
    assert "<dd></dd>" not in ex.claims(told(), language=language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_on_the_page_claims_a_cause(see: Callable, language: str):
    """Claims included: they are worded so that nobody need take them back."""
    text = see(ex.claims(told(), language=language)).text
    assert causal_words(text, language=language) == []


@pytest.mark.parametrize(
    ("claim", "figure", "en", "nl"),
    [
        (1, "promoters", "In line: within 5 percentage points of 31%.",
         "Komt overeen: hooguit 5 procentpunt verschil met 31%."),
        (1, "enps", "Differs: +5 against +12.", "Wijkt af: +5 tegenover +12."),
        (1, "detractors", "Undecided: compatible with 19% and with a difference of 5 percentage points or more.",
         "Geen uitsluitsel: 19% past erbij, een verschil van 5 procentpunt of meer ook."),
        (8, "profit", "Undecided: compatible with +23% and with a difference of a factor 1.10 or more.",
         "Geen uitsluitsel: +23% past erbij, een verschil van een factor 1,10 of meer ook."),
        (8, "absence", "Points the same way.", "Wijst dezelfde kant op."),
        (8, "loyalty", "Points the other way.", "Wijst de andere kant op."),
        (18, "engagement", "Undecided.", "Geen uitsluitsel."),
        (9, "revenue", "Not comparable: 18% equals Gallup's", "Niet vergelijkbaar: 18% is bij Gallup"),
        (2, "promoters", "Cannot be tested with these data: not calculated in this edition.",
         "Niet toetsbaar met deze gegevens:"),
        (12, "catalyst", "Cannot be tested with these data: analysis not yet in the kit.",
         "Niet toetsbaar met deze gegevens:"),
    ],
)  # fmt: skip
def test_a_verdict_is_worded_as_agreed(see: Callable, claim: int, figure: str, en: str, nl: str):
    """The sentences of the table of verdicts, filled in."""
    rows = only(claim, figure)
    assert en in see(ex.claims(rows, language="en")).text
    assert nl in see(ex.claims(rows, language="nl")).text


def test_synthetic_data_are_called_so_in_every_basis(see: Callable):
    """What the sample was set to, and what it was not set to."""
    text = see(ex.claims(told(synthetic=True), language="nl")).text
    assert "Fictieve gegevens, hierop ingesteld: dit toont de berekening, niet de bewering." in text
    assert "fictief, niet hierop ingesteld" in text
    assert "waargenomen" not in text
    assert "waargenomen" in see(ex.claims(told(), language="nl")).text


def test_published_and_ours_stand_beside_each_other(see: Callable):
    """With margin and n; what the source does not print is called not published."""
    text = see(ex.claims(only(1, "enps"), language="nl")).text.replace(SPACE, " ")
    assert "Gepubliceerd +12 n niet gepubliceerd" in text
    assert "Deze gegevens +5 2,0 tot 8,0, n = 1.240" in text
    assert "Herkomst bron zonder aantal S4 Definitie deels dezelfde Basis waargenomen Oordeel" in text


@pytest.mark.parametrize(
    ("claim", "figure", "shown"),
    [
        (3, "recommend", "Published 34.4% n not published"),
        (9, "turnover", "Published −40% n not published"),
        (21, "share", "Published 20% n = 160"),
        (22, "share", "Published 45% to 50% n not published"),
        (27, "positive_from", "Published 7.5 to 7.6 n not published"),
        (17, "span", "Published 40 to 100 n not published"),
        (23, "partner", "Published 6 n not published"),
        (11, "question", "Published no figure n not published"),
        (10, "both", "Published above zero direction, no figure"),
        (44, "turnover", "Published below zero direction, no figure"),
        (8, "absence", "Published lower direction, no figure"),
        (51, "more_often", "Published higher direction, no figure"),
        (25, "professional", "Published above 50% threshold"),
    ],
)
def test_a_published_figure_is_written_as_it_was_printed(see: Callable, claim: int, figure: str, shown: str):
    """To its last digit; a range as a range; a direction as what it is."""
    assert shown in see(ex.claims(only(claim, figure), language="en")).text.replace(SPACE, " ")


def test_who_is_cited_is_named(see: Callable):
    """The article, and whom it has its figure from."""
    assert "second-hand S0, citing Gallup" in see(ex.claims(only(8, "profit"), language="en")).text


def test_what_is_not_answered_is_not_called_measured(see: Callable):
    """It is folded away, with what would be measured."""
    made = ex.claims(only(12, "catalyst"), language="en")
    assert "<details" in made
    assert "To be measured: interaction:" in see(made).text
    assert "<details" not in ex.claims(only(1, "enps"), language="en")


def test_a_reading_is_printed_once_per_claim(see: Callable):
    """Below the figures that it is for."""
    text = see(ex.claims(told().query("claim == 1"), language="en")).text
    assert text.count("Detractors are the marks 0–6 here") == 1


def test_a_withheld_figure_is_not_testable(see: Callable):
    """Nothing of nine people is told, the verdict on them included; what was published is."""
    few = holding(OURS.assign(n=9))
    text = see(ex.claims(few.query("claim == 1"), language="en")).text
    assert "Cannot be tested with these data: this would tell too much of who answered." in text
    assert "Published +12" in text
    assert "+5" not in text


def test_verdicts_are_counted(see: Callable):
    """Every figure once; a verdict that none got is left out."""
    text = see(ex.verdicts(told(), language="nl")).text
    assert text.startswith("Komt overeen 1 Wijkt af 1 Wijst dezelfde kant op 1 Wijst de andere kant op 1")
    assert "Hierop ingesteld" not in text
    assert sum(int(word) for word in text.split() if word.isdigit()) == len(published("claims"))


def test_the_two_sentences_are_printed_once():
    """How many differ by chance, and what may be a headline."""
    said = ex.sentence(told(), language="en")
    assert said == (
        "The register holds 53 claims with 95 figures and statements; 8 can be held against these data. "
        "Of 4 testable claims about 0.2 differ by chance. Only a figure that differs and survives the correction for "
        "their number (Holm) may be a headline. That is 1 here."
    )
    assert "Van 4 toetsbare beweringen wijken er door toeval ongeveer 0,2 af." in ex.sentence(told(), language="nl")


def test_synthetic_data_make_no_headline(see: Callable):
    """Whatever differs in them says nothing of a claim."""
    rows = holding(answers((9, "turnover", "ratio", 0.9, 1.0, 1.1)), synthetic=True)
    assert rows.set_index(["claim", "figure"]).at[(9, "turnover"), "verdict"] == "differs"
    said = ex.sentence(rows, language="en")
    assert "The data are fictitious: no verdict here says anything of a claim itself." in said
    assert "headline" not in said
    assert "headline" not in see(ex.claims(rows, language="en")).text


def test_a_register_of_nothing_says_so():
    """No chapter calculated anything."""
    rows = holding(OURS.iloc[:0])
    assert "0 can be held against these data. No figure could be tested for a difference." in ex.sentence(
        rows, language="en"
    )
    assert "<details" in ex.claims(rows, language="nl")


def test_a_headline_is_marked(see: Callable):
    """And only a figure that differs is."""
    assert "May be a headline." in see(ex.claims(only(1, "enps"), language="en")).text
    assert "headline" not in see(ex.claims(only(1, "promoters"), language="en")).text


@pytest.mark.parametrize(
    ("words", "column"),
    [(module.PROVENANCES, "provenance"), (module.DEFINITIONS, "definition"), (module.BASES, "basis")],
)
def test_whatever_a_claim_may_hold_has_words(words: dict, column: str):
    """No code is printed as it stands."""
    assert set(WORDS[column]) <= set(words)


def test_every_claim_has_a_theme():
    """A claim of a notebook without a theme would not be on the page."""
    assert set(published("claims")["analysis"]) == set(module.THEMES)


def test_hostile_text_stays_text(see: Callable, hostile: str):
    """Whatever a claims table holds."""
    plain, rows = only(1, "enps"), only(1, "enps").assign(text_en=hostile, wording_en=hostile, origin=hostile)
    made, usual = see(ex.claims(rows, language="en")), see(ex.claims(plain.assign(origin="x"), language="en"))
    assert made.shape == usual.shape
    assert " ".join(hostile.split()) in made.text


def test_a_frame_that_is_no_register_is_refused():
    """A result has no verdicts."""
    with pytest.raises(ex.ExkitError, match="in this register"):
        ex.claims(OURS)


def test_the_register_is_saved_protected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Figures of nine people are not in the file; what was published is, with a verdict in every row."""
    monkeypatch.setattr(context.current, "results", tmp_path)
    ex.save(holding(OURS.assign(n=9)), name="register")
    saved = pd.read_csv(tmp_path / "register.csv")
    assert len(saved) == 95
    assert saved[["estimate", "conf_low", "conf_high", "n", "p_value"]].isna().all(axis=None)
    assert (saved["verdict"] == "not_testable").all()
    assert np.isclose(saved.loc[0, "published"], 12)
    assert saved.set_index(["claim", "figure"]).at[(12, "catalyst"), "reason"] == "not_in_kit"


def test_a_saved_register_reads_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The annual report shows the same claims, counts and sentences as the register itself."""
    monkeypatch.setattr(context.current, "results", tmp_path)
    monkeypatch.setattr(context.current, "saved", tmp_path)
    ex.save(told(), name="register")
    back = ex.saved("register")
    assert [ex.claims(back, language="nl"), ex.verdicts(back, language="nl"), ex.sentence(back, language="nl")] == [
        ex.claims(told(), language="nl"), ex.verdicts(told(), language="nl"), ex.sentence(told(), language="nl")
    ]  # fmt: skip


def test_only_a_difference_that_survives_may_be_a_headline(see: Callable):
    """One of the two that differ; nothing where none may, or where this edition has no register."""
    rows = told()
    differs = rows[rows["verdict"] == "differs"]
    page = see(ex.headlines(rows.assign(headline=rows.index == differs.index[0]), language="en"))
    assert differs.iloc[0]["text_en"] in page.text
    assert page.text.count("May be a headline.") == 1
    assert ex.headlines(rows.assign(headline=False)) == ""
    assert ex.headlines(result(reason="not_calculated")) == ex.verdicts(result(reason="not_calculated")) == ""
