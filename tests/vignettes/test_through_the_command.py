"""Every vignette through the JSON command: the same answer as `advise` gives in process."""

from __future__ import annotations

import json
from datetime import date, time

import pytest
from typer.testing import CliRunner

from ndm_advisor.cli.program import app
from ndm_advisor.explain.advise import advise
from ndm_advisor.model.answer import CaseRef, Recommendation
from ndm_advisor.read.case_file import build_case
from ndm_advisor.render.as_json import to_json
from tests.vignettes.harness import ON, Vignette, differences, vignettes

RUNNER = CliRunner()
COMMAND = ["advise", "-", "--format", "json", "--on", ON.isoformat(), "--no-input"]
ALL = list(vignettes())


def plain(value: object) -> str:
    assert isinstance(value, date | time), value
    return value.isoformat()


# What would change an answer decides its case 200 times more. Of the vignettes that expect nothing
# of it, one in so many has it computed and compared; the others are answered without.
COMPUTED = {"would_change", "missing_value_effects", "next_question", "not_assessed"}
WHOLE = 20


def unchanged(answer: Recommendation, *_: object) -> Recommendation:
    return answer


@pytest.mark.safety("SAF-108", "SAF-504")
@pytest.mark.parametrize(
    ("place", "vignette"), [pytest.param(i, v, id=v.label) for i, v in enumerate(ALL)]
)
def test_json_command(place: int, vignette: Vignette, knowledge, names, monkeypatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", "/nonexistent")
    is_whole = place % WHOLE == 0 or not COMPUTED.isdisjoint(vignette.expect)
    if not is_whole:
        monkeypatch.setattr("ndm_advisor.explain.advise._with_changes", unchanged)
    result = RUNNER.invoke(app, COMMAND, input=json.dumps(vignette.document, default=plain))
    assert result.exit_code == 0, result.output
    answer = json.loads(result.stdout)
    expect = {
        k: v for k, v in vignette.expect.items() if k not in {"facts", "fired", "missed", "unknown"}
    }
    assert not differences(expect, answer)
    case, _ = build_case(vignette.document, names=names, on=ON)
    reference = CaseRef(case.id, None, answer["case"]["sha256"])
    what_if = "full" if is_whole else ""
    made = advise(case, knowledge, on=ON, reference=reference, what_if=what_if)
    same = json.loads(to_json(made))
    for key in set(same) - {"provenance"}:
        assert answer[key] == same[key], key
