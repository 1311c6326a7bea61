"""Which addresses hits come from: almost all from a few, as behind a proxy, or from within."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from darksocial.engines import Engine
from darksocial.expressions import ibis, ir
from darksocial.grammar.times import strptime_form
from darksocial.inputs.accounts import Inputs
from darksocial.language import gettext as _
from darksocial.language import ngettext
from darksocial.settings import ReadSettings
from darksocial.visits.visitors import with_machines

# A log is behind a proxy if five addresses have nine tenths of 100 hits or more, and ten visitors
# or more share one of them. Assumed.
MAX_PROXIES, MIN_PROXY_PROPORTION, MIN_PROXY_HITS, MIN_PROXY_VISITORS = 5, 0.9, 100, 10
# Addresses of the machine itself (RFC 1122, RFC 4291), of private networks (RFC 1918, RFC 4193) and
# of one link (RFC 3927, RFC 4291).
INSIDE = (
    r"^(127\.|10\.|192\.168\.|172\.(1[6-9]|2[0-9]|3[01])\.|169\.254\."
    r"|::1$|[fF][cdCD][0-9a-fA-F]{2}:|[fF][eE]80:)"
)


def busiest_by_file(engine: Engine, senders: ir.Table, people: ir.Table) -> list[Mapping[str, Any]]:
    """Return the rows of `busiest_addresses`. `senders` are those of visits/senders.py."""
    busiest = busiest_addresses(with_machines(senders, people))
    return list(engine.fetch(busiest, "busiest addresses").to_pylist())


def address_notes(
    inputs: Inputs, busiest: Sequence[Mapping[str, Any]], read: ReadSettings
) -> tuple[str, ...]:
    """Return notes on logs in which nearly all hits come from a few addresses, with what helps, and
    on hits that come from within. `busiest` are the rows of `busiest_addresses`."""
    notes = []
    inside: dict[str, int] = {}
    for row in busiest:
        entry = inputs.read[row["file"]]
        if not is_behind_proxy(row):
            inside[entry.format] = inside.get(entry.format, 0) + (row["inside"] or 0)
        else:
            has_list = "forwarded" in entry.records and not read.trusted_proxies
            note = _forwarded_note() if has_list else _client_note()
            notes.append(note.format(format=entry.format))
    notes += [_inside_note(n).format(format=name, n=n) for name, n in inside.items() if n]
    return tuple(dict.fromkeys([*idle_option_notes(inputs, read), *notes]))


def idle_option_notes(inputs: Inputs, read: ReadSettings) -> tuple[str, ...]:
    """Return a note for each format in which trusted proxies, or a time format, can make no
    difference."""
    return (*_idle_proxies(inputs, read), *_idle_time_format(inputs, read))


def _idle_time_format(inputs: Inputs, read: ReadSettings) -> Iterator[str]:
    if read.time_format is None:
        return
    form = strptime_form(read.time_format)
    note = _("{format}: --time-format has no effect: the times can be read without it.")
    for entry in inputs.read:
        if getattr(entry.parsing.grammar, "time_format", None) not in (form, form.strip("[]")):
            yield note.format(format=entry.format)


def _idle_proxies(inputs: Inputs, read: ReadSettings) -> tuple[str, ...]:
    if not read.trusted_proxies:
        return ()
    note = _(
        "{format}: --trusted-proxy has no effect, unless the client's address is a list itself: no "
        "field holds X-Forwarded-For. To have it logged, add $http_x_forwarded_for (nginx) or "
        "%{{X-Forwarded-For}}i (Apache)."
    )
    idle = [entry.format for entry in inputs.read if "forwarded" not in entry.records]
    return tuple(note.format(format=name) for name in dict.fromkeys(idle))


def _inside_note(hits: int) -> str:
    return ngettext(
        "{format}: {n:,} hit of people comes from a private network or from the server itself. It "
        "counts as any other.",
        "{format}: {n:,} hits of people come from a private network or from the server itself. "
        "They count as any other.",
        hits,
    )


def _forwarded_note() -> str:
    return _(
        "{format}: almost all hits come from a few addresses, as behind a proxy. Visitors are "
        "distinguished by X-Forwarded-For, which is not checked; to have it checked, name the "
        "proxy's network with --trusted-proxy."
    )


def _client_note() -> str:
    return _(
        "{format}: almost all hits come from a few addresses, as behind a proxy. People with the "
        "same browser count as one visitor. Log the client: $http_x_forwarded_for (nginx), "
        "%{{X-Forwarded-For}}i (Apache), X-Forwarded-For (IIS), or use the server's real-IP module."
    )


def is_behind_proxy(row: Mapping[str, Any]) -> bool:
    """Return whether the clients of a file, a row of `busiest_addresses`, are behind a proxy."""
    is_large = row["hits"] >= MIN_PROXY_HITS and row["agents"] >= MIN_PROXY_VISITORS
    return bool(is_large and shares_addresses(row))


def shares_addresses(row: Mapping[str, Any]) -> bool:
    """Return whether a few addresses have almost all hits of a file."""
    return bool((row["most"] or 0) >= MIN_PROXY_PROPORTION * row["hits"])


def busiest_addresses(requests: ir.Table) -> ir.Table:
    """Return by file the `hits` of people, how many of them the `MAX_PROXIES` busiest addresses
    have (`most`) and addresses that are `inside`, and how many visitors share one address at most
    (`agents`).

    `requests` say which hits are those of machines (`is_machine`): a monitor or a scanner that
    changes its agent is no proxy. Rows may be summed up by visitor.
    """
    addressed = requests.filter(requests.client_ip.notnull(), ~requests.is_machine)
    busiest = addressed.group_by("file", "client_ip").agg(
        n=addressed.lines.sum(), agents=addressed.visitor.nunique()
    )
    # Which of two addresses with as many hits comes first makes no difference to their sum.
    place = ibis.row_number().over(group_by=busiest.file, order_by=busiest.n.desc())
    ranked = busiest.mutate(place=place)
    by_file = ranked.group_by("file").agg(
        hits=ranked.n.sum(),
        most=ranked.n.sum(where=ranked.place < MAX_PROXIES),
        agents=ranked.agents.max(),
        inside=ranked.n.sum(where=ranked.client_ip.re_search(INSIDE)),
    )
    return by_file.order_by("file")
