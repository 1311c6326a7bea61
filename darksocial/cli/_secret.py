"""The secret behind visitor ids: from the configuration, or made once beside the output."""

import os
import secrets
from pathlib import Path

from darksocial.errors import InputError, OutputError

PRIVATE = 0o600


def visitor_secret(given: str | None, out: Path | None) -> str | None:
    """Return the given secret, or that of `OUT.key`, which is made where it is missing.

    Without an output there is nothing to link to, and None lets the library make a random one.
    """
    if given or out is None:
        return given
    path = _key_of(out)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _make(path)
        return path.read_text("ascii").strip()
    except OSError as error:
        raise OutputError(
            f"the key file {path} could not be read or made: {error.strerror}",
            advice="--visitor-secret, or another folder",
        ) from error


def kept_secret(out: Path) -> str:
    """Return the secret of `OUT.key`. Raises InputError where it is missing."""
    path = _key_of(out)
    try:
        return path.read_text("ascii").strip()
    except OSError as error:
        raise InputError(
            f"the key file {path} cannot be read: {error.strerror}",
            expected="the key that `darksocial analyze` made beside the folder",
            advice="--visitor-secret",
        ) from error


def _key_of(out: Path) -> Path:
    """The file beside a folder. `.` is named as it is seen from its parent."""
    place = out.resolve() if out.name in ("", "..") else out
    return place.with_name(f"{out.resolve().name}.key")


def _make(path: Path) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_hex(32) + "\n")
