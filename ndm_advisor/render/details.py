"""What `--why` and `--full` add to a screen: labelled sections of lines, in reading order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ndm_advisor.model.answer import (
    AlternativeDose,
    Cited,
    DrugOrder,
    Offer,
    Recommendation,
)
from ndm_advisor.model.words import drug_name, guideline_name, regimen_name
from ndm_advisor.render import phrases
from ndm_advisor.render.conditions import bare
from ndm_advisor.render.would_change import change_lines, missing_lines, question_lines

Section = tuple[str, tuple[str, ...]]
_STAGES: Final = {
    "assess": "Facts",
    "scope": "Scope",
    "usable": "Options",
    "rank": "Choice",
    "dose": "Doses",
    "alerts": "Alerts",
}


def why_sections(answer: Recommendation) -> Iterator[Section]:
    """Yield the reasons: for each offer, against the rest, by each guideline, from each result."""
    for offer in answer.regimens:
        if offer.because:
            yield "Because", (f"{regimen_name(offer.id)}:", *offer.because)
    yield "Not offered", tuple(phrases.rejected_words(item) for item in answer.rejected)
    for position in answer.guideline_positions:
        yield guideline_name(position.guideline), phrases.position_lines(position)
    yield "Pair test", (answer.pair_support.text,) if answer.pair_support.text else ()
    yield "Results", tuple(phrases.susceptibility_words(item) for item in answer.susceptibilities)
    yield from _trace(answer, ("true", "unknown"))


def full_sections(answer: Recommendation, evidence: tuple[str, ...] = ()) -> Iterator[Section]:
    """Yield everything else: each offer's orders, evidence, monitoring, sources, identities."""
    yield "Audit", tuple(_audit(answer))
    yield "What if", tuple(change_lines(answer.would_change or ()))
    yield "Missing", tuple(missing_lines(answer.missing_value_effects or ()))
    yield "Ask next", tuple(question_lines(answer.next_question))
    for offer in answer.regimens:
        yield phrases.rank_words(offer.rank), tuple(_offer_lines(offer, answer))
    if answer.outcome != "abstention":
        lines = tuple(f"{regimen_name(item.id)}: {item.text}" for item in answer.information)
        yield "Information", lines
    asked = answer.pair_support.request
    extra = (asked,) if asked and asked not in answer.lab_requests else ()
    yield "Lab text", (*answer.lab_requests, *extra)
    yield "Review", (answer.review_due.text,) if answer.review_due else ()
    yield "Status", tuple(_statuses(answer))
    yield "Monitoring", tuple(f"{item.test}: {item.when}" for item in answer.monitoring)
    yield "Duration", (answer.duration.text,) if answer.duration else ()
    yield "Step-down", (answer.step_down,) if answer.step_down else ()
    yield from _trace(answer, ("false",))
    yield "Evidence", evidence
    yield "Sources", tuple(_source_lines(answer))
    yield "Identity", tuple(_identity(answer))


def _trace(answer: Recommendation, results: tuple[str, ...]) -> Iterator[Section]:
    """Yield what was asked of the case, stage by stage, in the order in which it was asked."""
    from ndm_advisor.explain.trace import merged  # noqa: PLC0415  # a default screen does without

    for stage in dict.fromkeys(finding.stage for finding in answer.findings or ()):
        found = [f for f in answer.findings or () if f.stage == stage and f.result in results]
        worded = merged(finding for finding in found if finding.text)
        bare = (phrases.finding_words(finding) for finding in found if not finding.text)
        yield _STAGES.get(stage, stage.capitalize()), (*worded, *bare)


def _audit(answer: Recommendation) -> Iterator[str]:
    """Write a line for each acknowledgement: what, of which answer, why; the alert stands."""
    stamp = answer.provenance
    for alert in answer.alerts:
        if alert.acknowledged is not None:
            yield (
                f"{alert.id} ({alert.tier.upper()}) acknowledged in this answer, advised "
                f"{stamp.advised_on}, knowledge {stamp.knowledge_version}; it stands as it is. "
                f"Reason: {alert.acknowledged}"
            )


def _offer_lines(offer: Offer, answer: Recommendation) -> Iterator[str]:
    yield phrases.together(offer.id)
    yield phrases.status_words(offer, answer.provenance.guideline)
    yield from (f"only if: {bare(condition)}" for condition in offer.conditions)
    for order in offer.drugs:
        yield from _order_lines(order)
    for order in offer.companions:
        yield f"with {phrases.order_words(order)}"
        yield from _order_lines(order, headed=False)
    yield from offer.administration
    yield from offer.supply


def _order_lines(order: DrugOrder, *, headed: bool = True) -> Iterator[str]:
    name = drug_name(order.drug)
    if headed:
        yield phrases.order_words(order)
    if order.alternative_dose is not None:
        yield phrases.alternative_words(order.drug, order.alternative_dose)
    if order.crcl_band is not None:
        yield f"{name}, CrCl band: {phrases.band_words(order.crcl_band)}; basis: {order.basis}"
    if order.band_edge is not None:
        distance = phrases.distance_words(order.band_edge.distance_ml_min)
        yield f"{name}, nearest edge: {distance} away; beyond it: {order.band_edge.dose_beyond}"
    if order.daily_max_mg is not None:
        yield f"{name}, {phrases.daily_max_words(order.daily_max_mg)}"
    if order.dialysis:
        yield f"{name}, renal replacement: {order.dialysis}"
    for band in order.bands or ():
        yield phrases.band_dose_words(order.drug, band)
    yield from (f"{name}: {note}" for note in order.notes)


def _statuses(answer: Recommendation) -> Iterator[str]:
    for item in answer.information:
        for drug, status in item.status.items():
            yield f"{regimen_name(item.id)}: {drug_name(drug)} {status}"


def _identity(answer: Recommendation) -> Iterator[str]:
    case, stamp = answer.case, answer.provenance
    if case.path is not None:
        yield f"case file {case.path}"
    yield f"case SHA-256 {case.sha256}"
    yield f"knowledge SHA-256 {stamp.knowledge_sha256}"
    yield f"breakpoints: {stamp.breakpoints}"


def _source_lines(answer: Recommendation) -> Iterator[str]:
    places: dict[str, list[str]] = {}
    for cited in _all_cited(answer):
        listed = places.setdefault(cited.id, [])
        if cited.at not in listed:
            listed.append(cited.at)
    for source in sorted(places):
        yield f"{source}: {'; '.join(places[source])}"


def _all_cited(answer: Recommendation) -> Iterator[Cited]:
    for offer in answer.regimens:
        yield from offer.sources
        for order in (*offer.drugs, *offer.companions):
            yield from _order_cited(order)
    for records in (answer.rejected, answer.alerts, answer.monitoring, answer.findings or ()):
        for record in records:
            yield from record.sources
    if answer.abstention is not None:
        yield from answer.abstention.sources
    if answer.duration is not None:
        yield from answer.duration.sources


def _order_cited(order: DrugOrder) -> Iterator[Cited]:
    yield from order.sources
    other: AlternativeDose | None = order.alternative_dose
    if other is not None:
        yield from other.sources
    for band in order.bands or ():
        yield from band.sources
