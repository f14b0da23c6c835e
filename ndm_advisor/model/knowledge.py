"""The knowledge base in memory: plain frozen tuples, made from `data/` by `knowledge/`."""

from typing import Any, Literal, NamedTuple

from ndm_advisor.model.answer import Cited, Tier

Grade = Literal["P", "S", "V", "Q", "D", "U"]
Region = Literal["EU", "US"]


class Source(NamedTuple):
    """A source once, by id: what it is and how it was read."""

    id: str
    title: str
    year: int | None
    url: str
    seen_as: str
    kind: str  # guideline | label | study | standard | policy | report | equation
    grade: Grade
    reviewed_on: str
    review_due_on: str
    signed_off_by: None = None


class Amount(NamedTuple):
    """What one administration (or, with `per` = "day", one day) holds, as the source prints it.

    Exactly one of `components_mg`, `mg_per_kg` and `units_amount` is given.
    """

    per: Literal["dose", "day"]
    components_mg: tuple[tuple[str, float], ...] | None
    to_components_mg: tuple[tuple[str, float], ...] | None
    mg_per_kg: float | None
    to_mg_per_kg: float | None
    max_mg: float | None
    units_system: str | None
    units_amount: float | None
    units_to_amount: float | None
    units_per_kg: bool
    note: str | None


class Band(NamedTuple):
    """One interval of the measure with its order. `high` is infinite in the last band.

    `no_dose` says why there is none; then `maintenance` is None.
    """

    low: float
    low_included: bool
    high: float
    high_included: bool
    load: Amount | None
    maintenance: Amount | None
    interval_h: float | None
    to_interval_h: float | None
    doses: int | None
    infusion_h: float | None
    to_infusion_h: float | None
    no_dose: str | None
    note: str | None
    basis: str  # "" = the table's own
    sources: tuple[Cited, ...]
    grade: Grade


class Dosing(NamedTuple):
    """A dosing table: one drug, use, region and route; bands that tile the measure's line."""

    id: str
    drug: str
    use: str
    regions: tuple[Region, ...]
    route: str
    measure: Literal["crcl_ml_min", "effluent_l_h", "none"]
    bands: tuple[Band, ...]
    weight: Literal[
        "none", "actual", "ideal", "adjusted-above-1.2-ideal", "adjusted-above-1.25-ideal"
    ]
    haemodialysis: Band | None
    haemodialysis_text: str | None
    crrt_text: str | None
    crrt_use: str | None  # id of the Dosing with the effluent bands
    daily_max_mg: float | None
    basis: str
    label: str  # one phrase: which table this is
    sources: tuple[Cited, ...]
    grade: Grade
    reviewed_on: str
    review_due_on: str


class Drug(NamedTuple):
    """One drug: identity, licences, dosing tables, statements."""

    id: str
    name: str
    role: Literal["dosed", "panel", "component"]
    drug_class: str
    components: tuple[str, ...]
    aliases: tuple[str, ...]
    brands: tuple[str, ...]
    codes: dict[str, str]
    licences: dict[str, dict[str, object]]  # region -> {sites, text, sources}
    dosing: tuple[Dosing, ...]
    ratio: dict[str, float]  # mg of each further component per mg of the first, where dosed per kg
    text: dict[str, object]  # every other statement of the dossier, keyed, each with sources
    reviewed_on: str
    review_due_on: str
    lab_abbreviations: tuple[str, ...] = ()  # read from laboratories' files only, never as names


class Condition(NamedTuple):
    """`fact` compared by `op` with `value`. Flat; every condition of a record must hold."""

    fact: str
    op: Literal[
        "is", "is_one_of", "is_none_of", "below", "at_most", "above", "at_least", "contains_any"
    ]
    value: object


class Hazard(NamedTuple):
    """Why a drug or strategy must not, or only with care, be given."""

    id: str
    alert: str  # the alert id of policy section 6 it raises; "" for a rule that only excludes
    subject: tuple[str, ...]  # drug ids, or strategy ids when prefixed "strategy:"
    regions: tuple[Region, ...]
    when: tuple[Condition, ...]
    tier: Tier
    because: str
    do: str
    unknown_as: str  # the condition in words when it cannot be decided ("" = says nothing)
    condition: str  # the condition in words when a caution holds ("" = none)
    unknown_excludes: bool
    applies_to: Literal["both", "candidate", "order"]
    sources: tuple[Cited, ...]
    grade: Grade
    reviewed_on: str
    review_due_on: str


Put = tuple[Hazard, int]  # a hazard that is put to something, and the bits of its conditions
PutTo = dict[str, tuple[tuple[str | None, tuple[Put, ...]], ...]]  # strategy -> drug, hazards


class Question(NamedTuple):
    """The conditions on one fact as bits: `bits` all of them.

    `false_for` holds, for each value that one of them names, the bits of those it does not meet,
    `otherwise` those bits for any other value. `others` compare numbers or look into a list: they
    are asked one by one.
    """

    bits: int
    false_for: dict[object, int]
    otherwise: int
    others: tuple[tuple[Condition, int], ...]


class Questions(NamedTuple):
    """Every different condition of the hazards once, each with a bit of its own.

    `of_case` and `of_drug` (without the prefix `drug.`) hold them by fact; `put` holds, by region
    and strategy, the hazards to ask, by the drug they are asked about (None: by none).
    """

    of_case: dict[str, Question]
    of_drug: dict[str, Question]
    drug_bits: int
    put: dict[str, PutTo]


NO_QUESTIONS = Questions({}, {}, 0, {})


class Strategy(NamedTuple):
    """What one gives as a whole."""

    id: str
    drugs: tuple[str, ...]
    kind: Literal["mbl-active", "older", "cystitis-only", "companion", "salvage", "never"]
    support: str  # the fact that must speak for it: "aztreonam_support", "susceptible", "none"
    sites: tuple[str, ...]  # where it may be offered as an older agent or cystitis drug
    regions: tuple[Region, ...]
    uses: dict[str, dict[str, str]]  # drug -> site ("*" = any other) -> use of its dosing table
    alternatives: dict[str, str]  # drug -> use or "oral" shown beside the dose
    because: str  # for what is never offered: why
    sources: tuple[Cited, ...]
    group: str = ""  # the column `group` of the tables of older agents


class TableRow(NamedTuple):
    """One row: what must match, and what it gives."""

    id: str
    when: dict[str, tuple[object, ...]]
    give: dict[str, object]
    sources: tuple[Cited, ...]


class Table(NamedTuple):
    """A decision table, proved total and exclusive over its columns' domains at load."""

    id: str
    columns: dict[str, tuple[object, ...]]
    impossible: tuple[dict[str, tuple[object, ...]], ...]
    rows: tuple[TableRow, ...]


class Profile(NamedTuple):
    """One guideline profile: its tables and its grades."""

    id: str
    name: str
    year: int
    source: str
    how_read: str
    default_region: Region
    choice: Table
    older: Table
    grades: tuple[TableRow, ...]
    older_before_cefiderocol: (
        bool  # among alternatives: A/P, older agents, cefiderocol (policy 4.3)
    )


class Breakpoint(NamedTuple):
    """One standard x drug x indication x method, in the standard's own convention.

    EUCAST: `s_at_most`, `r_above` (mg/L); zone `s_at_least`, `r_below` (mm).
    CLSI and FDA: `s_at_most`, `r_at_least`; zone `s_at_least`, `r_at_most`.
    """

    id: str
    standard: Literal["EUCAST", "CLSI", "FDA"]
    version: str
    drug: str
    organisms: str  # id of an organism group in organisms.toml
    indication: str
    method: Literal["MIC", "disk"]
    status: Literal[
        "numeric", "brackets", "dash", "note", "not_listed", "no_s_category", "refers", "unreadable"
    ]
    s_at_most_mg_l: float | None
    r_above_mg_l: float | None
    r_at_least_mg_l: float | None
    s_at_least_mm: float | None
    r_below_mm: float | None
    r_at_most_mm: float | None
    between: str | None  # "I" | "SDD" | None
    off_scale_s: bool
    atu_from: float | None
    atu_to: float | None
    disk_content_ug: str | None
    remark: str
    sources: tuple[Cited, ...]


class Organism(NamedTuple):
    """A species, its group and what it resists by nature."""

    id: str
    name: str
    aliases: tuple[str, ...]
    group: Literal["e-coli", "other-enterobacterales", "out-of-scope"]
    genus: str
    family: str
    intrinsic: tuple[str, ...]  # drug ids resisted or not used by nature


class AllergyCell(NamedTuple):
    """One cell of the cross-over graph (dosing dossier section 21)."""

    value: str  # no | avoid | caution | none
    reason: str
    text: str
    sources: tuple[Cited, ...]


class AllergyGraph(NamedTuple):
    """Who reacts with what. `cells` is keyed by (culprit row, drug, region)."""

    drugs: tuple[str, ...]
    cells: dict[tuple[str, str, str], AllergyCell]
    severe_words: tuple[str, ...]
    culprits: dict[
        str, tuple[tuple[str, ...], bool]
    ]  # folded allergen -> (rows, every avibactam product)
    side_chain_group: tuple[str, ...]
    avibactam_products: tuple[str, ...]
    avibactam_cell: AllergyCell
    label_forbids: frozenset[tuple[str, str, str]]  # (culprit row, drug, region): any reaction
    label_forbids_text: str
    class_of: dict[str, str]  # folded allergen -> class
    class_members: dict[str, tuple[str, ...]]
    class_sources: tuple[Cited, ...]


class Medicines(NamedTuple):
    """Names of other medicines and the rule classes they belong to."""

    classes: dict[str, tuple[str, ...]]  # folded name -> classes


class Settings(NamedTuple):
    """Thresholds of the policy, each with its source in `data/settings.toml`."""

    severe_sofa_rise: float
    severe_pitt: float
    severe_increment_cpe: float
    adult_from_years: float
    ideal_weight_ratio: float
    adjusted_weight_share: float
    plazomicin_weight_ratio: float
    unreduced_crcl: float  # a clearance at which every table gives its unreduced dose
    crcl_difference: float
    near_edge_share: float
    stale_creatinine_days: float
    unstable_crcl_at_most: float
    divergence_crcl_at_most: float
    six_hourly_crcl_above: float
    not_interchangeable_crcl_at_most: float
    augmented_crcl_at_least: float
    pregnancy_asked_years: tuple[float, float]
    tetracycline_mic_mg_l: float
    review_hours: tuple[float, float]
    pair_aztreonam_interval_h: float
    pair_infusion_h: float
    haemodialysis_residual_crcl_above: float
    dose_tolerance: float
    dose_caution_beyond: float
    dose_stop_above: float
    dose_stop_below: float
    pair_starts_apart_minutes: float
    eucast_high_doses: dict[str, str]  # drug -> high dose in words, where EUCAST lists one
    breakpoint_versions: dict[str, tuple[str, ...]]  # standard -> versions held, newest first


class AlertText(NamedTuple):
    """The wording of one alert id: text per tier or case, with {placeholders}."""

    id: str
    tiers: tuple[Tier, ...]
    priority: int
    standing: bool
    fires_when: str
    texts: dict[str, str]  # variant -> text
    actions: dict[str, str]  # variant -> action
    misuse: str
    needs_orders: bool
    sources: tuple[Cited, ...]
    reviewed_on: str
    review_due_on: str


class Value(NamedTuple):
    """One thing a fact could be: keys of the case file set or cleared, or an allergy added."""

    says: str
    set: dict[str, object]
    clear: tuple[str, ...]
    allergy: str  # the culprit of a severe reaction added to the case's allergies; "" for none
    short: bool  # among the few that the first screen tries
    only: Literal["", "missing"]


class Variable(NamedTuple):
    """A fact that could be different or is not given: what `what-if` tries, one at a time."""

    key: str
    name: str
    kind: Literal["test", "question", "stock", "setting"]
    priority: int  # what can be had soonest stands first
    each: Literal["", "older-agent"]  # repeated for every older agent of the site
    changes: bool
    missing: bool
    values_from: Literal["", "clearance", "medicines"]
    needs: dict[str, tuple[object, ...]]  # it matters only where each key has one of its values
    ask: str
    values: tuple[Value, ...]


class Knowledge(NamedTuple):
    """The whole base, compiled."""

    version: str
    sha256: str
    reviewed_on: str
    review_due_on: str
    drugs: dict[str, Drug]
    organisms: dict[str, Organism]
    organism_groups: dict[str, tuple[str, ...]]
    drug_names: dict[str, tuple[str, ...]]  # folded name -> drug ids (two or more: ambiguous)
    organism_names: dict[str, str]
    breakpoints: dict[str, tuple[Breakpoint, ...]]  # by drug id
    strategies: dict[str, Strategy]
    hazards: dict[str, Hazard]
    hazards_of: dict[str, tuple[Hazard, ...]]  # by drug id, or "strategy:" + strategy id
    questions: Questions  # the hazards of the strategies, ready to be asked
    profiles: dict[str, Profile]
    tables: dict[str, Table]  # family order, cystitis, ...
    alerts: dict[str, AlertText]
    words: dict[str, Any]  # sentences and site texts, in the shape of `words.toml`
    allergy: AllergyGraph
    medicines: Medicines
    settings: Settings
    strategy_drugs: tuple[str, ...]  # every drug that stands in a strategy, companions included
    sources: dict[str, Source]
    variables: tuple[Variable, ...]  # in their order
    setting_records: dict[str, dict[str, object]]  # the policy's numbers as they are printed
    sealed: bool = False  # the seal matched: the checks had passed when it was written
