"""Share ids: the value of a query parameter that says which share a visit came from.

`?sh=ROOT.G.SELF.M` names one share. ROOT is the id of the first share of its tree and SELF that of
this one, each five of `0-9a-z` that are drawn at random; in generation 1 they may be equal. G is
the generation, 1 to 99: how many shares the link has passed through. M is a letter, how it was
shared. Nothing in an id is derived from a person. `?sh=M` alone says how, and no share (level
`method`).

The id belongs into the query and not into the fragment, which no server sees: a messenger fetches
the address with the id for its preview, so the log names the app of each share. `sh` is on none of
the lists by which browsers and blockers clean links (Firefox's StripOnShare, Brave's clean-urls,
AdGuard's TrackParamFilter, 2026-11).

Ids are typed by strangers. A value of another form is the value of an ordinary parameter.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from darksocial.errors import UsageError
from darksocial.language import gettext as _

DEFAULT_PARAMETER = "sh"
MAX_GENERATION = 99
MANY_CLICKS, MOSTLY_PUBLIC = 100, 0.5
"""A link with so many visits, most of them with the referrer of another site, was posted in public.
Assumed."""
SHARE_METHODS = {
    "a": "address_bar",
    "b": "button",
    "c": "copy",
    "l": "handed_out",
    "m": "canonical",
    "n": "share_api",
    "q": "qr_code",
}
"""How a link was shared, by the letter: from the address bar, by a button of the page, with a text
that was copied, as a link that the site handed out, from a share menu that takes rel=canonical (or
by the browser), by navigator.share, as a QR code."""
OWN_METHODS = tuple(SHARE_METHODS[letter] for letter in "bcn")
"""The methods of which the script itself says that a link was shared by them."""
PATTERN = rf"(?:([0-9a-z]{{5}})\.([1-9][0-9]?)\.([0-9a-z]{{5}})\.)?([{''.join(SHARE_METHODS)}])"
"""The form of a whole value, for Python, RE2 and browsers: root, generation, key and method."""
VALUE = re.compile(PATTERN)
KEY = "[0-9a-z]{5}"
BEACON_QUERY = (
    rf"[a-z][a-z0-9_-]*={KEY}\.[1-9][0-9]?\.{KEY}\.[{''.join(SHARE_METHODS)}](?:&from={KEY})?"
)
"""The query with which the script asks for a file when it gives an id, or shares one: `from` is the
id that the page was opened with."""
SOURCE_OF_BEACON = rf"&from=({KEY})$"
"""What that query names as the id that the page was opened with."""
PARAMETER_NAME = re.compile(r"[a-z][a-z0-9_-]{0,19}")
"""What a parameter may be called: it is part of patterns and of lines for servers."""
TAKEN_NAMES = frozenset({"ref", "si", "share_id", "sid", "s_cid", "st", "trk", "source"})
"""Names that other services give to parameters of their own, or that cleaners of links remove."""

TRACKED, PREVIEWED, INFERRED = "tracked", "previewed", "inferred"
"""How sure a share and its clicks are: visits carried its id; a preview did, and no visit yet; or
the preview carried no id, and the clicks are what the model expects."""


class Level(StrEnum):
    """How much of a share an address says: which one (`full`), or only how (`method`)."""

    FULL = "full"
    METHOD = "method"


@dataclass(frozen=True, slots=True)
class ShareId:
    """What a value says of a share.

    method: how it was shared, a value of SHARE_METHODS.
    root, key: the ids of the first share of the tree and of this one. None: level `method`.
    generation: 1 for the first share. None: level `method`.
    """

    method: str
    root: str | None = None
    generation: int | None = None
    key: str | None = None

    @property
    def level(self) -> Level:
        """How much the value says."""
        return Level.METHOD if self.key is None else Level.FULL

    def __str__(self) -> str:
        letter = next(letter for letter, method in SHARE_METHODS.items() if method == self.method)
        if self.key is None:
            return letter
        return f"{self.root}.{self.generation}.{self.key}.{letter}"


def parse(value: str) -> ShareId | None:
    """Return what a value says; None for one of another form, which is no share id."""
    match = VALUE.fullmatch(value)
    if not match:
        return None
    root, generation, key, letter = match.groups()
    return ShareId(SHARE_METHODS[letter], root, int(generation) if generation else None, key)


def id_in_query(query: str) -> ShareId | None:
    """Return the id of a share in a query, whatever the parameter's name; None: there is none."""
    values = (pair.partition("=")[2] for pair in query.split("&"))
    shares = (parse(value) for value in values)
    return next((share for share in shares if share and share.key), None)


def check_name(name: str, field: str = "share_parameter") -> None:
    """Refuse a name that cannot be that of the parameter. Raises UsageError, which names `field`.

    An empty name is accepted: no parameter is a share id then.
    """
    expected = _("a small letter, then at most 19 small letters, digits, - and _, such as sh")
    if name and not PARAMETER_NAME.fullmatch(name):
        problem = _("`{field}`: {name!r} is not the name of a share parameter.")
        raise UsageError(problem.format(field=field, name=name), expected=expected)
    if name in TAKEN_NAMES or name.startswith("utm_"):
        problem = _("`{field}`: {name!r} means something else to other tools.")
        raise UsageError(problem.format(field=field, name=name), expected=_("another name"))
