"""Genes and enzymes found, or not found, in one isolate: the keys of `[isolate]` they fill.

A finding proves what it names and no more: a negative test of one variant, or of one family, leaves
the others open.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from ndm_advisor.intake.catalogue import Catalogue, Gene, answer_of, identify_gene
from ndm_advisor.intake.observed import Observation, SetAside

_MBL: Final = ("NDM", "VIM", "IMP", "other-mbl")
_NEEDED_TO_RULE_OUT: Final = frozenset({"NDM", "VIM", "IMP"})  # policy section 3, `mbl`
_OTHERS: Final = ("KPC", "OXA-48-like", "GES", "IMI", "other")
_NEEDED_FOR_NONE: Final = frozenset({"KPC", "OXA-48-like"})
_METHYLTRANSFERASE: Final = "16s-methyltransferase"
_CARBAPENEMASE: Final = "carbapenemase"
_METHODS: Final = {"molecular": "pcr"}  # amplification or sequencing: the policy reads them alike
_MBL_METHODS: Final = ("pcr", "sequencing", "immunochromatography", "mcim-ecim")


class Mechanisms(NamedTuple):
    """What the genes say, as keys of `[isolate]`, and what became of each observation."""

    fields: dict[str, object]
    provenance: tuple[tuple[str, Observation], ...]
    set_aside: tuple[SetAside, ...]
    conflicts: tuple[str, ...]
    notes: tuple[str, ...]


class _Finding(NamedTuple):
    said: Observation
    gene: Gene
    found: bool
    method: str | None


def mechanisms_of(observations: Iterable[Observation], catalogue: Catalogue) -> Mechanisms:
    """The mechanisms of one isolate."""
    findings: list[_Finding] = []
    set_aside: list[SetAside] = []
    for said in observations:
        finding = _finding(said, catalogue)
        if isinstance(finding, str):
            set_aside.append(SetAside(said, finding))
        else:
            findings.append(finding)
    conflicts = tuple(_conflicts(findings))
    found = [f for f in findings if f.found]
    absent = [f for f in findings if not f.found and not f.gene.is_variant]
    fields: dict[str, object] = {}
    used: list[tuple[str, Observation]] = []
    notes: list[str] = []
    _mbl(found, absent, fields, used, notes)
    _others(found, absent, fields, used)
    _methyltransferase(found, fields, used)
    taken = {id(said) for _, said in used}
    set_aside.extend(
        SetAside(f.said, _why_unused(f, fields)) for f in findings if id(f.said) not in taken
    )
    provenance = tuple(used)
    return Mechanisms(fields, provenance, tuple(set_aside), conflicts, tuple(notes))


def _finding(said: Observation, catalogue: Catalogue) -> _Finding | str:
    gene = identify_gene(said.codes, said.name, catalogue)
    if gene is None:
        codes = ", ".join(f"{code.system} {code.code}" for code in said.codes)
        return f"unknown gene or enzyme {codes}".strip() + "; it decides nothing here"
    answer = answer_of(said.value_codes, said.value or said.category, catalogue)
    if answer is None:
        return "neither found nor not found"
    if answer == "not-done":
        return "the test was not done"
    method = said.method if said.method in _MBL_METHODS else gene.method
    method = _METHODS.get(method, method) if method else None
    return _Finding(said, gene, answer == "detected", method)


def _conflicts(findings: list[_Finding]) -> Iterable[str]:
    """A family found here and not found there. Found stays: a test can miss, and missing kills."""
    for family in dict.fromkeys(f.gene.family for f in findings if f.found):
        missed = [
            f for f in findings if f.gene.family == family and not f.found and not f.gene.is_variant
        ]
        for miss in missed:
            hit = next(f for f in findings if f.found and f.gene.family == family)
            yield (
                f"{family}: found at {hit.said.place}, not found at {miss.said.place}; "
                "found is kept"
            )


def _mbl(
    found: list[_Finding],
    absent: list[_Finding],
    fields: dict[str, object],
    used: list[tuple[str, Observation]],
    notes: list[str],
) -> None:
    hits = [f for f in found if f.gene.family in _MBL]
    misses = [f for f in absent if f.gene.family in _NEEDED_TO_RULE_OUT]
    if hits:
        families = sorted({f.gene.family for f in hits}, key=_MBL.index)
        fields |= {"mbl": "confirmed", "mbl_family": families[0].replace("other-mbl", "other")}
        if len(families) > 1:
            notes.append(f"several MBL families are found: {', '.join(families)}")
        evidence = hits
    elif {f.gene.family for f in misses} >= _NEEDED_TO_RULE_OUT:
        fields["mbl"] = "ruled-out"
        notes.append("NDM, VIM and IMP were each tested and not found: mbl is written as ruled-out")
        evidence = misses
    else:
        return
    method = next((f.method for f in evidence if f.method), None)
    if method is not None:
        fields["mbl_method"] = method
    used.extend(("mbl", f.said) for f in evidence)


def _others(
    found: list[_Finding],
    absent: list[_Finding],
    fields: dict[str, object],
    used: list[tuple[str, Observation]],
) -> None:
    hits = [f for f in found if f.gene.family in _OTHERS]
    misses = [f for f in absent if f.gene.family in _OTHERS]
    if hits:
        families = sorted({f.gene.family for f in hits}, key=_OTHERS.index)
        fields["other_carbapenemases"] = families
        used.extend(("other_carbapenemases", f.said) for f in hits)
    elif {f.gene.family for f in misses} >= _NEEDED_FOR_NONE:
        fields["other_carbapenemases"] = []
        used.extend(("other_carbapenemases", f.said) for f in misses)


def _methyltransferase(
    found: list[_Finding], fields: dict[str, object], used: list[tuple[str, Observation]]
) -> None:
    hits = [f for f in found if f.gene.family == _METHYLTRANSFERASE]
    if hits:
        fields["methyltransferase_16s"] = True
        used.extend(("methyltransferase_16s", f.said) for f in hits)


def _why_unused(finding: _Finding, fields: dict[str, object]) -> str:
    family = finding.gene.family
    if finding.found:
        if family == _CARBAPENEMASE:
            return "a carbapenemase whose class is not told: it does not show an MBL"
        return f"{family}: found, and no key of a case takes it"
    if finding.gene.is_variant:
        return "one variant was not found, which leaves its family open"
    if family in _MBL and fields.get("mbl") == "confirmed":
        return f"{family} not found; another MBL is confirmed"
    if family in _MBL:
        return f"{family} not found; without NDM, VIM and IMP all tested an MBL is not ruled out"
    return "not found: a case lists what was found, or that neither KPC nor OXA-48-like was"
