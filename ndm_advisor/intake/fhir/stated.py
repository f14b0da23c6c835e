"""What carries keys of the case file as such: the resources this program writes itself.

A key is taken only where the case file has it; anything else under our systems is counted and set
aside like any other code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from pydantic import BaseModel

from ndm_advisor.intake.fhir.documents import Entry
from ndm_advisor.intake.fhir.elements import (
    Element,
    Item,
    carried,
    dicts,
    number,
    part,
    plain,
    scalar,
    text,
    value_of,
)
from ndm_advisor.intake.observed import Observation
from ndm_advisor.model import fhir_terms as terms
from ndm_advisor.model.case import Hospital, Infection, Isolate, Panel, Patient
from ndm_advisor.model.mic import MicFormatError, parse_mic

ORGANISM: Final = "isolate.organism"
_TABLES: Final[dict[str, type[BaseModel]]] = {
    "isolate": Isolate,
    "panel": Panel,
    "infection": Infection,
    "patient": Patient,
    "hospital": Hospital,
}
_KEYS: Final = frozenset(
    {
        "id",
        "note",
        "reported_on",
        *(f"{table}.{key}" for table, model in _TABLES.items() for key in model.model_fields),
    }
) - {"isolate.organism", "panel.results", "hospital.stock"}
_OF_DRUGS: Final = re.compile(r"(panel\.results|hospital\.stock)\.[a-z0-9+\-]{1,80}")
_LABEL: Final = re.compile(r"[\w\-]{1,100}", re.ASCII)  # as `import --to` names files
_LISTS: Final = frozenset(
    {
        "isolate.other_carbapenemases",
        "infection.other_organisms",
        "patient.medicines",
        "patient.conditions",
        "patient.allergies",
    }
)


def said(place: str, key: str, value: object) -> Observation:
    """One key of the case file with its value; set aside where the case file has no such key."""
    is_key = key in _KEYS or _OF_DRUGS.fullmatch(key) is not None
    if not is_key or value is None:
        return Observation("other", place, name=key)
    if key == "id" and _LABEL.fullmatch(str(value)) is None:
        aside = "an id that could not name a file: the case gets a running number"
        return Observation("case", place, name=key, fields=(("value", value),), aside=aside)
    return Observation("case", place, name=key, fields=(("value", value),))


def observation(entry: Entry) -> Iterator[Observation]:
    """An organism, a fact or a row of the panel; nothing where none of our codes stands."""
    code = Item(part(entry.resource, "code"))
    key = code.code_of(terms.CASE_KEY)
    if key == ORGANISM:
        grown = Item(part(entry.resource, "valueCodeableConcept"))
        name = (grown.code_of(terms.ORGANISM) or grown.words).replace("-", " ")
        yield Observation("organism", entry.place, value=name)
        return
    if key is not None:
        yield said(entry.place, key, _fact(key, entry.resource))
        return
    drug = code.code_of(terms.DRUG)
    if drug is not None:
        yield said(entry.place, f"panel.results.{drug}", _row(entry.resource))


def extension(entry: Entry) -> Iterator[Observation]:
    """Each key that travels in our extension, of a condition."""
    for key, value in carried(entry.resource):
        yield said(entry.place, key, value)


def _fact(key: str, resource: Element) -> object:
    if key in _LISTS:
        return _list(resource)
    kind, held = value_of(resource) or ("", None)
    if kind == "Quantity":
        amount = number(held, "value")
        return None if amount is None else plain(amount)
    if kind == "CodeableConcept":
        return Item(held).code_of(terms.CASE_WORD)
    return scalar(kind, held)


def _list(resource: Element) -> list[str] | None:
    entries = [text(component, "valueString") for component in dicts(resource, "component")]
    if entries and None not in entries:
        return [entry for entry in entries if entry is not None]
    is_none = Item(part(resource, "valueCodeableConcept")).code_of(terms.CASE_WORD) == terms.NONE
    return [] if is_none and not entries else None


def _row(resource: Element) -> dict[str, object] | None:
    """A row of the panel; what the extension carries holds only where it agrees."""
    row: dict[str, object | None] = {
        "mic_mg_l": _mic(resource),
        "zone_mm": _zone(resource),
        "category": Item(part(resource, "interpretation")).code_of(terms.INTERPRETATION),
        "method": Item(part(resource, "method")).code_of(terms.CASE_WORD),
    }
    for key, value in carried(resource):
        if key == "mic_mg_l" and not _same_mic(value, row["mic_mg_l"]):
            continue
        if key in {"mic_mg_l", "standard"} or (key == "category" and row["category"] is None):
            row[key] = value
    made = {key: value for key, value in row.items() if value is not None}
    return made or None


def _mic(resource: Element) -> str | None:
    value = number(resource, "valueQuantity", "value")
    if value is None or text(resource, "valueQuantity", "code") != "mg/L":
        return None
    return f"{text(resource, 'valueQuantity', 'comparator') or ''}{float(value):g}"


def _zone(resource: Element) -> int | float | None:
    for component in dicts(resource, "component"):
        if Item(part(component, "code")).code_of(terms.CASE_KEY) == "zone_mm":
            value = number(component, "valueQuantity", "value")
            return None if value is None else plain(value)
    return None


def _same_mic(written: object, quantity: object) -> bool:
    try:
        one, other = parse_mic(str(written)), parse_mic(str(quantity))
    except MicFormatError:
        return False
    return one.operator == other.operator and _near(one.value_mg_l, other.value_mg_l)


def _near(one: float, other: float) -> bool:
    return abs(one - other) <= 1e-5 * max(one, other)  # six digits are compared
