"""What the README tells people to write does what it says."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SCHOOLS = ROOT.parent / "shared" / "real" / "nyc_schools_2011.csv"


def tour() -> tuple[str, str]:
    """Take the lines on the schools of New York out of the README, and what it says that they print."""
    found = re.search(
        r"```python\n((?:(?!```).)*?nyc_schools.*?)```\n\n((?:>[^\n]*\n)+)", (ROOT / "README.md").read_text(), re.DOTALL
    )
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
