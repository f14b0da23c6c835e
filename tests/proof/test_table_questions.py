"""What the typed tables ask of the base as it stands; the slow proof asks it of every mutant."""

from __future__ import annotations

import pytest

from ndm_advisor.cli.base import load_base, names_of
from tests.knowledge.double_entry_rows import lines
from tests.proof.mutation.questions_doses import typed_tables
from tests.proof.mutation.questions_tables import table_questions

BASE = load_base(None)
NAMES = names_of(BASE)


@pytest.mark.safety("SAF-201")
@pytest.mark.parametrize("question", [pytest.param(q, id=q.label) for q in table_questions(BASE)])
def test_the_typed_rows_are_answered(question):
    assert list(question.ask(BASE, NAMES)) == []


def test_every_dosing_table_was_typed():
    held = {table.id for drug in BASE.drugs.values() for table in drug.dosing}
    assert {table.id for table in typed_tables()} == held


def test_every_licence_that_names_sites_was_typed():
    typed = {(row["drug"], row["region"]) for row in lines("licences.csv")}
    held = {
        (drug.id, region)
        for drug in BASE.drugs.values()
        for region, licence in drug.licences.items()
        if licence["sites"] or licence.get("limited_options")
    }
    assert typed == held


def test_every_dosage_of_eucast_was_typed():
    typed = {row["drug"] for row in lines("eucast-dosages.csv")}
    assert typed == {drug.id for drug in BASE.drugs.values() if "eucast_dosage" in drug.text}
