"""What the page of one case holds, and in which order: the one place that decides it.

It holds all that the full screen holds. What is done stands first: stops, regimen and dose, the
orders, what to ask for, alerts, gaps; then what that rests on. Every rule that was asked, the
evidence and each drug's small print stand in closed sections, which print when they are opened.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from ndm_advisor.model.answer import Alert, Recommendation, Tier
from ndm_advisor.model.words import regimen_name
from ndm_advisor.render import phrases
from ndm_advisor.render.gaps import gaps_of
from ndm_advisor.render.order_rows import VERDICTS, about_orders, order_rows, ordered_now
from ndm_advisor.render.pages.parts import (
    Items,
    Page,
    Part,
    Section,
    Table,
    Text,
    Warned,
    filled,
    items,
    texts,
)
from ndm_advisor.render.pages.reference import reference
from ndm_advisor.render.pages.regimens import Schedules, cited, regimens
from ndm_advisor.render.pages.stamp import identity, override_words, stamp_of
from ndm_advisor.render.would_change import question_lines

_TIERS: Final[dict[Tier, int]] = {"stop": 0, "caution": 1, "note": 2}


def page_of(answer: Recommendation, schedules: Schedules, evidence: tuple[str, ...] = ()) -> Page:
    """Lay out the page of an answer.

    Args:
        answer: the answer, with its findings in words.
        schedules: the timetable of each preferred regimen, by its id.
        evidence: a line for each claim that bears on the answer.
    """
    name = answer.case.id or (answer.case.sha256 or "")[:6]
    return Page(
        title=f"Advice for case {name}",
        lead=tuple(_lead(answer)),
        answer=filled(*_answer(answer, schedules)),
        reference=filled(*reference(answer, evidence)),
        stamp=stamp_of(answer),
        identity=identity(answer),
    )


def _lead(answer: Recommendation) -> Iterator[Part]:
    stamp = answer.provenance
    if stamp.review_due_on < stamp.advised_on:
        yield Text(f"KNOWLEDGE OVERDUE FOR REVIEW since {stamp.review_due_on}", "warning")
    if now := ordered_now(answer):
        yield Text(now, "warning")
    if answer.headline and answer.headline.rstrip(".") not in answer.summary:
        yield Text(answer.headline)
    yield Text(answer.summary, "lead")
    if said := override_words(stamp):
        yield Text(said, "plain", "Local override")


def _answer(answer: Recommendation, schedules: Schedules) -> Iterator[Section | None]:
    yield Section("stop", "Stop", tuple(_alerts(answer, "stop")))
    yield from _outcome(answer, schedules)
    yield _orders(answer)
    yield Section("do", "Ask and review", tuple(_asks(answer)))
    warned = (*_alerts(answer, "caution"), *_alerts(answer, "note"))
    yield Section("alerts", "Cautions and notes", warned)
    yield _gaps(answer)
    note = (Text(answer.note, "verbatim"),) if answer.note else ()
    yield Section("note", "Note of the case", note)


def _outcome(answer: Recommendation, schedules: Schedules) -> Iterator[Section]:
    match answer.outcome:
        case "regimens":
            yield from regimens(answer, schedules)
        case "abstention":
            yield _abstention(answer)
        case "not_treatment" | "out_of_scope":
            said = phrases.outcome_words(answer.outcome)
            yield Section("outcome", "Outcome", (Text(said, "status"), *texts(*answer.notes)))


def _abstention(answer: Recommendation) -> Section:
    abstention = answer.abstention
    if abstention is None:
        return Section("abstention", "No regimen", ())
    lines = tuple(line for line in abstention.lines if line) or (
        "This is not advice to withhold treatment.",
        abstention.ask,
        abstention.running_drug,
        abstention.reason,
        *abstention.would_settle,
    )
    printed = "\n".join(lines)
    more = tuple(
        f"{regimen_name(item.id)}: {item.text}"
        for item in answer.information
        if item.text not in printed
    )
    said = cited(abstention.sources)
    parts: tuple[Part, ...] = (
        *_grouped(lines),
        *items(more, "A specialist may choose among these; none is offered"),
        *((Text(said, "small", "Sources"),) if said else ()),
    )
    return Section("abstention", "No regimen offered", parts)


def _grouped(lines: tuple[str, ...]) -> Iterator[Part]:
    """Yield paragraphs; a line that ends in a colon heads the list of those after it."""
    heads = [n for n, line in enumerate(lines) if line.endswith(":")]
    first = heads[0] if heads else len(lines)
    yield from texts(*lines[:first])
    for start, end in pairwise((*heads, len(lines))):
        listed = tuple(line.rstrip(": ") for line in lines[start + 1 : end])
        yield from items(listed, lines[start].rstrip(":"))


def _asks(answer: Recommendation) -> Iterator[Part]:
    asked = answer.pair_support.request
    extra = (asked,) if asked and asked not in answer.lab_requests else ()
    yield from items((*answer.lab_requests, *extra), "Ask the laboratory")
    yield from items(tuple(question_lines(answer.next_question)), "Ask next")
    if due := answer.review_due:
        yield Items((due.text,), f"Review on {due.first_on} and {due.last_on}")
    if answer.outcome not in {"not_treatment", "out_of_scope"}:
        yield from items(answer.notes, "Also")


def _alerts(answer: Recommendation, tier: Tier) -> Iterator[Warned]:
    first = about_orders(answer)  # what is being given now
    found = [alert for alert in answer.alerts if alert.tier == tier]
    for alert in sorted(found, key=lambda a: (a.id not in first, a.priority)):
        yield _warned(alert)


def _warned(alert: Alert) -> Warned:
    sources = ", ".join(dict.fromkeys(found.id for found in alert.sources))
    return Warned(alert.tier, alert.id, alert.text, alert.action, alert.acknowledged, sources)


def _orders(answer: Recommendation) -> Section | None:
    check = answer.order_check
    if check.verdict == "not_assessed":
        return None
    rows = []
    for row in order_rows(answer):
        order, _, said = row.partition(": ")
        rows.append(((order,), (said,)))
    verdict = Text(f"Orders as a set: {VERDICTS[check.verdict]}", "status")
    table = Table("orders", "Each order as it stands", ("Ordered now", "Do"), tuple(rows))
    return Section("orders", "Orders", (verdict, table) if rows else (verdict,))


def _gaps(answer: Recommendation) -> Section:
    gaps = gaps_of(answer)
    rows = tuple(((gap.what,), (gap.why.rstrip("."),), (gap.supply,)) for gap in gaps)
    table = Table("gaps", "What was not assessed", ("Not assessed", "Why", "Supply"), rows)
    return Section("gaps", f"Not assessed ({len(gaps)})", (table,) if rows else ())
