"""The settings of an analysis, with their defaults: the library's side of the options.

An error begins with the field that it is about, in backticks; the command line puts the name of
its option there.
"""

import hashlib
import ipaddress
import json
import math
import re
import zoneinfo
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import NoReturn

from darksocial import arguments
from darksocial.errors import UsageError
from darksocial.grammar.times import strptime_form
from darksocial.language import gettext as _
from darksocial.lookups import apps
from darksocial.lookups.hosts import typed_host
from darksocial.lookups.paths import decoded_path
from darksocial.plugins import one_of
from darksocial.tracking.share_id import DEFAULT_PARAMETER, check_name

UTC_OFFSET = re.compile(r"[+-]\d\d:\d\d")
MEMORY_SIZE = re.compile(r"(\d+(?:\.\d+)?) ?([MGT])(?:i?B)?", re.I)
MEGABYTES = {"M": 1, "G": 1e3, "T": 1e6}
MIN_MEMORY_MB, MAX_MEMORY_MB = 1, 1e9
# More threads than the largest machines have cores only take memory and time.
MAX_THREADS = 256
# The longest session that GA4 allows: 7 hours 55 minutes.
MAX_SESSION_MINUTES = 475
MAX_SHOWN_CHARACTERS = 100
SENDING_TIME = re.compile(r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) )?(?:[01]\d|2[0-3]):[0-5]\d")
ORIGINS_OF_ANSWERS = ("dark_social", "search", "social", "email", "ai", "other")
"""Where people say that they heard of a site; the last is for none of these."""
NO_ORIGIN = ORIGINS_OF_ANSWERS[-1]
RATE_CAUSES = ("dark_social", "direct", "lost_search", "lost_social", "lost_email", "lost_ai")
CONFIGURATION_VERSIONS = {
    1: "The first version; files have no `schema-version` then.",
    2: "`output`, `log-style` and `report` have taken the place of `markdown`, `prometheus`, "
    "`log-lines`, `report-format` and `json`.",
}
"""What each version of darksocial.toml brought. A file without the key is read as the first one,
and a key that a later version has renamed is refused with its new name (cli/_renamed.py)."""
CONFIGURATION_VERSION = max(CONFIGURATION_VERSIONS)
INPUT_FIELDS = ("format", "log_format", "log_format_from", "map")


def _refuse(field: str, problem: str, expected: str) -> NoReturn:
    """Raise UsageError: the field cannot have its value, for the reason that `problem` says."""
    raise UsageError(
        _("`{field}`: {problem}").format(field=field, problem=problem), expected=expected
    )


@dataclass(frozen=True, slots=True)
class ReadSettings:
    """How inputs are read.

    format: name of a format, instead of detection per file.
    log_format: a directive of Apache or nginx, instead of a named format.
    log_format_from: `FILE` or `FILE:NAME`, a server configuration that holds the directive.
    map: which key or column holds which field, as in `time=ts,url=request_uri`, once or several
        times; other fields are recognised by the usual names of their keys.
    timezone: of times that are logged without one, an IANA name or ±HH:MM.
    trusted_proxies: networks (CIDR) of proxies whose X-Forwarded-For is trusted.
    time_format: how times are written in files that cannot be read otherwise: a pattern of strftime
        (%d.%m.%Y %H:%M:%S), or of Java (dd.MM.yyyy HH:mm:ss).
    geoip: a database (.mmdb) that says in which countries addresses are, for inputs that do not
        record the country.
    """

    format: str | None = None
    log_format: str | None = None
    log_format_from: str | None = None
    map: tuple[str, ...] = ()
    timezone: str = "UTC"
    trusted_proxies: tuple[str, ...] = ()
    time_format: str | None = None
    geoip: str | None = None

    def __post_init__(self) -> None:
        arguments.check_fields(self)
        chosen = [f"`{name}`" for name in INPUT_FIELDS if getattr(self, name)]
        if len(chosen) > 1:
            raise UsageError(
                _("{fields} are given together.").format(fields=_(" and ").join(chosen)),
                expected=_("one of them"),
            )
        if not UTC_OFFSET.fullmatch(self.timezone):
            _check_zone(self.timezone)
        for network in self.trusted_proxies:
            _check_network(network)
        if self.time_format is not None:
            _check_time_format(self.time_format)

    @property
    def mapping(self) -> dict[str, str]:
        """`map` as a dictionary, field to key."""
        pairs = [pair for text in self.map for pair in text.split(",") if pair]
        for pair in pairs:
            if "=" not in pair:
                _refuse(
                    "map",
                    _("{pair!r} does not say which key holds which field.").format(pair=pair),
                    _("FIELD=KEY, as in time=ts,url=request_uri"),
                )
        return {name.strip(): key.strip() for name, key in (p.split("=", 1) for p in pairs)}


def _check_zone(name: str) -> None:
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        _refuse(
            "timezone",
            _("{name!r} is not a time zone.").format(name=name),
            _("a name such as Europe/Berlin, or +01:00"),
        )


def _check_time_format(text: str) -> None:
    try:
        strptime_form(text)
    except UsageError as error:
        _refuse("time_format", error.problem, error.expected or "")


def _check_network(text: str) -> None:
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        _refuse(
            "trusted_proxies",
            _("{text!r} is not a network.").format(text=text),
            _("an address or a range such as 10.0.0.0/8"),
        )


@dataclass(frozen=True, slots=True)
class Goal:
    """What counts as a conversion: a hit that matches every field that is set.

    path: of the request, percent-encoded or not; `*` is any number of characters.
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
            _refuse("goals", _("A goal has neither path nor event."), _("one of them"))
        if self.path and not self.path.startswith(("/", "*")):
            problem = _("The path of a goal is {path!r}, which no path matches.")
            _refuse("goals", problem.format(path=self.path), _("a path that begins with / or *"))
        if self.path and {"?", "#"} & set(self.path):
            problem = _("The path of a goal is {path!r}, but goals look at paths without queries.")
            _refuse("goals", problem.format(path=self.path), _("a path without ? and #"))
        if self.value is not None and not math.isfinite(self.value):
            problem = _("The value of a goal is {value}.").format(value=self.value)
            _refuse("goals", problem, _("a finite number"))
        if self.status is not None and not 100 <= self.status <= 999:
            problem = _("The status of a goal is {status}.").format(status=self.status)
            _refuse("goals", problem, _("100 to 999"))

    @property
    def text(self) -> str:
        """What the goal matches, as `--goal` takes it: `path=/thanks,method=POST`."""
        fields = {name: getattr(self, name) for name in ("path", "status", "method", "event")}
        return ",".join(f"{name}={value}" for name, value in fields.items() if value is not None)

    @property
    def pattern(self) -> str:
        """The path as a regular expression over whole paths, which are decoded."""
        return ".*".join(re.escape(part) for part in decoded_path(self.path or "").split("*"))


@dataclass(frozen=True, slots=True)
class Model:
    """What the site's owner knows and no table does: the `[model]` of a configuration.

    rates: proportion (0 to 1) of the visits without referrer that a cause brings, before any
        evidence, as (cause, proportion) pairs; the other causes keep their proportions.
    newsletter: when mailings go out, as `Tue 07:30`, or `07:30` for every day.
    timezone: of these times, an IANA name.
    apps: the messengers that the site's readers use, if it is known that they use no others.
    countries: where they live (ISO 3166-1 alpha-2).
    heard_from: how many people named each origin when they were asked how they heard of the site,
        as (origin, number) pairs; `read_answers` reads them from a file. They say something of how
        many visits are dark, and nothing of one visit.
    """

    rates: tuple[tuple[str, float], ...] = ()
    newsletter: tuple[str, ...] = ()
    timezone: str = "UTC"
    apps: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    heard_from: tuple[tuple[str, int], ...] = ()

    def __post_init__(self) -> None:
        arguments.check_fields(self)
        _check_zone(self.timezone)
        self._check_rates()
        for text in self.newsletter:
            if not SENDING_TIME.fullmatch(text):
                _refuse(
                    "newsletter",
                    _("{text!r} is not a sending time.").format(text=text),
                    _("a time such as Tue 07:30, or 07:30"),
                )
        _check_names("apps", self.apps, apps.names())
        _check_names("countries", self.countries, apps.countries())
        origins = [origin for origin, _number in self.heard_from]
        _check_names("heard_from", origins, ORIGINS_OF_ANSWERS)
        for origin, number in self.heard_from:
            if number < 0:
                _refuse(
                    "heard_from",
                    _("The number of answers for {origin} is {number}.").format(
                        origin=origin, number=number
                    ),
                    _("0 or more"),
                )

    def _check_rates(self) -> None:
        _check_names("rates", [cause for cause, _rate in self.rates], RATE_CAUSES)
        for cause, rate in self.rates:
            if not 0 < rate < 1:
                _refuse(
                    "rates",
                    _("The rate of {cause} is {rate}.").format(cause=cause, rate=rate),
                    _("a proportion between 0 and 1"),
                )
        if sum(rate for _cause, rate in self.rates) >= 1:
            _refuse("rates", _("The rates add up to 1 or more."), _("less than 1 in total"))


def _check_names(field: str, values: Sequence[str], names: Sequence[str]) -> None:
    for value in values:
        if value not in names:
            problem = _("{value!r} is not a name that can be used here.").format(value=value)
            _refuse(field, problem, one_of(value, names))


@dataclass(frozen=True, slots=True)
class Settings:
    """How sessions are made and judged, and which personal data is written.

    session_timeout: minutes without a hit after which a session ends, 1 to 475.
    site: hosts of the site, for logs without a host field. Default: inferred from the log. An
        address such as `https://www.example.org/` is reduced to its host.
    page_parameter: names of query parameters that name pages, as `id` does in `/show?id=7`, beside
        those that are learned or known (data/page_parameters.csv). One with personal data names
        none.
    exclude_referrer: hosts whose referrals continue a session (payment providers); addresses are
        reduced like those of `site`.
    keep_identifiers: client addresses and user agents are part of the sessions, and of lines that
        are rejected or quoted; paths, queries and referrers are written whole.
    goals: which hits are conversions.
    model: what the owner knows about the site.
    strip_query: names of parameters that are dropped from queries and referrers, in addition to
        those of the tables (docs/privacy.md).
    keep_query: names of parameters that stay although a table holds them.
    share_parameter: name of the parameter that holds share ids; empty: ids are not read.
    """

    session_timeout: int = 30
    site: tuple[str, ...] = ()
    exclude_referrer: tuple[str, ...] = ()
    keep_identifiers: bool = False
    goals: tuple[Goal, ...] = ()
    model: Model = Model()
    strip_query: tuple[str, ...] = ()
    keep_query: tuple[str, ...] = ()
    page_parameter: tuple[str, ...] = ()
    share_parameter: str = DEFAULT_PARAMETER

    def __post_init__(self) -> None:
        arguments.check_fields(self)
        check_name(self.share_parameter)
        if self.share_parameter in self.page_parameter:
            problem = _("{name!r} is in `page_parameter`.").format(name=self.share_parameter)
            _refuse("share_parameter", problem, _("one of them"))
        for field in ("site", "exclude_referrer"):
            hosts = tuple(_host(field, text) for text in getattr(self, field))
            object.__setattr__(self, field, tuple(dict.fromkeys(hosts)))
        self._check_queries()
        if not 1 <= self.session_timeout <= MAX_SESSION_MINUTES:
            _refuse(
                "session_timeout",
                _("A session cannot end after {n} minutes.").format(n=self.session_timeout),
                _("1 to 475 minutes (7 hours 55 minutes, the longest that GA4 allows)"),
            )

    def _check_queries(self) -> None:
        for field in ("strip_query", "keep_query", "page_parameter"):
            _check_parameters(field, getattr(self, field))
        for name in self.strip_query:
            if name in self.keep_query:
                problem = _("The parameter {name!r} is also in `keep_query`.").format(name=name)
                _refuse("strip_query", problem, _("one of them"))
        if self.keep_identifiers and self.strip_query:
            problem = _("With `keep_identifiers`, queries are written as they were logged.")
            _refuse("strip_query", problem, _("one of them"))


def _check_parameters(field: str, names: Iterable[str]) -> None:
    for name in names:
        if not name.strip("_-.[] "):
            _refuse(
                field,
                _("{name!r} is not the name of a parameter.").format(name=name),
                _("the name of a parameter, such as member"),
            )


def _host(field: str, text: str) -> str:
    """Return the host of an address, or of a host as people type it: in lower case and ASCII."""
    host = typed_host(text.strip())
    if host is None:
        _refuse(
            field,
            _("{text!r} is not a host.").format(text=text[:MAX_SHOWN_CHARACTERS]),
            _("a host such as www.example.org; an address is reduced to its host"),
        )
    return host


@dataclass(frozen=True, slots=True)
class Resources:
    """What an analysis may take of the machine; the result does not depend on it.

    memory_limit: of the engine's tables, as `800MB` or `2GB`; what does not fit goes to disk, and
        if that is not possible the work fails. The process takes some 500 MB more: libraries,
        blocks that are read, distinct values. None: 350 MB or more by the number of cores, half
        as much again as often as there is no other way, up to four fifths of the machine's memory.
    threads: the largest number of threads. None: as many as there are cores.
    engine: where the work is done: duckdb (in this process) or spark.
    master: URL of the Spark master. None: the existing session, or else this machine.
    """

    memory_limit: str | None = None
    threads: int | None = None
    engine: str = "duckdb"
    master: str | None = None

    def __post_init__(self) -> None:
        arguments.check_fields(self)
        if self.master is not None and self.engine != "spark":
            _refuse(
                "master",
                _("The `engine` {engine} has no master.").format(engine=self.engine),
                _("`master` with `engine` spark only"),
            )
        if self.memory_limit is not None:
            _check_memory(self.memory_limit)
        if self.threads is not None and not 1 <= self.threads <= MAX_THREADS:
            problem = _("{n} is not a number of threads that helps.").format(n=self.threads)
            _refuse("threads", problem, _("1 to {n}").format(n=MAX_THREADS))


def _check_memory(text: str) -> None:
    match = MEMORY_SIZE.fullmatch(text)
    megabytes = float(match[1]) * MEGABYTES[match[2].upper()] if match else 0
    if not MIN_MEMORY_MB <= megabytes <= MAX_MEMORY_MB:
        _refuse(
            "memory_limit",
            _("{text!r} is not a size of memory.").format(text=text[:MAX_SHOWN_CHARACTERS]),
            _("a size such as 800MB or 2GB, from 1MB to 1000TB"),
        )


def config_hash(version: str, read: ReadSettings, settings: Settings) -> str:
    """Return 12 hexadecimal digits that change when the version or any setting changes."""
    text = json.dumps([version, asdict(read), asdict(settings)], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]
