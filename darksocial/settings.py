"""What an analysis can be told, with its defaults: the library's side of the options."""

import hashlib
import ipaddress
import json
import re
import zoneinfo
from dataclasses import asdict, dataclass

from darksocial.errors import UsageError

OFFSET = re.compile(r"[+-]\d\d:\d\d")


@dataclass(frozen=True, slots=True)
class ReadSettings:
    """How inputs are read.

    format: name of a format, instead of detection per file.
    log_format: a directive of Apache or nginx, instead of a named format.
    log_format_from: `FILE` or `FILE:NAME`, a server configuration that holds the directive.
    map: which key or column holds which field, as in `time=ts,url=request_uri`; several may be
        given, and what is not named is told by its name.
    timezone: of times that do not tell theirs, an IANA name or ±HH:MM.
    trusted_proxies: networks (CIDR) of proxies whose X-Forwarded-For is believed.
    """

    format: str | None = None
    log_format: str | None = None
    log_format_from: str | None = None
    map: tuple[str, ...] = ()
    timezone: str = "UTC"
    trusted_proxies: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        ways = ("format", "log_format", "log_format_from", "map")
        given = [name for name in ways if getattr(self, name)]
        if len(given) > 1:
            options = " and ".join("--" + name.replace("_", "-") for name in given)
            raise UsageError(f"{options} are given together", expected="one of them")
        if not OFFSET.fullmatch(self.timezone):
            _check_zone(self.timezone)
        for network in self.trusted_proxies:
            _check_network(network)

    @property
    def mapping(self) -> dict[str, str]:
        """`map` as a dictionary, field to key."""
        pairs = [pair for text in self.map for pair in text.split(",") if pair]
        for pair in pairs:
            if "=" not in pair:
                raise UsageError(
                    f"--map has {pair!r}", expected="FIELD=KEY, as in time=ts,url=request_uri"
                )
        return {name.strip(): key.strip() for name, key in (p.split("=", 1) for p in pairs)}


def _check_zone(name: str) -> None:
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError) as error:
        raise UsageError(
            f"there is no time zone {name!r}", expected="a name such as Europe/Berlin, or +01:00"
        ) from error


def _check_network(text: str) -> None:
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError as error:
        raise UsageError(
            f"{text!r} is no network", expected="an address or a range such as 10.0.0.0/8"
        ) from error


@dataclass(frozen=True, slots=True)
class Goal:
    """What counts as a conversion: a hit that has everything that is named here.

    `path` may hold `*` for any characters; without `status` any answer below 400 counts. `event` is
    the name of an event of an analytics export. `value` is the revenue of one conversion.
    """

    path: str | None = None
    status: int | None = None
    method: str | None = None
    event: str | None = None
    value: float | None = None

    def __post_init__(self) -> None:
        if not (self.path or self.event):
            raise UsageError("a goal has neither path nor event", expected="one of them")

    @property
    def pattern(self) -> str:
        """The path as a regular expression over whole paths."""
        return ".*".join(re.escape(part) for part in (self.path or "").split("*"))


@dataclass(frozen=True, slots=True)
class Settings:
    """How an analysis is done.

    session_timeout: minutes without a hit after which a session ends, 1 to 475.
    site: hosts of the site, for logs that record none; empty: told from the log.
    exclude_referrer: hosts whose referrals continue a session (payment providers).
    keep_identifiers: client addresses and user agents are part of the sessions.
    goals: which hits are conversions.
    """

    session_timeout: int = 30
    site: tuple[str, ...] = ()
    exclude_referrer: tuple[str, ...] = ()
    keep_identifiers: bool = False
    goals: tuple[Goal, ...] = ()

    def __post_init__(self) -> None:
        if not 1 <= self.session_timeout <= 475:
            raise UsageError(
                f"a session timeout of {self.session_timeout} minutes",
                expected="1 to 475 minutes (7 hours 55 minutes, the longest that GA4 allows)",
            )


def config_hash(version: str, read: ReadSettings, settings: Settings) -> str:
    """Return 12 hexadecimal digits that change when the version or any setting changes."""
    told = json.dumps([version, asdict(read), asdict(settings)], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:12]
