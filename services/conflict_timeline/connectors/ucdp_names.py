"""Names of UCDP: states by their numbers (Gleditsch and Ward), regions of Ukraine, armed groups.

UCDP codes the state of the day: number 365 is the Soviet Union until 1991 and Russia since. A code
is answered only for the years in which it is that of the same land, or of the same government. A
zone stands here only where the whole state keeps, and kept since 1989, one clock.
"""

import re
import unicodedata
from typing import Final, NamedTuple

from conflict_timeline.connectors.gazetteer import UKRAINE


class State(NamedTuple):
    """A state of today: ISO 3166-1 alpha-2 and alpha-3, and its IANA zone if there is one."""

    country: str
    party: str
    zone: str | None = None


STATES: Final[dict[int, State]] = {
    2: State("US", "USA"),
    20: State("CA", "CAN"),
    41: State("HT", "HTI", "America/Port-au-Prince"),
    51: State("JM", "JAM", "America/Jamaica"),
    70: State("MX", "MEX"),
    80: State("BZ", "BLZ", "America/Belize"),
    90: State("GT", "GTM", "America/Guatemala"),
    91: State("HN", "HND", "America/Tegucigalpa"),
    92: State("SV", "SLV", "America/El_Salvador"),
    93: State("NI", "NIC", "America/Managua"),
    100: State("CO", "COL", "America/Bogota"),
    101: State("VE", "VEN", "America/Caracas"),
    130: State("EC", "ECU"),
    135: State("PE", "PER", "America/Lima"),
    140: State("BR", "BRA"),
    200: State("GB", "GBR", "Europe/London"),
    220: State("FR", "FRA", "Europe/Paris"),
    343: State("MK", "MKD", "Europe/Skopje"),
    344: State("HR", "HRV", "Europe/Zagreb"),
    345: State("RS", "SRB", "Europe/Belgrade"),
    346: State("BA", "BIH", "Europe/Sarajevo"),
    365: State("RU", "RUS"),
    369: State("UA", "UKR", "Europe/Kyiv"),
    371: State("AM", "ARM", "Asia/Yerevan"),
    372: State("GE", "GEO"),
    373: State("AZ", "AZE"),
    404: State("GW", "GNB", "Africa/Bissau"),
    432: State("ML", "MLI", "Africa/Bamako"),
    433: State("SN", "SEN", "Africa/Dakar"),
    434: State("BJ", "BEN", "Africa/Porto-Novo"),
    435: State("MR", "MRT", "Africa/Nouakchott"),
    436: State("NE", "NER", "Africa/Niamey"),
    437: State("CI", "CIV", "Africa/Abidjan"),
    438: State("GN", "GIN", "Africa/Conakry"),
    439: State("BF", "BFA", "Africa/Ouagadougou"),
    450: State("LR", "LBR", "Africa/Monrovia"),
    451: State("SL", "SLE", "Africa/Freetown"),
    452: State("GH", "GHA", "Africa/Accra"),
    461: State("TG", "TGO", "Africa/Lome"),
    471: State("CM", "CMR", "Africa/Douala"),
    475: State("NG", "NGA", "Africa/Lagos"),
    482: State("CF", "CAF", "Africa/Bangui"),
    483: State("TD", "TCD", "Africa/Ndjamena"),
    484: State("CG", "COG", "Africa/Brazzaville"),
    490: State("CD", "COD"),
    500: State("UG", "UGA", "Africa/Kampala"),
    501: State("KE", "KEN", "Africa/Nairobi"),
    510: State("TZ", "TZA", "Africa/Dar_es_Salaam"),
    516: State("BI", "BDI", "Africa/Bujumbura"),
    517: State("RW", "RWA", "Africa/Kigali"),
    520: State("SO", "SOM", "Africa/Mogadishu"),
    522: State("DJ", "DJI", "Africa/Djibouti"),
    530: State("ET", "ETH", "Africa/Addis_Ababa"),
    531: State("ER", "ERI", "Africa/Asmara"),
    540: State("AO", "AGO", "Africa/Luanda"),
    541: State("MZ", "MOZ", "Africa/Maputo"),
    560: State("ZA", "ZAF", "Africa/Johannesburg"),
    572: State("SZ", "SWZ", "Africa/Mbabane"),
    581: State("KM", "COM", "Indian/Comoro"),
    615: State("DZ", "DZA", "Africa/Algiers"),
    616: State("TN", "TUN", "Africa/Tunis"),
    620: State("LY", "LBY", "Africa/Tripoli"),
    625: State("SD", "SDN", "Africa/Khartoum"),
    626: State("SS", "SSD", "Africa/Juba"),
    630: State("IR", "IRN", "Asia/Tehran"),
    640: State("TR", "TUR", "Europe/Istanbul"),
    645: State("IQ", "IRQ", "Asia/Baghdad"),
    651: State("EG", "EGY", "Africa/Cairo"),
    652: State("SY", "SYR", "Asia/Damascus"),
    660: State("LB", "LBN", "Asia/Beirut"),
    663: State("JO", "JOR", "Asia/Amman"),
    666: State("IL", "ISR", "Asia/Jerusalem"),
    670: State("SA", "SAU", "Asia/Riyadh"),
    678: State("YE", "YEM", "Asia/Aden"),
    690: State("KW", "KWT", "Asia/Kuwait"),
    696: State("AE", "ARE", "Asia/Dubai"),
    700: State("AF", "AFG", "Asia/Kabul"),
    702: State("TJ", "TJK", "Asia/Dushanbe"),
    703: State("KG", "KGZ", "Asia/Bishkek"),
    704: State("UZ", "UZB"),
    710: State("CN", "CHN"),
    750: State("IN", "IND", "Asia/Kolkata"),
    770: State("PK", "PAK", "Asia/Karachi"),
    771: State("BD", "BGD", "Asia/Dhaka"),
    775: State("MM", "MMR", "Asia/Yangon"),
    780: State("LK", "LKA"),
    790: State("NP", "NPL", "Asia/Kathmandu"),
    800: State("TH", "THA", "Asia/Bangkok"),
    811: State("KH", "KHM", "Asia/Phnom_Penh"),
    820: State("MY", "MYS"),
    840: State("PH", "PHL", "Asia/Manila"),
    850: State("ID", "IDN"),
    860: State("TL", "TLS", "Asia/Dili"),
    910: State("PG", "PNG"),
}
"""States that UCDP GED names. Of a number that is not here nothing is known."""

_SAME_LAND_SINCE: Final = {345: 2009, 365: 1992, 530: 1994, 560: 1991, 625: 2012, 850: 2003}
"""The first whole year without Kosovo, the other republics, Eritrea, Namibia, South Sudan, Timor.

In earlier years the number covered land that has another code today.
"""

_SAME_GOVERNMENT_SINCE: Final = {345: 2007, 365: 1992}
"""The first whole year after Yugoslavia, with Montenegro, and the Soviet Union."""

_PALESTINE: Final = {"Gaza Strip": "Asia/Gaza", "West Bank": "Asia/Hebron"}
"""Regions that UCDP counts to Israel (666), and ISO 3166 does not."""

_ISRAEL: Final = 666


def land(number: int, region: str | None, year: int) -> tuple[str | None, str | None]:
    """The country (alpha-2) and the zone of a region of a state, each None where it is unsure."""
    state = STATES.get(number)
    if state is None:
        return None, None
    if number == _ISRAEL and region in _PALESTINE:
        return "PS", _PALESTINE[region]
    unsure = year < _SAME_LAND_SINCE.get(number, 0) or (number == _ISRAEL and region is None)
    return (None if unsure else state.country), state.zone


def government(number: int, year: int) -> str | None:
    """The party (alpha-3) that a state's government was in a year, None where it is unsure."""
    state = STATES.get(number)
    if state is None or year < _SAME_GOVERNMENT_SINCE.get(number, 0):
        return None
    return state.party


_PARTY: Final = re.compile(r"[a-z][a-z0-9-]{1,40}")
_UNIDENTIFIED: Final = re.compile(r"XXX[0-9]+")
"""How GED Candidate writes an actor of a country who is not identified yet."""


def armed_group(name: str) -> str | None:
    """The id of a non-state party; None of one whose name makes none, or that has no name."""
    if _UNIDENTIFIED.fullmatch(name):
        return None
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    return slug if _PARTY.fullmatch(slug) else None


UKRAINIAN_REGIONS: Final[dict[str, str]] = {
    **{f"{name.replace(chr(39), '')} oblast": code for name, code in UKRAINE.items()},
    "autonomous republic of crimea": "UA-43",
    "khmelnytskyi oblast": "UA-68",
    "kyiv oblast": "UA-32",
    "kyiv special republican city": "UA-30",
    "sevastopol special republican city": "UA-40",
}
"""First-order regions of Ukraine as UCDP spells them, casefolded."""
