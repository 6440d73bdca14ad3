"""What the README tells people to write does what it says."""

import re
from pathlib import Path

import pytest

from exkit.publish.edition import read_edition
from exkit.survey.about import read_about
from exkit.survey.findings import Findings

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
SETTINGS, EDITION = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
SCHOOLS = ROOT.parent / "shared" / "real" / "nyc_schools_2011.csv"


def tour() -> tuple[str, str]:
    """Take the lines on the schools of New York out of the README, and what it says that they print."""
    found = re.search(r"```python\n((?:(?!```).)*?nyc_schools.*?)```\n\n((?:>[^\n]*\n)+)", README, re.DOTALL)
    return found[1], found[2]


@pytest.mark.skipif(not SCHOOLS.exists(), reason="the folder with real data, shared/real, is not beside the project")
def test_the_tour_of_schools_finds_what_r_finds(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture):
    """Ten lines or so; r = .374 [.283, .458] over 374 schools, and the sentences that stand below them."""
    lines, quoted = tour()
    monkeypatch.chdir(SCHOOLS.parent)
    names = {}
    exec(lines, names)  # noqa: S102 - the README's own lines are what is tested
    row = names["link"].iloc[0]
    assert [round(row[name], 3) for name in ("estimate", "conf_low", "conf_high")] == [0.374, 0.283, 0.458]
    assert row["n"] == 374
    said = " ".join(capsys.readouterr().out.split())
    assert said == " ".join(quoted.replace(">", " ").split())
    assert len([line for line in lines.splitlines() if line and not line.startswith("import")]) <= 10


def test_the_settings_on_waves_and_units_are_accepted(tmp_path: Path):
    """As they stand there."""
    findings = Findings()
    (tmp_path / "study.yml").write_text(SETTINGS)
    assert len(read_about(tmp_path, findings)["waves"]) == 2
    assert findings.breaches == []


def test_what_an_edition_may_say_is_accepted(tmp_path: Path):
    """Behind an edition that has none of it yet."""
    path = tmp_path / "reports" / "annual-2025.yml"
    path.parent.mkdir()
    path.write_text((ROOT / "reports" / "annual-2025.yml").read_text() + EDITION)
    read = read_edition(path)
    assert (len(read.each.sector), len(read.each.organisation), len(read.errata)) == (1, 1, 1)


@pytest.mark.parametrize("edition", re.findall(r"exkit publish (\S+) --(?:limit|only)", README))
def test_an_edition_that_is_asked_for_one_organisation_has_pages_of_each(edition: str):
    """Else the command says that there is no such page."""
    assert read_edition(ROOT / edition).each.organisation
