"""A finished run in each format, piece by piece."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ndm_advisor.cli.batch.judge import SCHEMA_VERSION, Judge
from ndm_advisor.cli.batch.since import Change, Since
from ndm_advisor.cli.batch.tally import Tally
from ndm_advisor.model.words import guideline_name
from ndm_advisor.render.provenance import SHA_SHOWN, overdue_words
from ndm_advisor.render.worklist import COLUMNS, csv_line, table, totals_line
from ndm_advisor.render.worklist import Stamp as Made
from ndm_advisor.version import VERSION


class Screen(NamedTuple):
    """How a table is drawn: columns, None for one `label: value` a line."""

    width: int | None
    tall_man: bool


def csv_head(since: Since | None) -> bytes:
    """The names of the columns."""
    return csv_line([*COLUMNS, *(["changed"] if since else [])])


def as_json(records: Iterable[bytes], tally: Tally, since: Since | None) -> Iterator[bytes]:
    """One object: totals, then the cases in worklist order, each on a line of its own."""
    totals = {"cases": tally.cases} | {str(kind): n for kind, n in tally.totals.items()}
    head: dict[str, object] = {"schema_version": SCHEMA_VERSION, "totals": totals}
    if since is not None:
        head["since"] = {"shown": tally.shown, "unchanged": since.unchanged, "gone": since.gone}
    yield json.dumps(head)[:-1].encode() + b', "cases": ['
    comma = b"\n"
    for record in records:
        yield comma + record
        comma = b",\n"
    yield b"\n]}\n"


def as_page(
    rows: Iterable[bytes], tally: Tally, since: Since | None, judge: Judge
) -> Iterator[bytes]:
    """A report to print or to paste: totals, then a row for each case in worklist order."""
    from ndm_advisor.render.pages import report, stamp  # noqa: PLC0415  # only pages need it
    from ndm_advisor.render.pages.parts import Stamp  # noqa: PLC0415

    plan, base = judge.plan, judge.knowledge
    noun = "case" if tally.cases == 1 else "cases"
    made = Stamp(
        stamp.versions(VERSION, base.version, base.sha256),
        " | ".join(_rules(judge)),
        f"{tally.cases} {noun}",
        f"advised {plan.on.isoformat()}",
    )
    said = (*_overdue(judge), *notes(tally, since))
    frame = report.Frame(made, tally.totals, tally.shown, said, compared=since is not None)
    return report.report(plan.output_format, rows, frame, tall_man=plan.tall_man)


def page_row_with_change(kind: str, row: bytes, change: Change) -> bytes:
    """The row of a report with what changed."""
    from ndm_advisor.render.pages.report import with_change  # noqa: PLC0415

    return with_change(kind, row, change.changed)


def _rules(judge: Judge) -> tuple[str, ...]:
    """What the knowledge is, till when it holds, and the settings of cases that name none."""
    base, local = judge.knowledge, judge.local
    *_, guideline, region = judge.settings_in_force()
    named = (f"local override {local.path} ({local.sha256[:SHA_SHOWN]})",) if local else ()
    return (
        f"checked {base.reviewed_on}, due {base.review_due_on}",
        f"{guideline_name(guideline or '')}, {region}, where a case names none",
        *named,
    )


def _overdue(judge: Judge) -> tuple[str, ...]:
    due = judge.knowledge.review_due_on
    is_overdue = due < judge.plan.on.isoformat()
    return (overdue_words(due),) if is_overdue else ()


def as_table(tally: Tally, since: Since | None, screen: Screen, judge: Judge) -> str:
    """The worklist as text."""
    parts = (
        f"ndm-advisor {VERSION}",
        f"knowledge {judge.knowledge.version}",
        *_rules(judge),
        f"advised {judge.plan.on.isoformat()}",
    )
    return table(
        tally.rows(),
        tally.totals,
        notes=notes(tally, since),
        stamp=Made(parts, _overdue(judge)),
        width=screen.width,
        shown_of=tally.shown,
        with_tall_man=screen.tall_man,
    )


def notes(tally: Tally, since: Since | None) -> tuple[str, ...]:
    """What stands below the totals: how the run differs from the earlier one."""
    if since is None:
        return ()
    return (
        f"since the earlier run: {tally.shown} new or changed, {since.unchanged} unchanged, "
        f"{since.gone} no longer there",
    )


def totals_text(tally: Tally, since: Since | None) -> str:
    """Totals and notes, for standard error beside records."""
    return "\n".join((totals_line(tally.totals), *notes(tally, since)))
