"""Every diagnostic code of the reader. A code keeps its meaning for ever; its wording may improve.

E1xx the file cannot be read, E2xx a key or value does not fit, E3xx two things contradict, E4xx a
name is not known. W: the case is assessed, with a remark.
"""

from __future__ import annotations

from typing import Final

CODES: Final[dict[str, str]] = {
    "E101": "the file is larger, or holds more, than a case can",
    "E102": "the file is not UTF-8 text",
    "E103": "the file holds a NUL character",
    "E104": "not TOML",
    "E105": "not JSON",
    "E106": "a key or table stands twice",
    "E107": "nested too deeply",
    "E108": "the document is not one case",
    "E109": "a row of a table is not one case",
    "E110": "a cell of a table cannot be read",
    "E201": "a required key is missing",
    "E202": "unknown key",
    "E203": "a key without its unit",
    "E204": "wrong type",
    "E205": "not one of the values this key takes",
    "E206": "not a finite number",
    "E207": "outside the accepted range",
    "E208": "neither a category nor an MIC",
    "E209": "not a date or a time",
    "E210": "a case format this version does not read",
    "E211": "a setting that cannot be applied",
    "E301": "creatinine in two units",
    "E302": "two results for one drug disagree",
    "E303": "a date after the date of advice",
    "E304": "a polymyxin dose whose unit is not clear",
    "E305": "total dose and components disagree",
    "E306": "two keys contradict each other",
    "E307": "drug and route contradict each other",
    "E308": "a row without a result",
    "E309": "one drug twice, with different answers",
    "E310": "a metallo-beta-lactamase among the other carbapenemases",
    "E401": "unknown drug",
    "E402": "an ambiguous name",
    "E403": "AZT",
    "E404": "unknown organism",
    "W301": "one drug twice, with the same answer",
    "W302": "fosfomycin without a route",
    "W303": "an MIC or zone without a standard",
    "W304": "combined test without a method",
    "W305": "a number for the combined test",
    "W306": "a key without effect",
    "W307": "an MBL family without `mbl`",
    "W308": "a polymyxin order without a dose",
    "W310": "outside the plausible range",
    "W311": "weight and height do not fit",
    "W401": "an allergy the knowledge base does not know",
    "W402": "an order whose drug is not settled",
    "W403": "a carbapenemase no rule knows",
}
