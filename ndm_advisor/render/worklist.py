"""A batch on one screen: classes by urgency, totals that add up, one line for each case."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Final, Literal, NamedTuple

from ndm_advisor.errors import Problem
from ndm_advisor.model.answer import Alert, Recommendation
from ndm_advisor.render.provenance import CLOSING
from ndm_advisor.render.text import bind, fold, tall_man, visible

Class = Literal["stop", "not_assessed", "caution", "no_alert"]
CLASSES: Final[tuple[Class, ...]] = ("stop", "not_assessed", "caution", "no_alert")  # by urgency
LABELS: Final[Mapping[Class, str]] = {
    "stop": "STOP",
    "not_assessed": "NOT ASSESSED",
    "caution": "CAUTION",
    "no_alert": "NO ALERT",
}
_IN_TOTALS: Final[Mapping[Class, str]] = {**LABELS, "not_assessed": "not assessed"} | {
    "no_alert": "no alert"
}
TABLE_ROWS: Final = 200
_CLASS_WIDTH: Final = 14
_NARROW: Final = 60  # columns; below, one `label: value` a line
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
COLUMNS: Final = (
    "class",
    "id",
    "path",
    "line",
    "outcome",
    "dose_pending",
    "summary",
    "preferred",
    "alternative",
    "last_resort",
    "stops",
    "cautions",
    "order_verdict",
    "problems",
    "guideline",
    "region",
    "advised_on",
    "tool_version",
    "knowledge_version",
    "sha256",
    "reviewed_on",
    "review_due_on",
    "breakpoints",
    "knowledge_sha256",
    "local_override",
)


class Stamp(NamedTuple):
    """By what a worklist was made, part by part; `warnings` stand above everything."""

    parts: tuple[str, ...]
    warnings: tuple[str, ...]


class Row(NamedTuple):
    """One case of the worklist: its class, where it stands, what is said of it, and ids.

    `ids` are stops and cautions, or the codes of the problems; `changed` says what differs from an
    earlier run where one was given.
    """

    kind: Class
    id: str | None
    path: str | None
    line: int | None
    text: str
    ids: tuple[str, ...]
    changed: str = ""


def class_of(answer: Recommendation) -> Class:
    """The class of an answer; a standing reminder never makes one."""
    tiers = {alert.tier for alert in answer.alerts if not alert.standing}
    if "stop" in tiers:
        return "stop"
    if answer.outcome == "out_of_scope":
        return "not_assessed"
    if "caution" in tiers or answer.outcome == "abstention" or answer.dose_pending:
        return "caution"
    return "no_alert"


def row_of(answer: Recommendation) -> Row:
    """The line of an answer: what to look at first."""
    kind = class_of(answer)
    ids = tuple(a.id for a in _alerts(answer, "stop")) + tuple(
        a.id for a in _alerts(answer, "caution")
    )
    stops = _alerts(answer, "stop")
    text = stops[0].text if stops else answer.summary
    case = answer.case
    return Row(kind, case.id, case.path, case.line, text, ids)


def _alerts(answer: Recommendation, tier: str) -> list[Alert]:
    return [a for a in answer.alerts if a.tier == tier and not a.standing]


def refused_row(
    ident: str | None, path: str | None, line: int | None, problems: Sequence[Problem]
) -> Row:
    """The line of a case that could not be read: its first error."""
    errors = [problem for problem in problems if problem.severity == "error"]
    codes = tuple(dict.fromkeys(problem.code for problem in errors))
    text = errors[0].message if errors else "not read"
    return Row("not_assessed", ident, path, line, text, codes)


def totals_line(totals: Mapping[Class, int]) -> str:
    """For example `3 STOP, 1 not assessed, 5 CAUTION, 11 no alert (20 cases)`."""
    cases = sum(totals.values())
    parts = ", ".join(f"{totals[kind]} {_IN_TOTALS[kind]}" for kind in CLASSES)
    return f"{parts} ({cases} {'case' if cases == 1 else 'cases'})"


def table(
    rows: Sequence[Row],
    totals: Mapping[Class, int],
    *,
    notes: Sequence[str] = (),
    stamp: Stamp,
    width: int | None,
    shown_of: int,
    with_tall_man: bool = False,
) -> str:
    """The worklist as text: totals, `notes`, then at most 200 rows and by what they were made.

    `rows` are in worklist order, at least the first 200 of `shown_of`. `width` None, or below 60:
    one `label: value` a line.
    """
    lines = [*stamp.warnings, totals_line(totals), *notes]
    for plain in rows[:TABLE_ROWS]:
        row = plain._replace(text=tall_man(plain.text)) if with_tall_man else plain
        lines += _linear(row) if width is None or width < _NARROW else _wide(row, width)
    if shown_of > TABLE_ROWS:
        rest = shown_of - TABLE_ROWS
        lines.append(f"and {rest} more: --format csv, json or ndjson holds every case")
    return "\n".join([*lines, *_foot(stamp, width)]) + "\n"


def _foot(stamp: Stamp, width: int | None) -> list[str]:
    """By what the rows were made: a list that is passed on must tell its age by itself."""
    if width is None or width < _NARROW:
        return ["", *(f"Provenance: {visible(part)}" for part in stamp.parts), f"Use: {CLOSING}"]
    return [*fold(visible(" | ".join(stamp.parts)), width), *fold(CLOSING, width)]


def _wide(row: Row, width: int) -> list[str]:
    place = place_of(row)
    label = LABELS[row.kind].ljust(_CLASS_WIDTH)
    inner = width - _CLASS_WIDTH
    said = " ".join([visible(row.text), *(f"[{ident}]" for ident in row.ids)])
    lines = [*fold(place, inner), *fold(bind(said), inner)]
    if row.changed:
        lines += fold(f"changed: {row.changed}", inner)
    return [(label if n == 0 else " " * _CLASS_WIDTH) + line for n, line in enumerate(lines)]


def _linear(row: Row) -> list[str]:
    named = [
        (LABELS[row.kind], place_of(row)),
        ("Says", visible(row.text)),
        ("Ids", ", ".join(row.ids)),
        ("Changed", row.changed),
    ]
    return ["", *(f"{label}: {text}" for label, text in named if text)]


def place_of(row: Row) -> str:
    """Path and line, and the label of the case, as a person looks for them."""
    path = "standard input" if row.path is None else visible(row.path)
    place = path if row.line is None else f"{path}:{row.line}"
    return place if not row.id else f"{place} ({visible(row.id)})"


# -- CSV ------------------------------------------------------------------------------------------


def csv_line(cells: Sequence[str]) -> bytes:
    """One line of CSV, on which no cell can be a formula for a spreadsheet."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow([neutral(cell) for cell in cells])
    return out.getvalue().encode(errors="backslashreplace")


def neutral(cell: str) -> str:
    """The cell on one line, with an apostrophe before what a spreadsheet would compute.

    >>> neutral("=1+1"), neutral("ward7-0231")
    ("'=1+1", 'ward7-0231')
    """
    shown = visible(cell)
    return f"'{shown}" if cell.lstrip(" ").startswith(_FORMULA) else shown


def csv_cells(answer: Recommendation, row: Row) -> list[str]:
    """The cells of an answer, in the order of `COLUMNS`; ids joined by spaces."""
    stamp = answer.provenance
    ranked = {
        rank: " ".join(offer.id for offer in answer.regimens if offer.rank == rank)
        for rank in ("preferred", "alternative", "last_resort")
    }
    values = {
        **_place_cells(row),
        "outcome": answer.outcome,
        "dose_pending": "true" if answer.dose_pending else "false",
        "summary": answer.summary,
        **ranked,
        "stops": " ".join(alert.id for alert in _alerts(answer, "stop")),
        "cautions": " ".join(alert.id for alert in _alerts(answer, "caution")),
        "order_verdict": answer.order_check.verdict,
        "guideline": stamp.guideline,
        "region": stamp.region,
        "advised_on": stamp.advised_on,
        "tool_version": stamp.tool_version,
        "knowledge_version": stamp.knowledge_version,
        "sha256": answer.case.sha256 or "",
        "reviewed_on": stamp.reviewed_on,
        "review_due_on": stamp.review_due_on,
        "breakpoints": stamp.breakpoints,
        "knowledge_sha256": stamp.knowledge_sha256,
        "local_override": str((stamp.local_override or {}).get("sha256") or ""),
    }
    return [values.get(name, "") for name in COLUMNS]


def refused_cells(row: Row, problems: Sequence[Problem]) -> list[str]:
    """The cells of a refused case: every problem in words, with its code and key."""
    said = "; ".join(
        f"{p.code}{f' {p.key}' if p.key else ''}: {p.message}"
        for p in problems
        if p.severity == "error"
    )
    values = {**_place_cells(row), "problems": said}
    return [values.get(name, "") for name in COLUMNS]


def _place_cells(row: Row) -> dict[str, str]:
    return {
        "class": row.kind,
        "id": row.id or "",
        "path": row.path or "",
        "line": "" if row.line is None else str(row.line),
    }
