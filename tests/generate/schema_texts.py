"""What docs/schema.md says beside the contracts."""

SCHEMA_INTRODUCTION = """\
All tables are Parquet with these columns in this order. `-`, empty and absent values are null;
nothing is filled in that was not recorded. Times are UTC with microseconds.

`summary.json` holds the finished report: schema_version, version, config_hash, inputs (file,
format, lines, hits, rejects, blanks, bots, previews, warning), unread, started_at, ended_at, zone,
filter (since, until, only, sessions), sessions, visitors, pageviews, before (reading, differ),
channels (channel, before, after, low, high), channels_recorded, goals, conversions, dark_social
(expected, low, high, direct_sessions, direct_expected, direct_low, direct_high, share_of_direct,
prior_share, apps), likely_bots (sessions, direct, expected, low, high), groups (by, rows,
channels), pages, shares, evidence, rejects, bots, previews, notes, cannot_tell (reason, field,
says), masked_origins (channel, sessions, dark, expected_dark, lost, false_dark), model (site,
signal, level, cause, assumed, learned, visits), counted_twice (site, at_start, by_tables,
by_recapture, recall, agreed, disagree, by_answers).
`before` of a channel counts sessions; `after` is their expected number, the sum of probabilities,
and so are the numbers of `dark_social`, `apps` and `pages.dark`.

`filter` says which of the judged visits the file is about, null if about all: those that started
`since` a moment and before `until`, and fit the patterns of `only`, out of so many `sessions`.
Files, bots, previews and rejects are always those of all that was read. `zone` is the time zone of
days.

`groups` is the table of `--by`, with `by` null where nothing was asked for: `rows` of the groups,
the last of which sums up `others`, and the `channels` of each.

`before.reading` says how `channels` and `conversions` count a visit booked as Direct: `arrival`, as
it arrived, or `last-non-direct`, as the reports of GA4 do; then `before.differ` sessions are in the
channel of an earlier visit. Summaries in a store are always those of the visits as they arrived.

`cannot_tell` is a list of what the input lacks, empty where all can be said. The numbers of
`dark_social` are there all the same, with bounds as wide as the gap requires. The reasons:

| reason | what it means for dark_social |
| --- | --- |
| no_referrer, no_user_agent | of the visits that lack it none or all may be dark |
| few_addresses | behind one proxy or a few each page view without a referrer may be a dark visit |
| short_log | a log of an hour or less: of the visits booked as Direct none or all may be dark |
| no_previews | the odds of both bounds are 2.5 times further from the estimate |
| no_assets | the lower bound counts the visits alone that are probably dark even by it |
| untagged_newsletter | as without assets: two in five of Direct are likely a newsletter's |
| sums | more than nine tenths of Direct are in sums: the base rates are assumed |
| sums_without_pages | these sums have no landing page: none of the visits may be dark, or all |

Where rows are sums of visits, no channel but Direct loses a visit or revenue, and none but Dark
Social gains any: visits that lost their source are within Direct.

`masked_origins` is a test on visits whose referrer names a search engine or a public network: had
it been lost, `dark` of the `sessions` would be taken for dark social, while of those that did lose
it the model expects `expected_dark`. The lower bounds of `dark_social` and its channel allow for
`false_dark` such visits among those booked as Direct, and so does the upper bound of the channel.
"""

VIEWS_INTRODUCTION = """\
# Views of a DuckDB file

`--output duckdb=FILE` writes the tables `sessions` and `share_events`, with the columns of the
contracts *sessions* and *shares* above and times in UTC without a zone; the tables of the report in
the schema `report`; and these views of them.
"""

VERSIONS_INTRODUCTION = """\
Each change of a table, of `summary.json` or of a store has a number: `schema_version` in
`summary.json` and in the store's `state.json`. *since* names the one that brought a column; files
of earlier versions lack it, and are read with null in its place.
"""
