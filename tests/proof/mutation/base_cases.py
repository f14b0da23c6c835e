"""The base cases of the vignettes, read once, with changes: patients for the questions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from ndm_advisor.model.case import Case
from ndm_advisor.read.case_file import build_case
from ndm_advisor.read.names import Names
from tests.vignettes.harness import ON, document, load_bases

_bases = cache(load_bases)


def base_document(
    name: str, changes: Mapping[str, Any], without: Sequence[str] = ()
) -> dict[str, Any]:
    """The case document of a base with keys set, and keys taken out."""
    return document(_bases()[name], dict(changes), list(without))


def case_of(given: dict[str, Any], names: Names) -> Case:
    """The case that a document describes."""
    return build_case(given, names=names, on=ON)[0]
