"""Items that belong together."""

import numpy as np
import pandas as pd

from exkit.survey.drafting.blocks import find_blocks
from exkit.survey.drafting.portrait import Portrait


def columns(**cells: str) -> list[Portrait]:
    """Portray columns of one-digit answers."""
    return [Portrait(name, pd.Series(list(answers), dtype="str")) for name, answers in cells.items()]


def test_items_with_one_name_and_one_scale_are_a_block():
    """Whose scale is that of all of them together: nobody gave the second more than 4."""
    (block,) = find_blocks(columns(lead1="12345", lead2="12344", age="23413"))
    assert (block.name, block.scale, block.items) == ("lead", (1, 5), ("lead1", "lead2"))


def test_questions_that_are_only_numbered_belong_together_by_scale():
    """`q1` to `q4` say nothing: two scales are two blocks, named after their first and last question."""
    found = find_blocks(columns(q1="12345", q2="54321", q3="01234", q4="40123"))
    assert [(block.name, block.scale) for block in found] == [("q1_to_q2", (1, 5)), ("q3_to_q4", (0, 4))]


def test_ticks_are_no_scale():
    """Boxes that are ticked or not."""
    assert find_blocks(columns(reason1="01101", reason2="11001")) == []


def test_an_item_that_runs_against_the_others_seems_reversed():
    """It goes down where they go up."""
    random = np.random.default_rng(1)
    base = random.integers(1, 6, 200)
    noisy = [np.clip(base + random.integers(-1, 2, 200), 1, 5) for _ in range(3)]
    answers = {"pride1": noisy[0], "pride2": noisy[1], "pride3": 6 - noisy[2]}
    (block,) = find_blocks(columns(**{name: "".join(map(str, its)) for name, its in answers.items()}))
    assert block.against == ("pride3",)
