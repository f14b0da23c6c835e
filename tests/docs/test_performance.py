"""docs/performance.md and the benchmarks behind it; nothing here looks at a clock."""

from __future__ import annotations

import json
import re
from importlib import import_module

import pytest

from benchmarks import PARTS, cases
from benchmarks.figures import PAGE, Figure, Measured, markers, number, write
from benchmarks.rule_engine import TABLE_OF, TABLES, differences

TEXT = PAGE.read_text(encoding="utf-8")
FAMILY = "aztreonam-family"  # the word of policy 4.2 for "A/P"


@pytest.mark.parametrize("part", PARTS)
def test_the_page_has_a_section_and_figures_for_each_part(part):
    begin, end = markers(part)
    section = re.search(f"^## `{part}`: .*?(?=^## |\\Z)", TEXT, re.MULTILINE | re.DOTALL)
    assert section is not None
    between = section[0].partition(begin)[2].partition(end)[0]
    assert between.count("\n| ") >= 3, "no figures between the markers"


def test_the_page_has_no_section_for_a_part_that_is_gone():
    assert re.findall(r"^## `(\w+)`", TEXT, re.MULTILINE) == list(PARTS)


@pytest.mark.parametrize("part", PARTS)
def test_each_part_can_be_measured(part):
    assert callable(import_module(PARTS[part]).measure)


@pytest.mark.parametrize("name", TABLE_OF)
def test_the_rule_engines_tables_name_only_strategies_of_the_base(name, knowledge):
    model = json.loads((TABLES / name).read_text(encoding="utf-8"))
    tables = [node["content"] for node in model["nodes"] if node["type"] == "decisionTableNode"]
    named = set()
    for table in tables:
        columns = {column["id"] for column in (*table["inputs"], *table["outputs"])}
        for rule in table["rules"]:
            assert set(rule) == {"_id", *columns}, rule["_id"]
            offered = (rule.get(key, "") for key in ("preferred", "alternative", "family"))
            named |= set(re.findall(r"'([^']*)'", " ".join(offered)))
    assert named - {FAMILY} <= set(knowledge.strategies)
    active = {"aztreonam-avibactam", "ceftazidime-avibactam+aztreonam", "cefiderocol"}
    assert named - {FAMILY} == active


def test_the_rule_engine_chooses_as_the_program_does_where_its_tables_hold_the_rule():
    pytest.importorskip("zen", reason="the extra `bench` is not installed")
    assert [found for found in differences() if found.reason is None] == []


def test_generated_cases_are_the_same_each_time_and_differ_among_themselves():
    made = list(cases.varied(50))
    assert made == list(cases.varied(50))
    assert len({document["id"] for document in made}) == 50
    assert made != list(cases.varied(50, seed=cases.SEED + 1))


@pytest.mark.parametrize(
    ("value", "aim", "at_least", "met"),
    [(5.0, 5.0, False, True), (5.001, 5.0, False, False), (1.7, 1.7, True, True)],
)
def test_an_aim_is_met_by_the_unrounded_figure(value, aim, at_least, met):
    figure = Figure("ratio", value, aim=aim, at_least=at_least)
    assert figure.is_met is met
    assert figure.aimed.endswith(": met" if met else ": not met")


def test_numbers_are_short_and_without_trailing_zeros():
    assert [number(x) for x in (1.7, 5.0, 4.817, 52.36, 81234.0)] == [
        "1.7",
        "5",
        "4.82",
        "52.4",
        "81,234",
    ]


def test_figures_replace_those_of_their_own_part_only(tmp_path):
    page = tmp_path / "page.md"
    first, last = markers("start")
    page.write_text(f"before\n{first}\nold\n{last}\n{first[:-1]}\nafter\n", encoding="utf-8")
    write("start", Measured([Figure("a|b", 2.0, "ms")], "two runs"), page)
    text = page.read_text(encoding="utf-8")
    assert "old" not in text
    assert "| a\\|b | 2 ms |  |" in text
    assert text.startswith(f"before\n{first}\n")
    assert text.endswith(f"{last}\n{first[:-1]}\nafter\n")
    with pytest.raises(ValueError, match="no place for the figures of zen"):
        write("zen", Measured([], ""), page)
