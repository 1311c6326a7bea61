"""Countries: the codes of ISO 3166-1 and their English names (data/countries.csv).

A log or an export writes a code of two or three letters, in either case, or a name. What is
neither is no country: an empty text, `(not set)`, Cloudflare's `T1` for Tor, `XX` and `ZZ`.
"""

import unicodedata
from functools import cache

from darksocial import data


@cache
def country_code(text: str) -> str:
    """Return the code (ISO 3166-1 alpha-2) that a code or a name stands for; '' for none."""
    return _codes().get(_plain(text), "")


@cache
def country_names() -> dict[str, str]:
    """Return the English name of each country by its code."""
    names: dict[str, str] = {}
    for row in data.read("countries"):
        names.setdefault(row["code"], row["name"])
    return names


@cache
def _codes() -> dict[str, str]:
    """Return the code of each spelling, which is plain."""
    codes: dict[str, str] = {}
    for row in data.read("countries"):
        for spelling in (row["code"], row["code3"], row["name"]):
            codes.setdefault(_plain(spelling), row["code"])
    codes.pop("", None)
    return codes


def _plain(text: str) -> str:
    """Return a name without case, accents, spaces and signs."""
    spelled = text.casefold().replace("&", " and ").replace("st. ", "saint ")
    letters = unicodedata.normalize("NFD", spelled)
    return "".join(letter for letter in letters if letter.isalnum())
