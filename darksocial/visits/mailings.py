"""When the owner's mailings went out, and which visits came just after."""

import math
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pyarrow as pa

from darksocial.settings import Model

SLOT = 300
"""Mailings are looked up by slots of so many seconds."""
SENT_HOURS = 4
"""Most readers of a mailing open it within hours; how many is assumed."""
READ_HOURS = 24
"""After a day a mailing brings next to nobody, assumed."""
SENT, QUIET = "sent", "quiet"
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MAILINGS = pa.schema([("slot", pa.int64()), ("mailing", pa.string())])


def look_up_mailings(keys: pa.RecordBatch, *, model: Model) -> pa.RecordBatch:
    """slot (of `SLOT` seconds since 1970) to `mailing`: 'sent' within four hours after a mailing
    went out, 'quiet' where none went out for a day, else null."""
    slots = keys.column("slot").to_pylist()
    told = [_mailing(datetime.fromtimestamp(slot * SLOT, UTC), model) for slot in slots]
    return pa.RecordBatch.from_pydict({"slot": slots, "mailing": told}, schema=MAILINGS)


def _mailing(moment: datetime, model: Model) -> str | None:
    hours = min(_hours_since(moment, text, model.timezone) for text in model.newsletter)
    if hours < SENT_HOURS:
        return SENT
    return QUIET if hours >= READ_HOURS else None


def _hours_since(moment: datetime, text: str, timezone: str) -> float:
    """Hours since the latest sending time that `text` names."""
    local = moment.astimezone(ZoneInfo(timezone))
    day, _, clock = text.rpartition(" ")
    hour, minute = map(int, clock.split(":"))
    for back in range(8):
        sent = (local - timedelta(days=back)).replace(
            hour=hour, minute=minute, second=0, microsecond=0
        )
        if sent.astimezone(UTC) <= moment and (not day or DAYS[sent.weekday()] == day):
            return (moment - sent.astimezone(UTC)).total_seconds() / 3600
    return math.inf
