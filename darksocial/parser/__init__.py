"""Row-local work: lines to hits to requests, as SQL that DuckDB executes in every engine."""

from dataclasses import dataclass

from darksocial.grammar import Grammar
from darksocial.grammar.wrappers import Wrapper


@dataclass(frozen=True, slots=True)
class Parsing:
    """How lines become hits: the format's name, its grammar, what stands around each line, the
    zone of times that tell none, the proxies whose X-Forwarded-For is believed, the last day
    (ISO 8601) that a time without a year can mean, whether rejects keep addresses and agents
    (else privacy/lines.py takes them out), and whether what tells of persons is taken out of the
    paths of requests (privacy/urls.py)."""

    name: str
    grammar: Grammar
    wrapper: Wrapper | None = None
    timezone: str = "UTC"
    trusted_proxies: tuple[str, ...] = ()
    latest: str = ""
    keep_identifiers: bool = False
    bare_paths: bool = False

    @property
    def records(self) -> frozenset[str]:
        """The fields that are recorded."""
        return self.grammar.records
