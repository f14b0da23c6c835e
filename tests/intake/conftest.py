"""What the tests of the intake share: the tables of the base, and a run from file to cases."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from datetime import date
from pathlib import Path

import pytest

from ndm_advisor.cli.lab_files import open_bytes, open_tables
from ndm_advisor.intake.catalogue import Catalogue, load_catalogue
from ndm_advisor.intake.hl7v2.read import read_hl7
from ndm_advisor.intake.mapped import ncbi_mapping, read_mapped
from ndm_advisor.intake.mapping import parse_mapping
from ndm_advisor.intake.observed import Report, Understood
from ndm_advisor.intake.to_case import to_cases
from ndm_advisor.intake.told import Told
from ndm_advisor.intake.whonet import read_whonet
from ndm_advisor.model.knowledge import Knowledge
from ndm_advisor.read.names import Names

ROOT = Path(__file__).resolve().parent.parent.parent
FIXTURES = Path(__file__).parent / "fixtures"
PEER = Path(os.environ.get("PEER_DATA", ROOT.parent / "shared" / "peer-data"))
ON = date(2026, 11, 22)

Import = Callable[..., list[Understood]]


def peer(name: str) -> Path:
    """A file that nobody here wrote; the test is skipped where the folder is absent."""
    if not (PEER / name).is_file():
        pytest.skip(f"{PEER / name} is absent: real files are not part of the repository")
    return PEER / name


@pytest.fixture(scope="session")
def catalogue(knowledge: Knowledge, names: Names) -> Catalogue:
    return load_catalogue(knowledge, names)


@pytest.fixture
def take(catalogue: Catalogue) -> Import:
    """Read files of one format and make their cases."""

    def run(kind: str, *paths: Path, told: Told | None = None) -> list[Understood]:
        with ExitStack() as held:
            reports = _reports(kind, [str(path) for path in paths], catalogue, held)
            return [to_cases(report, told or Told(), catalogue, on=ON) for report in reports]

    return run


def _reports(
    kind: str, names: list[str], catalogue: Catalogue, held: ExitStack
) -> Iterable[Report]:
    if kind == "hl7":
        return read_hl7([open_bytes(name, held) for name in names], names, catalogue)
    if kind == "csv":
        *tables_, mapping = names
        wanted = parse_mapping(Path(mapping).read_text(encoding="utf-8"), mapping)
        tables = open_tables(tables_, held, wanted.delimiter)
        return read_mapped(tables, [wanted] * len(tables), "csv")[0]
    tables = open_tables(names, held)
    if kind == "whonet":
        return read_whonet(tables)[0]
    return read_mapped(tables, [ncbi_mapping(table) for table in tables], "ncbi")[0]


def documents(understood: Iterable[Understood]) -> list[dict]:
    return [made.document for one in understood for made in one.cases]


def reasons(understood: Iterable[Understood]) -> list[str]:
    return [left.reason for one in understood for left in one.set_aside]


def adds_up(understood: Iterable[Understood]) -> tuple[int, int, int]:
    """(observations, read, set aside) of all reports; each report is checked to add up."""
    all_ = list(understood)
    for one in all_:
        assert one.observations == len(one.report.observations)
        assert one.read + len(one.set_aside) == one.observations
        assert all(left.reason for left in one.set_aside)
    observations = sum(one.observations for one in all_)
    return observations, sum(one.read for one in all_), sum(len(o.set_aside) for o in all_)
