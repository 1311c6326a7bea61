"""A skeleton of a new format: the module, a stub of its sample, and an empty expectation."""

import json
import keyword
from pathlib import Path

import click

from darksocial.formats import registry

ROOT = Path(__file__).parents[2]
MODULE = '''\
"""{title}.

    {name} 203.0.113.7 02/Mar/2026:09:14:05 +0100 "GET / HTTP/1.1" 200 "-" "Mozilla/5.0"

Say here which fields are read, what evidence of a visit they give, and what is not recorded.

Specification: https://example.org/{name}
"""

from darksocial.formats import Format
from darksocial.grammar.template import compile_template

LINE = (
    '{name} {{client_ip}} {{time:%d/%b/%Y:%H:%M:%S %z}} "{{request}}" {{status}} '
    '"{{referrer}}" "{{user_agent}}"'
)

FORMAT = Format("{name}", "{title}", compile_template(LINE))
'''
SAMPLE = """\
{name} 203.0.113.7 02/Mar/2026:09:14:05 +0100 "GET /news/ HTTP/1.1" 200 "-" "Mozilla/5.0"
{name} 2001:db8::7 02/Mar/2026:09:15:10 +0100 "GET /?q=%22x%22 HTTP/1.1" 200 "https://www.example.org/news/" "Mozilla/5.0 (X11; Linux x86_64)"
{name} 203.0.113.9 02/Mar/2026:09:16:00 +0100 "\\x16\\x03\\x01" 400 "-" "-"
{name} 203.0.113.5 02/Mar/2026:09:17
"""  # noqa: E501 (records are one line each)


def write(name: str) -> list[Path]:
    """Write the files of the new format `name` and return their paths.

    Raises click.UsageError where the name cannot be used, or where one of the files exists.
    """
    if not name.isidentifier() or name != name.lower() or keyword.iskeyword(name):
        raise click.UsageError(f"{name!r} cannot name a module: write it in lower case, with _")
    if name in registry():
        raise click.UsageError(f"the format {name!r} exists")
    texts = {
        ROOT / "darksocial" / "formats" / f"{name}.py": MODULE,
        ROOT / "sample_logs" / f"{name}.log": SAMPLE,
    }
    title = name.replace("_", " ").capitalize()
    contents = {path: text.format(name=name, title=title) for path, text in texts.items()}
    empty = json.dumps({"hits": [], "rejects": []}, indent=1)
    contents[ROOT / "tests" / "formats" / f"{name}.json"] = empty + "\n"
    for path in contents:
        if path.exists():
            raise click.UsageError(f"{path} exists")
    for path, text in contents.items():
        path.write_text(text, "utf-8")
    return list(contents)
