"""Pages of drugs, regimens, dosing tables, breakpoints and organisms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, cast

from ndm_advisor.explain.dosing_pages import dosing_lines
from ndm_advisor.explain.page_parts import (
    Section,
    Shelf,
    cited_section,
    grade_section,
    label_words,
    one,
    places_of,
    reviewed_section,
    sourced,
)
from ndm_advisor.model import words
from ndm_advisor.model.answer import Cited
from ndm_advisor.model.knowledge import Breakpoint, Dosing, TableRow


def drug_sections(ident: str, shelf: Shelf) -> Iterator[Section]:
    """A drug: names, licences, doses, statements, rules."""
    drug = shelf.knowledge.drugs[ident]
    yield one("Name", words.drug_name(ident))
    yield one("Class", drug.drug_class.replace("-", " "))
    if len(drug.components) > 1:
        yield one("Components", " + ".join(drug.components))
    yield one("Also called", ", ".join((*drug.aliases, *drug.brands)))
    if drug.role != "dosed":
        yield one("Part played", "recognised in a panel; no dose and no rule of choice")
    for region, licence in drug.licences.items():
        yield one(f"Licence {region}", sourced(licence))
        yield one(f"Licence {region} covers", _covered(licence))
    for table in drug.dosing:
        yield Section(f"Dosing {table.id}", dosing_lines(table))
    for key, statement in drug.text.items():
        yield one(label_words(key), sourced(cast("Mapping[str, object]", statement)))
    rules = [h.id for h in shelf.knowledge.hazards_of.get(ident, ())]
    yield Section("Rules", (", ".join(rules),) if rules else ())
    yield cited_section(drug_sources(drug.dosing, drug.text, drug.licences), shelf)
    if drug.reviewed_on:
        yield reviewed_section(drug.reviewed_on, drug.review_due_on)


def _covered(licence: Mapping[str, object]) -> str:
    """The sites at which no off-label note is given; "" where the text read lists none."""
    named = cast("tuple[str, ...]", licence.get("sites") or ())
    sites = words.join_names(site.replace("-", " ") for site in named)
    if not licence.get("limited_options"):
        return sites
    return f"{sites}; any site with limited options" if sites else "any site with limited options"


def drug_sources(
    tables: tuple[Dosing, ...], *statements: Mapping[str, object]
) -> tuple[Cited, ...]:
    """Every place cited for a drug, once."""
    found = [c for table in tables for c in table.sources]
    found += [c for t in tables for band in t.bands for c in band.sources]
    for group in statements:
        for statement in group.values():
            found += places_of(cast("Mapping[str, object]", statement).get("sources", ()))
    return tuple(dict.fromkeys(found))


def regimen_sections(ident: str, shelf: Shelf) -> Iterator[Section]:
    """A regimen: its drugs, what must speak for it, where it may stand."""
    strategy = shelf.knowledge.strategies[ident]
    yield one("Drugs", words.regimen_name(ident, "AND"))
    yield one("Role", _ROLES[strategy.kind])
    yield one("Needs", _SUPPORT[strategy.support])
    yield one("Sites", ", ".join(strategy.sites))
    yield one("Regions", ", ".join(strategy.regions))
    yield one("Why not", strategy.because)
    own = shelf.knowledge.hazards_of.get(f"strategy:{ident}", ())
    yield one("Rules", ", ".join(h.id for h in own))
    tables = shelf.knowledge.tables.values()
    naming = [row.id for table in tables for row in table.rows if _names(row, ident)]
    yield one("Offered by", ", ".join(dict.fromkeys(naming)))
    yield cited_section(strategy.sources, shelf)


_ROLES: Final[Mapping[str, str]] = {
    "mbl-active": "active on an MBL producer; ranked by the guideline's table of choice",
    "older": "older agent: only where tested susceptible, at its sites",
    "salvage": "salvage: information for a specialist, never offered as a regimen",
    "cystitis-only": "cystitis only",
    "companion": "companion of a regimen, never ranked",
    "never": "never offered",
}
_SUPPORT: Final[Mapping[str, str]] = {
    "aztreonam_support": "aztreonam-avibactam or the combined test not resistant",
    "cefiderocol_support": "cefiderocol tested susceptible",
    "susceptible": "a result of S, or I by EUCAST at the high dose",
    "none": "",
}


def _names(row: TableRow, strategy: str) -> bool:
    offers = cast("tuple[Mapping[str, object], ...]", row.give.get("offer", ()))
    named = {str(offer["strategy"]) for offer in offers} | {str(row.give.get("strategy"))}
    return strategy in named


def dosing_sections(ident: str, shelf: Shelf) -> Iterator[Section]:
    """One dosing table, band by band."""
    table = _dosing_tables(shelf)[ident]
    yield one("Drug", words.drug_name(table.drug))
    yield Section("Doses", dosing_lines(table, grades=True))
    yield grade_section(table.grade)
    places = (*table.sources, *(c for band in table.bands for c in band.sources))
    yield cited_section(tuple(dict.fromkeys(places)), shelf)
    yield reviewed_section(table.reviewed_on, table.review_due_on)


def dosing_ids(shelf: Shelf) -> tuple[str, ...]:
    """The ids of all dosing tables."""
    return tuple(_dosing_tables(shelf))


def _dosing_tables(shelf: Shelf) -> dict[str, Dosing]:
    return {t.id: t for drug in shelf.knowledge.drugs.values() for t in drug.dosing}


# -- susceptibility ------------------------------------------------------------------------------


def breakpoint_sections(ident: str, shelf: Shelf) -> Iterator[Section]:
    """How a standard reads one MIC or zone."""
    found = _breakpoints(shelf)[ident]
    unit = "mg/L" if found.method == "MIC" else "mm"
    yield one("Standard", f"{found.standard} {found.version}")
    yield one("Drug", words.drug_name(found.drug))
    members = len(shelf.knowledge.organism_groups.get(found.organisms, ()))
    species = f" ({members} species or groups)" if members else ""
    yield one("Organisms", f"{found.organisms}{species}")
    yield one("Indication", found.indication.replace("-", " "))
    disk = f", disk {found.disk_content_ug} micrograms" if found.disk_content_ug else ""
    yield one("Method", f"{found.method}{disk}")
    yield one("Reads", *_limits(found, unit), *_STATUS.get(found.status, ()))
    yield one("Remark", found.remark)
    yield cited_section(found.sources, shelf)


_STATUS: Final[Mapping[str, tuple[str, ...]]] = {
    "brackets": ("printed in brackets: read only as the policy allows",),
    "dash": ("the standard prints a dash: not read",),
    "note": ("the standard prints a note: not read",),
    "not_listed": ("not listed by the standard: not read",),
    "no_s_category": ("the standard has no category S here",),
    "refers": ("the standard refers to another",),
    "unreadable": ("the value could not be read in the copy at hand: not read",),
}


def _limits(found: Breakpoint, unit: str) -> Iterator[str]:
    limits = (
        ("S", "or less", found.s_at_most_mg_l),
        ("S", "or more", found.s_at_least_mm),
        ("R above", "", found.r_above_mg_l),
        ("R", "or more", found.r_at_least_mg_l),
        ("R below", "", found.r_below_mm),
        ("R", "or less", found.r_at_most_mm),
    )
    for category, side, value in limits:
        if value is not None:
            at = "" if category.endswith(("above", "below")) else " at"
            yield f"{category}{at} {words.number(value)} {unit} {side}".rstrip()
    if found.between:
        yield f"{found.between} between the two"


def breakpoint_ids(shelf: Shelf) -> tuple[str, ...]:
    """The ids of all breakpoints, standard by standard."""
    return tuple(_breakpoints(shelf))


def _breakpoints(shelf: Shelf) -> dict[str, Breakpoint]:
    return {b.id: b for group in shelf.knowledge.breakpoints.values() for b in group}


def organism_sections(ident: str, shelf: Shelf) -> Iterator[Section]:
    """A species or group and what it resists by nature."""
    organism = shelf.knowledge.organisms[ident]
    yield one("Name", organism.name)
    yield one("Also called", ", ".join(organism.aliases))
    yield one("Group", organism.group.replace("-", " "))
    yield one("Family", organism.family)
    resisted = ", ".join(map(words.drug_name, organism.intrinsic))
    yield one("Resistant by nature", resisted)
