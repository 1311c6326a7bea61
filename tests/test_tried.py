"""Lines of servers that have no format of their own are read in the formats that the docs name."""

from pathlib import Path

import pytest

from darksocial.errors import InputError
from tests.test_detection import read
from tests.tried import TRIED, Tried


@pytest.mark.parametrize("tried", TRIED, ids=[tried.writer for tried in TRIED])
def test_a_line_is_read_as_the_docs_say(tmp_path: Path, tried: Tried) -> None:
    if not tried.format:
        with pytest.raises(InputError, match="no known format"):
            read(tmp_path, [tried.line] * 2)
        return
    name, rows = read(tmp_path, [tried.line] * 2)
    assert name.split(" in ")[0] == tried.format
    for row in rows:
        assert row["reason"] is None
        assert (row["path"], row["query"], row["status"]) == ("/p", "q=1", 200)
        client = row["forwarded"] or row["client_ip"]
        assert client.removeprefix("::ffff:") == "192.0.2.7"
        assert row["host"] in (None, "a.example")
