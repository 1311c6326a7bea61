"""What leaves the process of what a log says about people."""

from dataclasses import dataclass

from darksocial.privacy.lines import redacted
from darksocial.settings import Settings


@dataclass(frozen=True, slots=True)
class Privacy:
    """What is kept of what a log says about people, in all that is written and quoted.

    keep_identifiers: client addresses and user agents are written; rejects and quoted lines are as
        they were logged (else lines.py redacts them).
    keep_paths: paths of requests are as they were logged (else `urls.path_rules` apply).

    The secret behind visitor ids is no part of it: this value goes to workers and is a key of
    caches.
    """

    keep_identifiers: bool = False
    keep_paths: bool = False

    def quoted(self, line: str) -> str:
        """Return a line as it may be shown: redacted unless identifiers are kept."""
        return line if self.keep_identifiers else redacted(line)


NOTHING_KEPT = Privacy()


def privacy_of(settings: Settings) -> Privacy:
    """Return what an analysis with these settings keeps: paths stay as logged with identifiers."""
    return Privacy(settings.keep_identifiers, keep_paths=settings.keep_identifiers)
