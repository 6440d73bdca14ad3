"""How to cite, and what changed: from the kit's own files."""

from collections.abc import Callable
from pathlib import Path

import pytest
from ruamel.yaml import YAML

import exkit as ex
from exkit.present import citation

ROOT = Path(__file__).parents[2]
PEOPLE = "person,team,year,enps\np,a,1,9\n"
CHANGELOG = """\
# Changes

## 2.0.0 (now)

### Software

- S

### Methodology

- A
  b.
- C & d.

## 1.0.0

### Methodology

- Old
"""


def test_a_citation_names_edition_data_and_version(dataset: Callable, see: Callable):
    """Whoever has these three finds the figure again."""
    study = ex.open(dataset(files={"study.yml": "title: {en: Staff}\n", "employees.csv": PEOPLE}))
    text = see(ex.citation(study, edition="Report <2025>", date="28 November 2025")).text
    kit = YAML(typ="safe").load((ROOT / "CITATION.cff").read_text())
    assert text.startswith(f"Report <2025>, 28 November 2025. Data: Staff ({study.digest[:12]}).")
    assert f"Calculated with exkit {kit['version']} ({kit['authors'][0]['name']})." in text


def test_a_page_on_its_own_is_cited_by_its_data(dataset: Callable, see: Callable):
    """There is no edition to name; made-up data are called so."""
    about = "title: {en: Staff}\nsynthetic: true\n"
    study = ex.open(dataset(files={"study.yml": about, "employees.csv": PEOPLE}))
    text = see(ex.citation(study)).text
    assert text.startswith("Staff. Data: Staff (")
    assert "Synthetic sample data." in text


def test_the_newest_methodology_list_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, see: Callable):
    """Not that of the release before, nor what changed in the software; in English, and marked so."""
    (tmp_path / "CHANGELOG.md").write_text(CHANGELOG)
    monkeypatch.setattr(citation, "CHANGES", [tmp_path / "CHANGELOG.md"])
    made = ex.methodology(language="nl")
    assert see(made).text == (
        "Zo berekent exkit 2.0.0 de cijfers, volgens de lijst met wijzigingen van de software. Die lijst is in het "
        "Engels. A b. C & d."
    )
    assert see(made).all("ul") == [{"lang": "en"}]


def test_the_kits_own_list_can_be_read():
    """It has at least one change in method."""
    assert ex.methodology().count("<li>") > 0


def test_without_the_list_its_place_is_named(monkeypatch: pytest.MonkeyPatch, see: Callable):
    """Nothing is made up."""
    monkeypatch.setattr(citation, "CHANGES", [])
    assert see(ex.methodology()).text == "The list of changes is in CHANGELOG.md of exkit."
