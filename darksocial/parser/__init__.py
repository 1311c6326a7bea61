"""Row-local work: lines to hits to requests, as SQL that DuckDB executes in every engine.

Steps (steps.py) are put together in this order: `hits_steps` (hits.py) takes the wrapper off, cuts
lines into texts (layouts.py for layouts, named.py for keys and columns) and types them;
`requests_steps` (requests.py) adds what a hit is for and whose it is; `requests_query` (sums.py)
sums up what is no page view.
"""

from dataclasses import dataclass

from darksocial.grammar import Grammar
from darksocial.grammar.wrappers import Wrapper
from darksocial.privacy.identifiers import NOTHING_KEPT, Privacy


@dataclass(frozen=True, slots=True)
class Parsing:
    """How lines become hits.

    `name` and `grammar` are those of the format. `wrapper` is around each line. `timezone` is the
    zone of times that have none, and `latest` the last day (ISO 8601) that a time without a year
    can mean. `trusted_proxies` are those whose X-Forwarded-For is believed. `privacy` says what is
    kept in rejects and in the paths of requests. `geoip` is the path of the database that says in
    which countries addresses are; empty: there is none. `cells` are the columns of rows that come
    as cells and not as texts of JSON objects: the name of each, and whether JSON quotes its values.
    """

    name: str
    grammar: Grammar
    wrapper: Wrapper | None = None
    timezone: str = "UTC"
    trusted_proxies: tuple[str, ...] = ()
    latest: str = ""
    privacy: Privacy = NOTHING_KEPT
    geoip: str = ""
    cells: tuple[tuple[str, bool], ...] = ()

    @property
    def records(self) -> frozenset[str]:
        """The fields that are recorded."""
        return self.grammar.records
