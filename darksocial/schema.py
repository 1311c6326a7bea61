"""The contracts: every table that darksocial writes, field by field, as Arrow schemas.

Other programs read these tables: a name, a type or a meaning changes only with the major version.
`docs/schema.md` is generated from this file.
"""

from dataclasses import dataclass

import pyarrow as pa

VERSIONS = {
    1: "The first version; neither summary.json nor state.json has a `schema_version` then.",
    2: "summary.json has `schema_version`. In a store: state.json has `schema_version`, checksums "
    "of all files and a checksum of its own; hits have `schema_version`, `request_path`, `method`, "
    "`status` and `event`, and the number of their `file` says what its format recorded; records "
    "of runs have `schema_version`, `name`, `interrupted`, `stored_before`, `skipped`, `lost`, "
    "`bookmarks` and `earlier`.",
    3: "sessions have `began`; a pause ends a session whatever the referrer, and the next one "
    "inherits its source; `new_visitor` looks at answers of 304. In summary.json `channels` has a "
    "row `Beginning not logged`. In a store: hits have `is_login` and `names_itself`.",
    4: "sessions have `p_bot`, and the other probabilities are those of a person's visit times "
    "that of being one. In summary.json there is `likely_bots`; `channels` has a row `Likely "
    "bots`, whose sessions are not in the `direct_` numbers of `dark_social`. In a store: people "
    "have `agent`, the keyed hash of the user agent.",
    5: "summary.json has `before`: how `channels` and `conversions` count a visit booked as "
    "Direct, and how many sessions differ from the visits as they arrived. In a store: people have "
    "`network`, the keyed hash of the network of the address, and `browser_outdated`: their "
    "browser had been out for ten years.",
    6: "In summary.json the rows of `channels` have `low` and `high`. The paths of sessions, of "
    "their referrers and of shares are decoded, so that a page has one path whether its server "
    "logs it percent-encoded or not. In a store: so are those of hits.",
    7: "In summary.json there is `cannot_tell`: what the inputs do not record, and what cannot be "
    "said without it; the bounds of `dark_social` allow for it; and `masked_origins`: how often "
    "visits of known origin would pass for dark without it. Where parameters of a query name "
    "pages, they are behind the path in `landing_path` and in shares, and addresses of one page "
    "have one name. In rows of many sessions `p_direct` includes that a visit lost its source.",
    8: "Visits are judged by what the site itself taught of its signals. In summary.json there is "
    "`model`: what was assumed and what was learned of each level; and `counted_twice`: how many "
    "visits are dark by two estimates that have to agree.",
    9: "Sessions have the id of the share that they came from (`share_id`, `share_root`, "
    "`share_generation`, `share_method`), and shares that in the address of their preview "
    "(`tracked_id` to `new_visitors`). summary.json has `zone`, the time zone of its days, "
    "`filter`: which of the judged visits it is about, and `groups`: the visits by day, device or "
    "something else. `--output duckdb=FILE` writes a DuckDB file with views. "
    "There are the tables of campaigns and of partners.",
    10: "Sessions have the `country` that an export or a log records, or that a database of the "
    "user has for the address. In a store: so have hits. Visits are judged by what signals mean "
    "for the kind of page that they landed on; in summary.json the rows of `model` have `landing`, "
    "those of `counted_twice` have `by_answers`, and apps have `by_mix_low` and `by_mix_high`.",
    11: "Sessions have `share_parent`: the share before the one that they came from, also where no "
    "preview of its link was fetched. In a store: hits have `event_hash`, the keyed hash of the "
    "identity that an export gives an event; an event that comes again on a later night counts "
    "once. Private visits by a link that was also posted in public count as dark social.",
}
"""What each version of the contracts brought. Every change of a contract adds one: a column, a key
of summary.json, of state.json or of the record of a run."""
SCHEMA_VERSION = max(VERSIONS)
JUDGING_VERSION = 11
"""The first version whose visits were judged by the rules of today."""
SUMMARY_VERSION = 9
"""The first version whose summary.json has the keys of today."""
TIME = pa.timestamp("us", tz="UTC")
ARRIVAL, CONTINUED, NOT_LOGGED = "arrival", "continued", "not_logged"
"""How a session began (visits/beginnings.py): the values of `began`."""
MIN_LIKELY_BOT = 0.5
"""A session with a higher `p_bot` is counted as a likely bot's."""
EVIDENCE = pa.list_(
    pa.struct([("signal", pa.string()), ("log_odds", pa.float64()), ("note", pa.string())])
)


@dataclass(frozen=True, slots=True)
class Field:
    """One column: its Arrow type, what it holds (with the unit), and what null means in it.

    `since` is the schema version that brought it: files of earlier ones lack it.
    """

    name: str
    type: pa.DataType
    holds: str
    null: str = ""
    since: int = 1

    def arrow(self) -> pa.Field:
        """Return the Arrow field; its metadata carries the description."""
        description = self.holds + (f" Null: {self.null}." if self.null else "")
        return pa.field(self.name, self.type, bool(self.null), {"description": description})


@dataclass(frozen=True, slots=True)
class Contract:
    """One table: where it is written, and its columns in order."""

    name: str
    where: str
    holds: str
    fields: tuple[Field, ...]

    @property
    def arrow(self) -> pa.Schema:
        """The Arrow schema, with a description in the metadata of each field."""
        return pa.schema([field.arrow() for field in self.fields])

    @property
    def names(self) -> list[str]:
        """The column names, in order."""
        return [field.name for field in self.fields]


DECODED = "percent-decoded where that keeps its meaning"
WITHOUT_PERSONAL_DATA = "with personal data removed (docs/privacy.md)"


def _probability(explanation: str) -> str:
    return f"Probability (0 to 1) that {explanation}."


HITS = Contract(
    "hits",
    "darksocial parse INPUT... -o hits.parquet",
    "One row for each request that a log line records. `-`, an empty value and an absent field "
    "are null.",
    (
        Field("time", TIME, "When the request was logged, in UTC."),
        Field("client_ip", pa.string(), "Client address or host name as logged.", "not logged"),
        Field("host", pa.string(), "Virtual host, without port.", "not logged"),
        Field("method", pa.string(), "HTTP method.", "the request is not HTTP"),
        Field(
            "path",
            pa.string(),
            "Path of the URL as sent, still percent-encoded.",
            "the request is not HTTP, or has no path (CONNECT)",
        ),
        Field("query", pa.string(), "Query string without `?`.", "none"),
        Field("status", pa.int16(), "HTTP status code.", "not logged"),
        Field("bytes", pa.int64(), "Size of the answer in bytes.", "not logged"),
        Field("referrer", pa.string(), "Referer header as sent.", "none sent or not logged"),
        Field("user_agent", pa.string(), "User-Agent header.", "none sent or not logged"),
        Field("user", pa.string(), "User name of HTTP authentication.", "none"),
        Field("duration_ms", pa.float64(), "Time to serve in milliseconds.", "not logged"),
        Field("file", pa.string(), "Input file, as it was named."),
        Field("line", pa.int64(), "Line number in the file, from 1."),
    ),
)

SESSIONS = Contract(
    "sessions",
    "DIR/sessions/date=YYYY-MM-DD/*.parquet",
    "One row for each visit of a person. `date` is the UTC day of `started_at`.",
    (
        Field("session_id", pa.string(), "Key of the session, from visitor and start."),
        Field("visitor_id", pa.string(), "Keyed hash of client address and user agent."),
        Field("site", pa.string(), "Host that was visited.", "the log names no host"),
        Field("started_at", TIME, "First page view."),
        Field("ended_at", TIME, "Last hit."),
        Field(
            "pageviews", pa.int64(), "Number of page views.", "the export has only sums without it"
        ),
        Field(
            "landing_path",
            pa.string(),
            f"Name of the landing page: its path, {DECODED}, and where parameters name the page "
            f"`?` and these in the order of their names, {WITHOUT_PERSONAL_DATA}. Addresses that "
            "servers answer alike have the name of the one that was viewed most.",
            "an export has none",
        ),
        Field(
            "landing_query",
            pa.string(),
            f"Query string of the landing page, without click ids, {WITHOUT_PERSONAL_DATA}.",
            "none, or nothing is left of it",
        ),
        Field(
            "referrer",
            pa.string(),
            f"Referrer of the landing page, its path {DECODED}, {WITHOUT_PERSONAL_DATA}.",
            "none or not recorded",
        ),
        Field("utm_source", pa.string(), "UTM source of the landing page.", "none"),
        Field("utm_medium", pa.string(), "UTM medium of the landing page.", "none"),
        Field("utm_campaign", pa.string(), "UTM campaign of the landing page.", "none"),
        Field("utm_content", pa.string(), "UTM content of the landing page.", "none"),
        Field("utm_term", pa.string(), "UTM term of the landing page.", "none"),
        Field("click_id", pa.string(), "Name of the click id, such as `fbclid`.", "none"),
        Field("device", pa.string(), "mobile, tablet, desktop or other.", "not recorded"),
        Field("os", pa.string(), "Operating system family.", "not known"),
        Field("browser", pa.string(), "Browser family.", "not known"),
        Field("in_app", pa.string(), "App whose in-app browser it was.", "no in-app browser"),
        Field(
            "new_visitor",
            pa.bool_(),
            "True where nothing shows an earlier visit of the visitor: neither the input nor a "
            "landing page that the browser had a copy of (304).",
        ),
        Field(
            "conversions",
            pa.int64(),
            "Number of conversions.",
            "no goals are defined, and the input records none",
        ),
        Field("revenue", pa.float64(), "Revenue in the site's currency.", "not recorded"),
        Field("weight", pa.float64(), "Number of sessions that the row counts."),
        Field(
            "began",
            pa.string(),
            "How it began: `arrival` (from outside, without a referrer or by a tag), `continued` "
            "(from the site itself after a pause, or cut at midnight: source, medium and channel "
            "are those of the visitor's last arrival) or `not_logged` (from the site itself, and "
            "no arrival of the visitor is known).",
            since=3,
        ),
        Field("channel_before", pa.string(), "Channel by GA4's default channel group."),
        Field("source_before", pa.string(), "Source as GA4 derives it."),
        Field("medium_before", pa.string(), "Medium as GA4 derives it."),
        Field(
            "channel_after",
            pa.string(),
            "Most probable channel after weighing the evidence; `Likely bots` where p_bot is above "
            "0.5.",
        ),
        Field("app", pa.string(), "App through which the link was shared.", "not known"),
        Field(
            "p_dark_social",
            pa.float64(),
            _probability("the visit came from a privately shared link"),
        ),
        Field(
            "p_direct",
            pa.float64(),
            _probability(
                "the visit is direct: typed, bookmark or history; in a row of many sessions also "
                "that it lost its source"
            ),
        ),
        Field("p_lost_search", pa.float64(), _probability("a search engine's referrer was lost")),
        Field(
            "p_lost_social",
            pa.float64(),
            _probability("a public social network's referrer was lost"),
        ),
        Field("p_lost_email", pa.float64(), _probability("it came from an untagged newsletter")),
        Field("p_lost_ai", pa.float64(), _probability("an AI assistant's referrer was lost")),
        Field(
            "p_bot",
            pa.float64(),
            _probability("the visit is a bot's with a browser's name, judged by what it loads"),
            "the input does not show it: sums, exports, logs without assets",
            since=4,
        ),
        Field(
            "evidence",
            EVIDENCE,
            "Signals that spoke, strongest first: how far each moved the log-odds of dark social.",
        ),
        Field(
            "channel_recorded",
            pa.string(),
            "Channel as the analytics export itself names it.",
            "logs, and exports without",
        ),
        Field(
            "share_id",
            pa.string(),
            "Id of the share that it came from, as its link carried it (docs/tracking.md).",
            "the link carried none, or the visitor's own",
            since=9,
        ),
        Field(
            "share_root",
            pa.string(),
            "Id of the first share of that share's tree.",
            "as share_id",
            since=9,
        ),
        Field(
            "share_generation",
            pa.int16(),
            "Generation of that share, from 1.",
            "as share_id",
            since=9,
        ),
        Field(
            "share_method",
            pa.string(),
            "How the link was shared: `address_bar`, `button`, `canonical`, `copy`, `handed_out`, "
            "`qr_code` or `share_api`.",
            "the link says nothing of a share",
            since=9,
        ),
        Field(
            "share_parent",
            pa.string(),
            "Id of the share by which its sharer came.",
            "generation 1, no id, or not known",
            since=11,
        ),
        Field(
            "country",
            pa.string(),
            "Country of the visitor (ISO 3166-1 alpha-2): as the input records it, or by the "
            "address in the database of --geoip.",
            "not known",
            since=10,
        ),
    ),
)

SHARES = Contract(
    "shares",
    "DIR/shares.parquet",
    "One row for each link preview that an app fetched: somebody shared the page. Fetchers of "
    "public posts are left out.",
    (
        Field("share_id", pa.string(), "Key of the share, from its time, app, page and sharer."),
        Field("time", TIME, "When the preview was fetched."),
        Field("app", pa.string(), "App that fetched; `meta` is Messenger, Instagram or Facebook."),
        Field("path", pa.string(), "Name of the page, as in `landing_path`."),
        Field("site", pa.string(), "Host of the page.", "the log names no host"),
        Field("origin", pa.string(), "Who fetched: the sender's `device`, or a `server`."),
        Field(
            "sharer_visitor_id",
            pa.string(),
            "visitor_id of the person who was reading the page at that address.",
            "a server fetched, or nobody was",
        ),
        Field("clicks", pa.float64(), "Expected number of direct visits that followed from it."),
        Field("conversions", pa.float64(), "Expected number of their conversions."),
        Field("first_click_at", TIME, "First visit that likely followed.", "none did"),
        Field("last_click_at", TIME, "Last visit that likely followed.", "none did"),
        Field(
            "tracked_id",
            pa.string(),
            "Id of the share in the address of the preview: `share_id` of the sessions that came "
            "from it.",
            "the preview's address carried no id",
            since=9,
        ),
        Field("root", pa.string(), "Id of the first share of its tree.", "no id", since=9),
        Field(
            "parent",
            pa.string(),
            "Id of the share by which the sharer came.",
            "generation 1, no id, or not known",
            since=9,
        ),
        Field("generation", pa.int16(), "Generation of the share, from 1.", "no id", since=9),
        Field("method", pa.string(), "How it was shared, as in `share_method`.", "no id", since=9),
        Field("minted_at", TIME, "When its id is first in the log.", "no id", since=9),
        Field(
            "confidence",
            pa.string(),
            "`tracked` (visits carried its id), `previewed` (a preview did, no visit yet) or "
            "`inferred` (no id: clicks are what the model expects).",
            "written by an earlier version",
            since=9,
        ),
        Field("new_visitors", pa.int64(), "New visitors who carried its id.", "no id", since=9),
    ),
)

IDENTIFIERS = (
    Field("client_ip", pa.string(), "Client address; only with --keep-identifiers.", "not logged"),
    Field("user_agent", pa.string(), "User agent; only with --keep-identifiers.", "not logged"),
)

REJECTS = Contract(
    "rejects",
    "DIR/rejects.parquet",
    "One row for each line that is no hit, no comment and not blank.",
    (
        Field("file", pa.string(), "Input file, as it was named."),
        Field("line", pa.int64(), "Line number in the file, from 1."),
        Field("reason", pa.string(), "Why the line is no hit."),
        Field(
            "text",
            pa.string(),
            "The line, redacted (docs/privacy.md) unless --keep-identifiers is given; of a line "
            "over 1 MiB its first 1,000 bytes.",
        ),
    ),
)

CONTRACTS = (HITS, SESSIONS, SHARES, REJECTS)


def sessions_contract(keep_identifiers: bool) -> Contract:
    """Return the sessions contract, with address and user agent only where they were asked for."""
    if not keep_identifiers:
        return SESSIONS
    return Contract(SESSIONS.name, SESSIONS.where, SESSIONS.holds, SESSIONS.fields + IDENTIFIERS)
