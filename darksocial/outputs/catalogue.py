"""Formats and signals in the terminal."""

from collections.abc import Callable, Iterable

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from darksocial.formats import registry as sources
from darksocial.inputs.gaps import missing_evidence
from darksocial.inputs.recognise import Recognised
from darksocial.outputs.drawing import display
from darksocial.printable import printable
from darksocial.privacy.lines import redacted
from darksocial.signals import Signal, documentation, registry

WAYS_OUT = (
    "--log-format with the directive from the server's configuration, or, for JSON, CSV, TSV and "
    "Parquet, --map time=KEY,url=KEY,referrer=KEY,user_agent=KEY"
)
LONGEST = 160
SHORT = {
    "dark_social": "dark",
    "direct": "direct",
    "lost_search": "search",
    "lost_social": "social",
    "lost_email": "email",
    "lost_ai": "AI",
    "booked": "booked",
}


def show_formats() -> None:
    """Print the formats: name, title, and the fields that each records."""
    console = Console()
    table = Table(box=None, pad_edge=False, padding=(0, 2))
    table.add_column("format", no_wrap=True)
    table.add_column("what it is and records")
    for log_format in sources().values():
        fields = ", ".join(sorted(log_format.can_record))
        table.add_row(log_format.name, Text(log_format.title).append(f"\n{fields}", "dim"))
    display(console, table)
    display(
        console,
        "\nAny other Apache LogFormat or nginx log_format: --log-format, --log-format-from.",
    )


def show_recognised(files: Iterable[Recognised], *, keep_identifiers: bool = False) -> None:
    """Print what each file would be read as, and why; lines are redacted unless identifiers are
    kept."""
    console = Console()
    for file in files:
        display(console, Text(printable(file.path), style="bold"))
        for line in _reasons(file, str if keep_identifiers else redacted):
            display(console, Padding(Text(printable(line)), (0, 0, 0, 2)))


def _reasons(file: Recognised, shown: Callable[[str], str]) -> Iterable[str]:
    container = None if file.container == "lines" else file.container
    held = " in ".join(filter(None, (container, file.compression)))
    compressed = f" ({held})" if held else ""
    best, nearest = file.detection.best, file.detection.nearest
    if best and best.grammar:
        inside = f" in {best.wrapper.name}" if best.wrapper else ""
        yield f"{best.format.name}{inside}: {best.format.title}{compressed}"
        yield f"{best.matched} of the first {best.lines} {_units(file)} match"
        yield f"records {', '.join(sorted(best.grammar.records))}"
        yield from missing_evidence(best.grammar.records)
        rivals = [claim for claim in file.detection.claims[1:] if claim.matched == best.matched]
        for rival in rivals:
            yield f"{rival.format.name} matches as many lines and tells less, or allows more"
    elif not file.lines:
        yield f"{file.damage or 'empty: nothing to read'}{compressed}"
    else:
        yield f"no known format{compressed}"
        if nearest:
            name, share = nearest.format.name, f"{nearest.matched} of {nearest.lines}"
            yield f"nearest: {name}, {share} {_units(file)} match"
        else:
            yield f"no format matches any of the first {len(file.lines)} {_units(file)}"
            yield f"the first: {_cut(shown(next(filter(str.strip, file.lines), '')))}"
        yield f"what helps: {WAYS_OUT}"
    claim = best or nearest
    if claim and claim.misfit:
        yield f"{_units(file)[:-1]} {claim.misfit} does not: {_cut(shown(claim.example))}"


def _units(file: Recognised) -> str:
    return "lines" if file.container == "lines" else "records"


def _cut(text: str) -> str:
    return printable(text)[:LONGEST]


def show_signals() -> None:
    """Print the signals: findings, log-odds by class, source."""
    console = Console()
    for signal in registry().values():
        display(console, Text(signal.name, style="bold").append(f"   group {signal.group}", "dim"))
        _show_levels(console, signal)
        display(console)


def _show_levels(console: Console, signal: Signal) -> None:
    for level in signal.levels.values():
        weights = "  ".join(f"{SHORT[c]} {x:+.1f}" for c, x in level.log_odds.items())
        display(console, Padding(Text(level.note), (0, 0, 0, 2)))
        display(console, Padding(Text(weights, style="cyan"), (0, 0, 0, 4)))
        display(console, Padding(Text(f"source: {level.source}", style="dim"), (0, 0, 0, 4)))


def show_signal(name: str) -> None:
    """Print the documentation of one signal and its weights."""
    console = Console()
    for paragraph in documentation(name).split("\n\n"):
        display(console, Text(paragraph.replace("\n", " "), end="\n\n"))
    _show_levels(console, registry()[name])
