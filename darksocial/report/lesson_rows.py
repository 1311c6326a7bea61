"""What the sites of a report taught, as rows of the report."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TaughtRow:
    """What a site taught of one level of a signal and one cause of visits booked as Direct.

    `site` is null where sites with few visits were judged together, and where a log names none.
    `signal` can be `device`; `level` is null where the signal has none. Of the visits of the
    `cause` the part `assumed` was assumed to have the level, 0 to 1, and `learned` is what follows
    from the site's own: `visits` of that cause with the level, labelled ones among them.
    """

    site: str | None
    signal: str
    level: str | None
    cause: str
    assumed: float
    learned: float
    visits: float
    landing: str | None = None


@dataclass(frozen=True, slots=True)
class CountedTwice:
    """How many of the visits that taught a site's tables are dark, by estimates that have to agree.

    `at_start` is their number by what is assumed of signals, `by_tables` by what was learned of
    them. By recapture it is `by_recapture`: `recall` is the proportion, 0 to 1, that comes soon
    after a preview (both null if the visits do not show it). `agreed` is what is counted, and
    `disagree` whether the estimates lie so far apart that one must be wrong. By what people
    answered to how they heard of the site it is `by_answers` (null without enough answers).
    """

    site: str | None
    at_start: float
    by_tables: float
    by_recapture: float | None
    recall: float | None
    agreed: float
    disagree: bool
    by_answers: float | None = None
