"""A batch as a page in Chromium: sorted, filtered without a network, readable without a script."""

from __future__ import annotations

import io
import json
import os
import re
from pathlib import Path

import pytest
from pypdf import PdfReader
from typer.testing import CliRunner

from ndm_advisor.cli.program import app
from tests.cli.conftest import CASES, ON
from tests.cli.test_batch import GOOD, OUT_OF_SCOPE, QUIET, REFUSED, STOP

from .reading import Read
from .test_hostile import PAYLOADS, hostile_case, one_line

KINDS = ["stop", "not_assessed", "caution", "no_alert"]
VISIBLE = (
    "[...document.querySelectorAll('#worklist tbody tr')]"
    ".filter(r => r.offsetHeight).map(r => r.dataset.class)"
)


@pytest.fixture(scope="module")
def report(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    held = [QUIET, GOOD, REFUSED, OUT_OF_SCOPE, STOP]
    held += [hostile_case(payload) | {"orders": []} for payload in PAYLOADS.values()]
    held += [GOOD | {"id": payload, "note": payload} for payload in PAYLOADS.values()]
    cases = folder / "cases.ndjson"
    cases.write_text("\n".join(map(json.dumps, held)), encoding="utf-8")
    made = folder / "report.html"
    given = ("batch", cases, CASES, "--on", ON, "--format", "html", "-o", made)
    alone = {name: None for name in os.environ if name.startswith("NDM_ADVISOR_")}
    env = {**alone, "XDG_CONFIG_HOME": str(folder)}
    done = CliRunner().invoke(app, list(map(str, given)), env=env)
    assert done.exit_code == 3, done.stderr
    return made


def choose(kind: str, *, on: bool) -> str:
    return (
        f"(() => {{ const box = document.querySelector('input[value={kind}]');"
        f" if (box.checked !== {str(on).lower()}) box.click(); }})()"
    )


def look_for(words: str) -> str:
    return (
        "(() => { const field = document.forms[0].elements.words;"
        f" field.value = {json.dumps(words)};"
        " field.dispatchEvent(new Event('input', { bubbles: true })); })()"
    )


def test_rows_are_sorted_totals_add_up_and_nothing_runs(browser, report):
    read = Read(report.read_text(encoding="utf-8"))
    assert read.open == []
    with browser.open(report) as tab:
        rows = tab.run(VISIBLE)
        totals = tab.run(
            "Object.fromEntries([...document.querySelectorAll('[data-total]')]"
            ".map(c => [c.dataset.total, Number(c.textContent)]))"
        )
        assert rows == sorted(rows, key=KINDS.index)
        assert totals == {kind: rows.count(kind) for kind in KINDS} | {"all": len(rows)}
        assert min(totals.values()) > 0
        assert tab.run("document.title") == "Worklist"
        assert tab.run("document.querySelectorAll('img,iframe,a,link').length") == 0
        assert tab.run("document.querySelectorAll('script').length") == 1
        words = " ".join(tab.run("document.body.textContent").split())
        for payload in PAYLOADS.values():
            assert one_line(payload) in words
        assert tab.requests == [report.as_uri()]
        assert tab.said == []
        assert tab.run("document.documentElement.scrollWidth") <= 1100


def test_filters_by_class_and_words(browser, report):
    with browser.open(report) as tab:
        every = tab.run(VISIBLE)
        for kind in ("stop", "caution", "no_alert"):
            tab.run(choose(kind, on=False))
        assert set(tab.run(VISIBLE)) == {"not_assessed"}
        count = every.count("not_assessed")
        said = tab.run("document.getElementById('shown').textContent")
        assert said == f"{count} of {len(every)} rows shown"
        for kind in KINDS:
            tab.run(choose(kind, on=True))
        assert tab.run(VISIBLE) == every
        tab.run(look_for("MEROPENEM only beta-lactam"))
        found = tab.run(VISIBLE)
        assert "stop" in found
        assert len(found) < len(every)
        tab.run(look_for("no case says this"))
        assert tab.run(VISIBLE) == []
        tab.run(look_for(""))
        assert tab.run(VISIBLE) == every


def test_without_a_script_every_row_is_shown_and_no_filter(browser, report):
    bare = report.with_name("bare.html")
    text = report.read_text(encoding="utf-8")
    bare.write_text(re.sub(r"<script>.*</script>", "", text, flags=re.DOTALL), encoding="utf-8")
    with browser.open(bare) as tab:
        assert len(tab.run(VISIBLE)) == text.count("<tr data-class=")
        assert tab.run("document.forms[0].offsetHeight") == 0


def test_the_details_of_a_row_open(browser, report):
    with browser.open(report) as tab:
        row = "document.querySelector('[data-class=stop]')"
        assert tab.run(f"{row}.querySelector('dl').checkVisibility()") is False
        tab.run(f"{row}.querySelector('summary').click()")
        assert tab.run(f"{row}.querySelector('dl').checkVisibility()") is True
        said = tab.run(f"{row}.querySelector('dl').textContent")
        assert "Do: " in said
        assert "Summary" in said


def test_it_prints_with_stamp_and_pages(browser, report):
    with browser.open(report) as tab:
        sheets = PdfReader(io.BytesIO(tab.pdf("A4"))).pages
    for number, sheet in enumerate(sheets, 1):
        words = " ".join(sheet.extract_text().split())
        assert f"page {number} of {len(sheets)}" in words
        assert words.count("advised 2026-11-22") >= 2
        assert "Show" not in words
