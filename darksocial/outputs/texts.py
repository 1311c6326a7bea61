"""Names for people of what tables hold as short values, and sentences of several reports."""

from collections import Counter
from collections.abc import Sequence

from darksocial.checking import baseline
from darksocial.checking.baseline import Difference
from darksocial.checking.results import Checked
from darksocial.checks import ERROR, WARNING
from darksocial.language import gettext as _
from darksocial.language import ngettext
from darksocial.lookups import apps
from darksocial.printable import printable

BOT_REASONS = {
    "declared crawler": _("identifies itself as a crawler"),
    "automated browser": _("identifies itself as an automated browser"),
    "library or tool": _("is a software library or a command-line tool"),
    "no user agent": _("sends no user agent"),
    "reads robots.txt": _("asks for robots.txt, which browsers never do"),
    "pages without assets, too fast": _(
        "views pages faster than a person, without images, styles or scripts"
    ),
    "pages without assets": _("views several pages without images, styles or scripts"),
}
"""How a bot was recognised, by the reason in the tables (lookups/agents.py, visits/visitors.py)."""
NETWORKS = {
    "linkedin": "LinkedIn",
    "ok": "Odnoklassniki",
    "vk": "VK",
}
"""Public networks whose names are not only a capital away from those in the tables."""
CAUSES = {
    "dark social": _("dark social"),
    "direct": _("typed address, bookmark or history"),
    "lost search": _("search, referrer lost"),
    "lost social": _("public social network, referrer lost"),
    "lost email": _("mailing, not tagged"),
    "lost AI assistant": _("AI assistant, referrer lost"),
}
"""The causes of a visit (results/explain.py)."""
STATES = {
    ERROR: _("failed"),
    WARNING: _("warning"),
    "passed": _("passed"),
    "skipped": _("skipped"),
}
"""What became of a rule (checking/results.py)."""
VERDICT_NAMES = {
    baseline.UNCHANGED: _("same"),
    baseline.NOISE: _("noise"),
    baseline.TOO_FEW: _("too few cases"),
    baseline.TOLERATED: _("tolerated"),
    baseline.CHANGED: _("a change"),
}
"""The verdicts on differences from a baseline (checking/baseline.py)."""


def bot_reason(reason: str) -> str:
    """Return how a bot was recognised, in words; the reason itself where there are none."""
    return BOT_REASONS.get(reason, reason)


def cause(label: str) -> str:
    """Return the cause of a visit in words; the label itself where it is that of a channel."""
    return CAUSES.get(label, label)


def preview_app(app: str) -> str:
    """Return the name of an app or network that fetches link previews, as people write it."""
    return NETWORKS.get(app) or apps.label(app)


def not_read(file: str, reason: str) -> str:
    """Return the sentence that says why a file was not read."""
    return printable(_("{file} was not read: {reason}").format(file=file, reason=reason))


def state_counts(checked: Checked) -> str:
    """Return how many rules failed, passed and so on."""
    counts = Counter(result.state for result in checked.results)
    failed, warned, passed, skipped = (
        counts[state] for state in (ERROR, WARNING, "passed", "skipped")
    )
    listed = (
        (failed, ngettext("{n:,} failed", "{n:,} failed", failed)),
        (warned, ngettext("{n:,} warning", "{n:,} warnings", warned)),
        (passed, ngettext("{n:,} passed", "{n:,} passed", passed)),
        (skipped, ngettext("{n:,} skipped", "{n:,} skipped", skipped)),
    )
    return ", ".join(text.format(n=count) for count, text in listed if count)


def verdict(name: str) -> str:
    """Return the verdict on a difference, in words."""
    return VERDICT_NAMES[name]


def measure_counts(differences: Sequence[Difference]) -> str:
    """Return how many measures were compared with a baseline, by verdict."""
    counts = baseline.verdict_counts(differences).items()
    listed = ", ".join(f"{verdict(name)}: {count:,}" for name, count in counts)
    sentence = ngettext("{n:,} measure ({counts})", "{n:,} measures ({counts})", len(differences))
    return sentence.format(n=len(differences), counts=listed)
