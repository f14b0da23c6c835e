"""Questions of laboratory codes: what a code or word of a message is read as.

Genes are typed from `loinc-carbapenemase-genes.csv`, the categories from `loinc-ast.md`; answers,
specimens and what else is asked from LOINC, HL7 tables 0078 and 0487 and SNOMED CT by name. Only
the importers read codes, so these questions are put to a catalogue and not to a base.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from ndm_advisor.intake.catalogue import (
    Catalogue,
    answer_of,
    asked_of,
    identify_gene,
    method_of,
    specimen_of,
)
from ndm_advisor.intake.observed import LOINC, STRIP, Code
from tests.knowledge.double_entry_rows import lines

_SNOMED: Final = "snomed"
_HL7: Final = "hl7-0078"
_OXA_48: Final = frozenset({"OXA-48", "OXA-162", "OXA-181", "OXA-232", "OXA-244"})
_FAMILY: Final = {
    "GIM": "other-mbl",
    "SPM": "other-mbl",
    "any": "carbapenemase",
    "OXA-48-like": "OXA-48-like",
}

# A name in a message -> family, and whether it is one enzyme of it. `blaNDM-5` is a variant.
_NAMES: Final = {
    **{f"bla{one}": (one, False) for one in ("NDM", "VIM", "IMP", "KPC", "IMI")},
    **{f"bla{one}-1": (one, True) for one in ("NDM", "VIM", "IMP", "IMI")},
    "blaNDM-5": ("NDM", True),
    "blaKPC-3": ("KPC", True),
    "blaSPM": ("other-mbl", False),
    "blaSPM-1": ("other-mbl", True),
    "blaGIM": ("other-mbl", False),
    "blaGIM-1": ("other-mbl", True),
    **{f"bla{one}": ("OXA-48-like", True) for one in sorted(_OXA_48)},
    "blaGES-5": ("GES", True),
    "mcr": ("mcr", False),
    "mcr-1": ("mcr", True),
    **dict.fromkeys(("armA", "rmtB", "rmtB1", "rmtC"), ("16s-methyltransferase", True)),
}
_NO_NAMES: Final = ("blaOXA-48-2", "blaGES-5-1", "armA-1", "rmtC-2", "blaOXA-162-1")
_NO_VARIANTS: Final = ("blaOXA-181-1", "blaOXA-232-1", "blaOXA-244-1", "rmtB-1", "rmtB1-1")

_ANSWERS: Final = {
    (_SNOMED, "260373001"): "detected",
    (_SNOMED, "10828004"): "detected",
    (_SNOMED, "260415000"): "not-detected",
    (_SNOMED, "260385009"): "not-detected",
    (_SNOMED, "373121007"): "not-done",
    (_HL7, "POS"): "detected",
    (_HL7, "DET"): "detected",
    (_HL7, "NEG"): "not-detected",
    (_HL7, "ND"): "not-detected",
}
_WORDS: Final = {
    **dict.fromkeys(("Detected", "Positive", "POS", "present"), "detected"),
    **dict.fromkeys(("Not detected", "Negative", "NEG", "absent"), "not-detected"),
    **dict.fromkeys(("Test not done", "not done", "not tested", "not performed"), "not-done"),
}

# loinc-ast.md: the EUCAST categories of SNOMED CT.
_CATEGORIES: Final = {
    "1306577009": ("S", "EUCAST"),
    "1306583007": ("I", "EUCAST"),
    "1306581009": ("R", "EUCAST"),
}

# Specimen -> the site it tells, its codes, and how it is written. Urine, sputum and a rectal swab
# may be colonisation (policy 9.6): they tell no site.
_SPECIMENS: Final[dict[str, tuple[str | None, tuple[str, ...], tuple[str, ...]]]] = {
    "blood": (
        "bloodstream",
        ("snomed:119297000", "hl7-0487:BLD", "whonet:bl"),
        (
            *("Blood", "Blood culture", "whole blood", "venous blood", "blood specimen"),
            *("peripheral blood", "bl"),
        ),
    ),
    "cerebrospinal fluid": (
        "cns",
        ("snomed:258450006", "hl7-0487:CSF"),
        (
            *("CSF", "Cerebrospinal fluid", "cerebrospinal fluid sample"),
            "cerebral spinal fluid",
        ),
    ),
    "urine": (
        None,
        ("snomed:122575003", "hl7-0487:UR", "whonet:ur"),
        ("Urine", "urine specimen", "midstream urine", "catheter urine", "ur"),
    ),
    "sputum": (None, ("snomed:119334006", "whonet:sp"), ("Sputum", "sp")),
    "rectal swab": (None, ("snomed:258528007",), ("Rectal swab",)),
}

# What LOINC calls these codes: organism identified, susceptibility panel, age, weight ...
_ASKED: Final = {
    "organism": (
        *("600-7", "630-4", "634-6", "6463-4", "11475-1", "17928-3", "41852-5", "43409-2"),
    ),
    "susceptibility_panel": ("18769-0", "29576-6", "50545-3"),
    "age": ("30525-0", "35659-2"),
    "weight": ("3141-9", "29463-7"),
    "height": ("8302-2",),
    "creatinine": ("2160-0", "14682-9"),
}
_STRIPS: Final = (Code(_SNOMED, "703442003"),)


def ask_codes(catalogue: Catalogue) -> Iterator[str]:
    """Every code and word that is read as something else than was typed."""
    yield from _genes(catalogue)
    for (system, code), means in _ANSWERS.items():
        got = answer_of((Code(system, code),), None, catalogue)
        yield from _differs(f"answer {system} {code}", got, means)
    for said, means in _WORDS.items():
        yield from _differs(f"answer {said}", answer_of((), said, catalogue), means)
    for code, category in _CATEGORIES.items():
        got = catalogue.categories.get(Code(_SNOMED, code))
        yield from _differs(f"category {code}", got, category)
    for kind, codes in _ASKED.items():
        for code in codes:
            yield from _differs(code, asked_of((Code(LOINC, code),), catalogue), kind)
    yield from _differs("gradient strip", method_of(_STRIPS, catalogue), STRIP)
    yield from _specimens(catalogue)


def _genes(catalogue: Catalogue) -> Iterator[str]:
    for row in lines("gene-codes.csv"):
        found = identify_gene((Code(LOINC, row["code"]),), "", catalogue)
        method = None if row["method"] == "none" else row["method"]
        yield from _differs(f"gene {row['code']}", found, (*_gene(row["gene"]), method))
    for name, (family, variant) in _NAMES.items():
        found = identify_gene((), name, catalogue)
        yield from _differs(name, found, (family, variant, None))
    for name in (*_NO_NAMES, *_NO_VARIANTS):
        yield from _differs(name, identify_gene((), name, catalogue), None)


def _gene(name: str) -> tuple[str, bool]:
    """Family, and whether it is one enzyme of the family: a number says so, `-like` does not."""
    base, _, number = name.partition("-")
    if name in _OXA_48:
        return "OXA-48-like", True
    family = _FAMILY.get(name) or _FAMILY.get(base) or ("other" if base == "OXA" else base)
    return family, number.isdigit()


def _specimens(catalogue: Catalogue) -> Iterator[str]:
    for name, (site, codes, said) in _SPECIMENS.items():
        found = [specimen_of((Code(*code.split(":")),), None, catalogue) for code in codes]
        found += [specimen_of((), text, catalogue) for text in said]
        for asked, specimen in zip((*codes, *said), found, strict=True):
            got = None if specimen is None else (specimen.name, specimen.site)
            yield from _differs(f"specimen {asked}", got, (name, site))


def _differs(what: str, got: Any, wanted: Any) -> Iterator[str]:
    if hasattr(got, "family"):
        got = (got.family, got.is_variant, got.method)
    if got != wanted:
        yield f"{what} is read as {got}, not {wanted}"
