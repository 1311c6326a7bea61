"""Which of the visits that were judged a report is about: a span of time, and patterns of values.

Visits are judged with all that was read, and then chosen: what came before a span still says whose
visits these are, and what a site teaches does not depend on the question.
"""

import re
import zoneinfo
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import NoReturn

from darksocial import arguments
from darksocial.errors import UsageError
from darksocial.language import gettext as _
from darksocial.lookups import apps
from darksocial.lookups.countries import country_code, country_names
from darksocial.lookups.paths import decoded_path
from darksocial.plugins import one_of

COLUMNS = {
    "path": "landing_path",
    "site": "site",
    "device": "device",
    "campaign": "utm_campaign",
    "country": "country",
    "app": "app",
}
"""What a pattern can be about, and the column of sessions that holds it."""
OF_SHARES = frozenset({"path", "site", "app"})
"""Those that are known of a share: link previews say nothing of devices or campaigns."""
LOWER_CASE = frozenset({"site", "device", "app"})
"""Those whose values are in lower case, whatever case a pattern is in."""
DEVICES = ("mobile", "tablet", "desktop", "other")
UTC_NAME = "UTC"
BY_TIME = ("day", "week", "hour")
BY = (*BY_TIME, "device", "country", "campaign", "section", "app", "landing")
DEFAULT_GROUPS = 20
ANYTHING = "*"
SIGNS = re.compile(r"[!-,.:-@\[-^`{-~]")
"""The signs of ASCII that can mean something in a regular expression. RE2 takes a backslash before
no other character (https://github.com/google/re2/wiki/Syntax)."""
SPAN = re.compile(r"(\d{1,5})([hdw])")
SPAN_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
OFFSET_OF_ZONE = re.compile(r"([+-])(\d\d):(\d\d)")
EXPECTED_ZONE = _("a name such as Europe/Berlin, or +01:00")
EXPECTED_BOUND = _(
    "a day (2026-03-02), a moment with its zone (2026-03-02T08:00+01:00), or hours, days or weeks "
    "before the last hit (12h, 7d, 2w)"
)
Bound = str | date | datetime | None


@dataclass(frozen=True, slots=True)
class Period:
    """A span of time in UTC: from `since` on, and before `until`; None where it is open."""

    since: datetime | None
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Selection:
    """Which visits a report is about, once all that was read has been judged.

    since: their first moment: a day, a moment with its zone, or a span of time before the last hit,
        such as 7d, 12h or 2w.
    until: where they end: a day, which is included, or a moment or such a span, which is not. A
        visit counts by its start.
    only: patterns that hold for each of them, by what they are about: path (of the landing page),
        site, device, country (its code), campaign, app. `*` is for any characters. All patterns
        have to hold.
    zone: of these days, an IANA name or ±HH:MM.
    """

    since: Bound = None
    until: Bound = None
    only: tuple[tuple[str, str], ...] = ()
    zone: str = UTC_NAME

    def __post_init__(self) -> None:
        arguments.check_fields(self)
        zone_of(self.zone)
        for key, pattern in self.only:
            _check_pattern(key, pattern)
        period = self.period(datetime.now(UTC))
        spans = any(_span(bound) for bound in (self.since, self.until))
        if not spans and period.since and period.until and period.since >= period.until:
            raise UsageError(
                _("`until` is {until}, before `since`, {since}.").format(
                    since=self.since, until=self.until
                ),
                expected=_("an end after the beginning"),
            )

    @property
    def is_everything(self) -> bool:
        """Whether every visit is chosen."""
        return self.since is None and self.until is None and not self.only

    def period(self, last: datetime) -> Period:
        """Return the span of time, given `last`, the moment of the last hit."""
        zone = zone_of(self.zone)
        return Period(
            _moment("since", self.since, last, zone, is_end=False),
            _moment("until", self.until, last, zone, is_end=True),
        )


def zone_of(name: str) -> tzinfo:
    """Return the time zone with an IANA name or an offset (±HH:MM). Raises UsageError."""
    if offset := OFFSET_OF_ZONE.fullmatch(name):
        hours, minutes = int(offset[2]), int(offset[3])
        distance = timedelta(hours=hours, minutes=minutes)
        if distance < timedelta(days=1):
            return timezone(-distance if offset[1] == "-" else distance)
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UsageError(
            _("`zone`: {name!r} is not a time zone.").format(name=name), expected=EXPECTED_ZONE
        ) from error


def regex_of(key: str, pattern: str) -> str:
    """Return the regular expression for a whole value, as RE2 and Java read it alike."""
    text = pattern.lower() if key in LOWER_CASE else pattern
    text = text.upper() if key == "country" else text
    text = decoded_path(text) if key == "path" else text
    parts = (SIGNS.sub(r"\\\g<0>", part) for part in text.split(ANYTHING))
    return f"(?s)^{'.*'.join(parts)}\\z"


def _check_pattern(key: str, pattern: str) -> None:
    if key not in COLUMNS:
        _refuse_pattern(key, pattern, one_of(key, COLUMNS))
    if not pattern:
        _refuse_pattern(key, pattern, _("a value, with * for any characters"))
    values = {"device": DEVICES, "app": apps.names()}.get(key)
    if values and ANYTHING not in pattern and pattern.lower() not in values:
        _refuse_pattern(key, pattern, one_of(pattern, values))
    if key == "country" and ANYTHING not in pattern and pattern.upper() not in country_names():
        _refuse_pattern(key, pattern, _country_expected(pattern))


def _country_expected(pattern: str) -> str:
    """Return which code a name stands for, or what codes are."""
    if code := country_code(pattern):
        return _("the code of the country, {code}").format(code=code)
    return _("a code of two letters (ISO 3166-1), such as DE")


def _refuse_pattern(key: str, pattern: str, expected: str) -> NoReturn:
    text = f"{key}={pattern}"
    raise UsageError(_("`only` is {text!r}.").format(text=text), expected=expected)


def _span(bound: Bound) -> timedelta | None:
    match = SPAN.fullmatch(bound) if isinstance(bound, str) else None
    return int(match[1]) * SPAN_UNITS[match[2]] if match else None


def _moment(
    field: str, bound: Bound, last: datetime, zone: tzinfo, *, is_end: bool
) -> datetime | None:
    """Return a bound as a moment in UTC; of a day that is an end, where the next one begins."""
    if bound is None:
        return None
    if (span := _span(bound)) is not None:
        return last - span
    value = _read(field, bound)
    try:
        if isinstance(value, datetime):
            return value.astimezone(UTC)
        day = value + timedelta(days=1) if is_end else value
        return datetime.combine(day, time(), zone).astimezone(UTC)
    except OverflowError:
        _refuse_bound(field, bound)


def _read(field: str, bound: str | date | datetime) -> date | datetime:
    """Return a day, or a moment with its zone. Raises UsageError for anything else."""
    value: date | datetime
    try:
        if not isinstance(bound, str):
            value = bound
        elif re.fullmatch(r"\d{4}-\d\d-\d\d", bound):
            value = date.fromisoformat(bound)
        else:
            value = datetime.fromisoformat(bound)
    except ValueError:
        _refuse_bound(field, bound)
    if isinstance(value, datetime) and value.tzinfo is None:
        _refuse_bound(field, bound)
    return value


def _refuse_bound(field: str, bound: Bound) -> NoReturn:
    shown = bound if isinstance(bound, str) else str(bound)
    raise UsageError(
        _("`{field}` is {bound!r}.").format(field=field, bound=shown), expected=EXPECTED_BOUND
    )


EVERYTHING = Selection()


@dataclass(frozen=True, slots=True)
class Breakdown:
    """By what the visits of a report are counted in one more table.

    by: day, week, hour (of the day), device, country, campaign, section (the first part of the
        path), app or landing (page).
    top: how many groups have a row of their own, those with the most dark social; all others share
        one. Without it all of a time have one, and of others the 20 largest.
    """

    by: str = "day"
    top: int | None = None

    def __post_init__(self) -> None:
        arguments.check_fields(self)
        if self.by not in BY:
            raise UsageError(_("`by` is {by!r}.").format(by=self.by), expected=one_of(self.by, BY))
        if self.top is not None and self.top < 1:
            raise UsageError(_("`top` is {n}.").format(n=self.top), expected=_("1 or more"))

    @property
    def rows(self) -> int | None:
        """How many groups have a row of their own; None: all."""
        return self.top or (None if self.by in BY_TIME else DEFAULT_GROUPS)
