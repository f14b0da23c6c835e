"""How far a long run has come: on standard error, and only after a second."""

from __future__ import annotations

import sys
import time
from typing import Final

_QUIET_S: Final = 1.0
_REDRAW_S: Final = 0.2
_EVERY: Final = 50


class Progress:
    """A line that is redrawn on a terminal; else, and for screen readers, one in 50 cases."""

    def __init__(self, *, linear: bool) -> None:
        """Begin to measure."""
        self._redraws = sys.stderr.isatty() and not linear
        self._start = time.monotonic()
        self._drawn_at = self._start
        self._drawn = ""

    def tick(self, cases: int) -> None:
        """Say how many cases are done, when it is time to."""
        now = time.monotonic()
        if now - self._start < _QUIET_S:
            return
        if not self._redraws:
            if cases % _EVERY == 0:
                sys.stderr.write(f"{cases} cases done\n")
        elif now - self._drawn_at >= _REDRAW_S:
            self.clear()
            self._drawn = f"{cases} cases done"
            self._drawn_at = now
            sys.stderr.write(self._drawn)
            sys.stderr.flush()

    def clear(self) -> None:
        """Take the line away, so that something else can be said."""
        if self._drawn:
            sys.stderr.write("\r" + " " * len(self._drawn) + "\r")
            sys.stderr.flush()
            self._drawn = ""
