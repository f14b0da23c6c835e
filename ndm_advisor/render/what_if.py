"""`what-if` as text: the changes of a case, or two answers side by side with what made them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from typing import Final

from ndm_advisor.explain.what_if.report import Report
from ndm_advisor.explain.what_if.side_by_side import Cause, Comparison, Difference
from ndm_advisor.model.answer import CaseRef, Provenance
from ndm_advisor.model.words import drug_name, guideline_name, number, regimen_name
from ndm_advisor.render import text
from ndm_advisor.render.provenance import SHA_SHOWN, edition, warnings
from ndm_advisor.render.sheet import Part, Sheet, part, write
from ndm_advisor.render.would_change import change_lines, missing_lines, question_lines

_SIDE_BY_SIDE_FROM: Final = 80  # columns: narrower, old and new stand below each other
_GUTTER: Final = 2
_CLOSING: Final = (
    "Computed by deciding the case again with each single change; everything else as it is. "
    "Decision support for professionals, not clinically signed off. Verify against local policy."
)


def report_text(made: Report, sheet: Sheet) -> str:
    """Every single change that alters the answer, what is missing, what to ask next."""
    changes = tuple(change_lines(made.would_change)) or ("no single change of the list alters it",)
    parts = (
        part("Provenance", *_provenance(made.provenance)),
        part("Answer", made.summary),
        part("Would change", *changes, gap=True),
        part("Not given", *missing_lines(made.missing_value_effects), gap=True),
        part("Ask next", *question_lines(made.next_question), gap=True),
        part("Use", _CLOSING, gap=True),
    )
    return write(_title(made.case, made.provenance), parts, sheet)


def comparison_text(made: Comparison, sheet: Sheet) -> str:
    """Old and new side by side, only the differences, and the rules that made them."""
    title = _title(made.case, made.provenance)
    changed = [f"{key} = {_value(value)}" for key, value in made.set.items()]
    if made.old.guideline != made.new.guideline or made.old.region != made.new.region:
        names = guideline_name(made.new.guideline), made.new.region
        changed.append(f"answered by {', '.join(names)}")
    stamp = part("Provenance", *_provenance(made.provenance))
    head = part("Changed", *(changed or ["nothing: the case says so already"]))
    why = part("Made by", *_made_by(made.causes), gap=True)
    foot = part("Use", _CLOSING.partition(". ")[2], gap=True)
    if not made.differences:
        same = part("Same answer", made.old.summary, gap=True)
        return write(title, (stamp, head, same, foot), sheet)
    if sheet.linear or sheet.width is None or sheet.width < _SIDE_BY_SIDE_FROM:
        return write(title, (stamp, head, *_below(made.differences), why, foot), sheet)
    columns = tuple(_columns(made.differences, sheet))
    drawn = Part("Side by side", columns, drawn=True, gap=True)
    return write(title, (stamp, head, drawn, why, foot), sheet)


def _title(case: CaseRef, stamp: Provenance) -> str:
    sha = (case.sha256 or "")[:SHA_SHOWN]
    named = f"case {case.id} ({sha})" if case.id else f"case {sha}"
    settings = f"{guideline_name(stamp.guideline)}, {stamp.region}"
    return (
        f"What if: {named}, {settings}, advised {stamp.advised_on}, "
        f"ndm-advisor {stamp.tool_version}, knowledge {stamp.knowledge_version}"
    )


def _provenance(stamp: Provenance) -> Iterator[str]:
    """Till when the knowledge holds and by which edition results were read."""
    yield f"checked {stamp.reviewed_on}, due {stamp.review_due_on}; {edition(stamp)}"
    yield from warnings(stamp)


def _value(value: object) -> str:
    if value is None:
        return "(taken out)"
    if isinstance(value, bool):
        return str(value).lower()
    return number(value) if isinstance(value, (int, float)) else str(value)


def _below(differences: tuple[Difference, ...]) -> Iterator[Part]:
    for each in differences:
        yield part(each.what, *(f"now: {line}" for line in each.old or ("nothing",)), gap=True)
        yield part(each.what, *(f"then: {line}" for line in each.new or ("nothing",)))


def _columns(differences: tuple[Difference, ...], sheet: Sheet) -> Iterator[str]:
    """Two columns under their heads; a difference's name has a row of its own."""
    width = ((sheet.width or _SIDE_BY_SIDE_FROM) - _GUTTER - 3) // 2
    yield _row("NOW", "WITH THE CHANGE", width)
    for each in differences:
        yield ""
        yield each.what
        old, new = _folded(each.old, width, sheet), _folded(each.new, width, sheet)
        for left, right in zip_longest(old, new, fillvalue=""):
            yield _row(left, right, width)


def _row(old: str, new: str, width: int) -> str:
    return f"{'':{_GUTTER}}{old:<{width}} | {new}".rstrip()


def _folded(lines: tuple[str, ...], width: int, sheet: Sheet) -> Iterator[str]:
    for line in lines or ("-",):
        shown = text.visible(line)
        shown = text.tall_man(shown) if sheet.tall_man else shown
        first, *rest = text.fold(text.bind(text.for_encoding(shown, sheet.encoding)), width - 2)
        yield first
        yield from (f"  {more}" for more in rest)


def _made_by(causes: tuple[Cause, ...]) -> Iterator[str]:
    sides = {"old": "now", "new": "then"}
    for cause in causes:
        of = f" of {regimen_name(cause.of)}" if cause.of and cause.kind != "band" else ""
        name = drug_name(cause.id) if cause.kind == "band" else cause.id
        cited = "; ".join(f"{source.id} {source.at}" for source in cause.sources[:1])
        source = f" ({cited})" if cited else ""
        yield f"{sides[cause.holds]}: {cause.kind} {name}{of}: {cause.text}{source}"
