"""The report of an analysis as a page to forward: a mail."""

from darksocial.outputs.analysis._page import output

OUTPUT = output("eml")
