"""How wide an interval is, for all that have one: model, reports, days and baselines."""

Z_90 = 1.645
"""The bounds of a 90% interval are so many standard deviations from its middle."""
