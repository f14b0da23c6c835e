"""Knowledge mutation: `python -m tests.proof.mutation`. See docs/proof.md."""
