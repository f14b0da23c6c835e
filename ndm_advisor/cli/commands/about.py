"""`about`: what the tool is for, what it is not, and what stands behind it."""

from typing import TYPE_CHECKING, Annotated, Final

import typer

from ndm_advisor.cli.exit_status import ExitStatus
from ndm_advisor.cli.options import Data, Linear
from ndm_advisor.version import VERSION

if TYPE_CHECKING:
    from ndm_advisor.explain.page_parts import Section
    from ndm_advisor.model.knowledge import Knowledge

HELP: Final = """
Intended use, misuse, limits, versions; with --sources every source and how it was read.

Examples:

\b
  ndm-advisor about
  ndm-advisor about --sources
"""
_PRIVACY: Final = ("No network, no telemetry, no record: it reads what it is given and prints.",)
_DEVELOPER: Final = ("The ndm_advisor project. Funder: none recorded. Licence: Apache-2.0.",)


def about(
    *,
    sources: Annotated[
        bool, typer.Option("--sources", help="List every source and how it was read.")
    ] = False,
    data: Data = None,
    linear: Linear = False,
) -> ExitStatus:
    """Print the page."""
    from ndm_advisor.cli.base import load_base  # noqa: PLC0415
    from ndm_advisor.cli.pages import write_page  # noqa: PLC0415

    knowledge = load_base(data)
    if sources:
        write_page("Sources", _sources(knowledge), linear=linear)
    else:
        write_page(f"ndm-advisor {VERSION}", _sections(knowledge), linear=linear)
    return ExitStatus.OK


def _sections(knowledge: "Knowledge") -> "list[Section]":
    from ndm_advisor.explain.page_parts import Section  # noqa: PLC0415
    from ndm_advisor.explain.words_of import sentence  # noqa: PLC0415

    return [
        Section("Status", (sentence(knowledge, "limits", "text"),)),
        Section("Intended use", _said(knowledge, "intended_use", "does", "who")),
        Section("Not for", _said(knowledge, "misuse", "items")),
        Section("Limits", _said(knowledge, "limits", "items")),
        Section("Facts used", _said(knowledge, "facts_used", "items")),
        Section("Privacy", _PRIVACY),
        Section("Developer", _DEVELOPER),
        Section("Versions", _versions(knowledge)),
        Section("Knowledge", _knowledge(knowledge)),
        Section("More", ("ndm-advisor about --sources; ndm-advisor help; README.md",)),
    ]


def _said(knowledge: "Knowledge", section: str, *lists: str) -> tuple[str, ...]:
    """The sentences of a section of the base: its text where it leads, then its lists."""
    from ndm_advisor.explain.words_of import section as words  # noqa: PLC0415
    from ndm_advisor.explain.words_of import strings  # noqa: PLC0415

    found = words(knowledge, section)
    lead = (str(found["text"]),) if section == "intended_use" else ()
    return (*lead, *(line for name in lists for line in strings(found, name)))


def _versions(knowledge: "Knowledge") -> tuple[str, ...]:
    from ndm_advisor.model.case import FORMAT  # noqa: PLC0415

    held = knowledge.settings.breakpoint_versions
    standards = ", ".join(f"{name} {version}" for name in held for version in held[name])
    return (
        f"tool {VERSION}, knowledge {knowledge.version}",
        f"case format {FORMAT}, answer schema_version 1",
        f"breakpoints {standards}",
        f"guidelines {', '.join(knowledge.profiles)}",
    )


def _knowledge(knowledge: "Knowledge") -> tuple[str, ...]:
    sealed = "sealed" if knowledge.sealed else "not sealed: every check runs at each start"
    return (
        f"sha256 {knowledge.sha256} ({sealed})",
        f"checked {knowledge.reviewed_on}, due {knowledge.review_due_on}; signed off by nobody",
        f"{len(knowledge.drugs)} drugs, {len(knowledge.strategies)} regimens, "
        f"{len(knowledge.hazards)} rules, {len(knowledge.alerts)} alerts, "
        f"{sum(map(len, knowledge.breakpoints.values()))} breakpoints, "
        f"{len(knowledge.sources)} sources",
    )


def _released(knowledge: "Knowledge") -> tuple[str, ...]:
    return (
        f"tool {VERSION}; knowledge {knowledge.version}, "
        f"revised and checked {knowledge.reviewed_on}, due {knowledge.review_due_on}",
        f"{len(knowledge.sources)} sources; a grade says how each was read",
    )


def _sources(knowledge: "Knowledge") -> "list[Section]":
    from ndm_advisor.explain.page_parts import GRADES, Section  # noqa: PLC0415

    made = [
        Section("Developer", _DEVELOPER),
        Section("Release", _released(knowledge)),
        Section("Facts used", _said(knowledge, "facts_used", "items")),
    ]
    for source in knowledge.sources.values():
        year = f"{source.year}; " if source.year else ""
        read = f"read as {source.seen_as}; grade {source.grade}: {GRADES[source.grade]}"
        when = f"checked {source.reviewed_on}, due {source.review_due_on}"
        lines = (source.title, f"{year}{source.kind}", source.url, read, when)
        made.append(Section(source.id, tuple(line for line in lines if line)))
    return made
