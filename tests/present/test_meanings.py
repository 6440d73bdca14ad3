"""Every code that a check gives has its sentence."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import exkit.survey
from exkit.present.meanings import BREACHES, NOTES, SUSPICIONS

SURVEY = Path(exkit.survey.__file__).parent
SENTENCES = {"breach": BREACHES, "Rule": BREACHES, "note": NOTES, "suspect": SUSPICIONS, "point_out": SUSPICIONS}
"""How a code is given, and where its sentence is."""
PASSED_ON = {
    "cells": {"not_a_date", "not_a_number"},
    "delimited": {"too_long", "too_short"},
    "excel": {"error_cell", "not_computed", "merged"},
    "files": set(),
    "findings": set(),
    "patterns": {"same_answers", "same_answers_later"},
    "rules": {"unknown_table", "unknown_role", "unknown_type", "unknown_reverse"},
    "schema": {"not_whole", "outside_range", "not_a_choice", "weight", "no_key"},
    "seen": set(),
    "signs": {"decimal", "mixed_decimals"},
    "waves": {"not_a_date", "tied", "undated", "outside"},
}
"""Modules that give a code by a variable, and the codes that it may hold."""


def given(module: Path) -> Iterator[tuple[str, ast.expr]]:
    """Find the calls that give a code: by which function, and the code."""
    for call in ast.walk(ast.parse(module.read_text())):
        name = getattr(getattr(call, "func", None), "attr", getattr(getattr(call, "func", None), "id", ""))
        if name in SENTENCES and len(call.args) > 1:
            takes_rows = name == "point_out" or (name == "breach" and ast.unparse(call.args[0]).endswith("findings"))
            yield name, call.args[0 if name == "Rule" else 2 if takes_rows else 1]


@pytest.mark.parametrize("module", sorted(SURVEY.rglob("*.py")), ids=lambda path: path.stem)
def test_every_code_has_its_sentence(module: Path):
    """What is given as it stands; and where a variable is given, it is known what it may hold."""
    for name, code in given(module):
        if isinstance(code, ast.Constant):
            assert code.value in SENTENCES[name], f"{module.name}: {name} {code.value}"
        else:
            assert module.stem in PASSED_ON, f"{module.name}: {name} {ast.unparse(code)}"


def test_codes_that_are_passed_on_have_their_sentence():
    """Of a breach or of a suspicion."""
    codes = set().union(*PASSED_ON.values())
    assert codes <= {*BREACHES, *SUSPICIONS}


def test_every_sentence_belongs_to_a_code():
    """What no check gives any more is taken out."""
    written = " ".join(module.read_text() for module in SURVEY.rglob("*.py"))
    unknown = {f"unknown_{column}" for column in ("table", "role", "type", "reverse")}
    codes = {*BREACHES, *NOTES, *SUSPICIONS} - unknown
    assert [code for code in codes if f'"{code}"' not in written] == []
