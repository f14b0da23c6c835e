"""Mutants of `ndm_advisor/decision/`, made and run by mutmut, judged by behaviour."""
