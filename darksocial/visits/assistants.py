"""What AI assistants fetch because a person asked just now: which page, and when.

ChatGPT, Claude, Perplexity and others fetch a page while they write an answer, each under a name of
its own for that (data/assistant_fetchers.csv), and the answer links to it. The crawlers that read
the web for training or for an index are no such fetch. Every fetch counts, since each may be for
another person.
"""

from darksocial.expressions import ir
from darksocial.lookups.agents import ASKED_ASSISTANT
from darksocial.visits.pages import is_viewed


def assistant_fetches(requests: ir.Table, people: ir.Table) -> ir.Table:
    """Return one row a fetch: `site`, `path` (the name of the page) and `time`."""
    assistants = people.filter(people.bot == ASKED_ASSISTANT).select("visitor")
    fetched = requests.filter(is_viewed(requests)).semi_join(assistants, "visitor")
    return fetched.select("time", site=fetched.host.fill_null(""), path=fetched.page)
