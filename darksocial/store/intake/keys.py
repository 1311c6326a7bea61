"""The keys by which visitors and addresses are hashed."""

from dataclasses import dataclass

from darksocial.privacy.identifiers import NOTHING_KEPT, Privacy
from darksocial.privacy.secret import name_of_key

ROTATIONS = ("never", "monthly", "daily")


@dataclass(frozen=True, slots=True)
class Keys:
    """How visitors and addresses are hashed, and what is kept beside the hashes.

    secret: keys the hashes.
    rotation: how often ids change (`ROTATIONS`).
    privacy: what is kept of addresses and agents.
    """

    secret: str
    rotation: str = "never"
    privacy: Privacy = NOTHING_KEPT

    @property
    def name(self) -> str:
        """What the files say of the key: the name of the secret, and its rotation."""
        return f"{name_of_key(self.secret)}-{self.rotation}"
