"""What is asked of a drug's page and of its names: statements, licences, EUCAST's doses, synonyms.

Typed a second time from the dossiers: `double_entry/licences.csv`, `names.csv` and
`eucast-dosages.csv` (EUCAST's own list as the dossier holds it).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Final, NamedTuple

from ndm_advisor.decision.interpret import Reading, interpret
from ndm_advisor.explain.drug_pages import drug_sections
from ndm_advisor.explain.page_parts import Shelf
from ndm_advisor.model.case import FORMAT, Case
from ndm_advisor.model.facts import Susceptibility
from ndm_advisor.model.knowledge import Knowledge
from ndm_advisor.read.names import Names, drug_ids
from tests.knowledge.double_entry_rows import lines

# Sections of a drug's page that are no statement: what they rest on stands elsewhere.
_NOT_STATEMENTS: Final = (
    "Name", "Class", "Components", "Also called", "Part played", "Dosing", "Rules", "Sources",
    "Review",
)  # fmt: skip
_SOURCED: Final = re.compile(r".* \[[\w-]+, .+\]", re.DOTALL)
_DOSAGE: Final = "EUCAST dosage"
_NONE_LISTED: Final = {
    "same": "the same regimen",
    "none": "none listed",
    "varies": "varies",
}


def page_of(drug: str, knowledge: Knowledge) -> dict[str, tuple[str, ...]]:
    """`explain DRUG`: the lines of each section."""
    shelf = Shelf(knowledge, (), {})
    return {s.label: s.lines for s in drug_sections(drug, shelf) if s.lines}


class StatementsQuestion(NamedTuple):
    """Every statement on the page of a drug names the place it was read in."""

    drug: str

    @property
    def label(self) -> str:
        return f"explain {self.drug}: its statements"

    @property
    def texts(self) -> set[str]:
        return {self.drug}

    def ask(self, knowledge: Knowledge, names: Names) -> Iterator[str]:
        """The statements without a source."""
        for label, said in page_of(self.drug, knowledge).items():
            if label.startswith(_NOT_STATEMENTS) or label.endswith(" covers"):
                continue
            for line in said:
                if not _SOURCED.fullmatch(line):
                    yield f"{self.drug}, {label}: no source"


class PartsOfNameQuestion(NamedTuple):
    """A product of two drugs names both on its page."""

    drug: str

    @property
    def label(self) -> str:
        return f"explain {self.drug}: its components"

    @property
    def texts(self) -> set[str]:
        return {self.drug}

    def ask(self, knowledge: Knowledge, names: Names) -> Iterator[str]:
        """The page without its components; a single drug has no such section."""
        parts = self.drug.split("-")
        wanted = (" + ".join(parts),) if len(parts) > 1 else None
        got = page_of(self.drug, knowledge).get("Components")
        if got != wanted:
            yield f"{self.drug}: components {got}, not {wanted}"


class LicencesQuestion(NamedTuple):
    """Where the licences of a drug cover it, and where an off-label note must stand."""

    drug: str
    sites: tuple[tuple[str, frozenset[str], bool], ...]  # region, sites, with limited options

    @property
    def label(self) -> str:
        return f"explain {self.drug}: its licences"

    @property
    def texts(self) -> set[str]:
        return {self.drug}

    def ask(self, knowledge: Knowledge, names: Names) -> Iterator[str]:
        """The regions whose licence covers other sites than typed."""
        page = page_of(self.drug, knowledge)
        for region, sites, limited in self.sites:
            (said,) = page.get(f"Licence {region} covers", ("",))
            named, _, any_site = said.rpartition("any site with limited options")
            named = (named if limited else any_site).removesuffix("; ")
            got = {site.replace(" ", "-") for site in re.split(", | and ", named) if site}
            if got != sites or limited != ("limited options" in said):
                yield f"{self.drug} in {region}: covers {said or 'nothing'}"


class NamesQuestion(NamedTuple):
    """Every way of writing a drug that a case file may use."""

    drug: str
    written: tuple[str, ...]

    @property
    def label(self) -> str:
        return f"names of {self.drug}"

    @property
    def texts(self) -> set[str]:
        return {self.drug, *self.written}

    def ask(self, knowledge: Knowledge, names: Names) -> Iterator[str]:
        """The names that are not read as this drug."""
        for name in self.written:
            if drug_ids(name, names) != (self.drug,):
                yield f"{name} is not read as {self.drug}"


class HighDoseQuestion(NamedTuple):
    """I by EUCAST counts as active where EUCAST lists a high dose; the page says which."""

    drug: str
    high: str  # as the dossier prints it: same, none, varies or a dose

    @property
    def label(self) -> str:
        return f"{self.drug} I by EUCAST"

    @property
    def texts(self) -> set[str]:
        return {self.drug, "EUCAST", _DOSAGE}

    def ask(self, knowledge: Knowledge, names: Names) -> Iterator[str]:
        """What the result counts as, and the high dose of the page."""
        listed = self.high not in _NONE_LISTED
        used = self._intermediate(knowledge)
        if used.used == "I" and used.active != listed:
            yield f"{self.drug}: I is active: {used.active}, high dose {self.high}"
        (said,) = page_of(self.drug, knowledge).get(_DOSAGE, ("",))
        _, _, high = said.partition("high dose: ")
        if not high.startswith(_NONE_LISTED.get(self.high, tuple("0123456789"))):
            yield f"{self.drug}: the page says {said or 'nothing'}"

    def _intermediate(self, knowledge: Knowledge) -> Susceptibility:
        document = {
            "format": FORMAT,
            "isolate": {"organism": "escherichia-coli"},
            "panel": {"standard": "EUCAST", "results": {self.drug: {"category": "I"}}},
            "infection": {"site": "complicated-uti"},
        }
        how = Reading("escherichia-coli", "systemic", "EUCAST", None)
        return interpret(Case.model_validate(document), how, knowledge)[self.drug]


Asked = (
    StatementsQuestion | PartsOfNameQuestion | LicencesQuestion | NamesQuestion | HighDoseQuestion
)


def drug_questions(knowledge: Knowledge) -> Iterator[Asked]:
    """Of every drug that has a page of its own, what its typed rows ask."""
    dosages = {row["drug"]: row["high_dose"] for row in lines("eucast-dosages.csv")}
    for drug in dict.fromkeys((*dosages, *(d.id for d in knowledge.drugs.values() if d.dosing))):
        yield StatementsQuestion(drug)
        if knowledge.drugs[drug].dosing and drug not in _NAMED_BY_HYPHEN:
            yield PartsOfNameQuestion(drug)
    for drug, high in dosages.items():
        yield HighDoseQuestion(drug, high)
    licences: dict[str, list[tuple[str, frozenset[str], bool]]] = defaultdict(list)
    for row in lines("licences.csv"):
        sites = frozenset(filter(None, row["sites"].split(";")))
        licences[row["drug"]].append((row["region"], sites, row["limited_options"] == "yes"))
    for drug, held in licences.items():
        yield LicencesQuestion(drug, tuple(held))
    written: dict[str, list[str]] = defaultdict(list)
    for row in lines("names.csv"):
        written[row["drug"]].append(row["written"])
    for drug, ways in written.items():
        yield NamesQuestion(drug, tuple(ways))


_NAMED_BY_HYPHEN: Final = frozenset({"fosfomycin-iv", "fosfomycin-oral", "polymyxin-b"})
