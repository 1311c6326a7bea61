"""The secret behind visitor ids: without one, anybody can compute the id of an address."""

from darksocial.errors import UsageError


def usable_secret(secret: str) -> str:
    """Return the secret as it is. Raises UsageError if it is blank or no text."""
    if not isinstance(secret, str):
        raise UsageError(
            f"the secret behind visitor ids is of type {type(secret).__name__}", expected="a text"
        )
    if not secret.strip():
        raise UsageError(
            "the secret behind visitor ids is empty",
            expected="a long random text: whoever knows it can compute the id of any visitor",
        )
    try:
        secret.encode()
    except UnicodeEncodeError as error:
        raise UsageError(
            "the secret behind visitor ids holds bytes that are no text",
            expected="a long random text in UTF-8",
        ) from error
    return secret
