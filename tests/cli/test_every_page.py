"""What the contract asks of every command that advises: its options, and its stamp.

Interface section 3: each also takes `--no-color` and `--trace`. What users expect, section 5: each
human output carries versions, review dates, the edition read and the date; overdue knowledge is
said.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import ON, ROOT, Run

PAGES = {
    "advise": (),
    "what-if": (),
    "what-if, two sides": ("--set", "patient.crcl_ml_min=25"),
    "what-if, no difference": ("--set", "note=x"),
    "schedule": (),
}
OPTIONS = (
    "--data",
    "--strict",
    "--linear",
    "--no-color",
    "--tall-man",
    "--no-tall-man",
    "--trace",
)


def arguments(page: str, case: Path, on: str = ON) -> list[str]:
    return [page.partition(",")[0], str(case), "--on", on, *PAGES[page]]


@pytest.mark.parametrize("page", [*PAGES, "batch"])
@pytest.mark.parametrize("option", OPTIONS)
def test_takes_every_option_of_the_contract(run: Run, case: Path, page: str, option: str) -> None:
    told = ["batch", str(case), "--on", ON] if page == "batch" else arguments(page, case)
    more = [option, str(ROOT / "data")] if option == "--data" else [option]
    result = run(*told, *more)
    assert result.exit_code == 0, result.stderr


@pytest.mark.parametrize("page", PAGES)
def test_trace_says_what_applied_beside_the_answer(run: Run, case: Path, page: str) -> None:
    result = run(*arguments(page, case), "--trace")
    assert "guideline simit-2022 (case)" in result.stderr
    assert f"date of advice {ON}" in result.stderr
    assert "guideline simit-2022 (case)" not in result.stdout


@pytest.mark.parametrize("page", PAGES)
def test_is_stamped(run: Run, case: Path, page: str) -> None:
    shown = run(*arguments(page, case)).stdout
    for words in ("ndm-advisor 0.", "knowledge 2026.11", "checked 2026-11-22, due 2027-05-22"):
        assert words in shown
    for words in ("EUCAST 2026", "SIMIT 2022", f"advised {ON}"):
        assert words in shown


@pytest.mark.parametrize("page", PAGES)
def test_says_that_knowledge_is_overdue(run: Run, case: Path, page: str) -> None:
    said = "KNOWLEDGE OVERDUE FOR REVIEW since 2027-05-22"
    assert said in run(*arguments(page, case, on="2028-01-01")).stdout
    assert said not in run(*arguments(page, case)).stdout


@pytest.mark.parametrize("page", PAGES)
def test_names_the_local_file_that_applied(
    run: Run, case: Path, page: str, configure: Callable[[str], Path]
) -> None:
    path = configure('[hospital]\nregion = "US"\n')
    text = case.read_text("utf-8").replace('region = "EU"\n', "")
    case = path.parent / "case.toml"
    case.write_text(text, encoding="utf-8")
    assert f"local override {path} (" in run(*arguments(page, case)).stdout
