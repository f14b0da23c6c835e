"""The verdict over the set of orders, and what to do with each (policy section 7)."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from ndm_advisor.decision.alerts import Raised, one_per_id
from ndm_advisor.decision.orders import (
    PARTNERS,
    Ordered,
    Placed,
    completes_pair,
    needs_interval,
    running_order,
    strategy_of,
    whole_order,
)
from ndm_advisor.decision.rank import P
from ndm_advisor.model import words
from ndm_advisor.model.answer import Change

_COVER: Final = "anaerobic-cover"
_INADEQUATE: Final = frozenset(
    {
        "dose-outside-band",
        "pair-not-together",
        _COVER,
        "treating-colonisation",
        "cefiderocol-untested",
    }
)
_BESIDE: Final = frozenset({"adjust", "add"})  # both can be done to one order
_MENDS_DOSE: Final = frozenset({"dose-outside-band", "pair-not-together", "partner-missing"})
_ALLERGY: Final = "severe-allergy"
_RESISTANT: Final = "resistant-drug-ordered"
_TWICE: Final = "duplicate-strategy"
_OF_DOSE: Final = frozenset({"dose-outside-band", _TWICE})


class Judgement(NamedTuple):
    """What is said of the orders: verdict, alerts, and a change for each order concerned."""

    verdict: str
    raised: tuple[Raised, ...]
    changes: tuple[Change, ...]


def judge(ordered: Ordered, raised: tuple[Raised, ...], candidates: frozenset[str]) -> Judgement:
    """The first verdict of policy section 7 that matches, and the corrections."""
    verdict = _verdict(ordered, raised, candidates)
    changes = () if verdict in {"not_assessed", "appropriate"} else _changes(ordered, raised)
    if verdict == "inadequate" and not changes:
        changes = tuple(_instead(ordered))
    said = tuple(_beside(alert, raised, changes, ordered) for alert in raised)
    return Judgement(verdict, one_per_id(said), changes)


def _beside(
    alert: Raised, raised: tuple[Raised, ...], changes: tuple[Change, ...], o: Ordered
) -> Raised:
    """An alert whose own action would contradict what becomes of its order says so instead."""
    change = next((c for c in changes if c.order == alert.order), None)
    if change is None or alert.id == "treating-colonisation":
        return alert
    if _is_colonisation(o):
        return alert._replace(instead="at_colonisation")
    if any(r.id == _ALLERGY and r.order == alert.order for r in raised):
        return alert._replace(instead="order_allergy")
    added = [c for c in changes if c.do == "add"]
    if alert.id == _RESISTANT and any(c.order == alert.order and c.to in PARTNERS for c in added):
        return alert._replace(instead="order_completed")
    goes = change.do in {"replace", "call"} and alert.id in _OF_DOSE
    if goes or (alert.id == _TWICE and _goes_too(alert, changes, o)):
        return alert._replace(instead="order_goes")
    return alert


def _goes_too(alert: Raised, changes: tuple[Change, ...], o: Ordered) -> bool:
    """Whether the other order of a drug that is ordered twice does not stay either."""
    others = {p.number for p in o.placed if p.drug == alert.drug and p.number != alert.order}
    return any(c.order in others and c.do in {"replace", "call", "stop"} for c in changes)


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
    offered = set(s.offered_ids) if s.offered else candidates
    if not set(o.strategies) & offered or any(r.id in _INADEQUATE for r in raised):
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


def _changes(o: Ordered, raised: tuple[Raised, ...]) -> tuple[Change, ...]:
    """One change an order, by the gravest alert; what is to be added beside it follows."""
    if _is_colonisation(o):
        return tuple(_stop(p.drug, "treating-colonisation", p.number) for p in o.placed)
    by_order: dict[int, dict[str, Change]] = {}
    tiers = {"stop": 0, "caution": 1, "note": 2}
    for alert in sorted(raised, key=lambda r: (tiers[r.tier], r.id != _ALLERGY)):
        change = _change(alert, o)
        if change is not None:
            held = by_order.setdefault(change.order, {})
            if not held or {*held, change.do} == _BESIDE:
                held.setdefault(change.do, change)
    made = (change for held in by_order.values() for change in held.values())
    return tuple(sorted(made, key=lambda change: (change.order, change.do == "add")))


def _change(alert: Raised, o: Ordered) -> Change | None:
    if not alert.order or alert.tier == "note":
        return None
    if alert.id in _MENDS_DOSE:
        strategy = strategy_of(alert.drug, o) or alert.drug
        return Change(alert.order, "adjust", alert.drug, running_order(alert.drug, strategy, o))
    if alert.id == _COVER:
        dose = whole_order("metronidazole", "metronidazole", o)
        return Change(alert.order, "add", "metronidazole", dose)
    if alert.id in {"aztreonam-alone", "inhibitor-combination-alone"} and alert.drug in PARTNERS:
        return _complete(alert, o)
    if alert.id == _TWICE:
        return _stop(alert.drug, alert.id, alert.order)
    return _replace(alert, o) if alert.tier == "stop" else None


_STOP: Final = {
    "treating-colonisation": "no antibacterial is advised for colonisation",
    _TWICE: "given twice; stop before the next dose",
}


def _stop(drug: str, ident: str, order: int) -> Change:
    return Change(order, "stop", None, f"{words.drug_name(drug)}: {_STOP[ident]}")


def _complete(alert: Raised, o: Ordered) -> Change:
    """A lone partner: add the other one, or replace it by what is offered."""
    if not completes_pair(o):
        return _replace(alert, o)
    missing = next(d for d in PARTNERS if d != alert.drug)
    return Change(alert.order, "add", missing, whole_order(missing, P, o))


def _replace(alert: Raised, o: Ordered) -> Change:
    """Replace by the first offered regimen, in full; call where none is offered.

    What runs is not stopped before its replacement hangs, except a drug the patient is
    severely allergic to.
    """
    drug = words.drug_name(alert.drug)
    running = f"{drug} is not stopped before the replacement hangs"
    if alert.id == _ALLERGY:
        running = f"give no further dose of {drug}"
    if not o.situation.offered:
        return Change(alert.order, "call", None, f"no regimen is offered: {running}; call now")
    if set(o.strategies) & set(o.situation.offered_ids):
        good = next(i for i in o.situation.offered_ids if i in o.strategies)
        beside = f"{words.regimen_name(good, 'with')} stands without it"
        return Change(alert.order, "stop", None, f"{drug}: {beside}")
    first = o.situation.offered[0].ranked.strategy
    if alert.drug in first.split("+"):
        return Change(alert.order, "call", None, f"{running}; call infectious diseases now")
    orders = "; ".join(
        f"{whole_order(d, first, o)}" for d in o.situation.knowledge.strategies[first].drugs
    )
    return Change(alert.order, "replace", first, f"{orders}; {running}")


def _instead(o: Ordered) -> Iterator[Change]:
    """The set holds nothing that is offered: what to give instead."""
    number = o.placed[0].number if o.placed else 1
    if not o.situation.offered:
        yield Change(number, "call", None, "no regimen is offered: call infectious diseases now")
        return
    first = o.situation.offered[0].ranked.strategy
    drugs = o.situation.knowledge.strategies[first].drugs
    yield Change(number, "replace", first, "; ".join(whole_order(d, first, o) for d in drugs))
