"""Reach files from the driver through Spark's Java side (s3a, hdfs, gs, abfss, file).

This is for the heads of files, for listings and for small results. The workers read the bytes of
the inputs.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

from py4j.protocol import Py4JJavaError
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from darksocial.language import gettext as _

READ_BUFFER_BYTES = 1 << 18


def java(session: SparkSession) -> Any:
    """Return the classes of Spark's Java side by their names."""
    return session._jvm


def hadoop_configuration(session: SparkSession) -> Any:
    """Return the settings of Hadoop's file systems, which include keys and endpoints."""
    return session._jsparkSession.sessionState().newHadoopConf()


class HadoopStorage:
    """A `reading.Storage` that uses Hadoop's FileSystem."""

    def __init__(self, session: SparkSession) -> None:
        self._paths = java(session).org.apache.hadoop.fs.Path
        self._configuration = hadoop_configuration(session)

    def open(self, path: str) -> IO[bytes]:
        with _as_os_error():
            location, system = self._located(path)
            size = system.getFileStatus(location).getLen()
            return io.BufferedReader(_HadoopFile(system.open(location), size), READ_BUFFER_BYTES)

    def exists(self, path: str) -> bool:
        with _as_os_error():
            location, system = self._located(path)
            return bool(system.exists(location))

    def find(self, name: str) -> list[tuple[str, int, float]]:
        with _as_os_error():
            location, system = self._located(name)
            exists = system.exists(location)
            # globStatus returns null if nothing matches
            matches = [system.getFileStatus(location)] if exists else system.globStatus(location)
            statuses = [each for status in matches or () for each in _files(system, status)]
            return [
                (each.getPath().toString(), each.getLen(), each.getModificationTime() / 1000)
                for each in statuses
            ]

    def entries(self, folder: str) -> list[str]:
        with _as_os_error():
            location, system = self._located(folder)
            statuses = system.listStatus(location) if system.exists(location) else ()
            return [status.getPath().getName() for status in statuses]

    def write(self, path: str, data: bytes) -> None:
        with _as_os_error():
            location, system = self._located(path)
            stream = system.create(location)
            stream.write(data)
            stream.close()

    def rename(self, path: str, new: str) -> None:
        with _as_os_error():
            location, system = self._located(path)
            if not system.rename(location, self._paths(new)):
                raise OSError(_("{path} could not be renamed to {new}").format(path=path, new=new))

    def delete(self, path: str) -> None:
        with _as_os_error():
            location, system = self._located(path)
            system.delete(location, True)

    def _located(self, path: str) -> tuple[Any, Any]:
        """Return a path of Hadoop's own kind, and its file system."""
        location = self._paths(path)
        return location, location.getFileSystem(self._configuration)


class _HadoopFile(io.RawIOBase):
    """An FSDataInputStream as a Python file."""

    def __init__(self, stream: Any, size: int) -> None:
        self._stream = stream
        self._size = size

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        with _as_os_error():
            data = bytes(self._stream.readNBytes(len(buffer)))
        buffer[: len(data)] = data
        return len(data)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        with _as_os_error():
            if whence == io.SEEK_CUR:
                offset += self._stream.getPos()
            elif whence == io.SEEK_END:
                offset += self._size
            self._stream.seek(offset)
        return offset

    def tell(self) -> int:
        return int(self._stream.getPos())

    def close(self) -> None:
        if not self.closed:
            self._stream.close()
        super().close()


def _files(system: Any, status: Any) -> Iterator[Any]:
    """Return a file itself, or the files in a folder and below that are not hidden."""
    if status.isFile():
        yield status
        return
    for entry in sorted(system.listStatus(status.getPath()), key=lambda s: s.getPath().getName()):
        if not entry.getPath().getName().startswith("."):
            yield from _files(system, entry)


@contextmanager
def _as_os_error() -> Iterator[None]:
    try:
        yield
    except Py4JJavaError as error:
        raise OSError(str(error.java_exception.toString())) from error
    except PySparkException as error:
        raise OSError(str(error) or type(error).__name__) from error
