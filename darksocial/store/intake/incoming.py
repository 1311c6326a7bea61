"""Open the inputs of a run."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from darksocial.inputs.accounts import Inputs
from darksocial.inputs.open import open_inputs
from darksocial.privacy.identifiers import privacy_of
from darksocial.reading.files import STDIN, InputFile, is_fifo
from darksocial.reading.objects import ObjectStorage
from darksocial.reading.resumed import has_whole_line
from darksocial.settings import ReadSettings, Settings
from darksocial.store.files.runs import NO_WHOLE_LINE


def incoming(names: Sequence[str], scratch: Path, read: ReadSettings, settings: Settings) -> Inputs:
    """Return the inputs; the content of pipes is copied into the folder `scratch` first.

    Raises InputError if nothing can be read.
    """
    return open_inputs(
        _spooled(names, scratch),
        read,
        privacy=privacy_of(settings),
        storage=ObjectStorage(),
        leave_out=lambda file: None if has_whole_line(file) else NO_WHOLE_LINE,
    )


def _spooled(names: Sequence[str], folder: Path) -> list[str]:
    """Copy pipes into files, since inputs are read more than once, and return all names."""
    files = []
    for number, name in enumerate(names):
        if name == STDIN or is_fifo(name):
            file = folder / f"pipe-{number}"
            with InputFile(name, None).open() as pipe, file.open("wb") as spool:
                shutil.copyfileobj(pipe, spool)
            name = str(file)
        files.append(name)
    return files
