"""What a check says about a dataset, in one step."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from exkit.errors import problems
from exkit.survey.check import check
from exkit.survey.codebook import Codebook
from exkit.survey.doubting.suspicions import suspicions
from exkit.survey.findings import Findings, as_frame
from exkit.survey.reading.facts import Dialect
from exkit.survey.rules import read_codebook


@pytest.fixture
def breaches(dataset: Callable) -> Callable[..., list[str]]:
    """Write a dataset as `dataset` does, and list what its check finds wrong."""
    return lambda **parts: check(dataset(**parts)).breaches["message"].tolist()


@pytest.fixture
def notes(dataset: Callable) -> Callable[..., list[str]]:
    """Write a dataset as `dataset` does, and list what its check assumed."""
    return lambda **parts: check(dataset(**parts)).notes["message"].tolist()


@pytest.fixture
def read(tmp_path: Path) -> Callable[[str], Codebook]:
    """Read a codebook from its text."""

    def read(text: str) -> Codebook:
        path, findings = tmp_path / "codebook.csv", Findings()
        path.write_text(text)
        codebook = read_codebook(path, dialect=Dialect(), findings=findings)
        if codebook is None:
            raise problems(path.name, [b.message for b in findings.breaches], rows=as_frame(findings.breaches))
        return codebook

    return read


@pytest.fixture
def suspected(dataset: Callable) -> Callable[..., pd.DataFrame]:
    """Write a dataset as `dataset` does, and list what its check points out."""
    return lambda **parts: suspicions(check(dataset(**parts)))
