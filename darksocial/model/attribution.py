"""Evidence to probabilities: the competing causes of each visit, weighed against each other.

A visit starts with the base rates of its site and device (learning.py). Each signal that speaks
multiplies the odds of the classes by what its finding says (naive Bayes), the strongest signal of
each group only. Visits that show the same findings have the same probabilities, so the weighing is
done once per distinct pattern of findings, and its cost does not grow with traffic.

Log-odds of a signal, as reports and the evidence column give them: the log-odds of dark social
with the signal, less the log-odds without it, all else equal. Natural logarithms throughout.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from darksocial import data
from darksocial.engines import Engine
from darksocial.lookups.channels import DARK_SOCIAL
from darksocial.model.learning import LEAST_VISITS, Learned, Rates, Seen, learn, posterior
from darksocial.model.losses import Loss, corrected, losses
from darksocial.model.priors import with_known_rates
from darksocial.schema import EVIDENCE
from darksocial.settings import Model
from darksocial.signals import CLASSES, Level, Signal, registry
from darksocial.visits.context import KEPT, KEY

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
Z_90 = 1.645
RATE_SPREAD = math.log(2) / Z_90
"""Spread of the log-odds of dark social among sites (standard deviation): in 90 of 100 sites they
are within a factor of two of the table's, assumed."""
WEIGHT_SPREAD = 0.8
"""The same for what the weights of the signals do to them, which no number of visits mends: set by
how often intervals held the truth on simulated sites (docs/accuracy.md)."""
MOST_PATTERNS = 100_000
"""200,000 visits of a simulated site show some 10,000 patterns: what is left out is rare, and with
it the process that learns holds a bounded table whatever the traffic."""
NAMING_ODDS = 0.5
LIKELY = 0.3
"""A preview names the app where the visit is about as likely its click as not, and dark at all."""
AGGREGATED_FACTOR = 4.0
"""The same for rows that stand for many sessions, of which most evidence is not known: assumed."""

RateTable = Mapping[tuple[str, str], Mapping[str, float]]
"""Base rates of the classes, by kind ('direct', 'booked') and device."""

WEIGHED = pa.schema(
    [
        ("teacher", pa.string()),
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


def observed(engine: Engine, visits: ir.Table, placed: ir.Table) -> ir.Table:
    """Return the visits with `pattern`, what each signal found, and `teacher`, whose rates count.

    `placed` is the visits with their context, of which only `KEPT` is kept. The teacher is the
    site where it has enough direct visits to learn from, else '' (all others).
    """
    signals = registry().values()
    kind = ibis.ifelse(placed.channel_before == "Direct", "direct", "booked")
    device = ibis.ifelse(placed.device.isin(DEVICES), placed.device, "other")
    levels = [signal.observe(placed).fill_null("") for signal in signals]
    rows = ibis.ifelse(placed.aggregated, "rows", "sessions")
    pattern = ibis.literal("|").join([kind, device.fill_null("other"), rows, *levels])
    found = engine.stage("observed", placed.select(*KEY, *KEPT, pattern=pattern))
    site = visits.site.fill_null("")
    teacher = ibis.ifelse(site.isin(_teachers(engine, visits)), site, "")
    return engine.view("observed_visits", visits.join(found, KEY).mutate(teacher=teacher))


def _teachers(engine: Engine, visits: ir.Table) -> list[str]:
    """The sites with enough direct visits to learn from."""
    direct = visits.filter(visits.channel_before == "Direct", visits.site.notnull())
    counted = direct.group_by("site").agg(n=direct.weight.sum())
    enough = counted.filter(counted.n >= LEAST_VISITS).order_by("site")
    return [row["site"] for row in engine.fetch(enough, "sites with enough visits").to_pylist()]


def attributed(engine: Engine, visits: ir.Table, model: Model) -> ir.Table:
    """Return the visits with the columns of `WEIGHED`, `channel_after` and `app`.

    `visits` comes from `observed`. Evidence is that of the pattern: it is joined only where it is
    asked for, since it would be the widest column of each visit. p_booked is the probability of the
    channel booked before; it and the six p_ columns of the contract sum to 1.
    """
    table = starting_rates(model)
    learned = lessons(engine, visits, table)
    keys = visits.select("teacher", "pattern").distinct()
    weigh_all = partial(weigh_patterns, learned=learned, table=table)
    weighed = engine.look_up("weighed", keys, weigh_all)
    joined = visits.join(weighed.drop("evidence"), ["teacher", "pattern"])
    after = ibis.ifelse(joined.verdict == "booked", joined.channel_before, joined.verdict)
    judged = engine.stage("attributed", joined.mutate(channel_after=after, app=_app(joined)))
    evidence = weighed.select("teacher", "pattern", "evidence")
    return engine.view("judged", judged.join(evidence, ["teacher", "pattern"]))


def lessons(engine: Engine, visits: ir.Table, table: RateTable) -> dict[str, Learned]:
    """What the direct visits of each teacher say of its base rates, which begin with `table`.

    The `MOST_PATTERNS` patterns with the most visits teach.
    """
    direct = visits.filter(visits.channel_before == "Direct", ~visits.aggregated)
    counted = direct.group_by("teacher", "pattern").agg(n=direct.weight.sum())
    seen: dict[str, list[Seen]] = {}
    most = counted.order_by([counted.n.desc(), counted.teacher, counted.pattern])
    taught = engine.fetch(most.limit(MOST_PATTERNS), "patterns to learn from").sort_by(
        [("teacher", "ascending"), ("pattern", "ascending")]
    )
    for row in taught.to_pylist():
        _, device, _, *levels = row["pattern"].split("|")
        one = Seen(device, row["n"], summed(counting_findings(levels)))
        seen.setdefault(row["teacher"], []).append(one)
    assumed = {device: rates for (kind, device), rates in table.items() if kind == "direct"}
    told = losses(engine, visits)
    return {
        teacher: learn(_with_losses(assumed, told.get(teacher, {}), rows), rows)
        for teacher, rows in seen.items()
    }


def _with_losses(
    assumed: Mapping[str, Rates], told: Mapping[str, Loss], rows: Sequence[Seen]
) -> dict[str, Rates]:
    direct = math.fsum(row.visits for row in rows)
    return {device: corrected(rates, told, direct) for device, rates in assumed.items()}


def _app(visits: ir.Table) -> ir.StringValue:
    """Referrer, in-app browser and tag name the app; else the preview that the visit followed."""
    in_app = ibis.ifelse(visits.in_app_kind == "private", visits.in_app, ibis.null("string"))
    odds = visits.shares_expected / visits.direct_expected
    copied = (visits.copy_expected / visits.campaign_expected).fill_null(0.0)
    followed = (odds >= NAMING_ODDS) | (copied >= NAMING_ODDS)
    known = (visits.share_app == "meta").ifelse("messenger", visits.share_app)
    previewed = ibis.ifelse(followed & (visits.p_dark_social >= LIKELY), known, ibis.null("string"))
    return ibis.coalesce(visits.referrer_app, in_app, visits.tag_app, previewed)


def weigh_patterns(
    keys: pa.RecordBatch, learned: Mapping[str, Learned], table: RateTable
) -> pa.RecordBatch:
    """Return a batch of `WEIGHED` for a batch of teachers and patterns."""
    rows = [weigh(key["pattern"], key["teacher"], learned, table) for key in keys.to_pylist()]
    return pa.RecordBatch.from_pylist(rows, schema=WEIGHED)


def weigh(
    pattern: str, teacher: str, learned: Mapping[str, Learned], table: RateTable
) -> dict[str, object]:
    """Return one row of `WEIGHED` for a pattern, with the base rates that its teacher taught."""
    kind, device, rows, *levels = pattern.split("|")
    findings = counting_findings(levels)
    lesson = learned.get(teacher)
    factor = AGGREGATED_FACTOR if rows == "rows" else spread_factor(lesson)
    base: Mapping[str, float] = table[kind, device]
    if kind == "direct" and lesson and rows != "rows":
        base = lesson.rates[device]
    if kind != "direct" and not findings:
        base = CERTAIN
    said = summed(findings)
    found = posterior(base, said)
    verdict = max(CLASSES, key=lambda name: found[name])
    return {
        "teacher": teacher,
        "pattern": pattern,
        **{f"p_{name}": found[name] for name in CLASSES},
        "p_dark_low": posterior(_shifted(base, 1 / factor), said)["dark_social"],
        "p_dark_high": posterior(_shifted(base, factor), said)["dark_social"],
        "verdict": CHANNEL_OF_CLASS.get(verdict, verdict),
        "evidence": _evidence(base, findings),
    }


def spread_factor(lesson: Learned | None) -> float:
    """How far off the base odds of dark social may be, either way, in 90 of 100 sites.

    What the table may be off by falls with what the site's visits tell; what the weights of the
    signals may be off by stays.
    """
    information = lesson.information if lesson else 0.0
    from_rates = 1 / (1 / RATE_SPREAD**2 + information)
    return math.exp(Z_90 * math.sqrt(from_rates + WEIGHT_SPREAD**2))


def summed(findings: Sequence[Finding]) -> dict[str, float]:
    """The log-odds of all findings together, by class."""
    return {name: math.fsum(f.level.log_odds.get(name, 0.0) for f in findings) for name in CLASSES}


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


def starting_rates(model: Model) -> RateTable:
    """The base rates before the site is asked: the table's, or what its owner knows."""
    return {
        (kind, device): with_known_rates(rates, model) if kind == "direct" else rates
        for (kind, device), rates in base_rates().items()
    }


@cache
def base_rates() -> dict[tuple[str, str], dict[str, float]]:
    """The table data/base_rates.csv: class to rate, by kind ('direct', 'booked') and device."""
    return {
        (row["kind"], row["device"]): {name: float(row[name]) for name in CLASSES}
        for row in data.read("base_rates")
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
    with_all = _log_odds(posterior(base, summed(findings))["dark_social"])
    rows: list[tuple[float, str, str]] = []
    for finding in findings:
        others = [other for other in findings if other is not finding]
        moved = with_all - _log_odds(posterior(base, summed(others))["dark_social"])
        rows.append((moved, finding.signal.name, finding.level.note))
    rows.sort(key=lambda row: (-abs(row[0]), row[1]))
    return [{"signal": name, "log_odds": moved, "note": note} for moved, name, note in rows]


def _log_odds(probability: float) -> float:
    kept = min(max(probability, 1e-12), 1 - 1e-12)
    return math.log(kept / (1 - kept))
