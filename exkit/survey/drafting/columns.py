"""One table being drafted: what each of its columns seems to be, as a row of a codebook.

A column is tried as a key, a recommendation, an item, a figure of a unit, and else as what its answers look like.
Whatever was guessed stands in the row with its reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path

import pandas as pd

from exkit.survey.codebook import COLUMNS, KEYS
from exkit.survey.comments import is_free_text
from exkit.survey.drafting.blocks import Block, find_blocks
from exkit.survey.drafting.derived import find_derived
from exkit.survey.drafting.identify import Key, find_keys
from exkit.survey.drafting.portrait import Portrait
from exkit.survey.drafting.roles import is_id, recommends, says
from exkit.survey.drafting.spoken import numbers_of
from exkit.survey.reading.facts import Dialect, Facts
from exkit.survey.rules import GUESS
from exkit.survey.values import numbers

FIRST = ["table", "variable", "wave", "role", "scale", "type", "low", "high", "missing", GUESS]
ORDER = [*FIRST, *(name for name in COLUMNS if name not in FIRST)]
"""The columns of a draft: what there is to look through first."""

FAVOURABLE = {(1, 5): 4, (1, 7): 5, (1, 10): 8, (0, 1): 1}
"""From which answer on items are usually called favourable."""

LABEL_LENGTH = 60
"""A question that is no longer serves as a label, too."""

FEW = 3
"""As many different numbers are groups rather than marks."""

FORMULA = ("=", "＝", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet would calculate."""

NOTHING = {"na", "n/a", "#n/a", "nan", "null"}
"""Marks among the numbers of a file that stand for nothing among its words, too."""


@dataclass(frozen=True)
class Source:
    """A file to draft from: how it is declared to be written, what it holds, and which table it seems to be."""

    path: Path
    dialect: Dialect
    frame: pd.DataFrame
    facts: Facts
    portraits: list[Portrait]
    table: str
    why: str


def portray(frame: pd.DataFrame, facts: Facts) -> list[Portrait]:
    """Portray the columns of a table; what stands for nothing among its numbers does so among its words."""
    said = (facts.questions, facts.value_labels, facts.missing)
    empty = ("", {}, ())
    one_each = [
        Portrait(name, frame[name], *(its.get(name, none) for its, none in zip(said, empty, strict=True)))
        for name in frame.columns
    ]
    nothing = {mark for one in one_each for mark in one.marks if mark.casefold() in NOTHING}
    there = [tuple(sorted(nothing & set(one.counts.index) - set(one.marks))) for one in one_each]
    return [replace(one, declared=one.declared + its) if its else one for one, its in zip(one_each, there, strict=True)]


def _in_numbers(p: Portrait, spoken: Mapping[str, str]) -> Portrait:
    """Put the numbers in the place of the words that stand for them."""
    if not spoken:
        return p
    missing = tuple(dict.fromkeys([*p.declared, *p.marks]))
    return replace(p, cells=p.cells.replace(dict(spoken)), declared=missing)


class Drafting:
    """One table being drafted: its files one below the other, and what its columns seem to be."""

    def __init__(self, table: str, sources: Sequence[Source], language: str) -> None:
        self.table, self.sources, self.language = table, sources, language
        self.frame = pd.concat([s.frame for s in sources], ignore_index=True).fillna("")
        alone = sources[0].portraits if len(sources) == 1 else None
        heard = {p.name: p for p in alone or portray(self.frame, _together([s.facts for s in sources]))}
        self.spoken = {name: numbers_of(p.answers.index) for name, p in heard.items() if p.kind == "choice"}
        self.portraits = {name: _in_numbers(p, self.spoken.get(name, {})) for name, p in heard.items()}
        self.keys: dict[str, Key] = {key.name: key for key in find_keys(list(self.portraits.values()), table)}
        self.of_people = table in ("employees", "customers")
        self.was_asked = self.of_people or table == "organisations"

    @cached_property
    def waves(self) -> dict[str, str]:
        """The wave of each file as its name gives it, where there are several; by path."""
        found = {str(s.path): re.findall(r"(?:19|20)\d\d(?:[-_]?[qQ]?[1-4])?(?!\d)", s.path.stem) for s in self.sources}
        clear = len(found) > 1 and all(len(years) == 1 for years in found.values())
        return {path: years[0] for path, years in found.items()} if clear else {}

    @property
    def files(self) -> list[dict[str, object]]:
        """What `study.yml` should say of the files; nothing where their names say it, and nothing was declared."""
        usual = [s.path.stem == self.table or s.path.stem.startswith(f"{self.table}-") for s in self.sources]
        usual += [s.dialect == Dialect() for s in self.sources]
        if all(usual) and (len(self.sources) == 1 or all(s.path.stem != self.table for s in self.sources)):
            return []
        own_wave = any(key.role == "wave" for key in self.keys.values())
        waves = {} if own_wave else self.waves
        found = []
        for s in self.sources:
            said = {"file": s.path.name, **asdict(s.dialect), "wave": waves.get(str(s.path)), "sheet": s.facts.sheet}
            found.append({name: value for name, value in said.items() if value})
        return found

    @cached_property
    def blocks(self) -> dict[str, Block]:
        """The block of each item."""
        if not self.was_asked:
            return {}
        free = [p for p in self.portraits.values() if p.name not in self.keys and not self._asked_to_recommend(p)]
        return {name: block for block in find_blocks(free) for name in block.items}

    @cached_property
    def left_out(self) -> dict[str, str]:
        """Columns that are left out, and why."""
        told = {name: self._why_not(p) for name, p in self.portraits.items() if name not in self.keys}
        return {name: why for name, why in told.items() if why}

    def rows(self) -> Iterator[dict[str, object]]:
        """Draft the rows of the codebook, in the order of the file; a row per wave for what is not in all files."""
        for name, portrait in self.portraits.items():
            if name not in self.left_out:
                row = self._row(portrait)
                yield from ({**row, "wave": wave} for wave in self._asked_in(name, row))
        if self.waves and not any(key.role == "wave" for key in self.keys.values()):
            guess = f"wave: from the names of the files ({', '.join(self.waves.values())})"
            yield {"table": self.table, "variable": "wave", "role": "wave", "type": "text", GUESS: guess}

    def labels(self) -> Iterator[dict[str, str]]:
        """List the values that have labels, and those of choices."""
        for name, p in self.portraits.items():
            key = self.keys.get(name)
            if name in self.left_out or (key and (key.role == "respondent" or not p.labels)):
                continue
            is_choice = self._row(p)["type"] == "choice"
            listed = _in_order(p.answers.index) if is_choice else []
            for value in dict.fromkeys([*(v for v in p.labels if v not in p.missing), *listed]):
                label = _not_a_formula(p.labels.get(value, ""))
                yield {"table": self.table, "variable": name, "value": value, f"label_{self.language}": label}
            for words, number in self.spoken.get(name, {}).items():
                yield {"table": self.table, "variable": name, "value": words, "read_as": number}

    def _why_not(self, p: Portrait) -> str:
        """Say why a column is left out; nothing if it is not."""
        if not p.name.strip():
            return "has no name"
        if _is_formula(p.name):
            return "its name would be a formula in a spreadsheet: rename it"
        if p.kind in ("empty", "constant"):
            return "is empty" if p.kind == "empty" else "is the same in every row"
        if p.name in KEYS:
            return f"is called {p.name}, a name of the kit's own, and does not look it: rename it, or give it that role"
        if says(p.name, "person") and (self.of_people or p.kind == "number"):
            return "may say who or where somebody is"
        if p.kind == "moment":
            return "holds moments, or days that are not written as 2025-12-31: see date_format in study.yml"
        if is_id(p.name) and self.of_people and _is_an_id(p):
            return "looks like an id and is not one per row: no person's id"
        own_words = p.kind == "text" and 2 * len(p.answers) > p.answers.sum()
        if own_words or (p.kind in ("text", "choice") and is_free_text(p.answers)):
            return f"is free text or names ({len(p.answers):,} different texts), by how it looks"
        return f"is {self._derived[p.name]}, which the kit makes itself" if p.name in self._derived else ""

    @cached_property
    def _derived(self) -> dict[str, str]:
        """Columns that were calculated from others."""
        if not self.of_people:
            return {}
        whole = {
            name: p for name, p in self.portraits.items() if p.kind in ("whole", "number") and name not in self.keys
        }
        numeric = pd.DataFrame({name: numbers(p.cells.mask(p.cells.isin(p.missing), "")) for name, p in whole.items()})
        blocks = {block.name: block.items for block in self.blocks.values()}
        unit = next((name for name, key in self.keys.items() if key.role == "unit"), None)
        return find_derived(numeric, blocks=blocks, unit=self.frame[unit] if unit else None)

    def _row(self, p: Portrait) -> dict[str, object]:
        """Draft one row."""
        said = self._key(p) or self._recommendation(p) or self._item(p) or self._figure(p) or self._other(p)
        spoken = self.spoken.get(p.name) and "its words are read as numbers: see values.csv"
        guesses = [said.pop(GUESS, ""), spoken, self._missing_told(p)]
        row = {"table": self.table, "variable": p.name, "missing": "|".join(p.missing), **said}
        texts = {f"question_{self.language}": p.question}
        texts[f"label_{self.language}"] = p.question if len(p.question) <= LABEL_LENGTH else ""
        texts = {name: _not_a_formula(text) for name, text in texts.items()}
        return {**row, **texts, GUESS: "; ".join(filter(None, guesses))}

    def _missing_told(self, p: Portrait) -> str:
        """Say which missing codes are a guess: what the files do not call missing themselves."""
        said = {text for source in self.sources for text in source.facts.missing.get(p.name, ())}
        guessed = [text for text in p.missing if text not in said]
        return f"missing: {', '.join(guessed)}, by how it looks" if guessed else ""

    def _key(self, p: Portrait) -> dict[str, object] | None:
        """Draft a row for a key."""
        key = self.keys.get(p.name)
        kind = {"weight": "number", "date": "date"}
        return key and {"role": key.role, "type": kind.get(key.role, "text"), GUESS: f"{key.role}: {key.why}"}

    def _asked_to_recommend(self, p: Portrait) -> str:
        """Name the recommendation that a column asks for; nothing if it asks for none."""
        role = recommends(p.name, p.question, self.table)
        return role if role and self.of_people and p.looks_answered else ""

    def _recommendation(self, p: Portrait) -> dict[str, object] | None:
        """Draft a row for a question whether somebody would recommend."""
        role = self._asked_to_recommend(p)
        if not role:
            return None
        low, high = p.scale if p.scale != (1, 10) else _ends_told(p.question) or (0, 10)
        cuts = {"promoter_from": 9, "detractor_to": 6} if high == 10 else {}
        cuts = {"favourable_from": high} if (low, high) == (0, 1) else cuts
        role = role if cuts else ""
        unseen = " (no 0 seen: if the scale began at 1, write that)" if p.scale == (1, 10) and low == 0 else ""
        why = (
            f"{role}: its name or question" if role else "asks for a recommendation, on a scale without usual cut-offs"
        )
        return {"role": role, "type": "whole", "low": low, "high": high, **cuts, GUESS: f"{why}; {low}-{high}{unseen}"}

    def _item(self, p: Portrait) -> dict[str, object] | None:
        """Draft a row for an item of a scale."""
        block = self.blocks.get(p.name)
        if block is None:
            return None
        low, high = block.scale
        guess = f"item of {block.name}: {len(block.items)} columns share their name and {low}-{high}"
        row = {"role": "item", "scale": block.name, "type": "whole", "low": low, "high": high}
        if p.name in block.against:
            row["reverse"] = "yes"
            guess += "; reverse: runs against the other items"
        return {**row, "favourable_from": FAVOURABLE.get(block.scale), GUESS: guess}

    def _figure(self, p: Portrait) -> dict[str, object] | None:
        """Draft a row for a figure of a unit or organisation: what is counted, averaged or a share there."""
        if self.was_asked or p.kind not in ("whole", "number"):
            return None
        mine = next((role for role, about in self._counted.items() if p.name in about), None)
        if mine:
            about = self._counted[mine][p.name]
            return {"role": mine, "type": "number", GUESS: f"{mine}: of '{about}', by its name"}
        beside = {role: {about: name for name, about in its.items()} for role, its in self._counted.items()}
        there = {f"{role}_column": its[p.name] for role, its in beside.items() if p.name in its}
        if says(p.name, "outcome") and p.kind == "whole" and self._headcount:
            there["per"] = self._headcount
        is_outcome = p.kind == "number" or says(p.name, "outcome") or bool(there)
        guess = "outcome: a figure of the unit" if is_outcome else "no role: may be a count"
        told = "".join(f"; {column}: by its name" for column in there)
        return {"role": "outcome" if is_outcome else "", "type": "number", **there, GUESS: guess + told}

    @cached_property
    def _counted(self) -> dict[str, dict[str, str]]:
        """The columns that are the n or sd of a figure by their name, such as `n_recommend`, and of which."""
        found: dict[str, dict[str, str]] = {"n": {}, "sd": {}}
        for role, about in found.items():
            for name in self.portraits:
                parts = re.fullmatch(rf"(?:{role}[_.](.+)|(.+)[_.]{role})", name, re.IGNORECASE)
                base = parts and (parts[1] or parts[2])
                others = [other for other in self.portraits if other.startswith(base) and other != name] if base else []
                if base in others or len(others) == 1:
                    about[name] = base if base in others else others[0]
        return found

    @cached_property
    def _headcount(self) -> str:
        """The column that says how many people are in a unit, by its name; nothing if there is none."""
        return next((p.name for p in self.portraits.values() if p.kind == "whole" and says(p.name, "headcount")), "")

    def _other(self, p: Portrait) -> dict[str, object]:
        """Draft a row for what is neither a key, nor a recommendation, an item or a figure."""
        if p.kind in ("date", "text"):
            role = {"date": "", "text": "group"}[p.kind]
            return {"role": role, "type": p.kind, GUESS: "group: its names return" if role else "a day"}
        named = p.labels and set(p.answers.index) <= set(p.labels)
        if p.kind == "choice" or (named and p.scale != (0, 1)):
            return self._choice(p, "its values have labels" if named else "a few words that return")
        low, high = (p.looks_answered and p.scale) or (None, None)
        if p.looks_answered and p.scale != (0, 1) and self._seems_a_group(p):
            return self._choice(p, "a few numbers that seem to stand for groups")
        kind = "whole" if p.kind == "whole" else "number"
        told = "no role" if low is None else f"no role; {low}-{high}: what was seen"
        favourable = FAVOURABLE.get(p.scale) if p.looks_answered else None
        return {"role": "", "type": kind, "low": low, "high": high, "favourable_from": favourable, GUESS: told}

    @staticmethod
    def _seems_a_group(p: Portrait) -> bool:
        """Tell whether numbers without labels seem to stand for groups, by their name or because there are few."""
        return not p.labels and (says(p.name, "group") or len(p.answers) <= FEW)

    @staticmethod
    def _choice(p: Portrait, why: str) -> dict[str, object]:
        """Draft a row for a group; of text where a spreadsheet would calculate with its values."""
        role = "group"
        unsafe = any(_is_formula(value) for value in p.answers.index)
        return {"role": role, "type": "text" if unsafe else "choice", GUESS: f"{role}: {why}"}

    def _asked_in(self, name: str, row: Mapping[str, object]) -> list[str]:
        """List the waves that need a row of their own: none, unless a column is only in some of the files."""
        there = [s for s in self.sources if name in s.frame]
        if len(there) == len(self.sources) or row["role"] == "wave":
            return [""]
        waves = (
            {str(s.path): s.path.stem.removeprefix(f"{self.table}-") for s in there} if not self.files else self.waves
        )
        column = next((key.name for key in self.keys.values() if key.role == "wave"), None)
        if column:
            return sorted({wave for s in there if column in s.frame for wave in s.frame[column]})
        return [waves[str(s.path)] for s in there] if waves else [""]


def _together(facts: Sequence[Facts]) -> Facts:
    """Put together what the files of one table say; the last one wins."""
    merged = replace(facts[0], questions={}, value_labels={}, missing={})
    for one in facts:
        merged.questions.update(one.questions)
        merged.value_labels.update(one.value_labels)
        merged.missing.update(one.missing)
    return merged


def _is_an_id(p: Portrait) -> bool:
    """Tell whether a column has more values than answers would have."""
    return p.kind in ("whole", "text") and len(p.answers) > 11


def _ends_told(question: str) -> tuple[int, int] | None:
    """Read the ends of the scale in a question: `0-10`, `van 1 tot 10`, `0 = not at all ... 10 = `."""
    found = re.search(r"\b([01])\s*(?:-|–|to|tot|t/m|tot en met|through|=.*?)\s*(10)\b", question, re.DOTALL)
    return (int(found[1]), int(found[2])) if found else None


def _in_order(values: Sequence[str]) -> list[str]:
    """Put numbers in their order, and words behind them in theirs."""
    found = numbers(pd.Series(values, dtype="str")).fillna(float("inf"))
    return [value for _, value in sorted(zip(found, values, strict=True))]


def _not_a_formula(text: str) -> str:
    """Keep a spreadsheet from calculating a text."""
    return f"'{text}" if _is_formula(text) else text


def _is_formula(text: str) -> bool:
    """Tell whether a spreadsheet would calculate a text: a number with its sign is none."""
    return text.startswith(FORMULA) and numbers(pd.Series([text], dtype="str")).isna().all()
