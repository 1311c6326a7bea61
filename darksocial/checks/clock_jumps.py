"""The clock jumps: times run backwards, or lie in the future.

A server writes a line when it answers a request, so the times of a log run forwards, give or take
some minutes. Where a time is earlier than that of the line above by more than `backwards_minutes`,
the clock was set, daylight saving ended in a log without a time zone, or files were concatenated.
Times more than `ahead_hours` in the future are reported as well. Visits are made from times: a jump
cuts visits apart, or joins them. Exports are not checked: the order of their rows means nothing.
"""

from typing import Any

from darksocial.checks import (
    COUNT,
    NUMBER,
    Check,
    Criteria,
    Facts,
    Outcome,
    Parameter,
    Place,
    skipped,
)
from darksocial.checks._bounds import count_at_most
from darksocial.checks._files import first_rows, logs
from darksocial.expressions import ir
from darksocial.language import gettext as _
from darksocial.language import ngettext
from darksocial.report.numbers import exact, whole


def run(facts: Facts, criteria: Criteria) -> Outcome:
    files = logs(facts.report)
    if not files:
        return skipped(_("no input is a server's log"))

    def jumps(requests: ir.Table) -> ir.Table:
        timed = requests.filter(requests.time.notnull(), requests.file.isin(files))
        earlier = timed.time.lag().over(group_by=timed.file, order_by=timed.line)
        back = (earlier.epoch_seconds() - timed.time.epoch_seconds()) / 60
        ahead = (timed.time.epoch_seconds() - int(facts.now.timestamp())) / 3600
        placed = timed.select("file", "line", "time", back=back, ahead=ahead)
        is_ahead = placed.ahead > criteria["ahead_hours"]
        return placed.filter((placed.back > criteria["backwards_minutes"]) | is_ahead)

    first = facts.requests(lambda requests: first_rows(jumps(requests))).to_pylist()
    total = first[0]["total"] if first else 0
    names = [file.file for file in facts.report.inputs]
    return count_at_most(
        criteria,
        total,
        ngettext("{n:,} line", "{n:,} lines", total).format(n=total),
        (Place(_jump(row, criteria), names[row["file"]], row["line"]) for row in first),
    )


def _jump(row: dict[str, Any], criteria: Criteria) -> str:
    if row["ahead"] > criteria["ahead_hours"]:
        return _("{days} days in the future").format(days=exact(row["ahead"] / 24))
    return _("{minutes} minutes before the line above").format(minutes=whole(row["back"]))


CHECK = Check(
    "clock_jumps",
    _("The clock jumps: times run backwards, or lie in the future."),
    (
        Parameter("at_most", COUNT, 0, _("lines")),
        Parameter("backwards_minutes", NUMBER, 30, _("how far times may run backwards")),
        Parameter("ahead_hours", NUMBER, 24, _("how far times may lie in the future")),
    ),
    run,
    _(
        "use --timezone if the log has no time zone; else set the server's clock by NTP, and "
        "log UTC"
    ),
)
