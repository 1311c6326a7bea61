"""Visits whose origin is known, judged as if it were not: a check on any log, without labels.

One in five of the visits whose referrer, tag or messenger's own browser identifies their origin
lose all three, as if the app or browser had never sent them, and are booked as Direct. The others
are not changed, so that a page keeps its mailings, posts and searches. The model's judgement of the
hidden visits is then compared with what was hidden.

This shows how often search, mail, public posts and assistants would be taken for dark social, and
whether visits from messengers that identify themselves would be recognised. It cannot show how many
visits without an origin are dark: people whose apps send a referrer differ from those whose apps
send none, and typed addresses, bookmarks and history never have an origin that could be hidden.
"""

import math
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from darksocial.engines import Engine
from darksocial.errors import InputError
from darksocial.evaluation import metrics
from darksocial.evaluation.rules import rule_of_thumb
from darksocial.expressions import ibis, ir
from darksocial.language import gettext as _
from darksocial.lookups.channels import DIRECT_SOURCE, NO_MEDIUM
from darksocial.schema import ARRIVAL
from darksocial.signals import CLASSES

HIDDEN_ONE_IN = 5
"""One in so many visits with a known origin loses it."""
CLASS_OF_CHANNEL = {
    "Organic Search": "lost_search",
    "Organic Social": "lost_social",
    "Email": "lost_email",
    "AI Assistant": "lost_ai",
}
DARK = "dark_social"
WEBMAIL = "email_fwd"
"""A webmail's referrer names neither a mailing nor a friend: its origin is not known."""
HIDDEN_TEXTS = (
    "referrer",
    "utm_source",
    "utm_medium",
    "utm_campaign",
    "utm_content",
    "utm_term",
    "click_id",
    "click_id_network",
    "referrer_kind",
    "referrer_app",
    "tag_app",
    "link_says",
    "landing_query",
)

COMPARED = (
    "origin",
    "origin_app",
    "app",
    "landing_path",
    "referrer",
    *(f"p_{name}" for name in CLASSES if name != "booked"),
)


@dataclass(frozen=True, slots=True)
class Origin:
    """The hidden visits of one origin: how many, the mean probability of each class, and the
    proportion (0 to 1) that the rule of thumb flags as dark."""

    origin: str
    visits: int
    said: dict[str, float]
    flagged_by_rule: float


@dataclass(frozen=True, slots=True)
class Masked:
    """What the model says of visits whose origin was hidden.

    `sessions` counts all, `known` those with a known origin, `hidden` those of them whose origin
    was hidden. `auc` and `rule_auc` rank hidden dark visits against the other hidden ones, by the
    model and by the rule of thumb (null without either kind). `named` counts the dark visits for
    which the model identifies an app, `right` those of them for which it is the right one.
    """

    sessions: int
    known: int
    hidden: int
    auc: float | None
    rule_auc: float | None
    named: int
    right: int
    origins: tuple[Origin, ...]


def compared(sessions: int, with_origin: int, hidden: pd.DataFrame) -> Masked:
    """Return the comparison for the hidden visits, which have the columns `COMPARED`.

    `with_origin` of the `sessions` have a known origin. Raises InputError if none is hidden.
    """
    if hidden.empty:
        text = _(
            "Too few visits have a known origin ({with_origin:,} of {sessions:,}): none of them is "
            "hidden."
        )
        raise InputError(
            text.format(with_origin=with_origin, sessions=sessions),
            expected=_("a log of several days with referrers or campaign tags"),
        )
    dark = (hidden.origin == DARK).to_numpy(np.bool_)
    thumb = rule_of_thumb(hidden)
    with_app = hidden[dark & hidden.app.notna().to_numpy()]
    return Masked(
        sessions,
        with_origin,
        len(hidden),
        metrics.auc(dark, hidden.p_dark_social.to_numpy(np.float64)),
        metrics.auc(dark, thumb),
        len(with_app),
        int((with_app.app == with_app.origin_app).sum()),
        tuple(
            _origin(name, hidden[place], thumb[place])
            for name in CLASSES
            if (place := (hidden.origin == name).to_numpy()).any()
        ),
    )


def _origin(name: str, visits: pd.DataFrame, flagged: metrics.Score) -> Origin:
    # fsum is exact, so the order in which the engine hands out the visits changes nothing.
    said = {c: math.fsum(visits[f"p_{c}"]) / len(visits) for c in CLASSES if c != "booked"}
    return Origin(name, len(visits), said, float(flagged.mean()))


def with_hidden_origins(engine: Engine, visits: ir.Table) -> ir.Table:
    """Return the visits, with one in five known origins hidden.

    Added are `origin` (its class, null if it is not known), `origin_app` and `hidden`. Which
    visits lose their origin depends on visitor and time alone.
    """
    own_browser = ibis.ifelse(visits.in_app_kind == "private", visits.in_app, ibis.null("string"))
    app = ibis.coalesce(visits.referrer_app, visits.tag_app).nullif(WEBMAIL)
    app = ibis.coalesce(app, own_browser)
    by_channel = visits.channel_before.cases(*CLASS_OF_CHANNEL.items())
    origin = ibis.ifelse(app.notnull(), DARK, by_channel)
    is_unfit = visits.aggregated | (visits.began != ARRIVAL)
    origin = ibis.ifelse(is_unfit, ibis.null("string"), origin)
    drawn = (
        visits.visitor % HIDDEN_ONE_IN + visits.started_at.epoch_seconds()
    ) % HIDDEN_ONE_IN == 0
    classed = visits.mutate(origin=origin, origin_app=app)
    drawn_visits = classed.mutate(hidden=(classed.origin.notnull() & drawn).fill_null(False))
    hide = partial(ibis.ifelse, drawn_visits.hidden)
    private = drawn_visits.hidden & (drawn_visits.in_app_kind == "private").fill_null(False)
    masked = drawn_visits.mutate(
        in_app=ibis.ifelse(private, ibis.null("string"), drawn_visits.in_app),
        in_app_kind=ibis.ifelse(private, ibis.null("string"), drawn_visits.in_app_kind),
        **{name: hide(ibis.null("string"), drawn_visits[name]) for name in HIDDEN_TEXTS},
        channel_before=hide("Direct", drawn_visits.channel_before),
        source_before=hide(DIRECT_SOURCE, drawn_visits.source_before),
        medium_before=hide(NO_MEDIUM, drawn_visits.medium_before),
    )
    return engine.stage("masked", masked)
