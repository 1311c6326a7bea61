"""Compute running hashes of lines: two logs with the same hash at a line agree up to this line.

The hash at line n is the sum, modulo 2**64, of SipHash(line k) * MULTIPLIER**k over all lines k up
to n. Once two logs differ, all later sums differ, so that bisection finds the last common line. The
key of SipHash is derived from the secret of the visitor ids. Without it, the hashes in a store
disclose nothing about addresses, even to somebody who tries all of them.
"""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import numpy.typing as npt
from pandas.util import hash_array

from darksocial.errors import OutputError
from darksocial.language import gettext as _

# It is odd, so that it has an inverse and loses no bit.
MULTIPLIER = 0x9E3779B97F4A7C15
MODULUS = 1 << 64
KEY_CHARACTERS = 16
Hashes = npt.NDArray[np.uint64]


def hash_key(secret: str) -> str:
    """Return the key of the hashes of a store."""
    return hashlib.sha256(f"lines\n{secret}".encode()).hexdigest()[:KEY_CHARACTERS]


def name_of_key(key: str) -> str:
    """Return a name for a key that does not disclose it; it shows which hashes can be compared."""
    return hashlib.sha256(f"name\n{key}".encode()).hexdigest()[:KEY_CHARACTERS]


def hashed(texts: Sequence[bytes] | Sequence[str], key: str) -> Hashes:
    """Return the SipHash of each text."""
    objects = np.empty(len(texts), dtype=object)
    objects[:] = texts
    hashes: Hashes = hash_array(objects, hash_key=key, categorize=False)
    return hashes


class Chain:
    """The running hash of a log: the number of lines so far, and the hash at the last one."""

    def __init__(self, key: str) -> None:
        self.lines = 0
        self.last = np.uint64(0)
        self._key = key
        self._powers = np.empty(0, np.uint64)

    def extend(self, lines: Sequence[bytes]) -> Hashes:
        """Return the hash at each of the next lines."""
        count = len(lines)
        if count > len(self._powers):
            self._powers = np.cumprod(np.full(count, MULTIPLIER, np.uint64), dtype=np.uint64)
        before = np.uint64(pow(MULTIPLIER, self.lines, MODULUS))
        terms = hashed(lines, self._key) * self._powers[:count] * before
        terms[:1] += self.last
        sums: Hashes = np.cumsum(terms, dtype=np.uint64)
        self.lines += count
        self.last = sums[-1]
        return sums


class Ledger:
    """The hashes of the inputs of a run, one after the other, in a scratch file."""

    def __init__(self, path: Path) -> None:
        with _writing_scratch(path):
            self._file = path.open("w+b", buffering=0)
        self._path = path
        self._mapped: Hashes = np.empty(0, np.uint64)
        self.length = 0
        """The number of hashes."""

    def append(self, hashes: Hashes) -> None:
        """Add the hashes of some lines. Raises OutputError if there is no room for them."""
        left = memoryview(hashes.tobytes())
        with _writing_scratch(self._path):
            while left:
                left = left[self._file.write(left) :]
        self.length += len(hashes)

    def __getitem__(self, span: slice) -> Hashes:
        """Return some of the hashes; they are read from the file when they are used."""
        if len(self._mapped) < self.length:
            with _writing_scratch(self._path):
                self._mapped = np.memmap(self._file, np.uint64, "r", shape=(self.length,))
        return self._mapped[span]

    def close(self) -> None:
        """Close the file."""
        self._mapped = np.empty(0, np.uint64)
        self._file.close()


@contextmanager
def _writing_scratch(path: Path) -> Iterator[None]:
    """Raise an OutputError if the scratch file cannot be written."""
    try:
        yield
    except OSError as error:
        raise OutputError(
            _("{path} could not be written: {reason}").format(
                path=path, reason=error.strerror or error
            ),
            expected=_("a scratch folder with room for 8 bytes a line"),
            advice="TMPDIR=FOLDER",
        ) from error
