"""The lines with which servers, caches and pages take the script of `darksocial snippet`.

Each is to be copied as it is. Two things matter: the path that the script asks for has to be
logged, and a cache must not keep a copy of a page for each share id.

Sources: nginx (https://nginx.org/en/docs/http/ngx_http_map_module.html, proxy_cache_key), Apache
(https://httpd.apache.org/docs/2.4/mod/mod_alias.html#redirect), Varnish (regsuball in vcl_hash,
https://varnish-cache.org/docs/), Fastly (querystring.filter), Amazon CloudFront (a cache policy
with "All query strings except"), Cloudflare (a cache rule with a custom cache key).
"""

from dataclasses import dataclass

from darksocial.language import gettext as _
from darksocial.tracking.snippet import Snippet


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines to copy, and what they are for."""

    title: str
    text: str


def lines_for(snippet: Snippet, path: str) -> tuple[Lines, ...]:
    """Return the lines for a script that is served at `path` of the site."""
    name, beacon = snippet.parameter, snippet.beacon
    page = (
        f'<script src="{path}" integrity="{snippet.integrity}"></script>',
        "Content-Security-Policy: script-src 'self'; connect-src 'self'",
    )
    nginx = (
        f"location = {beacon} {{ return 204; }}" if beacon else "",
        "map $args $args_of_page {",
        "    default $args;",
        f'    "~^(?<head>(?:.*&)?){name}=[^&]*&?(?<tail>.*)$" $head$tail;',
        "}",
        "proxy_cache_key $scheme$host$uri?$args_of_page;",
    )
    apache = (
        f"Redirect 204 {beacon}" if beacon else "",
        f'CacheIgnoreURLSessionIdentifiers "{name}"',
    )
    varnish = (
        "sub vcl_hash {",
        f'    hash_data(regsuball(req.url, "([?&]){name}=[^&]*&?", "\\1"));',
        "    hash_data(req.http.host);",
        "    return (lookup);",
        "}",
    )
    cdn = (
        f'Fastly: set req.hash += querystring.filter(req.url, "{name}");',
        _("CloudFront: a cache policy with all query strings except {name}").format(name=name),
        _("Cloudflare: a cache rule whose cache key leaves out the query string {name}").format(
            name=name
        ),
    )
    parts = (
        (_("In the head of each page, before every other script"), page[:1]),
        (_("Content security policy, if the site has one"), page[1:]),
        (_("nginx"), nginx),
        (_("Apache"), apache),
        (_("Varnish"), varnish),
        (_("Caches of others"), cdn),
    )
    return tuple(Lines(title, "\n".join(filter(None, text))) for title, text in parts)
