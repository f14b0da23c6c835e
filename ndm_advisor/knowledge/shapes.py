"""What each file of the base may hold: every key, its type, and what a single record needs.

Read only by `knowledge check` and for a base without a seal. What takes two records to judge is in
`check.py` and the modules beside it.
"""

# ruff: noqa: D101  # each class is named after the record or table whose keys it lists

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Final, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from ndm_advisor.knowledge.drugs import AMOUNT_KEYS, UNIT_SYSTEMS
from ndm_advisor.knowledge.files import Tree

Text = Annotated[str, Field(min_length=1)]
Texts = list[Text]
Number = Annotated[float, Field(allow_inf_nan=False, ge=0)]
Positive = Annotated[float, Field(allow_inf_nan=False, gt=0)]
Count = Annotated[int, Field(ge=1)]
Region = Literal["EU", "US"]
Regions = Annotated[list[Region], Field(min_length=1)]
Tier = Literal["stop", "caution", "note"]
Rank = Literal["preferred", "alternative", "last_resort"]
Grade = Literal["P", "S", "V", "Q", "D", "U"]
Usable = Literal["P", "S", "V", "Q", "D"]  # what may drive advice: never grade U
Site = Literal[
    "cystitis",
    "complicated-uti",
    "bloodstream",
    "endovascular",
    "intra-abdominal",
    "pneumonia",
    "skin-soft-tissue",
    "bone-joint",
    "cns",
    "colonisation",
    "other",
]


class Shape(BaseModel):
    """A TOML table. No key but these, no value of another type."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Cite(Shape):
    id: Text
    at: Text


Sources = Annotated[list[Cite], Field(min_length=1)]


class Reviewed(Shape):
    reviewed_on: date
    review_due_on: date


class Base(Reviewed):
    version: Annotated[str, Field(pattern=r"^20[0-9]{2}\.[0-9]{1,2}(\.[0-9]+)?$")]
    ambiguous_names: Texts


# -- drugs ----------------------------------------------------------------------------------------


def _is_amount(value: dict[str, Any]) -> dict[str, Any]:
    """One amount: parts in mg, mg per kg, or one of the polymyxins' unit systems."""
    units = [key for key in value if _unit_system(key)]
    parts = [key for key in value if key.endswith("_mg") and key not in AMOUNT_KEYS]
    unknown = set(value) - AMOUNT_KEYS - set(units) - set(parts)
    if unknown:
        raise ValueError(f"unknown key {', '.join(sorted(unknown))}")
    ways = [bool(parts), "mg_per_kg" in value, bool(units)]
    if sum(ways) != 1:
        raise ValueError("an amount is given in exactly one way: parts in mg, mg per kg, or units")
    numbers = [item for key, item in value.items() if key not in {"per", "note"}]
    if not all(type(item) in {int, float} and 0 < item < float("inf") for item in numbers):
        raise ValueError("an amount is a number above 0")
    return value


def _unit_system(key: str) -> bool:
    return key.removeprefix("to_").removesuffix("_per_kg") in UNIT_SYSTEMS


Amount = Annotated[dict[str, Any], AfterValidator(_is_amount)]


class Order(Shape):
    """What a band, or the haemodialysis row, orders."""

    load: Amount | None = None
    maintenance: Amount | None = None
    interval_h: Positive | None = None
    to_interval_h: Positive | None = None
    doses: Count | None = None
    infusion_h: Positive | None = None
    to_infusion_h: Positive | None = None
    no_dose: Text | None = None
    note: Text | None = None
    basis: Literal["label", "guideline", "derived", "eucast"] | None = None
    sources: Sources
    grade: Usable

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if (self.maintenance is None) == (self.no_dose is None):
            raise ValueError("needs either `maintenance` or `no_dose`")
        if self.maintenance is not None and (self.interval_h is None) == (self.doses is None):
            raise ValueError("needs either `interval_h` or `doses`")
        return self


class Band(Order):
    crcl_at_least_ml_min: Number | None = None
    crcl_above_ml_min: Number | None = None
    crcl_at_most_ml_min: Number | None = None
    crcl_below_ml_min: Positive | None = None
    effluent_at_least_l_h: Number | None = None
    effluent_above_l_h: Number | None = None
    effluent_at_most_l_h: Number | None = None
    effluent_below_l_h: Positive | None = None


class Dosing(Shape):
    id: Text
    use: Text
    regions: Regions
    route: Literal["iv", "oral"]
    measure: Literal["crcl_ml_min", "effluent_l_h", "none"]
    weight: Literal[
        "none", "actual", "ideal", "adjusted-above-1.2-ideal", "adjusted-above-1.25-ideal"
    ]
    daily_max_mg: Positive | None = None
    basis: Literal["label", "guideline", "derived", "eucast"]
    label: Text
    sources: Sources
    grade: Usable
    haemodialysis_text: Text | None = None
    crrt_text: Text | None = None
    crrt_use: Text | None = None
    bands: Annotated[list[Band], Field(min_length=1)]
    haemodialysis: Order | None = None


class Licence(Shape):
    sites: list[Site] | None = None
    text: Text
    limited_options: bool = False
    sources: Sources
    grade: Grade


class Statement(Shape):
    """A statement of the dossier in words, with the figures that the answer counts with.

    `vial*`: mg of each component and volume; `sodium*`: per vial or per gram. A product's parts,
    which `ratio` holds, are named by its components.
    """

    text: Text
    vial_mg: dict[Text, Positive] | None = None
    vial_volume_ml: Positive | None = None
    sodium_mg_per_vial: Positive | None = None
    sodium_mg_per_g: Positive | None = None
    trimethoprim_parts: Count | None = None
    sulfamethoxazole_parts: Count | None = None
    sources: Sources
    grade: Grade


class Codes(Shape):
    atc: Text | None = None
    whonet: Text | None = None
    amr: Text | None = None
    pubchem_cid: Text | None = None
    rxnorm: Text | None = None
    aware: Literal["Access", "Watch", "Reserve"] | None = None
    lab_abbreviations: Texts = []


class Identity(Shape):
    id: Text
    name: Text
    role: Literal["dosed", "panel", "component"]
    drug_class: Literal[
        "cephalosporin",
        "siderophore-cephalosporin",
        "monobactam",
        "carbapenem",
        "penicillin",
        "tetracycline",
        "polymyxin",
        "aminoglycoside",
        "fluoroquinolone",
        "sulfonamide-trimethoprim",
        "nitrofuran",
        "fosfomycin",
        "rifamycin",
        "nitroimidazole",
        "triazaacenaphthylene",
        "phenicol",
        "macrolide",
        "quinolone",
        "other",
    ]
    components: Annotated[Texts, Field(min_length=1)] | None = None
    aliases: Texts = []
    brands: Texts = []
    codes: Codes | None = None


class Drug(Identity):
    reviewed_on: date
    review_due_on: date
    licences: dict[Region, Licence]
    dosing: Annotated[list[Dosing], Field(min_length=1)]
    text: dict[Text, Statement]


class Panel(Shape):
    file: Reviewed
    drug: list[Identity]


# -- choice ---------------------------------------------------------------------------------------


class Condition(Shape):
    fact: Text
    is_: bool | str | None = Field(default=None, alias="is")
    is_one_of: list[str | bool] | None = None
    is_none_of: list[str | bool] | None = None
    contains_any: Texts | None = None
    below: Number | None = None
    at_most: Number | None = None
    above: Number | None = None
    at_least: Number | None = None

    @model_validator(mode="after")
    def _compares_once(self) -> Self:
        if len(self.model_fields_set) != 2:  # noqa: PLR2004  # the fact and its one comparison
            raise ValueError("a condition is a fact and one comparison")
        return self


class Hazard(Shape):
    id: Text
    alert: Text | None = None
    subject: Annotated[Texts, Field(min_length=1)]
    regions: Regions | None = None
    when: Annotated[list[Condition], Field(min_length=1)]
    tier: Tier
    because: Text
    do: Text
    unknown_as: Text | None = None
    condition: Text | None = None
    unknown_excludes: bool = False
    applies_to: Literal["both", "candidate", "order"] = "both"
    sources: Sources
    grade: Usable


class Hazards(Shape):
    file: Reviewed
    hazard: list[Hazard]


class Strategy(Shape):
    id: Text
    kind: Literal["mbl-active", "older", "cystitis-only", "companion", "salvage", "never"]
    support: Literal["aztreonam_support", "cefiderocol_support", "susceptible", "none"] = "none"
    sites: list[Site] = []
    regions: Regions | None = None
    group: Text | None = None
    uses: dict[Text, dict[Text, Text]] = {}
    alternatives: dict[Text, Text] = {}
    sources: Sources


class Strategies(Shape):
    file: Reviewed
    strategy: list[Strategy]


Cell = list[str | bool]


class Offer(Shape):
    strategy: Text
    rank: Rank
    provisional: bool = False
    say: Text | None = None


class Row(Shape):
    id: Text
    when: dict[Text, Cell]
    offer: list[Offer] | None = None
    abstain: Text | None = None
    rank: Literal["preferred", "alternative", "last_resort", "none"] | None = None
    active: Literal["same", "alternative", "out"] | None = None
    first: Text | None = None
    pair: Literal["same", "alternative", "out"] | None = None
    sources: Sources


class DecisionTable(Reviewed):
    id: Text
    columns: dict[Text, Annotated[Cell, Field(min_length=1)]]
    impossible: list[dict[Text, Cell]] = []
    row: Annotated[list[Row], Field(min_length=1)]


class OfferList(Reviewed):
    id: Text
    sources: Sources
    offer: Annotated[list[Offer], Field(min_length=1)]


class GradeRow(Shape):
    strategies: Annotated[Texts, Field(min_length=1)]
    sites: Annotated[list[Site], Field(min_length=1)]
    severity: Annotated[list[Literal["severe", "non-severe"]], Field(min_length=1)]
    family_is_ndm: bool | None = None
    strength: Literal["strong", "conditional", "good_practice", "not_graded"] | None = None
    certainty: Literal["high", "moderate", "low", "very_low"] | None = None
    basis: Literal["guideline_graded", "guideline_not_graded", "tool_policy", "label", "derived"]
    sources: Sources


class Profile(Reviewed):
    id: Text
    name: Text
    year: int
    source: Text
    how_read: Literal["P", "S"]
    default_region: Region
    choice: Text
    older: Text
    older_before_cefiderocol: bool = False
    grade: list[GradeRow]


# -- susceptibility -------------------------------------------------------------------------------


class BreakpointHead(Reviewed):
    standard: Literal["EUCAST", "CLSI", "FDA"]
    version: Text
    version_label: Text
    valid_from: date | None = None
    citation: Text | None = None
    grade: Usable
    sources: Sources


class Breakpoint(Shape):
    id: Text
    drug: Text
    organisms: Text
    indication: Literal[
        "all",
        "systemic",
        "meningitis",
        "not-meningitis",
        "urinary-origin",
        "uncomplicated-uti",
        "urine-only",
        "other",
    ]
    method: Literal["MIC", "disk"]
    status: Literal[
        "numeric", "brackets", "dash", "note", "not_listed", "no_s_category", "refers", "unreadable"
    ]
    s_at_most_mg_l: Positive | None = None
    r_above_mg_l: Positive | None = None
    r_at_least_mg_l: Positive | None = None
    s_at_least_mm: Positive | None = None
    r_below_mm: Positive | None = None
    r_at_most_mm: Positive | None = None
    between: Literal["I", "SDD"] | None = None
    off_scale_s: bool = False
    atu_from: Positive | None = None
    atu_to: Positive | None = None
    disk_content_ug: Text | None = None
    remark: Text | None = None
    falls_back_to: Text | None = None
    refers_to: Literal["EUCAST", "CLSI", "FDA"] | None = None
    sources: Sources | None = None


class Breakpoints(Shape):
    file: BreakpointHead
    breakpoint: list[Breakpoint]


class Dosage(Shape):
    id: Text
    drug: Text
    standard_dose: Text
    high_dose: Text | None = None
    no_high_dose: Text | None = None
    uncomplicated_uti: Text | None = None
    special: Text | None = None
    sources: Sources

    @model_validator(mode="after")
    def _says_whether_high(self) -> Self:
        if (self.high_dose is None) == (self.no_high_dose is None):
            raise ValueError("needs either `high_dose` or `no_high_dose`")
        return self


class DosageHead(Reviewed):
    standard: Literal["EUCAST"]
    version: Text
    grade: Usable


class Dosages(Shape):
    file: DosageHead
    dosage: list[Dosage]


class OrganismCodes(Shape):
    snomed: Text | None = None
    whonet: Text | None = None
    amr: Text | None = None


class Organism(Shape):
    id: Text
    name: Text
    aliases: Texts
    group: Literal["e-coli", "other-enterobacterales", "out-of-scope"]
    genus: Text
    family: Text
    intrinsic: Texts
    tool_policy: Texts = []
    codes: OrganismCodes | None = None


class OrganismHead(Reviewed):
    sources: Sources
    group_sources: Sources


class Organisms(Shape):
    file: OrganismHead
    groups: dict[Text, Texts]
    organism: list[Organism]


# -- patients -------------------------------------------------------------------------------------


class Avibactam(Shape):
    text: Text
    value: Literal["no", "avoid"]
    reason: Text
    sources: Sources
    grade: Usable


class AllergyCell(Shape):
    culprit: Text
    drug: Text
    region: Region
    value: Literal["no", "avoid", "caution", "none"]
    reason: Text
    text: Text
    sources: Sources
    grade: Grade

    @model_validator(mode="after")
    def _excludes_by_what_was_read(self) -> Self:
        if self.grade == "U" and self.value in {"no", "avoid"}:
            raise ValueError("grade U excludes nothing")
        return self


class LabelForbids(Shape):
    region: Region
    drugs: Texts
    culprits: Texts
    condition: Text
    sources: Sources
    grade: Usable


class SevereWords(Shape):
    words: Texts
    sources: Sources
    grade: Usable


class Culprit(Shape):
    rows: Texts
    extra: Literal["avibactam-products"] | None = None


class AllergyClass(Shape):
    drugs: Texts
    allergens: Texts
    note: Text | None = None


class ReactionToClass(Shape):
    sources: Sources
    grade: Usable


class Allergy(Shape):
    file: Reviewed
    side_chain_group: Texts
    avibactam_products: Texts
    avibactam: Avibactam
    cell: list[AllergyCell]
    label_forbids_any: Annotated[list[LabelForbids], Field(min_length=1)]
    severe_words: SevereWords
    culprits: dict[Text, Culprit]
    reaction_to_class: ReactionToClass
    classes: dict[Text, AllergyClass]


class CitedHead(Reviewed):
    sources: Sources


class Medicine(Shape):
    id: Text
    names: Texts = []
    classes: Texts = []
    tool_policy_classes: Texts = []

    @model_validator(mode="after")
    def _is_asked_about(self) -> Self:
        if not self.classes and not self.tool_policy_classes:
            raise ValueError("no class: a medicine without a rule is left out")
        return self


class Medicines(Shape):
    file: CitedHead
    medicine: list[Medicine]


class PatientCondition(Shape):
    id: Text
    name: Text
    meaning: Text
    matters_for: Text
    also_called: Texts
    sources: Sources


class Conditions(Shape):
    file: CitedHead
    condition: list[PatientCondition]


# -- words, settings, sources ---------------------------------------------------------------------


class Alert(Shape):
    id: Text
    kind: Literal["input-error"] | None = None
    tiers: list[Tier]
    standing: bool
    fires_when: Text
    misuse: Text
    needs_orders: bool
    grade: Usable
    sources: Sources
    texts: dict[Text, Text]
    actions: dict[Text, Text]


class Alerts(Shape):
    file: Reviewed
    alert: list[Alert]


class Setting(BaseModel):
    """One table of figures with the place they come from; the key of each says its unit."""

    model_config = ConfigDict(extra="allow", strict=True, frozen=True)

    grade: Usable
    sources: Sources

    @model_validator(mode="after")
    def _holds_numbers(self) -> Self:
        extra = self.model_extra or {}
        if not extra or not all(type(value) in {int, float} for value in extra.values()):
            raise ValueError("a setting holds one number or more, and nothing else")
        return self


class Source(Reviewed):
    id: Text
    title: Text
    year: int | None = None
    url: str
    seen_as: Text
    kind: Literal["guideline", "label", "study", "standard", "policy", "report", "equation"]
    grade: Grade


class SourceFile(Shape):
    file: Reviewed
    source: list[Source]


class Claim(Shape):
    id: Text
    claim: Text
    verdict: Text
    verdict_note: str
    support: bool
    honest: Text
    design: Text
    population: Text
    n: Count | None = None
    see: Any = None
    bears_on: Texts = []
    alias_of: Text | None = None
    sources: Sources
    grades: dict[Text, Grade]
    grade: Grade


class Claims(Shape):
    file: Reviewed
    claim: list[Claim]


class LoincHead(Reviewed):
    notice: Text
    seen_in: Texts
    without_code: Texts


class LoincCodes(Shape):
    generic: Texts = []
    mic: Texts = []
    disk: Texts = []
    gradient_strip: Texts = []
    method_not_verified: Texts = []


class Loinc(Shape):
    file: LoincHead
    drugs: dict[Text, LoincCodes]


GeneFamily = Literal[
    "NDM", "VIM", "IMP", "other-mbl", "KPC", "OXA-48-like", "GES", "IMI", "other",
    "carbapenemase", "mcr", "16s-methyltransferase",
]  # fmt: skip


class CodesHead(Reviewed):
    notice: Text


class Coded(Shape):
    system: Text
    code: Text
    display: Text


class GeneCode(Coded):
    family: GeneFamily
    method: Literal["pcr", "molecular", "none"]
    variant: bool


class GeneName(Shape):
    name: Text
    family: GeneFamily
    variants: bool


class AnswerCode(Coded):
    means: Literal["detected", "not-detected", "not-done"]


class CategoryCode(Coded):
    standard: Literal["EUCAST", "CLSI", "FDA"]
    category: Literal["S", "I", "SDD", "R", "NS"]


class Specimen(Shape):
    name: Text
    names: Texts
    codes: Texts
    site: Site | None = None
    because: Text


Asked = Literal["organism", "susceptibility_panel", "age", "weight", "height", "creatinine"]


class LabCodes(Shape):
    file: CodesHead
    gene: list[GeneCode]
    gene_name: list[GeneName]
    answer: list[AnswerCode]
    answer_words: dict[Literal["detected", "not-detected", "not-done"], Texts]
    asked: dict[Asked, Texts]
    methods: dict[Literal["gradient_strip"], Texts]
    category: list[CategoryCode]
    specimen: list[Specimen]


# -- what could be different ----------------------------------------------------------------------


class _Head(Reviewed):
    sources: Sources
    grade: Usable


class Value(Shape):
    says: Text
    set: dict[Text, Any] = {}
    clear: Texts = []
    allergy: Text | None = None
    short: bool = False
    only: Literal["missing"] | None = None

    @model_validator(mode="after")
    def _does_something(self) -> Self:
        if not self.set and not self.clear and self.allergy is None:
            raise ValueError("changes nothing: give `set`, `clear` or `allergy`")
        return self


class Variable(Shape):
    key: Text
    name: Text
    kind: Literal["test", "question", "stock", "setting"]
    priority: Count
    each: Literal["older-agent"] | None = None
    changes: bool = False
    missing: bool = False
    values_from: Literal["clearance", "medicines"] | None = None
    needs: dict[Text, list[Any]] = {}
    ask: str
    value: list[Value]


class WhatIf(Shape):
    file: _Head
    variable: Annotated[list[Variable], Field(min_length=1)]


# Path, or folder, to the form of a file; the first that fits.
FORMS: Final[dict[str, type[BaseModel]]] = {
    "base.toml": Base,
    "drugs/panel.toml": Panel,
    "drugs/": Drug,
    "hazards/": Hazards,
    "strategies.toml": Strategies,
    "tables/cystitis.toml": OfferList,
    "tables/": DecisionTable,
    "profiles/": Profile,
    "breakpoints/": Breakpoints,
    "eucast-dosages.toml": Dosages,
    "organisms.toml": Organisms,
    "allergy.toml": Allergy,
    "medicines.toml": Medicines,
    "conditions.toml": Conditions,
    "alerts.toml": Alerts,
    "sources/": SourceFile,
    "claims.toml": Claims,
    "loinc.toml": Loinc,
    "codes.toml": LabCodes,
    "what-if.toml": WhatIf,
}

# Sections of words.toml. Inside a section keys are free: they are looked up by the ids of records.
WORDS: Final = frozenset(
    {
        "file", "headline", "severity_words", "mbl_words", "mbl_methods", "phrases", "say",
        "durations", "duration_words", "lab_requests", "companions", "lines", "supply", "step_down",
        "colonisation", "review", "bottom", "intended_use", "misuse", "limits", "facts_used",
        "abstention",
        "out_of_scope", "second_agent", "salvage", "why_not", "guidelines", "guideline_words",
        "aki", "pair", "renal_replacement", "dose_words", "monitoring", "not_assessed", "facts",
        "case_keys", "findings", "pair_support",
    }
)  # fmt: skip


def problems_of(path: str, tree: Tree) -> list[str]:
    """What one file holds that it may not, or lacks."""
    if path == "words.toml":
        return [f"{path}: {key}: unknown section" for key in tree if key not in WORDS]
    if path == "settings.toml":
        found = [_against(path, {key: table}, _settings_form(key)) for key, table in tree.items()]
        return [problem for problems in found for problem in problems]
    form = next((form for start, form in FORMS.items() if path.startswith(start)), None)
    if form is None:
        return [f"{path}: file: no file of this name belongs to the base"]
    return _against(path, tree, form)


def _settings_form(key: str) -> type[BaseModel]:
    return _SettingsHead if key == "file" else _SettingTable


class _SettingsHead(Shape):
    file: Reviewed


class _SettingTable(BaseModel):
    """One setting under its own name."""

    model_config = ConfigDict(extra="allow", frozen=True)
    __pydantic_extra__: dict[str, Setting]


def _against(path: str, tree: Tree, form: type[BaseModel]) -> list[str]:
    try:
        form.model_validate(tree)
    except ValidationError as error:
        return [
            f"{path}: {_record(tree, fault['loc'])}: {_said(fault['loc'], fault['msg'])}"
            for fault in error.errors(include_url=False, include_input=False)
        ]
    return []


def _record(tree: Tree, place: tuple[int | str, ...]) -> str:
    """The id of the nearest record round a place, or the name of its table."""
    found = str(tree.get("id") or (place[0] if place else "file"))
    value: Any = tree
    for key in place:
        try:
            value = value[key]
        except (KeyError, IndexError, TypeError):
            break
        if isinstance(value, dict) and isinstance(value.get("id"), str):
            found = value["id"] if "at" not in value else found
    return found


def _said(place: tuple[int | str, ...], message: str) -> str:
    key = ".".join(str(part) for part in place)
    if message == "Extra inputs are not permitted":
        return f"unknown key `{key}`"
    if message == "Field required":
        return f"lacks `{key}`"
    return f"`{key}`: {message.removeprefix('Value error, ')}"
