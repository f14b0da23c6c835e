"""Whatever a trace or a list of evidence must say has its words, and names what exists."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from ndm_advisor.knowledge.checks.walk import Trees, ids, records, said, section
from ndm_advisor.model.facts import FACT_KEYS

_ORDERED: Final = ("below", "at_most", "above", "at_least")
_BY_DRUG: Final = ("panel.results", "hospital.stock")


def problems(trees: Trees) -> Iterator[str]:
    """Facts, columns and case keys without words; claims that bear on what is not there."""
    yield from _conditions(trees)
    yield from _columns(trees)
    yield from _keys(trees)
    yield from _claims(trees)


def _conditions(trees: Trees) -> Iterator[str]:
    for _, hazard in records(trees, "hazards/", "hazard"):
        for condition in hazard["when"]:
            fact = condition["fact"]
            (op, wanted), *_ = [(k, v) for k, v in condition.items() if k != "fact"]
            yield from _fact(fact, [] if op in _ORDERED else wanted, trees)
            if op in _ORDERED and not section(trees, "facts").get(fact, {}).get("unit"):
                yield said("words.toml", f"facts.{fact}", "is compared with a number: lacks `unit`")


def _columns(trees: Trees) -> Iterator[str]:
    for path, tree in trees.items():
        if path.startswith("tables/"):
            for column, values in tree.get("columns", {}).items():
                yield from _fact(column, values, trees)


def _fact(fact: str, wanted: Any, trees: Trees) -> Iterator[str]:  # noqa: ANN401  # any TOML value
    words = section(trees, "facts").get(fact, {})
    if not words.get("name"):
        yield said("words.toml", f"facts.{fact}", "lacks `name`, and a condition asks for it")
        return
    for value in wanted if isinstance(wanted, list) else [wanted]:
        key = str(value).lower() if isinstance(value, bool) else str(value)
        if key not in words.get("values", {}):
            yield said("words.toml", f"facts.{fact}", f"lacks a clause for the value {key}")


def _keys(trees: Trees) -> Iterator[str]:
    held = section(trees, "case_keys")
    for key in dict.fromkeys(key for keys in FACT_KEYS.values() for key in keys):
        general = next((lead for lead in _BY_DRUG if key.startswith(f"{lead}.")), key)
        if not held.get(general, {}).get("name"):
            yield said("words.toml", f"case_keys.{general}", "lacks `name`, and a finding shows it")


def _claims(trees: Trees) -> Iterator[str]:
    """What a claim bears on is a regimen or an alert; what it points to is held."""
    known = ids(trees, "strategies.toml", "strategy") | ids(trees, "alerts.toml", "alert")
    for path, claim in records(trees, "claims.toml", "claim"):
        for ident in claim.get("bears_on", ()):
            if ident not in known:
                yield said(path, claim["id"], f"bears on {ident}, which is no regimen and no alert")
