"""Visits whose origin is known, judged as if it were not: a check on any log, without labels.

One in five of the visits whose referrer, tag or messenger's own browser names their origin lose all
three, as if the app or browser had never sent them, and are booked as Direct. The others stay what
they are, so that a page keeps its mailings, posts and searches. What the model then says of the
hidden ones is compared with what was hidden.

It shows how often search, mail, public posts and assistants would be taken for dark social, and
whether visits from messengers that do say so would be found. It cannot show how many visits without
origin are dark: people whose apps send a referrer differ from those whose apps send none, and typed
addresses, bookmarks and history never have an origin that could be hidden.
"""

import math
from dataclasses import dataclass
from functools import partial

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from darksocial.engines import Engine
from darksocial.errors import InputError
from darksocial.evaluation import metrics
from darksocial.evaluation.rules import rule_of_thumb
from darksocial.lookups.channels import DIRECT_SOURCE, NO_MEDIUM
from darksocial.signals import CLASSES

ONE_IN = 5
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
    share (0 to 1) that the rule of thumb flags as dark."""

    origin: str
    visits: int
    said: dict[str, float]
    flagged_by_rule: float


@dataclass(frozen=True, slots=True)
class Masked:
    """What the model says of visits whose origin was hidden.

    `sessions` are all, `known` those with a known origin, `hidden` those of them that were masked.
    `auc` and `rule_auc` rank hidden dark visits against the other hidden ones, by the model and by
    the rule of thumb (null without either kind). `named` and `right` count apps of dark visits.
    """

    sessions: int
    known: int
    hidden: int
    auc: float | None
    rule_auc: float | None
    named: int
    right: int
    origins: tuple[Origin, ...]


def compared(sessions: int, known: int, hidden: pd.DataFrame) -> Masked:
    """Return the comparison for the hidden visits, which have the columns `COMPARED`.

    Raises InputError where none is hidden.
    """
    if hidden.empty:
        raise InputError(
            f"{known:,} of {sessions:,} sessions have a known origin: too few to hide one in five",
            expected="a log with referrers or campaign tags, of some days",
        )
    dark = (hidden.origin == DARK).to_numpy(np.bool_)
    thumb = rule_of_thumb(hidden)
    named = hidden[dark & hidden.app.notna().to_numpy()]
    return Masked(
        sessions,
        known,
        len(hidden),
        metrics.auc(dark, hidden.p_dark_social.to_numpy(np.float64)),
        metrics.auc(dark, thumb),
        len(named),
        int((named.app == named.origin_app).sum()),
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
    """Return the visits, one in five known origins hidden.

    Added are `origin` (its class, null where it is not known), `origin_app` and `hidden`. Which
    visits lose theirs rests on visitor and time alone.
    """
    own_browser = ibis.ifelse(visits.in_app_kind == "private", visits.in_app, ibis.null("string"))
    app = ibis.coalesce(visits.referrer_app, visits.tag_app).nullif(WEBMAIL)
    app = ibis.coalesce(app, own_browser)
    by_channel = visits.channel_before.cases(*CLASS_OF_CHANNEL.items())
    origin = ibis.ifelse(app.notnull(), DARK, by_channel)
    origin = ibis.ifelse(visits.aggregated, ibis.null("string"), origin)
    drawn = (visits.visitor % ONE_IN + visits.started_at.epoch_seconds()) % ONE_IN == 0
    told = visits.mutate(origin=origin, origin_app=app)
    told = told.mutate(hidden=(told.origin.notnull() & drawn).fill_null(False))
    hide = partial(ibis.ifelse, told.hidden)
    private = told.hidden & (told.in_app_kind == "private").fill_null(False)
    masked = told.mutate(
        in_app=ibis.ifelse(private, ibis.null("string"), told.in_app),
        in_app_kind=ibis.ifelse(private, ibis.null("string"), told.in_app_kind),
        **{name: hide(ibis.null("string"), told[name]) for name in HIDDEN_TEXTS},
        channel_before=hide("Direct", told.channel_before),
        source_before=hide(DIRECT_SOURCE, told.source_before),
        medium_before=hide(NO_MEDIUM, told.medium_before),
    )
    return engine.stage("masked", masked)
