"""Conditions ask facts that exist, with a comparison and a value that fit the fact's type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, get_args, get_type_hints

from ndm_advisor.knowledge.checks.walk import Trees, ids, records, said
from ndm_advisor.knowledge.compile import condition
from ndm_advisor.knowledge.files import Tree
from ndm_advisor.knowledge.records import named_drugs
from ndm_advisor.model import case
from ndm_advisor.model.facts import DrugFacts, Facts
from ndm_advisor.model.knowledge import Condition

DRUG: Final = "drug."
STRATEGY: Final = "strategy:"
_ORDERED: Final = frozenset({"below", "at_most", "above", "at_least"})
_ONE_OF: Final = frozenset({"is", "is_one_of", "is_none_of"})
_LIST: Final = "contains_any"

# Facts that are one of a few words; a value outside them would never hold.
_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "aztreonam_support": ("susceptible", "untested", "resistant"),
    "cefiderocol_support": ("susceptible", "not-susceptible", "untested"),
    "carbapenem": ("none-tested", "all-s", "some-not-s"),
    "mbl_status": ("confirmed", "suspected", "discordant", "ruled-out", "unknown"),
    "severity": ("severe", "non-severe", "unknown"),
    "organism_group": ("e-coli", "other-enterobacterales", "out-of-scope"),
    "site": get_args(case.Site),
    "source": get_args(case.BloodstreamSource),
    "device": get_args(case.Device),
    "renal_replacement": get_args(case.RenalReplacement),
    "region": get_args(case.Region),
    "pbp3_insertion": get_args(case.Pbp3Insertion),
    "child_pugh": ("A", "B", "C"),
    "drug.used": ("S", "I", "SDD", "R", "NS", "untested"),
    "drug.severe_allergy": ("no", "avoid", "caution", "none", "clear"),
    "drug.any_allergy": ("label", "caution", "none", "clear"),
}


def problems(trees: Trees) -> Iterator[str]:
    """Conditions of hazards that could never be asked, or never hold."""
    members = {
        "medicine_classes": _medicine_classes(trees),
        "conditions": ids(trees, "conditions.toml", "condition"),
    }
    for path, hazard in records(trees, "hazards/", "hazard"):
        for asked in map(condition, hazard["when"]):
            for what in [*_misfit(asked, members), *_misdirected(asked, hazard)]:
                yield said(path, hazard["id"], what)


def _medicine_classes(trees: Trees) -> frozenset[str]:
    """Every class that a medicine is in."""
    found = (m for _, m in records(trees, "medicines.toml", "medicine"))
    both = ("classes", "tool_policy_classes")
    return frozenset(name for held in found for key in both for name in held.get(key, ()))


def _misfit(asked: Condition, members: Mapping[str, frozenset[str]]) -> Iterator[str]:
    kinds = fact_types(asked.fact)
    if not kinds:
        yield f"there is no fact {asked.fact}"
    elif asked.op in _ORDERED:
        if not kinds & {float, int} or bool in kinds:
            yield f"{asked.fact} is no number: `{asked.op}` does not fit"
    elif asked.op == _LIST:
        yield from _members(asked, kinds, members)
    elif asked.op in _ONE_OF:
        yield from _words(asked, kinds)


def _members(
    asked: Condition, kinds: frozenset[type], members: Mapping[str, frozenset[str]]
) -> Iterator[str]:
    if not kinds & {frozenset, tuple}:
        yield f"{asked.fact} is no list: `contains_any` does not fit"
        return
    known = members.get(asked.fact)
    for value in asked.value:  # type: ignore[attr-defined]  # a tuple by the shape
        if known is not None and value not in known:
            yield f"{asked.fact} never holds `{value}`"


def _words(asked: Condition, kinds: frozenset[type]) -> Iterator[str]:
    values = asked.value if isinstance(asked.value, tuple) else (asked.value,)
    known = _WORDS.get(asked.fact)
    for value in values:
        if type(value) not in kinds:
            yield f"{asked.fact} is never `{value}`: it holds another type"
        elif known is not None and value not in known:
            yield f"{asked.fact} is never `{value}`"


def _misdirected(asked: Condition, hazard: Tree) -> Iterator[str]:
    """A fact of one drug cannot be asked of a strategy of several."""
    if not asked.fact.startswith(DRUG):
        return
    for subject in hazard["subject"]:
        if subject.startswith(STRATEGY) and len(named_drugs(subject)) > 1:
            yield f"{asked.fact} is asked of {subject}, which has several drugs"


def fact_types(name: str) -> frozenset[type]:
    """The plain types a fact may have, without None; empty when there is no such fact."""
    holder, field = (DrugFacts, name[len(DRUG) :]) if name.startswith(DRUG) else (Facts, name)
    hint = get_type_hints(holder).get(field)
    if hint is None:
        return frozenset()
    parts = get_args(hint) if type(None) in get_args(hint) else (hint,)
    return frozenset(getattr(part, "__origin__", part) for part in parts) - {type(None)}
