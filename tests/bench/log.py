"""A combined log of any length, with as many visitors and agents as asked for.

Made for measuring speed: the lines have the lengths, repetitions and order of a real log, and the
visits no causes (for those there is `darksocial simulate`). The same arguments give the same bytes.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

import duckdb

DAYS = 14
PAGES = 20_000
DRAWS = """
CREATE MACRO drawn(what, which) AS CAST(hash(what, which) >> 16 AS BIGINT);
CREATE MACRO part(what, which) AS drawn(what, which) / 281474976710656.0;
"""
QUERY = r"""
COPY (
  WITH visits AS (
    SELECT v, drawn(v, 1) % {visitors} AS who, part(v, 2) AS page_draw,
      drawn(v, 3) % 100 AS came, 1 + drawn(v, 4) % 9 + (v % 4) * 4 AS requests,
      {days} * 86400 * part(v, 5) AS starts
    FROM range({visits}) AS t(v)
  ), hits AS (
    SELECT who, came, unnest(range(requests)) AS n, starts, v,
      CAST(floor(pow({pages}, page_draw)) AS BIGINT) AS landing
    FROM visits
  ), requests AS (
    SELECT who, came, n, starts + n * 0.7 + (n // 8) * 45 AS second, n % 8 = 0 AS is_page,
      drawn(v * 64 + n, 6) AS draw,
      '/' || ['news', 'sport', 'culture', 'science', 'travel'][1 + (landing + n // 8) % 5]
        || '/2026/' || (1 + (landing + n // 8 * 7) % 12) || '/the-story-number-'
        || (landing + n // 8 * 7) AS page
    FROM hits
  )
  SELECT printf('%d.%d.%d.%d - - [%s +0000] "GET %s HTTP/1.1" %d %d "%s" "%s"',
      11 + drawn(who, 7) % 180, drawn(who, 8) % 256, drawn(who, 9) % 256, drawn(who, 10) % 256,
      strftime(TIMESTAMP '2026-03-02 00:00:00' + to_microseconds(CAST(second * 1e6 AS BIGINT)),
        '%d/%b/%Y:%H:%M:%S'),
      CASE WHEN NOT is_page THEN '/assets/' || ['app', 'photo', 'print', 'site'][1 + draw % 4]
          || '-' || (draw % 97) || ['.js', '.jpg', '.css', '.webp', '.woff2'][1 + draw % 5]
        WHEN came < 5 AND n = 0 THEN page || '?utm_source=newsletter&utm_medium=email'
        WHEN came < 8 AND n = 0 THEN page || '?fbclid=IwAR' || md5(CAST(draw AS VARCHAR))
        ELSE page END,
      [200, 200, 200, 200, 200, 200, 304, 304, 404][1 + draw % 9], 300 + draw % 90000,
      CASE WHEN n > 0 THEN 'https://news.example' || page
        WHEN came < 45 THEN '-' WHEN came < 75 THEN 'https://www.google.com/'
        WHEN came < 90 THEN 'https://www.facebook.com/' WHEN came < 95 THEN 'https://t.co/abc'
        ELSE 'https://news.example/' END,
      agent)
  FROM requests JOIN agents ON agents.a = CAST(floor(pow({agents}, part(who, 11))) AS BIGINT)
  ORDER BY second, who, n
  LIMIT {lines}
) TO '{file}' (HEADER false, QUOTE '', ESCAPE '', DELIMITER '\x01');
"""
AGENTS = r"""
CREATE TABLE agents AS SELECT a, CASE a % 5
  WHEN 0 THEN printf('Mozilla/5.0 (Linux; Android %d; SM-%d) AppleWebKit/537.36 (KHTML, like Gecko)'
    || ' Chrome/%d.0.%d.%d Mobile Safari/537.36', 9 + a % 7, a // 5, 110 + a % 35, a % 7919,
    a % 211)
  WHEN 1 THEN printf('Mozilla/5.0 (iPhone; CPU iPhone OS %d_%d like Mac OS X) AppleWebKit/605.1.15 '
    || '(KHTML, like Gecko) Version/%d.%d Mobile/15E%d Safari/604.1', 14 + a % 5, a % 9, 14 + a % 5,
    a % 9, a)
  WHEN 2 THEN printf('Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like '
    || 'Gecko) Chrome/%d.0.%d.0 Safari/537.36', 100 + a % 45, a)
  WHEN 3 THEN printf('Mozilla/5.0 (iPhone; CPU iPhone OS 17_%d like Mac OS X) AppleWebKit/605.1.15 '
    || '(KHTML, like Gecko) Mobile/15E148 Instagram %d.0.0.%d (iPhone; iOS 17_%d)', a % 7,
    200 + a % 100, a, a % 7)
  ELSE printf('Mozilla/5.0 (X11; Linux x86_64; rv:%d.0) Gecko/20100101 Firefox/%d.%d',
    90 + a % 50, 90 + a % 50, a) END AS agent
FROM range(1, {agents} + 1) AS t(a)
"""


@dataclass(frozen=True, slots=True)
class Size:
    """How long a log is, and of how many."""

    lines: int
    visitors: int
    agents: int


def make_log(file: Path, size: Size) -> None:
    """Write the log, if it is not there."""
    if file.exists():
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(".draft")
    given = {
        "agents": size.agents,
        "visitors": size.visitors,
        "visits": size.lines // 10,
        "lines": size.lines,
        "pages": PAGES,
        "days": DAYS,
        "file": draft,
    }
    with duckdb.connect() as connection:
        connection.execute("SET preserve_insertion_order = true")
        connection.execute(DRAWS)
        connection.execute(AGENTS.format(**given))
        connection.execute(QUERY.format(**given))
    draft.replace(file)


if __name__ == "__main__":
    make_log(Path(sys.argv[1]), Size(*map(int, sys.argv[2:])))
