"""docs/interoperability.md says what maps to what: its code tables are those of the base."""

from __future__ import annotations

import re

from .code_tables import PAGE, TABLES, page_with_tables
from .repository import ROOT


def page() -> str:
    return PAGE.read_text(encoding="utf-8")


def test_every_table_is_there_once():
    assert sorted(re.findall(r"<!-- table: ([a-z-]+) -->", page())) == sorted(TABLES)


def test_the_tables_are_in_step_with_the_base():
    assert page_with_tables(page()) == page(), "run python -m tests.docs.code_tables"


def test_a_changed_table_is_noticed():
    changed = page().replace("| 44-8", "| 44-9").replace("44-8", "44-9")
    assert page_with_tables(changed) == page()


def test_the_mapping_shown_is_the_example():
    shown = re.findall(r"```toml\n(.*?)```", page(), re.DOTALL)
    assert (ROOT / "examples" / "lab" / "mapping.toml").read_text(encoding="utf-8") in shown


def test_every_option_of_the_importers_is_named():
    from ndm_advisor.cli.commands.importing import csv  # noqa: PLC0415

    text = page()
    for parameter in csv.__annotations__:
        option = "--" + parameter.replace("_", "-").replace("settings", "set")
        assert parameter in {"files", "data", "on", "return"} or f"`{option}" in text, option
