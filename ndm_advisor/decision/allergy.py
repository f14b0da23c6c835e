"""Allergies against drugs: the graph of dosing dossier section 21; policy section 3."""

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from ndm_advisor.model.case import Allergy
from ndm_advisor.model.facts import AllergyFinding
from ndm_advisor.model.knowledge import AllergyCell, AllergyGraph, Knowledge
from ndm_advisor.model.names import fold

_WORST_FIRST: Final = ("no", "avoid", "label", "caution", "none")


class _Culprit(NamedTuple):
    text: str
    reaction: str
    severity: str
    rows: tuple[str, ...]
    avibactam: bool
    drug_class: str | None


def judge(
    allergies: Iterable[Allergy], region: str, knowledge: Knowledge
) -> tuple[tuple[AllergyFinding, ...], tuple[str, ...]]:
    """Every allergy entry against every drug it bears on, and the allergens nobody knows.

    A beta-lactam reaction meets the graph; another drug's reaction meets that drug and its class.
    """
    graph = knowledge.allergy
    found: list[AllergyFinding] = []
    strangers: list[str] = []
    for allergy in allergies:
        culprit = _culprit(allergy, graph)
        if not culprit.rows and not culprit.avibactam and culprit.drug_class is None:
            strangers.append(allergy.drug)
            continue
        found += _against_graph(culprit, region, graph)
        found += _against_class(culprit, graph)
    return tuple(found), tuple(strangers)


def severity_of(allergy: Allergy, graph: AllergyGraph) -> str:
    """As given; else severe when the words name a severe reaction; else unknown."""
    if allergy.severity in {"severe", "mild"}:
        return allergy.severity
    reaction = allergy.reaction or ""
    for word in graph.severe_words:
        # An acronym counts in capitals only: "ten minutes later" is not toxic epidermal necrolysis.
        flags = 0 if word.isupper() else re.IGNORECASE
        if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", reaction, flags):
            return "severe"
    return "unknown"


def worst(cells: Iterable[str]) -> str:
    """The most forbidding cell."""
    present = set(cells)
    return next((cell for cell in _WORST_FIRST if cell in present), "none")


def _culprit(allergy: Allergy, graph: AllergyGraph) -> _Culprit:
    name = fold(allergy.drug_id or allergy.drug)
    known = graph.culprits.get(name) or graph.culprits.get(fold(allergy.drug))
    rows, avibactam = known if known else ((), False)
    drug_class = graph.class_of.get(name) or graph.class_of.get(fold(allergy.drug))
    severity = severity_of(allergy, graph)
    return _Culprit(allergy.drug, allergy.reaction or "", severity, rows, avibactam, drug_class)


def _against_graph(culprit: _Culprit, region: str, graph: AllergyGraph) -> Iterable[AllergyFinding]:
    if not culprit.rows and not culprit.avibactam:
        return
    for drug in graph.drugs:
        cells = [graph.cells[row, drug, region] for row in culprit.rows]
        if culprit.avibactam and drug in graph.avibactam_products:
            cells.append(graph.avibactam_cell)
        if not cells:
            continue
        cell = min(cells, key=lambda c: _WORST_FIRST.index(c.value))
        value = _weighed(cell, culprit, drug, region, graph)
        yield AllergyFinding(
            drug=drug,
            culprit_text=culprit.text,
            reaction=culprit.reaction,
            severity=culprit.severity,
            cell=value,
            reason=cell.reason,
            text=cell.text if value != "label" else graph.label_forbids_text,
            sources=cell.sources,
            of_side_chain=not set(culprit.rows).isdisjoint(graph.side_chain_group),
        )


def _weighed(
    cell: AllergyCell, culprit: _Culprit, drug: str, region: str, graph: AllergyGraph
) -> str:
    """A mild or unknown reaction excludes nothing; a label that forbids any reaction is said."""
    if culprit.severity == "severe":
        return cell.value
    if any((row, drug, region) in graph.label_forbids for row in culprit.rows):
        return "label"
    return "none" if cell.value == "none" else "caution"


def _against_class(culprit: _Culprit, graph: AllergyGraph) -> Iterable[AllergyFinding]:
    if culprit.drug_class is None:
        return
    severe = culprit.severity == "severe"
    for drug in graph.class_members[culprit.drug_class]:
        yield AllergyFinding(
            drug=drug,
            culprit_text=culprit.text,
            reaction=culprit.reaction,
            severity=culprit.severity,
            cell="no" if severe else "caution",
            reason="class",
            text=f"reaction to {culprit.text}: same drug or class",
            sources=graph.class_sources,
            of_side_chain=False,
        )
