"""A batch as a page: totals, then the worklist by urgency, a row for each case.

A row is made where its case is judged, as bytes on one line, and knows nothing of the others. It
stays open at its end, so that what changed since an earlier run can be set behind it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from ndm_advisor.errors import Problem
from ndm_advisor.model.answer import Recommendation
from ndm_advisor.model.words import guideline_name
from ndm_advisor.render import phrases
from ndm_advisor.render.conditions import bare
from ndm_advisor.render.gaps import gaps_of
from ndm_advisor.render.pages import html
from ndm_advisor.render.pages.markdown import Writer, document, escaped, row_of
from ndm_advisor.render.pages.parts import SIGNS, Stamp
from ndm_advisor.render.pages.stamp import breakpoints
from ndm_advisor.render.worklist import CLASSES, LABELS, Class, Row, place_of, totals_line
from ndm_advisor.render.would_change import change_lines

FORMATS: Final = ("md", "html")
_MARK: Final = "<!--rows-->"  # nothing a case says can hold it: its signs are escaped
_SIGNS: Final[Mapping[Class, str]] = {
    "stop": SIGNS["stop"],
    "not_assessed": "\u25a1",
    "caution": SIGNS["caution"],
    "no_alert": "\u25cb",
}
_HEAD: Final = ("Class", "Case", "What to look at", "Alerts or problems", "Preferred")


class Detail(NamedTuple):
    """What stands behind a row: each line is a label and its words."""

    title: str
    lines: tuple[tuple[str, str], ...]


class Frame(NamedTuple):
    """What stands round the rows. `notes`: how the run differs from an earlier one."""

    stamp: Stamp
    totals: Mapping[Class, int]
    shown: int
    notes: tuple[str, ...]
    compared: bool


# -- one row --------------------------------------------------------------------------------------


def answered_row(kind: str, answer: Recommendation, row: Row, *, tall_man: bool) -> bytes:
    """Write the row of an answer, as `md` or `html`."""
    preferred = [offer.id for offer in answer.regimens if offer.rank == "preferred"]
    detail = Detail("Summary, alerts and regimens", tuple(_answered(answer)))
    return _row(kind, row, detail, preferred, tall_man=tall_man)


def refused_row(kind: str, row: Row, problems: Sequence[Problem], *, tall_man: bool) -> bytes:
    """Write the row of a case that could not be read: every problem stands behind it."""
    lines = tuple((f"{problem.severity} {problem.code}", _problem(problem)) for problem in problems)
    return _row(kind, row, Detail("Every problem", lines), (), tall_man=tall_man)


def with_change(kind: str, row: bytes, changed: Sequence[str]) -> bytes:
    """Return the row with what changed since an earlier run; the words are ours."""
    said = ", ".join(changed).encode()
    return row + (b"<td>" + said + b"</td>" if kind == "html" else b" " + said + b" |")


def _answered(answer: Recommendation) -> Iterator[tuple[str, str]]:
    yield "Summary", answer.summary
    yield "Outcome", phrases.outcome_words(answer.outcome)
    for alert in answer.alerts:
        if alert.tier != "note":
            do = f" Do: {alert.action}" if alert.action else ""
            yield alert.tier.upper(), f"{alert.text}{do} [{alert.id}]"
    for offer in answer.regimens:
        orders = "; ".join(phrases.order_words(order) for order in offer.drugs)
        companions = "".join(f"; with {phrases.order_words(o)}" for o in offer.companions)
        only_if = f"; only if: {'; '.join(map(bare, offer.conditions))}" if offer.conditions else ""
        provisional = ", PROVISIONAL" if offer.provisional else ""
        yield f"{phrases.rank_words(offer.rank)}{provisional}", f"{orders}{companions}{only_if}"
    yield from (("What if", line) for line in change_lines(answer.would_change or ()))
    if answer.order_check.verdict != "not_assessed":
        yield "Orders", answer.order_check.verdict.replace("_", " ")
    if gaps := [gap.what for gap in gaps_of(answer)]:
        yield "Not assessed", "; ".join(gaps)
    stamp = answer.provenance
    yield "By", f"{guideline_name(stamp.guideline)}, {stamp.region}; {breakpoints(stamp)}"


def _problem(problem: Problem) -> str:
    place = f"{problem.key}: " if problem.key else ""
    return f"{place}{problem.message}{f'. {problem.help}' if problem.help else ''}"


def _row(kind: str, row: Row, detail: Detail, preferred: Sequence[str], *, tall_man: bool) -> bytes:
    if kind == "html":
        made = html.fragment(
            "row.html",
            tall_man=tall_man,
            row=row,
            sign=_SIGNS[row.kind],
            label=LABELS[row.kind],
            place=place_of(row._replace(id=None)),
            preferred=preferred,
            behind=detail.title,
            lines=detail.lines,
        )
        return str(made).replace("\n", "").encode(errors="backslashreplace")
    writer = Writer(tall_man=tall_man)
    cells = (
        f"{_SIGNS[row.kind]} {LABELS[row.kind]}",
        escaped(place_of(row)),
        writer.words(row.text),
        writer.words(", ".join(row.ids)),
        writer.words("; ".join(preferred)),
    )
    return row_of(cells).encode(errors="backslashreplace")


# -- the whole ------------------------------------------------------------------------------------


def report(kind: str, rows: Iterable[bytes], frame: Frame, *, tall_man: bool) -> Iterator[bytes]:
    """Write the report piece by piece; `rows` come in worklist order."""
    whole = _html(frame, tall_man=tall_man) if kind == "html" else _markdown(frame)
    before, _, after = whole.partition(_MARK)
    yield before.encode()
    end = b"</tr>\n" if kind == "html" else b"\n"
    for row in rows:
        yield row + end
    yield after.encode()


def _html(frame: Frame, *, tall_man: bool) -> str:
    body = html.fragment(
        "report.html",
        tall_man=tall_man,
        frame=frame,
        classes=[(kind, LABELS[kind], _SIGNS[kind], frame.totals[kind]) for kind in CLASSES],
        cases=sum(frame.totals.values()),
        said=totals_line(frame.totals),
        head=(*_HEAD[:3], *(("Changed",) if frame.compared else ())),
    )
    return html.page_html(
        "Worklist", body, frame.stamp, script=html.script("filter.js"), tall_man=tall_man
    )


def _markdown(frame: Frame) -> str:
    writer = Writer()
    head = (*_HEAD, *(("Changed",) if frame.compared else ()))
    totals = [(f"{_SIGNS[kind]} {LABELS[kind]}", str(frame.totals[kind])) for kind in CLASSES]
    totals.append(("All", str(sum(frame.totals.values()))))
    table = [row_of(("Class", "Cases")), row_of(("---", "---")), *map(row_of, totals)]
    worklist = [row_of(head), f"{row_of(['---'] * len(head))}\n{_MARK}"]
    blocks = [
        "# Worklist",
        writer.words(totals_line(frame.totals)),
        *(writer.words(note) for note in frame.notes),
        "## Totals",
        "\n".join(table),
        "## Cases by urgency",
        "\n".join(worklist),
    ]
    return document(frame.stamp, blocks, writer)
