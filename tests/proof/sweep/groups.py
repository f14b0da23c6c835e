"""Which facts interact, and the products that are swept completely.

A group is the set of facts that one decision reads together; every combination of their partitions
is swept, and all other facts are filled from a seeded generator, so that each combination meets
ever other circumstances. Why facts outside a group do not interact with those inside it:

* `choice`: the tables of policy 4.2, 4.4, 4.8 and 4.9 read the profile, the two supports, which of
  A, P and F are usable, the species, the severity, what is known of the MBL, a known PBP3
  insertion, pregnancy with the region, and whether the pair's intervals part company. Whatever
  else makes a strategy unusable (allergy, a dose that does not exist) reaches a table as "not
  usable" only, and stock stands for it here.
* `allergy`: a reaction excludes drugs by culprit, severity and region (dosing dossier section 21);
  what is left goes through the same tables, so the group repeats their coarse columns.
* `urinary`, `tissue`, `cystitis`: an older agent qualifies by its own result and its own limits,
  one drug at a time. Drugs meet each other only in whether any of them qualifies, and in the
  order printed. So the group is the product of the results with what moves their rank.
* `limits`: what stops a drug of the bladder or an older agent in a patient: clearance, eGFR,
  renal replacement, pregnancy and its weeks, liver, one medicine or condition at a time. Two
  medicines never meet in one condition: each record names one class.
* `companions`: the same for one medicine, one condition and one allergy at a time.
* `doses`, `replacement`: a dose reads clearance or its substitute on renal replacement, region, the
  hospital's interval, weight, liver, the 48-hour rule. Which regimen it belongs to has been
  settled before.
* `kidney`: clearance that is computed reads age, sex, weight, height and creatinine.
* `mbl`: what is known of the MBL reads the statement, method, date, family, the carbapenems, and
  ceftazidime-avibactam's result; nothing of the patient.
* `support`: the two supports read their own rows with standard and edition.
* `severity`: severity reads its six criteria and the site.
* `rest`: no complete product: every fact from the generator, until the number asked for is
  reached. What a group does not enumerate meets everything else at least in pairs: `pairs`
  counts them over the whole sweep.

The parts meet in few, named places (usable or not, severe or not, confirmed or not), which are
axes of every group that reads them.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from tests.proof.sweep.axes import AXES, CRCL, PLACE, positions

SEED: Final = 5
_BYTES: Final = 64  # one byte decides one fill; a second digest serves the facts beyond
_COPRIME: Final = 0x9E3779B97F4A7C15  # steps through a product so that any slice is spread over it

Vector = tuple[int, ...]


class Group(NamedTuple):
    """One product: the axes it enumerates with the positions used, and the values it holds."""

    name: str
    axes: tuple[tuple[int, tuple[int, ...]], ...]
    fixed: tuple[tuple[int, int], ...]
    times: int = 1  # how many fills each combination gets

    @property
    def size(self) -> int:
        """How many vectors the group holds."""
        return self.times * math.prod(len(used) for _, used in self.axes)


ALL: Final = "all"


def _group(
    name: str, enumerated: Mapping[str, Any], fixed: Mapping[str, Any], times: int = 1
) -> Group:
    axes = []
    for key, wanted in enumerated.items():
        everything = tuple(range(len(AXES[PLACE[key]].values)))
        axes.append((PLACE[key], everything if wanted is ALL else positions(key, wanted)))
    held = tuple((PLACE[key], positions(key, (value,))[0]) for key, value in fixed.items())
    return Group(name, tuple(axes), held, times)


def _result(drug: str) -> str:
    return f"panel.results.{drug}"


PROFILES: Final = {
    "hospital.guideline": ("simit-2022", "escmid-2022", "idsa-2026"),
    "hospital.region": ("EU", "US"),
}
INVASIVE: Final = (
    "bloodstream",
    "complicated-uti",
    "intra-abdominal",
    "pneumonia",
    "skin-soft-tissue",
    "bone-joint",
    "endovascular",
)
NDM: Final = {
    "isolate.mbl": "confirmed",
    "isolate.mbl_method": "pcr",
    "isolate.mbl_on": "current",
    "panel.results.ceftazidime-avibactam": "R",
    "panel.results.meropenem": "R",
}
CALM: Final = {
    "infection.septic_shock": False,
    "infection.sofa_rise": None,
    "infection.pitt_score": None,
    "infection.increment_cpe_score": None,
}
ADULT: Final = {"patient.age_years": 40}
CLSI: Final = {"panel.standard": "CLSI", "panel.version": "2026"}
TWO: Final = ("escherichia-coli", "klebsiella-pneumoniae")
_TESTED: Final = (None, "S", "R")
_PAIR_R: Final = {"category": "R", "method": "broth-disk-elution"}
_PAIR_S: Final = {"category": "S", "method": "broth-disk-elution"}
_PAIR_TEST: Final = _result("ceftazidime-avibactam+aztreonam")

GROUPS: Final[tuple[Group, ...]] = (
    _group(
        "choice",
        {
            **PROFILES,
            "isolate.organism": TWO,
            "infection.site": INVASIVE,
            "infection.severity": ALL,
            "isolate.mbl": ("confirmed", "suspected"),
            _result("ceftazidime-avibactam"): ("S", "R"),  # S against a confirmation: discordant
            _PAIR_TEST: (None, _PAIR_S, _PAIR_R),
            _result("cefiderocol"): _TESTED,
            "isolate.pbp3_insertion": ("none", "YRIN"),
            "hospital.stock.aztreonam-avibactam": ALL,
            "hospital.stock.aztreonam": ALL,
            "hospital.stock.cefiderocol": (True, False),
            "patient.pregnant": (False, True),
            "patient.crcl_ml_min": (30.0, 90.1),
        },
        {
            "isolate.mbl_method": "pcr",
            "isolate.mbl_on": "current",
            _result("meropenem"): "R",
            **CALM,
            **ADULT,
            **CLSI,
            _result("aztreonam-avibactam"): None,
            "hospital.stock.ceftazidime-avibactam": True,
            "patient.allergies": (),
            "patient.renal_replacement": "none",
        },
    ),
    _group(
        "allergy",
        {
            **PROFILES,
            "patient.allergies": ALL,
            "isolate.organism": TWO,
            "infection.site": INVASIVE,
            "infection.severity": ("severe", "non-severe"),
            _PAIR_TEST: (None, _PAIR_S, _PAIR_R),
            _result("cefiderocol"): _TESTED,
            "hospital.stock.aztreonam-avibactam": (True, False),
            "hospital.stock.cefiderocol": (True, False),
        },
        {**NDM, **CALM, **ADULT, **CLSI, "patient.renal_replacement": "none"},
    ),
    _group(
        "urinary",
        {
            **PROFILES,
            "isolate.organism": TWO,
            "infection.severity": ALL,
            "isolate.mbl": ("confirmed", "suspected"),
            _result("cefiderocol"): ("S", "R"),
            **{
                _result(drug): _TESTED
                for drug in (
                    "ciprofloxacin",
                    "levofloxacin",
                    "trimethoprim-sulfamethoxazole",
                    "amikacin",
                    "gentamicin",
                    "plazomicin",
                    "fosfomycin-iv",
                )
            },
            "panel.standard": ("EUCAST", "CLSI"),
        },
        {
            **{k: v for k, v in NDM.items() if k != "isolate.mbl"},
            **CALM,
            **ADULT,
            "infection.site": "complicated-uti",
            "patient.crcl_ml_min": 90.1,
            "patient.renal_replacement": "none",
        },
    ),
    _group(
        "tissue",
        {
            **PROFILES,
            "isolate.organism": (*TWO, "citrobacter-koseri", "proteus-mirabilis"),
            "infection.site": INVASIVE,
            "infection.severity": ALL,
            "isolate.mbl": ("confirmed", "suspected"),
            _result("tigecycline"): ALL,
            _result("eravacycline"): ALL,
            _result("cefiderocol"): ("S", "R"),
            "patient.child_pugh": ALL,
            "patient.pregnant": ALL,
            "panel.standard": ("EUCAST", "CLSI", "FDA"),
        },
        {**{k: v for k, v in NDM.items() if k != "isolate.mbl"}, **CALM, **ADULT},
    ),
    _group(
        "cystitis",
        {
            **PROFILES,
            "isolate.organism": ("escherichia-coli", "klebsiella-pneumoniae", "proteus-mirabilis"),
            **{
                _result(drug): ("S", "R")
                for drug in (
                    "ciprofloxacin",
                    "levofloxacin",
                    "trimethoprim-sulfamethoxazole",
                    "amikacin",
                    "gentamicin",
                    "nitrofurantoin",
                    "pivmecillinam",
                    "fosfomycin-oral",
                    "gepotidacin",
                )
            },
            "isolate.methyltransferase_16s": ALL,
            "patient.pregnant": ALL,
            "patient.crcl_ml_min": (None, 14.9, 29.9, 59.9, 90.1),
        },
        {**NDM, **CALM, **ADULT, "infection.site": "cystitis", "infection.severity": None},
    ),
    _group(
        "limits",
        {
            "hospital.region": ("EU", "US"),
            "infection.site": ("cystitis", "complicated-uti", "intra-abdominal"),
            "patient.crcl_ml_min": ALL,
            "patient.egfr_ml_min_1_73m2": ALL,
            "patient.renal_replacement": (None, "none", "intermittent-haemodialysis", "crrt"),
            "patient.pregnant": ALL,
            "patient.gestation_weeks": ALL,
            "patient.child_pugh": (None, "C"),
        },
        {
            **NDM,
            **CALM,
            **ADULT,
            **CLSI,
            "infection.severity": "non-severe",
            "patient.allergies": (),
            **{
                _result(drug): "S"
                for drug in ("trimethoprim-sulfamethoxazole", "nitrofurantoin", "amikacin")
            },
        },
    ),
    _group(
        "companions",
        {
            "hospital.region": ("EU", "US"),
            "infection.site": ("cystitis", "complicated-uti", "intra-abdominal"),
            "patient.medicines": ALL,
            "patient.conditions": ALL,
            "patient.allergies": ALL,
            "isolate.organism": TWO,
        },
        {**NDM, **CALM, **ADULT, **CLSI, "infection.severity": "non-severe"},
        times=4,
    ),
    _group(
        "doses",
        {
            "hospital.region": ("EU", "US"),
            "infection.site": ("bloodstream", "complicated-uti", "intra-abdominal", "cystitis"),
            "patient.crcl_ml_min": ALL,
            "patient.aki_within_48h": ALL,
            "patient.baseline_ckd": ALL,
            "patient.weight_kg": ALL,
            "patient.height_cm": (None, 170.0),
            "hospital.aztreonam_interval_h": ALL,
        },
        {
            **NDM,
            **CALM,
            **ADULT,
            "patient.renal_replacement": "none",
            "patient.allergies": (),
            "patient.pregnant": False,
            _result("cefiderocol"): "S",
            _PAIR_TEST: _PAIR_S,
        },
    ),
    _group(
        "replacement",
        {
            "hospital.region": ("EU", "US"),
            "hospital.guideline": ("simit-2022", "escmid-2022", "idsa-2026"),
            "infection.site": ("bloodstream", "complicated-uti", "intra-abdominal", "cystitis"),
            "patient.renal_replacement": ALL,
            "patient.residual_crcl_ml_min": ALL,
            "patient.crrt_effluent_l_h": ALL,
            "patient.crcl_ml_min": (None, 4.9, 29.9, 90.1),
            "patient.aki_within_48h": ALL,
            "patient.weight_kg": (None, 70.0),
            "hospital.aztreonam_interval_h": (6, 8),
        },
        {**NDM, **CALM, **ADULT, "patient.allergies": (), _result("cefiderocol"): "S"},
    ),
    _group(
        "kidney",
        {
            "hospital.region": ("EU", "US"),
            "patient.age_years": (None, 18, 40, 75),
            "patient.sex": ALL,
            "patient.weight_kg": ALL,
            "patient.height_cm": ALL,
            "patient.crcl_ml_min": (None, 30.0),
            "patient.creatinine_mg_dl": ALL,
            "patient.creatinine_measured_on": ALL,
            "patient.aki_within_48h": ALL,
        },
        {**NDM, **CALM, "patient.renal_replacement": "none"},
        times=2,
    ),
    _group(
        "mbl",
        {
            "isolate.mbl": ALL,
            "isolate.mbl_method": ALL,
            "isolate.mbl_on": ALL,
            "isolate.mbl_family": ALL,
            _result("meropenem"): ALL,
            _result("ertapenem"): ALL,
            _result("ceftazidime-avibactam"): ALL,
            "isolate.organism": ("escherichia-coli", "proteus-mirabilis"),
            "infection.site": ALL,
        },
        {**ADULT},
    ),
    _group(
        "support",
        {
            **PROFILES,
            "panel.standard": ALL,
            "panel.version": ALL,
            _result("aztreonam-avibactam"): ALL,
            _PAIR_TEST: ALL,
            _result("cefiderocol"): ALL,
        },
        {**NDM, **CALM, **ADULT, "patient.allergies": ()},
    ),
    _group(
        "severity",
        {
            "infection.site": ALL,
            "infection.source": ALL,
            "infection.severity": ALL,
            "infection.septic_shock": ALL,
            "infection.sofa_rise": ALL,
            "infection.pitt_score": ALL,
            "infection.increment_cpe_score": ALL,
            "patient.pregnant": ALL,
        },
        {**NDM, **ADULT},
    ),
)
REST: Final = Group("rest", (), ())
COMPLETE: Final = sum(group.size for group in GROUPS)


def vector(group: Group, number: int) -> Vector:
    """The `number`-th vector of a group: its own axes by the product, the others filled."""
    filled = _filled(group.name, number)
    if not group.axes:
        return settled(filled)
    left = (number * _stride(group.size) + SEED) % group.size
    left //= group.times
    for place, used in group.axes:
        left, digit = divmod(left, len(used))
        filled[place] = used[digit]
    for place, held in group.fixed:
        filled[place] = held
    return settled(filled)


def _stride(size: int) -> int:
    """A step without a common factor with the size: every number is met once."""
    step = _COPRIME % size or 1
    while math.gcd(step, size) != 1:
        step += 1
    return step


# For each axis a table of 256 positions: one byte of a digest fills one fact.
_FILL: Final = tuple(
    tuple(axis.usual[byte * len(axis.usual) // 256] for byte in range(256)) for axis in AXES
)


def _filled(name: str, number: int) -> list[int]:
    text = f"{SEED}/{name}/{number}".encode()
    noise = hashlib.blake2b(text, digest_size=_BYTES).digest()
    noise += hashlib.blake2b(noise, digest_size=_BYTES).digest()
    return [table[byte] for table, byte in zip(_FILL, noise, strict=False)]


_PREGNANT: Final = PLACE["patient.pregnant"]
_SEX: Final = PLACE["patient.sex"]
_WEEKS: Final = PLACE["patient.gestation_weeks"]
_RRT: Final = PLACE["patient.renal_replacement"]
_RESIDUAL: Final = PLACE["patient.residual_crcl_ml_min"]
_EFFLUENT: Final = PLACE["patient.crrt_effluent_l_h"]
_MEN: Final = positions("patient.sex", ("male",))[0]
_YES: Final = positions("patient.pregnant", (True,))[0]
_REPLACED: Final = frozenset(range(2, 6))
_CRRT: Final = positions("patient.renal_replacement", ("crrt",))[0]


def settled(filled: list[int]) -> Vector:
    """Keys that only make sense beside others are taken out where those are missing: the reader
    refuses such files, and two vectors that differ in nothing else are one."""
    if filled[_PREGNANT] != _YES:
        filled[_WEEKS] = 0
    elif filled[_SEX] == _MEN:
        filled[_SEX] = 0
    if filled[_RRT] not in _REPLACED:
        filled[_RESIDUAL] = 0
    if filled[_RRT] != _CRRT:
        filled[_EFFLUENT] = 0
    return tuple(filled)


def digest(made: Vector) -> int:
    """A vector as 64 bits."""
    return int.from_bytes(hashlib.blake2b(bytes(made), digest_size=8).digest(), "big")


assert len(AXES) <= 2 * _BYTES  # a fact without a byte would never vary
assert max(map(len, (a.values for a in AXES))) < 256  # one byte a position
assert None in CRCL  # unknown is a partition
