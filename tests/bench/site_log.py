r"""A combined log of any length in the proportions of a real site, for measuring speed.

The proportions are those of the sample of a real site's log that Elastic publishes ("Common Data
Formats" of elastic/examples: 10,000 lines of four days in May 2015), of which nothing else is here:
237 bytes a line; 1,750 addresses in 10,000 lines, a fifth of them crawlers and feed readers with a
quarter of the requests; 1,730 requests, of which the first five, loaded by nearly every page, are
28% and the first hundred two thirds; 560 user agents, of which ten are 35% and a hundred 83%; 630
referrers, and none on two lines of five. A quarter of people's visits ask for one image and no
page, as many for a page and what it loads, and one in twenty for twenty pictures or more.
Frequencies by rank follow Zipf's law, for user agents that of Mandelbrot, 1 / (rank + 20) ** 2.

The second log, `distinct`, gives a third of the requests a text of their own, as in 22 minutes of a
shop ("Online Shopping Store - Web Server Logs", Zaker, Harvard Dataverse 2019): pictures by number,
products, searches, and calls of scripts. The same arguments give the same bytes.
"""

import sys
from pathlib import Path

import duckdb

from tests.bench.site_agents import machines, people

VISITORS_A_LINE = 0.1685
# One number is hashed: DuckDB's hashes of two numbers that share one are not independent.
DRAWS = """
CREATE MACRO drawn(what, which) AS CAST(hash(what * 32 + which) >> 16 AS BIGINT);
CREATE MACRO part(what, which) AS drawn(what, which) / 281474976710656.0;
"""
AGENTS = r"""
CREATE TABLE agents AS
  SELECT false AS machine, generate_subscripts($people, 1) AS a, unnest($people) AS agent
  UNION ALL SELECT true, generate_subscripts($machines, 1), unnest($machines)
"""
KINDS = r"""
CREATE TABLE kinds AS SELECT *, sum(share) OVER (PARTITION BY who ORDER BY k) - share AS low,
    sum(share) OVER (PARTITION BY who ORDER BY k) AS high
  FROM (VALUES ('person', 1, 0.29, 'image', 0, 0, 1), ('person', 2, 0.27, 'page', 1, 5, 0),
    ('person', 3, 0.09, 'page', 1, 0, 0), ('person', 4, 0.07, 'page', 3, 0, 0),
    ('person', 5, 0.07, 'page', 1, 1, 0), ('person', 6, 0.08, 'page', 3, 5, 2),
    ('person', 7, 0.03, 'page', 6, 0, 0), ('person', 8, 0.04, 'file', 0, 0, 0),
    ('person', 9, 0.03, 'page', 3, 5, 18), ('person', 10, 0.03, 'page', 5, 5, 27),
    ('reader', 1, 1.0, 'feed', 0, 0, 0), ('crawler', 1, 0.80, 'page', 1, 0, 0),
    ('crawler', 2, 0.07, 'robots', 0, 0, 0), ('crawler', 3, 0.07, 'file', 0, 0, 0),
    ('crawler', 4, 0.06, 'image', 0, 0, 1)
  ) AS t(who, k, share, asks, pages, site, images);
"""
TEXTS = r"""
CREATE MACRO page_path(page) AS CASE WHEN page = 1 THEN '/'
  WHEN page <= 12 THEN '/talks/' || ['scale', 'search', 'shells', 'queues'][1 + page % 4]
    || '-' || (2008 + page) || '/'
  WHEN page % 3 = 0 THEN '/blog/tags/' || ['linux', 'year%20review', 'ruby', 'tools'][1 + page % 4]
    || '-' || page
  ELSE '/blog/' || ['weblog', 'geekery', 'articles'][1 + page % 3] || '/how-to-mend-' || page
    || ['.html', '/', '.html?utm_source=feed&utm_medium=feed'][1 + page % 7 // 3] END;
CREATE MACRO page_text(page, draw) AS CASE WHEN part(draw, 20) >= {distinct} THEN page_path(page)
  WHEN draw % 3 = 0 THEN '/search?q=' || md5(CAST(draw AS VARCHAR))
  ELSE '/product/' || drawn(draw, 21) || '/' || page || '/a-thing-for-the-house' END;
CREATE MACRO image_text(image, draw) AS CASE WHEN part(draw, 20) >= {distinct}
  THEN '/images/' || ['talks', 'blog', 'web'][1 + image % 3] || '/figure-number-' || image
    || ['.png', '.jpg', '.gif'][1 + image % 3]
  ELSE '/image/' || drawn(draw, 21) || '/thumb/200x200.jpg' END;
CREATE MACRO site_text(n, draw) AS CASE WHEN part(draw, 20) >= {distinct}
  THEN ['/favicon.ico', '/style2.css', '/reset.css', '/images/portrait-80.png',
    '/images/web/2009/banner.png'][n]
  ELSE '/api/settings.js?_=' || drawn(draw, 21) END;
CREATE MACRO outside(r) AS CASE WHEN r <= 12
  THEN 'https://www.google.' || ['com', 'co.uk', 'de', 'fr', 'nl', 'ca', 'it', 'es', 'pl',
    'se', 'com.au', 'com.br'][r] || '/'
  WHEN r % 3 > 0 THEN 'http://www.google.com/url?sa=t&rct=j&q=&esrc=s&source=web&cd=' || r % 9
    || '&ved=0CC' || substr(md5(CAST(r AS VARCHAR)), 1, 8) || '&url=http%3A%2F%2Fnotes.example%2F'
    || r || '&ei=' || md5(CAST(r AS VARCHAR)) || '&usg=' || md5(CAST(-r AS VARCHAR))
  ELSE ['https://stackoverflow.com/questions/', 'https://forum.example/t/', 'https://t.co/',
    'https://www.reddit.com/r/linux/comments/'][1 + r % 4] || r END;
"""
QUERY = r"""
COPY (
  WITH visitors AS (
    SELECT w, part(w, 1) AS class, part(w, 2) AS visits_draw,
      CASE WHEN class < 0.81 THEN 'person' WHEN class < 0.86 THEN 'reader'
        ELSE 'crawler' END AS who,
      CASE who WHEN 'person' THEN CASE WHEN visits_draw < 0.90 THEN 1 WHEN visits_draw < 0.98 THEN 2
          ELSE 4 END
        WHEN 'reader' THEN least(floor(2 / (1 - visits_draw)), 100)
        ELSE least(floor(1.2 / (1 - visits_draw)), 100) END AS visits
    FROM range({visitors}) AS t(w)
  ), visits AS (
    SELECT w, who, unnest(range(CAST(visits AS BIGINT))) AS k, w * 1000 + k AS v FROM visitors
  ), kinds_of_visits AS (
    SELECT w, v, visits.who, asks, pages, site, images, {days} * 86400 * part(v, 5) AS even,
      even + 86400 / 15 * sin(even * 2 * pi() / 86400) AS starts,
      CASE WHEN images > 9 THEN CAST(floor(2 + 11 * pow(part(v, 6), 2)) AS BIGINT)
        WHEN site > 0 THEN CAST(floor(pow(180, part(v, 6))) AS BIGINT)
        WHEN visits.who = 'person' THEN CAST(floor(pow({pages}, part(v, 6))) AS BIGINT)
        ELSE CAST(floor(1 + {pages} * pow(part(v, 6), 2)) AS BIGINT) END AS page
    FROM visits JOIN kinds ON kinds.who = visits.who AND part(v, 3) >= low AND part(v, 3) < high
  ), steps AS (
    SELECT *, unnest(range(greatest(pages + site + images, 1))) AS n FROM kinds_of_visits
  ), requests AS (
    SELECT w, v, n, who, asks, page, v * 64 + n AS draw,
      CASE WHEN asks <> 'page' THEN asks WHEN n = 0 OR n > site + images THEN 'page'
        WHEN n <= site THEN 'site' ELSE 'image' END AS role,
      starts + CASE WHEN role = 'page' THEN greatest(n - site - images, 0) * 40
        ELSE 1 + n // 12 END AS second,
      CASE WHEN n = 0 THEN page
        ELSE CAST(floor(pow(180, part(draw, 6))) AS BIGINT) END AS asked_page,
      CASE WHEN asks = 'image' THEN CAST(floor(pow({images}, part(draw, 8))) AS BIGINT)
        ELSE page * 37 % {images} + n END AS image
    FROM steps
  ), texts AS (
    SELECT *, CASE role WHEN 'page' THEN page_text(asked_page, draw)
        WHEN 'site' THEN site_text(n, draw) WHEN 'image' THEN image_text(image, draw)
        WHEN 'robots' THEN '/robots.txt'
        WHEN 'feed' THEN ['/blog/tags/puppet?flav=rss20', '/?flav=rss20', '/?flav=atom',
          '/blog/tags/firefox?flav=rss20'][1 + CAST(floor(4 * pow(part(w, 12), 2)) AS BIGINT)]
        ELSE '/files/releases/release-' || CAST(floor(pow(60, part(draw, 8))) AS BIGINT)
          || '.tar.gz' END AS target,
      CASE WHEN who <> 'person' THEN '-'
        WHEN n > 0 AND page <= 180 THEN 'http://notes.example' || page_text(page, v * 64)
        WHEN n > 0 OR part(draw, 13) < 0.48 THEN '-'
        WHEN part(draw, 13) < 0.63
          THEN 'http://notes.example' || page_path(CAST(floor(pow(180, part(draw, 14))) AS BIGINT))
        ELSE outside(CAST(floor(pow({outside}, part(draw, 14))) AS BIGINT)) END AS referrer,
      part(draw, 15) AS luck, part(w, 11) * 0.96 AS agent_draw
    FROM requests
  )
  SELECT printf('%d.%d.%d.%d - - [%s +0000] "GET %s HTTP/1.%d" %d %d "%s" "%s',
      11 + drawn(w, 7) % 180, drawn(w, 8) % 256, drawn(w, 9) % 256, drawn(w, 10) % 256,
      strftime(TIMESTAMP '2026-03-02 00:00:00' + to_microseconds(CAST(second * 1e6 AS BIGINT)),
        '%d/%b/%Y:%H:%M:%S'),
      target || CASE WHEN luck > 0.9997 THEN '?say=\"hello\"' ELSE '' END,
      CASE WHEN who = 'reader' AND part(w, 16) < 0.3 THEN 0 ELSE 1 END,
      CASE WHEN luck < 0.91 THEN 200 WHEN luck < 0.955 THEN 304 WHEN luck < 0.978 THEN 404
        WHEN luck < 0.995 THEN 301 ELSE 206 END,
      300 + drawn(draw, 17) % 90000, referrer,
      replace(agent, '"', '\"') || CASE WHEN luck < 0.0001 THEN '' ELSE '"' END)
  FROM texts JOIN agents ON agents.machine = (who <> 'person') AND agents.a = CASE who
    WHEN 'reader' THEN 1 + CAST(floor(12 * pow(part(w, 11), 2)) AS BIGINT)
    WHEN 'crawler' THEN 1 + CAST(floor({machine_count} * pow(part(w, 11), 4)) AS BIGINT)
    ELSE 1 + CASE WHEN part(w, 18) < 0.07 THEN 0
      ELSE CAST(floor(20 * agent_draw / (1 - agent_draw)) AS BIGINT) % {people_count} END END
  ORDER BY second, v, n
  LIMIT {lines}
) TO '{file}' (HEADER false, QUOTE '', ESCAPE '', DELIMITER '\x01');
"""


def make_site_log(file: Path, lines: int, distinct: float = 0.0) -> None:
    """Write the log, if it is not there.

    `distinct` is the part of the requests that have a text of their own.
    """
    if file.exists():
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(".draft")
    agents = {"people": people(), "machines": machines()}
    given = {
        "lines": lines,
        "visitors": round(lines * VISITORS_A_LINE),
        "distinct": distinct,
        "days": 7,
        "pages": 930,
        "images": 700,
        "outside": 450,
        "people_count": len(agents["people"]),
        "machine_count": len(agents["machines"]),
        "file": draft,
    }
    with duckdb.connect() as connection:
        connection.execute("SET preserve_insertion_order = true")
        connection.execute(DRAWS)
        connection.execute(AGENTS, agents)
        for statements in (KINDS, TEXTS, QUERY):
            connection.execute(statements.format(**given))
    draft.replace(file)


if __name__ == "__main__":
    make_site_log(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
