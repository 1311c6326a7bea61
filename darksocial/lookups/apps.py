"""The messengers: their names for people, and the campaign tags that name them.

The table is data/private_apps.csv.
"""

from functools import cache

from darksocial import data


def label(app: str) -> str:
    """Return the name of an app as people write it; an app without a row has its own name."""
    return _labels().get(app, app.capitalize())


def app_tagged(utm_source: str | None) -> str | None:
    """Return the messenger that a utm_source names, or None. Case does not matter."""
    return _tags().get(utm_source.strip().lower()) if utm_source else None


def app_of_medium(utm_medium: str | None) -> str | None:
    """Return the messenger that a utm_medium names, or None. Case does not matter."""
    return _media().get(utm_medium.strip().lower()) if utm_medium else None


def names() -> tuple[str, ...]:
    """Return the messengers, by the names that results give them."""
    return tuple(_labels())


def countries() -> tuple[str, ...]:
    """Return the countries that data/country_apps.csv has (ISO 3166-1 alpha-2)."""
    return tuple(_leading())


def leading_app(country: str) -> str:
    """Return the messenger that most people of a country use (data/country_apps.csv)."""
    return _leading()[country]


@cache
def _leading() -> dict[str, str]:
    return {row["country"]: row["app"] for row in data.read("country_apps")}


@cache
def _labels() -> dict[str, str]:
    return {row["app"]: row["label"] for row in data.read("private_apps")}


@cache
def _media() -> dict[str, str]:
    rows = (row for row in data.read("private_apps") if row["as_medium"] == "yes")
    return {tag: row["app"] for row in rows for tag in row["tags"].split("|") if len(tag) > 2}


@cache
def _tags() -> dict[str, str]:
    rows = data.read("private_apps")
    return {tag: row["app"] for row in rows for tag in row["tags"].split("|") if tag}
