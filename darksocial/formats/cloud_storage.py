"""Google Cloud Storage usage log: CSV with a header.

    "time_micros","c_ip","cs_method","cs_uri","sc_status","sc_bytes","cs_host","cs_referer",...
    "1772435645120000","203.0.113.7","GET","/www.example.org/news","200","5120","www.example.org","",

(the columns are more than these). Times are microseconds. A bucket that serves a site under its own
name has that name as host, and the URI holds it as the first part of the path where the request
did. Lines of operations other than GET are no page views.

It gives all evidence of a visit. Requests through Google's load balancer are in that one's log.

Specification: https://cloud.google.com/storage/docs/access-logs#format
"""

from darksocial.formats import Format
from darksocial.grammar.keys import keys

FORMAT = Format(
    "cloud_storage",
    "Google Cloud Storage usage log",
    keys(
        needs=("time_micros", "c_ip", "cs_uri", "cs_object"),
        time="time_micros",
        client_ip="c_ip",
        host="cs_host",
        method="cs_method",
        url="cs_uri",
        status="sc_status",
        bytes="sc_bytes",
        referrer="cs_referer",
        user_agent="cs_user_agent",
        duration_us="time_taken_micros",
    ),
)
