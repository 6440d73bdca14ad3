"""Auditing a built edition: what is wrong with it is found, and where nothing is nothing is."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pandas as pd
import pytest

from exkit.errors import ExkitError
from exkit.measures.cross import cross
from exkit.measures.nps import favourable, nps, shares
from exkit.measures.tally import tally
from exkit.present.protect import protect
from exkit.publish.audit import audit
from exkit.publish.fan import with_files
from exkit.publish.finding import Finding
from exkit.survey import study

CODEBOOK = """\
table,variable,role,type,low,high,promoter_from,detractor_to
employees,person,respondent,text,,,,
employees,branch,sector,text,,,,
employees,company,organisation,text,,,,
employees,team,unit,text,,,,
employees,year,wave,text,,,,
employees,enps,recommend_work,whole,0,10,9,6
"""
COMPANIES = {"Alfa": "care", "Beta": "care", "Gamma": "care", "Delta": "trade", "Eps": "trade", "Zeta": "trade"}
LEVELS = {"all": ["wave"], "sectors": ["sector", "wave"], "standing": ["sector", "organisation", "wave"]}
PAGE = "<!doctype html><html lang='nl'><title>A page</title><body>{}</body></html>"


def people(sizes: dict[str, int]) -> pd.DataFrame:
    """Make up who answered: a third of each company are promoters, a third detractors."""
    rows = [(company, f"{company}-T1", (9, 3, 7)[i % 3]) for company, n in sizes.items() for i in range(n)]
    frame = pd.DataFrame(rows, columns=["company", "team", "enps"])
    return frame.assign(person=[f"p{i}" for i in frame.index], branch=frame["company"].map(COMPANIES), year="2025")


@pytest.fixture
def built(edition: Callable[..., Path]) -> Callable[..., Path]:
    """Write an edition as if it had been published: `built(Zeta=7)`, of whom so many answered; others 40 or so."""

    def write(**few: int) -> Path:
        path = edition()
        root, folder = path.parents[1], path.with_suffix("")
        (root / "data" / "codebook.csv").write_text(CODEBOOK)
        people({name: 40 + 3 * i for i, name in enumerate(COMPANIES)} | few).to_csv(
            root / "data" / "employees.csv", index=False
        )
        counted, results = tally(study.open(root / "data"), "recommend_work"), folder / "internal" / "results"
        results.mkdir(parents=True)
        for name, by in LEVELS.items():
            protect(nps(counted, by=by)).to_csv(results / f"{name}.csv", index=False)
        (folder / "index.html").write_text(PAGE.format("<a href='nl/enps.html'>eNPS</a>"))
        (folder / "nl").mkdir()
        (folder / "nl" / "enps.html").write_text(PAGE.format("<a href='../index.html'>All</a>"))
        for reader in with_files(["Alfa", "Beta"], what="organisation"):
            own = folder / "internal" / "deliveries" / reader.file
            own.mkdir(parents=True)
            (own / "index.html").write_text(PAGE.format(reader.name))
            _pack(own)
        return path

    return write


def _pack(folder: Path) -> None:
    """Pack a delivery."""
    with ZipFile(folder.with_name(f"{folder.name}.zip"), "w") as pack:
        for path in folder.iterdir():
            pack.write(path, path.name)


def found(path: Path) -> list[tuple[str, str]]:
    """Audit, and give kind and place of what was found."""
    return [(one.kind, one.where) for one in audit(path).findings]


def test_nothing_is_found_where_nothing_is_wrong(built: Callable[..., Path]):
    """The account says how much was looked at, and stands in a file too."""
    path = built()
    done = audit(path)
    assert done.findings == []
    assert done.counts == {
        "figures": 9, "figures attacked": 9, "of these withheld": 0, "files online": 2, "deliveries": 2, "pages": 4,
    }  # fmt: skip
    told = json.loads((path.with_suffix("") / "internal" / "audit.json").read_text())
    assert told == {"counts": done.counts, "findings": []}


def test_a_figure_that_can_be_worked_out_is_found(built: Callable[..., Path]):
    """Each result is safe by itself: the company is the sector less the others. The account gives no figure."""
    path = built(Zeta=22)
    done = audit(path)
    assert (
        Finding("worked out", "all reports together", "enps, 2025 · trade · Zeta: n, promoters, detractors, total")
        in done.findings
    )
    assert {one.kind for one in done.findings} == {"worked out"}
    assert not any(character.isdigit() for one in done.findings for character in one.what.replace("2025", ""))


def test_a_sector_that_is_nearly_one_organisation_is_found(built: Callable[..., Path]):
    """The second knows too well what that one has, since the third has little."""
    told = {(one.kind, one.where, one.what) for one in audit(built(Delta=400, Eps=36, Zeta=33)).findings}
    what = "enps, 2025 · trade · Delta: n, promoters, detractors, total"
    assert told == {("worked out", "Eps", what)}


def test_nothing_is_found_where_another_figure_is_withheld_besides(built: Callable[..., Path]):
    """As an edition does that decides over all of its results."""
    path = built(Zeta=22)
    standing = path.with_suffix("") / "internal" / "results" / "standing.csv"
    rows = pd.read_csv(standing)
    hidden = rows["organisation"] == "Eps"
    told = ["estimate", "std_error", "conf_low", "conf_high", "n", "promoters", "passives", "detractors", "mean"]
    rows.assign(reason=rows["reason"].mask(hidden, "withheld"), **{c: rows[c].mask(hidden) for c in told}).to_csv(
        standing, index=False
    )
    assert found(path) == []


def test_a_figure_that_should_have_been_withheld_is_found(built: Callable[..., Path]):
    """In a file that did not pass the door, and with a group that another file withholds."""
    path = built(Zeta=22)
    results = path.with_suffix("") / "internal" / "results"
    nps(tally(study.open(path.parents[1] / "data"), "recommend_work"), by=["organisation", "wave"]).to_csv(
        results / "leak.csv", index=False
    )
    assert ("shown", "leak.csv") in found(path)


def test_two_groups_that_differ_by_a_few_people_are_found(built: Callable[..., Path]):
    """The sector is one company and four people."""
    path = built(Delta=1, Eps=3)
    assert any(kind == "close" for kind, _where in found(path))


BY_MARK = """\
table,variable,role,type,low,high,promoter_from,detractor_to,favourable_from
employees,person,respondent,text,,,,,
employees,year,wave,text,,,,,
employees,enps,recommend_work,whole,0,10,9,6,
employees,refer,recommend_to_customers,whole,0,1,,,1
"""
MARKS = {1: (30, 12), 2: (31, 13), 3: (8, 4), 5: (50, 25), 7: (40, 20), 8: (45, 22), 9: (60, 45), 10: (52, 40)}
"""Per mark how many gave it, and how many of these would recommend to customers."""


@pytest.fixture
def by_mark(edition: Callable[..., Path]) -> Callable[..., Path]:
    """Write an edition with what people of each mark answered, and those of each promoter group: `by_mark("2.0")`.

    Each result is protected by itself; of the marks that are named nothing is told besides.
    """

    def write(*hidden: str, marks: dict[int, tuple[int, int]] = MARKS) -> Path:
        path = edition()
        root, results = path.parents[1], path.with_suffix("") / "internal" / "results"
        results.mkdir(parents=True)
        rows = [(mark, int(i < yes)) for mark, (n, yes) in marks.items() for i in range(n)]
        people = pd.DataFrame(rows, columns=["enps", "refer"]).assign(year="2025")
        (root / "data" / "codebook.csv").write_text(BY_MARK)
        people.assign(person=people.index).to_csv(root / "data" / "employees.csv", index=False)
        opened = study.open(root / "data")
        pairs, asked = cross(opened, x="recommend_work", y="recommend_to_customers"), tally(opened, "recommend_work")
        told = {"by_mark": favourable(pairs, by=["mark"]), "promoters": favourable(pairs, by=["promoter_group"]),
                "everybody": favourable(pairs), "enps": nps(asked), "shares": shares(asked)}  # fmt: skip
        for name, rows in told.items():
            few = rows.get("mark", rows["reason"]).astype(str).isin(hidden)
            protect(rows.assign(n=rows["n"].mask(few, 0))).to_csv(results / f"{name}.csv", index=False)
        return path

    return write


def test_people_with_one_mark_are_worked_out_of_promoter_groups(by_mark: Callable[..., Path]):
    """All detractors, less those with the other marks."""
    told = {one.what for one in audit(by_mark()).findings}
    assert told == {"refer, 2025 · 3.0: n, favourable, total"}


def test_people_with_one_mark_are_safe_where_another_mark_is_withheld(by_mark: Callable[..., Path]):
    """Of the same promoter group; one of another group is of no use."""
    assert found(by_mark("1.0")) == []


@pytest.mark.parametrize(("door", "is_found"), [(True, False), (False, True)])
def test_a_bound_that_follows_from_the_shares_of_other_marks_is_found(
    by_mark: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, door: bool, is_found: bool
):
    """Two people gave a 2: all less the others, where the door tells the others."""
    if not door:
        monkeypatch.setattr("exkit.present.protect.adding_up", lambda _rows, *, bounded: bounded & False)
    told = audit(by_mark("1.0", "3.0", marks=MARKS | {2: (2, 1), 3: (50, 20)})).findings
    assert any("= 2, of which a bound is told" in one.what for one in told) == is_found


@pytest.mark.parametrize(
    ("file", "content", "kind"),
    [
        ("nl/enps.html", "Beta did best", "named"),
        ("nl/enps.html", "<i title='Gamma-T1'></i>", "named"),
        ("nl/enps.html", "<img src='https://example.org/a.png'>", "request"),
        ("nl/enps.html", "<style>body {background: url(https://example.org/a.png)}</style>", "request"),
        ("nl/enps.html", "<a href='../internal/results/standing.csv'>all</a>", "link"),
        ("nl/enps.html", "<a href='gone.html'>gone</a>", "link"),
        ("nl/enps.html", "<script>1</script>", "script"),
        ("nl/enps.html", "<table><tr><td class='number withheld'>7</td></tr></table>", "shown"),
        ("nl/enps.html", "x" * 600_000, "size"),
        ("results/Alfa.csv", "a,b", "named"),
    ],
)
def test_what_is_wrong_with_a_file_is_found(built: Callable[..., Path], file: str, content: str, kind: str):
    """Named, in which file, and nothing else."""
    path = built()
    at = path.with_suffix("") / file
    at.parent.mkdir(exist_ok=True)
    at.write_text(PAGE.format(content))
    assert set(found(path)) == {(kind, file)}


def test_a_participant_is_found_by_what_it_is_called_in_a_language(built: Callable[..., Path]):
    """However its signs are escaped."""
    path = built()
    labels = "table,variable,value,label_en,label_nl\nemployees,company,Beta,Moor & Sons,Veen & Zonen\n"
    (path.parents[1] / "data" / "values.csv").write_text(labels)
    (path.with_suffix("") / "nl" / "enps.html").write_text(PAGE.format("Veen &amp; Zonen"))
    assert found(path) == [("named", "nl/enps.html")]


@pytest.mark.parametrize(
    "content",
    ["<a href='https://example.org'>source</a>", "Betamax", "<td class='withheld'>too few answers</td><td>7</td>"],
)
def test_what_is_right_is_not_complained_about(built: Callable[..., Path], content: str):
    """A link to read on, a word with a name in it, a number beside a withheld one."""
    path = built()
    (path.with_suffix("") / "nl" / "enps.html").write_text(PAGE.format(content))
    assert found(path) == []


def test_a_delivery_that_names_another_participant_is_found(built: Callable[..., Path]):
    """Its own name may be in it; packed it must be the same."""
    path = built()
    folder = sorted((path.with_suffix("") / "internal" / "deliveries").glob("alfa-*[!p]"))[0]
    (folder / "index.html").write_text(PAGE.format("Alfa and Beta"))
    place = folder.relative_to(path.with_suffix("")).as_posix()
    assert found(path) == [("named", f"{place}/index.html"), ("packed", f"{place}.zip")]
    _pack(folder)
    assert found(path) == [("named", f"{place}/index.html")]


def test_an_edition_that_was_not_published_is_told(edition: Callable[..., Path]):
    """With what to do."""
    with pytest.raises(ExkitError, match="has not been published"):
        audit(edition())


@pytest.mark.parametrize(("few", "status"), [({}, 0), ({"Zeta": 22}, 1)])
def test_the_command_tells_what_it_found_and_ends_accordingly(built: Callable[..., Path], few: dict, status: int):
    """Counts and findings on standard output, how many at the end on standard error."""
    path = built(**few)
    done = subprocess.run(
        [sys.executable, "-m", "exkit.cli", "audit", path], capture_output=True, text=True, check=False
    )
    assert done.returncode == status
    assert "figures attacked" in done.stdout
    assert ("Wrong: worked out: all reports together: enps" in done.stdout) == bool(few)
    assert ("1 problem in" in done.stderr) == bool(few)
