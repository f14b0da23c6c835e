"""The entry point: `ndm-advisor`, also `python -m ndm_advisor`."""

from __future__ import annotations

import gc
import sys
from typing import Final

# One answer makes many small objects that stay until the end; the usual 700 looks for garbage
# among them again and again. A batch still collects its garbage.
_COLLECT_EVERY: Final = 50_000


def main() -> None:
    """Run the program and end with its exit status."""
    gc.set_threshold(_COLLECT_EVERY)
    try:
        if sys.stdout is None or sys.stderr is None:
            from ndm_advisor.cli.guard import stand_in_for_closed_streams  # noqa: PLC0415  # rare

            stand_in_for_closed_streams()
        from ndm_advisor.cli.program import app  # noqa: PLC0415  # interrupted imports end here too

        app(prog_name="ndm-advisor")
    except KeyboardInterrupt:
        sys.stderr.write("ndm-advisor: interrupted\n")
        sys.exit(130)
    except Exception as error:  # noqa: BLE001  # outside a command; a crash must not leave status 1
        from ndm_advisor.cli.guard import crashed  # noqa: PLC0415

        sys.exit(int(crashed(error)))
    finally:
        gc.disable()  # the memory goes back as a whole; sorting it first is a twentieth of the run
