"""Amazon CloudFront standard logging (v2) as JSON lines or Parquet.

    {"date":"2026-03-02","time":"08:14:05","c-ip":"203.0.113.7","cs-method":"GET",
    "x-host-header":"www.example.org","cs-uri-stem":"/news/story","cs-uri-query":"-",
    "sc-status":"200","cs(Referer)":"https://www.google.com/","x-edge-result-type":"Hit",
    "cs(User-Agent)":"Mozilla/5.0%20(X11;%20Linux%20x86_64;%20rv:136.0)%20Firefox/136.0"}

(one line in the file). JSON has the names of the standard log as keys. Parquet writes them with
underscores and without brackets (`cs_uri_stem`, `cs_host`); in which case of letters is
unconfirmed, so `cs_User_Agent` and `cs_user_agent` are both read. The user chooses the fields:
`cs-uri-stem` and `x-edge-result-type` must be among them. The time is that of `date` and `time`, or
of `timestamp(ms)` where these were not chosen; all are UTC. `-` is null, and values are
percent-encoded as in the standard log.

It gives the evidence of a visit whose fields were chosen, and its country (`c-country`); without
`cs(Referer)` how visits came is not known. Where a proxy is in front of CloudFront,
`--trusted-proxy` lets `x-forwarded-for` count.

Specification: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging.html
and https://docs.aws.amazon.com/athena/latest/ug/create-cloudfront-table-partition-parquet.html
"""

import re
from collections.abc import Sequence

from darksocial.formats import Format
from darksocial.formats.cloudfront import CLOUDFRONT_FIELDS, DECODE
from darksocial.grammar.keys import Keys, keys

NEEDS = ("cs-uri-stem", "x-edge-result-type")
JSON_FIELDS = {"time": "timestamp(ms)", "country": "c-country", **CLOUDFRONT_FIELDS}


def in_parquet(name: str) -> tuple[str, ...]:
    """Return how Parquet spells the name of a field: as it is, and in lower case.

    Which case of letters it writes is unconfirmed.
    """
    spelled = re.sub(r"\W+", "_", name).strip("_")
    return tuple(dict.fromkeys((spelled, spelled.lower())))


def all_in_parquet(names: str | Sequence[str]) -> tuple[str, ...]:
    """Return how Parquet spells the names of the fields that hold a value."""
    several = (names,) if isinstance(names, str) else names
    return tuple(spelled for name in several for spelled in in_parquet(name))


JSON_GRAMMAR = keys(JSON_FIELDS, needs=NEEDS, decode=DECODE)
PARQUET_GRAMMAR = keys(
    {meaning: all_in_parquet(names) for meaning, names in JSON_FIELDS.items()},
    needs=all_in_parquet(NEEDS),
    decode=DECODE,
)


def bind(head: Sequence[str]) -> Keys:
    """Return the grammar in the spelling that the first records have."""
    grammar = PARQUET_GRAMMAR if any(map(PARQUET_GRAMMAR.matches, head)) else JSON_GRAMMAR
    return grammar.recorded_in(head)


FORMAT = Format("cloudfront_json", "Amazon CloudFront v2: JSON and Parquet", JSON_GRAMMAR, bind)
