"""A DuckDB connection that can run the parser's SQL: in the process, or in a cluster's worker."""

from collections.abc import Callable

import duckdb
import pyarrow as pa
from duckdb.func import ARROW, SPECIAL

from darksocial.grammar.escapes import unescape
from darksocial.lookups.countries import country_code
from darksocial.lookups.geoip import countries_of
from darksocial.lookups.paths import decoded_path, decoded_referrer
from darksocial.lookups.referrers import referrer_host
from darksocial.parser.clients import client_behind, client_in
from darksocial.parser.redacted import bare_path_sql, redacted_sql

FUNCTIONS: dict[str, Callable[[str], str]] = {
    "unescape": unescape,
    "decode_path": decoded_path,
    "decode_referrer": decoded_referrer,
    "host_shown": lambda referrer: referrer_host(referrer) or "",
    "code_of_country": country_code,
}
FUNCTIONS_OF_ARRAYS: tuple[tuple[str, Callable[..., pa.Array], int], ...] = (
    ("client_behind", client_behind, 3),
    ("client_in", client_in, 2),
    ("country_at", countries_of, 2),
)

# Between the digits of large numbers some languages write spaces (Unicode CLDR: U+00A0, U+202F) or
# apostrophes; around a sum of money there is its sign or its code (ISO 4217).
SPACES = r"[ \x{a0}\x{2009}\x{202f}''\x{2019}]"
CURRENCY = r"(?:[A-Z]{0,3}\p{Sc}|[A-Z]{3}|[Kk]r\.?|zł|Kč|Ft|lei|Fr\.?)"
MONEY = (
    rf"^{SPACES}*{CURRENCY}?{SPACES}*([-+\x{{2212}}]?){CURRENCY}?{SPACES}*"
    rf"([0-9].*?){SPACES}*{CURRENCY}?{SPACES}*$"
)


def _number(mark: str, separator: str) -> str:
    """Return a pattern for a number with a mark before decimals and a separator of thousands."""
    decimals = f"(?:{mark}[0-9]+)?"
    grouped = f"[0-9]{{1,3}}(?:(?:{separator}|{SPACES})[0-9]{{3}})+{decimals}"
    return f"[-+]?(?:[0-9]+{decimals}|{grouped})"


# A call of a Python function costs much more than the test whether there is anything to do.
MACROS = {
    "bare_number(value)": (rf"replace(regexp_replace(value, '{MONEY}', '\1\2'), chr(8722), '-')"),
    "number_with_point(value)": (
        f"CASE WHEN regexp_full_match(bare_number(value), '{_number('[.]', ',')}') THEN "
        "try_cast(regexp_replace(bare_number(value), '[^0-9.-]', '', 'g') AS DOUBLE) END"
    ),
    "number_with_comma(value)": (
        f"CASE WHEN regexp_full_match(bare_number(value), '{_number(',', '[.]')}') THEN "
        "try_cast(replace(regexp_replace(bare_number(value), '[^0-9,-]', '', 'g'), ',', '.') "
        "AS DOUBLE) END"
    ),
    "filled(value)": "nullif(nullif(value, '-'), '')",
    "restored(value, is_escaped)": "CASE WHEN is_escaped THEN unescape(value) ELSE value END",
    "unescaped(value)": "CASE WHEN contains(value, '\\') THEN unescape(value) ELSE value END",
    "decoded_path(value)": "CASE WHEN contains(value, '%') THEN decode_path(value) ELSE value END",
    "decoded_referrer(value)": (
        "CASE WHEN contains(value, '%') THEN decode_referrer(value) ELSE value END"
    ),
    "country_code(value)": "nullif(code_of_country(value), '')",
    "redacted(value)": redacted_sql("value"),
    "bare_path(value)": bare_path_sql("value"),
}


def prepare(connection: duckdb.DuckDBPyConnection) -> None:
    """Give a connection what the parser needs: times in UTC, Python functions, and the macros.

    The macros stand for expressions that are long or come often, so that the statement of a format
    can be read.
    """
    connection.execute("SET TimeZone = 'UTC'")
    for name, function in FUNCTIONS.items():
        connection.create_function(name, _on_arrow(function), ["VARCHAR"], "VARCHAR", type=ARROW)
    for name, of_arrays, arguments in FUNCTIONS_OF_ARRAYS:
        connection.create_function(
            name,
            of_arrays,
            ["VARCHAR"] * arguments,
            "VARCHAR",
            type=ARROW,
            null_handling=SPECIAL,
        )
    for name, expression in MACROS.items():
        connection.execute(f"CREATE TEMP MACRO {name} AS {expression}")


def _on_arrow(function: Callable[[str], str]) -> Callable[[pa.Array], pa.Array]:
    """Return a function of texts for columns; it sees each distinct text of a column once."""

    def of_column(texts: pa.Array) -> pa.Array:
        if isinstance(texts, pa.ChunkedArray):
            texts = texts.combine_chunks()
        distinct = texts.dictionary_encode()
        values = pa.array(map(function, distinct.dictionary.to_pylist()), pa.string())
        return values.take(distinct.indices)

    return of_column
