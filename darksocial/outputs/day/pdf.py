"""The report of a day as a page to forward: a PDF."""

from darksocial.outputs.day._page import output

OUTPUT = output("pdf")
