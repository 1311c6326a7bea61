"""What the files of the table of partners hold."""

from darksocial.campaigns.partner_values import PartnerReport
from darksocial.language import gettext as _
from darksocial.outputs.files.contents import Tables, facts_of, tables_in


def contents_of(report: PartnerReport) -> Tables:
    """Return the tables of the report, with what limits their numbers."""
    period = _("{first} to {last}").format(first=report.first_day, last=report.last_day)
    headline = _("What partners cost and brought")
    return Tables(facts_of(headline, report.version, period, report.notes, ()), tables_in(report))
