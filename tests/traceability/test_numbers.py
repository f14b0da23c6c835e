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
from tests.traceability.records import index, row_ids, source_ids
from tests.traceability.screens import (
    DEPTHS,
    EXAMPLES,
    LAYOUTS,
    Answered,
    Screen,
    Token,
    answered,
    name_spans,
)

# Examples as they stand, and examples with one or two facts changed so that every formula and every
# alert that prints a reckoned figure is reached.
CASES: dict[str, tuple[str, tuple[str, ...]]] = {
    **{path.stem: (path.stem, ()) for path in sorted(EXAMPLES.glob("*.toml"))},
    "clearance by adjusted weight": (
        "bloodstream-dose-pending",
        ("patient.creatinine_umol_l=150", "patient.weight_kg=120", "patient.height_cm=170"),
    ),
    "clearance given and reckoned": ("bloodstream-all-tested", ("patient.creatinine_umol_l=190",)),
    "stale creatinine": (
        "bloodstream-all-tested",
        ("patient.creatinine_measured_on=2026-11-19",),
    ),
    "augmented clearance": ("bloodstream-all-tested", ("patient.crcl_ml_min=140",)),
    "clearance near a band edge": ("bloodstream-all-tested", ("patient.crcl_ml_min=52",)),
    "aztreonam every 6 hours": (
        "bloodstream-all-tested",
        ("hospital.aztreonam_interval_h=6", "hospital.stock.aztreonam-avibactam=false"),
    ),
    "aztreonam every 6 hours refused": (
        "bloodstream-crcl-12",
        ("hospital.aztreonam_interval_h=6",),
    ),
    "deteriorating": ("bloodstream-all-tested", ("infection.deteriorating=true",)),
    "effluent in another band": ("bloodstream-crrt", ("patient.crrt_effluent_l_h=0.5",)),
    "weight ceiling": ("ar-0069-complicated-uti", ("patient.weight_kg=120",)),
}
KINDS = {"case", "record", "formula", "stamp"}
FORMULAS = (
    "Cockcroft-Gault by actual weight",
    "Cockcroft-Gault by ideal weight",
    "Cockcroft-Gault by adjusted weight",
    "adjusted weight: Devine",
    "age of the creatinine",
    "count of cautions left out",
    "count of gaps left out",
    "count of not_assessed",
    "count of notes left out",
    "distance to an edge",
    "doses in 24 hours",
    "mL of a vial",
    "missed starts in 48 hours",
    "sodium a day",
    "start of active therapy + 48 hours",
    "start of active therapy + 72 hours",
    "vials of a day",
    "vials: dose / vial",
)
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


class Walks(NamedTuple):
    """A case with what explains its numbers, and how far that went on every screen."""

    answer: Answered
    claims: list[Claim]
    screens: tuple[tuple[Screen, Walked], ...]


@pytest.fixture(scope="module")
def walks(knowledge, names) -> dict[str, Walks]:
    made = {}
    for label, (example, settings) in CASES.items():
        answer = answered(example, knowledge, names, settings)
        claims = claims_of(answer)
        screens = tuple((screen, walk(screen, answer, claims)) for screen in answer.screens)
        made[label] = Walks(answer, claims, screens)
    return made


@pytest.fixture(scope="module")
def origins(walks) -> dict[Origin, int]:
    """Every origin a number was walked to, and how often."""
    return Counter(
        origin
        for walked in walks.values()
        for _, found in walked.screens
        for origin in found.explained.values()
    )


# -- the walk ------------------------------------------------------------------------------------


@pytest.mark.safety("SAF-208")
@pytest.mark.parametrize("label", CASES)
def test_every_number_is_walked_to_where_it_comes_from(label, walks) -> None:
    lost = [report(screen, token) for screen, found in walks[label].screens for token in found.lost]
    assert not lost, "\n".join(lost)


@pytest.mark.safety("SAF-208")
def test_every_walk_ends_at_a_source_with_a_locator(origins) -> None:
    for origin in origins:
        if origin.kind == "record":
            assert origin.sources, f"{origin.path} has no sources"
        for source, locator in origin.sources:
            assert source in source_ids(), f"{origin.path} cites {source}, which is no source"
            assert locator.strip(), f"{origin.path} cites {source} without a locator"


@pytest.mark.safety("SAF-208", "SAF-407")
def test_an_unverified_figure_says_so(origins) -> None:
    for origin in origins:
        if origin.kind == "record" and origin.grade == UNVERIFIED:
            assert "unverified" in origin.text.casefold(), origin.path


def test_rule_ids_left_out_as_names_are_rows_of_the_tables(walks) -> None:
    """The walk passes over `4.2/1` and the like because they are ids: so they must be."""
    for walked in walks.values():
        rules = {finding["rule"] for finding in walked.answer.json["findings"]}
        for rule in rules:
            if rule[0].isdigit():
                assert rule in row_ids(), rule


# -- the walk is not empty -----------------------------------------------------------------------


def test_numbers_of_every_kind_are_found(origins) -> None:
    by_kind = Counter()
    for origin, count in origins.items():
        by_kind[origin.kind] += count
    assert set(by_kind) == KINDS
    assert min(by_kind.values()) > 500, by_kind
    files = {origin.path.split(":")[0] for origin in origins if origin.kind == "record"}
    assert {"data/settings.toml", "data/words.toml", "data/alerts.toml"} <= files
    assert sum(file.startswith("data/drugs/") for file in files) >= 10
    assert any(file.startswith("data/breakpoints/") for file in files)


def test_every_screen_of_every_example_holds_numbers(walks) -> None:
    for label, walked in walks.items():
        assert len(walked.screens) == len(DEPTHS) * len(LAYOUTS), label
        for screen, found in walked.screens:
            assert len(found.explained) >= 5, screen.name


@pytest.mark.parametrize("formula", FORMULAS)
def test_every_formula_is_reached(formula, origins) -> None:
    assert any(o.kind == "formula" and o.path.startswith(formula) for o in origins)


# -- a changed number is found -------------------------------------------------------------------


def lost_after(walked: Walks, screen: Screen, old: str, new: str) -> list[str]:
    """What the walk no longer explains when one phrase of a screen reads otherwise."""
    assert old in screen.words, f"{screen.name} does not say {old!r}"
    changed = Screen(screen.name, screen.words.replace(old, new, 1))
    found = walk(changed, walked.answer, walked.claims)
    return [token.text for token in found.lost]


@pytest.mark.safety("SAF-208")
@pytest.mark.parametrize(
    ("label", "old", "new", "number"),
    [
        ("intra-abdominal-aki", "avibactam 0.25 g", "avibactam 0.2 g", "0.2"),  # a dose
        ("intra-abdominal-aki", "every 6 hours", "every 8 hours", "8"),  # an interval
        ("intra-abdominal-aki", "over 3 hours", "over 2 hours", "2"),  # an infusion time
        ("intra-abdominal-aki", "above 30, at most 50", "above 15, at most 50", "15"),  # an edge
        ("intra-abdominal-aki", "CrCl 42", "CrCl 43", "43"),  # a value of the case
        ("intra-abdominal-older-agent", "0.5 mg/L or more", "0.25 mg/L or more", "0.25"),
        ("bloodstream-crcl-12", "4 of 6 aztreonam", "5 of 6 aztreonam", "5"),  # a formula
        ("bloodstream-crcl-12", "2026-11-24 and", "2026-11-26 and", "26"),  # a reckoned date
        ("bloodstream-crcl-12", "knowledge 2026.11", "knowledge 2026.10", "2026.10"),  # a stamp
    ],
)
def test_one_changed_number_is_reported(label, old, new, number, walks) -> None:
    screen, before = walks[label].screens[0]
    assert not before.lost
    assert number in lost_after(walks[label], screen, old, new)


@pytest.mark.safety("SAF-208")
@pytest.mark.parametrize(
    "label",
    [
        "bloodstream-crcl-12",
        "bloodstream-dose-pending",
        "cystitis-nothing-left",
        "intra-abdominal-aki",
        "pneumonia-haemodialysis",
    ],
)
def test_no_number_of_a_first_screen_can_be_changed_unseen(label, walks) -> None:
    """Every number of these screens, each raised by one and each with a digit added."""
    walked = walks[label]
    screen, found = walked.screens[0]
    unseen = []
    for token in found.explained:
        for to in (_one_more(token.text), f"{token.text}7"):
            changed = screen.changed(token, to)
            lost = walk(changed, walked.answer, walked.claims).lost
            if not any(token.start <= other.start <= token.start + len(to) for other in lost):
                unseen.append(f"{to} for {report(screen, token)}")
    assert not unseen, "\n".join(unseen)


def _one_more(number: str) -> str:
    whole, _, rest = number.replace(",", "").partition(".")
    return f"{int(whole) + 1}{'.' if rest else ''}{rest}"
