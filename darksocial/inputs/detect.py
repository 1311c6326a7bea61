"""Which format a file is in, told from its first records and nothing else."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from darksocial.formats import Format
from darksocial.grammar import Grammar
from darksocial.grammar.columns import Columns
from darksocial.grammar.keys import Keys
from darksocial.grammar.layout import Layout
from darksocial.grammar.wrappers import Wrapper, wrapper_of

SAMPLE_LINES = 200
LONGEST = 8192  # Python's matcher needs quadratic time on lines made to mislead it
PROBE_LINES = 25  # a format that matches none of them is not asked about the others
MAJORITY = 0.5
WRAPPED = 0.2
"""Part of the lines that must match behind a wrapper: a system's log holds other programs', too."""


@dataclass(frozen=True, slots=True)
class Claim:
    """How many of a file's first lines a format matches; `misfits` are those that it does not.

    They are counted from 1, `example` is the first of them, and `last` is the number of the last
    line that was looked at. `grammar` is the format
    as this file has it, None where it is another's; `wrapper` is what stands around each line.
    """

    format: Format
    grammar: Grammar | None
    wrapper: Wrapper | None
    matched: int
    lines: int
    misfits: tuple[int, ...] = ()
    last: int = 0
    example: str = ""

    @property
    def misfit(self) -> int | None:
        """The first line that does not match, from 1; None where all do."""
        return self.misfits[0] if self.misfits else None

    @property
    def share(self) -> float:
        """The matched part of the lines, 0 to 1."""
        return self.matched / self.lines if self.lines else 0.0

    @property
    def suffices(self) -> bool:
        """Whether so many lines match that the file is in this format."""
        among_others = self.wrapper or self.format.among_others
        return self.matched > 0 and self.share >= (WRAPPED if among_others else MAJORITY)


@dataclass(frozen=True, slots=True)
class Detection:
    """The claims of all formats on a file, the best first."""

    claims: tuple[Claim, ...]

    @property
    def lines(self) -> int:
        """How many lines there were to claim: neither blank nor comments."""
        return max((claim.lines for claim in self.claims), default=0)

    @property
    def best(self) -> Claim | None:
        """The winning claim: the format that matches at least half of the lines, or None."""
        best = self.nearest
        return best if best and (best.suffices or self._mixed_share >= MAJORITY) else None

    @property
    def others(self) -> tuple[Claim, ...]:
        """Formats of lines that the best one does not match: some files mix variants of one format.

        Each matches lines that none before it does. Only layouts of text are mixed, and a format
        that tells less has to match more than the last line, which may be one that is cut off.
        """
        best = self.nearest
        if not best or best.misfit is None or not isinstance(best.grammar, Layout):
            return ()
        left, chosen = set(best.misfits), []
        for claim in self.claims:
            taken = left - set(claim.misfits)
            if not taken or not claim.matched or not isinstance(claim.grammar, Layout):
                continue
            if claim.grammar.records < best.grammar.records and taken <= {best.last}:
                continue
            chosen.append(claim)
            left -= taken
        return tuple(chosen)

    @property
    def _mixed_share(self) -> float:
        if not self.claims or not self.others:
            return 0.0
        left = set.intersection(*(set(c.misfits) for c in (self.claims[0], *self.others)))
        return 1 - len(left) / self.lines

    @property
    def nearest(self) -> Claim | None:
        """The best claim that matches any line at all."""
        best = self.claims[0] if self.claims else None
        return best if best and best.matched else None


def detect(head: Sequence[str], formats: Iterable[Format]) -> Detection:
    """Let each format claim the first lines of a file.

    Blank lines, comments (`#`) and lines over 8,192 characters count for no one. Among formats
    that match as many lines, the specific one wins over the generic one, then the one that tells
    more fields, then the one that allows no extra text: never the order of registration. Where a
    wrapper stands around the lines, what is inside counts, unless a format that has such a prefix
    itself knows them: a lenient format would take the wrapper for a field.
    """
    candidates = tuple(formats)
    bare = _claims(head, candidates, None)
    wrapper = wrapper_of([line for _, line in _numbered(head)])
    if not wrapper or (bare.best and bare.best.format.has_prefix):
        return bare
    inside = [wrapper.unwrapped(line) or _rest(wrapper, line) for line in head]
    wrapped = _claims(inside, candidates, wrapper)
    return wrapped if wrapped.best else bare


def _rest(wrapper: Wrapper, line: str) -> str:
    return "#" if wrapper.is_comment(line) or line.startswith("#") else line


def _claims(head: Sequence[str], formats: Iterable[Format], wrapper: Wrapper | None) -> Detection:
    numbered = _numbered(head)
    claims = [_claim(log_format, head, numbered, wrapper) for log_format in formats]
    return Detection(tuple(sorted(claims, key=rank)))


def _numbered(head: Sequence[str]) -> list[tuple[int, str]]:
    return [
        (number, line)
        for number, line in enumerate(head, start=1)
        if line.strip() and not line.startswith("#") and len(line) <= LONGEST
    ][:SAMPLE_LINES]


def _claim(
    log_format: Format,
    head: Sequence[str],
    numbered: Sequence[tuple[int, str]],
    wrapper: Wrapper | None,
) -> Claim:
    grammar = log_format.bound(head)
    everything = tuple(number for number, _ in numbered)
    last = everything[-1] if everything else 0
    if grammar is None:
        return Claim(log_format, None, wrapper, 0, len(numbered), everything, last)
    probe = numbered[:PROBE_LINES] if isinstance(grammar, Layout) else ()
    if len(numbered) > len(probe) > 0 and not any(grammar.matches(line) for _, line in probe):
        return Claim(log_format, grammar, wrapper, 0, len(numbered), everything, last)
    if isinstance(grammar, Keys):  # the server's own messages count for no one
        numbered = [entry for entry in numbered if not grammar.is_message(entry[1])]
    misfits = _misfits(grammar, head, numbered)
    matched = len(numbered) - len(misfits)
    example = dict(numbered)[misfits[0]] if misfits else ""
    return Claim(
        log_format, grammar, wrapper, matched, len(numbered), tuple(misfits), last, example
    )


def _misfits(
    grammar: Grammar, head: Sequence[str], numbered: Sequence[tuple[int, str]]
) -> list[int]:
    """The numbers of the lines that do not match; a header in mid-file changes the columns."""
    if not isinstance(grammar, Columns) or not grammar.header:
        return [number for number, line in numbered if not grammar.matches(line)]
    counted, misfits = dict(numbered), []
    for number, line in enumerate(head, start=1):
        if line.startswith("#"):
            grammar = grammar.renamed(line)
        elif number in counted and not grammar.matches(line):
            misfits.append(number)
    return misfits


def rank(claim: Claim) -> tuple[int, bool, int, bool, str]:
    """Order claims, the best first."""
    told = claim.grammar.records if claim.grammar else frozenset()
    is_open = claim.grammar is None or claim.grammar.is_open
    return -claim.matched, claim.format.generic, -len(told), is_open, claim.format.name
