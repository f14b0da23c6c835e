"""`advise`: one case, one answer."""

import sys
from typing import TYPE_CHECKING, Annotated, Final, NamedTuple

import typer

from ndm_advisor.cli.exit_status import ExitStatus
from ndm_advisor.cli.options import (
    COMMON,
    IN_ORDER,
    Data,
    Guideline,
    Linear,
    On,
    Region,
    Settings,
    Strict,
    TallMan,
)

if TYPE_CHECKING:
    from ndm_advisor.cli.given import Asked, Given
    from ndm_advisor.cli.prompts import Asked as Prompted
    from ndm_advisor.explain.advise import WhatIf
    from ndm_advisor.model.answer import Recommendation

HELP: Final = """
Advise a regimen for one case, or abstain and say what is missing.

Examples:

\b
  ndm-advisor advise                        asks for the case, at a terminal
  ndm-advisor advise case.toml
  ndm-advisor advise case.toml --why
  ndm-advisor advise case.toml --set patient.crcl_ml_min=25
  ndm-advisor advise case.toml --guideline idsa-2026 --region US
  ndm-advisor advise case.toml --format json -o answer.json
  ndm-advisor advise case.toml --format sbar
  ndm-advisor advise case.toml --format html -o case.html
  ndm-advisor advise case.toml --format fhir -o answer.fhir.json
  ndm-advisor advise case.toml --format cds-hooks
  ndm-advisor advise case.toml --ack carbapenem-alone --reason "ward told"
  ndm-advisor advise - --on 2026-11-22 < case.toml

Guideline and region: option, the case's [hospital], NDM_ADVISOR_GUIDELINE and
NDM_ADVISOR_REGION, the configuration file, default. The answer says which applied.
Exit status 4: the case was refused; every problem is on standard error.
"""
_PROMPTED: Final = "the case asked for"


class _Manner(NamedTuple):
    """How the case is answered, whatever it is."""

    strict: bool
    trace: bool
    acknowledged: dict[str, str]
    traced: bool  # with the findings
    what_if: "WhatIf"  # the few changes a screen has room for, or all


def advise(
    context: typer.Context,
    case: Annotated[
        str | None,
        typer.Argument(
            metavar="CASE",
            show_default=False,
            help="Case file, TOML or JSON; - reads standard input.",
        ),
    ] = None,
    *,
    why: Annotated[
        bool, typer.Option("--why", rich_help_panel=COMMON, help="Add the reasons.")
    ] = False,
    full: Annotated[
        bool, typer.Option("--full", rich_help_panel=COMMON, help="Everything there is.")
    ] = False,
    output_format: Annotated[
        str | None,
        typer.Option(
            "--format",
            metavar="text|plain|json|sbar|md|html|fhir|cds-hooks",
            rich_help_panel=COMMON,
            help="text on a terminal, plain when piped; sbar to read on the phone; md to paste, "
            "html to print, both with everything there is; fhir and cds-hooks for other programs. "
            "[NDM_ADVISOR_FORMAT]",
        ),
    ] = None,
    guideline: Guideline = None,
    region: Region = None,
    settings: Settings = None,
    ack: Annotated[
        list[str] | None,
        typer.Option(
            "--ack",
            metavar="ID",
            rich_help_panel=COMMON,
            help="Record that an alert was seen; the --reason after it says why. It stays.",
        ),
    ] = None,
    reason: Annotated[
        list[str] | None,
        typer.Option(
            "--reason",
            metavar="TEXT",
            rich_help_panel=COMMON,
            help="The reason for the --ack before it; no patient data.",
        ),
    ] = None,
    on: On = None,
    output: Annotated[
        str | None,
        typer.Option(
            "-o",
            "--output",
            metavar="FILE",
            rich_help_panel=COMMON,
            help="Write the answer to FILE, whole or not at all.",
        ),
    ] = None,
    data: Data = None,
    strict: Strict = False,
    no_input: Annotated[
        bool, typer.Option("--no-input", help="Never ask; fail and name what is missing.")
    ] = False,
    linear: Linear = False,
    no_color: Annotated[bool, typer.Option("--no-color", help="No colour.")] = False,
    tall_man: TallMan = False,
    trace: Annotated[
        bool,
        typer.Option(
            "--trace",
            help="As --why, and say on standard error what applied. --format json always holds "
            "every finding, also those that did not hold.",
        ),
    ] = False,
) -> ExitStatus:
    """Read or ask, advise, show."""
    from ndm_advisor.cli.asking.terminal import is_terminal  # noqa: PLC0415

    if case is None and (no_input or not is_terminal()):
        return _ask_for_file(context)
    from ndm_advisor.cli.acknowledge import acknowledgements  # noqa: PLC0415
    from ndm_advisor.cli.given import Asked, read_given, warn  # noqa: PLC0415
    from ndm_advisor.cli.guard import working_on  # noqa: PLC0415
    from ndm_advisor.cli.inputs import path_of  # noqa: PLC0415
    from ndm_advisor.cli.screen import ADVISE_FORMATS, check_target, screen_for  # noqa: PLC0415
    from ndm_advisor.cli.showing import Wanted, show  # noqa: PLC0415

    target = None if output in {None, "-"} else output
    screen = screen_for(
        output_format,
        linear=linear,
        no_color=no_color,
        to_file=target is not None,
        formats=ADVISE_FORMATS,
    )
    if target is not None:
        check_target(target, beside=path_of(case) if case else None)
    manner = _Manner(
        strict=strict,
        trace=trace,
        acknowledged=acknowledgements(context.meta.get(IN_ORDER, ()), ack or (), reason or ()),
        what_if=_what_if(screen.kind, full=full),
        traced=why or full or trace or screen.kind not in {"colour", "plain"},
    )
    named = Asked(case or "", guideline, region, tuple(settings or ()), on, data, strict)
    with working_on(case or _PROMPTED):
        prompted = None if case else _prompt(named)
        given = read_given(named) if prompted is None else prompted.given
        answer = _answer(given, manner)
        warn(given)
        wanted = Wanted(screen, target, why or trace, full, tall_man, data)
        show(answer, given.case, given.knowledge, wanted)
        if prompted is not None:
            _offer_to_save(prompted.made)
    return ExitStatus.OK


def _what_if(kind: str, *, full: bool) -> "WhatIf":
    """A screen tries the few changes it has room for; what is read out names none."""
    if kind == "sbar":
        return ""
    return "full" if full or kind not in {"colour", "plain"} else "short"


def _ask_for_file(context: typer.Context) -> ExitStatus:
    """Without a file there is nothing to wait for: say what to give."""
    from ndm_advisor.cli.guard import say  # noqa: PLC0415

    typer.echo(context.get_help(), err=True)
    typer.echo(err=True)
    say("give a case file, or - to read one from standard input")
    return ExitStatus.USAGE


# -- the answer -----------------------------------------------------------------------------------


class _Prompted(NamedTuple):
    """A case made of answers, and what was asked for to save it."""

    given: "Given"
    made: "Prompted"


def _prompt(asked: "Asked") -> _Prompted:
    """The case by question and answer; its warnings were said there."""
    from ndm_advisor.cli.given import Place, given_in  # noqa: PLC0415
    from ndm_advisor.cli.prompts import ask_case  # noqa: PLC0415

    made = ask_case(
        finish="advise",
        on=asked.on,
        data=asked.data,
        guideline=asked.guideline,
        region=asked.region,
        settings=asked.settings,
    )
    setting = made.setting
    place = Place(setting.knowledge, setting.on, setting.local, asked.guideline, asked.region)
    return _Prompted(given_in(place, made.case, None), made)


def _offer_to_save(prompted: "Prompted") -> None:
    from ndm_advisor.cli.prompts import offer_to_save  # noqa: PLC0415

    sys.stdout.flush()
    offer_to_save(prompted.terminal, prompted.text)


def _answer(given: "Given", manner: _Manner) -> "Recommendation":
    """The answer, by the settings that apply.

    Raises:
        NdmAdvisorError: options or knowledge do not allow one.
    """
    from ndm_advisor.cli.acknowledge import check_acknowledged  # noqa: PLC0415
    from ndm_advisor.cli.given import refuse_overdue, say_what_applied  # noqa: PLC0415
    from ndm_advisor.explain.advise import advise as advise_on  # noqa: PLC0415

    answer = advise_on(
        given.applied.case,
        given.knowledge,
        on=given.on,
        settled=given.applied.settled,
        reference=given.reference,
        local_override=given.applied.local_override,
        acknowledged=manner.acknowledged,
        traced=manner.traced,
        what_if=manner.what_if,
    )
    check_acknowledged(manner.acknowledged, answer, given.knowledge.alerts)
    if manner.trace:
        say_what_applied(given)
    if manner.strict:
        refuse_overdue(answer.provenance)
    return answer
