"""The names of fields in the library's errors, as options or as keys of darksocial.toml.

An error of the library begins with the field that it is about, as in "`log_format`: ...".
"""

import re

OPTION_NAMES = {
    "app_id": "--app-id",
    "beacon": "--beacon",
    "bots": "--bot",
    "engine": "--engine",
    "extras": "--with",
    "by": "--by",
    "exclude_referrer": "--exclude-referrer",
    "format": "--format",
    "goals": "--goal",
    "geoip": "--geoip",
    "keep_identifiers": "--keep-identifiers",
    "keep_query": "--keep-query",
    "level": "--level",
    "log_format": "--log-format",
    "log_format_from": "--log-format-from",
    "map": "--map",
    "only": "--only",
    "master": "--master",
    "memory_limit": "--memory-limit",
    "out": "--out",
    "output": "--output",
    "paths": "--path",
    "page_parameter": "--page-parameter",
    "rejects": "--rejects",
    "secret": "--visitor-secret",
    "session_timeout": "--session-timeout",
    "share_parameter": "--share-parameter",
    "since": "--since",
    "site": "--site",
    "store": "--store",
    "strip_query": "--strip-query",
    "threads": "--threads",
    "time_format": "--time-format",
    "timezone": "--timezone",
    "to": "--to",
    "trusted_proxies": "--trusted-proxy",
    "top": "--top",
    "truth": "--truth",
    "truth_file": "--truth",
    "until": "--until",
    "zone": "--report-zone",
}
"""The option of each field."""
FIELD = re.compile(f"`({'|'.join(OPTION_NAMES)})`")
HEAD = re.compile(r"^`\w+`: ")


def with_flags(text: str) -> str:
    """Return the text of an error with the names of options in place of fields."""
    return FIELD.sub(lambda match: OPTION_NAMES[match[1]], text)


def without_field(problem: str) -> str:
    """Return a problem without the field at its head, for where its place is known better."""
    return HEAD.sub("", problem)
