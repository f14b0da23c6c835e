"""Every check of a base. Sentences for clinicians: "file: record: what is wrong"."""

from __future__ import annotations

from typing import Final

from ndm_advisor.knowledge.checks import (
    bands,
    conditions,
    figures,
    names,
    references,
    tables,
    trace_words,
    what_if,
)
from ndm_advisor.knowledge.files import Tree
from ndm_advisor.knowledge.shapes import problems_of

NEEDED: Final = (
    "base.toml",
    "organisms.toml",
    "strategies.toml",
    "alerts.toml",
    "words.toml",
    "allergy.toml",
    "medicines.toml",
    "conditions.toml",
    "settings.toml",
    "eucast-dosages.toml",
    "claims.toml",
    "loinc.toml",
    "codes.toml",
    "what-if.toml",
    "tables/family.toml",
    "tables/cystitis.toml",
)
_CHECKS: Final = (references, conditions, tables, bands, figures, names, trace_words, what_if)


def check(trees: dict[str, Tree]) -> tuple[str, ...]:
    """Every problem of a base; none means that it may advise.

    Files whose form is wrong are reported alone: what they name cannot be followed yet.
    """
    missing = [f"{path}: file: is missing" for path in NEEDED if path not in trees]
    shapes = [problem for path, tree in trees.items() for problem in problems_of(path, tree)]
    if missing or shapes:
        return (*missing, *shapes)
    return tuple(dict.fromkeys(p for module in _CHECKS for p in module.problems(trees)))
