"""Campaign parameters of a landing page: UTM tags and click ids.

UTM: https://support.google.com/analytics/answer/10917952. Names are case-sensitive, as GA4 reads
them: `UTM_Source` is none. The click ids are data/click_ids.csv.
"""

from dataclasses import dataclass, fields
from functools import cache
from urllib.parse import unquote_plus

from darksocial import data


@dataclass(frozen=True, slots=True)
class Campaign:
    """What a query string says of the campaign; an empty or absent value is None.

    `click_id` is the name of the click id, not its value; `click_id_network` who appends it.
    """

    utm_source: str | None = None
    utm_medium: str | None = None
    utm_campaign: str | None = None
    utm_content: str | None = None
    utm_term: str | None = None
    click_id: str | None = None
    click_id_network: str | None = None

    @property
    def is_tagged(self) -> bool:
        """Whether any UTM parameter is there."""
        return any(
            (self.utm_source, self.utm_medium, self.utm_campaign, self.utm_content, self.utm_term)
        )


UTM = tuple(field.name for field in fields(Campaign) if field.name.startswith("utm_"))
NOTHING = Campaign()


def parse_query(query: str | None) -> Campaign:
    """Return the campaign that a query string (with or without `?`) names.

    Of a parameter that is there twice the first with a value counts. `&amp;` separates like `&`:
    mail programs write it into links. Percent escapes that are broken stay as they are, bytes that
    are not UTF-8 become U+FFFD; nothing raises.
    """
    if not query or "=" not in query:
        return NOTHING
    found = _known_values(query)
    if not found:
        return NOTHING
    click_id = next((name for name in click_ids() if name in found), None)
    tags = {name: found.get(name) for name in UTM}
    network = click_ids()[click_id]["network"] if click_id else None
    return Campaign(**tags, click_id=click_id, click_id_network=network)


def _known_values(query: str) -> dict[str, str]:
    """The decoded values of the parameters that matter; empty ones are left out."""
    found: dict[str, str] = {}
    known = _known_names()
    for part in query.lstrip("?").replace("&amp;", "&").split("&"):
        name, _, raw = part.partition("=")
        if "%" in name:
            name = unquote_plus(name)
        if name in known and name not in found and (value := unquote_plus(raw).strip()):
            found[name] = value
    return found


@cache
def click_ids() -> dict[str, dict[str, str]]:
    """The rows of data/click_ids.csv by parameter, in their order."""
    return {row["parameter"]: row for row in data.read("click_ids")}


@cache
def _known_names() -> frozenset[str]:
    return frozenset((*UTM, *click_ids()))
