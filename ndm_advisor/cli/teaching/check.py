"""What a lesson's own file cannot show: whether it can be answered, and keeps its answer to itself.

Everything is asked of the tool: the answer a lesson leads to is the one it gives now.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from ndm_advisor.cli.teaching.adviser import Adviser
from ndm_advisor.cli.teaching.lesson import Lesson
from ndm_advisor.cli.teaching.printed import tests_of
from ndm_advisor.errors import Problem
from ndm_advisor.explain.page_parts import Shelf
from ndm_advisor.explain.pages import pages, suggestions
from ndm_advisor.model.answer import DrugOrder, Offer, Recommendation
from ndm_advisor.model.case import Order
from ndm_advisor.model.words import drug_name, join_names

_HARMFUL: Final = "harmful"
_UNITS: Final = {
    "million-units-colistimethate": "dose_million_units",
    "mg-colistin-base": "dose_mg_colistin_base",
    "mg-polymyxin-b": "dose_mg_polymyxin_b",
    "units-polymyxin-b": "dose_units",
}


def faults_of(lesson: Lesson, adviser: Adviser, shelf: Shelf) -> tuple[Problem, ...]:
    """Every fault that shows only beside the tool's answer."""
    answer = adviser.answer(lesson)
    return (
        *_unknown_ids(lesson, shelf),
        *_missing_choices(lesson, answer, adviser),
        *_given_away(lesson, answer),
        *_cannot_be_won(lesson, answer, adviser),
    )


def _unknown_ids(lesson: Lesson, shelf: Shelf) -> Iterator[Problem]:
    for ident in lesson.see:
        if not pages(ident, shelf):
            near = suggestions(ident, shelf)
            help_ = f"did you mean {join_names(near, 'or')}?" if near else None
            yield _problem("E607", "see", f"`explain {ident}` knows no such id", help_)


def _missing_choices(lesson: Lesson, answer: Recommendation, adviser: Adviser) -> Iterator[Problem]:
    choices = tests_of(lesson, adviser.knowledge)
    for name in answer.lab_names:
        if name not in choices:
            message = f"the tool asks for {name}, which cannot be chosen"
            yield _problem("E611", "laboratory", message, "add its id, or leave the key out")


def _given_away(lesson: Lesson, answer: Recommendation) -> Iterator[Problem]:
    """Whatever is read before the answer names no drug that the answer offers."""
    drugs = {order.drug for offer in answer.regimens for order in offer.drugs}
    texts = {"title": (lesson.title,), "before": lesson.before, "questions": lesson.questions}
    for key, lines in texts.items():
        said = " ".join(lines).casefold()
        named = [drug for drug in sorted(drugs) if _names(said, drug)]
        if named:
            shown = join_names(drug_name(drug) for drug in named)
            message = f"it names {shown}, which the tool offers here"
            yield _problem("E612", key, message, "what gives the answer away belongs in `after`")


def _names(text: str, drug: str) -> bool:
    """Whether the drug is named whole: `aztreonam` is not in `aztreonam-avibactam`."""
    pattern = rf"(?<![\w-]){re.escape(drug_name(drug).casefold())}(?![\w-])"
    return re.search(pattern, text) is not None


def _cannot_be_won(lesson: Lesson, answer: Recommendation, adviser: Adviser) -> Iterator[Problem]:
    if not answer.regimens:
        return
    orders = orders_of(answer.regimens[0])
    judged = adviser.judge(lesson, orders)
    if judged.order_check.verdict == _HARMFUL:
        stops = join_names(a.id for a in judged.order_check.alerts if a.tier == "stop")
        message = f"the regimen the tool offers first would lose the case: {stops}"
        yield _problem("E613", "case", message, "take a case in which something may be given")


def orders_of(offer: Offer) -> tuple[Order, ...]:
    """The orders of a regimen as offered, companions with it: what the right answer looks like."""
    return tuple(_order(order) for order in (*offer.drugs, *offer.companions))


def _order(order: DrugOrder) -> Order:
    fields: dict[str, object] = {"drug": order.drug, "drug_id": order.drug}
    dose = order.maintenance_dose
    if dose is None:
        return Order.model_validate(fields)
    if dose.units is not None:
        fields[_UNITS[dose.units.system]] = dose.units.amount
    else:
        fields["dose_mg"] = dose.total_mg
    fields |= {"interval_h": order.interval_h, "infusion_h": order.infusion_h}
    return Order.model_validate({k: v for k, v in fields.items() if v is not None})


def _problem(code: str, key: str, message: str, help_: str | None) -> Problem:
    return Problem(code, "error", key, None, None, message, help_)
