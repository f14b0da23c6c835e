"""Every number on the screens of every example is walked to its record, source and locator.

A number is explained by a phrase around it (see `claims.py`), and the phrase comes from one of four
places: the case itself, a record of the base with its sources, a formula reckoned here from those,
or a stamp. A number that no phrase explains fails with its line.
"""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

import pytest

from tests.traceability.claims import Claim, Origin, claims_of
from tests.traceability.records import index, source_ids
from tests.traceability.screens import EXAMPLES, Answered, Screen, Token, answered, name_spans

NAMES = sorted(path.stem for path in EXAMPLES.glob("*.toml"))
KINDS = ("case", "record", "formula", "stamp")
UNVERIFIED = "U"


class Walked(NamedTuple):
    """The numbers of a screen: each explained with its origin, or not at all."""

    explained: dict[Token, Origin]
    lost: tuple[Token, ...]


def walk(screen: Screen, answer: Answered, claims: list[Claim]) -> Walked:
    """Explain every number by the narrowest phrase that covers it."""
    names = name_spans(screen, answer.json)
    spans = [(*span, c.origin) for c in claims for span in c.spans(screen)]
    spans.sort(key=lambda s: s[1] - s[0])
    explained: dict[Token, Origin] = {}
    lost = []
    for token in screen.tokens:
        if any(start <= token.start and token.end <= end for start, end in names):
            continue
        for start, end, origin in spans:
            if start <= token.start and token.end <= end:
                explained[token] = origin
                break
        else:
            lost.append(token)
    return Walked(explained, tuple(lost))


def report(screen: Screen, token: Token) -> str:
    held = ", ".join(item.path for item in index().get(token.text, ())[:3]) or "no record"
    return f"{screen.name}: {token.text} in {screen.line_at(token.start)} (held by: {held})"


@pytest.fixture(scope="module")
def answers(knowledge, names) -> dict[str, Answered]:
    return {name: answered(name, knowledge, names) for name in NAMES}


@pytest.fixture(scope="module")
def claims(answers) -> dict[str, list[Claim]]:
    return {name: claims_of(answer) for name, answer in answers.items()}


@pytest.fixture(scope="module")
def walked(answers, claims) -> dict[str, list[tuple[Screen, Walked]]]:
    return {
        name: [(screen, walk(screen, answer, claims[name])) for screen in answer.screens]
        for name, answer in answers.items()
    }


@pytest.mark.parametrize("name", NAMES)
def test_every_number_is_walked_to_where_it_comes_from(name, walked) -> None:
    lost = [report(screen, token) for screen, found in walked[name] for token in found.lost]
    assert lost == []
