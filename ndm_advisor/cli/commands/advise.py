"""`advise`: one case, one answer."""

import hashlib
import sys
from datetime import date
from typing import TYPE_CHECKING, Annotated, Final, NamedTuple

import typer

from ndm_advisor.cli.exit_status import ExitStatus
from ndm_advisor.cli.options import COMMON, IN_ORDER, Data, Linear, On, TallMan
from ndm_advisor.errors import KnowledgeError

if TYPE_CHECKING:
    from ndm_advisor.cli.prompts import Asked as Prompted
    from ndm_advisor.cli.screen import Screen
    from ndm_advisor.cli.settings import Applied, Local
    from ndm_advisor.errors import Problem
    from ndm_advisor.explain.advise import WhatIf
    from ndm_advisor.model.answer import CaseRef, Recommendation
    from ndm_advisor.model.case import Case
    from ndm_advisor.model.knowledge import Knowledge

HELP: Final = """
Advise a regimen for one case, or abstain and say what is missing.

Examples:

\b
  ndm-advisor advise                            asks for the case, at a terminal
  ndm-advisor advise case.toml
  ndm-advisor advise case.toml --why
  ndm-advisor advise case.toml --set patient.crcl_ml_min=25
  ndm-advisor advise case.toml --guideline idsa-2026 --region US
  ndm-advisor advise case.toml --format json -o answer.json
  ndm-advisor advise case.toml --format sbar
  ndm-advisor advise case.toml --format fhir -o answer.fhir.json
  ndm-advisor advise case.toml --format cds-hooks
  ndm-advisor advise case.toml --ack carbapenem-alone --reason "consultant aware"
  ndm-advisor advise - --on 2026-11-22 < case.toml

Guideline and region: option, the case's [hospital], NDM_ADVISOR_GUIDELINE and
NDM_ADVISOR_REGION, the configuration file, default. The answer says which applied.
Exit status 4: the case was refused; every problem is on standard error.
"""
_PROMPTED: Final = "the case asked for"


class _Asked(NamedTuple):
    """The options that say what is advised on, by which rules; no `case`: it is asked for."""

    case: str | None
    guideline: str | None
    region: str | None
    settings: tuple[str, ...]
    on: str | None
    data: str | None
    strict: bool
    trace: bool
    acknowledged: dict[str, str]
    traced: bool  # with the findings
    what_if: "WhatIf"  # the few changes a screen has room for, or all


class _Given(NamedTuple):
    """A case and what to judge it by; `prompted` when it came from questions, not a file."""

    case: "Case"
    warnings: "tuple[Problem, ...]"
    path: str | None
    on: date
    knowledge: "Knowledge"
    local: "Local | None"
    prompted: "Prompted | None"


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
            metavar="text|plain|json|sbar|fhir|cds-hooks",
            rich_help_panel=COMMON,
            help="text on a terminal, plain when piped; sbar to read on the phone; fhir and "
            "cds-hooks for other programs. [NDM_ADVISOR_FORMAT]",
        ),
    ] = None,
    guideline: Annotated[
        str | None,
        typer.Option(
            metavar="PROFILE",
            rich_help_panel=COMMON,
            help="simit-2022, escmid-2022 or idsa-2026. [NDM_ADVISOR_GUIDELINE]",
        ),
    ] = None,
    region: Annotated[
        str | None,
        typer.Option(
            metavar="EU|US", rich_help_panel=COMMON, help="Labels to use. [NDM_ADVISOR_REGION]"
        ),
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="KEY=VALUE",
            rich_help_panel=COMMON,
            help="Change a key of the case first; KEY= takes it out. May be repeated.",
        ),
    ] = None,
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
    strict: Annotated[
        bool, typer.Option("--strict", help="Refuse knowledge that is overdue for review.")
    ] = False,
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
    from ndm_advisor.cli.guard import working_on  # noqa: PLC0415
    from ndm_advisor.cli.inputs import path_of  # noqa: PLC0415
    from ndm_advisor.cli.screen import ADVISE_FORMATS, check_target, screen_for  # noqa: PLC0415

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
    acknowledged = acknowledgements(context.meta.get(IN_ORDER, ()), ack or (), reason or ())
    asked = _Asked(
        case=case,
        guideline=guideline,
        region=region,
        settings=tuple(settings or ()),
        on=on,
        data=data,
        strict=strict,
        trace=trace,
        acknowledged=acknowledged,
        what_if=_what_if(screen.kind, full=full),
        traced=why or full or trace or screen.kind not in {"colour", "plain"},
    )
    with working_on(case or _PROMPTED):
        given = _read(asked) if case else _prompt(asked)
        answer = _answer(given, asked)
        _warn(given.path, given.warnings)
        _show(
            answer,
            given,
            screen,
            target,
            why=why or trace,
            full=full,
            tall_man=tall_man,
            data=data,
        )
        if given.prompted is not None:
            _offer_to_save(given.prompted)
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


def _read(asked: _Asked) -> _Given:
    """The case of the file.

    Raises:
        NdmAdvisorError: options, case or knowledge do not allow an answer.
    """
    from ndm_advisor.cli.base import load_base, names_of  # noqa: PLC0415
    from ndm_advisor.cli.inputs import STDIN, date_of_advice, path_of, read_text  # noqa: PLC0415
    from ndm_advisor.cli.settings import read_local  # noqa: PLC0415
    from ndm_advisor.read.case_file import read_case  # noqa: PLC0415

    on = date_of_advice(asked.on)
    name = asked.case or STDIN
    text = read_text(name)
    knowledge = load_base(asked.data)
    names = names_of(knowledge)
    path = path_of(name)
    case, warnings = read_case(text, path=path, names=names, on=on, settings=asked.settings)
    return _Given(case, warnings, path, on, knowledge, read_local(names, on=on), None)


def _prompt(asked: _Asked) -> _Given:
    """The case by question and answer; its warnings were said there."""
    from ndm_advisor.cli.prompts import ask_case  # noqa: PLC0415

    made = ask_case(
        finish="advise",
        on=asked.on,
        data=asked.data,
        guideline=asked.guideline,
        region=asked.region,
        settings=asked.settings,
    )
    place = made.setting
    return _Given(made.case, (), None, place.on, place.knowledge, place.local, made)


def _offer_to_save(prompted: "Prompted") -> None:
    from ndm_advisor.cli.prompts import offer_to_save  # noqa: PLC0415

    sys.stdout.flush()
    offer_to_save(prompted.terminal, prompted.text)


def _answer(given: _Given, asked: _Asked) -> "Recommendation":
    """The answer, by the settings that apply.

    Raises:
        NdmAdvisorError: options or knowledge do not allow one.
    """
    from ndm_advisor.cli.acknowledge import check_acknowledged  # noqa: PLC0415
    from ndm_advisor.cli.settings import apply_hospital_settings  # noqa: PLC0415
    from ndm_advisor.explain.advise import advise as advise_on  # noqa: PLC0415

    applied = apply_hospital_settings(
        given.case, given.knowledge, given.local, guideline=asked.guideline, region=asked.region
    )
    answer = advise_on(
        applied.case,
        given.knowledge,
        on=given.on,
        settled=applied.settled,
        reference=_reference(given.case, given.path),
        local_override=applied.local_override,
        acknowledged=asked.acknowledged,
        traced=asked.traced,
        what_if=asked.what_if,
    )
    check_acknowledged(asked.acknowledged, answer, given.knowledge.alerts)
    if asked.trace:
        _say_what_applied(applied, given.knowledge, answer)
    if asked.strict:
        _refuse_overdue(answer)
    return answer


def _reference(case: "Case", path: str | None) -> "CaseRef":
    """The case's label, path and hash: of what the file says, before any setting is added."""
    from ndm_advisor.model.answer import CaseRef  # noqa: PLC0415
    from ndm_advisor.model.case import canonical_json  # noqa: PLC0415

    return CaseRef(case.id, path, hashlib.sha256(canonical_json(case)).hexdigest())


def _refuse_overdue(answer: "Recommendation") -> None:
    stamp = answer.provenance
    if stamp.review_due_on < stamp.advised_on:
        raise KnowledgeError((f"overdue for review since {stamp.review_due_on} (--strict)",))


def _say_what_applied(applied: "Applied", knowledge: "Knowledge", answer: "Recommendation") -> None:
    from ndm_advisor.cli.guard import say  # noqa: PLC0415

    settled = applied.settled
    sealed = "sealed" if knowledge.sealed else "not sealed: every check was run"
    say(f"guideline {settled.guideline} ({settled.guideline_from})")
    say(f"region {settled.region} ({settled.region_from})")
    say(f"date of advice {answer.provenance.advised_on}")
    say(f"knowledge {knowledge.version} ({sealed})")


# -- showing it -----------------------------------------------------------------------------------


def _warn(path: str | None, warnings: "tuple[Problem, ...]") -> None:
    if not warnings:
        return
    from ndm_advisor.read.diagnostics import FileReport, render_report  # noqa: PLC0415

    sys.stderr.write(render_report([FileReport(path, warnings)]))
    sys.stderr.flush()


def _show(
    answer: "Recommendation",
    given: _Given,
    screen: "Screen",
    target: str | None,
    *,
    why: bool,
    full: bool,
    tall_man: bool,
    data: str | None,
) -> None:
    from ndm_advisor.cli.screen import write_file, write_out  # noqa: PLC0415

    if screen.kind in {"json", "fhir", "cds-hooks"}:
        document = _document(answer, given, screen.kind) + b"\n"
        if target is None:
            write_out(document)
        else:
            write_file(target, document)
        return
    if screen.kind == "sbar":
        from ndm_advisor.render.sbar import to_sbar  # noqa: PLC0415

        if target is None:
            write_out(to_sbar(answer, tall_man=tall_man, encoding=sys.stdout.encoding))
        else:
            write_file(target, to_sbar(answer, tall_man=tall_man).encode())
        return
    from ndm_advisor.render.view import Options  # noqa: PLC0415

    evidence = _evidence(answer, data) if full else ()
    options = Options(why, full, tall_man, screen.width, screen.linear, evidence)
    if screen.kind == "colour":
        from rich.console import Console  # noqa: PLC0415  # slow to import, and seldom needed

        from ndm_advisor.render.rich_text import print_answer  # noqa: PLC0415

        print_answer(answer, Console(file=sys.stdout, width=screen.width), options)
        return
    from ndm_advisor.render.plain import to_text  # noqa: PLC0415

    if target is None:
        write_out(to_text(answer, options, encoding=sys.stdout.encoding))
    else:
        write_file(target, to_text(answer, options).encode())


def _document(answer: "Recommendation", given: _Given, kind: str) -> bytes:
    """The answer for programs.

    Raises:
        UsageError: FHIR is asked for and the extra that checks it is not installed.
    """
    if kind == "fhir":
        from ndm_advisor.render.fhir.document import to_fhir  # noqa: PLC0415

        return to_fhir(answer, given.case, given.knowledge)
    if kind == "cds-hooks":
        from ndm_advisor.render.fhir.cds_hooks import to_cards  # noqa: PLC0415

        return to_cards(answer, given.knowledge)
    from ndm_advisor.render.as_json import to_json  # noqa: PLC0415

    return to_json(answer)


def _evidence(answer: "Recommendation", data: str | None) -> tuple[str, ...]:
    """The claims that bear on the answer, which no answer without `--full` loads."""
    from ndm_advisor.cli.base import directory_of_base  # noqa: PLC0415
    from ndm_advisor.explain.evidence import evidence  # noqa: PLC0415
    from ndm_advisor.knowledge.load import load_claims  # noqa: PLC0415

    return evidence(answer, load_claims(directory_of_base(data)))
