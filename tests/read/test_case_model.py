"""The model keeps what it is given, is frozen, and has one canonical form."""

from __future__ import annotations

import hashlib
import json
import tomllib
from pathlib import Path

import pytest
from pydantic import ValidationError

from ndm_advisor.model.case import Case, PanelResult, canonical_json, panel_result

from .known_names import SMALLEST, read

FULL = read((Path(__file__).parent / "full-case.toml").read_text(encoding="utf-8"))


def digest(text: str, path: str | None = "case.toml") -> str:
    return hashlib.sha256(canonical_json(read(text, path=path))).hexdigest()


def test_frozen_through_and_through():
    with pytest.raises(ValidationError):
        FULL.patient.weight_kg = 80
    with pytest.raises(ValidationError):
        FULL.orders[0].dose_mg = 1


@pytest.mark.parametrize(
    ("table", "key", "value"),
    [
        ("patient", "weight_kg", True),
        ("patient", "weight_kg", "71"),
        ("patient", "weight_kg", float("nan")),
        ("patient", "weight_kg", 0),
        ("patient", "crcl_ml_min", float("inf")),
        ("patient", "age_years", True),
        ("patient", "creatinine_measured_on", 20261120),
        ("isolate", "methyltransferase_16s", 1),
        ("infection", "site", "lung"),
        ("infection", "unknown", 1),
    ],
)
def test_strict_without_the_reader_too(table, key, value):
    document: dict[str, dict[str, object]] = {
        "isolate": {"organism": "x"},
        "infection": {"site": "cns"},
        "patient": {},
    }
    document[table][key] = value
    with pytest.raises(ValidationError):
        Case.model_validate({"format": "ndm-advisor/case/1", **document})


def test_the_canonical_form_is_a_case_file_of_the_same_case():
    again = read(canonical_json(FULL).decode(), path=None)
    assert canonical_json(again) == canonical_json(FULL)
    assert again.panel == FULL.panel
    assert again.patient == FULL.patient


def test_nothing_absent_is_written():
    assert json.loads(canonical_json(read(SMALLEST + "[patient]\n[panel.results]\n"))) == {
        "format": "ndm-advisor/case/1",
        "infection": {"site": "bloodstream"},
        "isolate": {"organism": "escherichia-coli"},
    }
    assert b'"allergies":[]' in canonical_json(read(SMALLEST + "[patient]\nallergies = []\n"))


def test_order_of_keys_spelling_and_format_do_not_change_the_digest():
    toml = """\
format = "ndm-advisor/case/1"
[isolate]
organism = "E. coli"
[infection]
site = "bloodstream"
[panel.results]
CZA = "R"
"Aztreonam + CAZ-AVI" = { category = "S", method = "strip-stacking" }
[patient]
weight_kg = 71
medicines = ["Azactam"]
[[orders]]
drug = "Avycaz"
start_time = "08:00"
started_on = 2026-11-20
"""
    other = """\
infection = { site = "bloodstream" }
patient = { medicines = ["aztreonam"], weight_kg = 71.0 }
isolate.organism = "Escherichia coli"
format = "ndm-advisor/case/1"
[panel.results]
"ceftazidime-avibactam+aztreonam" = { method = "strip-stacking", category = "S" }
ceftazidime-avibactam = { category = "R" }
[[orders]]
started_on = "2026-11-20"
start_time = 08:00:00
drug = "ceftazidime-avibactam"
"""
    as_json = json.dumps(tomllib.loads(toml), default=str)
    assert digest(toml) == digest(other) == digest(as_json, "case.json")
    assert digest(toml) != digest(toml.replace("71", "72"))


def test_a_copy_with_one_value_changed():
    changed = FULL.with_("isolate.mbl", "ruled-out")
    assert changed.isolate.mbl == "ruled-out"
    assert changed.isolate.organism == FULL.isolate.organism
    assert FULL.isolate.mbl == "confirmed"
    assert FULL.with_("orders.1.interval_h", 6).orders[0].interval_h == 6
    assert FULL.with_("hospital.stock.cefiderocol", value=True).hospital.stock == {
        "aztreonam-avibactam": False,
        "cefiderocol": True,
    }
    assert FULL.with_("id", None).id is None
    assert FULL.with_("orders", ()).orders == ()


def test_a_copy_with_one_value_taken_out():
    assert FULL.with_("patient.weight_kg", None).patient.weight_kg is None
    assert FULL.with_("patient.allergies", None).patient.allergies is None
    assert FULL.with_("orders.1.route", None).orders[0].route is None
    without = FULL.with_("panel.results.aztreonam", None)
    assert set(FULL.panel.results) - set(without.panel.results) == {"aztreonam"}
    assert FULL.with_("panel.results", None).panel.results == {}


def test_panel_rows_are_set_as_text_as_a_row_or_by_column():
    rows = FULL.with_("panel.results.cefiderocol", "S").panel.results
    assert rows["cefiderocol"] == PanelResult(category="S")
    rows = FULL.with_("panel.results.aztreonam", ">4").panel.results
    assert rows["aztreonam"] == PanelResult(mic_mg_l=">4")
    combined = 'panel.results."ceftazidime-avibactam + aztreonam".category'
    rows = FULL.with_(combined, "R").panel.results
    assert rows["ceftazidime-avibactam+aztreonam"] == PanelResult(
        category="R", method="broth-disk-elution"
    )
    rows = FULL.with_("panel.results.cefiderocol.zone_mm", None).panel.results
    assert "cefiderocol" not in rows


def test_a_copy_is_validated():
    with pytest.raises(ValidationError):
        FULL.with_("isolate.mbl", "perhaps")
    with pytest.raises(ValidationError):
        FULL.with_("infection.site", None)
    with pytest.raises(ValidationError):
        FULL.with_("panel.results.aztreonam.category", "s")


@pytest.mark.parametrize(
    "key",
    ["zzz", "zzz.a", "patient.crcl", "orders.0.dose_mg", "orders.2.dose_mg", "orders.1.x", "id.x"],
)
def test_a_key_that_is_not_there_is_refused(key):
    with pytest.raises(KeyError):
        FULL.with_(key, 1)


def test_one_string_is_a_category_or_an_mic():
    assert panel_result("pending") == {"category": "pending"}
    assert panel_result("8") == {"mic_mg_l": "8"}
