"""The evaluation of one analysis against the truth."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from darksocial import arguments
from darksocial.errors import InputError
from darksocial.evaluation import metrics, truth
from darksocial.evaluation.channels import ChannelCount, channel_counts
from darksocial.evaluation.metrics import Bin
from darksocial.evaluation.rules import RULES
from darksocial.language import gettext as _
from darksocial.privacy.secret import usable_secret
from darksocial.report.estimates import CAUSE_COLUMNS
from darksocial.schema import ARRIVAL

PREVIEW_TOLERANCE_SECONDS = 60
SESSION_COLUMNS = ("visitor_id", "started_at", "began", "channel_before", *CAUSE_COLUMNS)
MIN_PROBABILITY = 0.5
"""A copied campaign link is recognised if its visit is more probably dark than not."""


@dataclass(frozen=True, slots=True)
class RuleResult:
    """How one rule ranks and counts the visits booked as Direct; a figure that is not defined is
    null."""

    name: str
    auc: float | None
    average_precision: float | None
    brier_ratio: float | None
    counted: float


@dataclass(frozen=True, slots=True)
class Part:
    """How many of all were recognised: `found` of `of`."""

    found: int
    of: int

    @property
    def share(self) -> float | None:
        """The proportion that was recognised, 0 to 1; null if there are none."""
        return self.found / self.of if self.of else None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One analysis beside the truth.

    `sessions` and `visits` count what each side has, `joined` the sessions that are a true visit.
    Of the joined sessions booked as Direct there are `direct`, of which `dark` were dark in truth;
    the analysis expected `expected`, between `low` and `high`. `named` counts dark visits for which
    an app is identified, `right` those of them with the right app. `scrapers` counts those that are
    in no session, `echoes` copied campaign links that were recognised, `shares` link previews.
    `channels` has all joined sessions by where they came from.
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
    channels: tuple[ChannelCount, ...]
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

    `secret` is the key of the visitor ids in `out`.

    Raises InputError if either cannot be read, or if no session is a visit of the truth, and
    UsageError for an empty secret.
    """
    out, truth_file = arguments.folder("out", out), arguments.folder("truth_file", truth_file)
    secret = usable_secret(secret)
    sessions, summary = _sessions(out)
    labelled = truth.read(truth_file, secret)
    both = truth.joined(sessions, labelled.visits)
    if both.empty:
        raise InputError(
            _("No session in {out} is a visit in {truth}.").format(out=out, truth=truth_file),
            expected=_("the truth about the log that was analysed, and the key of its visitor ids"),
            advice=_("keep OUT.key beside OUT, or name its `secret`"),
        )
    direct = both[(both.channel_before == "Direct") & (both.began.fillna(ARRIVAL) == ARRIVAL)]
    dark = direct[direct.dark]
    with_app = dark[dark.app.notna()]
    echoes = both[both.cause == "utm_echo"]
    counted = summary["dark_social"]
    return Evaluation(
        sessions=len(sessions),
        visits=len(labelled.visits),
        joined=len(both),
        direct=len(direct),
        dark=len(dark),
        expected=counted["direct_expected"],
        low=counted["direct_low"],
        high=counted["direct_high"],
        rules=rules_of(direct),
        calibration=metrics.calibration(*_arrays(direct, direct.p_dark_social)),
        channels=channel_counts(both),
        named=Part(len(with_app), len(dark)),
        right=Part(int((with_app.app == with_app.true_app).sum()), len(with_app)),
        scrapers=_scrapers(sessions, labelled.bots),
        echoes=Part(int((echoes.p_dark_social >= MIN_PROBABILITY).sum()), len(echoes)),
        shares=_shares(out, labelled.shares),
    )


def rules_of(direct: pd.DataFrame) -> tuple[RuleResult, ...]:
    """Return the figures of darksocial and of the simpler rules for the same visits."""
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
    if missing := [name for name in SESSION_COLUMNS if name not in sessions]:
        reason = _("its sessions have no column {column}").format(column=missing[0])
        raise _unreadable(out, reason)
    return sessions, summary


def _unreadable(out: Path, reason: str) -> InputError:
    return InputError(
        _("{path} cannot be read: {reason}").format(path=out, reason=reason),
        expected=_("a folder that `darksocial analyze` wrote"),
    )


def _scrapers(sessions: pd.DataFrame, bots: pd.DataFrame) -> Part:
    scrapers = set(bots[bots.kind == "scraper"].visitor_id)
    return Part(len(scrapers - set(sessions.visitor_id)), len(scrapers))


def _shares(out: Path, shares: pd.DataFrame) -> Part:
    """Return how many shares with a link preview are in the table of shares: on the same page,
    within a minute, with the right app."""
    with_preview = shares[shares.preview_time.notna()].astype({"path": str, "app": str})
    try:
        observed = pd.read_parquet(out / "shares.parquet", columns=["time", "app", "path"])
    except (OSError, ValueError) as error:
        raise _unreadable(out, str(error)) from error
    app = observed.app.replace("meta", "messenger")
    observed = observed.assign(app=app, at=observed.time).sort_values("at")
    wanted = with_preview.assign(
        at=pd.to_datetime(with_preview.preview_time, utc=True).astype("datetime64[us, UTC]")
    ).sort_values("at")
    matched = pd.merge_asof(
        wanted[["at", "path", "app"]],
        observed[["at", "path", "app", "time"]],
        on="at",
        by=["path", "app"],
        direction="backward",
        tolerance=pd.Timedelta(seconds=PREVIEW_TOLERANCE_SECONDS),
    )
    return Part(int(matched.time.notna().sum()), len(wanted))
