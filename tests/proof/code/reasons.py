"""Why a mutant of the decision survives, where somebody has looked: reviewed one by one.

A reason never takes a mutant out of the score.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

OPEN: Final = "nothing tells it: an open task"


class Known(NamedTuple):
    """A change in a function, by expressions; mutmut's numbers move when the function changes."""

    function: str  # below `ndm_advisor.decision`
    change: str  # "was -> now"
    why: str


_KNOWN: Final = (
    Known(
        r"alerts\.of_course\.x__source_control",
        r'"device": .* -> .*"XXXX".*',
        "equivalent: the device is named only where there is one",
    ),
    Known(
        r"alerts\.of_kidney\.x__near_edge",
        r"edge = min\(near, .* -> edge = min\(near, .*",
        "equivalent: no table of a drug that is offered has two edges both within 10 %",
    ),
    Known(
        r"alerts\.of_kidney\.x__near_edge",
        r"yield from _other_weight\(offer, .* -> yield from _other_weight\(None, .*",
        "equivalent: the offer is not read",
    ),
    Known(
        r"alerts\.of_kidney\.x__other_weight",
        r'"(weight|crcl)": .* or 0, 1\), -> .* or 1, 1\),',
        "equivalent: another clearance exists only where weight and clearance are known",
    ),
    Known(
        r"alerts\.of_patient\.x__cautions_of_offers",
        r"if hazard\.alert == .* -> .*",
        "equivalent: what makes the record hold has raised allergy-caution before it",
    ),
    Known(
        r"alerts\.of_patient\.x__cautions_of_offers",
        r'"drug": .* -> .*',
        "equivalent: a hazard is said in its own words",
    ),
    Known(
        r"alerts\.of_patient\.x__cautions_of_offers",
        r'hazard\.alert, "caution".* -> .*drug=asked\.drug or "XXXX"',
        "equivalent: neither names a drug with facts",
    ),
    Known(
        r"alerts\.of_patient\.x__pregnancy",
        r'"(drug|drugs|weeks|region)": .* -> .*',
        "equivalent: its one sentence says site and condition only",
    ),
    Known(
        r"alerts\.of_results\.x__pair_untested_e_coli",
        r'"value": .* -> .*"XXXX",',
        "equivalent: said only where an insertion is known",
    ),
    Known(
        r"alerts\.of_results\.x__mechanism_contradiction",
        r'"method": .* -> .*"XXXX",',
        "equivalent: a discordance that names the method needs a proving one",
    ),
    Known(
        r"alerts\.of_results\.x__result_conflict",
        r'"category": .* -> .*"XXXX",',
        "equivalent: a conflict needs a reported category",
    ),
    Known(
        r"alerts\.of_results\.x__result_conflict",
        r'"mic": .* -> "mic": "XXXX".*',
        "equivalent: without an MIC the sentence names the zone",
    ),
    Known(
        r"allergy\.x_severity_of",
        r'.*"XXXX".*',
        "equivalent: no severe word is XXXX",
    ),
    Known(
        r"allergy\.x_severity_of",
        r"flags = 1 if .*",
        "equivalent: this flag changes no match",
    ),
    Known(
        r"allergy\.x__culprit",
        r".*\.get\(None\).*",
        "equivalent: every allergen whose drug id differs also stands under its id",
    ),
    Known(
        r"allergy\.x__against_graph",
        r".*text=.*",
        "equivalent: nothing reads the text of a finding",
    ),
    Known(
        r"allergy\.x__against_class",
        r".*(text=None,|of_side_chain=None,).*",
        "equivalent: the text is never read, and None is false",
    ),
    Known(
        r"assess\.x__item_text",
        r'.*(mode=(None|"XXjsonXX"|"JSON")|model_dump\(exclude_none=True\)).*',
        "equivalent: the text of a value is the same in both modes",
    ),
    Known(
        r"candidates\.x_candidates",
        r"if outcome in .*",
        "equivalent: such a scope yields no candidate",
    ),
    Known(
        r"conditions\.x_all_of",
        r"unknown = .* -> unknown = None",
        "equivalent: read as a truth only",
    ),
    Known(
        r"dose\.x__edges",
        r"yield .* -> .*step <(= 0| 1).*",
        "equivalent: the step is -1 or 1",
    ),
    Known(
        r"dose\.x__aki",
        r".* -> .*banded\.low >= full\.low.*",
        "equivalent: two bands of one table never begin at the same value",
    ),
    Known(
        r"dose\.x__crcl_band",
        r'.* -> .*float\("INF"\).*',
        "equivalent: the same number",
    ),
    Known(
        r"interpret\.x_describe",
        r'parts .* -> parts = \[f"S at .*',
        "equivalent: the list is still empty",
    ),
    Known(
        r"interpret\.x__any_row",
        r".* -> .*\(edition\) or True.*",
        "equivalent: every standard has an edition",
    ),
    Known(
        r"orders\.of_dose\.x__amount",
        r".* -> .*round\(abs\(ratio - 1\), 7\).*",
        "equivalent: only a ratio within a millionth of the limit differs",
    ),
    Known(
        r"questions\.x__mask",
        r".* -> .*2 << len\(bits\)\).*",
        "equivalent: bits stay distinct, shifted by one",
    ),
    Known(
        r"corrections\.x__change",
        r'if not alert\.order or alert\.tier == "note": -> if not alert\.order '
        r'(and alert\.tier == "note"|or alert\.tier == "(XXnoteXX|NOTE)"):',
        "equivalent: every order alert names an order, and a note has none of the ids that give a"
        " change and is no stop",
    ),
    Known(
        r"corrections\.x__replace",
        r"is_offered = .* -> is_offered = None.*|if is_offered or .* -> if is_offered and .*"
        r'|return Change\(order, "call", None, f"\{running\}; call infectious diseases now.*',
        "equivalent: no offered regimen holds a drug that an alert would replace (policy 4.1)",
    ),
    Known(
        r"corrections\.x__complete_lone_partner",
        r".* -> .*(_is_over\(None, made, o\)|_partner_of\(None, number, o\)).*",
        "equivalent: where a lone partner is completed, aztreonam-avibactam has been stopped"
        " already, and only aztreonam is left here",
    ),
    Known(
        r"corrections\.x__give_what_is_offered",
        r"made\.setdefault\(number, .* -> made\.setdefault\((None, \{\}\)\[\"add\"\]"
        r"|number, \{\}\)\[\"(XXaddXX|ADD)\"\]) = .*",
        "equivalent: this is the last step, and only the changes are read, not their keys",
    ),
    Known(
        r"corrections\.x__running",
        r'given = .* -> .*"add"\} or c\.to\]|new = .* -> .*if \(to in strategies\) or True else.*',
        "equivalent: a drug whose dose is mended runs already, and every drug that is added is a"
        " strategy of itself",
    ),
    Known(
        r"alerts\.of_results\.x__row",
        r'.* -> .*\(result\.reported if is_reported else result\.read_as\) or "XXXX".*',
        "equivalent: a contradiction needs a category that was reported or read",
    ),
    Known(
        r"verdict\.x__phrase",
        r'goes = bool\(.* -> goes = bool\((None|\{"(XXreplaceXX|REPLACE)", "call"\} & .*'
        r'|\{"replace", "(XXcallXX|CALL)"\} & .*)\) or .*',
        "equivalent: only a polymyxin ordered twice has its second order replaced or called about,"
        " and then the first is too",
    ),
    Known(
        r"dose\.x__(choose|replaced|by_effluent|specialist)",
        r".* -> .*(by_crcl|show_bands)=None.*",
        "equivalent: read as a truth only, where None is False",
    ),
    Known(
        r"alerts\.of_results\.x__said",
        r".* -> .*\.get\(value, (None|str\(None\))?\).*",
        "equivalent: both truths have their word, the default is never taken",
    ),
    Known(
        r"orders\.of_hazards\.x__holds",
        r".* -> if others or any\(.*",
        "equivalent: only conditions on medicines look at the classes it fills in",
    ),
    Known(
        r"alerts\.of_course\.x__source_control",
        r'"hours": .* -> .*',
        "equivalent: the two review times that follow hold the same key",
    ),
    Known(
        r"alerts\.of_course\.x__companion_dose",
        r'return "by local policy" -> .*',
        "equivalent: metronidazole has one dose in each region, which nothing withholds",
    ),
    Known(
        r"alerts\.of_patient\.x__allergy_variant",
        r'return \{"caution".*\.get\(found\.cell, ""\) -> .*\.get\(found\.cell, (None|"XXXX")?\)',
        "equivalent: any other cell of a severe reaction excludes; what is out is not asked",
    ),
    Known(
        r"alerts\.of_patient\.x__reaction",
        r'"drugs": first_regimen\(s\), -> .*',
        "equivalent: no sentence filled from it names the regimens",
    ),
    Known(
        r"alerts\.of_results\.x__carbapenem",
        r'return \{"drug": "carbapenem", "category": "not tested"\} -> .*',
        "equivalent: the one sentence that names a carbapenem follows from one that is not S",
    ),
    Known(
        r"alerts\.of_results\.x__said",
        r".* -> .* if \(isinstance\(value, bool\)\) or True else .*",
        "equivalent: no criterion of severity is met at the numbers 0 or 1",
    ),
    Known(
        r"alerts\.of_results\.x__said",
        r'.* -> .*False: "(XXnoXX|NO)".*',
        "equivalent: a criterion that is false contradicts nothing",
    ),
    Known(
        r"alerts\.situation\.x_first_regimen",
        r'return str\(phrases\["none_offered"\]\) -> return str\(None\)',
        "equivalent: the sentences that say it are shown beside an offer only",
    ),
    Known(
        r"dose\.x__(by_effluent|specialist)",
        r".* -> .*_Chosen\(None, by_crcl=True.*",
        "equivalent: without a row neither band, edge nor kidney-injury dose is made",
    ),
    Known(
        r"dose\.x__units_per_kg",
        r"if system is None or rate is None .* -> if system is None and rate is None .*",
        "equivalent: the only caller has already asked both; the line is for the type checker",
    ),
    Known(
        r"dose\.x_band_name",
        r'.* -> .*float\("INF"\).*',
        "equivalent: read as infinity in either spelling",
    ),
    Known(
        r"orders\.of_dose\.x__against",
        r'"limit": "", -> .*',
        "equivalent: every sentence that names a limit is given its own",
    ),
    Known(
        r"orders\.of_dose\.x__against",
        r'.* -> "interval": words\.number\(placed\.order\.interval_h or 1\),',
        "equivalent: the interval is said only where one is ordered, and none is 0",
    ),
    Known(
        r"orders\.of_dose\.x__is_alternative",
        r".* -> .*other\.maintenance_dose is None and placed\.amount_mg is None:",
        "equivalent: an alternative always has its dose, and a dosed order without mg is a "
        "polymyxin, which has no alternative",
    ),
    Known(
        r"orders\.of_dose\.x__amount",
        r".* -> .*words\.grams\(placed\.amount_mg or 1\)\}",
        "equivalent: what equals a component has an amount, and none is 0",
    ),
    Known(
        r"orders\.of_dose\.x__ratio",
        r".* -> if expected\.doses is None or expected\.interval_h:",
        "equivalent: every row gives either an interval or a number of doses",
    ),
    Known(
        r"orders\.of_dose\.x__ratio",
        r"if bottom \* .* -> if bottom (/ \(1 - tolerance\) <=|\* \(1 \+ tolerance\) <=|\* "
        r"\(1 - tolerance\) <) ordered <=? top \* \(1 \+ tolerance\):|if bottom \* .* -> .* "
        r"<= ordered < top .*",
        "equivalent: what is no longer called 1 is within 2 % of it, and nothing is said "
        "within 10 %",
    ),
    Known(
        r"orders\.of_dose\.x__ratio",
        r".* -> return ordered / top if ordered >= top else .*",
        "equivalent: the upper end itself was called 1 before",
    ),
    Known(
        r"orders\.of_dose\.x__in_units",
        r".* -> if dose is None and dose\.units is None:",
        "equivalent: asked only of a dose in units",
    ),
    Known(
        r"orders\.of_dose\.x__is_one_component",
        r".* -> .*if \(dose\) or True else None",
        "equivalent: asked only where there is a dose",
    ),
    Known(
        r"orders\.of_dose\.x__daily_text",
        r".* -> .*ordered\[:2\]",
        "equivalent: an order in two units is refused",
    ),
    Known(
        r"orders\.of_dose\.x__daily_text",
        r"factor = .* -> .*else 2",
        "equivalent: without an interval no sentence names a polymyxin's amount",
    ),
    Known(
        r"orders\.of_dose\.x__daily_text",
        r'return words\.grams.* -> .*(or True else "the dose"|"XXthe doseXX"|"THE DOSE")',
        "equivalent: an order without any dose is not asked, and only polymyxins have one "
        "without mg",
    ),
    Known(
        r"orders\.of_dose\.x__daily_expected",
        r'return "dose" -> .*',
        "equivalent: asked only where there is a dose",
    ),
    Known(
        r"orders\.of_hazards\.x_of_hazards",
        r"speaks = .* -> .*",
        "equivalent: the records without an alert are exactly those of candidates",
    ),
    Known(
        r"orders\.of_hazards\.x__hazards_of",
        r'.* -> .*h\.id == "(XXsevere-allergyXX|SEVERE-ALLERGY)"\]',
        "equivalent: both partners, A and F hold the allergy record as their own, so it is "
        "never among the general ones",
    ),
    Known(
        r"orders\.of_hazards\.x__holds",
        r".* -> .*medicine_classes=others\), None\)\[0\]",
        "equivalent: a record on medicines asks no fact of the drug",
    ),
    Known(
        r"orders\.of_hazards\.x__from_hazard",
        r"because = because\.format.* -> .*",
        "equivalent: no reason of a record names its limit",
    ),
    Known(
        r"orders\.of_hazards\.x__from_hazard",
        r"instead = .* -> .*|return raised\._replace.* -> .*facts=facts, \)",
        "equivalent: every order of a severe allergy gets a change, and the verdict then "
        "writes the same phrase",
    ),
    Known(
        r"orders\.of_set\.x__not_s",
        r'return \{"first": "carbapenem", .* -> .*',
        "equivalent: an MBL that is not stated is in play only through one of these "
        "carbapenems that is not S",
    ),
    Known(
        r"rank\.x__pregnancy_order",
        r"in_order = sorted\(.*\) -> in_order = sorted\(ranked, (key=None)?\)",
        "equivalent: A stands before P in the alphabet too, and F is taken out and put last",
    ),
    Known(
        r"rank\.x__pregnancy_order",
        r'if not any\(.*\): -> if not any\(r\.rank == "(XXpreferredXX|PREFERRED)" .*',
        "equivalent: no table ranks P above A, so the first is preferred already where any is",
    ),
    Known(
        r"verdict\.x__changes",
        r'tiers = .* -> .*("caution": 2|"note": 3).*',
        "equivalent: a note never gives a change, so its place in the order is never seen",
    ),
    Known(
        r"verdict\.x__change",
        r'if not alert\.order or alert\.tier == "note": -> if not alert\.order (and '
        r'alert\.tier == "note"|or alert\.tier == "(XXnoteXX|NOTE)"):',
        "equivalent: every order alert names an order, and a note has none of the ids that "
        "give a change and is no stop",
    ),
    Known(
        r"orders\.of_set\.x__aztreonam_alone",
        r'.* -> .*"stop", "stop", \)',
        "equivalent: the hours it gives are the review hours every order alert holds",
    ),
    Known(
        r"orders\.of_set\.x__not_together",
        r'.* -> .*\*\*shown, "(XXhoursXX|HOURS)": hours\}',
        "equivalent: the sentences on the starts name no hours",
    ),
    Known(
        r"orders\.of_set\.x__renal_divergence",
        r'.* -> .*renal_replacement or "XXXX", "low CrCl"\)',
        "equivalent: no mode has either name, so the default is taken",
    ),
    Known(
        r"orders\.of_set\.x__untested_pair",
        r'.* -> value = facts\.pbp3_insertion or "XXXX"',
        "equivalent: the insertion is said in the stop only, which needs a known one",
    ),
    Known(
        r"orders\.placed\.x_place",
        r".* -> if order\.drug_id is None and .*",
        "equivalent: the reader takes its ids from the same base, so a known id is a drug of it",
    ),
    Known(
        r"orders\.placed\.x_whole_text",
        r'.* -> return expected\.pending or "(XXby infectious diseasesXX|BY INFECTIOUS '
        r'DISEASES)"',
        "equivalent: an order without a dose always says what it waits fo",
    ),
    Known(
        r"orders\.placed\.x_values_of",
        r'drug = .* -> drug = placed\.drug if (\(placed\) or True else ""|placed else '
        r'"XXXX")',
        "equivalent: every caller names an orde",
    ),
    Known(
        r"orders\.placed\.x_values_of",
        r'"(region|test)": .* -> .*',
        "equivalent: no sentence filled from it names the region, and those that name a "
        "test are given their own",
    ),
    Known(
        r"orders\.placed\.x_raised_about",
        r'(number|drug) = .* -> .* if (\(placed\) or True else (0|"")|placed else '
        r'(1|"XXXX"))',
        "equivalent: every caller names an orde",
    ),
    Known(
        r"rank\.x__look_up",
        r".* -> (message = None|raise LookupError\(None\))",
        "equivalent: the load check has proved that a row matches, so it is never raised",
    ),
    Known(
        r"rank\.x__expanded",
        r".*row=family\.id, .* -> .*rank=second_rank, sources=.*",
        "equivalent: only the row of an older agent's offer is read",
    ),
    Known(
        r"candidates\.x_candidates",
        r"(outcome|reason) = .* -> .*(if \(selection\) or True else|else "
        r'"(XXabstentionXX|ABSTENTION|XXXX)").*',
        "equivalent: a case that no scope ended has a selection, the last word is never taken",
    ),
    Known(
        r"dose\.x__units",
        r".* -> if amount\.units_amount is None and amount\.units_system is None:",
        "equivalent: the caller has asked the system, and loading gives both or neithe",
    ),
    Known(
        r"outline\.x_outline",
        r"(outcome|reason)=.* -> .*(if \(selection\) or True else|else "
        r'"(XXabstentionXX|ABSTENTION|XXXX)").*',
        "equivalent: a case that no scope ended has a selection",
    ),
    Known(
        r"usable\.x__in_question",
        r'.* -> .*"(XXsalvageXX|SALVAGE)".*',
        "equivalent: of the salvage drugs only colistin has a site; it is never active, "
        "so it is excluded before",
    ),
    Known(
        r"usable\.x_finding_of",
        r".* -> _, names = ask\(hazard\.when, facts, None\)",
        "equivalent: a record that asks a fact of the drug asks nothing else, so true "
        "and unknown name the same fact",
    ),
    Known(
        r"usable\.x__filled",
        r'.* -> .*c\.op != "(XXisXX|IS)"\]',
        "equivalent: in every record whose words name a limit the number stands last",
    ),
    Known(
        r"usable\.x__filled",
        r'.* -> drug=drug_name\(drug or "XXXX"\).*',
        "equivalent: words that name a drug are put to drugs and to strategies of one drug",
    ),
    Known(
        r"usable\.x__filled",
        r'.* -> .*if limits else "XXXX"',
        "equivalent: no words name a limit where the record has none",
    ),
)


def reason_of(name: str, change: str) -> str:
    """The reason in a few words; `OPEN` where none is known. `name` is below the decision."""
    function = name.rpartition("__mutmut_")[0]
    for known in _KNOWN:
        if re.fullmatch(known.function, function) and re.fullmatch(known.change, change):
            return known.why
    return OPEN
