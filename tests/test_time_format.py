"""Times in a form that the user describes, where nothing else reads a file."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

import darksocial
from darksocial import InputError, ReadSettings, UsageError
from darksocial.cli._main import darksocial as command_line
from darksocial.grammar.times import strptime_form
from darksocial.inputs.open import open_inputs
from darksocial.report.addresses import idle_option_notes

AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:136.0) Gecko/20100101 Firefox/136.0"
LINE = '192.0.2.1 - - [{time}] "GET /news HTTP/1.1" 200 512 "https://t.co/x" "' + AGENT + '"\n'
FILES = {
    "csv": "time;ip;url;referer\n{time};192.0.2.1;/news;https://t.co/x\n",
    "json": '{{"time":"{time}","ip":"192.0.2.1","url":"/news","referer":"https://t.co/x"}}\n',
    "log": LINE,
}


def read_times(path: Path, settings: ReadSettings) -> list[datetime | None]:
    with darksocial.parse(path, read=settings) as parsed:
        return [row["time"] for batch in parsed.batches() for row in batch.to_pylist()]


@pytest.mark.parametrize(
    ("form", "time", "zone", "utc"),
    [
        ("%d.%m.%Y %H:%M:%S", "02.03.2026 09:14:05", "Europe/Berlin", (8, 14, 5)),
        ("%m/%d/%y %I:%M:%S %p", "03/02/26 09:14:05 PM", "UTC", (21, 14, 5)),
        ("dd.MM.yyyy HH:mm:ss", "02.03.2026 09:14:05", "UTC", (9, 14, 5)),
        ("%d-%b-%Y %T %z", "02-Mar-2026 09:14:05 +0100", "UTC", (8, 14, 5)),
        ("%e.%m.%Y %H.%M", "2.03.2026 09.14", "+01:00", (8, 14, 0)),
    ],
)
@pytest.mark.parametrize("kind", FILES)
def test_a_time_is_read_by_its_pattern(
    tmp_path: Path, kind: str, form: str, time: str, zone: str, utc: tuple[int, int, int]
) -> None:
    path = tmp_path / f"own.{kind}"
    path.write_text(FILES[kind].format(time=time) * (2 if kind == "log" else 1))
    [found, *_] = read_times(path, ReadSettings(timezone=zone, time_format=form))
    assert found == datetime(2026, 3, 2, *utc, tzinfo=UTC)
    with pytest.raises(InputError, match="no known format"):
        read_times(path, ReadSettings(timezone=zone))


def test_a_time_that_does_not_fit_is_a_reject(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    rows = "".join(f"{day:02d}.02.2026,/news\n" for day in (1, 2, 31))
    path.write_text("date,url\n" + rows)
    with darksocial.parse(path, read=ReadSettings(time_format="%d.%m.%Y")) as parsed:
        [tally] = parsed.tallies
    assert (tally.counts.hits, tally.counts.rejects) == (2, 1)


def test_date_and_clock_are_read_together(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text("day,hour,url\n02.03.2026,09:14,/news\n")
    read = ReadSettings(map=("date=day,clock=hour",), time_format="%d.%m.%Y %H:%M")
    assert read_times(path, read) == [datetime(2026, 3, 2, 9, 14, tzinfo=UTC)]


def test_a_pattern_that_does_not_fit_is_said(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text(FILES["csv"].format(time="02.03.2026 09:14:05"))
    for read in (
        ReadSettings(time_format="%d/%m/%Y"),
        ReadSettings(time_format="%d/%m/%Y", map=("time=time,url=url",)),
    ):
        with pytest.raises(InputError, match="none whose times are written as '%d/%m/%Y'"):
            open_inputs([str(path)], read)


@pytest.mark.parametrize("text", ["%d.%m. %H:%M", "%H:%M:%S", "%Y-%m", "%Y-%m-%d %Q"])
def test_a_pattern_by_which_no_time_can_be_read_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="time format"):
        strptime_form(text)
    with pytest.raises(UsageError, match="`time_format`"):
        ReadSettings(time_format=text)


def test_a_pattern_has_no_effect_where_times_are_read_without_it(tmp_path: Path) -> None:
    read = ReadSettings(time_format="%d.%m.%Y %H:%M:%S")
    path = tmp_path / "own.csv"
    path.write_text(FILES["csv"].format(time="2026-03-02 09:14:05"))
    [note] = idle_option_notes(open_inputs([str(path)], read), read)
    assert note.startswith("mapped: --time-format has no effect")
    path.write_text(FILES["csv"].format(time="02.03.2026 09:14:05"))
    assert idle_option_notes(open_inputs([str(path)], read), read) == ()


def test_formats_takes_the_pattern_as_well(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text(FILES["csv"].format(time="02.03.2026 09:14:05"))
    run = CliRunner().invoke(command_line, ["formats", str(path), "--time-format", "%d.%m.%Y %T"])
    assert "mapped" in run.stdout
    wrong = CliRunner().invoke(command_line, ["formats", str(path), "--time-format", "%H"])
    assert isinstance(wrong.exception, UsageError)
