r"""Records with keys that the user chose: JSON, CSV, TSV or Parquet.

    {"time_iso8601":"2026-03-02T09:14:05+01:00","remote_addr":"203.0.113.7","request_method":"GET",
    "request_uri":"/news/story","status":200,"http_referer":"https://www.google.com/",
    "http_user_agent":"Mozilla/5.0 (X11; Linux x86_64; rv:136.0) Gecko/20100101 Firefox/136.0"}

(one line in the file). That is what nginx and Apache write where the log format is JSON. What a
key holds follows from its name: nginx's variables, the names of Elastic Common Schema, and words
such as `ip`, `url` or `referer` are known (darksocial/data/key_names.csv); upper case, `_`, `-`
and `.` make no difference. `--map time=ts,url=request_uri` says it if the names do not. The
fields that `--map` takes are those of the hits contract, `url`, `forwarded`, and for analytics
exports `visitor`, `session`, `event`, the UTM tags, `channel`, `revenue` and `weight` (the number
of sessions that a row stands for). nginx's `\xHH`, which is no JSON, is understood.

What evidence a file gives follows from its keys. A key that none of the first 200 records has is
not recorded: it is never taken as empty.

Specification: https://nginx.org/en/docs/http/ngx_http_log_module.html#log_format (escape=json)
"""

from functools import partial

from darksocial.formats import Format
from darksocial.grammar.keys import keys
from darksocial.grammar.mapping import mapped

FORMAT = Format(
    "mapped",
    "JSON, CSV, TSV or Parquet with keys of your own",
    keys(
        time="time",
        client_ip="client_ip",
        method="method",
        url="url",
        status="status",
        referrer="referrer",
        user_agent="user_agent",
    ),
    partial(mapped, assigned={}),
    generic=True,
)
