"""What a visit is, and how one comes about: source, visitor, landing page, query, referrer, cause.

The causes of truth.jsonl:

    typed, bookmark, history     somebody came directly: home, a section front, a page read before
    restored_tab                 a browser loaded a page again that it had open, with its address
    return                       back from a payment or login provider after half an hour or more
    search, lost_search          a search engine, with its referrer and without
    social, lost_social          a post on a public network, with referrer and without
    email, lost_email            a newsletter, with tag or referrer and without
    ai, lost_ai                  an AI assistant, with tag or referrer and without
    referral, paid               a link on another site; a search advertisement with its gclid
    private_share                a link that one person shared privately
    utm_echo                     the same, but the link still carries a newsletter's or other UTM
    handed_out                   a link that the site handed out, with tags and a share id
"""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from darksocial.simulation.agents import MOBILE
from darksocial.simulation.parameters import Choice, Group, Parameters, Source
from darksocial.simulation.site import DAY_SECONDS, HOUR_SECONDS, Article, Page, Site
from darksocial.simulation.visitors import People, Visitor
from darksocial.tracking.share_id import ShareId

CAN_LOSE_REFERRER = frozenset({"search", "social", "email", "ai"})
ARTICLE_LANDINGS = frozenset({"read", "mixed", "fresh", "issue"})
LOGIN_RATE = 0.08
"""The proportion of typed visits that begin on a fixed page such as the login. Assumed."""


@dataclass(frozen=True, slots=True)
class Share:
    """A privately shared link: to the page of `article`, with `query`.

    campaign: it began the visit of the sharer; empty if none did.
    tracked, parent: the id in the link, and the key of the share by which the sharer came, if that
        had one as well (`tracked.py`).
    is_public: the link was posted in public.
    """

    id: str
    time: int
    source: Source
    article: Article
    query: str
    campaign: str = ""
    tracked: ShareId | None = None
    parent: str | None = None
    is_public: bool = False


@dataclass(frozen=True, slots=True)
class Visit:
    """One human visit; `time` is in seconds since local midnight of the first day."""

    id: str
    time: int
    visitor: Visitor
    is_returning: bool
    agent: str
    group: Group
    source: Source
    page: Page
    article: Article | None
    query: str
    referrer: str | None
    share: Share | None
    restored: bool = False

    @property
    def private(self) -> bool:
        """Whether the link was shared privately."""
        return self.share is not None and not self.share.is_public

    @property
    def dark(self) -> bool:
        """Whether the link was shared privately and no referrer shows it."""
        return self.private and self.referrer is None

    @property
    def campaign(self) -> str:
        """The name of the campaign that began the visit, by a click on its link or through those
        who shared it; empty if none did."""
        if self.share:
            return self.share.campaign
        return self.source.name if self.source.is_campaign else ""

    @property
    def cause(self) -> str:
        """The cause, one of those that this module's docstring lists."""
        tagged = "utm_" in self.query
        if self.private:
            return "utm_echo" if tagged else "private_share"
        if self.restored:
            return "restored_tab"
        lost = self.referrer is None and not tagged and self.group.name in CAN_LOSE_REFERRER
        return f"lost_{self.group.name}" if lost else self.group.name


def _referrer(source: Source, platform: str, rng: Random) -> str | None:
    if rng.random() < source.no_referrer:
        return None
    mobile = source.mobile_referrer
    if platform in MOBILE and not (mobile.startswith("android-app:") and platform != "android"):
        return mobile
    return source.referrer or None


class Visits:
    """The human visits, which are made in the order of their times."""

    def __init__(
        self, rng: Random, params: Parameters, site: Site, people: People, start: date
    ) -> None:
        self._rng = rng
        self._rates = params.rates
        self._site = site
        self._people = people
        self._start = start
        self._groups = params.groups
        self._sources = {
            g: Choice((s, s.weight) for s in params.sources_of(g)) for g in params.groups
        }
        self._count = 0
        self._issue: tuple[int, list[Article]] = (-1, [])
        self._posts: dict[str, list[tuple[int, Article]]] = {}

    def organic(self, time: int, group: Group) -> Visit:
        """Make a visit that no private share brought."""
        source = self._sources[group.name].pick(self._rng)
        visitor, is_returning = self._people.find(group, source)
        if group.landing == "read" and self._rng.random() < self._rates["restored_tab"]:
            article = visitor.reads[-1]
            return self._visit(
                time,
                visitor,
                is_returning,
                group,
                source,
                article.page,
                article,
                None,
                restored=True,
            )
        if group.name == "social":
            article = self._posted(source, time)
            return self._visit(
                time, visitor, is_returning, group, source, article.page, article, None
            )
        page, landed = self._landing(group.landing, visitor, time)
        return self._visit(time, visitor, is_returning, group, source, page, landed, None)

    def _posted(self, source: Source, time: int) -> Article:
        """Return the article of a post on a network: a recent one, or of one that is made now."""
        half_life = self._rates["post_half_life_h"] * HOUR_SECONDS
        posts = [p for p in self._posts.get(source.name, []) if time - p[0] < 8 * half_life]
        self._posts[source.name] = posts
        if posts and self._rng.random() > 1 / self._rates["post_visits"]:
            return Choice((a, 0.5 ** ((time - t) / half_life)) for t, a in posts).pick(self._rng)
        article = self._site.fresh(time, self._rng)
        posts.append((time, article))
        return article

    def click(self, time: int, share: Share) -> Visit:
        """Make the visit of somebody who opens a privately shared link."""
        group = self._groups["social" if share.is_public else "private"]
        visitor, is_returning = self._people.find(group, share.source)
        page = share.article.page
        return self._visit(
            time, visitor, is_returning, group, share.source, page, share.article, share
        )

    def _visit(
        self,
        time: int,
        visitor: Visitor,
        is_returning: bool,
        group: Group,
        source: Source,
        page: Page,
        article: Article | None,
        share: Share | None,
        *,
        restored: bool = False,
    ) -> Visit:
        self._count += 1
        agent = self._people.agent(visitor, source)
        referrer = _referrer(source, visitor.platform, self._rng)
        query = share.query if share and share.query else self._query(source.query, time)
        if restored:
            query = visitor.query
        visit_id = f"v{self._count:06d}"
        return Visit(
            visit_id, time, visitor, is_returning, agent, group, source, page, article, query,
            referrer, share, restored,
        )  # fmt: skip  # one line of fields, in the order of the class

    def _query(self, template: str, time: int) -> str:
        if "{" not in template:
            return template
        day = self._start + timedelta(days=time // DAY_SECONDS)
        return template.format(id=f"{self._rng.getrandbits(128):032x}", date=day.isoformat())

    def _landing(self, kind: str, visitor: Visitor, time: int) -> tuple[Page, Article | None]:
        article = self._article(kind, visitor, time) if kind in ARTICLE_LANDINGS else None
        if article:
            return article.page, article
        if kind == "section":
            return self._site.sections.pick(self._rng), None
        if kind == "thanks":
            return self._site.thanks, None
        if kind == "offer":
            return self._site.offer, None
        if self._rng.random() < LOGIN_RATE:
            return self._site.pages.pick(self._rng), None
        return self._site.home, None

    def _article(self, kind: str, visitor: Visitor, time: int) -> Article | None:
        if kind == "read":
            return visitor.reads[-1 - int(self._rng.random() * len(visitor.reads))]
        if kind == "issue":
            issue = self._todays_issue(time // DAY_SECONDS)
            return issue[int(self._rng.random() * len(issue))]
        if kind == "mixed" and self._rng.random() < self._rates["archive_share"]:
            return self._site.archive.pick(self._rng)
        return self._site.fresh(time, self._rng)

    def _todays_issue(self, day: int) -> list[Article]:
        """Return the articles both newsletters of the day link to, as chosen at six."""
        if self._issue[0] != day:
            count = int(self._rates["issue_links"])
            self._issue = (day, self._site.top(day * DAY_SECONDS + 6 * HOUR_SECONDS, count))
        return self._issue[1]
