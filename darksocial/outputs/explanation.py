"""Explained visits in the terminal: the causes with bars, and what each signal added."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from darksocial.lookups import apps
from darksocial.outputs.drawing import display
from darksocial.printable import printable
from darksocial.results.explain import ExplainedVisit
from darksocial.results.tempo import Grounds, Step

BAR_CELLS = 20
TEMPO_CELLS, TEMPO_TEXT = 60, 50


def show_visits(visits: Sequence[ExplainedVisit], console: Console | None = None) -> None:
    """Print visits one after the other."""
    console = console or Console()
    for visit in visits:
        display(console, _headline(visit))
        display(console, _facts(visit))
        display(console, _causes(visit))
        display(console, _evidence(visit))
        display(console)


def show_tempo(page: str, steps: Sequence[Step], console: Console | None = None) -> None:
    """Print a page over time: a bar for each stretch, and the shares that were seen."""
    console = console or Console(highlight=False)
    display(console, Text(printable(page), style="bold", overflow="fold"))
    most = max(step.booked + step.direct + step.dark for step in steps) or 1
    cells = min(TEMPO_CELLS, max(10, console.width - TEMPO_TEXT))
    table = Table.grid(padding=(0, 2))
    for step in steps:
        bar = Text()
        done = drawn = 0.0
        parts = ((step.dark, "█", "cyan"), (step.direct, "▒", ""), (step.booked, "·", "dim"))
        for part, sign, style in parts:
            done += part
            upto = round(done / most * cells)
            bar.append(sign * int(upto - drawn), style)
            drawn = upto
        seen = f"{step.booked + step.direct + step.dark:,.0f}"
        shares = Text(f"shared: {', '.join(step.shares)}" if step.shares else "", "yellow")
        table.add_row(f"  {step.start:%m-%d %H:%M}", Text(seen, justify="right"), bar, shares)
    display(console, table)
    display(console, "  █ passed on (expected)  ▒ other Direct  · booked otherwise; times in UTC\n")


def show_grounds(grounds: Grounds, console: Console | None = None) -> None:
    """Print what the visits of an app rest on."""
    console = console or Console(highlight=False)
    told = Text(printable(grounds.label), "bold").append(
        f": named for {grounds.visits:,} visits, of which {grounds.dark:,.0f} are expected to be "
        "dark social. They rest on:",
        "not bold",
    )
    display(console, told)
    for ground, visits in grounds.by_ground:
        display(console, f"  {visits:>6,}  {ground}")
    display(console)


def _headline(visit: ExplainedVisit) -> Text:
    line = Text(printable(visit.landing_path), style="bold", overflow="fold")
    line.append(f"\n{visit.started_at:%Y-%m-%d %H:%M:%S} UTC   session {visit.session_id}", "dim")
    return line


def _facts(visit: ExplainedVisit) -> Text:
    seen = [
        visit.device or "device not recorded",
        visit.browser or "browser not known",
        "new visitor" if visit.new_visitor else "known visitor",
        f"referrer {visit.referrer}" if visit.referrer else "no referrer",
    ]
    if visit.in_app:
        seen.insert(2, f"in-app browser of {apps.label(visit.in_app)}")
    after = visit.channel_after + (f", {apps.label(visit.app)}" if visit.app else "")
    booked = f"{visit.channel_before} ({visit.source_before} / {visit.medium_before})"
    told = map(printable, (", ".join(seen), f"booked as {booked}; most probably {after}"))
    return Text("\n".join(told))


def _causes(visit: ExplainedVisit) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(justify="right")
    table.add_column(no_wrap=True)
    for label, probability in visit.causes:
        bar = "█" * round(probability * BAR_CELLS)
        table.add_row(f"  {label}", f"{probability:.1%}", Text(bar, style="cyan"))
    return table


def _evidence(visit: ExplainedVisit) -> Table | Text:
    if not visit.evidence:
        return Text("  no signal spoke: the base rates decide")
    table = Table(box=None, pad_edge=False, padding=(0, 2), show_edge=False)
    table.add_column("  log-odds", justify="right", no_wrap=True)
    table.add_column("signal", no_wrap=True)
    table.add_column("what it saw")
    for item in visit.evidence:
        table.add_row(f"{item.log_odds:+.2f}", item.signal, item.note)
    return table
