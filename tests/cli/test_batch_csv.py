"""CSV: one case a row, columns named by dotted key."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
import tomli

from ndm_advisor.read.tables import is_text, key_of_column
from ndm_advisor.read.write_case import _value
from tests.cli.conftest import CASES, ON, Run

HEAD = ("format", "id", "isolate.organism", "infection.site")
CELLS = ("ndm-advisor/case/1", "7", "E. coli", "bloodstream")


def write(path: Path, header: Any, *rows: Any) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def flat(table: dict[str, Any], start: str = "") -> dict[str, str]:
    """Cells by column: text as it stands, the rest as TOML; orders by number."""
    cells: dict[str, str] = {}
    for key, value in table.items():
        name = f"{start}{key}"
        if isinstance(value, dict) and name not in {"orders.components_mg"}:
            cells |= flat(value, f"{name}.")
        elif name == "orders":
            for number, order in enumerate(value, 1):
                cells |= flat(order, f"orders.{number}.")
        else:
            text = isinstance(value, str) and is_text(key_of_column(name))
            cells[name] = value if text else _value(value)
    return cells


def records(run: Run, path: Path) -> list[dict[str, Any]]:
    result = run("batch", path, "--on", ON, "--format", "ndjson")
    assert result.exit_code in {0, 3, 4}, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.mark.safety("SAF-601")
def test_every_example_as_a_row_is_the_same_case(run: Run, tmp_path: Path) -> None:
    paths = sorted(CASES.glob("*.toml"))
    rows = [flat(tomli.loads(path.read_text("utf-8"))) for path in paths]
    header = list(dict.fromkeys(name for row in rows for name in row))
    path = write(tmp_path / "c.csv", header, *([r.get(n, "") for n in header] for r in rows))
    wanted = records(run, CASES)
    made = records(run, path)
    assert [r["case"]["sha256"] for r in made] == [r["case"]["sha256"] for r in wanted]
    assert [r["case"]["line"] for r in made] == list(range(2, len(paths) + 2))
    for row, file in zip(made, wanted, strict=True):
        assert row["regimens"] == file["regimens"]


def row(**cells: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return (*HEAD, *(k.replace("__", ".") for k in cells)), (*CELLS, *cells.values())


def one(run: Run, tmp_path: Path, columns: dict[str, str]) -> dict[str, Any]:
    path = write(tmp_path / "c.csv", (*HEAD, *columns), (*CELLS, *columns.values()))
    (record,) = records(run, path)
    return record


@pytest.mark.parametrize(
    "columns",
    [
        {"patient.crcl_ml_min": "45"},
        {"patient.crcl_ml_min": " 45.0 ", "patient.allergies": "[]"},
        {"panel.results.ceftazidime-avibactam + aztreonam.category": "S"},
        {"panel.results.aztreonam": "R", "panel.results.aztreonam.mic_mg_l": ">32"},
        {"panel.results.aztreonam.mic_mg_l": ">32", "panel.results.aztreonam": "R"},
        {"panel.results.fosfomycin (iv)": "8", "panel.standard": "EUCAST"},
        {"panel.results.cefiderocol": "{ zone_mm = 23 }", "panel.standard": "EUCAST"},
        {"patient.allergies.1": '{ drug = "ceftazidime", reaction = "rash" }'},
        {"orders.1.drug": "aztreonam", "orders.1.dose_mg": "2000", "orders.1.start_time": "08:00"},
        {"hospital.stock.aztreonam-avibactam": "false"},
    ],
)
def test_cells_that_are_read(run: Run, tmp_path: Path, columns: dict[str, str]) -> None:
    record = one(run, tmp_path, columns)
    assert record["case"]["id"] == "7"
    assert "outcome" in record, record


@pytest.mark.parametrize(
    "columns",
    [
        {"patient.crcl_ml_min": "4,5"},
        {"patient.crcl_ml_min": "45,"},
        {"patient.crcl_ml_min": "45 # mL/min"},
        {"patient.crcl_ml_min": "nan"},
        {"patient.crcl_ml_min": "45\nage_years = 3"},
        {"patient.pregnant": "TRUE"},
        {"patient.allergies": "penicillin"},
        {"patient.crcl": "45"},
        {"panel.results.aztreonam": "R", "panel.results.aztreonam.category": "S"},
        {"patient": "x", "patient.age_years": "60"},
        {"id ": "again"},
    ],
)
def test_cells_that_are_refused(run: Run, tmp_path: Path, columns: dict[str, str]) -> None:
    record = one(run, tmp_path, columns)
    assert "outcome" not in record, record
    assert {problem["line"] for problem in record["error"]["problems"]} == {2}


def test_an_empty_cell_is_absent_and_an_empty_row_is_none(run: Run, tmp_path: Path) -> None:
    head = (*HEAD, "patient.pregnant", "panel.results.aztreonam")
    path = write(tmp_path / "c.csv", head, (*CELLS, "", " "), ("",) * 6, (*CELLS, "", ""))
    first, second = records(run, path)
    assert first["case"]["sha256"] == second["case"]["sha256"]
    assert second["case"]["line"] == 4


@pytest.mark.safety("SAF-802")
def test_a_bad_row_leaves_the_others(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    good = ",".join(CELLS)
    lines = [",".join(HEAD), good, good + ",more", "a,b", '"a"b,,,', good, "\xff", good]
    path.write_bytes("\r\n".join(lines).encode("latin-1"))
    found = records(run, path)
    assert ["outcome" in record for record in found] == [
        True,
        False,
        False,
        False,
        True,
        False,
        True,
    ]
    assert [record["case"]["line"] for record in found] == [2, 3, 4, 5, 6, 7, 8]


@pytest.mark.safety("SAF-802")
@pytest.mark.parametrize("content", [b"", b"format;id\n1;2\n", b"\xff\xfef\x00"])
def test_a_file_without_a_header_is_one_case_not_assessed(
    run: Run, tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "c.csv"
    path.write_bytes(content)
    (record,) = records(run, path)
    assert "error" in record


@pytest.mark.safety("SAF-802")
def test_a_quote_that_never_closes_costs_one_row(run: Run, tmp_path: Path) -> None:
    good = ",".join(CELLS)
    lines = [",".join((*HEAD, "note")), f'{good},"of\ntwo lines"', f'{good},"open', f"{good},", ""]
    path = tmp_path / "c.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    first, refused, last = records(run, path)
    assert [r["case"]["line"] for r in (first, refused, last)] == [2, 4, 5]
    assert "outcome" in first
    assert "outcome" in last
    assert [p["code"] for p in refused["error"]["problems"]] == ["E109"]


class TestStandardInput:
    """Known by its first line: a header of cases is CSV, an object NDJSON, the rest one case."""

    def given(self, run: Run, text: str | bytes) -> list[dict[str, Any]]:
        data = text.encode() if isinstance(text, str) else text
        result = run("batch", "-", "--on", ON, "--format", "ndjson", stdin=data)
        assert result.exit_code in {0, 3, 4}, result.stderr
        found = [json.loads(line) for line in result.stdout.splitlines()]
        assert {record["case"]["path"] for record in found} == {None}
        return found

    def table(self, *rows: str) -> str:
        return "\n".join((",".join(HEAD), *rows)) + "\n"

    def test_csv(self, run: Run, tmp_path: Path) -> None:
        good = ",".join(CELLS)
        text = self.table(good, "", "short", good)
        found = self.given(run, text)
        assert [record["case"]["line"] for record in found] == [2, 4, 5]
        assert ["outcome" in record for record in found] == [True, False, True]
        path = tmp_path / "c.csv"
        path.write_text(text, encoding="utf-8")
        for piped, filed in zip(found, records(run, path), strict=True):
            assert piped | {"case": None} == filed | {"case": None}

    @pytest.mark.parametrize(
        "shape",
        [
            lambda text: b"\xef\xbb\xbf" + text.encode(),
            lambda text: b"\r\n\r\n" + text.replace("\n", "\r\n").encode(),
            lambda text: text.replace("\n", "\r").encode(),
            lambda text: text.replace("isolate.organism", '"isolate.organism"').encode(),
            lambda text: text.replace("id", "id\udcff").encode(errors="surrogateescape"),
        ],
    )
    def test_a_header_in_other_shapes(self, run: Run, shape: Any) -> None:
        found = self.given(run, shape(self.table(",".join(CELLS), ",".join(CELLS))))
        assert len(found) == 2
        assert all(record["case"]["line"] for record in found)

    CASE = json.dumps(
        {
            "format": "ndm-advisor/case/1",
            "isolate": {"organism": "E. coli"},
            "infection": {"site": "bloodstream"},
        }
    )

    def test_ndjson_after_blank_lines(self, run: Run) -> None:
        found = self.given(run, f"\n \n{self.CASE}\n\n{self.CASE}\n")
        assert [record["case"]["line"] for record in found] == [3, 5]

    @pytest.mark.parametrize("first", ["{", "{}", '{"format": "x', "what?", "\xff"])
    def test_ndjson_whose_first_line_is_at_fault(self, run: Run, first: str) -> None:
        found = self.given(run, f"{first}\n\n{self.CASE}\n{self.CASE}\n")
        assert [record["case"]["line"] for record in found] == [1, 3, 4]
        assert ["outcome" in record for record in found] == [False, True, True]

    @pytest.mark.parametrize("separator", ["\n", "\n\n", "\n  "])
    def test_a_case_of_many_lines(self, run: Run, separator: str) -> None:
        text = self.CASE.replace("{", "{" + separator).replace("}", separator + "}")
        (record,) = self.given(run, text)
        assert "outcome" in record
        listed = (
            self.CASE[:-1] + ', "orders": [\n{"drug": "aztreonam"},\n{"drug": "colistin"}\n]}\n'
        )
        (record,) = self.given(run, listed)
        assert len(record["order_check"]["orders"]) == 2

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "\n\n",
            "format;id;isolate.organism\n1;2;3\n",
            "id,infection.site\n1,2\n",
            '{"format": "isolate.organism",\n"id": "1"}\n',
            '{"format,isolate.organism":\n1}\n',
        ],
    )
    def test_anything_else_is_one_case(self, run: Run, text: str) -> None:
        (record,) = self.given(run, text)
        assert "line" not in record["case"]
