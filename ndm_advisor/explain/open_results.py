"""Which results are still to come: untested, and able to change what is offered."""

from __future__ import annotations

from typing import Final

from ndm_advisor.decision.decide import Decision
from ndm_advisor.decision.usable import Fate
from ndm_advisor.model.facts import Facts

ORAL_FOSFOMYCIN: Final = "fosfomycin-oral"
_OF_THE_RESULT: Final = frozenset({"older-agent-not-proven", "other-agent-not-proven"})
_NO_RESULT: Final = frozenset({None, "not tested", "pending"})
_SALVAGE: Final = (  # either polymyxin speaks for both
    ("fosfomycin by agar dilution", ("fosfomycin-iv",)),
    ("tigecycline MIC", ("tigecycline",)),
    ("polymyxin by broth microdilution", ("colistin", "polymyxin-b")),
)


def older_agents(decision: Decision) -> tuple[Fate, ...]:
    """The older agents of the site that the region has."""
    facts = decision.facts
    return tuple(
        fate
        for fate in decision.fates.values()
        if fate.strategy.kind in {"older", "cystitis-only"}
        and facts.site in fate.strategy.sites
        and facts.region in fate.strategy.regions
    )


def open_agents(decision: Decision) -> tuple[str, ...]:
    """Older agents of the site without a result, which nothing but the result keeps out."""
    return tuple(
        fate.strategy.id
        for fate in older_agents(decision)
        if decision.facts.of_drug[fate.strategy.id].used == "untested"
        and fate.no_dose is None
        and all(asked.hazard.id in _OF_THE_RESULT for asked in fate.excluded)
    )


def open_salvage(facts: Facts) -> tuple[str, ...]:
    """The salvage tests of policy 4.2 row 8 that the laboratory has not reported."""
    return tuple(test for test, drugs in _SALVAGE if not any(_known(d, facts) for d in drugs))


def _known(drug: str, facts: Facts) -> bool:
    """A result stands, whatever it counts for, or the species makes one needless."""
    if facts.of_drug[drug].intrinsic:
        return True
    found = facts.susceptibilities.get(drug)
    measured = found is not None and (found.mic is not None or found.zone_mm is not None)
    return measured or (found is not None and found.reported not in _NO_RESULT)
