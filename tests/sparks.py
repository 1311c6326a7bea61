"""A real local Spark for tests: one session for all of them, or the reason why there is none."""

import functools
import importlib.util
import os
import shutil
import sys
from typing import TYPE_CHECKING

import pytest

from darksocial import Resources

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

MISSING = (
    "PySpark is not installed: pip install 'darksocial[spark]'"
    if importlib.util.find_spec("pyspark") is None
    else "there is no Java runtime, which Spark needs: apt-get install openjdk-17-jre-headless"
    if not (shutil.which("java") or os.environ.get("JAVA_HOME"))
    else ""
)
needs_spark = pytest.mark.skipif(bool(MISSING), reason=MISSING)
SPARK = Resources(engine="spark")
SHORT_RUNS = {
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.constraintPropagation.enabled": "false",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
}
"""Spark compiles each plan to Java, and Java to machine code; it plans anew what remains after each
shuffle, and looks for filters that follow from others. Where a plan runs once over a few thousand
rows, that is most of the work; with `--full` it is done as it is by default."""


@functools.cache
def session() -> "SparkSession":
    """The session on two cores that every test with Spark finds active.

    The variable DARKSOCIAL_TESTS_FULL, which `--full` sets, says that it compiles its plans.
    """
    from pyspark.sql import SparkSession

    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    settings = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.shuffle.partitions": "4",
        "spark.driver.memory": "2g",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
    }
    if not os.environ.get("DARKSOCIAL_TESTS_FULL"):
        settings |= SHORT_RUNS
    builder = SparkSession.builder.master("local[2]").appName("tests")
    for name, value in settings.items():
        builder = builder.config(name, value)
    made: SparkSession = builder.getOrCreate()
    made.sparkContext.setLogLevel("ERROR")
    return made
