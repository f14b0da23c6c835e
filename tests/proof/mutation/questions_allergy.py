"""Questions of allergies: a name, a reaction, and the drugs that it must and must not exclude.

What a row of dosing dossier section 21 forbids is typed in `other.csv`; which name belongs to which
row and class in `allergies.csv`; the classes and the words of a severe reaction are policy 3.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from ndm_advisor.model.facts import AllergyFinding, Facts
from ndm_advisor.model.knowledge import Knowledge
from ndm_advisor.model.names import fold
from ndm_advisor.read.names import Names
from tests.knowledge.double_entry_rows import lines
from tests.proof.mutation.questions_names import facts_of, written

_REGIONS: Final = ("EU", "US")
_AVIBACTAM: Final = frozenset({"ceftazidime-avibactam", "aztreonam-avibactam"})
_SIDE_CHAIN: Final = frozenset({"ceftazidime", "aztreonam", "cefiderocol"})
# Policy 3: "where the region's label forbids any reaction".
_LABEL_FORBIDS: Final = frozenset({"ceftazidime-avibactam", "cefiderocol"})
_CEPHALOSPORINS: Final = frozenset({"ceftazidime", "cefiderocol", "other-cephalosporin"})
_EXCLUDED: Final = frozenset({"no", "avoid"})

# Policy 3: "the same drug and its class". A carbapenem's row forbids meropenem too.
_MEMBERS: Final = {
    "": (),
    "penicillins": (
        *("amoxicillin", "amoxicillin-clavulanic-acid", "ampicillin", "ampicillin-sulbactam"),
        *("azlocillin", "carbenicillin", "mezlocillin", "piperacillin", "piperacillin-tazobactam"),
        *("pivmecillinam", "temocillin", "ticarcillin", "ticarcillin-clavulanic-acid"),
    ),
    "cephalosporins": ("cefepime-enmetazobactam", "cefepime-taniborbactam", "cefepime-zidebactam"),
    "carbapenems": (
        *("biapenem", "doripenem", "ertapenem", "imipenem", "imipenem-relebactam", "meropenem"),
        *("meropenem-vaborbactam", "panipenem", "tebipenem"),
    ),
    "tetracyclines": (
        *("doxycycline", "eravacycline", "minocycline", "omadacycline", "oxytetracycline"),
        *("tetracycline", "tigecycline"),
    ),
    "aminoglycosides": (
        *("amikacin", "apramycin", "arbekacin", "dibekacin", "gentamicin", "isepamicin"),
        *("kanamycin", "neomycin", "netilmicin", "paromomycin", "plazomicin", "sisomicin"),
        *("streptomycin", "tobramycin"),
    ),
    "polymyxins": ("colistin", "polymyxin-b"),
    "fluoroquinolones": (
        *("ciprofloxacin", "delafloxacin", "enoxacin", "enrofloxacin", "fleroxacin"),
        *("gatifloxacin", "gemifloxacin", "levofloxacin", "lomefloxacin", "marbofloxacin"),
        *("moxifloxacin", "norfloxacin", "ofloxacin", "pefloxacin", "prulifloxacin"),
        *("sitafloxacin", "sparfloxacin"),
    ),
    "sulfonamides": (
        *("sulfadiazine", "sulfamethoxazole", "sulfisoxazole", "sulfonamides", "trimethoprim"),
        "trimethoprim-sulfamethoxazole",
    ),
    "nitrofurans": ("furazolidone", "nitrofurantoin"),
    "fosfomycin": ("fosfomycin-iv", "fosfomycin-oral"),
    "nitroimidazoles": ("metronidazole",),
    "rifamycins": ("rifampicin", "rifaximin"),
    "gepotidacin": ("gepotidacin",),
}


class AllergyQuestion(NamedTuple):
    """Some names of one kind, and what a severe and a mild reaction to each must exclude."""

    written: tuple[str, ...]
    rows: frozenset[str]
    cells: dict[str, dict[str, str]]  # by region: drug -> what a severe reaction means for it

    @property
    def label(self) -> str:
        return f"allergy to {self.written[0]}"

    @property
    def texts(self) -> set[str]:
        return {*self.written, *map(fold, self.written), *self.rows}

    def ask(self, knowledge: Knowledge, names: Names) -> Iterator[str]:
        """The names after which another set of drugs is excluded, or warned of."""
        for name in self.written:
            for region in _REGIONS:
                severe = _facts(name, "anaphylaxis", region, knowledge, names)
                yield from self._severe(name, region, severe)
            mild = _facts(name, "mild rash", "EU", knowledge, names)
            yield from self._mild(name, mild)

    def _severe(self, name: str, region: str, facts: Facts) -> Iterator[str]:
        wanted = self.cells[region]
        got: dict[str, str] = {}
        for finding in facts.allergy_findings:
            got[finding.drug] = _worse(finding.cell, got.get(finding.drug, "none"))
        if "meropenem" not in wanted and region == "EU":
            got.pop("meropenem", None)  # no EU label of it was read: tool policy, not typed
        for drug in got.keys() | wanted.keys():
            if got.get(drug, "none") != wanted.get(drug, "none"):
                yield f"{name}, {region}: {drug} is {got.get(drug)}, not {wanted.get(drug)}"
        if facts.severe_side_chain != bool(self.rows & _SIDE_CHAIN):
            yield f"{name}: side chain {facts.severe_side_chain}"
        yield from _unsourced(name, facts.allergy_findings)

    def _mild(self, name: str, facts: Facts) -> Iterator[str]:
        """A mild reaction excludes nothing; the EU labels after a cephalosporin are said."""
        labels = {f.drug for f in facts.allergy_findings if f.cell == "label"}
        if labels != (_LABEL_FORBIDS if self.rows & _CEPHALOSPORINS else set()):
            yield f"{name}, mild: {sorted(labels)}"
        if excluded := {f.drug for f in facts.allergy_findings if f.cell in _EXCLUDED}:
            yield f"{name}, mild: {sorted(excluded)} excluded"


def _facts(name: str, reaction: str, region: str, knowledge: Knowledge, names: Names) -> Facts:
    severity = {"severity": "mild"} if reaction.startswith("mild") else {}
    allergy = {"drug": name, "reaction": reaction, **severity}
    return facts_of(knowledge, names, region, allergies=[allergy])


def _unsourced(name: str, findings: tuple[AllergyFinding, ...]) -> Iterator[str]:
    for finding in findings:
        if not finding.sources:
            yield f"{name}: {finding.drug} without a source"


def allergy_questions() -> Iterator[AllergyQuestion]:
    """One for each typed line of allergens."""
    typed = list(_typed_cells())
    for line in lines("allergies.csv"):
        rows = frozenset(line["row"].split())
        cells = {region: dict.fromkeys(_MEMBERS[line["class"]], "no") for region in _REGIONS}
        for row, drug, region, value in typed:
            if row in rows:
                cells[region][drug] = _worse(value, cells[region].get(drug, "none"))
        for drug in _AVIBACTAM if "avibactam" in rows else ():
            for region in _REGIONS:
                cells[region][drug] = "no"
        yield AllergyQuestion(written(line), rows, cells)


def _typed_cells() -> Iterator[tuple[str, str, str, str]]:
    """Row, drug, region and value of dossier section 21."""
    for line in lines("other.csv"):
        if line["kind"] == "allergy":
            culprit, drug, region = line["key"].split("/")
            row = {"another cephalosporin": "other-cephalosporin"}.get(culprit, culprit)
            yield row, drug, region, {"no statement": "none"}.get(line["value"], line["value"])


def _worse(one: str, other: str) -> str:
    return min(one, other, key=("no", "avoid", "caution", "none").index)


# -- the words of a reaction ----------------------------------------------------------------------

# Policy 3, severity: each word of the list, and how else it is spelt or said.
_SEVERE: Final = {
    "anaphylaxis": ("anaphylaxis", "anaphylactic shock", "anaphylactoid reaction"),
    "angioedema": ("angioedema", "angio-oedema", "angiooedema", "angio-edema"),
    "airway swelling": (
        *("airway swelling", "airway oedema", "airway edema", "throat swelling", "stridor"),
        *("swelling of the throat", "swollen throat", "tongue swelling", "laryngeal oedema"),
        *("swelling of the tongue", "laryngeal edema"),
    ),
    "bronchospasm": ("bronchospasm",),
    "hypotension": ("hypotension", "became hypotensive", "low blood pressure"),
    "collapse": ("collapse", "collapsed on the ward"),
    "SJS": ("SJS", "sjs", "SJS/TEN", "Stevens-Johnson syndrome", "Stevens Johnson syndrome"),
    "TEN": ("TEN", "toxic epidermal necrolysis", "Lyell syndrome"),
    "DRESS": ("DRESS", "dress syndrome", "drug reaction with eosinophilia"),
    "AGEP": (
        "AGEP",
        "acute generalised exanthematous pustulosis",
        "acute generalized exanthematous pustulosis",
    ),
    "exfoliation": ("exfoliation", "exfoliative dermatitis"),
    "haemolytic anaemia": (
        *("haemolytic anaemia", "hemolytic anemia", "haemolytic anemia", "hemolytic anaemia"),
        *("autoimmune haemolysis", "hemolysis"),
    ),
    "cytopenia": (
        *("cytopenia", "pancytopenia", "thrombocytopenia", "neutropenia", "agranulocytosis"),
        *("leucopenia", "leukopenia"),
    ),
    "nephritis": ("interstitial nephritis",),
    "hepatitis": ("hepatitis",),
    "serum sickness": ("serum sickness",),
}
_NOT_SEVERE: Final = (
    "a rash as a child",
    "itching",
    "ten minutes later, nausea",
    "address unknown",
)


class ReactionQuestion(NamedTuple):
    """Words for one severe reaction to meropenem, which excludes meropenem's class."""

    name: str
    words: tuple[str, ...]
    is_severe: bool

    @property
    def label(self) -> str:
        return f"reaction: {self.name}"

    @property
    def texts(self) -> set[str]:
        return {self.name, *self.words, *(word for said in self.words for word in said.split())}

    def ask(self, knowledge: Knowledge, names: Names) -> Iterator[str]:
        """The words that count otherwise."""
        for words in self.words:
            facts = _facts("meropenem", words, "EU", knowledge, names)
            excluded = any(f.cell in _EXCLUDED for f in facts.allergy_findings)
            if excluded != self.is_severe:
                yield f"{words} is {'not ' if self.is_severe else ''}severe"


def reaction_questions() -> Iterator[ReactionQuestion]:
    """One for each word of the policy, and one for what is no severe reaction."""
    for name, words in _SEVERE.items():
        yield ReactionQuestion(name, words, is_severe=True)
    yield ReactionQuestion("not severe", _NOT_SEVERE, is_severe=False)
