"""Detect the format of a file from its first records, and from nothing else."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from darksocial.formats import Format
from darksocial.grammar import Grammar
from darksocial.grammar.columns import Columns
from darksocial.grammar.keys import Keys
from darksocial.grammar.layout import Layout
from darksocial.grammar.wrappers import Wrapper, wrapper_of

SAMPLE_LINES = 200
# Python's matcher needs quadratic time on lines that are made to mislead it.
MAX_SAMPLED_LINE_CHARACTERS = 8192
# A format that matches none of the first lines is not tried on the others.
PROBE_LINES = 25
MIN_MATCHED_PROPORTION = 0.5
# A format that matches nearly as many lines as another is preferred if it records more: one line
# with an odd value must not decide how all others are read.
NEARLY_ALL = 0.9
# Within a file whose best format reads lines as far as it knows them, another that knows more of
# them takes its own, if it has this part of them.
MIN_MIXED_PROPORTION = 0.1
# A system's log also holds the lines of other programs.
MIN_WRAPPED_PROPORTION = 0.2


@dataclass(frozen=True, slots=True)
class Claim:
    """How many of a file's first lines a format matches.

    grammar: the format as this file has it; None if the file cannot be in this format.
    wrapper: what surrounds each line.
    misfits: the numbers of the lines that do not match, from 1.
    unread: those of them that are no hit either; the others lack a value that can be missing.
    last: the number of the last line that was examined.
    example: the first line that does not match.
    """

    format: Format
    grammar: Grammar | None
    wrapper: Wrapper | None
    matched: int
    lines: int
    misfits: tuple[int, ...] = ()
    unread: tuple[int, ...] = ()
    last: int = 0
    example: str = ""

    @property
    def misfit(self) -> int | None:
        """The number of the first line that does not match, from 1; None if all match."""
        return self.misfits[0] if self.misfits else None

    @property
    def share(self) -> float:
        """The proportion of the lines that match."""
        return self.matched / self.lines if self.lines else 0.0

    @property
    def suffices(self) -> bool:
        """Whether enough lines match to say that the file is in this format."""
        among_others = self.wrapper or self.format.among_others
        return self.matched > 0 and self.share >= (
            MIN_WRAPPED_PROPORTION if among_others else MIN_MATCHED_PROPORTION
        )


@dataclass(frozen=True, slots=True)
class Detection:
    """The claims of all formats on a file, best first."""

    claims: tuple[Claim, ...]

    @property
    def lines(self) -> int:
        """How many lines could be claimed: those that are neither blank nor comments."""
        return max((claim.lines for claim in self.claims), default=0)

    @property
    def best(self) -> Claim | None:
        """The claim of the file's format, which matches at least half of the lines, or None.

        Behind a wrapper a fifth is enough.
        """
        best = self.nearest
        return (
            best
            if best and (best.suffices or self._mixed_share >= MIN_MATCHED_PROPORTION)
            else None
        )

    @property
    def others(self) -> tuple[Claim, ...]:
        """The claims for lines that the best format does not match: some files mix formats.

        Each matches lines that none before it does, or records more of them than a best format to
        which anything may be added. Only layouts of text are mixed, and a format that records less
        must match more than the last line, which may be truncated.
        """
        best = self.nearest
        if not best or not isinstance(best.grammar, Layout):
            return ()
        left, chosen = set(best.unread), []
        for claim in self.claims:
            if claim is best or not claim.matched or not isinstance(claim.grammar, Layout):
                continue
            taken = left - set(claim.misfits)
            says_more = best.grammar.is_open and claim.grammar.records > best.grammar.records
            if says_more and claim.matched >= MIN_MIXED_PROPORTION * best.matched:
                chosen.append(claim)
                left -= taken
                continue
            if not taken:
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
        left = set.intersection(*(set(c.unread) for c in (self.claims[0], *self.others)))
        return 1 - len(left) / self.lines

    @property
    def nearest(self) -> Claim | None:
        """The best claim that matches any line at all."""
        best = self.claims[0] if self.claims else None
        return best if best and best.matched else None


def detect(head: Sequence[str], formats: Iterable[Format]) -> Detection:
    """Return the claims of the formats on the first lines of a file.

    Blank lines, comments (`#`) and lines over 8,192 characters are ignored. Among formats that
    match nearly the most lines, a specific one wins over a generic one, then the one that records
    more fields, then the one that allows no extra text: never the order of registration. If
    a wrapper surrounds the lines, their contents count, unless a format that has such a prefix
    itself matches them: a lenient format would take the wrapper for a field.
    """
    candidates = tuple(formats)
    bare = _claims(head, candidates, None)
    wrapper = wrapper_of([line for _number, line in _numbered(head)])
    if not wrapper or (bare.best and bare.best.format.has_prefix):
        return bare
    inside = [wrapper.unwrapped(line) or _rest(wrapper, line) for line in head]
    wrapped = _claims(inside, candidates, wrapper)
    return wrapped if wrapped.best else bare


def _rest(wrapper: Wrapper, line: str) -> str:
    """Return a comment for a line that is one once it is unwrapped, else the line."""
    return "#" if wrapper.is_comment(line) or line.startswith("#") else line


def _claims(head: Sequence[str], formats: Iterable[Format], wrapper: Wrapper | None) -> Detection:
    numbered = _numbered(head)
    probe = numbered[:PROBE_LINES]
    claims = ranked(_claim(log_format, head, numbered, wrapper, probe) for log_format in formats)
    unread = set(claims[0].unread if claims and claims[0].matched else ())
    left = [entry for entry in numbered if entry[0] in unread][:PROBE_LINES]
    if not left or len(numbered) <= PROBE_LINES:
        return Detection(claims)
    # Lines that come later may be of a format of which the first lines are none.
    return Detection(
        ranked(
            _claim(claim.format, head, numbered, wrapper, left)
            if isinstance(claim.grammar, Layout) and not claim.matched
            else claim
            for claim in claims
        )
    )


def ranked(claims: Iterable[Claim]) -> tuple[Claim, ...]:
    """Return the claims, best first."""
    claims = tuple(claims)
    most = max((claim.matched for claim in claims), default=0)
    return tuple(sorted(claims, key=lambda claim: rank(claim, most)))


def _numbered(head: Sequence[str]) -> list[tuple[int, str]]:
    return [
        (number, line)
        for number, line in enumerate(head, start=1)
        if line.strip() and not line.startswith("#") and len(line) <= MAX_SAMPLED_LINE_CHARACTERS
    ][:SAMPLE_LINES]


def _claim(
    log_format: Format,
    head: Sequence[str],
    numbered: Sequence[tuple[int, str]],
    wrapper: Wrapper | None,
    probe: Sequence[tuple[int, str]],
) -> Claim:
    """Return what a format claims; a layout that matches no line of `probe` claims none."""
    grammar = log_format.bound(head)
    everything = tuple(number for number, _line in numbered)
    last = everything[-1] if everything else 0
    if grammar is None:
        return Claim(log_format, None, wrapper, 0, len(numbered), everything, everything, last)
    probe = probe if isinstance(grammar, Layout) else ()
    if len(numbered) > len(probe) > 0 and not any(grammar.matches(line) for _number, line in probe):
        return Claim(log_format, grammar, wrapper, 0, len(numbered), everything, everything, last)
    if isinstance(grammar, Keys):  # the server's own messages are ignored
        numbered = [entry for entry in numbered if not grammar.is_message(entry[1])]
    misfits = _misfits(grammar, head, numbered)
    matched = len(numbered) - len(misfits)
    texts = dict(numbered)
    unread = misfits
    if isinstance(grammar, Layout) and matched:
        unread = [number for number in misfits if not grammar.reads(texts[number])]
    example = texts[misfits[0]] if misfits else ""
    return Claim(
        log_format,
        grammar,
        wrapper,
        matched,
        len(numbered),
        tuple(misfits),
        tuple(unread),
        last,
        example,
    )


def _misfits(
    grammar: Grammar, head: Sequence[str], numbered: Sequence[tuple[int, str]]
) -> list[int]:
    """Return the numbers of the lines that do not match; a header may rename the columns."""
    if not isinstance(grammar, Columns) or not grammar.header:
        return [number for number, line in numbered if not grammar.matches(line)]
    counted, misfits = dict(numbered), []
    for number, line in enumerate(head, start=1):
        if line.startswith("#"):
            grammar = grammar.renamed(line)
        elif number in counted and not grammar.matches(line):
            misfits.append(number)
    return misfits


def rank(claim: Claim, most: int) -> tuple[int, bool, int, bool, int, str]:
    """Return a sort key that puts the best claim first; `most` is the most lines that one has."""
    records = claim.grammar.records if claim.grammar else frozenset()
    is_open = claim.grammar is None or claim.grammar.is_open
    matched = most if claim.matched >= NEARLY_ALL * most else claim.matched
    name = claim.format.name
    return -matched, claim.format.generic, -len(records), is_open, -claim.matched, name
