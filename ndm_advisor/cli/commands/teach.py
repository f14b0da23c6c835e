"""`teach`: worked cases; the learner commits first, safety is scored before choice."""

import sys
from typing import TYPE_CHECKING, Annotated, Final, NamedTuple

import typer

from ndm_advisor.cli.exit_status import ExitStatus
from ndm_advisor.cli.options import COMMON, Data, Linear, Strict, TallMan
from ndm_advisor.errors import KnowledgeError, UsageError

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from ndm_advisor.cli.teaching.adviser import Adviser
    from ndm_advisor.cli.teaching.collection import Collection
    from ndm_advisor.cli.teaching.lesson import Lesson
    from ndm_advisor.cli.teaching.printed import Page
    from ndm_advisor.explain.page_parts import Shelf
    from ndm_advisor.read.names import Names

HELP: Final = """
Worked cases, from a first NDM report to a strain that is resistant to everything. You see the case,
commit to drugs, doses and what to ask the laboratory, then read the tool's answer and its reasons.

Examples:

\b
  ndm-advisor teach                   the next lesson, and on from there
  ndm-advisor teach 3                 one lesson
  ndm-advisor teach --list            the lessons, with how each went
  ndm-advisor teach --blind           questions without answers, for a class
  ndm-advisor teach --key             the answers to them
  ndm-advisor teach --export html -o class.html
  ndm-advisor teach --dir my-lessons --check

Safety is scored before choice: an order that would harm loses the case. Every answer is worked out
as `advise` does it, when it is shown. At a terminal progress is kept in
$XDG_STATE_HOME/ndm-advisor/teaching.json (~/.local/state without it), readable by you alone.
A lesson of your own is a TOML file in $XDG_CONFIG_HOME/ndm-advisor/teaching or in --dir;
--check ends with 3 when one is at fault, with 4 when all are.
"""
_FORMATS: Final = ("html",)


class _Asked(NamedTuple):
    """The options that choose the lessons and how they are answered."""

    lesson: str | None
    folder: str | None
    guideline: str | None
    region: str | None
    on: str | None
    data: str | None
    strict: bool


class _Room(NamedTuple):
    """The lessons at hand and who answers them. `on` is the day itself, whatever a lesson's is."""

    adviser: "Adviser"
    names: "Names"
    collection: "Collection"
    on: "date"
    data: str | None

    def shelf(self) -> "Shelf":
        """Claims, settings and pages; read when they are first shown."""
        from ndm_advisor.cli.shelf import load_shelf  # noqa: PLC0415

        return load_shelf(self.data)


def teach(
    lesson: Annotated[
        str | None,
        typer.Argument(
            metavar="N", show_default=False, help="A lesson, by its number or its name."
        ),
    ] = None,
    *,
    listing: Annotated[
        bool,
        typer.Option("--list", rich_help_panel=COMMON, help="List the lessons and how each went."),
    ] = False,
    blind: Annotated[
        bool,
        typer.Option("--blind", rich_help_panel=COMMON, help="Print questions without answers."),
    ] = False,
    key: Annotated[
        bool, typer.Option("--key", rich_help_panel=COMMON, help="Print the answers.")
    ] = False,
    export: Annotated[
        str | None,
        typer.Option(
            "--export",
            metavar="html",
            rich_help_panel=COMMON,
            help="One page with the questions, then the key; --blind or --key: that half alone.",
        ),
    ] = None,
    output: Annotated[
        str | None,
        typer.Option("-o", "--output", metavar="FILE", help="Write the page here, owner-only."),
    ] = None,
    folder: Annotated[
        str | None, typer.Option("--dir", metavar="DIR", help="Further lessons, *.toml.")
    ] = None,
    checking: Annotated[
        bool, typer.Option("--check", help="Check every lesson; play none.")
    ] = False,
    no_progress: Annotated[
        bool, typer.Option("--no-progress", help="Keep nothing of how the cases went.")
    ] = False,
    guideline: Annotated[
        str | None,
        typer.Option(
            metavar="PROFILE", help="simit-2022, escmid-2022 or idsa-2026. [NDM_ADVISOR_GUIDELINE]"
        ),
    ] = None,
    region: Annotated[
        str | None, typer.Option(metavar="EU|US", help="Labels to use. [NDM_ADVISOR_REGION]")
    ] = None,
    on: Annotated[
        str | None,
        typer.Option(
            "--on",
            metavar="YYYY-MM-DD",
            rich_help_panel=COMMON,
            help="Date of advice in place of each lesson's own. [NDM_ADVISOR_ON]",
        ),
    ] = None,
    data: Data = None,
    strict: Strict = False,
    linear: Linear = False,
    tall_man: TallMan = False,
) -> ExitStatus:
    """Do the one thing asked for."""
    _refuse_mixtures(
        {"--list": listing, "--check": checking, "--blind or --key": blind or key},
        export=export,
        output=output,
    )
    asked = _Asked(lesson, folder, guideline, region, on, data, strict)
    room = _enter(asked)
    if checking:
        return _check(room)
    _say_refused(room)
    if listing:
        return _list(room, no_progress=no_progress, linear=linear, tall_man=tall_man)
    chosen = _chosen(asked, room)
    if export is not None:
        return _export(room, chosen, output, blind=blind or not key, key=key or not blind)
    if blind or key:
        return _print(room, chosen, blind=blind, key=key, linear=linear, tall_man=tall_man)
    return _play(asked, room, chosen, no_progress=no_progress, linear=linear, tall_man=tall_man)


def _refuse_mixtures(asked: dict[str, bool], *, export: str | None, output: str | None) -> None:
    """Options that ask for different things at once, refused before anything is read."""
    wanted = [name for name, is_asked in asked.items() if is_asked]
    if len(wanted) > 1 or (export is not None and wanted in (["--list"], ["--check"])):
        message = f"{' and '.join([*wanted, *(['--export'] if export else [])])}: ask for one"
        raise UsageError(message)
    if export is not None and export not in _FORMATS:
        message = f"--export: `{export}` is not a format; write html"
        raise UsageError(message)
    if output is not None and export is None:
        message = "-o is for --export html"
        raise UsageError(message)


# -- the room -------------------------------------------------------------------------------------


def _enter(asked: _Asked) -> _Room:
    """Load the base, the settings and the lessons.

    Raises:
        NdmAdvisorError: options, settings or knowledge do not allow it.
    """
    import os  # noqa: PLC0415

    from ndm_advisor.cli.base import load_base, names_of  # noqa: PLC0415
    from ndm_advisor.cli.inputs import ON, date_of_advice  # noqa: PLC0415
    from ndm_advisor.cli.settings import read_local  # noqa: PLC0415
    from ndm_advisor.cli.teaching.adviser import Adviser  # noqa: PLC0415
    from ndm_advisor.cli.teaching.collection import collect  # noqa: PLC0415

    day = date_of_advice(asked.on)
    knowledge = load_base(asked.data)
    if asked.strict and knowledge.review_due_on < day.isoformat():
        message = f"overdue for review since {knowledge.review_due_on} (--strict)"
        raise KnowledgeError((message,))
    names = names_of(knowledge)
    is_day_given = asked.on is not None or bool(os.environ.get(ON))
    held = collect(knowledge, names, folder=asked.folder, on=day if is_day_given else None)
    local = read_local(names, on=day)
    adviser = Adviser(knowledge, local, asked.guideline, asked.region)
    return _Room(adviser, names, held, day, asked.data)


def _say_refused(room: _Room) -> None:
    """Name what is not used, and how to see why; and overdue knowledge."""
    from ndm_advisor.cli.guard import say  # noqa: PLC0415

    for report in room.collection.refused:
        say(f"{report.path}: not used; `ndm-advisor teach --check` says why")
    due = room.adviser.knowledge.review_due_on
    if due < room.on.isoformat():
        say(f"KNOWLEDGE OVERDUE FOR REVIEW since {due}")


def _chosen(asked: _Asked, room: _Room) -> "Lesson | None":
    """The lesson of this number or name; None when none was named.

    Raises:
        UsageError: there is none.
    """
    from ndm_advisor.read.names import similar_words  # noqa: PLC0415

    lessons = room.collection.lessons
    if not lessons:
        message = "no lesson can be used: `ndm-advisor teach --check` says why"
        raise UsageError(message)
    if asked.lesson is None:
        return None
    for lesson in lessons:
        if asked.lesson in {str(lesson.order), lesson.id}:
            return lesson
    near = similar_words(asked.lesson, [one.id for one in lessons])
    meant = f"; did you mean {near[0]}?" if near else ""
    message = f"no lesson `{asked.lesson}`{meant}\n`ndm-advisor teach --list` names them"
    raise UsageError(message)


# -- list, check ----------------------------------------------------------------------------------


def _kept_in(*, no_progress: bool) -> "Path | None":
    from ndm_advisor.cli.teaching.progress import progress_path  # noqa: PLC0415

    return None if no_progress else progress_path()


def _list(room: _Room, *, no_progress: bool, linear: bool, tall_man: bool) -> ExitStatus:
    from ndm_advisor.cli.screen import write_out  # noqa: PLC0415
    from ndm_advisor.cli.teaching.course import list_parts  # noqa: PLC0415
    from ndm_advisor.cli.teaching.desk import sheet_for  # noqa: PLC0415
    from ndm_advisor.cli.teaching.progress import read_progress  # noqa: PLC0415
    from ndm_advisor.render.sheet import write  # noqa: PLC0415

    path = _kept_in(no_progress=no_progress)
    parts = list_parts(room.collection, read_progress(path), path)
    write_out(write("LESSONS", parts, sheet_for(linear=linear, tall_man=tall_man)))
    return ExitStatus.OK


def _check(room: _Room) -> ExitStatus:
    from ndm_advisor.cli.screen import write_out  # noqa: PLC0415
    from ndm_advisor.cli.teaching.check import faults_of  # noqa: PLC0415
    from ndm_advisor.read.diagnostics import FileReport, render_report  # noqa: PLC0415
    from ndm_advisor.render.text import visible  # noqa: PLC0415

    shelf = room.shelf()
    held = room.collection
    found = [(one, faults_of(one, room.adviser, shelf)) for one in held.lessons]
    reports = [*held.refused, *(FileReport(one.path, faults) for one, faults in found if faults)]
    if reports:
        sys.stdout.flush()
        sys.stderr.write(render_report(reports))
    sound = sum(not faults for _, faults in found)
    folders = ", ".join(visible(str(folder)) for folder in held.folders)
    write_out(f"{sound} of {len(found) + len(held.refused)} lessons are sound; in {folders}\n")
    if not reports:
        return ExitStatus.OK
    return ExitStatus.SOME_NOT_ASSESSED if sound else ExitStatus.NONE_ASSESSED


# -- on paper -------------------------------------------------------------------------------------


def _pages(
    room: _Room, chosen: "Lesson | None", *, blind: bool, key: bool
) -> "list[tuple[str, list[Page]]]":
    """The headings asked for, each with a page for every lesson chosen."""
    from ndm_advisor.cli.teaching.printed import key_page, questions_page  # noqa: PLC0415

    lessons = room.collection.lessons if chosen is None else (chosen,)
    sections = []
    if blind:
        pages = [questions_page(one, room.adviser) for one in lessons]
        sections.append(("Questions", pages))
    if key:
        shelf, mechanisms = room.shelf(), room.collection.mechanisms
        pages = [key_page(one, room.adviser, mechanisms, shelf) for one in lessons]
        sections.append(("Key", pages))
    return sections


def _print(
    room: _Room,
    chosen: "Lesson | None",
    *,
    blind: bool,
    key: bool,
    linear: bool,
    tall_man: bool,
) -> ExitStatus:
    from ndm_advisor.cli.screen import write_out  # noqa: PLC0415
    from ndm_advisor.cli.teaching.desk import sheet_for  # noqa: PLC0415
    from ndm_advisor.render.sheet import write  # noqa: PLC0415

    sheet = sheet_for(linear=linear, tall_man=tall_man)
    pages = [page for _, held in _pages(room, chosen, blind=blind, key=key) for page in held]
    write_out("\n".join(write(page.title, page.parts, sheet) for page in pages))
    return ExitStatus.OK


def _export(
    room: _Room, chosen: "Lesson | None", output: str | None, *, blind: bool, key: bool
) -> ExitStatus:
    from ndm_advisor.cli.guard import say  # noqa: PLC0415
    from ndm_advisor.cli.screen import check_target, write_file, write_out  # noqa: PLC0415
    from ndm_advisor.cli.teaching.answer_sheet import CLOSING  # noqa: PLC0415
    from ndm_advisor.cli.teaching.export import to_html  # noqa: PLC0415
    from ndm_advisor.version import VERSION  # noqa: PLC0415

    target = None if output in {None, "-"} else output
    if target is not None:
        check_target(target, beside=None if chosen is None else chosen.path)
    base = room.adviser.knowledge
    footer = (
        f"ndm-advisor {VERSION} | knowledge {base.version}, checked {base.reviewed_on}, due "
        f"{base.review_due_on} | {CLOSING}"
    )
    page = to_html("Worked cases", _pages(room, chosen, blind=blind, key=key), footer).encode()
    if target is None:
        write_out(page)
    else:
        write_file(target, page)
        say(f"{target} is written, readable by you alone")
    return ExitStatus.OK


# -- at the desk ----------------------------------------------------------------------------------


def _play(
    asked: _Asked,
    room: _Room,
    chosen: "Lesson | None",
    *,
    no_progress: bool,
    linear: bool,
    tall_man: bool,
) -> ExitStatus:
    from ndm_advisor.cli.guard import working_on  # noqa: PLC0415
    from ndm_advisor.cli.teaching.course import Sitting, play_on, play_one  # noqa: PLC0415
    from ndm_advisor.cli.teaching.desk import open_desk  # noqa: PLC0415

    desk = open_desk(linear=linear, tall_man=tall_man)
    kept_in = _kept_in(no_progress=no_progress or not desk.is_own)
    sitting = Sitting(desk, room.adviser, room.names, room.collection, room.shelf, kept_in, room.on)
    with working_on(f"lesson {asked.lesson}" if asked.lesson else "the lessons"):
        if chosen is None:
            play_on(sitting)
        else:
            play_one(sitting, chosen)
    return ExitStatus.OK
