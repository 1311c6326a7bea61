"""The arguments of a nightly run, and how its store is kept."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from darksocial import arguments
from darksocial.errors import UsageError
from darksocial.language import gettext as _
from darksocial.plugins import one_of
from darksocial.privacy.identifiers import privacy_of
from darksocial.reading.progress import Progress, Watch
from darksocial.settings import ReadSettings, Resources, Settings
from darksocial.store.intake.keys import ROTATIONS, Keys

MAX_RETENTION_DAYS = 36_500


@dataclass(frozen=True, slots=True)
class Policy:
    """How a store is kept.

    retention_days: for how many days before today hits, sessions and reports are kept; None: all.
    rotate_key: how often the ids of visitors change (never, monthly, daily).
    since, until: write no day before or after these (new lines are stored all the same).
    rebuild: write all days again.
    dry_run: write nothing, take no lock, and return what the run would do.
    """

    retention_days: int | None = None
    rotate_key: str = "never"
    since: date | None = None
    until: date | None = None
    rebuild: bool = False
    dry_run: bool = False

    def __post_init__(self) -> None:
        arguments.check_fields(self)
        if self.retention_days is not None and not 1 <= self.retention_days <= MAX_RETENTION_DAYS:
            raise UsageError(
                _("retention_days is {days}").format(days=self.retention_days),
                expected=_("1 to {max_days}").format(max_days=MAX_RETENTION_DAYS),
            )
        if self.rotate_key not in ROTATIONS:
            raise UsageError(
                _("rotate_key is {value!r}").format(value=self.rotate_key),
                expected=one_of(self.rotate_key, ROTATIONS),
            )

    def includes(self, day: str) -> bool:
        """Return whether a `day` (YYYY-MM-DD) may be written."""
        first, last = self.since or date.min, self.until or date.max
        return first <= date.fromisoformat(day) <= last


@dataclass(frozen=True, slots=True)
class Night:
    """All arguments of a run; `now` returns the time in UTC, and `secret` keys visitor ids."""

    names: Sequence[str]
    store: Path
    secret: str
    now: Callable[[], datetime]
    read: ReadSettings
    settings: Settings
    policy: Policy
    watch: Watch | None
    resources: Resources | None

    @property
    def keys(self) -> Keys:
        """How visitors and addresses are hashed."""
        return Keys(self.secret, self.policy.rotate_key, privacy_of(self.settings))

    @property
    def first_kept(self) -> date | None:
        """The first day that is not erased; None if all are kept."""
        if self.policy.retention_days is None:
            return None
        return self.now().date() - timedelta(days=self.policy.retention_days)

    def watched(self, total_bytes: int | None) -> Progress | None:
        """Report how many bytes will be read; return the function to call while they are read."""
        return self.watch(total_bytes) if self.watch else None
