"""User agent to device, in-app browser, link-preview fetcher or bot.

Four questions about one string, in this order: did an app fetch the page for a link preview
(data/preview_fetchers.csv), did a person open it inside an app (data/in_app_browsers.csv), was it
a machine (data/assistant_fetchers.csv, crawler-user-agents, data/other_bots.csv, user-agents), and
what device is it (user-agents, over ua-parser's fast matcher). A preview fetcher is never counted
as a bot, and a person inside an app never is: some crawler patterns claim them, hence the order.
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

from darksocial import data
from darksocial.lookups.agent_rules import OTHER_FAMILY, TABLET_FAMILIES, ParsedAgent
from darksocial.lookups.browser_releases import release_day

DeviceClass = Literal["mobile", "tablet", "desktop", "other"]
InAppKind = Literal["private", "public", "mixed", "ai", "search"]
PreviewOrigin = Literal["device", "server"]
PreviewPrivacy = Literal["private", "mixed", "public"]
BotReason = Literal[
    "no user agent",
    "assistant asked by a person",
    "declared crawler",
    "automated browser",
    "library or tool",
]

NO_AGENT: BotReason = "no user agent"
ASKED_ASSISTANT: BotReason = "assistant asked by a person"

# Further characters of a user agent are ignored. This guards against hostile input: the longest
# real agents, those of Facebook's apps, have fewer than 1,000.
MAX_AGENT_CHARACTERS = 2048

# Crawler patterns in one RE2 program. Measured on 21,230 agents with 1,504 patterns: one program
# outgrows RE2's memory for its automaton and takes 1.6 s, eight take 0.07 s, 64 take 0.17 s.
_PATTERNS_PER_PASS = 200

_REASON_OF_TAG: dict[str, BotReason] = {
    "http-library": "library or tool",
    "browser-automation": "automated browser",
}

_SAYS_PHONE = re.compile(r"Android.*(?:\bMobile\b|Opera M)|\(Mobile;")
_SAYS_TABLET = re.compile(r"\(Android[^)]*; Tablet;|\(Tablet;")


@dataclass(frozen=True, slots=True)
class Agent:
    """What one user agent says; a field is None if the user agent does not say.

    device: the class of device, "other" if no class fits (televisions, machines).
    os, browser: the family without its version, as uap-core names it.
    in_app, in_app_kind: the app whose in-app browser it is, and what people see in that app:
        "private" messages, "public" posts, "mixed" (both, and nothing distinguishes them), "ai"
        assistants, "search" results.
    preview_app, preview_origin, preview_privacy: the app that fetched a link preview, whether from
        the sender's "device" or the app's "server", and whether the fetch shows a "private"
        share, a "public" post, or either ("mixed").
    bot: why the agent is a machine. Preview fetchers and in-app browsers are never bots.
    browser_released: when the browser was released (browser_releases.py), in days since 1970. None
        also for preview fetchers, in-app browsers and declared machines.
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
    browser_released: int | None = None


def classify(user_agents: Sequence[str | None]) -> list[Agent]:
    """Return which device, app, preview fetcher or bot each user agent is, in the same order.

    It is made for many distinct agents at once: every table is matched over the whole column. None,
    the empty string and a lone hyphen are the bot "no user agent"; do not ask if a format records
    no user agents. Nothing raises: undecodable characters are replaced, and only the first
    MAX_AGENT_CHARACTERS characters count.

    Reasons for a bot, the first that fits: "no user agent"; "assistant asked by a person"
    (data/assistant_fetchers.csv); "declared crawler" and "automated browser" (crawler-user-agents;
    its tag browser-automation); "library or tool" (its tag http-library); then the reason in
    data/other_bots.csv; "library or tool" for what does not begin like a browser; then "declared
    crawler" for what user-agents calls a spider.
    """
    texts = [_clean(agent) for agent in user_agents]
    column = pa.array(texts, pa.large_string())
    previews = _first_rows(column, "preview_fetchers")
    in_apps = _first_rows(column, "in_app_browsers")
    bots = _bots(column)
    return [
        _agent(text, previews.get(place), in_apps.get(place), bots.get(place))
        for place, text in enumerate(texts)
    ]


def _clean(agent: str | None) -> str:
    """Return the agent as text that UTF-8 can hold, "" if there is none."""
    text = (agent or "")[:MAX_AGENT_CHARACTERS].strip()
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode("utf-8")
    return "" if text == "-" else text


def _first_rows(column: pa.Array, table: str) -> dict[int, dict[str, str]]:
    """Map the position of each agent to the first row of the table whose pattern matches it.

    One expression of all patterns first sorts out the many agents that match none.
    """
    rows = data.read(table)
    row_of: dict[int, dict[str, str]] = {}
    left = _positions(column, [row["pattern"] for row in rows])
    for row in rows:
        hit = pc.match_substring_regex(column.take(left), row["pattern"])
        row_of.update(dict.fromkeys(left.filter(hit).to_pylist(), row))
        left = left.filter(pc.invert(hit))
    return row_of


def _positions(column: pa.Array, patterns: Sequence[str]) -> pa.Array:
    """Return the positions of the agents that any of the patterns matches."""
    return pc.indices_nonzero(pc.match_substring_regex(column, _either(patterns)))


def _either(patterns: Iterable[str]) -> str:
    return "|".join(f"(?:{pattern})" for pattern in patterns)


def _bots(column: pa.Array) -> dict[int, BotReason]:
    """Map the position of each agent in crawler-user-agents or our own tables to the reason.

    The list is not asked about what browsers call themselves and their devices
    (data/browser_names.csv): among its patterns are `Sonic` and the build `AP3A.240617.008`. What
    does not begin like a browser (data/browser_beginnings.csv) is a program.
    """
    asked = _first_rows(column, "assistant_fetchers")
    reason_of: dict[int, BotReason] = dict.fromkeys(asked, ASKED_ASSISTANT)
    bare = column
    for row in data.read("browser_names"):
        bare = pc.replace_substring_regex(bare, row["pattern"], "Mozilla/5.0 ")
    for reason, patterns in _crawler_patterns():
        for place in _positions(bare, patterns).to_pylist():
            reason_of.setdefault(place, reason)
    for place, row in _first_rows(column, "other_bots").items():
        reason_of.setdefault(place, cast(BotReason, row["reason"]))
    beginnings = "|".join(row["pattern"] for row in data.read("browser_beginnings"))
    begins = pc.match_substring_regex(column, f"^(?:{beginnings})")
    for place in pc.indices_nonzero(pc.invert(begins)).to_pylist():
        reason_of.setdefault(place, "library or tool")
    return reason_of


def _known_crawlers() -> list[dict[str, Any]]:
    """Return the list in the package crawler-user-agents.

    The package itself reads it in the encoding of the locale, so it is not imported.
    """
    package = find_spec("crawleruseragents")
    assert package and package.origin
    text = Path(package.origin).with_name("crawler-user-agents.json").read_text("utf-8")
    return cast(list[dict[str, Any]], json.loads(text))


@cache
def _crawler_patterns() -> tuple[tuple[BotReason, tuple[str, ...]], ...]:
    """Return the patterns in passes of a size that suits RE2, in the order of the reasons."""
    patterns_of: dict[BotReason, list[str]] = {
        "declared crawler": [],
        "automated browser": [],
        "library or tool": [],
    }
    for crawler in _known_crawlers():
        reasons = [_REASON_OF_TAG[tag] for tag in crawler["tags"] if tag in _REASON_OF_TAG]
        patterns_of[next(iter(reasons), "declared crawler")].append(crawler["pattern"])
    return tuple(
        (reason, tuple(patterns[start : start + _PATTERNS_PER_PASS]))
        for reason, patterns in patterns_of.items()
        for start in range(0, len(patterns), _PATTERNS_PER_PASS)
    )


def _agent(
    text: str,
    preview: dict[str, str] | None,
    in_app: dict[str, str] | None,
    bot: BotReason | None,
) -> Agent:
    """Return the agent from the tables and the parser: preview before in-app before bot."""
    if not text:
        return Agent("other", bot=NO_AGENT)
    parsed = ParsedAgent(text)
    device = _device(parsed)
    system, browser = _family(parsed.os.family), _family(parsed.browser.family)
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
    released = None if bot else release_day(text)
    return Agent(device, system, browser, bot=bot, browser_released=released)


def _family(name: str) -> str | None:
    return None if name == OTHER_FAMILY else name


def _device(parsed: ParsedAgent) -> DeviceClass:
    """Return the class of device: what the agent says of itself, else by user-agents' rules.

    Those rules alone take every Android browser without "Mobile Safari" for a tablet, and
    Firefox's tablets for phones. Chrome marks Android phones with the word Mobile
    (developer.chrome.com, "User-Agent strings"), Firefox writes Mobile or Tablet (MDN, "Firefox
    user agent string reference"); Opera Mini and Mobile, which write neither, are phones. The
    rules also count as computers only Linux under X11 and some versions of Windows; here all
    Windows and all X11 systems are computers.
    """
    is_known_tablet = parsed.device.family in TABLET_FAMILIES
    if is_known_tablet or _SAYS_TABLET.search(parsed.ua_string):
        return "tablet"
    if _SAYS_PHONE.search(parsed.ua_string):
        return "mobile"
    if parsed.is_tablet or parsed.is_mobile:
        return "tablet" if parsed.is_tablet else "mobile"
    computer = parsed.is_pc or parsed.os.family == "Windows" or "(X11;" in parsed.ua_string
    return "desktop" if computer else "other"
