"""What a command loads before it begins, and that what it leaves out is there when asked for."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import darksocial

ROOT = Path(__file__).parents[1]
LOG = ROOT / "sample_logs" / "combined.log"
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PACKAGE = Path(darksocial.__file__).parent
HEAVY = {"pandas", "pyarrow", "ibis", "duckdb", "numpy", "user_agents", "ua_parser"}
HEAVY_FOR_HELP = {"rich", "logging", "darksocial.report.values", "darksocial.campaigns.values"}
HELP = """
from darksocial.cli import main
sys.argv = ["darksocial", "--help"]
try:
    main()
except SystemExit:
    pass
"""


def loaded_by(code: str) -> set[str]:
    """The modules that a fresh interpreter holds after running the code."""
    script = f"import json, sys\n{code}\nprint('\\n' + json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        cwd=PACKAGE.parent,
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.parametrize("code", ["import darksocial", "import darksocial.cli", HELP])
def test_neither_an_import_nor_help_loads_what_is_heavy(code: str) -> None:
    loaded = loaded_by(code)
    assert "darksocial" in loaded
    assert not loaded & HEAVY


def test_help_is_quick_because_it_loads_no_more_than_its_options() -> None:
    loaded = loaded_by(HELP)
    assert "darksocial.cli.analyze" in loaded
    assert not loaded & HEAVY_FOR_HELP


def test_a_public_name_wins_over_a_folder_of_that_name() -> None:
    code = "import darksocial.pipeline, darksocial.signals.preview, darksocial.survey, darksocial"
    for name in ("formats", "signals", "survey"):
        assert (PACKAGE / name).is_dir() or (PACKAGE / f"{name}.py").is_file()
        code += f"; assert callable(darksocial.{name}), {name!r}"
    assert "pyarrow" in loaded_by(code)


def test_an_analysis_loads_neither_pandas_nor_the_slow_rules_for_agents(tmp_path: Path) -> None:
    command = ["-m", "darksocial", "analyze", str(LOG), "--out", str(tmp_path / "out")]
    run = subprocess.run(
        [sys.executable, "-X", "importtime", *command], capture_output=True, text=True, check=True
    )
    loaded = {line.split("|")[-1].strip() for line in run.stderr.splitlines()}
    assert {"pyarrow.lib", "duckdb", "user_agents.parsers", "ua_parser_builtins.lazy"} <= loaded
    assert not {"pandas.core", "ua_parser_builtins.regexes", "ibis"} & loaded


@pytest.mark.parametrize(
    ("code", "printed"),
    [
        (
            "from darksocial.cli._arrow import arrow_without_pandas as begin; begin()\n"
            "import pyarrow, sys; print('pandas' in sys.modules)\n"
            "print(pyarrow.table({'n': [1, 2]}).to_pandas().n.sum())\n"
            "import pandas; print(*pyarrow.array(pandas.Categorical(['a'])).indices)",
            "False\n3\n0\n",
        ),
        (
            "import pandas, pyarrow\n"
            "from darksocial.cli._arrow import arrow_without_pandas as begin; begin()\n"
            "print(pyarrow.table({'n': [1, 2]}).to_pandas().n.sum())",
            "3\n",
        ),
        (
            "import darksocial.lookups.agents, user_agents\n"
            f"print(user_agents.parse('{AGENT}').browser.family)\n"
            "from ua_parser import user_agent_parser\n"
            f"print(user_agent_parser.ParseOS('{AGENT}')['family'])",
            "Firefox\nLinux\n",
        ),
        (
            "import user_agents, darksocial.lookups.agents\n"
            f"print(user_agents.parse('{AGENT}').browser.family)",
            "Firefox\n",
        ),
    ],
    ids=["pandas after", "pandas before", "user-agents after", "user-agents before"],
)
def test_what_is_left_out_is_there_when_asked_for(code: str, printed: str) -> None:
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert run.stdout == printed
