"""`import`: laboratories' exports to case files, with an account of everything."""

from __future__ import annotations

import json
import stat
import sys
from pathlib import Path

import pytest
import tomli

from tests.cli.conftest import ON, ROOT

FIXTURES = ROOT / "tests" / "intake" / "fixtures"
HL7 = FIXTURES / "blood-culture.hl7"
WHONET = FIXTURES / "whonet-columns.csv"
NCBI = FIXTURES / "ncbi-asts.tsv"
OWN = (FIXTURES / "own-table.csv", "--mapping", FIXTURES / "own-mapping.toml")
KEY = "constructed key of tests"


@pytest.fixture
def take(run):
    """`import` on the date of all tests."""
    return lambda *arguments, stdin=None: run("import", *arguments, "--on", ON, stdin=stdin)


def cases_of(done) -> list[dict]:
    return [json.loads(line) for line in done.stdout.splitlines()]


class TestOutput:
    def test_without_a_directory_one_case_a_line(self, take):
        done = take("hl7", HL7)
        assert done.exit_code == 0
        assert [case["id"] for case in cases_of(done)] == ["hl7-1-1", "hl7-1-2"]

    def test_the_lines_are_what_batch_reads(self, take, run):
        lines = take("hl7", HL7).stdout
        done = run("batch", "-", "--format", "ndjson", "--on", ON, stdin=lines)
        answers = cases_of(done)
        assert done.exit_code == 0
        assert [answer["case"]["id"] for answer in answers] == ["hl7-1-1", "hl7-1-2"]
        read = {row["drug"]: row["mic_mg_l"] for row in answers[0]["susceptibilities"]}
        assert read["aztreonam"] == ">32"

    def test_a_directory_gets_one_file_a_case_for_its_owner_only(self, take, tmp_path):
        target = tmp_path / "new" / "cases"
        done = take("hl7", HL7, "--to", target)
        assert (done.exit_code, done.stdout) == (0, "")
        files = sorted(target.iterdir())
        assert [file.name for file in files] == ["hl7-1-1.toml", "hl7-1-2.toml"]
        assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
        assert stat.S_IMODE(target.stat().st_mode) == 0o700

    def test_file_and_line_hold_the_same_case(self, take, run, tmp_path):
        take("hl7", HL7, "--to", tmp_path)
        lines = cases_of(take("hl7", HL7))
        file = tomli.loads((tmp_path / "hl7-1-1.toml").read_text(encoding="utf-8"))
        assert file["panel"]["results"]["meropenem"] == lines[0]["panel"]["results"]["meropenem"]
        done = run("validate", tmp_path / "hl7-1-1.toml", "--on", ON)
        assert done.exit_code == 0

    def test_what_is_there_is_not_written_over(self, take, tmp_path):
        kept = tmp_path / "hl7-1-1.toml"
        kept.write_text("mine", encoding="utf-8")
        done = take("hl7", HL7, "--to", tmp_path)
        assert done.exit_code == 2
        assert "is there already: name another directory, or --force" in done.stderr
        assert kept.read_text(encoding="utf-8") == "mine"
        assert "cases written: 0" in done.stderr

    def test_unless_by_force(self, take, tmp_path):
        kept = tmp_path / "hl7-1-1.toml"
        kept.write_text("mine", encoding="utf-8")
        assert take("hl7", HL7, "--to", tmp_path, "--force").exit_code == 0
        assert "Escherichia coli" in kept.read_text(encoding="utf-8")

    def test_a_dry_run_writes_nothing_and_gives_the_same_account(self, take, tmp_path):
        target = tmp_path / "cases"
        dry = take("hl7", HL7, "--to", target, "--dry-run")
        assert (dry.exit_code, dry.stdout) == (0, "")
        assert not target.exists()
        wet = take("hl7", HL7, "--to", target)
        assert dry.stderr.replace("would be written", "written") == wet.stderr

    def test_an_id_of_a_setting_does_not_lead_out_of_the_directory(self, take, tmp_path):
        done = take("hl7", HL7, "--to", tmp_path / "in", "--set", "id=../out")
        assert done.exit_code == 2
        assert not (tmp_path / "out.toml").exists()

    def test_standard_input(self, take):
        done = take("whonet", "-", stdin=WHONET.read_bytes())
        assert [case["id"] for case in cases_of(done)] == ["whonet-1", "whonet-4"]


class TestAccount:
    def test_counts_and_reasons(self, take):
        done = take("whonet", WHONET)
        assert done.exit_code == 3
        assert done.stderr.splitlines()[:2] == [
            "isolates: 4; cases written: 2; without a case: 2",
            "observations: 37; read: 22; set aside: 15",
        ]
        assert "unknown organism: `xyz`, whonet xyz" in done.stderr
        assert "unknown drug code whonet PEN" in done.stderr
        assert "MIC 16 mg/L is kept" in done.stderr
        assert "columns not read: Last name" in done.stderr

    def test_every_one_when_asked(self, take):
        done = take("whonet", WHONET, "--verbose")
        lines = [line for line in done.stderr.splitlines() if ": set aside: " in line]
        assert len(lines) == 15
        assert "whonet-1: panel.results.amikacin: line 2, AMK_NM" in done.stderr

    def test_what_could_not_be_read(self, take):
        done = take("hl7", FIXTURES / "batch-half-broken.hl7", "--site", "complicated-uti")
        assert done.exit_code == 3
        assert "not readable: 2\n  line 10: not a segment\n  line 14: not a segment" in done.stderr

    def test_no_case_at_all(self, take, tmp_path):
        table = tmp_path / "urine.csv"
        table.write_text("Organism,Specimen type,MEM_EM\neco,ur,8\n", encoding="utf-8")
        done = take("whonet", table)
        assert (done.exit_code, done.stdout) == (4, "")
        assert "the site of the infection is not told: give --site" in done.stderr

    def test_nothing_of_a_name_is_repeated(self, take):
        done = take("whonet", WHONET, "--verbose")
        assert "Constructed" not in done.output
        assert "HYPERLINK" not in done.output

    def test_a_date_of_birth_is_never_shown(self, take, tmp_path):
        message = tmp_path / "unborn.hl7"
        message.write_text(
            HL7.read_text(encoding="utf-8").replace("19590203", "20590203"), encoding="utf-8"
        )
        done = take("hl7", message, "--verbose")
        assert "set aside: birth_date at PID[1]" in done.stderr
        assert "the date of birth is after the specimen" in done.stderr
        assert "2059" not in done.output

    def test_hostile_text_is_shown_as_text(self, take, tmp_path):
        table = tmp_path / "hostile.csv"
        bad = "\x1b]0;x\x07\u202e[red]"
        table.write_text(f"Organism,{bad},MEM_EM,CAZ_EM\neco,1,{bad},R\n", encoding="utf-8")
        done = take("whonet", table, "--verbose", "--site", "other")
        assert "\x1b" not in done.output
        assert "\u202e" not in done.output
        assert "[red]" in done.stderr

    def test_hostile_text_in_a_case_is_spelt_out(self, take, tmp_path):
        text = HL7.read_text(encoding="utf-8").replace("anaphylaxis", "\x9b31m\u202eana")
        message = tmp_path / "hostile.hl7"
        message.write_text(text, encoding="utf-8")
        done = take("hl7", message, "--verbose")
        assert done.stdout.isascii()
        assert "\x9b" not in done.stderr
        case = cases_of(done)[0]
        assert case["patient"]["allergies"][0]["reaction"] == "\x9b31m\u202eana"


class TestOptions:
    def test_what_the_file_cannot_tell(self, take):
        told = ("--site", "pneumonia", "--severity", "severe", "--standard", "EUCAST")
        done = take("hl7", HL7, *told, "--version", "2026", "--set", "patient.crcl_ml_min=45")
        case = cases_of(done)[0]
        assert case["infection"] == {"site": "bloodstream", "severity": "severe"}
        assert case["panel"]["standard"] == "EUCAST"
        assert case["panel"]["version"] == "2026"
        assert case["patient"]["crcl_ml_min"] == 45

    def test_a_keyed_hash_for_an_id(self, take, tmp_path):
        key = tmp_path / "key"
        key.write_text(KEY, encoding="utf-8")
        first = take("hl7", HL7, "--keep-id", "keyed", "--key-file", key)
        ids = [case["id"] for case in cases_of(first)]
        assert len(set(ids)) == 2
        assert all(len(id_) == 20 and int(id_, 16) >= 0 for id_ in ids)
        assert "C0001" not in first.output
        assert first.stdout == take("hl7", HL7, "--keep-id", "keyed", "--key-file", key).stdout

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (("--site", "ward"), "--site: `ward` is not known here"),
            (("--severity", "bad"), "--severity: `bad` is not known here"),
            (("--standard", "BSAC"), "--standard: `BSAC` is not known here"),
            (("--version", "2026"), "--version is the edition of --standard: give both"),
            (("--keep-id", "plain"), "--keep-id: `plain` is not known here"),
            (("--keep-id", "keyed"), "--keep-id keyed and --key-file FILE go together"),
            (("--key-file", "k"), "--keep-id keyed and --key-file FILE go together"),
            (("--keep-id", "keyed", "--key-file", "absent"), "--key-file: absent: No such file"),
            (("--set", "nonsense"), "--set"),
            (("--set", "isolate.nonsense=1"), "isolate.nonsense"),
        ],
    )
    def test_an_option_that_is_wrong(self, take, arguments, said):
        done = take("hl7", HL7, *arguments)
        assert said in done.stderr
        assert done.exit_code in {2, 4}
        assert done.stdout == ""

    def test_a_key_that_can_be_tried_out(self, take, tmp_path):
        key = tmp_path / "key"
        key.write_text("short", encoding="utf-8")
        done = take("hl7", HL7, "--keep-id", "keyed", "--key-file", key)
        assert done.exit_code == 2
        assert "it needs at least 16" in done.stderr


class TestWrongFiles:
    @pytest.mark.parametrize("kind", ["hl7", "whonet", "ncbi"])
    def test_a_file_that_is_not_there(self, take, kind):
        done = take(kind, "absent.file")
        assert done.exit_code == 2
        assert "absent.file: No such file or directory" in done.stderr

    @pytest.mark.parametrize(
        ("kind", "file", "said"),
        [
            ("whonet", HL7, "no WHONET export"),
            ("whonet", NCBI, "`import ncbi` reads this table"),
            ("ncbi", WHONET, "not a table of NCBI known here"),
            ("hl7", WHONET, "stands before any message header (MSH)"),
        ],
    )
    def test_a_file_of_another_format(self, take, kind, file, said):
        done = take(kind, file)
        assert done.exit_code in {2, 4}
        assert said in done.stderr
        assert done.stdout == ""

    def test_an_empty_file(self, take, tmp_path):
        empty = tmp_path / "empty.csv"
        empty.write_text("", encoding="utf-8")
        assert take("whonet", empty).exit_code == 2
        assert take("hl7", empty).exit_code == 4

    def test_a_column_the_table_lacks(self, take, tmp_path):
        table = tmp_path / "t.csv"
        table.write_text("a;b\n1;2\n", encoding="utf-8")
        done = take("csv", table, "--mapping", FIXTURES / "own-mapping.toml")
        assert done.exit_code == 2
        assert "no column Nr, Keim" in done.stderr

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("x = ", "not TOML"),
            ('format = "other"', "format"),
            ('format = "ndm-advisor/csv-mapping/1"\ncolums = {}', "colums"),
        ],
    )
    def test_a_mapping_that_is_wrong(self, take, tmp_path, text, said):
        mapping = tmp_path / "m.toml"
        mapping.write_text(text, encoding="utf-8")
        done = take("csv", OWN[0], "--mapping", mapping)
        assert done.exit_code == 2
        assert said in done.stderr

    def test_without_the_extra_it_is_named(self, take, monkeypatch):
        monkeypatch.setitem(sys.modules, "hl7", None)
        for module in [name for name in sys.modules if name.startswith("ndm_advisor.intake.hl7v2")]:
            monkeypatch.delitem(sys.modules, module)
        done = take("hl7", HL7)
        assert done.exit_code == 2
        assert "pip install 'ndm-advisor[hl7]'" in done.stderr


@pytest.mark.parametrize(
    "arguments", [("hl7", HL7), ("whonet", WHONET), ("ncbi", NCBI), ("csv", *OWN)]
)
def test_each_format_as_a_process(start, arguments):
    done = start("import", *arguments, "--site", "bloodstream", "--on", ON)
    assert done.returncode in {0, 3}
    assert b"Traceback" not in done.stderr
    assert done.stdout.startswith(b'{"format":"ndm-advisor/case/1"')


def test_the_help_names_every_format(run):
    done = run("import", "--help")
    for kind in ("hl7", "whonet", "ncbi", "csv"):
        assert f"\n  {kind} " in done.stdout


class TestEncodings:
    """The same table, however a program on another system wrote it."""

    @pytest.mark.parametrize(
        "written",
        [
            lambda text: text.encode("utf-8-sig"),
            lambda text: text.encode("utf-16"),
            lambda text: b"\xfe\xff" + text.encode("utf-16-be"),
            lambda text: text.replace("\n", "\r\n").encode(),
            lambda text: text.replace("\n", "\r").encode(),
        ],
        ids=["mark", "utf-16", "utf-16 big-endian", "crlf", "cr"],
    )
    def test_a_table(self, take, tmp_path, written):
        path = tmp_path / "x.csv"
        path.write_bytes(written(WHONET.read_text(encoding="utf-8")))
        given, again = (take("whonet", file, "--site", "other") for file in (WHONET, path))
        assert again.stdout == given.stdout
        assert again.stderr == given.stderr

    def test_half_of_a_sign_at_the_end(self, take, tmp_path):
        path = tmp_path / "x.csv"
        path.write_bytes(WHONET.read_text(encoding="utf-8").encode("utf-16")[:-3])
        done = take("whonet", path, "--site", "other")
        assert done.exit_code in {0, 3}
        assert cases_of(done)


class TestNamesOfFiles:
    """A file may be named after its patient: the account names it, no case does."""

    HEADER = "Patient ID,Specimen number,Organism,Specimen type,MEM_NM\n"

    @pytest.fixture
    def files(self, tmp_path):
        found = []
        for name, category in (("Doe_Jane.csv", "R"), ("Roe_Richard.csv", "S")):
            found.append(tmp_path / name)
            found[-1].write_text(f"{self.HEADER}P1,S1,eco,bl,{category}\n", encoding="utf-8")
        return found

    @pytest.mark.parametrize("order", [1, -1])
    def test_a_conflict_between_two(self, take, files, order):
        done = take("whonet", *files[::order])
        (case,) = cases_of(done)
        assert "Doe" not in done.stdout
        assert "Roe" not in done.stdout
        r, s = (1, 2) if order == 1 else (2, 1)
        said = f"meropenem: R at file {r} line 2, MEM_NM, S at file {s} line 2, MEM_NM; R is kept"
        assert said in case["note"]
        assert "Doe_Jane.csv line 2, MEM_NM" in done.stderr

    def test_of_fhir(self, take, tmp_path):
        pytest.importorskip("fhir.resources")
        grown = {
            "resourceType": "Observation", "id": "o", "status": "final",
            "code": {"coding": [{"system": "http://loinc.org", "code": "600-7"}]},
            "valueCodeableConcept": {"text": "Escherichia coli"},
        }  # fmt: skip
        names = ("Doe_Jane.ndjson", "Roe_Richard.ndjson")
        for name, found in zip(names, ("R", "S"), strict=True):
            result = {
                "resourceType": "Observation", "id": f"r-{found}", "status": "final",
                "code": {"text": "meropenem"}, "valueString": found,
                "derivedFrom": [{"reference": "Observation/o"}],
            }  # fmt: skip
            lines = [result, grown] if found == "R" else [result, {"resourceType": "Basic"}]
            text = "".join(f"{json.dumps(line)}\n" for line in lines)
            (tmp_path / name).write_text(text, encoding="utf-8")
        done = take("fhir", *(tmp_path / name for name in names), "--site", "other")
        (case,) = cases_of(done)
        assert "Doe" not in done.stdout
        assert "Roe" not in done.stdout
        assert "meropenem: R at file 1, line 1 (Observation), S at file 2, line 1" in case["note"]


@pytest.mark.parametrize("force", [(), ("--force",)])
def test_a_message_sent_again_takes_no_cases_place(take, tmp_path, force):
    key, twice, target = tmp_path / "key", tmp_path / "twice.hl7", tmp_path / "cases"
    key.write_text(KEY, encoding="utf-8")
    twice.write_bytes(HL7.read_bytes() + b"\r" + HL7.read_bytes())
    keyed = ("--keep-id", "keyed", "--key-file", key)
    ids = [case["id"] for case in cases_of(take("hl7", HL7, *keyed))]
    wanted = [*ids, *(f"{id_}-2" for id_ in ids)]
    done = take("hl7", twice, *keyed)
    assert [case["id"] for case in cases_of(done)] == wanted
    assert "2  the same isolate is reported again" in done.stderr
    assert take("hl7", twice, *keyed, "--to", target, *force).exit_code == 0
    assert sorted(file.stem for file in target.iterdir()) == sorted(wanted)


def test_a_device_is_no_key(take):
    if not Path("/dev/zero").exists():
        pytest.skip("no such device here")
    done = take("hl7", HL7, "--keep-id", "keyed", "--key-file", "/dev/zero")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "no key" in done.stderr
