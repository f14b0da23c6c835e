"""Every safety requirement has its tests, and docs/safety.md says which."""

from __future__ import annotations

import re

import pytest

from tests.safety.collected import ROOT, Proofs, collect
from tests.safety.requirements import Hazard, Requirement, hazards
from tests.safety.table import BEGIN, END, PAGE, gaps, in_step, tables, written_into

FOUND = hazards()
IDS = [requirement.id for hazard in FOUND for requirement in hazard.requirements]
ASKED_FOR = {
    "Wrong drug",
    "Wrong dose",
    "Missed stop",
    "False reassurance",
    "Stale or altered knowledge",
    "Another patient's data",
    "Injected text",
    "Lost case",
}


@pytest.fixture(scope="module")
def proofs() -> Proofs:
    return collect()


def test_no_requirement_is_without_a_test_and_no_marker_without_its_requirement(proofs: Proofs):
    assert gaps(FOUND, proofs) == []


def test_the_page_is_in_step(proofs: Proofs):
    page = PAGE.read_text(encoding="utf-8")
    assert in_step(page, tables(FOUND, proofs)), "run: python -m tests.safety.table"


def test_every_hazard_has_requirements_and_each_its_own_id():
    assert {hazard.name for hazard in FOUND} == ASKED_FOR
    assert all(hazard.requirements for hazard in FOUND)
    assert len(IDS) == len(set(IDS))
    assert [ident for ident in IDS if not re.fullmatch(r"SAF-[1-9]\d\d", ident)] == []
    for number, hazard in enumerate(FOUND, 1):
        assert {requirement.id[4] for requirement in hazard.requirements} == {str(number)}


def test_links_of_the_page_lead_to_tests(proofs: Proofs):
    page = PAGE.read_text(encoding="utf-8")
    linked = set(re.findall(r"\]\(\.\./(tests/[^)]+)\)", page))
    assert linked == {name.partition("::")[0] for tests in proofs.values() for name in tests}
    assert [name for name in linked if not (ROOT / name).is_file()] == []


class TestGap:
    """The check itself: on a gap, it says so."""

    HAZARD = Hazard("h", "H", "Harm.", (Requirement("SAF-901", "A control.", "Do it."),))

    def test_a_requirement_without_a_test(self):
        assert gaps([self.HAZARD], {}) == ["SAF-901 has no test"]
        assert "| none |" in tables([self.HAZARD], {})

    def test_a_marker_without_a_requirement(self):
        proofs = {"SAF-901": ["tests/a.py::b"], "SAF-999": ["tests/c.py::d"]}
        assert gaps([self.HAZARD], proofs) == ["SAF-999 is no requirement: tests/c.py::d"]

    def test_a_page_that_is_behind(self):
        before = tables([self.HAZARD], {})
        now = tables([self.HAZARD], {"SAF-901": ["tests/a.py::b"]})
        page = f"# Safety\n\n{before}\n\nEnd.\n"
        assert not in_step(page, now)
        mended = written_into(page, now)
        assert in_step(mended, now)
        assert mended.startswith("# Safety\n")
        assert mended.endswith("\nEnd.\n")
        with pytest.raises(ValueError, match="no place"):
            written_into(f"{BEGIN}\n", now)
        assert END in now
