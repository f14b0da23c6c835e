"""A copy of the base that a test may break, and the tool to break it."""

from __future__ import annotations

import copy
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ndm_advisor.knowledge.check import check
from ndm_advisor.knowledge.files import Tree, parse, read_files
from ndm_advisor.knowledge.load import load_knowledge
from ndm_advisor.model.knowledge import Knowledge

DATA = Path(__file__).resolve().parents[2] / "data"
Trees = dict[str, Tree]


@pytest.fixture(scope="session")
def trees() -> Trees:
    return parse(read_files(DATA))


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    return load_knowledge(DATA)


@pytest.fixture
def broken(trees: Trees) -> Callable[[Callable[[Trees], object]], tuple[str, ...]]:
    """Break a copy of the trees; returns what the check says of it."""

    def break_(change: Callable[[Trees], object]) -> tuple[str, ...]:
        damaged = copy.deepcopy(trees)
        change(damaged)
        return check(damaged)

    return break_


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """A copy of the base on disk."""
    directory = tmp_path / "data"
    shutil.copytree(DATA, directory)
    return directory
