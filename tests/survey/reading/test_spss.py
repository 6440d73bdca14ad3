import datetime
import sys

import pandas as pd
import pytest

from exkit.survey.check import check
from exkit.survey.reading.files import read_any

pyreadstat = pytest.importorskip("pyreadstat")

CODEBOOK = """\
table,variable,role,type,low,high,missing
employees,team,unit,,,,
employees,q,item,,1,5,{}
employees,day,date,,,,
"""


@pytest.fixture
def saved(tmp_path):
    """Write a small SPSS file, as SPSS would keep it."""
    path = tmp_path / "employees.sav"
    frame = pd.DataFrame({"team": [1.0, 2, 2], "q": [4.0, 99, -8], "day": [datetime.date(2025, 12, 31)] * 3})
    pyreadstat.write_sav(
        frame,
        path,
        column_labels={"q": "My work is valued"},
        variable_value_labels={"team": {1: "North", 2: "South"}, "q": {1: "never", 5: "always"}},
        missing_ranges={"q": [99, {"lo": -9, "hi": -1}]},
    )
    return path


def test_codes_are_read_and_labels_are_kept_as_facts(saved):
    """1 is `1`, and means North."""
    frame, facts = read_any(saved)
    assert frame.to_numpy().tolist() == [["1", "4", "2025-12-31"], ["2", "99", "2025-12-31"], ["2", "-8", "2025-12-31"]]
    assert facts.questions == {"q": "My work is valued"}
    assert facts.value_labels == {"team": {"1": "North", "2": "South"}, "q": {"1": "never", "5": "always"}}
    assert facts.missing == {"q": ("-8", "99")}


def test_what_spss_calls_missing_must_be_missing_in_the_codebook(saved, dataset):
    """Values by name and by range."""
    found = check(dataset(codebook=CODEBOOK.format(""), files={saved.name: saved.read_bytes()})).breaches
    told = found.loc[found["problem"] == "called_missing", "message"].tolist()
    assert told == [
        "employees.sav: q: '99', '-8' missing by what the file says, and not by codebook.csv (2 rows: 3, 4). "
        "Write `-8|99` in its column missing."
    ]


def test_declared_missing_codes_are_no_answers(saved, dataset):
    """They are counted, each by itself."""
    checked = check(dataset(codebook=CODEBOOK.format("-8|99"), files={saved.name: saved.read_bytes()}))
    assert checked.breaches["message"].tolist() == []
    assert checked.study_parts["tables"]["employees"]["q"].dropna().tolist() == [4]
    assert checked.study_parts["unanswered"][["code", "n"]].to_numpy().tolist() == [["-8", 1], ["99", 1]]


@pytest.mark.parametrize("content", [b"", b"team,q\n1,2\n", b"$FL2 and no more"], ids=["empty", "a CSV", "cut off"])
def test_what_is_called_sav_must_be_sav(dataset, content):
    """No traceback of another library's."""
    (told,) = check(dataset(codebook=CODEBOOK.format(""), files={"employees.sav": content})).breaches["message"]
    assert told == "employees.sav: is not an SPSS file, or is damaged. Save it again from SPSS."


def test_a_file_that_makes_its_reader_crash_is_told(saved, dataset, tmp_path, monkeypatch):
    """The process that reads it ends; this one goes on."""
    (tmp_path / "crashing").mkdir()
    (tmp_path / "crashing" / "pyreadstat.py").write_text("import ctypes\nctypes.string_at(0)\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "crashing"))
    (told,) = check(dataset(codebook=CODEBOOK.format(""), files={saved.name: saved.read_bytes()})).breaches["message"]
    assert told == "employees.sav: is not an SPSS file, or is damaged. Save it again from SPSS."


def test_a_file_with_too_many_cells_is_told_before_it_is_read(saved, dataset, tmp_path, monkeypatch):
    """By what its header says."""
    (tmp_path / "huge").mkdir()
    about = "type('About', (), {'number_rows': 10**8, 'number_columns': 40})"
    (tmp_path / "huge" / "pyreadstat.py").write_text(f"def read_sav(path, metadataonly): return None, {about}\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "huge"))
    (told,) = check(dataset(codebook=CODEBOOK.format(""), files={saved.name: saved.read_bytes()})).breaches["message"]
    assert told == "employees.sav: has more cells than are read from SPSS. Save it as Parquet."


def test_the_other_process_is_not_misled_by_files_beside_the_data(saved, dataset, monkeypatch):
    """A file called as a module in the folder where one works is never run."""
    folder = dataset(codebook=CODEBOOK.format("-8|99"), files={saved.name: saved.read_bytes(), "json.py": "1 / 0"})
    monkeypatch.chdir(folder)
    assert check(folder).breaches["message"].tolist() == []


def test_without_the_reader_the_message_says_what_to_install(saved, dataset, monkeypatch):
    """It is an extra."""
    monkeypatch.setitem(sys.modules, "pyreadstat", None)
    (told,) = check(dataset(codebook=CODEBOOK.format(""), files={saved.name: saved.read_bytes()})).breaches["message"]
    assert "pip install 'exkit[spss]'" in told
