"""Campaign parameters of a landing page: UTM tags and click ids.

UTM: https://support.google.com/analytics/answer/10917952. Names are case-sensitive and in lower
case, as GA4 reads them. The click ids are data/click_ids.csv.
"""

from dataclasses import dataclass, fields
from functools import cache
from urllib.parse import unquote_plus

from darksocial import tables


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
    """Return the campaign that a query string (without `?`) names.

    Of a parameter that is there twice the first counts. Percent escapes that are broken or not
    UTF-8 stay readable and never raise.
    """
    if not query:
        return NOTHING
    found: dict[str, str] = {}
    for part in query.replace("&amp;", "&").split("&"):
        name, _, value = part.partition("=")
        if value and (name in UTM or name in click_ids()):
            found.setdefault(name, unquote_plus(value).strip())
    if not found:
        return NOTHING
    click_id = next((name for name in click_ids() if found.get(name)), None)
    tags = {name: found.get(name) or None for name in UTM}
    network = click_ids()[click_id]["network"] if click_id else None
    return Campaign(**tags, click_id=click_id, click_id_network=network)


@cache
def click_ids() -> dict[str, dict[str, str]]:
    """The rows of data/click_ids.csv by parameter, in their order."""
    return {row["parameter"]: row for row in tables.read("click_ids")}
