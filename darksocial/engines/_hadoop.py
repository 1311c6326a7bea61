"""Files on whatever Spark's Java side reaches (s3a, hdfs, gs, abfss, file), seen from the driver.

It is meant for heads of files, for listings and for small results: the bytes of inputs are read
by the workers.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

from py4j.protocol import Py4JJavaError
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

BUFFER_BYTES = 1 << 18


def java(session: SparkSession) -> Any:
    """The classes of Spark's Java side by their names."""
    return session._jvm


def hadoop_configuration(session: SparkSession) -> Any:
    """What Hadoop's file systems are told, keys and endpoints among it."""
    return session._jsparkSession.sessionState().newHadoopConf()


class HadoopStorage:
    """A `reading.Storage` by Hadoop's FileSystem."""

    def __init__(self, session: SparkSession) -> None:
        self._paths = java(session).org.apache.hadoop.fs.Path
        self._configuration = hadoop_configuration(session)

    def open(self, path: str) -> IO[bytes]:
        with _as_os_error():
            at, system = self._at(path)
            size = system.getFileStatus(at).getLen()
            return io.BufferedReader(_HadoopFile(system.open(at), size), BUFFER_BYTES)

    def exists(self, path: str) -> bool:
        with _as_os_error():
            at, system = self._at(path)
            return bool(system.exists(at))

    def find(self, name: str) -> list[tuple[str, int, float]]:
        with _as_os_error():
            at, system = self._at(name)
            given = [system.getFileStatus(at)] if system.exists(at) else system.globStatus(at)
            statuses = [each for status in given or () for each in _files(system, status)]
            return [
                (each.getPath().toString(), each.getLen(), each.getModificationTime() / 1000)
                for each in statuses
            ]

    def entries(self, folder: str) -> list[str]:
        with _as_os_error():
            at, system = self._at(folder)
            there = system.listStatus(at) if system.exists(at) else ()
            return [status.getPath().getName() for status in there]

    def write(self, path: str, data: bytes) -> None:
        with _as_os_error():
            at, system = self._at(path)
            stream = system.create(at)
            stream.write(data)
            stream.close()

    def rename(self, path: str, new: str) -> None:
        with _as_os_error():
            at, system = self._at(path)
            if not system.rename(at, self._paths(new)):
                raise OSError(f"{path} could not be renamed to {new}")

    def delete(self, path: str) -> None:
        with _as_os_error():
            at, system = self._at(path)
            system.delete(at, True)

    def _at(self, path: str) -> tuple[Any, Any]:
        at = self._paths(path)
        return at, at.getFileSystem(self._configuration)


class _HadoopFile(io.RawIOBase):
    """An FSDataInputStream as a file of Python."""

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
    """A file itself, or those in a folder and below; hidden ones are left out of folders."""
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
