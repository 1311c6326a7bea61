"""Trees of tracked shares: how far links travelled, and what follows of it.

A tree holds the shares of one root. A share whose parent is not known is in its tree, but below
nobody: virality is that of what hangs together. Ids are typed by strangers: one whose generation
jumps is in its tree, too, but makes it no deeper, and is in no row of generations and not in K.

Sources: structural virality is the mean distance of all pairs of shares (Goel, Anderson, Hofman and
Watts, "The Structural Virality of Online Diffusion", 2015), here by the sizes of subtrees; K is
shares for each new visitor times new visitors for each share.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import NormalDist, median, variance

from darksocial.tracking.share_id import MANY_CLICKS, MOSTLY_PUBLIC, SHARE_METHODS

Key = tuple[str, str]
"""Root and key of a share. Keys are short: two trees may hold the same."""
MATURE_AFTER = timedelta(days=7)
"""Younger shares are not finished, and left out of K. Assumed: half of the clicks of a shared link
come within hours."""
CHATBOT_STRANGERS, LATE_PART = 10, 0.5
CHATBOT_AFTER = timedelta(days=2)
"""A chatbot sends one link to stranger after stranger: so many of them, and such a part of the
visits longer after the last fetch of its preview than people take to open what was shared
(RESPONSE in visits/surroundings.py ends there). Assumed."""
OF_SITE_METHODS = (SHARE_METHODS["l"], SHARE_METHODS["q"])
"""The methods of links that the site hands out."""
COVERAGE = 0.9
HIGH = NormalDist().inv_cdf((1 + COVERAGE) / 2)


@dataclass(frozen=True, slots=True)
class TrackedShare:
    """One share with an id that is in the log.

    root, key: its tree, and itself.
    generation, method: what the id says.
    page: the page that was shared, the one of most visits.
    apps: the apps that fetched a preview with the id, in alphabetical order.
    parent: the key of the share by which the sharer came; None: generation 1, or not known.
    minted_at: when the id is first in the log.
    previewed_at: when its preview was last fetched; None: it was not.
    is_tagged_by_chatbot: whether tags beside the id say that a chatbot sent the link.
    is_repeated: whether its id is in the log with other generations, too: it was typed or changed.
    clicks: when each visit came that carried the id, in order; likely bots are none.
    new_visitors: how many of these visits were of new visitors.
    public_clicks: how many came with the referrer of another site: the link was posted in public.
    """

    root: str
    key: str
    generation: int
    method: str
    page: str
    apps: tuple[str, ...]
    parent: str | None
    minted_at: datetime
    clicks: tuple[datetime, ...]
    new_visitors: int
    public_clicks: int
    previewed_at: datetime | None = None
    is_tagged_by_chatbot: bool = False
    is_repeated: bool = False

    @property
    def is_of_chatbot(self) -> bool:
        """Whether a chatbot gave the link: its tags say so, or one id was given to many strangers,
        with a preview long before."""
        if self.is_tagged_by_chatbot or self.previewed_at is None:
            return self.is_tagged_by_chatbot
        late = sum(1 for click in self.clicks if click - self.previewed_at > CHATBOT_AFTER)
        is_late = late >= LATE_PART * len(self.clicks)
        return self.new_visitors >= CHATBOT_STRANGERS and is_late and not self.is_public

    @property
    def is_public(self) -> bool:
        """Whether the link was posted in public."""
        count = len(self.clicks)
        return count >= MANY_CLICKS and self.public_clicks >= MOSTLY_PUBLIC * count

    @property
    def is_private(self) -> bool:
        """Whether one person shared the link with others: the site did not hand it out, and nobody
        posted it."""
        return self.method not in OF_SITE_METHODS and not self.is_public


@dataclass(frozen=True, slots=True)
class Tree:
    """The shares of one root.

    root: the id of the first share.
    page: the page of its first share in the log.
    shares, clicks: how many there are.
    depth: the highest generation that is reached without a jump.
    virality: the mean distance of two shares that hang together; None where no two do.
    orphans: shares of generation 2 or later whose parent is not known.
    """

    root: str
    page: str
    shares: int
    clicks: int
    depth: int
    virality: float | None
    orphans: int


@dataclass(frozen=True, slots=True)
class Rate:
    """A figure with its interval of 90%."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Generation:
    """The shares of one generation, their clicks, and how many shares of the next there are for
    each of them (None in the last)."""

    generation: int
    shares: int
    clicks: int
    reproduction: Rate | None


@dataclass(frozen=True, slots=True)
class SharesReport:
    """What tracked shares show.

    shares: those of people with an id in the log, in the order of time; `trees` are made of them,
        those with most clicks first.
    chatbots: the links that chatbots gave. Nothing else here counts them.
    used: how many of them brought a visit.
    clicks_per_share: visits for each share in private. None: there is none.
    by_app, by_method: name, shares and clicks, most clicks first. A share of several apps counts
        for each; a visit whose address says the method alone is of no share.
    generations: one row each, without `jumps`.
    jumps: how many shares are of a generation before which their tree has none, but earlier ones.
    repeated: how many shares are in the log with more than one generation.
    mature: how many shares are older than seven days.
    k: new shares that a share brings, of the mature ones. None: there is none.
    reach: by how much sharing multiplies visitors, 1 / (1 - K). None: K is 1 or more, or unknown.
    half_life_seconds: from the first to the median click of shares with two clicks or more, the
        median of them. None: there is none.
    key_changes: the days of a store from which on visitors have ids by another key.
    """

    shares: tuple[TrackedShare, ...]
    chatbots: tuple[TrackedShare, ...]
    trees: tuple[Tree, ...]
    used: int
    clicks_per_share: Rate | None
    by_app: tuple[tuple[str, int, int], ...]
    by_method: tuple[tuple[str, int, int], ...]
    generations: tuple[Generation, ...]
    jumps: int
    repeated: int
    mature: int
    k: float | None
    reach: float | None
    half_life_seconds: float | None
    key_changes: tuple[date, ...] = ()


def report_of(
    shares: Sequence[TrackedShare], until: datetime, by_method: Mapping[str, int] | None = None
) -> SharesReport:
    """Return what shares show, given that the log ends at `until`.

    `by_method` are the visits whose address says the method alone, by method.
    """
    chatbots = tuple(share for share in shares if share.is_of_chatbot)
    shares = [share for share in shares if not share.is_of_chatbot]
    clicks = [len(share.clicks) for share in shares]
    by_people = [len(share.clicks) for share in shares if share.is_private]
    lives = [
        (median(click.timestamp() for click in share.clicks) - share.clicks[0].timestamp())
        for share in shares
        if len(share.clicks) > 1
    ]
    reached = _without_jumps(shares)
    mature = [share for share in reached if until - share.minted_at >= MATURE_AFTER]
    k = _new_shares_each(mature)
    return SharesReport(
        shares=tuple(shares),
        chatbots=chatbots,
        trees=tuple(trees_of(shares)),
        used=sum(1 for count in clicks if count),
        clicks_per_share=mean_rate(by_people),
        by_app=_counted((app, share) for share in shares for app in share.apps),
        by_method=_counted(((share.method, share) for share in shares), by_method),
        generations=tuple(_generations(reached)),
        jumps=len(shares) - len(reached),
        repeated=sum(share.is_repeated for share in shares),
        mature=len(mature),
        k=k,
        reach=None if k is None or k >= 1 else 1 / (1 - k),
        half_life_seconds=median(lives) if lives else None,
    )


def _without_jumps(shares: Sequence[TrackedShare]) -> list[TrackedShare]:
    """Return the shares whose generation follows on another one of their tree, or begins it: who
    made a share had opened one of the generation before, so that one is in the log as well."""
    last = {root: last_generation(group) for root, group in _by_root(shares).items()}
    return [share for share in shares if share.generation <= last[share.root]]


def last_generation(shares: Iterable[TrackedShare]) -> int:
    """Return the highest generation of one tree that is reached from its lowest without a jump."""
    generations = {share.generation for share in shares}
    last = min(generations)
    while last + 1 in generations:
        last += 1
    return last


def _new_shares_each(shares: Sequence[TrackedShare]) -> float | None:
    """Return K: shares for each new visitor that shares brought, times new visitors a share.

    The visitors cancel out: it is the part of all shares that visitors of shares made.
    """
    further = sum(1 for share in shares if share.generation > 1)
    return further / len(shares) if shares else None


def _counted(
    pairs: Iterable[tuple[str, TrackedShare]], others: Mapping[str, int] | None = None
) -> tuple[tuple[str, int, int], ...]:
    """Return name, shares and clicks; `others` are clicks of no share."""
    shares: Counter[str] = Counter()
    clicks = Counter(others or {})
    for name, share in pairs:
        shares[name] += 1
        clicks[name] += len(share.clicks)
    order = sorted({*shares, *clicks}, key=lambda name: (-clicks[name], name))
    return tuple((name, shares[name], clicks[name]) for name in order)


def _generations(shares: Sequence[TrackedShare]) -> Iterable[Generation]:
    counts = Counter(share.generation for share in shares)
    clicks: Counter[int] = Counter()
    for share in shares:
        clicks[share.generation] += len(share.clicks)
    for generation in sorted(counts):
        after = counts[generation + 1]
        is_last = generation == max(counts)
        ratio = None if is_last else ratio_rate(after, counts[generation])
        yield Generation(generation, counts[generation], clicks[generation], ratio)


def mean_rate(counts: Sequence[int]) -> Rate | None:
    """Return the mean of counts, with the interval of a gamma distribution of its mean and
    variance: counts of shares vary more than those of Poisson. None without a count."""
    if not counts:
        return None
    total, number = sum(counts), len(counts)
    # Half an event keeps the upper bound above 0 where nothing was counted (Jeffreys' prior).
    centre = (total + 0.5) / number
    spread = max(centre, variance(counts) if number > 1 else centre) / number
    shape = centre * centre / spread
    low, high = (_gamma_quantile(shape, z) * spread / centre for z in (-HIGH, HIGH))
    return Rate(total / number, min(low, total / number), high)


def _gamma_quantile(shape: float, z: float) -> float:
    """Return a quantile of the gamma distribution of scale 1 (Wilson and Hilferty, 1931)."""
    part = 1 / (9 * shape)
    return shape * max(0.0, 1 - part + z * math.sqrt(part)) ** 3


def ratio_rate(after: int, before: int) -> Rate:
    """Return `after` / `before`, two Poisson counts, with the interval that follows from the
    proportion of `after` in both (Wilson's score, 1927)."""
    n = after + before
    share = after / n
    middle = (share + HIGH**2 / (2 * n)) / (1 + HIGH**2 / n)
    half = HIGH / (1 + HIGH**2 / n) * math.sqrt(share * (1 - share) / n + (HIGH / (2 * n)) ** 2)
    low, high = max(0.0, middle - half), min(1.0, middle + half)
    return Rate(after / before, low / (1 - low), high / (1 - high) if high < 1 else math.inf)


def trees_of(shares: Iterable[TrackedShare]) -> list[Tree]:
    """Return the trees of shares, those with most clicks first."""
    trees = [_tree(root, group) for root, group in _by_root(shares).items()]
    return sorted(trees, key=lambda tree: (-tree.clicks, -tree.shares, tree.root))


def _by_root(shares: Iterable[TrackedShare]) -> Mapping[str, list[TrackedShare]]:
    by_root: dict[str, list[TrackedShare]] = defaultdict(list)
    for share in shares:
        by_root[share.root].append(share)
    return by_root


def _tree(root: str, shares: Sequence[TrackedShare]) -> Tree:
    first = min(shares, key=lambda share: (share.minted_at, share.key))
    children = children_of(shares)
    orphans = sum(1 for share in children[None] if share.generation > 1)
    return Tree(
        root,
        first.page,
        len(shares),
        sum(len(share.clicks) for share in shares),
        last_generation(shares),
        structural_virality(children),
        orphans,
    )


def children_of(
    shares: Sequence[TrackedShare],
) -> Mapping[str | None, list[TrackedShare]]:
    """Return the shares of one tree by the key of their parent; None: it is not in the log.

    Ids are typed by strangers: a parent has to be in the tree, one generation above.
    """
    generations = {share.key: share.generation for share in shares}
    children: dict[str | None, list[TrackedShare]] = defaultdict(list)
    for share in sorted(shares, key=lambda share: (share.generation, share.minted_at, share.key)):
        above = generations.get(share.parent or "")
        children[share.parent if above == share.generation - 1 else None].append(share)
    return children


def structural_virality(children: Mapping[str | None, Sequence[TrackedShare]]) -> float | None:
    """Return the mean distance of two shares over all parts of a tree that hang together."""
    distances, pairs = 0, 0
    for top in children.get(None, ()):
        order: list[TrackedShare] = [top]
        for share in order:
            order.extend(children.get(share.key, ()))
        sizes: Counter[str] = Counter()
        for share in reversed(order):
            sizes[share.key] += 1 + sum(sizes[child.key] for child in children.get(share.key, ()))
        n = len(order)
        distances += sum(sizes[share.key] * (n - sizes[share.key]) for share in order[1:])
        pairs += n * (n - 1) // 2
    return distances / pairs if pairs else None
