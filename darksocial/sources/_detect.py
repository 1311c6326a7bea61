"""Which format a file is in, told from its first lines and nothing else."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from darksocial.grammar.layout import Layout, exact_pattern
from darksocial.sources._source import Source

SAMPLE_LINES = 200
LONGEST = 8192  # Python's matcher needs quadratic time on lines made to mislead it
MAJORITY = 0.5


@dataclass(frozen=True, slots=True)
class Claim:
    """How many of a file's first lines a format matches; `misfit` is the first that it does not.

    `misfit` is the number of that line, from 1, or None where all match.
    """

    source: Source
    matched: int
    lines: int
    misfit: int | None

    @property
    def share(self) -> float:
        """The matched part of the lines, 0 to 1."""
        return self.matched / self.lines if self.lines else 0.0


@dataclass(frozen=True, slots=True)
class Detection:
    """The claims of all formats on a file, the best first."""

    claims: tuple[Claim, ...]

    @property
    def lines(self) -> int:
        """How many lines there were to claim: neither blank nor comments."""
        return self.claims[0].lines if self.claims else 0

    @property
    def best(self) -> Claim | None:
        """The winning claim: the format that matches at least half of the lines, or None."""
        best = self.nearest
        return best if best and best.share >= MAJORITY else None

    @property
    def nearest(self) -> Claim | None:
        """The best claim that matches any line at all."""
        best = self.claims[0] if self.claims else None
        return best if best and best.matched else None


def detect(head: Sequence[str], sources: Iterable[Source]) -> Detection:
    """Let each source claim the first lines of a file.

    Blank lines, comments (`#`) and lines over 8,192 characters count for no one. Among formats
    that match as many lines, the one that tells more fields wins, then the one that allows no
    extra text: never the order of registration.
    """
    numbered = [
        (number, line)
        for number, line in enumerate(head, start=1)
        if line.strip() and not line.startswith("#") and len(line) <= LONGEST
    ][:SAMPLE_LINES]
    claims = [_claim(source, numbered) for source in sources]
    return Detection(tuple(sorted(claims, key=_rank)))


def _claim(source: Source, numbered: Sequence[tuple[int, str]]) -> Claim:
    pattern = _compiled(source.layout)
    misfits = [number for number, line in numbered if not pattern.match(line)]
    matched = len(numbered) - len(misfits)
    return Claim(source, matched, len(numbered), misfits[0] if misfits else None)


def _rank(claim: Claim) -> tuple[int, int, bool, str]:
    return -claim.matched, -len(claim.source.records), claim.source.layout.extras, claim.source.name


@cache
def _compiled(layout: Layout) -> re.Pattern[str]:
    return re.compile(exact_pattern(layout)[0], re.ASCII)
