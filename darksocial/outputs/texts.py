"""Names for people of what tables hold as short values, and sentences of several reports."""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from darksocial.language import gettext as _
from darksocial.language import ngettext
from darksocial.lookups import apps
from darksocial.printable import printable

if TYPE_CHECKING:
    from darksocial.campaigns.values import CampaignRow

BOT_REASONS = {
    "assistant asked by a person": _("fetches pages for an AI assistant that a person has asked"),
    "declared crawler": _("identifies itself as a crawler"),
    "automated browser": _("identifies itself as an automated browser"),
    "library or tool": _("is a software library or a command-line tool"),
    "no user agent": _("sends no user agent"),
    "reads robots.txt": _("asks for robots.txt, which browsers never do"),
    "probes for weaknesses": _("asks for files and consoles by which scanners look for weaknesses"),
    "guesses passwords": _("views login pages alone and sends passwords to them"),
    "names itself as referrer": _("arrives at a page with that page itself as its referrer"),
    "changes its user agent": _(
        "one of many user agents of an address that loads no style, script or image"
    ),
    "referrer spam": _("names a referrer from which no link leads, so that its owner is visited"),
    "pages without assets, too fast": _(
        "views pages faster than a person, without images, styles or scripts"
    ),
    "pages without assets": _("views several pages without images, styles or scripts"),
}
"""How a bot was recognised, by the reason in the tables (lookups/agents.py, visits/visitors.py)."""
NO_NAME = "-"
"""What is shown for a name or a value that there is not."""
NETWORKS = {
    "linkedin": "LinkedIn",
    "ok": "Odnoklassniki",
    "vk": "VK",
}
"""Public networks whose names are not only a capital away from those in the tables."""
CAUSES = {
    "dark social": _("dark social"),
    "direct": _("typed address, bookmark or history"),
    "lost search": _("search, referrer lost"),
    "lost social": _("public social network, referrer lost"),
    "lost email": _("mailing, not tagged"),
    "lost AI assistant": _("AI assistant, referrer lost"),
    "lost": _("search, social network, mailing or AI assistant, lost"),
    "bot": _("a bot that passes for a browser"),
}
"""The causes of a visit (results/explain.py), and `lost`, all of them whose source was lost."""


def bot_reason(reason: str) -> str:
    """Return how a bot was recognised, in words; the reason itself where there are none."""
    return BOT_REASONS.get(reason, reason)


def cause(label: str) -> str:
    """Return the cause of a visit in words; the label itself where it is that of a channel."""
    return CAUSES.get(label, label)


def preview_app(app: str) -> str:
    """Return the name of an app or network that fetches link previews, as people write it."""
    return NETWORKS.get(app) or apps.label(app)


MAX_FILES_NAMED = 3
ANY_DIGITS = re.compile(r"[0-9]+")


def all_not_read(left_out: Iterable[tuple[str, str]]) -> list[str]:
    """Return sentences that say which files were not read, and why.

    Several files with one reason are one sentence, with an asterisk for digits in their names.
    """
    by_reason: dict[str, list[str]] = {}
    for file, reason in left_out:
        by_reason.setdefault(reason, []).append(file)
    sentences = []
    for reason, files in by_reason.items():
        if len(files) <= MAX_FILES_NAMED:
            sentences += [not_read(file, reason) for file in files]
            continue
        names = list(dict.fromkeys(ANY_DIGITS.sub("*", file) for file in files))
        more = [" ..."] if len(names) > MAX_FILES_NAMED else []
        text = ngettext(
            "{n:,} file was not read ({reason}): {names}",
            "{n:,} files were not read ({reason}): {names}",
            len(files),
        )
        shown = ", ".join(names[:MAX_FILES_NAMED]) + "".join(more)
        sentences.append(printable(text.format(n=len(files), reason=reason, names=shown)))
    return sentences


def not_read(file: str, reason: str) -> str:
    """Return the sentence that says why a file was not read."""
    return printable(_("{file} was not read: {reason}").format(file=file, reason=reason))


def name_of_row(row: "CampaignRow") -> str:
    """Return what a row of the table of campaigns is of; a dash where nothing says it."""
    from darksocial.campaigns.build import name_of_group

    return name_of_group((row.source, row.medium, row.campaign, row.channel, row.partner))
