"""Sums that come out the same in whatever order an engine adds."""

from darksocial.expressions import ir

EXACT_DECIMAL = "decimal(38, 12)"


def exact_sum(values: ir.NumericValue) -> ir.Value:
    """Return a sum that does not depend on the order of its parts, as sums of floats do."""
    return values.cast("float64").cast(EXACT_DECIMAL).sum().cast("float64")
