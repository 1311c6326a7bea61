"""What several steps ask of a hit: which one it is, what it asks for, and what it names."""

import ibis
import ibis.expr.types as ir

# What identifies a hit, and a visit by its landing hit: the place of its line.
PLACE_KEY = ("file", "line")


def address(hits: ir.Table) -> ir.StringValue:
    """Return the address that hits ask for: path and query."""
    query = ibis.ifelse(hits.query.isnull(), "", "?" + hits.query)
    asked: ir.StringValue = hits.path + query
    return asked


def names_page(hits: ir.Table, page: ir.StringValue) -> ir.BooleanValue:
    """Return whether the referrer of hits ends with an address, right behind its host."""
    names_it: ir.BooleanValue = hits.referrer.endswith(hits.referrer_host + page)
    return names_it
