"""Names of regions as data sets spell them, and their ISO 3166-2 codes."""

from typing import Final

UKRAINE: Final[dict[str, str]] = {
    "cherkasy": "UA-71",
    "chernihiv": "UA-74",
    "chernivtsi": "UA-77",
    "crimea": "UA-43",
    "dnipropetrovs'k": "UA-12",
    "donets'k": "UA-14",
    "ivano-frankivs'k": "UA-26",
    "kharkiv": "UA-63",
    "kherson": "UA-65",
    "khmel'nyts'kyy": "UA-68",
    "kiev": "UA-32",
    "kiev city": "UA-30",
    "kirovohrad": "UA-35",
    "l'viv": "UA-46",
    "luhans'k": "UA-09",
    "mykolayiv": "UA-48",
    "odessa": "UA-51",
    "poltava": "UA-53",
    "rivne": "UA-56",
    "sevastopol'": "UA-40",
    "sumy": "UA-59",
    "ternopil'": "UA-61",
    "transcarpathia": "UA-21",
    "vinnytsya": "UA-05",
    "volyn": "UA-07",
    "zaporizhzhya": "UA-23",
    "zhytomyr": "UA-18",
}
"""First-order regions of Ukraine as GADM 3 (and with it VIINA) spells them, casefolded."""
