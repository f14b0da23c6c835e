"""The exhaustive sweep: `python -m tests.proof.sweep`. See docs/proof.md."""
