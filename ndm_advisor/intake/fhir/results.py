"""An Observation resource as the observations it holds: organism, result, gene, fact, or another.

Each resource counts once, and once more for each of its components. Our own codes are read first,
then codes the base knows, then whole names; what is left is counted and set aside.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from ndm_advisor.intake.catalogue import (
    Catalogue,
    answer_of,
    asked_of,
    fact_of,
    identify_drug,
    identify_gene,
    identify_organism,
    method_of,
)
from ndm_advisor.intake.fhir import stated
from ndm_advisor.intake.fhir.documents import Entry
from ndm_advisor.intake.fhir.elements import (
    HL7_ANSWER,
    Element,
    Item,
    dicts,
    many,
    part,
    text,
    unit_of,
    value_of,
)
from ndm_advisor.intake.observed import AND, DISK, MIC, STRIP, Code, Observation
from ndm_advisor.intake.results import category_word
from ndm_advisor.model import fhir_terms as terms
from ndm_advisor.model.names import fold

_CATEGORIES: Final = frozenset({"S", "I", "R", "SDD", "NS", "IE"})
_FOUND: Final = frozenset({"POS", "DET", "NEG", "ND"})
_WITHDRAWN: Final = {
    "entered-in-error": "entered in error",
    "cancelled": "cancelled",
}
_ABSENT: Final = {code: category for category, code in terms.ABSENT_OF_CATEGORY.items()}
_NOT_TESTED: Final = "not tested"
MODIFIED: Final = "carries a modifier extension, which may turn its meaning round"
_SCALE: Final = re.compile(r"(.+?)\s*\((RIS|SIR|MIC)\)", re.IGNORECASE)  # names the scale, no drug
_METHODS: Final = {
    "mic": MIC,
    "minimum-inhibitory-concentration": MIC,
    "broth-microdilution": MIC,
    "disk": DISK,
    "disk-diffusion": DISK,
    "disc-diffusion": DISK,
    "gradient-strip": STRIP,
    "etest": STRIP,
}
_STANDARD: Final = re.compile(r"(EUCAST|CLSI|FDA)( [\w.\-]{1,12})?", re.IGNORECASE)
_UNTOLD: Final = "which of several isolates it is told of is not stated"


class Read(NamedTuple):
    """What is read of one resource or component. `is_finding`: it is told of an isolate."""

    said: Observation
    is_finding: bool


def is_organism(entry: Entry, catalogue: Catalogue) -> bool:
    """The resource, or one of its components, says what grew."""
    parts = (entry.resource, *dicts(entry.resource, "component"))
    return any(_names_organism(element, catalogue) for element in parts)


def observations(entry: Entry, catalogue: Catalogue, *, is_member: bool) -> Iterator[Read]:
    """The resource, then its components. `is_member`: it belongs to an organism."""
    if own := list(stated.observation(entry)):
        yield from (Read(said, is_finding=said.kind == "organism") for said in own)
        return
    resource = entry.resource
    parts = [(resource, entry.place)]
    for number, component in enumerate(dicts(resource, "component"), 1):
        parts.append((component, f"{entry.place}, component {number}"))
    for element, place in parts:
        if _names_organism(element, catalogue):
            yield Read(_organism(element, resource, place, catalogue), is_finding=True)
        else:
            yield _read(element, resource, place, catalogue, is_member=is_member)


def untold(said: Observation) -> Observation:
    """A finding of nobody knows which isolate: no case may take it."""
    return said._replace(aside=said.aside or _UNTOLD)


# --- one of them -----------------------------------------------------------------------------


def _names_organism(element: Element, catalogue: Catalogue) -> bool:
    """By its code, or by its value; a laboratory may also use the organism as the code."""
    code = Item(part(element, "code"))
    if code.code_of(terms.CASE_KEY) is not None:
        return code.code_of(terms.CASE_KEY) == stated.ORGANISM
    if asked_of(code.codes, catalogue) == "organism":
        return value_of(element) is not None
    value = Item(part(element, "valueCodeableConcept"))
    if identify_organism(code.codes, code.words, catalogue).id is not None:
        return _answer(element, catalogue) not in {"not-detected", "not-done"}
    return identify_organism(value.codes, value.words, catalogue).id is not None


def _answer(element: Element, catalogue: Catalogue) -> str | None:
    """Found or not found, where the value or the interpretation says so."""
    made = _with_value(Observation("other", ""), element)
    return answer_of(made.value_codes, made.value, catalogue)


def _organism(element: Element, whole: Element, place: str, catalogue: Catalogue) -> Observation:
    """What grew; how much of it, where the organism is the code, is of no use to a case."""
    code = Item(part(element, "code"))
    grown = Item(part(element, "valueCodeableConcept"))
    if identify_organism(code.codes, code.words, catalogue).id is not None:
        grown = code
    return Observation(
        "organism",
        place,
        codes=code.codes,
        name=code.words,
        value=grown.words or text(element, "valueString"),
        value_codes=grown.codes,
        date=_day(whole),
        aside=_why_aside(whole),
    )


def _read(
    element: Element, whole: Element, place: str, catalogue: Catalogue, *, is_member: bool
) -> Read:
    code = Item(part(element, "code"))
    made = Observation(
        "other",
        place,
        codes=code.codes,
        name=" ".join(code.words.split()),
        date=_day(whole),
        aside=_why_aside(whole),
    )
    made = _with_value(made, element)
    if (fact := fact_of(made.codes, catalogue)) is not None:
        return Read(made._replace(kind=fact), is_finding=False)
    if (gene := _gene(made, catalogue)) is not None:
        return Read(gene, is_finding=True)
    return _susceptibility(made, element, whole, catalogue, is_member=is_member)


def _gene(made: Observation, catalogue: Catalogue) -> Observation | None:
    """A gene asked for, or one that the value names, or anything else found or not found."""
    value = made.value if made.value is not None else ""
    if value and identify_gene(made.value_codes, value, catalogue) is not None:
        named = made._replace(codes=made.value_codes, name=value, value="detected", value_codes=())
        return named._replace(kind="gene", category=None)
    is_answer = any(code.system == HL7_ANSWER and code.code in _FOUND for code in made.value_codes)
    if identify_gene(made.codes, made.name, catalogue) is not None or is_answer:
        return made._replace(kind="gene", category=None)
    return None


def _susceptibility(
    made: Observation, element: Element, whole: Element, catalogue: Catalogue, *, is_member: bool
) -> Read:
    name, scale = _without_scale(made.name)
    is_drug = identify_drug(made.codes, name, catalogue).id is not None
    has_result = made.category is not None or made.value is not None
    if not is_drug and not (is_member and has_result) and made.category is None:
        is_heading = many(element, "hasMember") or many(element, "component")
        why = "a heading over others" if is_heading and not has_result else None
        return Read(made._replace(aside=made.aside or why), is_finding=False)
    words = [Item(part(element, "method")), Item(part(whole, "method"))]
    named = [word.words for word in words if word.words]
    standard = next(
        (held for held in (*named, *_notes(element)) if _STANDARD.fullmatch(held)), None
    )
    method = next((_METHODS[fold(held)] for held in named if fold(held) in _METHODS), None)
    by_code = method_of([code for word in words for code in word.codes], catalogue)
    result = made._replace(
        kind="susceptibility", name=name, method=by_code or method or scale, standard=standard
    )
    outstanding = _outstanding(whole, element)
    if not has_result:
        result = result._replace(category=outstanding)
    elif outstanding == _NOT_TESTED:  # whatever stands beside it: it is not to come out as S
        result = result._replace(category=AND.join(filter(None, (made.category, outstanding))))
    return Read(result, is_finding=True)


def _without_scale(name: str) -> tuple[str, str | None]:
    """`Meropenem (RIS)` names meropenem and a scale; of a scale only `MIC` tells the method."""
    match = _SCALE.fullmatch(name)
    if match is None:
        return name, None
    return match[1], MIC if match[2].upper() == "MIC" else None


def _notes(element: Element) -> Iterator[str]:
    """Where else laboratories name the standard: the words of the interpretation."""
    for held in dicts(element, "interpretation"):
        if words := text(held, "text"):
            yield words


# --- values ----------------------------------------------------------------------------------


def _with_value(made: Observation, element: Element) -> Observation:
    """The value in its own words, and the category wherever it stands."""
    kind, held = value_of(element) or ("", None)
    codes: tuple[Code, ...] = ()
    value, unit = None, None
    if kind == "CodeableConcept":
        item = Item(held)
        value, codes = item.words or None, item.codes
    elif kind == "Quantity":
        value, unit = _quantity(held), unit_of(held)
    elif kind == "Ratio":
        top, bottom = text(held, "numerator", "value"), text(held, "denominator", "value")
        value, unit = (
            (f"{top}/{bottom}" if top and bottom else top),
            unit_of(part(held, "numerator")),
        )
    elif kind in {"String", "Integer", "DateTime"}:
        value = text(held)
    elif kind == "Boolean":
        value = {"true": "detected", "false": "not detected"}.get(text(held) or "")
    interpreted = [Item(said) for said in dicts(element, "interpretation")]
    codes = (*codes, *(code for item in interpreted for code in item.codes))
    return _with_category(made._replace(value=value, value_codes=codes, unit=unit), interpreted)


def _with_category(made: Observation, interpreted: list[Item]) -> Observation:
    """S, I, R ... by the codes of the value or interpretation: each that is stated."""
    codes = {code.code for code in made.value_codes if code.system == HL7_ANSWER}
    found = sorted(codes & _CATEGORIES)
    if found:
        is_the_value = made.unit is None and (made.value or "") in {"", *found}
        worded = [item.words for item in interpreted if category_word(item.words)]
        stated = AND.join(dict.fromkeys((*found, *worded)))  # its words may deny the code
        return made._replace(category=stated, value=None if is_the_value else made.value)
    words = [item.words for item in interpreted if item.words and not item.codes]
    return made._replace(category=words[0]) if len(words) == 1 else made


def _quantity(held: object) -> str | None:
    value = text(held, "value")
    return None if value is None else f"{text(held, 'comparator') or ''}{value}"


def _day(resource: Element) -> str | None:
    return (
        text(resource, "effectiveDateTime")
        or text(resource, "effectivePeriod", "start")
        or text(resource, "issued")
    )


def _why_aside(resource: Element) -> str | None:
    if many(resource, "modifierExtension"):
        return MODIFIED
    return _WITHDRAWN.get(text(resource, "status") or "")


def _outstanding(resource: Element, element: Element) -> str | None:
    """`pending` or `not tested`, of a result that is not there and says why."""
    if text(resource, "status") == "registered":
        return "pending"
    return _ABSENT.get(Item(part(element, "dataAbsentReason")).code_of(terms.ABSENT) or "")
