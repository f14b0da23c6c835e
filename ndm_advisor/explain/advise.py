"""The whole way from a case to a recommendation: decide, then say it. Pure."""

from __future__ import annotations

from datetime import date

from ndm_advisor.decision.decide import Settled, decide
from ndm_advisor.explain.recommendation import explain
from ndm_advisor.model.answer import CaseRef, Recommendation
from ndm_advisor.model.case import Case
from ndm_advisor.model.knowledge import Knowledge
from ndm_advisor.version import VERSION


def advise(
    case: Case,
    knowledge: Knowledge,
    *,
    on: date,
    settled: Settled | None = None,
    reference: CaseRef | None = None,
    local_override: dict[str, object] | None = None,
    acknowledged: dict[str, str] | None = None,
    traced: bool = True,
) -> Recommendation:
    """Advise a regimen for `case`, or abstain and say what is missing.

    Args:
        case: a validated case.
        knowledge: the base, from `load_knowledge`.
        on: the date of advice; nothing reads a clock.
        settled: guideline and region where an option or a setting chose them; else the case's.
        reference: the case's label, path and hash for the answer.
        local_override: the local file that applied, for the answer's provenance.
        acknowledged: reasons by alert id; recorded beside the alert, which stays as it is.
        traced: False leaves the findings out (null), for an output that shows none.

    Returns:
        The answer of interface section 2. The same arguments give the same answer.
    """
    decision = decide(case, knowledge, on=on, settled=settled)
    return explain(
        decision,
        knowledge,
        case=reference or CaseRef(case.id, None, None),
        tool_version=VERSION,
        local_override=local_override,
        acknowledged=acknowledged,
        traced=traced,
    )
