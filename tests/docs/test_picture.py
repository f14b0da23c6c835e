"""The README's picture shows what the tool answers now."""

from __future__ import annotations

import json
import re

from .picture import CASE, PICTURE, draw, words
from .repository import ROOT, readme, set_up_commands

DRAWN = PICTURE.read_text(encoding="utf-8")


def test_the_picture_is_current_but_for_version_stamps():
    assert words(DRAWN) == words(draw()), "draw it anew: python -m tests.docs.picture"


def test_the_picture_names_every_regimen_that_policy_asks_for():
    expected = json.loads((ROOT / CASE).with_suffix(".expected.json").read_text(encoding="utf-8"))
    shown = " ".join(words(DRAWN))
    drugs = {drug for regimen in expected["regimens"] for drug in regimen["id"].split("+")}
    assert drugs
    assert [drug for drug in sorted(drugs) if drug not in shown] == []


def test_the_picture_fetches_nothing():
    addresses = set(re.findall(r'(?:href|src)="([^"#][^"]*)"|url\(["\']?(?!#)', DRAWN))
    assert addresses == set()
    assert "@font-face" not in DRAWN


def test_the_readme_shows_the_picture_of_the_case_it_runs():
    assert "](docs/answer.svg)" in readme()
    assert CASE in set_up_commands()[0]
