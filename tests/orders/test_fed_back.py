"""Policy 4.1: no regimen is offered that would raise a stop if it were ordered exactly as printed.

The one exception is row 4b with a known PBP3 insertion (`pair-untested-e-coli`).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import tomli

from ndm_advisor.decision.decide import decide
from ndm_advisor.explain.advise import advise
from ndm_advisor.read.case_file import build_case
from ndm_advisor.render.as_json import to_json
from tests.vignettes.harness import ON, vignettes

EXAMPLES = sorted((Path(__file__).parents[2] / "examples" / "cases").glob("*.toml"))
DOCUMENTS = {p.stem: tomli.loads(p.read_text("utf-8")) for p in EXAMPLES} | {
    v.label: v.document for v in vignettes()
}
UNITS = {
    "million-units-colistimethate": "dose_million_units",
    "mg-colistin-base": "dose_mg_colistin_base",
    "mg-polymyxin-b": "dose_mg_polymyxin_b",
    "units-polymyxin-b": "dose_units",
}
NAMES = {"fosfomycin-iv": "fosfomycin", "fosfomycin-oral": "fosfomycin"}


def orders_of(regimen: dict[str, Any]) -> list[dict[str, Any]]:
    """A printed regimen as orders: loads, maintenance and companions."""
    found = []
    for order in (*regimen["drugs"], *regimen["companions"]):
        for kind in ("loading", "maintenance"):
            dose = order[f"{kind}_dose"]
            if dose is not None:
                found.append(one(order, dose, kind))
    return found


def one(order: dict[str, Any], dose: dict[str, Any], kind: str) -> dict[str, Any]:
    made = {"drug": NAMES.get(order["drug"], order["drug"]), "route": order["route"], "kind": kind}
    if dose["units"] is not None:
        made[UNITS[dose["units"]["system"]]] = float(dose["units"]["amount"])
    else:
        made["dose_mg"] = float(dose["total_mg"])
    if kind == "maintenance":
        made["interval_h"] = order["interval_h"]  # null: given once
    if order["infusion_h"] is not None:
        made["infusion_h"] = float(order["infusion_h"])
    return made


@pytest.mark.safety("SAF-107")
@pytest.mark.parametrize("label", DOCUMENTS, ids=str)
def test_offered_as_printed_raises_no_stop(label, knowledge, names) -> None:
    document = {k: v for k, v in DOCUMENTS[label].items() if k != "orders"}
    case, _ = build_case(document, names=names, on=ON)
    answer = json.loads(to_json(advise(case, knowledge, on=ON)))
    for regimen in answer["regimens"]:
        if any(o["maintenance_dose"] is None for o in regimen["drugs"]):
            continue
        ordered, _ = build_case({**document, "orders": orders_of(regimen)}, names=names, on=ON)
        judged = decide(ordered, knowledge, on=ON).judgement
        stops = [(r.id, r.variant, r.values) for r in judged.raised if r.tier == "stop"]
        stops = [s for s in stops if s[0] != "pair-untested-e-coli"]
        assert not stops, (regimen["id"], stops)
        if not any(r.id == "pair-untested-e-coli" and r.tier == "stop" for r in judged.raised):
            assert judged.verdict in {"appropriate", "inadequate"}, regimen["id"]
        doses = [r.variant for r in judged.raised if r.id == "dose-outside-band"]
        assert not doses, (regimen["id"], doses)
