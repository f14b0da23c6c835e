"""Parts of an answer as phrases: a drug's whole order, a band, a grade, a status."""

import re
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from ndm_advisor.model.answer import (
    Alert,
    AlternativeDose,
    BandDose,
    CrclBand,
    Dose,
    DrugOrder,
    Finding,
    Information,
    NotAssessed,
    Offer,
    Position,
    Recommendation,
    Rejected,
    Scalar,
    SusceptibilityLine,
)
from ndm_advisor.model.words import (
    drug_name,
    every,
    grams,
    guideline_name,
    join_names,
    number,
    over,
    regimen_name,
)
from ndm_advisor.render.block import ROW

_ROUTES: Final[Mapping[str, str]] = {"iv": "IV", "im": "IM", "oral": "by mouth", "po": "by mouth"}
_RANKS: Final[Mapping[str, str]] = {
    "preferred": "preferred",
    "alternative": "alternative",
    "last_resort": "last resort",
}
_SUPPORT: Final[Mapping[str, str]] = {
    "susceptible": "tested S",
    "untested": "untested",
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
    "aki-first-48-h": (
        "or full dose if kidney injury began within 48 hours (a named prescriber chooses)"
    ),
    "oral": "or by mouth",
    "label": "label dose",
}

# One row for the alerts that stand on every answer of their kind; --full has the whole text.
_STANDING: Final[Mapping[str, str]] = {
    "aztreonam-alone": "Neither partner alone treats an MBL producer."
}
IN_FULL: Final = " (--full)"
LINES_IN_FULL: Final = " (lines: --full)"
TEXTS_IN_FULL: Final = " (texts: --full)"
_ARTICLE: Final = re.compile(r"^(?:an?|the) ")
_SENTENCE_END: Final = re.compile(r"(?<=[a-z0-9)])\.(?= [A-Z])")


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


def named_order_words(order: DrugOrder) -> str:
    """Write the order of a drug that the row above names: load and maintenance take a row each.

    Only for a product whose doses name its parts; others need the drug's name beside the amount.
    """
    load, maintenance = order.loading_dose, order.maintenance_dose
    doses = (load, maintenance)
    if load is None or maintenance is None or not all(_names_parts(dose) for dose in doses):
        return order_words(order)
    rhythm = _rhythm(order.doses, order.interval_h, order.to_interval_h)
    time = over(order.infusion_h, order.to_infusion_h)
    how = _spaced(route_words(order.route), time)
    line = f"{how}: load {load.text}, then {_spaced(maintenance.text, rhythm)}"
    if order.pending:
        line = f"{line}; next: {order.pending}"
    return f"{line} (derived)" if order.basis == "derived" else line


class OrderCells(NamedTuple):
    """A drug's order for the columns of a table; what does not apply is ""."""

    load: str
    maintenance: str
    rhythm: str
    time: str


def order_cells(order: DrugOrder) -> OrderCells:
    """Write a drug's order in columns; the row's head names the drug, as far as doses do not."""
    name = f"{drug_name(order.drug)} "

    def said(dose: Dose | None) -> str:
        return "" if dose is None else dose.text.removeprefix(name)

    single = order.maintenance_dose is None and order.loading_dose is not None
    rhythm = _rhythm(order.doses, order.interval_h, order.to_interval_h)
    return OrderCells(
        said(order.loading_dose),
        said(order.maintenance_dose),
        "" if single else rhythm,
        over(order.infusion_h, order.to_infusion_h),
    )


def _names_parts(dose: Dose | None) -> bool:
    return dose is not None and dose.text[:1].isdigit() and len(dose.components_mg or ()) > 1


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


def band_lines(order: DrugOrder) -> tuple[str, ...]:
    """Write every band of a drug, what they share (route, infusion time) in the first line."""
    bands = order.bands or ()
    times = {over(band.infusion_h) for band in bands if _has_dose(band)}
    time = times.pop() if len(times) == 1 else ""
    lines = [f"{_spaced(drug_name(order.drug), route_words(order.route), time)}, by CrCl:"]
    lines += [_band_line(order.drug, band, time) for band in bands]
    return tuple(lines)


def _band_line(drug: str, band: BandDose, shared: str) -> str:
    """Write one band, its dose by its parts where they name the drug."""
    edge = band.band.removeprefix("CrCl ").replace(" and ", ", ")
    if band.maintenance_dose is None:
        return f"{edge}: {band.text.removeprefix(f'{band.band}: ') or 'no dose'}"
    rhythm = every(band.interval_h, band.to_interval_h)
    how = _spaced(rhythm, "" if shared else over(band.infusion_h))
    load, maintenance = band.loading_dose, band.maintenance_dose
    if load is None:
        return f"{edge}: {_spaced(_amount(drug, maintenance), how)}"
    again = maintenance.text.removeprefix(f"{drug_name(drug)} ")
    return f"{edge}: load {_amount(drug, load)}, then {_spaced(again, how)}"


def _amount(drug: str, dose: Dose) -> str:
    return dose.text if _names_parts(dose) else dose_words(drug, dose)


def _has_dose(band: BandDose) -> bool:
    return band.maintenance_dose is not None


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
    together_words = ", started together as one regimen" if "+" in regimen else ""
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
    if grade := _grade(position.strength, position.certainty):
        lines.append(f"grade: {grade}")
    if position.note:
        lines.append(f"read: {position.note}")
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


def not_assessed_words(item: NotAssessed) -> str:
    """Write what was not assessed, why, and what to supply."""
    supply = f" Supply: {item.supply}" if item.supply else ""
    return f"{item.what}: {item.why}{'' if item.why.endswith('.') else '.'}{supply}"


def lab_lines(answer: Recommendation, *, brief: bool = False) -> tuple[str, ...]:
    """Write what to ask the laboratory for, by name; the exact texts stand in `--full`."""
    if not answer.lab_names:
        return answer.lab_requests[:1]
    whole = "; ".join(answer.lab_names)
    if not brief or len(whole) <= ROW:
        return (whole,)
    tests = (_ARTICLE.sub("", name.partition(" by ")[0]) for name in answer.lab_names)
    return (f"{'; '.join(tests)}{TEXTS_IN_FULL}",)


def review_lines(answer: Recommendation, *, hours: bool = True) -> tuple[str, ...]:
    """Write the dates of review and what for; without its short form the whole text."""
    review = answer.review_due
    if review is None:
        return ()
    if not review.short:
        return (review.text,)
    when = " (48 and 72 hours)" if hours else ""
    return (f"{review.first_on} and {review.last_on}{when}: {review.short}",)


def is_disagreement(note: str, answer: Recommendation) -> bool:
    """Say whether a note sets the chosen guideline against another."""
    return bool(_others_named(note, answer))


def disagreement_words(answer: Recommendation) -> tuple[str, ...]:
    """Write what the other guideline prefers; the choice of the one in use stands above."""
    return tuple(
        f"{guideline_name(position.guideline)}: {_choice(position.preferred)}"
        for note in answer.notes
        for position in _others_named(note, answer)
    )


def _others_named(note: str, answer: Recommendation) -> tuple[Position, ...]:
    chosen = answer.provenance.guideline
    if guideline_name(chosen) not in note:
        return ()
    return tuple(
        position
        for position in answer.guideline_positions
        if position.guideline != chosen and guideline_name(position.guideline) in note
    )


def _choice(regimens: Sequence[str]) -> str:
    return join_names((regimen_name(name, "with") for name in regimens), "or") or "none"


def choice_lines(items: Sequence[Information], *, flowing: bool = False) -> tuple[str, ...]:
    """Write each candidate of an abstention on one row: its status, and its text if that fits.

    `flowing`: all in one paragraph that says once where their texts stand.
    """
    texts = {item.text for item in items}
    shared = texts.pop() if len(texts) == 1 and len(items) > 1 else ""
    if flowing:
        rows = "; ".join(_standing(item, whole=False) for item in items)
        return (f"{rows}{TEXTS_IN_FULL if texts or shared else ''}",)
    lines = [_choice_row(item, shared) for item in items]
    return (*lines, f"all: {shared}") if shared else tuple(lines)


def _choice_row(item: Information, shared: str) -> str:
    text = "" if item.text == shared else item.text
    row = _standing(item, whole=True)
    whole = f"{row}. {text}" if text else row
    if len(whole) <= ROW:
        return whole
    if len(row) > ROW - len(IN_FULL):
        row = _standing(item, whole=False)  # what excludes it stands in --full
    return f"{row}{IN_FULL}"


def _standing(item: Information, *, whole: bool) -> str:
    status = _status(item, whole=whole)
    return f"{regimen_name(item.id)}: {status}" if status else regimen_name(item.id)


def _status(item: Information, *, whole: bool) -> str:
    """Write the standing of a candidate's drugs, once if they share it."""
    said = {
        drug: words if whole else words.partition(": ")[0] for drug, words in item.status.items()
    }
    if len(set(said.values())) == 1:
        return next(iter(said.values()))
    return "; ".join(f"{drug_name(drug)} {words}" for drug, words in said.items())


def shortened(line: str, *, lines: bool = False) -> str:
    """Mark a line that goes on in `--full`, in the form that still fits its row."""
    marked = f"{line}{LINES_IN_FULL}"
    return marked if lines and len(marked) <= ROW else f"{line}{IN_FULL}"


def standing_words(alert: Alert) -> str:
    """Write a standing alert in one row."""
    return _STANDING.get(alert.id, alert.text)


def first_sentence(text: str) -> str:
    """Return the first sentence with its full stop; the whole text if it is only one."""
    end = _SENTENCE_END.search(text)
    return text[: end.end()] if end else text


def _spaced(*parts: str) -> str:
    return " ".join(part for part in parts if part)
