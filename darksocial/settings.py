"""What an analysis can be told, with its defaults: the library's side of the options."""

import hashlib
import json
from dataclasses import asdict, dataclass

from darksocial.errors import UsageError


@dataclass(frozen=True, slots=True)
class ReadSettings:
    """How inputs are read.

    format: name of a format, instead of detection per file.
    log_format: a directive of Apache or nginx, instead of a named format.
    log_format_from: `FILE` or `FILE:NAME`, a server configuration that holds the directive.
    """

    format: str | None = None
    log_format: str | None = None
    log_format_from: str | None = None

    def __post_init__(self) -> None:
        given = [name for name, value in asdict(self).items() if value is not None]
        if len(given) > 1:
            options = " and ".join("--" + name.replace("_", "-") for name in given)
            raise UsageError(f"{options} are given together", expected="one of them")


@dataclass(frozen=True, slots=True)
class Settings:
    """How an analysis is done.

    session_timeout: minutes without a hit after which a session ends, 1 to 475.
    site: hosts of the site, for logs that record none; empty: told from the log.
    exclude_referrer: hosts whose referrals continue a session (payment providers).
    keep_identifiers: client addresses and user agents are part of the sessions.
    """

    session_timeout: int = 30
    site: tuple[str, ...] = ()
    exclude_referrer: tuple[str, ...] = ()
    keep_identifiers: bool = False

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
