"""Reading elements by path, whatever shape they turn out to have.

A list where one value belongs, one value where a list belongs, text where a number belongs: the
same functions read them all, so that an entry which is not valid FHIR is read like one that is.
XML gives every value as text and every child as a list; JSON gives what it holds.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Final

from ndm_advisor.intake.observed import ATC, LOCAL, LOINC, RXNORM, SNOMED, Code
from ndm_advisor.model import fhir_terms as terms

Element = dict[str, object]

HL7_ANSWER: Final = "hl7-0078"
HL7_SPECIMEN: Final = "hl7-0487"
_SYSTEMS: Final = {
    terms.LOINC: LOINC,
    terms.SNOMED: SNOMED,
    terms.ATC: ATC,
    "urn:oid:2.16.840.1.113883.6.1": LOINC,
    "urn:oid:2.16.840.1.113883.6.96": SNOMED,
    "urn:oid:2.16.840.1.113883.6.73": ATC,
    "http://www.nlm.nih.gov/research/umls/rxnorm": RXNORM,
    terms.INTERPRETATION: HL7_ANSWER,
    "http://terminology.hl7.org/CodeSystem/v2-0078": HL7_ANSWER,
    "http://hl7.org/fhir/v2/0078": HL7_ANSWER,
    "http://terminology.hl7.org/CodeSystem/v2-0487": HL7_SPECIMEN,
    "http://hl7.org/fhir/v2/0487": HL7_SPECIMEN,
}
_LARGEST: Final = Decimal(10) ** 12


class Item:
    """A CodeableConcept: its codings, its codes in our names of systems, its words."""

    def __init__(self, element: object) -> None:
        self.codings = dicts(element, "coding")
        words = text(element, "text")
        shown = (text(coding, "display") for coding in self.codings)
        self.words = words or next((display for display in shown if display), "") or ""

    @property
    def codes(self) -> tuple[Code, ...]:
        """Codes with their systems; those of a system nobody here knows are `LOCAL`."""
        return tuple(
            Code(_SYSTEMS.get(text(coding, "system") or "", LOCAL), code)
            for coding in self.codings
            if (code := text(coding, "code"))
        )

    def code_of(self, system: str) -> str | None:
        """The code of one system, by its URL."""
        for coding in self.codings:
            if text(coding, "system") == system:
                return text(coding, "code")
        return None

    @property
    def shown(self) -> str:
        """The words, else a code: something to name it by."""
        return self.words or next((code.code for code in self.codes), "")


def many(element: object, key: str) -> list[object]:
    """Every value under `key`, none where there is none."""
    held = element.get(key) if isinstance(element, dict) else None
    if held is None:
        return []
    return held if isinstance(held, list) else [held]


def dicts(element: object, key: str) -> list[Element]:
    """Every value under `key` that has parts of its own."""
    return [held for held in many(element, key) if isinstance(held, dict)]


def part(element: object, *path: str) -> object:
    """The first value at the end of a path; None where the path ends early."""
    for key in path:
        element = next(iter(many(element, key)), None)
    return element


def text(element: object, *path: str) -> str | None:
    """The first value at the end of a path as stripped text; numbers in the file's own digits."""
    held = part(element, *path) if path else element
    if isinstance(held, str):
        return held.strip() or None
    if isinstance(held, bool):
        return "true" if held else "false"
    if isinstance(held, int):
        return str(held)
    if isinstance(held, Decimal):
        return format(held, "f") if held.is_finite() and abs(held) < _LARGEST else None
    return None


def number(element: object, *path: str) -> Decimal | None:
    """The first value at the end of a path, where it is a number."""
    held = text(element, *path)
    if held is None:
        return None
    try:
        value = Decimal(held)
    except InvalidOperation:
        return None
    return value if value.is_finite() and abs(value) < _LARGEST else None


def plain(value: Decimal) -> int | float:
    """A number as a case file holds it."""
    return int(value) if value == value.to_integral_value() else float(value)


def value_of(element: Element) -> tuple[str, object] | None:
    """The choice element of a value: (`Quantity`, the quantity); None where there is none."""
    for key in element:
        if key.startswith("value") and key != "value" and (held := part(element, key)) is not None:
            return key.removeprefix("value"), held
    return None


def unit_of(quantity: object) -> str | None:
    """The unit as stated: the UCUM code before the printed one."""
    if text(quantity, "system") == terms.UCUM:
        return text(quantity, "code") or text(quantity, "unit")
    return text(quantity, "unit") or text(quantity, "code")


def carried(element: object) -> Iterator[tuple[str, object]]:
    """What our own extension carries: key and value."""
    for extension in dicts(element, "extension"):
        if text(extension, "url") == terms.CASE:
            for inner in dicts(extension, "extension"):
                held, key = value_of(inner), text(inner, "url")
                if held is not None and key:
                    yield key, scalar(*held)


def scalar(kind: str, held: object) -> object:
    """A value of one of FHIR's simple types as Python has it; text where it is none."""
    if kind == "Boolean":
        return {"true": True, "false": False}.get(text(held) or "")
    if kind in {"Integer", "Decimal", "PositiveInt", "UnsignedInt"}:
        value = number(held)
        return None if value is None else plain(value)
    if kind == "String" and isinstance(held, str):
        return held or None  # a note may begin with a space
    return text(held)
