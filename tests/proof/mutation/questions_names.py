"""Questions of names: what somebody writes, and what the base must then do.

The names stand in tables typed a second time, from the dossiers and from general pharmacology. A
name is put into a case as a person writes it, goes through the reader, and what is asked is what
the decision makes of it: the rules that fire for a medicine, the drugs that an allergy forbids.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile
from typing import Any, Final, NamedTuple

from ndm_advisor.decision.assess import assess
from ndm_advisor.decision.conditions import ask
from ndm_advisor.explain.drug_pages import drug_sections
from ndm_advisor.explain.page_parts import Shelf
from ndm_advisor.model.case import FORMAT
from ndm_advisor.model.facts import Facts
from ndm_advisor.model.knowledge import Knowledge
from ndm_advisor.model.names import fold
from ndm_advisor.read.case_file import build_case
from ndm_advisor.read.names import Names
from tests.knowledge.double_entry_rows import lines
from tests.vignettes.harness import ON

Document = dict[str, Any]


def facts_of(knowledge: Knowledge, names: Names, region: str = "EU", **patient: Any) -> Facts:
    """The facts of an adult with the given allergies or medicines, through the reader."""
    document: Document = {
        "format": FORMAT,
        "isolate": {"organism": "escherichia-coli"},
        "infection": {"site": "complicated-uti"},
        "hospital": {"region": region},
        "patient": patient,
    }
    case, _ = build_case(document, names=names, on=ON)
    return assess(case, knowledge, guideline="simit-2022", region=region, on=ON)


def written(row: dict[str, str]) -> tuple[str, ...]:
    """The ways of writing that a typed row lists."""
    return tuple(name.strip() for name in row["written"].split(";") if name.strip())


# -- medicines ------------------------------------------------------------------------------------

# What each kind of medicine sets off beside which drug, by policy 6 and dosing dossier section 22.
_FIRES: Final = {
    "valproate": {"meropenem: valproate"},
    "dofetilide": {"trimethoprim-sulfamethoxazole: dofetilide"},
    "tizanidine": {"ciprofloxacin: tizanidine"},
    "probenecid": {"ceftazidime-avibactam: probenecid", "meropenem: probenecid"},
    "nephrotoxin": {"gentamicin: nephrotoxin"},
    "block": {"gentamicin: neuromuscular-blocker"},
    "qt": {"ciprofloxacin: qt-drug"},
    "potassium": {"trimethoprim-sulfamethoxazole: hyperkalaemia"},
    "methotrexate": {"trimethoprim-sulfamethoxazole: methotrexate"},
    "warfarin": {
        "trimethoprim-sulfamethoxazole: warfarin",
        "ciprofloxacin: warfarin",
        "eravacycline: warfarin",
        "meropenem: warfarin-meropenem",
        "rifampicin: rifampicin-avoid-or-monitor",
    },
    "inducer": {"eravacycline: cyp3a-inducer"},
    "rifampicin-contraindicated": {"rifampicin: rifampicin-contraindicated"},
    "rifampicin-level": {"rifampicin: rifampicin-avoid-or-monitor"},
}
_BESIDE: Final = (
    "meropenem",
    "trimethoprim-sulfamethoxazole",
    "ciprofloxacin",
    "ceftazidime-avibactam",
    "gentamicin",
    "eravacycline",
    "rifampicin",
)


class MedicineQuestion(NamedTuple):
    """One medicine in every way of writing it, and the rules that it must set off."""

    written: tuple[str, ...]
    fires: frozenset[str]

    @property
    def label(self) -> str:
        return f"taking {self.written[0]}"

    @property
    def texts(self) -> set[str]:
        return set(self.written)

    def ask(self, knowledge: Knowledge, names: Names) -> Iterator[str]:
        """The names for which other rules fire; a name that sets off none is not assessed."""
        for name in self.written:
            facts = facts_of(knowledge, names, medicines=[name])
            fired = frozenset(_fired(facts, knowledge))
            if fired != self.fires:
                yield f"{name}: {sorted(fired)}, not {sorted(self.fires)}"
            if bool(facts.medicines_without_rule) != (not self.fires):
                yield f"{name}: {'not ' if self.fires else ''}assessed"


def _fired(facts: Facts, knowledge: Knowledge) -> Iterator[str]:
    for drug in _BESIDE:
        for hazard in knowledge.hazards_of.get(drug, ()):
            asked = any(c.fact == "medicine_classes" for c in hazard.when)
            if asked and ask(hazard.when, facts, facts.of_drug.get(drug))[0] is True:
                yield f"{drug}: {hazard.id}"


def medicine_questions() -> Iterator[MedicineQuestion]:
    """One for each typed medicine."""
    for row in lines("medicines.csv"):
        fires = frozenset(rule for kind in row["rules"].split() for rule in _FIRES[kind])
        yield MedicineQuestion(written(row), fires)


# -- drugs on a panel -----------------------------------------------------------------------------


class PanelNameQuestion(NamedTuple):
    """One drug in every way a panel writes it, and what its page says it is made of."""

    drug: str
    written: tuple[str, ...]
    components: str

    @property
    def label(self) -> str:
        return f"panel row {self.drug}"

    @property
    def texts(self) -> set[str]:
        return {fold(self.drug), *self.written}

    def ask(self, knowledge: Knowledge, names: Names) -> Iterator[str]:
        """The names that are not read as the drug, and components that are not shown."""
        for name in self.written:
            read = _row_read(name, names)
            if read != fold(self.drug):
                yield f"{name} is read as {read}"
        shelf = Shelf(knowledge, (), {})
        page = drug_sections(fold(self.drug), shelf)  # its end goes through every rule
        first = takewhile(lambda section: section.label != "Also called", page)
        shown = " ".join(line for s in first if s.label == "Components" for line in s.lines)
        if shown != self.components:
            yield f"{self.drug}: made of {shown}"


def _row_read(name: str, names: Names) -> str:
    """The drug under which a case file's row is kept."""
    document = {
        "format": FORMAT,
        "isolate": {"organism": "escherichia-coli"},
        "infection": {"site": "complicated-uti"},
        "panel": {"results": {name: "S"}},
    }
    case, _ = build_case(document, names=names, on=ON)
    return " ".join(case.panel.results)


def panel_name_questions() -> Iterator[PanelNameQuestion]:
    """One for each drug that may stand on a panel and is not dosed here."""
    for row in lines("panel.csv"):
        parts = [fold(part) for part in row["components"].split(" + ") if part]
        names = (row["drug"], *written(row))
        yield PanelNameQuestion(row["drug"], names, " + ".join(parts))
