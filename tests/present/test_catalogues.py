"""The catalogues: complete, of one piece with the code and notebooks, in the glossary's words, claiming no cause."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.frontend import CommandLineInterface
from babel.messages.pofile import read_po

from exkit.context import LANGUAGES
from exkit.present.lint import causal_words, without_quotations
from exkit.present.words import CATALOGUES, SOURCE

ROOT = Path(__file__).parents[2]
TRANSLATED = [language for language in LANGUAGES if language != SOURCE]
FIELD = re.compile(r"\{\w*(?:[!:][^{}]*)?\}")

FORBIDDEN = {
    "nl": {
        "aanzienlijke?": "statistisch significant, of het getal",
        "bevestig(d|t|en)": "komt overeen",
        "bevlogenheid": "betrokkenheid",
        "branches?": "sector",
        "criticasters?": "detractors",
        "drivers?": "samenhangende factor",
        "een(heid|heden)": "team",
        "gecensureerd": "afgeschermd",
        "golf|golven": "meting",
        "klantervaring(en)?": "klantbeleving",
        "medewerkerservaring(en)?": "medewerkerbeleving",
        "neutralen": "passives",
        "onderdruk(t|te|ken|king)": "afgeschermd",
        "personeel": "medewerkers",
        "promotor(s|en)?": "promoters",
        "werknemers?": "medewerkers",
        "betrouwbaarheid": "meetbetrouwbaarheid",
    }
}
"""Words that the glossary replaces, with the word that it has instead; quotations are free to use them."""


@pytest.fixture(scope="module")
def template(tmp_path_factory) -> Catalog:
    """Everything that there is to translate, found as `make words` finds it."""
    path = tmp_path_factory.mktemp("words") / "words.pot"
    options = ["--quiet", "extract", "--mapping-file", str(ROOT / "pyproject.toml"), "--output-file", str(path)]
    CommandLineInterface().run(["pybabel", *options, str(ROOT / "exkit"), str(ROOT / "notebooks")])
    with path.open("rb") as file:
        return read_po(file)


@pytest.fixture(params=TRANSLATED)
def catalogue(request) -> Catalog:
    """One language's catalogue."""
    with (CATALOGUES / f"{request.param}.po").open("rb") as file:
        return read_po(file, locale=request.param, abort_invalid=True)


def forms(message: Message | None, *, translated: bool) -> list[str]:
    """List a message's texts: one, or the singular and the plural."""
    texts = (message.string if translated else message.id) if message else ""
    return [texts] if isinstance(texts, str) else list(texts)


def own(catalogue: Catalog) -> list[Message]:
    """List the messages, without the one that is the catalogue's header."""
    return [message for message in catalogue if message.id]


def test_there_is_something_to_translate(template):
    """The messages of this very room are found in it, sentences and constants alike."""
    assert {"{low} to {high}", "percentage points"} <= {forms(m, translated=False)[0] for m in own(template)}


def test_every_message_is_translated(template, catalogue):
    """A page in one language has no sentence in the other; `make words` lists what is new."""
    missing = [m.id for m in own(template) if not all(forms(catalogue.get(m.id), translated=True))]
    assert missing == []


def test_no_translation_is_a_guess(catalogue):
    """What a tool matched by likeness, a person has to confirm."""
    assert [m.id for m in own(catalogue) if m.fuzzy] == []


def test_nothing_is_translated_in_vain(template, catalogue):
    """A message that no code or notebook has any more is gone from the catalogue; `make words` takes it out."""
    assert [m.id for m in own(catalogue) if m.id not in template] == []
    assert catalogue.obsolete == {}


def test_translations_have_the_same_fields(catalogue):
    """What is filled in in English is filled in in translation."""
    wrong = [
        (source, translation)
        for m in own(catalogue)
        for source, translation in zip(forms(m, translated=False), forms(m, translated=True), strict=True)
        if translation and sorted(FIELD.findall(source)) != sorted(FIELD.findall(translation))
    ]
    assert wrong == []


def test_translations_use_the_words_of_the_glossary(catalogue):
    """One word per idea, the one that a benchmark publisher prints."""
    forbidden = re.compile(rf"\b({'|'.join(FORBIDDEN[catalogue.locale.language])})\b", re.IGNORECASE)
    texts = [text for m in own(catalogue) for text in forms(m, translated=True)]
    assert [text for text in texts if forbidden.search(without_quotations(text))] == []


def test_english_messages_claim_no_cause(template):
    """Whatever the kit and its notebooks say in English."""
    texts = [text for m in own(template) for text in forms(m, translated=False)]
    assert [hit for text in texts for hit in causal_words(text, language=SOURCE)] == []


def test_translations_claim_no_cause(catalogue):
    """Nor what they say in translation."""
    texts = [text for m in own(catalogue) for text in forms(m, translated=True)]
    assert [hit for text in texts for hit in causal_words(text, language=catalogue.locale.language)] == []
