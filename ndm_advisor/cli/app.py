"""The entry point: `ndm-advisor`, also `python -m ndm_advisor`."""

from __future__ import annotations

import gc
import sys
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import typer

# One answer makes many small objects that stay until the end; the usual 700 looks for garbage
# among them again and again. A batch still collects its garbage.
COLLECT_EVERY: Final = 50_000


def main() -> None:
    """Run the program and end with its exit status."""
    gc.set_threshold(COLLECT_EVERY)
    try:
        if sys.stdout is None or sys.stderr is None:
            from ndm_advisor.cli.guard import stand_in_for_closed_streams  # noqa: PLC0415  # rare

            stand_in_for_closed_streams()
        _program()(prog_name="ndm-advisor")
    except KeyboardInterrupt:
        sys.stderr.write("ndm-advisor: interrupted\n")
        sys.exit(130)
    except Exception as error:  # noqa: BLE001  # outside a command; a crash must not leave status 1
        from ndm_advisor.cli.guard import crashed  # noqa: PLC0415

        sys.exit(int(crashed(error)))
    finally:
        gc.disable()  # the memory goes back as a whole; sorting it first is a twentieth of the run


def _program() -> typer.Typer:
    """All commands; for `advise`, asked for at the bedside, that one alone: the others cost time.

    Imported here, so that an interrupted import ends in `main` too.
    """
    if sys.argv[1:2] == ["advise"]:
        from ndm_advisor.cli.root import add_advise, bare_program  # noqa: PLC0415

        program = bare_program()
        add_advise(program)
        return program
    from ndm_advisor.cli.program import app  # noqa: PLC0415

    return app
