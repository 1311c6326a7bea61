"""Log lines for tests, and what darksocial makes of them."""

import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd

import darksocial
from darksocial import Analysis, Settings
from darksocial.inputs.accounts import LineStream
from darksocial.inputs.file import Input
from darksocial.reading.progress import Progress

START = datetime(2026, 3, 2, 8, 0, 0, tzinfo=UTC)
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:136.0) Gecko/20100101 Firefox/136.0"
ARTICLE = "/politics/2026/03/02/council-budget-48213/"
SITE = "https://www.example.org"
SETTINGS = Settings(
    site=("example.org",), exclude_referrer=("pay.example.com",), keep_identifiers=True
)


@dataclass(frozen=True)
class Hit:
    """One request; `at` is in minutes after START."""

    at: float = 0
    path: str = ARTICLE
    ip: str = "192.0.2.1"
    agent: str = BROWSER
    referrer: str = "-"
    status: int = 200
    method: str = "GET"

    @property
    def line(self) -> str:
        time = START + timedelta(minutes=self.at)
        return (
            f"{self.ip} - - [{time:%d/%b/%Y:%H:%M:%S} +0000] "
            f'"{self.method} {self.path} HTTP/1.1" {self.status} 512 '
            f'"{self.referrer}" "{self.agent}"'
        )


def asset(at: float = 0, ip: str = "192.0.2.1") -> Hit:
    return Hit(at, "/static/site.css", ip, referrer=f"{SITE}{ARTICLE}")


def analyzed(folder: Path, hits: Sequence[Hit], settings: Settings | None = None) -> Analysis:
    """Analyse hits as a combined log; the site is example.org, its payment provider
    pay.example.com, unless `settings` are given."""
    log = folder / "access.log"
    log.write_text("".join(hit.line + "\n" for hit in hits))
    settings = settings or SETTINGS
    return darksocial.analyze([str(log)], settings=settings, secret="tests")


def network(case: int) -> str:
    """The beginning of the addresses of a case: 198.18.0.0/15 is for tests (RFC 2544)."""
    return f"198.18.{case}."


def together(cases: Iterable[Sequence[Hit]], *, pages_apart: bool = False) -> list[Hit]:
    """The hits of many cases for one log, those of each from addresses of its own.

    With `pages_apart` the pages of each are in a folder of its own, `/0/` to the first. So one
    analysis answers all of them, and most of the work of a small one does not grow with its hits.
    """
    return [
        replace(
            hit,
            ip=network(number) + hit.ip.rpartition(".")[2],
            path=f"/{number}{hit.path}" if pages_apart else hit.path,
        )
        for number, hits in enumerate(cases)
        for hit in hits
    ]


def sessions(folder: Path, hits: Sequence[Hit], settings: Settings | None = None) -> pd.DataFrame:
    """The sessions of hits, in order of their start."""
    with analyzed(folder, hits, settings) as analysis:
        return analysis.to_pandas()


def addresses(folder: Path, hits: Iterable[Hit]) -> tuple[set[str], dict[str, int]]:
    """The addresses that have sessions, and the hits of bots by reason."""
    with analyzed(folder, list(hits)) as analysis:
        bots = {row.name: row.count for row in analysis.report.bots}
        return set(analysis.to_pandas().client_ip), bots


def shuffled(lines: Sequence[str], seed: int, parts: int) -> list[list[str]]:
    """Cut lines into parts and shuffle them; those of one second stay together, in their order."""
    seconds: dict[str, list[str]] = {}
    for number, line in enumerate(lines):
        time = re.search(r"\[[^]]+\]", line)
        seconds.setdefault(time[0] if time else str(number), []).append(line)
    groups = list(seconds.values())
    random.Random(seed).shuffle(groups)
    return [[line for group in groups[part::parts] for line in group] for part in range(parts)]


@dataclass
class OneStream:
    """Lines that come from no file, as an engine takes them."""

    stream: LineStream
    files: Sequence[Input] = ()

    def streams(self, progress: Progress | None = None) -> Iterator[LineStream]:
        yield self.stream
