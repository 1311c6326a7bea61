"""The private apps: their names for people, and the campaign tags that name them.

The table is data/private_apps.csv.
"""

from functools import cache

from darksocial import tables


def label(app: str) -> str:
    """Return the name of an app as people write it; an app without a row has its name
    for a label."""
    return _labels().get(app, app.capitalize())


def app_tagged(utm_source: str | None) -> str | None:
    """Return the private app that a utm_source names, or None. Case does not matter."""
    return _tags().get(utm_source.strip().lower()) if utm_source else None


@cache
def _labels() -> dict[str, str]:
    return {row["app"]: row["label"] for row in tables.read("private_apps")}


@cache
def _tags() -> dict[str, str]:
    rows = tables.read("private_apps")
    return {tag: row["app"] for row in rows for tag in row["tags"].split("|") if tag}
