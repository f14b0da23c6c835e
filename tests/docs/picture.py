"""The README's picture of an answer. `python -m tests.docs.picture` draws it anew."""

from __future__ import annotations

import hashlib
import html
import re
from datetime import date

from ndm_advisor.cli.base import names_of
from ndm_advisor.explain.advise import advise
from ndm_advisor.knowledge.load import load_knowledge
from ndm_advisor.model.answer import CaseRef
from ndm_advisor.model.case import canonical_json
from ndm_advisor.read.case_file import read_case
from ndm_advisor.render.rich_text import export_svg

from .repository import ADVISED_ON, ROOT

CASE = "examples/cases/ar-0048-bloodstream.toml"
PICTURE = ROOT / "docs" / "answer.svg"
_TITLE = f"ndm-advisor advise {CASE} --on {ADVISED_ON}"
_TEXT = re.compile(r'<text class="[^"]*-r\d+" x="([\d.]+)" y="([\d.]+)"[^>]*>([^<]*)</text>')


def draw() -> str:
    """The SVG of the example's answer, as the tool exports it."""
    knowledge = load_knowledge()
    on = date.fromisoformat(ADVISED_ON)
    text = (ROOT / CASE).read_text(encoding="utf-8")
    case, _ = read_case(text, path=CASE, names=names_of(knowledge), on=on)
    sha256 = hashlib.sha256(canonical_json(case)).hexdigest()
    answer = advise(case, knowledge, on=on, reference=CaseRef(case.id, CASE, sha256))
    return export_svg(answer, _TITLE)


def words(svg: str) -> list[str]:
    """The rows of text in an SVG, without colours and places, without the versions at the top."""
    rows: dict[float, list[tuple[float, str]]] = {}
    for x, y, text in _TEXT.findall(svg):
        rows.setdefault(float(y), []).append((float(x), html.unescape(text).replace("\xa0", " ")))
    lines = [" ".join(part for _, part in sorted(row)) for _, row in sorted(rows.items())]
    lines = [" ".join(line.split()) for line in lines]
    return lines[next(n for n, line in enumerate(lines) if line.startswith("BOTTOM LINE")) :]


if __name__ == "__main__":
    PICTURE.write_text(draw(), encoding="utf-8")
