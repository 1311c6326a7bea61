"""Campaign parameters of a landing page: UTM tags and click ids.

UTM: https://support.google.com/analytics/answer/10917952. Names are case-sensitive, as GA4 reads
them: `UTM_Source` is none. The click ids are data/click_ids.csv.
"""

import re
from dataclasses import dataclass, fields
from functools import cache
from urllib.parse import unquote_plus

from darksocial import data
from darksocial.lookups.link_words import app_of_link, link_says, parameter_names


@dataclass(frozen=True, slots=True)
class Campaign:
    """What a query string says of the campaign; an empty or absent value is None.

    `click_id` is the name of the click id, not its value; `click_id_network` who appends it.
    `link_says` is what other parameters say of how the link travelled, and `link_app` through which
    messenger (link_words.py).
    """

    utm_source: str | None = None
    utm_medium: str | None = None
    utm_campaign: str | None = None
    utm_content: str | None = None
    utm_term: str | None = None
    click_id: str | None = None
    click_id_network: str | None = None
    link_says: str | None = None
    link_app: str | None = None

    @property
    def is_tagged(self) -> bool:
        """Whether there is any UTM parameter."""
        return any(
            (self.utm_source, self.utm_medium, self.utm_campaign, self.utm_content, self.utm_term)
        )


UTM = tuple(field.name for field in fields(Campaign) if field.name.startswith("utm_"))
NO_CAMPAIGN = Campaign()


def parse_query(query: str | None) -> Campaign:
    """Return the campaign that a query string (with or without `?`) names.

    Of a parameter that comes twice the first with a value counts. `&amp;` separates like `&`:
    mail programs write it into links. Percent escapes that are broken stay as they are, bytes that
    are not UTF-8 become U+FFFD; nothing raises.
    """
    if not query or "=" not in query:
        return NO_CAMPAIGN
    values = _relevant_values(query)
    if not values:
        return NO_CAMPAIGN
    click_id = next((name for name in click_ids() if name in values), None)
    tags = {name: values.get(name) for name in UTM}
    network = click_ids()[click_id]["network"] if click_id else None
    return Campaign(
        **tags,
        click_id=click_id,
        click_id_network=network,
        link_says=link_says(values),
        link_app=app_of_link(values),
    )


def _relevant_values(query: str) -> dict[str, str]:
    """Return the decoded values of the parameters that are looked at and not empty."""
    values: dict[str, str] = {}
    relevant = _relevant_names()
    for part in query.lstrip("?").replace("&amp;", "&").split("&"):
        name, _, raw = part.partition("=")
        if "%" in name:
            name = unquote_plus(name)
        if name in relevant and name not in values and (value := unquote_plus(raw).strip()):
            values[name] = value
    return values


@cache
def click_ids() -> dict[str, dict[str, str]]:
    """Return the rows of data/click_ids.csv by parameter, in their order."""
    return {row["parameter"]: row for row in data.read("click_ids")}


def ids_of_campaigns() -> tuple[str, ...]:
    """Return the click ids whose value many visitors have in common (data/click_ids.csv)."""
    return tuple(name for name, row in click_ids().items() if row["identifies"] == "campaign")


def ids_of(kind: str) -> tuple[str, ...]:
    """Return the click ids that speak for one kind of origin (data/click_ids.csv)."""
    return tuple(name for name, row in click_ids().items() if row["speaks_for"] == kind)


@cache
def tag_pattern() -> str:
    """Return a regular expression, for RE2 and Python, that finds a campaign's tag in a query."""
    names = "|".join(map(re.escape, (*UTM, *click_ids())))
    return f"(?:^|[&;])(?:{names})="


@cache
def _relevant_names() -> frozenset[str]:
    return frozenset((*UTM, *click_ids(), *parameter_names()))
