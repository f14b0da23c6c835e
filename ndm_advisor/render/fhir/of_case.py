"""A case as FHIR resources, from which `import fhir` makes the same case again.

Isolate, panel, site, patient and orders stand in elements of FHIR's own; each also carries the key
of the case file it comes from. Hospital, severity and what FHIR has no element for travel in one
extension (`fhir_terms.CASE`).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from ndm_advisor.model import fhir_terms as terms
from ndm_advisor.model.case import Allergy, Case, Order, PanelResult
from ndm_advisor.model.mic import Mic, parse_mic
from ndm_advisor.model.words import drug_name
from ndm_advisor.render.fhir.elements import (
    Bundle,
    Element,
    coding,
    concept,
    extension,
    quantity,
)

Codes = dict[str, str]  # drug id -> ATC

PATIENT: Final = "patient"
INFECTION: Final = "infection"
_ORGANISM: Final = "organism"
_E_COLI: Final = ("escherichia-coli", "112283007")  # SNOMED CT, as in the Belgian message
_IN_OWN_RESOURCES: Final = frozenset(
    {
        "isolate.organism",
        "infection.site",
        "infection.severity",  # travels in the extension, with the hospital's settings
        "patient.sex",
        "patient.allergies",
        "patient.medicines",
        "patient.conditions",
    }
)


def add_case(bundle: Bundle, case: Case, atc: Codes) -> None:
    """Put the case's resources into the bundle."""
    patient: Element = {"resourceType": "Patient"}
    if case.patient.sex is not None:
        patient["gender"] = case.patient.sex
    bundle.add(PATIENT, patient)
    bundle.add(INFECTION, _infection(bundle, case))
    for key, value in _facts(case):
        bundle.add(key, _fact(bundle, key, value, case))
    rows = [
        bundle.add(f"panel.results.{drug}", _row(bundle, drug, row))
        for drug, row in case.panel.results.items()
    ]
    bundle.add(_ORGANISM, _organism(bundle, case.isolate.organism, rows))
    _add_lists(bundle, case, atc)
    for number, order in enumerate(case.orders, start=1):
        bundle.add(f"orders.{number}", _order(bundle, order, atc))


# --- one value each --------------------------------------------------------------------------


def _facts(case: Case) -> Iterator[tuple[str, object]]:
    if case.reported_on is not None:
        yield "reported_on", case.reported_on
    for key in ("standard", "version"):
        if (named := getattr(case.panel, key)) is not None:
            yield f"panel.{key}", named
    for table in ("isolate", "infection", "patient"):
        part = getattr(case, table)
        for field in type(part).model_fields:
            value = getattr(part, field)
            if value is not None and f"{table}.{field}" not in _IN_OWN_RESOURCES:
                yield f"{table}.{field}", value


def _fact(bundle: Bundle, key: str, value: object, case: Case) -> Element:
    """One key of the case as an observation."""
    field = key.rpartition(".")[2]
    codes = [coding(terms.CASE_KEY, key)]
    if key.startswith("patient.") and field in terms.LOINC_OF_KEY:
        codes.append(coding(terms.LOINC, terms.LOINC_OF_KEY[field]))
    made = _observation(bundle, concept(*codes, text=key))
    if _is_of_the_kidney(field) and case.patient.creatinine_measured_on is not None:
        made["effectiveDateTime"] = case.patient.creatinine_measured_on.isoformat()
    return made | _value(key, field, value)


def _is_of_the_kidney(field: str) -> bool:
    return field.startswith(("creatinine_u", "creatinine_mg", "crcl_", "egfr_"))


def _value(key: str, field: str, value: object) -> Element:
    if isinstance(value, tuple):
        return _list(key, value)
    if isinstance(value, bool):
        return {"valueBoolean": value}
    if isinstance(value, int | float):
        unit = terms.UNIT_OF_KEY.get(field)
        return {"valueInteger": value} if unit is None else {"valueQuantity": quantity(value, unit)}
    if isinstance(value, date):
        return {"valueDateTime": value.isoformat()}
    return {"valueCodeableConcept": concept(coding(terms.CASE_WORD, str(value)), text=str(value))}


def _list(key: str, values: tuple[object, ...]) -> Element:
    """Each entry as a component; an empty list is a finding too: none."""
    if not values:
        return {"valueCodeableConcept": concept(coding(terms.CASE_WORD, terms.NONE), text="none")}
    code = concept(coding(terms.CASE_KEY, key), text=key)
    return {"component": [{"code": code, "valueString": str(value)} for value in values]}


def _observation(bundle: Bundle, code: Element) -> Element:
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": code,
        "subject": bundle.reference(PATIENT),
    }


# --- isolate and panel -----------------------------------------------------------------------


def _organism(bundle: Bundle, organism: str, rows: list[Element]) -> Element:
    name = organism.replace("-", " ").capitalize()
    codes = [coding(terms.ORGANISM, organism)]
    if organism == _E_COLI[0]:
        codes.append(coding(terms.SNOMED, _E_COLI[1]))
    code = concept(
        coding(terms.CASE_KEY, "isolate.organism"),
        coding(terms.LOINC, terms.BACTERIA_IDENTIFIED),
        text="bacteria identified",
    )
    made = _observation(bundle, code) | {"valueCodeableConcept": concept(*codes, text=name)}
    return made | ({"hasMember": rows} if rows else {})


def _row(bundle: Bundle, drug: str, row: PanelResult) -> Element:
    """One drug's result, with the laboratory's own writing where a quantity loses it."""
    made = _observation(bundle, concept(coding(terms.DRUG, drug), text=drug_name(drug)))
    made |= _measured(row) | _categorised(row)
    if row.method is not None:
        made["method"] = concept(coding(terms.CASE_WORD, row.method), text=row.method)
    kept = [extension(key, value) for key, value in _kept(row)]
    return made | ({"extension": [extension(terms.CASE, kept)]} if kept else {})


def _measured(row: PanelResult) -> Element:
    made: Element = {}
    if row.mic_mg_l is not None:
        made["valueQuantity"] = _mic(parse_mic(row.mic_mg_l))
    if row.zone_mm is not None:
        key = concept(coding(terms.CASE_KEY, "zone_mm"), text="zone diameter")
        made["component"] = [{"code": key, "valueQuantity": quantity(row.zone_mm, "mm")}]
    return made


def _categorised(row: PanelResult) -> Element:
    if row.category in terms.CODE_OF_CATEGORY:
        return {"interpretation": [concept(coding(terms.INTERPRETATION, row.category))]}
    if row.category is None or row.mic_mg_l is not None:
        return {}  # FHIR has no reason for the absence of a value that is there
    reason = terms.ABSENT_OF_CATEGORY[row.category]
    return {"dataAbsentReason": concept(coding(terms.ABSENT, reason), text=row.category)}


def _kept(row: PanelResult) -> Iterator[tuple[str, object]]:
    """What the extension carries of a row."""
    if row.mic_mg_l is not None:
        mic = parse_mic(row.mic_mg_l)
        if plain_mic(mic.operator, mic.value_mg_l) != row.mic_mg_l:
            yield "mic_mg_l", row.mic_mg_l
    if row.category in terms.ABSENT_OF_CATEGORY:
        yield "category", row.category
    if row.standard is not None:
        yield "standard", row.standard


def _mic(mic: Mic) -> Element:
    made = quantity(mic.value_mg_l, "mg/L")
    return made if mic.operator == "=" else made | {"comparator": mic.operator}


def plain_mic(operator: str, value_mg_l: float) -> str:
    """What the reader makes of a quantity: `<=0.25`, `32`."""
    return f"{'' if operator == '=' else operator}{value_mg_l:g}"


# --- infection, lists, orders ----------------------------------------------------------------


def _infection(bundle: Bundle, case: Case) -> Element:
    site = case.infection.site
    made: Element = {
        "resourceType": "Condition",
        "clinicalStatus": concept(coding(terms.CONDITION_CLINICAL, "active")),
        "category": [concept(coding(terms.CASE_KEY, "infection.site"))],
        "code": concept(coding(terms.CASE_WORD, site), text=f"infection: {site}"),
        "subject": bundle.reference(PATIENT),
    }
    carried = [extension(key, value) for key, value in _carried(case)]
    return made | ({"extension": [extension(terms.CASE, carried)]} if carried else {})


def _carried(case: Case) -> Iterator[tuple[str, object]]:
    """Profile, stock, severity, and the case's own label and note."""
    hospital = case.hospital
    for key, value in (
        ("id", case.id),
        ("note", case.note),
        ("infection.severity", case.infection.severity),
        ("hospital.guideline", hospital.guideline),
        ("hospital.region", hospital.region),
        ("hospital.aztreonam_interval_h", hospital.aztreonam_interval_h),
    ):
        if value not in (None, ""):  # FHIR has no empty text
            yield key, value
    for drug, in_stock in hospital.stock.items():
        yield f"hospital.stock.{drug}", in_stock


def _add_lists(bundle: Bundle, case: Case, atc: Codes) -> None:
    patient = case.patient
    for number, allergy in enumerate(patient.allergies or (), start=1):
        bundle.add(f"patient.allergies.{number}", _allergy(bundle, allergy, atc))
    if patient.allergies == ():
        none = Allergy(drug="no known allergies")
        made = _allergy(bundle, none, atc)
        made["code"] = concept(coding(terms.CASE_WORD, terms.NONE), text=none.drug)
        bundle.add("patient.allergies", made)
    for number, medicine in enumerate(patient.medicines or (), start=1):
        statement: Element = {
            "resourceType": "MedicationStatement",
            "status": "active",
            "medicationCodeableConcept": _drug(medicine.drug, None, atc),
            "subject": bundle.reference(PATIENT),
        }
        bundle.add(f"patient.medicines.{number}", statement)
    for number, condition in enumerate(patient.conditions or (), start=1):
        made = {
            "resourceType": "Condition",
            "category": [concept(coding(terms.CASE_KEY, "patient.conditions"))],
            "code": concept(coding(terms.CASE_WORD, condition), text=condition),
            "subject": bundle.reference(PATIENT),
        }
        bundle.add(f"patient.conditions.{number}", made)
    for key in ("medicines", "conditions"):
        if getattr(patient, key) == ():
            name = f"patient.{key}"
            code = concept(coding(terms.CASE_KEY, name), text=name)
            bundle.add(name, _observation(bundle, code) | _list(name, ()))


def _allergy(bundle: Bundle, allergy: Allergy, atc: Codes) -> Element:
    made: Element = {
        "resourceType": "AllergyIntolerance",
        "clinicalStatus": concept(coding(terms.ALLERGY_CLINICAL, "active")),
        "code": _drug(allergy.drug, allergy.drug_id, atc),
        "patient": bundle.reference(PATIENT),
    }
    if allergy.severity is not None:
        made["extension"] = [
            extension(terms.CASE, [extension("severity", allergy.severity)]),
        ]
    if allergy.reaction:
        reaction: Element = {"manifestation": [concept(text=allergy.reaction)]}
        if allergy.severity in ("severe", "mild"):
            reaction["severity"] = allergy.severity
        made["reaction"] = [reaction]
    return made


def _drug(name: str, drug_id: str | None, atc: Codes) -> Element:
    """A drug in the case's words, with our id and its ATC code where the base knows it."""
    codes = [] if drug_id is None else [coding(terms.DRUG, drug_id)]
    if drug_id in atc:
        codes.append(coding(terms.ATC, atc[drug_id]))
    return concept(*codes, text=name)


def _order(bundle: Bundle, order: Order, atc: Codes) -> Element:
    made: Element = {
        "resourceType": "MedicationRequest",
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": _drug(order.drug, order.drug_id, atc),
        "subject": bundle.reference(PATIENT),
    }
    kept = [
        extension(key, value)
        for key, value in (("start_time", order.start_time), ("kind", order.kind))
        if value is not None
    ]
    kept += [extension(f"components_mg.{k}", v) for k, v in (order.components_mg or {}).items()]
    if kept:
        made["extension"] = [extension(terms.CASE, kept)]
    dosage = _dosage(order)
    return made | ({"dosageInstruction": [dosage]} if dosage else {})


def _dosage(order: Order) -> Element:
    made: Element = {}
    if repeat := _repeat(order):
        made["timing"] = {"repeat": repeat}
    if order.route is not None:
        code = coding(terms.ROUTES, terms.CODE_OF_ROUTE[order.route])
        made["route"] = concept(code, text=order.route)
    doses: list[Element] = []
    for key, (ucum, unit) in terms.UNIT_OF_DOSE.items():
        amount = getattr(order, key)
        if amount is not None:
            doses.append({"doseQuantity": quantity(amount, ucum, unit)})
    return made | ({"doseAndRate": doses} if doses else {})


def _repeat(order: Order) -> Element:
    made: Element = {}
    if order.started_on is not None:
        made["boundsPeriod"] = {"start": order.started_on.isoformat()}
    if order.infusion_h is not None:
        made |= {"duration": order.infusion_h, "durationUnit": "h"}
    if order.interval_h is not None:
        made |= {"frequency": 1, "period": order.interval_h, "periodUnit": "h"}
    return made
