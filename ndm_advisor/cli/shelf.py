"""What `explain` and `knowledge` read beside the base: claims and example cases."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import cast

from ndm_advisor.cli.base import directory_of_base, load_base
from ndm_advisor.cli.example_check import example_files, expected_file
from ndm_advisor.explain.page_parts import Shelf
from ndm_advisor.knowledge.load import find_base, load_claims


def load_shelf(data: str | None) -> Shelf:
    """Everything a page may need.

    Raises:
        KnowledgeError: the base cannot be used.
    """
    knowledge = load_base(data)
    base = find_base(directory_of_base(data))
    return Shelf(
        knowledge=knowledge,
        claims=load_claims(base),
        cases=cases_by_alert(),
    )


def cases_by_alert() -> dict[str, tuple[str, ...]]:
    """Alert ids to the example cases in which each fires; empty where no examples are installed."""
    found: dict[str, tuple[str, ...]] = {}
    for path in example_files():
        expected = json.loads(expected_file(path).read_bytes())
        fires = cast("Mapping[str, Mapping[str, object]]", expected.get("alerts", {}))
        for alert in fires.get("must", {}):
            found[alert] = (*found.get(alert, ()), path.stem)
    return found
