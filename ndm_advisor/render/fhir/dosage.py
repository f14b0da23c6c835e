"""A drug of a regimen as a MedicationRequest that proposes it: never an order.

Every amount stands twice: in words as the screen prints it, and as quantities for programs. Where
the two could be read differently (a dose by weight, another dose for another case) only the words
stand.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ndm_advisor.model import fhir_terms as terms
from ndm_advisor.model.answer import Dose, DrugOrder, Recommendation
from ndm_advisor.model.words import drug_name, every, over
from ndm_advisor.render import phrases
from ndm_advisor.render.fhir.elements import Element, coding, concept, quantity
from ndm_advisor.render.fhir.of_case import Codes

_UNITS: Final = {
    "million-units-colistimethate": terms.UNIT_OF_DOSE["dose_million_units"],
    "mg-colistin-base": terms.UNIT_OF_DOSE["dose_mg_colistin_base"],
    "mg-polymyxin-b": terms.UNIT_OF_DOSE["dose_mg_polymyxin_b"],
    "units-polymyxin-b": terms.UNIT_OF_DOSE["dose_units"],
}
_HOURS_A_DAY: Final = 24


def proposal(order: DrugOrder, atc: Codes, subject: Element, answer: Recommendation) -> Element:
    """An order of the answer as a draft; `subject` is the reference to the patient."""
    codes = [coding(terms.DRUG, order.drug)]
    if order.drug in atc:
        codes.append(coding(terms.ATC, atc[order.drug]))
    made: Element = {
        "resourceType": "MedicationRequest",
        "status": "draft",
        "intent": "proposal",
        "medicationCodeableConcept": concept(*codes, text=drug_name(order.drug)),
        "subject": subject,
        "authoredOn": answer.provenance.advised_on,
        "dosageInstruction": list(_instructions(order)),
    }
    notes = [*order.notes, *_beside(order)]
    if order.dialysis and answer.kidney.method == "renal-replacement":
        notes.append(f"renal replacement: {order.dialysis}")
    return made | ({"note": [{"text": note} for note in notes]} if notes else {})


def _instructions(order: DrugOrder) -> Iterator[Element]:
    """The load, then what follows; without a dose the reason in words and nothing to calculate."""
    if order.maintenance_dose is None and order.loading_dose is None:
        yield {"text": phrases.order_words(order), "route": _route(order)}
        return
    load, maintenance = order.loading_dose, order.maintenance_dose
    if load is not None:
        yield {"sequence": 1} | _instruction(order, load, "load ", count=1)
    if maintenance is not None:
        lead = "" if load is None else "then "
        made = _instruction(order, maintenance, lead, count=order.doses)
        if order.daily_max_mg is not None:
            made["maxDosePerPeriod"] = {
                "numerator": quantity(order.daily_max_mg, "mg"),
                "denominator": quantity(_HOURS_A_DAY, "h"),
            }
        yield {"sequence": 1 if load is None else 2} | made


def _instruction(order: DrugOrder, dose: Dose, lead: str, *, count: int | None) -> Element:
    """One administration and how often: `count` 1 is once, None until it is stopped."""
    rhythm = "once" if count == 1 else every(order.interval_h, order.to_interval_h)
    parts = (
        phrases.dose_words(order.drug, dose),
        phrases.route_words(order.route),
        rhythm,
        over(order.infusion_h, order.to_infusion_h),
    )
    made: Element = {"text": lead + " ".join(part for part in parts if part)}
    if repeat := _repeat(order, count=count):
        made["timing"] = {"repeat": repeat}
    made["route"] = _route(order)
    if amount := _amount(dose):
        made["doseAndRate"] = [amount | _rate(order, dose)]
    return made


def _repeat(order: DrugOrder, *, count: int | None) -> Element:
    made: Element = {} if count is None else {"count": count}
    if order.infusion_h:
        made |= {"duration": order.infusion_h, "durationUnit": "h"}
        if order.to_infusion_h is not None:
            made["durationMax"] = order.to_infusion_h
    if count != 1 and order.interval_h is not None:
        made |= {"frequency": 1, "period": order.interval_h, "periodUnit": "h"}
        if order.to_interval_h is not None:
            made["periodMax"] = order.to_interval_h
    return made


def _route(order: DrugOrder) -> Element:
    code = terms.CODE_OF_ROUTE.get(order.route)
    codes = [] if code is None else [coding(terms.ROUTES, code)]
    return concept(*codes, text=order.route)


def _amount(dose: Dose) -> Element:
    """The amount of one administration, a range where the source prints one."""
    if dose.units is not None:
        ucum, unit = _UNITS[dose.units.system]
        return _span(dose.units.amount, dose.units.to_amount, ucum, unit)
    if dose.total_mg is not None:
        return _span(dose.total_mg, dose.to_total_mg, "mg", "mg")
    return {}


def _span(low: float, high: float | None, ucum: str, unit: str) -> Element:
    if high is None:
        return {"doseQuantity": quantity(low, ucum, unit)}
    return {"doseRange": {"low": quantity(low, ucum, unit), "high": quantity(high, ucum, unit)}}


def _rate(order: DrugOrder, dose: Dose) -> Element:
    """The amount over the infusion time, where both are one figure in mg."""
    is_span = order.to_infusion_h is not None or dose.to_total_mg is not None
    if dose.total_mg is None or not order.infusion_h or is_span:
        return {}
    numerator, denominator = quantity(dose.total_mg, "mg"), quantity(order.infusion_h, "h")
    return {"rateRatio": {"numerator": numerator, "denominator": denominator}}


def _beside(order: DrugOrder) -> Iterator[str]:
    """What stands beside the dose: in words, so that nobody adds it to the dose."""
    if order.pending is not None:
        yield f"dose pending: {order.pending}"
    yield from (phrases.band_dose_words(order.drug, band) for band in order.bands or ())
    if (other := order.alternative_dose) is not None:
        words = phrases.alternative_words(order.drug, other)
        yield f"another dose, never in addition to the one above: {words}"
    if (edge := order.band_edge) is not None:
        distance = phrases.distance_words(edge.distance_ml_min)
        yield f"nearest edge of a CrCl band: {distance} away; beyond it: {edge.dose_beyond}"
