"""What the tool answers: plain frozen tuples with the names of the JSON answer.

Field names are the public contract (interface section 2): `render/as_json.py` writes each tuple as
an object with these keys. Text is for people and may change; ids, numbers and enums are for
programs.
"""

from typing import Literal, NamedTuple

Outcome = Literal["out_of_scope", "not_treatment", "abstention", "regimens"]
Rank = Literal["preferred", "alternative", "last_resort"]
Tier = Literal["stop", "caution", "note"]
Truth = Literal["true", "false", "unknown"]
Scalar = str | float | int | bool | None


class Cited(NamedTuple):
    """A source id and the place in it: table, page, section, row."""

    id: str
    at: str


class Finding(NamedTuple):
    """One condition that was asked and what came out.

    `compared` maps dotted case keys (or fact names where no key exists) to the values compared.
    """

    stage: str
    rule: str
    result: Truth
    compared: dict[str, Scalar]
    sources: tuple[Cited, ...] = ()
    text: str = ""


class PerKg(NamedTuple):
    """How a weight-based amount came about."""

    mg_per_kg: float
    to_mg_per_kg: float | None
    weight_kg: float | None
    weight_basis: Literal["actual", "ideal", "adjusted"]


class Units(NamedTuple):
    """A polymyxin amount in the unit system its source prints; never converted."""

    system: Literal[
        "million-units-colistimethate", "mg-colistin-base", "mg-polymyxin-b", "units-polymyxin-b"
    ]
    amount: float
    to_amount: float | None


class Dose(NamedTuple):
    """One administration. `total_mg` is null where the source doses in other units."""

    text: str
    total_mg: float | None
    to_total_mg: float | None
    components_mg: dict[str, float] | None
    per_kg: PerKg | None
    units: Units | None


class CrclBand(NamedTuple):
    """The band used, in mL/min, with the side of each edge."""

    from_ml_min: float
    from_included: bool
    to_ml_min: float | None
    to_included: bool


class BandEdge(NamedTuple):
    """The nearest edge at which this drug's dose changes."""

    distance_ml_min: float
    dose_beyond: str


class BandDose(NamedTuple):
    """One band with its dose, printed while the patient's own is not known."""

    band: str
    loading_dose: Dose | None
    maintenance_dose: Dose | None
    interval_h: float | None
    to_interval_h: float | None
    infusion_h: float | None
    text: str
    sources: tuple[Cited, ...]


class AlternativeDose(NamedTuple):
    """Another order for the same purpose, and why it stands beside."""

    why: Literal["aki-first-48-h", "oral", "label"]
    route: str
    loading_dose: Dose | None
    maintenance_dose: Dose | None
    interval_h: float | None
    infusion_h: float | None
    sources: tuple[Cited, ...]
    text: str = ""


class DrugOrder(NamedTuple):
    """One drug of a regimen, whole: everything a nurse, a pump and a pharmacist need."""

    drug: str
    route: str
    loading_dose: Dose | None
    maintenance_dose: Dose | None
    interval_h: float | None
    to_interval_h: float | None
    doses: int | None
    infusion_h: float | None
    to_infusion_h: float | None
    daily_max_mg: float | None
    crcl_band: CrclBand | None
    band_edge: BandEdge | None
    bands: tuple[BandDose, ...] | None
    alternative_dose: AlternativeDose | None
    dialysis: str | None
    basis: str
    sources: tuple[Cited, ...]
    pending: str | None = None  # why no dose stands here, in words; null when it does
    notes: tuple[str, ...] = ()
    longest_interval_h: float | None = None  # up to which the source shares out a daily amount


class Offer(NamedTuple):
    """One regimen offered."""

    id: str
    rank: Rank
    order: int
    provisional: bool
    conditions: tuple[str, ...]
    companions: tuple[DrugOrder, ...]
    support: Literal["susceptible", "untested", "not_needed"]
    strength: str | None
    certainty: str | None
    basis: str
    because: tuple[str, ...]
    sources: tuple[Cited, ...]
    drugs: tuple[DrugOrder, ...]
    administration: tuple[str, ...] = ()
    supply: tuple[str, ...] = ()


class Rejected(NamedTuple):
    """A strategy that is not offered, and the rules that say so."""

    id: str
    because: tuple[str, ...]
    rules: tuple[str, ...]
    sources: tuple[Cited, ...] = ()


class Abstention(NamedTuple):
    """Why nothing is offered, what would settle it, and every line to be printed."""

    reason: str
    would_settle: tuple[str, ...]
    ask: str
    running_drug: str
    sources: tuple[Cited, ...]
    rule: str = ""
    lines: tuple[str, ...] = ()  # everything to be printed, in the order of policy section 1


class Information(NamedTuple):
    """A candidate a specialist may choose; never a regimen."""

    id: str
    status: dict[str, str]
    text: str


class Alert(NamedTuple):
    """One alert in words, with its tier and next step."""

    id: str
    tier: Tier
    text: str
    action: str
    sources: tuple[Cited, ...]
    standing: bool = False
    acknowledged: str | None = None
    priority: int = 50


Do = Literal["stop", "replace", "adjust", "add", "call"]


class Change(NamedTuple):
    """What to do with one order."""

    order: int
    do: Do
    to: str | None
    because: str


class OrderLine(NamedTuple):
    """One order as the case gives it. `drug` is null for a drug outside the base.

    `assessed` is false where dose or interval is missing, or the drug or the case is outside.
    """

    order: int
    drug: str | None
    text: str
    assessed: bool


class OrderCheck(NamedTuple):
    """The verdict over the set of orders."""

    verdict: str
    alerts: tuple[Alert, ...]
    change: tuple[Change, ...]
    orders: tuple[OrderLine, ...] = ()


class SusceptibilityLine(NamedTuple):
    """One row of the panel: reported, read and used."""

    drug: str
    mic_mg_l: str | None
    zone_mm: float | None
    reported: str | None
    read_as: str | None
    breakpoint: str | None
    used: str
    why: str
    standard: str | None
    version: str | None


class Position(NamedTuple):
    """What one guideline profile says of this case."""

    guideline: str
    outcome: Outcome
    preferred: tuple[str, ...]
    alternative: tuple[str, ...]
    last_resort: tuple[str, ...]
    provisional: tuple[str, ...]
    strength: str | None
    certainty: str | None
    note: str
    rows: tuple[str, ...] = ()


class NotAssessed(NamedTuple):
    """`keys` are the dotted case keys that would supply it."""

    what: str
    why: str
    supply: str
    keys: tuple[str, ...] = ()


class Monitoring(NamedTuple):
    """A test and when to do it."""

    test: str
    when: str
    sources: tuple[Cited, ...]


class Duration(NamedTuple):
    """How long, in days, from the first active dose."""

    text: str
    from_days: float | None
    to_days: float | None
    sources: tuple[Cited, ...]


class ReviewDue(NamedTuple):
    """The two review dates and what to look at."""

    text: str
    first_on: str
    last_on: str
    counted_from: str
    short: str = ""  # what to review, for a screen that prints the dates itself


class PairSupport(NamedTuple):
    """Where the isolate stands on the ladder of tests of aztreonam with avibactam.

    `request` is the text for the laboratory that takes it a step up; "" on the highest step.
    """

    step: Literal["aztreonam-avibactam", "combined-test", "disk-proximity", "none"]
    text: str
    request: str


class CaseRef(NamedTuple):
    """Which case this answers."""

    id: str | None
    path: str | None
    sha256: str | None
    line: int | None = None


class Provenance(NamedTuple):
    """Versions, dates and settings behind an answer."""

    tool_version: str
    knowledge_version: str
    knowledge_sha256: str
    reviewed_on: str
    review_due_on: str
    guideline: str
    region: str
    breakpoints: str
    advised_on: str
    local_override: dict[str, object] | None
    signed_off_by: str | None = None
    guideline_from: str = "default"
    region_from: str = "default"


class Kidney(NamedTuple):
    """How the CrCl on the screen came about."""

    crcl_ml_min: float | None
    method: str  # "given" | "cockcroft-gault" | "renal-replacement" | "unknown"
    weight_kg: float | None
    weight_basis: str | None
    age_of_creatinine_days: int | None
    text: str


class Outline(NamedTuple):
    """The comparable part of an answer: no text. Equal outlines mean equal advice.

    `ranked`: (regimen id, rank, provisional) in order. `doses`: (regimen id, drug, dose key) where
    the dose key holds every number of the order. `stops`: ids of stops that are not standing.
    """

    outcome: Outcome
    reason: str
    ranked: tuple[tuple[str, Rank, bool], ...]
    doses: tuple[tuple[str, str, tuple[object, ...]], ...]
    stops: tuple[str, ...]
    dose_pending: bool


Flip = Literal["outcome", "preferred", "stop", "dose", "regimens"]


class WouldChange(NamedTuple):
    """A single change of the case that changes the advice, found by comparing outlines.

    `set` maps case keys to their new values, null for a key taken out; `also` holds further values
    of the same fact with the same effect. `outcome` and `preferred` are those of the changed case.
    `alerts_added` and `alerts_removed` are ids of stops. `flips` says what differs; "regimens" is
    any other difference in what is offered.
    """

    set: dict[str, object]
    outcome: Outcome
    preferred: tuple[str, ...]
    doses_change: bool
    alerts_added: tuple[str, ...]
    key: str
    flips: tuple[Flip, ...]
    alerts_removed: tuple[str, ...]
    also: tuple[dict[str, object], ...]
    says: str  # the change in words: "CrCl 30 mL/min or less"
    text: str  # what it does: "prefer cefiderocol"


class MissingEffect(NamedTuple):
    """What any value of a fact that is not given could change, found by trying its values."""

    key: str
    effect: Literal["none", "dose", "regimen", "outcome"]
    detail: str
    name: str


class NextQuestion(NamedTuple):
    """The test or question that settles most of what is open, with text to send."""

    key: str
    kind: Literal["test", "question", "stock"]
    effect: Literal["dose", "regimen", "outcome"]
    text: str
    because: str


class Recommendation(NamedTuple):
    """The answer of interface section 2."""

    schema_version: str
    case: CaseRef
    provenance: Provenance
    outcome: Outcome
    dose_pending: bool
    summary: str
    indicator: Literal["info", "warning", "critical"]
    regimens: tuple[Offer, ...]
    rejected: tuple[Rejected, ...]
    abstention: Abstention | None
    information: tuple[Information, ...]
    alerts: tuple[Alert, ...]
    order_check: OrderCheck
    susceptibilities: tuple[SusceptibilityLine, ...]
    guideline_positions: tuple[Position, ...]
    would_change: tuple[WouldChange, ...] | None
    missing_value_effects: tuple[MissingEffect, ...] | None
    not_assessed: tuple[NotAssessed, ...]
    lab_requests: tuple[str, ...]
    monitoring: tuple[Monitoring, ...]
    duration: Duration | None
    step_down: str | None
    review_due: ReviewDue | None
    findings: tuple[Finding, ...] | None  # null in a batch that was not asked for the trace
    notes: tuple[
        str, ...
    ]  # lines that belong on the screen: pointers, disagreement, "speaks of NDM"
    kidney: Kidney
    note: str | None  # the case's own free text, shown, never interpreted
    headline: str  # what is infected, with what, how ill: one line
    lab_names: tuple[str, ...]  # the lab requests by name, for the first screen
    allergies: tuple[str, ...] | None = None  # as the case words them; null: not given
    pair_support: PairSupport = PairSupport("none", "", "")
    next_question: NextQuestion | None = None
