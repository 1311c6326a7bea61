"""The report of a day as a page to forward: HTML."""

from darksocial.outputs.day._page import output

OUTPUT = output("html")
