"""The tables the importers look things up in, loaded once."""

from __future__ import annotations

import pytest

from ndm_advisor.intake.catalogue import Catalogue, load_catalogue
from ndm_advisor.model.knowledge import Knowledge
from ndm_advisor.read.names import Names


@pytest.fixture(scope="session")
def catalogue(knowledge: Knowledge, names: Names) -> Catalogue:
    return load_catalogue(knowledge, names)
