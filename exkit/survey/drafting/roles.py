"""What the name of a column says of its role, in English and Dutch.

A name is taken apart in words (`RecordedDate`, `team_nr`, `COMPID`), and each word looked up. That is no proof: whoever
asks holds it against the data, and marks it as a guess.
"""

from __future__ import annotations

import re

from exkit.survey.codebook import TABLES

WORDS = {
    "wave": "wave meting golf ronde round year jaar period periode kwartaal quarter time jaargang",
    "weight": "weight weging gewicht weegfactor wt wgt pw",
    "sector": "sector branche industry bedrijfstak",
    "stratum": "stratum strata",
    "cluster": "cluster psu",
    "respondent": "respondent resp person persoon employee medewerker customer klant client participant deelnemer case "
    "subject sub record response guest patient token collector id caseid",
    "unit": "unit team afdeling department dept group grp groep branch store winkel filiaal vestiging location locatie "
    "site school ward shop platoon squad eenheid company comp bedrijf agency hospital",
    "organisation": "organisation organization organisatie org employer werkgever trust instelling institution company "
    "comp bedrijf agency concern hospital",
    "outcome": "exits absence verzuim profit winst revenue omzet complaints klachten turnover verloop sales",
    "headcount": "headcount fte ftes medewerkers employees staff personeel",
    "group": "gender sex geslacht age leeftijd education opleiding educate level niveau function functie job role "
    "marital contract tenure dienstjaren region regio channel kanaal touchpoint contact language taal device stage "
    "type",
    "date": "date datum day dag",
    "recommend": "recommend recommends recommendation aanbevelen aanbeveling aanbeveelt nps enps promoter",
    "person": "name naam firstname lastname voornaam achternaam email mail phone telefoon mobile ip address adres "
    "birth geboortedatum latitude longitude lat lon long bsn postcode zip recipient reference",
}
"""Words by the role that they point to; `person`: what says who or where somebody is."""

_ROLES = {role: set(words.split()) for role, words in WORDS.items()}
_ID = re.compile(r"[_ .-]?(id|nr|no|num|number|nummer|code)$")
_TABLES = {
    "employees": r"employee|medewerker|staff|personeel|mto|soldier|teacher|enps|ex\b",
    "customers": r"customer|klant|client|guest|patient|consumer|parent|cx\b|csat",
    "units": r"units?\b|teams?\b|school|agenc|branch|vestiging|department|afdeling",
}
_ASKS_RECOMMEND = re.compile(r"recommend|aanbeve[el]|aanraden|aan te raden", re.IGNORECASE)
_OF_CUSTOMERS = re.compile(r"customer|client|product|service|klant|dienst", re.IGNORECASE)
_ITEM = re.compile(r"(?P<stem>.*[^\W\d_].*?)(?:[_ .-]?\d{1,3}|[_.-][a-z]|\[\w+\]|: .+)", re.DOTALL | re.IGNORECASE)


def words(name: str) -> set[str]:
    """Take a name apart, each word also without what says that it is a number or code.

    Examples
    --------
    >>> sorted(words("COMPID")), sorted(words("RecordedDate"))
    (['comp', 'compid'], ['date', 'recorded'])
    """
    apart = re.findall(r"[^\W\d_]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name))
    lower = {word.casefold() for word in apart}
    return lower | {_ID.sub("", word) for word in lower} - {""}


def says(name: str, role: str) -> bool:
    """Tell whether a name points to a role."""
    return bool(words(name) & _ROLES[role])


def is_only(name: str, role: str) -> bool:
    """Tell whether a name is the word for a role and nothing else: `year`, `Team_nr`, not `time_on_phone`."""
    bare = _ID.sub("", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).casefold())
    return bare in _ROLES[role] or name.casefold() in _ROLES[role]


def is_id(name: str) -> bool:
    """Tell whether a name is that of a person's number: `SUBNUM`, `respondent`, not `pct.resp`."""
    return is_only(name, "respondent") or (says(name, "respondent") and _ID.search(name.casefold()) is not None)


def table_of(text: str) -> str | None:
    """Tell which table the name of a file or column points to; none if it points to none or to several."""
    if text in TABLES:
        return text
    found = [table for table in TABLES if re.search(_TABLES.get(table, rf"\b{table}\b"), text, re.IGNORECASE)]
    return found[0] if len(found) == 1 else None


def recommends(name: str, question: str, table: str) -> str:
    """Tell which recommendation is asked, if any; employees' is of the work, or of the organisation to customers."""
    if not (says(name, "recommend") or _ASKS_RECOMMEND.search(name + " " + question)):
        return ""
    if table != "employees":
        return "recommend"
    return "recommend_to_customers" if _OF_CUSTOMERS.search(name + " " + question) else "recommend_work"


def stem(name: str) -> str:
    """Name what an item shares with its neighbours; nothing if its name has no number or letter at the end.

    Examples
    --------
    >>> stem("LEAD01"), stem("Q5_3"), stem("sat_b"), stem("age")
    ('LEAD', 'Q5', 'sat', '')
    """
    found = _ITEM.fullmatch(name)
    return found["stem"].rstrip("_ .-") if found else ""
