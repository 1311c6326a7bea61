"""Links to hand out: tagged, with a share id, and the addresses that open an app with them.

The tags are what GA4 files well (data/share_apps.csv); the id says the rest. The id of a link
follows from the page, the app, campaign and partner, so the same command gives the same links. A
link is generation 1 of its tree.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from urllib.parse import parse_qsl, quote, urlsplit, urlunsplit

from darksocial import arguments, data
from darksocial.errors import UsageError
from darksocial.language import gettext as _
from darksocial.lookups.chatbots import CHATBOT_TAG
from darksocial.plugins import one_of
from darksocial.tracking.share_id import DEFAULT_PARAMETER, ShareId, check_name

KEY_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
KEY_LENGTH = 5
QR_APP, QR_MEDIUM = "qr", "referral"
"""utm_source and utm_medium of QR codes. GA4 knows no channel for print; `referral` is one of the
media that it books as Referral (support.google.com/analytics/answer/9756891)."""
APP_ID_FIELD = "{app_id}"
BOT_NAME = re.compile(r"[\w.+-]{1,64}")


@dataclass(frozen=True, slots=True)
class Page:
    """A page to share.

    url: its address, http or https.
    text: a text beside the link. Empty: none.
    campaign: utm_campaign. Empty: none.
    partner: whose link it is, utm_content. Empty: none.
    """

    url: str
    text: str = ""
    campaign: str = ""
    partner: str = ""


@dataclass(frozen=True, slots=True)
class SharedLink:
    """One link to hand out.

    page: the page.
    app: through which app; `qr` is a code.
    link: the address of the page with tags and share id.
    address: what opens the app with the link, or a conversation with a chatbot that is to answer
        with the link; for a code and a link to copy the link itself.
    template: the address with `{url}` in place of the link, as data-share takes it. Empty: none.
    share_id: the id in the link.
    bot: the name of the chatbot. Empty: none.
    """

    page: Page
    app: str
    link: str
    address: str
    template: str
    share_id: str
    bot: str = ""


def link(
    urls: str | Iterable[str | Page],
    *,
    to: str | Sequence[str] = (),
    bots: Mapping[str, str] | None = None,
    qr: bool = False,
    campaign: str = "",
    partner: str = "",
    text: str = "",
    app_id: str = "",
    share_parameter: str = DEFAULT_PARAMETER,
) -> tuple[SharedLink, ...]:
    """Return the links to hand out for the pages `urls`, each for each app.

    A page is an address, or a `Page` that has its own `campaign`, `partner` and `text`. `to` names
    apps; without it all are meant that need nothing more. `bots` is the name of a chatbot by app.
    With `qr` there is also a link for a QR code. `app_id` is that of an app registered with Meta,
    which Messenger asks for. `share_parameter` is the name of the parameter for the id.

    Raises UsageError for an address that is none, an app that is not known, and Messenger without
    `app_id`.
    """
    for field, value in (("campaign", campaign), ("partner", partner), ("text", text)):
        arguments.check(field, value, str)
    arguments.check("qr", qr, bool)
    check_name(share_parameter)
    apps = _apps(arguments.texts_of("to", to), app_id)
    own = Page("", text, campaign, partner)
    if not isinstance(urls, Iterable):
        arguments.refuse("urls", urls, _("an address, or a list of addresses or pages"))
    pages = [_page(url, own) for url in ([urls] if isinstance(urls, str) else urls)]
    make = _Maker(share_parameter, app_id)
    links: list[SharedLink] = []
    for page in pages:
        links += [make.for_app(page, app) for app in apps]
        links += [make.for_bot(page, app, name) for app, name in (bots or {}).items()]
        links += [make.for_code(page)] if qr else []
    return tuple(links)


@cache
def share_apps() -> dict[str, dict[str, str]]:
    """Return the rows of the table of apps by name."""
    return {row["app"]: row for row in data.read("share_apps")}


@cache
def _chatbots() -> dict[str, str]:
    return {row["app"]: row["address"] for row in data.read("chatbots")}


def _apps(names: Sequence[str], app_id: str) -> list[str]:
    """Return the apps that links are for. Raises UsageError."""
    table = share_apps()
    for name in names:
        if name not in table:
            problem = _("`to`: there is no address to share with {app!r}.").format(app=name)
            raise UsageError(problem, expected=one_of(name, table))
        if APP_ID_FIELD in table[name]["address"] and not app_id:
            raise UsageError(
                _("`app_id` is empty, and {app} asks for one.").format(app=table[name]["title"]),
                expected=_("the id of an app that is registered with Meta"),
            )
    return list(names) or [
        app for app, row in table.items() if app_id or APP_ID_FIELD not in row["address"]
    ]


def _page(url: str | Page, own: Page) -> Page:
    """Return a page with what all pages have where it says nothing else. Raises UsageError."""
    page = url if isinstance(url, Page) else replace(own, url=url)
    try:
        parts = urlsplit(page.url)
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        is_address = False
    if not is_address or re.search(r"[\s\x00-\x1f\x7f\"'<>]", page.url):
        raise UsageError(
            _("`urls`: {url!r} is not the address of a page.").format(url=page.url[:200]),
            expected=_("an address such as https://www.example.org/story"),
        )
    return replace(
        page,
        text=page.text or own.text,
        campaign=page.campaign or own.campaign,
        partner=page.partner or own.partner,
    )


@dataclass(frozen=True, slots=True)
class _Maker:
    """Makes links: `parameter` holds the id, `app_id` is what Messenger asks for."""

    parameter: str
    app_id: str

    def for_app(self, page: Page, app: str) -> SharedLink:
        """Return the link of a page for an app."""
        row = share_apps()[app]
        share, address = self._tagged(page, app, row["medium"], "handed_out")
        if not row["address"]:
            return SharedLink(page, app, address, address, "", str(share))
        message = "{text}%20{url}" if page.text else "{url}"
        template = (
            row["address"]
            .replace("{message}", message)
            .replace("{text}", quote(page.text, safe=""))
            .replace(APP_ID_FIELD, quote(self.app_id, safe=""))
        )
        opened = template.replace("{url}", quote(address, safe=""))
        return SharedLink(page, app, address, opened, template, str(share))

    def for_bot(self, page: Page, app: str, name: str) -> SharedLink:
        """Return the link of a page with which a chatbot is to answer. Raises UsageError."""
        if app not in _chatbots():
            problem = _("`bots`: there are no links to chatbots of {app!r}.").format(app=app)
            raise UsageError(problem, expected=one_of(app, _chatbots()))
        if not BOT_NAME.fullmatch(name):
            problem = _("`bots`: {name!r} is not the name of a chatbot.").format(name=name[:64])
            raise UsageError(problem, expected=_("a name or number, as in telegram=example_bot"))
        medium = share_apps()[app]["medium"]
        share, address = self._tagged(page, app, medium, "handed_out", bot=name)
        payload = str(share).replace(".", "-")
        opened = _chatbots()[app].replace("{name}", quote(name)).replace("{payload}", payload)
        return SharedLink(page, app, address, opened, "", str(share), name)

    def for_code(self, page: Page) -> SharedLink:
        """Return the link of a page for a QR code."""
        share, address = self._tagged(page, QR_APP, QR_MEDIUM, "qr_code")
        return SharedLink(page, QR_APP, address, address, "", str(share))

    def _tagged(
        self, page: Page, app: str, medium: str, method: str, bot: str = ""
    ) -> tuple[ShareId, str]:
        """Return the id and the address with it, behind tags that the address does not have."""
        parts = urlsplit(page.url)
        key = _key(page.url, app, page.campaign, page.partner, bot)
        share = ShareId(method, key, 1, key)
        tags = {
            "utm_source": app,
            "utm_medium": medium,
            "utm_campaign": page.campaign,
            "utm_content": page.partner,
            "utm_term": CHATBOT_TAG if bot else "",
        }
        there = {name for name, _value in parse_qsl(parts.query, keep_blank_values=True)}
        before = [
            pair
            for pair in parts.query.split("&")
            if pair and pair.partition("=")[0] != self.parameter
        ]
        added = [
            f"{name}={quote(value, safe='')}"
            for name, value in tags.items()
            if value and name not in there
        ]
        own = [f"{self.parameter}={share}"] if self.parameter else []
        return share, urlunsplit(parts._replace(query="&".join([*before, *added, *own])))


def _key(*texts: str) -> str:
    """Return five of `0-9a-z` that follow from texts."""
    number = int.from_bytes(hashlib.sha256("\0".join(texts).encode()).digest(), "big")
    key = ""
    for _place in range(KEY_LENGTH):
        number, digit = divmod(number, len(KEY_DIGITS))
        key += KEY_DIGITS[digit]
    return key
