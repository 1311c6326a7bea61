"""Which campaign a click id is of, where its link has no tag: `--campaign-map`."""

import fnmatch
import re
from collections.abc import Iterable
from dataclasses import dataclass

from darksocial.errors import UsageError
from darksocial.language import gettext as _

ENTRY = re.compile(r"(?P<click_id>[\w-]+)(?::(?P<path>[/*][^=]*))?=(?P<campaign>.+)")


@dataclass(frozen=True, slots=True)
class ClickIdMap:
    """Campaigns by the name of a click id and a pattern of the landing page, in this order."""

    entries: tuple[tuple[str, str, str], ...] = ()

    def campaign_of(self, click_id: str | None, path: str | None) -> str | None:
        """Return the campaign of the first entry that fits; None if none does."""
        for name, pattern, campaign in self.entries if click_id else ():
            if name == click_id and fnmatch.fnmatchcase(path or "", pattern):
                return campaign
        return None


def click_id_map(texts: Iterable[str]) -> ClickIdMap:
    """Return the map of texts such as `gclid=brand` and `gclid:/offers/*=autumn`, where `*` is any
    number of characters. Raises UsageError for a text of another form."""
    entries = []
    for text in texts:
        match = ENTRY.fullmatch(text)
        if not match:
            raise UsageError(
                _("`campaign_map` is {text!r}, which names no click id and campaign.").format(
                    text=text
                ),
                expected=_("gclid=CAMPAIGN, or gclid:/path/*=CAMPAIGN for some landing pages"),
            )
        entries.append((match["click_id"], match["path"] or "*", match["campaign"]))
    return ClickIdMap(tuple(entries))
