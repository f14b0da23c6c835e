"""Option, case, environment, configuration file, default: the first that speaks applies."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.cli.conftest import ON, Run

BARE = """
format = "ndm-advisor/case/1"
[isolate]
organism = "Escherichia coli"
mbl = "confirmed"
mbl_method = "pcr"
[panel.results]
meropenem = "R"
[infection]
site = "bloodstream"
{hospital}
"""


@pytest.fixture
def stamp(run: Run, tmp_path: Path) -> Callable[..., dict[str, object]]:
    """The provenance of an answer to a case whose [hospital] is given."""

    def made(*options: str, hospital: str = "", on: str = ON) -> dict[str, object]:
        path = tmp_path / "case.toml"
        path.write_text(BARE.format(hospital=hospital), encoding="utf-8")
        dated = ("--on", on) if on else ()
        result = run("advise", path, *dated, "--format", "json", *options)
        assert result.exit_code == 0, result.stderr
        found: dict[str, object] = json.loads(result.stdout)["provenance"]
        return found

    return made


Stamp = Callable[..., dict[str, object]]
Configure = Callable[[str], Path]


def test_the_default_is_simit_with_its_region(stamp: Stamp) -> None:
    found = stamp()
    assert (found["guideline"], found["guideline_from"]) == ("simit-2022", "default")
    assert (found["region"], found["region_from"]) == ("EU", "profile")
    assert found["local_override"] is None


def test_the_region_follows_the_guideline(stamp: Stamp) -> None:
    found = stamp("--guideline", "idsa-2026")
    assert (found["region"], found["region_from"]) == ("US", "profile")


def test_each_gives_way_to_the_one_before(
    stamp: Stamp, configure: Configure, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure('[hospital]\nguideline = "idsa-2026"\nregion = "US"\n')
    found = stamp()
    assert (found["guideline"], found["guideline_from"]) == ("idsa-2026", "config")
    monkeypatch.setenv("NDM_ADVISOR_GUIDELINE", "escmid-2022")
    monkeypatch.setenv("NDM_ADVISOR_REGION", "EU")
    found = stamp()
    assert (found["guideline"], found["guideline_from"]) == ("escmid-2022", "environment")
    assert (found["region"], found["region_from"]) == ("EU", "environment")
    assert found["local_override"] is None
    own = '[hospital]\nguideline = "simit-2022"\nregion = "US"\n'
    found = stamp(hospital=own)
    assert (found["guideline"], found["guideline_from"]) == ("simit-2022", "case")
    assert (found["region"], found["region_from"]) == ("US", "case")
    found = stamp("--guideline", "idsa-2026", "--region", "EU", hospital=own)
    assert (found["guideline"], found["guideline_from"]) == ("idsa-2026", "option")
    assert (found["region"], found["region_from"]) == ("EU", "option")


class TestConfigurationFile:
    @pytest.mark.safety("SAF-505")
    def test_the_answer_names_it_with_what_applied(
        self, stamp: Stamp, configure: Configure
    ) -> None:
        path = configure(
            '[hospital]\nregion = "US"\naztreonam_interval_h = 6\n'
            "stock = { Emblaveo = false, cefiderocol = true }\n"
        )
        found = stamp(hospital="[hospital]\nstock = { cefiderocol = false }\n")
        assert found["local_override"] == {
            "path": str(path),
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            "keys": [
                "hospital.region",
                "hospital.stock.aztreonam-avibactam",
                "hospital.aztreonam_interval_h",
            ],
        }

    def test_its_stock_decides_where_the_case_is_silent(
        self, run: Run, configure: Configure, tmp_path: Path
    ) -> None:
        configure("[hospital]\nstock = { aztreonam-avibactam = false }\n")
        path = tmp_path / "case.toml"
        path.write_text(BARE.format(hospital=""), encoding="utf-8")
        made = json.loads(run("advise", path, "--on", ON, "--format", "json").stdout)
        assert "aztreonam-avibactam" in [r["id"] for r in made["rejected"]]
        shown = run("advise", path, "--on", ON).stdout
        assert "config.toml" in shown

    @pytest.mark.safety("SAF-602")
    def test_the_hash_of_the_case_does_not_depend_on_it(
        self, run: Run, configure: Configure, case: Path
    ) -> None:
        before = json.loads(run("advise", case, "--on", ON, "--format", "json").stdout)
        configure("[hospital]\nstock = { plazomicin = true }\n")
        after = json.loads(run("advise", case, "--on", ON, "--format", "json").stdout)
        assert before["case"] == after["case"]

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ('[hospital]\nguideline = "simit"\n', "config.toml:2:"),
            ("[hospital]\nstock = { aztreonm = true }\n", "aztreonam"),
            ("[hospital]\naztreonam_interval_h = 7\n", "config.toml:2:"),
            ("[patient]\nage_years = 3\n", "`patient` is not a setting"),
            ("[hospital]\nregion = \n", "config.toml:2:"),
            ("[hospital]\nbeds = 3\n", "beds"),
        ],
    )
    def test_a_fault_in_it_ends_with_2_and_its_line(
        self, run: Run, configure: Configure, case: Path, text: str, said: str
    ) -> None:
        configure(text)
        result = run("advise", case, "--on", ON)
        assert result.exit_code == 2
        assert result.stdout == ""
        assert said in result.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("NDM_ADVISOR_GUIDELINE", "nice"),
        ("NDM_ADVISOR_REGION", "eu"),
        ("NDM_ADVISOR_ON", "22.11.2026"),
        ("NDM_ADVISOR_FORMAT", "pdf"),
    ],
)
def test_a_wrong_variable_ends_with_2_and_its_name(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    path = tmp_path / "case.toml"
    path.write_text(BARE.format(hospital=""), encoding="utf-8")
    monkeypatch.setenv(name, value)
    result = run("advise", path)
    assert result.exit_code == 2
    assert name in result.stderr


@pytest.mark.parametrize(
    "options",
    [("--guideline", "nice"), ("--region", "UK"), ("--on", "2026-02-30"), ("--format", "pdf")],
)
def test_a_wrong_option_ends_with_2_and_its_name(
    run: Run, case: Path, options: tuple[str, str]
) -> None:
    result = run("advise", case, *options)
    assert result.exit_code == 2
    assert options[0] in result.stderr


class TestDateOfAdvice:
    def test_the_option_comes_before_the_variable(
        self, stamp: Stamp, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("NDM_ADVISOR_ON", "2026-12-01")
        assert stamp(on="")["advised_on"] == "2026-12-01"
        assert stamp(on="2026-12-24")["advised_on"] == "2026-12-24"

    def test_without_either_it_is_today(self, stamp: Stamp) -> None:
        around = datetime.now(tz=UTC).astimezone().date().isoformat()
        assert stamp(on="")["advised_on"] >= around


def test_the_base_may_stand_elsewhere(
    run: Run, case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NDM_ADVISOR_DATA", str(tmp_path))
    assert run("advise", case, "--on", ON).exit_code == 5
    assert run("--version").exit_code == 5


def test_the_format_may_come_from_the_environment(
    run: Run, case: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NDM_ADVISOR_FORMAT", "json")
    assert json.loads(run("advise", case, "--on", ON).stdout)["schema_version"] == "1"
    assert run("advise", case, "--on", ON, "--format", "plain").stdout.startswith("Provenance")


@pytest.mark.parametrize("named", ["csv", "ndjson", "table", "sbar", "fhir", "md"])
@pytest.mark.parametrize("command", ["advise", "what-if", "schedule", "batch"])
def test_a_format_that_only_another_command_writes_stops_none(
    run: Run, case: Path, monkeypatch: pytest.MonkeyPatch, named: str, command: str
) -> None:
    """Interface, section 5: one variable for every command, so each passes over others' formats."""
    monkeypatch.setenv("NDM_ADVISOR_FORMAT", named)
    result = run(command, case, "--on", ON)
    assert result.exit_code == 0, result.stderr
