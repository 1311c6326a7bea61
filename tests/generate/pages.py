"""The pages of docs/ that follow from the code."""

import importlib
import inspect
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import click

from darksocial import checks
from darksocial.campaigns.contract import CAMPAIGNS_TABLE, PARTNERS_TABLE
from darksocial.checking import baseline
from darksocial.checks import Check, Parameter
from darksocial.cli._main import darksocial
from darksocial.formats import registry as all_formats
from darksocial.outputs.files.views import VIEWS
from darksocial.schema import CONTRACTS, IDENTIFIERS, VERSIONS, Contract, Field
from darksocial.signals import FACT_OF_GROUP, documentation
from darksocial.signals import registry as all_signals
from tests import shop_sample, test_terminal
from tests.generate import api
from tests.generate.api import NOTICE
from tests.generate.schema_texts import (
    SCHEMA_INTRODUCTION,
    VERSIONS_INTRODUCTION,
    VIEWS_INTRODUCTION,
)
from tests.peers import peers_table
from tests.tried import TRIED

DOCS = Path(__file__).parents[2] / "docs"
README = DOCS.parent / "README.md"
REPORT = "```text\n"


@cache
def pages() -> dict[Path, str]:
    """The generated pages, by path."""
    return {
        README: readme(),
        DOCS / "api.md": api.page(),
        DOCS / "checks.md": check_page(),
        DOCS / "commands.md": commands(),
        DOCS / "formats.md": formats(),
        DOCS / "package.md": package(),
        DOCS / "roi.md": roi(),
        DOCS / "schema.md": schema(),
        DOCS / "signals.md": signals(),
    }


def is_stale(path: Path, text: str) -> bool:
    """Whether a page is missing or differs from what the code says."""
    return not path.exists() or path.read_text("utf-8") != text


def readme() -> str:
    """README with the reports that `make demo` prints: the first two text blocks."""
    reports = test_terminal.rendered(80).rstrip(), shop_sample.shop().campaigns_text
    return with_blocks(README.read_text("utf-8"), reports)


def roi() -> str:
    """The page of campaigns with what they and partners brought to the sample shop."""
    shop = shop_sample.shop()
    page = (DOCS / "roi.md").read_text("utf-8")
    head, title, partners = page.partition("\n## Partners\n")
    # The first text block below the title shows a file of partners.
    files, order, reports = partners.partition("darksocial partners")
    campaigns = with_blocks(head, [shop.campaigns_text])
    return campaigns + title + files + order + with_blocks(reports, [shop.partners_text])


def with_blocks(page: str, blocks: Sequence[str]) -> str:
    """A page with its first text blocks replaced, in this order."""
    done = ""
    for block in blocks:
        before, start, page = page.partition(REPORT)
        _, end, page = page.partition("```\n")
        done += f"{before}{start}{block}\n{end}"
    return done + page


def package() -> str:
    """README as package indexes show it, where links to files of the project lead nowhere."""
    head, first, rest = readme().partition("\n\n")
    rest = LINK.sub(r"\1 (`\2`)", rest)
    return f"{head}\n\n{NOTICE}\n\n{PACKAGE_NOTE}{first}{rest}"


LINK = re.compile(r"\[([^]]*)\]\((?![a-z]+:)([^)]*)\)")
PACKAGE_NOTE = "Paths in parentheses lead to files of the source distribution."


def commands() -> str:
    """The help of every command."""
    parts = [f"# Commands\n\n{NOTICE}\n", _help([])]
    with click.Context(darksocial, info_name="darksocial") as ctx:
        parts += [_help([name]) for name in darksocial.list_commands(ctx)]
    return "\n".join(parts)


def _help(names: list[str]) -> str:
    settings = darksocial.context_settings
    with click.Context(darksocial, info_name="darksocial", max_content_width=80, **settings) as ctx:
        command: click.Command = darksocial
        for name in names:
            found = darksocial.get_command(ctx, name)
            assert found is not None
            command = found
            ctx = click.Context(command, info_name=name, parent=ctx, max_content_width=80)
        text = command.get_help(ctx)
    title = " ".join(["darksocial", *names])
    return f"## {title}\n\n```text\n{text}\n```\n"


def formats() -> str:
    """What each format records, then one section for each, from its docstring."""
    parts = [f"# Formats\n\n{NOTICE}\n", FORMATS_INTRODUCTION]
    parts += [_formats_table("Logs", exports=False), _formats_table("Exports", exports=True)]
    parts.append(_tried_table())
    parts.append(peers_table())
    for name, log_format in all_formats().items():
        module = importlib.import_module(f"darksocial.formats.{name}")
        records = ", ".join(f"`{field}`" for field in sorted(log_format.can_record))
        parts.append(f"## {name}\n\n{inspect.getdoc(module)}\n\nRecords: {records}.\n")
    return "\n".join(parts)


EVIDENCE = {
    "referrer": ("referrer", "source", "source_medium", "channel"),
    "user agent": ("user_agent",),
    "address": ("client_ip", "forwarded"),
    "host": ("host", "url", "request"),
    "visitor": ("visitor",),
    "session": ("session",),
    "conversions": ("conversions", "event", "revenue", "revenue_micros"),
    "sums": ("weight",),
}
"""The columns of the table of formats: what is there if one of some fields is recorded."""


def _formats_table(title: str, *, exports: bool) -> str:
    """Which evidence each format gives; an export is what knows visitors, or sums of visits."""
    head = f"| format | {' | '.join(EVIDENCE)} |"
    rows = [head, "| --- |" + " :-: |" * len(EVIDENCE)]
    for name, log_format in all_formats().items():
        if bool({"visitor", "weight"} & log_format.can_record) == exports:
            marks = ["✓" if set(f) & log_format.can_record else "" for f in EVIDENCE.values()]
            rows.append(f"| [{name}](#{name}) | {' | '.join(marks)} |")
    return f"## {title}\n\n" + "\n".join(rows) + "\n"


def _tried_table() -> str:
    """What reads the lines of servers that have no format of their own."""
    rows = ["| written by | read as |", "| --- | --- |"]
    rows += [f"| {each.writer} | {_link(each.format)} |" for each in TRIED]
    return TRIED_INTRODUCTION + "\n".join(rows) + "\n"


def _link(name: str) -> str:
    return f"[{name}](#{name})" if name else "not read: give the directive, or another log"


TRIED_INTRODUCTION = """\
## Tried

Lines of servers and services that have no format of their own, tried as their documentation gives
them.

"""
FORMATS_INTRODUCTION = """\
`darksocial formats` lists the formats, and `darksocial formats FILE` shows as what a file would be
read, and why. Detection looks at the first 200 lines of each file: among the formats that match
nearly as many of them as any does, the one that records most wins, if it matches half. A line with
a value that cannot be read is a hit without that value; lines of another format in the same file
are read in that. `--format NAME` overrides it.

NCSA's formats and their relatives are also read where the time in brackets has milliseconds, no
zone (then `--timezone` says it) or the form of ISO 8601, and where more than one space is between
values. Where a list of addresses is in the place of the client's, as X-Forwarded-For often is, the
first is the client, or with `--trusted-proxy` the last that is none of these proxies. A fragment
(`#top`) of an address is left out. A line that holds two records, or more columns than it should,
is a reject: its values would be in the wrong fields.

A format can be in a file as it is or compressed (gz, bz2, xz, zst), in a zip archive, inside the
lines of syslog, Docker, Kubernetes (CRI), `docker compose`, nginx-proxy, Go's log or journald.
Formats with named fields can come as JSON lines, a JSON document, CSV, TSV, XML, Parquet or Avro.
What can come as CSV can come as an Excel file (`.xlsx`, with `pip install 'darksocial[xlsx]'`): its
first sheet is read, and the report names it. Titles above the header are comments.
Colours of a terminal, and NULs before a line, are left out. nginx's JSON is read even where it is
none: with `\\xHH`, and with `-`, nothing or a list in place of a number. Heroku's router log is
refused: it holds neither referrer nor user agent. Error logs, old Excel files (`.xls`) and pages of
HTML are refused by name.

Numbers of exports are read as their file writes them: `1,204.50`, `1.204,50` or `1 204,50`, with
or without a currency. Numbers that can mean one thing only show the convention, else a count with
three digits behind a mark. A number that cannot be read makes the row a reject ("the number cannot
be read"), and so does one that the file leaves open. An event that has an identity (a transaction
of Google Analytics, `$insert_id`, `messageId`, `uuid`, `event_id`) counts once, within a file and
across the files of a run; where no visitor is recorded, an id counts with its time. A store
recognises rows that it holds when an export is fetched again, and events that it holds, up to 31
days before or after, whichever file of whichever night brings them.

A field that a format does not record is never taken as empty. Which evidence is missing follows
from the fields that an input records: without a referrer it is not known how a visit came; without
a user agent in-app browsers and link previews cannot be recognised; if rows are sums of visits,
neither visitors nor times are known, and the interval of the estimate is wider. The tables show
what each format can hold; the first records of a file show which of it the file holds.

Countries come from the input: a field of an export, as a code or an English name
(darksocial/data/countries.csv), or the header in which a CDN hands the country on
(darksocial/data/country_headers.csv; `$geoip_country_code` and `$geoip2_data_country_code` of
nginx). For page views without one `--geoip FILE.mmdb` looks the address up in a database of yours,
such as GeoLite2 Country, DB-IP Lite or IPinfo Lite: before addresses are hashed, on this machine,
in `nightly` as well. It takes `pip install 'darksocial[geoip]'`; no database comes with darksocial.
Where the country is not known (Tor, satellites, networks that the database does not have) it is
null, and so it is in days of a store that were stored before. On a cluster the database is read
from the same path of each worker.

Any other layout can be read with the directive from the server's configuration:
`--log-format '$remote_addr [$time_local] "$request" $status'`, or
`--log-format-from nginx.conf:NAME`. Apache's LogFormat and nginx's log_format are understood;
fields that darksocial does not need are ignored. Times may be given by strftime (`%{%c}t`) or, for
Tomcat, by Java's SimpleDateFormat (`%{yyyy-MM-dd HH:mm:ss}t`). Of `%s` and `%>s` the one that was
sent counts, of `$realip_remote_addr` and `$remote_addr` the client. The headers in which proxies
name the client (X-Forwarded-For, Forwarded, X-Real-IP, CF-Connecting-IP, True-Client-IP,
Fastly-Client-IP and those of darksocial/data/client_headers.csv) are believed as far as
`--trusted-proxy` says; where no other address is logged, such a header is the client.

In JSON, CSV and the like a time may be in ISO 8601 (also with a comma before the milliseconds), an
epoch in seconds to nanoseconds, or as Apache, HAProxy, Go, log4j, HTTP, mail and C write it. Any
other time, also in lines of text, is read by its pattern: `--time-format '%d.%m.%Y %H:%M:%S'`, or
Java's `dd.MM.yyyy HH:mm:ss`. It counts where a file cannot be read without it. Days of exports may
have their month in words, in English, German, French, Spanish, Italian, Portuguese or Dutch. The
visits of a row for a whole period (a report without a column of days, or by month) are spread over
its days, evenly and as whole visits; their sum stays what it is, and the report says that days are
assumed. By `--map` a table names the period of its rows as `date=FIRST,last_day=LAST`.

## Exports that were tried

Small files of each kind were made from the tools' public schemas and issues, and are tests.

| export | what was tried | result |
| --- | --- | --- |
| Google Analytics 4, reports | days in words in seven languages; a column of hours | read |
| Google Analytics 4, reports | rows for a period or a month | read, spread over days |
| Google Analytics 4, reports | two periods in rows, columns or comments | refused by name |
| Google Analytics 4, reports | names in seven languages and of the Data API; days, hours, no \
day at all; explorations; thousands, decimals and currencies; rows of totals; signs and accents \
in names | read |
| Google Analytics 4, reports | without sessions by source, channel or landing page | refused, \
with the report to download instead |
| Google Analytics 4, BigQuery | source derived from a referrer, click id beside it, unwanted \
referrer, transaction sent twice | read |
| Matomo | search engine by name, campaign plugin, cart that was left; reports by channel in \
five languages | read |
| Matomo | other reports with the same columns | refused by name |
| Plausible | the zip of an export | one table is read, the others are named |
| Plausible | tables of the dashboard, which have no dates | refused by name |
| Mixpanel, PostHog, Amplitude | campaigns that the tool kept, events sent twice; PostHog as a \
table of a query | read |
| Segment, RudderStack | calls, and tables of a warehouse | read |
| GoatCounter | page views as CSV, with names of sites and campaigns as referrers | read |
| GoatCounter, Cloudflare Web Analytics, Countly | JSON: sums, groups, events | refused \
by name, with what to read instead |
| Shopify | sessions by referrer | refused by name, with the columns to name by `--map` |
| Umami, ClickHouse | nulls as `\\N` | read |
"""


def schema() -> str:
    """The contracts, field by field."""
    parts = [f"# Schema\n\n{NOTICE}\n", SCHEMA_INTRODUCTION]
    parts += [*(_contract(contract) for contract in CONTRACTS), VIEWS_INTRODUCTION]
    parts += [_contract(view.contract) for view in VIEWS]
    parts += [_contract(CAMPAIGNS_TABLE), _contract(PARTNERS_TABLE), _versions()]
    parts.append("## identifiers\n\nAdded to sessions with `--keep-identifiers`.\n")
    parts.append(_fields(IDENTIFIERS))
    return "\n".join(parts)


def _versions() -> str:
    rows = ["| schema_version | what it brought |", "| --- | --- |"]
    rows += [f"| {number} | {brought} |" for number, brought in VERSIONS.items()]
    table = "\n".join(rows)
    return f"## versions\n\n{VERSIONS_INTRODUCTION}\n{table}\n"


def _contract(contract: Contract) -> str:
    head = f"## {contract.name}\n\n`{contract.where}`\n\n{contract.holds}\n"
    return f"{head}\n{_fields(contract.fields)}"


def _fields(fields: tuple[Field, ...]) -> str:
    rows = ["| column | type | holds | null | since |", "| --- | --- | --- | --- | --- |"]
    rows += [
        f"| {field.name} | `{_type(field)}` | {field.holds} | {field.null or 'never'} "
        f"| {field.since} |"
        for field in fields
    ]
    return "\n".join(rows) + "\n"


def _type(field: Field) -> str:
    return str(field.type).replace("item: ", "").replace("|", "\\|")


def signals() -> str:
    """One section for each signal, from its docstring and weights."""
    parts = [f"# Signals\n\n{NOTICE}\n", SIGNALS_INTRODUCTION]
    for name, signal in all_signals().items():
        group = f"Group: {signal.group} ({FACT_OF_GROUP[signal.group]})."
        parts.append(f"## {name}\n\n{documentation(name)}\n\n{group}\n")
        rows = ["| level | log-odds by class | reference |", "| --- | --- | --- |"]
        for level in signal.levels.values():
            weights = ", ".join(f"{c} {value:+.1f}" for c, value in level.log_odds.items())
            rows.append(f"| {level.note} | {weights} | {level.reference} |")
        parts.append("\n".join(rows) + "\n")
    return "\n".join(parts)


SIGNALS_INTRODUCTION = """\
A signal looks at one fact of a visit. Its level, which is what it sees there, multiplies the odds
of the competing causes: log-odds are natural logarithms, +0.7 doubles the odds and +2.3 multiplies
them by ten. A class that is not named has 0, and one with -inf is excluded. Of the signals in one
group only the strongest counts, so one fact counts once. [How it decides](how-it-decides.md)
explains the rest.
"""


def check_page() -> str:
    """One section for each check, from its docstring and parameters, and one for the baseline."""
    parts = [f"# Checks\n\n{NOTICE}\n", CHECKS_INTRODUCTION]
    for name, check in checks.registry().items():
        parts.append(f"## {name}\n\n{checks.documentation(name)}\n\n{_asked(check)}\n")
        parts.append(_parameters(check.parameters))
    parts.append(f"## {baseline.BASELINE}\n\n{inspect.getdoc(baseline)}\n")
    parts.append(_parameters(baseline.PARAMETERS))
    return "\n".join(parts)


def _asked(check: Check) -> str:
    if check.subject:
        table = f'`[{check.name}."..."]`'
        asked = f"Asked by rules alone, one table for each {check.subject}: {table}."
        return f"Level: {check.level}. {asked}"
    return f"Level: {check.level}."


def _parameters(parameters: tuple[Parameter, ...]) -> str:
    rows = ["| key | default | takes | meaning |", "| --- | --- | --- | --- |"]
    rows += [
        f"| `{p.name}` | {'not set' if p.default is None else f'{p.default:g}'} "
        f"| {p.kind.expected} | {p.meaning} |"
        for p in parameters
    ]
    return "\n".join(rows) + "\n"


CHECKS_INTRODUCTION = """\
`darksocial check INPUT...` analyses logs, asks the checks, and exits with 1 where one of level
error fails. [In continuous integration](ci.md) shows it at work. Without rules, every check runs
with its defaults but for those that need a page or an app. Rules are a TOML file (`--rules
checks.toml`), or the tables below `checks` in darksocial.toml:

```toml
# defaults = false           # only the checks that have a table here

[reject_rate]
at_most = 0.005
level = "warning"            # error: exit with 1; warning: say it; off: do not ask

[page."/pricing"]
dark_at_least = 5

[app.whatsapp]
at_least = 1

[baseline]                   # for --baseline summary.json
tolerance = 0.25

[baseline.page]
level = "off"
```

A table is named after its check, its keys are below, and `level` is a key of every one. A key that
does not exist is an error, and so is a value that a key does not take. Shares are between 0 and 1.
"""
