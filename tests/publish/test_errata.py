import datetime
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from exkit.errors import ExkitError
from exkit.publish import made
from exkit.publish.edition import read_edition
from exkit.publish.errata import version_of
from exkit.publish.publish import publish

from .conftest import write_benchmark
from .test_publish import files

CHANGED = "changed: {nl: Het cijfer van 2024 is hersteld., en: The figure of 2024 was mended.}"
ERRATUM = f"{{page: 01_enps, version: '1.1', date: 2026-01-15, {CHANGED}}}"


@pytest.mark.parametrize(
    ("errata", "told"),
    [
        ("{page: 01_enps, version: '1.1', date: 2026-01-15}", "entry 'errata.0.changed' is missing."),
        (ERRATUM.replace("page", "pagee"), "no entry 'errata.0.pagee' is known. Did you mean 'page'?"),
        (ERRATUM.replace("'1.1'", "1.1"), "errata.0.version: input should be a valid string (found: '1.1')."),
        (ERRATUM.replace("1.1", "one"), "errata.0.version: string should match pattern"),
        (ERRATUM.replace("1.1", "1.0"), "errata: 01_enps: the first version is 1.0. Give a correction a higher one."),
        (ERRATUM.replace("2026", "2025"), "errata: 01_enps 1.1 is of 2025-01-15, before the edition (2025-11-01)."),
        (f"{ERRATUM}, {ERRATUM}", "errata: 01_enps: version 1.1 comes after 1.1. Versions must rise."),
        (
            f"{ERRATUM}, {ERRATUM.replace('1.1', '1.10').replace('01-15', '01-14')}",
            "errata: 01_enps: version 1.10 is older than 1.1. Mend the dates.",
        ),
        (ERRATUM.replace("nl: Het cijfer van 2024 is hersteld., ", ""), "does not say in 'nl' what changed."),
        (ERRATUM.replace("{nl", "{fr: Non., nl"), "the edition has no language 'fr'."),
    ],
)
def test_a_mistake_in_a_correction_is_told(edition: Callable[..., Path], errata: str, told: str):
    """As any other mistake in an edition's file."""
    with pytest.raises(ExkitError) as complaint:
        read_edition(edition(f"errata: [{errata}]"))
    assert told in str(complaint.value)


def test_versions_are_numbers_and_a_date_is_one(edition: Callable[..., Path]):
    """Version 1.10 comes after 1.9."""
    told = f"errata: [{ERRATUM.replace('1.1', '1.9')}, {ERRATUM.replace('1.1', '1.10')}]"
    assert [one.date for one in read_edition(edition(told)).errata] == [datetime.date(2026, 1, 15)] * 2


def test_a_correction_of_a_page_that_there_is_not_is_answered_with_the_nearest(tmp_path: Path):
    """Of one organisation too, before anything is executed."""
    path = write_benchmark(tmp_path, f"errata: [{ERRATUM.replace('01_enps', '14_organisation_report/Kleine Winkl')}]")
    with pytest.raises(ExkitError, match="Did you mean '14_organisation_report/Kleine Winkel'"):
        publish(path)
    assert not path.with_suffix("").exists()


def test_a_correction_does_not_name_a_participant_to_others(tmp_path: Path):
    """It is read on the page and in lists of pages."""
    told = ERRATUM.replace("01_enps", "organisations").replace("The figure", "That of Kleine Winkel")
    with pytest.raises(ExkitError, match=r"organisations 1\.1 names 'Kleine Winkel'"):
        publish(write_benchmark(tmp_path, f"errata: [{told}]"))


def test_a_page_that_is_issued_again_says_so_and_the_earlier_one_is_put_aside(
    edition: Callable[..., Path], report: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
):
    """Only that page is made again; lists name both versions, and only the publisher's leads to the earlier one."""
    monkeypatch.setattr(made, "kit", lambda: "the kit")
    path = edition(notebooks=("01_enps", "02_other"))
    report("# Other?", name="02_other")
    publish(path)
    folder = path.with_suffix("")
    before = (folder / "en" / "01-enps.html").read_bytes()
    path.write_text(path.read_text() + f"errata: [{ERRATUM}]\n")
    done = publish(path)
    assert [one.page.name for one in done.outcomes if one.made] == ["01-enps.html"] * 2
    page = (folder / "en" / "01-enps.html").read_text()
    assert "Version 1.1, 15 January 2026." in page
    assert "The figure of 2024 was mended." in page
    assert "It replaces version 1.0 of 1 November 2025, which is withdrawn." in page
    assert (version_of(page.encode()), version_of(before)) == ("1.1", "1.0")
    assert (folder / "internal" / "withdrawn" / "en" / "01-enps-1.0.html").read_bytes() == before
    public = (folder / "en" / "index.html").read_text()
    inside = (folder / "internal" / "index-en.html").read_text()
    for index in (public, inside):
        assert "Version 1.1, 15 January 2026." in index
        assert "It replaces version 1.0 of 1 November 2025, which is withdrawn." in index
    assert "withdrawn/" not in "".join(re.findall('href="[^"]*"', public))
    assert 'href="withdrawn/en/01-enps-1.0.html"' in inside
    assert not [one for one in publish(path).outcomes if one.made]
    assert {name for name in files(folder) if "withdrawn" in name} == {
        f"internal/withdrawn/{language}/01-enps-1.0.html" for language in ("nl", "en")
    }
