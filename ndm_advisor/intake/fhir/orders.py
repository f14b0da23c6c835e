"""A MedicationRequest as orders of the case file: one for each dosage it instructs.

Only what is stated is taken. An amount, an interval or a route that could be read two ways is left
out, and the order then says less: the answer lists it as not assessable.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from ndm_advisor.intake.fhir.documents import Entry
from ndm_advisor.intake.fhir.elements import (
    Element,
    Item,
    carried,
    dicts,
    many,
    number,
    part,
    plain,
    text,
    unit_of,
)
from ndm_advisor.intake.fhir.links import Links
from ndm_advisor.intake.fhir.results import MODIFIED
from ndm_advisor.intake.observed import Observation
from ndm_advisor.model import fhir_terms as terms
from ndm_advisor.model.names import fold

_ORDERED: Final = frozenset(
    {"order", "original-order", "reflex-order", "filler-order", "instance-order"}
)
_RUNNING: Final = frozenset({"active", "on-hold", "unknown"})
_HOURS: Final = {"h": Decimal(1), "min": Decimal(1) / 60, "d": Decimal(24), "s": Decimal(1) / 3600}
_KEY_OF_UNIT: Final = {ucum: key for key, (ucum, _) in terms.UNIT_OF_DOSE.items()}
_MG: Final = {"mg": Decimal(1), "g": Decimal(1000)}
_ROUTES: Final = {code: route for route, code in terms.CODE_OF_ROUTE.items()}
_ROUTE_WORDS: Final = {
    "iv": "iv",
    "intravenous": "iv",
    "intravenous-route": "iv",
    "oral": "oral",
    "oral-route": "oral",
    "by-mouth": "oral",
    "im": "im",
    "intramuscular": "im",
    "inhaled": "inhaled",
    "inhalation": "inhaled",
    "other": "other",
}
_POLYMYXINS: Final = re.compile(r"(?i)\b(colisti\w*|polymyxin\w*)\b")


def orders(entry: Entry, links: Links) -> Iterator[Observation]:
    """The order or orders of one request; one that does not run is set aside with the reason."""
    drug = _drug(entry, links)
    made = Observation(
        "order",
        entry.place,
        codes=() if drug.code_of(terms.DRUG) else drug.codes,
        name=drug.code_of(terms.DRUG) or drug.words,
        aside=_why_aside(entry.resource),
    )
    own = dict(_carried(entry))
    dosages = dicts(entry.resource, "dosageInstruction") or [{}]
    for count, dosage in enumerate(dosages, 1):
        place = entry.place if len(dosages) == 1 else f"{entry.place}, dosage {count}"
        fields = _fields(dosage, drug) | own
        yield made._replace(place=place, fields=tuple(fields.items()))


def _drug(entry: Entry, links: Links) -> Item:
    """The drug by its concept, or of the Medication resource referred to."""
    concept = part(entry.resource, "medicationCodeableConcept")
    if concept is None:
        reference = text(entry.resource, "medicationReference", "reference")
        medication = links.target(entry, reference)
        if medication is not None:
            concept = part(medication.resource, "code")
        else:
            words = text(entry.resource, "medicationReference", "display")
            concept = {"text": words} if words else None
    return Item(concept)


def _why_aside(resource: Element) -> str | None:
    status, intent = text(resource, "status"), text(resource, "intent")
    if many(resource, "modifierExtension"):
        return MODIFIED
    if text(resource, "doNotPerform") == "true":
        return "says not to give the drug"
    if intent not in _ORDERED:
        return f"no order: intent {intent or 'not stated'}"
    if status not in _RUNNING:
        return f"not running: status {status or 'not stated'}"
    return None


def _carried(entry: Entry) -> Iterator[tuple[str, object]]:
    components: dict[str, object] = {}
    for key, value in carried(entry.resource):
        table, _, component = key.partition(".")
        if table == "components_mg" and component:
            components[component] = value
        elif key in {"start_time", "kind"}:
            yield key, value
    if components:
        yield "components_mg", components


def _fields(dosage: Element, drug: Item) -> dict[str, object]:
    found: dict[str, object | None] = {
        "interval_h": _interval(dosage),
        "infusion_h": _infusion(dosage),
        "route": _route(dosage),
        "started_on": (text(dosage, "timing", "repeat", "boundsPeriod", "start") or "")[:10],
    }
    found |= dict(_amounts(dosage, drug))
    return {key: value for key, value in found.items() if value not in (None, "")}


def _amounts(dosage: Element, drug: Item) -> Iterator[tuple[str, object]]:
    """Doses by their unit; a polymyxin in mg of nobody knows what is left out."""
    for dose in dicts(dosage, "doseAndRate"):
        value, unit = number(dose, "doseQuantity", "value"), unit_of(part(dose, "doseQuantity"))
        if value is None or unit is None:
            continue
        if unit in _MG:
            if not _POLYMYXINS.search(f"{drug.words} {drug.code_of(terms.DRUG)}"):
                yield "dose_mg", plain(value * _MG[unit])
        elif unit in _KEY_OF_UNIT and drug.code_of(terms.DRUG):
            yield _KEY_OF_UNIT[unit], plain(value)


def _interval(dosage: Element) -> int | float | None:
    """Hours between doses: a period divided by how often in it; nothing for once or as needed."""
    repeat = part(dosage, "timing", "repeat")
    is_open = any(text(repeat, key) for key in ("periodMax", "frequencyMax"))
    is_once = number(repeat, "count") == 1
    if is_open or is_once or text(dosage, "asNeededBoolean") == "true":
        return None
    period, frequency = number(repeat, "period"), number(repeat, "frequency")
    unit = _HOURS.get(text(repeat, "periodUnit") or "")
    if period is None or unit is None:
        return None
    often = Decimal(1) if frequency is None else frequency
    return plain(period * unit / often) if often > 0 else None


def _infusion(dosage: Element) -> int | float | None:
    """Hours one infusion lasts."""
    repeat = part(dosage, "timing", "repeat")
    duration = number(repeat, "duration")
    unit = _HOURS.get(text(repeat, "durationUnit") or "")
    if duration is None or unit is None or text(repeat, "durationMax"):
        return None
    return plain(round(duration * unit, 4))


def _route(dosage: Element) -> str | None:
    route = Item(part(dosage, "route"))
    code = route.code_of(terms.ROUTES)
    return _ROUTES.get(code or "") or _ROUTE_WORDS.get(fold(route.words))
