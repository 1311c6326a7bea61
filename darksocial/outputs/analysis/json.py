"""The report of an analysis for programs: what summary.json holds."""

from darksocial.outputs import Output
from darksocial.outputs.analysis import Saved
from darksocial.report import summary_json


def text(saved: Saved) -> str:
    """Return the content of summary.json."""
    return summary_json.text(saved.report)


OUTPUT = Output("json", text)
