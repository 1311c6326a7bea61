"""The evaluation of one analysis against the truth."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from darksocial import arguments
from darksocial.errors import InputError
from darksocial.evaluation import metrics, truth
from darksocial.evaluation.metrics import Bin
from darksocial.evaluation.rules import RULES
from darksocial.language import gettext as _
from darksocial.privacy.secret import usable_secret

SHARE_SECONDS = 60
SESSION = ("visitor_id", "started_at", "channel_before", "p_dark_social")
FOUND = 0.5


@dataclass(frozen=True, slots=True)
class RuleResult:
    """How one rule ranks and counts the visits booked as Direct; null: it ranks nothing."""

    name: str
    auc: float | None
    average_precision: float | None
    brier_ratio: float | None
    counted: float


@dataclass(frozen=True, slots=True)
class Part:
    """So many of so many."""

    found: int
    of: int

    @property
    def share(self) -> float | None:
        """Found by all, 0 to 1; null where there are none."""
        return self.found / self.of if self.of else None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One analysis beside the truth.

    `sessions` and `visits` count what each side has, `joined` those that are one another. Of the
    joined sessions booked as Direct there are `direct`, of which `dark` were dark in truth; the
    analysis expected `expected`, between `low` and `high`. `named` counts dark visits for which
    an app is named, `right` the named ones with the right app. `scrapers` counts those kept out of
    the sessions, `echoes` campaign links passed on by hand that were found, `shares` previews.
    """

    sessions: int
    visits: int
    joined: int
    direct: int
    dark: int
    expected: float
    low: float
    high: float
    rules: tuple[RuleResult, ...]
    calibration: tuple[Bin, ...]
    named: Part
    right: Part
    scrapers: Part
    echoes: Part
    shares: Part

    @property
    def model(self) -> RuleResult:
        """The figures of darksocial itself."""
        return self.rules[0]

    @property
    def holds(self) -> bool:
        """Whether the interval holds the truth."""
        return self.low <= self.dark <= self.high


def evaluate(out: arguments.Place, truth_file: arguments.Place, secret: str) -> Evaluation:
    """Compare what `analyze` wrote into `out` with the truth in `truth_file` (JSON lines).

    `secret` is the one with which the visitor ids of `out` were made.

    Raises InputError where either cannot be read, or where no session is a visit of the truth, and
    UsageError for an empty secret.
    """
    out, truth_file = arguments.folder("out", out), arguments.folder("truth_file", truth_file)
    secret = usable_secret(secret)
    sessions, summary = _sessions(out)
    known = truth.read(truth_file, secret)
    both = truth.joined(sessions, known.visits)
    if both.empty:
        raise InputError(
            f"no session in {out} is a visit in {truth_file}",
            expected="the truth about the log that was analysed, and its key",
            advice=_("keep OUT.key beside OUT, or name its `secret`"),
        )
    direct = both[both.channel_before == "Direct"]
    dark = direct[direct.dark]
    named = dark[dark.app.notna()]
    echoes = both[both.cause == "utm_echo"]
    counted = summary["dark_social"]
    return Evaluation(
        sessions=len(sessions),
        visits=len(known.visits),
        joined=len(both),
        direct=len(direct),
        dark=len(dark),
        expected=counted["direct_expected"],
        low=counted["direct_low"],
        high=counted["direct_high"],
        rules=rules_of(direct),
        calibration=metrics.calibration(*_arrays(direct, direct.p_dark_social)),
        named=Part(len(named), len(dark)),
        right=Part(int((named.app == named.true_app).sum()), len(named)),
        scrapers=_scrapers(sessions, known.bots),
        echoes=Part(int((echoes.p_dark_social >= FOUND).sum()), len(echoes)),
        shares=_shares(out, known.shares),
    )


def rules_of(direct: pd.DataFrame) -> tuple[RuleResult, ...]:
    """darksocial and the simpler rules on the same visits."""
    scores = {"darksocial": direct.p_dark_social.to_numpy(np.float64)}
    scores |= {name: rule(direct) for name, rule in RULES.items()}
    dark = direct.dark.to_numpy(np.bool_)
    return tuple(
        RuleResult(
            name,
            metrics.auc(dark, score),
            metrics.average_precision(dark, score),
            metrics.brier_ratio(dark, score),
            float(score.sum()),
        )
        for name, score in scores.items()
    )


def _arrays(direct: pd.DataFrame, score: pd.Series) -> tuple[metrics.Truth, metrics.Score]:
    return direct.dark.to_numpy(np.bool_), score.to_numpy(np.float64)


def _sessions(out: Path) -> tuple[pd.DataFrame, dict[str, dict[str, float]]]:
    try:
        summary = json.loads((out / "summary.json").read_text("utf-8"))
        sessions = pd.read_parquet(out / "sessions")
    except (OSError, ValueError) as error:
        raise _unreadable(out, str(error)) from error
    if missing := [name for name in SESSION if name not in sessions]:
        raise _unreadable(out, f"its sessions have no {missing[0]}")
    return sessions, summary


def _unreadable(out: Path, reason: str) -> InputError:
    return InputError(
        f"{out} cannot be read: {reason}", expected="a folder that `darksocial analyze` wrote"
    )


def _scrapers(sessions: pd.DataFrame, bots: pd.DataFrame) -> Part:
    scrapers = set(bots[bots.kind == "scraper"].visitor_id)
    return Part(len(scrapers - set(sessions.visitor_id)), len(scrapers))


def _shares(out: Path, shares: pd.DataFrame) -> Part:
    """Shares with a preview: those found on the same page within a minute, with the right app."""
    with_preview = shares[shares.preview_time.notna()].astype({"path": str, "app": str})
    try:
        found = pd.read_parquet(out / "shares.parquet", columns=["time", "app", "path"])
    except (OSError, ValueError) as error:
        raise _unreadable(out, str(error)) from error
    app = found.app.replace("meta", "messenger")
    seen = found.assign(app=app, at=found.time).sort_values("at")
    wanted = with_preview.assign(
        at=pd.to_datetime(with_preview.preview_time, utc=True).astype("datetime64[us, UTC]")
    ).sort_values("at")
    matched = pd.merge_asof(
        wanted[["at", "path", "app"]],
        seen[["at", "path", "app", "time"]],
        on="at",
        by=["path", "app"],
        direction="backward",
        tolerance=pd.Timedelta(seconds=SHARE_SECONDS),
    )
    return Part(int(matched.time.notna().sum()), len(wanted))
