"""The answer as FHIR resources: a guidance response, the regimens as proposals, the alerts.

Regimens stand in a RequestGroup of draft proposals, and only where the answer offers them: an
abstention has none, whatever it tells a specialist about.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ndm_advisor.model import fhir_terms as terms
from ndm_advisor.model.answer import Alert, Offer, Recommendation
from ndm_advisor.model.words import drug_name, guideline_name, regimen_name
from ndm_advisor.render import phrases
from ndm_advisor.render.conditions import bare
from ndm_advisor.render.fhir.dosage import proposal
from ndm_advisor.render.fhir.elements import Bundle, Element, coding, concept, extension
from ndm_advisor.render.fhir.of_case import INFECTION, PATIENT, Codes
from ndm_advisor.render.order_rows import order_rows

_GUIDANCE: Final = "guidance"
_REGIMENS: Final = "regimens"
_TOOL: Final = "tool"
_SEVERITY: Final = {"stop": "high", "caution": "moderate", "note": "low"}
_TYPE_OF_KEY: Final = {  # where a missing fact is looked for; else it is an Observation
    "patient.allergies": "AllergyIntolerance",
    "patient.medicines": "MedicationStatement",
    "patient.conditions": "Condition",
    "infection.site": "Condition",
    "orders": "MedicationRequest",
}
DISCLAIMER: Final = (
    "Decision support for professionals; not clinically validated. Verify against local policy."
)


def add_answer(bundle: Bundle, answer: Recommendation, atc: Codes) -> None:
    """Put the answer's resources into the bundle, the guidance response first."""
    bundle.add(_GUIDANCE, _guidance(bundle, answer))
    bundle.add(_TOOL, _tool(answer))
    if answer.regimens:
        bundle.add(_REGIMENS, _regimens(bundle, answer))
        _add_proposals(bundle, answer, atc)
    for alert in _alerts(answer):
        bundle.add(_name_of(alert), _issue(bundle, alert, answer))
    for number, request in enumerate(answer.lab_requests, start=1):
        bundle.add(f"lab.{number}", _asked(bundle, request, answer))
    for number, test in enumerate(answer.monitoring, start=1):
        asked = _asked(bundle, test.test, answer) | {"note": [{"text": f"when: {test.when}"}]}
        bundle.add(f"monitoring.{number}", asked)


# --- the response itself ---------------------------------------------------------------------


def _guidance(bundle: Bundle, answer: Recommendation) -> Element:
    stamp = answer.provenance
    made: Element = {
        "resourceType": "GuidanceResponse",
        "extension": [extension(terms.STAMP, list(_stamp(answer)))],
        "moduleCanonical": f"{terms.MODULE}|{stamp.tool_version}",
        "status": status(answer),
        "subject": bundle.reference(PATIENT),
        "occurrenceDateTime": stamp.advised_on,
        "performer": bundle.reference(_TOOL),
        "reasonCode": [concept(coding(terms.OUTCOME, answer.outcome), text=answer.headline)],
        "reasonReference": [bundle.reference(INFECTION)],
        "note": [{"text": line} for line in _lines(answer) if line],
    }
    if required := list(_required(answer)):
        made["dataRequirement"] = required
    if answer.regimens:
        made["result"] = bundle.reference(_REGIMENS)
    return made


def status(answer: Recommendation) -> str:
    """`success`; `data-requested` where a fact would add; `data-required` where one decides."""
    settles = answer.abstention is not None and bool(answer.abstention.would_settle)
    if settles or answer.dose_pending:
        return "data-required"
    if any(item.keys for item in answer.not_assessed):
        return "data-requested"
    return "success"


def _stamp(answer: Recommendation) -> Iterator[Element]:
    stamp = answer.provenance._asdict()
    override = stamp.pop("local_override")
    for key, value in {"schema_version": answer.schema_version, **stamp}.items():
        if value is not None:
            yield extension(key, value)
    if answer.case.sha256 is not None:
        yield extension("case_sha256", answer.case.sha256)
    if override is not None:
        yield extension("local_override_sha256", str(override.get("sha256")))


def _lines(answer: Recommendation) -> Iterator[str]:
    """The answer in words, first what to do, last what it is."""
    yield answer.summary
    if answer.abstention is not None:
        yield from answer.abstention.lines or (
            answer.abstention.reason,
            *answer.abstention.would_settle,
            answer.abstention.ask,
            answer.abstention.running_drug,
        )
    yield from (f"For a specialist, not offered: {item.text}" for item in answer.information)
    yield f"Order check: {answer.order_check.verdict.replace('_', ' ')}"
    yield from (f"{row[:1].upper()}{row[1:]}" for row in order_rows(answer))
    yield from (
        f"Not offered: {regimen_name(item.id)}: {'; '.join(item.because)}"
        for item in answer.rejected
    )
    yield from (
        f"Not assessed: {item.what}: {item.why}. Supply: {item.supply}"
        for item in answer.not_assessed
    )
    yield from answer.notes
    if answer.kidney.text:
        yield f"Kidney: {answer.kidney.text}"
    yield DISCLAIMER


def _required(answer: Recommendation) -> Iterator[Element]:
    """The facts that were not given, each by its key of the case file."""
    seen: dict[str, str] = {}
    for item in answer.not_assessed:
        for key in item.keys:
            seen.setdefault(key.partition("[")[0], f"{item.what}: {item.why}")
    for key, why in seen.items():
        code = coding(terms.CASE_KEY, key, why)
        yield {
            "type": _TYPE_OF_KEY.get(key, "Observation"),
            "codeFilter": [{"path": "code", "code": [code]}],
        }


def _tool(answer: Recommendation) -> Element:
    """The program that answered, with both versions."""
    stamp = answer.provenance
    return {
        "resourceType": "Device",
        "deviceName": [{"name": "ndm-advisor", "type": "model-name"}],
        "version": [
            {"type": concept(text="tool"), "value": stamp.tool_version},
            {"type": concept(text="knowledge"), "value": stamp.knowledge_version},
        ],
        "note": [{"text": DISCLAIMER}],
    }


# --- regimens --------------------------------------------------------------------------------


def _regimens(bundle: Bundle, answer: Recommendation) -> Element:
    """Every regimen offered, of which at most one is chosen, each with all of its drugs."""
    course = [answer.duration.text if answer.duration else None, answer.step_down]
    if answer.review_due is not None:
        course.append(answer.review_due.text)
    made: Element = {
        "resourceType": "RequestGroup",
        "status": "draft",
        "intent": "proposal",
        "subject": bundle.reference(PATIENT),
        "authoredOn": answer.provenance.advised_on,
        "author": bundle.reference(_TOOL),
        "reasonReference": [bundle.reference(INFECTION)],
        "action": [
            {
                "title": "Regimens offered",
                "selectionBehavior": "at-most-one",
                "action": [_choice(bundle, offer, answer) for offer in answer.regimens],
            }
        ],
    }
    notes = [{"text": line} for line in course if line]
    return made | ({"note": notes} if notes else {})


def _choice(bundle: Bundle, offer: Offer, answer: Recommendation) -> Element:
    words = phrases.status_words(offer, answer.provenance.guideline)
    lines = [
        words,
        *(f"only if: {bare(condition)}" for condition in offer.conditions),
        *offer.because,
        *offer.administration,
        *offer.supply,
    ]
    drugs = [
        {"title": drug_name(order.drug), "resource": bundle.reference(_proposed(offer, order.drug))}
        for order in (*offer.drugs, *offer.companions)
    ]
    return {
        "prefix": f"{offer.rank.replace('_', ' ')} {offer.order}",
        "title": phrases.together(offer.id),
        "description": "\n".join(line for line in lines if line),
        "code": [concept(coding(terms.REGIMEN, offer.id), text=regimen_name(offer.id))],
        "documentation": [
            {"type": "citation", "label": source.id, "citation": f"{source.id}: {source.at}"}
            for source in offer.sources
        ],
        "selectionBehavior": "all",
        "action": drugs,
    }


def _proposed(offer: Offer, drug: str) -> str:
    return f"{_REGIMENS}.{offer.id}.{drug}"


def _add_proposals(bundle: Bundle, answer: Recommendation, atc: Codes) -> None:
    for offer in answer.regimens:
        for order in (*offer.drugs, *offer.companions):
            made = proposal(order, atc, bundle.reference(PATIENT), answer)
            bundle.add(_proposed(offer, order.drug), made)


# --- alerts and tests ------------------------------------------------------------------------


def _alerts(answer: Recommendation) -> tuple[Alert, ...]:
    """Those of the case and those of the orders, each once."""
    return tuple(dict.fromkeys((*answer.alerts, *answer.order_check.alerts)))


def _name_of(alert: Alert) -> str:
    return f"alert.{alert.id}.{alert.text}"  # one id may stand several times, with other words


def _issue(bundle: Bundle, alert: Alert, answer: Recommendation) -> Element:
    made: Element = {
        "resourceType": "DetectedIssue",
        "status": "final",
        "code": concept(coding(terms.ALERT, alert.id), text=alert.id),
        "severity": _SEVERITY[alert.tier],
        "patient": bundle.reference(PATIENT),
        "identifiedDateTime": answer.provenance.advised_on,
        "author": bundle.reference(_TOOL),
        "detail": f"{alert.tier.upper()}: {alert.text} {alert.action}".strip(),
    }
    if alert.standing:
        made["meta"] = {"tag": [coding(terms.STATE, "standing")]}
    if alert.acknowledged is not None:
        seen = concept(text=f"acknowledged: {alert.acknowledged}")
        made["mitigation"] = [{"action": seen}]
    return made


def _asked(bundle: Bundle, what: str, answer: Recommendation) -> Element:
    """A test that is proposed, not ordered."""
    return {
        "resourceType": "ServiceRequest",
        "status": "draft",
        "intent": "proposal",
        "code": concept(text=what),
        "subject": bundle.reference(PATIENT),
        "authoredOn": answer.provenance.advised_on,
    }


def source_label(answer: Recommendation) -> str:
    """Who says so, in one line: tool, knowledge, guideline."""
    stamp = answer.provenance
    guideline = guideline_name(stamp.guideline)
    return f"ndm-advisor {stamp.tool_version}, knowledge {stamp.knowledge_version}, {guideline}"
