"""The secret behind visitor ids: from the configuration, or from a key file beside the output."""

from pathlib import Path

from darksocial.cli._keyfile import make_key, read_key
from darksocial.errors import InputError, UsageError
from darksocial.language import gettext as _

MIN_SECRET_CHARACTERS = 16


def visitor_secret(secret: str | None, out: Path | None) -> str | None:
    """Return the secret, or else the key in `OUT.key`, which is made if it is missing.

    Without an output there is nothing to link to, and None lets the library make a random one.
    Raises UsageError for a secret or a key that is not safe to use.
    """
    if secret is not None:
        return _long_enough(secret)
    if out is None:
        return None
    path = _key_path(out)
    try:
        return read_key(path)
    except FileNotFoundError:
        make_key(path)
        return read_key(path)


def kept_secret(secret: str | None, out: Path) -> str:
    """Return the secret, or else the key in `OUT.key`. Raises InputError if there is neither."""
    if secret is not None:
        return _long_enough(secret)
    path = _key_path(out)
    try:
        return read_key(path)
    except FileNotFoundError as error:
        raise InputError(
            _("The key file {path} does not exist.").format(path=path),
            expected=_("the key that `darksocial analyze` made beside the folder"),
            advice="--visitor-secret",
        ) from error


def _long_enough(secret: str) -> str:
    """Return the secret. Raises UsageError, which does not quote it, if it could be guessed."""
    length = len(secret.strip())
    if length < MIN_SECRET_CHARACTERS:
        raise UsageError(
            _("--visitor-secret is too short: {n} characters.").format(n=length),
            expected=_("at least {n} random characters, because whoever guesses the secret can "
                       "compute every visitor id").format(n=MIN_SECRET_CHARACTERS),
            advice=_("a secret from `openssl rand -hex 32`, or no secret: then a key file is made"),
        )  # fmt: skip
    return secret


def _key_path(out: Path) -> Path:
    """Return the key file beside a folder; `.` is named as its parent names it."""
    place = out.resolve() if out.name in ("", "..") else out
    return place.with_name(f"{out.resolve().name}.key")
