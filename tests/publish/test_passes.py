import errno
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from exkit.errors import ExkitError
from exkit.publish import ledger, made
from exkit.publish.publish import Choice, Published, foresee, names_participants, publish
from exkit.result import result

SECTOR = '\nsector: str = ""  # which sector; empty is all'

SAVES = """\
import exkit as ex
from exkit.result import result
ex.save(result(effect='share', estimate=0.5, conf_low=0.45, conf_high=0.55, n=400), name='standing')
"""
READS = "import exkit as ex\nshow(f\"<p>{sector}: {ex.saved('standing')['estimate'].sum():g}</p>\")"


@pytest.fixture
def fanned(edition: Callable[..., Path], report: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write an edition of one chapter and a page for each sector, and keep the kit's own fingerprint still."""
    monkeypatch.setattr(made, "kit", lambda: "the kit")
    path = edition("each: {sector: [notebooks/sector.ipynb]}")
    data = path.parents[1] / "data" / "employees.csv"
    data.write_text("person,sector,year,enps\np1,care,2024,9\np2,care,2025,3\np3,trade,2025,10\np4,arts,2024,10\n")
    report("# A chapter?", SAVES)
    report("# A sector?", READS, name="sector", more=SECTOR)
    return path


def pages(done: Published, *, fresh: bool = True) -> list[str]:
    """List the pages that were made, or those that were up to date."""
    return [f"{one.language}/{one.page.name}" for one in done.outcomes if one.made == fresh and not one.problem]


def visible(path: Path) -> dict[str, bytes]:
    """Read everything that an edition shows, inside and outside; the ledger apart."""
    folder = path.with_suffix("")
    files = {file.relative_to(folder).as_posix(): file for file in folder.rglob("*") if file.is_file()}
    return {name: file.read_bytes() for name, file in files.items() if not name.startswith("internal/ledger/")}


ALL = [f"{language}/{name}.html" for name in ("01-enps", "sector-care", "sector-trade") for language in ("nl", "en")]


def test_each_sector_of_the_last_wave_has_its_own_page(fanned: Path):
    """Told its name, with what the chapters saved; the sector that took part before only has none."""
    done = publish(fanned)
    assert [one.problem for one in done.outcomes] == [""] * 6
    assert pages(done) == ALL
    assert "<p>care: 0.5</p>" in (fanned.with_suffix("") / "nl" / "sector-care.html").read_text()


def test_a_second_run_makes_nothing_and_changes_nothing(fanned: Path):
    """Every page is up to date; then one parameter, and everything is made again."""
    publish(fanned)
    before = visible(fanned)
    assert pages(publish(fanned), fresh=False) == ALL
    assert visible(fanned) == before
    fanned.write_text(fanned.read_text() + "min_n: 20\n")
    assert pages(publish(fanned)) == ALL


def test_a_run_makes_what_changed_and_what_reads_it(fanned: Path, report: Callable[..., Path]):
    """A page that is gone or was touched, a notebook, a result."""
    publish(fanned)
    folder = fanned.with_suffix("")
    (folder / "nl" / "sector-care.html").unlink()
    (folder / "en" / "sector-trade.html").write_text("somebody wrote here")
    assert pages(publish(fanned)) == ALL[2:]
    report("# Another title?", SAVES)
    assert pages(publish(fanned)) == ALL[:2]
    report("# Another title?", SAVES.replace("0.5,", "0.4,"))
    assert pages(publish(fanned)) == ALL
    assert "<p>care: 0.4</p>" in (folder / "nl" / "sector-care.html").read_text()


def test_a_page_that_failed_is_tried_again(fanned: Path, report: Callable[..., Path]):
    """Nothing says that it is up to date, and the page from before stays."""
    publish(fanned)
    report("# A sector?", READS, "assert sector != 'care'", name="sector", more=SECTOR)
    for _run in range(2):
        done = publish(fanned)
        assert [one.page.name for one in done.outcomes if one.problem] == ["sector-care.html"] * 2
        assert (fanned.with_suffix("") / "nl" / "sector-care.html").exists()
    assert pages(done, fresh=False) == [name for name in ALL if "care" not in name]


def test_pages_that_no_longer_belong_are_removed(fanned: Path):
    """A sector that left, a chapter and a language that were taken out."""
    publish(fanned)
    data = fanned.parents[1] / "data" / "employees.csv"
    data.write_text(data.read_text().replace("trade,2025", "trade,2024"))
    fanned.write_text(fanned.read_text().replace("languages: [nl, en]", "languages: [nl]"))
    done = publish(fanned)
    folder = fanned.with_suffix("")
    assert sorted(path.relative_to(folder).as_posix() for path in done.removed) == sorted(
        ["en/index.html", "nl/sector-trade.html", *(name for name in ALL if name.startswith("en/"))]
    )
    assert {name for name in visible(fanned) if name.endswith(".html") and not name.startswith("internal")} == {
        "index.html", "nl/index.html", "nl/01-enps.html", "nl/sector-care.html",
    }  # fmt: skip
    assert not (folder / "internal" / "ledger" / "pages" / "sector@sector@trade").exists()


def test_what_an_earlier_version_put_in_front_is_removed(fanned: Path):
    """The status, which stands inside now; a file that somebody else put there stays."""
    folder = fanned.with_suffix("")
    folder.mkdir()
    for name in ("status.html", "status-en.html", "status.json", "notes.html"):
        (folder / name).write_text("what went wrong")
    removed = publish(fanned).removed
    assert [path.name for path in removed] == ["status-en.html", "status.html", "status.json"]
    assert (folder / "notes.html").exists()
    assert (folder / "internal" / "status.html").exists()


def test_only_one_sector_is_made_with_the_chapters_that_it_reads(fanned: Path):
    """And the others later, without making these again."""
    done = publish(fanned, choice=Choice(only=("trade",)))
    assert pages(done) == [name for name in ALL if "care" not in name]
    done = publish(fanned, choice=Choice(limit=1))
    assert (pages(done), done.left) == ([name for name in ALL if "care" in name], 2)
    with pytest.raises(ExkitError, match=r"No page 'trad'\. Did you mean 'trade'\?"):
        publish(fanned, choice=Choice(only=("trad",)))


def test_a_dry_run_says_what_would_be_made_and_writes_no_page(fanned: Path, report: Callable[..., Path]):
    """Of nothing, of everything, and of what a change leads to."""
    assert pages(foresee(fanned)) == ALL
    assert visible(fanned) == {}
    publish(fanned)
    assert pages(foresee(fanned), fresh=False) == ALL
    report("# Another title?", SAVES)
    assert pages(foresee(fanned)) == ALL[:2]
    report("# Another title?", SAVES.replace("0.5,", "0.4,"))
    assert pages(foresee(fanned)) == ALL


def test_one_worker_and_two_make_the_same_bytes(fanned: Path):
    """Pages, results, indexes and status."""
    publish(fanned, choice=Choice(workers=1))
    one = visible(fanned)
    subprocess.run(["rm", "-r", str(fanned.with_suffix(""))], check=True)  # noqa: S607
    publish(fanned, choice=Choice(workers=2))
    assert visible(fanned) == one


NOTES = """\
import os, pathlib
for name in ('EXKIT_ASKED', 'EXKIT_WITHHELD'):
    if name in os.environ:
        place = pathlib.Path(os.environ[name])
        with open('../noted.txt', 'a') as notes:
            notes.write(f"{name} {language} {place.read_text().strip() if place.is_file() else ''}".strip() + '\\n')
if 'EXKIT_ASKED' in os.environ:
    (pathlib.Path(os.environ['EXKIT_ASKED']) / 'note.txt').write_text('asked')
"""


@pytest.mark.parametrize("touched", [False, True])
def test_chapters_are_asked_once_and_then_told_what_is_withheld(
    fanned: Path, report: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, touched: bool
):
    """The first language is run again only if more is withheld of the chapter than it withheld itself."""
    seen = []

    def decide(asked: Path, *, min_n: int, deliveries: bool, at: Path, **_study: object) -> ledger.Decision:
        seen.append(({note.relative_to(asked).as_posix() for note in asked.rglob("*.txt")}, min_n, deliveries))
        at.write_text("group,where\n")
        rows = pd.DataFrame({"notebook": ["01_enps"], "group": ["{}"], "withheld": [touched], "why": ["few"]})
        return ledger.Decision({"01_enps"} if touched else set(), rows)

    monkeypatch.setattr(ledger, "decide", decide)
    report("# A chapter?", SAVES, NOTES)
    publish(fanned)
    assert seen == [({"01_enps/note.txt"}, 10, False)]
    noted = (fanned.parents[1] / "noted.txt").read_text().splitlines()
    told = {f"EXKIT_WITHHELD {language} group,where" for language in (["nl", "en"] if touched else ["en"])}
    assert (noted[0], set(noted[1:])) == ("EXKIT_ASKED nl", told)
    assert (fanned.with_suffix("") / "internal" / "ledger" / "withheld.csv").read_text() == "group,where\n"


def test_another_language_answers_where_the_first_fails(fanned: Path, report: Callable[..., Path]):
    """What the page shows has been asked, or it would not be known."""
    report("# A chapter?", SAVES, NOTES, "assert language == 'en'")
    done = publish(fanned)
    assert [one.language for one in done.outcomes if one.problem] == ["nl"]
    assert (fanned.with_suffix("") / "internal" / "ledger" / "asked" / "01-enps" / "asked" / "note.txt").exists()


def test_a_page_of_one_sector_saves_nothing(fanned: Path, report: Callable[..., Path]):
    """It filters what was saved for all."""
    report("# A sector?", SAVES.replace("standing", "own"), name="sector", more=SECTOR)
    told = [one.problem for one in publish(fanned).outcomes if one.reader]
    assert all("a page of one sector saves nothing" in problem for problem in told)


def test_results_that_name_participants_stay_inside():
    """Also where only some rows do."""
    both = pd.DataFrame({"organisation": ["", "Zorggroep"], "wave": "2025"})
    assert names_participants(result(both, effect="nps", estimate=1.0, n=20))
    assert not names_participants(result(both[:1], effect="nps", estimate=1.0, n=20))
    assert not names_participants(result(both[:1].replace("", None), effect="nps", estimate=1.0, n=20))
    assert names_participants(result(effect="nps", estimate=1.0, n=20, within='{"unit": "North"}'))


@pytest.mark.parametrize(
    ("each", "told"),
    [
        ("{sectors: []}", "no entry 'each.sectors' is known. Did you mean 'sector'?"),
        ("{sector: [notebooks/01_enps.ipynb]}", "01_enps.ipynb has no parameter 'sector'."),
        ("{organisation: [notebooks/sector.ipynb]}", "sector.ipynb has no parameter 'organisation'."),
        ("{sector: [notebooks/secto.ipynb]}", "Did you mean 'sector.ipynb'"),
        ("{sector: [notebooks/sector.ipynb, notebooks/sector.ipynb]}", "each.sector: two would be page 'sector'."),
        ("{sector: [notebooks/sector.ipynb]}\nparameters: {sector: care}", "'sector' is told page by page"),
        ("{sector: [notebooks/counting.ipynb]}", "counting.ipynb counts answers itself (tally)"),
    ],
)
def test_a_mistake_under_each_is_told_before_anything_is_executed(
    edition: Callable[..., Path], report: Callable[..., Path], each: str, told: str
):
    """A sentence, and nothing written."""
    path = edition(f"each: {each}")
    report("# A sector?", name="sector", more=SECTOR)
    report("# A count?", "ex.nps(ex.tally(study, 'enps').at(sector=sector))", name="counting", more=SECTOR)
    with pytest.raises(ExkitError) as complaint:
        publish(path)
    assert told in str(complaint.value)
    assert not path.with_suffix("").exists()


def kill_at(path: Path, moments: list[float]) -> None:
    """Begin to publish again and again, and kill each run after so many seconds."""
    for moment in moments:
        begun = subprocess.Popen(
            [sys.executable, "-m", "exkit.cli", "publish", str(path)], start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        time.sleep(moment)
        os.kill(begun.pid, signal.SIGKILL)
        begun.wait()


def bad(path: Path, *, whole: dict[str, bytes]) -> list[str]:
    """List the visible files that are not as they should become."""
    return [name for name, content in visible(path).items() if content != whole.get(name)]


def kills(path: Path, moments: list[float]) -> None:
    """Kill runs at these moments: nothing bad may be seen, and the next run ends where an undisturbed one would."""
    publish(path)
    whole = visible(path)
    subprocess.run(["rm", "-r", str(path.with_suffix(""))], check=True)  # noqa: S607
    for moment in moments:
        kill_at(path, [moment])
        assert bad(path, whole=whole) == []
    publish(path)
    assert visible(path) == whole
    assert sorted(one.name for one in path.parent.iterdir()) == ["annual", "annual.yml"]


def test_two_killed_runs_leave_nothing_bad_and_the_third_ends_as_if_nothing_had_been(fanned: Path):
    """One is killed while chapters run, one later."""
    kills(fanned, [4.0, 6.5])


@pytest.mark.long
def test_ten_killed_runs_leave_nothing_bad(fanned: Path, record: Callable[[str, float], None]):
    """At random moments of a run that goes on from where the last was killed."""
    chance = random.Random(20251122)  # noqa: S311
    kills(fanned, [chance.uniform(1.0, 12.0) for _ in range(10)])
    record("kills_without_anything_bad", 10)


def test_an_interrupted_run_goes_on_where_it_was(fanned: Path, report: Callable[..., Path]):
    """What it had made stays made, and no kernel or lock stays."""
    report("# A sector?", READS, "import time; time.sleep(600 * (sector == 'trade'))", name="sector", more=SECTOR)
    begun = subprocess.Popen([sys.executable, "-m", "exkit.cli", "publish", str(fanned)], stderr=subprocess.PIPE)
    deadline, care = time.monotonic() + 90, fanned.with_suffix("") / "internal/ledger/pages/sector@sector@care"
    while not care.exists() and begun.poll() is None and time.monotonic() < deadline:
        time.sleep(0.1)
    time.sleep(0.5)
    begun.send_signal(signal.SIGINT)
    begun.communicate(timeout=60)
    assert begun.returncode == 130
    assert sorted(one.name for one in fanned.parent.iterdir()) == ["annual", "annual.yml"]
    record = json.loads((care / "record.json").read_text())
    assert [page["place"] for page in record["pages"]] == ["nl/sector-care.html", "en/sector-care.html"]


SMALL_FILES = "import resource, runpy, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (9000, 9000))\n"
SMALL_FILES += "sys.argv = ['exkit', 'publish', sys.argv[1]]; runpy.run_module('exkit.cli', run_name='__main__')"


def test_a_full_disk_is_one_message_and_leaves_what_was_there(fanned: Path, report: Callable[..., Path]):
    """Tried with files that may not grow: every byte is as it was, and nothing lies about."""
    publish(fanned)
    before = visible(fanned)
    report("# Another title?", SAVES)
    done = subprocess.run([sys.executable, "-c", SMALL_FILES, str(fanned)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    told = fanned.with_suffix("") / "nl" / "01-enps.html"
    assert done.stderr == f"'{told}' cannot be written: files may not be as large. Raise the limit, and run it again.\n"
    assert visible(fanned) == before
    assert sorted(one.name for one in fanned.parent.iterdir()) == ["annual", "annual.yml"]


def test_too_little_room_is_told_before_anything_runs(fanned: Path, monkeypatch: pytest.MonkeyPatch):
    """For the pages that are not there yet: a run that makes nothing new needs none."""
    full = SimpleNamespace(free=1_200_000)
    with monkeypatch.context() as small:
        small.setattr("exkit.publish.appear.shutil.disk_usage", lambda _place: full)
        with pytest.raises(ExkitError, match=r"has room for 1 MB, and up to 4 MB may be written there\. Make room"):
            publish(fanned)
    assert visible(fanned) == {}
    publish(fanned)
    monkeypatch.setattr("exkit.publish.appear.shutil.disk_usage", lambda _place: full)
    assert pages(publish(fanned), fresh=False) == ALL


SAVES_OVER = """\
from pathlib import Path
data = Path("../data/employees.csv")
if sector == "trade" and "p9" not in data.read_text():
    data.write_text(data.read_text() + "p9,care,2025,9\\n")
"""


def test_data_that_change_while_pages_are_made_stop_the_run(fanned: Path, report: Callable[..., Path]):
    """Pages of two versions never stand together: those from before are in their places, and no index leads to them."""
    report("# A sector?", READS, SAVES_OVER, name="sector", more=SECTOR)
    with pytest.raises(ExkitError, match=r"The data in '.*data' changed while sector\.ipynb ran\..* Run it again\."):
        publish(fanned, choice=Choice(workers=1))
    there = {"nl/01-enps.html", "en/01-enps.html", "nl/sector-care.html", "en/sector-care.html"}
    assert set(visible(fanned)) == there
    assert pages(publish(fanned)) == ALL


def test_a_place_that_can_only_be_read_is_told_before_anything_runs(fanned: Path, monkeypatch: pytest.MonkeyPatch):
    """One sentence, whatever the operating system calls it."""

    def refuse(*_words: object, **_named: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr("exkit.publish.lock.os.open", refuse)
    with pytest.raises(ExkitError, match=r"cannot be written: the disk can only be read\. Choose another place"):
        publish(fanned)


def used() -> tuple[int, int]:
    """Say how much memory this process has, in kilobytes, and how many files it has open."""
    status = Path("/proc/self/status").read_text()
    memory = next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))
    return int(memory), len(list(Path("/proc/self/fd").iterdir()))


@pytest.mark.long
def test_many_pages_in_a_row_do_not_fill_the_memory(
    fanned: Path, report: Callable[..., Path], record: Callable[[str, float], None]
):
    """Five hundred pages of a fifth of a megabyte: neither memory nor open files grow with them."""
    data, sectors = fanned.parents[1] / "data" / "employees.csv", [f"sector{i}" for i in range(250)]
    data.write_text("person,sector,year,enps\n" + "".join(f"p{i},{name},2025,9\n" for i, name in enumerate(sectors)))
    report("# A sector?", READS, *["show('<p>words, </p>' * 1800)"] * 8, name="sector", more=SECTOR)
    seen: list[tuple[int, int]] = []
    done = publish(fanned, on_page=lambda _outcome, _total: seen.append(used()))
    assert len(pages(done)) == len(seen) == 502
    first, last = (pd.DataFrame(part).agg(["median", "max"]) for part in (seen[20:70], seen[-50:]))
    memory, handles = last.loc["median", 0] / first.loc["median", 0] - 1, last.loc["max", 1] - first.loc["max", 1]
    record("growth of memory over 500 pages in a row, share", memory)
    record("growth of open files over 500 pages in a row", handles)
    assert memory <= 0.05
    assert handles <= 0
