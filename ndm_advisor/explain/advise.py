"""The whole way from a case to a recommendation: decide, then say it. Pure."""

from __future__ import annotations

from datetime import date
from typing import Literal

from ndm_advisor.decision.decide import Decision, Settled, decide
from ndm_advisor.explain.recommendation import Beside, explaining
from ndm_advisor.explain.unknowns import NOT_COMPUTED
from ndm_advisor.model.answer import CaseRef, Recommendation
from ndm_advisor.model.case import Case
from ndm_advisor.model.knowledge import Knowledge
from ndm_advisor.steps import Steps, finish
from ndm_advisor.version import VERSION

WhatIf = Literal["", "short", "full"]


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
    what_if: WhatIf = "",
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
        what_if: "short" tries the few changes a first screen has room for, "full" the whole list
            and every value of what is not given; "" leaves `would_change` null.

    Returns:
        The answer of interface section 2. The same arguments give the same answer.
    """
    decision = decide(case, knowledge, on=on, settled=settled)
    beside = Beside(
        reference or CaseRef(case.id, None, None),
        VERSION,
        local_override,
        acknowledged or {},
        traced,
    )
    return finish(advising(decision, knowledge, beside, what_if))


def advising(
    decision: Decision, knowledge: Knowledge, beside: Beside, what_if: WhatIf = ""
) -> Steps[Recommendation]:
    """The second half of `advise` in steps, for who decides first: the decision in words."""
    answer = yield from explaining(decision, knowledge, beside)
    return _with_changes(answer, decision, knowledge, what_if) if what_if else answer


def _with_changes(
    answer: Recommendation, decision: Decision, knowledge: Knowledge, what_if: WhatIf
) -> Recommendation:
    # Cases are decided again for it, and a batch or a look at the reasons does without.
    from ndm_advisor.explain.what_if import missing  # noqa: PLC0415
    from ndm_advisor.explain.what_if.would_change import would_change  # noqa: PLC0415

    found = would_change(decision, knowledge, short=what_if == "short")
    if what_if == "short":
        return answer._replace(would_change=found)
    weighed = missing.weigh(decision, knowledge)
    return answer._replace(
        would_change=found,
        missing_value_effects=missing.missing_value_effects(weighed),
        next_question=missing.next_question(weighed),
        not_assessed=tuple(item for item in answer.not_assessed if item.what not in NOT_COMPUTED),
    )
