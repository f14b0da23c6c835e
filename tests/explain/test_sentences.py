"""The trace in sentences: the condition itself, the patient's value, what follows."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ndm_advisor.decision.decide import decide
from ndm_advisor.explain.fact_words import clause_of
from ndm_advisor.explain.findings import findings
from ndm_advisor.explain.trace import merged
from ndm_advisor.knowledge.checks.trace_words import problems
from ndm_advisor.knowledge.files import parse, read_files
from ndm_advisor.knowledge.load import find_base
from ndm_advisor.model.answer import Finding
from ndm_advisor.model.knowledge import Condition
from ndm_advisor.read.case_file import build_case
from tests.vignettes.harness import ON, document, load_bases

BASES = load_bases()
BLOOD = "ndm-e-coli-bloodstream-severe-eu"


@pytest.fixture
def trace(knowledge, names):
    """The trace of a vignette's base with changes."""

    def made(base: str, changes: dict[str, Any], removed: tuple[str, ...] = ()) -> dict[str, str]:
        case, _ = build_case(document(BASES[base], changes, list(removed)), names=names, on=ON)
        found = findings(decide(case, knowledge, on=ON), knowledge)
        assert all(finding.text for finding in found)
        return {f"{finding.rule}: {finding.result}": finding.text for finding in found}

    return made


def base_with(site: str) -> str:
    return next(name for name, base in BASES.items() if base.get("infection.site") == site)


def test_a_limit_with_the_patients_value_and_both_units(trace) -> None:
    changes = {"patient.crcl_ml_min": 24, "hospital.region": "US"}
    said = trace(base_with("bloodstream"), changes)["nitrofurantoin-us-crcl: true"]
    assert said == (
        "nitrofurantoin: CrCl 24 mL/min is below 60 mL/min: not offered, "
        "the US label contraindicates nitrofurantoin at this clearance"
    )


def test_a_value_beside_an_edge_is_not_printed_as_the_edge(trace) -> None:
    said = trace(base_with("bloodstream"), {"patient.crcl_ml_min": 50.04})
    assert "CrCl 50.04 mL/min" in said["crcl-near-band-edge: true"]


@pytest.mark.safety("SAF-402")
def test_what_is_missing_and_what_it_would_have_to_be(trace) -> None:
    base = base_with("bloodstream")
    removed = tuple(key for key in BASES[base] if key.startswith("patient.cr"))
    said = trace(base, {}, removed)["pivmecillinam-low-crcl: unknown"]
    assert said == (
        "pivmecillinam: cannot be decided, CrCl is not given; "
        "if CrCl is below 30 mL/min: not offered"
    )


def test_a_rule_put_to_several_drugs_names_them_all(trace) -> None:
    said = trace(base_with("bloodstream"), {})["tetracycline-blood-or-urine: true"]
    assert said.startswith("tigecycline, eravacycline: the site is the bloodstream: not offered, ")
    assert "levels of each in blood" in said


def test_a_row_names_its_guidelines_and_what_it_gives(trace) -> None:
    said = trace(base_with("bloodstream"), {})
    rows = [text for rule, text in said.items() if rule[0].isdigit()]
    assert any(text.startswith("SIMIT 2022 and ESCMID 2022: aztreonam with avib") for text in rows)
    assert any(text.startswith("IDSA 2026: ") for text in rows)
    assert all(" preferred " in text or "no regimen" in text or ": " in text for text in rows)


def test_no_key_of_the_case_file_and_no_column_is_left_in_a_sentence(knowledge, names) -> None:
    for base in BASES.values():
        case, _ = build_case(document(base, {}, []), names=names, on=ON)
        for finding in findings(decide(case, knowledge, on=ON), knowledge):
            assert "_" not in finding.text, finding
            assert "isolate." not in finding.text, finding


@pytest.mark.safety("SAF-207")
def test_a_value_never_prints_as_the_limit_it_differs_from(knowledge) -> None:
    condition = Condition("crcl_ml_min", "below", 30)
    assert clause_of(condition, 29.96, knowledge) == "CrCl 29.96 mL/min is below 30 mL/min"
    assert clause_of(condition, 24.04, knowledge) == "CrCl 24 mL/min is below 30 mL/min"


def test_one_line_for_one_rule_put_to_several_drugs() -> None:
    found = [
        Finding("usable", "r", "true", {}, (), f"{drug}: is R: not offered, {drug} is resistant")
        for drug in ("amikacin", "gentamicin")
    ]
    assert list(merged(found)) == [
        "amikacin and gentamicin: is R: not offered, each is resistant [r: true]"
    ]
    assert list(merged(found[:1])) == [
        "amikacin: is R: not offered, amikacin is resistant [r: true]"
    ]


def test_every_fact_that_a_record_asks_has_words() -> None:
    trees = parse(read_files(find_base()))
    assert list(problems(trees)) == []
    del trees["words.toml"]["facts"]["child_pugh"]
    del trees["words.toml"]["case_keys"]["patient.weight_kg"]
    trees["claims.toml"]["claim"][0]["bears_on"] = ["moon"]
    said = "\n".join(problems(trees))
    assert "facts.child_pugh: lacks `name`" in said
    assert "case_keys.patient.weight_kg: lacks `name`" in said
    assert "1a: bears on moon, which is no regimen and no alert" in said


def test_a_screen_that_shows_no_findings_spends_nothing_on_their_sentences(start_clean) -> None:
    assert start_clean("--why") >= {"ndm_advisor.explain.sentences", "ndm_advisor.explain.trace"}
    default = start_clean()
    assert not {m for m in default if m.endswith(("sentences", "trace", "fact_words", "evidence"))}


@pytest.fixture
def start_clean():
    """The modules of ours that `advise` with these options imports in a process of its own."""

    def modules(*options: str) -> set[str]:
        case = Path(__file__).parents[2] / "examples" / "cases" / "bloodstream-all-tested.toml"
        code = (
            "import sys, atexit\n"
            "atexit.register(lambda: print(*sys.modules, file=sys.stderr))\n"
            f"sys.argv = ['ndm-advisor', 'advise', {str(case)!r}, '--on', '{ON}', *{options!r}]\n"
            "from ndm_advisor.cli.app import main\nmain()"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
        return {m for m in done.stderr.decode().split() if m.startswith("ndm_advisor")}

    return modules
