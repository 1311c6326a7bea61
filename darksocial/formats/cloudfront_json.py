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

It gives the evidence of a visit whose fields were chosen; without `cs(Referer)` how visits came is
not known. Where a proxy stands before CloudFront, `--trusted-proxy` lets `x-forwarded-for` count.

Specification: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging.html
and https://docs.aws.amazon.com/athena/latest/ug/create-cloudfront-table-partition-parquet.html
"""

from collections.abc import Sequence

from darksocial.formats import Format
from darksocial.grammar.keys import Keys, keys

JSON = keys(
    needs=("cs-uri-stem", "x-edge-result-type"),
    time="timestamp(ms)",
    date="date",
    clock="time",
    client_ip="c-ip",
    forwarded="x-forwarded-for",
    host=("x-host-header", "cs(Host)"),
    method="cs-method",
    path="cs-uri-stem",
    query="cs-uri-query",
    status="sc-status",
    bytes="sc-bytes",
    referrer="cs(Referer)",
    user_agent="cs(User-Agent)",
    duration_s="time-taken",
    decode={"user_agent": "percent"},
)
PARQUET = keys(
    needs=("cs_uri_stem", "x_edge_result_type"),
    time="timestamp_ms",
    date="date",
    clock="time",
    client_ip="c_ip",
    forwarded="x_forwarded_for",
    host=("x_host_header", "cs_Host", "cs_host"),
    method="cs_method",
    path="cs_uri_stem",
    query="cs_uri_query",
    status="sc_status",
    bytes="sc_bytes",
    referrer=("cs_Referer", "cs_referer"),
    user_agent=("cs_User_Agent", "cs_user_agent"),
    duration_s="time_taken",
    decode={"user_agent": "percent"},
)


def bind(head: Sequence[str]) -> Keys:
    """Return the grammar in the spelling that the first records have."""
    grammar = PARQUET if any(map(PARQUET.matches, head)) else JSON
    return grammar.told_by(head)


FORMAT = Format("cloudfront_json", "Amazon CloudFront v2: JSON and Parquet", JSON, bind)
