"""Every vignette as a line of one NDJSON file, in one run: the answer of `advise` for each."""

from __future__ import annotations

import json
from datetime import date, time
from pathlib import Path

from ndm_advisor.explain.advise import advise
from ndm_advisor.model.answer import CaseRef
from ndm_advisor.model.knowledge import Knowledge
from ndm_advisor.read.case_file import build_case
from ndm_advisor.read.names import Names
from ndm_advisor.render.as_json import to_json
from tests.cli.conftest import Run
from tests.vignettes.harness import ON, differences, vignettes


def plain(value: object) -> str:
    assert isinstance(value, date | time), value
    return value.isoformat()


def test_in_one_run(run: Run, knowledge: Knowledge, names: Names, tmp_path: Path) -> None:
    found = list(vignettes())
    path = tmp_path / "vignettes.ndjson"
    lines = (json.dumps(vignette.document, default=plain) for vignette in found)
    path.write_text("\n".join(lines), encoding="utf-8")
    result = run("batch", path, "--on", ON.isoformat(), "--format", "ndjson", "--trace")
    assert result.exit_code == 0, result.stderr
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert len(answers) == len(found)
    for number, (vignette, answer) in enumerate(zip(found, answers, strict=True), 1):
        assert not differences(vignette.expect, answer), vignette.label
        case, _ = build_case(vignette.document, names=names, on=ON)
        reference = CaseRef(case.id, str(path), answer["case"]["sha256"], number)
        same = json.loads(to_json(advise(case, knowledge, on=ON, reference=reference)))
        for key in set(same) - {"provenance"}:
            assert answer[key] == same[key], (vignette.label, key)
