"""The secret that keys visitor ids: without one, anybody can compute the id of an address."""

import hashlib

from darksocial.errors import UsageError
from darksocial.language import gettext as _

NAME_DIGITS = 8


def usable_secret(secret: str) -> str:
    """Return the secret unchanged. Raises UsageError if it is blank or not a text."""
    if not isinstance(secret, str):
        problem = _("the secret behind visitor ids is of type {type}").format(
            type=type(secret).__name__
        )
        raise UsageError(problem, expected=_("a text"))
    if not secret.strip():
        raise UsageError(
            _("the secret behind visitor ids is empty"),
            expected=_("a long random text: whoever knows it can compute the id of any visitor"),
        )
    try:
        secret.encode()
    except UnicodeEncodeError as error:
        raise UsageError(
            _("the secret behind visitor ids holds bytes that are not UTF-8"),
            expected=_("a long random text in UTF-8"),
        ) from error
    return secret


def name_of_key(secret: str) -> str:
    """Return a name for a secret, from which it does not follow: two secrets have two names.

    It is the beginning of a SHA-256, long enough that the few keys of a store differ.
    """
    return hashlib.sha256(f"name of a key\n{secret}".encode()).hexdigest()[:NAME_DIGITS]
