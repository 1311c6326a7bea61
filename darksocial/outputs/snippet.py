"""What goes with the script of `darksocial snippet`, on a terminal."""

from rich.console import Console
from rich.text import Text

from darksocial.language import gettext as _
from darksocial.outputs.drawing import display, title, wrapped
from darksocial.tracking.serving import lines_for
from darksocial.tracking.share_id import Level
from darksocial.tracking.snippet import Snippet

CONSENT = {
    Level.FULL: _(
        "Level full: each page view gets a random id of its own, which is derived from no person "
        "and kept nowhere on the device. In the European Union such a script can still need "
        "consent; --level method puts only how a link was shared into the address, and no id."
    ),
    Level.METHOD: _(
        "Level method: an address says how it was shared, and not which share it is. Shares are "
        "counted by method, without generations, and no link preview names the app of one of them."
    ),
}
ANALYTICS = _(
    "It has to be loaded before GA4, Google Tag Manager, Matomo and Plausible, so that none of "
    "them counts a page view when the address gets its id. In GA4, add {parameter} to the URL "
    "query parameters that are redacted; in Matomo, to the excluded parameters."
)


def show_snippet(snippet: Snippet, path: str, console: Console) -> None:
    """Print what the level means, and the lines for the page, the server and its caches."""
    size = _("The script has {n:,} bytes, compressed {gzipped:,}.").format(
        n=len(snippet.text), gzipped=snippet.gzipped_bytes
    )
    wrapped(console, size, indent="")
    wrapped(console, CONSENT[Level(snippet.level)], indent="")
    for lines in lines_for(snippet, path):
        title(console, lines.title)
        for line in lines.text.splitlines():
            display(console, Text(f"  {line}"), soft_wrap=True)
    display(console)
    wrapped(console, ANALYTICS.format(parameter=snippet.parameter), indent="")
