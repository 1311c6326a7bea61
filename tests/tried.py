"""Lines of servers in the formats that their documentation gives, and the formats that read them.

The lines are made up. docs/formats.md has the table, and tests/test_tried.py holds it.
"""

from dataclasses import dataclass

AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:136.0) Gecko/20100101 Firefox/136.0"
TIME = "[04/May/2026:10:00:00 +0200]"
REQUEST = '"GET /p?q=1 HTTP/1.1"'
COMBINED = f'192.0.2.7 - - {TIME} {REQUEST} 200 7 "-" "{AGENT}"'
PROXIED = COMBINED.replace("192.0.2.7", "10.0.0.2")


@dataclass(frozen=True, slots=True)
class Tried:
    """Who writes the line, the line, and the format that reads it; empty if none does."""

    writer: str
    line: str
    format: str


TRIED = (
    Tried("Apache `combinedio`", f"{COMBINED} 700 6100", "combined_extra"),
    Tried("Apache `vhost_combined` with more", f"a.example:443 {COMBINED} 6100", "vhost_extra"),
    Tried("Caddy `transform` to combined", COMBINED, "combined"),
    Tried("ECS (Filebeat)", '{"@timestamp":"2026-05-04T08:00:00Z","client":{"ip":"192.0.2.7"},'
          '"http":{"request":{"method":"GET"},"response":{"status_code":200}},'
          f'"url":{{"original":"/p?q=1"}},"user_agent":{{"original":"{AGENT}"}}}}', "mapped"),
    Tried("Express with morgan", COMBINED.replace("192", "::ffff:192"), "combined"),
    Tried("Google Cloud Logging (requests)", '{"httpRequest":{"requestMethod":"GET","requestUrl":'
          '"https://a.example/p?q=1","status":200,"remoteIp":"192.0.2.7","userAgent":'
          f'"{AGENT}"}},"timestamp":"2026-05-04T08:00:00Z"}}', "mapped"),
    Tried("gunicorn", COMBINED, "combined"),
    Tried("HAProxy `httpslog`", "192.0.2.7:51234 [04/May/2026:08:00:00.123] web~ app/s1 0/0/1/2/3 "
          '200 7 - - ---- 1/1/0/0/0 0/0 "GET https://a.example/p?q=1 HTTP/2.0" '
          "0/0000000000000000/0/0/0 a.example/TLSv1.3/TLS_AES_256_GCM_SHA384", "haproxy"),
    Tried("ingress-nginx", f"{COMBINED} 510 0.003 [web-80] [] 10.0.0.5:80 7 0.003 200 8c",
          "combined_extra"),
    Tried("Jetty, extended with latency", f"{COMBINED} 31", "combined_extra"),
    Tried("Kubernetes (CRI)", f"2026-05-04T08:00:00.1Z stdout F {COMBINED}", "combined"),
    Tried("Netlify log drain (traffic)", '{"client_ip":"192.0.2.7","duration":3,"log_type":'
          '"traffic","method":"GET","status_code":200,"timestamp":"2026-05-04T08:00:00Z","url":'
          f'"https://a.example/p?q=1","user_agent":"{AGENT}"}}', "mapped"),
    Tried("nginx `main` with the host behind", f'{PROXIED} "192.0.2.7" "a.example"',
          "combined_extra"),
    Tried("Pantheon", f'{PROXIED} 0.143 "192.0.2.7, 10.1.1.1"'.replace("] ", "]  "),
          "combined_extra"),
    Tried("PM2", f"0|web  | {COMBINED}", "combined"),
    Tried("Tomcat `%h %l %u %t \"%r\" %s %b %D`", f"192.0.2.7 - - {TIME} {REQUEST} 200 7 31",
          "tomcat"),
    Tried("Varnish (varnishncsa)", COMBINED.replace("/p?", "http://a.example/p?"), "combined"),
    Tried("Werkzeug (Flask)", f"192.0.2.7 - - [04/May/2026 10:00:00] {REQUEST} 200 -", "common"),
    Tried("IIS's own format, with commas", "192.0.2.7, -, 5/4/2026, 8:00:00, W3SVC1, WEB1, "
          "10.0.0.1, 15, 300, 7, 200, 0, GET, /p, q=1,", ""),
    Tried("CloudFront, copied with spaces and without its header", "2026-05-04 08:00:00 FRA2-C1 7 "
          "192.0.2.7 GET d1.cloudfront.net /p 200 - Mozilla/5.0%20(X11) q=1 - Hit abc= a.example "
          "https 300 0.001 - TLSv1.3 TLS_AES Hit HTTP/2.0 - - 5 0.001 Hit text/html 600 - -", ""),
    Tried("uvicorn, which logs no time", f"INFO:     192.0.2.7:51234 - {REQUEST} 200 OK", ""),
)  # fmt: skip
