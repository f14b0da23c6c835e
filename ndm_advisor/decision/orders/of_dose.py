"""Daily amount, interval and infusion time of an order against this patient's own."""

from collections.abc import Iterator

from ndm_advisor.decision.alerts import Raised
from ndm_advisor.decision.orders.placed import (
    BETA_LACTAMS,
    HOURS_PER_DAY,
    Ordered,
    Placed,
    expected_orders,
    load_of,
    load_text,
    raised_about,
    strategy_of,
    whole_text,
)
from ndm_advisor.model import words
from ndm_advisor.model.answer import Dose, DrugOrder


def of_doses(o: Ordered) -> Iterator[Raised]:
    """Daily amount, interval and infusion time against this patient's own order."""
    for placed in o.placed:
        strategy = strategy_of(placed.drug, o)
        if strategy is None or not placed.has_dose:
            continue
        expected = expected_orders(strategy, o).get(placed.drug)
        if expected is not None:
            yield from (_load if placed.is_loading else _against)(placed, expected, o)


def _load(placed: Placed, expected: DrugOrder, o: Ordered) -> Iterator[Raised]:
    """A load above the label's day, or above this patient's load; where none is printed, a dose."""
    ident, settings = "dose-outside-band", o.situation.knowledge.settings
    tolerance = 1 + settings.dose_tolerance
    shown = {"value": _once_text(placed), "dose_here": load_text(expected)}
    maximum = expected.daily_max_mg
    if maximum is not None and (placed.amount_mg or 0) > maximum * tolerance:
        limit = {"limit": words.grams(maximum)}
        yield raised_about(o, placed, ident, "stop", "load-maximum", **{**shown, **limit})
        return
    other = expected.alternative_dose
    allowed = [_load_ratio(placed, expected, load_of(expected))]
    if other is not None and other.why == "aki-first-48-h":
        allowed.append(_load_ratio(placed, expected, other.loading_dose))
    ratio = min((found for found in allowed if found is not None), default=1.0)
    if ratio > settings.dose_stop_above * tolerance:
        yield raised_about(o, placed, ident, "stop", "load-high", **shown)
    elif round(ratio - 1, 6) > settings.dose_caution_beyond:
        yield raised_about(o, placed, ident, "caution", "load", **shown)


def _load_ratio(placed: Placed, expected: DrugOrder, load: Dose | None) -> float | None:
    """What is ordered over the most that the load may be; None where it cannot be compared."""
    if load is None:
        return None
    most, ordered = load.to_total_mg or load.total_mg, placed.amount_mg
    if load.units is not None:
        _, most, ordered = _in_units(placed, expected._replace(maintenance_dose=load))
        most = most or load.units.amount
    return None if most is None or ordered is None else ordered / most


def _against(placed: Placed, expected: DrugOrder, o: Ordered) -> Iterator[Raised]:
    ident = "dose-outside-band"
    shown = {
        # the drug runs already: above its dose, a second load would add to the harm
        "dose_here": whole_text(expected._replace(loading_dose=None)),
        "value": _daily_text(placed),
        "limit": "",
        "interval": words.hours(placed.order.interval_h or 0),
    }
    daily = placed.daily_mg
    maximum = expected.daily_max_mg
    tolerance = 1 + o.situation.knowledge.settings.dose_tolerance
    if daily is not None and maximum is not None and daily > maximum * tolerance:
        limit = {"limit": words.grams(maximum)}
        variant = "stop-maximum" if expected.maintenance_dose else "stop-maximum-pending"
        yield raised_about(o, placed, ident, "stop", variant, **{**shown, **limit})
        return
    if expected.maintenance_dose is None or _is_alternative(placed, expected, o):
        if _is_aki_full(placed, expected, o):
            yield raised_about(o, placed, ident, "caution", "aki-full-dose", **shown)
        return
    yield from _amount(placed, expected, o, shown)


def _is_alternative(placed: Placed, expected: DrugOrder, o: Ordered) -> bool:
    """Whether the order is the answer's alternative dose: oral, or full in kidney injury."""
    other = expected.alternative_dose
    if other is None or other.maintenance_dose is None or placed.amount_mg is None:
        return False
    if other.why == "label":  # shown beside the advised dose, not instead of it
        return False
    total, top = other.maintenance_dose.total_mg, other.maintenance_dose.to_total_mg
    if total is None or placed.order.interval_h != other.interval_h:
        return False
    tolerance = o.situation.knowledge.settings.dose_tolerance
    return total * (1 - tolerance) <= placed.amount_mg <= (top or total) * (1 + tolerance)


def _is_aki_full(placed: Placed, expected: DrugOrder, o: Ordered) -> bool:
    other = expected.alternative_dose
    return _is_alternative(placed, expected, o) and bool(other and other.why == "aki-first-48-h")


def _amount(
    placed: Placed, expected: DrugOrder, o: Ordered, shown: dict[str, str]
) -> Iterator[Raised]:
    """The daily amount in tiers, then interval and infusion."""
    ident = "dose-outside-band"
    ratio = _ratio(placed, expected, o)
    settings = o.situation.knowledge.settings
    limit = {"limit": _daily_expected(expected)}
    tolerance = settings.dose_tolerance
    if _is_one_component(placed, expected, tolerance):
        value = {"value": words.grams(placed.amount_mg or 0)}
        yield raised_about(o, placed, ident, "caution", "component-or-total", **{**shown, **value})
    elif ratio is not None and ratio > settings.dose_stop_above * (1 + tolerance):
        first = {"first": words.number(ratio, 1)}
        variant = "stop-high" if placed.drug_class in BETA_LACTAMS else "stop-high-other"
        yield raised_about(o, placed, ident, "stop", variant, **{**shown, **limit, **first})
    elif ratio is not None and ratio < settings.dose_stop_below * (1 - tolerance):
        first = {"first": f"{words.number(100 * ratio, 0)} %"}
        yield raised_about(o, placed, ident, "stop", "stop-low", **{**shown, **limit, **first})
    elif ratio is not None and round(abs(ratio - 1), 6) > settings.dose_caution_beyond:
        yield raised_about(o, placed, ident, "caution", "caution", **{**shown, **limit})
    elif _other_interval(placed, expected):
        yield raised_about(o, placed, ident, "caution", "interval", **shown)
    elif _other_infusion(placed, expected):
        times = {
            "first": words.hours(placed.order.infusion_h or 0),
            "limit": words.over(expected.infusion_h, expected.to_infusion_h).removeprefix("over "),
        }
        yield raised_about(o, placed, ident, "caution", "infusion", **{**shown, **times})


def _ratio(placed: Placed, expected: DrugOrder, o: Ordered) -> float | None:
    """Ordered over expected, by day; 1 inside a printed range; None where not comparable."""
    dose = expected.maintenance_dose
    if dose is None:
        return None
    low, high = dose.total_mg, dose.to_total_mg
    ordered = placed.amount_mg
    if dose.units is not None:
        low, high, ordered = _in_units(placed, expected)
    if low is None or ordered is None:
        return None
    tops = [high or low, low]
    if expected.doses is None and expected.interval_h:
        if not placed.order.interval_h:
            return None
        ordered *= HOURS_PER_DAY / placed.order.interval_h
        slowest = expected.to_interval_h or expected.interval_h
        tops = [
            (high or low) * HOURS_PER_DAY / expected.interval_h,
            low * HOURS_PER_DAY / slowest,
        ]
    elif (
        expected.doses == 1 and placed.order.interval_h
    ):  # one dose is the course: repeated within a day, all count
        ordered *= max(1.0, HOURS_PER_DAY / placed.order.interval_h)
    top, bottom = tops
    tolerance = o.situation.knowledge.settings.dose_tolerance
    if bottom * (1 - tolerance) <= ordered <= top * (1 + tolerance):
        return 1.0
    return ordered / top if ordered > top else ordered / bottom


def _in_units(
    placed: Placed, expected: DrugOrder
) -> tuple[float | None, float | None, float | None]:
    """A polymyxin order in the unit system its table prints; never converted."""
    dose = expected.maintenance_dose
    if dose is None or dose.units is None:
        return None, None, None
    return dose.units.amount, dose.units.to_amount, _by_system(placed)[dose.units.system]


def _by_system(placed: Placed) -> dict[str, float | None]:
    """A polymyxin order in each of the unit systems; at most one of them is given."""
    order = placed.order
    return {
        "million-units-colistimethate": order.dose_million_units,
        "mg-colistin-base": order.dose_mg_colistin_base,
        "mg-polymyxin-b": order.dose_mg_polymyxin_b,
        "units-polymyxin-b": order.dose_units,
    }


def _is_one_component(placed: Placed, expected: DrugOrder, tolerance: float) -> bool:
    """Whether the ordered total equals one component of the expected dose."""
    dose = expected.maintenance_dose
    parts = dose.components_mg if dose else None
    if not parts or len(parts) == 1 or placed.amount_mg is None or placed.order.components_mg:
        return False
    amount = placed.amount_mg
    return any(abs(amount - mg) <= tolerance * mg for mg in parts.values())


def _other_interval(placed: Placed, expected: DrugOrder) -> bool:
    ordered = placed.order.interval_h
    if ordered is None:
        return False
    if expected.interval_h is None:
        return expected.doses == 1  # given once, it is not given again
    longest = expected.longest_interval_h or expected.to_interval_h or expected.interval_h
    return not expected.interval_h <= ordered <= longest


def _other_infusion(placed: Placed, expected: DrugOrder) -> bool:
    ordered = placed.order.infusion_h
    if ordered is None or expected.infusion_h is None:
        return False
    top = expected.to_infusion_h or expected.infusion_h
    return not expected.infusion_h - 0.01 <= ordered <= top + 0.01


def _once_text(placed: Placed) -> str:
    """What is ordered for one dose."""
    return _daily_text(placed._replace(order=placed.order.model_copy(update={"interval_h": None})))


def _daily_text(placed: Placed) -> str:
    """What is ordered for a day; the amount itself where no interval says how often."""
    order = placed.order
    if placed.daily_mg is not None:
        return words.grams(round(placed.daily_mg, 1))
    ordered = [(system, amount) for system, amount in _by_system(placed).items() if amount]
    if ordered:
        ((system, amount),) = ordered[:1]
        factor = HOURS_PER_DAY / order.interval_h if order.interval_h else 1
        return words.polymyxin_amount(system, amount * factor)
    return words.grams(placed.amount_mg) if placed.amount_mg is not None else "the dose"


def _daily_expected(expected: DrugOrder) -> str:
    """This patient's amount for a day: of a range the least at its longest interval."""
    dose = expected.maintenance_dose
    if dose is None:
        return "dose"
    most, least = 1.0, 1.0
    if expected.interval_h:
        most = HOURS_PER_DAY / expected.interval_h
        least = HOURS_PER_DAY / (expected.to_interval_h or expected.interval_h)
    if dose.units is not None:
        low, top = dose.units.amount * least, (dose.units.to_amount or dose.units.amount) * most
        return words.polymyxin_amount(dose.units.system, low, top if top > low else None)
    if dose.total_mg is None:
        return dose.text
    top = (dose.to_total_mg or dose.total_mg) * most
    # An interval of 18 hours divides nothing evenly; amounts by weight are printed in whole mg.
    decimals = 1 if dose.per_kg is None else 0
    return words.grams_range(round(dose.total_mg * least, decimals), round(top, decimals))
