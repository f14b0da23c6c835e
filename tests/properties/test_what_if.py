"""What would change the advice is what deciding the changed case anew says (issue 6, done when).

Every example and 500 generated cases. What an entry says is confirmed by editing the case file and
reading it again; what the fine grid of `what_if_grid.py` finds must be listed. Each case tries a
share of the grid, chosen by its place, so that all cases together try the whole of it;
`python -m tests.properties.what_if_grid` tries the whole on each and is not run in CI.
"""

from __future__ import annotations

import copy
import json
import math
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from typing import Any, NamedTuple

import pytest

from ndm_advisor.explain.what_if import missing
from ndm_advisor.explain.what_if import would_change as engine
from ndm_advisor.explain.what_if.would_change import would_change
from ndm_advisor.model.answer import WouldChange
from ndm_advisor.model.case import canonical_json
from ndm_advisor.read.case_file import build_case
from ndm_advisor.read.settings import apply_settings
from tests.properties.decided_again import EXAMPLES, GENERATED, ON, Again, Started, flips, weight
from tests.properties.seeded_cases import put
from tests.properties.what_if_grid import (
    ALLERGIES,
    CLEARANCE,
    edit_of,
    is_open,
    missing_keys,
    missing_values,
    misstated,
    steps,
    unlisted,
)

PARTS = 20  # the cases are shared out to so many tests, that a failure is met soon
GRID_SHARE = 16  # one in so many steps of the closed list is tried on a case
VALUES_SHARE = 100  # and one in so many values of what is missing
FEW = 6  # so few values are tried all together,
FEW_SHARE = 12  # in one case of so many
MOST_AT_FIRST = 40
WEIGHTS = ("none", "dose", "regimen", "outcome")
CHOSEN = {"hospital.guideline", "hospital.region"}
COCKCROFT_GAULT = {
    "patient.creatinine_umol_l",
    "patient.creatinine_mg_dl",
    "patient.age_years",
    "patient.sex",
    "patient.weight_kg",
    "patient.height_cm",
}
ALL = len(EXAMPLES) + GENERATED


@pytest.fixture(scope="module")
def again(knowledge, names) -> Again:
    return Again(knowledge, names)


class Looked(NamedTuple):
    """A case with what the engine says of it, asked once for all tests."""

    place: int  # among all examples and generated cases
    started: Started
    entries: tuple[WouldChange, ...]
    weighed: tuple[missing.Weighed, ...]


@pytest.fixture(scope="module")
def looked(again) -> Callable[[int], Looked]:
    @cache
    def look(place: int) -> Looked:
        if place < len(EXAMPLES):
            started = again.example(EXAMPLES[place])
        else:
            started = again.generated(place - len(EXAMPLES))
        return Looked(
            place,
            started,
            would_change(started.decision, again.knowledge),
            missing.weigh(started.decision, again.knowledge),
        )

    return look


def places(part: int) -> range:
    """Every twentieth case of the examples and the generated."""
    return range(part, ALL, PARTS)


def shared(values: list[Any], place: int, share: int) -> list[Any]:
    """Every `share`th value, another set for the next case."""
    return values[place % share :: share]


@pytest.mark.parametrize("part", range(PARTS))
def test_each_entry_is_what_deciding_the_changed_case_says(part, again, looked) -> None:
    for case in map(looked, places(part)):
        for entry in case.entries:
            for edit in (entry.set, *entry.also):
                confirm(entry, edit, case.started, again)


def confirm(entry: WouldChange, edit: dict[str, Any], started: Started, again: Again) -> None:
    told = (started.name, entry.says, edit)
    new = again.with_(started.document, edit)
    assert new is not None, told
    assert entry.key in edit, told
    assert entry.outcome == new.outcome, told
    assert entry.preferred == new.preferred, told
    found = flips(started.seen, new)
    assert found, told
    assert set(entry.flips) == found, told
    assert len(entry.flips) == len(found), told
    assert entry.doses_change == ("dose" in found), told
    assert set(entry.alerts_added) == new.stops - started.seen.stops, told
    assert set(entry.alerts_removed) == started.seen.stops - new.stops, told


@pytest.mark.parametrize("part", range(PARTS))
def test_the_fine_grid_finds_no_flip_that_is_not_listed(part, again, looked) -> None:
    for case in map(looked, places(part)):
        tried = shared(steps(case.started), case.place, GRID_SHARE)
        assert list(unlisted(case.started, case.entries, tried, again)) == []


@pytest.mark.parametrize("part", range(PARTS))
def test_what_is_missing_does_what_is_said_of_it(part, again, looked) -> None:
    for place, started, _, weighed in map(looked, places(part)):
        said = {effect.key: effect for effect in missing.missing_value_effects(weighed)}
        keys = dict.fromkeys([*missing_keys(started, again.knowledge), *said])
        for index, key in enumerate(keys):
            values = missing_values(key, again.knowledge)
            # The few values of a flag or a category all together, in one case of twelve.
            whole = len(values) <= FEW and (place + index) % FEW_SHARE == 0
            tried = values if whole else shared(values, place + index, VALUES_SHARE)
            told = misstated(started, key, said.get(key), tried, again, whole=whole)
            assert list(told) == []


@pytest.mark.parametrize("part", range(PARTS))
def test_the_list_is_ordered_merged_and_the_question_open(part, looked) -> None:
    for _, started, entries, weighed in map(looked, places(part)):
        check_order(entries, started)
        check_merged(entries, started)
        effects = missing.missing_value_effects(weighed)
        at_most = [WEIGHTS.index(effect.effect) for effect in effects]
        assert at_most == sorted(at_most, reverse=True), started.name
        for effect in effects:
            assert is_open(started, effect.key) or unread(effect.key, started), effect
        check_question(weighed, started)


@pytest.mark.parametrize("part", range(PARTS))
def test_clearances_with_one_effect_are_apart_only_where_another_lies_between(
    part, again, looked
) -> None:
    for _, started, entries, _ in map(looked, places(part)):
        crcl = started.decision.facts.crcl_ml_min
        spans = sorted(
            (min(values), max(values), entry)
            for entry in entries
            if entry.key == CLEARANCE
            for values in [[edit[CLEARANCE] for edit in (entry.set, *entry.also)]]
        )
        for (_, top, below), (bottom, _, above) in pairwise(spans):
            assert top < bottom, started.name
            is_beside_patient = crcl is not None and top < crcl < bottom
            if shown(below) == shown(above) and not is_beside_patient:
                between = range(math.floor(top) + 1, math.ceil(bottom))
                tried = [again.with_(started.document, {CLEARANCE: value}) for value in between]
                assert any(new and not flips(started.seen, new) for new in tried), started.name


def shown(entry: WouldChange) -> tuple[object, ...]:
    """What a reader sees of an entry's effect."""
    return (entry.key, entry.outcome, entry.preferred, entry.flips, entry.alerts_added,
            entry.alerts_removed, entry.text)  # fmt: skip


def check_order(entries: tuple[WouldChange, ...], started: Started) -> None:
    """What the case leaves open comes first; profile and region, which are chosen, last."""
    near = any(raised.id == "crcl-near-band-edge" for raised in started.decision.raised)
    ranks = []
    for entry in entries:
        is_soft = is_open(started, entry.key) or unread(entry.key, started)
        is_soft = is_soft or (entry.key == CLEARANCE and near)
        ranks.append(2 if entry.key in CHOSEN else 0 if is_soft else 1)
    assert ranks == sorted(ranks), (started.name, [entry.key for entry in entries])


def check_merged(entries: tuple[WouldChange, ...], started: Started) -> None:
    """No two entries of one fact have equal effects, but clearances with something between."""
    effects: set[tuple[object, ...]] = set()
    for entry in entries:
        effect = shown(entry)
        if entry.key != CLEARANCE:
            assert effect not in effects, (started.name, entry.says)
        effects.add(effect)
        sets = [repr(edit) for edit in (entry.set, *entry.also)]
        assert len(sets) == len(set(sets)), (started.name, sets)


def check_question(weighed: tuple[missing.Weighed, ...], started: Started) -> None:
    """The next question is open, can be asked, and nothing else that can changes more."""
    question = missing.next_question(weighed)
    can_ask = [w for w in weighed if w.variable.ask and w.weight != "none"]
    assert (question is None) == (not can_ask), started.name
    if question is not None:
        assert is_open(started, question.key) or unread(question.key, started), question
        assert question.effect == max((w.weight for w in can_ask), key=WEIGHTS.index)
        assert question.text
        assert question.because


def unread(key: str, started: Started) -> bool:
    """A result that the case gives and that cannot be categorised leaves the drug untested."""
    if not key.startswith("panel.results."):
        return False
    result = started.decision.facts.susceptibilities.get(key.removeprefix("panel.results."))
    return result is not None and result.used == "untested"


@pytest.mark.parametrize("part", range(PARTS))
def test_no_dose_until_a_fact_is_known_only_where_true(part, again, looked) -> None:
    """Every value of the fact settles the doses it is said to, and without it they are withheld."""
    for place, started, _, weighed in map(looked, places(part)):
        for effect in missing.missing_value_effects(weighed):
            is_said = effect.detail.startswith(("cannot dose", "with the"))
            if not is_said:
                assert "cannot dose" not in effect.detail
                continue
            assert started.seen.withheld, (started.name, effect)
            assert effect.detail.startswith("with the") == (
                effect.key in COCKCROFT_GAULT and started.decision.facts.crcl_ml_min is None
            )
            named = {w.variable.key: w.doses for w in weighed}[effect.key]
            waiting = {each for each in started.seen.withheld if each[1] in named}
            assert waiting, (started.name, effect)
            values = missing_values(effect.key, again.knowledge)
            for value in shared(values, place, max(1, len(values) // 4)):
                new = again.with_(started.document, edit_of(effect.key, value))
                assert new is not None
                if "cannot dose until" in effect.detail:
                    assert not new.withheld & started.seen.withheld, (started.name, effect, value)
                else:
                    assert waiting - new.withheld, (started.name, effect, value)


def test_the_first_screen_tries_forty_changes_at_most(again, looked, monkeypatch) -> None:
    tried = 0
    decide = engine.decide

    def counted(*args: object, **options: object) -> object:
        nonlocal tried
        tried += 1
        return decide(*args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(engine, "decide", counted)
    for place in range(0, ALL, 3):
        started = looked(place).started
        tried = 0
        few = would_change(started.decision, again.knowledge, short=True)
        assert tried <= MOST_AT_FIRST, started.name
        for entry in few:
            confirm(entry, entry.set, started, again)


def test_a_case_that_no_change_of_the_list_brings_in_has_none(again) -> None:
    """Another genus of bacteria and a child are outside whatever else holds."""
    document = {
        "format": "ndm-advisor/case/1",
        "isolate": {"organism": "Pseudomonas aeruginosa", "mbl": "confirmed", "mbl_method": "pcr"},
        "infection": {"site": "bloodstream"},
    }
    decision = again.decision(document)
    assert decision is not None
    assert decision.outcome == "out_of_scope"
    assert would_change(decision, again.knowledge) == ()
    weighed = missing.weigh(decision, again.knowledge)
    assert {w.weight for w in weighed} == {"none"}
    assert missing.next_question(weighed) is None


def test_the_grid_is_whole_over_all_cases(again) -> None:
    """The shares leave no value out: each share number is met by some case, many times over."""
    for share in (GRID_SHARE, VALUES_SHARE):
        for length in (7, 200, len(missing_values(ALLERGIES, again.knowledge))):
            values = list(range(length))
            tried = {value for place in range(ALL) for value in shared(values, place, share)}
            assert tried == set(values)


def test_each_set_is_what_the_command_takes(again, looked) -> None:
    """`--set` with the key as printed, its name quoted, edits the case as the entry means it."""
    for _, started, entries, _ in map(looked, places(0)):
        for entry in entries:
            edits = {k: v for k, v in entry.set.items() if k not in CHOSEN}
            texts = [f"{as_key(key)}={as_toml(value)}" for key, value in edits.items()]
            by_command = apply_settings(started.document, texts, again.names)
            by_hand = copy.deepcopy(started.document)
            for key, value in edits.items():
                put(by_hand, key, value)
            assert read(by_command, again) == read(by_hand, again), texts


def read(document: dict[str, Any], again: Again) -> bytes:
    return canonical_json(build_case(document, names=again.names, on=ON)[0])


def as_key(key: str) -> str:
    """The key with a name that needs quotes in quotes."""
    tables, _, name = key.rpartition(".")
    return f'{tables}."{name}"' if "+" in name else key


def as_toml(value: object) -> str:
    """A value as TOML; nothing takes the key out."""
    if value is None:
        return ""
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{key} = {as_toml(item)}' for key, item in value.items())} }}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(as_toml, value))}]"
    return json.dumps(value)


def test_weight_is_the_gravest() -> None:
    assert [weight(set(f)) for f in ((), ("dose",), ("stop", "dose"), ("outcome", "dose"))] == [
        "none",
        "dose",
        "regimen",
        "outcome",
    ]
