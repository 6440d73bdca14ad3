"""What a check says about a dataset, in one step."""

from collections.abc import Callable

import pytest

from exkit.survey.check import check


@pytest.fixture
def breaches(dataset: Callable) -> Callable[..., list[str]]:
    """Write a dataset as `dataset` does, and list what its check finds wrong."""
    return lambda **parts: check(dataset(**parts)).breaches["message"].tolist()


@pytest.fixture
def notes(dataset: Callable) -> Callable[..., list[str]]:
    """Write a dataset as `dataset` does, and list what its check assumed."""
    return lambda **parts: check(dataset(**parts)).notes["message"].tolist()
