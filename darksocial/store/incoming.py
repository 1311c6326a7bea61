"""What is new in the logs: the files behind the names, each to be read from where it was left."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from darksocial.inputs import Inputs, open_inputs
from darksocial.reading.files import STDIN, InputFile, is_fifo
from darksocial.reading.objects import ObjectStorage
from darksocial.reading.resumed import has_whole_line
from darksocial.runs import NO_WHOLE_LINE
from darksocial.settings import ReadSettings, Settings
from darksocial.store.bookmarks import Bookmark, resume


def incoming(
    names: Sequence[str],
    scratch: Path,
    bookmarks: Sequence[Bookmark],
    read: ReadSettings,
    settings: Settings,
) -> tuple[Inputs, dict[int, Bookmark]]:
    """Return the inputs, to be read from their bookmarks on, and these by number of the input.

    What comes from a pipe is put into the folder `scratch` first. Raises InputError where nothing
    can be read.
    """
    inputs = open_inputs(
        _spooled(names, scratch),
        read,
        keep_identifiers=settings.keep_identifiers,
        bare_paths=not settings.keep_identifiers,
        storage=ObjectStorage(),
        leave_out=lambda file: None if has_whole_line(file) else NO_WHOLE_LINE,
    )
    return inputs, resume(inputs, bookmarks)


def _spooled(names: Sequence[str], folder: Path) -> list[str]:
    """Put what comes from a pipe into a file: it is read more than once, to know it again."""
    found = []
    for number, name in enumerate(names):
        if name == STDIN or is_fifo(name):
            file = folder / f"pipe-{number}"
            with InputFile(name, None).open() as pipe, file.open("wb") as spool:
                shutil.copyfileobj(pipe, spool)
            name = str(file)
        found.append(name)
    return found
