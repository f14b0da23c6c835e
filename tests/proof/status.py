"""Which figures of docs/proof.md still count: `python -m tests.proof.status [--write]`."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.proof import page


def status_lines(of: Path = page.PAGE, root: Path = page.ROOT) -> list[str]:
    """A line for each section: current, or which folders have changed since, or never run."""
    lines = []
    for name in page.names(of):
        changed = page.stale(name, of, root)
        if changed is None:
            lines.append(f"- {name}: not run")
        elif changed:
            listed = ", ".join(f"`{folder}`" for folder in changed)
            lines.append(f"- {name}: no longer current, changed since: {listed}")
        else:
            lines.append(f"- {name}: current")
    return lines


def main() -> int:
    """Print the status; with `--write` put it into the page too. Always 0: a stale figure is told,
    not punished, because only a full run can renew it."""
    lines = status_lines()
    sys.stdout.write("\n".join(lines) + "\n")
    if "--write" in sys.argv[1:]:
        page.put("status", "\n".join(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())
