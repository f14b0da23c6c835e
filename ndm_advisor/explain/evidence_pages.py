"""Pages of sources, claims of the source documents, and numbers of the policy."""

from __future__ import annotations

from collections.abc import Iterator

from ndm_advisor.explain.drug_pages import drug_sources
from ndm_advisor.explain.page_parts import (
    GRADES,
    Section,
    Shelf,
    cited_section,
    grade_section,
    one,
    reviewed_section,
    value_words,
)
from ndm_advisor.explain.words_of import sources_of
from ndm_advisor.model.answer import Cited


def source_sections(ident: str, shelf: Shelf) -> Iterator[Section]:
    """A source, how it was read, and what cites it."""
    source = shelf.knowledge.sources[ident]
    yield one("Citation", source.title)
    yield one("Year", str(source.year) if source.year else "")
    yield one("Link", source.url)
    yield one("Kind", source.kind)
    yield one("Read as", source.seen_as, f"{source.grade}: {GRADES[source.grade]}")
    yield one("Cited by", ", ".join(_citing(ident, shelf)))
    yield reviewed_section(source.reviewed_on, source.review_due_on)


def _citing(source: str, shelf: Shelf) -> Iterator[str]:
    """The records that cite a source, by id."""
    base = shelf.knowledge
    holders: list[tuple[str, tuple[Cited, ...]]] = [
        *((a.id, a.sources) for a in base.alerts.values()),
        *((h.id, h.sources) for h in base.hazards.values()),
        *((s.id, s.sources) for s in base.strategies.values()),
        *((r.id, r.sources) for t in base.tables.values() for r in t.rows),
        *((d.id, drug_sources(d.dosing, d.text, d.licences)) for d in base.drugs.values()),
        *((f"claim {c['id']}", sources_of(c)) for c in shelf.claims),
    ]
    return iter(dict.fromkeys(i for i, cited in holders if any(c.id == source for c in cited)))


def claim_sections(ident: str, shelf: Shelf) -> Iterator[Section]:
    """A claim of the source documents and what the record supports."""
    claim = next(c for c in shelf.claims if c["id"] == ident)
    yield one("Claim", str(claim["claim"]))
    note = f": {claim['verdict_note']}" if claim.get("verdict_note") else ""
    yield one("Verdict", f"{claim['verdict']}{note}")
    yield one("Honest wording", str(claim["honest"]))
    yield one("Used as support", "yes" if claim.get("support") else "no")
    yield one("Design", str(claim.get("design", "")))
    number = f"; n = {claim['n']}" if "n" in claim else ""
    yield one("Population", f"{claim.get('population', '')}{number}")
    yield grade_section(str(claim.get("grade", "")))
    yield cited_section(sources_of(claim), shelf)


def setting_sections(ident: str, shelf: Shelf) -> Iterator[Section]:
    """A number of the policy and where it comes from."""
    setting = shelf.knowledge.setting_records[ident]
    aside = {"grade", "sources"}
    yield Section(
        "Value", tuple(f"{k} = {value_words(v)}" for k, v in setting.items() if k not in aside)
    )
    yield grade_section(str(setting.get("grade", "")))
    yield cited_section(sources_of(setting), shelf)
