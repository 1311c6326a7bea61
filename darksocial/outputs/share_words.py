"""What tracked shares show, in words that all forms of a report have in common."""

from collections.abc import Iterator
from datetime import timedelta

from darksocial.language import gettext as _
from darksocial.language import ngettext
from darksocial.lookups.apps import label
from darksocial.lookups.chatbots import CHATBOTS
from darksocial.report.numbers import decimal, percent
from darksocial.report.words import who_is_followed
from darksocial.tracking.trees import Generation, Rate, SharesReport

METHOD_LABELS = {
    "address_bar": _("address bar"),
    "button": _("button of the page"),
    "canonical": _("share menu, by rel=canonical"),
    "copy": _("copied text"),
    "handed_out": _("link handed out"),
    "qr_code": _("QR code"),
    "share_api": _("share menu, by a button"),
}


def sentences(report: SharesReport) -> Iterator[str]:
    """Yield what the shares of a report show: how many were used, visits per share, half-life, K
    and reach."""
    if report.shares:
        yield from _of_people(report)
    if chatbots := chatbot_sentence(report):
        yield chatbots
    public = sum(1 for share in report.shares if share.is_public)
    if public:
        yield ngettext(
            "! {n:,} id was posted in public: most of its visits come from other sites.",
            "! {n:,} ids were posted in public: most of their visits come from other sites.",
            public,
        ).format(n=public)
    if report.jumps:
        yield ngettext(
            "! {n:,} id is of a generation before which its tree has none: it was typed, or the "
            "way to it is not in the log. Generations and K leave it out.",
            "! {n:,} ids are of generations before which their trees have none: they were typed, "
            "or the way to them is not in the log. Generations and K leave them out.",
            report.jumps,
        ).format(n=report.jumps)
    if report.repeated:
        yield ngettext(
            "! {n:,} id came with more than one generation: it was typed or changed, and counts "
            "as that which came first.",
            "! {n:,} ids came with more than one generation: they were typed or changed, and "
            "each counts as that which came first.",
            report.repeated,
        ).format(n=report.repeated)
    for sentence in who_is_followed(report.key_changes):
        yield f"! {sentence}"


def _of_people(report: SharesReport) -> Iterator[str]:
    count = len(report.shares)
    yield ngettext(
        "{n:,} share with an id was fetched or opened; visits came by {used:,} ({part}).",
        "{n:,} shares with an id were fetched or opened; visits came by {used:,} ({part}).",
        count,
    ).format(n=count, used=report.used, part=percent(report.used / count))
    if report.clicks_per_share:
        yield _("Visits per share: {range}.").format(
            range=rate_with_interval(report.clicks_per_share)
        )
    if report.half_life_seconds is not None:
        yield _("Half of a share's visits come within {time} of the first.").format(
            time=timedelta(seconds=round(report.half_life_seconds))
        )
    if report.k is None:
        yield _("No share is seven days old yet: younger ones say nothing of K.")
    elif report.reach is None:
        yield _("K is 1: every share was made by a visitor of another one.")
    else:
        yield _(
            "Of {n:,} shares that are seven days old or older, each led to {k} others (K); sharing "
            "multiplies visitors by {reach}."
        ).format(n=report.mature, k=decimal(report.k, 2), reach=decimal(report.reach, 2))


def chatbot_sentence(report: SharesReport) -> str | None:
    """Return what links of chatbots brought, apart from the shares of people; None without any."""
    if not report.chatbots:
        return None
    text = ngettext(
        "Chatbots gave {links:,} link, by which {n:,} visits came: no person shared it.",
        "Chatbots gave {links:,} links, by which {n:,} visits came: no person shared them.",
        len(report.chatbots),
    )
    visits = sum(len(share.clicks) for share in report.chatbots)
    return text.format(links=len(report.chatbots), n=visits)


def counts_by_app(report: SharesReport) -> list[tuple[str, int, int]]:
    """Return the names of apps, each with its shares and the visits by them."""
    return [(label(name), shares, visits) for name, shares, visits in report.by_app]


def counts_by_method(report: SharesReport) -> list[tuple[str, int, int]]:
    """Return the ways to share in words, each with its shares and the visits by them, and apart
    from them the links that chatbots gave."""
    rows = [(METHOD_LABELS[name], shares, visits) for name, shares, visits in report.by_method]
    visits = sum(len(share.clicks) for share in report.chatbots)
    return [*rows, *([(CHATBOTS, len(report.chatbots), visits)] if report.chatbots else ())]


def shares_of_next(generation: Generation) -> str:
    """Return how many shares of the next generation came of each; '' where it is not known."""
    return rate_with_interval(generation.reproduction) if generation.reproduction else ""


def rate_with_interval(rate: Rate) -> str:
    """Return a figure with its interval."""
    return _("{value} (90% interval: {low} to {high})").format(
        value=decimal(rate.value, 2), low=decimal(rate.low, 2), high=decimal(rate.high, 2)
    )
