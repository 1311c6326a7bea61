"""Start and end the Spark session in which the engine works."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from darksocial.errors import DarkSocialError, UsageError
from darksocial.language import gettext as _
from darksocial.privacy.lines import redacted
from darksocial.scratch import stopping
from darksocial.settings import Resources

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

JAVA_EXIT_SECONDS = 10
# For a session on this machine: Spark's defaults are 1 GB, and 200 partitions for each sort.
LOCAL_MEMORY = "4g"
LOCAL_PARTITIONS = "16"


def open_session(resources: Resources, scratch: Path) -> tuple["SparkSession", bool]:
    """Return the active session or a new one, and whether it is new.

    Raises UsageError if no session can be started.
    """
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise UsageError(
            _("The engine spark needs PySpark: pip install 'darksocial[spark]'"),
        ) from error
    if active := SparkSession.getActiveSession():
        _check_master(resources, active.sparkContext.master)
        return active, False
    submitted = "PYSPARK_GATEWAY_PORT" in os.environ
    if not submitted and not _has_java():
        raise UsageError(
            _("The engine spark needs Java, which was not found."),
            expected=_("Java 17 or newer on the PATH or in JAVA_HOME"),
            advice="apt-get install openjdk-17-jre-headless",
        )
    settings = {} if submitted else _new_session_settings(resources)
    builder = SparkSession.builder.appName("darksocial")
    for name, value in settings.items():
        builder = builder.config(name, value)
    if resources.master and submitted:
        builder = builder.master(resources.master)
    with spark_errors(_("start of Spark"), UsageError):
        _start_java(settings, scratch)
        try:
            session = builder.getOrCreate()
        finally:
            stopping.rearm()
    session.sparkContext.setLogLevel("ERROR")
    return session, True


def _check_master(resources: Resources, active: str | None) -> None:
    """Raise UsageError if the active session runs on another master than the resources name."""
    if resources.master not in (None, active):
        raise UsageError(
            _("`master` is {master}, but this process has a session on {active}.").format(
                master=resources.master, active=active
            ),
            expected=_("no `master`, or the same"),
        )


def _start_java(settings: Mapping[str, str], scratch: Path) -> None:
    """Start Spark's Java process. A signal that arrives meanwhile is deferred, and ends Java, too.

    PySpark exchanges a key with Java through a temporary file, which is created in `scratch`.
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


def _new_session_settings(resources: Resources) -> dict[str, str]:
    """Return the settings of a session that this process starts."""
    master = resources.master or f"local[{resources.threads or '*'}]"
    settings = {"spark.master": master, "spark.ui.showConsoleProgress": "false"}
    if master.startswith("local"):
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        memory = (resources.memory_limit or LOCAL_MEMORY).replace(" ", "").lower()
        settings["spark.driver.memory"] = memory.replace("ib", "").replace("b", "")
        settings["spark.ui.enabled"] = "false"
        settings["spark.sql.shuffle.partitions"] = LOCAL_PARTITIONS
    return settings


def _has_java() -> bool:
    home = os.environ.get("JAVA_HOME")
    return bool(shutil.which("java")) or (bool(home) and Path(str(home), "bin", "java").exists())


def end_java() -> None:
    """End Spark, which would otherwise continue to write, and wait until it has cleaned up.

    PySpark's threads print tracebacks when their connections break; these are discarded.
    """
    from pyspark import SparkContext

    sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115 - open to the end of the process
    gateway = SparkContext._gateway
    if gateway is not None:
        gateway.proc.terminate()
        gateway.proc.wait(JAVA_EXIT_SECONDS)


@contextmanager
def spark_errors(step: str, kind: type[DarkSocialError] = DarkSocialError) -> Iterator[None]:
    """Translate Spark's exceptions into an error that names the step."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    try:
        yield
    except (PySparkException, Py4JError) as error:
        raise kind(
            _("Spark failed in the step {step}: {reason}").format(step=step, reason=_reason(error)),
            advice=_("read Spark's own log, which holds the details"),
        ) from error


def _reason(error: Exception) -> str:
    """Return the most informative line of Spark's message, which holds a whole stack trace."""
    lines = [line.strip() for line in str(error).splitlines()]
    texts = [line for line in lines if line and not line.startswith(("at ", "File ", "JVM"))]
    errors = [line for line in texts if "Error" in line or "Exception" in line]
    return redacted((errors or texts or [type(error).__name__])[-1])
