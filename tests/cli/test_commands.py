"""The commands beside `advise`, and the help of all of them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import jsonschema
import pytest
import tomli

from ndm_advisor.cli.case_schema import case_schema
from ndm_advisor.cli.shelf import load_shelf
from ndm_advisor.explain.page_parts import Shelf
from ndm_advisor.explain.pages import KINDS, Kind, pages, suggestions
from ndm_advisor.knowledge.load import find_base, load_knowledge
from ndm_advisor.model.knowledge import Knowledge
from ndm_advisor.version import VERSION
from tests.cli.conftest import BAD, CASES, ON, Run, Start

COMMANDS = (
    ("advise",),
    ("validate",),
    ("explain",),
    ("schema",),
    ("about",),
    ("help",),
    ("knowledge",),
    ("knowledge", "check"),
    ("knowledge", "list"),
    ("knowledge", "show"),
    ("knowledge", "diff"),
)


class TestHelp:
    @pytest.mark.parametrize("flag", ["-h", "--help"])
    @pytest.mark.parametrize("command", [(), *COMMANDS], ids=" ".join)
    def test_examples_come_before_options(
        self, run: Run, command: tuple[str, ...], flag: str
    ) -> None:
        result = run(*command, flag)
        assert result.exit_code == 0
        assert "Examples:" in result.stdout
        assert result.stdout.index("Examples:") < result.stdout.index("ptions:\n")
        assert result.stdout.isascii()

    def test_common_options_come_first(self, run: Run) -> None:
        shown = run("advise", "-h").stdout
        common, other = shown.index("Common options:"), shown.index("Other options:")
        assert common < shown.index("  --why ") < other < shown.index("  --strict ")

    def test_the_commands_stand_in_the_root_help(self, run: Run) -> None:
        shown = run("-h").stdout
        assert all(f"\n  {command[0]} " in shown for command in COMMANDS)

    def test_without_arguments_it_is_shown(self, start: Start) -> None:
        done = start()
        assert done.returncode == 2
        assert b"Examples:" in done.stdout + done.stderr

    def test_no_option_takes_patient_data(self, run: Run) -> None:
        shown = run("advise", "-h").stdout
        assert not any(word in shown for word in ("--name", "--age", "--weight", "--patient"))

    @pytest.mark.parametrize("topic", ["exit-statuses", "exit-codes", "environment", "settings"])
    def test_topics(self, run: Run, topic: str) -> None:
        assert run("help", topic).exit_code == 0
        assert "130" in run("help", "exit-statuses").stdout
        assert "NDM_ADVISOR_REGION" in run("help", "environment").stdout
        assert "environment" in run("help").stdout


def test_both_versions(run: Run) -> None:
    result = run("--version")
    assert result.exit_code == 0
    assert result.stdout == f"ndm-advisor {VERSION}\nknowledge {load_knowledge().version}\n"


class TestValidate:
    def test_a_good_case(self, run: Run, case: Path) -> None:
        result = run("validate", case, "--on", ON)
        assert result.exit_code == 0
        assert result.stdout == f"{case}: can be assessed; no problems\n"
        assert result.stderr == ""

    def test_good_and_bad(self, run: Run, case: Path) -> None:
        bad = BAD / "unknown-key.toml"
        result = run("validate", case, bad, "--on", ON)
        assert result.exit_code == 3
        assert f"{bad}: cannot be assessed" in result.stdout
        assert "error[E" in result.stderr
        assert "unknown-key was not assessed" in result.stderr

    def test_only_bad(self, run: Run) -> None:
        assert run("validate", BAD / "unknown-key.toml", "--on", ON).exit_code == 4

    def test_an_unreadable_path(self, run: Run, case: Path) -> None:
        assert run("validate", "missing.toml", "--on", ON).exit_code == 2
        assert run("validate", "missing.toml", case, "--on", ON).exit_code == 3
        bad = BAD / "unknown-key.toml"
        assert run("validate", "missing.toml", bad, "--on", ON).exit_code == 4

    def test_standard_input(self, run: Run, case: Path) -> None:
        text = case.read_text(encoding="utf-8")
        assert run("validate", "-", "--on", ON, stdin=text).exit_code == 0

    @pytest.mark.parametrize("path", sorted(BAD.glob("*.toml")), ids=lambda p: p.stem)
    def test_the_examples_of_diagnostics(
        self, run: Run, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(BAD)
        expected = path.with_suffix(".expected.txt").read_text(encoding="utf-8")
        said = run("validate", path.name, "--on", ON).stderr
        assert said.splitlines()[0] in expected


class TestSchema:
    def test_all_without_a_name(self, run: Run) -> None:
        made = json.loads(run("schema").stdout)
        assert set(made) == {"case", "answer", "refused", "record", "batch", "diff"}
        for name, schema in made.items():
            jsonschema.Draft202012Validator.check_schema(schema)
            assert json.loads(run("schema", name).stdout) == schema

    @pytest.mark.parametrize("path", sorted(CASES.glob("*.toml")), ids=lambda p: p.stem)
    def test_the_examples_fit_the_schema_of_a_case(self, path: Path) -> None:
        written = tomli.loads(path.read_text(encoding="utf-8"))
        document = json.loads(json.dumps(written, default=str))
        jsonschema.Draft202012Validator(case_schema()).validate(document)

    @pytest.mark.parametrize(
        "change", [{"crcl": 45}, {"infection": {"site": "moon"}}, {"orders": [{"drug_id": "x"}]}]
    )
    def test_it_refuses_what_the_reader_refuses(
        self, case: Path, change: dict[str, object]
    ) -> None:
        written = tomli.loads(case.read_text(encoding="utf-8")) | change
        document = json.loads(json.dumps(written, default=str))
        assert not jsonschema.Draft202012Validator(case_schema()).is_valid(document)


class TestAbout:
    @pytest.mark.safety("SAF-405")
    def test_it_says_what_the_tool_is_and_is_not(self, run: Run, knowledge: Knowledge) -> None:
        shown = run("about").stdout
        for words in ("Not clinically validated", "sign-off", "Intended use", "Not for", VERSION):
            assert words in shown
        assert knowledge.sha256 in shown
        assert knowledge.version in shown

    def test_every_source_with_how_it_was_read(self, run: Run) -> None:
        shown = run("about", "--sources").stdout
        for source in load_knowledge().sources.values():
            assert f"{source.id}: " in shown
        assert "grade S: " in shown


class TestKnowledge:
    def test_check_of_the_installed_base(self, run: Run) -> None:
        result = run("knowledge", "check")
        assert result.exit_code == 0
        assert "no problems" in result.stdout

    def test_check_and_seal_of_another(self, run: Run, tmp_path: Path) -> None:
        base = tmp_path / "data"
        shutil.copytree(find_base(), base, ignore=shutil.ignore_patterns("seal.json"))
        assert run("knowledge", "check", base).exit_code == 0
        assert not (base / "seal.json").exists()
        assert run("knowledge", "check", "--seal", base).exit_code == 0
        assert (base / "seal.json").exists()
        assert load_knowledge(base).sealed

    @pytest.mark.safety("SAF-503")
    def test_problems_end_with_5_and_name_the_file(self, run: Run, tmp_path: Path) -> None:
        base = tmp_path / "data"
        shutil.copytree(find_base(), base)
        (base / "drugs" / "aztreonam.toml").write_text("id = 3\n", encoding="utf-8")
        result = run("knowledge", "check", "--seal", base)
        assert result.exit_code == 5
        assert "drugs/aztreonam.toml" in result.stderr

    def test_list(self, run: Run) -> None:
        kinds = run("knowledge", "list").stdout
        assert all(f"{kind.plural}: " in kinds for kind in KINDS)
        assert run("knowledge", "list", "alerts").stdout.split() == list(load_knowledge().alerts)
        assert run("knowledge", "list", "alert").exit_code == 0

    def test_show_prints_the_record_as_its_file_has_it(self, run: Run) -> None:
        shown = run("knowledge", "show", "aztreonam-alone").stdout
        head, text = shown.split("\n", 1)
        assert head.startswith("# alerts.toml:")
        (record,) = tomli.loads(text)["alert"]
        assert record["id"] == "aztreonam-alone"
        assert "near_edge" in run("knowledge", "show", "near_edge").stdout

    def test_every_alert_hazard_and_row_can_be_shown(self, run: Run) -> None:
        base = load_knowledge()
        for ident in ("4.2/4b", "aztreonam/systemic", *list(base.hazards)[:5], "1a", "IDSA26"):
            shown = run("knowledge", "show", ident)
            assert shown.exit_code == 0, ident
            assert f'"{ident}"' in shown.stdout

    def test_an_unknown_id_ends_with_2_and_suggestions(self, run: Run) -> None:
        result = run("knowledge", "show", "aztreonam-alon")
        assert result.exit_code == 2
        assert "did you mean aztreonam-alone" in result.stderr


@pytest.fixture(scope="module")
def shelf() -> Shelf:
    return load_shelf(None)


class TestExplain:
    @pytest.mark.parametrize("kind", KINDS, ids=lambda k: k.name)
    def test_every_id_has_a_page(self, shelf: Shelf, kind: Kind) -> None:
        ids = kind.ids(shelf)
        assert ids
        for ident in ids:
            found = [page for page in pages(ident, shelf) if page.kind == kind.name]
            assert [page.id for page in found] == [ident]
            assert found[0].sections, ident

    def test_every_page_of_a_rule_names_its_sources(self, shelf: Shelf) -> None:
        for kind in ("alert", "hazard", "row", "claim", "setting", "breakpoint", "dosing"):
            chosen = next(k for k in KINDS if k.name == kind)
            for ident in chosen.ids(shelf):
                (page,) = [p for p in pages(ident, shelf) if p.kind == kind]
                assert "Sources" in [s.label for s in page.sections], (kind, ident)

    @pytest.mark.safety("SAF-407")
    def test_nothing_unverified_is_shown_without_the_word(self, shelf: Shelf) -> None:
        for drug in shelf.knowledge.drugs.values():
            weak = [s for s in drug.text.values() if dict(s).get("grade") == "U"]  # type: ignore[call-overload]
            (page,) = [p for p in pages(drug.id, shelf) if p.kind == "drug"]
            lines = [line for section in page.sections for line in section.lines]
            for statement in weak:
                said = f"unverified: {statement['text']}"  # type: ignore[index]
                assert any(line == said or line.startswith(f"{said} [") for line in lines)

    def test_the_rules_of_every_example_answer_can_be_explained(
        self, run: Run, shelf: Shelf
    ) -> None:
        for path in sorted(CASES.glob("*.toml")):
            made = json.loads(run("advise", path, "--on", ON, "--format", "json").stdout)
            ids = {a["id"] for a in made["alerts"]} | {r["id"] for r in made["regimens"]}
            ids |= {rule for r in made["rejected"] for rule in r["rules"]}
            ids |= {row for p in made["guideline_positions"] for row in p["rows"]}
            ids |= {finding["rule"] for finding in made["findings"]}
            ids |= {s["breakpoint"] for s in made["susceptibilities"] if s["breakpoint"]}
            ids |= {s["id"] for r in made["regimens"] for s in r["sources"]}
            assert [i for i in ids if not pages(i, shelf)] == []

    def test_an_alert(self, run: Run) -> None:
        shown = run("explain", "aztreonam-alone").stdout
        for label in ("Tier", "Fires when", "Says", "Do", "Misuse", "Example cases", "Sources"):
            assert f"{label}: " in shown

    def test_names_and_brands_lead_to_the_drug(self, run: Run) -> None:
        for name in ("Zavicefta", "Ceftazidime / Avibactam", "CEFTAZIDIME-AVIBACTAM"):
            assert "DRUG ceftazidime-avibactam" in run("explain", name).stdout

    def test_one_id_may_have_several_pages(self, run: Run) -> None:
        shown = run("explain", "cefiderocol").stdout
        assert "REGIMEN cefiderocol" in shown
        assert "DRUG cefiderocol" in shown

    def test_what_is_never_offered(self, run: Run) -> None:
        assert "Role: never offered" in run("explain", "never/meropenem").stdout

    def test_without_an_id_the_kinds_with_examples(self, run: Run) -> None:
        shown = run("explain").stdout
        assert all(f"{kind.name}: " in shown for kind in KINDS)
        assert "for example" in shown

    def test_an_unknown_id_ends_with_2_and_suggestions(self, run: Run) -> None:
        result = run("explain", "aztrenam-alone")
        assert result.exit_code == 2
        assert result.stdout == ""
        assert "did you mean aztreonam-alone" in result.stderr

    @pytest.mark.safety("SAF-106")
    def test_an_ambiguous_abbreviation_is_refused(self, run: Run) -> None:
        result = run("explain", "azt")
        assert result.exit_code == 2
        assert "zidovudine" in result.stderr

    def test_part_of_an_id_is_suggested_whole(self, shelf: Shelf) -> None:
        assert "4.2/4a-proven-first" in suggestions("4a", shelf)
        assert suggestions("zzzzzzzz", shelf) == ()

    @pytest.mark.safety("SAF-701")
    def test_hostile_ids_are_shown_harmless(self, run: Run) -> None:
        result = run("explain", "\x1b[31mred\u202e")
        assert result.exit_code == 2
        assert "\x1b" not in result.stderr
        assert "\u202e" not in result.stderr
