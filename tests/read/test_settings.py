"""`--set key=value` changes the document; the case is then judged as if the file said so."""

from __future__ import annotations

from datetime import date

import pytest

from ndm_advisor.errors import CaseInvalidError
from ndm_advisor.read.settings import apply_settings, is_text_field, read_setting

from .known_names import NAMES, SMALLEST, codes, problems, read


@pytest.mark.parametrize(
    ("text", "path", "value"),
    [
        ("infection.site=cystitis", ("infection", "site"), "cystitis"),
        ('infection.site="cystitis"', ("infection", "site"), "cystitis"),
        ("isolate.mbl = ruled-out", ("isolate", "mbl"), "ruled-out"),
        ("patient.weight_kg=71.0", ("patient", "weight_kg"), 71.0),
        ("patient.pregnant=true", ("patient", "pregnant"), True),
        ("patient.allergies=[]", ("patient", "allergies"), []),
        ("reported_on=2026-11-20", ("reported_on",), date(2026, 11, 20)),
        ("panel.results.CZA=S", ("panel", "results", "CZA"), "S"),
        ("panel.results.CZA=>32", ("panel", "results", "CZA"), ">32"),
        ("panel.results.CZA=<=0.5", ("panel", "results", "CZA"), "<=0.5"),
        ("panel.results.CZA=8", ("panel", "results", "CZA"), "8"),
        ("panel.results.CZA=not tested", ("panel", "results", "CZA"), "not tested"),
        ("panel.results.FDC={ zone_mm = 23 }", ("panel", "results", "FDC"), {"zone_mm": 23}),
        ("panel.results.FDC.zone_mm=23", ("panel", "results", "FDC", "zone_mm"), 23),
        ("panel.version=2026", ("panel", "version"), "2026"),
        ("id=0231", ("id",), "0231"),
        ("note=a = b", ("note",), "a = b"),
        ("orders.1.dose_mg=2000", ("orders", 0, "dose_mg"), 2000),
        ("patient.weight_kg=", ("patient", "weight_kg"), None),
        (
            "panel.results.ceftazidime-avibactam+aztreonam.category=S",
            ("panel", "results", "ceftazidime-avibactam+aztreonam", "category"),
            "S",
        ),
        (
            'panel.results."ceftazidime-avibactam + aztreonam".category=S',
            ("panel", "results", "ceftazidime-avibactam + aztreonam", "category"),
            "S",
        ),
        ('panel.results."a=b"=R', ("panel", "results", "a=b"), "R"),
        ("patient.sex=1\nx=2", ("patient", "sex"), "1\nx=2"),
    ],
)
def test_a_key_and_a_value(text, path, value):
    assert read_setting(text) == (path, value)


@pytest.mark.parametrize(
    "text",
    ["", "infection.site", "=x", "a b=1", "panel.results.a b=R", 'id="open', "x=[1", "a..b=1"],
)
def test_what_is_no_setting_is_refused(text):
    with pytest.raises(CaseInvalidError) as refused:
        read_setting(text)
    (problem,) = refused.value.problems
    assert (problem.code, problem.line) == ("E211", None)


def test_the_document_handed_in_is_left_alone():
    document: dict[str, object] = {"patient": {"weight_kg": 70}}
    assert apply_settings(document, ["patient.weight_kg=80", "infection.site=cns"]) == {
        "patient": {"weight_kg": 80},
        "infection": {"site": "cns"},
    }
    assert document == {"patient": {"weight_kg": 70}}


def test_a_key_is_taken_out_and_taking_out_twice_is_no_fault():
    document: dict[str, object] = {"patient": {"weight_kg": 70}, "panel": {"results": {"CZA": "R"}}}
    assert apply_settings(
        document, ["patient.weight_kg=", "patient.weight_kg=", "hospital.region="]
    )
    changed = apply_settings(document, ["panel.results.CZA=", "patient.weight_kg="])
    assert changed == {"patient": {}, "panel": {"results": {}}}


@pytest.mark.parametrize("text", ["patient.wieght_kg=", "zzz=", "orders.1.dose=", "id.x=1"])
def test_what_cannot_be_removed_or_reached_is_refused(text):
    with pytest.raises(CaseInvalidError):
        apply_settings({"id": "x", "orders": [{}]}, [text])


def test_orders_count_from_1():
    document: dict[str, object] = {"orders": [{"drug": "a"}, {"drug": "b"}]}
    assert apply_settings(document, ["orders.2.dose_mg=5"])["orders"] == [
        {"drug": "a"},
        {"drug": "b", "dose_mg": 5},
    ]
    assert apply_settings(document, ["orders.1="])["orders"] == [{"drug": "b"}]
    assert apply_settings({}, ["orders.1.drug=c"]) == {"orders": [{"drug": "c"}]}
    for text in ("orders.0.drug=c", "orders.4.drug=c", "orders.9=c"):
        with pytest.raises(CaseInvalidError):
            apply_settings(document, [text])


def test_a_row_given_as_a_string_can_be_added_to():
    document: dict[str, object] = {"panel": {"results": {"CZA": "R", "ATM": ">32"}}}
    changed = apply_settings(
        document, ["panel.results.CZA.mic_mg_l=16", "panel.results.ATM.category=R"]
    )
    assert changed == {
        "panel": {
            "results": {
                "CZA": {"category": "R", "mic_mg_l": "16"},
                "ATM": {"mic_mg_l": ">32", "category": "R"},
            }
        }
    }


def test_a_row_is_found_under_any_name_of_its_drug():
    text = SMALLEST + '[panel.results]\n"CAZ-AVI" = "R"\n"ATM + CZA" = "R"\n'
    case = read(
        text,
        settings=(
            "panel.results.ceftazidime-avibactam=S",
            'panel.results."ceftazidime-avibactam + aztreonam"={ category = "S" }',
        ),
    )
    assert {drug: row.category for drug, row in case.panel.results.items()} == {
        "ceftazidime-avibactam": "S",
        "ceftazidime-avibactam+aztreonam": "S",
    }
    assert apply_settings({}, ["panel.results.MEM=R"], NAMES) == {
        "panel": {"results": {"MEM": "R"}}
    }


def test_a_faulty_setting_is_refused_without_a_line_of_the_file():
    text = SMALLEST + "[patient]\nweight_kg = 70\n"
    (problem,) = problems(text, settings=("patient.weight_kg=700",))
    assert (problem.code, problem.key, problem.line) == ("E207", "patient.weight_kg", None)


def test_a_setting_can_mend_a_file():
    text = SMALLEST + "[patient]\ncrcl = 45\n"
    assert codes(text) == ["E203"]
    with pytest.raises(CaseInvalidError):  # but only keys of a case can be taken out
        read(text, settings=("patient.crcl=",))
    assert read(SMALLEST, settings=("patient.crcl_ml_min=45",)).patient.crcl_ml_min == 45


def test_text_fields():
    assert is_text_field(("panel", "results", "CZA"))
    assert is_text_field(("orders", 0, "drug"))
    assert is_text_field(("note",))
    assert not is_text_field(("panel", "results", "CZA", "zone_mm"))
    assert not is_text_field(("patient", "weight_kg"))
    assert not is_text_field(())
