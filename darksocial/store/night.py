"""What a nightly run is asked to do."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from darksocial import arguments
from darksocial.errors import UsageError
from darksocial.reading.progress import Progress, Watch
from darksocial.settings import ReadSettings, Resources, Settings
from darksocial.store.intake.hits import Keys

MAX_DAYS = 36_500


@dataclass(frozen=True, slots=True)
class Policy:
    """How a store is kept.

    retention_days: days before today whose hits, sessions and reports are kept; None: all.
    rotate_key: how often the ids of visitors change (never, monthly, daily).
    since, until: write no day before or after (new lines are stored all the same).
    rebuild: write all days anew.
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
        if self.retention_days is not None and not 1 <= self.retention_days <= MAX_DAYS:
            raise UsageError(
                f"retention_days is {self.retention_days}", expected=f"1 to {MAX_DAYS}"
            )

    def includes(self, day: str) -> bool:
        """Return whether a `day` (YYYY-MM-DD) may be written."""
        first, last = self.since or date.min, self.until or date.max
        return first <= date.fromisoformat(day) <= last


@dataclass(frozen=True, slots=True)
class Night:
    """All that a run is given; `now` returns the time in UTC, `secret` keys visitor ids."""

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
        return Keys(self.secret, self.policy.rotate_key, self.settings.keep_identifiers)

    @property
    def first_kept(self) -> date | None:
        """The first day that is not erased; None where all are kept."""
        if self.policy.retention_days is None:
            return None
        return self.now().date() - timedelta(days=self.policy.retention_days)

    def watched(self, total_bytes: int | None) -> Progress | None:
        """Say how many bytes will be read; return what is to be called while they are."""
        return self.watch(total_bytes) if self.watch else None
