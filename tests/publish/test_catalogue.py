import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from exkit.publish.catalogue import SCRIPT, Entry, Section
from exkit.publish.render import Link, Page, render_list

from .conftest import PARTICIPANTS
from .test_page import faults_in_browser, faults_in_markup

SCRIPTED = {
    "an element that may do something",
    "policy is [\"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-",
}
"""What only the index of everything may have."""


def shown(tab: object) -> list[str]:
    """List the names that can be seen."""
    return tab.eval_on_selector_all(
        ".entries li", "all => all.filter(one => one.checkVisibility()).map(one => one.firstElementChild.textContent)"
    )


@pytest.fixture
def tab(delivered: Path, chromium: object) -> Iterator[object]:
    """Open the index of everything from its file, as a browser does whose policy holds."""
    with chromium.new_context(locale="en-GB") as context:
        page = context.new_page()
        page.goto((delivered / "internal" / "index-en.html").as_uri())
        yield page


def test_the_index_of_everything_is_sound(delivered: Path, chromium: object):
    """At three widths, light and dark; one script, allowed by its hash, and nothing else that others may not have."""
    for name in ("index.html", "index-en.html"):
        faults = faults_in_markup(delivered / "internal" / name)
        assert [fault for fault in faults if not any(fault.startswith(allowed) for allowed in SCRIPTED)] == []
        assert faults_in_browser(delivered / "internal" / name, chromium) == []


@pytest.mark.parametrize("name", ["audit.html", "status.html", "deliveries/zorggroep-noord-c8fb86e9/index-en.html"])
def test_the_other_lists_are_sound_and_run_no_script(delivered: Path, chromium: object, name: str):
    """The account, the status, and what an organisation gets."""
    assert faults_in_markup(delivered / "internal" / name) == []
    assert faults_in_browser(delivered / "internal" / name, chromium) == []


def test_everything_is_found_by_name_whatever_the_capitals_and_accents(tab: object):
    """Each word that is typed has to be in the name."""
    tab.fill("#find-name", "NOÓRD zorg")
    assert shown(tab) == ["Zorggroep Noord"]
    assert tab.inner_text("#find-count") == "1 of 9 found"
    tab.fill("#find-name", "nobody")
    assert shown(tab) == []
    tab.fill("#find-name", "")
    assert len(shown(tab)) == 9


def test_everything_is_found_by_sector_and_language(tab: object):
    """A sector's own page with its organisations; links in one language only, and the zip of each."""
    tab.select_option("#find-sector", "trade")
    assert shown(tab) == ["trade", "=SUM(A1)", "Kleine Winkel", next(n for n in PARTICIPANTS if n.startswith("Lang"))]
    tab.select_option("#find-language", "nl")
    seen = "all => all.filter(one => one.checkVisibility()).map(one => one.textContent)"
    assert set(tab.eval_on_selector_all(".entries a", seen)) == {"Nederlands", "zip"}


def test_hostile_names_stay_text(tab: object):
    """They are shown as they are, also in search, and add no element."""
    tab.fill("#find-name", "<script>alert(1)")
    assert shown(tab) == ['Huis/van "Zorg" & <script>alert(1)</script> 😀']
    assert tab.eval_on_selector_all("script", "all => all.length") == 1


@pytest.mark.parametrize("width", [375, 1280])
def test_every_link_of_the_index_leads_somewhere(delivered: Path, chromium: object, width: int):
    """And without a script everything is there, with nothing to type in."""
    with chromium.new_context(java_script_enabled=False, viewport={"width": width, "height": 800}) as context:
        page = context.new_page()
        page.goto((delivered / "internal" / "index.html").as_uri())
        assert not page.is_visible("#find-name")
        assert page.locator(".entries li").count() == 9
    at = delivered / "internal"
    links = re.findall(r'href="([^"#]+)"', (at / "index.html").read_text())
    assert [link for link in links if not (at / link).is_file()] == []


def test_four_hundred_organisations_are_searched_at_once(tmp_path: Path, chromium: object):
    """In less than a tenth of a second per letter, on a page that is small enough to send."""
    links = [Link(f"deliveries/o/{one}/report.html", one, one) for one in ("nl", "en")]
    names = [f"Organisation {n} of Harbour {n % 7}" for n in range(400)]
    entries = [Entry(name, f"sector {n % 9}", links, "deliveries/o.zip") for n, name in enumerate(names)]
    html = render_list(
        "catalogue.html.j2", page=Page("Everything", "en"), script=SCRIPT, sections=[Section("All", 2, entries)],
        sectors=[f"sector {n}" for n in range(9)], spoken=["nl", "en"], n=400, public="", status="", audit="",
        corrections=[], results=[],
    )  # fmt: skip
    assert len(html) < 600_000
    path = tmp_path / "index.html"
    path.write_bytes(html)
    with chromium.new_context() as context:
        page = context.new_page()
        page.goto(path.as_uri())
        took = page.evaluate(
            "() => { const box = document.getElementById('find-name'), start = performance.now();"
            " for (const text of ['h', 'ha', 'harbour 3']) { box.value = text; box.dispatchEvent(new Event('input')); }"
            " document.body.offsetHeight; return performance.now() - start; }"
        )
        assert shown(page) == [name for name in names if "3" in name]
    assert took < 300
