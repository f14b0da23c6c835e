"""What the words of any order, reading and kidney line must say beside their numbers.

A nurse reads the words; the vignettes and the typed tables ask the numbers. Here the words are held
to the numbers of the same order, and to the shapes that the interface document prints.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Final

from ndm_advisor.decision.decide import Decision
from ndm_advisor.model.answer import Dose, DrugOrder, PerKg
from ndm_advisor.model.facts import Susceptibility

_N: Final = r"[\d.,]+"
_SPAN: Final = rf"{_N}(?: to {_N})?"
_AMOUNT: Final = (
    rf"(?:{_SPAN} (?:g|mg)(?: \([^()]*\))?|{_SPAN} million units colistimethate(?: \([^()]*\))?"
    rf"|{_SPAN} mg (?:polymyxin B|colistin base)(?: \([^()]*\))?|{_SPAN} units polymyxin B)"
)
_DRUG: Final = r"(?:[a-z-]+|IV fosfomycin|oral fosfomycin)"
_DOSE: Final = rf"(?:{_DRUG} )?{_AMOUNT}(?: \+ {_DRUG} {_AMOUNT})?"
_TIMES: Final = rf"(?:every {_SPAN} hours|once)(?: over {_SPAN} (?:hours?|minutes))?"
_ORDER: Final = rf"(?:{_DOSE} first, then )?{_DOSE} {_TIMES}"
_ROW: Final = re.compile(rf"{_ORDER}|no dose: .+|not given|{_DRUG}: weight not known")
_BAND: Final = re.compile(
    rf"(?:CrCl|effluent) (?:(?:above|at least) {_N}(?: and (?:at most|below) {_N})?"
    rf"|(?:at most|below) {_N}) (?:mL/min|L/h)"
)
_PENDING: Final = re.compile(
    r"dose withheld: (creatinine clearance|the effluent rate in L/h|the weight) is not known"
    r"|dose not available: (infectious diseases and critical-care pharmacist set the dose now;"
    r" the first dose is not delayed; levels if available"
    r"|label dosing methods are not valid on haemodialysis: redose by level"
    r"|no haemodialysis row in the label|.*label.*|.*dialysis.*)"
    r"|no dose.*|.*states no dose.*|.*gives no .*dose.*|not .*|.*not read.*|.*hourly dosing only.*"
)
_DIALYSIS: Final = re.compile(r"haemodialysis: .+; CRRT: .+|haemodialysis: [^X]+|CRRT: .+")
_SHARED: Final = re.compile(rf"or {_ORDER}: the same amount a day").fullmatch
_BASES: Final = frozenset({"label", "guideline", "derived", "eucast"})
_WHY: Final = {
    "aki-first-48-h": re.compile(
        rf"{_ORDER}(, only if kidney function was normal before)?",
    ),
    "oral": re.compile(_ORDER),
    "label": re.compile(_ORDER),
}


def order_faults(decision: Decision) -> Iterator[str]:
    """Orders whose words are not the words of their numbers."""
    for offered in decision.offered:
        for order in (*offered.orders, *offered.companions):
            for fault in _of_order(order, decision):
                yield f"{offered.ranked.strategy}, {order.drug}: {fault}"


def _of_order(order: DrugOrder, decision: Decision) -> Iterator[str]:
    if order.route not in {"iv", "oral"} or order.basis not in _BASES:
        yield f"route {order.route}, basis {order.basis}"
    if (order.maintenance_dose is None) != (order.pending is not None):
        yield "neither dosed nor pending"
    for dose in (order.loading_dose, order.maintenance_dose):
        if dose is not None:
            yield from _of_dose(dose)
    yield from _of_sentences(order)
    yield from _of_mode(order.dialysis or "", decision.facts.renal_replacement)
    yield from _of_alternative(order, decision)


def _of_sentences(order: DrugOrder) -> Iterator[str]:
    if order.pending is not None and not _PENDING.fullmatch(order.pending):
        yield f"pending: {order.pending}"
    if order.band_edge is not None and not _ROW.fullmatch(order.band_edge.dose_beyond):
        yield f"beyond: {order.band_edge.dose_beyond}"
    for band in order.bands or ():
        if not _BAND.fullmatch(band.band) or not _ROW.fullmatch(band.text):
            yield f"band: {band.band}, {band.text}"
    for note in order.notes:
        if not note.strip() or (note.endswith("the same amount a day") and not _SHARED(note)):
            yield f"note: {note}"


def _of_mode(dialysis: str, mode: str | None) -> Iterator[str]:
    """What is said of dialysis is of the patient's own mode, where that is known."""
    if dialysis and not _DIALYSIS.fullmatch(dialysis):
        yield f"dialysis: {dialysis}"
    if mode in {"crrt", "sled"} and dialysis.startswith("haemodialysis"):
        yield "haemodialysis shown on CRRT"
    if mode == "intermittent-haemodialysis" and "CRRT" in dialysis:
        yield "CRRT shown on haemodialysis"


def _of_alternative(order: DrugOrder, decision: Decision) -> Iterator[str]:
    other = order.alternative_dose
    if other is None:
        return
    shape = _WHY.get(other.why)
    if shape is None or not shape.fullmatch(other.text) or other.route not in {"iv", "oral"}:
        yield f"alternative: {other.why}, {other.route}, {other.text}"
    if other.why == "aki-first-48-h":
        unsure = decision.facts.baseline_ckd is None
        if unsure != other.text.endswith(", only if kidney function was normal before"):
            yield f"alternative: {other.text}"
        if (other.sources[-1].id, other.sources[-1].at) != (
            "CRASS-2019",
            "dosing dossier section 1.4",
        ):
            yield f"alternative cites {other.sources[-1]}"
    for dose in (other.loading_dose, other.maintenance_dose):
        if dose is not None:
            yield from _of_dose(dose)


def _of_dose(dose: Dose) -> Iterator[str]:
    """Each component and the total are among the amounts printed; a rate is printed with its kg."""
    if not re.fullmatch(_DOSE, dose.text):
        yield f"dose: {dose.text}"
        return
    printed = _amounts(dose.text)
    components = dose.components_mg or {}
    wanted = [*components.values()]
    if dose.to_total_mg is not None and dose.per_kg is None:
        wanted.append(dose.to_total_mg)
    for mg in wanted:
        if not any(math.isclose(mg, shown, rel_tol=0.006, abs_tol=0.51) for shown in printed):
            yield f"{mg:g} mg is not in: {dose.text}"
    if dose.total_mg is not None and not math.isclose(sum(components.values()), dose.total_mg):
        yield f"{dose.total_mg:g} mg is not the sum of its parts"
    if len(components) > 1 and not all(name in dose.text for name in components):
        yield f"components {sorted(components)} in: {dose.text}"
    if dose.per_kg is not None and not _is_rate(dose.per_kg, dose.text):
        yield f"rate: {dose.text}"


def _is_rate(per_kg: PerKg, text: str) -> bool:
    said = re.search(rf"\(({_N}) mg/kg, (actual|ideal|adjusted) weight ({_N}) kg", text)
    return (
        said is not None
        and said[2] == per_kg.weight_basis
        and abs(float(said[1]) - per_kg.mg_per_kg) <= 0.006
        and abs(float(said[3]) - per_kg.weight_kg) <= 0.06
    )


def _amounts(text: str) -> list[float]:
    """Every amount in mg that a text prints, the low and the high of a range."""
    found = []
    for low, high, unit in re.findall(rf"({_N})(?: to ({_N}))? (g|mg)\b(?!/kg)", text):
        for number in (low, high):
            if number:
                found.append(float(number.replace(",", "")) * (1000 if unit == "g" else 1))
    return found


# -- readings and kidneys --------------------------------------------------------------------------

_C: Final = r"(?:S|I|R|SDD|NS)"
_STANDARD: Final = r"(?:EUCAST|CLSI|FDA)"
_READ: Final = (
    rf"{_STANDARD} [\w-]+, (?:(?:S at most|R above|R at least|S at least|R below|R at most) {_N}"
    rf" (?:mg/L|mm)(?:, )?|no numbers)+"
    r"(?:; in the area of technical uncertainty: ask the laboratory)?"
    rf"(?:; between the standards: EUCAST {_C}, CLSI {_C})?"
)
_VALUE: Final = rf"(?:MIC (?:<=|>=|<|>|=)? ?{_N} mg/L|zone {_N} mm)"
_NO_BREAKPOINT: Final = (
    rf"(?:{_STANDARD} calls the drug unsuitable|{_STANDARD} gives a note instead of a breakpoint"
    rf"|{_STANDARD} refers to another standard's table, which is not mixed in"
    rf"|the {_STANDARD} row was not readable at its source"
    rf"|no {_STANDARD} breakpoint for this drug, species and indication)"
)
_NUMBER: Final = (
    rf"(?:{_VALUE} read by the tool: {_READ}|{_VALUE} cannot be categorised: {_READ}"
    rf"|{_VALUE}: a bracketed breakpoint finds resistance only; {_READ}"
    rf"|(?:MIC|zone) not read: (?:no standard named|{_STANDARD} [\w-]+ is not held"
    rf"|{_NO_BREAKPOINT}))(?:; whatever the value, it is not susceptible)?"
)
_NUMBERS: Final = rf"{_NUMBER}(?:; beside it {_NUMBER})?"
_REPORTED: Final = (
    rf"reported {_C}(?: by {_STANDARD}|, no standard named"
    rf"|; {_STANDARD} has no S for this species, it is I"
    rf"|, but (?:{_NO_BREAKPOINT}|the breakpoint is bracketed and finds resistance only"
    rf"|{_STANDARD} has no S category for it): counts as untested)?"
)
_PAIR: Final = (
    rf"reported {_C} \([a-z -]+\)"
    r"|(?:no category|not tested|pending)(?:; a number from this test is not read)?"
)
_WHY_READ: Final = re.compile(
    rf"(?:{_PAIR}|{_REPORTED}(?:; {_NUMBERS})?|{_NUMBERS}|not tested|pending"
    rf"|reported {_C}, but {_NUMBERS}; the worse one is used)?"
    r"(?:; this species is resistant by nature, which stands)?"
)
_KIDNEY: Final = re.compile(
    rf"CrCl {_N} mL/min \(given\)"
    rf"(?:; Cockcroft-Gault with (?:actual|ideal|adjusted) weight gives {_N} mL/min: check)?"
    rf"|CrCl {_N} mL/min \(Cockcroft-Gault, (?:actual|ideal|adjusted) weight {_N} kg\)"
    r"(?:; ideal weight is extrapolated below 60 inches)?|CrCl not known"
    r"|(?:haemodialysis|CRRT|SLED|peritoneal dialysis):"
    r" creatinine clearance is not used"
)
_METHODS: Final = frozenset({"given", "cockcroft-gault", "unknown", "renal-replacement"})


def reading_faults(decision: Decision) -> Iterator[str]:
    """Results and clearances whose words are none that the interface prints."""
    for drug, result in decision.facts.susceptibilities.items():
        if result.drug != drug or not _WHY_READ.fullmatch(result.why):
            yield f"{drug}: {result.why}"
        yield from _of_result(drug, result)
    kidney = decision.facts.kidney
    if not _KIDNEY.fullmatch(kidney.text) or kidney.method not in _METHODS:
        yield f"kidney: {kidney.method}, {kidney.text}"
    if kidney.crcl_ml_min is not None:
        shown = re.search(_N, kidney.text)
        if shown is None or abs(float(shown[0]) - kidney.crcl_ml_min) > 0.051:
            yield f"kidney: {kidney.crcl_ml_min} in {kidney.text}"
    if kidney.weight_kg is not None and f"{kidney.weight_basis} weight" not in kidney.text:
        yield f"kidney: {kidney.weight_basis} in {kidney.text}"


def _of_result(drug: str, result: Susceptibility) -> Iterator[str]:
    if result.key != f"panel.results.{drug}":
        yield f"{drug}: {result.key}"
    cited = result.sources[-1]
    if (cited.id, cited.at) != ("policy", "section 3, susceptibility"):
        yield f"{drug} cites {cited}"
    if result.mic is not None and result.breakpoint and result.mic.text not in result.why:
        yield f"{drug}: {result.mic.text} in {result.why}"
