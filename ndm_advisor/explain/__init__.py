"""Decisions in words: formats, never decides."""
