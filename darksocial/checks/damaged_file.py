"""Files are damaged, or cut short.

A compressed file that ends in the middle was read as far as it goes; the rest of its lines is
missing from every number.
"""

from darksocial.checks import COUNT, SHOWN, Check, Facts, Given, Outcome, Parameter, Place


def run(facts: Facts, given: Given) -> Outcome:
    damaged = [file for file in facts.report.inputs if file.warning]
    return Outcome(
        len(damaged) <= given["at_most"],
        f"{len(damaged):,} of {len(facts.report.inputs):,} files",
        f"at most {given['at_most']:,.0f}",
        tuple(Place(file.warning or "", file.file) for file in damaged[:SHOWN]),
    )


CHECK = Check(
    "damaged_file",
    (Parameter("at_most", COUNT, 0, "files"),),
    run,
    "copy the file again from where it was written",
)
