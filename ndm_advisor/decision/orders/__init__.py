"""Orders judged as one set, against the same facts, hazards and doses as the advice (policy 7).

The pair and aztreonam-avibactam are strategies; partners are never matched to each other's rows.
What cannot be compared (a dose in another unit system, a start time not given) is not assessed.
"""

from collections.abc import Iterator

from ndm_advisor.decision.alerts import Raised
from ndm_advisor.decision.orders.of_dose import of_doses
from ndm_advisor.decision.orders.of_hazards import of_hazards
from ndm_advisor.decision.orders.of_set import RULES, at_colonisation
from ndm_advisor.decision.orders.placed import (
    COVER,
    PARTNERS,
    TWICE,
    Ordered,
    Placed,
    completes_pair,
    expected_orders,
    first_order,
    load_text,
    needs_interval,
    place,
    running_order,
    strategy_of,
    whole_order,
)

__all__ = [
    "COVER",
    "PARTNERS",
    "TWICE",
    "Ordered",
    "Placed",
    "completes_pair",
    "expected_orders",
    "first_order",
    "load_text",
    "needs_interval",
    "order_alerts",
    "place",
    "running_order",
    "strategy_of",
    "whole_order",
]


def order_alerts(ordered: Ordered) -> Iterator[Raised]:
    """Every alert of policy section 6 that the orders raise."""
    if not ordered.placed:
        return
    scope = ordered.situation.scope
    if scope is not None and scope.outcome == "out_of_scope":
        return
    if scope is not None and scope.outcome == "not_treatment":
        yield at_colonisation(ordered)
    for rule in (*RULES, of_hazards, of_doses):
        yield from rule(ordered)
