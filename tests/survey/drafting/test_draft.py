"""A codebook drafted from files."""

import shutil
from collections.abc import Callable
from itertools import product
from pathlib import Path

import pandas as pd
import pytest

from exkit.errors import ExkitError
from exkit.survey.check import check
from exkit.survey.drafting.draft import ORDER, Draft, draft
from exkit.survey.drafting.drafted import files_in_yaml, next_steps, told, write_draft
from exkit.survey.rules import GUESS

ROOT = Path(__file__).parents[3]
REAL = ROOT.parent / "shared" / "real"

PEOPLE = [(f"p{i}", "North" if i % 3 else "South", 1 + i % 5, 1 + (i // 2) % 5, (i * 7) % 11) for i in range(66)]
STAFF = "id,team,voice_1,voice_2,enps\n" + "".join(",".join(map(str, row)) + "\n" for row in PEOPLE)


@pytest.fixture
def drafted(tmp_path: Path) -> Callable[..., Draft]:
    """Draft from one file of this text; `table` says what it is, `language` what it is in."""

    def make(text: str | bytes, *, name: str = "export.csv", table: str = "", language: str = "") -> Draft:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return draft([(table, path)], language=language)

    return make


def row(found: Draft, name: str) -> dict[str, object]:
    """Look up the row of a variable, without what is empty."""
    (one,) = found.codebook[found.codebook["variable"] == name].to_dict("records")
    return {key: value for key, value in one.items() if value != ""}


def test_every_row_of_a_guess_says_so(drafted: Callable):
    """In the order of the file, with all columns that a codebook has."""
    found = drafted(STAFF)
    assert list(found.codebook.columns) == ORDER
    assert list(found.codebook["variable"]) == ["id", "team", "voice_1", "voice_2", "enps"]
    assert (found.codebook[GUESS] != "").all()


def test_roles_scales_and_cut_offs_are_guessed(drafted: Callable):
    """A respondent, a team, two items of one scale, and a 0-10 recommendation."""
    found = drafted(STAFF)
    assert [row(found, name)["role"] for name in ("id", "team")] == ["respondent", "unit"]
    assert row(found, "voice_1") | {"scale": "voice", "low": 1, "high": 5, "role": "item"} == row(found, "voice_1")
    enps = row(found, "enps")
    assert (enps["role"], enps["low"], enps["high"]) == ("recommend_work", 0, 10)
    assert (enps["promoter_from"], enps["detractor_to"]) == (9, 6)


def test_a_missing_code_outside_the_scale_is_guessed(drafted: Callable):
    """And leaves the scale as it is."""
    found = row(drafted(STAFF.replace(",10\n", ",99\n")), "enps")
    assert (found["missing"], found["high"]) == ("99", 10)
    assert "missing: 99" in found[GUESS]


def test_what_says_nothing_or_too_much_is_left_out_and_told(drafted: Callable):
    """Free text is never sampled into the draft, and neither is what says who somebody is."""
    said = "".join(f"{i},5,,I said {i} things about them,x{i}@y.nl,{1 + i % 5}\n" for i in range(40))
    found = drafted("respondent_id,form,gone,remark,email,q1\n" + said)
    left_out = dict(zip(found.left_out["column"], found.left_out["why"], strict=True))
    assert list(left_out) == ["form", "gone", "remark", "email"]
    assert (left_out["form"], left_out["gone"]) == ("is the same in every row", "is empty")
    assert left_out["remark"].startswith("is free text or names (40 different texts)")
    everything = found.codebook.to_csv() + found.labels.to_csv() + found.left_out.to_csv() + "\n".join(told(found))
    assert "things about them" not in everything
    assert "@" not in everything


def test_a_few_addresses_that_return_are_no_group(drafted: Callable):
    """Who leads a team is somebody, however the column is called."""
    text = "respondent_id,led_by,q1\n" + "".join(f"p{i},boss{i % 3}@y.nl,{1 + i % 5}\n" for i in range(60))
    found = drafted(text)
    (one,) = found.left_out.to_dict("records")
    assert (one["column"], one["why"]) == ("led_by", "is free text or names (3 different texts), by how it looks")
    assert "@" not in found.codebook.to_csv() + found.labels.to_csv() + "\n".join(told(found))


def test_an_id_that_repeats_is_told(drafted: Callable):
    """It tells nobody apart."""
    text = "person_id,q1\n" + "".join(f"{i % 20},{1 + i % 5}\n" for i in range(60))
    (one,) = drafted(text).left_out.to_dict("records")
    assert (one["column"], one["why"]) == ("person_id", "looks like an id and is not one per row: no person's id")


def test_questions_of_qualtrics_are_taken_over_in_their_language(drafted: Callable):
    """Three header rows; the recommendation is told by its question."""
    rows = "".join(f"R_{i},{i % 11},{1 + i % 5},{1 + i % 4}\n" for i in range(40))
    text = (
        "ResponseId,Q1,Q2_1,Q2_2\n"
        "Response ID,Hoe waarschijnlijk is het dat u ons als werkgever aanbeveelt?,"
        "Ik ben trots op mijn werk,Ik hoor op tijd wat er speelt\n"
        '"{""ImportId"":""_recordId""}","{""ImportId"":""QID1""}","{""ImportId"":""QID2_1""}","{""ImportId"":""QID2_2""}"\n'
    )
    found = drafted(text + rows)
    assert found.language == "nl"
    assert row(found, "Q1")["role"] == "recommend_work"
    assert row(found, "Q2_1")["question_nl"] == row(found, "Q2_1")["label_nl"] == "Ik ben trots op mijn werk"
    assert row(found, "ResponseId")["role"] == "respondent"


def test_words_that_stand_for_numbers_are_declared(drafted: Callable, tmp_path: Path):
    """In `values.csv`, so that the study reads numbers and counts what it read so."""
    answers = ["Strongly disagree", "Disagree", "Neutral", "Agree", "Strongly agree"]
    rows = "".join(f"p{i},{answers[i % 5]},{answers[(i + 1) % 5]}\n" for i in range(40))
    found = drafted("person_id,voice1,voice2\n" + rows, name="employees.csv")
    assert row(found, "voice1")["scale"] == "voice"
    assert dict(found.labels.loc[found.labels["variable"] == "voice1", ["value", "read_as"]].to_numpy())["Agree"] == "4"
    write_draft(found, tmp_path / "codebook.csv")
    checked = check(tmp_path)
    assert checked.breaches["message"].tolist() == []
    assert set(checked.study_parts["tables"]["employees"]["voice1"]) == {1, 2, 3, 4, 5}


def test_labels_of_spss_are_taken_over(tmp_path: Path):
    """Its questions, its value labels and the values that it calls missing: nothing of that is a guess."""
    pyreadstat = pytest.importorskip("pyreadstat", reason="pyreadstat is not installed: pip install 'exkit[spss]'")
    data = pd.DataFrame({"pnr": range(40), "sex": [1.0, 2.0] * 20, "q1": [1.0, 4.0, 3.0, 9.0] * 10})
    pyreadstat.write_sav(
        data,
        tmp_path / "staff.sav",
        column_labels={"q1": "My manager listens to me."},
        variable_value_labels={
            "sex": {1.0: "Woman", 2.0: "Man"},
            "q1": {1.0: "Never", 5.0: "Always", 9.0: "No answer"},
        },
        missing_ranges={"q1": [9]},
    )
    found = draft([("", tmp_path / "staff.sav")])
    q1 = row(found, "q1")
    assert (q1["low"], q1["high"], q1["missing"], q1["question_en"]) == (1, 5, "9", "My manager listens to me.")
    assert "missing" not in q1[GUESS]
    assert row(found, "sex")["type"] == "choice"
    assert found.labels.loc[found.labels["variable"] == "sex", "label_en"].tolist() == ["Woman", "Man"]


def test_a_column_of_one_wave_has_a_row_for_that_wave(tmp_path: Path):
    """The waves are in the names of the files, which `study.yml` is told."""
    (tmp_path / "mto_2024.csv").write_text(STAFF)
    (tmp_path / "mto_2025.csv").write_text(STAFF.replace("voice_2", "voice_3"))
    found = draft([("", tmp_path / "mto_2024.csv"), ("", tmp_path / "mto_2025.csv")])
    waves = found.codebook.set_index("variable")["wave"].to_dict()
    assert (waves["voice_1"], waves["voice_2"], waves["voice_3"]) == ("", "2024", "2025")
    assert row(found, "wave")["role"] == "wave"
    assert found.files == {
        "employees": [{"file": "mto_2024.csv", "wave": "2024"}, {"file": "mto_2025.csv", "wave": "2025"}]
    }
    write_draft(found, tmp_path / "codebook.csv")
    (tmp_path / "study.yml").write_text(files_in_yaml(found))
    assert check(tmp_path).breaches["message"].tolist() == []


def test_a_text_that_a_spreadsheet_would_calculate_is_defused(drafted: Callable):
    """A question gets a quote in front; a column with such a name is left out."""
    rows = "".join(f"{1 + i % 5},{1 + i % 5},p{i}\n" for i in range(40))
    found = drafted("=1+1,=2+2. Q,person_id\n".replace("=2+2. Q", "Q1") + rows)
    assert found.left_out["why"].tolist() == ["its name would be a formula in a spreadsheet: rename it"]
    text = "ResponseId,Q1\nResponse ID,=cmd\n" + '"{""ImportId"":""a""}","{""ImportId"":""b""}"\n'
    asked = drafted(text + "".join(f"R_{i},{1 + i % 5}\n" for i in range(40)))
    assert row(asked, "Q1")["question_en"] == "'=cmd"


def test_a_name_of_the_kits_own_is_for_what_it_says(drafted: Callable):
    """A column `sector` with another value in each row is none."""
    text = "person_id,sector,q1\n" + "".join(f"p{i},s{i},{1 + i % 5}\n" for i in range(40))
    (why,) = drafted(text).left_out["why"]
    assert why.startswith("is called sector, a name of the kit's own, and does not look it")


def test_a_file_with_nothing_to_draft_is_told(drafted: Callable):
    """With what is the matter with each column."""
    with pytest.raises(ExkitError, match=r"'a' is the same in every row\."):
        drafted("a,b\n1,x\n1,x\n")


@pytest.mark.parametrize(("language", "separator"), [("en", ","), ("nl", ";")])
def test_what_excel_saves_is_read_back_the_same(drafted: Callable, tmp_path: Path, language: str, separator: str):
    """With a mark and the separator of the language; Excel keeps both."""
    found = drafted(STAFF, name="employees.csv", language=language)
    write_draft(found, tmp_path / "codebook.csv")
    text = (tmp_path / "codebook.csv").read_bytes()
    assert text.startswith(b"\xef\xbb\xbftable" + separator.encode())
    saved = pd.read_csv(tmp_path / "codebook.csv", sep=separator, dtype=str, keep_default_na=False)
    saved.to_csv(tmp_path / "codebook.csv", sep=separator, index=False, encoding="utf-8-sig")
    checked = check(tmp_path)
    assert checked.breaches["message"].tolist() == []
    assert "column 'guess' tells what was guessed" in " ".join(checked.notes["message"])
    assert checked.study_parts["codebook"].variable("enps").high == 10


def test_nothing_is_overwritten(drafted: Callable, tmp_path: Path):
    """Neither the codebook nor the values: it may be the work of days."""
    found = drafted(STAFF)
    (tmp_path / "codebook.csv").write_text("mine")
    with pytest.raises(ExkitError, match="exists, and is never overwritten"):
        write_draft(found, tmp_path / "codebook.csv")
    assert (tmp_path / "codebook.csv").read_text() == "mine"


def test_a_decimal_comma_is_read_as_the_study_reads_it(drafted: Callable):
    """And noted."""
    found = drafted("person_id;team;hours\n" + "".join(f"p{i};{'AB'[i % 2]};{30 + i},5\n" for i in range(20)))
    assert row(found, "hours")["type"] == "number"
    assert any("decimal comma" in remark for remark in found.remarks)


def test_what_study_yml_says_of_a_file_is_heeded(drafted: Callable, tmp_path: Path):
    """It is what the message asks for where a file can be read in two ways; and it goes on into a project."""
    text = STAFF.replace("North", "d\u2019or").encode("cp1252")
    with pytest.raises(ExkitError, match=r"declare its encoding in study\.yml"):
        drafted(text)
    (tmp_path / "study.yml").write_text("files: {customers: [{file: export.csv, encoding: cp1252, header_row: 1}]}\n")
    found = drafted(text)
    assert found.sources[["table", "why"]].to_numpy().tolist() == [["customers", "as study.yml says"]]
    assert files_in_yaml(found) == (
        'files:\n  customers:\n    - {file: "export.csv", encoding: "cp1252", header_row: 1}\n'
    )
    written = write_draft(found, tmp_path / "codebook.csv")
    assert not any("study.yml" in line for line in next_steps(found, written))
    assert check(tmp_path).breaches["message"].tolist() == []


def test_a_mistake_in_study_yml_is_told_before_a_draft_is_made(drafted: Callable, tmp_path: Path):
    """It may be about the very file."""
    (tmp_path / "study.yml").write_text("encodng: cp1252")
    with pytest.raises(ExkitError, match="no setting 'encodng'"):
        drafted(STAFF)


def test_the_sample_is_recognised(tmp_path: Path):
    """Roles, scales, ranges, reversed items and missing codes of the sample's own codebook, employees and customers."""
    for name in ("employees", "customers"):
        shutil.copy(ROOT / "data" / "sample" / f"{name}.csv", tmp_path)
    drafted = draft([("", tmp_path / "employees.csv"), ("", tmp_path / "customers.csv")])
    assert drafted.left_out.empty
    own = pd.read_csv(ROOT / "data" / "sample" / "codebook.csv", dtype=str, keep_default_na=False)
    key, compared = ["table", "variable"], ["role", "type", "low", "high", "reverse", "missing"]
    own = own[own["table"].isin(["employees", "customers"])].drop_duplicates(key).set_index(key)[compared]
    mine = drafted.codebook.astype(str).set_index(key)[compared]
    own = own.loc[mine.index]
    wrong = [
        (name, column) for name, column in product(own.index, compared) if mine.at[name, column] != own.at[name, column]
    ]
    assert wrong == [(("customers", "again"), "role")]


@pytest.mark.parametrize(
    ("name", "table", "rows", "left_out"),
    [
        ("mobi", "customers", 24, 0),
        ("lq2002", "", 21, 6),
        ("nyc_schools_2011", "", 40, 4),
        ("fevs_agency", "", 7, 0),
        ("bh1996", "", 5, 8),
    ],
)
def test_drafts_of_real_files_are_sound_as_they_are(tmp_path: Path, name: str, table: str, rows: int, left_out: int):
    """A school, a company, an operator: nothing has to be changed before the check finds nothing wrong."""
    if not REAL.is_dir():
        pytest.skip("../shared/real is not here")
    path = tmp_path / f"{name}.csv"
    shutil.copyfile(REAL / path.name, path)
    found = draft([(table, path)])
    assert (len(found.codebook), len(found.left_out)) == (rows, left_out)
    write_draft(found, tmp_path / "codebook.csv")
    (tmp_path / "study.yml").write_text(files_in_yaml(found))
    assert check(tmp_path).breaches["message"].tolist() == []
