"""Too many lines could not be read.

Rejected lines by all lines but blanks and comments, over all inputs. A few are normal: attacks and
broken clients write requests that are no HTTP. Many mean that the format is not what it was.
"""

from darksocial.checks import SHARE, SHOWN, Check, Facts, Given, Outcome, Parameter, Place
from darksocial.report.values import RejectRow
from darksocial.report.words import counted, percent


def run(facts: Facts, given: Given) -> Outcome:
    rejects = sum(file.rejects for file in facts.report.inputs)
    lines = rejects + sum(file.hits for file in facts.report.inputs)
    share = rejects / lines if lines else 0.0
    return Outcome(
        share <= given["at_most"],
        f"{percent(share)}, {rejects:,} of {lines:,} lines",
        f"at most {percent(given['at_most'])}",
        tuple(_place(row) for row in facts.report.rejects[:SHOWN]),
    )


def _place(row: RejectRow) -> Place:
    file, _, line = row.example.rpartition(":")
    return Place(f"{row.reason}: {counted(row.lines, 'line')}, the first here", file, int(line))


CHECK = Check(
    "reject_rate",
    (Parameter("at_most", SHARE, 0.01, "share of lines"),),
    run,
    "`darksocial formats FILE` says what a file is read as and which line does not fit",
)
