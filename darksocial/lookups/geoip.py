"""Which country an address is in, by a local database of the user's (MaxMind DB, `.mmdb`).

The records of databases differ in their names: MaxMind and DB-IP have `country.iso_code`, IPinfo
has `country_code`, or `country` as a code (https://github.com/maxmind/MaxMind-DB,
https://dev.maxmind.com/geoip/docs/databases/city-and-country, https://db-ip.com/db/format,
https://ipinfo.io/developers/ipinfo-lite-database). The place of registration of a network
(`registered_country`) is not where its users are, and is not looked at. The package that reads
databases is the extra `geoip`; darksocial ships none.
"""

from collections.abc import Mapping
from functools import cache, lru_cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from darksocial.errors import InputError, UsageError
from darksocial.language import gettext as _
from darksocial.lookups.countries import country_code

if TYPE_CHECKING:
    import maxminddb

COUNTRY_KEYS = ("country_code", "country")
RECORDS_LOOKED_AT = 1000
"""Of a database of countries one of the first networks has one; one of providers has none."""


def check_database(place: str) -> None:
    """Raise InputError if a file is no database of countries, and UsageError without the extra."""
    reader = _reader(place)
    records = (record for _network, record in islice(reader, RECORDS_LOOKED_AT))
    if not any(map(_code, records)):
        raise InputError(
            _("{path} has no countries (it is a {kind!r}).").format(
                path=place, kind=reader.metadata().database_type
            ),
            expected=_("a database with the countries of addresses, such as GeoLite2 Country"),
        )


def countries_of(addresses: pa.Array, places: pa.Array) -> pa.Array:
    """Return the country of each address by the database at each place; null where none is known.

    Raises as `check_database` for a database that cannot be read.
    """
    rows = zip(addresses.to_pylist(), places.to_pylist(), strict=True)
    return pa.array([address and country_of(address, place) for address, place in rows])


@lru_cache(maxsize=1 << 17)
def country_of(address: str, place: str) -> str | None:
    """Return the country (ISO 3166-1 alpha-2) of an address by the database at a place."""
    reader = _reader(place)
    try:
        record = reader.get(address)
    except ValueError:  # a host's name, or an IPv6 address where the database has IPv4 alone
        return None
    return _code(record)


def _code(record: object) -> str | None:
    """Return the code in a record of a database; None if it names no country."""
    if not isinstance(record, Mapping):
        return None
    for key in COUNTRY_KEYS:
        value = record.get(key)
        text = value.get("iso_code") if isinstance(value, Mapping) else value
        if isinstance(text, str) and (code := country_code(text)):
            return code
    return None


@cache
def _reader(place: str) -> "maxminddb.Reader":
    try:
        import maxminddb
    except ImportError as error:
        raise UsageError(
            _("Countries of addresses need maxminddb: pip install 'darksocial[geoip]'")
        ) from error
    if not Path(place).is_file():
        raise InputError(
            _("There is no file {path}.").format(path=place),
            expected=_("a database of countries in the form of MaxMind (.mmdb)"),
        )
    try:
        return maxminddb.open_database(place)
    except (OSError, ValueError, maxminddb.InvalidDatabaseError) as error:
        raise InputError(
            _("{path} cannot be read as a database of addresses: {reason}").format(
                path=place, reason=error
            ),
            expected=_("a database of countries in the form of MaxMind (.mmdb)"),
        ) from error
