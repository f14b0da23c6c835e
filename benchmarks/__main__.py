"""Measure anew: `python -m benchmarks [PART...] [--quick]`. See docs/performance.md."""

from __future__ import annotations

import argparse
import sys
from importlib import import_module
from importlib.util import find_spec

from benchmarks import PARTS
from benchmarks.figures import machine, show, write


def main() -> int:
    """Measure the parts asked for; 2 where one of them needs what is not installed."""
    arguments = _arguments()
    if "zen" in arguments.parts and find_spec("zen") is None:
        sys.stderr.write("zen needs zen-engine: pip install 'ndm-advisor[bench]'\n")
        return 2
    print(machine())
    for name in arguments.parts:
        measured = import_module(PARTS[name]).measure(quick=arguments.quick)
        show(name, measured)
        if not arguments.quick:
            write(name, measured)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measure, print each figure beside its aim, and write docs/performance.md.",
    )
    parser.add_argument(
        "parts", nargs="*", metavar="PART", help=f"one of {', '.join(PARTS)} (default: all)"
    )
    parser.add_argument(
        "--quick", action="store_true", help="fewer cases; prints only, the page stays as it is"
    )
    arguments = parser.parse_args()
    unknown = [part for part in arguments.parts if part not in PARTS]
    if unknown:
        parser.error(f"no part {unknown[0]!r}; the parts are {', '.join(PARTS)}")
    arguments.parts = arguments.parts or list(PARTS)
    return arguments


if __name__ == "__main__":
    sys.exit(main())
