"""The tool's answer as a class reads it: what is offered, why, on whose word; and the mechanism."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ndm_advisor.cli.teaching.lesson import Lesson
from ndm_advisor.cli.teaching.mechanism import Mechanism
from ndm_advisor.cli.teaching.score import Score, is_first_choice
from ndm_advisor.decision.rank import A, F, P
from ndm_advisor.explain.evidence import claim_line
from ndm_advisor.explain.page_parts import Shelf, cited_section
from ndm_advisor.explain.pages import pages
from ndm_advisor.model.answer import Alert, Cited, Offer, Recommendation
from ndm_advisor.model.words import drug_name, regimen_name
from ndm_advisor.render import phrases
from ndm_advisor.render.order_rows import VERDICTS, order_rows
from ndm_advisor.render.sheet import Part, part

CLOSING: Final = (
    "A worked case for teaching, not clinically signed off. Verify against local policy."
)
_ALWAYS_SAID: Final = frozenset({A, P, F})
_TELLING: Final = ("Fires when", "Meaning", "Because", "Citation")  # the line of a page that tells
_DRAWING_INDENT: Final = "  "


# -- what came of the learner's own answer --


def verdict_parts(judged: Recommendation, scored: Score) -> Iterator[Part]:
    """The learner's orders, what the order check says of them, and the points."""
    check = judged.order_check
    if check.orders:
        yield Part("Your orders", order_rows(judged))
        yield part("Verdict", VERDICTS[check.verdict].upper())
        yield Part("Because", tuple(_alert(alert) for alert in _grave(check.alerts)))
    for points in scored.parts:
        yield part(points.part, f"{points.earned} of {points.of}. {points.because}")
    lost = ". CASE LOST: safety is scored before everything else" if scored.is_lost else ""
    yield part("Score", f"{scored.earned} of {scored.of}{lost}")


def _grave(alerts: tuple[Alert, ...]) -> tuple[Alert, ...]:
    return tuple(a for a in alerts if a.tier != "note" and not a.standing)


def _alert(alert: Alert) -> str:
    return f"{alert.tier.upper()} {alert.text} {alert.action} [{alert.id}]"


# -- the tool's answer --


def answer_parts(answer: Recommendation, asked: frozenset[str] = frozenset()) -> Iterator[Part]:
    """The answer. `asked` are further regimens whose rejection is explained."""
    yield part("Bottom line", f"{answer.headline}. {answer.summary}")
    for offer in answer.regimens:
        yield Part(f"{phrases.rank_words(offer.rank)} {offer.order}", tuple(_offer(offer, answer)))
    if answer.abstention is not None:
        yield Part("No regimen", answer.abstention.lines)
    if answer.regimens:
        yield Part("Because", answer.regimens[0].because)
    told = (_ALWAYS_SAID if answer.abstention is None else frozenset()) | asked
    rejected = [one for one in answer.rejected if one.id in told]  # an abstention names its own
    yield Part("Not offered", tuple(phrases.rejected_words(one) for one in rejected))
    yield Part("Ask laboratory", answer.lab_requests)
    own = tuple(a for a in _grave(answer.alerts) if a not in answer.order_check.alerts)
    yield Part("Alerts", tuple(_alert(alert) for alert in own))
    yield Part("Notes", answer.notes)
    if answer.order_check.orders:
        yield Part("Ordered now", order_rows(answer, tuple(o.id for o in answer.regimens)))


def _offer(offer: Offer, answer: Recommendation) -> Iterator[str]:
    status = phrases.status_words(offer, answer.provenance.guideline)
    yield f"{phrases.together(offer.id)} ({status})"
    for order in (*offer.drugs, *offer.companions):
        yield phrases.order_words(order)
        if order.crcl_band is not None:
            band = phrases.band_words(order.crcl_band)
            yield f"band of {drug_name(order.drug)}: CrCl {band}"
    yield from (f"condition: {condition}" for condition in offer.conditions)


def provenance_part(answer: Recommendation) -> Part:
    """Versions, dates and profile behind the answer."""
    stamp = answer.provenance
    return part(
        "Provenance",
        f"ndm-advisor {stamp.tool_version} | knowledge {stamp.knowledge_version} | checked "
        f"{stamp.reviewed_on}, due {stamp.review_due_on}",
        f"guideline {stamp.guideline} ({stamp.guideline_from}), region {stamp.region} "
        f"({stamp.region_from}) | {stamp.breakpoints} | advised {stamp.advised_on}",
    )


# -- reasons and sources --


def reason_parts(
    lesson: Lesson, answer: Recommendation, mechanisms: dict[str, Mechanism], shelf: Shelf
) -> Iterator[Part]:
    """The mechanism, the lesson's own text, what is worth looking up, and every source."""
    shown = [mechanisms[key] for key in lesson.mechanisms if key in mechanisms]
    for mechanism in shown:
        yield from mechanism_parts(mechanism)
    yield Part("To take away", lesson.after)
    yield Part("Look up", tuple(line for ident in lesson.see for line in _looked_up(ident, shelf)))
    cited = list(_cited(answer))
    for citation in (c for mechanism in shown for c in mechanism.sources):
        if not any(c.id == citation.id and citation.at in c.at for c in cited):
            cited.append(citation)
    yield Part("Sources", cited_section(tuple(cited), shelf).lines)
    yield provenance_part(answer)
    yield part("Use", CLOSING)


def mechanism_parts(mechanism: Mechanism) -> Iterator[Part]:
    """The drawing, for screens that draw, and the sentences, for everybody."""
    yield part("Mechanism", mechanism.title, gap=True)
    drawing = tuple(f"{_DRAWING_INDENT}{line}" for line in ("", *mechanism.drawing, ""))
    yield Part("", drawing, drawn=True)
    yield Part("In words", mechanism.sentences)


def _looked_up(ident: str, shelf: Shelf) -> Iterator[str]:
    """A claim in its honest wording; of other records the first line of their page."""
    claim = next((c for c in shelf.claims if c["id"] == ident), None)
    if claim is not None:
        yield f"claim {claim_line(claim)}"
        return
    for page in pages(ident, shelf)[:1]:
        lines = {section.label: section.lines[0] for section in page.sections}
        told = next((lines[label] for label in _TELLING if label in lines), "")
        yield f"{page.kind} {page.id}: {told or next(iter(lines.values()), '')}"


def _cited(answer: Recommendation) -> Iterator[Cited]:
    for offer in answer.regimens[:1]:
        yield from offer.sources
        for order in (*offer.drugs, *offer.companions):
            yield from order.sources
    for rejected in answer.rejected:
        if rejected.id in _ALWAYS_SAID:
            yield from rejected.sources
    if answer.abstention is not None:
        yield from answer.abstention.sources
    for alert in _grave(answer.alerts):
        yield from alert.sources


# -- the key to the questions --


def key_line(answer: Recommendation) -> str:
    """What is right, on one line."""
    if answer.outcome != "regimens":
        return DECISIONS[answer.outcome]
    first = [offer.id for offer in answer.regimens if is_first_choice(offer, answer)]
    return " or ".join(regimen_name(ident, "with") for ident in first)


DECISIONS: Final = {
    "abstention": "call: no regimen is offered; infectious diseases now",
    "not_treatment": "none: no antibiotic",
    "out_of_scope": "outside: another guideline",
}
