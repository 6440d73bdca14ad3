"""Which groups make up which, and of whom nothing is told though everybody can work it out."""

import numpy as np
import pandas as pd

from exkit.present.disclosure.groups import UNKNOWN, Groups
from exkit.present.disclosure.nesting import Cells, completed, nest


def groups(*rows: tuple, names: tuple[str, ...] = ("sector", "organisation", "wave")) -> Groups:
    """Lay out groups of one question: names, and how many people."""
    frame = pd.DataFrame(rows, columns=[*names, "n"])
    return Groups(frame[list(names)].assign(x="enps"), frame[["n"]].astype(float))


def equations(cells: Cells) -> list[list[int]]:
    """Give the equations in an order of their own."""
    return sorted(cells.parts.astype(int).tolist())


def test_a_whole_is_made_up_of_its_parts():
    """All of them, and nobody is left."""
    cells = nest(groups(("", 100), ("care", 60), ("trade", 40), names=("sector",)))
    assert (cells.parts.tolist(), cells.n_rests) == ([[1, -1, -1]], 0)


def test_who_is_in_no_part_is_a_rest():
    """Six people without a sector."""
    cells = nest(groups(("", 106), ("care", 60), ("trade", 40), names=("sector",)))
    assert (cells.parts.tolist(), cells.n_rests) == ([[1, -1, -1, -1]], 1)
    assert cells.counts[-1].tolist() == [6]


def test_groups_that_overlap_are_no_parts():
    """Sixty and fifty of a hundred."""
    assert len(nest(groups(("", 100), ("care", 60), ("trade", 50), names=("sector",))).parts) == 0


def test_people_of_whom_the_sector_is_not_known_may_be_a_part_or_everybody():
    """With them the parts are the whole; where that is too many, they mean something else."""
    known = nest(groups(("", 100), ("care", 60), (UNKNOWN, 40), names=("sector",)))
    assert known.parts.tolist() == [[1, -1, -1]]
    everybody = nest(groups(("", 100), ("care", 60), (UNKNOWN, 100), names=("sector",)))
    assert (everybody.parts.tolist(), everybody.counts[-1].tolist()) == ([[1, -1, 0, -1]], [40])


def test_of_three_levels_what_follows_is_left_out():
    """All are the sectors, a sector its organisations: that all are the organisations is nothing new."""
    cells = nest(groups(
        ("", "", "1", 100), ("care", "", "1", 60), ("trade", "", "1", 40), ("care", "a", "1", 35),
        ("care", "b", "1", 25), ("trade", "c", "1", 40),
    ))  # fmt: skip
    assert equations(cells) == [[0, 0, 1, 0, 0, -1], [0, 1, 0, -1, -1, 0], [1, -1, -1, 0, 0, 0]]


def test_where_an_organisation_is_not_told_its_sector_has_a_rest():
    """And what all organisations add up to says nothing that the sectors do not."""
    cells = nest(groups(("care", "", "1", 60), ("care", "a", "1", 35)))
    assert (cells.parts.tolist(), cells.counts[-1].tolist()) == ([[1, -1, -1]], [25])


def test_all_waves_together_are_a_whole_too():
    """Of everybody and of a sector, beside the sectors."""
    cells = nest(groups(("", "", "", 90), ("", "", "1", 50), ("", "", "2", 40), ("care", "", "", 60)))
    assert [row[:4] for row in equations(cells)] == [[1, -1, -1, 0], [1, 0, 0, -1]]
    assert cells.counts[-1].tolist() == [30]


def test_a_whole_that_nobody_tells_but_two_ways_of_adding_up_is_a_group():
    """Sectors and regions; where these do not tell of the same people, the rest of the one is known as well."""
    names = ("sector", "region")
    cells = nest(groups(("s1", "", 60), ("s2", "", 40), ("", "r1", 30), ("", "r2", 70), names=names))
    assert (cells.n_rests, cells.counts[-1].tolist()) == (1, [100])
    assert equations(cells) == [[-1, -1, 0, 0, 1], [0, 0, -1, -1, 1]]
    short = nest(groups(("s1", "", 60), ("s2", "", 40), ("", "r1", 30), ("", "r2", 64), names=names))
    assert short.counts[-2:].ravel().tolist() == [100, 6]


def test_within_each_wave_there_is_such_a_whole():
    """Organisations and sectors by wave, where nobody knows which lies in which."""
    cells = nest(groups(("care", "", "1", 60), ("", "a", "1", 60), ("care", "", "2", 50), ("", "a", "2", 50)))
    assert (cells.n_rests, sorted(cells.counts[-2:].ravel().tolist())) == (2, [50, 60])


def test_of_what_is_not_told_nothing_is_left():
    """The total of marks is told of sectors, not of everybody."""
    frame = pd.DataFrame({"x": "enps", "sector": ["", "care"]})
    cells = nest(Groups(frame, pd.DataFrame({"n": [100.0, 60.0], "total": [np.nan, 420.0]})))
    assert cells.counts[-1, 0] == 40
    assert np.isnan(cells.counts[-1, 1])


def test_a_name_that_lies_in_another_brings_it_along():
    """An organisation its sector, where one row tells both."""
    keys = pd.DataFrame({
        "x": "enps", "organisation": ["a", "b", "c", "a"], "sector": ["care", "care", "trade", ""], "wave": "1",
    })  # fmt: skip
    assert completed(keys)["sector"].tolist() == ["care", "care", "trade", "care"]


def test_an_organisation_that_moved_has_the_sector_of_its_wave():
    """And none where all waves are meant."""
    keys = pd.DataFrame({
        "x": "enps", "organisation": ["a", "a", "b", "c", "a", "a", "a", "b"],
        "sector": ["care", "trade", "care", "trade", "", "", "", ""], "wave": ["1", "2", "1", "1", "1", "2", "", ""],
    })  # fmt: skip
    assert completed(keys)["sector"].tolist()[4:] == ["care", "trade", "", "care"]


def test_names_that_cross_do_not_lie_in_each_other():
    """Both sectors are in both regions; and where each has one of the other, nobody can say which is finer."""
    cross = pd.DataFrame({"x": "enps", "sector": ["a", "a", "b", "b", "a"], "region": ["r", "s", "r", "s", ""]})
    assert completed(cross)["region"].tolist()[-1] == ""
    same = pd.DataFrame({"x": "enps", "sector": ["a", "b", "a"], "region": ["r", "s", ""]})
    assert completed(same)["region"].tolist()[-1] == ""
