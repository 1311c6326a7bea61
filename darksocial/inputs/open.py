"""Open the files behind names, each in the format that is chosen or detected."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from darksocial.errors import InputError
from darksocial.formats import Format, format_named, registry
from darksocial.grammar import Grammar
from darksocial.grammar.directives import compile_directive, directive_from
from darksocial.grammar.keys import Keys
from darksocial.grammar.layout import Layout
from darksocial.grammar.mapping import mapped
from darksocial.grammar.values import values
from darksocial.inputs.accounts import Inputs
from darksocial.inputs.copies import Head, head_of, leave_out_copies
from darksocial.inputs.detect import Claim
from darksocial.inputs.earlier import WRITTEN_BY_DARKSOCIAL, EarlierResults
from darksocial.inputs.file import Input
from darksocial.inputs.overlaps import leave_out_overlapping
from darksocial.inputs.recognise import (
    Recognised,
    data_files,
    look_at,
    shown_path,
)
from darksocial.language import gettext as _
from darksocial.lookups.geoip import check_database
from darksocial.parser import Parsing
from darksocial.printable import printable
from darksocial.privacy.identifiers import NOTHING_KEPT, Privacy
from darksocial.reading import ByteStream, Finder, InputFile
from darksocial.settings import ReadSettings

EXAMPLE_LINES = 3
EXAMPLE_CHARACTERS = 160
UNKNOWN_FORMAT_ADVICE = _(
    "`log_format` with the directive from the server's configuration, or, for JSON, CSV, TSV and "
    "Parquet, `map` with time=KEY,url=KEY,referrer=KEY,user_agent=KEY; and where the times alone "
    "are unusual, `time_format` with their pattern, as in %d.%m.%Y %H:%M:%S"
)


def chosen_format(settings: ReadSettings) -> Format | None:
    """Return the format that the settings name or describe; None if it is to be detected."""
    if settings.format:
        return format_named(settings.format)
    if settings.map:
        values(settings.mapping)  # refuses unknown fields before anything is read
        bind = partial(mapped, assigned=settings.mapping)
        return Format("map", _("the keys that `map` names"), Keys((), ()), bind)
    directive = settings.log_format
    if settings.log_format_from:
        directive = directive_from(settings.log_format_from)
    if directive:
        return Format(
            "directive",
            _("the directive {directive}").format(directive=directive),
            compile_directive(directive),
        )
    return None


def open_inputs(
    names: Sequence[str],
    settings: ReadSettings,
    *,
    privacy: Privacy = NOTHING_KEPT,
    leave_out: Callable[[InputFile], str | None] | None = None,
    storage: Finder | None = None,
) -> Inputs:
    """Find the files behind `names` and detect the format of each.

    `privacy` says what rejects, errors and the paths of hits keep. A file in no known format is
    listed in `unread` if there are others. So is what darksocial wrote (earlier.py), and a copy of
    another file (copies.py); with `leave_out`, whose caller recognises copies, a file for which it
    returns a reason.
    Raises InputError if a name leads to nothing readable, if no file is in a known format, or if
    the database of countries cannot be read.
    """
    chosen = chosen_format(settings)
    if settings.geoip:
        check_database(settings.geoip)
    inputs = Inputs()
    heads: list[Head] = []
    failures: list[str] = []
    for file in _not_left_out(data_files(names, storage), leave_out, inputs):
        stream = ByteStream(file)
        beginning = head_of(stream)
        head = look_at(stream, chosen, settings.time_format)
        stream.close()  # a folder can hold more files than a process may have open
        claims = _claims(head, chosen)
        misfit = _misfit_of_times(head, settings)
        if claims and not misfit and (chosen or not head.refused):
            parsing, *others = (_parsing(claim, file, settings, privacy) for claim in claims)
            number = len(inputs.read)
            heads.append(beginning)
            inputs.read.append(Input(number, file, parsing, head.container, stream, tuple(others)))
        else:
            reason = head.damage or head.refused or misfit or _("no known format")
            inputs.unread.append((shown_path(file.name), reason))
            failures.append(_failure(file, [*map(privacy.quoted, head.lines)], reason))
    if not inputs.read and (failures or not inputs.unread or leave_out is None):
        left_out = [f"{printable(name)}: {reason}" for name, reason in inputs.unread]
        raise InputError(
            "\n".join(failures or left_out) or _("There is nothing to read."),
            expected=_("a format that `darksocial formats` lists"),
            advice=UNKNOWN_FORMAT_ADVICE,
        )
    leave_out_overlapping(inputs, heads)
    if leave_out is None:
        leave_out_copies(inputs, heads)
    return inputs


def _not_left_out(
    files: Iterable[InputFile],
    leave_out: Callable[[InputFile], str | None] | None,
    inputs: Inputs,
) -> Iterator[InputFile]:
    """Yield the files to read, and add the others to `unread`; a folder of darksocial's once."""
    earlier = EarlierResults()
    places: set[Path] = set()
    for file in files:
        place = earlier.place_of(file)
        reason = leave_out(file) if leave_out and not place else None
        if place and place not in places:
            inputs.unread.append((shown_path(str(place)), WRITTEN_BY_DARKSOCIAL))
            places.add(place)
        if reason:
            inputs.unread.append((shown_path(file.name), reason))
        if not place and not reason:
            yield file


def _claims(head: Recognised, chosen: Format | None) -> tuple[Claim, ...]:
    """Return the claims of the formats in which a file is read; none if its format is unknown."""
    claim = head.detection.best
    if chosen and head.lines and not (claim and claim.grammar):
        claim = head.detection.claims[0]
        if isinstance(chosen.grammar, Layout):
            # Whoever names a layout wants it, though the first lines do not show that it fits.
            claim = replace(claim, grammar=chosen.grammar)
    if not head.detection.lines and not claim and not head.damage:
        claim = _empty_claim(chosen)
    if not claim or not claim.grammar:
        return ()
    return (claim, *(() if chosen else head.detection.others))


def _misfit_of_times(head: Recognised, settings: ReadSettings) -> str | None:
    """Return why a file is not read where the user's time format does not fit either."""
    if settings.time_format is None or head.detection.best or not head.detection.lines:
        return None
    return _("no known format, and none whose times are written as {form!r}").format(
        form=settings.time_format
    )


def _empty_claim(chosen: Format | None) -> Claim:
    """Return the claim of the format in which an empty file is read."""
    log_format = chosen or registry()["combined"]
    return Claim(log_format, log_format.grammar, None, 0, 0)


def _parsing(claim: Claim, file: InputFile, settings: ReadSettings, privacy: Privacy) -> Parsing:
    assert claim.grammar is not None
    return Parsing(
        claim.format.name,
        claim.grammar,
        claim.wrapper,
        settings.timezone,
        settings.trusted_proxies,
        _last_day(file, claim.grammar),
        privacy,
        str(Path(settings.geoip).absolute()) if settings.geoip else "",
    )


def _last_day(file: InputFile, grammar: Grammar) -> str:
    """Return the day of a file's last change, if the times of its format lack the year."""
    if not isinstance(grammar, Layout) or grammar.has_year:
        return ""
    written = file.written
    try:
        if written is None:
            written = Path(file.path).stat().st_mtime if file.size is not None else time.time()
    except FileNotFoundError:  # removed since it was found
        written = time.time()
    return datetime.fromtimestamp(written, UTC).date().isoformat()


def _failure(file: InputFile, lines: Sequence[str], reason: str) -> str:
    name = printable(shown_path(file.name))
    if not lines:
        return f"{name}: {reason}"
    return _("{name}: {reason}. It begins:\n{lines}").format(
        name=name, reason=reason, lines=_example(lines)
    )


def _example(lines: Sequence[str]) -> str:
    shown = [line for line in lines if line.strip()][:EXAMPLE_LINES]
    return "\n".join(f"  {printable(line)[:EXAMPLE_CHARACTERS]}" for line in shown)
