"""What an answer rests on: reasons, guidelines, results, course, sources, and what was asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from ndm_advisor.model.answer import Recommendation, Rejected, SusceptibilityLine
from ndm_advisor.model.words import guideline_name, join_names, number, regimen_name
from ndm_advisor.render import phrases
from ndm_advisor.render.details import full_sections, why_sections
from ndm_advisor.render.pages.parts import Cell, Items, Part, Section, Table, Text, items, texts
from ndm_advisor.render.pages.regimens import bracketed, cited
from ndm_advisor.render.would_change import change_lines, lightness, missing_lines

# Sections of the full screen that stand on the page in a form of their own.
_ON_THE_PAGE: Final = frozenset(
    {"Because", "Not offered", "Pair test", "Results", "Lab text", "Review", "Information"}
    | {"What if", "Missing", "Ask next"}
    | {"Status", "Monitoring", "Duration", "Step-down", "Sources", "Identity", "Evidence"}
)
_RANKS: Final = frozenset({"Preferred", "Alternative", "Last resort"})
_NEVER: Final = "Never offered, in no case"
_REASONS: Final = "Never offered: the reasons"
_COMPUTED_SHOWN: Final = 6
_RESULTS: Final = ("Measured", "Reported", "Read as", "Used as", "Why")


def reference(answer: Recommendation, evidence: tuple[str, ...]) -> Iterator[Section]:
    """Yield the second half of a page, in the order in which it is asked for."""
    yield Section("results", "Results as read and used", tuple(_results(answer)))
    yield Section("course", "Course", tuple(_course(answer)))
    yield Section("because", "Why", tuple(_because(answer)))
    yield from _computed(answer)
    yield Section("positions", "What each guideline says of this case", tuple(_positions(answer)))
    yield Section("rejected", "Not offered", tuple(_not_offered(answer)))
    said = answer.outcome == "abstention"  # with their status, where the regimen would stand
    yield Section("information", "For a specialist", tuple(_information(answer)), folded=said)
    yield from _folded(answer, evidence)


def _course(answer: Recommendation) -> Iterator[Part]:
    if answer.monitoring:
        rows = tuple(((item.test,), (item.when,)) for item in answer.monitoring)
        yield Table("monitoring", "Monitoring", ("Monitor", "When"), rows)
    if answer.duration is not None:
        said = cited(answer.duration.sources)
        words = f"{answer.duration.text}{f' [{said}]' if said else ''}"
        yield Text(words, "plain", "Duration")
    if answer.step_down:
        yield Text(answer.step_down, "plain", "Step-down")


def _because(answer: Recommendation) -> Iterator[Part]:
    """Yield the reasons for each offer; those that several share stand once."""
    offers = [offer for offer in answer.regimens if offer.because]
    groups: dict[tuple[str, ...], list[str]] = {}
    for line in dict.fromkeys(line for offer in offers for line in offer.because):
        names = tuple(regimen_name(offer.id) for offer in offers if line in offer.because)
        groups.setdefault(names, []).append(line)
    for names, lines in groups.items():
        yield Items(tuple(lines), "; ".join(names), "small")
    yield from texts(answer.pair_support.text, role="small")


def _positions(answer: Recommendation) -> Iterator[Items]:
    for position in answer.guideline_positions:
        chosen = position.guideline == answer.provenance.guideline
        label = f"{guideline_name(position.guideline)}{' (in use)' if chosen else ''}"
        yield Items(phrases.position_lines(position), label, "small")


# -- results --------------------------------------------------------------------------------------


def _results(answer: Recommendation) -> Iterator[Part]:
    """Yield the panel as a table; drugs that share a row in every column share it here."""
    alike: dict[tuple[Cell, ...], list[str]] = {}
    for line in answer.susceptibilities:
        alike.setdefault(_result(line), []).append(regimen_name(line.drug))
    if alike:
        used = [n for n in range(len(_RESULTS)) if any(cells[n] for cells in alike)]
        head = ("Tested", *(_RESULTS[n] for n in used))
        rows = tuple(
            ((", ".join(names),), *(cells[n] for n in used)) for cells, names in alike.items()
        )
        yield Table("results", "Susceptibility results", head, rows)


def _result(line: SusceptibilityLine) -> tuple[Cell, ...]:
    measured = [f"MIC {line.mic_mg_l} mg/L"] if line.mic_mg_l is not None else []
    if line.zone_mm is not None:
        measured.append(f"zone {number(line.zone_mm)} mm")
    standard = " ".join(part for part in (line.standard, line.version) if part)
    read = [line.read_as, standard] if line.read_as is not None else []
    breakpoint_ = f"breakpoint {line.breakpoint}" if line.breakpoint else ""
    why = "" if line.why == f"reported {line.reported}" else line.why
    return (
        tuple(measured),
        (line.reported,) if line.reported else (),
        tuple(part for part in read if part),
        (line.used,),
        tuple(part for part in (breakpoint_, why) if part),
    )


# -- what is not offered --------------------------------------------------------------------------


def _not_offered(answer: Recommendation) -> Iterator[Part]:
    """Yield what this case rules out with its reasons, and what no case is offered by name."""
    of_case = [item for item in answer.rejected if not _is_never(item)]
    yield from items(tuple(_rejected(of_case)), role="small")
    if never := [regimen_name(item.id) for item in answer.rejected if _is_never(item)]:
        yield Text(f'{join_names(never)}. Reasons under "{_REASONS}".', "small", _NEVER)


def _is_never(item: Rejected) -> bool:
    """Say whether a standing rule alone speaks against it, the same in every case."""
    return bool(item.rules) and all(rule.startswith("never/") for rule in item.rules)


def _rejected(rejected: Sequence[Rejected]) -> Iterator[str]:
    """Yield what is not offered; those left out for the same reason share a line."""
    alike: dict[tuple[str, ...], list[Rejected]] = {}
    for item in rejected:
        alike.setdefault(item.because, []).append(item)
    for because, group in alike.items():
        names = ", ".join(regimen_name(item.id) for item in group)
        rules = dict.fromkeys(rule for item in group for rule in item.rules)
        said = "; ".join(because)
        lead = "" if said.lower().startswith(names.lower()) else f"{names}: "
        yield f"{lead}{said}{bracketed(rules, '[]')}"


def _information(answer: Recommendation) -> Iterator[Part]:
    for item in answer.information:
        status = tuple(f"{regimen_name(drug)}: {said}" for drug, said in item.status.items())
        text = () if answer.outcome == "abstention" else (item.text,)
        yield from items((*text, *status), regimen_name(item.id), "small")


# -- what re-running the rules on altered facts gave ----------------------------------------------


def _computed(answer: Recommendation) -> Iterator[Section]:
    """Yield what would change the answer and what missing values could do, where it was worked out.

    The weightiest few stand on paper, so that two sheets hold a case; all in a closed section.
    """
    changes = sorted(answer.would_change or (), key=lightness)
    for key, title, lines in (
        ("changes", "What would change it", tuple(change_lines(tuple(changes)))),
        (
            "missing",
            "What missing facts could change",
            tuple(missing_lines(answer.missing_value_effects or ())),
        ),
    ):
        more = len(lines) - _COMPUTED_SHOWN
        rest = f'and {more} more under "{title}: all"'
        shown = lines if more <= 0 else (*lines[:_COMPUTED_SHOWN], rest)
        yield Section(key, title, items(shown, role="small"))
        if more > 0:
            yield Section(f"{key}-all", f"{title}: all", items(lines), folded=True)


# -- closed sections ------------------------------------------------------------------------------


def _folded(answer: Recommendation, evidence: tuple[str, ...]) -> Iterator[Section]:
    """Yield what is looked up rather than read: small print, rules, evidence, sources."""
    names = {guideline_name(position.guideline) for position in answer.guideline_positions}
    full = (*why_sections(answer), *full_sections(answer))
    never = tuple(_rejected([item for item in answer.rejected if _is_never(item)]))
    yield Section("never", _REASONS, items(never), folded=True)
    small = [Items(lines, label) for label, lines in full if label in _RANKS and lines]
    yield Section("detail", "Each regimen in every detail", tuple(small), folded=True)
    sources = next((lines for label, lines in full if label == "Sources"), ())
    yield Section("sources", "Sources and places in them", items(sources), folded=True)
    yield Section("evidence", "Evidence", items(evidence), folded=True)
    other = [(label, lines) for label, lines in full if label not in _ON_THE_PAGE | _RANKS | names]
    asked = tuple(Items(lines, label) for label, lines in other if lines)
    yield Section("rules", "Every rule that was asked", asked, folded=True)
