"""Evidence to probabilities: the competing causes of each visit, weighed against each other.

A visit starts with the base rates of data/base_rates.csv. Each signal that speaks multiplies the
odds of the classes by what its finding says (naive Bayes), the strongest signal of each group
only. Visits that show the same findings have the same probabilities, so the weighing is done once
per distinct pattern of findings, and its cost does not grow with traffic.

Log-odds of a signal, as reports and the evidence column give them: the log-odds of dark social
with the signal, less the log-odds without it, all else equal. Natural logarithms throughout.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from darksocial import tables
from darksocial.channels import DARK_SOCIAL
from darksocial.engines import Engine
from darksocial.evidence import registry
from darksocial.evidence._signal import CLASSES, Level, Signal
from darksocial.schema import EVIDENCE

PROBABILITIES = tuple(f"p_{name}" for name in CLASSES if name != "booked")
CHANNEL_OF_CLASS = {
    "dark_social": DARK_SOCIAL,
    "direct": "Direct",
    "lost_search": "Organic Search",
    "lost_social": "Organic Social",
    "lost_email": "Email",
    "lost_ai": "AI Assistant",
}
DEVICES = ("mobile", "tablet", "desktop", "other")
CERTAIN = {"booked": 1.0}
"""Without evidence against it, a booked channel stands."""
BASE_RATE_FACTOR = 2.0
"""How far off the base odds of dark social may be, in 90 of 100 sites, either way: assumed."""
AGGREGATED_FACTOR = 4.0
"""The same for rows that stand for many sessions, of which most evidence is not known: assumed."""

WEIGHED = pa.schema(
    [
        ("pattern", pa.string()),
        *((name, pa.float64()) for name in PROBABILITIES),
        ("p_booked", pa.float64()),
        ("p_dark_low", pa.float64()),
        ("p_dark_high", pa.float64()),
        ("verdict", pa.string()),
        ("evidence", EVIDENCE),
    ]
)


@dataclass(frozen=True, slots=True)
class Finding:
    """A signal that spoke in a pattern, and what it said."""

    signal: Signal
    level: Level


def observed(engine: Engine, visits: ir.Table) -> ir.Table:
    """Return the visits with their `pattern`: what each signal found, and the base rates' key."""
    signals = registry().values()
    kind = ibis.ifelse(visits.channel_before == "Direct", "direct", "booked")
    device = ibis.ifelse(visits.device.isin(DEVICES), visits.device, "other")
    levels = [signal.observe(visits).fill_null("") for signal in signals]
    rows = ibis.ifelse(visits.aggregated, "rows", "sessions")
    pattern = ibis.literal("|").join([kind, device.fill_null("other"), rows, *levels])
    return engine.stage("observed", visits.mutate(pattern=pattern))


def attributed(engine: Engine, visits: ir.Table) -> ir.Table:
    """Return the visits with the columns of `WEIGHED`, `channel_after` and `app`.

    `visits` comes from `observed`. p_booked is the probability of the channel booked before; it
    and the six p_ columns of the contract sum to 1.
    """
    weighed = engine.look_up("weighed", visits.select("pattern").distinct(), weigh_patterns)
    joined = visits.join(weighed, "pattern")
    after = ibis.ifelse(joined.verdict == "booked", joined.channel_before, joined.verdict)
    in_app = ibis.ifelse(joined.in_app_kind == "private", joined.in_app, ibis.null("string"))
    app = ibis.coalesce(joined.referrer_app, in_app, joined.tag_app)
    return engine.stage("attributed", joined.mutate(channel_after=after, app=app))


def weigh_patterns(keys: pa.RecordBatch) -> pa.RecordBatch:
    """Return a batch of `WEIGHED` for a batch of patterns."""
    rows = [weigh(pattern) for pattern in keys.column("pattern").to_pylist()]
    return pa.RecordBatch.from_pylist(rows, schema=WEIGHED)


def weigh(pattern: str) -> dict[str, object]:
    """Return one row of `WEIGHED` for a pattern."""
    kind, device, rows, *levels = pattern.split("|")
    factor = AGGREGATED_FACTOR if rows == "rows" else BASE_RATE_FACTOR
    findings = counting_findings(levels)
    base = base_rates()[kind, device] if kind == "direct" or findings else CERTAIN
    found = posterior(base, findings)
    verdict = max(CLASSES, key=lambda name: found[name])
    return {
        "pattern": pattern,
        **{f"p_{name}": found[name] for name in CLASSES},
        "p_dark_low": posterior(_shifted(base, 1 / factor), findings)["dark_social"],
        "p_dark_high": posterior(_shifted(base, factor), findings)["dark_social"],
        "verdict": CHANNEL_OF_CLASS.get(verdict, verdict),
        "evidence": _evidence(base, findings),
    }


def counting_findings(levels: Sequence[str]) -> list[Finding]:
    """Return the findings that count: of each group the one that moves the classes furthest.

    `levels` holds one level (or '') for each signal in the order of the registry.
    """
    strongest: dict[str, Finding] = {}
    for signal, name in zip(registry().values(), levels, strict=True):
        if not name:
            continue
        finding = Finding(signal, signal.levels[name])
        rival = strongest.get(signal.group)
        if rival is None or _spread(finding.level) > _spread(rival.level):
            strongest[signal.group] = finding
    return list(strongest.values())


def posterior(base: Mapping[str, float], findings: Sequence[Finding]) -> dict[str, float]:
    """Return the probability of each class given base rates (which sum to 1) and findings."""
    scores = {
        name: math.log(rate) + sum(f.level.log_odds.get(name, 0.0) for f in findings)
        for name, rate in base.items()
        if rate > 0
    }
    highest = max(scores.values())
    weights = {name: math.exp(score - highest) for name, score in scores.items()}
    total = math.fsum(weights.values())
    return {name: weights.get(name, 0.0) / total for name in CLASSES}


@cache
def base_rates() -> dict[tuple[str, str], dict[str, float]]:
    """The table data/base_rates.csv: class to rate, by kind ('direct', 'booked') and device."""
    return {
        (row["kind"], row["device"]): {name: float(row[name]) for name in CLASSES}
        for row in tables.read("base_rates")
    }


def _shifted(base: Mapping[str, float], factor: float) -> dict[str, float]:
    """Base rates with the odds of dark social multiplied by `factor`."""
    weights = {name: rate * (factor if name == "dark_social" else 1) for name, rate in base.items()}
    total = math.fsum(weights.values())
    return {name: weight / total for name, weight in weights.items()}


def _spread(level: Level) -> float:
    values = [level.log_odds.get(name, 0.0) for name in CLASSES]
    return max(values) - min(values)


def _evidence(base: Mapping[str, float], findings: Sequence[Finding]) -> list[dict[str, object]]:
    with_all = _log_odds(posterior(base, findings)["dark_social"])
    rows: list[tuple[float, str, str]] = []
    for finding in findings:
        others = [other for other in findings if other is not finding]
        moved = with_all - _log_odds(posterior(base, others)["dark_social"])
        rows.append((moved, finding.signal.name, finding.level.note))
    rows.sort(key=lambda row: (-abs(row[0]), row[1]))
    return [{"signal": name, "log_odds": moved, "note": note} for moved, name, note in rows]


def _log_odds(probability: float) -> float:
    kept = min(max(probability, 1e-12), 1 - 1e-12)
    return math.log(kept / (1 - kept))
