"""Starting and ending the Spark session that the engine works in."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from darksocial.errors import DarkSocialError, UsageError
from darksocial.scratch import stopping
from darksocial.settings import Resources

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

JAVA_SECONDS = 10
MEMORY, PARTITIONS = "4g", "16"
"""Of a session on this machine, which Spark would give 1 GB and 200 partitions for each sort."""


def open_session(resources: Resources, scratch: Path) -> tuple["SparkSession", bool]:
    """The session that there is, or a new one (True). Raises UsageError where none can be."""
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise UsageError(
            "the engine spark needs PySpark, which is not installed",
            advice="pip install 'darksocial[spark]'",
        ) from error
    if active := SparkSession.getActiveSession():
        master = active.sparkContext.master
        if resources.master not in (None, master):
            raise UsageError(
                f"`master` is {resources.master}, and this process has a session on {master}",
                expected="no `master`, or the same",
            )
        return active, False
    submitted = "PYSPARK_GATEWAY_PORT" in os.environ
    if not submitted and not _has_java():
        raise UsageError(
            "the engine spark needs Java, and there is no `java` here",
            expected="Java 17 or newer on the path or in JAVA_HOME",
            advice="apt-get install openjdk-17-jre-headless",
        )
    settings = {} if submitted else _of_own_session(resources)
    builder = SparkSession.builder.appName("darksocial")
    for name, value in settings.items():
        builder = builder.config(name, value)
    if resources.master and submitted:
        builder = builder.master(resources.master)
    with spark_errors(UsageError, f"start on {resources.master or 'this machine'}"):
        _start_java(settings, scratch)
        try:
            session = builder.getOrCreate()
        finally:
            stopping.rearm()
    session.sparkContext.setLogLevel("ERROR")
    return session, True


def _start_java(settings: Mapping[str, str], scratch: Path) -> None:
    """Start Spark's Java side, which a signal ends from then on; before, the signal waits.

    PySpark exchanges a key with it in a temporary file, which goes into `scratch`.
    """
    from pyspark import SparkConf, SparkContext

    configuration = SparkConf().setAll(list(settings.items()))
    with stopping.deferred():
        usual, tempfile.tempdir = tempfile.tempdir, str(scratch)
        try:
            SparkContext._ensure_initialized(conf=configuration)
        finally:
            tempfile.tempdir = usual
        stopping.at_stop(end_java)


def _of_own_session(resources: Resources) -> dict[str, str]:
    """Settings of a session that this process starts."""
    master = resources.master or f"local[{resources.threads or '*'}]"
    found = {"spark.master": master, "spark.ui.showConsoleProgress": "false"}
    if master.startswith("local"):
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        memory = (resources.memory_limit or MEMORY).replace(" ", "").lower()
        found["spark.driver.memory"] = memory.replace("ib", "").replace("b", "")
        found["spark.ui.enabled"] = "false"
        found["spark.sql.shuffle.partitions"] = PARTITIONS
    return found


def _has_java() -> bool:
    home = os.environ.get("JAVA_HOME")
    return bool(shutil.which("java")) or (bool(home) and Path(str(home), "bin", "java").exists())


def end_java() -> None:
    """End Spark, which would write on, and wait until it has removed its own scratch.

    PySpark's threads print a traceback each as their connections break: nobody needs those.
    """
    from pyspark import SparkContext

    sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115 - open to the end of the process
    gateway = SparkContext._gateway
    if gateway is not None:
        gateway.proc.terminate()
        gateway.proc.wait(JAVA_SECONDS)


@contextmanager
def spark_errors(kind: type[DarkSocialError], what: str) -> Iterator[None]:
    """Turn what Spark raises into an error that says what was being done."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    try:
        yield
    except (PySparkException, Py4JError) as error:
        lines = [line.strip() for line in str(error).splitlines()]
        said = [line for line in lines if line and not line.startswith(("at ", "File ", "JVM"))]
        errors = [line for line in said if "Error" in line or "Exception" in line]
        reason = (errors or said or [type(error).__name__])[-1]
        raise kind(
            f"Spark could not {what}: {reason}", advice="Spark's own log says more"
        ) from error
