"""The report of an analysis as a page to forward: a PDF."""

from darksocial.outputs.analysis._page import output

OUTPUT = output("pdf")
