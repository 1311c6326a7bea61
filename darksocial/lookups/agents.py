"""User agent to device, in-app browser, link-preview fetcher or bot.

Four questions about one string, in this order: did an app fetch it to show a link preview
(data/preview_fetchers.csv), did a person open it inside an app (data/in_app_browsers.csv), was it
a machine (crawler-user-agents, data/other_bots.csv, user-agents), and what device is it
(user-agents, over ua-parser's fast matcher). A preview fetcher is never counted as a bot, and a
person inside an app never is: some crawler patterns claim them, hence the order.
"""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal, cast

import pyarrow as pa
import pyarrow.compute as pc
from ua_parser import BestAvailableResolver, Parser
from ua_parser.loaders import load_lazy_builtins
from user_agents import parsers

from darksocial import data

DeviceClass = Literal["mobile", "tablet", "desktop", "other"]
InAppKind = Literal["private", "public", "mixed", "ai"]
PreviewOrigin = Literal["device", "server"]
PreviewPrivacy = Literal["private", "mixed", "public"]
BotReason = Literal["no user agent", "declared crawler", "automated browser", "library or tool"]

LONGEST_AGENT = 2048
"""Characters of a user agent that are looked at. Our own guard against hostile input: the longest
real agents, those of Facebook's apps, stay under 1,000."""

_PATTERNS_A_PASS = 200
"""Crawler patterns to one RE2 program. Measured on 21,230 agents with 1,504 patterns: one program
outgrows RE2's memory for its automaton and takes 1.6 s, eight take 0.07 s, 64 take 0.17 s."""

_REASON_OF_TAG: dict[str, BotReason] = {
    "http-library": "library or tool",
    "browser-automation": "automated browser",
}

_SAYS_PHONE = re.compile(r"Android.*(?:\bMobile\b|Opera M)|\(Mobile;")
_SAYS_TABLET = re.compile(r"\(Android[^)]*; Tablet;|\(Tablet;")


@dataclass(frozen=True, slots=True)
class Agent:
    """What one user agent says; a field is None where the user agent does not say.

    device: the class of device, "other" where no class fits (televisions, machines).
    os, browser: the family without its version, as uap-core names it.
    in_app, in_app_kind: the app whose in-app browser it is, and what people see in that app:
        "private" messages, "public" posts, "mixed" (both, told apart by nothing), "ai" assistants.
    preview_app, preview_origin, preview_privacy: the app that fetched a link preview, whether from
        the sender's "device" or the app's "server", and whether the fetch tells of a "private"
        share, a "public" post, or either ("mixed").
    bot: why the agent is a machine. Preview fetchers and in-app browsers are never bots.
    """

    device: DeviceClass
    os: str | None = None
    browser: str | None = None
    in_app: str | None = None
    in_app_kind: InAppKind | None = None
    preview_app: str | None = None
    preview_origin: PreviewOrigin | None = None
    preview_privacy: PreviewPrivacy | None = None
    bot: BotReason | None = None


class _Parsed(parsers.UserAgent):  # type: ignore[misc]  # the base class ships no types
    """A user agent of the user-agents package, filled by ua-parser's fast matcher.

    The package's own constructor goes through ua-parser's legacy interface, at 1.2 ms an agent
    against 0.04 ms. Its rules for phones, tablets, computers and spiders stay as they are.
    """

    def __init__(self, text: str) -> None:
        found = _parser().parse(text)
        browser, system, device = found.user_agent, found.os, found.device
        self.ua_string = text
        self.browser = parsers.Browser(browser.family if browser else "Other", (), "")
        self.device = parsers.Device(device.family if device else "Other", None, None)
        self.os = (
            parsers.parse_operating_system(
                system.family, system.major, system.minor, system.patch, system.patch_minor
            )
            if system
            else parsers.OperatingSystem("Other", (), "")
        )


@cache
def _parser() -> Parser:
    """ua-parser's best matcher, without its cache: each agent comes once."""
    return Parser(BestAvailableResolver(load_lazy_builtins()))


def classify(user_agents: Sequence[str | None]) -> list[Agent]:
    """Say for each user agent which device, app, preview fetcher or bot it is, in the same order.

    Made for many distinct agents at once: every table is matched over the whole column. None, the
    empty string and a lone hyphen are the bot "no user agent"; where a format records no user
    agents, do not ask. Nothing raises: undecodable characters are replaced, and only the first
    LONGEST_AGENT characters count.

    Reasons for a bot, the first that fits: "no user agent"; "declared crawler" and "automated
    browser" (crawler-user-agents; its tag browser-automation); "library or tool" (its tag
    http-library); then the reason in data/other_bots.csv; then "declared crawler" for what
    user-agents calls a spider.
    """
    texts = [_clean(agent) for agent in user_agents]
    column = pa.array(texts, pa.large_string())
    previews = _first_rows(column, "preview_fetchers")
    in_apps = _first_rows(column, "in_app_browsers")
    bots = _bots(column)
    return [
        _agent(text, previews.get(at), in_apps.get(at), bots.get(at))
        for at, text in enumerate(texts)
    ]


def _clean(agent: str | None) -> str:
    """Return the agent as text that UTF-8 can hold, "" where there is none."""
    text = (agent or "")[:LONGEST_AGENT].strip()
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode("utf-8")
    return "" if text == "-" else text


def _first_rows(column: pa.Array, table: str) -> dict[int, dict[str, str]]:
    """Map the position of each agent to the first row of the table whose pattern matches it."""
    rows = data.read(table)
    found: dict[int, dict[str, str]] = {}
    left = _positions(column, [row["pattern"] for row in rows])
    for row in rows:
        hit = pc.match_substring_regex(column.take(left), row["pattern"])
        found.update(dict.fromkeys(left.filter(hit).to_pylist(), row))
        left = left.filter(pc.invert(hit))
    return found


def _positions(column: pa.Array, patterns: Sequence[str]) -> pa.Array:
    """Return the positions of the agents that any of the patterns matches."""
    return pc.indices_nonzero(pc.match_substring_regex(column, _either(patterns)))


def _either(patterns: Iterable[str]) -> str:
    return "|".join(f"(?:{pattern})" for pattern in patterns)


def _bots(column: pa.Array) -> dict[int, BotReason]:
    """Map the position of each agent that crawler-user-agents or our own table knows to why."""
    found: dict[int, BotReason] = {}
    for reason, patterns in _crawler_patterns():
        for at in _positions(column, patterns).to_pylist():
            found.setdefault(at, reason)
    for at, row in _first_rows(column, "other_bots").items():
        found.setdefault(at, cast(BotReason, row["reason"]))
    return found


def _known_crawlers() -> list[dict[str, Any]]:
    """Return the list in crawler-user-agents, which reads it in the encoding of the locale if it
    is imported."""
    found = find_spec("crawleruseragents")
    assert found and found.origin
    text = Path(found.origin).with_name("crawler-user-agents.json").read_text("utf-8")
    return cast(list[dict[str, Any]], json.loads(text))


@cache
def _crawler_patterns() -> tuple[tuple[BotReason, tuple[str, ...]], ...]:
    """Return the patterns in passes of a size that RE2 likes, in the order of the reasons."""
    of_reason: dict[BotReason, list[str]] = {
        "declared crawler": [],
        "automated browser": [],
        "library or tool": [],
    }
    for crawler in _known_crawlers():
        reasons = [_REASON_OF_TAG[tag] for tag in crawler["tags"] if tag in _REASON_OF_TAG]
        of_reason[next(iter(reasons), "declared crawler")].append(crawler["pattern"])
    return tuple(
        (reason, tuple(patterns[start : start + _PATTERNS_A_PASS]))
        for reason, patterns in of_reason.items()
        for start in range(0, len(patterns), _PATTERNS_A_PASS)
    )


def _agent(
    text: str,
    preview: dict[str, str] | None,
    in_app: dict[str, str] | None,
    bot: BotReason | None,
) -> Agent:
    """Put together what the tables and the parser found, preview before in-app before bot."""
    if not text:
        return Agent("other", bot="no user agent")
    parsed = _Parsed(text)
    device, system, browser = _device(parsed), _family(parsed.os), _family(parsed.browser)
    if preview:
        return Agent(
            device,
            system,
            browser,
            preview_app=preview["app"],
            preview_origin=cast(PreviewOrigin, preview["origin"]),
            preview_privacy=cast(PreviewPrivacy, preview["privacy"]),
        )
    if in_app:
        kind = cast(InAppKind, in_app["kind"])
        return Agent(device, system, browser, in_app=in_app["app"], in_app_kind=kind)
    if bot is None and parsed.is_bot:
        bot = "declared crawler"
    return Agent(device, system, browser, bot=bot)


def _family(part: parsers.Browser | parsers.OperatingSystem) -> str | None:
    return None if part.family == "Other" else cast(str, part.family)


def _device(parsed: _Parsed) -> DeviceClass:
    """Return the class of device: what the agent says of itself, else by user-agents' rules.

    Those rules alone take every Android browser without "Mobile Safari" for a tablet, and
    Firefox's tablets for phones. Chrome marks Android phones with the word Mobile
    (developer.chrome.com, "User-Agent strings"), Firefox writes Mobile or Tablet (MDN, "Firefox
    user agent string reference"); Opera Mini and Mobile, which write neither, are phones. The
    rules also know as computers only Linux under X11 and part of the Windows versions: all
    Windows and all X11 systems are.
    """
    known_tablet = parsed.device.family in parsers.TABLET_DEVICE_FAMILIES
    if known_tablet or _SAYS_TABLET.search(parsed.ua_string):
        return "tablet"
    if _SAYS_PHONE.search(parsed.ua_string):
        return "mobile"
    if parsed.is_tablet or parsed.is_mobile:
        return "tablet" if parsed.is_tablet else "mobile"
    computer = parsed.is_pc or parsed.os.family == "Windows" or "(X11;" in parsed.ua_string
    return "desktop" if computer else "other"
