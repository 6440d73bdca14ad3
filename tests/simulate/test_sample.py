import json
import resource
import shutil

import pandas as pd
import pytest

import exkit as ex
from exkit.errors import ExkitError
from exkit.simulate.sample import draw, write
from exkit.simulate.truth import Truth

SMALL = Truth(sectors=2, organisations=2, units=(3, 4), staff=6, customers=8, waves=("2024", "2025"), published=None)


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """Write a small study with nothing tuned."""
    folder = tmp_path_factory.mktemp("studies") / "small"
    write(folder, draw(SMALL, seed=1), seed=1)
    return folder


def test_a_small_study_opens(small):
    """With the codebook of the sample, as far as it has the waves."""
    study = ex.open(small)
    assert study.synthetic
    assert study.waves == ["2024", "2025"]
    assert study.people("employees")["organisation"].nunique() == 4


def test_the_same_seed_gives_the_same_bytes(small, tmp_path):
    """Another seed gives others."""
    bytes_of = lambda folder: {p.name: p.read_bytes() for p in folder.iterdir()}  # noqa: E731 - said once
    write(tmp_path / "again", draw(SMALL, seed=1), seed=1)
    write(tmp_path / "other", draw(SMALL, seed=2), seed=2)
    assert bytes_of(tmp_path / "again") == bytes_of(small)
    assert bytes_of(tmp_path / "other")["employees.csv"] != bytes_of(small)["employees.csv"]


def test_the_truth_tells_what_was_planted_published_and_solved(small):
    """Beside the seed."""
    told = json.loads((small / "truth.json").read_text())
    assert told["seed"] == 1
    assert told["planted"]["r_units"] == SMALL.r_units
    assert told["published"] is None
    assert told["solved"] == {}


def test_a_full_disk_leaves_the_study_that_was_there(small, tmp_path):
    """Tried with files that may not grow: one message, and not a byte of another study among those of the first."""
    kept = shutil.copytree(small, tmp_path / "kept")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (5000, limits[1]))
    try:
        with pytest.raises(ExkitError, match=r"'.*kept' cannot be written: files may not be as large"):
            write(kept, draw(SMALL, seed=2), seed=2)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert {p.name: p.read_bytes() for p in kept.iterdir()} == {p.name: p.read_bytes() for p in small.iterdir()}
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


def test_what_is_not_a_made_up_study_is_not_written_over(tmp_path):
    """Somebody's own data stay."""
    (tmp_path / "employees.csv").write_text("person\np1\n")
    with pytest.raises(ExkitError, match="holds something else than a made-up study"):
        write(tmp_path, draw(SMALL, seed=1), seed=1)
    assert (tmp_path / "employees.csv").read_text() == "person\np1\n"


def test_a_file_is_no_folder(tmp_path):
    """Told, not replaced."""
    (tmp_path / "study").write_text("")
    with pytest.raises(ExkitError, match=r"is a file\. Give a folder\."):
        write(tmp_path / "study", draw(SMALL, seed=1), seed=1)


def test_people_keep_their_name_over_the_waves():
    """Some answer in both."""
    drawn = draw(SMALL, seed=1)
    for table, who in (("employees", "person"), ("customers", "customer")):
        people = drawn.tables[table]
        assert not people.duplicated([who, "wave"]).any()
        assert people[who].duplicated().any()


def test_weights_bring_answers_back_to_the_margins():
    """In each wave, for gender, age and level, to a thousandth."""
    drawn = draw(Truth(sectors=4, waves=("2024", "2025"), published=None), seed=1)
    people, margins = drawn.tables["employees"], drawn.tables["margins"]
    for (wave, name), known in margins.groupby(["wave", "variable"]):
        its = people[people["wave"] == wave]
        shares = its.groupby(name)["weight"].sum() / its["weight"].sum()
        assert shares.reindex(known["value"]).to_numpy() == pytest.approx(known["share"].to_numpy(), abs=0.001)


def test_a_renumbered_organisation_has_other_codes_from_half_way_on():
    """The crosswalk leads both back to the same units."""
    drawn = draw(Truth(sectors=8, organisations=2, published=None, staff=3, customers=5), seed=1)
    crosswalk = drawn.tables["crosswalk"]
    changed = crosswalk[crosswalk["from"] != ""]
    assert changed["from"].unique().tolist() == ["2024"]
    coded = drawn.tables["customers"].merge(changed, left_on="team", right_on="code")
    assert set(coded.loc[coded["code"].str[0] == "G", "wave"]) == {"2024", "2025"}
    assert pd.Series(coded["wave"] >= coded["from"]).all()


def test_a_published_figure_that_cannot_be_had_is_refused():
    """Among few people nobody can make it so."""
    few = Truth(sectors=1, organisations=1, units=(8, 8), staff=4, customers=5, waves=("2025",))
    with pytest.raises(ExkitError, match="in this study: it"):
        draw(few, seed=1)
