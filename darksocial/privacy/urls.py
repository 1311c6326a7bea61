"""What leaves the process of paths, queries and referrers: nothing that tells of a person.

Inside a run they are whole, for links are told from each other by them. What is written has lost

- parameters that carry persons (data/person_parameters.csv) and the values of click ids
  (data/click_ids.csv), and those whose own value is an address with such parameters;
- e-mail addresses in all other values and in paths, which stand as `<email>`;
- in paths, what follows a word of data/secret_paths.csv and looks like a secret: `<token>`;
- names and passwords before the host of a referrer, and what follows its `#`.

Texts are handled as Arrow columns; Python sees each name of a parameter once a batch. Patterns are
those of RE2, which Arrow and the engine share.
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

BETWEEN = r"[^/?&=;,:#\s\"<>@]"
EMAIL = rf"{BETWEEN}+(?:@|%(?:25)*40)(?:[^/?&=;,:#\s\"<>@.%]+\.)+\pL{{2,}}"
JWT = r"eyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?"
SECRET = r"(?:[\w~.=]{1,16}-)?[\w~.=]{16,}|[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"
USER = r"^([A-Za-z][\w+.-]*:)?//[^/?#@]*@"
NESTED = r"(?s)^[^=]*=.*(?:[?&;#]|%(?:25)*(?:3[Ff]|26|3[Bb]|23)).*(?:=|%(?:25)*3[Dd])"
UNESCAPED_TWICE = 2

Tells = Callable[[str], bool]


def bare_name(name: str) -> str:
    """Return the name of a parameter without what does not count: case, `_`, `-`, `.` and `[]`.

    Percent escapes are undone: `%65mail` is `email`.
    """
    return re.sub(r"[\s_.\[\]-]", "", unquote(name)).lower()


@dataclass(frozen=True, slots=True)
class Parameters:
    """Which parameters of queries are dropped: the tables', and those of `strip`, less `keep`."""

    strip: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()

    def tells(self, name: str) -> bool:
        """Whether the parameter of that name tells of a person."""
        bare = bare_name(name)
        if bare in map(bare_name, self.keep):
            return False
        return bare in _personal() or bare in map(bare_name, self.strip)


@cache
def _personal() -> frozenset[str]:
    names = [row["parameter"] for row in data.read("person_parameters")]
    return frozenset(map(bare_name, (*names, *click_ids())))


def bare_batch(batch: pa.RecordBatch, parameters: Parameters) -> pa.RecordBatch:
    """Return sessions of which queries, referrers and campaigns tell of no person."""
    made = {
        **dict.fromkeys(QUERIES, lambda texts: bare_queries(texts, parameters.tells)),
        **dict.fromkeys(REFERRERS, lambda texts: bare_referrers(texts, parameters.tells)),
        **dict.fromkeys(TEXTS, _without_email),
        **{name: _nothing for name in UTM if parameters.tells(name)},
    }
    for name in set(made) & set(batch.schema.names):
        at = batch.schema.get_field_index(name)
        distinct = batch.column(at).dictionary_encode()
        bare = made[name](distinct.dictionary).take(distinct.indices)
        batch = batch.set_column(at, batch.schema.field(at), bare)
    return batch


def bare_queries(queries: pa.StringArray, tells: Tells) -> pa.StringArray:
    """Return query strings without what tells of persons; null where nothing is left."""
    is_there = pc.is_valid(queries)
    lists = pc.split_pattern(_without_entities(queries.drop_null()), "&")
    parts, owners = lists.flatten(), pc.list_parent_indices(lists)
    kept = pc.invert(_telling(parts, tells))
    counts = np.bincount(owners.filter(kept).to_numpy(), minlength=len(lists))
    offsets = pa.array(np.append(0, np.cumsum(counts)).astype(np.int32))
    left = pa.ListArray.from_arrays(offsets, _without_email(parts.filter(kept)))
    joined = pc.binary_join(left, "&")
    bare = pc.if_else(pc.equal(joined, ""), pa.scalar(None, pa.string()), joined)
    return pc.replace_with_mask(queries, is_there, bare)


def bare_referrers(referrers: pa.StringArray, tells: Tells) -> pa.StringArray:
    """Return referrers whose user, path and query tell of no person."""
    bare = pc.replace_substring_regex(referrers, r"(?s)#.*$", "")
    halves = pc.extract_regex(bare, r"(?s)^(?P<path>[^?]*)\??(?P<query>.*)$")
    path = pc.replace_substring_regex(halves.field("path"), USER, r"\1//")
    for pattern, replacement in path_rules():
        path = pc.replace_substring_regex(path, pattern, replacement)
    query = bare_queries(halves.field("query"), tells)
    told = pc.fill_null(pc.binary_join_element_wise("?", query, ""), "")
    return pc.if_else(pc.is_valid(referrers), pc.binary_join_element_wise(path, told, ""), None)


@cache
def path_rules() -> tuple[tuple[str, str], ...]:
    """Return (pattern, replacement) pairs that take what tells of persons out of a path."""
    words = "|".join(row["word"] for row in data.read("secret_paths"))
    return (
        (r"(?i);(?:jsessionid|phpsessid|sid)=[^/;?]*", ""),
        (EMAIL, "<email>"),
        (JWT, "<token>"),
        (
            rf"(?i)(/(?:[\w-]+[-_])?(?:{words})(?:[-_][\w-]+)?/(?:[^/]*/)?)(?:{SECRET})",
            r"\1<token>",
        ),
    )


def _telling(parts: pa.StringArray, tells: Tells) -> pa.BooleanArray:
    """Which parameters tell of persons, by their names and by the names inside their values."""
    names = pc.replace_substring_regex(parts, r"(?s)=.*$", "").dictionary_encode()
    verdicts = pa.array([tells(name) for name in names.dictionary.to_pylist()], pa.bool_())
    told = pc.take(verdicts, names.indices)
    nested = pc.match_substring_regex(parts, NESTED)
    if not pc.any(nested).as_py():
        return told
    looked_at = parts.filter(nested).dictionary_encode()
    found = [_holds_telling(part, tells) for part in looked_at.dictionary.to_pylist()]
    inside = pc.take(pa.array(found, pa.bool_()), looked_at.indices)
    return pc.or_(told, pc.replace_with_mask(nested, nested, inside))


def _holds_telling(part: str, tells: Tells) -> bool:
    """Whether the value of a parameter is an address whose parameters tell of persons."""
    value = part.partition("=")[2]
    for _ in range(UNESCAPED_TWICE):
        value = unquote(value)
    return any(tells(name) for name in re.findall(r"[?&;#]([^=?&;#]*)=", value))


def _without_entities(queries: pa.StringArray) -> pa.StringArray:
    """Let `&amp;` separate like `&`: mail programs write it into links."""
    has_some = pc.any(pc.match_substring(queries, "&amp;")).as_py()
    return pc.replace_substring(queries, "&amp;", "&") if has_some else queries


def _without_email(texts: pa.StringArray) -> pa.StringArray:
    suspicious = pc.match_substring_regex(texts, r"@|%(?:25)*40")
    if not pc.any(suspicious).as_py():
        return texts
    return pc.replace_substring_regex(texts, EMAIL, "<email>")


def _nothing(texts: pa.StringArray) -> pa.StringArray:
    return pa.nulls(len(texts), pa.string())
