"""The clock jumps: times run backwards, or lie in the future.

A server writes a line when its request is answered, so the times of a log run forwards but for some
minutes. Where one is earlier than the line above by more than `backwards_minutes`, the clock was
set, daylight saving ended in a log without time zone, or files were glued together. Times more than
`ahead_hours` after now are told as well. Visits are made from times: what jumps is cut or joined
wrongly. Exports are no logs, and the order of their rows says nothing.
"""

from typing import Any

import ibis.expr.types as ir

from darksocial.checks import COUNT, NUMBER, Check, Facts, Given, Outcome, Parameter, Place, skipped
from darksocial.checks._files import first_of, logs
from darksocial.report.words import counted


def run(facts: Facts, given: Given) -> Outcome:
    files = logs(facts.report)
    if not files:
        return skipped("no input is a server's log")

    def jumps(requests: ir.Table) -> ir.Table:
        timed = requests.filter(requests.time.notnull(), requests.file.isin(files))
        earlier = timed.time.lag().over(group_by=timed.file, order_by=timed.line)
        back = (earlier.epoch_seconds() - timed.time.epoch_seconds()) / 60
        ahead = (timed.time.epoch_seconds() - int(facts.now.timestamp())) / 3600
        placed = timed.select("file", "line", "time", back=back, ahead=ahead)
        is_ahead = placed.ahead > given["ahead_hours"]
        return placed.filter((placed.back > given["backwards_minutes"]) | is_ahead)

    first = facts.requests(lambda requests: first_of(jumps(requests))).to_pylist()
    total = first[0]["total"] if first else 0
    names = [file.file for file in facts.report.inputs]
    return Outcome(
        total <= given["at_most"],
        counted(total, "line"),
        f"at most {given['at_most']:,.0f}",
        tuple(Place(_jump(row, given), names[row["file"]], row["line"]) for row in first),
    )


def _jump(row: dict[str, Any], given: Given) -> str:
    if row["ahead"] > given["ahead_hours"]:
        return f"{row['ahead'] / 24:,.1f} days after now"
    return f"{row['back']:,.0f} minutes before the line above"


CHECK = Check(
    "clock_jumps",
    (
        Parameter("at_most", COUNT, 0, "lines"),
        Parameter("backwards_minutes", NUMBER, 30, "how far times may run backwards"),
        Parameter("ahead_hours", NUMBER, 24, "how far times may lie after now"),
    ),
    run,
    "--timezone where the log tells none; else set the server's clock by NTP, and log UTC",
)
