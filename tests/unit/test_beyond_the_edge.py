"""Policy 5: what is printed for the other side of a band's edge is what would be given there."""

from __future__ import annotations

from typing import Any

import pytest

from ndm_advisor.explain.advise import advise
from ndm_advisor.model.knowledge import Knowledge
from ndm_advisor.read.case_file import build_case
from ndm_advisor.read.names import Names
from tests.vignettes.harness import ON, document, load_bases


@pytest.mark.parametrize(
    ("region", "replaced", "beyond"),
    [
        # The EU label forbids it at 15 mL/min or less without renal replacement (dossier 5).
        ("EU", "none", "not given"),
        ("US", "none", "0.9 g (aztreonam 0.675 g + avibactam 0.225 g)"),
    ],
)
def test_a_dose_that_is_forbidden_beyond_the_edge_is_not_printed(
    knowledge: Knowledge, names: Names, region: str, replaced: str, beyond: str
) -> None:
    changes: dict[str, Any] = {
        "patient.crcl_ml_min": 16,
        "patient.renal_replacement": replaced,
        "hospital.region": region,
    }
    case, _ = build_case(document(load_bases()["bloodstream"], changes, []), names=names, on=ON)
    answer = advise(case, knowledge, on=ON)
    (order,) = next(o for o in answer.regimens if o.id == "aztreonam-avibactam").drugs
    assert order.band_edge is not None
    assert order.band_edge.distance_ml_min == pytest.approx(1)
    assert beyond in order.band_edge.dose_beyond
    if beyond == "not given":
        assert order.band_edge.dose_beyond == beyond
