from collections.abc import Callable
from pathlib import Path

import pytest

from exkit.errors import ExkitError
from exkit.publish.edition import read_edition


def test_an_edition_is_read(edition: Callable[..., Path]):
    """What is not said has the kit's default."""
    read = read_edition(edition())
    assert read.languages == ["nl", "en"]
    assert read.title["nl"] == "Jaarrapport"
    assert read.min_n == 10


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ("titel: x", "no entry 'titel' is known. Did you mean 'title'?"),
        ("theme: {acent: '#000000'}", "no entry 'theme.acent' is known. Did you mean 'accent'?"),
        ("theme: {accent: red}", "theme.accent: "),
        ("theme: {accent: '#ffd23f'}", "The nearest colour that has it is #8d7423."),
        ("theme: {accent_dark: '#14607a'}", "theme.accent_dark: #14607a has a contrast of 2.5 on a dark page"),
        ("theme: {font: 'url(x), serif'}", "theme.font: 'url(x)' is not the name of a font."),
        ("theme: {font: 'Corbel; color: red'}", "is not the name of a font"),
        ("theme: {logo: logo.svg}", "theme.logo: no file 'logo.svg' there."),
        ("theme: {logo: 'https://example.org/logo.svg'}", "is an address"),
        ("min_n: ten", "min_n: input should be a valid integer (found: 'ten')."),
        ("min_n: 0", "min_n: "),
        ("min_n: true", "min_n: "),
        ("min_n: 5", "min_n_reason: none in 'nl'. Groups below 10 are shown only for a reason in print."),
        ("parameters: {language: nl}", "parameters: 'language' is an entry of the edition itself."),
        ("parameters: {wave: {a: b}}", "parameters.wave"),
    ],
)
def test_a_mistake_in_an_edition_is_told(edition: Callable[..., Path], more: str, told: str):
    """A sentence that names the entry, and the nearest one where there is one."""
    with pytest.raises(ExkitError) as complaint:
        read_edition(edition(more))
    assert told in str(complaint.value)


def test_all_mistakes_in_an_edition_are_told_at_once(edition: Callable[..., Path]):
    """Two mistakes, one message."""
    with pytest.raises(ExkitError, match=r"2 problems in annual\.yml"):
        read_edition(edition("titel: x\nmin_n: ten"))


def test_a_smaller_minimum_needs_a_reason_in_every_language(edition: Callable[..., Path]):
    """The report prints the reason."""
    path = edition("min_n: 5\nmin_n_reason: {nl: Alle organisaties stemden in., en: All organisations agreed.}")
    assert read_edition(path).min_n == 5


def test_an_entry_that_occurs_twice_is_a_mistake(edition: Callable[..., Path]):
    """Otherwise the last one would count, unseen."""
    with pytest.raises(ExkitError, match="duplicate"):
        read_edition(edition("min_n: 10\nmin_n: 11"))


def test_no_in_an_edition_is_a_word(edition: Callable[..., Path]):
    """Older YAML reads `no` as false."""
    assert read_edition(edition("parameters: {sector: no}")).parameters == {"sector": "no"}


@pytest.mark.parametrize(
    "text",
    [
        "!!python/object/apply:os.system ['true']", "a: [", "\x00", "- 1", "", "[" * 5000, "date: 2025-02-30",
        "a: 1\n" * 30_000, "\udcff",
    ],
)  # fmt: skip
def test_a_file_that_is_no_edition_gives_a_sentence(tmp_path: Path, text: str):
    """Nothing in the file is run, and there is no traceback."""
    path = tmp_path / "x.yml"
    path.write_text(text, errors="surrogateescape")
    with pytest.raises(ExkitError, match=r"x\.yml"):
        read_edition(path)


def test_two_notebooks_may_not_be_the_same_page(edition: Callable[..., Path]):
    """The second would replace the first."""
    with pytest.raises(ExkitError, match="two would be page '01-enps'"):
        read_edition(edition(notebooks=("01_enps", "01-enps")))


def test_a_missing_edition_gets_the_nearest_one(edition: Callable[..., Path]):
    """The name of a file is easily misspelt."""
    with pytest.raises(ExkitError, match=r"Did you mean 'annual\.yml'"):
        read_edition(edition().with_name("anual.yml"))


def test_a_logo_needs_words_in_every_language(edition: Callable[..., Path]):
    """Who cannot see it hears them."""
    path = edition("theme: {logo: logo.svg, logo_alt: {en: Example Research}}")
    (path.parents[1] / "logo.svg").write_text("<svg/>")
    with pytest.raises(ExkitError, match=r"theme\.logo_alt: none in 'nl'"):
        read_edition(path)


def test_a_logo_with_a_script_is_a_mistake_in_the_edition(edition: Callable[..., Path]):
    """Told with the other mistakes, before anything is executed."""
    path = edition("theme: {logo: logo.svg, logo_alt: {nl: x, en: x}}\ntitel: x")
    (path.parents[1] / "logo.svg").write_text("<svg><script/></svg>")
    with pytest.raises(ExkitError, match=r"(?s)2 problems in annual\.yml.*holds <script>"):
        read_edition(path)
