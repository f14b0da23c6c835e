"""`python -m ndm_advisor`."""

from __future__ import annotations

from ndm_advisor.cli.app import main

if __name__ == "__main__":
    main()
