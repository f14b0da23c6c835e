"""`what-if`: what would change the answer of a case, and what a change does to it."""

from typing import TYPE_CHECKING, Annotated, Final

import typer

from ndm_advisor.cli.exit_status import ExitStatus
from ndm_advisor.cli.options import (
    COMMON,
    CaseFile,
    Data,
    Format,
    Guideline,
    Linear,
    NoColor,
    On,
    Region,
    Strict,
    TallMan,
    Trace,
)

if TYPE_CHECKING:
    from ndm_advisor.cli.given import Asked, Given
    from ndm_advisor.explain.what_if.report import Report
    from ndm_advisor.explain.what_if.side_by_side import Answered, Comparison

HELP: Final = """
Show what would change the answer of a case; with --set, old and new side by side.

Examples:

\b
  ndm-advisor what-if case.toml
  ndm-advisor what-if case.toml --set patient.crcl_ml_min=25
  ndm-advisor what-if case.toml --set hospital.stock.cefiderocol=false
  ndm-advisor what-if case.toml --format json

Without --set: every single change of the list that alters outcome, regimens, a dose or a stop;
what each fact that is not given could change; the test or question worth asking next.
With --set: only what differs, and the rules and bands that made it. KEY= takes a key out.
Exit status 4: the case, or the changed case, was refused; every problem is on standard error.
"""


def what_if(
    case: CaseFile,
    *,
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="KEY=VALUE",
            rich_help_panel=COMMON,
            help="Change a key of the case; KEY= takes it out. May be repeated.",
        ),
    ] = None,
    output_format: Format = None,
    guideline: Guideline = None,
    region: Region = None,
    on: On = None,
    data: Data = None,
    strict: Strict = False,
    linear: Linear = False,
    no_color: NoColor = False,
    tall_man: TallMan = False,
    trace: Trace = False,
) -> ExitStatus:
    """Decide the case, and decide it again with each change."""
    from ndm_advisor.cli.given import Asked  # noqa: PLC0415
    from ndm_advisor.cli.guard import working_on  # noqa: PLC0415
    from ndm_advisor.cli.lookup_screen import show_with  # noqa: PLC0415
    from ndm_advisor.cli.screen import screen_for  # noqa: PLC0415
    from ndm_advisor.render.what_if import comparison_text, report_text  # noqa: PLC0415

    screen_for(output_format, linear=linear, no_color=no_color, to_file=False)  # refuses early
    asked = Asked(case, guideline, region, (), on, data, strict)
    with working_on(case):
        if settings:
            compared = _compared(asked, tuple(settings), traced=trace)
            show_with(compared, comparison_text, output_format, linear=linear, tall_man=tall_man)
        else:
            made = _report(asked, traced=trace)
            show_with(made, report_text, output_format, linear=linear, tall_man=tall_man)
    return ExitStatus.OK


def _report(asked: "Asked", *, traced: bool) -> "Report":
    """Every change of the list, tried on the case.

    Raises:
        NdmAdvisorError: options, case or knowledge do not allow one.
    """
    from ndm_advisor.cli.given import read_given, refuse_overdue, say_what_applied, warn  # noqa: PLC0415
    from ndm_advisor.explain.advise import advise  # noqa: PLC0415
    from ndm_advisor.explain.what_if.report import report  # noqa: PLC0415

    given = read_given(asked)
    warn(given)
    if traced:
        say_what_applied(given)
    answer = advise(
        given.applied.case,
        given.knowledge,
        on=given.on,
        settled=given.applied.settled,
        reference=given.reference,
        local_override=given.applied.local_override,
        traced=False,
        what_if="full",
    )
    if asked.strict:
        refuse_overdue(answer.provenance)
    return report(answer)


def _compared(asked: "Asked", settings: tuple[str, ...], *, traced: bool) -> "Comparison":
    """The case as it is and with the changes.

    Raises:
        NdmAdvisorError: options, case, a change or knowledge do not allow one.
    """
    from ndm_advisor.cli.given import read_both, refuse_overdue, say_what_applied, warn  # noqa: PLC0415
    from ndm_advisor.explain.what_if.side_by_side import compare  # noqa: PLC0415

    old, new = read_both(asked, settings)
    warn(old)
    if new.warnings != old.warnings:
        warn(new._replace(warnings=tuple(w for w in new.warnings if w not in old.warnings)))
    if traced:
        say_what_applied(new)
    made = compare(_answered(old), _answered(new))
    if asked.strict:
        refuse_overdue(made.provenance)
    return made


def _answered(given: "Given") -> "Answered":
    from ndm_advisor.decision.decide import decide  # noqa: PLC0415
    from ndm_advisor.explain.recommendation import Beside, explaining  # noqa: PLC0415
    from ndm_advisor.explain.what_if.side_by_side import Answered  # noqa: PLC0415
    from ndm_advisor.steps import finish  # noqa: PLC0415
    from ndm_advisor.version import VERSION  # noqa: PLC0415

    applied, knowledge = given.applied, given.knowledge
    decision = decide(applied.case, knowledge, on=given.on, settled=applied.settled)
    beside = Beside(given.reference, VERSION, applied.local_override, traced=False)
    return Answered(decision, finish(explaining(decision, knowledge, beside)))
