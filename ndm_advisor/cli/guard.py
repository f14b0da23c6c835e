"""Every way a command can end, turned into one exit status and words on standard error.

Typer would end a crash with status 1 and a traceback, and an interrupted run likewise in some of
its versions. Nothing a case holds is ever repeated here: only the kind and the place of a fault.
"""

from __future__ import annotations

import contextlib
import errno
import functools
import os
import sys
import traceback
from collections.abc import Callable, Iterator
from typing import Final, ParamSpec

import typer

from ndm_advisor.cli.exit_status import ExitStatus
from ndm_advisor.errors import CaseError, KnowledgeError, NdmAdvisorError
from ndm_advisor.version import VERSION

DEBUG: Final = "NDM_ADVISOR_DEBUG"
_WHILE: Final = "while working on "
# A full disk, a file that may not grow, a stream that is closed: no fault of the program.
_UNWRITTEN: Final = frozenset(
    {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF}  # the writing alone
)
_SETTING_CODE: Final = "E211"  # a --set that cannot be read: the option's fault, not the case's

P = ParamSpec("P")


def guarded(command: Callable[P, ExitStatus | None]) -> Callable[P, None]:
    """Run `command` so that whatever happens ends with the right status.

    A command that returns None goes on: for callbacks of options.
    """

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        status = _status_of(functools.partial(command, *args, **kwargs))
        if status is not None:
            raise typer.Exit(int(status))

    return run


def _status_of(command: Callable[[], ExitStatus | None]) -> ExitStatus | None:
    try:
        status = command()
        sys.stdout.flush()
    except typer.Exit:
        raise
    except KeyboardInterrupt:
        say("interrupted")
        return ExitStatus.INTERRUPTED
    except BrokenPipeError:
        forget_output()  # whoever read has seen enough; that is no fault
        return ExitStatus.OK
    except NdmAdvisorError as error:
        return explained(error)
    except Exception as error:  # noqa: BLE001  # a crash must not leave status 1
        return crashed(error)
    return status


def explained(error: NdmAdvisorError) -> ExitStatus:
    """Say on standard error what is wrong and with what; the status that stands for it."""
    if isinstance(error, CaseError):
        return _refused(error)
    if isinstance(error, KnowledgeError):
        for problem in error.problems:
            say(f"knowledge base: {problem}")
        return ExitStatus.KNOWLEDGE
    say(str(error))
    return ExitStatus.USAGE


def _refused(error: CaseError) -> ExitStatus:
    from ndm_advisor.read.diagnostics import (  # noqa: PLC0415  # rare
        FileReport,
        render_problem,
        render_report,
    )

    is_setting = all(problem.code == _SETTING_CODE for problem in error.problems)
    sys.stdout.flush()
    if is_setting:  # no file is at fault, and none is counted
        shown = [render_problem(problem, path="--set") for problem in error.problems]
        sys.stderr.write("\n".join([*shown, "nothing was assessed\n"]))
        return ExitStatus.USAGE
    sys.stderr.write(render_report([FileReport(error.path, error.problems)]))
    return ExitStatus.NONE_ASSESSED


def crashed(error: BaseException) -> ExitStatus:
    """Say in one line that the program is at fault, where, and how to report it.

    Output that cannot be written is not its fault: that is said instead.
    """
    if isinstance(error, OSError) and error.errno in _UNWRITTEN and error.filename is None:
        return _unwritten(error)
    with contextlib.suppress(Exception):
        if os.environ.get(DEBUG) == "1":
            traceback.print_exception(error, file=sys.stderr)  # never with the local variables
        where = _place(error)
        notes = [n for n in getattr(error, "__notes__", ()) if n.startswith(_WHILE)]
        during = f" {notes[0]}" if notes else ""
        say(
            f"internal error{during}: {type(error).__name__} at {where} (version {VERSION}). "
            "Nothing was advised; the fault is the program's, not the case's. Report this line "
            "where the program's repository is hosted, without patient data. "
            f"{DEBUG}=1 shows the traceback."
        )
    return ExitStatus.INTERNAL


def _unwritten(error: OSError) -> ExitStatus:
    say(f"the output cannot be written: {error.strerror}; what there is of it is not whole")
    forget_output()
    return ExitStatus.USAGE


def _place(error: BaseException) -> str:
    """The innermost line of our own code, by module and line number."""
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120  # cheap
    frames = traceback.extract_tb(error.__traceback__)
    own = [f for f in frames if f.filename.startswith(package)] or list(frames)
    if not own:
        return "an unknown place"
    name = own[-1].filename.removeprefix(package).lstrip(os.sep)
    return f"{name}:{own[-1].lineno}"


@contextlib.contextmanager
def working_on(name: str) -> Iterator[None]:
    """Name the case file in the report of a crash that happens inside."""
    try:
        yield
    except Exception as error:
        error.add_note(f"{_WHILE}{name}")
        raise


def say(text: str) -> None:
    """One message on standard error, nothing in it that a terminal would obey."""
    from ndm_advisor.render.text import visible  # noqa: PLC0415  # only when there is a message

    shown = "\n".join(visible(line) for line in text.splitlines())
    with contextlib.suppress(OSError, ValueError):  # no standard error: nobody to tell
        sys.stderr.write(f"ndm-advisor: {shown}\n")
        sys.stderr.flush()


def stand_in_for_closed_streams() -> None:
    """Where the shell closed a stream, put one in its place that takes or refuses what is written.

    Python has None there. An answer that goes nowhere is a fault; a message that nobody reads is
    none. The places are filled also so that no file is opened as number 1 or 2.
    """
    if sys.stdout is None:
        sys.stdout = os.fdopen(os.open(os.devnull, os.O_RDONLY), "w", encoding="utf-8")
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123  # for good


def forget_output() -> None:
    """Send what is still buffered nowhere, so that Python does not complain when it ends."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
