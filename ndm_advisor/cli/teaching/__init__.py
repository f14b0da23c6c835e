"""Worked cases: the learner commits first, the tool answers, safety is scored before choice.

A lesson holds a case and teaching text and no answer. Every answer, every verdict and every dose is
worked out when it is shown, by the code that advises, so that teaching cannot disagree with it.
"""
