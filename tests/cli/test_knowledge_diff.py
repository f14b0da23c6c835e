"""`knowledge diff`: exactly the records that differ, exactly the cases whose advice does."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from ndm_advisor.cli.base import names_of
from ndm_advisor.cli.batch import judge as judging
from ndm_advisor.explain.advise import advise
from ndm_advisor.knowledge.load import load_knowledge, write_seal
from ndm_advisor.model.answer import CaseRef, Recommendation
from ndm_advisor.read.case_file import read_case
from ndm_advisor.render.difference_schema import difference_schema
from tests.cli.conftest import BAD, CASES, ON, ROOT, Run

DATA = ROOT / "data"
OLD_BAND = "crcl_above_ml_min = 50"
LOW_BAND = "crcl_at_most_ml_min = 50"
HAZARD = "aztreonam-avibactam-eu-kidney-failure"
GOOD: dict[str, Any] = {
    "format": "ndm-advisor/case/1",
    "isolate": {"organism": "E. coli", "mbl": "confirmed", "mbl_family": "NDM"},
    "panel": {
        "standard": "EUCAST",
        "version": "2026",
        "results": {"ceftazidime-avibactam + aztreonam": "S", "aztreonam-avibactam": "S"},
    },
    "infection": {"site": "bloodstream", "severity": "severe"},
    "patient": {
        "age_years": 60,
        "weight_kg": 70.0,
        "renal_replacement": "none",
        "aki_within_48h": False,
    },
    "hospital": {
        "guideline": "simit-2022",
        "region": "EU",
        "stock": {
            "aztreonam-avibactam": False,
            "ceftazidime-avibactam": True,
            "aztreonam": True,
            "cefiderocol": False,
        },
    },
}


def at_clearance(crcl: float) -> dict[str, Any]:
    return GOOD | {"id": f"crcl-{crcl}", "patient": GOOD["patient"] | {"crcl_ml_min": crcl}}


def ndjson(path: Path, *cases: dict[str, Any]) -> Path:
    path.write_text("".join(f"{json.dumps(case)}\n" for case in cases), encoding="utf-8")
    return path


def replaced(file: Path, old: str, new: str, *, after: str = "") -> None:
    """Replace the first `old` after the first `after`; both must be there."""
    text = file.read_text(encoding="utf-8")
    start = text.index(after)
    place = text.index(old, start)
    file.write_text(text[:place] + new + text[place + len(old) :], encoding="utf-8")


@pytest.fixture(scope="module")
def edited(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The base with one band edge, one hazard, one text and one date changed, one record gone.

    Sealed once it has passed its checks, so that no test waits for them.
    """
    base = tmp_path_factory.mktemp("edited") / "data"
    shutil.copytree(DATA, base)
    drug = base / "drugs" / "ceftazidime-avibactam.toml"
    replaced(drug, OLD_BAND, "crcl_above_ml_min = 41", after='id = "ceftazidime-avibactam/eu"')
    replaced(drug, LOW_BAND, "crcl_at_most_ml_min = 41", after='id = "ceftazidime-avibactam/eu"')
    replaced(base / "hazards" / "kidney.toml", "at_most = 15", "at_most = 10", after=HAZARD)
    alerts = base / "alerts.toml"
    replaced(alerts, "is excluded.", "is left out.", after='id = "severe-allergy"')
    dated = base / "drugs" / "cefiderocol.toml"
    replaced(dated, "review_due_on = 2027-05-22", "review_due_on = 2027-05-21")
    _remove_organism(base / "organisms.toml", "ewingella-americana")
    write_seal(base)
    return base


def _remove_organism(file: Path, ident: str) -> None:
    text = file.read_text(encoding="utf-8")
    blocks = text.split("[[organism]]\n")
    kept = [block for block in blocks if not block.startswith(f'id = "{ident}"')]
    assert len(kept) == len(blocks) - 1
    file.write_text("[[organism]]\n".join(kept).replace(f'"{ident}", ', ""), encoding="utf-8")


def compared(run: Run, *arguments: str | Path, status: int = 0) -> dict[str, Any]:
    result = run("knowledge", "diff", *arguments, "--on", ON, "--format", "json")
    assert result.exit_code == status, result.stderr
    made: dict[str, Any] = json.loads(result.stdout)
    jsonschema.Draft202012Validator(difference_schema()).validate(made)
    totals = made["totals"]
    assert totals["cases"] == totals["same"] + totals["different"] + totals["refused"]
    return made


def ids(made: dict[str, Any]) -> list[str]:
    return [found["case"]["id"] for found in made["cases"]]


class TestRecords:
    def test_exactly_those_that_were_edited_differ(self, run: Run, edited: Path) -> None:
        made = compared(run, DATA, edited)
        found = {(r["file"], r["kind"], r["id"], r["change"]) for r in made["records"]}
        assert found == {
            ("drugs/ceftazidime-avibactam.toml", "dosing", "ceftazidime-avibactam/eu", "changed"),
            ("hazards/kidney.toml", "hazard", HAZARD, "changed"),
            ("alerts.toml", "alert", "severe-allergy", "changed"),
            ("organisms.toml", "organism", "ewingella-americana", "removed"),
            ("organisms.toml", "", "groups", "changed"),
        }
        assert made["redated"] == 1
        assert made["totals"]["cases"] == 0

    def test_a_changed_record_names_its_keys_with_both_values(self, run: Run, edited: Path) -> None:
        made = compared(run, DATA, edited)
        keys = {r["id"]: r["keys"] for r in made["records"]}
        assert keys["ceftazidime-avibactam/eu"] == [
            {"key": "bands.1.crcl_above_ml_min", "old": 50, "new": 41},
            {"key": "bands.2.crcl_at_most_ml_min", "old": 50, "new": 41},
        ]
        assert keys[HAZARD] == [{"key": "when.2.at_most", "old": 15, "new": 10}]
        (text,) = keys["severe-allergy"]
        assert text["key"] == "texts.stop"
        assert text["old"].replace("is excluded.", "is left out.") == text["new"]

    def test_the_other_way_round_removed_is_added(self, run: Run, edited: Path) -> None:
        made = compared(run, edited, DATA)
        (added,) = [r for r in made["records"] if r["change"] == "added"]
        assert added["id"] == "ewingella-americana"

    def test_the_same_directory_twice(self, run: Run) -> None:
        result = run("knowledge", "diff", DATA, DATA)
        assert result.exit_code == 0
        assert "RECORDS: no record differs" in result.stdout
        assert "CASES" not in result.stdout

    def test_text_has_one_line_a_key_and_one_for_all_dates(self, run: Run, edited: Path) -> None:
        shown = run("knowledge", "diff", DATA, edited, "--format", "text").stdout
        assert "bands.1.crcl_above_ml_min: 50 → 41" in shown
        assert "when.2.at_most: 15 → 10" in shown
        assert "other review dates of 1 record\n" in shown
        assert "2027-05-21" not in shown
        linear = run("knowledge", "diff", DATA, edited, "--linear").stdout
        assert "Changed: when.2.at_most: was 15, now 10" in linear
        assert "Removed: organisms.toml: organism ewingella-americana" in linear


class TestCases:
    def test_exactly_the_examples_that_the_edits_reach_change(self, run: Run, edited: Path) -> None:
        """Two of all examples: CrCl 42 lies between 41 and 50; CrCl 12 between 10 and 15."""
        made = compared(run, DATA, edited, CASES)
        assert ids(made) == ["bloodstream-crcl-12", "intra-abdominal-aki"]
        assert made["totals"] == {
            "cases": len(list(CASES.glob("*.toml"))),
            "same": len(list(CASES.glob("*.toml"))) - 2,
            "different": 2,
            "refused": 0,
        }

    def test_a_hazard_that_no_longer_holds_gives_the_drug_back(
        self, run: Run, edited: Path
    ) -> None:
        (found,) = compared(run, DATA, edited, CASES / "bloodstream-crcl-12.toml")["cases"]
        assert "aztreonam-avibactam" not in found["old"]["preferred"]
        assert "aztreonam-avibactam" in found["new"]["preferred"]
        assert "aztreonam-avibactam" in found["says"]
        assert "preferred" in found["flips"]

    def test_a_band_edge_changes_the_clearances_between_and_no_other(
        self, run: Run, edited: Path, tmp_path: Path
    ) -> None:
        """Old: at most 50 is the lower dose. New: at most 41. Edges belong to the lower band."""
        cases = [at_clearance(crcl) for crcl in (31, 41, 41.5, 45, 50, 50.5, 90)]
        made = compared(run, DATA, edited, ndjson(tmp_path / "c.ndjson", *cases))
        assert ids(made) == ["crcl-41.5", "crcl-45", "crcl-50"]
        assert [found["case"]["line"] for found in made["cases"]] == [3, 4, 5]
        for found in made["cases"]:
            assert found["flips"] == ["dose"]
            assert found["says"] == "another dose of ceftazidime-avibactam"
            (old,), (new,) = found["doses"]
            assert "ceftazidime 1 g + avibactam 0.25 g" in old
            assert "ceftazidime 2 g + avibactam 0.5 g" in new

    def test_a_name_that_one_base_lacks_is_a_difference(
        self, run: Run, edited: Path, tmp_path: Path
    ) -> None:
        case = GOOD | {
            "id": "rare",
            "isolate": GOOD["isolate"] | {"organism": "Ewingella americana"},
        }
        path = ndjson(tmp_path / "c.ndjson", case)
        (found,) = compared(run, DATA, edited, path)["cases"]
        assert found["change"] == "different"
        assert found["says"].startswith("refused by the new side: ")
        assert found["old"]["outcome"] == "regimens"
        errors = [p["key"] for p in found["new"]["problems"] if p["severity"] == "error"]
        assert errors == ["isolate.organism"]
        (back,) = compared(run, edited, DATA, path)["cases"]
        assert back["says"].startswith("refused by the old side: ")

    def test_refused_cases_are_counted_and_stop_nothing(self, run: Run, tmp_path: Path) -> None:
        bad = GOOD | {"id": "bad", "isolate": {"organism": "E. colli"}}
        path = ndjson(tmp_path / "c.ndjson", bad, GOOD | {"id": "good"})
        result = run("knowledge", "diff", DATA, DATA, path, "--on", ON)
        assert result.exit_code == 3
        assert "CASES: 0 different, 1 same, 1 refused (2 cases)" in result.stdout
        assert result.stderr.count("unknown organism") == 1
        assert compared(run, DATA, DATA, BAD, status=4)["totals"]["same"] == 0

    def test_a_crash_is_the_programs_fault_and_stops_nothing(
        self, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        real = judging.Judge.applied

        def crash(self: judging.Judge, case: Any) -> Any:
            if case.id == "crash":
                raise RuntimeError
            return real(self, case)

        monkeypatch.setattr(judging.Judge, "applied", crash)
        path = ndjson(tmp_path / "c.ndjson", GOOD | {"id": "crash"}, GOOD | {"id": "good"})
        result = run("knowledge", "diff", DATA, DATA, path, "--on", ON)
        assert result.exit_code == 70
        assert "0 different, 1 same, 1 refused (2 cases)" in result.stdout
        assert "internal error" in result.stderr

    def test_standard_input_and_csv_are_read(self, run: Run, edited: Path, tmp_path: Path) -> None:
        table = tmp_path / "cases.csv"
        table.write_text(
            "format,id,isolate.organism,isolate.mbl,infection.site\n"
            "ndm-advisor/case/1,row,E. coli,confirmed,bloodstream\n",
            encoding="utf-8",
        )
        lines = "".join(f"{json.dumps(at_clearance(crcl))}\n" for crcl in (45, 90))
        result = run(
            *("knowledge", "diff", DATA, edited, "-", table, "--on", ON), stdin=lines.encode()
        )
        assert result.exit_code == 0
        assert "CASES: 1 different, 2 same, 0 refused (3 cases)" in result.stdout
        assert "standard input:1 (crcl-45)" in result.stdout

    @pytest.mark.parametrize("width", [60, 100])
    def test_it_fits_the_screen_and_a_hostile_label_is_inert(
        self,
        run: Run,
        edited: Path,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        width: int,
    ) -> None:
        monkeypatch.setenv("COLUMNS", str(width))
        case = at_clearance(45) | {"id": "a\x1b[31m\u202e[bold]"}
        path = ndjson(tmp_path / "c.ndjson", case)
        options = ("--on", ON, "--format", "text")
        shown = run("knowledge", "diff", DATA, edited, path, *options).stdout
        assert "\x1b" not in shown
        assert "\u202e" not in shown
        assert r"a\x1b[31m\u202e[bold]" in shown
        of_case = shown[shown.index("Differs") :].splitlines()
        assert max(map(len, of_case)) <= width


@pytest.fixture(scope="module")
def positions() -> dict[str, dict[str, Any]]:
    """What each example's answer says of every guideline: outcome and ranks by profile."""
    return {case: dict(_positions(answer)) for case, answer in _answers()}


class TestGuidelines:
    @pytest.mark.parametrize(
        ("first", "other"),
        [
            ("idsa-2026", "simit-2022"),
            ("simit-2022", "escmid-2022"),
            ("escmid-2022", "idsa-2026"),
        ],
    )
    def test_a_case_differs_where_its_positions_do(
        self, run: Run, positions: dict[str, dict[str, Any]], first: str, other: str
    ) -> None:
        made = compared(run, "--guideline", first, "--against", other, CASES)
        assert made["records"] is None
        expected = [case for case, held in positions.items() if held[first] != held[other]]
        assert ids(made) == expected
        assert 0 < len(expected) < len(positions)
        for found in made["cases"]:
            assert found["old"]["guideline"] == first
            assert found["new"]["guideline"] == other
            assert found["old"]["region"] == found["new"]["region"]

    def test_a_profile_against_itself_changes_nothing(self, run: Run) -> None:
        made = compared(run, "--guideline", "idsa-2026", "--against", "idsa-2026", CASES)
        assert made["cases"] == []

    def test_the_sides_bear_the_names_of_the_guidelines(self, run: Run, case: Path) -> None:
        options = ("--guideline", "simit-2022", "--against", "idsa-2026", "--on", ON)
        shown = run("knowledge", "diff", *options, case).stdout
        assert "\nSIMIT 2022: preferred: " in shown
        assert "\nIDSA 2026: preferred: " in shown


def _answers() -> Iterator[tuple[str, Recommendation]]:
    knowledge = load_knowledge(DATA)
    names, on = names_of(knowledge), date.fromisoformat(ON)
    for path in sorted(CASES.glob("*.toml")):
        text = path.read_text(encoding="utf-8")
        read, _ = read_case(text, path=str(path), names=names, on=on)
        reference = CaseRef(read.id, str(path), None, None)
        yield path.stem, advise(read, knowledge, on=on, reference=reference)


def _positions(answer: Recommendation) -> Iterator[tuple[str, Any]]:
    for position in answer.guideline_positions:
        ranks = (position.preferred, position.alternative, position.last_resort)
        yield position.guideline, (position.outcome, ranks, position.provisional)


class TestRefusals:
    def test_a_base_that_fails_its_checks_ends_with_5(self, run: Run, tmp_path: Path) -> None:
        base = tmp_path / "data"
        shutil.copytree(DATA, base)
        replaced(base / "hazards" / "kidney.toml", 'tier = "stop"', 'tier = "stopp"')
        result = run("knowledge", "diff", DATA, base)
        assert result.exit_code == 5
        assert result.stdout == ""
        assert f"{base}: hazards/kidney.toml: {HAZARD}" in result.stderr

    def test_neither_base_there_names_both(self, run: Run, tmp_path: Path) -> None:
        result = run("knowledge", "diff", tmp_path / "a", tmp_path / "b")
        assert result.exit_code == 5
        assert f"{tmp_path / 'a'}: directory" in result.stderr
        assert f"{tmp_path / 'b'}: directory" in result.stderr

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            ([DATA], "name two bases"),
            (["--data", DATA, DATA, DATA], "--data: OLD and NEW name the bases"),
            (["--against", "nice-2030", CASES], "--against: `nice-2030` is not a guideline"),
            (["--against", "idsa-2026", "no-such-place"], "no-such-place: no such file"),
            ([DATA, DATA, "--format", "csv"], "`csv` is not a format"),
        ],
    )
    def test_wrong_options_end_with_2(self, run: Run, arguments: list[Any], said: str) -> None:
        result = run("knowledge", "diff", *arguments)
        assert result.exit_code == 2
        assert said in result.stderr
