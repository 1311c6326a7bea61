"""What an analysis can be told, with its defaults: the library's side of the options."""

import hashlib
import ipaddress
import json
import math
import re
import zoneinfo
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from darksocial import arguments
from darksocial.errors import UsageError
from darksocial.lookups import apps
from darksocial.plugins import one_of

OFFSET = re.compile(r"[+-]\d\d:\d\d")
MEMORY = re.compile(r"(\d+(?:\.\d+)?) ?([MGT])(?:i?B)?", re.I)
MEGABYTES = {"M": 1, "G": 1e3, "T": 1e6}
MIN_MEMORY_MB, MAX_MEMORY_MB = 1, 1e9
MAX_THREADS = 256
"""More threads than the largest machines have cores only take memory and time."""
SENDING = re.compile(r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) )?(?:[01]\d|2[0-3]):[0-5]\d")
CAUSES = ("dark_social", "direct", "lost_search", "lost_social", "lost_email", "lost_ai")


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
        arguments.check_fields(self)
        ways = ("format", "log_format", "log_format_from", "map")
        named = [name for name in ways if getattr(self, name)]
        if len(named) > 1:
            fields = " and ".join(f"`{name}`" for name in named)
            raise UsageError(f"{fields} are given together", expected="one of them")
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
                    f"`map` has {pair!r}", expected="FIELD=KEY, as in time=ts,url=request_uri"
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
    """What counts as a conversion: a hit that matches every field that is set.

    path: of the request; `*` is any number of characters.
    status: of the answer, 100 to 999. None: any below 400.
    method: of the request, as in `POST`. None: any.
    event: name of an event in an analytics export. A goal has a path, an event or both.
    value: revenue of one conversion, in the site's currency. None: none.
    """

    path: str | None = None
    status: int | None = None
    method: str | None = None
    event: str | None = None
    value: float | None = None

    def __post_init__(self) -> None:
        arguments.check_fields(self)
        if not (self.path or self.event):
            raise UsageError("a goal has neither path nor event", expected="one of them")
        if self.value is not None and not math.isfinite(self.value):
            raise UsageError(f"the value of a goal is {self.value}", expected="a finite number")
        if self.status is not None and not 100 <= self.status <= 999:
            raise UsageError(f"the status of a goal is {self.status}", expected="100 to 999")

    @property
    def pattern(self) -> str:
        """The path as a regular expression over whole paths."""
        return ".*".join(re.escape(part) for part in (self.path or "").split("*"))


@dataclass(frozen=True, slots=True)
class Model:
    """What the site's owner knows, which the tables cannot: the `[model]` of a configuration.

    rates: share (0 to 1) of the visits without referrer that a cause brings, before any evidence,
        as (cause, share) pairs; causes that are not named keep their proportions.
    newsletter: when mailings go out, as `Tue 07:30`, or `07:30` for every day.
    timezone: of these times, an IANA name.
    apps: the private apps that the site's readers use, where it is known that they use no others.
    countries: where they live (ISO 3166-1 alpha-2).
    """

    rates: tuple[tuple[str, float], ...] = ()
    newsletter: tuple[str, ...] = ()
    timezone: str = "UTC"
    apps: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        arguments.check_fields(self)
        _check_zone(self.timezone)
        _check_known("rates", [name for name, _ in self.rates], CAUSES)
        for name, share in self.rates:
            if not 0 < share < 1:
                raise UsageError(
                    f"the rate of {name} is {share}", expected="a share between 0 and 1"
                )
        if sum(share for _, share in self.rates) >= 1:
            raise UsageError("the rates add up to 1 or more", expected="less than 1 altogether")
        for text in self.newsletter:
            if not SENDING.fullmatch(text):
                raise UsageError(
                    f"{text!r} is no sending time", expected="a time such as Tue 07:30, or 07:30"
                )
        _check_known("apps", self.apps, apps.names())
        _check_known("countries", self.countries, apps.countries())


def _check_known(key: str, values: Sequence[str], known: Sequence[str]) -> None:
    for value in values:
        if value not in known:
            raise UsageError(f"{key} has {value!r}", expected=one_of(value, known))


@dataclass(frozen=True, slots=True)
class Settings:
    """How an analysis is done.

    session_timeout: minutes without a hit after which a session ends, 1 to 475.
    site: hosts of the site, for logs that record none; empty: told from the log.
    exclude_referrer: hosts whose referrals continue a session (payment providers).
    keep_identifiers: client addresses and user agents are part of the sessions, and of lines that
        are rejected or quoted; paths, queries and referrers are written as they were logged.
    goals: which hits are conversions.
    model: what is known of the site beforehand.
    strip_query: names of parameters that are dropped from queries and referrers, beside those of
        the tables (docs/privacy.md).
    keep_query: names of parameters that are kept although a table holds them.
    """

    session_timeout: int = 30
    site: tuple[str, ...] = ()
    exclude_referrer: tuple[str, ...] = ()
    keep_identifiers: bool = False
    goals: tuple[Goal, ...] = ()
    model: Model = Model()
    strip_query: tuple[str, ...] = ()
    keep_query: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        arguments.check_fields(self)
        self._check_queries()
        if not 1 <= self.session_timeout <= 475:
            raise UsageError(
                f"a session timeout of {self.session_timeout} minutes",
                expected="1 to 475 minutes (7 hours 55 minutes, the longest that GA4 allows)",
            )

    def _check_queries(self) -> None:
        for key in ("strip_query", "keep_query"):
            for name in getattr(self, key):
                if not name.strip("_-.[] "):
                    raise UsageError(
                        f"{key} has {name!r}", expected="the name of a parameter, such as member"
                    )
        for name in self.strip_query:
            if name in self.keep_query:
                raise UsageError(
                    f"the parameter {name!r} is to be both stripped and kept",
                    expected="one of them",
                )
        if self.keep_identifiers and self.strip_query:
            raise UsageError(
                f"keep_identifiers keeps everything, and strip_query has {self.strip_query[0]!r}",
                expected="one of them",
            )


@dataclass(frozen=True, slots=True)
class Resources:
    """What an analysis may take of the machine; the result does not depend on it.

    memory_limit: of the engine's tables, as `800MB` or `2GB`; what does not fit goes to disk, and
        where that is not possible the work fails. The process takes some 500 MB more: libraries,
        blocks that are read, distinct values. None: 1 GB, and twice as much as often as there is
        no other way, up to four fifths of the machine's memory.
    threads: at most so many at a time. None: as many as there are cores.
    engine: where the work is done: duckdb (in this process) or spark.
    master: URL of the Spark master. None: the session that there is, else this machine.
    """

    memory_limit: str | None = None
    threads: int | None = None
    engine: str = "duckdb"
    master: str | None = None

    def __post_init__(self) -> None:
        arguments.check_fields(self)
        if self.master is not None and self.engine != "spark":
            raise UsageError(
                f"the master {self.master} is given to the engine {self.engine}",
                expected="`master` with the `engine` spark only",
            )
        if self.memory_limit is not None:
            _check_memory(self.memory_limit)
        if self.threads is not None and not 1 <= self.threads <= MAX_THREADS:
            raise UsageError(f"{self.threads} threads", expected=f"1 to {MAX_THREADS}")


def _check_memory(text: str) -> None:
    match = MEMORY.fullmatch(text)
    megabytes = float(match[1]) * MEGABYTES[match[2].upper()] if match else 0
    if not MIN_MEMORY_MB <= megabytes <= MAX_MEMORY_MB:
        raise UsageError(
            f"a memory limit of {text[:100]!r}",
            expected="a size such as 800MB or 2GB, from 1MB to 1000TB",
        )


def config_hash(version: str, read: ReadSettings, settings: Settings) -> str:
    """Return 12 hexadecimal digits that change when the version or any setting changes."""
    told = json.dumps([version, asdict(read), asdict(settings)], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:12]
