"""The verdict over the set of orders, and what to do with each (policy section 7)."""

from typing import Final, NamedTuple

from ndm_advisor.decision.alerts import Raised, one_per_id
from ndm_advisor.decision.alerts.situation import bacteriuria_exception
from ndm_advisor.decision.corrections import (
    ALLERGY,
    COMPANION,
    GOING,
    at_colonisation,
    corrections,
    ends,
    instead,
)
from ndm_advisor.decision.orders import (
    COVER,
    PARTNERS,
    TWICE,
    Ordered,
    Placed,
    needs_interval,
)
from ndm_advisor.decision.rank import A
from ndm_advisor.model.answer import Change, Do

_INADEQUATE: Final = frozenset(
    {
        "dose-outside-band",
        "pair-not-together",
        COVER,
        "treating-colonisation",
        "cefiderocol-untested",
    }
)
_RESISTANT: Final = "resistant-drug-ordered"
# Their action gives the first regimen now and stops the drug when it hangs.
_REPLACES: Final = frozenset(
    {_RESISTANT, "carbapenem-alone", "inhibitor-combination-alone", "polymyxin-alone"}
)
_OF_DOSE: Final = frozenset(
    {"dose-outside-band", "pair-not-together", "pair-renal-divergence", "partner-missing"}
)


class Judgement(NamedTuple):
    """What is said of the orders: verdict, alerts, and a change for each order concerned."""

    verdict: str
    raised: tuple[Raised, ...]
    changes: tuple[Change, ...]


def judge(ordered: Ordered, raised: tuple[Raised, ...], candidates: frozenset[str]) -> Judgement:
    """The first verdict of policy section 7 that matches, and the corrections."""
    verdict = _verdict(ordered, raised, candidates)
    changes = _changes(verdict, ordered, raised, candidates)
    said = tuple(_beside(alert, raised, changes, ordered) for alert in raised)
    return Judgement(verdict, one_per_id(said), changes)


def _changes(
    verdict: str, o: Ordered, raised: tuple[Raised, ...], candidates: frozenset[str]
) -> tuple[Change, ...]:
    if verdict in {"not_assessed", "appropriate"}:
        return ()
    if _is_colonisation(o):
        return at_colonisation(o)
    made = corrections(o, raised, whole=verdict != "not_assessable")
    if verdict != "inadequate" or any(ends(c) or _treats(c) for c in made):
        return made
    return made if made and _is_named(o, candidates) else instead(o)


def _treats(change: Change) -> bool:
    """Whether more than a companion is added."""
    return change.do == "add" and change.to != COMPANION


def _is_named(o: Ordered, candidates: frozenset[str]) -> bool:
    """Whether a strategy of the set is offered, or where nothing is, may turn out to be right.

    A load is one dose: alone it is no regimen.
    """
    named = set(o.situation.offered_ids) or candidates
    return bool(named & set(o.lasting))


def _beside(
    alert: Raised, raised: tuple[Raised, ...], changes: tuple[Change, ...], o: Ordered
) -> Raised:
    """An alert whose own action would contradict what becomes of its order says so instead."""
    done = {c.do: c for c in changes if c.order == alert.order}
    if not done or alert.id == "treating-colonisation":
        return alert
    if _is_colonisation(o):
        exception = bacteriuria_exception(o.situation)
        return alert._replace(instead="at_bacteriuria" if exception else "at_colonisation")
    if any(r.id == ALLERGY and r.order == alert.order for r in raised):
        return alert._replace(instead="order_allergy")
    return alert._replace(instead=_phrase(alert, done, changes, o) or alert.instead)


def _phrase(alert: Raised, done: dict[Do, Change], changes: tuple[Change, ...], o: Ordered) -> str:
    """The phrase that stands for an alert's action; "" where the action agrees."""
    goes = any(map(ends, done.values()))
    if alert.id == _RESISTANT and "add" in done and done["add"].to in PARTNERS:
        return "order_completed"
    stops = "stop" in done
    if stops and alert.id in {TWICE, *_REPLACES} and _other_goes(alert, changes, o):
        return "order_and_other_go"
    if alert.id == TWICE:
        goes = bool({"replace", "call"} & done.keys()) or _first_goes(alert, changes, o)
        return "order_goes" if goes else ""
    if goes and alert.id in _OF_DOSE:
        return "order_goes"
    if goes and (alert.id, alert.tier) == ("inhibitor-combination-alone", "caution"):
        return "order_typed"
    return "order_not_needed" if stops and alert.id in _REPLACES else ""


def _other_goes(alert: Raised, changes: tuple[Change, ...], o: Ordered) -> bool:
    """Of two strategies that share a component: whether the one that was to be kept goes too."""
    two: tuple[tuple[str, ...], ...] = ((A,), PARTNERS)
    if not any(alert.drug in drugs for drugs in two):
        return False
    others = {d for drugs in two if alert.drug not in drugs for d in drugs}
    return any(
        p.drug in others and ends(c) for c in changes for p in o.placed if p.number == c.order
    )


def _first_goes(alert: Raised, changes: tuple[Change, ...], o: Ordered) -> bool:
    """Whether the order of a drug ordered twice that would be kept goes as well."""
    if alert.variant == "stop":
        return False  # two strategies: what is kept is another drug
    of_drug = [p for p in o.placed if p.drug == alert.drug]
    kind = next(p.is_loading for p in of_drug if p.number == alert.order)
    first = next(p.number for p in of_drug if p.is_loading == kind)
    return any(c.order == first and c.do in GOING for c in changes)


def _verdict(o: Ordered, raised: tuple[Raised, ...], candidates: frozenset[str]) -> str:
    s = o.situation
    if not o.placed and not o.strangers:
        return "not_assessed"
    if s.scope is not None and s.scope.outcome == "out_of_scope":
        return "not_assessable"
    stops = [r for r in raised if r.tier == "stop"]
    if not stops and any(_is_incomplete(p, o) for p in o.placed):
        return "not_assessable"
    if stops:
        return "harmful"
    if not _is_named(o, candidates) or any(r.id in _INADEQUATE for r in raised):
        return "inadequate"
    return "appropriate"


def _is_incomplete(placed: Placed, o: Ordered) -> bool:
    """Without dose or interval no dose alert can be decided; a load or single dose needs none."""
    if not placed.has_dose:
        return True
    once = placed.is_loading or not needs_interval(placed, o)
    return placed.order.interval_h is None and not once


def _is_colonisation(o: Ordered) -> bool:
    scope = o.situation.scope
    return scope is not None and scope.outcome == "not_treatment"
