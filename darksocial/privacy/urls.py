"""Remove personal data from paths, queries and referrers before they leave the process.

Inside a run they are complete, since links are distinguished by them. What is written has lost

- parameters with personal data (data/person_parameters.csv), the values of click ids
  (data/click_ids.csv), and parameters whose value is an address with such parameters;
- e-mail addresses in all other values and in paths: `<email>` takes their place;
- in paths, what follows a word of data/secret_paths.csv and looks like a secret: `<token>`;
- user names and passwords before the host of a referrer, and its fragment.

Texts are handled as Arrow columns; Python reads each name of a parameter once per batch. The
patterns are those of RE2, which Arrow and the engine share.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from urllib.parse import unquote

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from darksocial import data
from darksocial.lookups.utm import UTM, click_ids

QUERIES, REFERRERS = ("landing_query",), ("referrer",)
TEXTS = (*UTM, "source_before", "medium_before")

EMAIL_CHARACTER = r"[^/?&=;,:#\s\"<>@]"
ESCAPED_EMAIL = rf"{EMAIL_CHARACTER}+(?:@|%(?:25)*40)(?:[^/?&=;,:#\s\"<>@.%]+\.)+\pL{{2,}}"
JWT = r"eyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?"
SECRET = r"(?:[\w~.=]{1,16}-)?[\w~.=]{16,}|[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"
USER = r"^([A-Za-z][\w+.-]*:)?//[^/?#@]*@"
NESTED = r"(?s)^[^=]*=.*(?:[?&;#]|%(?:25)*(?:3[Ff]|26|3[Bb]|23)).*(?:=|%(?:25)*3[Dd])"
ESCAPE_LEVELS = 2
"""An address in a parameter of an address in a parameter is escaped twice."""

IsPersonal = Callable[[str], bool]
"""Returns whether the parameter of this name carries personal data."""


def bare_name(name: str) -> str:
    """Return the name of a parameter in lower case, without `_`, `-`, `.`, `[` and `]`.

    Percent escapes are decoded: `%65mail` is `email`.
    """
    return re.sub(r"[\s_.\[\]-]", "", unquote(name)).lower()


@dataclass(frozen=True, slots=True)
class Parameters:
    """The parameters of queries that are removed: the tables' and those of `strip`, less `keep`."""

    strip: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()

    def is_personal(self, name: str) -> bool:
        """Return whether the parameter of this name carries personal data."""
        bare = bare_name(name)
        if bare in map(bare_name, self.keep):
            return False
        return bare in _personal_names() or bare in map(bare_name, self.strip)


@cache
def _personal_names() -> frozenset[str]:
    names = [row["parameter"] for row in data.read("person_parameters")]
    return frozenset(map(bare_name, (*names, *click_ids())))


def bare_batch(batch: pa.RecordBatch, parameters: Parameters) -> pa.RecordBatch:
    """Return sessions with personal data removed from queries, referrers and campaigns."""
    cleaners = {
        **dict.fromkeys(QUERIES, lambda texts: bare_queries(texts, parameters.is_personal)),
        **dict.fromkeys(REFERRERS, lambda texts: bare_referrers(texts, parameters.is_personal)),
        **dict.fromkeys(TEXTS, without_email),
        **{name: _nothing for name in UTM if parameters.is_personal(name)},
    }
    for name in set(cleaners) & set(batch.schema.names):
        index = batch.schema.get_field_index(name)
        distinct = batch.column(index).dictionary_encode()
        bare = cleaners[name](distinct.dictionary).take(distinct.indices)
        batch = batch.set_column(index, batch.schema.field(index), bare)
    return batch


def bare_queries(queries: pa.StringArray, is_personal: IsPersonal) -> pa.StringArray:
    """Return query strings without personal data; null if nothing is left."""
    exists = pc.is_valid(queries)
    lists = pc.split_pattern(_without_entities(queries.drop_null()), "&")
    parts, owners = lists.flatten(), pc.list_parent_indices(lists)
    harmless = pc.invert(_are_personal(parts, is_personal))
    counts = np.bincount(owners.filter(harmless).to_numpy(), minlength=len(lists))
    offsets = pa.array(np.append(0, np.cumsum(counts)).astype(np.int32))
    left = pa.ListArray.from_arrays(offsets, without_email(parts.filter(harmless)))
    joined = pc.binary_join(left, "&")
    bare = pc.if_else(pc.equal(joined, ""), pa.scalar(None, pa.string()), joined)
    return pc.replace_with_mask(queries, exists, bare)


def bare_referrers(referrers: pa.StringArray, is_personal: IsPersonal) -> pa.StringArray:
    """Return referrers without personal data in user, path and query."""
    bare = pc.replace_substring_regex(referrers, r"(?s)#.*$", "")
    halves = pc.extract_regex(bare, r"(?s)^(?P<path>[^?]*)\??(?P<query>.*)$")
    path = pc.replace_substring_regex(halves.field("path"), USER, r"\1//")
    for pattern, replacement in path_rules():
        path = pc.replace_substring_regex(path, pattern, replacement)
    query = bare_queries(halves.field("query"), is_personal)
    suffix = pc.fill_null(pc.binary_join_element_wise("?", query, ""), "")
    return pc.if_else(pc.is_valid(referrers), pc.binary_join_element_wise(path, suffix, ""), None)


@cache
def path_rules() -> tuple[tuple[str, str], ...]:
    """Return (pattern, replacement) pairs that remove personal data from a path."""
    words = "|".join(row["word"] for row in data.read("secret_paths"))
    return (
        (r"(?i);(?:jsessionid|phpsessid|sid)=[^/;?]*", ""),
        (ESCAPED_EMAIL, "<email>"),
        (JWT, "<token>"),
        (
            rf"(?i)(/(?:[\w-]+[-_])?(?:{words})(?:[-_][\w-]+)?/(?:[^/]*/)?)(?:{SECRET})",
            r"\1<token>",
        ),
    )


def _are_personal(parts: pa.StringArray, is_personal: IsPersonal) -> pa.BooleanArray:
    """Return which parameters are personal, by their names and by names inside their values."""
    names = pc.replace_substring_regex(parts, r"(?s)=.*$", "").dictionary_encode()
    verdicts = pa.array([is_personal(name) for name in names.dictionary.to_pylist()], pa.bool_())
    by_name = pc.take(verdicts, names.indices)
    nested = pc.match_substring_regex(parts, NESTED)
    if not pc.any(nested).as_py():
        return by_name
    addresses = parts.filter(nested).dictionary_encode()
    holds = [_holds_personal(part, is_personal) for part in addresses.dictionary.to_pylist()]
    inside = pc.take(pa.array(holds, pa.bool_()), addresses.indices)
    return pc.or_(by_name, pc.replace_with_mask(nested, nested, inside))


def _holds_personal(part: str, is_personal: IsPersonal) -> bool:
    """Return whether the value of a parameter is an address with personal parameters."""
    value = part.partition("=")[2]
    for _round in range(ESCAPE_LEVELS):
        value = unquote(value)
    return any(is_personal(name) for name in re.findall(r"[?&;#]([^=?&;#]*)=", value))


def _without_entities(queries: pa.StringArray) -> pa.StringArray:
    """Replace `&amp;` with `&`: mail programs write it into links."""
    has_some = pc.any(pc.match_substring(queries, "&amp;")).as_py()
    return pc.replace_substring(queries, "&amp;", "&") if has_some else queries


def without_email(texts: pa.StringArray) -> pa.StringArray:
    """Return texts with `<email>` in place of e-mail addresses."""
    suspicious = pc.match_substring_regex(texts, r"@|%(?:25)*40")
    if not pc.any(suspicious).as_py():
        return texts
    return pc.replace_substring_regex(texts, ESCAPED_EMAIL, "<email>")


def _nothing(texts: pa.StringArray) -> pa.StringArray:
    return pa.nulls(len(texts), pa.string())
