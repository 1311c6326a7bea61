"""Read files in object stores and on HDFS through Arrow: s3, gs, hdfs, abfs and file URIs.

Each of these systems finds its keys and regions in its own way, such as in the environment
(https://arrow.apache.org/docs/python/filesystems.html).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from fnmatch import fnmatchcase
from typing import IO, cast

import pyarrow as pa
from pyarrow import fs

GLOB_SIGNS = "*["


class ObjectStorage:
    """A `reading.Finder` for URIs. An unknown scheme, or a store that refuses, raises OSError."""

    def open(self, path: str) -> IO[bytes]:
        with _as_os_error():
            system, location = fs.FileSystem.from_uri(path)
            return cast(IO[bytes], system.open_input_file(location))

    def exists(self, path: str) -> bool:
        with _as_os_error():
            system, location = fs.FileSystem.from_uri(path)
            return bool(system.get_file_info(location).type == fs.FileType.File)

    def find(self, name: str) -> list[tuple[str, int, float]]:
        scheme, _, rest = name.partition("://")
        place, mark, options = rest.partition("?")
        first_sign = min((place.find(sign) for sign in GLOB_SIGNS if sign in place), default=-1)
        folder = place if first_sign < 0 else place[: place.rfind("/", 0, first_sign)]
        with _as_os_error():
            system, location = fs.FileSystem.from_uri(f"{scheme}://{folder}{mark}{options}")
            infos = [system.get_file_info(location)]
            if infos[0].type == fs.FileType.Directory:
                infos = system.get_file_info(fs.FileSelector(location, recursive=True))
        files = [info for info in infos if info.type == fs.FileType.File]
        if first_sign >= 0:
            pattern = location + place[len(folder) :]
            files = [info for info in files if fnmatchcase(info.path, pattern)]
        return [
            (f"{scheme}://{info.path}{mark}{options}", info.size, (info.mtime_ns or 0) / 1e9)
            for info in sorted(files, key=lambda info: info.path)
            if not info.base_name.startswith((".", "_"))
        ]


@contextmanager
def _as_os_error() -> Iterator[None]:
    try:
        yield
    except pa.ArrowException as error:
        raise OSError(0, str(error)) from error
