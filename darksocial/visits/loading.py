"""What visitors load beside the pages: the fact by which people and programs differ most.

| loading | rule |
| --- | --- |
| several | three assets or more in the whole log |
| few | one or two: an icon, or a picture that is looked at alone |
| none_like_agent | no asset, and so all of several visitors with this user agent |
| none_like_address | no asset, and so all of several user agents at this address |
| none_beside | no asset, but another user agent at the address loads some |
| none | no asset, and nothing else is known |

A browser that shows a page loads style sheets, scripts and images, unless it has copies of all of
them, or they come from another host. Programs that share one invented user agent among many
addresses, or many user agents at one address, load as little under each. Behind the address of an
office or a carrier somebody's browser loads some; and with a browser that people use, somebody
loads several.
"""

from darksocial.expressions import ibis, ir
from darksocial.visits.conduct import is_among_programs

SEVERAL, FEW, NONE = "several", "few", "none"
NONE_LIKE_AGENT, NONE_LIKE_ADDRESS = "none_like_agent", "none_like_address"
NONE_BESIDE = "none_beside"
WITHOUT_ASSETS = (NONE_LIKE_AGENT, NONE_LIKE_ADDRESS, NONE_BESIDE, NONE)
LOADINGS = (SEVERAL, FEW, *WITHOUT_ASSETS)

MIN_SEVERAL_ASSETS = 3
# So many user agents at an address, or addresses of a user agent, are several: assumed.
MIN_ALIKE = 3


def with_loading(visitors: ir.Table) -> ir.Table:
    """Return the visitors with `loading`.

    They have `assets`, `pages` and `agent`, and what is known of the address (conduct.py).
    """
    viewers = visitors.filter(visitors.pages > 0, visitors.agent.notnull())
    agents = viewers.group_by("agent").agg(
        agent_visitors=viewers.count(), agent_assets=viewers.assets.max()
    )
    joined = visitors.left_join(agents, "agent", rname="{name}_right")
    like_agent = (joined.agent_visitors >= MIN_ALIKE) & (joined.agent_assets < MIN_SEVERAL_ASSETS)
    loading = ibis.cases(
        (joined.assets >= MIN_SEVERAL_ASSETS, SEVERAL),
        (joined.assets > 0, FEW),
        (like_agent.fill_null(False), NONE_LIKE_AGENT),
        (is_among_programs(joined, MIN_ALIKE), NONE_LIKE_ADDRESS),
        ((joined.address_assets > 0).fill_null(False), NONE_BESIDE),
        else_=NONE,
    )
    return joined.mutate(loading=loading).select(*visitors.columns, "loading")
