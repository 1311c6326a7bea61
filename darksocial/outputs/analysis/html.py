"""The report of an analysis as a page to forward: HTML."""

from darksocial.outputs.analysis._page import output

OUTPUT = output("html")
