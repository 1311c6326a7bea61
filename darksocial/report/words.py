"""Sentences that several forms of a report share, what cannot be said, and what masking shows."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from darksocial.inputs.gaps import GAPS
from darksocial.language import gettext as _
from darksocial.language import ngettext
from darksocial.report.before import LAST_NON_DIRECT
from darksocial.report.chosen import Filter
from darksocial.report.numbers import about, between, is_none, significant, whole_percent
from darksocial.report.values import Before, CannotTell, MaskedOrigin
from darksocial.selection import zone_of


def dark_of_direct(direct: float, expected: float, low: float, high: float) -> str:
    """Return the result of a report in one sentence: how many of the `direct` visits came from a
    privately shared link, always with the 90% interval.

    Where the interval includes none, the sentence says that the number is none before it gives one.
    """
    if is_none(low):
        sentence = ngettext(
            "Of {direct} visit booked as Direct none that can be told from chance came from a "
            "privately shared link: about {dark}, between {low} and {high}.",
            "Of {direct} visits booked as Direct none that can be told from chance came from a "
            "privately shared link: about {dark}, between {low} and {high}.",
            significant(direct),
        )
    else:
        sentence = ngettext(
            "Of {direct} visit booked as Direct about {dark}, between {low} and {high}, came from "
            "a privately shared link ({share}).",
            "Of {direct} visits booked as Direct about {dark}, between {low} and {high}, came from "
            "a privately shared link ({share}).",
            significant(direct),
        )
    return sentence.format(
        direct=about(direct),
        dark=about(expected),
        share=whole_percent(expected / direct),
        **between(low, high),
    )


def dark_in_all(expected: float, low: float, high: float) -> str:
    """Return how many visits of all channels are dark social, with the 90% interval."""
    return ngettext(
        "In all channels, about {dark} visit is dark social (90% interval: {low} to {high}).",
        "In all channels, about {dark} visits are dark social (90% interval: {low} to {high}).",
        significant(expected),
    ).format(dark=about(expected), **between(low, high))


def what_is_assumed(prior_share: float) -> str:
    """Return how much of the starting point of an estimate is general experience."""
    return _(
        "The starting point, how common each origin of a Direct visit is, comes {general} "
        "from general experience and {learned} from this log."
    ).format(general=whole_percent(prior_share), learned=whole_percent(1 - prior_share))


def what_before_means(before: Before, direct: float) -> str:
    """Return what booked means, and how many of the visits that arrived as Direct it differs for.

    `direct` counts these visits, without likely bots.
    """
    if before.reading != LAST_NON_DIRECT:
        return _(
            "Booked is how each visit arrived, by the channel rules of GA4. The reports of GA4 "
            "give a Direct visit the visitor's last other source of 90 days, and so does "
            "--before last-non-direct."
        )
    return ngettext(
        "Read as GA4 does, {differ} of {direct} visit booked as Direct belongs to the "
        "source of an earlier visit.",
        "Read as GA4 does, {differ} of {direct} visits booked as Direct belong to the "
        "source of an earlier visit.",
        significant(direct),
    ).format(differ=about(before.differ), direct=about(direct))


def hides_count(cannot_tell: Sequence[CannotTell]) -> bool:
    """Return whether the number of dark visits cannot be said."""
    return any(GAPS[entry.reason].hides_count for entry in cannot_tell)


def what_hides_count(cannot_tell: Sequence[CannotTell], low: str, high: str) -> str:
    """Return that the number of dark visits cannot be said, why, and in which range it lies."""
    gaps = [GAPS[entry.reason] for entry in cannot_tell]
    instead = _listed([gap.instead for gap in gaps if gap.hides_count])
    return _(
        "How many visits came from a privately shared link cannot be said from this log: it "
        "records {instead}. By all that it shows, there may be {low} to {high}."
    ).format(instead=instead, low=low, high=high)


def what_widens_range(cannot_tell: Sequence[CannotTell]) -> str:
    """Return why the range of the dark visits is wider, or '' if it is not."""
    gaps = [GAPS[entry.reason] for entry in cannot_tell]
    instead = _listed([gap.instead for gap in gaps if not gap.hides_count])
    sentence = _("The range is wide because this log records {instead}.")
    return sentence.format(instead=instead) if instead else ""


def listed_reasons(cannot_tell: Sequence[CannotTell]) -> str:
    """Return what the inputs record in place of what is missing."""
    instead = _listed([GAPS[entry.reason].instead for entry in cannot_tell])
    return _("this log records {instead}").format(instead=instead)


def _listed(texts: Sequence[str]) -> str:
    """Return texts in a row, the last one after an "and"."""
    if len(texts) < 2:
        return "".join(texts)
    return _("{first} and {last}").format(first=", ".join(texts[:-1]), last=texts[-1])


def what_masking_shows(origins: Sequence[MaskedOrigin]) -> tuple[str, ...]:
    """Return a sentence for each channel whose visits pass for dark more often than allowed for."""
    return tuple(_masking(origin) for origin in origins if not is_none(origin.false_dark))


def who_is_followed(changes: Sequence[date]) -> Iterator[str]:
    """Yield past which days nobody is followed, as visitors are hashed with another key from each
    of `changes` on; nothing without a change."""
    if changes:
        yield ngettext(
            "The key of visitor ids changed on {first}: nobody is followed past that day.",
            "The key of visitor ids changed {n:,} times, on {first} first and on {last} last: "
            "nobody is followed past a change.",
            len(changes),
        ).format(n=len(changes), first=changes[0], last=changes[-1])


def which_visits(sessions: float, chosen: Filter | None) -> str:
    """Return how many of the judged visits a report is about; '' where it is about all."""
    if chosen is None or sessions >= chosen.sessions:
        return ""
    sentence = ngettext(
        "This is about {n} of the {judged} visits that were judged.",
        "This is about {n} of the {judged} visits that were judged.",
        significant(sessions),
    )
    return sentence.format(n=about(sessions), judged=about(chosen.sessions))


def filter_rows(chosen: Filter | None, zone: str) -> list[tuple[str, str]]:
    """Return by what the visits of a report were chosen, each with a name; [] if all are meant."""
    if chosen is None:
        return []
    bounds = ((_("since"), chosen.since), (_("before"), chosen.until))
    zoned = _("{moment} {zone}")
    return [
        *(
            (name, zoned.format(moment=moment_in(zone, time), zone=zone))
            for name, time in bounds
            if time
        ),
        *((_("only"), f"{row.key}={row.pattern}") for row in chosen.only),
    ]


def moment_in(zone: str, moment: datetime) -> str:
    """Return a moment to the minute in a time zone."""
    return f"{moment.astimezone(zone_of(zone)):%Y-%m-%d %H:%M}"


def _masking(origin: MaskedOrigin) -> str:
    sentence = ngettext(
        "Of {n} visit booked as {channel} whose referrer was hidden as a test, {dark} would have "
        "been taken for dark social, where the model expects {expected}: the lower bound allows "
        "for that ({false} of the visits booked as Direct).",
        "Of {n} visits booked as {channel} whose referrer was hidden as a test, {dark} would have "
        "been taken for dark social, where the model expects {expected}: the lower bound allows "
        "for that ({false} of the visits booked as Direct).",
        significant(origin.sessions),
    )
    return sentence.format(
        n=about(origin.sessions),
        channel=origin.channel,
        dark=whole_percent(origin.dark),
        expected=whole_percent(origin.expected_dark or 0.0),
        false=about(origin.false_dark),
    )
