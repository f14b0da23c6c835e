"""Each message says what is wrong, where, and what to write instead.

What users expect, section 6: all problems of a file at once; where the line is not known, the key
path; help after the error. Interface, section 3: duplicate keys, NaN and Infinity are errors.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import ON, ROOT, Run

TWICE = (
    '{"format": "ndm-advisor/case/1", "isolate": {"organism": "E. coli", "organism": "E. coli"},'
    ' "infection": {"site": "cystitis"}, "patient": {"weight_kg": NaN},'
    ' "orders": [{"drug": "aztreonam", "dose_mg": -Infinity, "route": "iv", "route": "iv"}]}'
)
KEYS = ["isolate.organism", "patient.weight_kg", "orders.1.dose_mg", "orders.1.route"]


def test_every_key_of_a_json_case_that_stands_twice_or_is_no_number_is_named(
    run: Run, tmp_path: Path
) -> None:
    path = tmp_path / "case.json"
    path.write_text(TWICE, encoding="utf-8")
    result = run("advise", path, "--on", ON)
    assert (result.exit_code, result.stdout) == (4, "")
    assert [key for key in KEYS if f"{path}: {key}\n" not in result.stderr] == []
    assert "4 errors in 1 file" in result.stderr


def test_in_ndjson_with_its_line(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "cases.ndjson"
    path.write_text(f"\n{TWICE}\n", encoding="utf-8")
    result = run("batch", path, "--on", ON, "--format", "ndjson")
    (record,) = map(json.loads, result.stdout.splitlines())
    found = [(p["line"], p["key"]) for p in record["error"]["problems"]]
    assert sorted(found) == sorted((2, key) for key in KEYS)
    assert f"{path}:2: patient.weight_kg" in result.stderr


def test_a_table_of_another_table_that_is_dropped_takes_no_blame(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "case.json"
    path.write_text('{"a": {"x": 1, "x": 2}, "a": {"y": 1}, "b": {"z": 1}}', encoding="utf-8")
    result = run("validate", path, "--on", ON)
    assert result.stderr.count("stands twice") == 1
    assert f"{path}: a\n" in result.stderr


def test_a_json_text_that_is_none_says_what_to_do(run: Run) -> None:
    result = run("advise", "-", "--on", ON, stdin='{"format": "ndm-advisor/case/1",')
    assert result.exit_code == 4
    assert "= help: " in result.stderr


def test_an_empty_file_is_told_where_each_key_goes(run: Run) -> None:
    result = run("advise", "-", "--on", ON, stdin="\n")
    assert result.exit_code == 4
    assert 'write `organism = "Escherichia coli"` under [isolate]' in result.stderr
    assert 'write `site = "bloodstream"` under [infection]' in result.stderr


@pytest.mark.parametrize(
    "setting", ["foo", "orders.5.dose_mg=1000", "orders[1].dose_mg=1", "foo=", "patient.x=["]
)
def test_a_setting_that_cannot_be_read_is_no_file(run: Run, case: Path, setting: str) -> None:
    result = run("advise", case, "--on", ON, "--set", setting)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "1 file" not in result.stderr
    assert "--set was not assessed" not in result.stderr
    assert "= help: " in result.stderr


@pytest.mark.parametrize(
    ("arguments", "list_of"),
    [
        (("advise", "CASE", "--on", ON, "--ack", "zzz", "--reason", "x"), "explain alerts"),
        (("dose", "zzz"), "explain drugs"),
    ],
)
def test_an_unknown_name_says_where_the_names_are(
    run: Run, case: Path, arguments: tuple[str, ...], list_of: str
) -> None:
    result = run(*(str(case) if word == "CASE" else word for word in arguments))
    assert result.exit_code == 2
    assert f"ndm-advisor {list_of}" in result.stderr


def test_a_table_with_another_delimiter_names_the_mapping(run: Run, tmp_path: Path) -> None:
    table = tmp_path / "panel.csv"
    table.write_text("number,organism\n1,E. coli\n", encoding="utf-8")
    mapping = ROOT / "examples" / "lab" / "mapping.toml"  # its delimiter is a semicolon
    result = run("import", "csv", table, "--mapping", mapping, "--site", "cystitis")
    assert result.exit_code == 2
    assert "';'" in result.stderr
    assert "mapping" in result.stderr
