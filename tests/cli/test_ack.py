"""`--ack ID --reason TEXT`: recorded everywhere, hiding nothing; STOPs first, orders before all."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import tomli

from ndm_advisor.cli.acknowledge import acknowledgements
from ndm_advisor.errors import UsageError
from ndm_advisor.model.knowledge import Knowledge
from ndm_advisor.render.as_json import json_schema
from tests.cli.conftest import CASES, ON, ROOT, Run, Start

REASON = "consultant aware, replacement ordered"
STOPS = """
[[orders]]
drug = "meropenem"
dose_mg = 2000
interval_h = 8
infusion_h = 3
route = "iv"

[[orders]]
drug = "tigecycline"
dose_mg = 100
interval_h = 12
infusion_h = 1
route = "iv"

[[orders]]
drug = "amikacin"
dose_mg = 1000
interval_h = 24
infusion_h = 0.5
route = "iv"
"""


@pytest.fixture
def ordered(case: Path, tmp_path: Path) -> Path:
    """Meropenem, tigecycline and resistant amikacin in a bloodstream infection."""
    path = tmp_path / "case.toml"
    path.write_text(case.read_text(encoding="utf-8") + STOPS, encoding="utf-8")
    return path


def made(run: Run, path: Path, *options: str) -> dict[str, Any]:
    result = run("advise", path, "--on", ON, "--format", "json", *options)
    assert result.exit_code == 0, result.stderr
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def acknowledged(found: list[dict[str, Any]]) -> dict[str, str]:
    return {a["id"]: a["acknowledged"] for a in found if a["acknowledged"] is not None}


def screen(run: Run, path: Path, *options: str) -> str:
    result = run("advise", path, "--on", ON, *options)
    assert result.exit_code == 0, result.stderr
    return result.stdout


@pytest.mark.safety("SAF-304")
class TestRecorded:
    def test_the_alert_carries_the_reason_wherever_it_stands(self, run: Run, ordered: Path) -> None:
        answer = made(run, ordered, "--ack", "carbapenem-alone", "--reason", REASON)
        jsonschema.Draft202012Validator(json_schema()).validate(answer)
        wanted = {"carbapenem-alone": REASON}
        assert acknowledged(answer["alerts"]) == wanted
        assert acknowledged(answer["order_check"]["alerts"]) == wanted

    def test_nothing_else_changes(self, run: Run, ordered: Path) -> None:
        before = made(run, ordered)
        after = made(run, ordered, "--ack", "carbapenem-alone", "--reason", REASON)
        for found in (*after["alerts"], *after["order_check"]["alerts"]):
            found["acknowledged"] = None
        assert after == before

    def test_several_each_with_its_own(self, run: Run, ordered: Path) -> None:
        answer = made(
            run,
            ordered,
            *("--ack", "carbapenem-alone", "--reason", "first"),
            *("--ack", "resistant-drug-ordered", "--reason", "second"),
        )
        wanted = {"carbapenem-alone": "first", "resistant-drug-ordered": "second"}
        assert acknowledged(answer["alerts"]) == wanted

    @pytest.mark.parametrize("form", ["plain", "text"])
    def test_the_screen_prints_it_under_the_alert_that_stays_first(
        self, run: Run, ordered: Path, form: str
    ) -> None:
        options = ("--format", form, "--ack", "carbapenem-alone", "--reason", REASON)
        shown = " ".join(screen(run, ordered, *options).split())
        assert re.search(rf"\[carbapenem-alone\];?( STOP:)? Acknowledged: {REASON}", shown)
        assert shown.index("is the only beta-lactam ordered") < shown.index(REASON)
        assert "STOP" in shown[: shown.index("[carbapenem-alone]")]

    def test_full_has_an_audit_line_and_the_default_screen_none(
        self, run: Run, ordered: Path
    ) -> None:
        options = ("--ack", "carbapenem-alone", "--reason", REASON)
        full = screen(run, ordered, "--full", *options)
        (line,) = (row for row in full.splitlines() if row.startswith("Audit: "))
        assert "carbapenem-alone (STOP) acknowledged" in line
        assert ON in line
        assert REASON in line
        assert "Audit" not in screen(run, ordered, *options)
        assert "Audit" not in screen(run, ordered, "--full")

    def test_a_standing_reminder_shows_it_too(self, run: Run, case: Path) -> None:
        shown = screen(run, case, "--ack", "aztreonam-alone", "--reason", REASON)
        assert f"Acknowledged: {REASON}" in shown

    def test_a_hostile_reason_is_data(self, run: Run, ordered: Path) -> None:
        hostile = "[/red] \x1b[31m {0} %s"
        options = ("--ack", "carbapenem-alone", "--reason", hostile)
        for form in ("plain", "sbar"):
            shown = screen(run, ordered, "--format", form, *options)
            assert "\x1b" not in shown
            assert "[/red]" in shown
        assert acknowledged(made(run, ordered, *options)["alerts"]) == {"carbapenem-alone": hostile}


class TestRefused:
    @pytest.mark.safety("SAF-304")
    @pytest.mark.parametrize(
        ("options", "said"),
        [
            (("--ack", "carbapenem-alone"), "no --reason after it"),
            (("--reason", "x"), "no --ack stands before it"),
            (("--reason", "x", "--ack", "carbapenem-alone"), "no --ack stands before it"),
            (
                ("--ack", "carbapenem-alone", "--ack", "severe-allergy", "--reason", "x"),
                "--ack carbapenem-alone: no --reason after it",
            ),
            (("--ack", "carbapenem-alone", "--reason", "x", "--reason", "y"), "no --ack stands"),
            (("--ack", "carbapenem-alone", "--reason", "  "), "its --reason is empty"),
            (("--ack", "carbapenem-alon", "--reason", "x"), "did you mean `carbapenem-alone`?"),
            (("--ack", "zzz", "--reason", "x"), "--ack zzz: not the id of an alert"),
            (("--ack", "severe-allergy", "--reason", "x"), "this alert did not fire; here did: "),
            (("--ack", "carbapenem-alone", "--reason", "x") * 2, "given twice"),
        ],
    )
    def test_with_status_2_and_no_answer(
        self, run: Run, ordered: Path, options: tuple[str, ...], said: str
    ) -> None:
        result = run("advise", ordered, "--on", ON, "--format", "json", *options)
        assert result.exit_code == 2
        assert result.stdout == ""
        assert said in result.stderr

    def test_every_wrong_id_is_named_at_once(self, run: Run, ordered: Path) -> None:
        options = ("--ack", "zzz", "--reason", "x", "--ack", "severe-allergy", "--reason", "x")
        result = run("advise", ordered, "--on", ON, *options)
        assert "--ack zzz" in result.stderr
        assert "--ack severe-allergy" in result.stderr

    def test_as_a_process_of_its_own(self, start: Start, ordered: Path) -> None:
        done = start("advise", ordered, "--on", ON, "--ack=carbapenem-alone", "--reason=seen")
        assert (done.returncode, done.stderr) == (0, b"")
        assert b"Acknowledged: seen" in done.stdout
        assert start("advise", ordered, "--on", ON, "--ack", "carbapenem-alone").returncode == 2

    def test_pairs_go_by_the_order_on_the_command_line(self) -> None:
        order = ("on", "ack", "full", "reason", "ack", "reason")
        assert acknowledgements(order, ["a", "b"], ["1", "2"]) == {"a": "1", "b": "2"}
        with pytest.raises(UsageError, match="--ack a: no --reason"):
            acknowledgements(("ack", "ack", "reason", "reason"), ["a", "b"], ["1", "2"])


class TestWhatIsMetFirst:
    """The reader meets first the alert that changes the next hour."""

    @pytest.mark.safety("SAF-303")
    def test_several_stops_stand_by_their_priority_before_every_caution(
        self, run: Run, ordered: Path
    ) -> None:
        allergy = "patient.allergies=[{ drug = 'meropenem', reaction = 'anaphylaxis' }]"
        answer = made(run, ordered, "--set", allergy)
        tiers = [alert["tier"] for alert in answer["alerts"]]
        assert tiers == sorted(tiers, key=["stop", "caution", "note"].index)
        stops = [alert["id"] for alert in answer["alerts"] if alert["tier"] == "stop"]
        assert stops[0] == "severe-allergy"
        wanted = ("carbapenem-alone", "resistant-drug-ordered", "tetracycline-blood-or-urine")
        places = [stops.index(ident) for ident in wanted]
        assert places == sorted(places)

    def test_alerts_about_orders_lead_their_tier(self, run: Run, ordered: Path) -> None:
        answer = made(run, ordered, "--set", "infection.source_control=pending")
        about = {a["id"] for a in answer["order_check"]["alerts"]}
        for tier in ("stop", "caution"):
            ids = [a["id"] for a in answer["alerts"] if a["tier"] == tier]
            assert ids == sorted(ids, key=lambda ident: ident not in about)
        assert "source-control" in [a["id"] for a in answer["alerts"]]

    def test_an_order_without_effect_goes_before_one_at_the_wrong_dose(
        self, knowledge: Knowledge
    ) -> None:
        of = {ident: alert.priority for ident, alert in knowledge.alerts.items()}
        no_active_drug = ("aztreonam-alone", "inhibitor-combination-alone", "carbapenem-alone")
        assert of["severe-allergy"] == min(of.values())
        assert max(of[i] for i in no_active_drug) < of["partner-missing"] < of["polymyxin-alone"]
        assert of["polymyxin-alone"] < of["dose-outside-band"]
        assert len(set(of.values())) == len(of)

    def test_only_notes_come_after_every_stop_and_caution(self, knowledge: Knowledge) -> None:
        alerts = knowledge.alerts.values()
        notes = [a.priority for a in alerts if set(a.tiers) == {"note"}]
        assert min(notes) > max(a.priority for a in alerts if "stop" in a.tiers)


def _alert_ids() -> list[str]:
    with (ROOT / "data" / "alerts.toml").open("rb") as file:
        # one without a tier is an input error that has its page here
        return [alert["id"] for alert in tomli.load(file)["alert"] if alert["tiers"]]


@pytest.mark.parametrize("ident", _alert_ids())
def test_every_alert_has_a_page_of_meaning_trigger_misuse_and_sources(run: Run, ident: str) -> None:
    result = run("explain", ident)
    assert result.exit_code == 0
    for label in ("Tier: ", "Fires when: ", "Says: ", "Do: ", "Misuse: ", "Sources: "):
        assert label in result.stdout, label


def test_a_page_names_the_examples_in_which_its_alert_fires(run: Run) -> None:
    fires: dict[str, str] = {}
    for path in sorted(CASES.glob("*.expected.json")):
        expected = json.loads(path.read_bytes())
        for ident in expected.get("alerts", {}).get("must", {}):
            fires.setdefault(ident, path.name.removesuffix(".expected.json"))
    assert fires
    for ident, name in fires.items():
        assert name in run("explain", ident).stdout
