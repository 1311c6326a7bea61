"""When the owner's mailings were sent, and which visits came just after."""

import math
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pyarrow as pa

from darksocial.settings import Model

# Mailings are looked up by slots of so many seconds.
SLOT_SECONDS = 300
# Most readers of a mailing open it within so many hours: assumed.
SENT_HOURS = 4
# After so many hours a mailing brings nearly no visits: assumed.
READ_HOURS = 24
SENT, QUIET = "sent", "quiet"
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MAILING_COLUMNS = pa.schema([("slot", pa.int64()), ("mailing", pa.string())])


def look_up_mailings(keys: pa.RecordBatch, *, model: Model) -> pa.RecordBatch:
    """Map slot (of `SLOT_SECONDS` since 1970) to `mailing`.

    It is 'sent' within four hours after a mailing was sent, 'quiet' if none was sent for a day,
    else null.
    """
    slots = keys.column("slot").to_pylist()
    mailings = [_mailing(datetime.fromtimestamp(slot * SLOT_SECONDS, UTC), model) for slot in slots]
    return pa.RecordBatch.from_pydict({"slot": slots, "mailing": mailings}, schema=MAILING_COLUMNS)


def _mailing(moment: datetime, model: Model) -> str | None:
    hours = min(_hours_since(moment, text, model.timezone) for text in model.newsletter)
    if hours < SENT_HOURS:
        return SENT
    return QUIET if hours >= READ_HOURS else None


def _hours_since(moment: datetime, text: str, timezone: str) -> float:
    """Return the hours since the latest sending time that `text` names."""
    local = moment.astimezone(ZoneInfo(timezone))
    day, _, clock = text.rpartition(" ")
    hour, minute = map(int, clock.split(":"))
    for back in range(8):
        sent = (local - timedelta(days=back)).replace(
            hour=hour, minute=minute, second=0, microsecond=0
        )
        if sent.astimezone(UTC) <= moment and (not day or WEEKDAYS[sent.weekday()] == day):
            return (moment - sent.astimezone(UTC)).total_seconds() / 3600
    return math.inf
