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
_INTENDED: Final = (
    "Decision support for professionals: ward and stewardship pharmacists, microbiologists, "
    "infectious-diseases physicians and those who teach them.",
    "One adult with an infection by E. coli, or another of the Enterobacterales, that makes NDM or "
    "another metallo-beta-lactamase: regimens in order, doses, reasons, sources, what was not "
    "assessed; or an abstention with the test or fact that would settle it.",
    "A professional checks every figure against its source and local policy before it is used.",
)
_MISUSE: Final = (
    "Not for patients. Not a medical device. Not a replacement for infectious diseases, the "
    "laboratory or local policy.",
    "Never a reason to withhold treatment: an abstention asks for a specialist.",
    "No alert is no proof of safety: what was not assessed is listed in every answer.",
    "No identifiers in case files or options: the id of a case is a label.",
)
_STATUS: Final = (
    "Not clinically validated. Every figure awaits clinical sign-off; none has been signed off.",
    "`checked on` means that a record was compared with its source on that day.",
)
_LIMITS: Final = (
    "Adults, Enterobacterales, MBL producers. Others are out of scope and get pointers only.",
    "Sites without a rule (central nervous system, other) end in an abstention.",
    "Labels, guidelines and articles were read as public copies, quotations or digests where the "
    "original could not be opened; each source says which.",
    "CLSI breakpoints come from a public transcription, not checked against the CLSI document.",
    "Medicines, conditions and allergies without a rule are listed as not assessed. Line "
    "compatibility is limited to what the labels say. No levels, no exposure model.",
)
_INPUTS: Final = (
    "Age (adult or child; kidney function), sex (kidney function, ideal weight, pregnancy), "
    "weight, height, kidney and liver function, pregnancy, allergies, medicines, conditions.",
    "Race, ethnicity, language, religion, sexual orientation, gender identity and social "
    "circumstances are not used.",
)
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

    return [
        Section("Intended use", _INTENDED),
        Section("Not for", _MISUSE),
        Section("Status", _STATUS),
        Section("Limits", _LIMITS),
        Section("Facts used", _INPUTS),
        Section("Privacy", _PRIVACY),
        Section("Developer", _DEVELOPER),
        Section("Versions", _versions(knowledge)),
        Section("Knowledge", _knowledge(knowledge)),
        Section("More", ("ndm-advisor about --sources; ndm-advisor help; README.md",)),
    ]


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


def _sources(knowledge: "Knowledge") -> "list[Section]":
    from ndm_advisor.explain.page_parts import GRADES, Section  # noqa: PLC0415

    made = []
    for source in knowledge.sources.values():
        year = f"{source.year}; " if source.year else ""
        read = f"read as {source.seen_as}; grade {source.grade}: {GRADES[source.grade]}"
        when = f"checked {source.reviewed_on}, due {source.review_due_on}"
        lines = (source.title, f"{year}{source.kind}", source.url, read, when)
        made.append(Section(source.id, tuple(line for line in lines if line)))
    return made
