"""Whatever stands in a file, the reader answers with a case or with its problems, never a crash."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ndm_advisor.errors import CaseError, CaseFormatError
from ndm_advisor.model.case import canonical_json
from ndm_advisor.read.case_file import build_case, read_case
from ndm_advisor.read.diagnostics import FileReport, render_report
from ndm_advisor.read.document import decode

from .known_names import NAMES, ON, SMALLEST

QUICK = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
FULL = (Path(__file__).parent / "full-case.toml").read_text(encoding="utf-8")

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(["S", "R", ">32", "2026-11-20", "08:00", "AZT", "aztreonam", "45", "4,5"])
    | st.dates()
    | st.datetimes()
    | st.times(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)
KEYS = {
    "isolate": "organism mbl mbl_family mbl_on other_carbapenemases methyltransferase_16s",
    "infection": "site source sofa_rise device active_therapy_started_on anaerobes severity",
    "patient": "age_years weight_kg height_cm crcl_ml_min crcl creatinine_mg_dl creatinine_umol_l"
    " conditions allergies medicines pregnant gestation_weeks residual_crcl_ml_min",
    "order": "drug drug_id dose_mg components_mg dose_units interval_h start_time route kind",
}
NAMED = st.sampled_from(["aztreonam", "CZA", "CZA + ATM", "fosfomycin", "AZT", "polymyxin"])
ROWS = st.dictionaries(NAMED | st.text(max_size=8), VALUES, max_size=4)


def table(name: str) -> st.SearchStrategy[dict[str, object]]:
    keys = st.sampled_from(KEYS[name].split()) | st.text(max_size=8)
    return st.dictionaries(keys, VALUES, max_size=6)


DOCUMENTS = st.fixed_dictionaries(
    {},
    optional={
        "format": st.just("ndm-advisor/case/1") | VALUES,
        "isolate": table("isolate") | VALUES,
        "panel": st.fixed_dictionaries({}, optional={"results": ROWS, "standard": VALUES}) | VALUES,
        "infection": table("infection") | VALUES,
        "patient": table("patient") | VALUES,
        "hospital": st.fixed_dictionaries({}, optional={"stock": ROWS, "region": VALUES}) | VALUES,
        "orders": st.lists(table("order"), max_size=2) | VALUES,
    },
)


def judged(text: str, path: str | None = None) -> None:
    """The text is read or refused; what is refused is printed as clean text."""
    try:
        case, _ = read_case(text, path=path, names=NAMES, on=ON)
    except CaseError as error:
        assert_refused(error)
    else:
        canonical_json(case)


def assert_refused(error: CaseError) -> None:
    assert any(problem.severity == "error" for problem in error.problems)
    assert_clean(render_report([FileReport(error.path, error.problems)]))


def assert_clean(report: str) -> None:
    report.encode()
    assert not any(ord(c) < 32 and c != "\n" for c in report)
    assert all(len(line) < 400 for line in report.splitlines())


@pytest.mark.safety("SAF-703")
@QUICK
@given(st.text(max_size=400))
def test_any_text(text):
    judged(text)


@pytest.mark.safety("SAF-703")
@QUICK
@given(st.text(max_size=200))
def test_any_text_as_json(text):
    judged(text, "case.json")
    judged("{" + text)


@pytest.mark.safety("SAF-703")
@QUICK
@given(st.binary(max_size=200))
def test_any_bytes(data):
    try:
        judged(decode(data, path="x"))
    except CaseFormatError as error:
        assert_refused(error)


@pytest.mark.safety("SAF-703")
@QUICK
@given(st.data())
def test_a_case_with_pieces_cut_out_doubled_or_scrambled(data):
    text = data.draw(st.sampled_from([FULL, SMALLEST]))
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(len(text), start + 40)))
        piece = data.draw(st.sampled_from(["", text[start:end] * 2]) | st.text(max_size=5))
        text = text[:start] + piece + text[end:]
    judged(text, "case.toml")


@pytest.mark.safety("SAF-703")
@QUICK
@given(DOCUMENTS)
def test_any_tables(document):
    try:
        build_case(document, names=NAMES, on=ON)
    except CaseError as error:
        assert_refused(error)


@pytest.mark.safety("SAF-703")
@QUICK
@given(DOCUMENTS)
def test_any_json_object(document):
    judged(json.dumps(document, default=str), "case.json")


@pytest.mark.safety("SAF-703")
def test_bombs():
    for text in (
        "[" * 100_000,
        "a=" + "[" * 100_000,
        "a=" + "{a=" * 100_000,
        "{" + '"a":[' * 100_000,
        ".".join("a" * 5000) + "=1",
        "a=" + "9" * 5000,
        '{"a":' + "9" * 5000 + "}",
        "a=1e999",
        "\n" * 1_100_000,
        "[a]\n" * 2,
        "x" * 1_000_000,
    ):
        judged(text)
