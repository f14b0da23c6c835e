"""What differs between two bases or two guidelines, in words: records, then case by case."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

from ndm_advisor.decision.decide import Decision
from ndm_advisor.explain.what_if.effects import effect, words_of
from ndm_advisor.model.answer import DrugOrder, Outline
from ndm_advisor.model.difference import (
    Answer,
    BaseDifference,
    CaseDifference,
    KeyChange,
    RecordChange,
    Refused,
)
from ndm_advisor.model.words import drug_name, guideline_name, join_names, number, regimen_name
from ndm_advisor.render.phrases import order_words, outcome_words
from ndm_advisor.render.sheet import Sheet, part, write
from ndm_advisor.render.worklist import Row, place_of

_UNPROVEN: Final = " (provisional)"
_Key = tuple[str, str]  # regimen and drug

# -- records --------------------------------------------------------------------------------------


def records_text(found: BaseDifference, sheet: Sheet) -> str:
    """Counts, then what came and went by name, then each changed record with its keys."""
    by_turn = {
        turn: tuple(r for r in found.records if r.change == turn)
        for turn in ("added", "removed", "changed")
    }
    counts = ", ".join(f"{len(records)} {turn}" for turn, records in by_turn.items())
    title = f"RECORDS: {counts if found.records else 'no record differs'}"
    redated = f"{_count(found.redated, 'record')}" if found.redated else None
    pages = [
        write(
            title,
            (
                part("Added", *map(_named, by_turn["added"])),
                part("Removed", *map(_named, by_turn["removed"])),
                part("Review dates", redated and f"other review dates of {redated}"),
            ),
            sheet,
        )
    ]
    for record in by_turn["changed"]:
        lines = (_key_line(key, sheet) for key in record.keys)
        pages.append("\n" + write(_named(record), (part("Changed", *lines),), sheet))
    return "".join(pages)


def _named(record: RecordChange) -> str:
    return f"{record.file}: {f'{record.kind} ' if record.kind else ''}{record.id}"


def _key_line(key: KeyChange, sheet: Sheet) -> str:
    """One line; a long list says what came and what went."""
    if isinstance(key.old, list) and isinstance(key.new, list):
        return f"{key.key}: {_list_words(key.old, key.new, sheet)}"
    return f"{key.key}: {_turned(_value(key.old), _value(key.new), sheet)}"


def _turned(old: str, new: str, sheet: Sheet) -> str:
    return f"was {old}, now {new}" if sheet.linear else f"{old} → {new}"


def _list_words(old: list[object], new: list[object], sheet: Sheet) -> str:
    gone = [item for item in old if item not in new]
    come = [item for item in new if item not in old]
    if not gone and not come:
        return f"in another order: {_turned(_value(old), _value(new), sheet)}"
    said = [f"without {_items(gone)}" if gone else "", f"with {_items(come)}" if come else ""]
    return "; ".join(part_ for part_ in said if part_)


def _items(values: list[object]) -> str:
    return ", ".join(map(_value, values))


def _value(value: object) -> str:
    """A value as TOML would have it, near enough to be found there."""
    if value is None:
        return "not there"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else str(value)
    return json.dumps(value, ensure_ascii=False)


def _count(n: int, noun: str) -> str:
    return f"{number(n)} {noun}{'' if n == 1 else 's'}"


# -- a case ---------------------------------------------------------------------------------------


def case_text(found: CaseDifference, sheet: Sheet) -> str:
    """Where the case stands, what the new side does, and both sides' first regimens."""
    case = found.case
    place = place_of(Row("no_alert", case.id, case.path, case.line, "", ()))
    old, new = _labels(found)
    old_doses, new_doses = found.doses
    parts = (
        part("Refused" if found.change == "refused" else "Differs", found.says),
        part(old, *_side_lines(found.old, found.new), *old_doses),
        part(new, *_side_lines(found.new, found.old), *new_doses),
    )
    return "\n" + write(place, parts if found.change == "different" else parts[:1], sheet)


def _labels(found: CaseDifference) -> tuple[str, str]:
    """Old and new; the guidelines where they are what is compared."""
    guidelines = [s.guideline for s in (found.old, found.new) if isinstance(s, Answer)]
    if len(set(guidelines)) > 1:
        return guideline_name(guidelines[0]), guideline_name(guidelines[1])
    return "Old", "New"


def _side_lines(side: Answer | Refused, other: Answer | Refused) -> Iterator[str]:
    """The first regimens, and every further rank in which the sides differ."""
    if isinstance(side, Refused):
        errors = (p for p in side.problems if p["severity"] == "error")
        yield from (f"refused: {problem['code']}: {problem['message']}" for problem in errors)
        return
    here, there = _ranked(side), _ranked(other)
    if not here:
        yield f"{outcome_words(side.outcome)}{f' ({side.reason})' if side.reason else ''}"
    for number_, (rank, named) in enumerate(here.items()):
        if number_ == 0 or named != there.get(rank):
            yield f"{rank.replace('_', ' ')}: {'; '.join(named)}"


def _ranked(side: Answer | Refused) -> dict[str, tuple[str, ...]]:
    """The regimens of each rank that has any, best first."""
    if isinstance(side, Refused):
        return {}
    held = {
        "preferred": side.preferred,
        "alternative": side.alternative,
        "last_resort": side.last_resort,
    }
    return {
        rank: tuple(f"{regimen_name(i)}{_UNPROVEN if i in side.provisional else ''}" for i in ids)
        for rank, ids in held.items()
        if ids
    }


def totals_text(totals: dict[str, int]) -> str:
    """For example `4 different, 29 same, 1 refused (34 cases)`."""
    said = ", ".join(f"{number(totals[key])} {key}" for key in ("different", "same", "refused"))
    return f"{said} ({_count(totals['cases'], 'case')})"


# -- two outlines ---------------------------------------------------------------------------------


def says(old: Outline, new: Outline) -> str:
    """What the new side does, in one phrase; never empty for outlines that differ."""
    found = effect(old, new)
    said = [words_of(found) if found else "", *_companions(old, new)]
    if old.outcome == new.outcome and old.reason != new.reason:
        said.append("for another reason")
    return "; ".join(phrase for phrase in said if phrase) or "the same doses in another order"


def flips_of(old: Outline, new: Outline) -> tuple[str, ...]:
    """What kind of difference it is; `reason` and `dose` also where no other words stand."""
    found = effect(old, new)
    flips: list[str] = [*found.flips] if found else []
    if any(_companions(old, new)) and "dose" not in flips:
        flips.append("dose")
    if old.outcome == new.outcome and old.reason != new.reason:
        flips.append("reason")
    return tuple(flips) or ("dose",)


def _companions(old: Outline, new: Outline) -> Iterator[str]:
    """Drugs that a regimen of both sides has on one of them only."""
    both = {i for i, _, _ in old.ranked} & {i for i, _, _ in new.ranked}
    before = {(regimen, drug) for regimen, drug, _ in old.doses if regimen in both}
    after = {(regimen, drug) for regimen, drug, _ in new.doses if regimen in both}
    if come := sorted({drug_name(drug) for _, drug in after - before}):
        yield f"also {join_names(come)} with it"
    if gone := sorted({drug_name(drug) for _, drug in before - after}):
        yield f"no longer {join_names(gone)} with it"


def order_lines(decision: Decision) -> tuple[str, ...]:
    """Every drug's whole order, each once."""
    return tuple(dict.fromkeys(order_words(order) for order in _orders(decision).values()))


def changed_doses(old: Decision, new: Decision) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The orders that differ within the regimens that both offer, on either side."""
    both = {o.ranked.strategy for o in old.offered} & {o.ranked.strategy for o in new.offered}
    was, now = ({(r, d): key for r, d, key in s.outline.doses if r in both} for s in (old, new))
    names = [name for name in dict.fromkeys((*was, *now)) if was.get(name) != now.get(name)]
    before, after = _orders(old), _orders(new)
    return (
        tuple(dict.fromkeys(order_words(before[name]) for name in names if name in before)),
        tuple(dict.fromkeys(order_words(after[name]) for name in names if name in after)),
    )


def _orders(decision: Decision) -> dict[_Key, DrugOrder]:
    return {
        (offered.ranked.strategy, order.drug): order
        for offered in decision.offered
        for order in (*offered.orders, *offered.companions)
    }
