"""How fast darksocial is, as ratios within one run on one machine."""

DISTINCT = 1 / 3
"""The part of the requests that have a text of their own, in the log that has many."""
