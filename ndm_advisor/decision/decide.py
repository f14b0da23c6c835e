"""The stages in order, nothing else: facts, scope, fates, positions, doses, alerts, outline."""

from datetime import date
from typing import Final, NamedTuple

from ndm_advisor.decision.alerts import Offered, Raised, Situation, alerts, one_per_id
from ndm_advisor.decision.assess import assess
from ndm_advisor.decision.candidates import Candidate, candidates
from ndm_advisor.decision.dose import dose_strategy
from ndm_advisor.decision.orders import Ordered, order_alerts, place
from ndm_advisor.decision.outline import outline
from ndm_advisor.decision.rank import A, F, P, Ranked, Selection, rank
from ndm_advisor.decision.scope import Scope, scope
from ndm_advisor.decision.usable import Fate, usable
from ndm_advisor.decision.verdict import Judgement, judge
from ndm_advisor.model.answer import DrugOrder, Outcome, Outline
from ndm_advisor.model.case import Case
from ndm_advisor.model.facts import Facts
from ndm_advisor.model.knowledge import Knowledge, Profile
from ndm_advisor.steps import Steps, finish

COMPANION: Final = "metronidazole"
DEFAULT_GUIDELINE: Final = "simit-2022"  # policy section 2


class Settled(NamedTuple):
    """The settings of one answer, and where each came from: option, case, environment, file."""

    guideline: str
    region: str
    guideline_from: str
    region_from: str


class Decision(NamedTuple):
    """Everything decided about a case, no words yet."""

    case: Case
    settled: Settled
    facts: Facts
    scope: Scope | None
    fates: dict[str, Fate]
    positions: dict[str, Selection]
    offered: tuple[Offered, ...]
    candidates: tuple[Candidate, ...]
    ordered: Ordered
    judgement: Judgement
    raised: tuple[Raised, ...]
    outline: Outline

    @property
    def selection(self) -> Selection | None:
        """The chosen profile's selection; None when the scope ended the case."""
        return self.positions.get(self.settled.guideline)

    @property
    def outcome(self) -> Outcome:
        """The one outcome of policy section 1."""
        return self.outline.outcome


def settle(case: Case, knowledge: Knowledge) -> Settled:
    """Profile and region of a case: its own, else SIMIT 2022 and the profile's region."""
    guideline = case.hospital.guideline or DEFAULT_GUIDELINE
    region = case.hospital.region or knowledge.profiles[guideline].default_region
    return Settled(
        guideline,
        region,
        "case" if case.hospital.guideline else "default",
        "case" if case.hospital.region else "profile",
    )


def decide(
    case: Case,
    knowledge: Knowledge,
    *,
    on: date,
    settled: Settled | None = None,
    positions_too: bool = True,
) -> Decision:
    """Decide a case. Pure: the same case, knowledge and date give the same decision.

    Without `positions_too` only the chosen profile is ranked: enough to compare outlines.
    """
    return finish(deciding(case, knowledge, on=on, settled=settled, positions_too=positions_too))


def deciding(
    case: Case,
    knowledge: Knowledge,
    *,
    on: date,
    settled: Settled | None = None,
    positions_too: bool = True,
) -> Steps[Decision]:
    """Decide a case in steps: a batch does a few side by side. See `decide`."""
    chosen = settled or settle(case, knowledge)
    facts = assess(case, knowledge, guideline=chosen.guideline, region=chosen.region, on=on)
    yield
    ended = scope(facts, knowledge.settings)
    fates = usable(facts, knowledge)
    yield
    positions: dict[str, Selection] = {}
    if ended is None:
        positions = {
            profile.id: rank(facts, fates, profile, knowledge)
            for profile in _profiles(knowledge, chosen.guideline, others=positions_too)
        }
    selection = positions.get(chosen.guideline)
    yield
    offered = _offered(selection, facts, fates, knowledge)
    situation = Situation(facts, knowledge, ended, selection, fates, offered)
    yield
    chosen_candidates = candidates(facts, fates, ended, selection)
    ordered = place(case.orders, situation)
    of_orders = tuple(order_alerts(ordered))
    named = frozenset(c.id for c in chosen_candidates)
    judgement = judge(ordered, of_orders, named)
    yield
    raised = one_per_id((*judgement.raised, *alerts(situation)))
    return Decision(
        case=case,
        settled=chosen,
        facts=facts,
        scope=ended,
        fates=fates,
        positions=positions,
        offered=offered,
        candidates=chosen_candidates,
        ordered=ordered,
        judgement=judgement,
        raised=raised,
        outline=outline(ended, selection, offered, raised),
    )


def _profiles(knowledge: Knowledge, chosen: str, *, others: bool) -> tuple[Profile, ...]:
    """The chosen profile first, then the others in the base's order."""
    beside = (p for p in knowledge.profiles.values() if p.id != chosen) if others else ()
    return (knowledge.profiles[chosen], *beside)


def _offered(
    selection: Selection | None, facts: Facts, fates: dict[str, Fate], knowledge: Knowledge
) -> tuple[Offered, ...]:
    if selection is None:
        return ()
    return tuple(_offer(ranked, facts, fates, knowledge) for ranked in selection.ranked)


def _offer(ranked: Ranked, facts: Facts, fates: dict[str, Fate], knowledge: Knowledge) -> Offered:
    fate = fates[ranked.strategy]
    orders = dose_strategy(fate.strategy, facts, knowledge)
    return Offered(ranked, fate, orders, _companions(ranked, facts, fates, knowledge))


def _companions(
    ranked: Ranked, facts: Facts, fates: dict[str, Fate], knowledge: Knowledge
) -> tuple[DrugOrder, ...]:
    """Metronidazole in intra-abdominal infection with A, P or F (policy 9.1)."""
    if facts.site != "intra-abdominal" or ranked.strategy not in {A, P, F}:
        return ()
    if facts.region == "EU" and facts.anaerobes is False:
        return ()
    if fates[COMPANION].excluded:
        return ()
    strategy = fates[COMPANION].strategy
    return dose_strategy(strategy, facts, knowledge)
