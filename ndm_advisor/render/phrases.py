"""Parts of an answer as phrases: a drug's whole order, a band, a grade, a status."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from ndm_advisor.model.answer import (
    AlternativeDose,
    BandDose,
    Change,
    CrclBand,
    Dose,
    DrugOrder,
    Finding,
    NotAssessed,
    Offer,
    Position,
    Rejected,
    Scalar,
    SusceptibilityLine,
)
from ndm_advisor.model.words import (
    drug_name,
    every,
    grams,
    guideline_name,
    number,
    over,
    regimen_name,
)

_ROUTES: Final[Mapping[str, str]] = {"iv": "IV", "im": "IM", "oral": "by mouth", "po": "by mouth"}
_RANKS: Final[Mapping[str, str]] = {
    "preferred": "preferred",
    "alternative": "alternative",
    "last_resort": "last resort",
}
_SUPPORT: Final[Mapping[str, str]] = {
    "susceptible": "tested susceptible",
    "untested": "not tested",
    "not_needed": "",
}
_BASES: Final[Mapping[str, str]] = {
    "guideline_graded": "guideline recommendation, no grade for this case",
    "guideline_not_graded": "guideline recommendation, not graded",
    "label": "label",
    "eucast": "EUCAST dosage",
    "observational": "observational studies",
    "in_vitro_or_animal": "laboratory or animal data only",
    "tool_policy": "tool policy, not a guideline grade",
    "derived": "derived, not printed by a source",
}
_ALTERNATIVE_DOSES: Final[Mapping[str, str]] = {
    "aki-first-48-h": "or full dose if kidney injury began within 48 hours",
    "oral": "or by mouth",
    "label": "label dose",
}


class _How(NamedTuple):
    """Route, interval and infusion time in words, in the order an order is read."""

    route: str
    rhythm: str
    time: str


def dose_words(drug: str, dose: Dose) -> str:
    """Write one administration: the dose's own text, with the drug if it does not name it."""
    names = (drug_name(drug), *(dose.components_mg or ()))
    if any(dose.text.lower().startswith(name.lower()) for name in names):
        return dose.text
    return f"{drug_name(drug)} {dose.text}"


def order_words(order: DrugOrder) -> str:
    """Write a drug's whole order on one line: load first, then maintenance; or why none stands."""
    name = drug_name(order.drug)
    load, maintenance = order.loading_dose, order.maintenance_dose
    if load is None and maintenance is None:
        return f"{name}: {withheld(order.pending)}"
    how = _How(
        route_words(order.route),
        _rhythm(order.doses, order.interval_h, order.to_interval_h),
        over(order.infusion_h, order.to_infusion_h),
    )
    line = _load_and_maintenance(order.drug, load, maintenance, how)
    if order.pending:
        line = f"{line}; next: {order.pending}"
    return f"{line} (derived)" if order.basis == "derived" else line


def _load_and_maintenance(drug: str, load: Dose | None, maintenance: Dose | None, how: _How) -> str:
    """Write the doses in the order they are given."""
    if load is None:
        return _spaced(dose_words(drug, maintenance), *how) if maintenance else ""
    first = f"load {dose_words(drug, load)}"
    both = _spaced(how.route, how.time)
    if maintenance is None:
        return _spaced(first, both)
    again = maintenance.text.removeprefix(f"{drug_name(drug)} ")
    return f"{first}, then {_spaced(again, how.rhythm)}{f', each {both}' if both else ''}"


def withheld(why: str | None) -> str:
    """Write why no dose stands here, beginning with the fact."""
    if not why:
        return "dose withheld"
    return why if why.lower().startswith("dose ") else f"dose withheld: {why}"


def _rhythm(doses: int | None, interval_h: float | None, to_interval_h: float | None) -> str:
    if doses == 1:
        return "as a single dose"
    if doses is not None:
        return f"{every(interval_h, to_interval_h)} for {doses} doses".strip()
    return every(interval_h, to_interval_h)


def route_words(route: str) -> str:
    """Write a route as on an order: `IV`, `by mouth`."""
    return _ROUTES.get(route, route)


def alternative_words(drug: str, other: AlternativeDose) -> str:
    """Write the other dose that a person may choose, with when it applies."""
    lead = _ALTERNATIVE_DOSES[other.why]
    maintenance = other.maintenance_dose
    route = "" if other.why == "oral" else route_words(other.route)
    how = _How(route, every(other.interval_h), over(other.infusion_h))
    composed = _load_and_maintenance(drug, other.loading_dose, maintenance, how)
    if maintenance is not None and maintenance.text in other.text:
        composed = ""  # the text already carries the dose
    return f"{lead}: {'; '.join(part for part in (composed, other.text) if part)}"


def band_dose_words(drug: str, band: BandDose) -> str:
    """Write one band with its dose, for a screen whose own band is not known."""
    how = _How("", every(band.interval_h, band.to_interval_h), over(band.infusion_h))
    composed = _load_and_maintenance(drug, band.loading_dose, band.maintenance_dose, how)
    said = band.text.removeprefix(band.band).removeprefix(": ") or composed or "no dose"
    components = band.maintenance_dose.components_mg if band.maintenance_dose else None
    named = any(name in said for name in (drug_name(drug), *(components or ())))
    return f"{band.band}: {said}" if named else f"{drug_name(drug)}, {band.band}: {said}"


def band_words(band: CrclBand) -> str:
    """Write a CrCl band with both edges in words: `above 30, at most 50 mL/min`."""
    ends = []
    if band.from_ml_min > 0 or not band.from_included:
        ends.append(f"{'at least' if band.from_included else 'above'} {number(band.from_ml_min)}")
    if band.to_ml_min is not None:
        ends.append(f"{'at most' if band.to_included else 'below'} {number(band.to_ml_min)}")
    return f"{', '.join(ends)} mL/min" if ends else "any CrCl"


def distance_words(ml_min: float) -> str:
    """Write a distance to a band edge; one too small to print is not printed as nought."""
    shown = number(ml_min, 1)
    return "less than 0.1 mL/min" if shown == "0" and ml_min > 0 else f"{shown} mL/min"


def daily_max_words(mg: float) -> str:
    """Write a daily maximum."""
    return f"at most {grams(mg)} per day"


def together(regimen: str) -> str:
    """Write a regimen as an instruction: more than one drug is one regimen, given together."""
    together_words = ", together as one regimen" if "+" in regimen else ""
    return f"{regimen_name(regimen, 'AND')}{together_words}"


def status_words(offer: Offer, guideline: str) -> str:
    """Write what speaks for an offer: rank if not preferred, test, grade with its guideline."""
    rank = "" if offer.rank == "preferred" else _RANKS[offer.rank]
    provisional = "PROVISIONAL" if offer.provisional else ""
    words = (rank, provisional, _SUPPORT[offer.support], grade_words(offer, guideline))
    return "; ".join(word for word in words if word)


def rank_words(rank: str) -> str:
    """Write a rank: `Preferred`, `Alternative`, `Last resort`."""
    return _RANKS[rank].capitalize()


def grade_words(offer: Offer, guideline: str) -> str:
    """Write strength and certainty with the guideline they belong to, else the basis."""
    grade = _grade(offer.strength, offer.certainty)
    return (
        f"{guideline_name(guideline)}: {grade}" if grade else _BASES.get(offer.basis, offer.basis)
    )


def _grade(strength: str | None, certainty: str | None) -> str:
    if strength == "not_graded":
        return "not graded"
    if strength == "good_practice":
        return "good practice statement"
    sure = f"{certainty.replace('_', ' ')} certainty" if certainty else None
    return ", ".join(word for word in (strength, sure) if word)


def position_lines(position: Position) -> tuple[str, ...]:
    """Write what one guideline says of this case: rank by rank, its grade, how it was read."""
    ranks = (
        ("preferred", position.preferred),
        ("alternative", position.alternative),
        ("last resort", position.last_resort),
    )
    lines = [
        f"{rank}: {'; '.join(_marked(name, position.provisional) for name in names)}"
        for rank, names in ranks
        if names
    ]
    if not lines:
        lines.append(outcome_words(position.outcome))
    grade = _grade(position.strength, position.certainty)
    lines += [line for line in (grade, position.note) if line]
    return tuple(lines)


def _marked(regimen: str, provisional: tuple[str, ...]) -> str:
    return f"{regimen_name(regimen)}{' (provisional)' if regimen in provisional else ''}"


def outcome_words(outcome: str) -> str:
    """Write an outcome in words."""
    return {
        "regimens": "regimens offered",
        "abstention": "no regimen offered: specialist decides",
        "not_treatment": "no antibiotic advised",
        "out_of_scope": "outside what this tool covers",
    }[outcome]


def rejected_words(rejected: Rejected) -> str:
    """Write what is not offered and why."""
    rules = f" [{', '.join(rejected.rules)}]" if rejected.rules else ""
    return f"{regimen_name(rejected.id)}: {'; '.join(rejected.because)}{rules}"


def susceptibility_words(line: SusceptibilityLine) -> str:
    """Write one panel row: what was measured, what was reported, how it was read, what was used."""
    standard = " ".join(part for part in (line.standard, line.version) if part)
    parts = [f"used as {line.used}"]
    if line.mic_mg_l is not None:
        parts.append(f"MIC {line.mic_mg_l} mg/L")
    if line.zone_mm is not None:
        parts.append(f"zone {number(line.zone_mm)} mm")
    if line.reported is not None:
        parts.append(f"reported {line.reported}")
    if line.read_as is not None:
        by = f" by {standard}" if standard else ""
        parts.append(f"read by this tool as {line.read_as}{by}")
    if line.breakpoint:
        parts.append(f"breakpoint {line.breakpoint}")
    why = f". {line.why}" if line.why else ""
    return f"{regimen_name(line.drug)}: {'; '.join(parts)}{why}"


def finding_words(finding: Finding) -> str:
    """Write a finding: its own sentence, else the rule with the values compared."""
    if finding.text:
        return f"{finding.stage}: {finding.text} [{finding.rule}: {finding.result}]"
    compared = ", ".join(
        f"{key} = {scalar_words(value)}" for key, value in finding.compared.items()
    )
    return (
        f"{finding.stage}: {finding.rule}: {finding.result}{f' ({compared})' if compared else ''}"
    )


def scalar_words(value: Scalar) -> str:
    """Write a compared value as the case file would, and a missing one as such."""
    if value is None:
        return "not given"
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else number(value)


def change_words(change: Change) -> str:
    """Write what to do with one order: `order 1: replace with cefiderocol: ...`."""
    verb = "replace with" if change.do == "replace" and change.to else change.do
    to = f" {drug_name(change.to)}" if change.to else ""
    return f"order {change.order}: {verb}{to}: {change.because}"


def not_assessed_words(item: NotAssessed) -> str:
    """Write what was not assessed, why, and what to supply."""
    supply = f" Supply: {item.supply}" if item.supply else ""
    return f"{item.what}: {item.why}{'' if item.why.endswith('.') else '.'}{supply}"


def _spaced(*parts: str) -> str:
    return " ".join(part for part in parts if part)
