"""Text to read on the phone: situation, background, assessment, request.

Nothing in it says who the patient is: no label of the case, no path, no note. What is asked for
stands whole: every order with dose, interval and infusion time, every STOP, what to ask and whom
to call. It is short because the reasons stay on the screen, never a part of the request.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from ndm_advisor.model.answer import (
    Abstention,
    Alert,
    DrugOrder,
    Information,
    Offer,
    Recommendation,
    SusceptibilityLine,
)
from ndm_advisor.model.words import drug_name, guideline_name, join_names, number, regimen_name
from ndm_advisor.render import phrases, text
from ndm_advisor.render.block import CAUTIONS_SHOWN, DEFAULT_WIDTH
from ndm_advisor.render.conditions import bare
from ndm_advisor.render.gaps import gaps_of
from ndm_advisor.render.order_rows import VERDICTS, about_orders, order_rows, ordered_now
from ndm_advisor.render.regimens import whole_offers

_INDENT: Final = "  "
_CONTINUED: Final = "    "
_CLOSING: Final = "Decision support, not clinically signed off. Verify against local policy."
_CALL: Final = "Call infectious diseases if any of this cannot be given as written."
_BESIDE: Final = "Do what stands beside each STOP and CAUTION above."
_GIVING: Final = "More on giving it stands on the full screen."
_PAIR: Final = "ceftazidime-avibactam+aztreonam"
_ACTIVE: Final = ("aztreonam-avibactam", _PAIR, "cefiderocol")
_CARBAPENEMS: Final = ("meropenem", "imipenem", "ertapenem", "doripenem")
_SHA_SHOWN: Final = 6


class Part(NamedTuple):
    """One of the four parts: its name and its sentences."""

    name: str
    lines: tuple[str, ...]


def to_sbar(
    recommendation: Recommendation, *, tall_man: bool = False, encoding: str | None = "utf-8"
) -> str:
    """Write an answer as four parts, 80 columns wide, that end in one disclaimer and a line end.

    `encoding` is the stream's: what it cannot hold is spelled in ASCII.
    """
    rows: list[str] = []
    for part in sbar_parts(recommendation):
        rows.append(part.name)
        for line in part.lines:
            shown = text.visible(line)
            shown = text.tall_man(shown) if tall_man else shown
            rows += _folded(text.for_encoding(shown, encoding), _INDENT, _CONTINUED)
    stamp = text.for_encoding(text.visible(_stamp(recommendation)), encoding)
    rows += [*_folded(stamp, "", _INDENT), _CLOSING]
    return "".join(f"{row}\n" for row in rows)


def _folded(line: str, first: str, then: str) -> Iterator[str]:
    """Fold a line under its indents. A word of the case that is too long is cut, a dose never."""
    lead = first
    for part in text.fold(text.bind(line), DEFAULT_WIDTH - len(then)):
        rest = part
        while rest:
            room = DEFAULT_WIDTH - len(lead)
            yield f"{lead}{rest[:room]}"
            rest, lead = rest[room:], then


def sbar_parts(answer: Recommendation) -> tuple[Part, ...]:
    """Return the four parts in the order they are said."""
    return (
        Part("SITUATION", tuple(_situation(answer))),
        Part("BACKGROUND", tuple(_background(answer))),
        Part("ASSESSMENT", tuple(_assessment(answer))),
        Part("REQUEST", tuple(_request(answer))),
    )


def _alerts(answer: Recommendation, tier: str) -> list[Alert]:
    """Alerts of a tier that are not standing reminders, as on the screen: orders first."""
    about = about_orders(answer)
    found = [alert for alert in answer.alerts if alert.tier == tier and not alert.standing]
    return sorted(found, key=lambda alert: (alert.id not in about, alert.priority))


# -- situation and background --------------------------------------------------------------------


def _situation(answer: Recommendation) -> Iterator[str]:
    stamp = answer.provenance
    if stamp.review_due_on < stamp.advised_on:
        yield f"KNOWLEDGE OVERDUE FOR REVIEW since {stamp.review_due_on}."
    if answer.headline and answer.headline not in answer.summary:
        yield _closed(answer.headline)
    stops = _alerts(answer, "stop")
    if now := ordered_now(answer):
        yield now
    yield f"STOP: {stops[0].text}" if stops else answer.summary


def _background(answer: Recommendation) -> Iterator[str]:
    results = "; ".join(_results(answer))
    yield f"Results: {results or 'none that decide'}."
    yield f"Kidney: {_closed(answer.kidney.text or 'not known')}"
    yield f"Allergies: {_allergies(answer.allergies)}."
    orders = "; ".join(f"order {line.order} {line.text}" for line in answer.order_check.orders)
    yield f"Ordered now: {orders or 'nothing named in the case'}."


def _allergies(allergies: tuple[str, ...] | None) -> str:
    if allergies is None:
        return "not given"
    return "; ".join(allergies) or "none"


def _results(answer: Recommendation) -> Iterator[str]:
    """Results of what may be given, of what is ordered, and of the carbapenems."""
    rows = {line.drug: line for line in answer.susceptibilities}
    offered = dict.fromkeys(drug for offer in answer.regimens for drug in _tested(offer))
    ordered = [line.drug for line in answer.order_check.orders if line.drug]
    asked = _ACTIVE if answer.outcome == "abstention" else ()
    for drug in dict.fromkeys((*offered, *asked, *_ACTIVE, *ordered, *_CARBAPENEMS)):
        if drug in rows:
            yield _result(rows[drug])
        elif drug in offered or drug in asked:
            yield f"{_test(drug)} not tested"


def _tested(offer: Offer) -> tuple[str, ...]:
    """What the laboratory tests for an offer: the pair as one, everything else drug by drug."""
    return (offer.id,) if offer.id == _PAIR else tuple(offer.id.split("+"))


def _test(drug: str) -> str:
    return f"{regimen_name(drug, 'with')} together" if "+" in drug else drug_name(drug)


def _result(line: SusceptibilityLine) -> str:
    used = "not tested" if line.used == "untested" else line.used
    if line.reported and line.reported != line.used:
        used = f"reported {line.reported}, used as {used}"
    measured = "" if line.mic_mg_l is None else f" (MIC {line.mic_mg_l} mg/L)"
    if line.mic_mg_l is None and line.zone_mm is not None:
        measured = f" (zone {number(line.zone_mm)} mm)"
    return f"{_test(line.drug)} {used}{measured}"


# -- assessment ----------------------------------------------------------------------------------


def _assessment(answer: Recommendation) -> Iterator[str]:
    verdict = answer.order_check.verdict
    if verdict != "not_assessed":
        yield f"Orders as a set: {VERDICTS[verdict]}."
    stops = _alerts(answer, "stop")
    yield from (f"STOP: {_told_alert(alert)}" for alert in stops)
    yield from _advised(answer)
    yield from _cautions(answer)
    if answer.outcome in {"regimens", "abstention"}:
        yield from _notes(answer)
    if gaps := gaps_of(answer):
        yield f"Not assessed ({len(gaps)}): {'; '.join(item.what for item in gaps)}."


def _told_alert(alert: Alert) -> str:
    """Write the fact, what to do, and who has seen it for what reason; it stands all the same."""
    do = f" Do: {_closed(alert.action)}" if alert.action else ""
    if alert.acknowledged is None:
        return f"{alert.text}{do}"
    return f"{alert.text}{do} Acknowledged: {_closed(alert.acknowledged)}"


def _notes(answer: Recommendation) -> Iterator[str]:
    notes = (note for note in answer.notes if note)
    yield from (_closed(note) for note in notes if not phrases.is_disagreement(note, answer))


def _cautions(answer: Recommendation) -> Iterator[str]:
    found = _alerts(answer, "caution")
    yield from (f"CAUTION: {_told_alert(alert)}" for alert in found[:CAUTIONS_SHOWN])
    if more := found[CAUTIONS_SHOWN:]:
        named = join_names(alert.id for alert in more)
        yield f"And {len(more)} more CAUTION, on the full screen: {named}."


def _advised(answer: Recommendation) -> Iterator[str]:
    match answer.outcome:
        case "regimens":
            guideline = answer.provenance.guideline
            whole = whole_offers(answer)  # what these depend on stands with their orders
            for offer in answer.regimens:
                rank = phrases.rank_words(offer.rank)
                status = phrases.status_words(offer._replace(rank="preferred"), guideline)
                line = f"{rank}: {regimen_name(offer.id, 'with')} ({status})"
                yield f"{line}{'' if offer in whole else _only_if(offer)}."
        case "abstention":
            if answer.abstention is not None:
                yield from _why_none(answer.abstention, answer)
        case "not_treatment" | "out_of_scope":
            yield f"{phrases.outcome_words(answer.outcome).capitalize()}: {answer.summary}"


def _only_if(offer: Offer) -> str:
    """Write what an offer depends on."""
    if not offer.conditions:
        return ""
    return f", only if: {'; '.join(bare(line).rstrip('.') for line in offer.conditions)}"


def _why_none(abstention: Abstention, answer: Recommendation) -> Iterator[str]:
    why = [line for line in _told(abstention, answer) if abstention.reason in line]
    yield from map(_closed, why or [f"No regimen is offered: {abstention.reason}"])
    if answer.information:
        yield "A specialist can choose from these; none is offered here:"
    yield from (_closed(_candidate(item)) for item in answer.information)


def _candidate(item: Information) -> str:
    """Write a candidate with its status, and what is said of it beyond that."""
    said = tuple(dict.fromkeys(item.status.values()))
    status = "; ".join(f"{drug_name(drug)} {words}" for drug, words in item.status.items())
    line = f"{regimen_name(item.id, 'with')}: {said[0] if len(said) == 1 else status}"
    beyond = [part for part in item.text.split("; ") if part and part not in line]
    return f"{line}. {'; '.join(beyond)}" if beyond else line


def _told(abstention: Abstention, answer: Recommendation) -> list[str]:
    """Return the lines of an abstention without those on what a specialist can choose."""
    names = tuple(regimen_name(item.id) for item in answer.information)
    return [
        line
        for line in abstention.lines
        if line and not line.endswith(":") and not (names and line.startswith(names))
    ]


# -- request -------------------------------------------------------------------------------------


def _request(answer: Recommendation) -> Iterator[str]:
    printed: tuple[str, ...] = ()
    if answer.outcome == "regimens" and answer.regimens:
        offers = whole_offers(answer)
        for place, offer in enumerate(offers):
            yield from _order(offer, answer, lead="Or give" if place else "Give")
        printed = tuple(offer.id for offer in offers)
    elif answer.outcome != "regimens":
        yield from _without_regimen(answer)
    changed = {change.order for change in answer.order_check.change}
    for line, row in zip(answer.order_check.orders, order_rows(answer, printed), strict=False):
        if line.order in changed:
            yield _closed(f"{row[:1].upper()}{row[1:]}")
    if _alerts(answer, "stop") or _alerts(answer, "caution"):
        yield _BESIDE
    yield from (f"Ask the laboratory: {_closed(asked)}" for asked in answer.lab_requests)
    if answer.outcome == "regimens":
        yield _CALL
    yield from (f"Review {_closed(line)}" for line in phrases.review_lines(answer))


def _order(offer: Offer, answer: Recommendation, *, lead: str) -> Iterator[str]:
    """Write an offer as orders to be read back: every drug, then how it is given."""
    rank = "" if offer.rank == "preferred" else f" ({phrases.rank_words(offer.rank).lower()})"
    untested = ", PROVISIONAL" if offer.provisional else ""
    yield f"{lead} {phrases.together(offer.id)}{rank}{untested}{_only_if(offer)}:"
    for order in offer.drugs:
        yield from _drug(order, answer, lead="")
    for order in offer.companions:
        yield from _drug(order, answer, lead="with ")
    if offer.administration:
        first, *others = offer.administration
        yield f"{_closed(first)}{f' {_GIVING}' if others else ''}"


def _drug(order: DrugOrder, answer: Recommendation, *, lead: str) -> Iterator[str]:
    yield _closed(f"{lead}{phrases.order_words(order)}")
    if order.bands:
        yield from map(_closed, phrases.band_lines(order))
    if order.alternative_dose is not None:
        yield _closed(phrases.alternative_words(order.drug, order.alternative_dose))
    if order.dialysis and answer.kidney.method == "renal-replacement":
        yield _closed(f"{drug_name(order.drug)}: {order.dialysis}")


def _without_regimen(answer: Recommendation) -> Iterator[str]:
    """Write what to do where nothing is offered: whom to call, what runs on, what would settle."""
    if answer.abstention is None:
        yield answer.summary
        yield from _notes(answer)
        return
    told = _told(answer.abstention, answer)
    lines = [line for line in told if answer.abstention.reason not in line]
    yield from map(_closed, lines or [answer.summary])


# -- the foot ------------------------------------------------------------------------------------


def _stamp(answer: Recommendation) -> str:
    """Versions, dates and settings behind the text; the checksum tells one case from another."""
    stamp = answer.provenance
    return "; ".join(_stamped(answer)) + f"; advised {stamp.advised_on}."


def _stamped(answer: Recommendation) -> Iterable[str]:
    stamp = answer.provenance
    yield f"ndm-advisor {stamp.tool_version}, knowledge {stamp.knowledge_version}"
    yield f"checked {stamp.reviewed_on}, due {stamp.review_due_on}"
    yield f"{guideline_name(stamp.guideline)}, {stamp.region}; {stamp.breakpoints}"
    if answer.case.sha256:
        yield f"case file checksum {answer.case.sha256[:_SHA_SHOWN]}"
    if stamp.local_override is not None:
        keys = stamp.local_override.get("keys")
        named = ", ".join(map(str, keys)) if isinstance(keys, list | tuple) else str(keys or "")
        sha = str(stamp.local_override.get("sha256") or "")[:_SHA_SHOWN]
        yield f"local override ({sha}): {named}"


def _closed(line: str) -> str:
    """Return a line with its full stop, or the sign it ends in."""
    return line if line.endswith((".", ":", "!", "?")) else f"{line}."
