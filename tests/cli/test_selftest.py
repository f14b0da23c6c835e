"""`selftest`: passes here, and says which figure differs when one does."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from ndm_advisor.cli import example_check
from ndm_advisor.knowledge.load import find_base
from tests.cli.conftest import CASES, Run


@pytest.mark.safety("SAF-506")
def test_this_installation_passes(run: Run) -> None:
    result = run("selftest")
    count = len(list(CASES.glob("*.expected.json")))
    assert result.exit_code == 0
    assert "Result: passed" in result.stdout
    assert f"{count} run, {count} passed, 0 failed" in result.stdout
    assert "every check passed" in result.stdout
    assert " seconds" in result.stdout


@pytest.mark.safety("SAF-506")
def test_a_changed_dose_fails_with_1_and_names_both_figures(run: Run, tmp_path: Path) -> None:
    base = tmp_path / "data"
    shutil.copytree(find_base(), base, ignore=shutil.ignore_patterns("seal.json"))
    drug = base / "drugs" / "cefiderocol.toml"
    text = drug.read_text("utf-8")
    assert "cefiderocol_mg = 2000" in text
    drug.write_text(text.replace("cefiderocol_mg = 2000", "cefiderocol_mg = 1900"), "utf-8")
    result = run("selftest", "--data", base)
    assert result.exit_code == 1
    assert "Result: FAILED" in result.stdout
    assert 'expected {"cefiderocol": 2000}, got {"cefiderocol": 1900}' in result.stdout


@pytest.mark.safety("SAF-503", "SAF-506")
def test_a_base_with_problems_ends_with_5(run: Run, tmp_path: Path) -> None:
    base = tmp_path / "data"
    shutil.copytree(find_base(), base)
    (base / "drugs" / "aztreonam.toml").write_text("id = 3\n", encoding="utf-8")
    assert run("selftest", "--data", base).exit_code == 5


def test_without_examples_nothing_is_called_passed(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(example_check, "_PLACES", ())
    result = run("selftest")
    assert result.exit_code == 1
    assert "carries no example cases" in result.stdout


class TestDifferences:
    """The comparison that the tests of the examples use too."""

    @pytest.fixture
    def pair(self, knowledge) -> tuple[dict, dict]:
        path = CASES / "bloodstream-all-tested.toml"
        expected = json.loads(example_check.expected_file(path).read_bytes())
        return expected, json.loads(json.dumps(example_check.answer_of(path, knowledge)))

    def test_none(self, pair) -> None:
        assert example_check.differences(*pair) == ()

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            (lambda a: a.update(outcome="abstention"), "outcome: expected"),
            (lambda a: a.update(dose_pending=True), "dose_pending: expected false, got true"),
            (lambda a: a["regimens"].pop(), "regimens: expected"),
            (lambda a: a["regimens"][0].update(rank="last_resort"), "rank: expected"),
            (lambda a: a["regimens"][0]["drugs"][0].update(interval_h=99), "interval_h: expected"),
            (lambda a: a["regimens"][0]["drugs"].clear(), "no order of"),
            (lambda a: a["alerts"].clear(), "alert "),
            (lambda a: a["rejected"].clear(), "rejected: "),
            (lambda a: a["not_assessed"].clear(), "not_assessed_keys: "),
        ],
    )
    def test_each_kind(self, pair, change, said: str) -> None:
        expected, answer = pair
        expected["rejected"] = [answer["rejected"][0]["id"]]
        expected["not_assessed_keys"] = [answer["not_assessed"][0]["keys"][0]]
        change(answer)
        assert any(said in line for line in example_check.differences(expected, answer))

    def test_a_key_that_nothing_compares_is_a_difference(self, pair) -> None:
        expected, answer = pair
        found = example_check.differences(expected | {"regimen": []}, answer)
        assert found == ("expected answer: keys that nothing compares: regimen",)
