"""What codes and words of laboratories mean: drugs, organisms, genes, specimens, answers.

A code is asked first, then the whole name; never a part of a name. What stands for two drugs is
never guessed: it comes back with both.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ndm_advisor.intake.observed import (
    AMR,
    ATC,
    DISK,
    LOINC,
    MIC,
    RXNORM,
    STRIP,
    WHONET,
    Code,
    Kind,
)
from ndm_advisor.intake.quantities import shown
from ndm_advisor.knowledge.load import load_codes, load_loinc, load_organism_codes
from ndm_advisor.model.case import FOSFOMYCIN_NO_ROUTE
from ndm_advisor.model.knowledge import Drug, Knowledge
from ndm_advisor.model.names import fold
from ndm_advisor.read.names import (
    AMBIGUOUS_AZT,
    Names,
    is_azt,
    is_fosfomycin_of_any_route,
    panel_id,
)

if TYPE_CHECKING:
    from ndm_advisor.intake.results import Result

FACTS: Final[tuple[Kind, ...]] = ("age", "weight", "height", "creatinine")
_DRUG_CODES: Final = (ATC, WHONET, AMR, RXNORM)
_METHODS: Final = {"mic": MIC, "disk": DISK, "gradient_strip": STRIP, "generic": None}
_UNVERIFIED: Final = "method_not_verified"
MOST_KEPT: Final = 5_000  # look-ups: a table asks for the same few drugs in every row
_LONGEST_KEPT: Final = 80
_ROUTES: Final = frozenset({"fosfomycin-iv", "fosfomycin-oral"})
_VARIANT: Final = re.compile(r"(.+?)-\d+[a-z]?", re.IGNORECASE)


class Identified(NamedTuple):
    """A drug or organism: its id, or None and the reason. `by` says what it was known by."""

    id: str | None
    by: str = ""
    why_not: str = ""


class Gene(NamedTuple):
    """What a code or name of a gene asks for. `is_variant`: one enzyme of its family."""

    family: str
    method: str | None  # "pcr" | "molecular" | None: not told
    is_variant: bool


class Specimen(NamedTuple):
    """A kind of specimen. `site` None: it does not tell where the infection is, `because`."""

    name: str
    site: str | None
    because: str


class Catalogue(NamedTuple):
    """Every table the importers look things up in, made once for a run."""

    names: Names
    drugs_by_code: Mapping[Code, tuple[str, ...]]
    loinc_methods: Mapping[str, str | None]  # MIC, DISK, STRIP; None: the code leaves it open
    abbreviations: Mapping[str, tuple[str, ...]]
    components: Mapping[str, tuple[str, ...]]
    organisms_by_code: Mapping[Code, str]
    genes_by_code: Mapping[Code, Gene]
    genes_by_name: Mapping[str, Gene]
    gene_variants: Mapping[str, Gene]  # names that a variant's number may follow
    answers: Mapping[Code, str]
    answer_words: Mapping[str, str]
    categories: Mapping[Code, tuple[str, str]]  # (category, standard)
    specimens_by_code: Mapping[Code, Specimen]
    specimens_by_name: Mapping[str, Specimen]
    asked: Mapping[Code, str]  # what else a code asks for: "organism", "weight" ...
    methods: Mapping[Code, str]  # MIC, DISK or STRIP
    disks: Mapping[tuple[str, str], frozenset[str]]  # (standard, drug) -> contents in ug
    identified: dict[tuple[tuple[Code, ...], str], Identified]  # drugs already looked up
    results: dict[tuple[object, ...], Result | str]  # already read; or why one cannot be


def load_catalogue(knowledge: Knowledge, names: Names, directory: Path | None = None) -> Catalogue:
    """The tables of the base `knowledge` was loaded from.

    Raises:
        KnowledgeError: a file of the base that cannot be read.
    """
    organisms = {Code(*key): id_ for key, id_ in load_organism_codes(directory).items()}
    return catalogue_of(knowledge, names, load_loinc(directory), load_codes(directory), organisms)


def catalogue_of(
    knowledge: Knowledge,
    names: Names,
    loinc: Mapping[str, Any],
    codes: Mapping[str, Any],
    organisms: Mapping[Code, str],
) -> Catalogue:
    """The tables of the parsed files."""
    specimens = [
        (Specimen(s["name"], s.get("site"), s["because"]), s["names"], s["codes"])
        for s in codes["specimen"]
    ]
    words = codes["answer_words"]
    return Catalogue(
        names=names,
        drugs_by_code=_drugs_by_code(knowledge.drugs.values(), loinc["drugs"]),
        loinc_methods=_loinc_methods(loinc["drugs"]),
        abbreviations=_abbreviations(knowledge.drugs.values()),
        components={drug.id: drug.components for drug in knowledge.drugs.values()},
        organisms_by_code=organisms,
        genes_by_code={
            Code(g["system"], g["code"]): Gene(g["family"], _told(g["method"]), g["variant"])
            for g in codes["gene"]
        },
        genes_by_name={
            fold(g["name"]): Gene(g["family"], None, not g["variants"]) for g in codes["gene_name"]
        },
        gene_variants={
            fold(g["name"]): Gene(g["family"], None, is_variant=True)
            for g in codes["gene_name"]
            if g["variants"]
        },
        answers={Code(a["system"], a["code"]): a["means"] for a in codes["answer"]},
        answer_words={fold(word): means for means, said in words.items() for word in said},
        categories={
            Code(c["system"], c["code"]): (c["category"], c["standard"]) for c in codes["category"]
        },
        specimens_by_code={
            Code(*code.split(":")): specimen for specimen, _, held in specimens for code in held
        },
        specimens_by_name={
            fold(name): specimen for specimen, said, _ in specimens for name in said
        },
        asked={Code(LOINC, code): kind for kind, held in codes["asked"].items() for code in held},
        methods={
            Code(*code.split(":")): _METHODS[kind] or ""
            for kind, held in codes["methods"].items()
            for code in held
        },
        disks=_disks(knowledge),
        identified={},
        results={},
    )


def _told(method: str) -> str | None:
    return None if method == "none" else method


def _drugs_by_code(
    drugs: Iterable[Drug], loinc: Mapping[str, Mapping[str, list[str]]]
) -> dict[Code, tuple[str, ...]]:
    found: dict[Code, tuple[str, ...]] = {}
    for drug in drugs:
        for system in _DRUG_CODES:
            if system in drug.codes:
                code = Code(system, drug.codes[system])
                found[code] = (*found.get(code, ()), drug.id)
    for id_, held in loinc.items():
        for codes in held.values():
            found.update((Code(LOINC, code), (id_,)) for code in codes)
    return {code: _routeless(ids) for code, ids in found.items()}


def _routeless(ids: tuple[str, ...]) -> tuple[str, ...]:
    """Fosfomycin without a route is one thing a panel may hold, not two drugs to choose from."""
    return (FOSFOMYCIN_NO_ROUTE,) if set(ids) == _ROUTES else ids


def _loinc_methods(loinc: Mapping[str, Mapping[str, list[str]]]) -> dict[str, str | None]:
    return {
        code: None if kind == _UNVERIFIED else _METHODS[kind]
        for held in loinc.values()
        for kind, codes in held.items()
        for code in codes
    }


def _abbreviations(drugs: Iterable[Drug]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for drug in drugs:
        for said in dict.fromkeys(map(fold, drug.lab_abbreviations)):
            found[said] = (*found.get(said, ()), drug.id)
    return {said: _routeless(ids) for said, ids in found.items()}


def _disks(knowledge: Knowledge) -> dict[tuple[str, str], frozenset[str]]:
    contents: dict[tuple[str, str], frozenset[str]] = {}
    for drug, rows in knowledge.breakpoints.items():
        for row in rows:
            if row.disk_content_ug is not None:
                key = (row.standard, drug)
                contents[key] = contents.get(key, frozenset()) | {row.disk_content_ug}
    return contents


# --- look-ups ----------------------------------------------------------------------------------


def identify_drug(codes: tuple[Code, ...], name: str, catalogue: Catalogue) -> Identified:
    """The drug of a panel row, order or allergy: by code, else by its whole name.

    A code and a name that mean two drugs contradict each other: neither is taken.
    """
    asked = (codes, name)
    found = catalogue.identified.get(asked)
    if found is None:
        found = _drug(codes, name, catalogue)
        if len(catalogue.identified) < MOST_KEPT and len(name) <= _LONGEST_KEPT:
            catalogue.identified[asked] = found
    return found


def _drug(codes: tuple[Code, ...], name: str, catalogue: Catalogue) -> Identified:
    by_code = {
        code: catalogue.drugs_by_code[code] for code in codes if code in catalogue.drugs_by_code
    }
    meant = {drug for drugs in by_code.values() for drug in drugs}
    if len(meant) > 1:
        return Identified(None, why_not=f"the code stands for {_either(meant)}")
    named = _named(name, catalogue)
    if not meant:
        return _by_name(name, named, codes)
    (drug,) = meant
    if named and drug not in named and not _is_route_of(drug, named):
        reason = f"the code means {drug}, the name {_either(named)}"
        return Identified(None, why_not=reason)
    code = next(iter(by_code))
    return Identified(drug, f"{code.system} {code.code}")


def _named(name: str, catalogue: Catalogue) -> tuple[str, ...]:
    if is_azt(name):
        return ()
    found = panel_id(name, catalogue.names)
    if found:
        return _routeless(found)
    if is_fosfomycin_of_any_route(name, catalogue.names):
        return (FOSFOMYCIN_NO_ROUTE,)
    text = name.strip()
    for system in (WHONET, AMR):
        if (code := Code(system, text)) in catalogue.drugs_by_code:
            return catalogue.drugs_by_code[code]
    return catalogue.abbreviations.get(fold(name), ())


def _by_name(name: str, named: tuple[str, ...], codes: tuple[Code, ...]) -> Identified:
    if len(named) == 1:
        return Identified(named[0], f"name {name.strip()}")
    if named:
        return Identified(None, why_not=f"the name stands for {_either(named)}")
    if is_azt(name):
        return Identified(None, why_not=AMBIGUOUS_AZT)
    asked = [f"{code.system} {code.code}" for code in codes]
    if not asked:
        return Identified(None, why_not="unknown drug name" if name.strip() else "no drug is named")
    return Identified(None, why_not=f"unknown drug code {', '.join(asked)}")


def _is_route_of(drug: str, named: tuple[str, ...]) -> bool:
    return drug == FOSFOMYCIN_NO_ROUTE and set(named) <= _ROUTES


def _either(ids: Iterable[str]) -> str:
    return " or ".join(sorted(ids))


def identify_organism(codes: Iterable[Code], name: str, catalogue: Catalogue) -> Identified:
    """The organism: by code, else by its whole name; neither where they contradict each other."""
    by_code = {c: catalogue.organisms_by_code[c] for c in codes if c in catalogue.organisms_by_code}
    named = catalogue.names.organism_names.get(fold(name))
    meant = {*by_code.values(), *({named} if named else ())}
    if len(meant) > 1:
        return Identified(None, why_not=f"code and name differ: {_either(meant)}")
    if meant:
        code = next(iter(by_code), None)
        return Identified(meant.pop(), f"{code.system} {code.code}" if code else "name")
    known_as = [shown(name.strip())] if name.strip() else []
    asked = ", ".join([*known_as, *(f"{code.system} {code.code}" for code in codes)])
    return Identified(None, why_not=f"unknown organism: {asked}" if asked else "no organism")


def identify_gene(codes: Iterable[Code], name: str, catalogue: Catalogue) -> Gene | None:
    """The gene a code or an exact name (`blaNDM-5`) stands for."""
    for code in codes:
        if code in catalogue.genes_by_code:
            return catalogue.genes_by_code[code]
    said = fold(name)
    if said in catalogue.genes_by_name:
        return catalogue.genes_by_name[said]
    variant = _VARIANT.fullmatch(said)
    return catalogue.gene_variants.get(variant[1]) if variant else None


def asked_of(codes: Iterable[Code], catalogue: Catalogue) -> str | None:
    """What a code asks for besides drugs and genes: `organism`, `weight`, a panel."""
    return next((catalogue.asked[code] for code in codes if code in catalogue.asked), None)


def fact_of(codes: Iterable[Code], catalogue: Catalogue) -> Kind | None:
    """The fact about the patient that a code asks for, with a number and a unit."""
    asked = asked_of(codes, catalogue)
    return next((kind for kind in FACTS if kind == asked), None)


def method_of(codes: Iterable[Code], catalogue: Catalogue) -> str | None:
    """MIC, DISK or STRIP, where a code names the method."""
    return next((catalogue.methods[code] for code in codes if code in catalogue.methods), None)


def answer_of(codes: Iterable[Code], text: str | None, catalogue: Catalogue) -> str | None:
    """`detected`, `not-detected` or `not-done`; None where it is none of these."""
    for code in codes:
        if code in catalogue.answers:
            return catalogue.answers[code]
    return catalogue.answer_words.get(fold(text)) if text else None


def specimen_of(codes: Iterable[Code], text: str | None, catalogue: Catalogue) -> Specimen | None:
    """The specimen, by code, else by its whole name."""
    for code in codes:
        if code in catalogue.specimens_by_code:
            return catalogue.specimens_by_code[code]
    return catalogue.specimens_by_name.get(fold(text)) if text else None
