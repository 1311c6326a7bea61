"""The names of the ways to count a visit booked as Direct before weighing."""

AS_ARRIVED, LAST_NON_DIRECT = "arrival", "last-non-direct"
READINGS = (AS_ARRIVED, LAST_NON_DIRECT)
"""How a visit booked as Direct can be counted before weighing: as it arrived, or as in the reports
of GA4, which give it the visitor's last other source (visits/last_source.py)."""
