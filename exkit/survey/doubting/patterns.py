"""Patterns of answering that make one look twice: the same answers again, one answer to everything, an unused end.

Each may be real. A pattern is only pointed out where chance is a poor explanation of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce

import numpy as np
import pandas as pd

from exkit.survey.codebook import Variable
from exkit.survey.doubting.seen import Seen
from exkit.survey.findings import Findings, quoted

MANY_ANSWERS = 10
"""From how many answers on nobody is likely to answer just as somebody else of the same team."""
VARIED = 0.8
"""Largest share that one answer may have among them: many people answer 4 to everything."""
BLOCK = 5
"""Items that make a block in which one answer to all of them, reversed ones included, contradicts itself."""
MOST_OPTIONS = 11
EXPECTED = 5
"""Answers that chance does not make none of: an end of a scale is missed if it should have had so many."""
LEAST_ANSWERS, CHANCE = 50, 3
"""Answers below which a correlation between items says little, and standard errors that chance seldom reaches."""


def find_same_answers(seen: Seen, findings: Findings) -> None:
    """Point out rows with the answers of another row: of the same unit and wave, or of the same person later on."""
    questions = [v.name for v in seen.questions]
    if len(questions) < MANY_ANSWERS:
        return
    sketch = _sketch(seen.frame[questions])
    for roles, problem, whose in (
        (("unit", "wave"), "same_answers", "another row of the same unit and wave"),
        (("respondent",), "same_answers_later", "those of the same person in another wave"),
    ):
        keys = [column for column in map(seen.column, roles) if column]
        if seen.column(roles[0]):
            alike = seen.frame[keys].assign(sketch=sketch).duplicated(keep=False)
            rows = seen.frame.loc[alike, [*keys, *questions]].dropna(subset=keys)
            rows = rows[_is_varied(rows[questions])]
            text = f"the same answers to {MANY_ANSWERS} questions or more as {whose}"
            advice = "Look whether they were sent in or copied twice."
            seen.point_out(findings, rows.index[rows.duplicated(keep=False)], problem, text, advice=advice)


def _sketch(answers: pd.DataFrame) -> np.ndarray:
    """Make one number of the answers of a row: rows that differ in it differ, so that few need to be compared."""
    weights = np.random.default_rng(1).normal(size=len(answers.columns))
    sketch = np.zeros(len(answers))
    for weight, name in zip(weights, answers, strict=True):
        sketch += weight * answers[name].fillna(-1).to_numpy()
    return sketch


def _is_varied(answers: pd.DataFrame) -> pd.Series:
    """Tell which rows have many answers, and not nearly all of them the same."""
    answered = answers.count(axis="columns")
    most = pd.Series(0, index=answers.index)
    for answer in np.unique(answers.to_numpy())[:MOST_OPTIONS]:
        most = most.clip(lower=answers.eq(answer).sum(axis="columns"))
    return (answered >= MANY_ANSWERS) & (most <= VARIED * answered)


def find_straight_lines(seen: Seen, findings: Findings) -> None:
    """Point out respondents with one answer to all items of a block, though some of them are reversed."""
    for items in _blocks(seen.variables):
        names = [v.name for v in items]
        answers, reverse = seen.frame[names], np.array([v.reverse for v in items])
        answered = answers.notna().to_numpy()
        enough = (answered.sum(axis=1) >= BLOCK) & answered[:, reverse].any(axis=1) & answered[:, ~reverse].any(axis=1)
        lowest, highest = (reduce(of_two, (answers[name] for name in names)) for of_two in (np.fmin, np.fmax))
        straight = answers.index[enough & (lowest == highest)]
        share = f"{len(straight) / max(enough.sum(), 1):.1%} of {enough.sum():,} respondents"
        told = f"one answer to all of {len(items)} items, {names[0]} to {names[-1]}, some of them reversed: {share}"
        seen.point_out(findings, straight, "straight_line", told, advice="Look whether they read the questions.")


def _blocks(variables: Sequence[Variable]) -> Iterator[list[Variable]]:
    """Take together the items that have the same answers, where some are reversed."""
    items = [v for v in variables if v.role == "item" and None not in (v.low, v.high)]
    for ends in dict.fromkeys((v.low, v.high) for v in items):
        block = [v for v in items if (v.low, v.high) == ends]
        if len(block) >= BLOCK and 0 < sum(v.reverse for v in block) < len(block):
            yield block


def find_unused_ends(seen: Seen, findings: Findings) -> None:
    """Point out questions of which one end is never chosen: a 1-10 scale given as 0-10."""
    for variables, rows, wave in seen.waves():
        for v in variables:
            if v.type == "whole" and None not in (v.low, v.high) and 1 < v.high - v.low < MOST_OPTIONS:
                counts = rows[v.name].value_counts()
                among = f"on a scale of {v.low:g}-{v.high:g}, among {counts.sum():,} answers"
                for end in _missed(counts, v):
                    told = {"variable": v.name, "value": f"{end:g}", "n": int(counts.sum())}
                    text, advice = (
                        _in_wave(f"nobody answered {end:g} {among}", wave),
                        "Check the scale in codebook.csv.",
                    )
                    findings.suspect(seen.files, "unused_end", text, advice=advice, **told)


def _missed(counts: pd.Series, variable: Variable) -> Iterator[float]:
    """Tell which ends of a scale nobody chose, though some should have."""
    for end, inward in ((variable.low, 1), (variable.high, -1)):
        if end not in counts.index and _expected(counts, end, inward) >= EXPECTED:
            yield end


def _expected(counts: pd.Series, end: float, inward: int) -> float:
    """Foresee the answers at the end of a scale, as they become fewer towards it: 40, 20 and so 10."""
    beside, before = counts.get(end + inward, 0), counts.get(end + 2 * inward, 0)
    return beside * min(beside / before, 1) if before else beside


def find_turned_items(seen: Seen, findings: Findings) -> None:
    """Point out items that run against the others of their scale, as a reversed item does that is not declared so."""
    for variables, rows, wave in seen.waves():
        for scale in dict.fromkeys(v.scale for v in variables if v.scale):
            items = {v.name: v for v in variables if v.scale == scale and v.role == "item"}
            answers = rows[[*items]].dropna()
            if len(items) > 1 and len(answers) >= LEAST_ANSWERS:
                for name, r in _turned(answers * [-1 if v.reverse else 1 for v in items.values()]):
                    declared = "declared" if items[name].reverse else "not declared"
                    text = f"runs against the other items of '{scale}' (r = {r:.2f}), and is {declared} as reversed"
                    told = {"variable": name, "n": len(answers)}
                    advice = "Check its answers and the column reverse in codebook.csv."
                    findings.suspect(seen.files, "turned_item", _in_wave(text, wave), advice=advice, **told)


def _turned(answers: pd.DataFrame) -> Iterator[tuple[str, float]]:
    """Turn the item that runs against the others most, until none does; give each with its correlation."""
    chance = -CHANCE / np.sqrt(len(answers))
    for _ in range(len(answers.columns) // 2):
        others = {name: answers.drop(columns=name).sum(axis="columns") for name in answers}
        r = pd.Series({name: answers[name].corr(rest) for name, rest in others.items()})
        if not r.min() < chance:
            return
        yield str(r.idxmin()), float(r.min())
        answers = answers.assign(**{str(r.idxmin()): -answers[r.idxmin()]})


def find_empty(seen: Seen, findings: Findings) -> None:
    """Point out variables without any answer."""
    empty = [name for name in seen.frame if seen.frame[name].isna().all()]
    for name in empty:
        text, advice = "has no value in any row", "Check the name in codebook.csv and the file."
        findings.suspect(seen.files, "all_empty", text, advice=advice, variable=name, n=len(seen.frame))


def _in_wave(text: str, wave: str) -> str:
    """Add which wave something is about."""
    return f"{text}, in wave {quoted([wave])}" if wave else text
