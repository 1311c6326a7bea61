"""The story of darksocial, from files to the finished report. Read this file first.

files -> lines -> hits -> visits -> signals -> probabilities -> report

`analyze` is the whole of it. Its steps (`read_requests`, `locate`, `identify`, `judge`, `conclude`)
are the only places where the parts are put together: the nightly store calls the same steps, all
but `read_requests` and `identify` for one day at a time.
"""

from __future__ import annotations

import secrets as random_secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from types import NoneType
from typing import TYPE_CHECKING

from darksocial import arguments
from darksocial.analysis import Analysis, Hits
from darksocial.engines import Engine, count_lines, open_engine
from darksocial.inputs.accounts import Inputs
from darksocial.inputs.open import open_inputs
from darksocial.lookups.agent_rules import load_beside
from darksocial.model.attribution import attributed, observed
from darksocial.model.bots import with_bots
from darksocial.model.clicks import with_clicks
from darksocial.model.lessons import lessons
from darksocial.model.teachers import with_teacher
from darksocial.model.weighing import Lesson
from darksocial.privacy.identifiers import Privacy, privacy_of
from darksocial.privacy.secret import usable_secret
from darksocial.reading.progress import Progress, Watch, begin
from darksocial.report.before import AS_ARRIVED, LAST_NON_DIRECT
from darksocial.report.build import Counted, build_report
from darksocial.report.chosen import Filter, OnlyRow
from darksocial.report.groups import with_groups
from darksocial.report.inputs import Received, received
from darksocial.report.readings import check_reading, read_by_last_source
from darksocial.report.site_notes import missing_site_notes, site_notes
from darksocial.report.values import Report
from darksocial.selection import Breakdown, Selection
from darksocial.settings import Goal, ReadSettings, Resources, Settings
from darksocial.signals import nearby
from darksocial.visits.assistants import assistant_fetches
from darksocial.visits.chosen import IS_CHOSEN, chosen_shares, marked, period_of
from darksocial.visits.context import with_context
from darksocial.visits.pages import with_pages
from darksocial.visits.redirects import with_addresses
from darksocial.visits.repeated import counted_once
from darksocial.visits.senders import senders_of
from darksocial.visits.sessions import SessionRules, visits
from darksocial.visits.share_ids import ShareIds
from darksocial.visits.shares import share_events
from darksocial.visits.sites import Sites, sites_in, with_own_lines
from darksocial.visits.subresources import with_subresources
from darksocial.visits.visitors import identified, visitors, with_machines

if TYPE_CHECKING:
    from darksocial.expressions import ir

Alter = Callable[[Engine, "ir.Table"], "ir.Table"]


def analyze(
    names: arguments.Names,
    *,
    read: ReadSettings | None = None,
    settings: Settings | None = None,
    before: str = AS_ARRIVED,
    secret: str | None = None,
    watch: Watch | None = None,
    resources: Resources | None = None,
    alter: Alter | None = None,
    each_line: bool = False,
    selection: Selection | None = None,
    breakdown: Breakdown | None = None,
) -> Analysis:
    """Read logs, make sessions, weigh the evidence and return the result.

    `names` are files, globs, folders or '-': one, or a list of them. `read` says how they are read,
    `settings` how sessions are made and weighed. `before` says how the report counts a visit booked
    as Direct before weighing: as it arrived (`arrival`), or in the channel of the visitor's last
    other source, as the reports of GA4 do (`last-non-direct`). `secret` keys the visitor hash;
    without it a random one is made, so that visitors cannot be linked to another run. `watch` is
    called with the number of bytes to read (None: unknown) and returns a function that is called
    with each number of bytes read. `resources` names the engine, and bounds memory and threads.
    `alter` changes the visits before they are weighed; its expressions are noted
    (darksocial/expressions). With `each_line`, `Analysis.ask_requests`
    has one row for each line. `selection` says which of the visits the result is about: all are
    judged, and then these are chosen. `breakdown` asks for one more table of the report, such as
    the visits by day. Raises InputError where nothing can be read or parsed, and UsageError for an
    empty secret, a `before` that does not exist, and an argument of the wrong type.
    """
    names, read = arguments.names_of(names), arguments.or_default("read", read, ReadSettings)
    settings = arguments.or_default("settings", settings, Settings)
    arguments.check_optional_functions(watch=watch, alter=alter)
    selection = arguments.or_default("selection", selection, Selection)
    arguments.check("breakdown", breakdown, Breakdown, NoneType)
    check_reading(before)
    secret = _random_secret() if secret is None else usable_secret(secret)
    with _engine(resources) as engine:
        inputs = open_inputs(names, read, privacy=privacy_of(settings), storage=engine.storage)
        progress = watch(inputs.total_bytes) if watch else None
        requests = read_requests(
            engine, inputs, progress, goals=settings.goals, each_line=each_line
        )
        tallies = inputs.account_for(count_lines(engine, requests))
        begin(watch, "sessions")
        requests = counted_once(engine, requests, [entry.records for entry in inputs.read])
        requests, sites = locate(engine, requests, settings)
        senders = senders_of(engine, requests)
        files, identities = identify(engine, inputs, senders, secret)
        judged = judge(engine, requests, senders, identities, files, sites, settings, alter, watch)
        of_inputs = received(
            engine, inputs, tallies, requests, senders, judged.people, files, read, settings.goals
        )
        judged, chosen, stated = choose(engine, judged, selection)
        begin(watch, "report")
        report = conclude(engine, of_inputs, chosen, read, settings, taught_by=judged.visits)
        report = replace(report, zone=selection.zone, filter=stated)
        if breakdown:
            report = with_groups(engine, report, chosen.visits, breakdown, selection.zone)
        if before == LAST_NON_DIRECT:
            report = read_by_last_source(engine, report, judged.visits)
        return Analysis(
            engine,
            report,
            chosen.visits,
            chosen.shares,
            engine.view("sent_lines", with_machines(requests, judged.people)),
            files,
            settings,
            of_inputs.unreached_goals,
        )


def read_requests(
    engine: Engine,
    inputs: Inputs,
    progress: Progress | None,
    *,
    goals: Sequence[Goal] = (),
    each_line: bool = False,
    of_goals: bool = False,
) -> ir.Table:
    """Read the inputs and return their requests. `each_line` and `of_goals` are for the nightly
    store, which leaves out what it has counted before, and applies goals later.
    """
    if inputs.total_bytes != 0 and any("user_agent" in entry.records for entry in inputs.read):
        load_beside()
    return engine.parse_requests(inputs, goals, progress, each_line=each_line, of_goals=of_goals)


def locate(engine: Engine, requests: ir.Table, settings: Settings) -> tuple[ir.Table, Sites]:
    """Return the requests, each with the site that it is for and what it is for, and the sites."""
    sites = sites_in(engine, requests, settings.site)
    settled = with_own_lines(engine, requests, sites)
    return with_addresses(engine, with_subresources(engine, settled, sites)), sites


def identify(
    engine: Engine, inputs: Inputs, senders: ir.Table, secret: str
) -> tuple[ir.Table, ir.Table]:
    """Return one row a file, and one row for each visitor that sent a hit. `secret` keys their
    ids."""
    files = engine.load("files", inputs.table())
    return files, identified(engine, senders, files, secret)


@dataclass(frozen=True, slots=True)
class Judged:
    """Who sent the hits, with machines marked; visits with their probabilities; shares; whose site
    it is; and what its visits taught, by teacher."""

    people: ir.Table
    visits: ir.Table
    shares: ir.Table
    sites: Sites
    learned: Mapping[str, Lesson]


def judge(
    engine: Engine,
    requests: ir.Table,
    senders: ir.Table,
    identities: ir.Table,
    files: ir.Table,
    sites: Sites,
    settings: Settings,
    alter: Alter | None = None,
    watch: Watch | None = None,
) -> Judged:
    """Make visits and share events of requests, and weigh the signals of each visit.

    `files` and `identities` come from `identify`, `requests` and `sites` from `locate`, `senders`
    from these. `watch` learns when the weighing begins.
    """
    rules = SessionRules(settings.session_timeout, settings.exclude_referrer, privacy_of(settings))
    requests = with_pages(engine, requests, sites, settings)
    people = visitors(engine, requests, senders, identities, sites)
    ids = ShareIds(engine, requests, people, settings.share_parameter)
    all_visits = ids.of_visits(visits(engine, requests, people, files, sites, rules))
    all_visits = alter(engine, all_visits) if alter else all_visits
    begin(watch, "judging")
    taught = with_bots(engine, with_teacher(engine, all_visits))
    events = share_events(engine, requests, people, ids)
    taught = ids.with_apps(taught, events)
    fetches = assistant_fetches(requests, people)
    placed = with_context(engine, taught, events, fetches, settings.model, nearby())
    with_levels = observed(engine, taught, placed)
    learned = lessons(engine, with_levels, settings.model)
    judged = attributed(engine, with_levels, learned, settings.model)
    return Judged(people, judged, with_clicks(engine, events, judged, ids), sites, learned)


def choose(
    engine: Engine, judged: Judged, selection: Selection
) -> tuple[Judged, Judged, Filter | None]:
    """Return what was judged with the chosen visits marked, the chosen visits and shares alone, and
    the filter as the report states it (None: all are chosen)."""
    if selection.is_everything:
        return judged, judged, None
    period = period_of(engine, judged.visits, selection)
    visits = engine.view("marked_visits", marked(judged.visits, selection, period))
    chosen = replace(
        judged,
        visits=engine.view("chosen_visits", visits.filter(visits[IS_CHOSEN]).drop(IS_CHOSEN)),
        shares=engine.view("chosen_shares", chosen_shares(judged.shares, selection, period)),
    )
    sessions = engine.fetch(visits.agg(n=visits.weight.sum()), "judged visits").to_pylist()[0]["n"]
    only = tuple(OnlyRow(*pattern) for pattern in selection.only)
    stated = Filter(period.since, period.until, only, sessions or 0.0)
    return replace(judged, visits=visits), chosen, stated


def conclude(
    engine: Engine,
    of_inputs: Received,
    judged: Judged,
    read: ReadSettings,
    settings: Settings,
    taught_by: ir.Table | None = None,
) -> Report:
    """Return the finished report. `taught_by`: visits that base rates were learned from, where
    these are others than the judged ones."""
    teachers = judged.visits if taught_by is None else taught_by
    inferred = judged.sites.inferred
    of_inputs = replace(of_inputs, notes=(*of_inputs.notes, *missing_site_notes(inferred)))
    about_site = site_notes(judged.sites)
    counted = Counted(
        of_inputs,
        judged.people,
        judged.visits,
        judged.shares,
        teachers,
        judged.learned,
        about_site,
    )
    return build_report(engine, counted, read, settings)


def parse(
    names: arguments.Names,
    *,
    read: ReadSettings | None = None,
    keep_identifiers: bool = False,
    watch: Watch | None = None,
    resources: Resources | None = None,
) -> Hits:
    """Read logs and return their hits and rejects, line by line, without weighing the evidence.

    Hits hold addresses and agents as logged; rejects only where `keep_identifiers` is set. Other
    parameters and errors are those of `analyze`.
    """
    names, read = arguments.names_of(names), arguments.or_default("read", read, ReadSettings)
    arguments.check("keep_identifiers", keep_identifiers, bool)
    arguments.check_optional_functions(watch=watch)
    with _engine(resources) as engine:
        privacy = Privacy(keep_identifiers, keep_paths=True)
        inputs = open_inputs(names, read, privacy=privacy, storage=engine.storage)
        progress = watch(inputs.total_bytes) if watch else None
        lines = engine.parse_hits(inputs, progress)
        tallies = inputs.account_for(count_lines(engine, lines.mutate(lines=1)))
        return Hits(engine, lines, engine.load("files", inputs.table()), tallies, inputs.unread)


@contextmanager
def _engine(resources: Resources | None) -> Iterator[Engine]:
    """An engine that lives on in the result, unless there is none."""
    engine = open_engine(arguments.or_default("resources", resources, Resources))
    try:
        yield engine
    except BaseException:
        engine.close()
        raise


def _random_secret() -> str:
    return random_secrets.token_hex(32)
