"""Pages of `explain ID`: what an id of the base stands for, when it acts, why, on whose word.

A page is made from the record itself, so it cannot say anything the tool does not do. Plain data:
labels and lines; the command line folds and prints them.
"""

import difflib
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from ndm_advisor.explain.drug_pages import (
    breakpoint_ids,
    breakpoint_sections,
    dosing_ids,
    dosing_sections,
    drug_sections,
    organism_sections,
    regimen_sections,
)
from ndm_advisor.explain.evidence_pages import claim_sections, setting_sections, source_sections
from ndm_advisor.explain.page_parts import Section, Shelf
from ndm_advisor.explain.rule_pages import (
    alert_sections,
    fact_ids,
    fact_sections,
    hazard_sections,
    profile_sections,
    reason_ids,
    reason_sections,
    row_ids,
    row_sections,
    table_sections,
)
from ndm_advisor.explain.sentence_pages import sentence_ids, sentence_sections
from ndm_advisor.model.names import fold

_SUGGESTIONS: Final = 5
_ALIASES: Final = {"4.5": "cystitis"}  # policy 4.5 is one table, not a row
# Rules of findings that name a regimen never offered, or a drug whose dose is withheld.
_LEADS: Final = ("never/", "withheld/")


class Page(NamedTuple):
    """One record in words."""

    kind: str
    id: str
    sections: tuple[Section, ...]


class Kind(NamedTuple):
    """A kind of record: its ids, and the page of one of them."""

    name: str
    plural: str
    meaning: str
    ids: Callable[[Shelf], tuple[str, ...]]
    sections: Callable[[str, Shelf], Iterator[Section]]


def pages(ident: str, shelf: Shelf) -> tuple[Page, ...]:
    """Every page of an id: one id may name a drug, a regimen and an alert. Empty when unknown.

    Names and brands of drugs lead to the drug; upper and lower case, spaces and dashes are one.
    """
    wanted = ident.strip()
    for lead in _LEADS:
        wanted = wanted.removeprefix(lead)
    wanted = _ALIASES.get(wanted, wanted)
    found = tuple(_pages_of(wanted, shelf))
    if found:
        return found
    drugs = shelf.knowledge.drug_names.get(fold(wanted), ())
    return tuple(page for drug in drugs for page in _pages_of(drug, shelf))


def _pages_of(wanted: str, shelf: Shelf) -> Iterator[Page]:
    for kind in KINDS:
        ids = kind.ids(shelf)
        exact = [i for i in ids if i.casefold() == wanted.casefold()]
        for ident in exact or [i for i in ids if fold(i) == fold(wanted)]:
            made = (section for section in kind.sections(ident, shelf) if section.lines)
            yield Page(kind.name, ident, tuple(made))


def suggestions(ident: str, shelf: Shelf) -> tuple[str, ...]:
    """Ids that look like `ident`: those that hold it, then those spelled alike; at most five."""
    wanted = fold(ident)
    known = {fold(i): i for kind in KINDS for i in kind.ids(shelf)}
    names = {name: drugs[0] for name, drugs in shelf.knowledge.drug_names.items()}
    known = names | known
    holding = sorted((name for name in known if wanted and wanted in name), key=len)
    alike = difflib.get_close_matches(wanted, known, n=_SUGGESTIONS, cutoff=0.6)
    return tuple(dict.fromkeys(known[n] for n in (*alike, *holding)))[:_SUGGESTIONS]


def kind_named(name: str) -> Kind | None:
    """The kind called so, in the singular or the plural."""
    return next((kind for kind in KINDS if name in {kind.name, kind.plural}), None)


def _held(group: str) -> Callable[[Shelf], tuple[str, ...]]:
    """The ids of a group of the base, for example `drugs`."""
    return lambda shelf: tuple(getattr(shelf.knowledge, group))


def _settings(shelf: Shelf) -> tuple[str, ...]:
    return tuple(shelf.knowledge.setting_records)


def _claims(shelf: Shelf) -> tuple[str, ...]:
    return tuple(str(claim["id"]) for claim in shelf.claims)


KINDS: Final[tuple[Kind, ...]] = (
    Kind("alert", "alerts", "the closed list", _held("alerts"), alert_sections),
    Kind("regimen", "regimens", "given as a whole", _held("strategies"), regimen_sections),
    Kind("drug", "drugs", "identity, doses, labels", _held("drugs"), drug_sections),
    Kind("dosing", "dosings", "one table of doses", dosing_ids, dosing_sections),
    Kind("hazard", "hazards", "a rule on a drug or regimen", _held("hazards"), hazard_sections),
    Kind("row", "rows", "one row of a table of choice", row_ids, row_sections),
    Kind("table", "tables", "a table of choice", _held("tables"), table_sections),
    Kind("reason", "reasons", "why no regimen is offered", reason_ids, reason_sections),
    Kind("fact", "facts", "how a fact was settled", fact_ids, fact_sections),
    Kind(
        "sentence",
        "sentences",
        "what answers say, and on whose word",
        sentence_ids,
        sentence_sections,
    ),
    Kind("profile", "profiles", "a guideline", _held("profiles"), profile_sections),
    Kind("breakpoint", "breakpoints", "how a result is read", breakpoint_ids, breakpoint_sections),
    Kind("organism", "organisms", "species and groups", _held("organisms"), organism_sections),
    Kind("source", "sources", "what was read, and how", _held("sources"), source_sections),
    Kind("claim", "claims", "claims of the source documents", _claims, claim_sections),
    Kind("setting", "settings", "numbers of the policy", _settings, setting_sections),
)
