"""Whatever a file holds, an importer ends with an account that adds up and never crashes."""

from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from ndm_advisor.errors import UsageError
from ndm_advisor.intake.hl7v2.read import read_hl7
from ndm_advisor.intake.mapped import ncbi_mapping, read_mapped
from ndm_advisor.intake.mapping import FORMAT, Mapping, parse_mapping
from ndm_advisor.intake.tabular import open_table
from ndm_advisor.intake.to_case import to_cases
from ndm_advisor.intake.told import Told
from ndm_advisor.intake.whonet import read_whonet
from ndm_advisor.model.case import canonical_json
from ndm_advisor.read.case_file import read_case

from .conftest import FIXTURES, ON, adds_up

HL7 = (FIXTURES / "blood-culture.hl7").read_bytes()
WHONET = (FIXTURES / "whonet-columns.csv").read_text(encoding="utf-8")
NCBI = (FIXTURES / "ncbi-asts.tsv").read_text(encoding="utf-8")
OWN = (FIXTURES / "own-table.csv").read_text(encoding="utf-8")
MAPPING = (FIXTURES / "own-mapping.toml").read_text(encoding="utf-8")
TOLD = Told(site="bloodstream", standard="EUCAST", standard_disks=True, key=b"k" * 16)
HOSTILE = (
    *(
        "",
        "\x1b[31m",
        "=1+1",
        "\u202eR",
        "\x00",
        "nan",
        "1e309",
        "9" * 400,
        "-1",
        "<<1",
        "[b]",
        '"',
    ),
    "R" * 5000,
)
often = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def check(reports, catalogue, names) -> None:
    done = [to_cases(report, TOLD, catalogue, on=ON) for report in reports]
    adds_up(done)
    for one in done:
        for made in one.cases:
            text = canonical_json(made.case).decode()
            again, _ = read_case(text, path=None, names=names, on=ON)
            assert canonical_json(again) == text.encode(), "what is written reads back"


def table(text: str):
    return open_table(io.StringIO(text, newline=""), "constructed", 0)


def changed(text: str, where: int, new: str) -> str:
    """The table with one cell replaced, as a table writer would write it."""
    mark = max("\t|;,", key=text.splitlines()[0].count)
    rows = list(csv.reader(io.StringIO(text), delimiter=mark))
    row = rows[1 + where % (len(rows) - 1)]
    row[where // len(rows) % len(row)] = new
    out = io.StringIO()
    csv.writer(out, delimiter=mark).writerows(rows)
    return out.getvalue()


cells = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=30))


@often
@given(data=st.binary(max_size=400))
def test_bytes_as_hl7(data, catalogue, names):
    check(read_hl7([io.BytesIO(data)], ["x"], catalogue), catalogue, names)


@often
@given(
    where=st.integers(0, len(HL7) - 1),
    length=st.integers(0, 60),
    new=st.one_of(st.binary(max_size=20), st.sampled_from([h.encode() for h in HOSTILE])),
)
def test_a_damaged_message(where, length, new, catalogue, names):
    data = HL7[:where] + new + HL7[where + length :]
    check(read_hl7([io.BytesIO(data)], ["x"], catalogue), catalogue, names)


@often
@given(where=st.integers(0, 10_000), new=cells)
def test_a_whonet_cell(where, new, catalogue, names):
    reports, _ = read_whonet([table(changed(WHONET, where, new))])
    check(reports, catalogue, names)


@often
@given(where=st.integers(0, 10_000), new=cells)
def test_an_ncbi_cell(where, new, catalogue, names):
    one = table(changed(NCBI, where, new))
    reports, _ = read_mapped([one], [ncbi_mapping(one)], "ncbi")
    check(reports, catalogue, names)


@often
@given(where=st.integers(0, 10_000), new=cells)
def test_a_cell_of_ones_own(where, new, catalogue, names):
    one = table(changed(OWN, where, new))
    reports, _ = read_mapped([one], [parse_mapping(MAPPING, "m")], "csv")
    check(reports, catalogue, names)


@often
@given(text=st.text(max_size=300))
@pytest.mark.parametrize("start", ["", "Organism,MEM_NM\n", "#BioSample\tAntibiotic\n"])
def test_any_text_as_a_table(start, text, catalogue, names):
    try:
        one = table(start + text)
        reports, _ = read_whonet([one])
    except UsageError:
        return
    check(reports, catalogue, names)


@often
@given(text=st.text(max_size=200))
def test_any_text_as_a_mapping(text):
    try:
        parse_mapping(text, "m")
    except UsageError:
        return


@often
@given(
    key=st.sampled_from(["format", "isolate", "columns", "result", "results", "genes", "values"]),
    value=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
        ),
        max_leaves=5,
    ),
)
def test_a_mapping_with_a_wrong_key(key, value):
    try:
        Mapping.model_validate(json.loads(json.dumps({"format": FORMAT, key: value})))
    except ValidationError:
        return
