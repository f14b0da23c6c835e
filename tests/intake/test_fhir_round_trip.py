"""Issue 9: the round trip case -> FHIR -> case covers isolate, panel, site, patient and orders.

Profile, stock and severity travel in one extension. The case that comes back is the case that went,
by its canonical JSON; what is not is named in docs/interoperability.md: a case without an id gets
the running number of the import, and an empty text, which FHIR does not have, is absent.
"""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from ndm_advisor.errors import CaseInvalidError
from ndm_advisor.intake.catalogue import Catalogue
from ndm_advisor.model.case import Case, canonical_json
from ndm_advisor.model.knowledge import Knowledge
from ndm_advisor.read.case_file import build_case
from ndm_advisor.read.names import Names
from ndm_advisor.render.as_json import to_json
from ndm_advisor.render.fhir.document import bundle_of, to_fhir
from tests.intake.fhir_cases import (
    EXAMPLES,
    FULL,
    ON,
    answered,
    example,
    understood,
    vignette_cases,
)
from tests.properties.cases import flat_cases
from tests.vignettes.harness import document

R4B = pytest.importorskip("fhir.resources.R4B")


def differences(case: Case, data: bytes, catalogue: Catalogue) -> list[str]:
    """What does not come back as it went."""
    back = understood(data, catalogue)
    if len(back.cases) != 1:
        return [f"{len(back.cases)} cases: {back.no_case}"]
    (made,) = back.cases
    sent, got = json.loads(canonical_json(case)), json.loads(canonical_json(made.case))
    if case.id is None:
        assert got.pop("id") == "fhir-1"
    found = [f"conflict: {conflict}" for conflict in made.conflicts]
    found += [f"{key}: {sent.get(key)} -> {got.get(key)}" for key in sent.keys() | got.keys()
              if sent.get(key) != got.get(key)]  # fmt: skip
    return found


@pytest.mark.parametrize("path", [*EXAMPLES, FULL], ids=lambda path: path.stem)
def test_every_example(
    path: Path, names: Names, knowledge: Knowledge, catalogue: Catalogue
) -> None:
    case = example(path, names)
    data = to_fhir(answered(case, knowledge), case, knowledge)
    assert differences(case, data, catalogue) == []
    again = understood(data, catalogue).cases[0].case
    assert canonical_json(again) == canonical_json(case)  # the very bytes that the hash is made of


def test_every_ninth_vignette(names: Names, knowledge: Knowledge, catalogue: Catalogue) -> None:
    lost = {}
    count = 0
    for label, case in islice(vignette_cases(names), None, None, 9):
        count += 1
        data = to_fhir(answered(case, knowledge), case, knowledge)
        if found := differences(case, data, catalogue):
            lost[label] = found
    assert lost == {}
    assert count > 200


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(flat=flat_cases())
def test_generated_cases(
    flat: dict[str, object], names: Names, knowledge: Knowledge, catalogue: Catalogue
) -> None:
    """Implausible mixtures too; the resources of the case do not depend on the answer."""
    try:
        case, _ = build_case(document(flat, {}, []), names=names, on=ON)
    except CaseInvalidError:
        return
    data = to_json(bundle_of(answered(case, knowledge), case, knowledge))
    assert differences(case, data, catalogue) == []


@pytest.mark.parametrize("path", [*EXAMPLES[::5], FULL], ids=lambda path: path.stem)
def test_the_same_bundle_as_xml(
    path: Path, names: Names, knowledge: Knowledge, catalogue: Catalogue
) -> None:
    """Another program may hand our bundle on in the other format."""
    case = example(path, names)
    model = R4B.get_fhir_model_class("Bundle")
    data = to_fhir(answered(case, knowledge), case, knowledge)
    written = model.model_validate_json(data).model_dump_xml()
    raw = written if isinstance(written, bytes) else written.encode()
    assert differences(case, raw, catalogue) == []


WRITINGS = ["0.5", "0.50", "<=0.25", ">32", "=8", "> 32", "0.001953125", "1024", "0.016", ">=16"]


@pytest.mark.parametrize("written", WRITINGS)
def test_the_laboratorys_own_writing_of_an_mic(
    written: str, names: Names, knowledge: Knowledge, catalogue: Catalogue
) -> None:
    case = _case(names, panel={"results": {"aztreonam": written}})
    data = to_fhir(answered(case, knowledge), case, knowledge)
    assert differences(case, data, catalogue) == []


def test_a_changed_quantity_outweighs_the_writing_it_came_with(
    names: Names, knowledge: Knowledge, catalogue: Catalogue
) -> None:
    case = _case(names, panel={"results": {"aztreonam": "0.50"}})
    made = json.loads(to_fhir(answered(case, knowledge), case, knowledge))
    (row,) = [
        e["resource"]
        for e in made["entry"]
        if e["resource"].get("code", {}).get("text") == "aztreonam"
        and "valueQuantity" in e["resource"]
    ]
    assert row["valueQuantity"]["value"] == 0.5
    row["valueQuantity"]["value"] = 16
    (back,) = understood(made, catalogue).cases
    assert back.document["panel"] == {"results": {"aztreonam": {"mic_mg_l": "16"}}}


ORDERS = [
    {"drug": "colistin", "dose_million_units": 4.5, "interval_h": 12, "route": "iv"},
    {"drug": "colistin", "dose_mg_colistin_base": 150, "kind": "loading", "route": "iv"},
    {"drug": "polymyxin B", "dose_mg_polymyxin_b": 100, "interval_h": 12, "infusion_h": 1},
    {"drug": "polymyxin B", "dose_units": 750000, "interval_h": 12},
    {"drug": "ceftazidime-avibactam", "components_mg": {"ceftazidime": 1000, "avibactam": 250},
     "interval_h": 8, "infusion_h": 2, "start_time": "08:00", "kind": "maintenance"},
    {"drug": "fosfomycin", "dose_mg": 6000, "interval_h": 6, "route": "iv"},
    {"drug": "meropenem", "dose_mg": 2000, "interval_h": 8, "infusion_h": 0, "route": "other"},
    {"drug": "ciprofloxacin", "dose_mg": 750, "interval_h": 12, "route": "oral",
     "started_on": "2026-11-20"},
    {"drug": "no drug of this base [7]"},
]  # fmt: skip


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: str(order)[:60])
def test_orders(
    order: dict[str, object], names: Names, knowledge: Knowledge, catalogue: Catalogue
) -> None:
    case = _case(names, orders=[order])
    data = to_fhir(answered(case, knowledge), case, knowledge)
    assert differences(case, data, catalogue) == []


HOSTILE = [
    "\u202eevil\u202c <script>alert(1)</script> =cmd()",
    "[bed 4](http://x) | [s]strike[/s] **bold**",
    " begins with a space",
]


@pytest.mark.parametrize("note", HOSTILE)
def test_hostile_text_comes_back_as_it_was_and_is_inert_on_the_way(
    note: str, names: Names, knowledge: Knowledge, catalogue: Catalogue
) -> None:
    allergies = [{"drug": note.strip(), "reaction": note.strip()}]
    case = _case(names, note=note, patient={"allergies": allergies})
    data = to_fhir(answered(case, knowledge), case, knowledge)
    assert b"\xe2\x80\xae" not in data  # the bidirectional override, raw
    assert differences(case, data, catalogue) == []


def _case(names: Names, **more: object) -> Case:
    base: dict[str, object] = {
        "format": "ndm-advisor/case/1",
        "id": "round-trip",
        "isolate": {"organism": "Escherichia coli", "mbl": "confirmed", "mbl_family": "NDM"},
        "infection": {"site": "bloodstream"},
    }
    return build_case(base | more, names=names, on=ON)[0]
