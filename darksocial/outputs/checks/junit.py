"""The results of checks as JUnit XML: a test case for each rule.

Jenkins, GitLab, Azure Pipelines and others read it. A warning is a case that passed, with the
warning in its output. The elements and attributes are those that
https://github.com/testmoapp/junitxml lists.
"""

from typing import Any
from xml.etree import ElementTree

from darksocial.checking.results import Checked, Result
from darksocial.checks import ERROR, WARNING
from darksocial.language import gettext as _
from darksocial.outputs import Output
from darksocial.outputs.checks._plain import details, headline
from darksocial.printable import inert_xml, printable

SUITE = "darksocial check"


def text(checked: Checked) -> str:
    """Return the results as an XML document."""
    counts: dict[str, Any] = {
        "tests": str(len(checked.results)),
        "failures": str(len(checked.with_state(ERROR))),
        "errors": "0",
        "skipped": str(len(checked.with_state("skipped"))),
    }
    totals = {name: n for name, n in counts.items() if name != "skipped"}
    root = ElementTree.Element("testsuites", name=SUITE, **totals)
    suite = ElementTree.SubElement(root, "testsuite", name=SUITE, **counts)
    for result in checked.results:
        _add(suite, result)
    ElementTree.indent(root)
    body = inert_xml(ElementTree.tostring(root, "unicode"))
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'


def _add(suite: ElementTree.Element, result: Result) -> None:
    name = printable(result.label)
    case = ElementTree.SubElement(suite, "testcase", classname=SUITE, name=name)
    if result.state == ERROR:
        failure = ElementTree.SubElement(
            case, "failure", message=headline(result), type=result.name
        )
        failure.text = "\n".join(details(result))
    elif result.state == "skipped":
        ElementTree.SubElement(case, "skipped", message=printable(result.outcome.skipped))
    elif result.state == WARNING:
        output = ElementTree.SubElement(case, "system-out")
        output.text = "\n".join(
            (_("warning: {text}").format(text=headline(result)), *details(result))
        )


OUTPUT = Output("junit", text)
