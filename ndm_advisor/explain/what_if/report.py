"""What `what-if` says of a case on its own: every change, what is missing, what to ask next."""

from __future__ import annotations

from typing import NamedTuple

from ndm_advisor.model.answer import (
    CaseRef,
    MissingEffect,
    NextQuestion,
    Outcome,
    Provenance,
    Recommendation,
    WouldChange,
)


class Report(NamedTuple):
    """The parts of an answer that look at what it is not."""

    schema_version: str
    case: CaseRef
    provenance: Provenance
    outcome: Outcome
    preferred: tuple[str, ...]
    summary: str
    would_change: tuple[WouldChange, ...]
    missing_value_effects: tuple[MissingEffect, ...]
    next_question: NextQuestion | None


def report(answer: Recommendation) -> Report:
    """Take the report out of an answer that was asked with `what_if="full"`."""
    return Report(
        schema_version=answer.schema_version,
        case=answer.case,
        provenance=answer.provenance,
        outcome=answer.outcome,
        preferred=tuple(offer.id for offer in answer.regimens if offer.rank == "preferred"),
        summary=answer.summary,
        would_change=answer.would_change or (),
        missing_value_effects=answer.missing_value_effects or (),
        next_question=answer.next_question,
    )
