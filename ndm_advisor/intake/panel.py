"""Susceptibility results of one isolate, one row for each drug.

Where two results for a drug disagree, the row keeps the one that speaks against the drug and says
so: a case holds one result, and an untested drug may be offered where a resistant one may not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from ndm_advisor.intake.catalogue import Catalogue
from ndm_advisor.intake.observed import Observation, SetAside
from ndm_advisor.intake.results import AGAINST, Result, UnreadError, read_result
from ndm_advisor.intake.told import Told
from ndm_advisor.model.mic import parse_mic

_RANK: Final = {"R": 3, "NS": 2, "SDD": 1, "I": 1, "S": 0}


class Panel(NamedTuple):
    """The panel of one isolate: the table of the case file, and what became of each result.

    `provenance`: (key below the table, or drug; the observation that stands there).
    """

    table: dict[str, object]
    provenance: tuple[tuple[str, Observation], ...]
    set_aside: tuple[SetAside, ...]
    conflicts: tuple[str, ...]
    notes: tuple[str, ...]


def panel_of(observations: Iterable[Observation], told: Told, catalogue: Catalogue) -> Panel:
    """The panel that the susceptibility results of one isolate make."""
    by_drug: dict[str, list[Result]] = {}
    set_aside: list[SetAside] = []
    for said in observations:
        try:
            result = read_result(said, told, catalogue)
        except UnreadError as error:
            set_aside.append(SetAside(said, str(error)))
        else:
            by_drug.setdefault(result.drug, []).append(result)
    conflicts = [_doubt(r) for results in by_drug.values() for r in results if r.is_doubtful]
    by_drug = {drug: _of_worth(results, set_aside) for drug, results in by_drug.items()}
    rows = [_one_row(results, set_aside, conflicts) for results in by_drug.values()]
    provenance = tuple((row.drug, said) for row, held in rows for said in held)
    chosen = [row for row, _ in rows]
    notes = dict.fromkeys(note for row in chosen for note in row.notes)
    table, dropped = _table(chosen)
    return Panel(table, provenance, tuple(set_aside), tuple(conflicts), (*notes, *dropped))


# --- one row for each drug ----------------------------------------------------------------------


def _of_worth(results: list[Result], set_aside: list[SetAside]) -> list[Result]:
    """The results without "pending" and "not tested", where there is any other."""
    found = [result for result in results if not result.is_none]
    if not found:
        return results
    set_aside.extend(
        SetAside(result.said, f"{result.category}, where a result stands beside it")
        for result in results
        if result.is_none
    )
    return found


def _one_row(
    results: Sequence[Result], set_aside: list[SetAside], conflicts: list[str]
) -> tuple[Result, list[Observation]]:
    """The row of a drug, and the observations that stand in it."""
    row, held = results[0], [results[0].said]
    for other in results[1:]:
        united = _united(row, other)
        if united is not None:
            row = united
            held.append(other.said)
            continue
        worse = _speaks_against(other, row)
        kept, left = (other, held) if worse else (row, [other.said])
        lost = row if worse else other
        if _disagree(row, other):
            conflicts.append(_conflict(kept, lost))
            reason = f"disagrees with {_words(kept)}, which is kept"
        else:
            reason = f"a second result of {row.drug} ({lost.standard}): a case holds one a drug"
        set_aside.extend(SetAside(said, reason) for said in left)
        if worse:
            row, held = other, [other.said]
    return row, held


def _united(first: Result, second: Result) -> Result | None:
    """Both in one row, where nothing they both say differs; None where something does."""
    pairs = (
        (first.category, second.category),
        (first.mic, second.mic),
        (first.zone_mm, second.zone_mm),
        (first.method, second.method),
        (first.version, second.version),
    )
    if first.standard != second.standard or any(
        a is not None and b is not None and a != b for a, b in pairs
    ):
        return None
    return first._replace(
        category=first.category or second.category,
        mic=first.mic or second.mic,
        zone_mm=first.zone_mm if first.zone_mm is not None else second.zone_mm,
        method=first.method or second.method,
        version=first.version or second.version,
        notes=tuple(dict.fromkeys((*first.notes, *second.notes))),
    )


def _disagree(first: Result, second: Result) -> bool:
    """More than the standard differs: the categories, or the numbers under one standard."""
    if first.category is not None and second.category is not None:
        return first.category != second.category
    return first.standard == second.standard


def _speaks_against(one: Result, other: Result) -> bool:
    """`one` speaks more against the drug than `other`.

    Of a category and a number, which do not share a standard, the category does if it is R or NS,
    or if no standard reads the number; else the number, which may yet come out as R.
    """
    ranks = [_RANK.get(r.category, -1) if r.category else None for r in (one, other)]
    if None not in ranks and ranks[0] != ranks[1]:
        return (ranks[0] or 0) > (ranks[1] or 0)
    named, measured = (one, other) if one.category is not None else (other, one)
    is_mixed = named.category is not None and measured.category is None
    if is_mixed and named.category in AGAINST:
        return named is one
    if one.mic is not None and other.mic is not None:
        return _height(one.mic) > _height(other.mic)
    if one.zone_mm is not None and other.zone_mm is not None:
        return one.zone_mm < other.zone_mm
    return is_mixed and one is (named if measured.standard is None else measured)


def _height(mic: str) -> tuple[float, int]:
    parsed = parse_mic(mic)
    above = {">": 2, ">=": 1, "=": 0, "<=": -1, "<": -2}[parsed.operator]
    return parsed.value_mg_l, above


def _doubt(result: Result) -> str:
    place, kept = result.said.place, result.category
    return f"{result.drug}: two categories in one result at {place}; {kept} is kept"


def _conflict(kept: Result, lost: Result) -> str:
    return (
        f"{kept.drug}: {_words(kept)} at {kept.said.place}, {_words(lost)} at {lost.said.place}; "
        f"{_words(kept)} is kept"
    )


def _words(result: Result) -> str:
    """A row in a few words: `R`, `MIC 8 mg/L`, `S, zone 23 mm`."""
    parts = [
        result.category or "",
        f"MIC {result.mic} mg/L" if result.mic else "",
        f"zone {result.zone_mm:g} mm" if result.zone_mm is not None else "",
    ]
    return ", ".join(part for part in parts if part)


# --- the table ----------------------------------------------------------------------------------


def _table(rows: Sequence[Result]) -> tuple[dict[str, object], tuple[str, ...]]:
    """`[panel]` of the case file: what all rows share is said once.

    An edition can be said only of the panel's own standard: where rows of two standards stand
    together, or some name none, the rows name their standards and the editions are left out.
    """
    if not rows:
        return {}, ()
    stated = Counter((row.standard, row.version) for row in rows)
    shared = next(iter(stated)) if len(stated) == 1 else (_only(r.standard for r in rows), None)
    standard, version = shared
    table: dict[str, object] = {}
    if standard is not None:
        table["standard"] = standard
        if version is not None:
            table["version"] = version
    table["results"] = {row.drug: _row(row, standard) for row in rows}
    lost = any(row.version for row in rows) and version is None
    note = ("the results name more than one edition of a standard; none is kept",) if lost else ()
    return table, note


def _only(standards: Iterable[str | None]) -> str | None:
    found = set(standards)
    return found.pop() if len(found) == 1 else None


def _row(row: Result, of_panel: str | None) -> dict[str, object]:
    fields: dict[str, object | None] = {
        "category": row.category,
        "mic_mg_l": row.mic,
        "zone_mm": row.zone_mm,
        "method": row.method,
        "standard": row.standard if row.standard != of_panel else None,
    }
    return {key: value for key, value in fields.items() if value is not None}
