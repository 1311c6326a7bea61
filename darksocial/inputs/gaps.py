"""Which evidence is missing, given the fields that an input records, and what it leaves open."""

from dataclasses import dataclass

from darksocial.language import gettext as _

# Fields any of which says how a visit came to the site.
ORIGIN_FIELDS = frozenset({"referrer", "source", "medium", "source_medium", "channel"})
# Groups of fields, and what it means if an input records none of a group.
ADDRESS_FIELDS = frozenset({"client_ip", "visitor", "weight", "forwarded"})
AGENT_FIELDS = frozenset({"user_agent", "visitor", "weight"})
NOTES_BY_MISSING_FIELDS = (
    (
        ADDRESS_FIELDS,
        _("No client address is recorded, so each user agent counts as one visitor."),
    ),
    (
        ORIGIN_FIELDS,
        _(
            "No referrer is recorded, so it is not known how visits came to the site, and they are "
            "Unassigned."
        ),
    ),
    (
        AGENT_FIELDS,
        _(
            "No user agent is recorded, so bots cannot be recognised by name, and each address "
            "counts as one visitor."
        ),
    ),
)
NO_CLIENT_NOTE = _(
    "Neither client address nor user agent is recorded, so bots cannot be recognised, and each "
    "page view counts as one visitor."
)
AGGREGATED_NOTE = _(
    "Each row represents many sessions. Visitors, browsers and the time of day are not recorded, "
    "so the interval is wider, and every channel but Direct keeps its visits and its revenue. "
    "Visits that lost their source (from search, networks, mail, AI assistants) cannot be "
    "distinguished and stay within Direct."
)


PERIOD_NOTE = _(
    "Rows are for whole periods. Their visits are spread over the days of each, so the day of a "
    "visit is assumed."
)


def missing_evidence(records: frozenset[str]) -> tuple[str, ...]:
    """Return notes on the evidence that an input with these fields cannot give."""
    missing = {fields: note for fields, note in NOTES_BY_MISSING_FIELDS if not fields & records}
    if {ADDRESS_FIELDS, AGENT_FIELDS} <= missing.keys():
        missing[ADDRESS_FIELDS] = NO_CLIENT_NOTE
        del missing[AGENT_FIELDS]
    notes = list(missing.values())
    if "weight" in records:
        notes.append(AGGREGATED_NOTE)
        notes += [PERIOD_NOTE] if "last_day" in records else []
    return tuple(notes)


@dataclass(frozen=True, slots=True)
class Gap:
    """Evidence that an input does not hold, without which something cannot be said.

    reason: its name, as in `cannot_tell` of summary.json.
    field: what would have to be recorded.
    instead: what the input does record, after "this log: it records".
    says: what follows from it, a whole sentence.
    hides_count: whether the number of dark visits cannot be said without it; else its range is
        wider.
    """

    reason: str
    field: str
    instead: str
    says: str
    hides_count: bool


NO_REFERRER, NO_USER_AGENT, FEW_ADDRESSES = "no_referrer", "no_user_agent", "few_addresses"
SHORT_LOG, NO_PREVIEWS, NO_ASSETS = "short_log", "no_previews", "no_assets"
UNTAGGED_NEWSLETTER = "untagged_newsletter"
SUMS, SUMS_WITHOUT_PAGES = "sums", "sums_without_pages"
GAPS = {
    gap.reason: gap
    for gap in (
        Gap(
            NO_REFERRER,
            "referrer",
            _("no referrers"),
            _(
                "No referrer is recorded, so visits from search engines, networks and links cannot "
                "be distinguished from those without a source."
            ),
            hides_count=True,
        ),
        Gap(
            NO_USER_AGENT,
            "user_agent",
            _("no user agents"),
            _(
                "No user agent is recorded, so bots, apps and link previews cannot be "
                "distinguished from people with a browser."
            ),
            hides_count=True,
        ),
        Gap(
            FEW_ADDRESSES,
            "client_ip",
            _("the addresses of a few machines for all visitors"),
            _(
                "Almost all hits come from a few addresses, as behind a proxy, so the visits of "
                "people with the same browser cannot be distinguished."
            ),
            hides_count=True,
        ),
        Gap(
            SHORT_LOG,
            "time",
            _("an hour or less"),
            _(
                "The log is of an hour or less, so it is not known what is usual on its pages, "
                "nor who was here before."
            ),
            hides_count=True,
        ),
        Gap(
            NO_PREVIEWS,
            "previews",
            _("no link previews"),
            _(
                "No fetch of a link preview is recorded, so it is not known when a page was "
                "shared, and the range is wider."
            ),
            hides_count=False,
        ),
        Gap(
            NO_ASSETS,
            "assets",
            _("no images, styles or scripts"),
            _(
                "No images, styles or scripts are recorded, so bots that pass for browsers cannot "
                "be distinguished from people, and the range is wider."
            ),
            hides_count=False,
        ),
        Gap(
            UNTAGGED_NEWSLETTER,
            "utm_medium",
            _("visits of newsletter readers without a tag"),
            _(
                "Much of what was booked as Direct came as the readers of a newsletter come. Its "
                "links have no tag, so they cannot be distinguished from links that were shared, "
                "and the range is wider."
            ),
            hides_count=False,
        ),
        Gap(
            SUMS,
            "visitor",
            _("sums of visits (more than nine tenths of the estimate is assumed)"),
            _(
                "Rows are sums of visits, so visits from search, networks, mail and AI assistants "
                "that lost their source cannot be distinguished and stay within Direct."
            ),
            hides_count=False,
        ),
        Gap(
            SUMS_WITHOUT_PAGES,
            "landing_page",
            _("sums of visits without landing pages (any number would be assumed)"),
            _(
                "Rows are sums of visits without landing pages, so nothing in them speaks for or "
                "against a privately shared link: the estimate is what is usual on other sites. "
                "Visits from search, networks, mail and AI assistants that lost their source "
                "cannot be distinguished either and stay within Direct."
            ),
            hides_count=True,
        ),
    )
}
"""What an input may lack, by its name, in the order in which reports name it."""
