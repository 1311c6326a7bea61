"""How reading reports the bytes that it has read."""

from collections.abc import Callable

Progress = Callable[[int], None]
"""Called with each number of bytes that was read since the last call."""
Watch = Callable[[int | None], Progress]
"""Called with the bytes to read (None: not known); returns what is called as they are read."""
