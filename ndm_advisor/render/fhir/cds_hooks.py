"""The answer as CDS Hooks cards: the bottom line, then a card for each stop and caution.

A suggestion is a draft that one click puts before a prescriber. It stands only where the regimen is
preferred, whole and without a condition, and no stop is raised: whoever clicks reads nothing else.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Final

from ndm_advisor.model import fhir_terms as terms
from ndm_advisor.model.answer import Alert, DrugOrder, Offer, Recommendation
from ndm_advisor.model.knowledge import Knowledge
from ndm_advisor.render import phrases
from ndm_advisor.render.as_json import to_json
from ndm_advisor.render.conditions import bare
from ndm_advisor.render.fhir.document import atc_codes
from ndm_advisor.render.fhir.dosage import proposal
from ndm_advisor.render.fhir.elements import Element, coding
from ndm_advisor.render.fhir.of_answer import DISCLAIMER, source_label
from ndm_advisor.render.fhir.of_case import Codes
from ndm_advisor.render.markdown_text import markdown
from ndm_advisor.render.order_rows import order_rows
from ndm_advisor.render.text import visible

LONGEST_SUMMARY: Final = 139  # characters; the CDS Hooks specification says fewer than 140
_NAMESPACE: Final = uuid.uuid5(uuid.NAMESPACE_URL, f"{terms.BASE}:cards")
_INDICATOR: Final = {"stop": "critical", "caution": "warning", "note": "info"}
_BELOW: Final = "\t"  # begins a line that belongs to the one before it; never shown
_THE_PATIENT: Final[Element] = {"display": "the patient this advice was asked for"}


def to_cards(answer: Recommendation, knowledge: Knowledge) -> bytes:
    """The cards as JSON, without a final line end."""
    return to_json({"cards": list(_cards(answer, atc_codes(knowledge)))})


def _cards(answer: Recommendation, atc: Codes) -> Iterator[Element]:
    yield _bottom_line(answer, atc)
    for alert in _alerts(answer):
        if _has_a_card(alert):
            yield _warning(alert, answer)


def _alerts(answer: Recommendation) -> tuple[Alert, ...]:
    return tuple(dict.fromkeys((*answer.alerts, *answer.order_check.alerts)))


def _has_a_card(alert: Alert) -> bool:
    return alert.tier != "note" and not alert.standing


def _bottom_line(answer: Recommendation, atc: Codes) -> Element:
    made = _card(answer, "answer", answer.summary, answer.indicator)
    made["detail"] = "\n".join(_detail(answer))
    suggestions = [_suggestion(offer, answer, atc) for offer in _to_suggest(answer)]
    if suggestions:
        made |= {"suggestions": suggestions, "selectionBehavior": "at-most-one"}
    return made


def _warning(alert: Alert, answer: Recommendation) -> Element:
    whole = f"{alert.tier.upper()}: {alert.text}"
    named = f"{alert.tier.upper()}: {alert.id.replace('-', ' ')} (see the detail)"
    summary = whole if len(whole) <= LONGEST_SUMMARY else named
    made = _card(answer, f"{alert.id}/{alert.text}", summary, _INDICATOR[alert.tier])
    lines = [f"**{alert.tier.upper()}** {markdown(alert.text)}", "", markdown(alert.action)]
    if alert.acknowledged is not None:
        lines += ["", f"Acknowledged; it stands: {markdown(alert.acknowledged)}"]
    return made | {"detail": "\n".join(lines)}


def _card(answer: Recommendation, name: str, summary: str, indicator: str) -> Element:
    seed = f"{answer.case.sha256}/{answer.provenance}/{name}"
    topic = coding(terms.OUTCOME, answer.outcome)
    return {
        "uuid": str(uuid.uuid5(_NAMESPACE, seed)),
        "summary": visible(summary),
        "indicator": indicator,
        "source": {"label": source_label(answer), "topic": topic},
    }


# --- the detail ------------------------------------------------------------------------------


def _detail(answer: Recommendation) -> Iterator[str]:
    """GitHub markdown: a heading in bold, then a list, for each part that has something."""
    stamp = answer.provenance
    if stamp.review_due_on < stamp.advised_on:
        yield from ("**RULES OVERDUE FOR REVIEW**", "")
    yield markdown(answer.headline)
    for heading, lines in (
        ("Regimens offered", tuple(_regimen_lines(answer))),
        ("No regimen is offered", answer.abstention.lines if answer.abstention else ()),
        ("For a specialist, not offered", tuple(item.text for item in answer.information)),
        ("Orders", tuple(_order_lines(answer))),
        ("Ask the laboratory", answer.lab_requests),
        ("Also", tuple(_other_alerts(answer))),
        ("Not assessed", tuple(f"{i.what}: {i.why}" for i in answer.not_assessed)),
    ):
        if lines:
            yield from ("", f"**{heading}**", "", *map(_bullet, lines))
    yield ""
    dates = f"advised {stamp.advised_on}; reviewed {stamp.reviewed_on}, due {stamp.review_due_on}"
    yield markdown(f"{source_label(answer)}; {stamp.region}; {stamp.breakpoints}; {dates}.")
    yield DISCLAIMER


def _bullet(line: str) -> str:
    indent = "  " if line.startswith(_BELOW) else ""
    return f"{indent}- {markdown(line)}"


def _regimen_lines(answer: Recommendation) -> Iterator[str]:
    """Each regimen with its grade, and below it the conditions and every dose."""
    for offer in answer.regimens:
        words = phrases.status_words(offer, answer.provenance.guideline)
        words = f"preferred; {words}" if offer.rank == "preferred" else words
        yield f"{phrases.together(offer.id)} ({words})"
        yield from (f"{_BELOW}only if: {bare(condition)}" for condition in offer.conditions)
        for order in offer.drugs:
            yield from (f"{_BELOW}{line}" for line in _dose_lines(order))
        for order in offer.companions:
            yield from (f"{_BELOW}with {line}" for line in _dose_lines(order))


def _dose_lines(order: DrugOrder) -> Iterator[str]:
    yield phrases.order_words(order)
    if order.alternative_dose is not None:
        yield phrases.alternative_words(order.drug, order.alternative_dose)
    yield from (phrases.band_dose_words(order.drug, band) for band in order.bands or ())


def _order_lines(answer: Recommendation) -> Iterator[str]:
    if answer.order_check.orders:
        yield f"verdict: {answer.order_check.verdict.replace('_', ' ')}"
    yield from order_rows(answer)


def _other_alerts(answer: Recommendation) -> Iterator[str]:
    """Those without a card of their own."""
    for alert in _alerts(answer):
        if not _has_a_card(alert):
            yield f"{alert.tier.upper()}: {alert.text} {alert.action}".strip()


# --- suggestions -----------------------------------------------------------------------------


def _to_suggest(answer: Recommendation) -> Iterator[Offer]:
    if answer.outcome != "regimens" or answer.dose_pending or _is_stopped(answer):
        return
    for offer in answer.regimens:
        is_plain = offer.rank == "preferred" and not offer.provisional and not offer.conditions
        if is_plain and all(_is_whole(offer)):
            yield offer


def _is_stopped(answer: Recommendation) -> bool:
    return any(alert.tier == "stop" and not alert.standing for alert in _alerts(answer))


def _is_whole(offer: Offer) -> Iterator[bool]:
    for order in (*offer.drugs, *offer.companions):
        has_dose = order.loading_dose is not None or order.maintenance_dose is not None
        yield has_dose and order.pending is None and order.alternative_dose is None


def _suggestion(offer: Offer, answer: Recommendation, atc: Codes) -> Element:
    """All drugs of the regimen in one suggestion: the pair is never half accepted."""
    name = phrases.together(offer.id)
    return {
        "label": f"Draft for a prescriber to check: {name}",
        "uuid": str(uuid.uuid5(_NAMESPACE, f"{answer.case.sha256}/{answer.provenance}/{offer.id}")),
        "actions": [
            {
                "type": "create",
                "description": phrases.order_words(order),
                "resource": proposal(order, atc, _THE_PATIENT, answer),
            }
            for order in (*offer.drugs, *offer.companions)
        ],
    }
