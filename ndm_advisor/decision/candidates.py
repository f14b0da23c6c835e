"""What a specialist may choose from when the tool offers nothing, or not enough yet.

Policy sections 1 (every abstention), 4.2 rows 7 and 8, 4.3, 4.5, 4.6 and 4.8. Never a regimen,
never with a dose; `say` is the key of the words that stand beside it.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from ndm_advisor.decision.rank import A, F, P, Selection, qualifying
from ndm_advisor.decision.scope import Scope
from ndm_advisor.decision.usable import Asked, Fate
from ndm_advisor.model.facts import Facts

_SALVAGE: Final = (
    ("fosfomycin-iv+tigecycline", "fosfomycin-tigecycline"),
    ("fosfomycin-iv+polymyxin-b", "fosfomycin-polymyxin"),
)
_SECOND_AGENTS: Final = (
    "amikacin",
    "gentamicin",
    "plazomicin",
    "fosfomycin-iv",
    "tigecycline",
    "colistin",
    "polymyxin-b",
)
TETRACYCLINES: Final = frozenset({"tigecycline", "eravacycline"})
_DEEP_SITES: Final = frozenset({"bloodstream", "endovascular", "pneumonia", "bone-joint"})
_OF_THE_PATIENT: Final = frozenset(
    {"severe-allergy", "pregnancy", "hepatic", "renal-limit", "contraindicated-companion"}
)
RESISTANT: Final = "resistant-drug-ordered"


class Candidate(NamedTuple):
    """One candidate: a strategy or drug id, and the key of what is said of it."""

    id: str
    say: str


def candidates(
    facts: Facts, fates: dict[str, Fate], scope: Scope | None, selection: Selection | None
) -> tuple[Candidate, ...]:
    """Everything a specialist may choose from, once each, in the order shown."""
    outcome = scope.outcome if scope else selection.outcome if selection else "abstention"
    reason = scope.reason if scope else selection.reason if selection else ""
    if outcome in {"out_of_scope", "not_treatment"} or reason == "mbl-unknown-no-carbapenem":
        return ()
    found: dict[str, Candidate] = {}
    for candidate in (
        *_active(outcome, reason, facts, fates),
        *_salvage(reason, facts, fates),
        *_second_agents(selection, facts, fates),
        *_older(scope, reason, facts, fates),
        *_cystitis(scope, facts),
    ):
        found.setdefault(candidate.id, candidate)
    return tuple(found.values())


def _active(outcome: str, reason: str, facts: Facts, fates: dict[str, Fate]) -> Iterator[Candidate]:
    """A, P and F with what stands in their way."""
    if outcome != "abstention":
        return
    for strategy in (A, P, F):
        support = facts.cefiderocol_support if strategy == F else facts.aztreonam_support
        active = support == "susceptible" and fates[strategy].is_usable
        if reason == "row-7" and strategy == F:
            yield Candidate(strategy, "cefiderocol-before-result")
        elif reason == "cystitis-none" and active:
            yield Candidate(strategy, "cystitis-reserve")
        elif reason == "pregnancy-not-severe":
            yield Candidate(strategy, "pregnancy")
        else:
            yield Candidate(strategy, "because")


def _salvage(reason: str, facts: Facts, fates: dict[str, Fate]) -> Iterator[Candidate]:
    """Row 8: sets without a component that is R, resistant by nature or excluded."""
    if reason != "row-8":
        return
    for strategy, say in _SALVAGE:
        if not any(_rules_out(a) for a in fates[strategy].excluded):
            yield Candidate(strategy, say)
    urinary = facts.site == "complicated-uti" or facts.source == "complicated-uti"
    if facts.region == "US" and urinary:  # licensed there, for complicated urinary infection only
        yield Candidate("cefepime-zidebactam", "cefepime-zidebactam")


def _rules_out(asked: Asked) -> bool:
    """R, resistant by nature, or excluded by the patient; site, stock and results do not."""
    return asked.hazard.alert == RESISTANT or asked.hazard.alert in _OF_THE_PATIENT


def _older(
    scope: Scope | None, reason: str, facts: Facts, fates: dict[str, Fate]
) -> Iterator[Candidate]:
    """Older agents tested S where they are no regimen (policy 4.3), or in pregnancy (4.8)."""
    if reason == "pregnancy-not-severe":
        for ident in qualifying(facts, fates):
            yield Candidate(ident, "pregnancy")
    elif scope is None and facts.site in _DEEP_SITES:
        for fate in fates.values():
            strategy = fate.strategy
            here = strategy.kind == "older" and facts.region in strategy.regions
            never = any(_is_never(a, strategy.id) for a in fate.excluded)
            if here and facts.of_drug[strategy.id].active and not never:
                yield Candidate(strategy.id, _deep_site_words(strategy.id, facts))


def _is_never(asked: Asked, drug: str) -> bool:
    """Inactive whatever its category, or a tetracycline in pregnancy (policy 3 and 4.8)."""
    pregnant = drug in TETRACYCLINES and asked.hazard.alert == "pregnancy"
    return asked.hazard.alert == RESISTANT or pregnant


def _deep_site_words(strategy: str, facts: Facts) -> str:
    """Tetracyclines in pneumonia show the guideline conflict (guidelines dossier 1.2)."""
    if strategy in TETRACYCLINES and facts.site == "pneumonia":
        return "pneumonia-tetracycline-conflict"
    if strategy in TETRACYCLINES and facts.site == "bone-joint":
        return "bone-tetracycline"
    return "older-agent-information"


def _second_agents(
    selection: Selection | None, facts: Facts, fates: dict[str, Fate]
) -> Iterator[Candidate]:
    """Policy 4.6: severe, and row 4b or an unconfirmed MBL; agents reported S, without a dose."""
    if selection is None or selection.outcome != "regimens" or not facts.severe:
        return
    alone = any("untested-alone" in r.says for r in selection.ranked)
    if not facts.invasive or (facts.mbl_confirmed and not alone):
        return
    offered = {r.strategy for r in selection.ranked}
    for drug in _SECOND_AGENTS:
        result = facts.susceptibilities.get(drug)
        excluded = _excluded_wherever(fates[drug], facts.region)
        if result is not None and result.used == "S" and drug not in offered and not excluded:
            yield Candidate(drug, "second-tetracycline" if drug in TETRACYCLINES else "second")


def _excluded_wherever(fate: Fate, region: str) -> bool:
    """Whether region, patient, species or stock rule a second agent out; its site does not."""
    if region not in fate.strategy.regions:
        return True
    return any(_rules_out(a) or a.hazard.id == "not-in-stock" for a in fate.excluded)


def _cystitis(scope: Scope | None, facts: Facts) -> Iterator[Candidate]:
    """Colistin in cystitis is information while no standard calls it S (policy 4.5)."""
    result = facts.susceptibilities.get("colistin")
    if facts.site != "cystitis" or scope is not None or result is None:
        return
    if result.used not in {"R", "NS"}:
        yield Candidate("colistin", "colistin-cystitis")
