"""What partners brought, for programs."""

import json
from dataclasses import asdict

from darksocial.campaigns.partner_values import PartnerReport
from darksocial.outputs import Output
from darksocial.printable import inert_json
from darksocial.report.summary_json import plain


def text(report: PartnerReport) -> str:
    """Return the table as JSON: days in ISO 8601, numbers to six decimals."""
    values = plain(asdict(report))
    return inert_json(json.dumps(values, indent=2, ensure_ascii=False)) + "\n"


OUTPUT = Output("json", text)
