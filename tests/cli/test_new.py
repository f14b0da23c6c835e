"""`new`: the blank case, and cases written as files."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
import tomli
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from ndm_advisor.cli.asking.wording import values_of
from ndm_advisor.cli.blank_case import PLACEHOLDER, blank_case
from ndm_advisor.errors import CaseInvalidError
from ndm_advisor.model import case as model
from ndm_advisor.model.knowledge import Knowledge
from ndm_advisor.read.case_file import build_case, read_case
from ndm_advisor.read.names import Names
from ndm_advisor.read.write_case import organism_name, to_toml
from tests.cli.conftest import CASES, ON, ROOT, Run

DAY = date.fromisoformat(ON)
COMMENTED = re.compile(r'^# ((?:[a-z_0-9-]+|"[^"]+") = .*)$')
FILLED = {"organism": "Escherichia coli", "site": "bloodstream"}
TABLES: dict[str, type[BaseModel]] = {
    "": model.Case,
    "isolate": model.Isolate,
    "panel": model.Panel,
    "infection": model.Infection,
    "patient": model.Patient,
    "hospital": model.Hospital,
    "orders": model.Order,
}
NOT_KEYS = {*TABLES, "results", "drug_id"}


def filled() -> str:
    text = blank_case()
    for key, value in FILLED.items():
        text = text.replace(f'{key} = "{PLACEHOLDER}"', f'{key} = "{value}"')
    return text


def commented() -> list[tuple[str, str]]:
    """Each commented line with the table it stands in."""
    table, found = "", []
    for line in blank_case().splitlines():
        if header := re.match(r"(?:# )?\[+([a-z.]+)\]+$", line):
            table = header[1]
        elif match := COMMENTED.match(line):
            found.append((table, match[1]))
    return found


class TestBlankCase:
    def test_it_is_printed_and_parses(self, run: Run) -> None:
        result = run("new")
        assert result.exit_code == 0
        assert result.stdout == blank_case()
        document = tomli.loads(result.stdout)
        assert document["format"] == model.FORMAT

    @pytest.mark.safety("SAF-406")
    def test_it_is_refused_until_it_is_filled_in(self, names: Names) -> None:
        with pytest.raises(CaseInvalidError) as caught:
            read_case(blank_case(), path=None, names=names, on=DAY)
        keys = [problem.key for problem in caught.value.problems]
        assert keys == ["isolate.organism", "infection.site"]

    def test_filled_in_it_is_a_case_that_says_nothing_else(self, names: Names) -> None:
        case, problems = read_case(filled(), path=None, names=names, on=DAY)
        assert problems == ()
        least = {"isolate": {"organism": "E. coli"}, "infection": {"site": "bloodstream"}}
        assert case == build_case({"format": model.FORMAT, **least}, names=names, on=DAY)[0]

    @pytest.mark.parametrize("table", TABLES)
    def test_every_key_of_a_case_stands_in_it(self, table: str) -> None:
        shown = {line.partition(" = ")[0] for where, line in commented() if where == table}
        keys = set(TABLES[table].model_fields) - NOT_KEYS
        live = {"organism", "site", "format"} if table in {"", "isolate", "infection"} else set()
        assert shown == keys - live

    @pytest.mark.parametrize(("table", "line"), commented(), ids=lambda text: text[:24])
    def test_every_example_can_be_taken_out_of_its_comment(
        self, names: Names, table: str, line: str
    ) -> None:
        text = filled()
        assert f"# {line}\n" in text
        if table == "orders":
            drug = "colistin" if "colistin" in line or "million" in line else "aztreonam"
            drug = "polymyxin B" if "polymyxin" in line or "dose_units" in line else drug
            own = "" if line.startswith("drug") else f'drug = "{drug}"\n'
            text += f"[[orders]]\n{own}{line}\n"
        else:
            text = text.replace(f"# {line}\n", f"{line}\n")
        case, _ = read_case(text, path=None, names=names, on=DAY)
        assert case != read_case(filled(), path=None, names=names, on=DAY)[0]

    def test_every_word_stands_beside_its_key(self) -> None:
        text = re.sub(r"\n#  +", " ", blank_case())
        for table, form in TABLES.items():
            for field in set(form.model_fields) - NOT_KEYS - {"format"}:
                values = values_of(f"{table}.{field}" if table else field)
                assert " | ".join(values) in text

    def test_it_fits_a_screen(self) -> None:
        assert max(map(len, blank_case().splitlines())) <= 100

    def test_asking_needs_a_terminal(self, run: Run) -> None:
        result = run("new", "--ask")
        assert result.exit_code == 2
        assert "needs a terminal" in result.stderr
        assert result.stdout == ""


class TestCaseAsFile:
    FILES = (*sorted(CASES.glob("*.toml")), ROOT / "tests" / "read" / "full-case.toml")

    @pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
    def test_every_example_reads_back_as_itself(self, names: Names, path: Path) -> None:
        text = path.read_text(encoding="utf-8")
        case, _ = read_case(text, path=str(path), names=names, on=DAY)
        written = to_toml(case)
        assert read_case(written, path=None, names=names, on=DAY)[0] == case
        assert model.canonical_json(read_case(written, path=None, names=names, on=DAY)[0]) == (
            model.canonical_json(case)
        )

    def test_every_organism_is_found_under_its_printed_name(self, knowledge: Knowledge) -> None:
        for organism in knowledge.organisms:
            document = {
                "format": model.FORMAT,
                "isolate": {"organism": organism_name(organism)},
                "infection": {"site": "other"},
            }
            case, _ = build_case(document, names=_names(knowledge), on=DAY)
            assert case.isolate.organism == organism

    def test_every_drug_of_the_panel_reads_back(self, knowledge: Knowledge) -> None:
        ids = {drug for found in knowledge.drug_names.values() for drug in found}
        rows = {drug: {"category": "R"} for drug in sorted(ids)}
        document = {
            "format": model.FORMAT,
            "isolate": {"organism": "E. coli"},
            "infection": {"site": "other"},
            "panel": {"results": rows},
        }
        case, _ = build_case(document, names=_names(knowledge), on=DAY)
        assert read_case(to_toml(case), path=None, names=_names(knowledge), on=DAY)[0] == case

    @pytest.mark.safety("SAF-701")
    @given(text=st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0")))
    def test_any_text_survives(self, names: Names, text: str) -> None:
        document = {
            "format": model.FORMAT,
            "note": text,
            "isolate": {"organism": "E. coli"},
            "infection": {"site": "other", "other_organisms": [text]},
            "patient": {"weight_kg": 71.25, "allergies": [{"drug": "rash", "reaction": text}]},
        }
        case, _ = build_case(document, names=names, on=DAY)
        assert read_case(to_toml(case), path=None, names=names, on=DAY)[0] == case


def _names(knowledge: Knowledge) -> Names:
    return Names(knowledge.drug_names, knowledge.organism_names)


def test_the_blank_case_as_a_file_names_what_to_change(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "case.toml"
    path.write_text(blank_case(), encoding="utf-8")
    result = run("advise", path, "--on", ON)
    assert result.exit_code == 4
    assert result.stderr.count(PLACEHOLDER) >= 2
