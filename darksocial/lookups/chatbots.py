"""Links that a chatbot sent, known by their tags.

A bot that answers a stranger is no person who shares: its links are counted apart.
"""

from collections.abc import Iterable
from functools import cache

from darksocial import data
from darksocial.language import gettext as _

CHATBOTS = _("(chatbots)")
"""The name of the row of links that chatbots sent, beside those of people and partners."""


CHATBOT_TAG = "chatbot"
"""The tag of the links that `darksocial link` makes for a chatbot's answers, one of those by which
they are known."""


def is_of_chatbot(tags: Iterable[str | None]) -> bool:
    """Return whether one of the values of a link's tags says that a chatbot sent it."""
    return any(tag and tag.casefold() in chatbot_tags() for tag in tags)


@cache
def chatbot_tags() -> frozenset[str]:
    """Return the values of tags by which links of chatbots are known (data/chatbot_tags.csv)."""
    return frozenset(row["value"] for row in data.read("chatbot_tags"))
