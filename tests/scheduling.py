"""Which tests pytest-xdist hands to one process together."""

from xdist.scheduler import LoadFileScheduling

SPARK = "spark"


def needs_spark(nodeid: str) -> bool:
    """Whether a test is in the file of Spark, or has it in its name or in that of its case."""
    file, _, name = nodeid.partition("::")
    return file.endswith("test_spark.py") or SPARK in name


class ByFile(LoadFileScheduling):
    """Hands over whole files, and all that needs Spark as if it were one: it starts once then."""

    def _split_scope(self, nodeid: str) -> str:
        return SPARK if needs_spark(nodeid) else nodeid.partition("::")[0]
