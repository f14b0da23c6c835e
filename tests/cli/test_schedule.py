"""`schedule`: list, bars, lines, review; without a dose or a regimen it says so."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.cli.conftest import BAD, CASES, ON, Run, Start

PAIR = "ceftazidime-avibactam+aztreonam"
CRCL_12 = CASES / "bloodstream-crcl-12.toml"


@pytest.mark.parametrize("path", sorted(CASES.glob("*.toml")), ids=lambda p: p.stem)
@pytest.mark.parametrize("form", ["text", "plain", "json"])
def test_every_example_case_has_a_schedule_or_a_reason(run: Run, path: Path, form: str) -> None:
    result = run("schedule", path, "--on", ON, "--format", form)
    assert result.exit_code == 0, result.stderr
    assert result.stdout.endswith("\n")
    if form == "json":
        made = json.loads(result.stdout)
        assert (made["timetable"] is None) == (made["outcome"] != "regimens")
        assert made["timetable"] is not None or made["not_assessed"]


class TestList:
    def test_the_load_then_maintenance_one_interval_later(self, run: Run, case: Path) -> None:
        shown = run("schedule", case, "--on", ON).stdout
        assert (
            "aztreonam-avibactam: minute 0 to 180 (hour 0 to 3): load, aztreonam-avibactam 2.67 g "
            "(aztreonam 2 g + avibactam 0.67 g)\n"
        ) in shown
        assert "minute 360 to 540 (hour 6 to 9): maintenance" in shown

    def test_a_time_of_day_stands_only_where_the_first_start_is_given(
        self, run: Run, case: Path
    ) -> None:
        times = re.compile(r"\b\d\d:\d\d\b")
        without = run("schedule", case, "--on", ON, "--format", "text").stdout
        assert times.findall(without) == ["08:00"]  # the option, named
        shown = run("schedule", case, "--on", ON, "--start", "20:30").stdout
        assert "20:30 to 23:30 (minute 0 to 180)" in shown
        assert "02:30 on day 2 to 05:30 on day 2 (minute 360 to 540)" in shown

    @pytest.mark.parametrize("start", ["8:00", "24:00", "08.00", "08:60", "8 am", ""])
    def test_what_is_no_time_of_day_is_refused(self, run: Run, case: Path, start: str) -> None:
        result = run("schedule", case, "--on", ON, "--start", start)
        assert result.exit_code == 2
        assert "08:00" in result.stderr

    def test_one_label_and_value_a_line(self, run: Run, case: Path) -> None:
        for options in ((), ("--linear",), ("--format", "plain")):
            shown = run("schedule", case, "--on", ON, *options).stdout
            assert all(": " in line for line in shown.splitlines()[1:])
            assert "###" not in shown

    def test_same_starts_and_intervals_that_differ(self, run: Run) -> None:
        shown = run("schedule", CRCL_12, "--on", ON).stdout
        assert "ceftazidime-avibactam and aztreonam start together" in shown
        assert (
            "2 of 3 aztreonam starts in 24 hours (4 of 6 in 48 hours) have no "
            "ceftazidime-avibactam start beside them"
        ) in shown
        assert "Only if: at CrCl 30 mL/min or less" in shown

    def test_lines_and_review(self, run: Run) -> None:
        shown = run("schedule", CRCL_12, "--on", ON).stdout
        assert "Lines: 2 lines at the busiest moment, minute 0 (hour 0)" in shown
        assert "1 if local pharmacy allows the shared Y-site" in shown
        assert "Next review: 48 hours (2026-11-24) and 72 hours (2026-11-25)" in shown

    def test_a_companion_is_drawn(self, run: Run) -> None:
        shown = run("schedule", CASES / "intra-abdominal-aki.toml", "--on", ON).stdout
        assert "metronidazole (companion): minute 480 to 540" in shown


class TestBars:
    @pytest.mark.parametrize("columns", [60, 80, 100])
    def test_no_row_is_wider_than_the_screen(
        self, run: Run, monkeypatch: pytest.MonkeyPatch, columns: int
    ) -> None:
        monkeypatch.setenv("COLUMNS", str(columns))
        shown = run("schedule", CRCL_12, "--on", ON, "--format", "text").stdout
        bars = [
            line for line in shown.splitlines() if set(line.strip()) <= set("\u2593\u2588\u00b7")
        ]
        assert len([bar for bar in bars if bar]) == 2
        assert max(map(len, bars)) <= columns
        assert max(map(len, shown.splitlines())) <= columns

    def test_length_and_place(self, run: Run, case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("COLUMNS", "60")  # two characters an hour
        shown = run("schedule", case, "--on", ON, "--format", "text").stdout
        rest = "\u00b7" * 6
        again = "\u2588" * 6
        bar = f"  {chr(0x2593) * 6}{rest}" + f"{again}{rest}" * 3
        assert f"\n{bar}\n" in shown

    def test_ascii_where_the_encoding_is_not_unicode(self, start: Start) -> None:
        done = start(
            "schedule",
            CRCL_12,
            "--on",
            ON,
            "--format",
            "text",
            PYTHONIOENCODING="ascii",
            PYTHONUTF8="0",
        )
        assert done.returncode == 0
        shown = done.stdout.decode("ascii")
        assert re.search(r"\n  =+\.+#+\.+#+\.+\n", shown)

    def test_a_dose_by_mouth_is_a_moment(self, run: Run) -> None:
        for path in sorted(CASES.glob("*.toml")):
            made = json.loads(run("schedule", path, "--on", ON, "--format", "json").stdout)
            days = (made["timetable"] or {"drugs": []})["drugs"]
            if any(d["route"] == "oral" and d["starts"] for d in days):
                shown = run("schedule", path, "--on", ON, "--format", "text").stdout
                assert "dose without an infusion time" in shown
                assert "\u25c6" in shown


class TestWithoutADose:
    @pytest.mark.safety("SAF-204")
    def test_pending_says_so_and_why(self, run: Run) -> None:
        result = run("schedule", CASES / "bloodstream-dose-pending.toml", "--on", ON)
        assert result.exit_code == 0
        assert "no times: dose withheld: creatinine clearance is not known" in result.stdout
        made = json.loads(
            run(
                "schedule", CASES / "bloodstream-dose-pending.toml", "--on", ON, "--format", "json"
            ).stdout
        )
        assert made["dose_pending"] is True
        assert made["timetable"]["drugs"][0]["starts"] == []
        assert made["not_assessed"]

    def test_an_abstention_has_no_timetable(self, run: Run) -> None:
        result = run("schedule", CASES / "cystitis-nothing-left.toml", "--on", ON)
        assert result.exit_code == 0
        assert "No timetable: No regimen is offered" in result.stdout

    @pytest.mark.safety("SAF-303")
    def test_a_stop_stands_before_the_timetable(self, run: Run, case: Path) -> None:
        for path in sorted(CASES.glob("*.toml")):
            made = json.loads(run("schedule", path, "--on", ON, "--format", "json").stdout)
            if made["stops"]:
                shown = run("schedule", path, "--on", ON).stdout
                first = made["stops"][0]["id"]
                assert shown.index(f"[{first}]") < shown.index("Use: ")
        assert "STOP" not in run("schedule", case, "--on", ON).stdout


class TestOptions:
    def test_a_named_regimen(self, run: Run, case: Path) -> None:
        shown = run("schedule", case, "--on", ON, "--regimen", "Ceftazidime-Avibactam + aztreonam")
        assert shown.stdout.startswith("SCHEDULE ceftazidime-avibactam AND aztreonam\n")

    def test_a_regimen_not_offered_ends_with_2_and_its_reason(self, run: Run, case: Path) -> None:
        result = run("schedule", case, "--on", ON, "--regimen", "meropenem")
        assert result.exit_code == 2
        assert result.stdout == ""
        assert "not offered" in result.stderr
        assert "aztreonam-avibactam" in result.stderr

    def test_set_guideline_and_region(self, run: Run, case: Path) -> None:
        asked = ("schedule", case, "--on", ON, "--format", "json", "--regimen", PAIR)
        made = json.loads(
            run(
                *asked,
                "--guideline",
                "idsa-2026",
                "--region",
                "US",
                "--set",
                "hospital.stock.aztreonam-avibactam=false",
            ).stdout
        )
        assert made["provenance"]["region"] == "US"
        assert made["timetable"]["busiest"]["lines"] == 1
        six = json.loads(run(*asked, "--set", "hospital.aztreonam_interval_h=6").stdout)
        assert six["timetable"]["unpartnered"] == {
            "in_24_h": 3,
            "of_24_h": 4,
            "in_48_h": "6 of 8",
        }

    def test_six_hourly_needs_a_clearance_above_30(self, run: Run) -> None:
        asked = ("schedule", CRCL_12, "--on", ON, "--format", "json", "--regimen", PAIR)
        made = json.loads(run(*asked, "--set", "hospital.aztreonam_interval_h=6").stdout)
        assert made["timetable"]["drugs"][1]["interval_h"] == 8

    @pytest.mark.safety("SAF-406")
    def test_a_refused_case_ends_with_4(self, run: Run) -> None:
        result = run("schedule", BAD / "unknown-key.toml", "--on", ON)
        assert result.exit_code == 4
        assert "error[E" in result.stderr

    @pytest.mark.safety("SAF-501")
    def test_overdue_knowledge_is_said_and_refused_when_strict(self, run: Run, case: Path) -> None:
        late = ("schedule", case, "--on", "2027-06-01")
        assert "OVERDUE" in run(*late).stdout
        assert run(*late, "--strict").exit_code == 5

    def test_standard_input(self, run: Run, case: Path) -> None:
        result = run("schedule", "-", "--on", ON, stdin=case.read_text(encoding="utf-8"))
        assert result.exit_code == 0

    @pytest.mark.safety("SAF-701")
    def test_hostile_text_of_a_case_reaches_no_terminal(self, run: Run, case: Path) -> None:
        for form in ("text", "json"):
            result = run(
                "schedule", case, "--on", ON, "--format", form, "--set", "id=a\u202e\u200bb"
            )
            assert "\u202e" not in result.stdout

    def test_help(self, run: Run) -> None:
        shown = run("schedule", "--help").stdout
        assert shown.index("Examples:") < shown.index("--start")
        assert "\n  schedule " in run("--help").stdout


class TestJson:
    def test_stable_keys(self, run: Run, case: Path) -> None:
        made = json.loads(
            run("schedule", case, "--on", ON, "--format", "json", "--start", "08:00").stdout
        )
        assert list(made) == [
            "schema_version",
            "case",
            "provenance",
            "outcome",
            "dose_pending",
            "summary",
            "reason",
            "regimen",
            "rank",
            "provisional",
            "conditions",
            "others",
            "start",
            "clock",
            "timetable",
            "administration",
            "review",
            "stops",
            "not_assessed",
        ]
        assert made["start"] == "08:00"
        assert made["clock"][0] == {"minute": 0, "time": "08:00", "day": 1}
        table = made["timetable"]
        assert list(table) == [
            "regimen",
            "hours",
            "drugs",
            "same_starts",
            "different_intervals",
            "unpartnered",
            "busiest",
        ]
        first = table["drugs"][0]["starts"][0]
        assert (first["part"], first["start_min"], first["end_min"]) == ("load", 0, 180)
        assert first["dose"]["components_mg"] == {"aztreonam": 2000, "avibactam": 670}
        assert made["review"]["after_h"] == [48, 72]

    def test_the_same_bytes_every_time(self, run: Run, case: Path) -> None:
        asked = ("schedule", case, "--on", ON, "--format", "json")
        assert run(*asked).stdout == run(*asked).stdout
        assert json.loads(run(*asked).stdout)["clock"] == []
