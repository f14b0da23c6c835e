"""The slow proofs and the page they write: docs/proof.md."""
