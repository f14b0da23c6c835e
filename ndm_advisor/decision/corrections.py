"""What to do with each order, so that what is left when all is done treats and harms nobody."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from ndm_advisor.decision.alerts import Raised
from ndm_advisor.decision.alerts.situation import bacteriuria_exception
from ndm_advisor.decision.orders import (
    COVER,
    PARTNERS,
    TWICE,
    Ordered,
    completes_pair,
    expected_orders,
    first_order,
    load_text,
    running_order,
    strategy_of,
    whole_order,
)
from ndm_advisor.decision.rank import A, P
from ndm_advisor.model import words
from ndm_advisor.model.answer import Change, Do

ALLERGY: Final = "severe-allergy"
COMPANION: Final = "metronidazole"
GOING: Final[frozenset[Do]] = frozenset({"replace", "call", "stop"})  # the order does not run on
_BESIDE: Final[frozenset[Do]] = frozenset({"adjust", "add"})  # both can be done to one order
_OTHER_COVER: Final = (
    f"{COMPANION} is excluded; infectious diseases names another anaerobic drug now"
)
_RESISTANT: Final = "resistant-drug-ordered"
_TIERS: Final = {"stop": 0, "caution": 1, "note": 2}
_FIRST: Final = {ALLERGY: 0, TWICE: 1}  # of one tier
_STOP: Final = {
    "treating-colonisation": "no antibacterial is advised for colonisation",
    "bacteriuria-exception": "the drug for bacteriuria is chosen with infectious diseases first",
    TWICE: "given twice; stop before the next dose",
}

_Changes = dict[int, dict[Do, Change]]  # by order, then by what is done


def at_colonisation(o: Ordered) -> tuple[Change, ...]:
    """Every antibacterial stops."""
    exception = bacteriuria_exception(o.situation)
    ident = "bacteriuria-exception" if exception else "treating-colonisation"
    return tuple(_stop(p.drug, ident, p.number) for p in o.placed)


def corrections(o: Ordered, raised: tuple[Raised, ...], *, whole: bool) -> tuple[Change, ...]:
    """One change an order, by the gravest alert; what is added beside a mended dose follows.

    What is given twice stops at once, whatever else replaces it: the other order still runs.
    Without `whole` nothing is given in place of a set that could not be assessed.
    """
    made: _Changes = {}
    for alert in sorted(raised, key=lambda r: (_TIERS[r.tier], _FIRST.get(r.id, 2))):
        change = _change(alert, o)
        if change is not None:
            held = made.setdefault(change.order, {})
            if not held or _stand_together([*held.values(), change]):
                held.setdefault(change.do, change)
    _end_other_partner(made, o)
    _complete_lone_partner(made, o)
    if whole:
        _give_what_is_offered(made, o)
    return _in_order(change for held in made.values() for change in held.values())


def instead(o: Ordered) -> tuple[Change, ...]:
    """Nothing in the set can be corrected: a call, or the first regimen beside strange drugs."""
    main = [p for p in o.placed if p.drug != COMPANION] or o.placed
    number = main[0].number if main else 1
    if not o.situation.offered:
        text = "no regimen is offered: call infectious diseases now"
        return (Change(number, "call", None, text),)
    return (Change(number, "replace", o.situation.offered_ids[0], _whole(o)),)


def ends(change: Change) -> bool:
    """Whether an order does not run on as it is; a call about a companion leaves it."""
    return change.do in GOING and not _is_cover(change)


def _is_cover(change: Change) -> bool:
    return change.because == _OTHER_COVER


def _stand_together(changes: list[Change]) -> bool:
    """A mended dose, and beside it what is added or asked for."""
    kinds = [change.do for change in changes]
    return len(set(kinds)) == len(kinds) and all(
        change.do in _BESIDE or _is_cover(change) for change in changes
    )


def _in_order(changes: Iterator[Change]) -> tuple[Change, ...]:
    return tuple(sorted(changes, key=lambda change: (change.order, change.do == "add")))


def _change(alert: Raised, o: Ordered) -> Change | None:
    if not alert.order or alert.tier == "note":
        return None
    if (alert.id, alert.tier) == ("pair-untested-e-coli", "stop"):
        return _unproven(alert, o)
    made = _BY_ALERT.get(alert.id)
    if made is not None:
        return made(alert, o)
    return _replaced(alert, o) if alert.tier == "stop" else None


def _replaced(alert: Raised, o: Ordered) -> Change:
    return _replace(alert.drug, alert.order, o, is_allergic=alert.id == ALLERGY)


def _mended(alert: Raised, o: Ordered) -> Change:
    strategy = strategy_of(alert.drug, o) or alert.drug
    text = running_order(alert.drug, strategy, o)
    if alert.variant.startswith("load"):
        text = load_text(expected_orders(strategy, o)[alert.drug])
    if alert.variant == "aki-full-dose":  # a person chooses between the two (policy section 5)
        text = f"{text}, or the full dose that is ordered where a named prescriber confirms it"
    if (alert.id, alert.variant) == ("pair-not-together", "starts"):
        other = next(d for d in PARTNERS if d != alert.drug)
        text = f"{text}, started together with {words.drug_name(other)}"
    return Change(alert.order, "adjust", alert.drug, text)


def _dosed(alert: Raised, o: Ordered) -> Change:
    if P not in o.situation.offered_ids:
        return _replaced(alert, o)
    return Change(alert.order, "adjust", alert.drug, first_order(alert.drug, P, o))


def _covered(alert: Raised, o: Ordered) -> Change:
    if o.situation.fates[COMPANION].excluded:
        return Change(alert.order, "call", None, _OTHER_COVER)
    return Change(alert.order, "add", COMPANION, whole_order(COMPANION, COMPANION, o))


def _once(alert: Raised, _: Ordered) -> Change:
    return _stop(alert.drug, TWICE, alert.order)


def _unproven(alert: Raised, o: Ordered) -> Change:
    """No regimen is better than the one ordered: start, test, call (policy section 6)."""
    if not o.situation.offered:
        return _replaced(alert, o)
    name = words.drug_name(alert.drug)
    text = f"{name} is not stopped before the replacement hangs; call infectious diseases now"
    return Change(alert.order, "call", None, text)


def _alone(alert: Raised, o: Ordered) -> Change | None:
    """A lone partner is completed; another drug that does not act alone is replaced."""
    if alert.drug in PARTNERS and _gets_partner(o):
        return _partner_of(alert.drug, alert.order, o)
    return _replaced(alert, o) if alert.tier == "stop" else None


_BY_ALERT: Final[dict[str, Callable[[Raised, Ordered], Change | None]]] = {
    "dose-outside-band": _mended,
    "pair-not-together": _mended,
    "partner-missing": _dosed,
    COVER: _covered,
    TWICE: _once,
    "aztreonam-alone": _alone,
    "inhibitor-combination-alone": _alone,
    _RESISTANT: _alone,
}


def _stop(drug: str, ident: str, order: int) -> Change:
    return Change(order, "stop", None, f"{words.drug_name(drug)}: {_STOP[ident]}")


def _partner_of(drug: str, order: int, o: Ordered) -> Change:
    missing = next(d for d in PARTNERS if d != drug)
    return Change(order, "add", missing, whole_order(missing, P, o))


def _replace(drug: str, order: int, o: Ordered, *, is_allergic: bool = False) -> Change:
    """Replace by the first offered regimen, in full; call where none is offered.

    What runs is not stopped before its replacement hangs, except a drug the patient is
    severely allergic to. Nothing stops for a regimen that it is part of.
    """
    name = words.drug_name(drug)
    running = f"{name} is not stopped before the replacement hangs"
    if is_allergic:
        running = f"give no further dose of {name}"
    strategies = o.situation.knowledge.strategies
    offered = o.situation.offered_ids
    if not offered:
        return Change(order, "call", None, f"no regimen is offered: {running}; call now")
    run_on = [*o.strategies, *([P] if _gets_partner(o) else [])]
    without = [i for i in offered if i in run_on and drug not in strategies[i].drugs]
    without.sort(key=lambda i: i not in o.lasting)  # a load gets its maintenance only where none is
    if without:
        beside = f"{words.regimen_name(without[0], 'with')} stands without it"
        return Change(order, "stop", None, f"{name}: {beside}")
    first = offered[0]
    is_offered = any(i in o.strategies for i in offered)  # with this drug in it
    if is_offered or drug in strategies[first].drugs:
        return Change(order, "call", None, f"{running}; call infectious diseases now")
    return Change(order, "replace", first, f"{_whole(o)}; {running}")


# -- the set as a whole --------------------------------------------------------------------------


def _gets_partner(o: Ordered) -> bool:
    """Whether one partner of the pair is ordered alone and will be completed."""
    return len(set(PARTNERS) & o.drugs) == 1 and completes_pair(o)


def _is_over(drug: str, made: _Changes, o: Ordered) -> bool:
    """Whether no order of a drug runs on, by a change that is sure."""
    numbers = [p.number for p in o.placed if p.drug == drug]
    return all({"replace", "stop"} & made.get(n, {}).keys() for n in numbers)


def _end_other_partner(made: _Changes, o: Ordered) -> None:
    """Where one partner ends, the other does not run on alone."""
    if not set(PARTNERS) <= o.drugs:
        return
    staying = [d for d in PARTNERS if not _is_over(d, made, o)]
    if len(staying) == 1:
        _end(staying, made, o)


def _end(drugs: Sequence[str], made: _Changes, o: Ordered) -> None:
    for placed in o.placed:
        held = made.get(placed.number, {})
        if placed.drug in drugs and not any(map(ends, held.values())):
            change = _replace(placed.drug, placed.number, o)
            made[placed.number] = {change.do: change}


def _complete_lone_partner(made: _Changes, o: Ordered) -> None:
    """A partner left alone when aztreonam-avibactam ends gets the other."""
    if not (_gets_partner(o) and A in o.drugs and _is_over(A, made, o)):
        return
    (lone,) = set(PARTNERS) & o.drugs
    number = o.of(lone).number
    made.setdefault(number, {}).setdefault("add", _partner_of(lone, number, o))


def _give_what_is_offered(made: _Changes, o: Ordered) -> None:
    """What runs in the end is a regimen that is offered, and no second one of the same drugs."""
    if any(ends(c) and c.do == "call" for held in made.values() for c in held.values()):
        return
    offered = o.situation.offered_ids
    drugs_of = {i: set(o.situation.knowledge.strategies[i].drugs) for i in offered}
    running = _running(made, o)
    given = next((i for i in offered if drugs_of[i] <= running), None)
    if given is None:
        given = _go_on_after_loads(made, o)
    if given in {A, P}:
        _end([d for d in (A, *PARTNERS) if d not in drugs_of[given]], made, o)
    elif given is None and offered:
        _end([d for d in o.drugs if d != COMPANION], made, o)
        if o.drugs == {COMPANION}:
            number = o.placed[0].number
            made.setdefault(number, {})["add"] = Change(number, "add", offered[0], _whole(o))


def _go_on_after_loads(made: _Changes, o: Ordered) -> str | None:
    """Where only loads of an offered regimen are left, each gets its maintenance; which one."""
    strategies = o.situation.knowledge.strategies
    left = _running(made, o, loads=True)
    begun = (i for i in o.situation.offered_ids if left.issuperset(strategies[i].drugs))
    given = next(begun, None)
    for drug in strategies[given].drugs if given else ():
        if drug not in _running(made, o):
            number = o.of(drug).number
            held = made.setdefault(number, {})
            text = f"after the load {running_order(drug, given or drug, o)}"
            if "add" in held:  # its partner, which it gets too
                text = f"{words.drug_name(drug)} {text}; {held['add'].because}"
            held["add"] = Change(number, "add", held["add"].to if "add" in held else drug, text)
    return given


def _whole(o: Ordered) -> str:
    """The first regimen that is offered, in full."""
    first = o.situation.offered[0].ranked.strategy
    drugs = o.situation.knowledge.strategies[first].drugs
    return "; ".join(dict.fromkeys(whole_order(d, first, o) for d in drugs))  # one reason once


def _running(made: _Changes, o: Ordered, *, loads: bool = False) -> set[str]:
    """The drugs that run when every change is carried out; with `loads` also what ends with one."""
    changes = [change for held in made.values() for change in held.values()]
    over = {change.order for change in changes if ends(change)}
    strategies = o.situation.knowledge.strategies
    given = [c.to for c in changes if c.do in {"replace", "add"} and c.to]
    new = (d for to in given for d in (strategies[to].drugs if to in strategies else (to,)))
    staying = (p for p in o.placed if p.number not in over and (loads or not p.is_loading))
    return {p.drug for p in staying} | set(new)
