"""What every test shares: the base and its names, loaded once."""

from __future__ import annotations

import pytest

from ndm_advisor.cli.base import names_of
from ndm_advisor.knowledge.load import load_knowledge
from ndm_advisor.model.knowledge import Knowledge
from ndm_advisor.read.names import Names


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    return load_knowledge()


@pytest.fixture(scope="session")
def names(knowledge: Knowledge) -> Names:
    return names_of(knowledge)
