"""Files are in no known format and were left out.

What was left out is not in any number. A folder often holds error logs as well: name the files that
are meant, or allow some.
"""

from darksocial.checks import COUNT, SHOWN, Check, Facts, Given, Outcome, Parameter, Place


def run(facts: Facts, given: Given) -> Outcome:
    unread = facts.report.unread
    return Outcome(
        len(unread) <= given["at_most"],
        f"{len(unread):,} of {len(unread) + len(facts.report.inputs):,} files",
        f"at most {given['at_most']:,.0f}",
        tuple(Place(file.reason, file.file) for file in unread[:SHOWN]),
    )


CHECK = Check(
    "unknown_format",
    (Parameter("at_most", COUNT, 0, "files"),),
    run,
    "--log-format or --map, or name the files that are logs",
)
