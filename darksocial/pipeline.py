"""The story of darksocial, from files to the finished report. Read this file first.

files -> lines -> hits -> sessions -> evidence -> attribution -> report
"""

from __future__ import annotations

import secrets as random_secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from darksocial.analysis import Analysis, Hits
from darksocial.engines import Engine, count_lines, open_engine
from darksocial.inputs.open import open_inputs
from darksocial.model.attribution import attributed, observed
from darksocial.model.clicks import with_clicks
from darksocial.reading.progress import Watch
from darksocial.report.build import Counted, build_report
from darksocial.report.inputs import received
from darksocial.secret import usable_secret
from darksocial.settings import ReadSettings, Resources, Settings
from darksocial.visits.context import with_context
from darksocial.visits.sessions import SessionRules, visits
from darksocial.visits.shares import share_events
from darksocial.visits.visitors import identified, visitors

if TYPE_CHECKING:
    import ibis.expr.types as ir

Alter = Callable[[Engine, "ir.Table"], "ir.Table"]


def analyze(
    names: Sequence[str],
    *,
    read: ReadSettings | None = None,
    settings: Settings | None = None,
    secret: str | None = None,
    watch: Watch | None = None,
    resources: Resources | None = None,
    alter: Alter | None = None,
    each_line: bool = False,
) -> Analysis:
    """Read logs, make sessions, weigh the evidence and return the result.

    `names` are files, globs, directories or '-'. `secret` keys the visitor hash; without it a
    random one is made, so that visitors cannot be linked to another run. `watch` is called with
    the bytes to read (None: not known) and returns a function that is called with each number of
    bytes read. `resources` names the engine, and bounds memory and threads. `alter` changes the
    visits before they are judged. With `each_line` the result can be asked for each line by itself.
    Raises InputError where nothing can be read or parsed, and UsageError for an empty secret.
    """
    read, settings = read or ReadSettings(), settings or Settings()
    secret = _random_secret() if secret is None else usable_secret(secret)
    with _engine(resources) as engine:
        kept = settings.keep_identifiers
        inputs = open_inputs(
            names, read, keep_identifiers=kept, bare_paths=not kept, storage=engine.storage
        )
        progress = watch(inputs.total_bytes) if watch else None
        requests = engine.parse_requests(inputs, settings.goals, progress, each_line=each_line)
        tallies = inputs.account_for(count_lines(engine, requests))
        files = engine.load("files", inputs.table())
        named = identified(engine, requests, files, secret)
        people = visitors(engine, requests, named)
        judged, shares = judge(engine, requests, people, files, settings, alter)
        told = received(engine, inputs, tallies, requests, people, read)
        counted = Counted(told, people, judged, shares, taught_by=judged)
        report = build_report(engine, counted, read, settings)
        return Analysis(engine, report, judged, shares, requests, files, settings)


def judge(
    engine: Engine,
    requests: ir.Table,
    people: ir.Table,
    files: ir.Table,
    settings: Settings,
    alter: Alter | None = None,
) -> tuple[ir.Table, ir.Table]:
    """Make sessions and share events of requests, and weigh the evidence of each session."""
    rules = SessionRules(
        settings.session_timeout,
        settings.site,
        settings.exclude_referrer,
        settings.keep_identifiers,
    )
    made = visits(engine, requests, people, files, rules)
    made = alter(engine, made) if alter else made
    events = share_events(engine, requests, people)
    placed = with_context(engine, made, events, settings.model)
    judged = attributed(engine, observed(engine, made, placed), settings.model)
    return judged, with_clicks(engine, events, judged)


def parse(
    names: Sequence[str],
    *,
    read: ReadSettings | None = None,
    keep_identifiers: bool = False,
    watch: Watch | None = None,
    resources: Resources | None = None,
) -> Hits:
    """Read logs and return their hits and rejects, line by line, without judging them.

    Hits hold addresses and agents as logged; rejects only where `keep_identifiers` is set. Other
    parameters and errors are those of `analyze`.
    """
    read = read or ReadSettings()
    with _engine(resources) as engine:
        inputs = open_inputs(names, read, keep_identifiers=keep_identifiers, storage=engine.storage)
        progress = watch(inputs.total_bytes) if watch else None
        lines = engine.parse_hits(inputs, progress)
        tallies = inputs.account_for(count_lines(engine, lines.mutate(lines=1)))
        return Hits(engine, lines, engine.load("files", inputs.table()), tallies, inputs.unread)


@contextmanager
def _engine(resources: Resources | None) -> Iterator[Engine]:
    """An engine that lives on in the result, unless there is none."""
    engine = open_engine(resources or Resources())
    try:
        yield engine
    except BaseException:
        engine.close()
        raise


def _random_secret() -> str:
    return random_secrets.token_hex(32)
