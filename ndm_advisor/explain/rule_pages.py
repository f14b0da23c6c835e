"""Pages of what decides: alerts, hazards, tables of choice, guidelines, reasons."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, cast

from ndm_advisor.explain.fact_words import clause, value_clause
from ndm_advisor.explain.page_parts import (
    GRADES,
    Section,
    Shelf,
    cited_section,
    grade_section,
    one,
    placeholders,
    reviewed_section,
    value_words,
)
from ndm_advisor.explain.words_of import record, section, sources_of, strings
from ndm_advisor.model import words
from ndm_advisor.model.answer import Cited
from ndm_advisor.model.knowledge import Table, TableRow


def alert_sections(ident: str, shelf: Shelf) -> Iterator[Section]:
    """When an alert fires, what it says, and what it is not."""
    alert = shelf.knowledge.alerts[ident]
    standing = " (a standing reminder is not counted)" if alert.standing else ""
    yield one("Tier", f"{' or '.join(alert.tiers)}{standing}")
    yield one("Fires when", alert.fires_when)
    yield Section("Says", tuple(placeholders(t) for t in dict.fromkeys(alert.texts.values())))
    yield Section("Do", tuple(placeholders(t) for t in dict.fromkeys(alert.actions.values())))
    yield one("Misuse", alert.misuse)
    yield one("Asks for", "orders in the case" if alert.needs_orders else "")
    rules = [h.id for h in shelf.knowledge.hazards.values() if h.alert == ident]
    yield Section("Rules", (", ".join(rules),) if rules else ())
    yield one("Example cases", ", ".join(shelf.cases.get(ident, ())))
    yield cited_section(alert.sources, shelf)
    yield reviewed_section(alert.reviewed_on, alert.review_due_on)


def hazard_sections(ident: str, shelf: Shelf) -> Iterator[Section]:
    """Whom a rule concerns, when it holds, what follows."""
    hazard = shelf.knowledge.hazards[ident]
    subjects = [words.regimen_name(s.removeprefix("strategy:")) for s in hazard.subject]
    yield one("Concerns", ", ".join(subjects))
    yield one("Regions", ", ".join(hazard.regions))
    yield Section("Holds when", tuple(clause(c, shelf.knowledge) for c in hazard.when))
    effect = {"stop": "stop: not offered; a stop if ordered"}.get(hazard.tier, hazard.tier)
    yield one("Effect", effect, f"raises the alert {hazard.alert}" if hazard.alert else "")
    yield one("Because", placeholders(hazard.because))
    yield one("Do", placeholders(hazard.do))
    unknown = "not offered" if hazard.unknown_excludes else placeholders(hazard.unknown_as)
    yield one("If unknown", unknown)
    yield one("Condition", placeholders(hazard.condition))
    yield grade_section(hazard.grade)
    yield cited_section(hazard.sources, shelf)
    yield reviewed_section(hazard.reviewed_on, hazard.review_due_on)


# -- choice --------------------------------------------------------------------------------------


def row_sections(ident: str, shelf: Shelf) -> Iterator[Section]:
    """What one row of a table of choice asks and gives."""
    for table in shelf.knowledge.tables.values():
        for row in table.rows:
            if row.id == ident:
                yield one("Table", table.id)
                yield Section("When", tuple(_asks(row, shelf)) or ("every case",))
                yield Section("Then", tuple(_given(row)))
                yield cited_section(row.sources, shelf)


def _asks(row: TableRow, shelf: Shelf) -> Iterator[str]:
    """What a row asks, a clause for each column."""
    for column, allowed in row.when.items():
        words_of = record(shelf.knowledge, "facts", column)
        yield words.join_names((value_clause(v, words_of) for v in allowed), "or")


def _given(row: TableRow) -> Iterator[str]:
    for key, value in row.give.items():
        if key == "offer":
            for offer in cast("tuple[Mapping[str, object], ...]", value):
                yield _offer(offer)
        elif value is not None:
            yield f"{key.replace('_', ' ')}: {value_words(value)}"


def _offer(offer: Mapping[str, object]) -> str:
    provisional = ", provisional" if offer.get("provisional") else ""
    strategy = str(offer["strategy"])
    named = {"aztreonam-family": "aztreonam-avibactam and the pair, by the table `family`"}
    rank = str(offer["rank"]).replace("_", " ")
    return f"{rank}: {named.get(strategy, words.regimen_name(strategy))}{provisional}"


def row_ids(shelf: Shelf) -> tuple[str, ...]:
    """The ids of all rows; one id may stand in several tables."""
    tables = shelf.knowledge.tables.values()
    return tuple(dict.fromkeys(row.id for table in tables for row in table.rows))


def table_sections(ident: str, shelf: Shelf) -> Iterator[Section]:
    """A table of choice, row by row."""
    table: Table = shelf.knowledge.tables[ident]
    yield Section("Columns", tuple(f"{k}: {value_words(v)}" for k, v in table.columns.items()))
    left_out = ("; ".join(f"{k}: {value_words(v)}" for k, v in c.items()) for c in table.impossible)
    yield Section("Cannot occur", tuple(left_out))
    for row in table.rows:
        when = "; ".join(_asks(row, shelf)) or "every case"
        yield one(f"Row {row.id}", when, *(f"gives {line}" for line in _given(row)))


def profile_sections(ident: str, shelf: Shelf) -> Iterator[Section]:
    """A guideline: how it was read, its tables, what it graded."""
    profile = shelf.knowledge.profiles[ident]
    yield one("Guideline", f"{profile.name}, {profile.year}")
    yield one("Read as", f"{profile.how_read}: {GRADES[profile.how_read]}")
    yield one("Region", f"{profile.default_region} unless another is chosen")
    yield one("Tables", ", ".join((profile.choice.id, profile.older.id)))
    for row in profile.grades:
        strategies = ", ".join(words.regimen_name(str(s)) for s in row.when["strategies"])
        of = "; ".join(f"{k}: {value_words(v)}" for k, v in row.when.items() if k != "strategies")
        graded = ", ".join(
            f"{k} {value_words(v).replace('_', ' ')}" for k, v in row.give.items() if v
        )
        yield one("Grades", f"{strategies}: {graded} ({of})")
    yield cited_section((Cited(profile.source, "the guideline as a whole"),), shelf)


_COLONISATION: Final = "colonisation"


def reason_sections(ident: str, shelf: Shelf) -> Iterator[Section]:
    """Why the tool abstains, or is out of scope."""
    for name in ("abstention", "out_of_scope"):
        found = record(shelf.knowledge, name, ident)
        if found:
            yield one("Outcome", name.replace("_", " "))
            yield one("Reason", str(found.get("reason", "")), str(found.get("exact", "")))
            yield Section("Would settle it", strings(found, "would_settle"))
            yield one("Ask", str(found.get("ask", "")))
            yield Section("Pointers", strings(found, "pointers"))
            yield cited_section(sources_of(found), shelf)
    if ident == _COLONISATION:
        found = section(shelf.knowledge, _COLONISATION)
        yield one("Outcome", "not treatment")
        yield one("Says", *(str(v) for v in found.values() if isinstance(v, str) and len(v) > 1))
        yield cited_section(sources_of(found), shelf)


def reason_ids(shelf: Shelf) -> tuple[str, ...]:
    """The ids of all reasons for not offering a regimen."""
    held = shelf.knowledge.words
    found = [
        key
        for name in ("abstention", "out_of_scope")
        for key, value in cast("Mapping[str, object]", held.get(name, {})).items()
        if isinstance(value, Mapping) and "reason" in value
    ]
    return tuple(dict.fromkeys([*found, _COLONISATION]))


# -- facts --


def fact_ids(shelf: Shelf) -> tuple[str, ...]:
    """The ids of the findings about facts."""
    return tuple(section(shelf.knowledge, "findings"))


def fact_sections(ident: str, shelf: Shelf) -> Iterator[Section]:
    """What a finding about a fact means."""
    found = record(shelf.knowledge, "findings", ident)
    yield one("Means", f"{found['text']}.")
    yield grade_section(str(found.get("grade", "")))
    yield cited_section(sources_of(found), shelf)
