"""The JSON answer keeps its contract: keys, order, numbers, schema."""

from __future__ import annotations

import json
import typing

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ndm_advisor.model import answer as model
from ndm_advisor.render.answer_schema import ANSWER, RECORDS
from ndm_advisor.render.as_json import json_schema, to_data, to_json

from .factory import CEFTAZIDIME_AVIBACTAM, all_answers, answer, offer, with_case_text

ANSWERS = all_answers()
SCHEMA = jsonschema.Draft202012Validator(json_schema())


@pytest.mark.safety("SAF-208")
@pytest.mark.parametrize("name", ANSWERS)
def test_every_answer_validates_against_the_schema(name):
    SCHEMA.validate(json.loads(to_json(ANSWERS[name])))


def test_the_schema_is_itself_valid():
    jsonschema.Draft202012Validator.check_schema(json_schema())


@pytest.mark.parametrize("record", sorted(RECORDS))
def test_the_schema_names_every_field_in_order(record):
    fields = getattr(model, record)._fields
    assert tuple(RECORDS[record]["properties"]) == fields


def test_the_schema_names_every_key_of_the_answer_in_order():
    assert tuple(ANSWER["properties"]) == model.Recommendation._fields


@pytest.mark.parametrize(
    ("record", "field", "alias"),
    [
        ("Finding", "result", model.Truth),
        ("Offer", "rank", model.Rank),
        ("Alert", "tier", model.Tier),
        ("Position", "outcome", model.Outcome),
    ],
)
def test_the_schema_enumerates_what_the_types_do(record, field, alias):
    assert set(RECORDS[record]["properties"][field]["enum"]) == set(typing.get_args(alias))


@pytest.mark.parametrize("path", [("extra",), ("case", "extra"), ("regimens", 0, "extra")])
def test_unknown_keys_are_refused(path):
    data = json.loads(to_json(answer()))
    place = data
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = 1
    with pytest.raises(jsonschema.ValidationError):
        SCHEMA.validate(data)


def test_keys_stand_in_the_order_of_the_contract():
    data = json.loads(to_json(answer()))
    assert tuple(data) == model.Recommendation._fields
    assert tuple(data["regimens"][0]["drugs"][0]) == model.DrugOrder._fields


def test_whole_numbers_print_without_a_fraction():
    raw = to_json(answer()).decode()
    assert '"ceftazidime": 1000,' in raw
    assert ".0," not in raw
    assert ".0\n" not in raw


def test_fractions_print_as_they_are():
    drug = CEFTAZIDIME_AVIBACTAM
    dose = drug.maintenance_dose._replace(components_mg={"avibactam": 187.5}, total_mg=0.1)
    raw = to_json(answer(offer("x", drug._replace(maintenance_dose=dose)))).decode()
    assert '"avibactam": 187.5' in raw
    assert '"total_mg": 0.1,' in raw


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_what_is_not_finite_is_null(value):
    assert to_data(value) is None


def test_the_line_of_a_case_is_there_only_if_it_has_one():
    assert "line" not in json.loads(to_json(answer()))["case"]
    numbered = answer()._replace(case=answer().case._replace(line=3))
    assert json.loads(to_json(numbered))["case"]["line"] == 3


def test_null_stays_null():
    data = json.loads(to_json(answer()))
    assert data["abstention"] is None
    assert data["would_change"] is None
    assert data["provenance"]["signed_off_by"] is None


def test_one_line_for_ndjson():
    raw = to_json(answer(), indent=None)
    assert b"\n" not in raw
    assert json.loads(raw) == json.loads(to_json(answer()))


def test_what_the_contract_does_not_know_is_a_bug():
    with pytest.raises(TypeError, match="no JSON form for set"):
        to_data({1})


@pytest.mark.safety("SAF-701")
@pytest.mark.parametrize("hostile", ["[bold]", "\x1b[31m", "\u202e", "\x00", "\x9b", "\x7f", '"\\'])
def test_hostile_case_text_survives_and_no_escape_passes(hostile):
    raw = to_json(with_case_text(hostile)).decode()
    assert json.loads(raw)["note"] == hostile
    assert raw.replace("\n", "").isprintable()


@pytest.mark.safety("SAF-701")
@settings(max_examples=60, deadline=None)
@given(st.text(max_size=20))
def test_any_case_text_comes_back_as_it_was(string):
    assert json.loads(to_json(with_case_text(string)))["note"] == string


def test_a_lone_surrogate_is_written_out():
    assert json.loads(to_json(with_case_text("\ud800")))["note"] == r"\ud800"
