"""Events that an export holds more than once: one is counted, within a file and across files.

Tools give each event an identity, so that what was sent or loaded twice counts once:
- a transaction of one user in Google Analytics (https://support.google.com/analytics/answer/12313109),
- `$insert_id` with name, time and visitor in Mixpanel
  (https://docs.mixpanel.com/reference/event-deduplication),
- `event_id` in Snowplow, `messageId` in Segment, `uuid` in PostHog, `$insert_id` in Amplitude,
  `event_id` in Umami, `hitid_high` with `hitid_low` in Adobe's feeds.

An event without an identity is none that came before. The same id of two visitors is two events;
where no visitor is recorded, so is the same id at two times. The number `event_key` says all of
this (parser/requests.py).
"""

from collections.abc import Iterable

from darksocial.engines import Engine
from darksocial.expressions import ibis, ir


def counted_once(engine: Engine, requests: ir.Table, records: Iterable[frozenset[str]]) -> ir.Table:
    """Return the requests without those that repeat an earlier event.

    `records` are the fields that each input records. The line that comes first in the first file
    remains.
    """
    if not any("event_key" in fields for fields in records):
        return requests
    events = requests.filter(requests.event_key.notnull())
    place = ibis.row_number().over(group_by=events.event_key, order_by=[events.file, events.line])
    numbered = events.select("file", "line", place=place)
    repeated = engine.stage("repeated", numbered.filter(numbered.place > 0).drop("place"))
    return engine.stage("counted_once", requests.anti_join(repeated, ["file", "line"]))
