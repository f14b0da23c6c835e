"""Every vignette through batch, from TOML, JSON, NDJSON and CSV: one answer, that of `advise`.

Each form is one run of the program with two processes.
"""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import date, time
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest

from ndm_advisor.explain.advise import advise
from ndm_advisor.model.answer import CaseRef
from ndm_advisor.model.knowledge import Knowledge
from ndm_advisor.read.case_file import build_case
from ndm_advisor.read.names import Names
from ndm_advisor.read.tables import is_text, key_of_column
from ndm_advisor.read.write_case import _key, _value
from ndm_advisor.render.as_json import to_json
from tests.cli.conftest import ROOT
from tests.vignettes.harness import ON, Vignette, differences, vignettes

Table = Mapping[str, Any]


def with_sorted_rows(vignette: Vignette) -> Vignette:
    """The answer lists a panel in the order of the case; that of a CSV row is its columns'."""
    document = dict(vignette.document)
    for table, key in (("panel", "results"), ("hospital", "stock")):
        if key in document.get(table, {}):
            document[table] = {**document[table], key: dict(sorted(document[table][key].items()))}
    return vignette._replace(document=document)


ALL: Final = [with_sorted_rows(vignette) for vignette in vignettes()]

# Vignettes that no CSV row can say, by label, with the reason: an empty cell is an absent key, so a
# text of white space or an empty table cannot be told from none. No vignette has one.
NOT_IN_CSV: Final[dict[str, str]] = {}

OPTIONS: Final = ("--on", ON.isoformat(), "--format", "ndjson", "--trace", "--jobs", "2")
LONGEST_S: Final = 300


# -- writers --------------------------------------------------------------------------------------


def as_toml(document: Table) -> str:
    """Tables under headers of their own, as a person writes them."""
    tables = {name: value for name, value in document.items() if isinstance(value, dict)}
    orders = document.get("orders", [])
    lines = _pairs({k: v for k, v in document.items() if k not in tables and k != "orders"})
    for name, table in tables.items():
        inner = {key: value for key, value in table.items() if key in {"results", "stock"}}
        lines += ["", f"[{name}]", *_pairs({k: v for k, v in table.items() if k not in inner})]
        for key, rows in inner.items():
            lines += ["", f"[{name}.{key}]", *_pairs(rows)]
    for order in orders:
        lines += ["", "[[orders]]", *_pairs(order)]
    return "\n".join(lines) + "\n"


def _pairs(table: Table) -> list[str]:
    return [f"{_key(key)} = {_value(value)}" for key, value in table.items()]


def as_json(document: Table) -> str:
    def plain(value: object) -> str:
        assert isinstance(value, date | time), value
        return value.isoformat()

    return json.dumps(document, default=plain)


def as_cells(table: Table, start: str = "") -> dict[str, str]:
    """Cells by column: text as it stands, the rest as TOML; orders by number."""
    cells: dict[str, str] = {}
    for key, value in table.items():
        column = f"{start}{key}"
        if column == "orders":
            for number, order in enumerate(value, 1):
                cells |= as_cells(order, f"orders.{number}.")
        elif isinstance(value, dict) and key != "components_mg":
            cells |= as_cells(value, f"{column}.")
        else:
            is_plain = isinstance(value, str) and is_text(key_of_column(column))
            cells[column] = value if is_plain else _value(value)
    return cells


def lost_in_csv(table: Table) -> str | None:
    """Why the cells of a row would not say all of it."""
    for key, value in table.items():
        if value == {} or (isinstance(value, str) and not value.strip()):
            return f"{key} is there and empty"
        if isinstance(value, dict) and (reason := lost_in_csv(value)):
            return reason
    return None


# -- the four forms -------------------------------------------------------------------------------


def in_toml(folder: Path) -> Path:
    return _files(folder / "toml", as_toml, ".toml")


def in_json(folder: Path) -> Path:
    return _files(folder / "json", as_json, ".json")


def _files(folder: Path, write: Callable[[Table], str], suffix: str) -> Path:
    folder.mkdir()
    for number, vignette in enumerate(ALL):
        path = folder / f"{number:04d}{suffix}"
        path.write_text(write(vignette.document), encoding="utf-8")
    return folder


def in_ndjson(folder: Path) -> Path:
    path = folder / "cases.ndjson"
    lines = (as_json(vignette.document) for vignette in ALL)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def in_csv(folder: Path) -> Path:
    path = folder / "cases.csv"
    rows = [as_cells(vignette.document) for vignette in ALL if vignette.label not in NOT_IN_CSV]
    header = sorted({column for row in rows for column in row}, key=key_of_column)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, header, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


FORMS: Final[dict[str, Callable[[Path], Path]]] = {
    "toml": in_toml,
    "json": in_json,
    "ndjson": in_ndjson,
    "csv": in_csv,
}


# -- their answers --------------------------------------------------------------------------------


class Record(NamedTuple):
    """An answer as it was written: label and hash of its case, its place, and all behind it."""

    id: str | None
    sha256: str
    path: str
    line: int | None
    rest: str


def judged(path: Path) -> list[Record]:
    result = subprocess.run(
        [sys.executable, "-m", "ndm_advisor", "batch", str(path), *OPTIONS],
        capture_output=True,
        check=False,
        timeout=LONGEST_S,
    )
    assert result.returncode == 0, result.stderr.decode()[-2000:]
    return [_record(line) for line in result.stdout.decode().splitlines()]


def _record(line: str) -> Record:
    start = '{"schema_version":"1","case":'
    assert line.startswith(start)
    case, end = json.JSONDecoder().raw_decode(line, len(start))
    assert set(case) - {"line"} == {"id", "path", "sha256"}
    return Record(case["id"], case["sha256"], case["path"], case.get("line"), line[end:])


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Record]]:
    """What batch says of every vignette, by form."""
    folder = tmp_path_factory.mktemp("vignettes")
    with pytest.MonkeyPatch.context() as patched:
        for name in [n for n in os.environ if n.startswith("NDM_ADVISOR_")]:
            patched.delenv(name)
        patched.setenv("XDG_CONFIG_HOME", str(folder))
        patched.setenv("PYTHONPATH", str(ROOT))
        return {form: judged(write(folder)) for form, write in FORMS.items()}


Answers = dict[str, list[Record]]


def test_what_a_csv_file_cannot_say_is_named() -> None:
    lost = {vignette.label: lost_in_csv(vignette.document) for vignette in ALL}
    assert {label: why for label, why in lost.items() if why} == NOT_IN_CSV


@pytest.mark.safety("SAF-601")
@pytest.mark.parametrize("form", ["toml", "json", "csv"])
def test_the_form_makes_no_difference(answers: Answers, form: str) -> None:
    left_out = NOT_IN_CSV if form == "csv" else {}
    pairs = zip(ALL, answers["ndjson"], strict=True)
    wanted = [(vignette, record) for vignette, record in pairs if vignette.label not in left_out]
    for (vignette, other), made in zip(wanted, answers[form], strict=True):
        assert (made.id, made.sha256) == (other.id, other.sha256), vignette.label
        assert made.rest == other.rest, vignette.label


@pytest.mark.safety("SAF-602", "SAF-801")
def test_each_answer_stands_at_its_place(answers: Answers) -> None:
    count = len(ALL)
    assert [r.line for r in answers["ndjson"]] == list(range(1, count + 1))
    assert [r.line for r in answers["csv"]] == list(range(2, count - len(NOT_IN_CSV) + 2))
    for form in ("toml", "json"):
        assert {r.line for r in answers[form]} == {None}
        names = [Path(r.path).name for r in answers[form]]
        assert names == [f"{number:04d}.{form}" for number in range(count)]


def test_the_answers_are_as_expected(answers: Answers) -> None:
    wrong = {
        vignette.label: found
        for vignette, record in zip(ALL, answers["ndjson"], strict=True)
        if (found := differences(vignette.expect, answer_of(record)))
    }
    assert not wrong


@pytest.mark.safety("SAF-601")
def test_the_answers_are_those_of_advise(
    answers: Answers, knowledge: Knowledge, names: Names
) -> None:
    for vignette, record in zip(ALL, answers["ndjson"], strict=True):
        assert answer_of(record) == by_the_engine(vignette, record, knowledge, names)


def answer_of(record: Record) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(f'{{"schema_version":"1"{record.rest}')
    return answer


def by_the_engine(
    vignette: Vignette, record: Record, knowledge: Knowledge, names: Names
) -> dict[str, Any]:
    case, _ = build_case(vignette.document, names=names, on=ON)
    reference = CaseRef(record.id, record.path, record.sha256, record.line)
    made: dict[str, Any] = json.loads(
        to_json(advise(case, knowledge, on=ON, reference=reference), indent=None)
    )
    del made["case"]
    # the setting a case names counts as the case's in a batch, as the default in the engine alone
    stamp = answer_of(record)["provenance"]
    assert (made["provenance"]["guideline"], made["provenance"]["region"]) == (
        stamp["guideline"],
        stamp["region"],
    ), vignette.label
    return made | {"provenance": stamp}
