"""What alerts look at and what they yield; values of their words shared by every room."""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from ndm_advisor.decision.dose import use_of
from ndm_advisor.decision.rank import Ranked, Selection
from ndm_advisor.decision.scope import Scope
from ndm_advisor.decision.usable import Fate
from ndm_advisor.model import words
from ndm_advisor.model.answer import DrugOrder, Finding, Scalar, Tier
from ndm_advisor.model.facts import Facts, compared
from ndm_advisor.model.knowledge import Knowledge

_TIERS: Final = ("stop", "caution", "note")


class Raised(NamedTuple):
    """An alert that fires: which words, with which values, and what decided it."""

    id: str
    tier: Tier
    variant: str
    values: dict[str, str]
    facts: tuple[str, ...]
    standing: bool = False
    drug: str = ""
    order: int = 0  # the order it speaks of, counted from 1; 0 for the case
    instead: str = ""  # a phrase said instead of its own action, where the order goes anyway
    more: "tuple[Raised, ...]" = ()  # of this id and tier: other drugs, other records


class Offered(NamedTuple):
    """One offer with everything behind it."""

    ranked: Ranked
    fate: Fate
    orders: tuple[DrugOrder, ...]
    companions: tuple[DrugOrder, ...] = ()

    @property
    def drugs(self) -> tuple[str, ...]:
        """The regimen's own drugs, companions left out."""
        return self.fate.strategy.drugs


class Situation(NamedTuple):
    """What the alerts look at."""

    facts: Facts
    knowledge: Knowledge
    scope: Scope | None
    selection: Selection | None
    fates: dict[str, Fate]
    offered: tuple[Offered, ...]

    @property
    def offered_ids(self) -> tuple[str, ...]:
        """The strategies offered, in order."""
        return tuple(o.ranked.strategy for o in self.offered)

    @property
    def offered_drugs(self) -> tuple[str, ...]:
        """Every drug of every offer, once."""
        return tuple(dict.fromkeys(d for o in self.offered for d in o.drugs))

    @property
    def given_fates(self) -> tuple[Fate, ...]:
        """The fates of what is offered, companions included."""
        companions = {o.drug for offer in self.offered for o in offer.companions}
        return (*(o.fate for o in self.offered), *(self.fates[c] for c in sorted(companions)))

    @property
    def in_treatment(self) -> bool:
        """Whether the case got as far as choosing: regimens, or an abstention from choosing."""
        return self.scope is None or self.scope.outcome == "abstention"


def one_per_id(found: Iterable[Raised]) -> tuple[Raised, ...]:
    """One alert per id: the highest tier, the first found among equals.

    What is found under the same id and tier of another drug, or by another hazard record, is said
    with it: two drugs that must go are two, and so are two medicines that need a check.
    """
    best: dict[str, Raised] = {}
    for raised in found:
        held = best.get(raised.id)
        if held is None or _TIERS.index(raised.tier) < _TIERS.index(held.tier):
            best[raised.id] = raised
        elif raised.tier == held.tier:
            best[raised.id] = _with(held, raised)
    return tuple(best.values())


def _with(held: Raised, raised: Raised) -> Raised:
    """An alert with what is found of other drugs and by other records, each once."""
    said = [held, *held.more]
    for alert in (raised._replace(more=()), *raised.more):
        about = _about(alert)
        if any(about) and all(about != _about(other) for other in said):
            said.append(alert)
    return held._replace(more=tuple(said[1:])) if len(said) > 1 else held


def _about(alert: Raised) -> tuple[str, str]:
    """The drug it speaks of and the hazard record that found it; "" where it has none."""
    return alert.drug, alert.values.get("hazard", "")


def finding_of(raised: Raised, facts: Facts) -> Finding:
    """The finding behind an alert, with what was compared for all that it says."""
    asked: dict[str, Scalar] = {}
    for alert in (raised, *raised.more):
        asked.update(compared(facts, alert.facts, facts.of_drug.get(alert.drug)))
    return Finding("alerts", raised.id, "true", asked)


def dosed(s: Situation) -> Iterator[tuple[Offered, DrugOrder, str]]:
    """Every order of every offer with the use of its dosing table."""
    for offer in s.offered:
        for order in offer.orders:
            yield offer, order, use_of(offer.fate.strategy, order.drug, s.facts, s.knowledge)


def site_name(s: Situation) -> str:
    """The site as people say it, up to the first comma."""
    headline = s.knowledge.words["headline"]
    return str(headline[s.facts.site]["name"]).split(",")[0]


def test_name(name: str, s: Situation) -> str:
    """A laboratory request by name."""
    requests = s.knowledge.words["lab_requests"]
    return str(requests[name]["name"])


def bacteriuria_exception(s: Situation) -> str:
    """Which of the two cases in which asymptomatic bacteriuria is treated (policy 9.6); or ""."""
    if s.scope is None or s.scope.outcome != "not_treatment":
        return ""
    if s.facts.pregnant:
        return "pregnant"
    return "procedure" if s.facts.urology_procedure else ""


def insertion_name(s: Situation) -> str:
    """A PBP3 insertion by its sequence."""
    insertion = s.facts.pbp3_insertion or ""
    return "of another sequence" if insertion == "other" else insertion


def review_hours(s: Situation) -> dict[str, str]:
    """The two review times in hours, as values of the words."""
    first, second = s.knowledge.settings.review_hours
    return {
        "first": words.number(first),
        "second": words.number(second),
        "hours": words.number(first),
    }


def first_regimen(s: Situation) -> str:
    """The first offered regimen, or who names one."""
    if s.offered:
        return words.regimen_name(s.offered[0].ranked.strategy, "with")
    phrases = s.knowledge.words["phrases"]
    return str(phrases["none_offered"])
