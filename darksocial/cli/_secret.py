"""The secret behind visitor ids: from the configuration, or from a key file beside the output."""

from pathlib import Path

from darksocial.cli._keyfile import make_key, read_key
from darksocial.errors import InputError, UsageError

MIN_SECRET_CHARACTERS = 16


def visitor_secret(given: str | None, out: Path | None) -> str | None:
    """Return the given secret, or the key in `OUT.key`, which is made if it is missing.

    Without an output there is nothing to link to, and None lets the library make a random one.
    Raises UsageError for a secret or a key that is not safe to use.
    """
    if given is not None:
        return _long_enough(given)
    if out is None:
        return None
    path = _key_of(out)
    try:
        return read_key(path)
    except FileNotFoundError:
        make_key(path)
        return read_key(path)


def kept_secret(given: str | None, out: Path) -> str:
    """Return the given secret, or the key in `OUT.key`. Raises InputError if there is neither."""
    if given is not None:
        return _long_enough(given)
    path = _key_of(out)
    try:
        return read_key(path)
    except FileNotFoundError as error:
        raise InputError(
            f"the key file {path} does not exist",
            expected="the key that `darksocial analyze` made beside the folder",
            advice="--visitor-secret",
        ) from error


def _long_enough(secret: str) -> str:
    """Return the secret. Raises UsageError, which does not quote it, if it could be guessed."""
    length = len(secret.strip())
    if length < MIN_SECRET_CHARACTERS:
        raise UsageError(
            f"--visitor-secret has {length} characters",
            expected=f"{MIN_SECRET_CHARACTERS} or more, at random: who guesses the secret can "
            "compute the id of any visitor",
            advice="a secret from `openssl rand -hex 32`, or none: then a key file is made",
        )
    return secret


def _key_of(out: Path) -> Path:
    """The file beside a folder. `.` is named as it is seen from its parent."""
    place = out.resolve() if out.name in ("", "..") else out
    return place.with_name(f"{out.resolve().name}.key")
