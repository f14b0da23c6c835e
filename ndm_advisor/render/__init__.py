"""Renderers: a `Recommendation` as plain or coloured text and as JSON. They never decide."""
