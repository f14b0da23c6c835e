"""What every test shares: the base and its names, loaded once."""

from __future__ import annotations

import signal

import pytest

from ndm_advisor.cli.base import names_of
from ndm_advisor.knowledge.load import load_knowledge
from ndm_advisor.model.knowledge import Knowledge
from ndm_advisor.read.names import Names

# A shell starts what it puts in the background with Ctrl-C ignored, and so would be every program
# these tests start: the tests of Ctrl-C hold wherever they are run.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    return load_knowledge()


@pytest.fixture(scope="session")
def names(knowledge: Knowledge) -> Names:
    return names_of(knowledge)
