"""What several steps ask of a hit: which one it is, what it asks for, and what it names."""

from darksocial.expressions import ibis, ir

# What identifies a hit, and a visit by its landing hit: the place of its line.
PLACE_KEY = ("file", "line")

# The path in a referrer, without query and fragment.
PATH_OF_REFERRER = r"^[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*([^?#]*)"
NAMES_PATH = "^[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*/"


def whole_seconds(times: ir.TimestampValue) -> ir.IntegerValue:
    """Return times in whole seconds since 1970, as logs have them; fractions are cut off."""
    seconds: ir.IntegerValue = times.truncate("s").epoch_seconds()
    return seconds


def address(hits: ir.Table) -> ir.StringValue:
    """Return the address that hits ask for: path and query."""
    query = ibis.ifelse(hits.query.isnull(), "", "?" + hits.query)
    asked: ir.StringValue = hits.path + query
    return asked


def names_page(hits: ir.Table, page: ir.StringValue) -> ir.BooleanValue:
    """Return whether the referrer of hits ends with an address, right behind its host."""
    names_it: ir.BooleanValue = hits.referrer.endswith(hits.referrer_host + page)
    return names_it


def referred_path(hits: ir.Table) -> ir.StringValue:
    """Return the path that the referrers of hits name; null where there is none."""
    path: ir.StringValue = hits.referrer.re_extract(PATH_OF_REFERRER, 1).nullif("")
    return path


def names_path(hits: ir.Table) -> ir.BooleanValue:
    """Return whether there is a `referred_path`; to look for it is quicker than to take it."""
    has_path: ir.BooleanValue = hits.referrer.re_search(NAMES_PATH)
    return has_path
