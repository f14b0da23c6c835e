"""The hazard records that chose the regimen, asked of each order."""

from collections.abc import Iterator
from typing import Final

from ndm_advisor.decision.alerts import Raised
from ndm_advisor.decision.conditions import ask
from ndm_advisor.decision.orders.placed import (
    PARTNERS,
    Ordered,
    Placed,
    is_main,
    raised_about,
)
from ndm_advisor.decision.rank import A, F, P
from ndm_advisor.model import words
from ndm_advisor.model.knowledge import Hazard
from ndm_advisor.model.mic import NO_RESULT
from ndm_advisor.model.names import fold

# Asked of every ordered drug, whether or not a strategy holds it.
_OF_ANY_DRUG: Final = ("drug-resistant", "resistant-by-nature", "severe-allergy")
# The alert speaks of orders in words of its own, not in those of the hazard record.
_OWN_WORDS: Final = "resistant-drug-ordered"
_VARIANT: Final = {
    "resistant-by-nature": "intrinsic",
    "methyltransferase": "methyltransferase",
    "pair-or-product-resistant": "strategy",
}
_NOT_S: Final = frozenset({"I", "SDD", "NS", "R"})
# Asks for a result that counts: silent about what is known to be inactive.
_UNTESTED: Final = "untested-older-agent"
# Judged over the set, not drug by drug.
_MAIN_DRUG_ONLY: Final = "tetracycline-blood-or-urine"


def of_hazards(o: Ordered) -> Iterator[Raised]:
    """The same hazard records that chose the regimen, asked of each order."""
    raised = list(_raised(o))
    inactive = {r.order for r in raised if r.id == _OWN_WORDS}
    for found in raised:
        if found.id != _UNTESTED or found.order not in inactive:
            yield found


def _raised(o: Ordered) -> Iterator[Raised]:
    asked = [(h, p) for p in o.placed for h in _hazards_of(p, o)]
    asked += [(h, p) for strategy in o.strategies for h, p in _hazards_of_strategy(strategy, o)]
    for hazard, placed in asked:
        speaks = hazard.applies_to != "candidate" and hazard.alert
        if not speaks or o.situation.facts.region not in hazard.regions:
            continue
        if hazard.id == _MAIN_DRUG_ONLY and not is_main(placed, o):
            continue
        if _holds(hazard, placed, o):
            yield _from_hazard(hazard, placed, o)


def _hazards_of_strategy(strategy: str, o: Ordered) -> Iterator[tuple[Hazard, Placed]]:
    """A strategy's records, asked of every order of its drugs: a load goes with the rest."""
    knowledge = o.situation.knowledge
    drugs = knowledge.strategies[strategy].drugs
    for hazard in knowledge.hazards_of.get(f"strategy:{strategy}", ()):
        for placed in sorted(o.placed, key=lambda p: p.is_loading):
            if placed.drug in drugs:
                yield hazard, placed


def _hazards_of(placed: Placed, o: Ordered) -> tuple[Hazard, ...]:
    """A drug's own records and those of any drug; in the pair, a partner's own rows are silent."""
    knowledge = o.situation.knowledge
    own = knowledge.hazards_of.get(placed.drug, ())
    general = [knowledge.hazards[i] for i in _OF_ANY_DRUG if knowledge.hazards[i] not in own]
    in_pair = placed.drug in PARTNERS and P in o.strategies
    if in_pair or placed.drug in {A, F}:
        general = [h for h in general if h.id == "severe-allergy"]
    return (*own, *general)


def _holds(hazard: Hazard, placed: Placed, o: Ordered) -> bool:
    facts = o.situation.facts
    drug = facts.of_drug.get(placed.drug)
    others = _classes_of_others(placed, o)
    if others and any(c.fact == "medicine_classes" for c in hazard.when):
        held = ask(hazard.when, facts._replace(medicine_classes=others), drug)[0]
        if held is True:
            return True
    return ask(hazard.when, facts, drug)[0] is True


def _classes_of_others(placed: Placed, o: Ordered) -> frozenset[str]:
    """Rule classes of the other ordered medicines: a second order is a medicine too."""
    classes = o.situation.knowledge.medicines.classes
    names = [p.drug for p in o.placed if p.drug != placed.drug] + [name for _, name in o.strangers]
    return frozenset(c for n in names for c in classes.get(fold(n), ()))


def _untested(hazard: Hazard, placed: Placed, o: Ordered) -> Raised:
    """What there is of a result, and why it is no S that counts."""
    result = o.situation.facts.susceptibilities.get(placed.drug)
    why = "" if result is None else result.why
    awaited = why in {"", *NO_RESULT}
    variant = "stop" if awaited else "not-counted"
    shown = {"category": why or "not tested", "criterion": why}
    raised = raised_about(o, placed, hazard.alert, hazard.tier, variant, **shown)
    return raised._replace(facts=tuple(c.fact for c in hazard.when))


def _from_hazard(hazard: Hazard, placed: Placed, o: Ordered) -> Raised:
    if hazard.alert == _UNTESTED:
        return _untested(hazard, placed, o)
    if hazard.alert == _OWN_WORDS:  # an order is replaced, an option only passed over
        result = o.situation.facts.susceptibilities.get(placed.drug)
        tested = result is not None and result.used in _NOT_S
        variant = _VARIANT.get(hazard.id, "stop")
        if variant == "strategy" and tested and placed.drug == A:
            variant = "stop"
        category = result.used if result is not None and tested else "R"
        raised = raised_about(o, placed, hazard.alert, hazard.tier, variant, category=category)
        return raised._replace(facts=tuple(c.fact for c in hazard.when))
    because = hazard.because
    if "{" in because:
        because = because.format(drug=words.drug_name(placed.drug), limit="")
    raised = raised_about(o, placed, hazard.alert, hazard.tier, "hazard")
    extra = {"because": because, "do": hazard.do, "hazard": hazard.id}
    facts = tuple(c.fact for c in hazard.when)
    instead = "order_allergy" if hazard.alert == "severe-allergy" else ""
    return raised._replace(values={**raised.values, **extra}, facts=facts, instead=instead)
