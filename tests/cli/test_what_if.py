"""`what-if`: single changes, what is missing, and two answers side by side."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import BAD, CASES, ON, Run

PAIR = "ceftazidime-avibactam+aztreonam"


def report(run: Run, path: Path, *options: str) -> dict[str, Any]:
    result = run("what-if", path, "--on", ON, "--format", "json", *options)
    assert result.exit_code == 0, result.stderr
    made: dict[str, Any] = json.loads(result.stdout)
    return made


@pytest.mark.parametrize("path", sorted(CASES.glob("*.toml")), ids=lambda p: p.stem)
@pytest.mark.parametrize("form", ["text", "plain", "json"])
def test_every_example_case_has_a_report(run: Run, path: Path, form: str) -> None:
    result = run("what-if", path, "--on", ON, "--format", form)
    assert result.exit_code == 0, result.stderr
    assert result.stdout.endswith("\n")


class TestReport:
    def test_is_what_advise_says_in_json(self, run: Run, case: Path) -> None:
        made = report(run, case)
        answer = json.loads(run("advise", case, "--on", ON, "--format", "json").stdout)
        for key in ("would_change", "missing_value_effects", "next_question", "case", "summary"):
            assert made[key] == answer[key]

    def test_stock_turns_the_choice_as_policy_section_2_says(self, run: Run, case: Path) -> None:
        """A stocked stands beside P; without it, or without a partner, the other stands alone."""
        by_set = {json.dumps(e["set"]): e for e in report(run, case)["would_change"]}
        assert by_set['{"hospital.stock.aztreonam-avibactam": false}']["preferred"] == [PAIR]
        for partner in ("ceftazidime-avibactam", "aztreonam"):
            entry = by_set[f'{{"hospital.stock.{partner}": false}}']
            assert entry["preferred"] == ["aztreonam-avibactam"]
            assert entry["flips"] == ["preferred"]

    def test_resistance_of_the_pair_leaves_cefiderocol(self, run: Run, case: Path) -> None:
        """Policy 4.2 row 5: aztreonam support resistant, cefiderocol S and usable."""
        (entry,) = [
            e
            for e in report(run, case)["would_change"]
            if e["set"] == {"panel.results.aztreonam-avibactam": "R"}
        ]
        assert (entry["outcome"], entry["preferred"]) == ("regimens", ["cefiderocol"])

    def test_clearances_of_equal_effect_are_one(self, run: Run, case: Path) -> None:
        """EU bands of cefiderocol, aztreonam-avibactam and the pair below 96 mL/min."""
        says = [e["says"] for e in report(run, case)["would_change"] if "CrCl" in e["says"]]
        assert says[-1] == "CrCl 120 mL/min or more"  # cefiderocol every 6 hours
        assert "CrCl 15 mL/min or less" in says  # no row of aztreonam-avibactam there
        assert len(says) == len(set(says)) <= 6

    def test_without_a_clearance_the_dose_waits_for_it(self, run: Run) -> None:
        made = report(run, CASES / "bloodstream-dose-pending.toml")
        missing = {m["key"]: m for m in made["missing_value_effects"]}
        assert "cannot dose until" in missing["patient.crcl_ml_min"]["detail"]
        assert made["next_question"]["key"] == "patient.crcl_ml_min"

    def test_an_isolate_out_of_scope_stays_so(self, run: Run) -> None:
        """Policy section 1: another organism ends the case whatever else is known."""
        made = report(run, CASES / "pseudomonas-ndm.toml")
        assert made["would_change"] == []
        assert {m["effect"] for m in made["missing_value_effects"]} == {"none"}
        assert made["next_question"] is None


class TestSideBySide:
    def test_only_what_differs_and_what_made_it(self, run: Run, case: Path) -> None:
        made = report(run, case, "--set", "hospital.stock.aztreonam-avibactam=false")
        assert made["set"] == {"hospital.stock.aztreonam-avibactam": False}
        assert made["old"]["preferred"] == ["aztreonam-avibactam", PAIR]
        assert made["new"]["preferred"] == [PAIR]
        assert {d["what"] for d in made["differences"]} >= {"preferred", "aztreonam-avibactam"}
        assert "kidney" not in {d["what"] for d in made["differences"]}
        assert ("hazard", "not-in-stock", "new") in {
            (c["kind"], c["id"], c["holds"]) for c in made["causes"]
        }

    def test_a_band_that_doses_otherwise_is_named(self, run: Run, case: Path) -> None:
        made = report(run, case, "--set", "patient.crcl_ml_min=40")
        bands = [c for c in made["causes"] if c["kind"] == "band" and c["holds"] == "new"]
        assert {c["id"] for c in bands} >= {"aztreonam-avibactam", "ceftazidime-avibactam"}
        assert all(c["sources"] for c in bands)

    def test_a_change_without_effect_says_so(self, run: Run, case: Path) -> None:
        made = report(run, case, "--set", "note=another note")
        assert made["differences"] == []
        shown = run("what-if", case, "--on", ON, "--set", "note=another note").stdout
        assert "Same answer" in shown

    def test_another_profile_is_a_change_too(self, run: Run, case: Path) -> None:
        made = report(run, case, "--set", "hospital.guideline=idsa-2026")
        assert made["new"]["guideline"] == "idsa-2026"
        assert made["new"]["preferred"] == ["aztreonam-avibactam", "cefiderocol"]

    def test_two_columns_on_a_wide_screen_one_on_a_narrow(self, run: Run, case: Path) -> None:
        change = ("--set", "infection.site=cystitis", "--on", ON, "--format", "text")
        for columns, separator in (("100", " | "), ("60", None)):
            shown = run_with_columns(run, columns, "what-if", case, *change)
            assert (" | " in shown) is (separator is not None)
            assert max(map(len, shown.splitlines())) <= int(columns)

    def test_a_changed_case_that_is_no_case_is_refused(self, run: Run, case: Path) -> None:
        result = run("what-if", case, "--on", ON, "--set", "patient.weight_kg=heavy")
        assert (result.exit_code, result.stdout) == (4, "")
        assert "weight_kg" in result.stderr

    def test_what_is_refused_without_a_change_is_refused(self, run: Run) -> None:
        bad = next(BAD.glob("*.toml"))
        assert run("what-if", bad, "--on", ON).exit_code == 4

    @pytest.mark.safety("SAF-701")
    def test_text_of_the_case_stays_text(self, run: Run, case: Path) -> None:
        hostile = "infection.site=cystitis"
        named = 'id="\\u001b[31mred[/red]"'
        shown = run("what-if", case, "--on", ON, "--set", named, "--set", hostile).stdout
        assert "\x1b" not in shown


def run_with_columns(run: Run, columns: str, *arguments: str | Path) -> str:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", columns)
        result = run(*arguments)
    assert result.exit_code == 0, result.stderr
    return result.stdout
