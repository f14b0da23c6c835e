"""The mutants and their judge, on a handful; the whole run is `python -m tests.proof.mutation`."""

from __future__ import annotations

import copy
import itertools

import pytest

from ndm_advisor.knowledge.files import parse, read_files
from ndm_advisor.knowledge.load import find_base
from tests.proof.mutation.mutants import Printed, dilutions, mutants, mutated, nudged, printed
from tests.proof.mutation.watch import WHOLE, changed_keys, parts_of, watched, watched_names


@pytest.fixture(scope="module")
def files():
    return read_files(find_base())


@pytest.fixture(scope="module")
def made(files):
    return tuple(mutants(printed(files)))


def test_every_kind_is_there_and_every_name_is_one(made):
    kinds = {mutant.kind for mutant in made}
    assert kinds == {"number", "boundary", "item", "name", "flag", "record", "source"}
    assert len(made) > 9_000
    assert len({(m.file, m.edits) for m in map(_hashable, made)}) == len(made)


def _hashable(mutant):
    return mutant._replace(edits=repr(mutant.edits))


def test_a_mutant_changes_the_base_and_is_put_back(files, made):
    trees = parse(files)
    before = copy.deepcopy(trees)
    for mutant in itertools.islice(made, 0, None, 97):
        with mutated(trees, mutant) as changed:
            assert changed != before, mutant.name
        assert trees == before, mutant.name


def test_an_edge_moves_in_both_rows(files, made):
    wanted = "ceftazidime-avibactam/eu, bands 0 crcl_ml_min edge 50 to 49"
    mutant = next(m for m in made if m.what == wanted)
    trees = parse(files)
    with mutated(trees, mutant):
        upper, lower, *_ = trees[mutant.file]["dosing"][0]["bands"]
        assert upper["crcl_above_ml_min"] == lower["crcl_at_most_ml_min"] == 49


def test_an_edge_changes_its_side_in_both_rows(files, made):
    mutant = next(
        m
        for m in made
        if m.what == "ceftazidime-avibactam/eu, bands 0 crcl_ml_min edge 50: its side"
    )
    trees = parse(files)
    with mutated(trees, mutant):
        upper, lower, *_ = trees[mutant.file]["dosing"][0]["bands"]
        assert upper["crcl_at_least_ml_min"] == lower["crcl_below_ml_min"] == 50


@pytest.mark.parametrize(
    ("value", "steps"), [(8, [7, 9]), (0, [1]), (Printed("187.5"), [187.4, 187.6])]
)
def test_a_number_is_nudged_by_its_last_printed_digit(value, steps):
    assert [float(step) for step in nudged(value)] == steps


def test_an_end_point_moves_by_a_dilution():
    assert [float(step) for step in dilutions(0.5)] == [0.25, 1]


def test_what_is_read_of_a_base_is_noted_by_part_and_key(knowledge):
    read = set()
    base = watched(knowledge, read)
    read.clear()
    assert base.alerts["hepatic"] == knowledge.alerts["hepatic"]
    assert read == {("alerts", "hepatic")}
    assert base.hazards is knowledge.hazards
    assert ("hazards", WHOLE) in read
    assert ("strategies", WHOLE) not in read


def test_an_allergen_that_is_asked_for_is_noted_in_both_its_parts(knowledge):
    read = set()
    names = watched_names(watched(knowledge, read), read)
    read.clear()
    assert "penicillin" in names.allergy_classes
    assert read == {("allergy culprits", "penicillin"), ("allergy class_of", "penicillin")}


def test_what_differs_between_two_bases_is_named_by_key(knowledge):
    alerts = {**knowledge.alerts, "hepatic": knowledge.alerts["renal-limit"]}
    changed = knowledge._replace(alerts=alerts)
    assert changed_keys(parts_of(knowledge), parts_of(changed)) == {
        ("alerts", WHOLE),
        ("alerts", "hepatic"),
    }
    assert changed_keys(parts_of(knowledge), parts_of(knowledge)) == set()
