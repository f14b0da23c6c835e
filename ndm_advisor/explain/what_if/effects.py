"""Two outlines to what differs between them, and that in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from ndm_advisor.model.answer import Flip, Outcome, Outline
from ndm_advisor.model.words import drug_name, join_names, regimen_name

_OUTCOMES: Final[dict[Outcome, str]] = {
    "out_of_scope": "outside what this tool covers",
    "not_treatment": "no antibiotic is advised",
    "abstention": "no regimen is offered",
    "regimens": "regimens are offered",
}
_RANKS: Final = {
    "preferred": "prefer",
    "alternative": "nothing preferred, as alternative",
    "last_resort": "as last resort",
}


class Effect(NamedTuple):
    """What a changed case gets instead; `said` is what of it is shown."""

    flips: tuple[Flip, ...]
    outcome: Outcome
    preferred: tuple[str, ...]
    first: tuple[str, tuple[str, ...]]  # the best rank there is, and its regimens
    stops_added: tuple[str, ...]
    stops_removed: tuple[str, ...]
    doses_of: tuple[str, ...]  # drugs dosed otherwise, or dosed where none was, in regimens of both
    beside: tuple[str, ...]  # companions of regimens of both that are given and were not
    not_beside: tuple[str, ...]
    offered: tuple[str, ...]  # what is offered that was not
    withdrawn: tuple[str, ...]
    proven: tuple[str, ...]  # offered in both, no longer provisional
    doubted: tuple[str, ...]  # offered in both, now provisional
    pending: tuple[bool, bool]


def effect(old: Outline, new: Outline) -> Effect | None:
    """What differs; None when the advice is the same."""
    before, after = preferred(old), preferred(new)
    doses_of, beside, not_beside = _doses_of(old, new), _beside(old, new), _beside(new, old)
    added = tuple(s for s in new.stops if s not in old.stops)
    removed = tuple(s for s in old.stops if s not in new.stops)
    flips: list[Flip] = []
    if old.outcome != new.outcome:
        flips.append("outcome")
    if before != after:
        flips.append("preferred")
    if added or removed:
        flips.append("stop")
    redosed = doses_of or beside or not_beside
    if redosed or (old.dose_pending != new.dose_pending and before == after):
        flips.append("dose")
    if old.ranked != new.ranked and before == after:
        flips.append("regimens")
    if not flips:
        return None
    held, offered = _provisional(old), _provisional(new)
    turned = {i: now for i, now in offered.items() if held.get(i, now) != now}
    return Effect(
        flips=tuple(flips),
        outcome=new.outcome,
        preferred=after,
        first=_first(new),
        stops_added=added,
        stops_removed=removed,
        doses_of=doses_of,
        beside=beside,
        not_beside=not_beside,
        offered=tuple(i for i in offered if i not in held),
        withdrawn=tuple(i for i in held if i not in offered),
        proven=tuple(i for i, now in turned.items() if not now),
        doubted=tuple(i for i, now in turned.items() if now),
        pending=(old.dose_pending, new.dose_pending),
    )


def preferred(outline: Outline) -> tuple[str, ...]:
    """The preferred regimens, in order."""
    return tuple(ident for ident, rank, _ in outline.ranked if rank == "preferred")


def said(effect_: Effect) -> tuple[object, ...]:
    """What an entry shows of an effect: two that show the same are one to a reader."""
    stops = (effect_.stops_added, effect_.stops_removed)
    return (effect_.flips, effect_.outcome, effect_.preferred, *stops, words_of(effect_))


def words_of(effect_: Effect) -> str:
    """What the change does, in one phrase: `prefer cefiderocol; STOP renal-limit`."""
    parts = [_choice(effect_)]
    if effect_.stops_added:
        parts.append(f"adds STOP {join_names(effect_.stops_added)}")
    if effect_.stops_removed:
        parts.append(f"ends STOP {join_names(effect_.stops_removed)}")
    if "dose" in effect_.flips:
        parts += _doses(effect_)
    return "; ".join(part for part in parts if part)


def _choice(effect_: Effect) -> str:
    if effect_.outcome != "regimens":
        return _OUTCOMES[effect_.outcome] if "outcome" in effect_.flips else ""
    if "outcome" in effect_.flips or "preferred" in effect_.flips:
        rank, regimens = effect_.first
        return f"{_RANKS[rank]} {_named(regimens, 'or')}"
    if "regimens" not in effect_.flips:
        return ""
    parts = [
        f"also {_named(effect_.offered)}" if effect_.offered else "",
        f"no longer {_named(effect_.withdrawn)}" if effect_.withdrawn else "",
        f"{_named(effect_.proven)} no longer provisional" if effect_.proven else "",
        f"{_named(effect_.doubted)} provisional" if effect_.doubted else "",
    ]
    return ", ".join(part for part in parts if part) or "another order of the regimens"


def _doses(effect_: Effect) -> Iterator[str]:
    was, is_now = effect_.pending
    if was and not is_now:
        yield "the doses are known"
    elif is_now and not was:
        yield "a dose is withheld"
    elif effect_.doses_of:
        yield f"another dose of {join_names(map(drug_name, effect_.doses_of))}"
    if effect_.beside:
        yield f"adds {join_names(map(drug_name, effect_.beside))}"
    if effect_.not_beside:
        yield f"without {join_names(map(drug_name, effect_.not_beside))}"


def _first(outline: Outline) -> tuple[str, tuple[str, ...]]:
    if not outline.ranked:
        return "", ()
    best = outline.ranked[0][1]
    return best, tuple(ident for ident, rank, _ in outline.ranked if rank == best)


def _named(regimens: tuple[str, ...], last: str = "and") -> str:
    return join_names((regimen_name(ident, "with") for ident in regimens), last)


def _provisional(outline: Outline) -> dict[str, bool]:
    return {ident: provisional for ident, _, provisional in outline.ranked}


def _doses_of(old: Outline, new: Outline) -> tuple[str, ...]:
    """Drugs of regimens offered in both whose orders differ in any number."""
    held = {(regimen, drug): key for regimen, drug, key in old.doses}
    differing = (drug for regimen, drug, key in new.doses if held.get((regimen, drug), key) != key)
    return tuple(dict.fromkeys(differing))


def _beside(old: Outline, new: Outline) -> tuple[str, ...]:
    """Drugs that a regimen offered in both is given with in the new outline only."""
    held = {(regimen, drug) for regimen, drug, _ in old.doses}
    regimens = {ident for ident, _, _ in old.ranked}
    added = (d for r, d, _ in new.doses if r in regimens and (r, d) not in held)
    return tuple(dict.fromkeys(added))
