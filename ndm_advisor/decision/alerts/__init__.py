"""Alerts of policy section 6 that speak of the case and of what is offered.

Each function looks at one id and yields what it found: the tier, the variant of its words and the
values for them. Words stand in the base; nothing is formatted here. One alert per id remains, the
highest tier first; those that need orders belong to the order check.
"""

from ndm_advisor.decision.alerts import of_course, of_kidney, of_patient, of_results
from ndm_advisor.decision.alerts.situation import (
    Offered,
    Raised,
    Situation,
    finding_of,
    one_per_id,
)

__all__ = ["Offered", "Raised", "Situation", "alerts", "finding_of", "one_per_id"]

_RULES = (*of_results.RULES, *of_patient.RULES, *of_kidney.RULES, *of_course.RULES)


def alerts(situation: Situation) -> tuple[Raised, ...]:
    """Every alert of the case, one per id, in no particular order."""
    return one_per_id(raised for rule in _RULES for raised in rule(situation))
