"""A JSON text that counts as short is never one that a closer look would refuse."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from ndm_advisor.errors import CaseError
from ndm_advisor.read.document import (
    MOST_CHARACTERS,
    MOST_MEMBERS,
    MOST_VALUES,
    is_short,
    refuse_too_many,
)
from ndm_advisor.read.names import Names
from ndm_advisor.read.tables import Line, read_line

NAMES = Names({}, {}, frozenset())
AT_THE_LIMIT: list[dict[str, Any]] = [
    {"list": [0] * MOST_MEMBERS},
    {"list": [[] for _ in range(MOST_MEMBERS)]},
    {"note": "x" * (MOST_CHARACTERS - 20)},
    {f"k{n}": 0 for n in range(MOST_MEMBERS)},
]
BEYOND: dict[str, dict[str, Any]] = {
    "members": {"list": [0] * (MOST_MEMBERS + 1)},
    "members of a list inside": {"a": {"b": [[0] * (MOST_MEMBERS + 1)]}},
    "values": {f"k{n}": 0 for n in range(MOST_VALUES + 1)},
    "values in many tables": {f"k{n}": {"a": {"b": {}}} for n in range(MOST_VALUES // 3 + 1)},
    "a text": {"note": "x" * (MOST_CHARACTERS + 1)},
    "a key": {"x" * (MOST_CHARACTERS + 1): 0},
}


@pytest.mark.safety("SAF-703")
@pytest.mark.parametrize("document", AT_THE_LIMIT)
def test_what_is_short_passes_the_closer_look(document: dict[str, Any]) -> None:
    assert is_short(json.dumps(document))
    refuse_too_many(document, path=None)


@pytest.mark.safety("SAF-703")
@pytest.mark.parametrize("document", BEYOND.values(), ids=BEYOND)
def test_what_is_too_much_is_not_short_and_refused_on_a_line(document: dict[str, Any]) -> None:
    text = json.dumps(document, separators=(",", ":"))
    assert not is_short(text)
    with pytest.raises(CaseError) as refused:
        read_line(Line(1, text.encode()), path=None, names=NAMES, on=date(2026, 11, 22))
    assert [problem.code for problem in refused.value.problems] == ["E101"]
