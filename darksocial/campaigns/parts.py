"""What each visit can be, as parts that sum to 1: by which key, and how it came to it.

| kind | a visit |
| --- | --- |
| own | that came by a click on the key's own link, or directly, or lost its source |
| passed_on | by a copied link, which still has the campaign's tag |
| traced | by a link without a tag, from a share whose sharer the key had brought |
| by_mix | by a link without a tag, of any earlier reader of its page (origins.py) |
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from darksocial.campaigns.origins import NO_KEY, origins
from darksocial.campaigns.stored import (
    Key,
    Numbers,
    Places,
    StoredShares,
    StoredVisits,
    is_sourceless,
)
from darksocial.language import gettext as _
from darksocial.lookups.channels import DARK_SOCIAL
from darksocial.lookups.chatbots import CHATBOTS
from darksocial.model.weighing import CHANNEL_OF_CLASS
from darksocial.visits.conditions import BOTS_LABEL

PART_KINDS = ("own", "passed_on", "traced", "by_mix")
OWN, PASSED_ON = 0, 1
NO_MEDIUM = "(none)"
DIRECT_KEY = Key("(direct)", NO_MEDIUM, None, "Direct")
LOST_SOURCE = _("(lost source)")
OTHER_KEYS = (
    DIRECT_KEY,
    Key(_("(dark social)"), NO_MEDIUM, None, DARK_SOCIAL),
    Key(_("(likely bots)"), NO_MEDIUM, None, BOTS_LABEL),
    *(
        Key(LOST_SOURCE, name.removeprefix("lost_"), None, channel)
        for name, channel in CHANNEL_OF_CLASS.items()
        if name.startswith("lost_")
    ),
)
"""What no visit is booked to, but can be: the classes of the model, and bots."""
CLASSES_LOST = [place for place, name in enumerate(CHANNEL_OF_CLASS) if name.startswith("lost_")]
DARK_CLASS, DIRECT_CLASS = (
    list(CHANNEL_OF_CLASS).index(name) for name in ("dark_social", "direct")
)


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of all visits, those of a visit one after the other, in the order of their keys and
    the dark ones last.

    visit, key, kind, part: arrays with a value for each part; `key` is a place in `keys`.
    is_source: of a part, whether it names a source: a visit without one leaves a conversion to an
    earlier one.
    is_dark: of a part, whether the visit came from a privately shared link.
    is_lost: of a part, whether the visit had a source and lost it.
    """

    keys: tuple[Key, ...]
    visit: Places
    key: Places
    kind: Places
    part: Numbers
    is_source: npt.NDArray[np.bool_]
    is_dark: npt.NDArray[np.bool_]
    is_lost: npt.NDArray[np.bool_]


def parts_of(visits: StoredVisits, shares: StoredShares) -> Parts:
    """Return what each visit can be."""
    keys = (*visits.keys, *(key for key in OTHER_KEYS if key not in visits.keys))
    place = {key: number for number, key in enumerate(keys)}
    direct, dark, bots, *lost = (place[key] for key in OTHER_KEYS)
    # A partner's link is what brought a visit, whether typed or with its referrer lost; and one
    # that a chatbot gave was shared by nobody.
    classes = np.where(visits.of_partner, 0.0, visits.classes)
    of_chatbot = np.array([key.partner == CHATBOTS for key in visits.keys], np.bool_)[visits.key]
    classes[DARK_CLASS] = q = np.where(of_chatbot, 0.0, visits.classes[DARK_CLASS])
    booked = (1 - visits.bot - classes.sum(axis=0)).clip(0)
    classes[DIRECT_CLASS] += np.where(visits.again, booked, 0.0)
    booked = np.where(visits.again, 0.0, booked)
    count = len(q)
    everyone = np.arange(count)
    columns = [
        _column(everyone, visits.key, OWN, booked),
        _column(everyone, np.full(count, bots), OWN, visits.bot),
        # Of a visit whose beginning is not logged, what is direct stays with it.
        _column(
            everyone,
            np.where(visits.direct, visits.key, direct),
            OWN,
            classes[DIRECT_CLASS],
        ),
        *(
            _column(everyone, np.full(count, key), OWN, classes[number])
            for key, number in zip(lost, CLASSES_LOST, strict=True)
        ),
    ]
    tagged = np.flatnonzero(visits.tagged & (q > 0))
    of_dark = [
        _column(tagged, visits.key[tagged], PASSED_ON, q[tagged]),
        _by_origin(visits, shares, np.flatnonzero(~visits.tagged & (q > 0)), dark),
    ]
    joined = np.concatenate([*columns, *of_dark], axis=1)
    is_dark = np.arange(joined.shape[1]) >= sum(column.shape[1] for column in columns)
    order = np.lexsort((joined[2], joined[1], is_dark, joined[0]))
    order = order[joined[3][order] > 0]
    visit, key, kind, part = joined[:, order]
    sourceless = np.flatnonzero([is_sourceless(key) for key in keys])
    whole = np.bincount(visit.astype(np.int64), part, minlength=count)
    is_source = ~np.isin(key, sourceless)
    places = visit.astype(np.int64)
    return Parts(
        keys,
        places,
        key.astype(np.int64),
        kind.astype(np.int64),
        part / whole[places],
        is_source,
        is_dark[order],
        np.isin(key, lost) & (kind == OWN),
    )


def booked_parts(visits: StoredVisits, keys: tuple[Key, ...]) -> Parts:
    """Return the visits as GA4 books them: each whole to its own key."""
    count = len(visits.key)
    return Parts(
        keys,
        np.arange(count),
        visits.key,
        np.zeros(count, np.int64),
        np.ones(count),
        ~visits.booked_direct,
        np.zeros(count, np.bool_),
        np.zeros(count, np.bool_),
    )


def _column(visit: Places, key: Places, kind: int, part: Numbers) -> Numbers:
    return np.stack([visit, key, np.full(len(visit), kind), part]).astype(np.float64)


def _by_origin(visits: StoredVisits, shares: StoredShares, dark: Places, rest: int) -> Numbers:
    """Return the parts of dark visits by what set them off. What a direct reader set off, or nobody
    known, has no source and stays with dark social, the key `rest`."""
    rows = [
        (number, rest, OWN, part * visits.classes[DARK_CLASS][number])
        if key == NO_KEY
        else (number, key, kind, part * visits.classes[DARK_CLASS][number])
        for number, origin in origins(visits, shares, dark)
        for (key, kind), part in origin.items()
    ]
    return np.array(rows, np.float64).reshape(-1, 4).T
