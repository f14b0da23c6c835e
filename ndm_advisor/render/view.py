"""What a screen holds, and in which order: the one place that decides it.

`blocks` turns a `Recommendation` into plain data that every text renderer writes in its own way.
The default screen answers first (bottom line, regimen, dose, what to do now) and fits 24 rows of
80 columns for an ordinary case; `why` adds the reasons, `full` adds everything there is.
Safety content is never dropped to make room: every STOP, every condition on an offer, every item
that was not assessed stands on the default screen. Only CAUTIONs beyond five are counted instead.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from ndm_advisor.model.answer import Alert, Offer, Recommendation, Tier
from ndm_advisor.model.words import drug_name, guideline_name, regimen_name
from ndm_advisor.render import phrases
from ndm_advisor.render.details import full_sections, why_sections

CAUTIONS_SHOWN: Final = 5
ADMINISTRATION_SHOWN: Final = 2
LAB_REQUESTS_SHOWN: Final = 3
BANDS_SHOWN: Final = 4
OTHERS_SHOWN: Final = 3
SHA_SHOWN: Final = 6
LABEL_COLUMN: Final = 12  # where the text of a labelled line starts, in the wide layout
DEFAULT_WIDTH: Final = 80
_TIERS: Final[dict[Tier, int]] = {"stop": 0, "caution": 1, "note": 2}
_CLOSING: Final = "Decision support for professionals. Verify against local policy."
_MORE: Final = "More: --why, --full, explain ID"
_MORE_SHORT: Final = "More: --full"


class Options(NamedTuple):
    """How a person wants the screen.

    `width` None: not folded (piped). `linear` None: the width decides.
    """

    why: bool = False
    full: bool = False
    tall_man: bool = False
    width: int | None = DEFAULT_WIDTH
    linear: bool | None = None


class Block(NamedTuple):
    """One labelled group of lines.

    `label` stands before the lines in both layouts; `bare` blocks print none in the wide one.
    `joined` lines are items: the wide layout runs them together with " | ". `gap` asks for an empty
    row before. Where the screen would pass 24 rows, `short` replaces the lines and `flows` lets
    them run on in one paragraph. `verbatim` is the case's own text, whose letters are left alone.
    """

    key: str
    label: str
    lines: tuple[str, ...]
    tier: Tier | None = None
    strong: bool = False
    gap: bool = False
    bare: bool = False
    joined: bool = False
    verbatim: bool = False
    flows: bool = False
    short: tuple[str, ...] = ()


def blocks(recommendation: Recommendation, options: Options) -> tuple[Block, ...]:
    """Return the screen's blocks in reading order; blocks without lines are left out."""
    screen = [
        *_top(recommendation),
        *_answer(recommendation, options),
        *_alerts(recommendation, full=options.full),
        *_orders(recommendation),
    ]
    if options.why or options.full:
        screen += _section_blocks(why_sections(recommendation))
    if options.full:
        screen += _section_blocks(full_sections(recommendation))
    screen += _bottom(recommendation, full=options.full)
    return tuple(block for block in screen if block.lines)


def _section_blocks(sections: Iterator[tuple[str, tuple[str, ...]]]) -> list[Block]:
    return [
        Block(f"section:{label.lower().replace(' ', '-')}", label, lines, gap=True)
        for label, lines in sections
    ]


def _top(answer: Recommendation) -> Iterator[Block]:
    yield Block("header", "Provenance", tuple(_header(answer)), bare=True, joined=True)
    if answer.provenance.review_due_on < answer.provenance.advised_on:
        overdue = f"KNOWLEDGE OVERDUE FOR REVIEW since {answer.provenance.review_due_on}"
        yield Block("overdue", "WARNING", (overdue,), tier="caution", strong=True, bare=True)
    yield Block("bottom-line", "BOTTOM LINE", (_bottom_line(answer),), strong=True)
    if answer.note:
        yield Block("note", "Case note", (answer.note,), verbatim=True)


def _bottom_line(answer: Recommendation) -> str:
    """Write whose infection this is and what to do; the summary alone if it says both."""
    headline = answer.headline.rstrip(".")
    if not headline or headline in answer.summary:
        return answer.summary
    return f"{headline}. {answer.summary}"


def _header(answer: Recommendation) -> Iterator[str]:
    stamp, case = answer.provenance, answer.case
    yield f"ndm-advisor {stamp.tool_version}"
    yield f"knowledge {stamp.knowledge_version}"
    yield f"checked {stamp.reviewed_on}, due {stamp.review_due_on}"
    if stamp.signed_off_by is None:
        yield "not clinically signed off"
    sha = (case.sha256 or "")[:SHA_SHOWN]
    yield f"case {case.id} ({sha})" if case.id else f"case {sha}"
    yield from _settings(answer)
    yield stamp.breakpoints
    yield f"advised {stamp.advised_on}"
    if stamp.local_override is not None:
        yield _override(stamp.local_override)


def _settings(answer: Recommendation) -> Iterator[str]:
    stamp = answer.provenance
    guideline = guideline_name(stamp.guideline)
    if stamp.guideline_from == stamp.region_from:
        yield f"{guideline}, {stamp.region} ({stamp.guideline_from})"
        return
    yield f"{guideline} ({stamp.guideline_from})"
    yield f"{stamp.region} ({stamp.region_from})"


def _override(override: dict[str, object]) -> str:
    keys = override.get("keys")
    named = ", ".join(map(str, keys)) if isinstance(keys, list | tuple) else str(keys or "")
    sha = str(override.get("sha256") or "")[:SHA_SHOWN]
    return f"local override {override.get('path')} ({sha}): {named}"


def _answer(answer: Recommendation, options: Options) -> Iterator[Block]:
    match answer.outcome:
        case "regimens":
            yield from _regimens(answer, options)
        case "abstention":
            yield from _abstention(answer)
        case "not_treatment" | "out_of_scope":
            yield Block("why-not", "Outcome", (phrases.outcome_words(answer.outcome),))
            yield Block("lab", "Ask lab", _lab(answer, options))
    yield Block("notes", "Also", answer.notes, flows=True)


def _abstention(answer: Recommendation) -> Iterator[Block]:
    abstention = answer.abstention
    if abstention is None:
        return
    lines = abstention.lines or (
        "This is not advice to withhold treatment.",
        abstention.ask,
        abstention.running_drug,
        abstention.reason,
        *abstention.would_settle,
    )
    yield Block("abstention", "NO REGIMEN", tuple(line for line in lines if line), strong=True)
    printed = "\n".join(lines)
    more = tuple(
        f"{regimen_name(item.id)}: {item.text}"
        for item in answer.information
        if item.text not in printed
    )
    yield Block("information", "Specialist", more and ("may choose among, none offered:", *more))


def _regimens(answer: Recommendation, options: Options) -> Iterator[Block]:
    if not answer.regimens:
        return
    first, *others = answer.regimens
    guideline = answer.provenance.guideline
    name = phrases.together(first.id)
    status = phrases.status_words(first, guideline)
    yield Block("regimen", "1 Regimen", (name, status), strong=True, flows=True)
    yield Block("conditions", "  only if", first.conditions, strong=True, flows=True)
    yield Block("dose", "2 Dose", tuple(_doses(first, answer)), strong=True)
    yield Block("kidney", "  kidney", tuple(_kidney(first, answer)))
    yield Block("infusion", "3 Infusion", _infusion(first, options), flows=True)
    yield Block("lab", "4 Ask lab", _lab(answer, options), flows=True)
    if answer.review_due is not None:
        yield Block("review", "5 Review", (answer.review_due.text,))
    if len(others) > OTHERS_SHOWN:
        yield from _listed(others)
        return
    for offer in others:
        yield Block(f"other:{offer.id}", phrases.rank_words(offer.rank), (_other(offer, options),))


def _listed(others: list[Offer]) -> Iterator[Block]:
    """Yield many further offers by name, one line for each rank, with what each depends on."""
    by_rank: dict[str, list[str]] = {}
    for offer in others:
        by_rank.setdefault(offer.rank, []).append(_named(offer) + _only_if(offer))
    for rank, names in by_rank.items():
        line = f"{'; '.join(names)}; doses: --full"
        yield Block(f"others:{rank}", phrases.rank_words(rank), (line,))


def _doses(offer: Offer, answer: Recommendation) -> Iterator[str]:
    for order in offer.drugs:
        yield phrases.order_words(order)
        if order.alternative_dose is not None:
            yield phrases.alternative_words(order.drug, order.alternative_dose)
        if answer.kidney.method == "renal-replacement" and order.dialysis:
            yield f"{drug_name(order.drug)}: {order.dialysis}"
    for order in offer.companions:
        yield f"with {phrases.order_words(order)}"
    yield from _bands(offer)


def _bands(offer: Offer) -> Iterator[str]:
    """Yield the bands of drugs without a dose if they are few; else where to find them."""
    tables = [(order.drug, order.bands) for order in offer.drugs if order.bands]
    count = sum(len(bands) for _, bands in tables)
    if count > BANDS_SHOWN:
        yield f"all {count} CrCl bands with their doses: --full"
        return
    for drug, bands in tables:
        yield from (phrases.band_dose_words(drug, band) for band in bands)


def _kidney(offer: Offer, answer: Recommendation) -> Iterator[str]:
    bands = {
        order.drug: phrases.band_words(order.crcl_band) for order in offer.drugs if order.crcl_band
    }
    text = answer.kidney.text
    if len(set(bands.values())) == 1:
        shared = f"band {next(iter(bands.values()))}"
        yield f"{text}; {shared}" if text else shared
        return
    if text:
        yield text
    if bands:
        yield "band: " + "; ".join(f"{drug_name(drug)} {band}" for drug, band in bands.items())


def _infusion(offer: Offer, options: Options) -> tuple[str, ...]:
    return _some(offer.administration, ADMINISTRATION_SHOWN, full=options.full)


def _lab(answer: Recommendation, options: Options) -> tuple[str, ...]:
    return _some(answer.lab_requests, LAB_REQUESTS_SHOWN, full=options.full)


def _some(lines: tuple[str, ...], limit: int, *, full: bool) -> tuple[str, ...]:
    """Return the first lines and how many more there are; a single one more is simply shown."""
    if full or len(lines) <= limit + 1:
        return lines
    return (*lines[:limit], f"and {len(lines) - limit} more: --full")


def _other(offer: Offer, options: Options) -> str:
    """Write a further offer on one line; its dose is named if the line stays within two rows."""
    name, doses = _named(offer), _short_doses(offer)
    same = doses.startswith(name)
    line = f"{doses if same else f'{name}: {doses}'}{_only_if(offer)}"
    room = 2 * ((options.width or DEFAULT_WIDTH) - LABEL_COLUMN)
    return line if len(line) <= room else f"{name}; doses: --full{_only_if(offer)}"


def _named(offer: Offer) -> str:
    marks = (
        "PROVISIONAL" if offer.provisional else "",
        "not tested" if offer.support == "untested" else "",
    )
    said = ", ".join(mark for mark in marks if mark)
    return f"{regimen_name(offer.id)}{f' ({said})' if said else ''}"


def _only_if(offer: Offer) -> str:
    return f"; only if: {'; '.join(offer.conditions)}" if offer.conditions else ""


def _short_doses(offer: Offer) -> str:
    return "; ".join(phrases.order_words(order) for order in (*offer.drugs, *offer.companions))


def _alerts(answer: Recommendation, *, full: bool) -> Iterator[Block]:
    ordered = sorted(answer.alerts, key=lambda alert: (_TIERS[alert.tier], alert.priority))
    shown = [alert for alert in ordered if full or alert.tier != "note" or alert.standing]
    cautions = [alert for alert in shown if alert.tier == "caution"]
    hidden = () if full else tuple(cautions[CAUTIONS_SHOWN:])
    gap = True
    for tier in _TIERS:
        for alert in shown:
            if alert.tier == tier and alert not in hidden:
                yield _alert(alert, gap=gap)
                gap = False
        if tier == "caution" and hidden:
            more = f"and {len(hidden)} more: --full ({', '.join(alert.id for alert in hidden)})"
            yield Block("cautions-more", "CAUTION", (more,), tier="caution")


def _alert(alert: Alert, *, gap: bool) -> Block:
    lines = [alert.text]
    if alert.action:
        lines.append(f"Do: {alert.action}")
    lines[-1] += f" [{alert.id}]"
    if alert.acknowledged is not None:
        lines.append(f"Acknowledged: {alert.acknowledged}")
    short = (f"{alert.text} [{alert.id}]",) if alert.standing and alert.tier == "note" else ()
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
    lines = (
        check.verdict.replace("_", " "),
        *(phrases.change_words(change) for change in check.change),
    )
    yield Block("orders", "ORDERS", lines, strong=True, gap=True)


def _bottom(answer: Recommendation, *, full: bool) -> Iterator[Block]:
    label = f"NOT ASSESSED ({len(answer.not_assessed)})"
    if full:
        lines = tuple(phrases.not_assessed_words(item) for item in answer.not_assessed)
    else:
        lines = tuple(item.what for item in answer.not_assessed)
    yield Block("not-assessed", label, lines, gap=True, joined=not full)
    short = (f"{_CLOSING} {_MORE_SHORT}",)
    yield Block("closing", "Use", (f"{_CLOSING} {_MORE}",), bare=True, short=short)
