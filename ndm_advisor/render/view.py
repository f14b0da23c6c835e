"""What a screen holds, and in which order: the one place that decides it.

`blocks` turns a `Recommendation` into plain data that every text renderer writes in its own way.
The default screen answers first (bottom line, regimen, dose, what to do now) and fits 24 rows of
80 columns for an ordinary case; `why` adds the reasons, `full` adds everything there is.
Nothing that bears on safety goes without a word to make room: every STOP stands in full, every
condition on an offer stands, a CAUTION that does not fit is named, a gap that does not is counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ndm_advisor.model.answer import Alert, Recommendation, Tier
from ndm_advisor.model.words import guideline_name, regimen_name
from ndm_advisor.render import phrases, text, would_change
from ndm_advisor.render.block import ROOMY, ROW, Block, Fold, Options
from ndm_advisor.render.details import full_sections, why_sections
from ndm_advisor.render.gaps import gap_words, gaps_of
from ndm_advisor.render.order_rows import VERDICTS, about_orders, order_rows, ordered_now
from ndm_advisor.render.provenance import SHA_SHOWN, edition, overdue_words, override_words
from ndm_advisor.render.regimens import band_blocks, regimen_blocks, review_block

__all__ = ["Block", "Fold", "Options", "blocks"]

_TIERS: Final[dict[Tier, int]] = {"stop": 0, "caution": 1, "note": 2}
_CLOSING: Final = (
    "Decision support for professionals, not clinically signed off. "
    "Verify against local policy. More: --why, --full, explain ID"
)
_CLOSING_SHORT: Final = (
    "Decision support, not clinically signed off; verify locally. More: --why, --full"
)
_CLOSING_FOLDED: Final = _CLOSING_SHORT.replace("More: --why, --full", "See --full, what-if")
_NOTE_FOLDED: Final = "Case note: --full"
_NOTE_GOES_ON: Final = " (note goes on: --full)"


def blocks(
    recommendation: Recommendation, options: Options, fold: Fold = ROOMY
) -> tuple[Block, ...]:
    """Return the screen's blocks in reading order; blocks without lines are left out."""
    answer = _answer(recommendation, fold)
    screen = [
        *_top(recommendation),
        *(_pointing_down(block) if options.full else block for block in answer),
        *_alerts(recommendation, fold, full=options.full),
        *_orders(recommendation),
    ]
    if options.why or options.full:
        screen += _section_blocks(why_sections(recommendation))
    if options.full:
        screen += _section_blocks(full_sections(recommendation, options.evidence))
    screen += _bottom(recommendation, fold, full=options.full)
    return tuple(block for block in screen if block.lines)


def _pointing_down(block: Block) -> Block:
    """Say "below" where a default screen names `--full`: on that screen the rest follows."""
    lines = [line.replace(": --full", " below") for line in block.lines]
    return block._replace(lines=tuple(line.replace("(--full)", "(below)") for line in lines))


def _section_blocks(sections: Iterator[tuple[str, tuple[str, ...]]]) -> list[Block]:
    return [
        Block(f"section:{label.lower().replace(' ', '-')}", label, lines, gap=True)
        for label, lines in sections
    ]


# -- header and bottom line -----------------------------------------------------------------------


def _top(answer: Recommendation) -> Iterator[Block]:
    stamp = answer.provenance
    tool = (
        f"ndm-advisor {stamp.tool_version}",
        f"knowledge {stamp.knowledge_version}",
        f"checked {stamp.reviewed_on}, due {stamp.review_due_on}",
    )
    yield Block("header", "Provenance", tool, bare=True, joined=True)
    yield Block("case", "Provenance", tuple(_case(answer)), bare=True, joined=True)
    if stamp.review_due_on < stamp.advised_on:
        overdue = overdue_words(stamp.review_due_on)
        yield Block("overdue", "WARNING", (overdue,), tier="caution", strong=True, bare=True)
    yield Block("bottom-line", "BOTTOM LINE", (_bottom_line(answer),), strong=True, broad=True)


def _case(answer: Recommendation) -> Iterator[str]:
    stamp, case = answer.provenance, answer.case
    sha = (case.sha256 or "")[:SHA_SHOWN]
    yield f"case {case.id} ({sha})" if case.id else f"case {sha}"
    yield _settings(answer)
    yield edition(stamp)
    yield f"advised {stamp.advised_on}"
    if stamp.local_override is not None:
        yield override_words(stamp.local_override)


def _settings(answer: Recommendation) -> str:
    stamp = answer.provenance
    guideline = guideline_name(stamp.guideline)
    if stamp.guideline_from == stamp.region_from:
        return f"{guideline}, {stamp.region} ({stamp.guideline_from})"
    return f"{guideline} ({stamp.guideline_from}), {stamp.region} ({stamp.region_from})"


def _bottom_line(answer: Recommendation) -> str:
    """Write whose infection this is, whether its orders harm, and what to do.

    A summary that names the infection stands without it.
    """
    headline = answer.headline.rstrip(".")
    known = not headline or headline in answer.summary
    parts = ("" if known else f"{headline}.", ordered_now(answer), answer.summary)
    return " ".join(part for part in parts if part)


# -- the answer -----------------------------------------------------------------------------------


def _answer(answer: Recommendation, fold: Fold) -> Iterator[Block]:
    match answer.outcome:
        case "regimens":
            yield from regimen_blocks(answer, fold)
            yield from _notes(answer, fold)
        case "abstention":
            yield from _abstention(answer, fold)
            yield Block("lab", "Ask lab", phrases.lab_lines(answer, brief=fold.brief))
            if not fold.brief:
                yield review_block(answer, "Review")
            yield from _notes(answer, fold)
        case "not_treatment" | "out_of_scope":
            yield Block("why-not", "Outcome", (phrases.outcome_words(answer.outcome),))
            yield Block("lab", "Ask lab", phrases.lab_lines(answer))
            yield Block("notes", "Also", answer.notes, flows=True)


def _notes(answer: Recommendation, fold: Fold) -> Iterator[Block]:
    """Yield the notes: all, or the disagreement in a line, the short ones and a count."""
    if not fold.notes:
        yield Block("notes", "Also", answer.notes, flows=True)
        return
    rest = tuple(note for note in answer.notes if not phrases.is_disagreement(note, answer))
    short = tuple(note for note in rest if len(note) <= ROW)
    folded = len(rest) - len(short)
    more = f"({folded} {'note' if folded == 1 else 'notes'}: --full)"
    lines = [*phrases.disagreement_words(answer)]
    if folded and lines and not short:
        lines[-1] += f" {more}"
        folded = 0
    yield Block("disagreement", "Disagrees", tuple(lines))
    yield Block("notes", "Also", (*short, more) if folded else short, flows=True)


def _abstention(answer: Recommendation, fold: Fold) -> Iterator[Block]:
    abstention = answer.abstention
    if abstention is None:
        return
    lines = tuple(line for line in abstention.lines if line) or tuple(
        line
        for line in (
            "This is not advice to withhold treatment.",
            abstention.ask,
            abstention.running_drug,
            abstention.reason,
            *abstention.would_settle,
        )
        if line
    )
    choices = len(answer.information) if _names_choices(lines, answer) else 0
    head, told = lines[: len(lines) - choices], lines[len(lines) - choices :]
    closed = tuple(line if line.endswith((".", ":")) else f"{line}." for line in head)
    yield Block("abstention", "NO REGIMEN", closed, strong=True, flows=True, broad=fold.tight)
    if told:
        rows = phrases.choice_lines(answer.information, flowing=fold.brief) if fold.tight else told
        yield Block("choices", "  choices", tuple(row.rstrip(": ") for row in rows))
        return
    printed = "\n".join(lines)
    more = tuple(
        f"{regimen_name(item.id)}: {item.text}"
        for item in answer.information
        if item.text not in printed
    )
    yield Block("information", "Specialist", more and ("may choose among, none offered:", *more))


def _names_choices(lines: tuple[str, ...], answer: Recommendation) -> bool:
    """Say whether the last lines are one for each candidate, in their order."""
    items = answer.information
    if not items or len(lines) <= len(items):
        return False
    last = lines[len(lines) - len(items) :]
    return all(
        line.startswith(regimen_name(item.id)) for line, item in zip(last, items, strict=True)
    )


# -- alerts ---------------------------------------------------------------------------------------


def _alerts(answer: Recommendation, fold: Fold, *, full: bool) -> Iterator[Block]:
    first = about_orders(answer)  # what is being given now
    ordered = sorted(answer.alerts, key=lambda a: (_TIERS[a.tier], a.id not in first, a.priority))
    shown = [alert for alert in ordered if full or alert.tier != "note" or alert.standing]
    cautions = [alert for alert in shown if alert.tier == "caution"]
    hidden = () if full else tuple(cautions[fold.cautions :])
    gap = True
    for tier in _TIERS:
        for alert in shown:
            if alert.tier == tier and alert not in hidden:
                yield _alert(alert, gap=gap)
                gap = False
        if tier == "caution" and hidden:
            names = ", ".join(alert.id for alert in hidden)
            more = f"and {len(hidden)} more CAUTION: {names} (--full)"
            yield Block("cautions-more", "CAUTION", (more,), tier="caution")


def _alert(alert: Alert, *, gap: bool) -> Block:
    lines = [alert.text]
    if alert.action:
        lines.append(f"Do: {alert.action}")
    lines[-1] += f" [{alert.id}]"
    if alert.acknowledged is not None:
        lines.append(f"Acknowledged: {alert.acknowledged}")
    standing = alert.standing and alert.tier == "note" and alert.acknowledged is None
    short = (f"{phrases.standing_words(alert)} [{alert.id}]",) if standing else ()
    return Block(
        f"alert:{alert.id}",
        alert.tier.upper(),
        tuple(lines),
        tier=alert.tier,
        gap=gap,
        flows=True,
        short=short,
    )


def _orders(answer: Recommendation) -> Iterator[Block]:
    check = answer.order_check
    if check.verdict == "not_assessed":
        return
    lines = (VERDICTS[check.verdict], *order_rows(answer))
    yield Block("orders", "ORDERS", lines, strong=True, gap=True, extra=True)


# -- the foot -------------------------------------------------------------------------------------


def _bottom(answer: Recommendation, fold: Fold, *, full: bool) -> Iterator[Block]:
    if not full and fold.what_if:
        yield Block("what-if", "What if", would_change.one_row(answer))
    gaps = gaps_of(answer)
    label = f"NOT ASSESSED ({len(gaps)})"
    if full:
        lines = tuple(phrases.not_assessed_words(item) for item in gaps)
    else:
        tail = "" if fold.note or not answer.note else f". {_NOTE_FOLDED}"
        lines = gap_words(gaps, len(label), fold.gap_rows, tail)
    folds_note = not (full or fold.note) and bool(lines)
    yield Block("not-assessed", label, lines, gap=True, broad=not full)
    if answer.note and not folds_note:
        said = answer.note if full else _first_row(answer.note)
        yield Block("note", "Case note", (said,), verbatim=True)
    if not full:
        yield from band_blocks(answer)
    short = _CLOSING_SHORT if fold.what_if else _CLOSING_FOLDED
    yield Block("closing", "Use", (_CLOSING,), bare=True, short=(short,))


def _first_row(note: str) -> str:
    """Return the note if it fits a row, else its first words and where the rest stands."""
    shown = text.visible(note)
    if len(shown) <= ROW:
        return note
    room = ROW - len(_NOTE_GOES_ON)
    return f"{text.fold(text.bind(shown), room)[0][:room].rstrip()}{_NOTE_GOES_ON}"
