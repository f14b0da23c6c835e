"""A case by question and answer, and saving it."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

import tomli

from ndm_advisor.cli.asking.known import Known, Setting, put_at, value_at
from ndm_advisor.cli.asking.session import Session
from ndm_advisor.cli.asking.terminal import Terminal, open_terminal
from ndm_advisor.cli.base import load_base, names_of
from ndm_advisor.cli.inputs import date_of_advice
from ndm_advisor.cli.screen import check_target, write_file
from ndm_advisor.cli.settings import read_local
from ndm_advisor.errors import CaseInvalidError, UsageError
from ndm_advisor.model.case import Case
from ndm_advisor.read.case_file import read_case
from ndm_advisor.read.document import Document
from ndm_advisor.read.settings import apply_settings
from ndm_advisor.read.write_case import to_toml

_BLANK: Final = {"isolate": {"organism": "Escherichia coli"}, "infection": {"site": "other"}}


class Asked(NamedTuple):
    """A case as it was asked for, its text as a case file, and where the rest may be asked."""

    case: Case
    text: str
    terminal: Terminal
    setting: Setting


def ask_case(
    *,
    finish: str,
    on: str | None,
    data: str | None,
    guideline: str | None = None,
    region: str | None = None,
    settings: Sequence[str] = (),
) -> Asked:
    """Ask for a case at the terminal; the other arguments are options of the command.

    `finish` is the word that ends the summary. `settings` (`--set`) are known and shown.

    Raises:
        KeyboardInterrupt: the person left.
        CaseInvalidError: `settings` make no sound case.
        UsageError: no terminal, or an option or setting that cannot be used.
        KnowledgeError: the base cannot be used.
    """
    terminal = open_terminal()
    day = date_of_advice(on)
    knowledge = load_base(data)
    names = names_of(knowledge)
    setting = Setting(knowledge, names, day, read_local(names, on=day), guideline, region)
    known = Known(setting, _start(settings, setting))
    case = Session(terminal, known, finish=finish).run()
    text = to_toml(case)
    if read_case(text, path=None, names=names, on=day)[0] != case:
        message = "the case does not read back as it was asked"
        raise AssertionError(message)
    return Asked(case, text, terminal, setting)


def offer_to_save(terminal: Terminal, text: str) -> None:
    """Ask for a path and write the case there; Enter writes nothing.

    Raises:
        KeyboardInterrupt: Ctrl-C, or the end of the input.
    """
    terminal.say()
    terminal.say("Save the case? A file name such as case.toml; no patient's name or number.")
    while True:
        answer = terminal.ask("[Enter: not saved] > ")
        if answer.casefold() in {"", "no", "quit", "back", "unknown"}:
            terminal.say("Not saved.")
            return
        if _save(terminal, answer, text):
            return


def _save(terminal: Terminal, answer: str, text: str) -> bool:
    """Write the file unless something speaks against it; whether it was written."""
    path = answer
    with contextlib.suppress(RuntimeError):  # no home: the name as it stands
        path = str(Path(answer).expanduser())
    try:
        if path.lower().endswith(".json"):
            message = "the case is written as TOML: a name that ends in .json would be read as JSON"
            raise UsageError(message)
        check_target(path, beside=None, over_case=True)
        if Path(path).exists() and not _may_overwrite(terminal, path):
            return False
        write_file(path, text.encode())
    except (UsageError, ValueError) as error:
        terminal.say(f"Not saved: {str(error).removeprefix('-o: ')}.")
        return False
    terminal.say(f"Saved as {path}, readable by you alone.")
    return True


def _may_overwrite(terminal: Terminal, path: str) -> bool:
    terminal.say(f"{path} exists.")
    if terminal.ask("Overwrite it? yes or no [Enter: no] > ").casefold() == "yes":
        return True
    terminal.say("Not overwritten. Another name, or Enter to save nothing.")
    return False


def _start(settings: Sequence[str], setting: Setting) -> Document:
    """The document that `settings` make, names and forms as the model has them."""
    if not settings:
        return {}
    given = apply_settings({}, settings, setting.names)
    try:
        case = Known(setting, given).case()
    except CaseInvalidError as error:
        raise CaseInvalidError("--set", error.problems) from None
    document: Document = tomli.loads(to_toml(case))
    document.pop("format")
    for table, fields in _BLANK.items():
        for field in fields:
            if value_at(given, (table, field)) is None:
                put_at(document, (table, field), None)
    return document
