"""Which drugs does a rule meet in a patient? Asked of every rule of `double_entry/rules.toml`.

The patients stand at every edge of a rule and just beyond it, in both regions, and a rule must meet
exactly the drugs that were typed. Candidates are asked through `usable`; drugs that nobody is
offered (tobramycin, carbapenems) through the order check.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

import tomli

from ndm_advisor.decision.assess import assess
from ndm_advisor.decision.decide import decide
from ndm_advisor.decision.usable import Fate, usable
from ndm_advisor.model.facts import Facts
from ndm_advisor.model.knowledge import Knowledge
from ndm_advisor.read.names import Names
from tests.proof.mutation.base_cases import base_document, case_of
from tests.proof.mutation.questions_pages import cited_ids
from tests.vignettes.harness import ON

_TYPED: Final = Path(__file__).parents[2] / "knowledge" / "double_entry" / "rules.toml"
_BASE: Final = "complicated-uti"
_REGIONS: Final = ("EU", "US")
_ANSWERS: Final = ("holds", "silent", "unknown")
_KNOWN: Final = {"patient.child_pugh": "A"}  # not in the base case
Patient = dict[str, Any]


@cache
def typed_rules() -> tuple[dict[str, Any], ...]:
    """The typed rules."""
    return tuple(tomli.loads(_TYPED.read_text("utf-8"))["rule"])


class RuleQuestion(NamedTuple):
    """One rule: whom it meets, in which patients, on whose word."""

    typed: Mapping[str, Any]

    @property
    def label(self) -> str:
        return f"rule {self.typed['id']}"

    @property
    def texts(self) -> set[str]:
        said = {self.typed["id"], *self.typed["sources"], *self.typed.get("who", ())}
        return said | set(self.typed.get("ordered", ()))

    def ask(self, knowledge: Knowledge, names: Names) -> Iterator[str]:
        """What the base says otherwise, most telling first."""
        yield from self._of_candidates(knowledge, names)
        yield from self._of_orders(knowledge, names)
        found = cited_ids("hazard", self.typed["id"], knowledge)
        if found != [sorted(self.typed["sources"])]:
            yield f"{self.label}: cites {found}"

    def _of_candidates(self, knowledge: Knowledge, names: Names) -> Iterator[str]:
        asked_here = self.typed.get("regions", _REGIONS)
        for region in _REGIONS:
            for answer, facts in self._put(region, knowledge, names):
                wanted = set(self.typed.get("who", ())) if region in asked_here else set()
                met = _met(self.typed["id"], usable(facts, knowledge))
                holds = wanted if answer == "holds" else set()
                unknown = wanted if answer == "unknown" else set()
                if met != (holds, unknown):
                    yield f"{self.label} in the {region}, {answer}: meets {met}"

    def _put(self, region: str, knowledge: Knowledge, names: Names) -> Iterator[tuple[str, Facts]]:
        """Every patient of the rule, and what must come out."""
        of_drugs = self.typed.get("facts", {})
        for answer in _ANSWERS:
            for patient in self.typed.get(answer, ()):
                yield answer, _facts(patient, region, knowledge, names)
            for change in of_drugs.get(answer, ()):
                yield answer, _of_every_drug(change, _facts({}, region, knowledge, names))

    def _of_orders(self, knowledge: Knowledge, names: Names) -> Iterator[str]:
        for drug in self.typed.get("ordered", ()):
            for answer in ("holds", "silent"):
                for patient in self.typed.get(answer, ()):
                    wanted = self.typed.get("raises", self.typed["id"])
                    raised = wanted in _raised(drug, patient, knowledge, names)
                    if raised is not (answer == "holds"):
                        yield f"{self.label}: {drug} ordered, {answer}, raised: {raised}"


def _document(patient: Patient, region: str) -> dict[str, Any]:
    without = patient.get("without", [])
    known = {key: value for key, value in _KNOWN.items() if key not in without}
    changes = {**known, **{k: v for k, v in patient.items() if k != "without"}}
    changes["hospital.region"] = region
    return base_document(_BASE, changes, [key for key in without if key not in _KNOWN])


def _facts(patient: Patient, region: str, knowledge: Knowledge, names: Names) -> Facts:
    case = case_of(_document(patient, region), names)
    return assess(case, knowledge, guideline="simit-2022", region=region, on=ON)


def _of_every_drug(change: Patient, facts: Facts) -> Facts:
    """The facts with the same said of every drug; `drop` names what is not known."""
    said = {key: value for key, value in change.items() if key != "drop"}
    said |= dict.fromkeys(change.get("drop", ()))
    return facts._replace(of_drug={d: f._replace(**said) for d, f in facts.of_drug.items()})


def _met(rule: str, fates: Mapping[str, Fate]) -> tuple[set[str], set[str]]:
    """Whom a rule meets and may meet: drugs, or regimens of several."""
    holds: set[str] = set()
    unknown: set[str] = set()
    for fate in fates.values():
        for asked in fate.asked:
            if asked.hazard.id == rule:
                (holds if asked.holds else unknown).add(asked.drug or fate.strategy.id)
    return holds, unknown


def _raised(drug: str, patient: Patient, knowledge: Knowledge, names: Names) -> set[str]:
    """The rules and alerts that an order of a drug raises."""
    given = _document(patient, "EU")
    given["orders"] = [{"drug": drug, "dose_mg": 500, "interval_h": 24}]
    decision = decide(case_of(given, names), knowledge, on=ON, positions_too=False)
    raised = decision.judgement.raised
    return {r.id for r in raised} | {r.values["hazard"] for r in raised if "hazard" in r.values}


def rule_questions() -> Iterator[RuleQuestion]:
    """One for each typed rule."""
    return (RuleQuestion(typed) for typed in typed_rules())
